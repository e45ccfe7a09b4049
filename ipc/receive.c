/* SPDX-License-Identifier: MIT */
/* Receiving, by the steps of exchange.h. */
#include "ipc/badge.h"
#include "ipc/deliver.h"
#include "ipc/exchange_steps.h"
#include "ipc/fast_path.h"
#include "ipc/message.h"
#include "ipc/packet.h"
#include "ipc/transfer.h"

/* X3 to X5; false: the sender couldn't send it, so there may be another one. */
static bool fetch_locked(struct exchange *exchange, struct thread *sender)
{
    struct endpoint *endpoint = exchange->endpoint;
    bool theirs;
    sender->wait.type = &endpoint_wait_copy;
    endpoint_unlock(endpoint);
    j6_status_t status = transfer_message(sender, exchange->thread, &theirs);
    endpoint_lock(endpoint);
    if (status == j6_status_ok) {
        exchange_deliver_locked(endpoint, sender, exchange->thread);
        partner_was_received_locked(endpoint, sender);
        exchange_finish(exchange, j6_status_ok);
    } else if (theirs) {
        badge_forget_locked(&sender->ipc.badge);
        partner_end_locked(sender, status);
        return false;
    } else {
        partner_sends_again_locked(endpoint, sender);
        exchange_finish(exchange, status);
    }
    return true;
}

static bool receive_from_locked(struct exchange *exchange, struct thread *sender)
{
    struct endpoint *endpoint = exchange->endpoint;
    if (!message_fits(sender, exchange->thread)) {
        deliver_sizes(exchange->thread, sender);
        exchange_finish(exchange, j6_err_insufficient);
        return true;
    }
    ipc_queue_remove(&endpoint->queue, &sender->ipc.item);
    if (!message_is_short(sender)) {
        return fetch_locked(exchange, sender);
    }
    exchange_deliver_locked(endpoint, sender, exchange->thread); /* X2 */
    partner_was_received_locked(endpoint, sender);
    exchange_finish(exchange, j6_status_ok);
    return true;
}

static void receive_wait_locked(struct exchange *exchange)
{
    list_push_back(&exchange->endpoint->receivers, &exchange->thread->ipc.item.node);
    fast_path_receive_locked(exchange->thread, exchange->deadline);
    exchange_wait_locked(exchange, &endpoint_wait_receive);
    endpoint_levels_rose_locked(exchange->endpoint);
}

static bool try_receive(struct exchange *exchange)
{
    struct endpoint *endpoint = exchange->endpoint;
    j6_status_t wait = exchange_may_wait(exchange);
    bool done = true;
    endpoint_lock(endpoint);
    struct ipc_item *item = ipc_queue_first(&endpoint->queue);
    if (endpoint_is_closed_locked(endpoint)) {
        exchange_finish(exchange, j6_status_closed);
    } else if (item != NULL && item->is_packet) {
        packet_receive_locked(packet_of_item(item), exchange->thread);
        exchange_finish(exchange, j6_status_ok);
    } else if (item != NULL) {
        done = receive_from_locked(exchange, thread_of_item(item));
    } else if (wait != j6_status_ok) {
        exchange_finish(exchange, wait);
    } else {
        receive_wait_locked(exchange);
    }
    endpoint_unlock(endpoint);
    return done;
}

void exchange_receive(struct thread *receiver, struct endpoint *endpoint, j6_time_t deadline)
{
    exchange_repeat(
        &(struct exchange){.thread = receiver, .endpoint = endpoint, .deadline = deadline},
        try_receive);
}

/* SPDX-License-Identifier: MIT */
/* Sending and calling, by the steps of exchange.h. */
#include "ipc/badge.h"
#include "ipc/deliver.h"
#include "ipc/exchange_steps.h"
#include "ipc/message.h"
#include "ipc/transfer.h"
#include "kernel/run_queue.h"

/* The running thread's message was delivered. */
static void sent_locked(struct exchange *exchange)
{
    if (!exchange->is_call) {
        exchange_finish(exchange, j6_status_ok);
    } else if (endpoint_is_closed_locked(exchange->endpoint)) {
        exchange_finish(exchange, j6_status_closed);
    } else {
        exchange_wait_locked(exchange, &endpoint_wait_reply);
    }
}

static void not_sent_locked(struct exchange *exchange, j6_status_t status)
{
    badge_forget_locked(&exchange->thread->ipc.badge);
    exchange_finish(exchange, status);
}

/* The receiver has the message. A caller is going to wait for it. */
static void received_locked(const struct exchange *exchange, struct thread *receiver)
{
    if (exchange->is_call) {
        wait_end_summon_locked(receiver, j6_status_ok);
    } else {
        wait_end_locked(receiver, j6_status_ok);
    }
}

/* X3 to X5; false: the receiver couldn't take it, so it is for another one. */
static bool push_locked(struct exchange *exchange, struct thread *receiver)
{
    struct endpoint *endpoint = exchange->endpoint;
    bool mine;
    receiver->wait.type = &endpoint_wait_copy;
    endpoint_unlock(endpoint);
    j6_status_t status = transfer_message(exchange->thread, receiver, &mine);
    endpoint_lock(endpoint);
    if (status == j6_status_ok) {
        exchange_deliver_locked(endpoint, exchange->thread, receiver);
        received_locked(exchange, receiver);
        sent_locked(exchange);
    } else if (mine) {
        partner_receives_again_locked(endpoint, receiver);
        not_sent_locked(exchange, status);
    } else {
        partner_end_locked(receiver, status);
        return false;
    }
    return true;
}

static bool send_to_locked(struct exchange *exchange, struct thread *receiver)
{
    struct thread *sender = exchange->thread;
    if (!message_fits(sender, receiver)) {
        deliver_sizes(receiver, sender);
        wait_end_locked(receiver, j6_err_insufficient);
        return false;
    }
    if (!message_is_short(sender)) {
        return push_locked(exchange, receiver);
    }
    exchange_deliver_locked(exchange->endpoint, sender, receiver); /* X2 */
    received_locked(exchange, receiver);
    sent_locked(exchange);
    return true;
}

static void send_wait_locked(struct exchange *exchange)
{
    struct thread *sender = exchange->thread;
    ipc_queue_push(&exchange->endpoint->queue, &sender->ipc.item, 1 + message_level(sender));
    exchange_wait_locked(exchange, &endpoint_wait_send);
    endpoint_levels_rose_locked(exchange->endpoint);
}

static bool try_send(struct exchange *exchange)
{
    struct endpoint *endpoint = exchange->endpoint;
    j6_status_t wait = exchange_may_wait(exchange);
    bool in_time =
        !exchange->is_call || wait == j6_status_ok; /* else no reply could come in time */
    bool done = true;
    endpoint_lock(endpoint);
    bool closed = endpoint_is_closed_locked(endpoint); /* then others end the waits */
    struct thread *receiver = in_time && !closed ? endpoint_receiver_take_locked(endpoint) : NULL;
    if (closed) {
        not_sent_locked(exchange, j6_status_closed);
    } else if (receiver != NULL) {
        done = send_to_locked(exchange, receiver);
    } else if (wait != j6_status_ok) {
        not_sent_locked(exchange, wait);
    } else {
        send_wait_locked(exchange);
    }
    endpoint_unlock(endpoint);
    return done;
}

void exchange_send(struct thread *sender, struct endpoint *endpoint, bool is_call,
                   j6_time_t deadline)
{
    sender->ipc.is_call = is_call;
    exchange_repeat(
        &(struct exchange){
            .thread = sender, .endpoint = endpoint, .deadline = deadline, .is_call = is_call},
        try_send);
}

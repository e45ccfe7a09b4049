/* SPDX-License-Identifier: MIT */
#include "ipc/exchange_steps.h"
#include "arch/upcall.h"
#include "ipc/badge.h"
#include "ipc/deliver.h"
#include "ipc/service.h"
#include "ipc/token.h"

void exchange_deliver_locked(const struct endpoint *endpoint, struct thread *sender,
                             struct thread *receiver)
{
    struct delivery delivery = delivery_from(sender);
    delivery.badge = sender->ipc.badge != NULL ? sender->ipc.badge->value : 0;
    if (sender->ipc.is_call) {
        delivery.token = token_of(sender);
        if (!endpoint_is_closed_locked(endpoint)) {
            service_caller_add_locked(receiver, sender);
        }
    }
    deliver_registers(receiver, &delivery);
    badge_forget_locked(&sender->ipc.badge);
}

/* Nothing of it waits anywhere. */
static void give_up(const struct exchange *exchange, j6_status_t status)
{
    endpoint_lock(exchange->endpoint);
    badge_forget_locked(&exchange->thread->ipc.badge);
    endpoint_unlock(exchange->endpoint);
    exchange_finish(exchange, status);
}

void exchange_repeat(struct exchange *exchange, bool (*try)(struct exchange *exchange))
{
    if (try(exchange)) {
        return;
    }
    if (!kobject_try_get(&exchange->endpoint->object)) {
        give_up(exchange, j6_status_closed);
        return;
    }
    do {
        if (!kernel_step_point()) {
            give_up(exchange, j6_status_cancelled);
            break;
        }
    } while (!try(exchange));
    kobject_put(&exchange->endpoint->object);
}

/* ---- the partner ---- */

void partner_end_locked(struct thread *partner, j6_status_t status)
{
    j6_status_t late = partner->wait.late;
    wait_end_locked(partner, late != j6_status_ok ? late : status);
}

/* Must it end, rather than wait on? */
static bool has_ended_locked(const struct endpoint *endpoint, struct thread *partner)
{
    bool closed = endpoint_is_closed_locked(endpoint);
    if (closed || partner->wait.late != j6_status_ok) {
        partner_end_locked(partner, j6_status_closed);
        return true;
    }
    return false;
}

static void receive_again(struct thread *thread)
{
    struct endpoint *endpoint = thread->ipc.again;
    exchange_receive(thread, endpoint, thread->tcb.r12);
    kobject_put(&endpoint->object);
}

/* A receiver that is in no list finds out by itself what there is. */
static void wake_to_receive_locked(struct endpoint *endpoint, struct thread *receiver)
{
    bool alive = kobject_try_get(&endpoint->object);
    if (alive) {
        receiver->ipc.again = endpoint;
        receiver->resume = receive_again;
    }
    wait_end_locked(receiver, alive ? j6_status_ok : j6_status_closed);
}

void partner_receives_again_locked(struct endpoint *endpoint, struct thread *receiver)
{
    if (has_ended_locked(endpoint, receiver)) {
        return;
    }
    if (!ipc_queue_is_empty(&endpoint->queue)) {
        wake_to_receive_locked(endpoint, receiver);
        return;
    }
    receiver->wait.type = &endpoint_wait_receive;
    list_push_front(&endpoint->receivers, &receiver->ipc.item.node);
    endpoint_levels_rose_locked(endpoint);
}

void partner_sends_again_locked(struct endpoint *endpoint, struct thread *sender)
{
    if (has_ended_locked(endpoint, sender)) {
        badge_forget_locked(&sender->ipc.badge);
        return;
    }
    sender->wait.type = &endpoint_wait_send;
    ipc_queue_put_back(&endpoint->queue, &sender->ipc.item);
    struct thread *receiver; /* all of them: one that can't take it leaves it to the next */
    while ((receiver = endpoint_receiver_take_locked(endpoint)) != NULL) {
        wake_to_receive_locked(endpoint, receiver);
    }
}

void partner_was_received_locked(struct endpoint *endpoint, struct thread *sender)
{
    if (!sender->ipc.is_call) {
        wait_end_locked(sender, j6_status_ok);
        return;
    }
    if (endpoint_is_closed_locked(endpoint)) {
        partner_end_locked(sender, j6_status_closed);
    } else if (sender->wait.late != j6_status_ok) {
        service_caller_gives_up_locked(sender);
        partner_end_locked(sender, j6_status_closed);
    } else {
        sender->wait.type = &endpoint_wait_reply;
    }
}

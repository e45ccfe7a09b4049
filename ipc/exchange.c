/* SPDX-License-Identifier: MIT */
/* Sending, calling and receiving, by the steps of exchange.h. Replies are in ipc/reply.c. */
#include "ipc/exchange.h"
#include "arch/upcall.h"
#include "ipc/badge.h"
#include "ipc/deliver.h"
#include "ipc/fast_path.h"
#include "ipc/message.h"
#include "ipc/packet.h"
#include "ipc/service.h"
#include "ipc/token.h"
#include "ipc/transfer.h"
#include "kernel/process.h"
#include "kernel/run_queue.h"
#include <j6/flags.h>

/* What a thread is about. */
struct exchange {
    struct thread *thread;
    struct endpoint *endpoint;
    j6_time_t deadline;
    bool is_call;
};

/* What the deadline says to who would have to wait. ok: wait. */
static j6_status_t may_wait(const struct exchange *exchange)
{
    if (exchange->deadline == j6_deadline_poll) {
        return j6_status_would_block;
    }
    return deadline_is_over(exchange->deadline) ? j6_status_timed_out : j6_status_ok;
}

static void wait_locked(const struct exchange *exchange, const struct wait_type *type)
{
    wait_begin_locked(exchange->thread, &exchange->endpoint->object.lock, type, 0,
                      exchange->deadline);
}

/* The running thread is done. */
static void finish(const struct exchange *exchange, j6_status_t status)
{
    exchange->thread->tcb.rax = status;
    exchange->thread->tcb.r15 = 0;
}

/*
 * The receiver has the message; who called is one of the callers of its service from now on. If the endpoint
 * has closed meanwhile there is no service any more.
 */
static void deliver_locked(const struct endpoint *endpoint, struct thread *sender,
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
    finish(exchange, status);
}

/*
 * Tries until it is done: others may spoil it each time, with memory that can't be written or read.
 * Once the thread waits, it isn't the last who refers to an endpoint that is open.
 */
static void repeat(struct exchange *exchange, bool (*try)(struct exchange *exchange))
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

/* ---- the partner, after X3 ---- */

static void end_locked(struct thread *partner, j6_status_t status)
{
    j6_status_t late = partner->wait.late;
    wait_end_locked(partner, late != j6_status_ok ? late : status);
}

/* Must it end, rather than wait on? */
static bool has_ended_locked(const struct endpoint *endpoint, struct thread *partner)
{
    bool closed = endpoint_is_closed_locked(endpoint);
    if (closed || partner->wait.late != j6_status_ok) {
        end_locked(partner, j6_status_closed);
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

/* It got nothing. */
static void receiver_return_locked(struct endpoint *endpoint, struct thread *receiver)
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

/* Its message keeps its place. */
static void sender_return_locked(struct endpoint *endpoint, struct thread *sender)
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

/* Its message was delivered: who called waits on, for the reply. */
static void sender_received_locked(struct endpoint *endpoint, struct thread *sender)
{
    if (!sender->ipc.is_call) {
        wait_end_locked(sender, j6_status_ok);
        return;
    }
    if (endpoint_is_closed_locked(endpoint)) {
        end_locked(sender, j6_status_closed);
    } else if (sender->wait.late != j6_status_ok) {
        service_caller_gives_up_locked(sender);
        end_locked(sender, j6_status_closed);
    } else {
        sender->wait.type = &endpoint_wait_reply;
    }
}

/* ---- send and call ---- */

/* The running thread's message was delivered. */
static void sent_locked(struct exchange *exchange)
{
    if (!exchange->is_call) {
        finish(exchange, j6_status_ok);
    } else if (endpoint_is_closed_locked(exchange->endpoint)) {
        finish(exchange, j6_status_closed);
    } else {
        wait_locked(exchange, &endpoint_wait_reply);
    }
}

static void not_sent_locked(struct exchange *exchange, j6_status_t status)
{
    badge_forget_locked(&exchange->thread->ipc.badge);
    finish(exchange, status);
}

/* The receiver has the message. A caller is going to wait for it. */
static void received_locked(const struct exchange *exchange, struct thread *receiver)
{
    if (exchange->is_call) {
        wait_end_hand_over_locked(receiver, j6_status_ok);
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
        deliver_locked(endpoint, exchange->thread, receiver);
        received_locked(exchange, receiver);
        sent_locked(exchange);
    } else if (mine) {
        receiver_return_locked(endpoint, receiver);
        not_sent_locked(exchange, status);
    } else {
        end_locked(receiver, status);
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
    deliver_locked(exchange->endpoint, sender, receiver); /* X2 */
    received_locked(exchange, receiver);
    sent_locked(exchange);
    return true;
}

static void send_wait_locked(struct exchange *exchange)
{
    struct thread *sender = exchange->thread;
    ipc_queue_push(&exchange->endpoint->queue, &sender->ipc.item, 1 + message_level(sender));
    wait_locked(exchange, &endpoint_wait_send);
    endpoint_levels_rose_locked(exchange->endpoint);
}

static bool try_send(struct exchange *exchange)
{
    struct endpoint *endpoint = exchange->endpoint;
    j6_status_t wait = may_wait(exchange);
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
    repeat(
        &(struct exchange){
            .thread = sender, .endpoint = endpoint, .deadline = deadline, .is_call = is_call},
        try_send);
}

/* ---- receive ---- */

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
        deliver_locked(endpoint, sender, exchange->thread);
        sender_received_locked(endpoint, sender);
        finish(exchange, j6_status_ok);
    } else if (theirs) {
        badge_forget_locked(&sender->ipc.badge);
        end_locked(sender, status);
        return false;
    } else {
        sender_return_locked(endpoint, sender);
        finish(exchange, status);
    }
    return true;
}

static bool receive_from_locked(struct exchange *exchange, struct thread *sender)
{
    struct endpoint *endpoint = exchange->endpoint;
    if (!message_fits(sender, exchange->thread)) {
        deliver_sizes(exchange->thread, sender);
        finish(exchange, j6_err_insufficient);
        return true;
    }
    ipc_queue_remove(&endpoint->queue, &sender->ipc.item);
    if (!message_is_short(sender)) {
        return fetch_locked(exchange, sender);
    }
    deliver_locked(endpoint, sender, exchange->thread); /* X2 */
    sender_received_locked(endpoint, sender);
    finish(exchange, j6_status_ok);
    return true;
}

static void receive_wait_locked(struct exchange *exchange)
{
    list_push_back(&exchange->endpoint->receivers, &exchange->thread->ipc.item.node);
    fast_path_receive_locked(exchange->thread, exchange->deadline);
    wait_locked(exchange, &endpoint_wait_receive);
    endpoint_levels_rose_locked(exchange->endpoint);
}

static bool try_receive(struct exchange *exchange)
{
    struct endpoint *endpoint = exchange->endpoint;
    j6_status_t wait = may_wait(exchange);
    bool done = true;
    endpoint_lock(endpoint);
    struct ipc_item *item = ipc_queue_first(&endpoint->queue);
    if (endpoint_is_closed_locked(endpoint)) {
        finish(exchange, j6_status_closed);
    } else if (item != NULL && item->is_packet) {
        packet_receive_locked(packet_of_item(item), exchange->thread);
        finish(exchange, j6_status_ok);
    } else if (item != NULL) {
        done = receive_from_locked(exchange, thread_of_item(item));
    } else if (wait != j6_status_ok) {
        finish(exchange, wait);
    } else {
        receive_wait_locked(exchange);
    }
    endpoint_unlock(endpoint);
    return done;
}

void exchange_receive(struct thread *receiver, struct endpoint *endpoint, j6_time_t deadline)
{
    repeat(&(struct exchange){.thread = receiver, .endpoint = endpoint, .deadline = deadline},
           try_receive);
}

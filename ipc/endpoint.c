/* SPDX-License-Identifier: MIT */
/* Lives and ends of endpoints; messages are in ipc/send.c, receive.c and reply.c. */
#include "ipc/endpoint.h"
#include "arch/upcall.h"
#include "ipc/badge.h"
#include "ipc/packet.h"
#include "ipc/service.h"
#include "kernel/signal.h"
#include "kernel/thread.h"
#include "mm/slab.h"
#include <j6/info.h>
#include <j6/rights.h>

enum { STEP_ENDS = 64 }; /* waits that end under one lock */

SLAB_CACHE(endpoint_cache, "endpoint", struct endpoint);

/* ---- the ways to wait ---- */

static struct endpoint *endpoint_of_wait(const struct thread *thread)
{
    struct spinlock *lock = atomic_load_explicit(&thread->wait.lock, memory_order_relaxed);
    return container_of(lock, struct endpoint, object.lock);
}

static void undo_send(struct thread *thread)
{
    ipc_queue_remove(&endpoint_of_wait(thread)->queue, &thread->ipc.item);
    badge_forget_locked(&thread->ipc.badge);
}

static void undo_reply(struct thread *thread)
{
    service_caller_gives_up_locked(thread);
}

static void undo_receive(struct thread *thread)
{
    list_remove(&thread->ipc.item.node);
}

const struct wait_type endpoint_wait_send = {
    .kind = j6_wait_send, .timed_out = j6_status_timed_out, .undo = undo_send};
const struct wait_type endpoint_wait_reply = {
    .kind = j6_wait_reply, .timed_out = j6_status_timed_out, .undo = undo_reply};
const struct wait_type endpoint_wait_receive = {
    .kind = j6_wait_receive, .timed_out = j6_status_timed_out, .undo = undo_receive};
const struct wait_type endpoint_wait_copy = {
    .kind = j6_wait_copy, .timed_out = j6_status_timed_out, .undo = NULL};

/* ---- the object ---- */

bool endpoint_is_closed_locked(const struct endpoint *endpoint)
{
    return endpoint->object.signals & j6_signal_closed;
}

static uint64_t endpoint_levels(const struct kobject *object)
{
    const struct endpoint *endpoint = container_of(object, const struct endpoint, object);
    if (endpoint_is_closed_locked(endpoint)) {
        return 0;
    }
    return (list_is_empty(&endpoint->receivers) ? 0 : j6_signal_endpoint_can_send) |
           (ipc_queue_is_empty(&endpoint->queue) ? 0 : j6_signal_endpoint_can_recv);
}

void endpoint_levels_rose_locked(struct endpoint *endpoint)
{
    if (!list_is_empty(&endpoint->object.waiters)) {
        kobject_signal_locked(&endpoint->object, 0, 0);
    }
}

struct thread *endpoint_receiver_take_locked(struct endpoint *endpoint)
{
    struct list_node *node = list_pop_front(&endpoint->receivers);
    return node != NULL ? thread_of_item(container_of(node, struct ipc_item, node)) : NULL;
}

static void handle_added(struct kobject *object, uint64_t rights)
{
    if (rights & j6_right_endpoint_receive) {
        atomic_fetch_add_explicit(&endpoint_of(object)->receive_handles, 1, memory_order_relaxed);
    }
}

static void handle_gone(struct kobject *object, uint64_t rights)
{
    struct endpoint *endpoint = endpoint_of(object);
    if ((rights & j6_right_endpoint_receive) &&
        atomic_fetch_sub_explicit(&endpoint->receive_handles, 1, memory_order_acq_rel) == 1) {
        (void)endpoint_close(endpoint); /* or somebody has closed it before */
    }
}

/* Without a handle nobody is in it any more; but it may never have had one. */
static void endpoint_destroy(struct kobject *object)
{
    (void)endpoint_close(endpoint_of(object));
}

static void endpoint_free(struct kobject *object)
{
    slab_free(&endpoint_cache, endpoint_of(object));
}

static const struct kobject_type endpoint_type = {
    .name = "endpoint",
    .number = j6_type_endpoint,
    .rank = RANK_ENDPOINT,
    .size = SLAB_COST(sizeof(struct endpoint)),
    .destroy = endpoint_destroy,
    .free = endpoint_free,
    .handle_added = handle_added,
    .handle_gone = handle_gone,
    .levels = endpoint_levels,
};

j6_status_t endpoint_create(struct account *account, uint64_t max_data, uint64_t max_handles,
                            struct endpoint **out_endpoint)
{
    if (max_data > ENDPOINT_DATA_MAX || max_handles > IPC_HANDLES_MAX) {
        return j6_err_out_of_range;
    }
    struct endpoint *endpoint = slab_alloc_zeroed(&endpoint_cache);
    if (endpoint == NULL) {
        return j6_err_no_memory;
    }
    j6_status_t status = kobject_init(&endpoint->object, &endpoint_type, account);
    if (status != j6_status_ok) {
        slab_free(&endpoint_cache, endpoint);
        return status;
    }
    endpoint->max_data = max_data;
    endpoint->max_handles = max_handles;
    list_init(&endpoint->receivers);
    ipc_queue_init(&endpoint->queue);
    list_init(&endpoint->services);
    list_init(&endpoint->sources);
    badge_init_own(&endpoint->own_badge, endpoint);
    *out_endpoint = endpoint;
    return j6_status_ok;
}

/* ---- its end ---- */

/* Ends some of the waits of those who receive and send, and drops packets; false: there are no more. */
static bool end_some_waits(struct endpoint *endpoint)
{
    unsigned ended = 0;
    endpoint_lock(endpoint);
    for (; ended < STEP_ENDS; ended++) {
        struct thread *thread = endpoint_receiver_take_locked(endpoint);
        if (thread == NULL) {
            struct ipc_item *item = ipc_queue_first(&endpoint->queue);
            if (item == NULL) {
                break;
            }
            if (item->is_packet) {
                packet_drop_locked(packet_of_item(item));
                continue;
            }
            thread = thread_of_item(item);
            undo_send(thread);
        }
        wait_end_locked(thread, j6_status_closed);
    }
    endpoint_unlock(endpoint);
    return ended == STEP_ENDS;
}

/* Tells a source that its packet isn't received any more; false: there are no more. */
static bool end_a_source(struct endpoint *endpoint)
{
    struct packet *packet = NULL;
    endpoint_lock(endpoint);
    if (!list_is_empty(&endpoint->sources)) {
        packet = container_of(list_first(&endpoint->sources), struct packet, source_node);
        packet_detach_locked(packet);
    }
    endpoint_unlock(endpoint);
    if (packet != NULL) {
        packet->type->ended(packet);
    }
    return packet != NULL;
}

j6_status_t endpoint_close(struct endpoint *endpoint)
{
    endpoint_lock(endpoint);
    bool closed = endpoint_is_closed_locked(endpoint);
    if (!closed) {
        kobject_signal_locked(&endpoint->object, 0, j6_signal_closed);
    }
    endpoint_unlock(endpoint);
    if (closed) {
        return j6_status_closed;
    }
    unsigned sources = 0;
    while (end_a_source(endpoint)) {
        if (++sources % STEP_ENDS == 0) {
            kernel_step_point();
        }
    }
    while (end_some_waits(endpoint)) {
        kernel_step_point();
    }
    services_of_endpoint_end(endpoint);
    return j6_status_ok;
}

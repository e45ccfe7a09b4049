/* SPDX-License-Identifier: MIT */
/*
 * Endpoints: where a server receives all that it waits for. Threads send messages to it and call it,
 * and wait until somebody receives; interrupts, signals and notifications come as packets, which wait
 * in its queue and hold up nobody (ipc/packet.h).
 *
 *   send     waits in the queue until it is received
 *   call     the same, then waits among those that are served (ipc/service.h) until it is replied to
 *   receive  takes the first of the queue; if there is none, waits among the receivers
 *
 * So either the queue is empty, or nobody waits to receive. Who finds somebody waiting on the other side
 * delivers (ipc/deliver.h).
 *
 * An endpoint closes when its last handle with the right `receive` goes, or by object_close: then all
 * who wait at it get `closed`, and its packets go.
 *
 * Rules: the object's lock guards everything, and all waits at the endpoint. It comes after the locks of
 * other objects, whose signals are delivered here with those held.
 */
#pragma once
#include "ipc/badge.h"
#include "ipc/queue.h"
#include "kernel/thread.h"
#include "lib/avl.h"
#include "lib/container.h"

enum { ENDPOINT_DATA_MAX = 65536 };

struct endpoint {
    struct kobject object;
    /* Immutable after create: what a message may have */
    uint64_t max_data;
    uint64_t max_handles;
    /* Guarded by the object's lock */
    struct list receivers; /* threads; who came first is first */
    struct ipc_queue queue;
    struct list services;            /* of processes that receive here */
    struct list sources;             /* packets that are attached (ipc/packet.h) */
    struct avl_tree bindings;        /* ipc/binding.h */
    struct endpoint_badge own_badge; /* of handles without one */
    /* Atomic */
    _Atomic uint32_t receive_handles; /* with the right `receive` */
};

/* How a thread waits at an endpoint; its item is in the queue, or in the list named above. */
extern const struct wait_type endpoint_wait_send;    /* in the queue; who calls, too */
extern const struct wait_type endpoint_wait_reply;   /* in its service's list */
extern const struct wait_type endpoint_wait_receive; /* among the receivers */
/* In no list: another thread copies from or to it, and then ends the wait (wait.late). */
extern const struct wait_type endpoint_wait_copy;

static inline struct endpoint *endpoint_of(struct kobject *object)
{
    return container_of(object, struct endpoint, object);
}

static inline struct thread *thread_of_item(struct ipc_item *item)
{
    return container_of(item, struct thread, ipc.item);
}

/* out_of_range (more than ENDPOINT_DATA_MAX or IPC_HANDLES_MAX), quota, no_memory. */
j6_status_t endpoint_create(struct account *account, uint64_t max_data, uint64_t max_handles,
                            struct endpoint **out_endpoint) J6_MUST_USE;

/* Closes it for everybody. closed: that was done before. Long, with step points. */
j6_status_t endpoint_close(struct endpoint *endpoint);

static inline void endpoint_lock(struct endpoint *endpoint)
{
    spinlock_lock(&endpoint->object.lock);
}

static inline void endpoint_unlock(struct endpoint *endpoint)
{
    spinlock_unlock(&endpoint->object.lock);
}

bool endpoint_is_closed_locked(const struct endpoint *endpoint);

/* Its signals can_send and can_recv may have risen: who waits for them goes on. */
void endpoint_levels_rose_locked(struct endpoint *endpoint);

/* Takes the first receiver out, to give it something. NULL: nobody waits to receive. */
struct thread *endpoint_receiver_take_locked(struct endpoint *endpoint);

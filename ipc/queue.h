/* SPDX-License-Identifier: MIT */
/*
 * What waits at an endpoint to be received: threads that send or call, and packets. Interrupts come
 * first; then whatever is most urgent, and of that what has waited longest.
 *
 * Rules: guarded by the endpoint's lock. Where an item stands is decided when it is pushed.
 */
#pragma once
#include "kernel/sched.h"
#include "kernel/thread_ipc.h"

enum {
    QUEUE_LEVEL_INTERRUPT = 0,
    QUEUE_LEVELS = 1 + PRIORITIES, /* level 1 is for PRIORITY_MOST_URGENT */
};

struct ipc_queue {
    uint32_t mask;     /* bit n: level[n] isn't empty */
    uint64_t last_age; /* of the last item pushed */
    struct list level[QUEUE_LEVELS];
};

void ipc_queue_init(struct ipc_queue *queue);

static inline bool ipc_queue_is_empty(const struct ipc_queue *queue)
{
    return queue->mask == 0;
}

/* The item that is to be received next; NULL: there is none. */
struct ipc_item *ipc_queue_first(const struct ipc_queue *queue);

/* Puts an item behind those of its level. */
void ipc_queue_push(struct ipc_queue *queue, struct ipc_item *item, uint32_t level);

/* Puts one that was taken out back to its place. */
void ipc_queue_put_back(struct ipc_queue *queue, struct ipc_item *item);

void ipc_queue_remove(struct ipc_queue *queue, struct ipc_item *item);

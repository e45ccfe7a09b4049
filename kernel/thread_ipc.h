/* SPDX-License-Identifier: MIT */
/*
 * What a thread has to do with endpoints (ipc/endpoint.h). All of it is guarded by the lock of the
 * endpoint at which the thread waits; while it waits at none, it is the thread's own.
 */
#pragma once
#include "lib/list.h"
#include <j6/message.h>
#include <j6/types.h>
#include <stdbool.h>
#include <stdint.h>

struct badge;
struct handle_entry;
struct endpoint;
struct packet;
struct service;

enum { IPC_HANDLES_MAX = 16 };

/* Something that is queued at an endpoint, to be received: a thread, or a packet (ipc/queue.h). */
struct ipc_item {
    struct list_node node;
    uint64_t age;
    uint32_t level;
    bool is_packet;
};

/* A handle that was let through the gate before, and where it lies. */
struct fast_handle {
    j6_handle_t value;
    const struct handle_entry *entry;
};

struct thread_ipc {
    struct ipc_item item; /* in the queue, among the receivers, or among the callers of a service */
    struct service *service; /* that owes it a reply */
    /* Only the thread itself: the service as which it has last received */
    struct service *own;
    /* Calls that it has made, and a bit for each of the last: was it answered? Bit 0: the last one */
    uint64_t calls;
    uint64_t answered;
    /* For the fast path (ipc/fast_path.h), while it waits */
    uint64_t token;    /* of the call that it has made by the fast path */
    uint32_t fast_cpu; /* 1 + the CPU that may switch to it directly; 0: none */
    bool is_call;      /* it wants a reply to what it sends */
    /* Only the thread itself */
    struct fast_handle send_handle;
    struct fast_handle receive_handle;
    /* The memory part of its message, as it was at entry */
    struct j6_message message;
    struct badge *badge;    /* of the handle that it sends through; NULL: none */
    uint64_t given_up;      /* the last call whose reply it waited for in vain */
    j6_koid_t own_endpoint; /* of `own` */
    struct endpoint *again; /* where it receives again when it goes on (ipc/exchange.h) */
    j6_handle_t handles[IPC_HANDLES_MAX]; /* that it sends */
};

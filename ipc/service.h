/* SPDX-License-Identifier: MIT */
/*
 * Services: a process that receives at an endpoint, and the callers that it owes a reply. One for each
 * pair of the two, from the first receive until the endpoint closes or the process ends; whichever
 * comes first, the callers get `closed`.
 *
 *   endpoint ── services ──> service ── callers ──> threads in endpoint_wait_reply
 *   process ── services ──────┘
 *
 * A caller whose reply is being copied stays where it is.
 *
 * Rules: a service keeps its endpoint and its process alive. Its callers, and its place in the list of the
 * endpoint, are guarded by the lock of the endpoint; its place in the tree of the process by the lock of that.
 * Who takes it out of the endpoint's list owns it. It stays good as long as the endpoint is open, for
 * threads of its process.
 */
#pragma once
#include "ipc/endpoint.h"
#include "kernel/process.h"

struct service {
    /* Immutable after create */
    struct endpoint *endpoint;
    struct process *process;
    struct account *account; /* that pays for it */
    /* Guarded by the endpoint's lock */
    struct list callers;
    struct list_node endpoint_node;
    /* Guarded by the process's lock */
    struct koid_node process_node; /* by the koid of the endpoint */
    bool in_process;
};

static inline struct service *service_of_process_node(struct koid_node *node)
{
    return container_of(node, struct service, process_node);
}

/*
 * Finds the service of the running thread's process at the endpoint, or makes it: the thread's ipc.own.
 * closed, quota, no_memory.
 */
j6_status_t service_of_current(struct endpoint *endpoint) J6_MUST_USE;

/*
 * A thread whose call the holder has received waits for the reply of the holder's service; or does so
 * no more.
 */
void service_caller_add_locked(struct thread *holder, struct thread *caller);
void service_caller_remove_locked(struct thread *caller);

/* The same, and whoever replies to it later learns that there is nobody. */
void service_caller_gives_up_locked(struct thread *caller);

/* Frees one that nobody can find any more. */
void service_free(struct service *service);

/* The endpoint has closed. Long, with step points. */
void services_of_endpoint_end(struct endpoint *endpoint);

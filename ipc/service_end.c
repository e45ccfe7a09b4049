/* SPDX-License-Identifier: MIT */
/*
 * A service ends with its endpoint or with its process, which may happen at the same time: whoever takes it
 * out of the endpoint's list ends it, the other one leaves it alone.
 */
#include "arch/upcall.h"
#include "ipc/service.h"

enum { STEP_CALLERS = 64 }; /* whose waits end under one lock */

/* One that somebody copies a reply to at the moment is ended by him. */
static void end_caller_locked(struct thread *caller)
{
    service_caller_remove_locked(caller);
    if (caller->wait.type->undo != NULL) {
        wait_end_locked(caller, j6_status_closed);
    }
}

static bool end_some_callers(struct service *service)
{
    unsigned ended = 0;
    endpoint_lock(service->endpoint);
    for (; ended < STEP_CALLERS && !list_is_empty(&service->callers); ended++) {
        struct ipc_item *item = container_of(list_first(&service->callers), struct ipc_item, node);
        end_caller_locked(thread_of_item(item));
    }
    endpoint_unlock(service->endpoint);
    return ended == STEP_CALLERS;
}

static void leave_process_locked(struct service *service)
{
    if (service->in_process) {
        service->in_process = false;
        koid_set_remove(&service->process->services, &service->process_node);
    }
}

/* True: the caller owns it from now on. */
static bool leave_endpoint(struct service *service)
{
    endpoint_lock(service->endpoint);
    bool linked = list_is_linked(&service->endpoint_node);
    if (linked) {
        list_remove(&service->endpoint_node);
    }
    endpoint_unlock(service->endpoint);
    return linked;
}

/* The caller owns it, and nobody finds it any more. */
static void service_end(struct service *service)
{
    while (end_some_callers(service)) {
        kernel_step_point();
    }
    service_free(service);
}

void services_of_endpoint_end(struct endpoint *endpoint)
{
    for (;;) {
        endpoint_lock(endpoint);
        struct list_node *node = list_pop_front(&endpoint->services);
        endpoint_unlock(endpoint);
        if (node == NULL) {
            return;
        }
        struct service *service = container_of(node, struct service, endpoint_node);
        spinlock_lock(&service->process->lock);
        leave_process_locked(service);
        spinlock_unlock(&service->process->lock);
        service_end(service);
    }
}

/* One that is out of its endpoint's list already is ended by who took it out. */
void process_services_end(struct process *process)
{
    struct koid_node *node;
    do {
        struct service *owned = NULL;
        spinlock_lock(&process->lock);
        node = koid_set_from(&process->services, 0);
        if (node != NULL) {
            struct service *service = service_of_process_node(node);
            leave_process_locked(service);
            owned = leave_endpoint(service) ? service : NULL;
        }
        spinlock_unlock(&process->lock);
        if (owned != NULL) {
            service_end(owned);
        }
    } while (node != NULL);
}

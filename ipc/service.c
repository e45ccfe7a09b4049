/* SPDX-License-Identifier: MIT */
/* How services begin, and their callers come and go; service_end.c ends them. */
#include "ipc/service.h"
#include "mm/kalloc.h"

/* ---- its beginning ---- */

static struct service *find_locked(struct process *process, j6_koid_t endpoint)
{
    struct koid_node *node = koid_set_from(&process->services, endpoint);
    return node != NULL && node->node.value == endpoint ? service_of_process_node(node) : NULL;
}

static struct service *find(struct process *process, j6_koid_t endpoint)
{
    spinlock_lock(&process->lock);
    struct service *service = find_locked(process, endpoint);
    spinlock_unlock(&process->lock);
    return service;
}

/* With references to both. closed: the endpoint was found without one, and has gone. */
static j6_status_t service_create(struct endpoint *endpoint, struct process *process,
                                  struct service **out_service)
{
    struct account *account = process->account;
    if (!kobject_try_get(&endpoint->object)) {
        return j6_status_closed;
    }
    j6_status_t status =
        account_charge(account, ACCOUNT_MEMORY, kalloc_cost(sizeof(struct service)));
    if (status != j6_status_ok) {
        goto undo_endpoint;
    }
    struct service *service = kalloc(sizeof(*service));
    if (service == NULL) {
        status = j6_err_no_memory;
        goto undo_charge;
    }
    kobject_get(&process->object);
    account_get(account);
    *service = (struct service){.endpoint = endpoint, .process = process, .account = account};
    list_init(&service->callers);
    *out_service = service;
    return j6_status_ok;

undo_charge:
    account_uncharge(account, ACCOUNT_MEMORY, kalloc_cost(sizeof(struct service)));
undo_endpoint:
    kobject_put(&endpoint->object);
    return status;
}

void service_free(struct service *service)
{
    struct endpoint *endpoint = service->endpoint;
    struct process *process = service->process;
    struct account *account = service->account;
    kfree(service);
    account_uncharge(account, ACCOUNT_MEMORY, kalloc_cost(sizeof(struct service)));
    account_put(account);
    kobject_put(&endpoint->object);
    kobject_put(&process->object);
}

static j6_status_t publish_locked(struct service *service)
{
    struct endpoint *endpoint = service->endpoint;
    j6_status_t status = j6_status_closed;
    endpoint_lock(endpoint);
    if (!endpoint_is_closed_locked(endpoint)) {
        koid_set_add(&service->process->services, &service->process_node, endpoint->object.koid);
        service->in_process = true;
        list_push_back(&endpoint->services, &service->endpoint_node);
        status = j6_status_ok;
    }
    endpoint_unlock(endpoint);
    return status;
}

/* Another thread may have been quicker: then its one is the one. */
static j6_status_t service_add(struct endpoint *endpoint, struct process *process,
                               struct service **out_service)
{
    struct service *service;
    j6_status_t status = service_create(endpoint, process, &service);
    if (status != j6_status_ok) {
        return status;
    }
    spinlock_lock(&process->lock);
    struct service *other = find_locked(process, endpoint->object.koid);
    if (other == NULL) {
        status = publish_locked(service);
    }
    spinlock_unlock(&process->lock);
    if (other != NULL || status != j6_status_ok) {
        service_free(service);
    }
    *out_service = other != NULL ? other : service;
    return status;
}

j6_status_t service_of_current(struct endpoint *endpoint)
{
    struct thread *thread = sched_current();
    j6_koid_t koid = endpoint->object.koid;
    if (thread->ipc.own_endpoint == koid) {
        return j6_status_ok;
    }
    j6_status_t status = j6_status_ok;
    struct service *service = find(thread->process, koid);
    if (service == NULL) {
        status = service_add(endpoint, thread->process, &service);
    }
    if (status == j6_status_ok) {
        thread->ipc.own = service;
        thread->ipc.own_endpoint = koid;
    }
    return status;
}

/* ---- callers ---- */

void service_caller_add_locked(struct thread *holder, struct thread *caller)
{
    struct service *service = holder->ipc.own;
    caller->ipc.service = service;
    list_push_back(&service->callers, &caller->ipc.item.node);
    boost_give(holder, caller);
}

/* Who replies to it may be at work on it, while the service ends. */
void service_caller_remove_locked(struct thread *caller)
{
    if (list_is_linked(&caller->ipc.item.node)) {
        list_remove(&caller->ipc.item.node);
    }
    boost_take_back(caller);
}

static void forget_in_service(struct service *service, const struct thread *holder)
{
    struct ipc_item *item;
    endpoint_lock(service->endpoint);
    list_for_each_entry(item, &service->callers, node) {
        struct thread *caller = thread_of_item(item);
        if (caller->boost.holder == holder) {
            caller->boost.holder = NULL;
        }
    }
    endpoint_unlock(service->endpoint);
}

/* A service of the process stays as long as it is in the process's tree. */
void thread_callers_forget(struct thread *holder)
{
    struct process *process = holder->process;
    spinlock_lock(&process->lock);
    struct koid_node *node = koid_set_from(&process->services, 0);
    for (; node != NULL; node = koid_set_next(node)) {
        forget_in_service(service_of_process_node(node), holder);
    }
    spinlock_unlock(&process->lock);
}

void service_caller_gives_up_locked(struct thread *caller)
{
    service_caller_remove_locked(caller);
    caller->ipc.given_up = caller->ipc.calls;
}

/* SPDX-License-Identifier: MIT */
#include "ipc/binding.h"
#include "ipc/packet.h"
#include "kernel/process.h"
#include "kernel/run_queue.h"
#include "kernel/signal.h"
#include "mm/kalloc.h"
#include <j6/message.h>

struct binding {
    /* Immutable after create */
    j6_koid_t object;
    uint64_t key;
    struct account *account; /* that pays for it */
    uint32_t level;          /* how urgent its packet is: as the thread that made it */
    /* Guarded by the object's lock */
    struct waiter waiter;
    /* Guarded by the endpoint's lock */
    struct packet packet;
    struct avl_node node; /* in the endpoint's bindings, by object and key */
    uint64_t signals;     /* when they were delivered */
};

static struct binding *binding_of_packet(struct packet *packet)
{
    return container_of(packet, struct binding, packet);
}

static struct binding *binding_of_waiter(struct waiter *waiter)
{
    return container_of(waiter, struct binding, waiter);
}

static int compare(const void *key, const struct avl_node *node)
{
    const struct binding *a = key;
    const struct binding *b = container_of(node, const struct binding, node);
    if (a->object != b->object) {
        return a->object < b->object ? -1 : 1;
    }
    return a->key < b->key ? -1 : a->key > b->key;
}

static void binding_free(struct binding *binding)
{
    struct account *account = binding->account;
    kfree(binding);
    account_uncharge(account, ACCOUNT_MEMORY, kalloc_cost(sizeof(*binding)));
    account_put(account);
}

static j6_status_t binding_alloc(struct account *account, struct binding **out_binding)
{
    j6_status_t status =
        account_charge(account, ACCOUNT_MEMORY, kalloc_cost(sizeof(struct binding)));
    if (status != j6_status_ok) {
        return status;
    }
    struct binding *binding = kalloc(sizeof(*binding));
    if (binding == NULL) {
        account_uncharge(account, ACCOUNT_MEMORY, kalloc_cost(sizeof(*binding)));
        return j6_err_no_memory;
    }
    account_get(account);
    *binding = (struct binding){.account = account};
    *out_binding = binding;
    return j6_status_ok;
}

/* ---- the endpoint's side ---- */

static bool take(struct packet *packet, struct notice *out)
{
    struct binding *binding = binding_of_packet(packet);
    *out = (struct notice){.tag = j6_tag_signal,
                           .word = {binding->key, binding->signals, binding->object}};
    avl_remove(&packet->endpoint->bindings, &binding->node);
    packet_detach_locked(packet);
    binding_free(binding);
    return false;
}

/* The object may end meanwhile, and takes the waiter out first. Its lock is there for a grace period. */
static void ended(struct packet *packet)
{
    struct binding *binding = binding_of_packet(packet);
    struct waiter *waiter = &binding->waiter;
    endpoint_lock(packet->endpoint);
    avl_remove(&packet->endpoint->bindings, &binding->node);
    endpoint_unlock(packet->endpoint);
    struct kobject *object = atomic_load_explicit(&waiter->object, memory_order_acquire);
    if (object != NULL) {
        spinlock_lock(&object->lock);
        if (list_is_linked(&waiter->node)) {
            list_remove(&waiter->node);
        }
        spinlock_unlock(&object->lock);
    }
    binding_free(binding);
}

static const struct packet_type binding_packet = {.take = take, .ended = ended};

/* ---- the object's side ---- */

/*
 * Delivers, unless the endpoint has closed: then `ended` frees the binding as soon as it sees that the
 * object has forgotten it (release), or has had the object's lock.
 */
static void deliver_locked(struct kobject *object, struct waiter *waiter)
{
    struct binding *binding = binding_of_waiter(waiter);
    struct endpoint *endpoint = binding->packet.endpoint;
    binding->signals = kobject_signals_locked(object);
    endpoint_lock(endpoint);
    bool attached = list_is_linked(&binding->packet.source_node);
    atomic_store_explicit(&waiter->object, NULL, memory_order_release);
    if (attached) {
        packet_post_locked(&binding->packet, binding->level);
    }
    endpoint_unlock(endpoint);
}

static void wake_locked(struct kobject *object, struct waiter *waiter, j6_status_t status)
{
    (void)status;
    list_remove(&waiter->node);
    deliver_locked(object, waiter);
}

/* ---- both ---- */

static j6_status_t attach_locked(struct binding *binding, struct endpoint *endpoint)
{
    endpoint_lock(endpoint);
    j6_status_t status = j6_status_closed;
    if (!endpoint_is_closed_locked(endpoint)) {
        bool new = avl_insert(&endpoint->bindings, &binding->node, binding, compare);
        status = new ? packet_attach_locked(&binding->packet, &binding_packet, endpoint)
                     : j6_status_exists;
    }
    endpoint_unlock(endpoint);
    return status;
}

/* After the last reference nobody would end a wait for the object any more. */
static j6_status_t bind_locked(struct binding *binding, struct kobject *object,
                               struct endpoint *endpoint)
{
    if (object->refs == 0) {
        return j6_err_bad_handle;
    }
    j6_status_t status = attach_locked(binding, endpoint);
    if (status != j6_status_ok) {
        return status;
    }
    if (kobject_verdict_locked(object, binding->waiter.mask) == j6_status_would_block) {
        kobject_await_locked(object, &binding->waiter);
    } else {
        deliver_locked(object, &binding->waiter);
    }
    return j6_status_ok;
}

j6_status_t binding_create(struct kobject *object, uint64_t mask, struct endpoint *endpoint,
                           uint64_t key)
{
    struct thread *thread = sched_current();
    struct binding *binding;
    j6_status_t status = binding_alloc(thread->process->account, &binding);
    if (status != j6_status_ok) {
        return status;
    }
    binding->object = object->koid;
    binding->key = key;
    binding->level = message_level(thread);
    binding->waiter.mask = mask;
    binding->waiter.wake_locked = wake_locked;
    atomic_store_explicit(&binding->waiter.object, object, memory_order_relaxed);
    spinlock_lock(&object->lock);
    status = bind_locked(binding, object, endpoint);
    spinlock_unlock(&object->lock);
    if (status != j6_status_ok) {
        binding_free(binding);
    }
    return status;
}

static struct binding *find_locked(const struct endpoint *endpoint, const struct binding *key)
{
    struct avl_node *node = endpoint->bindings.root;
    int order = 0;
    while (node != NULL && (order = compare(key, node)) != 0) {
        node = node->child[order > 0];
    }
    return node != NULL ? container_of(node, struct binding, node) : NULL;
}

/* NULL: there is none, or the endpoint has closed and ends it. */
static struct binding *take_out_locked(struct endpoint *endpoint, const struct binding *key)
{
    struct binding *binding = NULL;
    endpoint_lock(endpoint);
    if (!endpoint_is_closed_locked(endpoint)) {
        binding = find_locked(endpoint, key);
    }
    if (binding != NULL) {
        avl_remove(&endpoint->bindings, &binding->node);
        packet_detach_locked(&binding->packet);
    }
    endpoint_unlock(endpoint);
    return binding;
}

j6_status_t binding_remove(struct kobject *object, struct endpoint *endpoint, uint64_t key)
{
    const struct binding wanted = {.object = object->koid, .key = key};
    spinlock_lock(&object->lock);
    struct binding *binding = take_out_locked(endpoint, &wanted);
    if (binding != NULL && list_is_linked(&binding->waiter.node)) {
        list_remove(&binding->waiter.node);
    }
    spinlock_unlock(&object->lock);
    if (binding == NULL) {
        return j6_err_not_found;
    }
    binding_free(binding);
    return j6_status_ok;
}

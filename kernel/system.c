/* SPDX-License-Identifier: MIT */
/*
 * Life of system objects; their calls are in kernel/syscall/sys_system.c. They form a tree: parent is
 * what one was restricted from. An object keeps its parent alive, so that closing the parent finds it;
 * the reference goes when the memory does, a grace period after the object, so a long chain of them
 * ends link by link and not from within each other.
 */
#include "kernel/system.h"
#include "arch/upcall.h"
#include "kernel/ranges.h"
#include "kernel/signal.h"
#include "lib/string.h"
#include "mm/slab.h"

SLAB_CACHE(system_cache, "system", struct system);

/* Children, grants, and who is closed: of all objects. */
static struct spinlock tree_lock = SPINLOCK_INIT(RANK_SYSTEM);

/* What has no numbers (log, info, power, clock, dma) is number 0. */
static const struct j6_range everything[] = {
    {.kind = j6_range_irq, .count = 1ull << 32},  {.kind = j6_range_port, .count = 1ull << 16},
    {.kind = j6_range_phys, .count = UINT64_MAX}, {.kind = j6_range_log, .count = 1},
    {.kind = j6_range_info, .count = 1},          {.kind = j6_range_power, .count = 1},
    {.kind = j6_range_clock, .count = 1},         {.kind = j6_range_dma, .count = 1},
};

static void system_destroy(struct kobject *object)
{
    struct system *system = system_of(object);
    log_reader_end(&system->log_reader);
    spinlock_lock(&tree_lock);
    assert(list_is_empty(&system->children) && list_is_empty(&system->grants));
    if (list_is_linked(&system->node)) {
        list_remove(&system->node);
    }
    spinlock_unlock(&tree_lock);
}

static void system_free(struct kobject *object)
{
    struct system *system = system_of(object);
    if (system->parent != NULL) {
        kobject_put(&system->parent->object);
    }
    slab_free(&system_cache, system);
}

static const struct kobject_type system_type = {
    .name = "system",
    .number = j6_type_system,
    .rank = RANK_OBJECT,
    .size = SLAB_COST(sizeof(struct system)),
    .destroy = system_destroy,
    .free = system_free,
};

static j6_status_t create(struct account *account, const struct j6_range *ranges, size_t count,
                          struct system **out_system)
{
    struct system *system = slab_alloc_zeroed(&system_cache);
    if (system == NULL) {
        return j6_err_no_memory;
    }
    j6_status_t status = kobject_init(&system->object, &system_type, account);
    if (status != j6_status_ok) {
        slab_free(&system_cache, system);
        return status;
    }
    memcpy(system->ranges, ranges, count * sizeof(*ranges));
    system->range_count = ranges_join(system->ranges, count);
    list_init(&system->children);
    list_init(&system->grants);
    if (ranges_hold(system->ranges, system->range_count, j6_range_log, 0, 1)) {
        log_reader_init(&system->log_reader, &system->object);
    }
    *out_system = system;
    return j6_status_ok;
}

j6_status_t system_create(struct account *account, struct system **out_system)
{
    return create(account, everything, sizeof(everything) / sizeof(everything[0]), out_system);
}

/* True unless the parent is closed, or about to end. */
static bool child_add(struct system *parent, struct system *child)
{
    spinlock_lock(&tree_lock);
    bool open = !parent->closed && kobject_try_get(&parent->object);
    if (open) {
        child->parent = parent;
        list_push_back(&parent->children, &child->node);
    }
    spinlock_unlock(&tree_lock);
    return open;
}

static j6_status_t may_restrict(const struct system *system, const struct j6_range *ranges,
                                size_t count)
{
    bool valid = count != 0 && count <= j6_ranges_max;
    for (size_t i = 0; valid && i < count; i++) {
        valid = range_is_valid(&ranges[i]);
    }
    j6_status_t status = valid ? j6_status_ok : j6_err_invalid_arg;
    for (size_t i = 0; status == j6_status_ok && i < count; i++) {
        status = system_check(system, ranges[i].kind, ranges[i].first, ranges[i].count);
    }
    return status;
}

j6_status_t system_restrict(struct system *system, struct account *account,
                            const struct j6_range *ranges, size_t count, struct system **out_system)
{
    j6_status_t status = may_restrict(system, ranges, count);
    if (status != j6_status_ok) {
        return status;
    }
    struct system *child;
    status = create(account, ranges, count, &child);
    if (status != j6_status_ok) {
        return status;
    }
    if (!child_add(system, child)) {
        kobject_put(&child->object);
        return j6_status_closed;
    }
    *out_system = child;
    return j6_status_ok;
}

j6_status_t system_check(const struct system *system, uint32_t kind, uint64_t first, uint64_t count)
{
    if (!ranges_hold(system->ranges, system->range_count, kind, first, count)) {
        return j6_err_denied;
    }
    /* Relaxed: what must not slip past a close is tied to the object under the lock. */
    return atomic_load_explicit(&system->closed, memory_order_relaxed) ? j6_status_closed
                                                                       : j6_status_ok;
}

j6_status_t system_grant_add(struct system *system, struct system_grant *grant)
{
    spinlock_lock(&tree_lock);
    bool open = !system->closed;
    if (open) {
        list_push_back(&system->grants, &grant->node);
    }
    spinlock_unlock(&tree_lock);
    return open ? j6_status_ok : j6_status_closed;
}

void system_grant_remove(struct system_grant *grant)
{
    spinlock_lock(&tree_lock);
    if (list_is_linked(&grant->node)) {
        list_remove(&grant->node);
    }
    spinlock_unlock(&tree_lock);
}

/* Revokes the next grant; an owner whose last reference has gone is giving its own up already. */
static bool grant_revoke_next(struct system *system)
{
    struct list_node *node;
    struct system_grant *grant = NULL;
    struct kobject *owner = NULL;
    void (*revoke)(struct kobject * owner) = NULL;
    spinlock_lock(&tree_lock);
    while (owner == NULL && (node = list_pop_front(&system->grants)) != NULL) {
        grant = container_of(node, struct system_grant, node);
        if (kobject_try_get(grant->owner)) {
            owner = grant->owner;
            revoke = grant->revoke;
        }
    }
    spinlock_unlock(&tree_lock);
    if (owner == NULL) {
        return false;
    }
    revoke(owner);
    kobject_put(owner);
    return true;
}

/*
 * Closes the next of the list for calls, with its children behind it in the list then; NULL at the
 * end. The caller gets a reference. One whose last reference has gone has no children and no grants:
 * they would hold one.
 */
static struct system *close_next(struct list *closing)
{
    struct system *system = NULL;
    struct list_node *node;
    spinlock_lock(&tree_lock);
    while (system == NULL && (node = list_pop_front(closing)) != NULL) {
        struct system *next = container_of(node, struct system, node);
        if (kobject_try_get(&next->object)) {
            system = next;
            system->closed = true;
            list_append(closing, &system->children);
        }
    }
    spinlock_unlock(&tree_lock);
    return system;
}

/* Two who close parts of one tree share the work: an object is on the list of the later one. */
static bool close_begin(struct system *system, struct list *closing)
{
    spinlock_lock(&tree_lock);
    bool open = !system->closed && list_is_linked(&system->node); /* else it is about to end */
    if (open) {
        list_remove(&system->node);
        list_push_back(closing, &system->node);
        system->closed = true;
    }
    spinlock_unlock(&tree_lock);
    return open;
}

j6_status_t system_close(struct system *system)
{
    struct list closing;
    list_init(&closing);
    if (system->parent == NULL) {
        return j6_err_bad_state;
    }
    if (!close_begin(system, &closing)) {
        return j6_status_closed;
    }
    while ((system = close_next(&closing)) != NULL) {
        while (grant_revoke_next(system)) {
            kernel_step_point();
        }
        log_reader_end(&system->log_reader);
        kobject_signal(&system->object, j6_signal_system_has_log, j6_signal_closed);
        kobject_put(&system->object);
        kernel_step_point();
    }
    return j6_status_ok;
}

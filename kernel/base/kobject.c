/* SPDX-License-Identifier: MIT */
/* References and life of kernel objects; signals and waiting are in kernel/signal.c. */
#include "kernel/base/kobject.h"
#include "lib/container.h"
#include <stddef.h>

static _Atomic uint64_t live[j6_type_count];
static _Atomic uint64_t last_serial;

j6_status_t kobject_init(struct kobject *object, const struct kobject_type *type,
                         struct account *account)
{
    j6_status_t status = account_charge(account, ACCOUNT_MEMORY, type->size);
    if (status != j6_status_ok) {
        return status;
    }
    account_get(account);
    uint64_t serial = atomic_fetch_add_explicit(&last_serial, 1, memory_order_relaxed) + 1;
    object->type = type;
    object->koid = (j6_koid_t)type->number << j6_handle_type_shift | serial;
    object->account = account;
    atomic_init(&object->refs, 1);
    atomic_init(&object->handles, 0);
    spinlock_init(&object->lock, type->rank);
    object->signals = 0;
    list_init(&object->waiters);
    atomic_fetch_add_explicit(&live[type->number], 1, memory_order_relaxed);
    return j6_status_ok;
}

static void free_after_grace(struct grace_item *item)
{
    struct kobject *object = container_of(item, struct kobject, grace);
    struct account *account = object->account;
    size_t size = object->type->size;
    atomic_fetch_sub_explicit(&live[object->type->number], 1, memory_order_relaxed);
    object->type->free(object);
    account_uncharge(account, ACCOUNT_MEMORY, size);
    account_put(account);
}

void kobject_get(struct kobject *object)
{
    uint32_t before = atomic_fetch_add_explicit(&object->refs, 1, memory_order_relaxed);
    assert(before != 0);
}

void kobject_put(struct kobject *object)
{
    /* acq_rel: what others did to the object before their put is seen by destroy. */
    if (atomic_fetch_sub_explicit(&object->refs, 1, memory_order_acq_rel) != 1) {
        return;
    }
    kobject_waits_end(object, j6_status_destroyed);
    if (object->type->destroy != NULL) {
        object->type->destroy(object);
    }
    grace_defer(&object->grace, free_after_grace);
}

bool kobject_try_get(struct kobject *object)
{
    uint32_t refs = atomic_load_explicit(&object->refs, memory_order_relaxed);
    while (refs != 0 &&
           !atomic_compare_exchange_weak_explicit(&object->refs, &refs, refs + 1,
                                                  memory_order_relaxed, memory_order_relaxed)) {
        continue;
    }
    return refs != 0;
}

void kobject_handle_add(struct kobject *object, uint64_t rights)
{
    if (object->type->handle_added != NULL) {
        object->type->handle_added(object, rights);
    }
    if (atomic_fetch_add_explicit(&object->handles, 1, memory_order_relaxed) == 0) {
        kobject_tell_handles(object);
    }
}

void kobject_handle_put(struct kobject *object, uint64_t rights)
{
    if (object->type->handle_gone != NULL) {
        object->type->handle_gone(object, rights);
    }
    if (atomic_fetch_sub_explicit(&object->handles, 1, memory_order_acq_rel) == 1) {
        kobject_tell_handles(object);
        if (object->type->last_handle != NULL) {
            object->type->last_handle(object);
        }
    }
    kobject_put(object);
}

uint64_t kobject_live(enum j6_type type)
{
    return atomic_load_explicit(&live[type], memory_order_relaxed);
}

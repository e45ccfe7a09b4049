/* SPDX-License-Identifier: MIT */
/* Handles that come and go; the slots that they lie in are in handle_slots.c. */
#include "kernel/handle.h"
#include "arch/upcall.h"
#include "kernel/handle_slots.h"
#include <j6/rights.h>

enum { STEP_HANDLES = 64 }; /* closed between two step points */

uint64_t handle_all_rights(enum j6_type type)
{
    static const uint64_t common = j6_right_duplicate | j6_right_transfer | j6_right_wait |
                                   j6_right_signal | j6_right_info | j6_right_close;
    static const uint8_t own_count[] = {
        [j6_type_system] = 1, [j6_type_event] = 0,   [j6_type_channel] = 2, [j6_type_endpoint] = 3,
        [j6_type_vma] = 5,    [j6_type_process] = 5, [j6_type_thread] = 3,
    };
    return common | ((1ull << own_count[type]) - 1) << 48;
}

void handle_table_init(struct handle_table *table, struct account *account)
{
    table->account = account;
    atomic_init(&table->directory, NULL);
    spinlock_init(&table->lock, RANK_HANDLES);
    table->closed = false;
    table->used = 0;
    table->free_count = 0;
    table->unused_first = 0;
    table->free_first = HANDLE_NO_SLOT;
    table->free_last = HANDLE_NO_SLOT;
    table->worn_first = HANDLE_NO_SLOT;
}

/* What the value names; 0 if it isn't that of an entry. */
static inline handle_target_t find_target(const struct handle_table *table, j6_handle_t handle)
{
    struct handle_entry *entry = handle_entry_at(table, j6_handle_index(handle));
    if (entry == NULL || handle == j6_handle_none ||
        atomic_load_explicit(&entry->value, memory_order_acquire) != handle) {
        return 0;
    }
    handle_target_t target = atomic_load_explicit(&entry->target, memory_order_acquire);
    bool still = atomic_load_explicit(&entry->value, memory_order_relaxed) == handle;
    return still ? target : 0;
}

struct kobject *handle_find(const struct handle_table *table, j6_handle_t handle)
{
    return target_object(find_target(table, handle));
}

bool handle_find_badge(const struct handle_table *table, j6_handle_t handle,
                       struct badge **out_badge)
{
    handle_target_t target = find_target(table, handle);
    *out_badge = target_badge(target);
    return target != 0 && (*out_badge == NULL || badge_try_get(*out_badge));
}

uint64_t handle_badge_value(const struct handle_table *table, j6_handle_t handle)
{
    const struct badge *badge = target_badge(find_target(table, handle));
    return badge != NULL ? badge->value : 0;
}

uint32_t handle_table_used(struct handle_table *table)
{
    spinlock_lock(&table->lock);
    uint32_t used = table->used;
    spinlock_unlock(&table->lock);
    return used;
}

uint32_t handle_slots(const struct handle_table *table)
{
    const struct handle_directory *directory =
        atomic_load_explicit(&table->directory, memory_order_acquire);
    return directory != NULL ? directory->chunks * HANDLE_CHUNK : 0;
}

j6_handle_t handle_in_slot(const struct handle_table *table, uint32_t index)
{
    const struct handle_entry *entry = handle_entry_at(table, index);
    return entry != NULL ? atomic_load_explicit(&entry->value, memory_order_acquire)
                         : j6_handle_none;
}

static j6_status_t insert_locked(struct handle_table *table, handle_target_t target,
                                 uint64_t rights, j6_handle_t *out_handle)
{
    struct kobject *object = target_object(target);
    uint64_t type = (uint64_t)object->type->number << j6_handle_type_shift;
    j6_handle_t handle;
    j6_status_t status = handle_slot_take_locked(table, type | rights, &handle);
    if (status != j6_status_ok) {
        return status;
    }
    kobject_handle_add(object, rights);
    handle_entry_set_locked(table, handle, target);
    *out_handle = handle;
    return j6_status_ok;
}

/* With references to the target, which the handle takes over. */
static j6_status_t insert(struct handle_table *table, handle_target_t target, uint64_t rights,
                          j6_handle_t *out_handle)
{
    j6_status_t status = account_charge(table->account, ACCOUNT_HANDLES, 1);
    if (status != j6_status_ok) {
        return status;
    }
    spinlock_lock(&table->lock);
    status = insert_locked(table, target, rights, out_handle);
    spinlock_unlock(&table->lock);
    if (status != j6_status_ok) {
        account_uncharge(table->account, ACCOUNT_HANDLES, 1);
    }
    return status;
}

j6_status_t handle_insert_target(struct handle_table *table, handle_target_t target,
                                 uint64_t rights, j6_handle_t *out_handle)
{
    struct kobject *object = target_object(target);
    struct badge *badge = target_badge(target);
    assert((rights & ~handle_all_rights(object->type->number)) == 0);
    if (!kobject_try_get(object)) {
        return j6_err_bad_handle; /* closed since the caller found it */
    }
    if (badge != NULL && !badge_try_get(badge)) {
        kobject_put(object);
        return j6_err_bad_handle;
    }
    j6_status_t status = insert(table, target, rights, out_handle);
    if (status != j6_status_ok) {
        if (badge != NULL) {
            badge_put(badge);
        }
        kobject_put(object);
    }
    return status;
}

j6_status_t handle_insert(struct handle_table *table, struct kobject *object, uint64_t rights,
                          j6_handle_t *out_handle)
{
    return handle_insert_target(table, target_of(object, NULL), rights, out_handle);
}

j6_status_t handle_copy(const struct handle_table *from, j6_handle_t handle,
                        struct handle_table *to, uint64_t rights, j6_handle_t *out_handle)
{
    handle_target_t target = find_target(from, handle);
    return target != 0 ? handle_insert_target(to, target, rights, out_handle) : j6_err_bad_handle;
}

j6_status_t handle_remove(struct handle_table *table, j6_handle_t handle)
{
    spinlock_lock(&table->lock);
    handle_target_t target = find_target(table, handle);
    if (target != 0) {
        handle_entry_clear_locked(table, handle);
        handle_slot_release_locked(table, handle);
    }
    spinlock_unlock(&table->lock);
    if (target == 0) {
        return j6_err_bad_handle;
    }
    account_uncharge(table->account, ACCOUNT_HANDLES, 1);
    target_handle_put(target, j6_handle_rights(handle));
    return j6_status_ok;
}

void handle_table_close(struct handle_table *table)
{
    spinlock_lock(&table->lock);
    table->closed = true;
    spinlock_unlock(&table->lock);
    uint32_t end = handle_slots(table);
    for (uint32_t index = 0; index < end && table->used > 0; index++) {
        j6_handle_t handle = handle_in_slot(table, index);
        if (handle != j6_handle_none) {
            handle_remove(table, handle);
        }
        if (index % STEP_HANDLES == STEP_HANDLES - 1) {
            kernel_step_point();
        }
    }
}

void handle_table_destroy(struct handle_table *table)
{
    handle_slots_free(table);
}

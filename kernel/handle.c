/* SPDX-License-Identifier: MIT */
/* Handle tables as described in handle.h. */
#include "kernel/handle.h"
#include "arch/layout.h"
#include "arch/upcall.h"
#include "lib/container.h"
#include "lib/string.h"
#include "mm/kalloc.h"
#include <j6/handle.h>
#include <j6/rights.h>

enum { STEP_HANDLES = 64 }; /* closed between two step points */

enum { GENERATION_MASK = (1 << 20) - 1, NO_SLOT = 0xffffffff, DIRECTORY_FIRST = 4 };

/*
 * A used entry: value and object. A free one: value 0, generation of the last use, next free slot.
 * A reader that finds its value before and after it read the object has the right object: an entry
 * takes an old value again only after 2^20 uses.
 */
struct handle_entry {
    _Atomic j6_handle_t value;
    union {
        struct kobject *_Atomic object;
        struct {
            uint32_t generation;
            uint32_t next;
        };
    };
};
enum { CHUNK_SIZE = HANDLE_CHUNK * sizeof(struct handle_entry) };
_Static_assert(CHUNK_SIZE == PAGE_SIZE, "kfree of a chunk waits for nobody");

struct handle_directory {
    struct grace_item grace;
    uint32_t chunks;
    uint32_t capacity;
    struct handle_entry *chunk[];
};

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
    table->free_first = NO_SLOT;
    table->free_last = NO_SLOT;
    table->worn_first = NO_SLOT;
}

/* NULL beyond the end of the table. Acquire: partner of the release in directory_grow_locked. */
static struct handle_entry *entry_at(const struct handle_table *table, uint32_t index)
{
    const struct handle_directory *directory =
        atomic_load_explicit(&table->directory, memory_order_acquire);
    uint32_t chunk = index / HANDLE_CHUNK;
    if (directory == NULL || chunk >= directory->chunks) {
        return NULL;
    }
    return &directory->chunk[chunk][index % HANDLE_CHUNK];
}

struct kobject *handle_find(const struct handle_table *table, j6_handle_t handle)
{
    struct handle_entry *entry = entry_at(table, j6_handle_index(handle));
    if (entry == NULL || handle == j6_handle_none ||
        atomic_load_explicit(&entry->value, memory_order_acquire) != handle) {
        return NULL;
    }
    struct kobject *object = atomic_load_explicit(&entry->object, memory_order_acquire);
    bool still = atomic_load_explicit(&entry->value, memory_order_relaxed) == handle;
    return still ? object : NULL;
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
    const struct handle_entry *entry = entry_at(table, index);
    return entry != NULL ? atomic_load_explicit(&entry->value, memory_order_acquire)
                         : j6_handle_none;
}

static void slot_release_locked(struct handle_table *table, uint32_t index, uint32_t generation)
{
    struct handle_entry *entry = entry_at(table, index);
    entry->generation = generation;
    if (generation == GENERATION_MASK) {
        entry->next = table->worn_first;
        table->worn_first = index;
        return;
    }
    entry->next = NO_SLOT;
    if (table->free_last != NO_SLOT) {
        entry_at(table, table->free_last)->next = index;
    } else {
        table->free_first = index;
    }
    table->free_last = index;
    table->free_count++;
}

static size_t directory_size(uint32_t capacity)
{
    return sizeof(struct handle_directory) + capacity * sizeof(struct handle_entry *);
}

/* Memory that the table's account pays for. */
static j6_status_t memory_take(struct handle_table *table, size_t size, void **out_memory)
{
    j6_status_t status = account_charge(table->account, ACCOUNT_MEMORY, kalloc_cost(size));
    if (status != j6_status_ok) {
        return status;
    }
    void *memory = kalloc(size);
    if (memory == NULL) {
        account_uncharge(table->account, ACCOUNT_MEMORY, kalloc_cost(size));
        return j6_err_no_memory;
    }
    *out_memory = memory;
    return j6_status_ok;
}

static void memory_give_back(struct handle_table *table, void *memory, size_t size)
{
    kfree(memory);
    account_uncharge(table->account, ACCOUNT_MEMORY, kalloc_cost(size));
}

static void directory_free(struct grace_item *item)
{
    kfree(container_of(item, struct handle_directory, grace));
}

/* Makes room for one more chunk in the directory. */
static j6_status_t directory_grow_locked(struct handle_table *table)
{
    struct handle_directory *old = atomic_load_explicit(&table->directory, memory_order_relaxed);
    if (old != NULL && old->chunks < old->capacity) {
        return j6_status_ok;
    }
    uint32_t capacity = old != NULL ? 2 * old->capacity : DIRECTORY_FIRST;
    void *memory;
    j6_status_t status = memory_take(table, directory_size(capacity), &memory);
    if (status != j6_status_ok) {
        return status;
    }
    struct handle_directory *new = memory;
    new->capacity = capacity;
    if (old != NULL) {
        new->chunks = old->chunks;
        memcpy(new->chunk, old->chunk, old->chunks * sizeof(struct handle_entry *));
    }
    /* Release: a reader that sees the directory sees its content. */
    atomic_store_explicit(&table->directory, new, memory_order_release);
    if (old != NULL) { /* nobody finds it any more */
        account_uncharge(table->account, ACCOUNT_MEMORY,
                         kalloc_cost(directory_size(old->capacity)));
        grace_defer(&old->grace, directory_free);
    }
    return j6_status_ok;
}

static j6_status_t chunk_add_locked(struct handle_table *table)
{
    struct handle_directory *directory =
        atomic_load_explicit(&table->directory, memory_order_relaxed);
    if (directory != NULL && directory->chunks * HANDLE_CHUNK >= HANDLE_MAX) {
        return j6_err_quota;
    }
    void *chunk;
    j6_status_t status = memory_take(table, CHUNK_SIZE, &chunk);
    if (status != j6_status_ok) {
        return status;
    }
    status = directory_grow_locked(table);
    if (status != j6_status_ok) {
        memory_give_back(table, chunk, CHUNK_SIZE);
        return status;
    }
    directory = atomic_load_explicit(&table->directory, memory_order_relaxed);
    uint32_t first = directory->chunks * HANDLE_CHUNK;
    directory->chunk[directory->chunks] = chunk;
    /* Release: a reader that sees the number sees the chunk. */
    __atomic_store_n(&directory->chunks, directory->chunks + 1, __ATOMIC_RELEASE);
    for (uint32_t i = 0; i < HANDLE_CHUNK; i++) {
        slot_release_locked(table, first + i, 0);
    }
    return j6_status_ok;
}

static uint32_t worn_take_locked(struct handle_table *table)
{
    uint32_t index = table->worn_first;
    table->worn_first = entry_at(table, index)->next;
    entry_at(table, index)->generation = 0;
    return index;
}

static uint32_t free_take_locked(struct handle_table *table)
{
    uint32_t index = table->free_first;
    table->free_first = entry_at(table, index)->next;
    if (table->free_first == NO_SLOT) {
        table->free_last = NO_SLOT;
    }
    table->free_count--;
    return index;
}

/* The slot that has rested longest; where the table can't grow, a worn one before one that rests. */
static j6_status_t slot_take_locked(struct handle_table *table, uint32_t *out_index)
{
    if (table->free_count <= HANDLE_REST) {
        j6_status_t status = chunk_add_locked(table);
        if (status == j6_err_quota && table->worn_first != NO_SLOT) {
            *out_index = worn_take_locked(table);
            return j6_status_ok;
        }
        if (status != j6_status_ok) {
            return status;
        }
    }
    *out_index = free_take_locked(table);
    return j6_status_ok;
}

static j6_status_t insert_locked(struct handle_table *table, struct kobject *object,
                                 uint64_t rights, j6_handle_t *out_handle)
{
    if (table->closed) {
        return j6_err_bad_state;
    }
    uint32_t index;
    j6_status_t status = slot_take_locked(table, &index);
    if (status != j6_status_ok) {
        return status;
    }
    struct handle_entry *entry = entry_at(table, index);
    uint32_t generation = entry->generation + 1;
    j6_handle_t handle = (j6_handle_t)object->type->number << j6_handle_type_shift | rights |
                         (j6_handle_t)generation << j6_handle_generation_shift | index;
    kobject_handle_add(object, rights);
    /* Release: a reader that sees the value sees the object (handle_find). */
    atomic_store_explicit(&entry->object, object, memory_order_relaxed);
    atomic_store_explicit(&entry->value, handle, memory_order_release);
    table->used++;
    *out_handle = handle;
    return j6_status_ok;
}

j6_status_t handle_insert(struct handle_table *table, struct kobject *object, uint64_t rights,
                          j6_handle_t *out_handle)
{
    assert((rights & ~handle_all_rights(object->type->number)) == 0);
    if (!kobject_try_get(object)) {
        return j6_err_bad_handle; /* closed since the caller found it */
    }
    j6_status_t status = account_charge(table->account, ACCOUNT_HANDLES, 1);
    if (status != j6_status_ok) {
        goto undo_reference;
    }
    spinlock_lock(&table->lock);
    status = insert_locked(table, object, rights, out_handle);
    spinlock_unlock(&table->lock);
    if (status == j6_status_ok) {
        return status;
    }
    account_uncharge(table->account, ACCOUNT_HANDLES, 1);
undo_reference:
    kobject_put(object);
    return status;
}

/* Empties an entry; the caller drops the object when the lock is released. */
static struct kobject *entry_clear_locked(struct handle_table *table, uint32_t index)
{
    struct handle_entry *entry = entry_at(table, index);
    struct kobject *object = atomic_load_explicit(&entry->object, memory_order_relaxed);
    j6_handle_t value = atomic_load_explicit(&entry->value, memory_order_relaxed);
    atomic_store_explicit(&entry->value, j6_handle_none, memory_order_release);
    slot_release_locked(table, index, j6_handle_generation(value));
    table->used--;
    return object;
}

j6_status_t handle_remove(struct handle_table *table, j6_handle_t handle)
{
    struct kobject *object = NULL;
    spinlock_lock(&table->lock);
    if (handle_find(table, handle) != NULL) {
        object = entry_clear_locked(table, j6_handle_index(handle));
    }
    spinlock_unlock(&table->lock);
    if (object == NULL) {
        return j6_err_bad_handle;
    }
    account_uncharge(table->account, ACCOUNT_HANDLES, 1);
    kobject_handle_put(object, j6_handle_rights(handle));
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
    /* Who takes back a handle that he gave the process may still be in the table, with its lock. */
    spinlock_lock(&table->lock);
    assert(table->used == 0);
    struct handle_directory *directory =
        atomic_exchange_explicit(&table->directory, NULL, memory_order_acq_rel);
    spinlock_unlock(&table->lock);
    if (directory == NULL) {
        return;
    }
    for (uint32_t i = 0; i < directory->chunks; i++) {
        memory_give_back(table, directory->chunk[i], CHUNK_SIZE);
    }
    memory_give_back(table, directory, directory_size(directory->capacity));
}

/* SPDX-License-Identifier: MIT */
/* Slots in chunks, as described in handle.h and handle_slots.h. */
#include "kernel/handle_slots.h"
#include "arch/layout.h"
#include "lib/container.h"
#include "lib/string.h"
#include "mm/kalloc.h"

enum { DIRECTORY_FIRST = 4, CHUNK_SIZE = HANDLE_CHUNK * sizeof(struct handle_entry) };
_Static_assert(CHUNK_SIZE == PAGE_SIZE, "kfree of a chunk waits for nobody");

const struct handle_entry handle_no_entry = {.value = ~0ull};

/* Behind those that rest already; or, worn, until there is no other. */
static void put_behind_locked(struct handle_table *table, uint32_t index, uint32_t generation)
{
    struct handle_entry *entry = handle_entry_at(table, index);
    entry->generation = generation;
    if (generation == HANDLE_GENERATION_MAX) {
        entry->next = table->worn_first;
        table->worn_first = index;
        return;
    }
    entry->next = HANDLE_NO_SLOT;
    if (table->free_last != HANDLE_NO_SLOT) {
        handle_entry_at(table, table->free_last)->next = index;
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
    directory->chunk[directory->chunks] = chunk;
    /* Release: a reader that sees the number sees the chunk. */
    __atomic_store_n(&directory->chunks, directory->chunks + 1, __ATOMIC_RELEASE);
    table->free_count += HANDLE_CHUNK;
    return j6_status_ok;
}

static uint32_t worn_take_locked(struct handle_table *table)
{
    uint32_t index = table->worn_first;
    table->worn_first = handle_entry_at(table, index)->next;
    handle_entry_at(table, index)->generation = 0;
    return index;
}

/* One that was never used, if there is one. */
static uint32_t free_take_locked(struct handle_table *table)
{
    table->free_count--;
    if (table->unused_first < handle_slots(table)) {
        return table->unused_first++;
    }
    uint32_t index = table->free_first;
    table->free_first = handle_entry_at(table, index)->next;
    if (table->free_first == HANDLE_NO_SLOT) {
        table->free_last = HANDLE_NO_SLOT;
    }
    return index;
}

/* Where the table can't grow, a worn slot is used before one that rests. */
static j6_status_t index_take_locked(struct handle_table *table, uint32_t *out_index)
{
    if (table->free_count <= HANDLE_REST) {
        j6_status_t status = chunk_add_locked(table);
        if (status == j6_err_quota && table->worn_first != HANDLE_NO_SLOT) {
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

j6_status_t handle_slot_take_locked(struct handle_table *table, uint64_t type_and_rights,
                                    j6_handle_t *out_handle)
{
    uint32_t index;
    j6_status_t status = table->closed ? j6_err_bad_state : index_take_locked(table, &index);
    if (status != j6_status_ok) {
        return status;
    }
    uint32_t generation = handle_entry_at(table, index)->generation + 1;
    table->used++;
    *out_handle = type_and_rights | (j6_handle_t)generation << j6_handle_generation_shift | index;
    return j6_status_ok;
}

void handle_slot_release_locked(struct handle_table *table, j6_handle_t handle)
{
    put_behind_locked(table, j6_handle_index(handle), j6_handle_generation(handle));
    table->used--;
}

/* Release: a reader that sees the value sees the target (handle_find_target). */
void handle_entry_set_locked(struct handle_table *table, j6_handle_t handle, handle_target_t target)
{
    struct handle_entry *entry = handle_entry_at(table, j6_handle_index(handle));
    atomic_store_explicit(&entry->target, target, memory_order_relaxed);
    atomic_store_explicit(&entry->value, handle, memory_order_release);
}

handle_target_t handle_entry_clear_locked(struct handle_table *table, j6_handle_t handle)
{
    struct handle_entry *entry = handle_entry_at(table, j6_handle_index(handle));
    handle_target_t target = atomic_load_explicit(&entry->target, memory_order_relaxed);
    atomic_store_explicit(&entry->value, j6_handle_none, memory_order_release);
    return target;
}

void handle_slots_free(struct handle_table *table)
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

/* SPDX-License-Identifier: MIT */
/* Slots in chunks of a page; a chunk goes when its last slot is given back. */
#include "kernel/thread_slot.h"
#include "arch/layout.h"
#include "kernel/base/grace.h"
#include "kernel/thread.h"
#include "mm/kalloc.h"

enum {
    CHUNK_BITS = 9,
    CHUNK_STEP = 1 << CHUNK_BITS, /* numbers of a chunk; it has a few slots less */
    CHUNKS = THREAD_SLOT_MAX / CHUNK_STEP,
    WORDS = CHUNK_STEP / 64,
};

struct slot_chunk {
    struct grace_item grace;
    /* Guarded by lock */
    struct list_node node; /* among those with a free slot */
    uint32_t number;
    uint32_t free_count;
    uint64_t free[WORDS]; /* a bit for each slot */
    /* Written under lock, read without it */
    struct thread *_Atomic slot[];
};

enum { CHUNK_SLOTS = (PAGE_SIZE - sizeof(struct slot_chunk)) / sizeof(struct thread *) };
_Static_assert((size_t)CHUNK_SLOTS < CHUNK_STEP,
               "slots of different chunks have different numbers");

/* Written under lock, read without it. */
static struct slot_chunk *_Atomic chunks[CHUNKS];

static struct {
    struct spinlock lock;
    /* Guarded by lock */
    struct list open; /* chunks with a free slot */
    /* Written under lock, read without it */
    _Atomic uint64_t calls_ended;
} slots = {.lock = SPINLOCK_INIT(RANK_SLOTS), .open = LIST_INITIALIZER(slots.open)};

static struct slot_chunk *chunk_alloc(void)
{
    struct slot_chunk *chunk = kalloc(PAGE_SIZE);
    if (chunk != NULL) {
        chunk->free_count = CHUNK_SLOTS;
        for (unsigned i = 0; i < CHUNK_SLOTS; i++) {
            chunk->free[i / 64] |= 1ull << i % 64;
        }
    }
    return chunk;
}

/* At the lowest place that is free; quota: there is none. */
static j6_status_t chunk_add_locked(struct slot_chunk *chunk)
{
    uint32_t number = 0;
    while (number < CHUNKS && atomic_load_explicit(&chunks[number], memory_order_relaxed) != NULL) {
        number++;
    }
    if (number == CHUNKS) {
        return j6_err_quota;
    }
    chunk->number = number;
    list_push_back(&slots.open, &chunk->node);
    /* Release: partner of the acquire in thread_slot_find. */
    atomic_store_explicit(&chunks[number], chunk, memory_order_release);
    return j6_status_ok;
}

static unsigned place_take_locked(struct slot_chunk *chunk)
{
    unsigned word = 0;
    while (chunk->free[word] == 0) {
        word++;
    }
    unsigned place = word * 64 + (unsigned)__builtin_ctzll(chunk->free[word]);
    chunk->free[word] &= chunk->free[word] - 1;
    if (--chunk->free_count == 0) {
        list_remove(&chunk->node);
    }
    return place;
}

/* False: every slot is taken. */
static bool take_locked(struct thread *thread)
{
    if (list_is_empty(&slots.open)) {
        return false;
    }
    struct slot_chunk *chunk = container_of(list_first(&slots.open), struct slot_chunk, node);
    unsigned place = place_take_locked(chunk);
    thread->slot = chunk->number * CHUNK_STEP + place;
    thread->ipc.calls = atomic_load_explicit(&slots.calls_ended, memory_order_relaxed);
    thread->ipc.given_up = thread->ipc.calls; /* whoever made the call of that number has gone */
    /* Release: who finds the thread sees what it was made of. */
    atomic_store_explicit(&chunk->slot[place], thread, memory_order_release);
    return true;
}

j6_status_t thread_slot_take(struct thread *thread)
{
    spinlock_lock(&slots.lock);
    bool taken = take_locked(thread);
    spinlock_unlock(&slots.lock);
    if (taken) {
        return j6_status_ok;
    }
    struct slot_chunk *chunk = chunk_alloc();
    if (chunk == NULL) {
        return j6_err_no_memory;
    }
    spinlock_lock(&slots.lock);
    j6_status_t status = chunk_add_locked(chunk);
    if (status == j6_status_ok) {
        take_locked(thread);
    }
    spinlock_unlock(&slots.lock);
    if (status != j6_status_ok) {
        kfree(chunk);
    }
    return status;
}

static void chunk_free(struct grace_item *item)
{
    kfree(container_of(item, struct slot_chunk, grace));
}

/* Nobody is in it any more. */
static void chunk_remove_locked(struct slot_chunk *chunk)
{
    list_remove(&chunk->node);
    atomic_store_explicit(&chunks[chunk->number], NULL, memory_order_relaxed);
    grace_defer(&chunk->grace, chunk_free);
}

void thread_slot_give_back(struct thread *thread)
{
    unsigned place = thread->slot % CHUNK_STEP;
    spinlock_lock(&slots.lock);
    struct slot_chunk *chunk =
        atomic_load_explicit(&chunks[thread->slot / CHUNK_STEP], memory_order_relaxed);
    atomic_store_explicit(&chunk->slot[place], NULL, memory_order_relaxed);
    if (thread->ipc.calls > atomic_load_explicit(&slots.calls_ended, memory_order_relaxed)) {
        atomic_store_explicit(&slots.calls_ended, thread->ipc.calls, memory_order_relaxed);
    }
    chunk->free[place / 64] |= 1ull << place % 64;
    if (chunk->free_count++ == 0) {
        list_push_back(&slots.open, &chunk->node);
    }
    if (chunk->free_count == CHUNK_SLOTS) {
        chunk_remove_locked(chunk);
    }
    spinlock_unlock(&slots.lock);
}

struct thread *thread_slot_find(uint32_t slot)
{
    struct slot_chunk *chunk =
        atomic_load_explicit(&chunks[slot / CHUNK_STEP], memory_order_acquire);
    unsigned place = slot % CHUNK_STEP;
    return chunk != NULL && place < CHUNK_SLOTS
               ? atomic_load_explicit(&chunk->slot[place], memory_order_acquire)
               : NULL;
}

uint64_t thread_slot_calls_ended(void)
{
    return atomic_load_explicit(&slots.calls_ended, memory_order_relaxed);
}

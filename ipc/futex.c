/* SPDX-License-Identifier: MIT */
/*
 * The waiters of all words, in buckets by area and offset; in each a balanced tree, ordered by area,
 * offset and age. So to find the first one at a word, and to leave, costs O(log n) whoever else waits.
 */
#include "ipc/futex.h"
#include "arch/arch.h"
#include "arch/upcall.h"
#include "kernel/process.h"
#include <j6/flags.h>

enum {
    BUCKET_BITS = 8,
    STEP_WAKES = 64, /* under one lock */
};

struct bucket {
    struct spinlock lock;
    /* Guarded by lock */
    struct avl_tree waiters;
    uint64_t last_serial;
} __attribute__((aligned(64)));

static struct bucket buckets[1 << BUCKET_BITS];

void futex_init(void)
{
    for (size_t i = 0; i < sizeof(buckets) / sizeof(buckets[0]); i++) {
        spinlock_init(&buckets[i].lock, RANK_FUTEX);
    }
}

static struct bucket *bucket_of(const struct futex_place *place)
{
    const uint64_t golden = 0x9e3779b97f4a7c15; /* 2^64 / φ: Knuth, TAOCP vol. 3, §6.4 */
    uint64_t hash = (place->area * golden + place->offset / sizeof(uint32_t)) * golden;
    return &buckets[hash >> (64 - BUCKET_BITS)];
}

/* What the word at the address is known by. */
static j6_status_t place_find(struct thread *thread, struct user_ptr word,
                              struct futex_place *out_place)
{
    if (word.address % sizeof(uint32_t) != 0) {
        return j6_err_invalid_arg;
    }
    bool found = user_range_ok(word, sizeof(uint32_t)) &&
                 vm_space_locate(thread->process->space, word.address, VM_ACCESS_READ,
                                 &out_place->area, &out_place->offset);
    return found ? j6_status_ok : j6_err_bad_address;
}

/* ---- waiters of a bucket, whose lock is held ---- */

static struct thread *thread_of_node(const struct avl_node *node)
{
    return container_of(node, struct thread, futex_node);
}

static int compare_places(const struct futex_place *a, const struct futex_place *b)
{
    if (a->area != b->area) {
        return a->area < b->area ? -1 : 1;
    }
    if (a->offset != b->offset) {
        return a->offset < b->offset ? -1 : 1;
    }
    return a->serial < b->serial ? -1 : a->serial > b->serial;
}

static int compare(const void *key, const struct avl_node *node)
{
    return compare_places(key, &thread_of_node(node)->futex_place);
}

/* Who waits longest at the place, or NULL. */
static struct thread *first_at(const struct bucket *bucket, const struct futex_place *place)
{
    struct avl_node *found = NULL;
    struct avl_node *node = bucket->waiters.root;
    while (node != NULL) {
        bool behind = compare(place, node) > 0;
        found = behind ? found : node;
        node = node->child[behind];
    }
    struct thread *first = found != NULL ? thread_of_node(found) : NULL;
    return first != NULL && first->futex_place.area == place->area &&
                   first->futex_place.offset == place->offset
               ? first
               : NULL;
}

static void leave_locked(struct bucket *bucket, struct thread *thread)
{
    avl_remove(&bucket->waiters, &thread->futex_node);
}

static void undo(struct thread *thread)
{
    leave_locked(container_of(thread->wait.lock, struct bucket, lock), thread);
}

static const struct wait_type futex_wait_type = {
    .kind = j6_wait_futex, .timed_out = j6_status_timed_out, .undo = undo};

static void wait_locked(struct bucket *bucket, struct thread *thread,
                        const struct futex_place *place, j6_time_t deadline)
{
    thread->futex_place = *place;
    thread->futex_place.serial = ++bucket->last_serial;
    avl_insert(&bucket->waiters, &thread->futex_node, &thread->futex_place, compare);
    wait_begin_locked(thread, &bucket->lock, &futex_wait_type, place->area, deadline);
}

/* ---- the calls ---- */

/*
 * Looks at the word under the lock, and waits if it has the value. False: its page has to be brought in
 * first.
 */
static bool try_wait(struct thread *thread, struct user_ptr word, uint32_t value,
                     const struct futex_place *place, j6_time_t deadline, j6_status_t *out_status)
{
    struct bucket *bucket = bucket_of(place);
    bool late = deadline_is_over(deadline);
    uint32_t found;
    spinlock_lock(&bucket->lock);          /* F1 */
    bool read = user_peek32(word, &found); /* F2 */
    bool same = read && found == value;
    if (same && !late) {
        wait_locked(bucket, thread, place, deadline);
        spinlock_unlock(&bucket->lock); /* F3 */
        kernel_leave();
    }
    spinlock_unlock(&bucket->lock);
    j6_status_t over = deadline == j6_deadline_poll ? j6_status_would_block : j6_status_timed_out;
    *out_status = same ? over : j6_status_futex_changed;
    return read;
}

/* What is mapped at the address may be another place each time. */
j6_status_t futex_wait(struct thread *thread, struct user_ptr word, uint32_t value,
                       j6_time_t deadline)
{
    struct futex_place place = {0};
    j6_status_t status = place_find(thread, word, &place);
    while (status == j6_status_ok && !try_wait(thread, word, value, &place, deadline, &status)) {
        status = vm_space_fault_loaded(word.address, VM_ACCESS_READ);
        if (status == j6_status_ok) {
            status = kernel_step_point() ? place_find(thread, word, &place) : j6_status_cancelled;
        }
    }
    return status;
}

/* Wakes some of those that came up to `last`; tells how many. */
static uint64_t wake_some(struct bucket *bucket, const struct futex_place *place, uint64_t last,
                          uint64_t max)
{
    uint64_t woken = 0;
    spinlock_lock(&bucket->lock); /* G2 */
    while (woken < max) {
        struct thread *thread = first_at(bucket, place);
        if (thread == NULL || thread->futex_place.serial > last) {
            break;
        }
        leave_locked(bucket, thread);
        wait_end_locked(thread, j6_status_ok); /* G3 */
        woken++;
    }
    spinlock_unlock(&bucket->lock);
    return woken;
}

static uint64_t last_serial(struct bucket *bucket)
{
    spinlock_lock(&bucket->lock);
    uint64_t last = bucket->last_serial;
    spinlock_unlock(&bucket->lock);
    return last;
}

j6_status_t futex_wake(struct thread *thread, struct user_ptr word, uint64_t count)
{
    struct futex_place place = {0};
    j6_status_t status = place_find(thread, word, &place);
    if (status != j6_status_ok) {
        return status;
    }
    struct bucket *bucket = bucket_of(&place);
    uint64_t last = count > STEP_WAKES ? last_serial(bucket) : UINT64_MAX;
    uint64_t woken;
    do {
        uint64_t max = count < STEP_WAKES ? count : STEP_WAKES;
        woken = wake_some(bucket, &place, last, max);
        count -= woken;
    } while (woken == STEP_WAKES && count > 0 && kernel_step_point());
    return j6_status_ok;
}

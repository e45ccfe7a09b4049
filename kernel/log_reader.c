/* SPDX-License-Identifier: MIT */
/*
 * Readers as described in log_reader.h. A writer may hold any lock, so it only sets a bit of its CPU,
 * and only if anybody waits to be told: `waiting` is set while a reader is on the list. A reader is on
 * it whenever its has_log is clear. So an entry costs what it wakes, and nothing if all are behind.
 *
 *   writer: W1 appends the entry      reader, in log_reader_next: R1 joins the list, sets `waiting`
 *           W2 looks at `waiting`                                 R2 looks for a newer entry
 *
 * There is a fence between 1 and 2 of both, so one of them sees the other's step 1: either the writer
 * finds `waiting` set, or the reader finds the entry.
 */
#include "kernel/log_reader.h"
#include "arch/cpu.h"
#include "kernel/base/log.h"
#include "kernel/signal.h"

static struct {
    struct spinlock lock;
    /* Guarded by lock */
    struct list list;
    /* Set and cleared under the lock, read without it */
    _Atomic bool waiting;
} readers = {.lock = SPINLOCK_INIT(RANK_LOG_READERS), .list = LIST_INITIALIZER(readers.list)};

void log_reader_init(struct log_reader *reader, struct kobject *object)
{
    *reader = (struct log_reader){.object = object};
    kobject_signal(object, 0, j6_signal_system_has_log);
}

void log_reader_end(struct log_reader *reader)
{
    spinlock_lock(&readers.lock);
    reader->ended = true;
    if (list_is_linked(&reader->node)) {
        list_remove(&reader->node);
    }
    spinlock_unlock(&readers.lock);
}

/* Has the reader told of entries newer than `seen`, unless there are some already. */
static bool wait_for_newer(struct log_reader *reader, uint64_t seen)
{
    spinlock_lock(&readers.lock);
    if (!reader->ended && !list_is_linked(&reader->node)) {
        list_push_back(&readers.list, &reader->node);
    }
    atomic_store_explicit(&readers.waiting, true, memory_order_relaxed); /* R1 */
    atomic_thread_fence(memory_order_seq_cst);
    bool none = log_last() <= seen; /* R2 */
    if (none) {
        kobject_signal(reader->object, j6_signal_system_has_log, 0);
    }
    spinlock_unlock(&readers.lock);
    return none;
}

bool log_reader_next(struct log_reader *reader, uint64_t *seen, struct j6_log_entry *out,
                     char *text)
{
    while (!log_read(seen, out, text, LOG_TEXT_MAX)) {
        if (wait_for_newer(reader, *seen)) {
            return false;
        }
    }
    return true;
}

void log_written(void)
{
    atomic_thread_fence(memory_order_seq_cst);                          /* behind W1, in log.c */
    if (atomic_load_explicit(&readers.waiting, memory_order_relaxed)) { /* W2 */
        cpu_pend(CPU_PENDING_LOG);
    }
}

/* The object may be about to end: its memory stays until it has left the list, in destroy(). */
static bool wake_next(void)
{
    spinlock_lock(&readers.lock);
    struct list_node *node = list_pop_front(&readers.list);
    if (node != NULL) {
        struct log_reader *reader = container_of(node, struct log_reader, node);
        kobject_signal(reader->object, 0, j6_signal_system_has_log);
    }
    bool more = !list_is_empty(&readers.list);
    atomic_store_explicit(&readers.waiting, more, memory_order_relaxed);
    spinlock_unlock(&readers.lock);
    return more;
}

/* The bit goes first: what is written from then on sets it again. */
void log_readers_wake(void)
{
    if (!(this_cpu(cpu)->pending & CPU_PENDING_LOG)) {
        return;
    }
    cpu_unpend(CPU_PENDING_LOG);
    while (wake_next()) {}
}

/* SPDX-License-Identifier: MIT */
/*
 * The pages of a stack are made sure of before a thread may need it: a stack that can't be had is an
 * error of clone, not the end of the process in the middle of some call.
 */
#include "userland/linux/stacks.h"
#include <j6/j6.h>
#include <j6/sync.h>

#define HIDDEN __attribute__((visibility("hidden")))

/* Both for entry.asm: the busy word of the first stack, and how many threads there are. */
uint64_t *stacks_first HIDDEN;
uint32_t stacks_threads HIDDEN;

static struct {
    j6_handle_t area;
    struct j6_mutex lock; /* of what follows */
    uint32_t ready;       /* stacks that have their pages */
} stacks;

j6_status_t stacks_init(void)
{
    uint64_t base = 0;
    j6_status_t status = j6_vma_create_map((uint64_t)THREADS_MAX * STACK_SIZE, 0,
                                           j6_map_read | j6_map_write, &base, &stacks.area);
    stacks_first = (uint64_t *)(base + STACK_SIZE - sizeof(uint64_t));
    stacks_threads =
        1; /* without a page of its stack, the process has none for the program either */
    stacks.ready = 1;
    return status;
}

static j6_status_t make_ready_locked(uint32_t count)
{
    j6_status_t status = j6_status_ok;
    while (stacks.ready < count && status == j6_status_ok) {
        uint64_t len = STACK_SIZE;
        status =
            j6_vma_op_range(stacks.area, j6_op_commit, (uint64_t)stacks.ready * STACK_SIZE, &len);
        stacks.ready += status == j6_status_ok;
    }
    return status;
}

j6_status_t stacks_add_thread(void)
{
    uint32_t count = __atomic_add_fetch(&stacks_threads, 1, __ATOMIC_RELAXED);
    j6_status_t status = j6_err_quota;
    if (count <= THREADS_MAX) {
        j6_mutex_lock(&stacks.lock);
        status = make_ready_locked(count);
        j6_mutex_unlock(&stacks.lock);
    }
    if (status != j6_status_ok) {
        stacks_remove_thread();
    }
    return status;
}

void stacks_remove_thread(void)
{
    __atomic_fetch_sub(&stacks_threads, 1, __ATOMIC_RELAXED);
}

struct frame *stacks_take(void)
{
    char *busy = (char *)stacks_first;
    while (__atomic_fetch_or((uint32_t *)busy, 1, __ATOMIC_ACQUIRE) & 1) {
        busy += STACK_SIZE;
    }
    return (struct frame *)(busy - offsetof(struct frame, busy));
}

void stacks_drop(struct frame *frame)
{
    __atomic_store_n((uint32_t *)&frame->busy, 0, __ATOMIC_RELEASE);
}

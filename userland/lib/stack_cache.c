/* SPDX-License-Identifier: MIT */
#include "userland/lib/stack_cache.h"
#include <j6/j6.h>
#include <j6/sync.h>

enum { STACKS_MAX = 4 };

#define KEPT_SIZE_MAX (256ull << 10)

static struct {
    struct j6_mutex mutex;
    unsigned count;
    struct stack stacks[STACKS_MAX]; /* the one that was left last at the end */
} cache;

bool stack_cache_take(uint64_t size, struct stack *out_stack)
{
    bool found = false;
    j6_mutex_lock(&cache.mutex);
    for (unsigned i = cache.count; i-- > 0 && !found;) {
        if (cache.stacks[i].size == size) {
            *out_stack = cache.stacks[i];
            cache.stacks[i] = cache.stacks[--cache.count];
            found = true;
        }
    }
    j6_mutex_unlock(&cache.mutex);
    return found;
}

bool stack_cache_keep(const struct stack *stack)
{
    j6_mutex_lock(&cache.mutex);
    bool room = cache.count < STACKS_MAX && stack->size <= KEPT_SIZE_MAX;
    if (room) {
        cache.stacks[cache.count++] = *stack;
    }
    j6_mutex_unlock(&cache.mutex);
    return room;
}

void j6_thread_trim(void)
{
    j6_mutex_lock(&cache.mutex);
    while (cache.count > 0) {
        const struct stack *stack = &cache.stacks[--cache.count];
        stack_unmap(stack->area, stack->base);
    }
    j6_mutex_unlock(&cache.mutex);
}

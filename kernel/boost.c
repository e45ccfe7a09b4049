/* SPDX-License-Identifier: MIT */
#include "kernel/boost.h"
#include "kernel/thread.h"
#include <j6/flags.h>

void boost_init(struct boost *boost)
{
    spinlock_init(&boost->lock, RANK_BOOST);
    atomic_init(&boost->serves_level, BOOST_NONE);
    atomic_init(&boost->others_level, BOOST_NONE);
}

/* One more or one less of that level. */
static void others_change(struct boost *boost, uint32_t level, uint32_t change)
{
    uint32_t top = 0;
    spinlock_lock(&boost->lock);
    boost->others[level] += change;
    while (top < PRIORITIES && boost->others[top] == 0) {
        top++;
    }
    atomic_store(&boost->others_level, top);
    spinlock_unlock(&boost->lock);
}

void boost_give(struct thread *holder, struct thread *caller)
{
    struct boost *boost = &holder->boost;
    caller->boost.holder = holder;
    caller->boost.given_level = caller->level;
    if (caller->level < holder->level) {
        holder->level =
            caller->level; /* others take it for less urgent for a while, which does no harm */
    }
    if (atomic_load_explicit(&boost->serves, memory_order_acquire) == NULL) {
        atomic_store_explicit(&boost->serves_level, caller->level, memory_order_relaxed);
        atomic_store_explicit(&boost->serves, caller, memory_order_relaxed);
    } else {
        others_change(boost, caller->level, 1);
    }
}

void boost_take_back(struct thread *caller)
{
    struct thread *holder = caller->boost.holder;
    if (holder == NULL) {
        return;
    }
    struct boost *boost = &holder->boost;
    caller->boost.holder = NULL;
    if (atomic_load_explicit(&boost->serves, memory_order_relaxed) == caller) {
        caller->since =
            j6_deadline_never; /* what was done on its turn counts as run, not as waited */
        atomic_store(&boost->serves_level, BOOST_NONE);
        /* Release: partner of the acquire in boost_give. */
        atomic_store_explicit(&boost->serves, NULL, memory_order_release);
    } else {
        others_change(boost, caller->boost.given_level, -1u);
    }
    sched_boost_ends(holder);
}

bool boost_holds_calls(const struct boost *boost)
{
    return atomic_load_explicit(&boost->serves, memory_order_relaxed) != NULL ||
           atomic_load_explicit(&boost->others_level, memory_order_relaxed) != BOOST_NONE;
}

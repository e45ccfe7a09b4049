/* SPDX-License-Identifier: MIT */
/* What is run once, by whoever comes first, while the others wait. */
#include <j6/j6.h>
#include <j6/sync.h>

enum {
    NEW,
    RUNNING,
    AWAITED, /* running, and maybe somebody waits */
    DONE,
};

/* One that runs is awaited from now on; tells what it was. */
static uint32_t await(struct j6_once *once)
{
    uint32_t state = RUNNING;
    __atomic_compare_exchange_n(&once->state, &state, AWAITED, false, __ATOMIC_ACQUIRE,
                                __ATOMIC_ACQUIRE);
    return state;
}

void j6_once(struct j6_once *once, void (*run)(void))
{
    uint32_t state = NEW;
    if (__atomic_compare_exchange_n(&once->state, &state, RUNNING, false, __ATOMIC_ACQUIRE,
                                    __ATOMIC_ACQUIRE)) {
        run();
        if (__atomic_exchange_n(&once->state, DONE, __ATOMIC_RELEASE) == AWAITED) {
            j6_futex_wake(&once->state, ~0ull);
        }
        return;
    }
    while (state != DONE && await(once) != DONE) {
        j6_futex_wait(&once->state, AWAITED, j6_deadline_never);
    }
}

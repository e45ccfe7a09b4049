/* SPDX-License-Identifier: MIT */
/* A mutex of three states (Drepper, "Futexes are tricky", mutex 2). */
#include <j6/j6.h>
#include <j6/sync.h>

enum {
    FREE,
    LOCKED,
    AWAITED, /* locked, and maybe somebody waits */
};

bool j6_mutex_try_lock(struct j6_mutex *mutex)
{
    uint32_t expected = FREE;
    return __atomic_compare_exchange_n(&mutex->state, &expected, LOCKED, false, __ATOMIC_ACQUIRE,
                                       __ATOMIC_RELAXED);
}

/* Who has waited doesn't know whether others do: he leaves the word at AWAITED. */
static j6_status_t wait_and_lock(struct j6_mutex *mutex, j6_time_t deadline)
{
    j6_status_t status = j6_status_ok;
    while (__atomic_exchange_n(&mutex->state, AWAITED, __ATOMIC_ACQUIRE) != FREE) {
        status = j6_futex_wait(&mutex->state, AWAITED, deadline);
        if (status != j6_status_ok && status != j6_status_futex_changed) {
            return status;
        }
    }
    return j6_status_ok;
}

j6_status_t j6_mutex_lock_until(struct j6_mutex *mutex, j6_time_t deadline)
{
    return j6_mutex_try_lock(mutex) ? j6_status_ok : wait_and_lock(mutex, deadline);
}

void j6_mutex_lock(struct j6_mutex *mutex)
{
    while (j6_mutex_lock_until(mutex, j6_deadline_never) != j6_status_ok) {}
}

void j6_mutex_unlock(struct j6_mutex *mutex)
{
    if (__atomic_exchange_n(&mutex->state, FREE, __ATOMIC_RELEASE) == AWAITED) {
        j6_futex_wake(&mutex->state, 1);
    }
}

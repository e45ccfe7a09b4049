/* SPDX-License-Identifier: MIT */
/*
 * A semaphore. Waiter: waiters + 1, waits while count is 0. Poster: count + n, reads waiters. All
 * sequentially consistent, so one of both sees the other.
 */
#include <j6/j6.h>
#include <j6/sync.h>

bool j6_semaphore_try_wait(struct j6_semaphore *semaphore)
{
    uint32_t count = __atomic_load_n(&semaphore->count, __ATOMIC_RELAXED);
    while (count != 0) {
        if (__atomic_compare_exchange_n(&semaphore->count, &count, count - 1, true,
                                        __ATOMIC_ACQUIRE, __ATOMIC_RELAXED)) {
            return true;
        }
    }
    return false;
}

j6_status_t j6_semaphore_wait_until(struct j6_semaphore *semaphore, j6_time_t deadline)
{
    while (!j6_semaphore_try_wait(semaphore)) {
        __atomic_add_fetch(&semaphore->waiters, 1, __ATOMIC_SEQ_CST);
        j6_status_t status = j6_futex_wait(&semaphore->count, 0, deadline);
        __atomic_sub_fetch(&semaphore->waiters, 1, __ATOMIC_RELAXED);
        if (status != j6_status_ok && status != j6_status_futex_changed) {
            return status;
        }
    }
    return j6_status_ok;
}

void j6_semaphore_wait(struct j6_semaphore *semaphore)
{
    while (j6_semaphore_wait_until(semaphore, j6_deadline_never) != j6_status_ok) {}
}

void j6_semaphore_post(struct j6_semaphore *semaphore, uint32_t count)
{
    __atomic_add_fetch(&semaphore->count, count, __ATOMIC_SEQ_CST);
    if (__atomic_load_n(&semaphore->waiters, __ATOMIC_SEQ_CST) != 0) {
        j6_futex_wake(&semaphore->count, count);
    }
}

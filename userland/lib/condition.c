/* SPDX-License-Identifier: MIT */
/*
 * A condition variable: a word that changes with each wake. Who waits has read it before he unlocks, so
 * a wake that comes after that changes it and isn't lost.
 *
 * Waiter: waiters + 1, reads serial, unlocks. Waker: serial + 1, reads waiters. All sequentially
 * consistent: either the waker sees the waiter, or the waiter reads the new serial.
 */
#include <j6/j6.h>
#include <j6/sync.h>

j6_status_t j6_condition_wait_until(struct j6_condition *condition, struct j6_mutex *mutex,
                                    j6_time_t deadline)
{
    __atomic_add_fetch(&condition->waiters, 1, __ATOMIC_SEQ_CST);
    uint32_t serial = __atomic_load_n(&condition->serial, __ATOMIC_SEQ_CST);
    j6_mutex_unlock(mutex);
    j6_status_t status = j6_futex_wait(&condition->serial, serial, deadline);
    __atomic_sub_fetch(&condition->waiters, 1, __ATOMIC_RELAXED);
    j6_mutex_lock(mutex);
    return status == j6_status_futex_changed ? j6_status_ok : status;
}

void j6_condition_wait(struct j6_condition *condition, struct j6_mutex *mutex)
{
    j6_status_t any = j6_condition_wait_until(condition, mutex, j6_deadline_never);
    (void)any;
}

static void wake(struct j6_condition *condition, uint64_t count)
{
    __atomic_add_fetch(&condition->serial, 1, __ATOMIC_SEQ_CST);
    if (__atomic_load_n(&condition->waiters, __ATOMIC_SEQ_CST) != 0) {
        j6_futex_wake(&condition->serial, count);
    }
}

void j6_condition_wake_one(struct j6_condition *condition)
{
    wake(condition, 1);
}

void j6_condition_wake_all(struct j6_condition *condition)
{
    wake(condition, ~0ull);
}

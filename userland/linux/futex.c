/* SPDX-License-Identifier: MIT */
/*
 * Futexes are Senary's own, which know a word by its area: so private and shared are the same. Who is to be
 * moved to another word (requeue) is woken instead: every waiter looks again, since he may be woken for no
 * reason. How many were woken isn't known.
 */
#include "userland/linux/calls.h"
#include "userland/linux/clocks.h"
#include <asm/unistd_64.h>
#include <linux/futex.h>
#include <linux/time.h>

static int64_t wait(user_ptr_t word, uint32_t value, j6_time_t deadline)
{
    j6_status_t status = j6_futex_wait((const uint32_t *)word, value, deadline);
    return linux_error(status);
}

/* A time counts from now on; with a bit set it is one of a clock. */
static int64_t wait_until(user_ptr_t word, uint32_t value, user_ptr_t time, int operation)
{
    uint64_t ns;
    if (time == 0) {
        return wait(word, value, j6_deadline_never);
    }
    int64_t error = time_read(time, &ns);
    if (error != 0) {
        return error;
    }
    if ((operation & FUTEX_CMD_MASK) == FUTEX_WAIT) {
        return wait(word, value, deadline_after(ns));
    }
    bool of_day = operation & FUTEX_CLOCK_REALTIME;
    return wait(word, value, deadline_at(of_day ? CLOCK_REALTIME : CLOCK_MONOTONIC, ns));
}

static int64_t wake(user_ptr_t word, uint64_t count)
{
    return linux_error(j6_futex_wake((const uint32_t *)word, count));
}

/* Neither number is negative, as on Linux. With a value that the word must have, looked at before. */
static int64_t requeue(user_ptr_t word, uint32_t woken, uint32_t moved, const uint32_t *expected)
{
    uint32_t value;
    if ((int32_t)woken < 0 || (int32_t)moved < 0) {
        return -EINVAL;
    }
    int64_t error = expected != NULL ? user_read(&value, word, sizeof(value)) : 0;
    if (error != 0) {
        return error;
    }
    return expected != NULL && value != *expected ? -EAGAIN : wake(word, woken + moved);
}

int64_t linux_futex(user_ptr_t word, int operation, uint32_t value, uint64_t time_or_count,
                    user_ptr_t other, uint32_t expected)
{
    uint32_t count = (uint32_t)time_or_count;
    (void)other;
    switch (operation & FUTEX_CMD_MASK) {
    case FUTEX_WAIT: return wait_until(word, value, time_or_count, operation);
    case FUTEX_WAKE: return wake(word, value);
    case FUTEX_WAIT_BITSET:
        return expected == FUTEX_BITSET_MATCH_ANY
                   ? wait_until(word, value, time_or_count, operation)
                   : -EINVAL;
    case FUTEX_WAKE_BITSET: return expected == FUTEX_BITSET_MATCH_ANY ? wake(word, value) : -EINVAL;
    case FUTEX_REQUEUE: return requeue(word, value, count, NULL);
    case FUTEX_CMP_REQUEUE: return requeue(word, value, count, &expected);
    default: return call_not_served(__NR_futex, " in that way");
    }
}

/* SPDX-License-Identifier: MIT */
/* A sum in memory that two programs share, and the mutex that guards it. */
#pragma once
#include <j6/j6.h>
#include <j6/sync.h>

struct shared_sum {
    struct j6_mutex mutex;
    uint64_t sum;
};

/* Adds 1 so many times, and lets others in between reading and writing now and then. */
static inline void shared_sum_count_up(struct shared_sum *shared, int64_t times)
{
    for (int64_t i = 0; i < times; i++) {
        j6_mutex_lock(&shared->mutex);
        uint64_t sum = shared->sum;
        if (i % 16 == 0) {
            j6_thread_sleep(0);
        }
        shared->sum = sum + 1;
        j6_mutex_unlock(&shared->mutex);
    }
}

/* SPDX-License-Identifier: MIT */
/* select: poll, with the descriptors as bits of three sets. */
#include "userland/linux/calls.h"
#include "userland/linux/clocks.h"
#include "userland/linux/descriptors.h"
#include "userland/linux/polling.h"
#include <linux/time.h>

enum { WORDS = DESCRIPTORS_MAX / 64, SETS = 3 };

/* What is asked of a descriptor in each set, and what makes it be in the answer. */
static const struct {
    int16_t asked;
    int16_t ready;
} meaning[SETS] = {
    {POLLIN, POLLIN | POLLHUP | POLLERR},
    {POLLOUT, POLLOUT | POLLERR},
    {POLLPRI, POLLPRI},
};

struct sets {
    user_ptr_t place[SETS];
    uint64_t bits[SETS][WORDS];
};

static bool is_in(const struct sets *sets, int set, int descriptor)
{
    return sets->bits[set][descriptor / 64] >> descriptor % 64 & 1;
}

static int64_t sets_read(struct sets *sets, size_t size)
{
    int64_t error = 0;
    for (int set = 0; set < SETS && error == 0; set++) {
        if (sets->place[set] != 0) {
            error = user_read(sets->bits[set], sets->place[set], size);
        }
    }
    return error;
}

/* An entry for each descriptor that is in a set. */
static int64_t entries_make(const struct sets *sets, int count, struct polling *polling)
{
    for (int descriptor = 0; descriptor < count; descriptor++) {
        int16_t asked = 0;
        for (int set = 0; set < SETS; set++) {
            asked |= is_in(sets, set, descriptor) ? meaning[set].asked : 0;
        }
        if (asked != 0 && (polling->count == POLLING_MAX || !descriptor_is_open(descriptor))) {
            return polling->count == POLLING_MAX ? -EINVAL : -EBADF;
        }
        if (asked != 0) {
            polling->entries[polling->count++] = (struct pollfd){descriptor, asked, 0};
        }
    }
    return 0;
}

/* Leaves those in the sets that are ready; tells how many times that is so. */
static int64_t sets_answer(struct sets *sets, const struct polling *polling)
{
    int64_t ready = 0;
    for (unsigned i = 0; i < polling->count; i++) {
        int descriptor = polling->entries[i].fd;
        for (int set = 0; set < SETS; set++) {
            bool keep =
                is_in(sets, set, descriptor) && (polling->entries[i].revents & meaning[set].ready);
            ready += keep;
            if (!keep) {
                sets->bits[set][descriptor / 64] &= ~(1ull << descriptor % 64);
            }
        }
    }
    return ready;
}

static int64_t select_until(int count, struct sets *sets, j6_time_t deadline)
{
    struct polling polling = {.count = 0};
    if (count < 0) {
        return -EINVAL;
    }
    count = count < DESCRIPTORS_MAX ? count : DESCRIPTORS_MAX;
    size_t size = (size_t)(count + 63) / 64 * sizeof(uint64_t);
    int64_t result = sets_read(sets, size);
    if (result == 0) {
        result = entries_make(sets, count, &polling);
    }
    if (result == 0) {
        result = polling_run(&polling, deadline);
    }
    if (result < 0) {
        return result;
    }
    result = sets_answer(sets, &polling);
    int64_t error = 0;
    for (int set = 0; set < SETS && error == 0; set++) {
        if (sets->place[set] != 0) {
            error = user_write(sets->place[set], sets->bits[set], size);
        }
    }
    return error != 0 ? error : result;
}

/* The time that is left isn't told. */
int64_t linux_select(int count, user_ptr_t read, user_ptr_t write, user_ptr_t except,
                     user_ptr_t time)
{
    enum { MICROSECONDS = 1000000 };
    struct sets sets = {.place = {read, write, except}};
    struct timeval limit = {0};
    int64_t error = time != 0 ? user_read(&limit, time, sizeof(limit)) : 0;
    if (error != 0 || limit.tv_sec < 0 || limit.tv_usec < 0) {
        return error != 0 ? error : -EINVAL;
    }
    uint64_t micros = (uint64_t)limit.tv_usec;
    uint64_t ns =
        time_ns((uint64_t)limit.tv_sec + micros / MICROSECONDS, micros % MICROSECONDS * 1000);
    j6_time_t deadline = time == 0 ? j6_deadline_never
                         : ns == 0 ? j6_deadline_poll
                                   : deadline_after(ns);
    return select_until(count, &sets, deadline);
}

int64_t linux_pselect6(int count, user_ptr_t read, user_ptr_t write, user_ptr_t except,
                       user_ptr_t time, user_ptr_t mask)
{
    struct sets sets = {.place = {read, write, except}};
    j6_time_t deadline;
    (void)mask;
    int64_t error = polling_deadline(time, &deadline);
    return error != 0 ? error : select_until(count, &sets, deadline);
}

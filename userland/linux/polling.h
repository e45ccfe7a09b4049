/* SPDX-License-Identifier: MIT */
/* What poll and select have in common. */
#pragma once
#include "userland/linux/file.h"
#include <linux/poll.h>

enum { POLLING_MAX = 64 };

/* One call: the first `count` entries are the caller's, the rest is polling_run's. */
struct polling {
    unsigned count;
    unsigned waits; /* items */
    struct pollfd entries[POLLING_MAX];
    struct file *files[POLLING_MAX];
    struct j6_wait_item items[POLLING_MAX];
};

/* Waits until one is ready; tells how many are, and which in the entries. */
int64_t polling_run(struct polling *polling, j6_time_t deadline);

/* How long, by a struct timespec; 0: for ever. */
J6_MUST_USE int64_t polling_deadline(user_ptr_t time, j6_time_t *out_deadline);

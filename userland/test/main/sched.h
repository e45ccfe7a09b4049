/* SPDX-License-Identifier: MIT */
/* What the tests of the scheduler share: threads that run as much as they may. */
#pragma once
#include "userland/test/main/look.h"

enum { SPINNER_STACK = 4 * PAGE };

/* A thread that does nothing but count, until it is told to stop. */
struct spinner {
    struct j6_thread thread;
    j6_koid_t koid;
    volatile uint64_t count;
    volatile bool stop;
};

j6_status_t set_priority(j6_handle_t thread, uint64_t priority);
j6_status_t set_affinity(j6_handle_t thread, uint64_t cpus);

/* A spinner on these CPUs, until it is ended. */
void spinner_start(struct spinner *spinner, uint64_t cpus);
void spinner_end(struct spinner *spinner);
struct j6_thread_info spinner_row(const struct spinner *spinner);

/* SPDX-License-Identifier: MIT */
/* What the tests of system_info's lists share; each helper reports what goes wrong in it. */
#pragma once
#include "userland/test/main/util.h"

enum { MANY = 200 };

/* What a new process has mapped already: the clock page. */
enum { FIRST_MAPPINGS = 1, FIRST_PAGES = 1 };

j6_koid_t koid_of(j6_handle_t handle);
j6_koid_t own_koid(void);

struct j6_snapshot take(uint64_t topic, j6_koid_t koid);
uint64_t count_rows(const struct j6_snapshot *snapshot);

/* The row of the process, or of a thread in it; all 0 if there is none. */
struct j6_process_info process_row(j6_koid_t koid);
struct j6_thread_info thread_row(j6_koid_t process, j6_koid_t koid);

/* How many threads of the process, or whether this one of it, wait in that way: j6_wait_…. */
uint64_t threads_waiting(j6_handle_t process, uint32_t wait);
bool thread_waits(j6_handle_t process, j6_handle_t thread, uint32_t wait);

/* Waits until the thread of this process waits in that way. */
bool thread_blocks(j6_handle_t thread, uint32_t wait);

/* Waits until so many threads of the process do. */
bool threads_block(j6_handle_t process, uint64_t count, uint32_t wait);

/* ---- CPUs ---- */

enum { CPUS_MAX = 64 };

uint64_t cpu_count(void);
uint64_t cpus_all(void); /* as an affinity */
struct j6_cpu_info cpu_row(uint32_t index);
uint64_t device_interrupts(void); /* of all of them together */

/*
 * This thread stays on the first CPU, and with it all that it starts from now on, until it is let go:
 * for tests of who makes way for whom.
 */
void stay_on_first_cpu(void);
void leave_first_cpu(void);

/* Kills the process and closes its handle when it has ended. */
void process_drop(j6_handle_t process);

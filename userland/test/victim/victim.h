/* SPDX-License-Identifier: MIT */
/* The modes of the victim. Each gets the argument as a number; its value is the exit code. */
#pragma once
#include "userland/test/report.h"
#include <j6/j6.h>

/* How to end. */
int64_t mode_exit(int64_t argument);
int64_t mode_exit_with_threads(int64_t argument);
int64_t mode_thread_exit(int64_t argument);
int64_t mode_last_thread_exit(int64_t argument);
int64_t mode_kill_self(int64_t argument);

/* How to go on until killed. */
int64_t mode_spin(int64_t argument);
int64_t mode_sleep(int64_t argument);
int64_t mode_wait(int64_t argument);
int64_t mode_many_threads(int64_t argument);

int64_t mode_blocked(int64_t argument);
int64_t mode_pause(int64_t argument);
int64_t mode_wait_many(int64_t threads);
int64_t mode_futex_crowd(int64_t threads);

/* How to wait for others, and answer; 0 when all went well. */
int64_t mode_echo_signal(int64_t times);
int64_t mode_futex_echo(int64_t times);
int64_t mode_count_up(int64_t times);
int64_t mode_pass_on(int64_t seed);

/* How to make the calls that a test asks for (userland/test/puppet.h). */
int64_t mode_puppet(int64_t threads);

/* Who ends while a child goes on, and that child. */
int64_t mode_parent(int64_t argument);
int64_t mode_heir(int64_t argument);
int64_t mode_make_loops(int64_t argument);
int64_t mode_create_without_handles(int64_t argument);

/* How to use up a limit; the value is the low byte of the status that came there. */
int64_t mode_use_up_handles(int64_t argument);
int64_t mode_use_up_threads(int64_t argument);
int64_t mode_use_up_processes(int64_t argument);
int64_t mode_use_up_pages(int64_t argument);
int64_t mode_use_up_pages_by_calls(int64_t argument);
int64_t mode_use_up_pages_by_restrict(int64_t argument);
int64_t mode_use_up_pages_by_dma(int64_t argument);

/* How to take long; 0 when all went well. */
int64_t mode_long_write(int64_t mib);
int64_t mode_long_writers(int64_t mib);
int64_t mode_long_unmap(int64_t mib);
int64_t mode_long_unmap_of(int64_t argument);
int64_t mode_touch(int64_t mib);
int64_t mode_end_with_handles(int64_t count);
int64_t mode_end_with_pages(int64_t mib);
int64_t mode_end_with_mappings(int64_t count);
int64_t mode_long_close(int64_t count);
int64_t mode_long_resize(int64_t mib);

/* How to take all that there is, together with others (userland/test/hoard.h). */
int64_t mode_hoard(int64_t argument);
int64_t mode_touch_all(int64_t argument);

/* What to try with an account that has nothing left; 0 or the line of what went wrong. */
int64_t mode_short_of_mappings(int64_t argument);
int64_t mode_short_of_pages(int64_t argument);
int64_t mode_short_of_pages_for_a_clone(int64_t argument);
int64_t mode_short_of_pages_for_fixed_size(int64_t argument);
int64_t mode_short_of_tables(int64_t argument);
int64_t mode_short_of_nodes(int64_t argument);
int64_t mode_short_of_channels(int64_t argument);
int64_t mode_short_of_a_table_to_split(int64_t argument);
int64_t mode_use_up_tables(int64_t argument);
/* What to do while an allocation fails: the one with that number; 0 when none was left to fail. */
int64_t mode_fail_faults(int64_t argument);
int64_t mode_fail_spawn(int64_t argument);

/* How to end while all allocations fail. */
int64_t mode_fail_end(int64_t argument);

/* What to write to the log; 0 when it was taken. */
int64_t mode_log(int64_t lines);
int64_t mode_print(int64_t lines);
int64_t mode_log_flood(int64_t argument); /* or the line of what went wrong */

/* Claims the ports of the second serial line, reads them, and then the port with that number; 0 if that worked. */
int64_t mode_read_port(int64_t port);

/* How to flood a service of text until killed: with channels, requests, or bytes for a channel. */
int64_t mode_text_attach(int64_t argument);
int64_t mode_text_write(int64_t argument);
int64_t mode_text_send(int64_t argument);

/* What to look at; 0 when it is as it should be. */
int64_t mode_rows(int64_t argument);
int64_t mode_share(int64_t argument);
int64_t mode_await_word(int64_t argument);
int64_t mode_time_of_day(int64_t argument);  /* in days */
int64_t mode_count_tables(int64_t argument); /* their number */
int64_t mode_fpu(int64_t argument);
int64_t mode_fpu_start(int64_t argument);
int64_t mode_flags(int64_t argument);
int64_t mode_wild_stack(int64_t argument);
int64_t mode_refused(int64_t argument);

/* How to break oneself: one function for each row of faults.def. */
#define FAULT(mode, vector, known) void fault_##mode(struct report *report);
#include "userland/test/faults.def"
#undef FAULT

/* Maps the area with that role; ends the process when there is none. */
void *map_role(const char *role);

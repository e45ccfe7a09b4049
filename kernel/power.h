/* SPDX-License-Identifier: MIT */
/*
 * The end of the system: every process ends, a grace period passes, and what is left is compared
 * with what there was before the first process. A difference is logged and makes a verdict a
 * failure.
 */
#pragma once
#include <j6/info.h>
#include <stdbool.h>
#include <stdint.h>

/*
 * Remembers what is alive; extra frames will be free at the end (those of the boot modules). With
 * `verdict` the end of the first process is the verdict of a test.
 */
void power_start(uint64_t extra_frames, bool verdict);

/* A last look at everything, when the end is asked for and processes still live. False: no pass. */
void power_set_audit(bool (*audit)(void));

/* The first process has ended: says how, and ends the system. */
void power_init_ended(const struct j6_end_info *end);

/* Asks for j6_power_…; the running thread ends with all others. */
void power_request(uint64_t action, int64_t code);

/* Carries the request out when nothing runs any more. Called by the idle loops; the first CPU does it. */
void power_when_idle(void);

/* SPDX-License-Identifier: MIT */
/* Linux's clocks in nanoseconds, and its times as deadlines of Senary. */
#pragma once
#include "userland/linux/layer.h"

/* Remembers when the program began. */
void clocks_init(void);

/* -EINVAL: there is no such clock. */
J6_MUST_USE int64_t clock_read(int clock, j6_time_t *out_time);

/* Reads a struct timespec; -EINVAL: it isn't a time. */
J6_MUST_USE int64_t time_read(user_ptr_t from, uint64_t *out_ns);

/* Too long for a number is for ever. */
uint64_t time_ns(uint64_t seconds, uint64_t ns);

/* Now and so much, or j6_deadline_never. */
j6_time_t deadline_after(uint64_t ns);

/* When that clock shows that time, or j6_deadline_never. */
j6_time_t deadline_at(int clock, uint64_t ns);

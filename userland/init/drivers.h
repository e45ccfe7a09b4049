/* SPDX-License-Identifier: MIT */
/* The drivers of the machine: which there are, and what each may have. */
#pragma once
#include <j6/j6.h>

enum { DRIVER_ARGUMENTS_MAX = 4, DRIVER_RANGES_MAX = 4, DRIVER_ROWS_MAX = 4 };

/* A driver gets a system object with the ranges, with the role `system`, the handles of the rows, and no others. */
struct driver {
    const char *program;
    const char *argv[DRIVER_ARGUMENTS_MAX]; /* its name, arguments, NULL */
    struct j6_range ranges[DRIVER_RANGES_MAX];
    size_t range_count;
    uint64_t system_rights;
    struct j6_spawn_row rows[DRIVER_ROWS_MAX];
    size_t row_count;
};

J6_MUST_USE j6_status_t driver_start(const struct driver *driver);

/* Starts them all but that of the screen, and says so. One that finds no device says that itself, and ends. */
void drivers_start(void);

/* Starts the driver of the screen, if there is one: returns its service (<proto/text.h>), or 0. */
j6_handle_t screen_start(void);

/*
 * A channel to give to a program as its `stdout`, which the service shows. What text_attach says, closed if the
 * driver has ended; quota, no_memory.
 */
J6_MUST_USE j6_status_t screen_stdout(j6_handle_t text, j6_handle_t *out_channel);

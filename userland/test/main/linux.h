/* SPDX-License-Identifier: MIT */
/* Programs for Linux (tests/linux), as processes. What goes wrong is a failed expectation. */
#pragma once
#include "userland/test/main/util.h"

/* Every program for Linux that is started from now on is served by that of the boot archive. */
void linux_layer_load(void);

/* Starts `program argument` with the handles of `rows`. */
j6_handle_t linux_start(const char *program, const char *argument, const struct j6_spawn_row *rows,
                        size_t count);

/* Runs a check of the program `musl` to its end; its exit code. */
int64_t musl_run(const char *check);

/* What a check writes to the role, up to its end; `out_code`: the exit code. */
void musl_expect_output(const char *check, const char *role, const char *text, int64_t *out_code);

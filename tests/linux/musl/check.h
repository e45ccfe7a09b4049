/* SPDX-License-Identifier: MIT */
/*
 * Checks of a program that is built by musl-gcc alone: `musl NAME` runs one. A condition that isn't met is told
 * on stderr and ends the program with code 1; a check that returns leaves its value as the exit code.
 */
#pragma once
#include <stdio.h>
#include <stdlib.h>

#define check(condition)                                                          \
    do {                                                                          \
        if (!(condition)) {                                                       \
            fprintf(stderr, "musl: %s:%d: %s\n", __FILE__, __LINE__, #condition); \
            _Exit(1);                                                             \
        }                                                                         \
    } while (0)

/* The call fails with that errno. */
#define check_error(wanted, call)                       \
    do {                                                \
        errno = 0;                                      \
        check((long)(call) == -1 && errno == (wanted)); \
    } while (0)

/* X(name): a function `int name(void)` in one of the files. */
/* clang-format off */
#define CHECKS(X)                                                                           \
    X(text) X(numbers) X(sorting) X(input) X(copy) X(output) X(allocation) X(mapping)       \
    X(cutting) X(remapping) X(heap) X(advice) X(addresses) X(threads) X(thread_locals)      \
    X(conditions) X(detached) X(timeouts) X(many_threads) X(ids) X(clocks) X(sleeping)      \
    X(handlers) X(pending) X(aborting) X(broken_pipe) X(thread_signals) X(descriptors)      \
    X(pipes) X(polling) X(vectors) X(exit_code) X(exit_by_thread) X(unserved)               \
    X(registers) X(identity) X(spinning) X(file_bytes) X(file_tree) X(file_mapping)         \
    X(file_errors) X(no_files) X(selecting) X(usage) X(thread_limit) X(terminal)            \
    X(terminal_elsewhere) X(terminal_lines) X(service_replaced) X(service_gone)              \
    X(directory_given) X(segments) X(requeue) X(whole_lines) X(file_kept_open)              \
    X(file_offsets) X(link_errors)
/* clang-format on */

#define CHECK_DECLARE(name) int name(void);
CHECKS(CHECK_DECLARE)
#undef CHECK_DECLARE

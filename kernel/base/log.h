/* SPDX-License-Identifier: MIT */
/*
 * The kernel's log: entries with ever-growing ids in a ring that overwrites the oldest.
 *
 * Rules for the log:
 * - Writing only appends. It works in every context: before memory is set up, in interrupts, NMIs
 *   and machine checks, with any lock held. It never blocks and never fails; an entry that found no
 *   place leaves a jump of ids.
 * - Reading takes no lock. An entry that was overwritten shows as a jump of ids.
 * - A text has no newline at its end. Texts of the kernel are at most LOG_LINE_MAX - 1 bytes, those
 *   of users LOG_TEXT_MAX; what is longer is cut.
 * - Consoles show entries as they are appended (kernel/base/console.h).
 */
#pragma once
#include <j6/log.h>
#include <j6/types.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/format.h"

enum {
    LOG_LINE_MAX = 256,
    LOG_TEXT_MAX = j6_log_text_max,
};

#define log_error(...)   log_write(j6_log_error, __VA_ARGS__)
#define log_warning(...) log_write(j6_log_warning, __VA_ARGS__)
#define log_info(...)    log_write(j6_log_info, __VA_ARGS__)
#define log_debug(...)   log_write(j6_log_debug, __VA_ARGS__)

void log_write(enum j6_log_severity severity, const char *fmt, ...) FORMAT_LIKE(2, 3);

/* Appends what a user wrote; `text` is kernel memory and needs no NUL. */
void log_append_user(enum j6_log_severity severity, j6_koid_t process, j6_koid_t thread,
                     const char *text, size_t len);

/*
 * Reads the oldest entry with an id above *seen, which becomes its id; false when there is none.
 * At most `cap` bytes of the text are copied; out->len is its full length.
 */
bool log_read(uint64_t *seen, struct j6_log_entry *out, char *text, size_t cap);

/* The id of the newest entry, 0 when there is none. */
uint64_t log_last(void);

/* An entry was appended: called in every context. Implemented by kernel/log_reader.c. */
void log_written(void);

/*
 * Where time stamps (ns) and CPU numbers come from, from now on; NULL: 0. Both are called in every
 * context in which the log is written.
 */
void log_set_sources(uint64_t (*clock)(void), uint32_t (*cpu)(void));

/* SPDX-License-Identifier: MIT */
/*
 * All that a program of Senary includes: the ABI, a stub for each system call, and libj6.
 *
 * Rules for libj6: what can fail returns a j6_status_t and writes its results on j6_status_ok
 * alone; nothing is half done after a failure. Every function may be called by any thread. A
 * program's `main(argc, argv, envp)` is called by the startup code; its value is the exit code.
 */
#pragma once
#include <j6/calls.h>
#include <j6/clock.h>
#include <j6/flags.h>
#include <j6/handle.h>
#include <j6/info.h>
#include <j6/log.h>
#include <j6/message.h>
#include <j6/rights.h>
#include <j6/signals.h>
#include <j6/start.h>
#include <j6/status.h>
#include <j6/types.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdnoreturn.h>

enum { j6_page_size = 4096 };

/* ---- start and end -------------------------------------------------------------------------- */

/* The time-stamp counter at the program's first instruction. */
extern uint64_t j6_start_tsc;

/* The rows of the start table: the handles that this process was given. */
const struct j6_start_handle *j6_start_rows(size_t *out_count);

/* The handle with that role, or the n-th of several (counted from 0); 0 when there is none. */
j6_handle_t j6_find(const char *role);
j6_handle_t j6_find_nth(const char *role, size_t n);

/* Prints the start table, a line for each row: value, type, self or other, role. */
void j6_print_rows(const char *who);

/*
 * Says that this process does from now on what it is for: whoever started it may wait for that signal of the
 * process. j6_serve and driver_run say it.
 */
void j6_ready(void);
static const uint64_t j6_signal_ready = J6_SIGNAL(63);

/* Ends the process. */
noreturn void j6_exit(int64_t code);

/* ---- text ----------------------------------------------------------------------------------- */

/*
 * Prints whole lines: a newline at the end of the text may be there or not. Waits while the log
 * takes no more from this process.
 */
j6_status_t j6_printf(const char *format, ...) __attribute__((__format__(__printf__, 1, 2)));

/*
 * Writes to a channel, such as the one with the role `stdout`: all of it, waiting while there is no room. What
 * channel_send says; then a part of it may have been written.
 */
j6_status_t j6_channel_write(j6_handle_t channel, const void *data, size_t len);
j6_status_t j6_channel_printf(j6_handle_t channel, const char *format, ...)
    __attribute__((__format__(__printf__, 2, 3)));

/* The names of the ABI, without their prefix: "denied", "vma", "exited". */
const char *j6_status_text(j6_status_t status);
const char *j6_type_text(enum j6_type type);
const char *j6_reason_text(uint32_t reason);

/* ---- time ----------------------------------------------------------------------------------- */

/* Monotonic time since boot: read off the clock page, or by the call where that can't be trusted. */
j6_status_t j6_clock(j6_time_t *ns);

/* ns since 1970-01-01 UTC. not_ready while nobody has told the kernel the time of day. */
j6_status_t j6_time_of_day(j6_time_t *ns);

/* The clock page; without one a page that tells nothing. */
const struct j6_clock_page *j6_clock_page(void);

/* ---- processes ------------------------------------------------------------------------------ */

enum { j6_spawn_rows_max = 64 };

/* A handle for a new process: role in its start table, what to copy, and the rights of the copy. */
struct j6_spawn_row {
    const char *role; /* up to 23 bytes */
    j6_handle_t handle;
    uint64_t rights;
};

/*
 * Starts the program whose ELF file lies in the area `elf` (right read), with the handles of `rows`
 * and no others. The program has a copy of what the area holds now: it may be closed, and writing to
 * it changes no program. `argv` and `envp` end in NULL; a NULL for either means no strings. The handle
 * that comes back has all rights. What isn't a program that can run is invalid_arg. One that isn't
 * Senary's own is a program of Linux: with it goes the layer that serves its calls (not_found: there is none).
 */
J6_MUST_USE j6_status_t j6_spawn(j6_handle_t elf, const char *name, const char *const *argv,
                                 const char *const *envp, const struct j6_spawn_row *rows,
                                 size_t count, j6_handle_t *out_process);

/*
 * The file of that layer (right read), which belongs to libj6 from now on. Before that it is the handle with
 * the role `linux`.
 */
void j6_layer_set(j6_handle_t file);

/* What a process is to start with; the members mean what they mean for j6_spawn. */
struct j6_program {
    j6_handle_t elf;
    const char *name;
    const char *const *argv;
    const char *const *envp;
    const struct j6_spawn_row *rows;
    size_t row_count;
    j6_handle_t *out_thread; /* a handle for its first thread; NULL: none is wanted */
};

/* The same into a process that process_create has just made; after a failure it must be killed. */
J6_MUST_USE j6_status_t j6_start_program(j6_handle_t process, const struct j6_program *program);

/* Waits until a process or thread has ended, and tells how. */
J6_MUST_USE j6_status_t j6_wait_end(j6_handle_t handle, struct j6_end_info *out_end);

/* ---- threads -------------------------------------------------------------------------------- */

/* A thread made by j6_thread_run; all of it belongs to libj6 until j6_thread_join. */
struct j6_thread {
    j6_handle_t handle;
    j6_handle_t stack_area;
    uint64_t stack_base;
    uint64_t stack_size;
};

/*
 * Runs `run(arg)` in a thread of this process, on a stack of at least `stack_size` bytes with a
 * guard page below. Its value is the thread's exit code.
 */
J6_MUST_USE j6_status_t j6_thread_run(struct j6_thread *out_thread, int64_t (*run)(void *arg),
                                      void *arg, size_t stack_size);

/*
 * Waits for the thread's end, then gives back its stack and its handle. A few stacks are kept for the next
 * threads; j6_thread_trim gives these back too.
 */
j6_status_t j6_thread_join(struct j6_thread *thread, int64_t *out_code);
void j6_thread_trim(void);

/* ---- looking around ------------------------------------------------------------------------- */

/* What system_info told at one time; all of it belongs to libj6 until j6_snapshot_drop. */
struct j6_snapshot {
    j6_handle_t area;
    uint64_t address;
    uint64_t len; /* bytes */
};

/*
 * Asks for a topic of system_info, with as much memory as the answer needs. `system` has the range
 * info.
 */
J6_MUST_USE j6_status_t j6_snapshot_take(j6_handle_t system, uint64_t topic, j6_koid_t koid,
                                         struct j6_snapshot *out_snapshot);
void j6_snapshot_drop(struct j6_snapshot *snapshot);

/* The row behind another one, if the topic is one of rows that begin with row_size; NULL: no more. */
const void *j6_snapshot_next(const struct j6_snapshot *snapshot, const void *row);

/*
 * Walks the rows; `row` is declared by the caller:
 *
 *     const struct j6_process_info *row;
 *     J6_SNAPSHOT_EACH(row, &snapshot) { j6_printf("%s", row->name); }
 */
#define J6_SNAPSHOT_EACH(row, snapshot) \
    for ((row) = NULL; ((row) = j6_snapshot_next(snapshot, row)) != NULL;)

/* ---- the boot description, for init --------------------------------------------------------- */

/* What lies in the area with the role `boot`; NULL when this process was given none. */
const struct j6_boot_info *j6_boot_info(void);

/* Does the kernel's command line have the word? */
bool j6_boot_word(const char *word);

/* The area of the boot module with that name; 0 when there is none. */
j6_handle_t j6_find_module(const char *name);

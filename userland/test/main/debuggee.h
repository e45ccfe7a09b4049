/* SPDX-License-Identifier: MIT */
/*
 * A process to be debugged: empty but for a page of code and a page with stacks. Its threads run pieces of
 * debuggee.asm and nothing else, so all that they do is known to the instruction.
 */
#pragma once
#include "userland/test/main/util.h"

enum { DEBUGGEE_THREADS = 4, DEBUGGEE_STACK = PAGE / DEBUGGEE_THREADS };

struct debuggee {
    j6_handle_t process;
    j6_handle_t threads[DEBUGGEE_THREADS]; /* in the order in which they were made */
    int count;
    uint64_t code;
    uint64_t stacks;
    j6_handle_t stack_area;
    char *stacks_here; /* the same page in this process */
};

#define PIECE(name) extern const char debuggee_##name[] __attribute__((visibility("hidden")))
PIECE(code);
PIECE(code_end);
PIECE(read);
PIECE(write);
PIECE(undefined);
PIECE(divide);
PIECE(stop_and_read_fs);
PIECE(read_fs);
PIECE(registers);
PIECE(registers_stop);
PIECE(registers_push);
PIECE(steps);
PIECE(rounds);
PIECE(jump);
PIECE(call);
PIECE(call_return);
PIECE(spin);
PIECE(ports);
PIECE(sleep);
PIECE(process_exit);
PIECE(exit);
#undef PIECE

/* Makes the process, with these flags of process_create. */
void debuggee_open(struct debuggee *debuggee, uint64_t flags);

/* The address of a piece in it. */
uint64_t debuggee_address(const struct debuggee *debuggee, const char *piece);

/* A new thread for that piece; it isn't started. The debuggee keeps its handle. */
j6_handle_t debuggee_thread(struct debuggee *debuggee, const char *piece, uint64_t arg);

/* The same, and it runs; with the first, the process starts. */
j6_handle_t debuggee_run(struct debuggee *debuggee, const char *piece, uint64_t arg);

/* Waits for the end of the thread; its code, if it has exited. */
int64_t debuggee_exit_code(j6_handle_t thread);

/* Waits until the thread is stopped; why. */
struct j6_fault_info debuggee_stop(const struct debuggee *debuggee, j6_handle_t thread);

/* What the signal `faulted` of the process is at the moment. */
bool debuggee_has_faulted(const struct debuggee *debuggee);

/* Of a stopped thread. */
struct j6_thread_registers debuggee_registers_of(j6_handle_t thread);
void debuggee_set_registers(j6_handle_t thread, const struct j6_thread_registers *registers);
void debuggee_resume(j6_handle_t thread);

/* Kills the process unless it has ended, and closes all handles. How it ended. */
struct j6_end_info debuggee_close(struct debuggee *debuggee);

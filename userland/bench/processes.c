/* SPDX-License-Identifier: MIT */
/*
 * process_start_exit: j6_spawn of the smallest program, its end, and j6_wait_end, from a file that is in
 * memory. The program is linked with libj6 and starts like all.
 */
#include "userland/bench/bench.h"

enum { ROUNDS = 200, WARM_UP = 20 };

static void start_and_wait(j6_handle_t elf)
{
    static const char *const argv[] = {"nothing", NULL};
    struct j6_end_info end;
    j6_handle_t process;
    bench_require(j6_spawn(elf, "nothing", argv, NULL, NULL, 0, &process), "spawn");
    bench_require(j6_wait_end(process, &end), "wait");
    bench_require(j6_handle_close(process), "close");
    if (end.reason != j6_reason_exited || end.code != 0) {
        bench_require(j6_err_unexpected, "end");
    }
}

void bench_processes(void)
{
    j6_handle_t elf = j6_find_module("nothing");
    for (int i = 0; i < WARM_UP; i++) {
        start_and_wait(elf);
    }
    uint64_t start = ticks();
    for (int i = 0; i < ROUNDS; i++) {
        start_and_wait(elf);
    }
    bench_report("process_start_exit", (ticks() - start) / ROUNDS, "insn");
}

/* SPDX-License-Identifier: MIT */
/*
 * linux_start_exit: as process_start_exit, of a small program that is linked with musl, and its layer.
 * linux_call: what one getppid of such a program costs, with its loop: many of them against none.
 */
#include "userland/bench/bench.h"
#include <j6/archive.h>

enum { ROUNDS = 50, WARM_UP = 10, CALLS = 10000 };

static const char *const calls_none[] = {"musl_calls", "0", NULL};
static const char *const calls_many[] = {"musl_calls", "10000", NULL};

static uint64_t run(j6_handle_t elf, const char *const *argv)
{
    struct j6_end_info end;
    j6_handle_t process;
    uint64_t start = ticks();
    bench_require(j6_spawn(elf, argv[0], argv, NULL, NULL, 0, &process), "spawn");
    bench_require(j6_wait_end(process, &end), "wait");
    bench_require(j6_handle_close(process), "close");
    if (end.reason != j6_reason_exited || end.code != 0) {
        bench_require(j6_err_unexpected, "end");
    }
    return ticks() - start;
}

void bench_linux(void)
{
    j6_handle_t layer;
    j6_handle_t elf = j6_find_module("musl_calls");
    bench_require(j6_boot_file("lib/linux", &layer), "layer");
    j6_layer_set(layer);
    for (int i = 0; i < WARM_UP; i++) {
        run(elf, calls_none);
    }
    uint64_t sum = 0;
    for (int i = 0; i < ROUNDS; i++) {
        sum += run(elf, calls_none);
    }
    bench_report("linux_start_exit", sum / ROUNDS, "insn");
    uint64_t with = run(elf, calls_many);
    bench_report("linux_call", (with - run(elf, calls_none)) / CALLS, "insn");
}

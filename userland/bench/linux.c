/* SPDX-License-Identifier: MIT */
/*
 * linux_start_exit: as process_start_exit, of a small program that is linked with musl, and its layer.
 * linux_call: what one getppid of such a program costs, with its loop: many of them against none.
 * pipe_64k_two_programs: 64 KiB from one such program to another, likewise.
 */
#include "userland/bench/bench.h"
#include <j6/archive.h>

enum { ROUNDS = 50, WARM_UP = 10, CALLS = 10000, PIECES = 16 };

static const char *const calls_none[] = {"musl_calls", "0", NULL};
static const char *const calls_many[] = {"musl_calls", "10000", NULL};

static const char *const pipe_reads[] = {"musl_pipe", NULL};
static const char *const pipe_writes_none[] = {"musl_pipe", "0", NULL};
static const char *const pipe_writes_many[] = {"musl_pipe", "16", NULL};

static j6_handle_t start(const char *const *argv, const struct j6_spawn_row *rows, size_t count)
{
    j6_handle_t process;
    bench_require(j6_spawn(j6_find_module(argv[0]), argv[0], argv, NULL, rows, count, &process),
                  "spawn");
    return process;
}

static void finish(j6_handle_t process)
{
    struct j6_end_info end;
    bench_require(j6_wait_end(process, &end), "wait");
    bench_require(j6_handle_close(process), "close");
    if (end.reason != j6_reason_exited || end.code != 0) {
        bench_require(j6_err_unexpected, "end");
    }
}

static uint64_t run(const char *const *argv)
{
    uint64_t begin = ticks();
    finish(start(argv, NULL, 0));
    return ticks() - begin;
}

static uint64_t run_pipe(const char *const *writer)
{
    uint64_t begin = ticks();
    j6_handle_t channel;
    bench_require(j6_channel_create(0, &channel), "channel");
    const struct j6_spawn_row in = {"stdin", channel, j6_right_channel_receive};
    const struct j6_spawn_row out = {"stdout", channel, j6_right_channel_send};
    j6_handle_t reading = start(pipe_reads, &in, 1);
    j6_handle_t writing = start(writer, &out, 1);
    bench_require(j6_handle_close(channel), "close");
    finish(writing);
    finish(reading);
    return ticks() - begin;
}

static void bench_pipe(void)
{
    run_pipe(pipe_writes_many);
    uint64_t many = run_pipe(pipe_writes_many);
    bench_report("pipe_64k_two_programs", (many - run_pipe(pipe_writes_none)) / PIECES, "insn");
}

void bench_linux(void)
{
    j6_handle_t layer;
    bench_require(j6_boot_file("lib/linux", &layer), "layer");
    j6_layer_set(layer);
    for (int i = 0; i < WARM_UP; i++) {
        run(calls_none);
    }
    uint64_t sum = 0;
    for (int i = 0; i < ROUNDS; i++) {
        sum += run(calls_none);
    }
    bench_report("linux_start_exit", sum / ROUNDS, "insn");
    uint64_t with = run(calls_many);
    bench_report("linux_call", (with - run(calls_none)) / CALLS, "insn");
    bench_pipe();
}

/* SPDX-License-Identifier: MIT */
/*
 * The file service, in a process of its own, on one CPU. From user mode to user mode:
 *
 *   file_service_start     j6_spawn of the service, up to the answer to its first request
 *   file_open_read_close   open by a path of two names, read 4 KiB, close; with all that the service
 *                          does until it can be asked again
 *   file_stat              by such a path
 *   file_read_4k, file_map
 *                          of an open file: read 4 KiB; get its area, and close that
 */
#include "userland/bench/bench.h"
#include <j6/archive.h>
#include <proto/files.h>

enum { ROUNDS = 500, WARM_UP = 20, SIZE = 4096 };

static j6_handle_t endpoint, process, file;
static char bytes[SIZE];

static void service_start(void)
{
    bench_require(j6_endpoint_create(j6_data_max, 1, 0, &endpoint), "endpoint");
    const struct j6_spawn_row rows[] = {
        {"endpoint", endpoint, j6_handle_rights(endpoint)},
        {"archive", j6_find_module("boot.tar"), j6_right_vma_read},
    };
    bench_require(j6_boot_spawn("files", "files", NULL, rows, 2, &process), "files");
}

static void service_end(void)
{
    struct j6_end_info end;
    bench_require(j6_object_close(endpoint), "close");
    bench_require(j6_wait_end(process, &end), "wait");
    bench_require(j6_handle_close(process), "close");
    bench_require(j6_handle_close(endpoint), "close");
}

static void open_file(uint64_t flags)
{
    struct files_stat stat;
    bench_require(files_open(endpoint, "tmp/file", flags, files_mode_write, &stat, &file), "open");
}

static void make_directory(void)
{
    bench_require(files_make_directory(endpoint, "tmp/first"), "directory");
}

static void make_file(void)
{
    struct files_write_answer answer;
    open_file(files_open_write | files_open_create);
    bench_require(files_write(file, 0, bytes, SIZE, &answer), "write");
    bench_require(j6_handle_close(file), "close");
}

/* ---- figures --------------------------------------------------------------------------------- */

static void read_file(void)
{
    size_t len;
    bench_require(files_read(file, 0, bytes, SIZE, &len), "read");
}

static void open_read_close(void)
{
    open_file(files_open_read);
    read_file();
    bench_require(j6_handle_close(file), "close");
}

static void stat_file(void)
{
    struct files_stat stat;
    bench_require(files_stat(endpoint, "tmp/file", 0, &stat), "stat");
}

static void map_file(void)
{
    struct files_map_answer answer;
    j6_handle_t area;
    bench_require(files_map(file, "", 0, &answer, &area), "map");
    bench_require(j6_handle_close(area), "close");
}

static void measure(const char *name, void (*run)(void))
{
    for (int i = 0; i < WARM_UP; i++) {
        run();
    }
    uint64_t start = ticks();
    for (int i = 0; i < ROUNDS; i++) {
        run();
    }
    bench_report(name, (ticks() - start) / ROUNDS, "insn");
}

void bench_files(void)
{
    uint64_t start = ticks();
    service_start();
    make_directory();
    bench_report("file_service_start", ticks() - start, "insn");
    make_file();
    measure("file_open_read_close", open_read_close);
    measure("file_stat", stat_file);
    open_file(files_open_read);
    measure("file_read_4k", read_file);
    measure("file_map", map_file);
    bench_require(j6_handle_close(file), "close");
    service_end();
}

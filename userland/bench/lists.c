/* SPDX-License-Identifier: MIT */
/* What a row of system_info costs in a list of N, with the count that comes before. */
#include "lib/page.h"
#include "userland/bench/bench.h"

static const uint64_t sizes[] = {10, 1000, 10000};

/* The first time brings the buffer's pages in. */
static void measure_list(const char *name, uint64_t topic, j6_koid_t process, uint64_t count)
{
    struct j6_snapshot snapshot;
    bench_require(j6_snapshot_take(j6_find("system"), topic, process, &snapshot), name);
    uint64_t len = snapshot.len;
    uint64_t start = ticks();
    bench_require(j6_system_info(j6_find("system"), topic, process, (void *)snapshot.address, &len),
                  name);
    bench_report_at(name, count, (ticks() - start) / count);
    j6_snapshot_drop(&snapshot);
}

static void grow_threads(j6_handle_t process, j6_koid_t koid, uint64_t count, uint64_t size)
{
    for (; count < size; count++) {
        j6_handle_t thread;
        bench_require(j6_thread_create(process, 16 * PAGE_SIZE, 32 * PAGE_SIZE, 0, 0, &thread),
                      "thread");
        bench_require(j6_handle_close(thread), "close");
    }
    measure_list("list_thread", j6_topic_threads, koid, count);
}

static void grow_handles(j6_handle_t process, j6_koid_t koid, uint64_t count, uint64_t size)
{
    j6_handle_t area;
    j6_handle_t given;
    bench_require(j6_vma_create(PAGE_SIZE, 0, &area), "area");
    for (; count < size; count++) {
        bench_require(j6_process_give_handle(process, area, 0, &given), "give");
    }
    measure_list("list_handle", j6_topic_handles, koid, count);
    bench_require(j6_handle_close(area), "close");
}

static void grow_mappings(j6_handle_t process, j6_koid_t koid, uint64_t count, uint64_t size)
{
    j6_handle_t area;
    bench_require(j6_vma_create(PAGE_SIZE, 0, &area), "area");
    for (; count < size; count++) {
        uint64_t address = 0;
        bench_require(j6_vma_map(area, process, &address, 0, PAGE_SIZE, j6_map_read), "map");
    }
    measure_list("list_mapping", j6_topic_mappings, koid, count);
    bench_require(j6_handle_close(area), "close");
}

void bench_lists(void)
{
    j6_handle_t process;
    j6_koid_t koid;
    uint64_t count = 0;
    bench_require(j6_process_create("lists", 5, NULL, 0, &process), "process");
    bench_require(j6_object_koid(process, &koid), "koid");
    for (unsigned i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        grow_threads(process, koid, count, sizes[i]);
        grow_handles(process, koid, count, sizes[i]);
        grow_mappings(process, koid, count, sizes[i]);
        count = sizes[i];
    }
    bench_require(j6_process_kill(process, 0), "kill");
    bench_require(j6_handle_close(process), "close");
}

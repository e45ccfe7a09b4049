/* SPDX-License-Identifier: MIT */
/*
 * xcopy_64b, _512b, _4k, _64k: process_write of so many bytes into another process, whose pages and the
 * caller's are there; bare_copy_64b and so on: the `rep movsq` of as many bytes in one space.
 */
#include "lib/page.h"
#include "userland/bench/bench.h"

enum { BYTES_MAX = 64 << 10, ROUNDS = 16 };

static uint8_t source[BYTES_MAX] __attribute__((aligned(4096)));
static uint8_t target[BYTES_MAX] __attribute__((aligned(4096)));

static uint64_t bare_copy(uint64_t bytes)
{
    uint64_t from = (uint64_t)source;
    uint64_t to = (uint64_t)target;
    uint64_t words = bytes / sizeof(uint64_t);
    uint64_t start = ticks();
    __asm__ volatile("rep movsq" : "+S"(from), "+D"(to), "+c"(words) : : "memory");
    return ticks() - start;
}

static uint64_t cross_copy(j6_handle_t process, uint64_t address, uint64_t bytes)
{
    uint64_t sum = 0;
    for (unsigned i = 0; i <= ROUNDS; i++) {
        uint64_t len = bytes;
        uint64_t start = ticks();
        j6_status_t status = j6_process_write(process, address, source, &len);
        sum += i > 0 ? ticks() - start : 0; /* the first one brings pages in */
        bench_require(status, "process_write");
    }
    return sum / ROUNDS;
}

static void measure(j6_handle_t process, uint64_t address, const char *name, const char *bare,
                    uint64_t bytes)
{
    bare_copy(bytes);
    bench_report(bare, bare_copy(bytes), "insn");
    bench_report(name, cross_copy(process, address, bytes), "insn");
}

void bench_copies(void)
{
    j6_handle_t process;
    j6_handle_t area;
    uint64_t address = 0;
    bench_require(j6_process_create("target", 6, NULL, 0, &process), "process");
    bench_require(j6_vma_create(BYTES_MAX, 0, &area), "area");
    bench_require(j6_vma_map(area, process, &address, 0, 0, j6_map_read | j6_map_write), "map");
    for (unsigned i = 0; i < BYTES_MAX; i += PAGE_SIZE) {
        source[i] = 1; /* now it is there */
    }
    measure(process, address, "xcopy_64b", "bare_copy_64b", 64);
    measure(process, address, "xcopy_512b", "bare_copy_512b", 512);
    measure(process, address, "xcopy_4k", "bare_copy_4k", 4096);
    measure(process, address, "xcopy_64k", "bare_copy_64k", BYTES_MAX);
    bench_require(j6_process_kill(process, 0), "kill");
    bench_require(j6_handle_close(process), "close");
    bench_require(j6_handle_close(area), "close");
}

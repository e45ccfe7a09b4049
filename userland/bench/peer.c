/* SPDX-License-Identifier: MIT */
#include "userland/bench/peer.h"
#include "lib/page.h"
#include "userland/bench/bench.h"

/* Of all that peer.asm holds. */
extern const char peer_code[] __attribute__((visibility("hidden")));
extern const char peer_code_end[] __attribute__((visibility("hidden")));

uint64_t peer_map(j6_handle_t process, const char *entry)
{
    j6_handle_t area;
    uint64_t address = 0;
    uint64_t len = (uint64_t)(peer_code_end - peer_code);
    bench_require(j6_vma_create(PAGE_SIZE, 0, &area), "area");
    bench_require(j6_vma_write(area, 0, peer_code, &len), "write");
    bench_require(j6_vma_map(area, process, &address, 0, 0, j6_map_read | j6_map_exec), "map");
    bench_require(j6_handle_close(area), "close");
    return address + (uint64_t)(entry - peer_code);
}

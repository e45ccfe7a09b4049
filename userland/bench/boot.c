/* SPDX-License-Identifier: MIT */
/*
 * boot_to_init: from the kernel's first instruction to the first one here.
 * mem_at_init: the memory that isn't free when init starts, but for the boot modules.
 */
#include "lib/page.h"
#include "userland/bench/bench.h"

static uint64_t module_bytes(const struct j6_boot_info *boot)
{
    uint64_t bytes = 0;
    for (size_t i = 0; i < boot->module_count; i++) {
        bytes += page_up(boot->module_sizes[i]);
    }
    return bytes;
}

uint64_t bench_memory_in_use(void)
{
    struct j6_frames_info frames;
    uint64_t len = sizeof(frames);
    bench_require(j6_system_info(j6_find("system"), j6_topic_frames, 0, &frames, &len), "frames");
    return (frames.total - frames.free) * PAGE_SIZE - module_bytes(j6_boot_info());
}

void bench_boot(void)
{
    const struct j6_boot_info *boot = j6_boot_info();
    if (boot == NULL) {
        bench_require(j6_err_not_found, "boot info");
        return;
    }
    bench_report("boot_to_init", j6_start_tsc - boot->entry_tsc, "insn");
    bench_report("mem_at_init", bench_memory_in_use(), "bytes");
}

/* SPDX-License-Identifier: MIT */
/* SOURCES: tests/host/frame_model.c tests/host/shim_machine.c kernel/base/spinlock.c kernel/base/debug/lock_check.c lib/string.c */
/*
 * A memory and operations on its frames. The first byte says how many ranges there are, each of
 * four bytes: where it begins behind the one before (the highest bit: at the end of a section), and
 * its length. Then two bytes for each operation: what, and how large or which.
 */
#include "tests/host/frame_model.h"
#include <test_machine.h>

#define SECTION_END ((1ull << 30) - 256 * PAGE_SIZE)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t decode_ranges(struct frame_range *ranges, const uint8_t *data, size_t size)
{
    size_t count = size > 0 ? 1 + data[0] % FRAME_MODEL_RANGES : 0;
    if (size < 1 + 4 * count) {
        return 0;
    }
    paddr_t at = 16 * PAGE_SIZE;
    for (size_t i = 0; i < count; i++) {
        const uint8_t *range = data + 1 + 4 * i;
        if ((range[1] & 0x80) && at < SECTION_END) {
            at = SECTION_END;
        }
        ranges[i].start = at + (range[0] | (range[1] & 3u) << 8) * PAGE_SIZE;
        ranges[i].end = ranges[i].start + (1 + range[2] + (range[3] & 3u) * 256) * PAGE_SIZE;
        at = ranges[i].end;
    }
    return count;
}

static void run(uint8_t what, uint8_t which)
{
    switch (what % 8) {
    case 0:
    case 1: frame_model_alloc(FRAME_MODEL_CPU_ORDER); break;
    case 2: frame_model_alloc(which % (FRAME_MAX_ORDER + 1)); break;
    case 3:
        for (unsigned i = 0; i < which; i++) {
            frame_model_alloc(what / 8 % 2 ? 0 : FRAME_MODEL_CPU_ORDER);
        }
        break;
    case 4:
        for (unsigned i = 0; i < which && frame_model_used() > 0; i++) {
            frame_model_free(i * 7 % frame_model_used());
        }
        break;
    case 5: test_cpu_switch(which % TEST_CPUS); break;
    case 6:
        frame_drain();
        frame_model_alloc_below(what / 8, which * 64ull * PAGE_SIZE);
        break;
    case 7:
        if (frame_model_used() > 0) {
            frame_model_free(which % frame_model_used());
        }
        break;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct frame_range ranges[FRAME_MODEL_RANGES];
    size_t count = decode_ranges(ranges, data, size);
    if (count == 0) {
        return 0;
    }
    frame_model_start(ranges, count);
    for (size_t i = 1 + 4 * count; i + 1 < size; i += 2) {
        run(data[i], data[i + 1]);
        if (i % 16 < 2) {
            frame_model_check();
        }
    }
    frame_model_end();
    return 0;
}

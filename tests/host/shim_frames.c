/* SPDX-License-Identifier: MIT */
/* Memory that runs out when a test wants it to. */
#include <test_frames.h>

#include "kernel/base/assert.h"
#include "mm/frame.h"
#include <stdlib.h>
#include <string.h>
#include <test_machine.h>

#define MEMORY_START (16ull << 20)

static paddr_t *held; /* taken from those who are tested */
static uint64_t held_count;

/* The allocator's own arrays live as long as the program. */
static void *take(size_t bytes)
{
    static void *taken[2];
    static unsigned count;
    assert(count < 2);
    taken[count] = calloc(1, bytes);
    assert(taken[count] != NULL);
    return taken[count++];
}

paddr_t test_frames_start(uint64_t count, uint64_t more)
{
    paddr_t middle = MEMORY_START + count * PAGE_SIZE;
    const struct frame_range range = {MEMORY_START, middle + more * PAGE_SIZE};
    test_memory_add(range.start, range.end);
    memset(phys_to_virt(range.start), 0x5a, range.end - range.start);
    frame_init(&range, 1, take);
    frame_add(MEMORY_START, middle);
    held = calloc(count, sizeof(*held));
    assert(held != NULL);
    return middle;
}

void test_frames_leave(unsigned order, uint64_t count)
{
    paddr_t left[64];
    assert(held_count == 0 && count <= 64);
    for (uint64_t i = 0; i < count; i++) {
        left[i] = frame_alloc_block(order);
        assert(left[i] != 0);
    }
    paddr_t frame;
    while ((frame = frame_alloc_block(0)) != 0) {
        held[held_count++] = frame;
    }
    for (uint64_t i = 0; i < count; i++) {
        frame_free_block(left[i], order);
    }
}

void test_frames_restore(void)
{
    while (held_count > 0) {
        frame_free_block(held[--held_count], 0);
    }
}

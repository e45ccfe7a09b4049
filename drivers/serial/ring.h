/* SPDX-License-Identifier: MIT */
/* A queue of bytes between two parts of one thread. The counts run on, and wrap around. */
#pragma once
#include <stddef.h>
#include <stdint.h>

enum { RING_SIZE = 4096 };
_Static_assert((RING_SIZE & (RING_SIZE - 1)) == 0, "counts that wrap around stay in step");

struct ring {
    uint32_t put;
    uint32_t taken;
    uint8_t bytes[RING_SIZE];
};

static inline size_t ring_count(const struct ring *ring)
{
    return ring->put - ring->taken;
}

static inline size_t ring_room(const struct ring *ring)
{
    return RING_SIZE - ring_count(ring);
}

/* There must be room. */
static inline void ring_put(struct ring *ring, uint8_t byte)
{
    ring->bytes[ring->put++ % RING_SIZE] = byte;
}

/* There must be a byte. */
static inline uint8_t ring_take(struct ring *ring)
{
    return ring->bytes[ring->taken++ % RING_SIZE];
}

/* SPDX-License-Identifier: MIT */
/*
 * Frames: the machine's memory in pages of 4 KiB, and in blocks of 2^order of them, aligned to
 * their size.
 *
 * Rules: a frame comes with undefined content. One frame is a list operation of this CPU, without
 * a lock; blocks take the lock. frames_free() counts what all CPUs have; it is exact while the others are
 * quiet. Any context with interrupts off.
 */
#pragma once
#include "arch/layout.h"
#include "kernel/base/alloc_site.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FRAME_MAX_ORDER 18 /* 1 GiB */

enum frame_state {
    FRAME_UNKNOWN = 0, /* inside a free block, not memory, or not yet looked at */
    FRAME_FREE_BLOCK,  /* first of a free block of 2^order */
    FRAME_USED,
    FRAME_SLAB, /* part of a slab; `place` counts from the first frame */
};

/* What is known of one frame. All zero at boot, so that it is cleared, never walked. */
struct frame {
    uint8_t state; /* enum frame_state */
    uint8_t order; /* of the block that begins here */
    uint16_t place;
    uint32_t refs; /* atomic while it is in use */
};
_Static_assert(sizeof(struct frame) == 8, "8 bytes a frame");

/* A stretch of memory. */
struct frame_range {
    paddr_t start;
    paddr_t end;
};

/*
 * Sets up the metadata for these ranges, in memory from `take`, which hands out zeroed pages.
 * Frames are added afterwards.
 */
void frame_init(const struct frame_range *ranges, size_t count, void *(*take)(size_t bytes));

/* Gives memory to the allocator; page aligned, inside of what frame_init was told. */
void frame_add(paddr_t start, paddr_t end);

/* 0 when there is no memory. */
paddr_t frame_alloc(void);
#define frame_alloc() ALLOC_SITE(0, frame_alloc())
void frame_free(paddr_t frame);

/* Takes a frame that was never added into use, so that frame_put can free it. */
void frame_adopt(paddr_t frame);

paddr_t frame_alloc_block(unsigned order);
#define frame_alloc_block(order) ALLOC_SITE(0, frame_alloc_block(order))
void frame_free_block(paddr_t block, unsigned order);

/* Makes a block in use single frames, each in use with one holder, to be put one by one. */
void frame_split(paddr_t block, unsigned order);

/*
 * Has it more than one holder? If not, nobody else touches it, nor will (acquire: the partner of
 * frame_put, whose caller is done with it).
 */
bool frame_is_shared(paddr_t frame);

/*
 * Contiguous frames, any number up to 2^FRAME_MAX_ORDER, that end at or below the limit (0: anywhere);
 * each can be given back by itself. They are cut out of one free block, so 0 may also mean that no
 * free block is large enough. Without a limit this costs what frame_alloc_block does; with one, at
 * most a look at each place where the block could lie, from the limit down, so that memory which only
 * lower limits can reach is kept for these; the lock is let go every SEARCH_STEP places.
 */
paddr_t frame_alloc_below(uint64_t count, paddr_t limit);
#define frame_alloc_below(count, limit) ALLOC_SITE(0, frame_alloc_below(count, limit))

/* One more holder of a frame; the last frame_put frees it. */
void frame_get(paddr_t frame);
void frame_put(paddr_t frame);

struct frame *frame_of(paddr_t address);

/* Does the allocator know this address as memory? */
bool frame_is_memory(paddr_t address);

/* Is it a frame that was allocated by itself, or the first of a block? So it is in the offset map, too. */
bool frame_is_used(paddr_t address);

/* All of the machine's memory, what boot took of it included. */
uint64_t frames_total(void);
uint64_t frames_free(void);

/* Gives this CPU's list back, so that blocks can join. */
void frame_drain(void);

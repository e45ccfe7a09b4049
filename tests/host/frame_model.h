/* SPDX-License-Identifier: MIT */
/*
 * The frame allocator beside an array with an entry for each frame. Every operation is done on
 * both; where they disagree the program ends. Used by the unit test and by the fuzzer.
 */
#pragma once
#include "mm/frame.h"

enum { FRAME_MODEL_RANGES = 8, FRAME_MODEL_CPU_ORDER = FRAME_MAX_ORDER + 1 };

/* Memory in these ranges, all of it free; the allocator knows nothing else. */
void frame_model_start(const struct frame_range *ranges, size_t count);

/* The same, but the ranges must still be added: frame_model_add. */
void frame_model_start_empty(const struct frame_range *ranges, size_t count);
void frame_model_add(paddr_t start, paddr_t end);

/* Takes a frame that wasn't added into use. */
void frame_model_adopt(paddr_t frame);

/* Frees what is in use, checks that all of it has joined again, and forgets the memory. */
void frame_model_end(void);

/* Forgets the memory, whatever state it is in. */
void frame_model_forget(void);

/*
 * A block, or with FRAME_MODEL_CPU_ORDER a single frame off the CPU's list; 0 exactly when there is
 * none. Adds it to the blocks in use.
 */
paddr_t frame_model_alloc(unsigned order);

/*
 * Contiguous frames that end at or below the limit, 0 exactly when there are none in one free block;
 * the first of them. Each is a block in use then.
 */
paddr_t frame_model_alloc_below(uint64_t count, paddr_t limit);

/* How many blocks are in use, and how many frames are free. */
size_t frame_model_used(void);
uint64_t frame_model_free_frames(void);

/* Gives back one of the blocks in use. */
void frame_model_free(size_t which);

/* Every free block, every list, every count. */
void frame_model_check(void);

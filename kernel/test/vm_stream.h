/* SPDX-License-Identifier: MIT */
/*
 * A stream of operations on three spaces and six areas, each done by mm and by a model of plain
 * arrays; what an operation says, every byte, every mapping and every frame must agree. The same
 * stream runs as a host test, as a fuzz target (the bytes are its input) and in the kernel, on one CPU
 * after the other or on several at once.
 *
 * Rules: one call for a stream at a time, on whichever CPU, but for vm_stream_probe, which may run on
 * many at once; different streams share nothing. No lock is held, and the space that the stream has
 * asked for is loaded. After a disagreement the stream does nothing any more; vm_stream_end still
 * gives back what it can.
 */
#pragma once
#include "mm/vm_area.h"
#include "mm/vm_space.h"

struct vm_stream;

/* What a machine does for a stream. */
struct vm_stream_machine {
    /* Makes the space the one that user memory means, on every CPU that the stream runs on. */
    void (*load)(struct vm_stream *stream, struct vm_space *space); /* NULL: none */
    /* Lets a grace period pass, so that what has ended is free; false if that can't be done now. */
    bool (*settle)(void);
    /* Compares vm_stream_frames with what the machine has less of; NULL: nobody does. */
    void (*count_frames)(struct vm_stream *stream);
    /* The n-th allocation from now on fails, -1: none; NULL if the machine can't do that. */
    void (*fail_at)(int64_t step);
    bool (*has_failed)(void);
};

/* Where the operations come from: the bytes, or, when there are none, a generator. */
struct vm_stream_source {
    const uint8_t *bytes;
    size_t len;
    uint64_t seed;
};

/* Bytes of memory for one stream; zeroed by vm_stream_begin. */
size_t vm_stream_size(void);

/* `wide`: there is memory for areas of some megabytes. False: no memory to begin with. */
bool vm_stream_begin(struct vm_stream *stream, const struct vm_stream_machine *machine,
                     const struct vm_stream_source *source, bool wide);

/* Loads the space that user memory means at the moment: before the first operation. */
void vm_stream_load(struct vm_stream *stream);

/*
 * The next operation, and a look at what it touched; false when there are none any more. Then, maybe on
 * another CPU: what an operation leaves to do that concerns all CPUs, loading spaces and ending
 * them.
 */
bool vm_stream_step(struct vm_stream *stream);
void vm_stream_turn(struct vm_stream *stream);

/*
 * Reads through the loaded space, on this CPU, what was touched lately: a TLB that has missed
 * something shows it here.
 */
void vm_stream_probe(struct vm_stream *stream);

/* All of that here, at most so many times. */
void vm_stream_run(struct vm_stream *stream, uint64_t operations);

/* Looks at everything. */
void vm_stream_check(struct vm_stream *stream);

/* Drops everything, settles, and looks whether all charges came back. */
void vm_stream_end(struct vm_stream *stream);

/* Has mm always done what the model did? What went wrong is in the log. */
bool vm_stream_ok(const struct vm_stream *stream);

uint64_t vm_stream_operations(const struct vm_stream *stream);

/* How many allocations were made to fail. */
uint64_t vm_stream_failures(const struct vm_stream *stream);

/* Frames that the stream's areas and page tables have, its areas' nodes left out. */
uint64_t vm_stream_frames(struct vm_stream *stream);

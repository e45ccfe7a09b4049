/* SPDX-License-Identifier: MIT */
/*
 * Bytes between those who send and those who receive: a ring in which several of both copy at once.
 * Each reserves a stretch of its own under the lock, copies there without it, and gives it back under
 * the lock. Positions count bytes from when the ring was last empty:
 *
 *     receivers' begin      end        senders' begin       end         begin + STREAM_SIZE
 *            |  being copied  |  to be received  |  being copied  |  room  |
 *              out, in order     stream_ready       in, in order   stream_ready
 *
 * A stretch that is given back before those in front of it joins the nearest of these, and counts when
 * that one does. A copy may break off. What it has done joins what is in front of it, what it hasn't
 * done goes behind it: to the next stretch that is still being copied, at last to the end.
 *
 *   sent:      the bytes that came move forward, the gap moves back: nothing shows of it
 *   received:  the bytes that didn't get out move back, and are received next. Meanwhile nothing else
 *              is: who begins after that can't get what lies behind them
 *
 * So the bytes move only where a copy breaks off while others copy behind it.
 *
 * Rules: all but stream_piece under the owner's lock. A stretch is its user's memory, and stays where it
 * is until it is given back. The owner says how many of the bytes are there, and may raise that.
 */
#pragma once
#include "lib/list.h"
#include <stdint.h>

#define STREAM_SIZE (64ull << 10)

enum stream_way { STREAM_SEND, STREAM_RECEIVE, STREAM_WAYS };

/* Bytes that one call copies. */
struct stream_stretch {
    struct list_node node; /* in the lane */
    uint64_t start;
    uint64_t size;
    uint64_t undone_before; /* bytes between it and the one in front that weren't copied */
    uint64_t done_behind;   /* bytes right behind it that others have copied already */
};

/* Who goes one way. */
struct stream_lane {
    uint64_t begin;  /* all before this is done */
    uint64_t end;    /* all up to this was given to somebody */
    uint64_t undone; /* that lies before stretches */
    struct list stretches;
};

struct stream_buffer {
    /* Immutable */
    uint8_t *bytes; /* STREAM_SIZE of address space */
    /* Guarded by the owner's lock */
    uint64_t size; /* how many are there; below STREAM_SIZE the ring is none yet, but ends there */
    struct stream_lane lanes[STREAM_WAYS];
};

void stream_init(struct stream_buffer *stream, void *bytes, uint64_t size);

/* Nothing is in it, nor on its way in or out. */
static inline bool stream_is_empty(const struct stream_buffer *stream)
{
    return stream->lanes[STREAM_RECEIVE].begin == stream->lanes[STREAM_SEND].end;
}

/* Has anybody a stretch of it? */
static inline bool stream_is_copied(const struct stream_buffer *stream)
{
    return !list_is_empty(&stream->lanes[STREAM_SEND].stretches) ||
           !list_is_empty(&stream->lanes[STREAM_RECEIVE].stretches);
}

/* How many bytes can be sent at the moment, and received. */
static inline uint64_t stream_room(const struct stream_buffer *stream)
{
    uint64_t freed = stream->size == STREAM_SIZE ? stream->lanes[STREAM_RECEIVE].begin : 0;
    return freed + stream->size - stream->lanes[STREAM_SEND].end;
}

static inline uint64_t stream_unread(const struct stream_buffer *stream)
{
    const struct stream_lane *receivers = &stream->lanes[STREAM_RECEIVE];
    return receivers->undone == 0 ? stream->lanes[STREAM_SEND].begin - receivers->end : 0;
}

static inline uint64_t stream_ready(const struct stream_buffer *stream, enum stream_way way)
{
    return way == STREAM_SEND ? stream_room(stream) : stream_unread(stream);
}

/* Of what stream_ready told, the next `size` bytes, at least one. */
static inline void stream_reserve(struct stream_buffer *stream, enum stream_way way, uint64_t size,
                                  struct stream_stretch *out_stretch)
{
    struct stream_lane *lane = &stream->lanes[way];
    out_stretch->start = lane->end;
    out_stretch->size = size;
    out_stretch->undone_before = 0;
    out_stretch->done_behind = 0;
    lane->end += size;
    list_push_back(&lane->stretches, &out_stretch->node);
}

/* Gives a stretch back, of which the first `done` bytes were copied. */
void stream_finish(struct stream_buffer *stream, enum stream_way way,
                   struct stream_stretch *stretch, uint64_t done);

/* The same in few instructions, if there is no other in the lane and nothing broke off; else false. */
static inline bool stream_finish_alone(struct stream_buffer *stream, enum stream_way way,
                                       uint64_t done)
{
    struct stream_lane *lane = &stream->lanes[way];
    bool alone = lane->begin + done == lane->end;
    if (alone) {
        lane->begin = lane->end;
        list_init(&lane->stretches);
    }
    return alone;
}

/* An empty ring begins anew at its first byte: so small messages touch few pages, and seldom wrap. */
static inline bool stream_begin_anew(struct stream_buffer *stream)
{
    bool empty = stream_is_empty(stream);
    for (int way = 0; way < STREAM_WAYS && empty; way++) {
        stream->lanes[way].begin = 0;
        stream->lanes[way].end = 0;
    }
    return empty;
}

/* What lies in one piece from the byte `at` of the stretch on: its length, and where it is. */
static inline uint64_t stream_piece(const struct stream_buffer *stream,
                                    const struct stream_stretch *stretch, uint64_t at,
                                    uint8_t **out_bytes)
{
    uint64_t offset = (stretch->start + at) % STREAM_SIZE;
    *out_bytes = stream->bytes + offset;
    return stretch->size - at < STREAM_SIZE - offset ? stretch->size - at : STREAM_SIZE - offset;
}

/* SPDX-License-Identifier: MIT */
/* The ring as described in stream_buffer.h. */
#include "ipc/stream_buffer.h"
#include "lib/string.h"

static uint64_t smaller(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

static uint8_t *byte_at(const struct stream_buffer *stream, uint64_t position)
{
    return &stream->bytes[position % STREAM_SIZE];
}

/* How many bytes lie in one piece from a position on, and before it. */
static uint64_t piece_from(uint64_t position)
{
    return STREAM_SIZE - position % STREAM_SIZE;
}

static uint64_t piece_before(uint64_t position)
{
    return (position - 1) % STREAM_SIZE + 1;
}

static void lane_init(struct stream_lane *lane)
{
    *lane = (struct stream_lane){0};
    list_init(&lane->stretches);
}

void stream_init(struct stream_buffer *stream, void *bytes, uint64_t size)
{
    stream->bytes = bytes;
    stream->size = size;
    lane_init(&stream->lanes[STREAM_SEND]);
    lane_init(&stream->lanes[STREAM_RECEIVE]);
}

/* ---- giving back ---- */

/* Moves bytes towards the front. Both ranges may overlap, and go over the ring's end. */
static void move_forward(struct stream_buffer *stream, uint64_t to, uint64_t from, uint64_t len)
{
    while (len > 0) {
        uint64_t piece = smaller(len, smaller(piece_from(to), piece_from(from)));
        memmove(byte_at(stream, to), byte_at(stream, from), piece);
        to += piece;
        from += piece;
        len -= piece;
    }
}

/* The same towards the back, from the last byte on. */
static void move_back(struct stream_buffer *stream, uint64_t to, uint64_t from, uint64_t len)
{
    while (len > 0) {
        uint64_t piece = smaller(piece_before(to + len), piece_before(from + len));
        piece = smaller(len, piece);
        len -= piece;
        memmove(byte_at(stream, to + len), byte_at(stream, from + len), piece);
    }
}

/*
 *   before, of a sender    | gap  | done | not done | done behind |
 *   after                  | done | done behind |      gap        |
 */
static void gather_sent(struct stream_buffer *stream, const struct stream_stretch *stretch,
                        uint64_t done)
{
    uint64_t front = stretch->start - stretch->undone_before;
    move_forward(stream, front, stretch->start, done);
    move_forward(stream, front + done, stretch->start + stretch->size, stretch->done_behind);
}

/*
 *   before, of a receiver  | not done before | done | not done | done behind |
 *   after                  | done | done behind | not done before | not done |
 */
static void gather_unreceived(struct stream_buffer *stream, const struct stream_stretch *stretch,
                              uint64_t done)
{
    uint64_t front = stretch->start - stretch->undone_before;
    uint64_t all_done = done + stretch->done_behind;
    move_back(stream, stretch->start + all_done, stretch->start + done, stretch->size - done);
    move_back(stream, front + all_done, front, stretch->undone_before);
}

static struct stream_stretch *stretch_of(const struct stream_lane *lane, struct list_node *node)
{
    return node == &lane->stretches.head ? NULL : container_of(node, struct stream_stretch, node);
}

static void leave(struct stream_lane *lane, struct stream_stretch *stretch, uint64_t done)
{
    struct stream_stretch *prev = stretch_of(lane, stretch->node.prev);
    struct stream_stretch *next = stretch_of(lane, stretch->node.next);
    uint64_t undone = stretch->undone_before + stretch->size - done;
    uint64_t *joined = prev != NULL ? &prev->done_behind : &lane->begin;
    *joined += done + stretch->done_behind;
    lane->undone -= stretch->undone_before;
    if (next != NULL) {
        next->undone_before += undone;
        lane->undone += undone;
    } else {
        lane->end -= undone;
    }
    list_remove(&stretch->node);
}

void stream_finish(struct stream_buffer *stream, enum stream_way way,
                   struct stream_stretch *stretch, uint64_t done)
{
    if (stretch->undone_before > 0 || done < stretch->size) {
        if (way == STREAM_SEND) {
            gather_sent(stream, stretch, done);
        } else {
            gather_unreceived(stream, stretch, done);
        }
    }
    leave(&stream->lanes[way], stretch, done);
}

/* SPDX-License-Identifier: MIT */
/* Copies from view to view: done by mm, predicted and followed by the model. */
#include "kernel/test/vm_stream_view.h"
#include "lib/string.h"
#include "mm/user_copy.h"
#include "mm/vm_copy.h"

bool stream_spot_find(struct vm_stream *stream, const struct view *view, uint64_t pos,
                      struct spot *spot)
{
    uint64_t offset = view->at + pos;
    spot->area = &stream->areas[view->number];
    if (view->kind == VIEW_SPACE) {
        const struct stream_mapping *mapping = stream_mapping_at(stream, view->number, offset);
        if (mapping == NULL || !(mapping->flags & view->access) ||
            stream_is_guard(mapping, offset)) {
            return false;
        }
        spot->area = &stream->areas[mapping->area];
        if (spot->area->fixed && !view->faults) {
            return false;
        }
        offset = mapping->offset + (offset - mapping->start);
    }
    spot->page = offset / PAGE_SIZE;
    spot->in_page = offset % PAGE_SIZE;
    return spot->page < spot->area->pages && !spot->area->revoked;
}

/* How many bytes from here on lie in one page. */
static uint64_t piece_len(const struct view *view, uint64_t pos, uint64_t len)
{
    uint64_t piece = PAGE_SIZE - (view->at + pos) % PAGE_SIZE;
    return view->kind == VIEW_BUFFER || piece > len - pos ? len - pos : piece;
}

static uint64_t common_len(const struct view *a, const struct view *b, uint64_t pos, uint64_t len)
{
    uint64_t first = piece_len(a, pos, len);
    uint64_t second = piece_len(b, pos, len);
    return first < second ? first : second;
}

/* How many bytes there are before the view ends. */
static uint64_t reach(struct vm_stream *stream, const struct view *view, uint64_t len)
{
    struct spot spot;
    uint64_t pos = 0;
    while (pos < len && (view->kind == VIEW_BUFFER || stream_spot_find(stream, view, pos, &spot))) {
        pos += piece_len(view, pos, len);
    }
    return pos;
}

/* Do the two mean the same byte anywhere? Then what comes of it is nobody's promise. */
static bool overlap(struct vm_stream *stream, const struct view *a, const struct view *b,
                    uint64_t len)
{
    struct spot one, two;
    for (uint64_t i = 0; i < len; i += piece_len(a, i, len)) {
        for (uint64_t j = 0; j < len; j += piece_len(b, j, len)) {
            if (a->kind != VIEW_BUFFER && b->kind != VIEW_BUFFER &&
                stream_spot_find(stream, a, i, &one) && stream_spot_find(stream, b, j, &two) &&
                one.area == two.area && one.page == two.page &&
                one.in_page < two.in_page + piece_len(b, j, len) &&
                two.in_page < one.in_page + piece_len(a, i, len)) {
                return true;
            }
        }
    }
    return false;
}

static void bytes_get(struct vm_stream *stream, const struct view *view, uint64_t pos, void *data,
                      uint64_t len)
{
    struct spot spot;
    if (view->kind == VIEW_BUFFER) {
        memcpy(data, stream->buffer + view->at + pos, len);
    } else if (stream_spot_find(stream, view, pos, &spot)) {
        struct stream_frame *frame = view->faults ? stream_page_make(stream, spot.area, spot.page)
                                                  : spot.area->page[spot.page];
        stream_frame_read(frame, spot.in_page, data, len);
    }
}

static void bytes_put(struct vm_stream *stream, const struct view *view, uint64_t pos,
                      const void *data, uint64_t len)
{
    struct spot spot;
    if (stream_spot_find(stream, view, pos, &spot)) {
        struct stream_frame *frame = stream_page_own(stream, spot.area, spot.page);
        stream_frame_write(stream, frame, spot.in_page, data, len);
    }
}

/* The page where a copy ended may have been brought in by then. */
static void settle(struct vm_stream *stream, const struct view *view, uint64_t pos)
{
    struct spot spot;
    if (view->kind != VIEW_BUFFER && stream_spot_find(stream, view, pos, &spot)) {
        stream_page_settle(stream, spot.area, spot.page);
    }
}

/* What the model has after `done` of `len` bytes; of a touch that reads, the buffer is compared. */
static void copied(struct vm_stream *stream, const struct view *to, const struct view *from,
                   uint64_t len, uint64_t done)
{
    uint8_t bytes[256];
    for (uint64_t pos = 0, piece; pos < done; pos += piece) {
        piece = common_len(to, from, pos, done);
        piece = piece < sizeof(bytes) ? piece : sizeof(bytes);
        bytes_get(stream, from, pos, bytes, piece);
        if (to->kind == VIEW_BUFFER) {
            STREAM_EXPECT(stream, memcmp(stream->buffer + to->at + pos, bytes, piece) == 0);
        } else {
            bytes_put(stream, to, pos, bytes, piece);
        }
    }
    if (done < len) {
        settle(stream, from, done);
        settle(stream, to, done);
    }
    for (unsigned i = 0; i < STREAM_AREAS; i++) {
        if (stream->areas[i].area != NULL) {
            stream_blocks_settle(stream, &stream->areas[i]);
        }
    }
}

static j6_status_t copy_bytes(struct vm_stream *stream, const struct view *user,
                              const struct view *other, bool from_user, uint64_t len,
                              uint64_t *done)
{
    struct user_ptr ptr = {user->at};
    struct vm_copy copy = {.user = ptr, .write = from_user, .len = len, .start = other->at};
    if (other->kind == VIEW_BUFFER) {
        return from_user ? user_copy_in_part(stream->buffer, ptr, len, done)
                         : user_copy_out_part(ptr, stream->buffer, len, done);
    }
    if (other->kind == VIEW_AREA) {
        copy.area = stream->areas[other->number].area;
    } else {
        copy.space = &stream->spaces[other->number];
    }
    j6_status_t status = vm_copy(&copy);
    *done = copy.done;
    return status;
}

/* Where a copy must end, and what it says then. */
struct copy_end {
    uint64_t done;
    j6_status_t status;
};

static struct copy_end end_of(struct vm_stream *stream, const struct view *view, uint64_t len)
{
    struct copy_end end = {reach(stream, view, len), j6_err_bad_address};
    if (view->kind == VIEW_AREA) {
        const struct stream_area *area = &stream->areas[view->number];
        end.status = area->fixed || area->revoked ? j6_err_bad_state : j6_err_out_of_range;
        end.done = area->fixed ? 0 : end.done;
    }
    return end.done == len ? (struct copy_end){len, j6_status_ok} : end;
}

/* The user's range is looked at as a whole first. */
static struct copy_end expected_end(struct vm_stream *stream, const struct view *user,
                                    const struct view *other, uint64_t len)
{
    struct copy_end first = end_of(stream, user, len);
    struct copy_end second = end_of(stream, other, len);
    if (!user_range_ok((struct user_ptr){user->at}, len)) {
        return (struct copy_end){0, j6_err_bad_address};
    }
    return second.done < len && second.done <= first.done ? second : first;
}

void stream_copy(struct vm_stream *stream, const struct view *user, const struct view *other,
                 bool from_user, uint64_t len)
{
    const struct view *to = from_user ? other : user;
    const struct view *from = from_user ? user : other;
    if (overlap(stream, to, from, len)) {
        return;
    }
    struct copy_end expected = expected_end(stream, user, other, len);
    uint64_t done = ~0ull;
    j6_status_t status;
    STREAM_TRY(stream, status, copy_bytes(stream, user, other, from_user, len, &done),
               copied(stream, to, from, len, done));
    STREAM_EXPECT_EQUAL(stream, status, expected.status);
    STREAM_EXPECT_EQUAL(stream, done, expected.done);
    if (!stream->wrong) {
        copied(stream, to, from, len, done);
    }
}

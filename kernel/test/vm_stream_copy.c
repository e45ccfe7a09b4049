/* SPDX-License-Identifier: MIT */
/*
 * Copies: between kernel and user memory as a program's own accesses (touch), between the loaded
 * space and an area, between the loaded space and another. All are one thing to the model: bytes go
 * from one view to another until either ends.
 */
#include "kernel/test/vm_stream_state.h"
#include "lib/string.h"
#include "mm/user_copy.h"
#include "mm/vm_copy.h"

enum { SWEEP_PAGES = 24 };

enum view_kind { VIEW_BUFFER, VIEW_AREA, VIEW_SPACE };

/* `at`: an index into the stream's buffer, an offset into an area, an address of a space. */
struct view {
    enum view_kind kind;
    unsigned number; /* of the area or space */
    uint64_t at;
    uint64_t access; /* what a mapping must allow */
    bool faults;     /* it is accessed by the CPU: reading a hole brings a page in */
};

/* Where a byte of a view lies: in a page of an area. */
struct spot {
    struct stream_area *area;
    uint64_t page;
    uint64_t in_page;
};

static bool spot_find(struct vm_stream *stream, const struct view *view, uint64_t pos,
                      struct spot *spot)
{
    uint64_t offset = view->at + pos;
    spot->area = &stream->areas[view->number];
    if (view->kind == VIEW_SPACE) {
        const struct stream_mapping *mapping = stream_mapping_at(stream, view->number, offset);
        if (mapping == NULL || !(mapping->flags & view->access)) {
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
    while (pos < len && (view->kind == VIEW_BUFFER || spot_find(stream, view, pos, &spot))) {
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
            if (a->kind != VIEW_BUFFER && b->kind != VIEW_BUFFER && spot_find(stream, a, i, &one) &&
                spot_find(stream, b, j, &two) && one.area == two.area && one.page == two.page &&
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
    } else if (spot_find(stream, view, pos, &spot)) {
        struct stream_frame *frame = view->faults ? stream_page_make(stream, spot.area, spot.page)
                                                  : spot.area->page[spot.page];
        stream_frame_read(frame, spot.in_page, data, len);
    }
}

static void bytes_put(struct vm_stream *stream, const struct view *view, uint64_t pos,
                      const void *data, uint64_t len)
{
    struct spot spot;
    if (spot_find(stream, view, pos, &spot)) {
        struct stream_frame *frame = stream_page_own(stream, spot.area, spot.page);
        stream_frame_write(stream, frame, spot.in_page, data, len);
    }
}

/* The page where a copy ended may have been brought in by then. */
static void settle(struct vm_stream *stream, const struct view *view, uint64_t pos)
{
    struct spot spot;
    if (view->kind != VIEW_BUFFER && spot_find(stream, view, pos, &spot)) {
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

static j6_status_t copy(struct vm_stream *stream, const struct view *user, const struct view *other,
                        bool from_user, uint64_t len, uint64_t *done)
{
    struct user_ptr ptr = {user->at};
    if (other->kind == VIEW_AREA) {
        struct vm_area *area = stream->areas[other->number].area;
        return from_user ? vm_area_write_user(area, other->at, ptr, len, done)
                         : vm_area_read_user(area, other->at, ptr, len, done);
    }
    if (other->kind == VIEW_SPACE) {
        struct vm_space *space = &stream->spaces[other->number];
        return from_user ? vm_space_write_user(space, other->at, ptr, len, done)
                         : vm_space_read_user(space, other->at, ptr, len, done);
    }
    return from_user ? user_copy_in_part(stream->buffer, ptr, len, done)
                     : user_copy_out_part(ptr, stream->buffer, len, done);
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

static void copy_and_compare(struct vm_stream *stream, const struct view *user,
                             const struct view *other, bool from_user, uint64_t len)
{
    const struct view *to = from_user ? other : user;
    const struct view *from = from_user ? user : other;
    if (overlap(stream, to, from, len)) {
        return;
    }
    struct copy_end expected = expected_end(stream, user, other, len);
    uint64_t done = ~0ull;
    j6_status_t status;
    STREAM_TRY(stream, status, copy(stream, user, other, from_user, len, &done),
               copied(stream, to, from, len, done));
    STREAM_EXPECT_EQUAL(stream, status, expected.status);
    STREAM_EXPECT_EQUAL(stream, done, expected.done);
    if (!stream->wrong) {
        copied(stream, to, from, len, done);
    }
}

/* An address of the space, near or in a mapping, or one touched lately if it is the loaded one. */
static vaddr_t some_address(struct vm_stream *stream, unsigned space)
{
    vaddr_t hot = stream->hot[stream_below(stream, STREAM_HOT)];
    const struct stream_mapping *mapping = stream_some_mapping(stream, space);
    if (space == stream->loaded && hot != 0 && stream_one_in(stream, 2)) {
        return hot;
    }
    uint64_t into = stream_below(stream, PAGE_SIZE);
    if (mapping == NULL || stream_one_in(stream, 32)) {
        return USER_END - into;
    }
    uint64_t pages = (mapping->end - mapping->start) / PAGE_SIZE;
    uint64_t page = stream_one_in(stream, 16) ? pages : stream_below(stream, pages);
    return mapping->start + page * PAGE_SIZE + into;
}

static uint64_t some_len(struct vm_stream *stream)
{
    switch (stream_below(stream, 4)) {
    case 0: return stream_below(stream, STREAM_COPY_MAX + 1);
    case 1: return stream_below(stream, PAGE_SIZE);
    default: return 1 + stream_below(stream, 16);
    }
}

/* User memory at an address, which from now on is looked at after each operation. */
static struct view user_view(struct vm_stream *stream, vaddr_t address, uint64_t access)
{
    stream->hot[stream->hot_next++ % STREAM_HOT] = address;
    return (struct view){VIEW_SPACE, stream->loaded, address, access, true};
}

/* New bytes for the buffer, or other ones than it is to be filled with. */
static void fill_buffer(struct vm_stream *stream, uint64_t len)
{
    uint64_t value = stream_take(stream);
    for (uint64_t i = 0; i < len; i++) {
        value = value * 0x5851f42d4c957f2dull + 0x14057b7ef767814full;
        stream->buffer[i] = (uint8_t)(value >> 56) | 1;
    }
}

static void touch(struct vm_stream *stream, vaddr_t address, uint64_t len, bool writes)
{
    struct view user = user_view(stream, address, writes ? j6_map_write : j6_map_read);
    struct view buffer = {.kind = VIEW_BUFFER};
    if (stream_has_contents(stream, 8)) {
        fill_buffer(stream, len);
        copy_and_compare(stream, &user, &buffer, !writes, len);
    }
}

void stream_touch(struct vm_stream *stream)
{
    bool writes = stream_one_in(stream, 2);
    uint64_t len = some_len(stream);
    touch(stream, some_address(stream, stream->loaded), len, writes);
}

/* A word in each of many pages, as a program does that fills or looks through its memory. */
void stream_sweep(struct vm_stream *stream)
{
    const struct stream_mapping *mapping = stream_some_mapping(stream, stream->loaded);
    bool writes = stream_one_in(stream, 2);
    uint64_t stride = stream_one_in(stream, 2) ? 1 : 1 + stream_below(stream, 64);
    if (mapping == NULL) {
        return;
    }
    vaddr_t end = mapping->end;
    vaddr_t at = mapping->start;
    at += stream_below(stream, (end - at) / PAGE_SIZE) * PAGE_SIZE;
    for (unsigned i = 0; i < SWEEP_PAGES && at < end && !stream->wrong; i++) {
        touch(stream, at, sizeof(uint64_t), writes);
        at += stride * PAGE_SIZE;
    }
}

void stream_copy_area(struct vm_stream *stream)
{
    unsigned number = (unsigned)stream_below(stream, STREAM_AREAS);
    const struct stream_area *area = &stream->areas[number];
    bool writes = stream_one_in(stream, 2);
    uint64_t len = some_len(stream);
    struct view user = user_view(stream, some_address(stream, stream->loaded),
                                 writes ? j6_map_read : j6_map_write);
    if (area->area == NULL || !stream_has_contents(stream, 12)) {
        return;
    }
    uint64_t size = area->pages * PAGE_SIZE;
    struct view there = {VIEW_AREA, number, stream_below(stream, size + 1), 0, false};
    if (len > size - there.at && !stream_one_in(stream, 8)) {
        len = size - there.at;
    }
    copy_and_compare(stream, &user, &there, writes, len);
}

void stream_copy_space(struct vm_stream *stream)
{
    unsigned space = (unsigned)stream_below(stream, STREAM_SPACES);
    bool writes = stream_one_in(stream, 2);
    uint64_t len = some_len(stream);
    struct view user = user_view(stream, some_address(stream, stream->loaded),
                                 writes ? j6_map_read : j6_map_write);
    struct view there = {VIEW_SPACE, space, some_address(stream, space),
                         writes ? j6_map_write : j6_map_read, false};
    if (space != stream->loaded && stream_has_contents(stream, 12)) {
        copy_and_compare(stream, &user, &there, writes, len);
    }
}

/* Only what is there, and what must not be there: a look changes nothing. */
void vm_stream_probe(struct vm_stream *stream)
{
    for (unsigned i = 0; i < STREAM_HOT && !stream->wrong; i++) {
        struct view user = {VIEW_SPACE, stream->loaded, stream->hot[i], j6_map_read, true};
        struct spot spot;
        uint8_t found = 0, wanted = 0;
        bool there = spot_find(stream, &user, 0, &spot);
        if (there && spot.area->page[spot.page] == NULL) {
            continue;
        }
        j6_status_t status = user_copy_in(&found, (struct user_ptr){stream->hot[i]}, 1);
        STREAM_EXPECT_EQUAL(stream, status, there ? j6_status_ok : j6_err_bad_address);
        if (there) {
            stream_frame_read(spot.area->page[spot.page], spot.in_page, &wanted, 1);
            STREAM_EXPECT_EQUAL(stream, found, wanted);
        }
    }
}

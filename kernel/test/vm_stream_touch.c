/* SPDX-License-Identifier: MIT */
/* What a program does with its memory, and what calls copy; and the looks through every CPU's TLB. */
#include "kernel/test/vm_stream_view.h"
#include "mm/user_copy.h"

enum { SWEEP_PAGES = 24 };

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
        stream_copy(stream, &user, &buffer, !writes, len);
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
    stream_copy(stream, &user, &there, writes, len);
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
        stream_copy(stream, &user, &there, writes, len);
    }
}

/* Only what is there, and what must not be there: a look changes nothing. */
void vm_stream_probe(struct vm_stream *stream)
{
    for (unsigned i = 0; i < STREAM_HOT && !stream->wrong; i++) {
        struct view user = {VIEW_SPACE, stream->loaded, stream->hot[i], j6_map_read, true};
        struct spot spot;
        uint8_t found = 0, wanted = 0;
        bool there = stream_spot_find(stream, &user, 0, &spot);
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

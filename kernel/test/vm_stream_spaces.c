/* SPDX-License-Identifier: MIT */
/* The model's list of mappings, and the life of its spaces. */
#include "kernel/test/vm_stream_state.h"
#include "lib/string.h"
#include "mm/frame.h"

struct stream_mapping *stream_mapping_at(struct vm_stream *stream, unsigned space, vaddr_t address)
{
    for (unsigned i = 0; i < stream->mapping_count; i++) {
        struct stream_mapping *mapping = &stream->mappings[i];
        if (mapping->space == space && address >= mapping->start && address < mapping->end) {
            return mapping;
        }
    }
    return NULL;
}

bool stream_is_taken(const struct vm_stream *stream, unsigned space, vaddr_t start, vaddr_t end,
                     const struct stream_mapping *but)
{
    for (unsigned i = 0; i < stream->mapping_count; i++) {
        const struct stream_mapping *mapping = &stream->mappings[i];
        if (mapping != but && mapping->space == space && mapping->start < end &&
            start < mapping->end) {
            return true;
        }
    }
    return false;
}

static bool is_longer(const struct stream_mapping *mapping, const struct stream_mapping *than)
{
    return than == NULL || mapping->end - mapping->start > than->end - than->start;
}

/* Any one, or, since there is most to do in it, the longest. */
struct stream_mapping *stream_some_mapping(struct vm_stream *stream, unsigned space)
{
    struct stream_mapping *found = NULL;
    uint64_t first = stream_below(stream, STREAM_MAPPINGS);
    bool longest = stream_one_in(stream, 4);
    for (unsigned i = 0; i < stream->mapping_count; i++) {
        struct stream_mapping *mapping = &stream->mappings[(first + i) % stream->mapping_count];
        bool fits = space == STREAM_SPACES || mapping->space == space;
        if (fits && (longest ? is_longer(mapping, found) : found == NULL)) {
            found = mapping;
        }
    }
    return found;
}

static bool is_mapped(const struct vm_stream *stream, unsigned area)
{
    bool is = false;
    for (unsigned i = 0; i < stream->mapping_count; i++) {
        is |= stream->mappings[i].area == area;
    }
    return is;
}

void stream_forget_dead(struct vm_stream *stream)
{
    for (unsigned i = 0; i < STREAM_AREAS; i++) {
        struct stream_area *area = &stream->areas[i];
        if (area->area == NULL || area->held || is_mapped(stream, i)) {
            continue;
        }
        for (uint64_t number = 0; number < area->pages; number++) {
            stream_page_drop(stream, area, number);
        }
        if (area->fixed) {
            frame_free_block(area->physical, STREAM_FIXED_ORDER);
        }
        area->area = NULL;
    }
}

static void forget_mappings(struct vm_stream *stream, unsigned space, unsigned area)
{
    for (unsigned i = 0; i < stream->mapping_count;) {
        if (stream->mappings[i].space == space || stream->mappings[i].area == area) {
            stream->mappings[i] = stream->mappings[--stream->mapping_count];
        } else {
            i++;
        }
    }
    stream_forget_dead(stream);
}

void stream_unmap_all(struct vm_stream *stream, const struct stream_area *area, bool unmap)
{
    unsigned number = stream_area_number(stream, area);
    for (unsigned i = 0; unmap && i < stream->mapping_count; i++) {
        const struct stream_mapping *mapping = &stream->mappings[i];
        if (mapping->area == number) {
            j6_status_t status =
                vm_space_unmap(&stream->spaces[mapping->space], area->area, mapping->start, 0);
            STREAM_EXPECT_EQUAL(stream, status, j6_status_ok);
        }
    }
    forget_mappings(stream, STREAM_SPACES, number);
}

bool stream_space_start(struct vm_stream *stream, unsigned space)
{
    j6_status_t status;
    memset(&stream->spaces[space], 0, sizeof(stream->spaces[space]));
    STREAM_TRY(stream, status, vm_space_init(&stream->spaces[space], &stream->space_account), );
    return status == j6_status_ok;
}

void stream_space_end(struct vm_stream *stream, unsigned space)
{
    vm_space_destroy(&stream->spaces[space]);
    forget_mappings(stream, space, STREAM_AREAS);
}

static void load(struct vm_stream *stream, unsigned space)
{
    stream->loaded = space;
    memset(stream->hot, 0, sizeof(stream->hot));
    stream->machine->load(stream, &stream->spaces[space]);
}

static void renew(struct vm_stream *stream, unsigned space)
{
    if (space == stream->loaded) {
        stream->machine->load(stream, NULL);
    }
    stream_space_end(stream, space);
    STREAM_EXPECT(stream, stream_space_start(stream, space));
    if (space == stream->loaded) {
        stream->machine->load(stream, &stream->spaces[space]);
    }
}

void stream_load(struct vm_stream *stream)
{
    stream->turn = load;
    stream->turn_space = (unsigned)stream_below(stream, STREAM_SPACES);
}

void stream_renew(struct vm_stream *stream)
{
    stream->turn = renew;
    stream->turn_space = (unsigned)stream_below(stream, STREAM_SPACES);
}

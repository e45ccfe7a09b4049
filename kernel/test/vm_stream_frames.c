/* SPDX-License-Identifier: MIT */
/* The model's frames: what is shared by whom, and which bytes they hold. */
#include "kernel/test/vm_stream_state.h"
#include "lib/string.h"

/* Offsets of an area whose pages may come together. */
enum { BLOCK_PAGES = 512 };

void stream_frames_init(struct vm_stream *stream)
{
    for (unsigned i = 0; i < STREAM_FRAMES; i++) {
        stream->frames[i].next = stream->free_frames;
        stream->free_frames = &stream->frames[i];
    }
    for (unsigned i = 0; i < STREAM_CONTENTS; i++) {
        stream->contents[i].next = stream->free_contents;
        stream->free_contents = &stream->contents[i];
    }
    stream->contents_left = STREAM_CONTENTS;
}

bool stream_has_contents(const struct vm_stream *stream, unsigned count)
{
    return stream->contents_left >= count;
}

bool stream_can_own(const struct vm_stream *stream, const struct stream_area *area)
{
    unsigned count = 0;
    for (uint64_t i = 0; i < area->pages; i++) {
        const struct stream_frame *frame = area->page[i];
        count += frame != NULL && frame->refs > 1 && frame->content != NULL;
    }
    return stream_has_contents(stream, count);
}

/* There are as many as all areas can hold. */
static struct stream_frame *frame_new(struct vm_stream *stream)
{
    struct stream_frame *frame = stream->free_frames;
    stream->free_frames = frame->next;
    *frame = (struct stream_frame){.refs = 1};
    return frame;
}

/* Who makes many asks stream_has_contents first. */
static struct stream_content *content_new(struct vm_stream *stream)
{
    struct stream_content *content = stream->free_contents;
    assert(content != NULL);
    stream->free_contents = content->next;
    stream->contents_left--;
    return content;
}

void stream_frame_clear(struct vm_stream *stream, struct stream_frame *frame)
{
    if (frame->content != NULL) {
        frame->content->next = stream->free_contents;
        stream->free_contents = frame->content;
        stream->contents_left++;
        frame->content = NULL;
    }
}

void stream_page_drop(struct vm_stream *stream, struct stream_area *area, uint64_t number)
{
    struct stream_frame *frame = area->page[number];
    area->page[number] = NULL;
    if (frame != NULL && --frame->refs == 0) {
        stream_frame_clear(stream, frame);
        frame->next = stream->free_frames;
        stream->free_frames = frame;
    }
}

void stream_page_share(struct stream_area *area, uint64_t number, struct stream_frame *frame)
{
    if (frame != NULL) {
        frame->refs++;
    }
    area->page[number] = frame;
}

struct stream_frame *stream_page_make(struct vm_stream *stream, struct stream_area *area,
                                      uint64_t number)
{
    if (area->page[number] == NULL) {
        area->page[number] = frame_new(stream);
    }
    return area->page[number];
}

struct stream_frame *stream_page_own(struct vm_stream *stream, struct stream_area *area,
                                     uint64_t number)
{
    struct stream_frame *frame = stream_page_make(stream, area, number);
    if (frame->refs == 1) {
        return frame;
    }
    struct stream_frame *copy = frame_new(stream);
    if (frame->content != NULL) {
        copy->content = content_new(stream);
        memcpy(copy->content->words, frame->content->words, PAGE_SIZE);
    }
    frame->refs--;
    area->page[number] = copy;
    return copy;
}

void stream_frame_write(struct vm_stream *stream, struct stream_frame *frame, uint64_t offset,
                        const void *data, uint64_t len)
{
    if (frame->content == NULL) {
        frame->content = content_new(stream);
        memset(frame->content->words, 0, PAGE_SIZE);
    }
    memcpy((char *)frame->content->words + offset, data, len);
}

void stream_frame_read(const struct stream_frame *frame, uint64_t offset, void *data, uint64_t len)
{
    if (frame == NULL || frame->content == NULL) {
        memset(data, 0, len);
    } else {
        memcpy(data, (const char *)frame->content->words + offset, len);
    }
}

static paddr_t page_of(const struct stream_area *area, uint64_t number)
{
    vm_area_lock(area->area);
    paddr_t page = vm_area_peek_locked(area->area, number * PAGE_SIZE);
    vm_area_unlock(area->area);
    return page;
}

void stream_page_settle(struct vm_stream *stream, struct stream_area *area, uint64_t number)
{
    if (area->fixed || area->revoked || number >= area->pages) {
        return;
    }
    paddr_t page = page_of(area, number);
    const struct stream_frame *frame = area->page[number];
    if (frame == NULL && page != 0) {
        stream_page_make(stream, area, number);
    } else if (frame != NULL && frame->page != 0 && frame->page != page) {
        STREAM_EXPECT(stream, frame->refs > 1);
        stream_page_own(stream, area, number);
    }
}

/* A block comes as a whole: all of its pages, or as many as there was memory for. */
void stream_blocks_settle(struct vm_stream *stream, struct stream_area *area)
{
    if (!(area->flags & j6_vma_flag_large) || area->revoked) {
        return;
    }
    for (uint64_t first = 0; first + BLOCK_PAGES <= area->pages; first += BLOCK_PAGES) {
        for (uint64_t i = first; i < first + BLOCK_PAGES; i++) {
            if (area->page[i] == NULL && page_of(area, i) != 0) {
                stream_page_make(stream, area, i);
            }
        }
    }
}

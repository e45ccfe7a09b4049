/* SPDX-License-Identifier: MIT */
/*
 * Where bytes come from or go to. Kernel memory, an area, the memory of a space: to the model all
 * copies are one thing, from one view to another until either ends.
 */
#pragma once
#include "kernel/test/vm_stream_state.h"

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

/* Where a byte of a view lies; false if it can't be accessed. Not of the buffer. */
bool stream_spot_find(struct vm_stream *stream, const struct view *view, uint64_t pos,
                      struct spot *spot);

/*
 * Copies between `user`, memory of the loaded space, and another view. What comes of views that
 * overlap is nobody's promise, so that isn't tried.
 */
void stream_copy(struct vm_stream *stream, const struct view *user, const struct view *other,
                 bool from_user, uint64_t len);

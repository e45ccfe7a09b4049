/* SPDX-License-Identifier: MIT */
/* Operations on ranges of an area's pages: commit, decommit, zero. */
#include "kernel/test/vm_stream_state.h"

void stream_some_range(struct vm_stream *stream, const struct stream_area *area, uint64_t *offset,
                       uint64_t *len)
{
    uint64_t first = stream_below(stream, area->pages + 1);
    uint64_t count = stream_below(stream, area->pages - first + 1);
    if (stream_one_in(stream, 4)) {
        first = 0;
        count = area->pages;
    } else if (stream_one_in(stream, 24)) {
        count += stream_below(stream, area->pages);
    } else if (stream_one_in(stream, 48)) {
        count = UINT64_MAX / PAGE_SIZE - stream_below(stream, 4);
    }
    *offset = first * PAGE_SIZE;
    *len = count * PAGE_SIZE;
}

bool stream_is_inside(const struct stream_area *area, uint64_t offset, uint64_t len)
{
    uint64_t size = area->pages * PAGE_SIZE;
    return offset <= size && len <= size - offset;
}

static bool is_relied_on(const struct vm_stream *stream, const struct stream_area *area,
                         uint64_t offset, uint64_t len)
{
    for (unsigned i = 0; i < stream->mapping_count; i++) {
        const struct stream_mapping *mapping = &stream->mappings[i];
        if (mapping->area == stream_area_number(stream, area) &&
            mapping->flags & j6_map_fixed_size && len > 0 && mapping->offset < offset + len &&
            offset < mapping->offset + (mapping->end - mapping->start)) {
            return true;
        }
    }
    return false;
}

enum range_operation { RANGE_COMMIT, RANGE_OWN, RANGE_DECOMMIT, RANGE_ZERO };

static j6_status_t range_operate(struct stream_area *area, enum range_operation operation,
                                 uint64_t offset, uint64_t len, uint64_t *done)
{
    switch (operation) {
    case RANGE_COMMIT: return vm_area_commit(area->area, offset, len, false, done);
    case RANGE_OWN: return vm_area_commit(area->area, offset, len, true, done);
    case RANGE_DECOMMIT: return vm_area_decommit(area->area, offset, len, done);
    default: return vm_area_zero(area->area, offset, len, done);
    }
}

static void range_apply(struct vm_stream *stream, struct stream_area *area,
                        enum range_operation operation, uint64_t first, uint64_t count)
{
    for (uint64_t i = first; i < first + count; i++) {
        if (operation == RANGE_COMMIT) {
            stream_page_make(stream, area, i);
        } else if (operation == RANGE_OWN) {
            stream_page_own(stream, area, i);
        } else if (operation == RANGE_DECOMMIT) {
            stream_page_drop(stream, area, i);
        } else if (area->page[i] != NULL) {
            stream_frame_clear(stream, stream_page_own(stream, area, i));
        }
    }
}

/* What a try that ran out of memory has done. */
static void range_halfway(struct vm_stream *stream, struct stream_area *area,
                          enum range_operation operation, uint64_t offset, uint64_t done)
{
    range_apply(stream, area, operation, offset / PAGE_SIZE, done / PAGE_SIZE);
    stream_page_settle(stream, area, (offset + done) / PAGE_SIZE);
    stream_blocks_settle(stream, area);
}

void stream_range(struct vm_stream *stream)
{
    struct stream_area *area = stream_some_area(stream);
    enum range_operation operation = stream_below(stream, 4);
    if (area->area == NULL || !stream_can_own(stream, area)) {
        return;
    }
    uint64_t offset, len;
    stream_some_range(stream, area, &offset, &len);
    j6_status_t expected = !stream_is_inside(area, offset, len) ? j6_err_out_of_range
                           : area->fixed || area->revoked       ? j6_err_bad_state
                                                                : j6_status_ok;
    if (expected == j6_status_ok && operation == RANGE_DECOMMIT &&
        is_relied_on(stream, area, offset, len)) {
        expected = j6_err_bad_state;
    }
    uint64_t done;
    j6_status_t status;
    STREAM_TRY(stream, status, range_operate(area, operation, offset, len, &done),
               range_halfway(stream, area, operation, offset, done));
    STREAM_EXPECT_EQUAL(stream, status, expected);
    STREAM_EXPECT_EQUAL(stream, done, status == j6_status_ok ? len : 0);
    if (status == j6_status_ok) {
        range_apply(stream, area, operation, offset / PAGE_SIZE, len / PAGE_SIZE);
        stream_blocks_settle(stream, area);
    }
    stream_check_area(stream, stream_area_number(stream, area));
}

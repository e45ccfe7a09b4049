/* SPDX-License-Identifier: MIT */
/* Operations on areas: what they must say and do, and that they do it. */
#include "kernel/test/vm_stream_state.h"
#include "lib/string.h"
#include "mm/frame.h"

enum { AREA_FLAGS = j6_vma_flag_resizable | j6_vma_flag_revocable };

/* A wide one more often than others: there are few, and much can be done with them. */
struct stream_area *stream_some_area(struct vm_stream *stream)
{
    struct stream_area *area = &stream->areas[stream_below(stream, STREAM_AREAS)];
    bool wide = stream_one_in(stream, 3);
    for (unsigned i = 0; wide && i < STREAM_AREAS; i++) {
        if (stream->areas[i].area != NULL && stream_is_wide(&stream->areas[i])) {
            return &stream->areas[i];
        }
    }
    return area;
}

unsigned stream_area_number(const struct vm_stream *stream, const struct stream_area *area)
{
    return (unsigned)(area - stream->areas);
}

static uint64_t limit_of(const struct stream_area *area)
{
    return stream_is_wide(area) ? STREAM_PAGES_WIDE : STREAM_PAGES;
}

static void area_started(struct stream_area *area, struct vm_area *made, uint64_t pages,
                         uint32_t flags)
{
    *area = (struct stream_area){.area = made, .held = true, .pages = pages, .flags = flags};
}

static void drop(struct vm_stream *stream, struct stream_area *area)
{
    if (area->held) {
        area->held = false;
        kobject_put(&area->area->object);
        stream_forget_dead(stream);
    }
}

void stream_drop(struct vm_stream *stream)
{
    drop(stream, stream_some_area(stream));
}

/* An empty place, maybe after its area has been dropped and unmapped everywhere; or NULL. */
static struct stream_area *some_place(struct vm_stream *stream, const struct stream_area *but)
{
    struct stream_area *area = &stream->areas[stream_below(stream, STREAM_AREAS)];
    bool empty = stream_one_in(stream, stream_is_wide(area) ? 16 : 2);
    if (area == but || (area->area != NULL && !empty)) {
        return NULL;
    }
    if (area->area != NULL) {
        struct kobject *object = &area->area->object;
        kobject_get(object);
        stream_unmap_all(stream, area, true);
        kobject_put(object);
        drop(stream, area);
    }
    return area;
}

bool stream_is_wide(const struct stream_area *area)
{
    return area->flags & j6_vma_flag_large || area->pages > STREAM_PAGES;
}

/* One is enough: its clones have as many pages. */
static bool has_wide(const struct vm_stream *stream)
{
    bool has = false;
    for (unsigned i = 0; i < STREAM_AREAS; i++) {
        has |= stream->areas[i].area != NULL && stream_is_wide(&stream->areas[i]);
    }
    return has;
}

void stream_create(struct vm_stream *stream)
{
    struct stream_area *area = some_place(stream, NULL);
    uint32_t flags = stream_below(stream, AREA_FLAGS + 1);
    uint64_t size = stream_below(stream, STREAM_PAGES * PAGE_SIZE + 1);
    if (stream->wide && stream_one_in(stream, 3) && !has_wide(stream)) {
        flags |= stream_one_in(stream, 2) ? j6_vma_flag_large : 0;
        size = stream_below(stream, STREAM_PAGES_WIDE * PAGE_SIZE) + 1;
    }
    if (stream_one_in(stream, 64)) {
        size = VM_AREA_MAX_SIZE + 1;
    }
    if (area == NULL) {
        return;
    }
    struct vm_area *made;
    j6_status_t status;
    STREAM_TRY(stream, status, vm_area_create_open(&stream->area_account, size, flags, &made), );
    STREAM_EXPECT_EQUAL(stream, status,
                        size == 0 || size > VM_AREA_MAX_SIZE ? j6_err_out_of_range : j6_status_ok);
    if (status == j6_status_ok) {
        area_started(area, made, page_count(size), flags);
    }
}

/* An area over memory of its own, which is given back when the area has gone. */
static j6_status_t fixed_create(struct vm_stream *stream, paddr_t *physical, struct vm_area **made)
{
    const uint64_t size = PAGE_SIZE << STREAM_FIXED_ORDER;
    *physical = frame_alloc_block(STREAM_FIXED_ORDER);
    if (*physical == 0) {
        return j6_err_no_memory;
    }
    memset(phys_to_virt(*physical), 0, size);
    j6_status_t status =
        vm_area_create_fixed(&stream->area_account, *physical, size, page_memory_caching, made);
    if (status != j6_status_ok) {
        frame_free_block(*physical, STREAM_FIXED_ORDER);
    }
    return status;
}

void stream_create_fixed(struct vm_stream *stream)
{
    struct stream_area *area = some_place(stream, NULL);
    const uint64_t pages = 1 << STREAM_FIXED_ORDER;
    if (area == NULL) {
        return;
    }
    paddr_t physical;
    struct vm_area *made;
    j6_status_t status;
    STREAM_TRY(stream, status, fixed_create(stream, &physical, &made), );
    STREAM_EXPECT_EQUAL(stream, status, j6_status_ok);
    if (status == j6_status_ok) {
        area_started(area, made, pages, j6_vma_flag_revocable);
        area->fixed = true;
        area->physical = physical;
        for (uint64_t i = 0; i < pages; i++) {
            stream_page_make(stream, area, i)->page = physical + i * PAGE_SIZE;
        }
    }
}

void stream_clone(struct vm_stream *stream)
{
    struct stream_area *source = stream_some_area(stream);
    struct stream_area *clone = source->area != NULL ? some_place(stream, source) : NULL;
    uint32_t flags = stream_below(stream, AREA_FLAGS + 1);
    if (clone == NULL) {
        return;
    }
    uint64_t offset, len;
    stream_some_range(stream, source, &offset, &len);
    flags |= source->flags & j6_vma_flag_large;
    struct vm_area *made;
    j6_status_t status;
    STREAM_TRY(stream, status,
               vm_area_clone(source->area, &stream->area_account, offset, len, flags, &made), );
    STREAM_EXPECT_EQUAL(stream, status,
                        len == 0 || !stream_is_inside(source, offset, len) ? j6_err_out_of_range
                        : source->fixed || source->revoked                 ? j6_err_bad_state
                                                                           : j6_status_ok);
    if (status != j6_status_ok) {
        return;
    }
    area_started(clone, made, len / PAGE_SIZE, flags);
    for (uint64_t i = 0; i < clone->pages; i++) {
        stream_page_share(clone, i, source->page[offset / PAGE_SIZE + i]);
    }
    stream_check_area(stream, stream_area_number(stream, clone));
}

static bool followers_fit(struct vm_stream *stream, const struct stream_area *area, uint64_t size)
{
    for (unsigned i = 0; i < stream->mapping_count; i++) {
        const struct stream_mapping *mapping = &stream->mappings[i];
        if (mapping->area == stream_area_number(stream, area) && mapping->whole &&
            (size > USER_END - mapping->start ||
             stream_is_taken(stream, mapping->space, mapping->start, mapping->start + size,
                             mapping))) {
            return false;
        }
    }
    return true;
}

static j6_status_t expected_resize(struct vm_stream *stream, const struct stream_area *area,
                                   uint64_t size)
{
    if (size == 0 || size > VM_AREA_MAX_SIZE) {
        return j6_err_out_of_range;
    }
    if (!(area->flags & j6_vma_flag_resizable) || area->revoked) {
        return j6_err_bad_state;
    }
    return followers_fit(stream, area, page_up(size)) ? j6_status_ok : j6_err_collision;
}

void stream_resize(struct vm_stream *stream)
{
    struct stream_area *area = stream_some_area(stream);
    if (area->area == NULL) {
        return;
    }
    uint64_t size = stream_below(stream, limit_of(area) * PAGE_SIZE + 1);
    if (stream_one_in(stream, 32)) {
        size = VM_AREA_MAX_SIZE + 1 + stream_take(stream);
    }
    j6_status_t status;
    STREAM_TRY(stream, status, vm_area_resize(area->area, size), );
    STREAM_EXPECT_EQUAL(stream, status, expected_resize(stream, area, size));
    if (status != j6_status_ok) {
        return;
    }
    for (uint64_t i = page_count(size); i < area->pages; i++) {
        stream_page_drop(stream, area, i);
    }
    area->pages = page_count(size);
    for (unsigned i = 0; i < stream->mapping_count; i++) {
        struct stream_mapping *mapping = &stream->mappings[i];
        if (mapping->area == stream_area_number(stream, area) && mapping->whole) {
            mapping->end = mapping->start + area->pages * PAGE_SIZE;
        }
    }
    stream_check_area(stream, stream_area_number(stream, area));
}

/* It leaves every space; who has a handle still has the area, without pages. */
void stream_revoke(struct vm_stream *stream)
{
    struct stream_area *area = stream_some_area(stream);
    if (area->area == NULL || !(area->flags & j6_vma_flag_revocable)) {
        return;
    }
    kobject_get(&area->area->object);
    vm_area_revoke(area->area);
    area->revoked = true;
    for (uint64_t i = 0; i < area->pages; i++) {
        stream_page_drop(stream, area, i);
    }
    stream_check_area(stream, stream_area_number(stream, area));
    kobject_put(&area->area->object);
    stream_unmap_all(stream, area, false);
}

/* SPDX-License-Identifier: MIT */
/* What mm has is what the model has: pages, bytes, mappings, page tables, counts, charges. */
#include "kernel/test/page_audit.h"
#include "kernel/test/tree_audit.h"
#include "kernel/test/vm_stream_state.h"
#include "lib/container.h"
#include "mm/frame.h"
#include "mm/slab.h"
#include "mm/vm_mapping.h"

/* Word by word: the kernel's memcmp takes one byte after the other. */
static bool same_bytes(const uint64_t *words, const struct stream_content *content)
{
    uint64_t different = 0;
    for (unsigned i = 0; i < PAGE_SIZE / sizeof(*words); i++) {
        different |= words[i] ^ (content == NULL ? 0 : content->words[i]);
    }
    return different == 0;
}

static void check_page(struct vm_stream *stream, const struct stream_area *area, uint64_t number)
{
    struct stream_frame *frame = area->page[number];
    paddr_t page = area->physical + number * PAGE_SIZE;
    if (!area->fixed) {
        page = vm_area_peek_locked(area->area, number * PAGE_SIZE);
    } else if (area->revoked) {
        page = 0;
    }
    if (frame == NULL || page == 0) {
        STREAM_EXPECT_EQUAL(stream, page, 0);
        STREAM_EXPECT(stream, frame == NULL);
        return;
    }
    if (frame->page == 0) {
        frame->page = page;
    }
    STREAM_EXPECT_EQUAL(stream, page, frame->page);
    STREAM_EXPECT(stream, same_bytes(phys_to_virt(page), frame->content));
}

void stream_check_area(struct vm_stream *stream, unsigned number)
{
    struct stream_area *area = &stream->areas[number];
    struct vm_area *there = area->area;
    uint64_t pages = 0;
    if (there == NULL) {
        return;
    }
    vm_area_lock(there);
    STREAM_EXPECT_EQUAL(stream, there->size, area->pages * PAGE_SIZE);
    STREAM_EXPECT_EQUAL(stream, there->revoked, area->revoked);
    for (uint64_t i = 0; i < area->pages && !stream->wrong; i++) {
        check_page(stream, area, i);
        pages += area->page[i] != NULL;
    }
    if (!area->fixed) {
        STREAM_EXPECT_EQUAL(stream, page_tree_pages(&there->pages), pages);
        STREAM_EXPECT_EQUAL(stream, page_tree_count(&there->pages, 0, PAGE_TREE_PAGES), pages);
    }
    vm_area_unlock(there);
}

/* A page-table entry, against the mapping and the page that it is for. */
struct space_audit {
    struct page_audit audit;
    struct vm_stream *stream;
    unsigned space;
};

/* The frame of a page, with the place where mm has it. */
static const struct stream_frame *frame_at(const struct stream_area *area, uint64_t number)
{
    struct stream_frame *frame = number < area->pages ? area->page[number] : NULL;
    if (frame != NULL && frame->page == 0) {
        vm_area_lock(area->area);
        frame->page = vm_area_peek_locked(area->area, number * PAGE_SIZE);
        vm_area_unlock(area->area);
    }
    return frame;
}

static void check_entry(struct vm_stream *stream, const struct stream_mapping *mapping,
                        const struct page_visit *entry, uint64_t skip)
{
    const struct stream_area *area = &stream->areas[mapping->area];
    uint64_t offset = mapping->offset + (entry->address + skip - mapping->start);
    const struct stream_frame *frame = frame_at(area, offset / PAGE_SIZE);
    const uint32_t rights = PAGE_WRITE | PAGE_EXEC; /* more of them come by faults */
    STREAM_EXPECT(stream, mapping->flags & (j6_map_read | j6_map_write | j6_map_exec));
    STREAM_EXPECT(stream, !stream_is_guard(mapping, entry->address + skip));
    STREAM_EXPECT(stream, frame != NULL && frame->page == entry->page + skip);
    STREAM_EXPECT_EQUAL(stream, entry->flags & ~rights, PAGE_USER | area->area->page_flags);
    STREAM_EXPECT(stream, !(entry->flags & PAGE_EXEC) || mapping->flags & j6_map_exec);
    if (entry->flags & PAGE_WRITE) {
        STREAM_EXPECT(stream, mapping->flags & j6_map_write);
        STREAM_EXPECT(stream, frame != NULL && frame->refs == 1);
    }
}

static void visit_entry(struct page_audit *audit, const struct page_visit *entry)
{
    struct space_audit *self = container_of(audit, struct space_audit, audit);
    for (uint64_t skip = 0; skip < entry->size && !self->stream->wrong; skip += PAGE_SIZE) {
        const struct stream_mapping *mapping =
            stream_mapping_at(self->stream, self->space, entry->address + skip);
        STREAM_EXPECT(self->stream, mapping != NULL);
        if (mapping != NULL) {
            check_entry(self->stream, mapping, entry, skip);
        }
    }
}

static void check_mappings(struct vm_stream *stream, unsigned space)
{
    unsigned count = 0;
    const struct avl_tree *set = &stream->spaces[space].mappings;
    for (const struct vm_mapping *mapping = mapping_from(set, 0); mapping != NULL && !stream->wrong;
         mapping = mapping_next(mapping)) {
        const struct stream_mapping *wanted = stream_mapping_at(stream, space, mapping->start);
        STREAM_EXPECT(stream, wanted != NULL && mapping->linked);
        if (wanted != NULL) {
            STREAM_EXPECT_EQUAL(stream, mapping->start, wanted->start);
            STREAM_EXPECT_EQUAL(stream, mapping->end, wanted->end);
            STREAM_EXPECT_EQUAL(stream, mapping->offset, wanted->offset);
            STREAM_EXPECT_EQUAL(stream, mapping->flags, wanted->flags);
            STREAM_EXPECT_EQUAL(stream, mapping->whole, wanted->whole);
            STREAM_EXPECT(stream, mapping->area == stream->areas[wanted->area].area);
        }
        count++;
    }
    for (unsigned i = 0; i < stream->mapping_count; i++) {
        count -= stream->mappings[i].space == space;
    }
    STREAM_EXPECT_EQUAL(stream, count, 0);
}

void stream_check_space(struct vm_stream *stream, unsigned space)
{
    struct space_audit self = {
        .audit = {.table = &stream->spaces[space].table, .visit = visit_entry},
        .stream = stream,
        .space = space,
    };
    if (stream->spaces[space].table.tables == 0) {
        return; /* it couldn't be made yet */
    }
    check_mappings(stream, space);
    page_audit_user(&self.audit);
    if (self.audit.wrong != NULL) {
        stream_wrong_number(stream, self.audit.wrong, __LINE__, self.audit.where, 0);
    }
}

static void audit_trees(struct vm_stream *stream, struct tree_audit *audit)
{
    for (audit->step = TREE_AUDIT_TAKE; audit->step <= TREE_AUDIT_GIVE; audit->step++) {
        for (unsigned i = 0; i < STREAM_AREAS; i++) {
            if (stream->areas[i].area != NULL) {
                tree_audit_area(audit, stream->areas[i].area);
            }
        }
    }
    if (audit->wrong != NULL) {
        stream_wrong(stream, audit->wrong, __FILE__, __LINE__);
    }
}

/* What the two accounts must have paid for. */
static void check_charges(struct vm_stream *stream, uint64_t nodes)
{
    uint64_t areas = 0, pages = 0, tables = 0;
    for (unsigned i = 0; i < STREAM_AREAS; i++) {
        areas += stream->areas[i].area != NULL;
        for (uint64_t n = 0; stream->areas[i].area != NULL && n < stream->areas[i].pages; n++) {
            pages += !stream->areas[i].fixed && stream->areas[i].page[n] != NULL;
        }
    }
    for (unsigned i = 0; i < STREAM_SPACES; i++) {
        tables += stream->spaces[i].table.tables;
    }
    STREAM_EXPECT_EQUAL(stream, STREAM_LIMIT - stream->area_account.left[ACCOUNT_MEMORY],
                        areas * SLAB_COST(sizeof(struct vm_area)) + pages * PAGE_SIZE +
                            nodes * SLAB_COST(sizeof(struct page_tree_node)));
    STREAM_EXPECT_EQUAL(stream, STREAM_LIMIT - stream->space_account.left[ACCOUNT_MEMORY],
                        stream->mapping_count * SLAB_COST(sizeof(struct vm_mapping)) +
                            tables * PAGE_SIZE);
}

/* Frames that only the model has counted. */
static uint64_t model_frames(const struct vm_stream *stream)
{
    uint64_t count = 0;
    for (unsigned i = 0; i < STREAM_FRAMES; i++) {
        count += stream->frames[i].refs > 0;
    }
    for (unsigned i = 0; i < STREAM_AREAS; i++) {
        bool lent = stream->areas[i].area != NULL && stream->areas[i].fixed;
        count -= lent && !stream->areas[i].revoked ? 1 << STREAM_FIXED_ORDER : 0;
    }
    return count;
}

uint64_t vm_stream_frames(struct vm_stream *stream)
{
    uint64_t count = model_frames(stream);
    for (unsigned i = 0; i < STREAM_SPACES; i++) {
        count += stream->spaces[i].table.tables;
    }
    for (unsigned i = 0; i < STREAM_AREAS; i++) {
        bool lent = stream->areas[i].area != NULL && stream->areas[i].fixed;
        count += lent ? 1 << STREAM_FIXED_ORDER : 0;
    }
    return count;
}

void vm_stream_check(struct vm_stream *stream)
{
    if (stream->wrong) {
        return;
    }
    bool settled = stream->machine->settle();
    for (unsigned i = 0; i < STREAM_AREAS; i++) {
        stream_check_area(stream, i);
    }
    for (unsigned i = 0; i < STREAM_SPACES; i++) {
        stream_check_space(stream, i);
    }
    struct tree_audit audit = {0};
    audit_trees(stream, &audit);
    STREAM_EXPECT_EQUAL(stream, audit.frames, model_frames(stream));
    if (settled) {
        check_charges(stream, audit.nodes);
    }
    if (stream->machine->count_frames != NULL) {
        stream->machine->count_frames(stream);
    }
}

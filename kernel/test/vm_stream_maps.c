/* SPDX-License-Identifier: MIT */
/* Operations on spaces. Which addresses the kernel chooses is its affair, if only they are free. */
#include "kernel/test/vm_stream_state.h"
#include "lib/bits.h"

/* A place that nothing chooses by itself, small enough that mappings meet. */
#define PLACE       0x123400000000ull
#define PLACE_PAGES 160
/* Some where entries of upper tables begin. */
#define PLACE_WIDE (PLACE + (1ull << 30))
#define WIDE_STEP  (8ull << 20)

static const uint64_t access_flags = j6_map_read | j6_map_write | j6_map_exec;

static vaddr_t some_place(struct vm_stream *stream, bool wide)
{
    uint64_t page = stream_below(stream, PLACE_PAGES) * PAGE_SIZE;
    switch (stream_below(stream, 24)) {
    case 0: return USER_START + page - 8 * PAGE_SIZE;
    case 1: return USER_END - page;
    case 2: return PLACE + page + 1;
    case 3:
    case 4:
    case 5: return 0;
    default: break;
    }
    if (!wide) {
        return PLACE + page;
    }
    vaddr_t place = PLACE_WIDE + stream_below(stream, 4) * WIDE_STEP;
    return place + (stream_one_in(stream, 4) ? page : 0);
}

static uint64_t some_access(struct vm_stream *stream)
{
    static const uint8_t accesses[] = {3, 3, 3, 3, 3, 3, 1, 1, 1, 5, 5, 0};
    return stream_one_in(stream, 48) ? stream_below(stream, 64)
                                     : accesses[stream_below(stream, sizeof(accesses))];
}

static bool is_access(uint64_t flags)
{
    bool both = (flags & j6_map_write) && (flags & j6_map_exec);
    return (flags & ~access_flags) == 0 && !both && (flags == 0 || flags & j6_map_read);
}

/* What the kernel must say to a call, but for what hinges on other mappings. */
static j6_status_t expected_map(const struct stream_area *area, vaddr_t address, uint64_t offset,
                                uint64_t len, uint64_t flags)
{
    uint64_t size = area->pages * PAGE_SIZE;
    bool exact = flags & j6_map_exact;
    if (!is_access(flags & ~(uint64_t)(j6_map_exact | j6_map_fixed_size | j6_map_guard)) ||
        !is_aligned(address | offset | len, PAGE_SIZE)) {
        return j6_err_invalid_arg;
    }
    if ((exact && (address < USER_START || address >= USER_END)) ||
        (len == 0 ? offset != 0 : offset > size || len > size - offset) ||
        (exact && (len == 0 ? size : len) > USER_END - address)) {
        return j6_err_out_of_range;
    }
    bool may_change = area->flags & (j6_vma_flag_resizable | j6_vma_flag_revocable);
    return area->revoked || (flags & j6_map_fixed_size && may_change) ? j6_err_bad_state
                                                                      : j6_status_ok;
}

static bool is_free(const struct vm_stream *stream, unsigned space, vaddr_t address, uint64_t len)
{
    return address >= USER_START && address < USER_END && len <= USER_END - address &&
           !stream_is_taken(stream, space, address, address + len, NULL);
}

/* The pages of a range, as far as an attempt to have them all came. */
static void settle_range(struct vm_stream *stream, struct stream_area *area, uint64_t offset,
                         uint64_t len)
{
    for (uint64_t i = offset / PAGE_SIZE; i < (offset + len) / PAGE_SIZE; i++) {
        stream_page_settle(stream, area, i);
    }
    stream_blocks_settle(stream, area);
}

/* What may be written below a mapping of fixed size is the area's own. */
static void commit_range(struct vm_stream *stream, struct stream_area *area, uint64_t offset,
                         uint64_t len, bool own)
{
    for (uint64_t i = offset / PAGE_SIZE; !area->fixed && i < (offset + len) / PAGE_SIZE; i++) {
        own ? stream_page_own(stream, area, i) : stream_page_make(stream, area, i);
    }
    stream_blocks_settle(stream, area);
}

static void map_at(struct vm_stream *stream, unsigned space, struct stream_area *area,
                   vaddr_t wanted, const uint64_t range[2], uint64_t flags)
{
    uint64_t offset = range[0];
    uint64_t size = range[1] == 0 ? area->pages * PAGE_SIZE : range[1];
    vaddr_t got = wanted;
    j6_status_t status;
    j6_status_t expected = expected_map(area, wanted, offset, range[1], flags);
    bool room = expected == j6_status_ok && is_free(stream, space, wanted, size);
    if (expected == j6_status_ok && flags & j6_map_exact && !room) {
        expected = j6_err_collision;
    }
    bool commits = flags & j6_map_fixed_size && expected != j6_err_invalid_arg &&
                   expected != j6_err_out_of_range && expected != j6_err_bad_state;
    STREAM_TRY(stream, status,
               vm_space_map(&stream->spaces[space], area->area, &got, offset, range[1], flags),
               if (commits) settle_range(stream, area, offset, size));
    STREAM_EXPECT_EQUAL(stream, status, expected);
    if (commits) {
        status == j6_status_ok ? commit_range(stream, area, offset, size, flags & j6_map_write)
                               : settle_range(stream, area, offset, size);
    }
    if (status != j6_status_ok) {
        STREAM_EXPECT_EQUAL(stream, got, wanted);
        return;
    }
    STREAM_EXPECT(stream, is_aligned(got, PAGE_SIZE) && is_free(stream, space, got, size));
    STREAM_EXPECT(stream, !room || got == wanted);
    stream->mappings[stream->mapping_count++] = (struct stream_mapping){
        .space = space,
        .area = (unsigned)(area - stream->areas),
        .start = got,
        .end = got + size,
        .offset = offset,
        .flags = (uint32_t)flags | vm_mapping_owns(flags),
        .whole = range[1] == 0,
    };
}

void stream_map(struct vm_stream *stream)
{
    unsigned space = (unsigned)stream_below(stream, STREAM_SPACES);
    struct stream_area *area = stream_some_area(stream);
    if (area->area == NULL || stream->mapping_count == STREAM_MAPPINGS ||
        !stream_can_own(stream, area)) {
        return;
    }
    uint64_t range[2] = {0, 0}; /* all of it */
    uint64_t flags = some_access(stream);
    flags |= stream_one_in(stream, 2) ? j6_map_exact : 0;
    flags |= stream_one_in(stream, 8) ? j6_map_fixed_size : 0;
    flags |= stream_one_in(stream, 8) ? j6_map_guard : 0;
    if (stream_one_in(stream, 2)) {
        range[0] = stream_below(stream, area->pages + 1) * PAGE_SIZE;
        range[1] = (1 + stream_below(stream, area->pages - range[0] / PAGE_SIZE + 1)) * PAGE_SIZE;
    }
    bool wide = stream_is_wide(area);
    if (wide && stream_one_in(stream, 2)) {
        range[0] = 0;
        range[1] = 0;
    }
    vaddr_t wanted = some_place(stream, wide);
    map_at(stream, space, area, wanted, range, flags);
}

/* A range of a mapping, mostly inside of it; len 0: all of it. */
struct part {
    struct vm_space *space;
    struct vm_area *area;
    vaddr_t address;
    uint64_t len;
};

/* False: there is no mapping, or no room for what is cut off it. */
static bool some_part(struct vm_stream *stream, const struct stream_mapping *mapping,
                      struct part *part)
{
    if (mapping == NULL || stream->mapping_count + 2 > STREAM_MAPPINGS) {
        return false;
    }
    uint64_t pages = (mapping->end - mapping->start) / PAGE_SIZE;
    uint64_t first = stream_below(stream, pages);
    uint64_t count = 1 + stream_below(stream, pages - first);
    if (stream_one_in(stream, 6)) {
        first = 0;
        count = 0;
    } else if (stream_one_in(stream, 24)) {
        count += pages;
    }
    part->space = &stream->spaces[mapping->space];
    part->area = stream->areas[mapping->area].area;
    part->address = mapping->start + first * PAGE_SIZE + (stream_one_in(stream, 64) ? 1 : 0);
    part->len = count * PAGE_SIZE;
    return true;
}

static struct stream_mapping piece_of(const struct stream_mapping *mapping, vaddr_t start,
                                      vaddr_t end)
{
    struct stream_mapping piece = *mapping;
    piece.start = start;
    piece.end = end;
    piece.offset += start - mapping->start;
    piece.whole = false;
    if (start > mapping->start) {
        piece.flags &= ~(uint32_t)j6_map_guard;
    }
    return piece;
}

/* Cuts off what is left and right of the part. */
static void cut(struct vm_stream *stream, struct stream_mapping *mapping, const struct part *part)
{
    struct stream_mapping old = *mapping;
    vaddr_t address = part->address;
    vaddr_t end = part->len == 0 ? old.end : address + part->len;
    if (address > old.start) {
        stream->mappings[stream->mapping_count++] = piece_of(&old, old.start, address);
    }
    if (end < old.end) {
        stream->mappings[stream->mapping_count++] = piece_of(&old, end, old.end);
    }
    if (address > old.start || end < old.end) {
        *mapping = piece_of(&old, address, end);
    }
}

static bool are_alike(const struct stream_mapping *mapping, const struct stream_mapping *next)
{
    return next->space == mapping->space && next->start == mapping->end &&
           next->area == mapping->area &&
           next->flags == (mapping->flags & ~(uint32_t)j6_map_guard) && !next->whole &&
           !mapping->whole && next->offset - mapping->offset == mapping->end - mapping->start;
}

/* What lies side by side and is alike becomes one mapping. */
static void join(struct vm_stream *stream, const struct stream_mapping *mapping)
{
    struct stream_mapping joined = *mapping;
    for (unsigned i = 0; i < stream->mapping_count; i++) {
        const struct stream_mapping *other = &stream->mappings[i];
        if (are_alike(mapping, other)) {
            joined.end = other->end;
        } else if (are_alike(other, mapping)) {
            joined.start = other->start;
            joined.flags = other->flags;
            joined.offset = other->offset;
        }
    }
    for (unsigned i = 0; i < stream->mapping_count;) {
        struct stream_mapping *other = &stream->mappings[i];
        bool inside = other->space == joined.space && other->start >= joined.start &&
                      other->start < joined.end;
        if (inside) {
            *other = stream->mappings[--stream->mapping_count];
        } else {
            i++;
        }
    }
    stream->mappings[stream->mapping_count++] = joined;
}

static j6_status_t expected_part(const struct stream_mapping *mapping, const struct part *part)
{
    bool fits = part->len == 0 ? part->address == mapping->start
                               : part->len <= mapping->end - part->address;
    return !is_aligned(part->address, PAGE_SIZE) ? j6_err_invalid_arg
           : fits                                ? j6_status_ok
                                                 : j6_err_not_found;
}

void stream_unmap(struct vm_stream *stream)
{
    struct stream_mapping *mapping = stream_some_mapping(stream, STREAM_SPACES);
    struct part part;
    if (!some_part(stream, mapping, &part)) {
        return;
    }
    j6_status_t status;
    STREAM_TRY(stream, status, vm_space_unmap(part.space, part.area, part.address, part.len), );
    STREAM_EXPECT_EQUAL(stream, status, expected_part(mapping, &part));
    if (status == j6_status_ok) {
        unsigned touched = mapping->space;
        cut(stream, mapping, &part);
        *mapping = stream->mappings[--stream->mapping_count];
        stream_forget_dead(stream);
        stream_check_space(stream, touched);
    }
}

/* Writing isn't added to a mapping of fixed size that was made without. */
static j6_status_t expected_protect(const struct stream_mapping *mapping, const struct part *part,
                                    uint64_t flags)
{
    if (!is_access(flags) || !is_aligned(part->address, PAGE_SIZE)) {
        return j6_err_invalid_arg;
    }
    bool adds = (flags & j6_map_write) && !(mapping->flags & VM_MAPPING_OWNS);
    return adds && (mapping->flags & j6_map_fixed_size) ? j6_err_bad_state
                                                        : expected_part(mapping, part);
}

void stream_protect(struct vm_stream *stream)
{
    struct stream_mapping *mapping = stream_some_mapping(stream, STREAM_SPACES);
    uint64_t flags = some_access(stream);
    struct part part;
    if (!some_part(stream, mapping, &part)) {
        return;
    }
    j6_status_t status;
    STREAM_TRY(stream, status,
               vm_space_protect(part.space, part.area, part.address, part.len, flags), );
    STREAM_EXPECT_EQUAL(stream, status, expected_protect(mapping, &part, flags));
    if (status == j6_status_ok) {
        unsigned touched = mapping->space;
        cut(stream, mapping, &part);
        mapping->flags = (uint32_t)((mapping->flags & ~access_flags) | flags);
        join(stream, mapping);
        stream_check_space(stream, touched);
    }
}

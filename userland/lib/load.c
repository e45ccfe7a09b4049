/* SPDX-License-Identifier: MIT */
/*
 * The headers are copied out of the file and read by lib/elf.c, which trusts nothing in them. The
 * segments are mapped from clones of the file's pages; what else of the file lies in those is made
 * zero. What fails leaves nothing here; what is already in the process ends with the process.
 */
#include "userland/lib/load.h"
#include "lib/elf.h"
#include "lib/page.h"
#include "lib/string.h"
#include "userland/lib/area.h"
#include "userland/lib/image.h"
#include <j6/j6.h>

enum {
    HEADERS_FIRST = 512, /* enough for the headers of most files */
    PLACES_TRIED = 64,
};

static const uint64_t SEGMENT_RIGHTS =
    j6_right_vma_map | j6_right_vma_read | j6_right_vma_write | j6_right_vma_exec;

/* Where a program goes. */
struct load {
    j6_handle_t process;
    uint64_t base;
    struct loaded *loaded;
};

/* Pages of the file, as an area that is the program's own. */
struct pages {
    j6_handle_t area;
    uint64_t first;    /* where in the file they begin */
    j6_handle_t given; /* the area, in the process; 0: it needs none */
};

/* An area doesn't tell its size: what the headers speak of must be there, as cloning it shows. */
static j6_status_t read_headers(j6_handle_t elf, struct elf_image *out_image)
{
    char headers[PAGE_SIZE];
    j6_status_t status = area_read(elf, 0, headers, HEADERS_FIRST);
    uint64_t size = status == j6_status_ok ? image_file_size(headers, HEADERS_FIRST) : 0;
    if (status == j6_status_ok && size == 0) {
        status = area_read(elf, HEADERS_FIRST, headers + HEADERS_FIRST, PAGE_SIZE - HEADERS_FIRST);
        size = status == j6_status_ok ? image_file_size(headers, PAGE_SIZE) : 0;
    }
    if (status == j6_status_ok && (size == 0 || elf_read(headers, size, out_image) != ELF_OK)) {
        status = j6_err_invalid_arg;
    }
    return status;
}

/* For a file that can't be cloned, since somebody may write to it without ever being refused. */
static j6_status_t copy_pages(j6_handle_t elf, uint64_t first, uint64_t len, j6_handle_t *out_area)
{
    char page[PAGE_SIZE];
    j6_handle_t area;
    j6_status_t status = j6_vma_create(len, 0, &area);
    if (status != j6_status_ok) {
        return status;
    }
    for (uint64_t done = 0; done < len && status == j6_status_ok; done += PAGE_SIZE) {
        status = area_read(elf, first + done, page, PAGE_SIZE);
        if (status == j6_status_ok) {
            status = area_write(area, done, page, PAGE_SIZE);
        }
    }
    if (status != j6_status_ok) {
        j6_handle_close(area);
        return status;
    }
    *out_area = area;
    return j6_status_ok;
}

static j6_status_t open_pages(j6_handle_t elf, uint64_t first, uint64_t end,
                              struct pages *out_pages)
{
    out_pages->first = first;
    j6_status_t status = j6_vma_clone(elf, first, end - first, 0, &out_pages->area);
    return status == j6_err_bad_state ? copy_pages(elf, first, end - first, &out_pages->area)
                                      : status;
}

static j6_status_t clear(j6_handle_t area, uint64_t from, uint64_t end)
{
    static char zeros[PAGE_SIZE]; /* not const: so it takes no room in the program's file */
    return from < end ? area_write(area, from, zeros, end - from) : j6_status_ok;
}

static uint64_t map_flags(const struct elf_segment *segment)
{
    return j6_map_exact | (segment->read ? j6_map_read : 0) | (segment->write ? j6_map_write : 0) |
           (segment->exec ? j6_map_exec : 0);
}

/* A program of another system may change what its segments allow: its layer gets what that needs. */
static j6_status_t give(const struct load *load, j6_handle_t area, j6_handle_t *out_given)
{
    *out_given = j6_handle_none;
    return load->loaded->native
               ? j6_status_ok
               : j6_process_give_handle(load->process, area, SEGMENT_RIGHTS, out_given);
}

static j6_status_t map(const struct load *load, const struct pages *pages, uint64_t address,
                       uint64_t offset, uint64_t len, const struct elf_segment *segment)
{
    uint64_t flags = map_flags(segment);
    j6_status_t status = j6_vma_map(pages->area, load->process, &address, offset, len, flags);
    struct loaded *loaded = load->loaded;
    if (status == j6_status_ok && pages->given != j6_handle_none) {
        struct j6_start_handle *row = &loaded->rows[loaded->row_count++];
        const struct j6_start_mapping mapping = {address | (flags & ~(uint64_t)j6_map_exact), len,
                                                 offset};
        *row = (struct j6_start_handle){
            .kind = j6_start_segment, .type = j6_type_vma, .handle = pages->given};
        memcpy(row->role, &mapping, sizeof(mapping));
    }
    return status;
}

/* The segment's bytes from the file, which lie in these pages, and no others. */
static j6_status_t map_bytes(const struct load *load, const struct pages *pages,
                             const struct elf_segment *segment)
{
    uint64_t from = segment->file_offset - pages->first;
    uint64_t end = from + segment->file_size;
    j6_status_t status = clear(pages->area, page_down(from), from);
    if (status == j6_status_ok) {
        status = clear(pages->area, end, page_up(end));
    }
    if (status != j6_status_ok) {
        return status;
    }
    return map(load, pages, load->base + page_down(segment->vaddr), page_down(from),
               page_up(end) - page_down(from), segment);
}

/* The pages of the segment behind those that have bytes from the file. */
static j6_status_t map_zeros(const struct load *load, const struct elf_segment *segment)
{
    uint64_t from = segment->file_size != 0 ? page_up(segment->vaddr + segment->file_size)
                                            : page_down(segment->vaddr);
    uint64_t end = page_up(segment->vaddr + segment->mem_size);
    struct pages zeros = {.first = 0};
    if (from == end) {
        return j6_status_ok;
    }
    j6_status_t status = j6_vma_create(end - from, 0, &zeros.area);
    if (status != j6_status_ok) {
        return status;
    }
    status = give(load, zeros.area, &zeros.given);
    if (status == j6_status_ok) {
        status = map(load, &zeros, load->base + from, 0, end - from, segment);
    }
    j6_handle_close(zeros.area);
    return status;
}

/* Maps segments that have no page of the file in common, out of one area. */
static j6_status_t map_from_file(const struct load *load, j6_handle_t elf,
                                 const struct elf_segment *segments, size_t count)
{
    uint64_t first = UINT64_MAX;
    uint64_t end = 0;
    for (size_t i = 0; i < count; i++) {
        first = image_first_page(&segments[i]) < first ? image_first_page(&segments[i]) : first;
        end = image_end_page(&segments[i]) > end ? image_end_page(&segments[i]) : end;
    }
    if (first >= end) {
        return j6_status_ok; /* none has bytes there */
    }
    struct pages pages;
    j6_status_t status = open_pages(elf, first, end, &pages);
    if (status != j6_status_ok) {
        return status;
    }
    status = give(load, pages.area, &pages.given);
    for (size_t i = 0; i < count && status == j6_status_ok; i++) {
        if (segments[i].file_size != 0) {
            status = map_bytes(load, &pages, &segments[i]);
        }
    }
    j6_handle_close(pages.area);
    return status;
}

static j6_status_t map_segments(const struct load *load, j6_handle_t elf,
                                const struct elf_image *image)
{
    size_t together = image_pages_are_apart(image) ? image->segment_count : 1;
    j6_status_t status = j6_status_ok;
    for (size_t i = 0; i < image->segment_count && status == j6_status_ok; i += together) {
        status = map_from_file(load, elf, &image->segments[i], together);
    }
    for (size_t i = 0; i < image->segment_count && status == j6_status_ok; i++) {
        status = map_zeros(load, &image->segments[i]);
    }
    return status;
}

/* A place for a PIE; 0: there is none. */
static uint64_t choose_base(const struct elf_image *image, const struct j6_layout_info *layout,
                            uint64_t random, const struct loaded *beside)
{
    for (int i = 0; i < PLACES_TRIED; i++) {
        uint64_t base = image_base(image, layout, random * (2 * (uint64_t)i + 1));
        if (base == 0 || beside == NULL || base + image->high <= beside->low ||
            base + image->low >= beside->high) {
            return base;
        }
    }
    return 0;
}

j6_status_t load_image(j6_handle_t process, const struct j6_layout_info *layout, j6_handle_t elf,
                       uint64_t random, const struct loaded *beside, struct loaded *out_loaded)
{
    struct elf_image image;
    j6_status_t status = read_headers(elf, &image);
    if (status != j6_status_ok) {
        return status;
    }
    uint64_t base = image.pie ? choose_base(&image, layout, random, beside) : 0;
    if (image.pie && base == 0) {
        return j6_err_no_memory;
    }
    *out_loaded = (struct loaded){
        .native = image.native,
        .low = base + image.low,
        .high = base + image.high,
        .entry = base + image.entry,
        .phdr = image.phdr == 0 ? 0 : base + image.phdr,
        .phnum = image.phnum,
        .rows = out_loaded->rows,
    };
    const struct load load = {process, base, out_loaded};
    return map_segments(&load, elf, &image);
}

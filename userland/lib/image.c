/* SPDX-License-Identifier: MIT */
/*
 * Size of the file, from headers that nobody has checked yet; place of the image, and what segments
 * have in common, from checked ones.
 */
#include "userland/lib/image.h"
#include "lib/bits.h"
#include "lib/elf_format.h"
#include "lib/page.h"
#include "lib/string.h"

uint64_t image_file_size(const void *headers, size_t size)
{
    struct elf_file_header file;
    if (size < sizeof(file)) {
        return 0;
    }
    memcpy(&file, headers, sizeof(file));
    uint64_t table_size = file.phnum * sizeof(struct elf_program_header);
    if (file.phoff > size || table_size > size - file.phoff) {
        return 0;
    }
    uint64_t end = file.phoff + table_size;
    for (size_t i = 0; i < file.phnum; i++) {
        struct elf_program_header segment;
        const char *table = (const char *)headers + file.phoff;
        memcpy(&segment, table + i * sizeof(segment), sizeof(segment));
        uint64_t segment_end;
        if (segment.type != ELF_PT_LOAD) {
            continue;
        }
        if (__builtin_add_overflow(segment.offset, segment.filesz, &segment_end)) {
            return 0;
        }
        end = segment_end > end ? segment_end : end;
    }
    return end;
}

uint64_t image_base(const struct elf_image *image, const struct j6_layout_info *layout,
                    uint64_t random)
{
    uint64_t window_end = layout->window + layout->window_size;
    uint64_t first = align_up(layout->window, image->align);
    if (first < layout->window || first > window_end || image->high > window_end - first) {
        return 0;
    }
    uint64_t places = (window_end - first - image->high) / image->align + 1;
    uint64_t base = first + random % places * image->align;

    uint64_t taken = layout->clock_page;
    bool beside = taken == 0 || base + image->high <= taken || base >= taken + PAGE_SIZE;
    if (beside) {
        return base;
    }
    base = align_up(taken + PAGE_SIZE, image->align);
    if (base <= window_end && image->high <= window_end - base) {
        return base;
    }
    return taken >= first && image->high <= taken - first ? first : 0;
}

bool image_pages_are_apart(const struct elf_image *image)
{
    for (size_t i = 0; i < image->segment_count; i++) {
        const struct elf_segment *a = &image->segments[i];
        for (size_t k = 0; k < i; k++) {
            const struct elf_segment *b = &image->segments[k];
            if (image_first_page(a) < image_end_page(b) &&
                image_first_page(b) < image_end_page(a)) {
                return false;
            }
        }
    }
    return true;
}

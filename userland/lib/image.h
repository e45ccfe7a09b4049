/* SPDX-License-Identifier: MIT */
/* Which pages of a file go where: the arithmetic of loading, free of system calls. */
#pragma once
#include "lib/elf.h"
#include "lib/page.h"
#include <j6/info.h>
#include <stddef.h>
#include <stdint.h>

/*
 * How many bytes of an ELF file its program headers speak of, as told by the first `size` bytes of
 * the file; 0 when the headers don't lie in them. What the headers say is checked by elf_read, for
 * which this is the size of the file.
 */
uint64_t image_file_size(const void *headers, size_t size);

/*
 * What to add to the addresses of a PIE: a base with the image's alignment that places the image
 * inside the process's window and beside its clock page. Any number will do for `random`. 0: there
 * is no room.
 */
uint64_t image_base(const struct elf_image *image, const struct j6_layout_info *layout,
                    uint64_t random);

/* The pages of the file that a segment's bytes lie in, as offsets; first >= end if it has none. */
static inline uint64_t image_first_page(const struct elf_segment *segment)
{
    return segment->file_size != 0 ? page_down(segment->file_offset) : UINT64_MAX;
}

static inline uint64_t image_end_page(const struct elf_segment *segment)
{
    return segment->file_size != 0 ? page_up(segment->file_offset + segment->file_size) : 0;
}

/* Has no page of the file bytes of two segments? */
bool image_pages_are_apart(const struct elf_image *image);

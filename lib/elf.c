/* SPDX-License-Identifier: MIT */
/*
 * The ELF reader: file header, then every program header in turn, then what only shows when all
 * segments are known. Sums of untrusted numbers are never formed before it is clear that they fit.
 */
#include "lib/elf.h"
#include "lib/bits.h"
#include "lib/elf_format.h"
#include "lib/page.h"
#include "lib/string.h"

/* Whether [start, start + len) lies in [low, high), without forming the sum. */
static bool lies_within(uint64_t start, uint64_t len, uint64_t low, uint64_t high)
{
    return start >= low && start <= high && len <= high - start;
}

static enum elf_error check_file_header(const struct elf_file_header *header, size_t size)
{
    if (memcmp(header->magic, "\177ELF", 4) != 0) {
        return ELF_BAD_MAGIC;
    }
    if (header->class != ELF_CLASS_64 || header->data != ELF_DATA_LITTLE) {
        return ELF_WRONG_CLASS;
    }
    if (header->ident_version != ELF_VERSION_CURRENT || header->version != ELF_VERSION_CURRENT) {
        return ELF_BAD_VERSION;
    }
    if (header->machine != ELF_MACHINE_X86_64) {
        return ELF_WRONG_MACHINE;
    }
    if (header->type != ELF_TYPE_EXEC && header->type != ELF_TYPE_DYN) {
        return ELF_WRONG_TYPE;
    }
    if (header->phnum == 0) {
        return ELF_NO_SEGMENTS;
    }
    if (header->phnum == ELF_PHNUM_EXTENDED) {
        return ELF_TOO_MANY_SEGMENTS;
    }
    if (header->ehsize != sizeof(*header) || header->phentsize != ELF_PROGRAM_HEADER_SIZE) {
        return ELF_BAD_HEADER_SIZE;
    }
    uint64_t table_size = (uint64_t)header->phnum * ELF_PROGRAM_HEADER_SIZE;
    if (!lies_within(header->phoff, table_size, 0, size)) {
        return ELF_HEADERS_OUTSIDE_FILE;
    }
    return ELF_OK;
}

/* What holds for a segment alone. */
static enum elf_error check_segment(const struct elf_program_header *header, size_t size, bool pie)
{
    uint64_t low = pie ? 0 : ELF_USER_START;
    uint64_t high = pie ? ELF_USER_END - ELF_USER_START : ELF_USER_END;
    if (header->filesz > header->memsz) {
        return ELF_FILE_LARGER_THAN_MEMORY;
    }
    if (!lies_within(header->offset, header->filesz, 0, size)) {
        return ELF_SEGMENT_OUTSIDE_FILE;
    }
    if (!lies_within(header->vaddr, header->memsz, low, high)) {
        return ELF_SEGMENT_OUTSIDE_USER;
    }
    if ((header->flags & ELF_PF_W) && (header->flags & ELF_PF_X)) {
        return ELF_WRITABLE_AND_EXECUTABLE;
    }
    if (!is_power_of_two(header->align) || header->align > ELF_ALIGN_MAX) {
        return ELF_BAD_ALIGNMENT;
    }
    uint64_t modulus = header->align > PAGE_SIZE ? header->align : PAGE_SIZE;
    if (!is_aligned(header->vaddr - header->offset, modulus)) {
        return ELF_BAD_ALIGNMENT;
    }
    return ELF_OK;
}

static bool share_a_page(const struct elf_segment *a, const struct elf_segment *b)
{
    return page_down(a->vaddr) < page_up(b->vaddr + b->mem_size) &&
           page_down(b->vaddr) < page_up(a->vaddr + a->mem_size);
}

/* Adds a checked segment to the image. */
static enum elf_error add_segment(struct elf_image *image, const struct elf_program_header *header)
{
    if (image->segment_count == ELF_SEGMENTS_MAX) {
        return ELF_TOO_MANY_SEGMENTS;
    }
    struct elf_segment *segment = &image->segments[image->segment_count];
    *segment = (struct elf_segment){
        .vaddr = header->vaddr,
        .mem_size = header->memsz,
        .file_offset = header->offset,
        .file_size = header->filesz,
        .read = header->flags & ELF_PF_R,
        .write = header->flags & ELF_PF_W,
        .exec = header->flags & ELF_PF_X,
    };
    for (size_t i = 0; i < image->segment_count; i++) {
        if (share_a_page(&image->segments[i], segment)) {
            return ELF_SEGMENTS_OVERLAP;
        }
    }
    image->segment_count++;
    uint64_t low = page_down(segment->vaddr);
    uint64_t high = page_up(segment->vaddr + segment->mem_size);
    image->low = low < image->low ? low : image->low;
    image->high = high > image->high ? high : image->high;
    image->align = header->align > image->align ? header->align : image->align;
    return ELF_OK;
}

/* Its bytes are read where a segment has put them, so the address must be one of a segment's. */
static enum elf_error add_tls(struct elf_image *image, const struct elf_program_header *header)
{
    uint64_t align = header->align == 0 ? 1 : header->align;
    if (image->tls.mem_size != 0 || header->filesz > header->memsz ||
        header->memsz > ELF_USER_END || !is_power_of_two(align) || align > PAGE_SIZE) {
        return ELF_BAD_TLS;
    }
    image->tls = (struct elf_tls){header->vaddr, header->memsz, header->filesz, align};
    return ELF_OK;
}

static enum elf_error read_segment(struct elf_image *image, size_t size,
                                   const struct elf_program_header *header)
{
    if (header->filesz == 0 && header->memsz == 0) {
        return ELF_OK; /* linkers leave such behind */
    }
    enum elf_error error = check_segment(header, size, image->pie);
    return error != ELF_OK ? error : add_segment(image, header);
}

static enum elf_error read_program_header(struct elf_image *image, size_t size,
                                          const struct elf_program_header *header)
{
    switch (header->type) {
    case ELF_PT_LOAD: return read_segment(image, size, header);
    case ELF_PT_INTERP: return ELF_NEEDS_INTERPRETER;
    case ELF_PT_TLS: return add_tls(image, header);
    case ELF_PT_SENARY: image->native = true; return ELF_OK;
    default: return ELF_OK;
    }
}

/* The segment whose bytes from the file (`from_file`) or whose memory hold that range, or NULL. */
static const struct elf_segment *segment_around(const struct elf_image *image, uint64_t vaddr,
                                                uint64_t len, bool from_file)
{
    for (size_t i = 0; i < image->segment_count; i++) {
        const struct elf_segment *segment = &image->segments[i];
        uint64_t room = from_file ? segment->file_size : segment->mem_size;
        if (lies_within(vaddr, len, segment->vaddr, segment->vaddr + room)) {
            return segment;
        }
    }
    return NULL;
}

/* Where the program headers lie in memory, or 0. */
static uint64_t program_header_address(const struct elf_image *image, uint64_t phoff)
{
    uint64_t len = image->phnum * ELF_PROGRAM_HEADER_SIZE;
    for (size_t i = 0; i < image->segment_count; i++) {
        const struct elf_segment *segment = &image->segments[i];
        if (lies_within(phoff, len, segment->file_offset,
                        segment->file_offset + segment->file_size)) {
            return segment->vaddr + (phoff - segment->file_offset);
        }
    }
    return 0;
}

/* What can be asked only when all segments are known. */
static enum elf_error check_image(const struct elf_image *image)
{
    if (image->segment_count == 0) {
        return ELF_NO_SEGMENTS;
    }
    if (image->tls.file_size != 0 &&
        !segment_around(image, image->tls.vaddr, image->tls.file_size, true)) {
        return ELF_BAD_TLS;
    }
    const struct elf_segment *code = segment_around(image, image->entry, 1, false);
    if (!code || !code->exec) {
        return ELF_BAD_ENTRY;
    }
    return ELF_OK;
}

enum elf_error elf_read(const void *data, size_t size, struct elf_image *out_image)
{
    struct elf_file_header file;
    if (size < sizeof(file)) {
        return ELF_TRUNCATED;
    }
    memcpy(&file, data, sizeof(file));
    enum elf_error error = check_file_header(&file, size);
    if (error != ELF_OK) {
        return error;
    }
    struct elf_image image = {
        .pie = file.type == ELF_TYPE_DYN,
        .entry = file.entry,
        .low = UINT64_MAX,
        .align = PAGE_SIZE,
        .phnum = file.phnum,
    };
    const char *table = (const char *)data + file.phoff;
    for (size_t i = 0; i < file.phnum; i++) {
        struct elf_program_header header;
        memcpy(&header, table + i * sizeof(header), sizeof(header));
        error = read_program_header(&image, size, &header);
        if (error != ELF_OK) {
            return error;
        }
    }
    error = check_image(&image);
    if (error != ELF_OK) {
        return error;
    }
    image.phdr = program_header_address(&image, file.phoff);
    *out_image = image;
    return ELF_OK;
}

const char *elf_error_text(enum elf_error error)
{
    static const char *const texts[ELF_ERROR_COUNT] = {
        [ELF_OK] = "no error",
        [ELF_TRUNCATED] = "shorter than an ELF header",
        [ELF_BAD_MAGIC] = "not an ELF file",
        [ELF_WRONG_CLASS] = "not a 64-bit little-endian ELF file",
        [ELF_BAD_VERSION] = "unknown ELF version",
        [ELF_WRONG_MACHINE] = "not for x86-64",
        [ELF_WRONG_TYPE] = "neither an executable nor a static PIE",
        [ELF_BAD_HEADER_SIZE] = "header sizes are wrong",
        [ELF_NO_SEGMENTS] = "nothing to load",
        [ELF_TOO_MANY_SEGMENTS] = "too many segments",
        [ELF_HEADERS_OUTSIDE_FILE] = "program headers lie beyond the end of the file",
        [ELF_NEEDS_INTERPRETER] = "dynamically linked",
        [ELF_FILE_LARGER_THAN_MEMORY] = "a segment is larger in the file than in memory",
        [ELF_SEGMENT_OUTSIDE_FILE] = "a segment lies beyond the end of the file",
        [ELF_SEGMENT_OUTSIDE_USER] = "a segment lies outside of user memory",
        [ELF_SEGMENTS_OVERLAP] = "two segments share a page",
        [ELF_WRITABLE_AND_EXECUTABLE] = "a segment is writable and executable",
        [ELF_BAD_ALIGNMENT] = "a segment's alignment is wrong",
        [ELF_BAD_TLS] = "the thread-local segment is wrong",
        [ELF_BAD_ENTRY] = "the entry lies in no executable segment",
    };
    return error < ELF_ERROR_COUNT ? texts[error] : "unknown error";
}

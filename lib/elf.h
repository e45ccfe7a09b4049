/* SPDX-License-Identifier: MIT */
/*
 * Reads an ELF64 program for x86-64 (System V ABI, gABI chapters 4 and 5) from untrusted bytes: a
 * fixed-address executable, or a static PIE. Whatever it lets through can be mapped as it says.
 *
 * Rules for elf: each header is copied once and checked afterwards, so memory that somebody else
 * writes to can be read; only the result may be used then, never the headers again.
 *
 * What an image promises: its segments lie in the file and, page-rounded, in the user half; no two
 * share a page; none is writable and executable; a segment's address and file offset agree modulo
 * the page size; the entry lies in an executable one. Addresses of a PIE count from 0, and its
 * segments fit below ELF_USER_END - ELF_USER_START.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ELF_USER_START 0x0000000000010000ull
#define ELF_USER_END   0x00007fffffff0000ull

enum {
    ELF_SEGMENTS_MAX = 16,
    ELF_PROGRAM_HEADER_SIZE = 56, /* AT_PHENT */
    ELF_ALIGN_MAX = 1 << 30,
};

enum elf_error {
    ELF_OK,
    ELF_TRUNCATED,
    ELF_BAD_MAGIC,
    ELF_WRONG_CLASS,
    ELF_BAD_VERSION,
    ELF_WRONG_MACHINE,
    ELF_WRONG_TYPE,
    ELF_BAD_HEADER_SIZE,
    ELF_NO_SEGMENTS,
    ELF_TOO_MANY_SEGMENTS,
    ELF_HEADERS_OUTSIDE_FILE,
    ELF_NEEDS_INTERPRETER,
    ELF_FILE_LARGER_THAN_MEMORY,
    ELF_SEGMENT_OUTSIDE_FILE,
    ELF_SEGMENT_OUTSIDE_USER,
    ELF_SEGMENTS_OVERLAP,
    ELF_WRITABLE_AND_EXECUTABLE,
    ELF_BAD_ALIGNMENT,
    ELF_BAD_TLS,
    ELF_BAD_ENTRY,
    ELF_ERROR_COUNT,
};

/* Where a stretch of the file goes; beyond file_size it is zeros. */
struct elf_segment {
    uint64_t vaddr;
    uint64_t mem_size; /* at least 1 */
    uint64_t file_offset;
    uint64_t file_size; /* at most mem_size */
    bool read;
    bool write;
    bool exec;
};

/* What each thread gets a copy of; mem_size 0 when there is none. */
struct elf_tls {
    uint64_t vaddr;
    uint64_t mem_size;
    uint64_t file_size;
    uint64_t align; /* a power of two */
};

struct elf_image {
    bool pie;
    bool native; /* has the header of Senary's own programs (userland/lib/sdk/j6.ld) */
    uint64_t entry;
    uint64_t low; /* page-rounded span of all segments */
    uint64_t high;
    uint64_t align; /* of a PIE's base: a power of two, at least a page */
    uint64_t phdr;  /* address of the program headers (AT_PHDR); 0: in no segment */
    size_t phnum;
    struct elf_tls tls;
    size_t segment_count; /* at least 1 */
    struct elf_segment segments[ELF_SEGMENTS_MAX];
};

/*
 * `size` is that of the file. Of its bytes only the headers are read, so `data` needn't hold more than
 * those. `out_image` is written on ELF_OK alone.
 */
enum elf_error elf_read(const void *data, size_t size, struct elf_image *out_image);

/* The reason in a few words, for a log line. */
const char *elf_error_text(enum elf_error error);

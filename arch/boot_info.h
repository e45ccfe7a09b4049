/* SPDX-License-Identifier: MIT */
/*
 * Everything that boot hands to the kernel, as plain data: it holds no pointers, so it outlives
 * the boot loader's memory. A reader of the boot protocol fills it (arch/x86_64/multiboot2.c);
 * nobody later reads what the boot loader wrote.
 *
 * Rules for the ranges: sorted by address, not overlapping, not empty, whole pages, all below
 * BOOT_PADDR_LIMIT; neighbours of one type are one range. Where the loader's map overlaps itself
 * the more restrictive type has won. What no range covers isn't memory.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "arch/types.h"

#define BOOT_PADDR_LIMIT (1ull << 52) /* no x86-64 CPU has wider physical addresses */

enum {
    BOOT_RANGES_MAX = 128,
    BOOT_MODULES_MAX = 64,
    BOOT_COMMAND_LINE_MAX = 1024, /* bytes, with the NUL, here and below */
    BOOT_MODULE_LINE_MAX = 256,
    BOOT_NAME_MAX = 64,
    BOOT_RSDP_MAX = 36,
};

/* From the least to the most restrictive. */
enum boot_range_type {
    BOOT_RANGE_AVAILABLE,
    BOOT_RANGE_ACPI_RECLAIMABLE,
    BOOT_RANGE_NVS,
    BOOT_RANGE_RESERVED,
    BOOT_RANGE_BAD,
    BOOT_RANGE_TYPES,
};

struct boot_range {
    paddr_t start;
    paddr_t end; /* exclusive */
    enum boot_range_type type;
};

struct boot_module {
    paddr_t start; /* page-aligned: the image asks for it */
    paddr_t end;   /* exclusive; the last byte of the file, not of its page */
    char command_line[BOOT_MODULE_LINE_MAX];
    char name[BOOT_NAME_MAX]; /* the first word of the command line */
};

enum boot_framebuffer_kind {
    BOOT_FRAMEBUFFER_NONE,
    BOOT_FRAMEBUFFER_RGB,
    BOOT_FRAMEBUFFER_TEXT, /* EGA text: width and height in characters of two bytes */
};

/* One colour's bits within a pixel, counted from the lowest. */
struct boot_colour {
    uint8_t position;
    uint8_t size;
};

struct boot_framebuffer {
    enum boot_framebuffer_kind kind;
    paddr_t address;
    uint32_t width;
    uint32_t height;
    uint32_t pitch; /* bytes from line to line */
    uint32_t bits_per_pixel;
    struct boot_colour red;
    struct boot_colour green;
    struct boot_colour blue;
};

struct boot_info {
    uint32_t range_count;
    uint32_t module_count;
    uint32_t rsdp_len; /* 0: the loader found no RSDP */
    struct boot_range ranges[BOOT_RANGES_MAX];
    struct boot_module modules[BOOT_MODULES_MAX];
    struct boot_framebuffer framebuffer;
    uint8_t rsdp[BOOT_RSDP_MAX]; /* the bytes as found: ACPI checks them */
    char command_line[BOOT_COMMAND_LINE_MAX];
    char options[BOOT_COMMAND_LINE_MAX + 1]; /* its words, each ended by NUL; an empty one ends */
    char loader[BOOT_NAME_MAX];
};

/*
 * The value of the last word `name=value` on the kernel's command line, "" for a bare `name`,
 * NULL when there is neither.
 */
const char *boot_option(const struct boot_info *info, const char *name);

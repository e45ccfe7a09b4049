/* SPDX-License-Identifier: MIT */
/*
 * Layout of the Multiboot2 tags that we read (specification 2.0, section 3.6; where its pictures
 * and GRUB's multiboot2.h differ, as GRUB has it). Only the two files of the reader include it.
 * Packed: the bytes may lie at any address.
 */
#pragma once
#include <stdint.h>

#include "arch/boot_info.h"
#include "kernel/base/assert.h"

enum {
    MULTIBOOT2_TAG_END = 0,
    MULTIBOOT2_TAG_COMMAND_LINE = 1,
    MULTIBOOT2_TAG_LOADER = 2,
    MULTIBOOT2_TAG_MODULE = 3,
    MULTIBOOT2_TAG_MEMORY_MAP = 6,
    MULTIBOOT2_TAG_FRAMEBUFFER = 8,
    MULTIBOOT2_TAG_RSDP_OLD = 14,
    MULTIBOOT2_TAG_RSDP_NEW = 15,
};

struct multiboot2_head {
    uint32_t total_size; /* of the whole information, this head included */
    uint32_t reserved;
} __attribute__((packed));

struct multiboot2_tag {
    uint32_t type;
    uint32_t size; /* with these two words, without the padding up to the next multiple of 8 */
} __attribute__((packed));

struct multiboot2_string {
    struct multiboot2_tag tag;
    char text[];
} __attribute__((packed));

struct multiboot2_module {
    struct multiboot2_tag tag;
    uint32_t start; /* physical */
    uint32_t end;
    char text[];
} __attribute__((packed));

struct multiboot2_memory_map {
    struct multiboot2_tag tag;
    uint32_t entry_size; /* a multiple of 8, and at least the size of an entry */
    uint32_t entry_version;
    uint8_t entries[];
} __attribute__((packed));

enum {
    MULTIBOOT2_MEMORY_AVAILABLE = 1,
    MULTIBOOT2_MEMORY_ACPI_RECLAIMABLE = 3,
    MULTIBOOT2_MEMORY_NVS = 4,
    MULTIBOOT2_MEMORY_BAD = 5, /* everything else is reserved */
};

struct multiboot2_memory_entry {
    uint64_t start;
    uint64_t len;
    uint32_t type;
    uint32_t reserved;
} __attribute__((packed));

enum {
    MULTIBOOT2_FRAMEBUFFER_INDEXED = 0,
    MULTIBOOT2_FRAMEBUFFER_RGB = 1,
    MULTIBOOT2_FRAMEBUFFER_TEXT = 2,
};

struct multiboot2_framebuffer {
    struct multiboot2_tag tag;
    uint64_t address;
    uint32_t pitch;
    uint32_t width;
    uint32_t height;
    uint8_t bits_per_pixel;
    uint8_t type;
    uint16_t reserved;
    struct boot_colour colours[]; /* type RGB: red, green, blue */
} __attribute__((packed));

struct multiboot2_rsdp {
    struct multiboot2_tag tag;
    uint8_t bytes[];
} __attribute__((packed));

static_assert(sizeof(struct multiboot2_memory_map) == 16, "specification 3.6");
static_assert(sizeof(struct multiboot2_memory_entry) == 24, "specification 3.6");
static_assert(sizeof(struct multiboot2_framebuffer) == 32, "specification 3.6");
static_assert(sizeof(struct boot_colour) == 2, "specification 3.6");

/* Fills the ranges of *out from a tag that lies whole in memory; warns of what it leaves out. */
void multiboot2_read_memory_map(const struct multiboot2_memory_map *map, struct boot_info *out);

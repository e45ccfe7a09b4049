/* SPDX-License-Identifier: MIT */
/* Builds Multiboot2 information tag by tag, right or wrong, and reads it: for the tests of it. */
#pragma once
#include "arch/x86_64/multiboot2.h"
#include "kernel/base/log.h"

#include <stdlib.h>
#include <string.h>
#include <test.h>

#define KIB 1024ull
#define MIB (1024 * KIB)

enum { AVAILABLE = 1, RESERVED = 2, ACPI = 3, NVS = 4, BAD = 5 };

static unsigned warnings;

void log_write(enum j6_log_severity severity, const char *fmt, ...)
{
    (void)fmt;
    warnings += severity == j6_log_warning;
}

/* The information under construction. */
static uint8_t bytes[256 * KIB];
static size_t len;
static const uint8_t zeros[256];
static struct boot_info info;

static inline void put(const void *data, size_t size)
{
    assert_true(len + size <= sizeof(bytes));
    memcpy(bytes + len, data, size);
    len += size;
}

static inline void put_u32(uint32_t value)
{
    put(&value, sizeof(value));
}

static inline void put_u64(uint64_t value)
{
    put(&value, sizeof(value));
}

static inline void put_u8(uint8_t value)
{
    put(&value, sizeof(value));
}

static inline size_t tag_begin(uint32_t type)
{
    while (len % 8 != 0) {
        put_u8(0xee);
    }
    put_u32(type);
    put_u32(0);
    return len - 8;
}

static inline void tag_end(size_t tag)
{
    uint32_t size = (uint32_t)(len - tag);
    memcpy(bytes + tag + 4, &size, sizeof(size));
}

static inline void put_tag(uint32_t type, const void *data, size_t size)
{
    size_t tag = tag_begin(type);
    put(data, size);
    tag_end(tag);
}

static inline void put_module(uint32_t start, uint32_t end, const char *line)
{
    size_t tag = tag_begin(3);
    put_u32(start);
    put_u32(end);
    put(line, strlen(line) + 1);
    tag_end(tag);
}

static inline size_t map_begin(uint32_t entry_size)
{
    size_t tag = tag_begin(6);
    put_u32(entry_size);
    put_u32(0);
    return tag;
}

static inline void put_range(uint64_t start, uint64_t size, uint32_t type)
{
    put_u64(start);
    put_u64(size);
    put_u32(type);
    put_u32(0);
}

static inline void put_framebuffer(uint64_t address, uint32_t width, uint32_t height, uint8_t bits,
                                   uint32_t pitch, uint8_t type)
{
    size_t tag = tag_begin(8);
    put_u64(address);
    put_u32(pitch);
    put_u32(width);
    put_u32(height);
    put_u8(bits);
    put_u8(type);
    put("\0", 2);
    put("\x10\x08\x08\x08\x00\x08", 6);
    tag_end(tag);
}

/* Reads exactly the bytes that there are, where a sanitizer sees one too many. */
static inline j6_status_t read_exactly(size_t available)
{
    uint8_t *copy = malloc(available + 1);
    memcpy(copy, bytes, available);
    warnings = 0;
    memset(&info, 0xaa, sizeof(info));
    uint8_t *exact = realloc(copy, available > 0 ? available : 1);
    j6_status_t status = multiboot2_read(exact, available, &info);
    free(exact);
    return status;
}

/* Closes the information with an end tag and reads it. */
static inline void read_all(void)
{
    tag_end(tag_begin(0));
    uint32_t total = (uint32_t)len;
    memcpy(bytes, &total, sizeof(total));
    assert_int_equal(read_exactly(len), j6_status_ok);
}

static inline int set_up(void **state)
{
    (void)state;
    memset(bytes, 0, sizeof(bytes));
    len = 8;
    return 0;
}

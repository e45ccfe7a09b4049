/* SPDX-License-Identifier: MIT */
/*
 * A queue of bytes that lie one behind the other, to which some may be given back at the front. The memory is
 * the caller's.
 */
#pragma once
#include "lib/string.h"
#include <stdint.h>

struct bytes {
    uint8_t *memory;
    size_t cap;
    size_t start;
    size_t len;
};

static inline const uint8_t *bytes_front(const struct bytes *bytes)
{
    return bytes->memory + bytes->start;
}

static inline size_t bytes_room(const struct bytes *bytes)
{
    return bytes->cap - bytes->len;
}

/* Moves them to where there is the most room behind them. */
static inline void bytes_settle(struct bytes *bytes, size_t start)
{
    memmove(bytes->memory + start, bytes_front(bytes), bytes->len);
    bytes->start = start;
}

/* There is room. */
static inline void bytes_put(struct bytes *bytes, const void *data, size_t len)
{
    if (bytes->start + bytes->len + len > bytes->cap) {
        bytes_settle(bytes, 0);
    }
    memcpy(bytes->memory + bytes->start + bytes->len, data, len);
    bytes->len += len;
}

/* So many are there. */
static inline void bytes_drop(struct bytes *bytes, size_t len)
{
    bytes->len -= len;
    bytes->start = bytes->len == 0 ? 0 : bytes->start + len;
}

/* Makes room for `len` more in front, which the caller fills in; there is that room. */
static inline uint8_t *bytes_open_front(struct bytes *bytes, size_t len)
{
    bytes_settle(bytes, len);
    bytes->start = 0;
    bytes->len += len;
    return bytes->memory;
}

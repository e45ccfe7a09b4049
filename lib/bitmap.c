/* SPDX-License-Identifier: MIT */
/* Ranges and searches, a word at a time. Bits of the last word beyond `bits` are never trusted. */
#include "lib/bitmap.h"

/* Bits [first, first + count) of one word; count is 1 to 64. */
static uint64_t word_mask(size_t first, size_t count)
{
    return ~0ull >> (64 - count) << first;
}

static void range_write(uint64_t *words, size_t first, size_t count, bool value)
{
    while (count > 0) {
        size_t low = first % 64;
        size_t len = 64 - low < count ? 64 - low : count;
        uint64_t mask = word_mask(low, len);
        words[first / 64] = value ? words[first / 64] | mask : words[first / 64] & ~mask;
        first += len;
        count -= len;
    }
}

void bitmap_set_range(uint64_t *words, size_t first, size_t count)
{
    range_write(words, first, count, true);
}

void bitmap_clear_range(uint64_t *words, size_t first, size_t count)
{
    range_write(words, first, count, false);
}

/* `flip` is all ones to look for a clear bit. */
static size_t find(const uint64_t *words, size_t bits, size_t from, uint64_t flip)
{
    while (from < bits) {
        uint64_t rest = (words[from / 64] ^ flip) >> from % 64;
        if (rest != 0) {
            from += (size_t)__builtin_ctzll(rest);
            return from < bits ? from : bits;
        }
        from += 64 - from % 64;
    }
    return bits;
}

size_t bitmap_find_set(const uint64_t *words, size_t bits, size_t from)
{
    return find(words, bits, from, 0);
}

size_t bitmap_find_clear(const uint64_t *words, size_t bits, size_t from)
{
    return find(words, bits, from, ~0ull);
}

size_t bitmap_find_clear_run(const uint64_t *words, size_t bits, size_t from, size_t count)
{
    size_t start = bitmap_find_clear(words, bits, from);
    while (start < bits) {
        size_t end = bitmap_find_set(words, bits, start);
        if (end - start >= count) {
            return start;
        }
        start = bitmap_find_clear(words, bits, end);
    }
    return bits;
}

size_t bitmap_count(const uint64_t *words, size_t bits)
{
    size_t count = 0;
    for (size_t bit = find(words, bits, 0, 0); bit < bits; bit = find(words, bits, bit + 1, 0)) {
        count++;
    }
    return count;
}

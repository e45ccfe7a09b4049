/* SPDX-License-Identifier: MIT */
/*
 * UTF-8 into characters, byte by byte, so that a character may come in pieces. What is no UTF-8 becomes
 * U+FFFD: one for each longest beginning of a character that breaks off, and for each byte that begins
 * none (Unicode 15, 3.9, table 3-8).
 */
#pragma once
#include <stddef.h>
#include <stdint.h>

enum { UTF8_REPLACEMENT = 0xfffd };

/* A character that has come in part; all zero: none. */
struct utf8 {
    uint32_t character; /* its bits so far */
    uint8_t left;       /* bytes that are still to come … */
    uint8_t low, high;  /* … the next of them within these */
};

/* Takes a byte; returns how many characters it completes, 0 to 2. */
size_t utf8_take(struct utf8 *utf8, uint8_t byte, uint32_t out[2]);

/* Nothing more comes: returns how many characters that makes, 0 or 1. */
size_t utf8_end(struct utf8 *utf8, uint32_t out[1]);

/* SPDX-License-Identifier: MIT */
/* Characters of UTF-8 in a text, and how many columns of a terminal they take. Pure. */
#pragma once
#include <stddef.h>
#include <stdint.h>

/* How many bytes the character at the start has; 1 for a byte that begins none. len isn't 0. */
size_t utf8_length(const char *text, size_t len);

/* Where the character before `at` begins; and the one behind it, with what combines with it. */
size_t utf8_before(const char *text, size_t at);
size_t utf8_behind(const char *text, size_t at, size_t len);

/* 0 for what combines with the character before; 2 for the wide ones of East Asia, emoji, and what is shown as ^X. */
unsigned utf8_width(const char *text, size_t len);

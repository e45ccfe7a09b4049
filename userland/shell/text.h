/* SPDX-License-Identifier: MIT */
/*
 * Memory of the shell: text that grows, and an arena for what lives as long as a command. Pure: both end the
 * program by text_no_memory when there is no more, so nobody has to look.
 */
#pragma once
#include <stddef.h>
#include <stdnoreturn.h>

/* Bytes with a 0 behind them, once something was added; zeroed memory is an empty one. */
struct text {
    char *bytes;
    size_t len;
    size_t room;
};

void text_add(struct text *text, const char *bytes, size_t len);
void text_add_char(struct text *text, char c);
void text_add_string(struct text *text, const char *string);
void text_format(struct text *text, const char *format, ...)
    __attribute__((__format__(__printf__, 2, 3)));
void text_insert(struct text *text, size_t at, const char *bytes, size_t len);
void text_cut(struct text *text, size_t at, size_t len);
void text_clear(struct text *text);
void text_free(struct text *text);

/* The string; an empty one if nothing was added. */
const char *text_string(const struct text *text);

/* Memory that is given back all at once; zeroed memory is an empty one. What it gives is zero. */
struct arena {
    struct arena_block *blocks;
    struct arena_block
        *spare; /* or NULL: what is given back is soon taken again, by the next command of a loop */
};

/* Where it is full up to; arena_release gives back what was taken since. */
struct arena_mark {
    struct arena_block *block;
    size_t used;
};

struct arena_mark arena_mark(const struct arena *arena);
void arena_release(struct arena *arena, struct arena_mark mark);

void *arena_take(struct arena *arena, size_t size);
char *arena_copy(struct arena *arena, const char *bytes, size_t len);
void arena_free(struct arena *arena);

/* Of the C library, with that end instead of NULL. */
void *memory_take(void *old, size_t size);
char *memory_copy(const char *string);
void memory_give(void *memory);

/* Says so, and exits with 2. */
noreturn void text_no_memory(void);

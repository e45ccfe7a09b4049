/* SPDX-License-Identifier: MIT */
#include "userland/shell/text.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

noreturn void text_no_memory(void)
{
    static const char line[] = "sh: there is no more memory\n";
    fputs(line, stderr);
    exit(2);
}

void *memory_take(void *old, size_t size)
{
    void *memory = realloc(old, size != 0 ? size : 1);
    if (memory == NULL) {
        text_no_memory();
    }
    return memory;
}

char *memory_copy(const char *string)
{
    size_t size = strlen(string) + 1;
    return memcpy(memory_take(NULL, size), string, size);
}

void memory_give(void *memory)
{
    free(memory);
}

/* ---- text ------------------------------------------------------------------------------------ */

static void make_room(struct text *text, size_t len)
{
    if (text->room - text->len <= len) {
        size_t room = 2 * text->room > text->len + len + 32 ? 2 * text->room : text->len + len + 32;
        text->bytes = memory_take(text->bytes, room);
        text->room = room;
    }
}

void text_insert(struct text *text, size_t at, const char *bytes, size_t len)
{
    make_room(text, len);
    memmove(text->bytes + at + len, text->bytes + at, text->len - at);
    if (len != 0) {
        memcpy(text->bytes + at, bytes, len);
    }
    text->len += len;
    text->bytes[text->len] = '\0';
}

void text_add(struct text *text, const char *bytes, size_t len)
{
    text_insert(text, text->len, bytes, len);
}

void text_add_char(struct text *text, char c)
{
    text_add(text, &c, 1);
}

void text_add_string(struct text *text, const char *string)
{
    text_add(text, string, strlen(string));
}

void text_format(struct text *text, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int len = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (len > 0) {
        make_room(text, (size_t)len);
        va_start(args, format);
        vsnprintf(text->bytes + text->len, (size_t)len + 1, format, args);
        va_end(args);
        text->len += (size_t)len;
    }
}

void text_cut(struct text *text, size_t at, size_t len)
{
    if (len != 0) {
        memmove(text->bytes + at, text->bytes + at + len, text->len - at - len);
        text->len -= len;
        text->bytes[text->len] = '\0';
    }
}

void text_clear(struct text *text)
{
    text_cut(text, 0, text->len);
}

void text_free(struct text *text)
{
    free(text->bytes);
    *text = (struct text){NULL, 0, 0};
}

const char *text_string(const struct text *text)
{
    return text->bytes != NULL ? text->bytes : "";
}

/* ---- arenas ---------------------------------------------------------------------------------- */

enum { BLOCK = 4096, ALIGNMENT = 16 };

struct arena_block {
    struct arena_block *next;
    size_t used;
    size_t size;
    _Alignas(ALIGNMENT) char bytes[];
};

static struct arena_block *block_with(struct arena *arena, size_t size)
{
    struct arena_block *block = arena->blocks;
    if (block == NULL || block->size - block->used < size) {
        size_t room = size > BLOCK ? size : BLOCK;
        block = room == BLOCK ? arena->spare : NULL;
        if (block != NULL) {
            arena->spare = NULL;
        } else {
            block = memory_take(NULL, sizeof(*block) + room);
        }
        *block = (struct arena_block){.next = arena->blocks, .size = room};
        arena->blocks = block;
    }
    return block;
}

static void give_block(struct arena *arena, struct arena_block *block)
{
    if (arena->spare == NULL && block->size == BLOCK) {
        arena->spare = block;
    } else {
        free(block);
    }
}

void *arena_take(struct arena *arena, size_t size)
{
    size = (size + ALIGNMENT - 1) & ~(size_t)(ALIGNMENT - 1);
    struct arena_block *block = block_with(arena, size);
    void *memory = block->bytes + block->used;
    block->used += size;
    return memset(memory, 0, size);
}

char *arena_copy(struct arena *arena, const char *bytes, size_t len)
{
    char *copy = arena_take(arena, len + 1);
    return len != 0 ? memcpy(copy, bytes, len) : copy;
}

struct arena_mark arena_mark(const struct arena *arena)
{
    return (struct arena_mark){arena->blocks, arena->blocks != NULL ? arena->blocks->used : 0};
}

void arena_release(struct arena *arena, struct arena_mark mark)
{
    while (arena->blocks != mark.block) {
        struct arena_block *next = arena->blocks->next;
        give_block(arena, arena->blocks);
        arena->blocks = next;
    }
    if (mark.block != NULL) {
        mark.block->used = mark.used;
    }
}

void arena_free(struct arena *arena)
{
    arena_release(arena, (struct arena_mark){NULL, 0});
    free(arena->spare);
    arena->spare = NULL;
}

/* SPDX-License-Identifier: MIT */
/*
 * The start stack is built by two cursors: words from its low end, bytes (strings, random bytes and
 * the handle table) above them.
 */
#include "lib/start_stack.h"
#include "lib/bits.h"
#include "lib/elf.h"
#include "lib/page.h"
#include "lib/string.h"
#include "lib/auxv.h"

enum { AUXV_PAIRS = 12 }; /* as build_auxv writes them */

struct builder {
    uint64_t *words; /* next one to write */
    char *bytes;
    uint64_t moved; /* to be added to a pointer for its value in the new process */
};

static size_t count_strings(const char *const *strings)
{
    size_t count = 0;
    while (strings && strings[count]) {
        count++;
    }
    return count;
}

static size_t strings_size(const char *const *strings)
{
    size_t size = 0;
    for (size_t i = 0; strings && strings[i]; i++) {
        size += strlen(strings[i]) + 1;
    }
    return size;
}

static size_t words_size(const struct start_stack *start)
{
    size_t pointers = count_strings(start->argv) + 1 + count_strings(start->envp) + 1;
    return (1 + pointers + 2 * AUXV_PAIRS) * sizeof(uint64_t);
}

size_t start_stack_size(const struct start_stack *start)
{
    size_t bytes = start->row_count * sizeof(*start->rows) + START_RANDOM_SIZE +
                   strings_size(start->argv) + strings_size(start->envp) + strlen(start->name) + 1;
    return align_up(words_size(start) + bytes, 16);
}

/* Appends bytes; tells their address in the new process. */
static uint64_t put_bytes(struct builder *builder, const void *data, size_t len)
{
    char *place = builder->bytes;
    memcpy(place, data, len);
    builder->bytes += len;
    return (uint64_t)place + builder->moved;
}

static void put_strings(struct builder *builder, const char *const *strings)
{
    for (size_t i = 0; strings && strings[i]; i++) {
        *builder->words++ = put_bytes(builder, strings[i], strlen(strings[i]) + 1);
    }
    *builder->words++ = 0;
}

static void put_pair(struct builder *builder, uint64_t kind, uint64_t value)
{
    *builder->words++ = kind;
    *builder->words++ = value;
}

void start_stack_build(const struct start_stack *start, void *buf, uint64_t address)
{
    struct builder builder = {
        .words = buf,
        .bytes = (char *)buf + words_size(start),
        .moved = address - (uint64_t)buf,
    };
    uint64_t rows = put_bytes(&builder, start->rows, start->row_count * sizeof(*start->rows));
    uint64_t random = put_bytes(&builder, start->random, sizeof(start->random));

    *builder.words++ = count_strings(start->argv);
    put_strings(&builder, start->argv);
    put_strings(&builder, start->envp);
    put_pair(&builder, AT_PHDR, start->phdr);
    put_pair(&builder, AT_PHENT, ELF_PROGRAM_HEADER_SIZE);
    put_pair(&builder, AT_PHNUM, start->phnum);
    put_pair(&builder, AT_PAGESZ, PAGE_SIZE);
    put_pair(&builder, AT_ENTRY, start->entry);
    put_pair(&builder, AT_RANDOM, random);
    put_pair(&builder, AT_EXECFN, put_bytes(&builder, start->name, strlen(start->name) + 1));
    put_pair(&builder, AT_SECURE, 0);
    put_pair(&builder, J6_AT_HANDLES, rows);
    put_pair(&builder, J6_AT_HANDLE_COUNT, start->row_count);
    put_pair(&builder, J6_AT_SYSINFO, start->clock_page);
    put_pair(&builder, AT_NULL, 0);
    memset(builder.bytes, 0, -(uint64_t)(builder.bytes - (char *)buf) % 16);
}

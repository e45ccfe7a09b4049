/* SPDX-License-Identifier: MIT */
/* SOURCES: userland/shell/pars*.c userland/shell/lexer.c userland/shell/word.c userland/shell/text.c userland/shell/expand.c userland/shell/field.c userland/shell/parameter.c userland/shell/arithmetic.c userland/shell/pattern.c */
/*
 * Any bytes as commands: the parser makes progress, its nodes point into the text, and all words that it finds can be
 * expanded, with variables, output and names that are as strange.
 */
#include "userland/shell/expand.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *whole; /* the input, with a 0 at its end */
static size_t whole_len;

static void require(bool condition)
{
    if (!condition) {
        abort();
    }
}

static const char *variable(void *context, struct slice name)
{
    (void)context;
    return name.len % 3 == 0 ? NULL : name.len % 3 == 1 ? "a *b [c-" : whole;
}

static const char *argument(void *context, size_t n)
{
    (void)context;
    return n < 3 ? "x y" : NULL;
}

static void command(void *context, struct slice list, struct text *out)
{
    (void)context;
    text_add(out, list.bytes, list.len < 64 ? list.len : 64);
}

static void names(void *context, const char *directory,
                  void (*each)(void *argument, const char *name), void *argument)
{
    (void)context;
    if (strlen(directory) < 16) {
        each(argument, "ab");
        each(argument, "*");
    }
}

static const struct expand_source source = {NULL, variable, argument, command, names};

static void check_slice(struct slice slice)
{
    require(slice.bytes == NULL || (slice.bytes >= whole && slice.len <= whole_len &&
                                    slice.bytes + slice.len <= whole + whole_len));
}

static void check_words(struct arena *arena, const struct word *word)
{
    for (; word != NULL; word = word->next) {
        struct arguments arguments = {NULL, 0, 0};
        char error[expand_error_max];
        check_slice(word->text);
        if (expand_word(arena, &source, word->text, &arguments, error)) {
            require(arguments.count == 0 || arguments.at[arguments.count] == NULL);
        }
        expand_string(arena, &source, word->text, error);
    }
}

static void check(struct arena *arena, const struct node *node)
{
    for (; node != NULL; node = node->next) {
        check_slice(node->text);
        check_slice(node->name);
        check_words(arena, node->words);
        check_words(arena, node->assignments);
        for (const struct redirect *one = node->redirects; one != NULL; one = one->next) {
            require(one->number >= 0 && one->number <= 2 && one->target.text.len != 0);
        }
        check(arena, node->first);
        check(arena, node->second);
        check(arena, node->third);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = malloc(size + 1);
    if (size != 0) {
        memcpy(text, data, size);
    }
    text[size] = '\0';
    whole = text;
    whole_len = size;
    struct parser parser = {.text = text, .len = size, .line = 1};
    enum parse_result result;
    do {
        struct arena arena = {NULL, NULL};
        struct node *node = NULL;
        char error[parse_error_max];
        size_t before = parser.at;
        result = parse_next(&parser, &arena, &node, error);
        require(parser.at <= size);
        require(parser.at > before || result == parse_end || result == parse_incomplete);
        if (result == parse_command) {
            require(node != NULL);
            check(&arena, node);
        }
        arena_free(&arena);
    } while (result == parse_command || result == parse_wrong);
    free(text);
    return 0;
}

/* SPDX-License-Identifier: MIT */
/* What the language of the shell (syntax.h) is made of: words and operators. Pure. */
#pragma once
#include "userland/shell/syntax.h"

enum token_kind {
    token_end,
    token_newline,
    token_word,
    token_semicolon,
    token_ampersand,
    token_and,
    token_or,
    token_pipe,
    token_open,
    token_close,
    token_less,
    token_greater,
    token_append,
    token_same,
    token_unfinished,
    token_bad,
};

struct token {
    enum token_kind kind;
    struct slice text;
    int number; /* before a redirection; -1: none */
};

/* Where the next token begins: blanks, comments and lines that are continued are skipped. */
size_t skip_blanks(const char *text, size_t at, size_t len);

/* The token at the start of the text. A digit right before < or > belongs to it. */
struct token token_at(const char *text, size_t len);

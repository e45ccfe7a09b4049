/* SPDX-License-Identifier: MIT */
#include "userland/shell/lexer.h"
#include <string.h>

static const struct {
    const char *text;
    enum token_kind kind;
} operators[] = {
    {"&&", token_and},      {"||", token_or},       {">>", token_append}, {">&", token_same},
    {";", token_semicolon}, {"&", token_ampersand}, {"|", token_pipe},    {"(", token_open},
    {")", token_close},     {"<", token_less},      {">", token_greater}, {"\n", token_newline},
};

size_t skip_blanks(const char *text, size_t at, size_t len)
{
    for (;;) {
        if (at < len && (text[at] == ' ' || text[at] == '\t' || text[at] == '\r')) {
            at++;
        } else if (at + 1 < len && text[at] == '\\' && text[at + 1] == '\n') {
            at += 2;
        } else if (at < len && text[at] == '#') {
            while (at < len && text[at] != '\n') {
                at++;
            }
        } else {
            return at;
        }
    }
}

static struct token operator_at(const char *text, size_t len)
{
    for (size_t i = 0; i < sizeof(operators) / sizeof(operators[0]); i++) {
        size_t size = strlen(operators[i].text);
        if (len >= size && memcmp(text, operators[i].text, size) == 0) {
            return (struct token){operators[i].kind, {text, size}, -1};
        }
    }
    size_t size = word_length(text, len);
    enum token_kind kind = size != 0 ? token_word : text[0] == '\0' ? token_bad : token_unfinished;
    return (struct token){kind, {text, size}, -1};
}

struct token token_at(const char *text, size_t len)
{
    if (len >= 2 && text[0] >= '0' && text[0] <= '9' && (text[1] == '<' || text[1] == '>')) {
        struct token token = operator_at(text + 1, len - 1);
        token.text = (struct slice){text, token.text.len + 1};
        token.number = text[0] - '0';
        return token;
    }
    return len != 0 ? operator_at(text, len) : (struct token){token_end, {text, 0}, -1};
}

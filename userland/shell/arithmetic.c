/* SPDX-License-Identifier: MIT */
/* $((…)): operators by precedence; numbers of 64 bits, which wrap around. */
#include "userland/shell/expand.h"
#include <stdlib.h>
#include <string.h>

enum { DEPTH_MAX = 64 };

struct sum {
    const struct expand_source *source;
    const char *at;
    const char *end;
    unsigned depth;
    unsigned
        idle; /* behind && or || whose result is known: what divides by 0 there doesn't matter */
    bool failed;
};

static const struct {
    const char *text;
    unsigned precedence;
} operators[] = {
    {"||", 1}, {"&&", 2}, {"==", 3}, {"!=", 3}, {"<=", 4}, {">=", 4}, {"<", 4},
    {">", 4},  {"+", 5},  {"-", 5},  {"*", 6},  {"/", 6},  {"%", 6},
};

static void skip(struct sum *sum)
{
    while (sum->at < sum->end && strchr(" \t\n", *sum->at) != NULL && *sum->at != '\0') {
        sum->at++;
    }
}

static bool take(struct sum *sum, const char *text)
{
    size_t len = strlen(text);
    skip(sum);
    bool found = (size_t)(sum->end - sum->at) >= len && memcmp(sum->at, text, len) == 0;
    sum->at += found ? len : 0;
    return found;
}

static int64_t fail(struct sum *sum)
{
    sum->failed = true;
    return 0;
}

static int64_t value(struct sum *sum, unsigned precedence);

static unsigned digit(char c)
{
    return c >= '0' && c <= '9'   ? (unsigned)(c - '0')
           : c >= 'a' && c <= 'f' ? (unsigned)(c - 'a') + 10
           : c >= 'A' && c <= 'F' ? (unsigned)(c - 'A') + 10
                                  : 16;
}

/* As in C: 0x… and 0… have other bases. */
static int64_t number(struct sum *sum)
{
    uint64_t n = 0;
    bool hexadecimal = take(sum, "0x") || take(sum, "0X");
    unsigned base = hexadecimal ? 16 : *sum->at == '0' ? 8 : 10;
    const char *start = sum->at;
    while (sum->at < sum->end && digit(*sum->at) < base) {
        n = base * n + digit(*sum->at++);
    }
    return sum->at != start ? (int64_t)n : fail(sum);
}

static int64_t variable(struct sum *sum)
{
    struct slice name = {sum->at, 0};
    while (sum->at < sum->end && is_name_char(*sum->at, name.len == 0)) {
        sum->at++;
        name.len++;
    }
    const char *text = sum->source->variable(sum->source->context, name);
    char *end = NULL;
    int64_t n = text != NULL ? strtoll(text, &end, 0) : 0;
    return text != NULL && *end != '\0' ? fail(sum) : n;
}

static int64_t operand(struct sum *sum)
{
    if (take(sum, "(")) {
        int64_t n = value(sum, 1);
        return take(sum, ")") ? n : fail(sum);
    }
    if (take(sum, "-")) {
        return (int64_t)(0 - (uint64_t)value(sum, 7));
    }
    if (take(sum, "+")) {
        return value(sum, 7);
    }
    if (take(sum, "!")) {
        return !value(sum, 7);
    }
    if (sum->at < sum->end && *sum->at >= '0' && *sum->at <= '9') {
        return number(sum);
    }
    if (sum->at < sum->end && is_name_char(*sum->at, true)) {
        return variable(sum);
    }
    return fail(sum);
}

static int64_t divide(struct sum *sum, char operator, int64_t a, int64_t b)
{
    if (b == 0) {
        return sum->idle != 0 ? 0 : fail(sum);
    }
    if (b == -1) {
        return operator== '/' ? (int64_t)(0 - (uint64_t)a) : 0;
    }
    return operator== '/' ? a / b : a % b;
}

static int64_t combine(struct sum *sum, const char *operator, int64_t a, int64_t b)
{
    bool longer = operator[1] != '\0';
    switch (operator[0]) {
    case '|': return a || b;
    case '&': return a && b;
    case '=': return a == b;
    case '!': return a != b;
    case '<': return longer ? a <= b : a < b;
    case '>': return longer ? a >= b : a > b;
    case '+': return (int64_t)((uint64_t)a + (uint64_t)b);
    case '-': return (int64_t)((uint64_t)a - (uint64_t)b);
    case '*': return (int64_t)((uint64_t)a * (uint64_t)b);
    default: return divide(sum, operator[0], a, b);
    }
}

/* The operator that comes, if it binds at least so tightly; NULL: none does. */
static const char *take_operator(struct sum *sum, unsigned precedence, unsigned *out_precedence)
{
    for (size_t i = 0; i < sizeof(operators) / sizeof(operators[0]); i++) {
        if (operators[i].precedence >= precedence && take(sum, operators[i].text)) {
            *out_precedence = operators[i].precedence;
            return operators[i].text;
        }
    }
    return NULL;
}

/* Operands with operators between them that bind at least so tightly, from the left. */
static int64_t value(struct sum *sum, unsigned precedence)
{
    unsigned found;
    if (++sum->depth > DEPTH_MAX) {
        return fail(sum);
    }
    int64_t n = operand(sum);
    const char *operator;
    while (!sum->failed && (operator= take_operator(sum, precedence, &found)) != NULL) {
        bool known = (operator[0] == '&' && n == 0) || (operator[0] == '|' && n != 0);
        sum->idle += known;
        int64_t right = value(sum, found + 1);
        sum->idle -= known;
        n = sum->failed ? 0 : combine(sum, operator, n, right);
    }
    sum->depth--;
    return n;
}

bool arithmetic(const struct expand_source *source, struct slice text, int64_t *out_value)
{
    struct sum sum = {.source = source, .at = text.bytes, .end = text.bytes + text.len};
    skip(&sum);
    *out_value = sum.at == sum.end ? 0 : value(&sum, 1);
    skip(&sum);
    return !sum.failed && sum.at == sum.end;
}

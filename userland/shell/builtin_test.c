/* SPDX-License-Identifier: MIT */
/*
 * test, [: [!] operand; -n -z of strings, -e -f -d of files; = != of strings, -eq -ne -lt -le -gt -ge of whole
 * numbers; -a and -o between them. Without an expression `test` tries the system instead.
 */
#include "userland/shell/builtin.h"
#include "userland/shell/files.h"
#include <stdlib.h>
#include <string.h>

struct expression {
    struct shell *shell;
    const char *const *at;
    const char *const *end;
    bool wrong;
};

static bool is_file(struct shell *shell, const char *operator, const char * path)
{
    struct files_stat stat;
    if (look_at_file(shell, path, &stat) != j6_status_ok) {
        return false;
    }
    switch (operator[1]) {
    case 'f': return stat.type == files_type_file;
    case 'd': return stat.type == files_type_directory;
    default: return true;
    }
}

static int64_t number(struct expression *expression, const char *text)
{
    char *end;
    int64_t value = strtoll(text, &end, 10);
    if (*text == '\0' || *end != '\0') {
        complain(expression->shell, "test: %s: that isn't a number\n", text);
        expression->wrong = true;
    }
    return value;
}

static const struct {
    const char *name;
    bool of_numbers;
    bool less, equal, more; /* what it says of the order of its operands */
} operators[] = {
    {"=", false, false, true, false},  {"!=", false, true, false, true},
    {"-eq", true, false, true, false}, {"-ne", true, true, false, true},
    {"-lt", true, true, false, false}, {"-le", true, true, true, false},
    {"-gt", true, false, false, true}, {"-ge", true, false, true, true},
};

enum { OPERATORS = sizeof(operators) / sizeof(operators[0]) };

/* OPERATORS: that isn't one. */
static size_t operator_of(const char *text)
{
    size_t i = 0;
    while (i < OPERATORS && strcmp(operators[i].name, text) != 0) {
        i++;
    }
    return i;
}

static bool binary(struct expression *expression, const char *a, size_t operator, const char * b)
{
    int order = strcmp(a, b);
    if (operators[operator].of_numbers) {
        int64_t left = number(expression, a);
        int64_t right = expression->wrong ? 0 : number(expression, b);
        order = (left > right) - (left < right);
    }
    return order < 0 ? operators[operator].less : order> 0
        ? operators[operator].more : operators[operator].equal;
}

static bool is_unary(const char *text)
{
    return strlen(text) == 2 && text[0] == '-' && strchr("nzefd", text[1]) != NULL;
}

static bool unary(struct expression *expression, const char *operator, const char * operand)
{
    switch (operator[1]) {
    case 'n': return operand[0] != '\0';
    case 'z': return operand[0] == '\0';
    default: return is_file(expression->shell, operator, operand);
    }
}

/* Words are what they are only by their place: an operator between two others comes first. */
static bool term(struct expression *expression)
{
    const char *const *at = expression->at;
    ptrdiff_t left = expression->end - at;
    if (left >= 3 && operator_of(at[1]) < OPERATORS) {
        expression->at += 3;
        return binary(expression, at[0], operator_of(at[1]), at[2]);
    }
    if (left >= 2 && strcmp(at[0], "!") == 0) {
        expression->at++;
        return !term(expression);
    }
    if (left >= 2 && is_unary(at[0])) {
        expression->at += 2;
        return unary(expression, at[0], at[1]);
    }
    expression->wrong = expression->wrong || left == 0;
    expression->at += left != 0;
    return left != 0 && at[0][0] != '\0';
}

static bool takes(struct expression *expression, const char *word)
{
    bool there = expression->at < expression->end && strcmp(*expression->at, word) == 0;
    expression->at += there;
    return there && !expression->wrong;
}

/* -a binds its operands before -o does. */
static bool both(struct expression *expression)
{
    bool result = term(expression);
    while (takes(expression, "-a")) {
        result = term(expression) && result;
    }
    return result;
}

static bool either(struct expression *expression)
{
    bool result = both(expression);
    while (takes(expression, "-o")) {
        result = both(expression) || result;
    }
    return result;
}

static int evaluate_expression(struct expression *expression)
{
    bool result = either(expression);
    if (expression->wrong || expression->at != expression->end) {
        complain(expression->shell, "test: that isn't an expression\n");
        return status_usage;
    }
    return result ? status_ok : status_failed;
}

int builtin_test(struct shell *shell, const char *const *argv)
{
    static const char *const all[] = {"selftest", NULL};
    size_t count = argument_count(argv);
    bool bracket = strcmp(argv[0], "[") == 0;
    if (bracket && strcmp(argv[count - 1], "]") != 0) {
        complain(shell, "[: the ] at the end is missing\n");
        return status_usage;
    }
    if (!bracket && count == 1) {
        run_arguments(shell, all);
        return shell->status;
    }
    struct expression expression = {shell, argv + 1, argv + count - bracket, false};
    return expression.at == expression.end ? status_failed : evaluate_expression(&expression);
}

/* SPDX-License-Identifier: MIT */
/*
 * test, [: [!] operand; -n -z of strings, -e -f -d of files; = != of strings, -eq -ne -lt -le -gt -ge of whole
 * numbers; -a and -o between them, from the left. Without an expression `test` tries the system instead.
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

static bool compare(struct expression *expression, const char *operator, int64_t order)
{
    static const char *const names[] = {"-eq", "-ne", "-lt", "-le", "-gt", "-ge"};
    const bool results[] = {order == 0, order != 0, order<0, order <= 0, order> 0, order >= 0};
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (strcmp(operator, names[i]) == 0) {
            return results[i];
        }
    }
    complain(expression->shell, "test: %s: there is no such operator\n", operator);
    expression->wrong = true;
    return false;
}

static bool binary(struct expression *expression, const char *a, const char *operator,
                   const char * b)
{
    if (strcmp(operator, "=") == 0) {
        return strcmp(a, b) == 0;
    }
    if (strcmp(operator, "!=") == 0) {
        return strcmp(a, b) != 0;
    }
    int64_t left = number(expression, a);
    int64_t right = expression->wrong ? 0 : number(expression, b);
    return !expression->wrong && compare(expression, operator,(left > right) - (left < right));
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

static bool is_joining(const char *text)
{
    return strcmp(text, "-a") == 0 || strcmp(text, "-o") == 0;
}

static bool term(struct expression *expression)
{
    bool negated = false;
    bool result = false;
    while (expression->end - expression->at > 1 && strcmp(expression->at[0], "!") == 0) {
        negated = !negated;
        expression->at++;
    }
    const char *const *at = expression->at;
    ptrdiff_t left = expression->end - at;
    if (left >= 3 && !is_joining(at[1])) {
        result = binary(expression, at[0], at[1], at[2]);
        expression->at += 3;
    } else if (left >= 2 && is_unary(at[0])) {
        result = unary(expression, at[0], at[1]);
        expression->at += 2;
    } else if (left >= 1) {
        result = at[0][0] != '\0';
        expression->at++;
    } else {
        expression->wrong = true;
    }
    return result != negated;
}

static int evaluate_expression(struct expression *expression)
{
    bool result = term(expression);
    while (!expression->wrong && expression->at < expression->end && is_joining(*expression->at)) {
        bool both = strcmp(*expression->at++, "-a") == 0;
        bool next = term(expression);
        result = both ? result && next : result || next;
    }
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

/* SPDX-License-Identifier: MIT */
/* Builtins about variables and arguments. */
#include "userland/shell/builtin.h"
#include <string.h>

static void show_variables(struct shell *shell, bool exported)
{
    for (const struct variable *one = shell->variables.first; one != NULL; one = one->next) {
        if (one->value != NULL && (one->exported || !exported)) {
            say(shell, "%s=%s\n", one->name, one->value);
        }
    }
}

int builtin_set(struct shell *shell, const char *const *argv)
{
    if (argv[1] != NULL) {
        return usage(shell, argv[0]);
    }
    show_variables(shell, false);
    return status_ok;
}

int builtin_export(struct shell *shell, const char *const *argv)
{
    if (argv[1] == NULL) {
        show_variables(shell, true);
    }
    for (const char *const *argument = argv + 1; *argument != NULL; argument++) {
        struct slice name = {*argument, strcspn(*argument, "=")};
        if (!is_name(name.bytes, name.len)) {
            return usage(shell, argv[0]);
        }
        if (name.bytes[name.len] == '=') {
            variables_set(&shell->variables, name, name.bytes + name.len + 1);
        }
        variables_export(&shell->variables, name, true);
    }
    return status_ok;
}

int builtin_unset(struct shell *shell, const char *const *argv)
{
    for (const char *const *argument = argv + 1; *argument != NULL; argument++) {
        if (!is_name(*argument, strlen(*argument))) {
            return usage(shell, argv[0]);
        }
        variables_unset(&shell->variables, (struct slice){*argument, strlen(*argument)});
    }
    return status_ok;
}

/* A \ quotes what comes, and a line that it ends goes on; unless it is raw. */
static bool read_line(struct shell *shell, struct text *line, bool raw)
{
    char byte;
    while (read_byte(shell, &byte)) {
        bool quoted = byte == '\\' && !raw && read_byte(shell, &byte);
        if (byte == '\n' && !quoted) {
            return true;
        }
        if (byte != '\n') {
            text_add_char(line, byte);
        }
    }
    return line->len != 0;
}

/* The next word, or all that is left, without blanks around it. */
static struct slice next_word(const char **rest, bool last)
{
    const char *word = *rest + strspn(*rest, " \t");
    size_t len = last ? strlen(word) : strcspn(word, " \t");
    *rest = word + len;
    while (len > 0 && strchr(" \t", word[len - 1]) != NULL) {
        len--;
    }
    return (struct slice){word, len};
}

/* Words go into the variables one by one, what is left into the last. */
int builtin_read(struct shell *shell, const char *const *argv)
{
    struct text line = {NULL, 0, 0};
    bool raw = argv[1] != NULL && strcmp(argv[1], "-r") == 0;
    const char *const *names = argv + 1 + raw;
    for (const char *const *name = names; *name != NULL; name++) {
        if (!is_name(*name, strlen(*name))) {
            return usage(shell, argv[0]);
        }
    }
    bool read = read_line(shell, &line, raw);
    const char *rest = text_string(&line);
    for (const char *const *name = names; *name != NULL; name++) {
        struct slice word = next_word(&rest, name[1] == NULL);
        const char *value = arena_copy(&shell->arena, word.bytes, word.len);
        variables_set(&shell->variables, (struct slice){*name, strlen(*name)}, value);
    }
    text_free(&line);
    return read ? status_ok : status_failed;
}

int builtin_shift(struct shell *shell, const char *const *argv)
{
    uint64_t count = 1;
    if (argv[1] != NULL && (!number_of(argv[1], &count) || argv[2] != NULL)) {
        return usage(shell, argv[0]);
    }
    if (count > argument_count(shell->arguments)) {
        return status_failed;
    }
    shell->arguments += count;
    return status_ok;
}

/* SPDX-License-Identifier: MIT */
/* The table of builtins, and those that are about the language itself. */
#include "userland/shell/shell.h"
#include "userland/shell/variables.h"
#include <stdlib.h>
#include <string.h>

enum { LOOPS_MAX = 1000 };

size_t argument_count(const char *const *argv)
{
    size_t count = 0;
    while (argv[count] != NULL) {
        count++;
    }
    return count;
}

int usage(struct shell *shell, const char *name)
{
    const struct builtin *builtin = builtin_find(name);
    complain(shell, "usage: %s%s%s\n", name, builtin->usage[0] != '\0' ? " " : "", builtin->usage);
    return status_usage;
}

static int run_true(struct shell *shell, const char *const *argv)
{
    (void)shell;
    (void)argv;
    return status_ok;
}

static int run_false(struct shell *shell, const char *const *argv)
{
    (void)shell;
    (void)argv;
    return status_failed;
}

/* In one piece, so that lines of several commands don't mix. */
static int run_echo(struct shell *shell, const char *const *argv)
{
    struct text text = {NULL, 0, 0};
    bool newline = argv[1] == NULL || strcmp(argv[1], "-n") != 0;
    for (const char *const *argument = argv + 1 + !newline; *argument != NULL; argument++) {
        text_format(&text, "%s%s", *argument, argument[1] != NULL ? " " : "");
    }
    text_add_string(&text, newline ? "\n" : "");
    say_bytes(shell, text_string(&text), text.len);
    text_free(&text);
    return status_ok;
}

static int run_exit(struct shell *shell, const char *const *argv)
{
    uint64_t code = (uint64_t)shell->status;
    if (argv[1] != NULL && (!number_of(argv[1], &code) || argv[2] != NULL)) {
        return usage(shell, argv[0]);
    }
    shell->exits = true;
    return (int)(code & 255);
}

/* ---- variables ----------------------------------------------------------------------------------- */

static void show_variables(struct shell *shell, bool exported)
{
    for (const struct variable *one = shell->variables.first; one != NULL; one = one->next) {
        if (one->value != NULL && (one->exported || !exported)) {
            say(shell, "%s=%s\n", one->name, one->value);
        }
    }
}

static int run_set(struct shell *shell, const char *const *argv)
{
    if (argv[1] != NULL) {
        return usage(shell, argv[0]);
    }
    show_variables(shell, false);
    return status_ok;
}

static int run_export(struct shell *shell, const char *const *argv)
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

static int run_unset(struct shell *shell, const char *const *argv)
{
    for (const char *const *argument = argv + 1; *argument != NULL; argument++) {
        if (!is_name(*argument, strlen(*argument))) {
            return usage(shell, argv[0]);
        }
        variables_unset(&shell->variables, (struct slice){*argument, strlen(*argument)});
    }
    return status_ok;
}

static bool read_line(struct shell *shell, struct text *line)
{
    char byte;
    while (stream_read_byte(&shell->streams.at[0], &byte)) {
        if (byte == '\n') {
            return true;
        }
        text_add_char(line, byte);
    }
    return line->len != 0;
}

/* Words go into the variables one by one, what is left into the last. */
static int run_read(struct shell *shell, const char *const *argv)
{
    struct text line = {NULL, 0, 0};
    for (const char *const *argument = argv + 1; *argument != NULL; argument++) {
        if (!is_name(*argument, strlen(*argument))) {
            return usage(shell, argv[0]);
        }
    }
    bool read = read_line(shell, &line);
    const char *rest = text_string(&line);
    for (const char *const *argument = argv + 1; *argument != NULL; argument++) {
        rest += strspn(rest, " \t");
        size_t len = argument[1] != NULL ? strcspn(rest, " \t") : strlen(rest);
        const char *value = arena_copy(&shell->arena, rest, len);
        variables_set(&shell->variables, (struct slice){*argument, strlen(*argument)}, value);
        rest += len;
    }
    text_free(&line);
    return read ? status_ok : status_failed;
}

static int run_shift(struct shell *shell, const char *const *argv)
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

/* ---- loops, other files, other ways to run --------------------------------------------------------- */

static int leave_loops(struct shell *shell, const char *const *argv, bool continues)
{
    uint64_t count = 1;
    bool right = argv[1] == NULL ||
                 (number_of(argv[1], &count) && count != 0 && count < LOOPS_MAX && argv[2] == NULL);
    if (!right) {
        return usage(shell, argv[0]);
    }
    shell->leaves = count < shell->loops ? (unsigned)count : shell->loops;
    shell->continues = continues;
    return status_ok;
}

static int run_break(struct shell *shell, const char *const *argv)
{
    return leave_loops(shell, argv, false);
}

static int run_continue(struct shell *shell, const char *const *argv)
{
    return leave_loops(shell, argv, true);
}

static int run_source(struct shell *shell, const char *const *argv)
{
    struct text text = {NULL, 0, 0};
    if (argv[1] == NULL || argv[2] != NULL) {
        return usage(shell, argv[0]);
    }
    shell->status = status_failed;
    if (file_text(shell, argv[1], &text)) {
        shell->status = status_ok;
        run_text(shell, argv[1], text_string(&text), text.len);
    }
    text_free(&text);
    return shell->status;
}

static int run_time(struct shell *shell, const char *const *argv)
{
    j6_time_t begin = 0, end = 0;
    if (argv[1] == NULL) {
        return usage(shell, argv[0]);
    }
    j6_clock(&begin);
    run_arguments(shell, argv + 1);
    j6_clock(&end);
    note(shell, "%.6f s\n", (double)(end - begin) / 1e9);
    return shell->status;
}

static int run_with(struct shell *shell, const char *const *argv)
{
    if (argv[1] == NULL || argv[2] == NULL) {
        return usage(shell, argv[0]);
    }
    struct text role = {NULL, 0, 0};
    for (const char *at = argv[1]; *at != '\0'; at += at[0] == ',') {
        size_t len = strcspn(at, ",");
        text_clear(&role);
        text_add(&role, at, len);
        if (j6_find(text_string(&role)) == j6_handle_none) {
            complain(shell, "with: the shell has no handle with the role %s\n", text_string(&role));
            text_free(&role);
            return status_failed;
        }
        at += len;
    }
    text_free(&role);
    const char *before = shell->roles;
    shell->roles = argv[1];
    run_arguments(shell, argv + 2);
    shell->roles = before;
    return shell->status;
}

static int run_history(struct shell *shell, const char *const *argv)
{
    if (argv[1] != NULL) {
        return usage(shell, argv[0]);
    }
    for (size_t i = 0; i < shell->history.count; i++) {
        say(shell, "%4zu  %s\n", i + 1, shell->history.lines[i]);
    }
    return status_ok;
}

/* ---- the table ----------------------------------------------------------------------------------- */

static const struct builtin builtins[] = {
    {".", "FILE", "runs the commands of a file in this shell", run_source},
    {":", "", "does nothing", run_true},
    {"[", "EXPRESSION ]", "the same as test", builtin_test},
    {"break", "[LOOPS]", "leaves a loop", run_break},
    {"cd", "[DIRECTORY]", "goes to a directory", builtin_cd},
    {"continue", "[LOOPS]", "begins the next round of a loop", run_continue},
    {"echo", "[-n] [WORD...]", "shows its arguments", run_echo},
    {"exit", "[STATUS]", "ends the shell", run_exit},
    {"export", "[NAME[=VALUE]...]", "gives variables to the programs that are started", run_export},
    {"false", "", "fails", run_false},
    {"fg", "[JOB]", "waits for a job of the background, as if it had never been there", builtin_fg},
    {"help", "[COMMAND]", "explains", builtin_help},
    {"history", "", "lists the commands that were given", run_history},
    {"jobs", "", "lists what runs in the background", builtin_jobs},
    {"kill", "PID|%JOB...", "ends processes: those of this shell, and services", builtin_kill},
    {"poweroff", "", "switches the machine off", builtin_poweroff},
    {"pwd", "", "says where the shell is", builtin_pwd},
    {"read", "[NAME...]", "reads a line into variables, word by word", run_read},
    {"reboot", "", "starts the machine again", builtin_reboot},
    {"set", "", "lists all variables", run_set},
    {"shift", "[COUNT]", "drops the first of the script's arguments", run_shift},
    {"svc", "list | restart NAME | stop NAME | kill NAME",
     "services: what there is, and what shall be", builtin_svc},
    {"test", "[EXPRESSION]", "judges an expression; without one, tries the system", builtin_test},
    {"time", "COMMAND...", "says how long a command took", run_time},
    {"tour", "[STOP]", "shows the system around, stop by stop", builtin_tour},
    {"true", "", "succeeds", run_true},
    {"unset", "NAME...", "forgets variables", run_unset},
    {"wait", "[JOB]", "waits for a job of the background, or for all", builtin_wait},
    {"with", "ROLE[,ROLE...] COMMAND...", "gives a command more of the shell's own handles",
     run_with},
};

const struct builtin *builtin_at(size_t n)
{
    return n < sizeof(builtins) / sizeof(builtins[0]) ? &builtins[n] : NULL;
}

const struct builtin *builtin_find(const char *name)
{
    const struct builtin *builtin;
    for (size_t n = 0; (builtin = builtin_at(n)) != NULL; n++) {
        if (strcmp(builtin->name, name) == 0) {
            return builtin;
        }
    }
    return NULL;
}

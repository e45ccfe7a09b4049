/* SPDX-License-Identifier: MIT */
/*
 *   sh                    commands from a person, if there is a terminal; else from stdin
 *   sh -i                 from a person at stdin and stdout, whatever they are
 *   sh FILE [ARGUMENT…]   from a file
 *   sh -c TEXT [NAME [ARGUMENT…]]
 */
#include "userland/shell/files.h"
#include "userland/shell/job.h"
#include <stdlib.h>
#include <string.h>

static const char *const no_arguments[] = {NULL};

static void take_streams(struct shell *shell)
{
    static const char *const roles[] = {"stdin", "stdout", "stderr"};
    for (unsigned i = 0; i < 3; i++) {
        shell->streams.at[i] = (struct stream){j6_find(roles[i]), 0, false};
    }
}

/* A part of the system object for looking, and one for the log: commands get no more of it. */
static j6_handle_t restricted(uint32_t kind)
{
    const struct j6_range range = {.kind = kind, .count = 1};
    j6_handle_t system = j6_find("system");
    j6_handle_t part;
    return system != j6_handle_none && j6_system_restrict(system, &range, 1, &part) == j6_status_ok
               ? part
               : j6_handle_none;
}

/* Of another shell that this one is a part of: what $?, $$ and $! are there, and -NAME for what isn't exported. */
static void take_variable(struct shell *shell, struct slice name, const char *value)
{
    bool exported = name.len == 0 || name.bytes[0] != '-';
    name = (struct slice){name.bytes + !exported, name.len - !exported};
    if (slice_is(name, "?")) {
        shell->status = atoi(value);
    } else if (slice_is(name, "$")) {
        shell->number = strtoull(value, NULL, 10);
    } else if (slice_is(name, "!")) {
        shell->last_background = strtoull(value, NULL, 10);
    } else if (is_name(name.bytes, name.len)) {
        variables_set(&shell->variables, name, value);
        variables_export(&shell->variables, name, exported);
    }
}

static void take_environment(struct shell *shell, char *const *environment)
{
    j6_koid_t koid = 0;
    j6_object_koid(j6_handle_self_process, &koid);
    shell->number = koid_number(koid);
    for (; *environment != NULL; environment++) {
        const char *equals = strchr(*environment, '=');
        if (equals != NULL) {
            struct slice name = {*environment, (size_t)(equals - *environment)};
            take_variable(shell, name, equals + 1);
        }
    }
}

/* Where another shell was when it started this one: the directory's own path isn't known to anybody. */
static const char *start_path(const struct shell *shell)
{
    return variables_get(&shell->variables, (struct slice){"PWD", 3});
}

static void serve_file(struct shell *shell, const char *path)
{
    struct text text = {NULL, 0, 0};
    if (file_text(shell, path, &text)) {
        run_text(shell, path, text_string(&text), text.len);
    } else {
        shell->status = status_not_found;
    }
    text_free(&text);
}

/* Line by line, so that commands find the rest of the input. */
static void serve_input(struct shell *shell)
{
    struct text text = {NULL, 0, 0};
    char byte = '\0';
    bool more = true;
    while (more && !shell->exits && !interrupt_poll(shell)) {
        more = read_byte(shell, &byte);
        if (more) {
            text_add_char(&text, byte);
        }
        if (!more || byte == '\n') {
            bool complete = !more || parse_is_complete(text_string(&text), text.len);
            if (complete) {
                run_text(shell, "stdin", text_string(&text), text.len);
                text_clear(&text);
            }
        }
    }
    text_free(&text);
}

static void serve(struct shell *shell, int argc, char **argv)
{
    bool has_text = argc > 2 && strcmp(argv[1], "-c") == 0;
    bool forced = argc == 2 && strcmp(argv[1], "-i") == 0;
    struct terminal_channels channels;
    if (terminal_begin(&shell->terminal, argc == 1, &channels)) {
        interactive_streams(shell, &channels);
    }
    files_begin(shell, start_path(shell));
    shell->interactive = forced || shell->terminal.own != j6_handle_none;
    if (has_text) {
        shell->name = argc > 3 ? argv[3] : argv[0];
        shell->arguments = argc > 4 ? (const char *const *)argv + 4 : no_arguments;
        run_text(shell, shell->name, argv[2], strlen(argv[2]));
    } else if (shell->interactive) {
        interactive_serve(shell);
    } else if (argc > 1 && argv[1][0] != '-') {
        shell->name = argv[1];
        shell->arguments = (const char *const *)argv + 2;
        serve_file(shell, argv[1]);
    } else if (argc == 1) {
        serve_input(shell);
    } else {
        complain(shell, "usage: sh [FILE [ARGUMENT...] | -c TEXT [NAME [ARGUMENT...]] | -i]\n");
        shell->status = status_usage;
    }
}

int main(int argc, char **argv, char **environment)
{
    static struct shell shell;
    shell.name = argc > 0 ? argv[0] : "sh";
    shell.arguments = no_arguments;
    take_streams(&shell);
    take_environment(&shell, environment);
    shell.info = restricted(j6_range_info);
    shell.log = restricted(j6_range_log);
    serve(&shell, argc, argv);
    jobs_end(&shell);
    terminal_end(&shell.terminal);
    return shell.status;
}

/* SPDX-License-Identifier: MIT */
/* Simple commands: assignments, redirections, and a builtin or a program in the foreground. */
#include "userland/shell/builtin.h"
#include "userland/shell/evaluate.h"
#include "userland/shell/job.h"
#include "userland/shell/start.h"
#include <string.h>

struct assignment {
    struct assignment *next;
    struct slice name;
    const char *value;
    const char *before; /* NULL: it wasn't set */
    bool was_exported;
};

/* Of NAME=word. False: said why not. */
static bool read_assignment(struct shell *shell, const struct word *word,
                            struct assignment *assignment)
{
    char error[expand_error_max];
    struct expand_source source = expand_source_of(shell);
    const char *equals = memchr(word->text.bytes, '=', word->text.len);
    size_t len = (size_t)(equals - word->text.bytes);
    struct slice value = {equals + 1, word->text.len - len - 1};
    assignment->name = (struct slice){word->text.bytes, len};
    assignment->value = expand_string(&shell->arena, &source, value, error);
    if (assignment->value == NULL) {
        complain(shell, "%s\n", error);
    }
    return assignment->value != NULL;
}

static bool assign(struct shell *shell, const struct word *words)
{
    for (; words != NULL; words = words->next) {
        struct assignment assignment;
        if (!read_assignment(shell, words, &assignment)) {
            return false;
        }
        variables_set(&shell->variables, assignment.name, assignment.value);
    }
    return true;
}

static void export_for_now(struct shell *shell, struct assignment *assignment)
{
    const char *before = variables_get(&shell->variables, assignment->name);
    assignment->before = before != NULL ? arena_copy(&shell->arena, before, strlen(before)) : NULL;
    assignment->was_exported = variables_is_exported(&shell->variables, assignment->name);
    variables_set(&shell->variables, assignment->name, assignment->value);
    variables_export(&shell->variables, assignment->name, true);
}

static void put_back(struct shell *shell, const struct assignment *assignment)
{
    variables_unset(&shell->variables, assignment->name);
    if (assignment->before != NULL) {
        variables_set(&shell->variables, assignment->name, assignment->before);
        variables_export(&shell->variables, assignment->name, assignment->was_exported);
    }
}

/* For one command alone: exported, and put back behind it, the last one first. */
static void with_assignments(struct shell *shell, const struct word *words, const char *const *argv)
{
    struct assignment *done = NULL;
    bool right = true;
    for (; words != NULL && right; words = words->next) {
        struct assignment *assignment = arena_take(&shell->arena, sizeof(*assignment));
        right = read_assignment(shell, words, assignment);
        if (right) {
            export_for_now(shell, assignment);
            assignment->next = done;
            done = assignment;
        }
    }
    if (right) {
        run_arguments(shell, argv);
    } else {
        shell->status = status_failed;
    }
    for (; done != NULL; done = done->next) {
        put_back(shell, done);
    }
}

void evaluate_simple(struct shell *shell, const struct node *node)
{
    struct arguments arguments = {NULL, 0, 0};
    struct redirected redirected;
    shell->substituted = status_ok;
    if (!expand_words(shell, node->words, &arguments) ||
        !redirect_begin(shell, node->redirects, &redirected)) {
        shell->status = shell->interrupted ? status_interrupted : status_failed;
        return;
    }
    if (arguments.count == 0) {
        shell->status = assign(shell, node->assignments) ? shell->substituted : status_failed;
    } else {
        with_assignments(shell, node->assignments, arguments.at);
    }
    redirect_end(shell, &redirected);
}

/* ---- programs ---------------------------------------------------------------------------------- */

static void run_program(struct shell *shell, const char *const *argv)
{
    struct started started;
    struct slice text = {argv[0], strlen(argv[0])};
    struct job *job = job_new(shell, text, true);
    const struct start what = {.argv = argv,
                               .streams = job_streams(&shell->streams, job),
                               .terminal = job->terminal.handle};
    int status = start(shell, &what, &started);
    if (status == status_ok) {
        job_add(job, &started, argv[0]);
    } else {
        job_add_failed(job, status);
    }
    terminal_job_close_channels(&job->terminal);
    shell->status = job_finish(shell, job);
}

void run_arguments(struct shell *shell, const char *const *argv)
{
    const struct builtin *builtin = builtin_find(argv[0]);
    if (builtin != NULL) {
        int status = builtin->run(shell, argv);
        shell->status = shell->interrupted ? status_interrupted : status;
    } else {
        run_program(shell, argv);
    }
}

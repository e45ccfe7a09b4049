/* SPDX-License-Identifier: MIT */
/*
 * Walks the tree of a command. What must run beside the shell, though it isn't a program, is given as text to
 * another shell: stages of pipelines, ( list ), what runs in the background, and $( list ).
 */
#include "userland/shell/shell.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DEPTH_MAX = 16 };

bool must_stop(struct shell *shell)
{
    return interrupt_poll(shell) || shell->exits || shell->leaves != 0;
}

/* ---- simple commands ----------------------------------------------------------------------------- */

static bool expand_words(struct shell *shell, const struct word *words, struct arguments *arguments)
{
    char error[expand_error_max];
    struct expand_source source = expand_source_of(shell);
    arguments->at = arena_take(&shell->arena, sizeof(char *));
    for (; words != NULL; words = words->next) {
        if (!expand_word(&shell->arena, &source, words->text, arguments, error)) {
            complain(shell, "%s\n", error);
            return false;
        }
    }
    return !shell->interrupted;
}

struct assignment {
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

/* For one command alone: exported, and put back behind it, the last one first. */
static void with_assignments(struct shell *shell, const struct word *words, const char *const *argv)
{
    struct assignment assignment;
    if (words == NULL) {
        run_arguments(shell, argv);
        return;
    }
    if (!read_assignment(shell, words, &assignment)) {
        shell->status = status_failed;
        return;
    }
    const char *before = variables_get(&shell->variables, assignment.name);
    assignment.before = before != NULL ? arena_copy(&shell->arena, before, strlen(before)) : NULL;
    assignment.was_exported = variables_is_exported(&shell->variables, assignment.name);
    variables_set(&shell->variables, assignment.name, assignment.value);
    variables_export(&shell->variables, assignment.name, true);
    with_assignments(shell, words->next, argv);
    variables_unset(&shell->variables, assignment.name);
    if (assignment.before != NULL) {
        variables_set(&shell->variables, assignment.name, assignment.before);
        variables_export(&shell->variables, assignment.name, assignment.was_exported);
    }
}

static void evaluate_simple(struct shell *shell, const struct node *node)
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

/* ---- programs ------------------------------------------------------------------------------------ */

/* A job has channels of its own at the terminal, in place of the shell's. */
static struct streams streams_for(const struct streams *streams, const struct job *job)
{
    struct streams own = *streams;
    for (unsigned i = 0; i < 3; i++) {
        if (own.at[i].of_terminal && job->terminal.handle != j6_handle_none) {
            own.at[i].handle = i == 0 ? job->terminal.input : job->terminal.output;
        }
    }
    return own;
}

static void run_program(struct shell *shell, const char *const *argv)
{
    j6_handle_t process;
    struct slice text = {argv[0], strlen(argv[0])};
    struct job *job = job_new(shell, text, true);
    const struct start what = {.argv = argv,
                               .streams = streams_for(&shell->streams, job),
                               .terminal = job->terminal.handle};
    int status = start(shell, &what, &process);
    if (status == status_ok) {
        job_add(job, process, argv[0], strcmp(argv[0], "sh") == 0);
    }
    terminal_job_close_channels(&job->terminal);
    int end = job_finish(shell, job);
    shell->status = status != status_ok ? status : end;
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

/* ---- pipelines ----------------------------------------------------------------------------------- */

/* Starts a stage; its streams are the shell's at the moment. A simple command that is a program needs no shell. */
static void start_stage(struct shell *shell, struct job *job, const struct node *node, bool whole)
{
    j6_handle_t process;
    struct arguments arguments = {NULL, 0, 0};
    struct redirected redirected = {.count = 0};
    struct start what = {.text = node->text};
    bool simple =
        whole && node->kind == node_simple && node->words != NULL && node->assignments == NULL;
    if (simple) {
        if (!expand_words(shell, node->words, &arguments) ||
            !redirect_begin(shell, node->redirects, &redirected)) {
            return;
        }
        simple = arguments.count != 0 && builtin_find(arguments.at[0]) == NULL;
        if (simple) {
            what.argv = arguments.at;
        } else {
            redirect_end(shell, &redirected);
        }
    }
    what.streams = streams_for(&shell->streams, job);
    what.terminal = job->terminal.handle;
    if (start(shell, &what, &process) == status_ok) {
        bool is_shell = !simple || strcmp(arguments.at[0], "sh") == 0;
        job_add(job, process, simple ? arguments.at[0] : "sh", is_shell);
    } else {
        job->processes[job->count++] = (struct job_process){.status = status_not_found};
    }
    if (simple) {
        redirect_end(shell, &redirected);
    }
}

/* All stages, with a channel between each and the next. `whole` false: the node is one stage for another shell. */
static void start_stages(struct shell *shell, struct job *job, const struct node *first, bool whole)
{
    struct streams before = shell->streams;
    j6_handle_t in = j6_handle_none;
    for (const struct node *stage = first; stage != NULL; stage = whole ? stage->next : NULL) {
        j6_handle_t out = j6_handle_none;
        shell->streams = before;
        bool last = !whole || stage->next == NULL;
        if (job->count == job_processes_max ||
            (!last && j6_channel_create(0, &out) != j6_status_ok)) {
            complain(shell, "there is no room for so long a pipeline\n");
            last = true;
        } else {
            if (stage != first) {
                shell->streams.at[0] = (struct stream){in, 0, false};
            }
            if (!last) {
                shell->streams.at[1] = (struct stream){out, 0, false};
            }
            start_stage(shell, job, stage, whole);
        }
        if (in != j6_handle_none) {
            j6_handle_close(in);
        }
        in = out;
        if (last) {
            break;
        }
    }
    shell->streams = before;
    terminal_job_close_channels(&job->terminal);
}

static void evaluate_command(struct shell *shell, const struct node *node);

static void evaluate_pipeline(struct shell *shell, const struct node *node)
{
    if (node->first->next == NULL) {
        evaluate_command(shell, node->first);
    } else {
        struct job *job = job_new(shell, node->text, true);
        start_stages(shell, job, node->first, true);
        shell->status = job_finish(shell, job);
    }
    if (node->negated && !shell->interrupted) {
        shell->status = shell->status == status_ok;
    }
}

/* Without input: that is the foreground's. */
static void evaluate_background(struct shell *shell, const struct node *node)
{
    const struct node *first = node->first;
    bool pipeline = first->kind == node_pipeline && !first->negated;
    struct stream input = shell->streams.at[0];
    struct job *job = job_new(shell, node->text, false);
    shell->streams.at[0] = (struct stream){0, 0, false};
    start_stages(shell, job, pipeline ? first->first : first, pipeline);
    shell->streams.at[0] = input;
    job_leave(shell, job);
    if (shell->interactive) {
        note(shell, "[%u] %llu\n", job->number, (unsigned long long)shell->last_background);
    }
    shell->status = status_ok;
}

/* ---- the rest ------------------------------------------------------------------------------------ */

/* After a round of a loop: does it go on? */
static bool loop_goes_on(struct shell *shell)
{
    if (shell->leaves != 0) {
        shell->leaves--;
        bool on = shell->leaves == 0 && shell->continues;
        shell->continues = shell->leaves != 0 && shell->continues;
        return on && !must_stop(shell);
    }
    return !must_stop(shell);
}

static void evaluate_while(struct shell *shell, const struct node *node)
{
    int status = status_ok;
    shell->loops++;
    for (;;) {
        evaluate(shell, node->first);
        if (must_stop(shell) || (shell->status == status_ok) == node->negated) {
            loop_goes_on(shell);
            break;
        }
        evaluate(shell, node->second);
        status = shell->status;
        if (!loop_goes_on(shell)) {
            break;
        }
    }
    shell->loops--;
    shell->status = shell->interrupted ? status_interrupted : status;
}

static void evaluate_for(struct shell *shell, const struct node *node)
{
    struct arguments arguments = {NULL, 0, 0};
    const char *const *values = shell->arguments;
    if (node->has_list) {
        if (!expand_words(shell, node->words, &arguments)) {
            shell->status = status_failed;
            return;
        }
        values = arguments.at;
    }
    shell->status = status_ok;
    shell->loops++;
    for (; *values != NULL; values++) {
        variables_set(&shell->variables, node->name, *values);
        evaluate(shell, node->second);
        if (!loop_goes_on(shell)) {
            break;
        }
    }
    shell->loops--;
}

static void evaluate_if(struct shell *shell, const struct node *node)
{
    evaluate(shell, node->first);
    if (must_stop(shell)) {
        return;
    }
    if (shell->status == status_ok) {
        evaluate(shell, node->second);
    } else {
        shell->status = status_ok;
        if (node->third != NULL) {
            evaluate(shell, node->third);
        }
    }
}

static void evaluate_compound(struct shell *shell, const struct node *node)
{
    struct redirected redirected;
    if (!redirect_begin(shell, node->redirects, &redirected)) {
        shell->status = status_failed;
        return;
    }
    switch (node->kind) {
    case node_if: evaluate_if(shell, node); break;
    case node_while: evaluate_while(shell, node); break;
    case node_for: evaluate_for(shell, node); break;
    default: evaluate(shell, node->first); break;
    }
    redirect_end(shell, &redirected);
}

/* The text without its brackets: with them the other shell would start one more, and so on. */
static void evaluate_subshell(struct shell *shell, const struct node *node)
{
    struct redirected redirected;
    const struct node inside = {.kind = node_subshell, .text = node->name};
    if (!redirect_begin(shell, node->redirects, &redirected)) {
        shell->status = status_failed;
        return;
    }
    struct job *job = job_new(shell, node->text, true);
    start_stages(shell, job, &inside, false);
    shell->status = job_finish(shell, job);
    redirect_end(shell, &redirected);
}

static void evaluate_command(struct shell *shell, const struct node *node)
{
    switch (node->kind) {
    case node_simple: evaluate_simple(shell, node); break;
    case node_subshell: evaluate_subshell(shell, node); break;
    default: evaluate_compound(shell, node); break;
    }
}

static void evaluate_node(struct shell *shell, const struct node *node)
{
    switch (node->kind) {
    case node_sequence:
        evaluate(shell, node->first);
        evaluate(shell, node->second);
        break;
    case node_and:
    case node_or:
        evaluate(shell, node->first);
        if (!must_stop(shell) && (shell->status == status_ok) == (node->kind == node_and)) {
            evaluate(shell, node->second);
        }
        break;
    case node_background: evaluate_background(shell, node); break;
    case node_pipeline: evaluate_pipeline(shell, node); break;
    default: evaluate_command(shell, node); break;
    }
}

/* What a command takes of the arena is for nobody behind it, however often a loop runs it. */
void evaluate(struct shell *shell, const struct node *node)
{
    if (!must_stop(shell)) {
        struct arena_mark mark = arena_mark(&shell->arena);
        evaluate_node(shell, node);
        arena_release(&shell->arena, mark);
    }
}

void run_text(struct shell *shell, const char *name, const char *text, size_t len)
{
    struct parser parser = {.text = text, .len = len, .line = 1};
    enum parse_result result = parse_command;
    if (shell->depth == DEPTH_MAX) {
        complain(shell, "%s: too many files read each other\n", name);
        shell->status = status_failed;
        return;
    }
    shell->depth++;
    while (result != parse_end && result != parse_incomplete && !must_stop(shell)) {
        struct node *node = NULL;
        char error[parse_error_max];
        struct arena arena = {NULL};
        result = parse_next(&parser, &arena, &node, error);
        if (result == parse_command) {
            evaluate(shell, node);
        } else if (result != parse_end) {
            bool wrong = result == parse_wrong;
            unsigned line = parser.line - (wrong && parser.at > 0 && text[parser.at - 1] == '\n');
            complain(shell, "%s: line %u: %s\n", name, line,
                     wrong ? error : "the end of the command is missing");
            shell->status = status_usage;
        }
        arena_free(&arena);
    }
    shell->depth--;
}

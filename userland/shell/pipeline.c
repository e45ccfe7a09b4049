/* SPDX-License-Identifier: MIT */
/*
 * What runs beside the shell: stages of pipelines, ( list ) and the background. What isn't a program of its own is
 * given as text to another shell, since a process can't be forked.
 */
#include "userland/shell/builtin.h"
#include "userland/shell/evaluate.h"
#include "userland/shell/job.h"
#include "userland/shell/start.h"
#include <string.h>

/* What a stage is given, and its process; its streams are the shell's at the moment. */
static void start_stage(struct shell *shell, struct job *job, struct start *what, const char *name)
{
    struct started started;
    what->streams = job_streams(&shell->streams, job);
    what->terminal = job->terminal.handle;
    int status = start(shell, what, &started);
    if (status == status_ok) {
        job_add(job, &started, name);
    } else {
        job_add_failed(job, status);
    }
}

/* A simple command that is surely a program: it needs no shell. Else nothing of it may be expanded here already. */
static bool is_program(const struct node *node)
{
    if (node->kind != node_simple || node->words == NULL || node->assignments != NULL) {
        return false;
    }
    struct slice name = node->words->text;
    for (size_t i = 0; i < name.len; i++) {
        if (strchr("$`'\"\\*?[", name.bytes[i]) != NULL) {
            return false;
        }
    }
    return !builtin_is_named(name);
}

static void start_program_stage(struct shell *shell, struct job *job, const struct node *node)
{
    struct arguments arguments = {NULL, 0, 0};
    struct redirected redirected;
    if (!expand_words(shell, node->words, &arguments) ||
        !redirect_begin(shell, node->redirects, &redirected)) {
        job_add_failed(job, status_failed);
        return;
    }
    struct start what = {.argv = arguments.at};
    start_stage(shell, job, &what, arguments.at[0]);
    redirect_end(shell, &redirected);
}

static void start_text_stage(struct shell *shell, struct job *job, struct slice text)
{
    struct start what = {.text = text};
    start_stage(shell, job, &what, "sh");
}

/* Makes the channel to the next stage. False: there is none. */
static bool connect(struct shell *shell, j6_handle_t *out_channel)
{
    if (j6_channel_create(0, out_channel) != j6_status_ok) {
        complain(shell, "there is no room for another channel\n");
        return false;
    }
    shell->streams.at[1] = (struct stream){*out_channel, 0, false};
    return true;
}

static void start_stages(struct shell *shell, struct job *job, const struct node *first)
{
    struct streams before = shell->streams;
    j6_handle_t in = j6_handle_none;
    bool goes_on = true;
    for (const struct node *stage = first; stage != NULL && goes_on; stage = stage->next) {
        j6_handle_t out = j6_handle_none;
        shell->streams = before;
        if (stage != first) {
            shell->streams.at[0] = (struct stream){in, 0, false};
        }
        goes_on = stage->next == NULL || connect(shell, &out);
        if (!goes_on) {
            job_add_failed(job, status_failed);
        } else if (is_program(stage)) {
            start_program_stage(shell, job, stage);
        } else {
            start_text_stage(shell, job, stage->text);
        }
        if (in != j6_handle_none) {
            j6_handle_close(in);
        }
        in = out;
    }
    shell->streams = before;
    terminal_job_close_channels(&job->terminal);
}

/* False: said why it can't be started. */
static bool is_short_enough(struct shell *shell, const struct node *first)
{
    size_t count = 0;
    for (; first != NULL; first = first->next) {
        count++;
    }
    if (count > job_processes_max) {
        complain(shell, "that is too long a pipeline: %d commands at most\n", job_processes_max);
    }
    return count <= job_processes_max;
}

void evaluate_pipeline(struct shell *shell, const struct node *node)
{
    if (node->first->next == NULL) {
        evaluate_command(shell, node->first);
    } else if (is_short_enough(shell, node->first)) {
        struct job *job = job_new(shell, node->text, true);
        start_stages(shell, job, node->first);
        shell->status = job_finish(shell, job);
    } else {
        shell->status = status_failed;
    }
    if (node->negated && !shell->interrupted) {
        shell->status = shell->status == status_ok;
    }
}

/* Without input: that is the foreground's. */
void evaluate_background(struct shell *shell, const struct node *node)
{
    const struct node *first = node->first;
    bool pipeline = first->kind == node_pipeline && !first->negated;
    struct stream input = shell->streams.at[0];
    if (pipeline && !is_short_enough(shell, first->first)) {
        shell->status = status_failed;
        return;
    }
    struct job *job = job_new(shell, node->text, false);
    shell->streams.at[0] = (struct stream){0, 0, false};
    if (pipeline) {
        start_stages(shell, job, first->first);
    } else {
        start_text_stage(shell, job, first->text);
        terminal_job_close_channels(&job->terminal);
    }
    shell->streams.at[0] = input;
    job_leave(shell, job);
    if (shell->interactive) {
        note(shell, "[%u] %llu\n", job->number, (unsigned long long)shell->last_background);
    }
    shell->status = status_ok;
}

/* The text without its brackets: with them the other shell would start one more, and so on. */
void evaluate_subshell(struct shell *shell, const struct node *node)
{
    struct redirected redirected;
    if (!redirect_begin(shell, node->redirects, &redirected)) {
        shell->status = status_failed;
        return;
    }
    struct job *job = job_new(shell, node->text, true);
    start_text_stage(shell, job, node->name);
    terminal_job_close_channels(&job->terminal);
    shell->status = job_finish(shell, job);
    redirect_end(shell, &redirected);
}

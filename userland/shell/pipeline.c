/* SPDX-License-Identifier: MIT */
/*
 * What runs beside the shell: stages of pipelines, ( list ) and the background. What isn't a program of its own is given as
 * text to another shell, since a process can't be forked.
 */
#include "userland/shell/builtin.h"
#include "userland/shell/evaluate.h"
#include "userland/shell/job.h"
#include "userland/shell/start.h"
#include <string.h>

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
    what.streams = job_streams(&shell->streams, job);
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

void evaluate_pipeline(struct shell *shell, const struct node *node)
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
void evaluate_background(struct shell *shell, const struct node *node)
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

/* The text without its brackets: with them the other shell would start one more, and so on. */
void evaluate_subshell(struct shell *shell, const struct node *node)
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

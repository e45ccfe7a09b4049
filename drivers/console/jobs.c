/* SPDX-License-Identifier: MIT */
/* The jobs of a terminal: who comes from whom, and who is to know what happens. */
#include "drivers/console/terminal.h"

struct job *job_find(struct terminal *terminal, uint64_t id)
{
    for (size_t i = 0; i < JOBS_MAX; i++) {
        struct job *job = &terminal->jobs[i];
        if (job->id == id && !job->has_ended) {
            return job;
        }
    }
    return NULL;
}

static struct job *find_free(struct terminal *terminal)
{
    for (size_t i = 0; i < JOBS_MAX; i++) {
        if (terminal->jobs[i].id == 0) {
            return &terminal->jobs[i];
        }
    }
    return NULL;
}

/* However many a program opens, there are some left for the shell that it came from, and for whatever opened that. */
static bool has_left_some(const struct terminal *terminal, const struct job *parent)
{
    size_t free = 0;
    size_t left = 0;
    for (size_t i = 0; i < JOBS_MAX; i++) {
        free += terminal->jobs[i].id == 0;
    }
    for (; parent != NULL; parent = parent->parent) {
        left += RESERVED;
    }
    return free > left;
}

j6_status_t job_make(struct terminal *terminal, struct job *parent, struct job **out_job)
{
    struct job *job = find_free(terminal);
    if (job == NULL || !has_left_some(terminal, parent)) {
        return j6_err_quota;
    }
    *job = (struct job){
        .id = ++terminal->last_id,
        .parent = parent,
        .mode = terminal_mode_usual,
    };
    *out_job = job;
    return j6_status_ok;
}

bool job_comes_from(const struct job *job, const struct job *ancestor)
{
    while (job != NULL && job != ancestor) {
        job = job->parent;
    }
    return job == ancestor;
}

void job_signal(const struct job *job, uint64_t signal)
{
    for (size_t i = 0; i < WATCHERS_MAX; i++) {
        if ((job->watchers[i].signals & signal) != 0) {
            j6_object_signal(job->watchers[i].event, 0, signal);
        }
    }
}

/* ---- the end -------------------------------------------------------------------------------- */

static void close_watchers(struct job *job)
{
    for (size_t i = 0; i < WATCHERS_MAX; i++) {
        if (job->watchers[i].event != j6_handle_none) {
            j6_handle_close(job->watchers[i].event);
        }
        job->watchers[i] = (struct watcher){0};
    }
}

/* What came from it comes from where it came from. */
static void hand_children_up(struct terminal *terminal, struct job *job)
{
    for (size_t i = 0; i < JOBS_MAX; i++) {
        if (terminal->jobs[i].parent == job) {
            terminal->jobs[i].parent = job->parent;
        }
    }
}

void job_end(struct terminal *terminal, struct job *job)
{
    job->has_ended = true;
    hand_children_up(terminal, job);
    if (terminal->foreground == job) {
        input_set_foreground(terminal, job->parent);
    }
    input_close(terminal, job);
    close_watchers(job);
    waiters_close(terminal, job);
    output_let_go(terminal, job);
    job_free_if_over(terminal, job);
}

void job_free_if_over(struct terminal *terminal, struct job *job)
{
    if (job->has_ended && job->output.watch.object == j6_handle_none && terminal->writer != job) {
        shown_forget(&terminal->shown, &job->output.author);
        *job = (struct job){0};
    }
}

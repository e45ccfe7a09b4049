/* SPDX-License-Identifier: MIT */
/* The jobs in the background. */
#include "userland/shell/job.h"

/* Of a script, which nobody tells of ends: so many are kept for `wait`. */
enum { ENDED_MAX = 64 };

static void forget_oldest(struct shell *shell)
{
    struct job *oldest = NULL;
    unsigned ended = 0;
    for (struct job *job = shell->jobs; job != NULL; job = job->next) {
        if (job_has_ended(shell, job)) {
            oldest = job;
            ended++;
        }
    }
    if (ended > ENDED_MAX) {
        job_finish(shell, oldest);
    }
}

void job_leave(struct shell *shell, struct job *job)
{
    forget_oldest(shell);
    job->number = shell->jobs != NULL ? shell->jobs->number + 1 : 1;
    job->next = shell->jobs;
    shell->jobs = job;
    if (job->count != 0) {
        shell->last_background = koid_number(job->processes[job->count - 1].koid);
    }
}

void job_remove(struct shell *shell, struct job *job)
{
    struct job **at = &shell->jobs;
    while (*at != NULL && *at != job) {
        at = &(*at)->next;
    }
    if (*at != NULL) {
        *at = job->next;
    }
}

struct job *job_find(const struct shell *shell, uint64_t number)
{
    struct job *job = shell->jobs;
    while (job != NULL && number != 0 && job->number != number) {
        job = job->next;
    }
    return job;
}

struct job *job_of_process(const struct shell *shell, j6_koid_t koid,
                           struct job_process **out_process)
{
    for (struct job *job = shell->jobs; job != NULL; job = job->next) {
        for (size_t i = 0; i < job->count; i++) {
            if (job->processes[i].koid == koid) {
                *out_process = &job->processes[i];
                return job;
            }
        }
    }
    return NULL;
}

void jobs_report(struct shell *shell)
{
    struct job *next;
    for (struct job *job = shell->jobs; job != NULL; job = next) {
        next = job->next;
        if (job_has_ended(shell, job)) {
            note(shell, "[%u] has ended  %s\n", job->number, job->text);
            job_finish(shell, job);
        }
    }
}

/* All are told before the first is waited for. */
void jobs_end(struct shell *shell)
{
    for (struct job *job = shell->jobs; job != NULL; job = job->next) {
        job_begin_kill(job, status_interrupted);
    }
    while (shell->jobs != NULL) {
        job_kill(shell->jobs, status_interrupted);
        job_finish(shell, shell->jobs);
    }
}

/* SPDX-License-Identifier: MIT */
/* Builtins about jobs: jobs, wait, fg. */
#include "userland/shell/builtin.h"
#include "userland/shell/job.h"

int builtin_jobs(struct shell *shell, const char *const *argv)
{
    if (argv[1] != NULL) {
        return usage(shell, argv[0]);
    }
    for (unsigned number = 1; shell->jobs != NULL && number <= shell->jobs->number; number++) {
        for (struct job *job = shell->jobs; job != NULL; job = job->next) {
            if (job->number == number) {
                say(shell, "[%u] %s  %s\n", number,
                    job_has_ended(shell, job) ? "has ended" : "runs", job->text);
            }
        }
    }
    return status_ok;
}

/* The job that an argument, or none, means. */
static struct job *job_meant(struct shell *shell, const char *const *argv)
{
    uint64_t number = 0;
    const char *text = argv[1] != NULL && argv[1][0] == '%' ? argv[1] + 1 : argv[1];
    bool right = text == NULL || (number_of(text, &number) && number != 0 && argv[2] == NULL);
    struct job *job = right ? job_take(shell, (unsigned)number) : NULL;
    if (job == NULL) {
        complain(shell, "%s: there is no such job\n", argv[0]);
    }
    return job;
}

/* For one job, whose status counts, or for all. */
int builtin_wait(struct shell *shell, const char *const *argv)
{
    if (argv[1] != NULL) {
        struct job *job = job_meant(shell, argv);
        return job != NULL ? job_finish(shell, job) : status_not_found;
    }
    while (shell->jobs != NULL && !shell->interrupted) {
        job_finish(shell, job_take(shell, 0));
    }
    return status_ok;
}

int builtin_fg(struct shell *shell, const char *const *argv)
{
    struct job *job = job_meant(shell, argv);
    if (job == NULL) {
        return status_failed;
    }
    say(shell, "%s\n", job->text);
    terminal_job_to_front(&shell->terminal, &job->terminal);
    return job_finish(shell, job);
}

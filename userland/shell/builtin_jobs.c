/* SPDX-License-Identifier: MIT */
/* Builtins about jobs: jobs, wait, fg, kill. */
#include "userland/shell/builtin.h"
#include "userland/shell/job.h"
#include <proto/services.h>

int builtin_jobs(struct shell *shell, const char *const *argv)
{
    if (argv[1] != NULL) {
        return usage(shell, argv[0]);
    }
    unsigned last = shell->jobs != NULL ? shell->jobs->number : 0;
    for (unsigned number = 1; number <= last; number++) {
        struct job *job = job_find(shell, number);
        if (job != NULL) {
            say(shell, "[%u] %s  %s\n", number, job_has_ended(shell, job) ? "has ended" : "runs",
                job->text);
        }
    }
    return status_ok;
}

/* %JOB, or PID, or JOB; NULL: the newest. */
static struct job *job_meant(const struct shell *shell, const char *text)
{
    uint64_t number = 0;
    struct job_process *process;
    bool is_job = text != NULL && text[0] == '%';
    if (text != NULL && (!number_of(text + is_job, &number) || number == 0)) {
        return NULL;
    }
    struct job *job =
        is_job || number == 0 ? NULL : job_of_process(shell, process_koid(number), &process);
    return job != NULL ? job : job_find(shell, number);
}

static int no_such_job(struct shell *shell, const char *name, const char *text)
{
    complain(shell, "%s: %s%sthere is no such job\n", name, text != NULL ? text : "",
             text != NULL ? ": " : "");
    return name[0] == 'w' ? status_not_found : status_failed;
}

/* Ctrl-C ends that, and no job. */
static int wait_for(struct shell *shell, struct job *job)
{
    return job_wait(shell, job) ? job_finish(shell, job) : status_interrupted;
}

/* For those that are named, of which the status of the last counts, or for all. */
int builtin_wait(struct shell *shell, const char *const *argv)
{
    int status = status_ok;
    for (const char *const *argument = argv + 1; *argument != NULL && !shell->interrupted;
         argument++) {
        struct job *job = job_meant(shell, *argument);
        status = job != NULL ? wait_for(shell, job) : no_such_job(shell, argv[0], *argument);
    }
    while (argv[1] == NULL && shell->jobs != NULL && !shell->interrupted) {
        wait_for(shell, shell->jobs);
    }
    return status;
}

int builtin_fg(struct shell *shell, const char *const *argv)
{
    struct job *job = argv[1] == NULL || argv[2] == NULL ? job_meant(shell, argv[1]) : NULL;
    if (job == NULL) {
        return no_such_job(shell, argv[0], argv[1]);
    }
    say(shell, "%s\n", job->text);
    terminal_job_to_front(&shell->terminal, &job->terminal);
    return job_finish(shell, job);
}

/* ---- kill ---------------------------------------------------------------------------------------- */

static int kill_job(struct shell *shell, const char *text)
{
    struct job *job = job_meant(shell, text);
    if (job == NULL) {
        return no_such_job(shell, "kill", text);
    }
    job_kill(job, status_killed);
    return status_ok;
}

/* What the shell hasn't started, init may have. */
static int kill_service(struct shell *shell, const char *text, j6_koid_t koid)
{
    j6_handle_t services = j6_find("services");
    j6_status_t status =
        services != j6_handle_none ? services_kill_process(services, koid) : j6_err_not_found;
    if (status != j6_status_ok) {
        complain(shell, "kill: %s: %s\n", text,
                 status == j6_err_denied ? "this shell may only look"
                                         : "neither this shell nor init has started that");
    }
    return status == j6_status_ok ? status_ok : status_failed;
}

static int kill_process(struct shell *shell, const char *text)
{
    uint64_t number;
    struct job_process *process;
    if (!number_of(text, &number) || number == 0) {
        return usage(shell, "kill");
    }
    struct job *job = job_of_process(shell, process_koid(number), &process);
    if (job == NULL) {
        return kill_service(shell, text, process_koid(number));
    }
    job_has_ended(shell, job);
    if (process->handle == j6_handle_none) {
        complain(shell, "kill: %s: that has ended already\n", text);
        return status_failed;
    }
    process_kill(process, status_killed);
    return status_ok;
}

int builtin_kill(struct shell *shell, const char *const *argv)
{
    int status = argv[1] != NULL ? status_ok : usage(shell, argv[0]);
    for (const char *const *argument = argv + 1; *argument != NULL; argument++) {
        int one = *argument[0] == '%' ? kill_job(shell, *argument) : kill_process(shell, *argument);
        status = one != status_ok ? one : status;
    }
    return status;
}

/* SPDX-License-Identifier: MIT */
/*
 * Jobs: the processes of a pipeline. Ctrl-C ends that of the foreground: other shells see it too, and are given some
 * time to end what they have started; then all that is left is killed.
 */
#include "userland/shell/job.h"
#include <stdlib.h>
#include <string.h>

static const j6_time_t time_to_end = 500000000;

struct job *job_new(struct shell *shell, struct slice text, bool foreground)
{
    struct job *job = memory_take(NULL, sizeof(*job));
    *job = (struct job){.text = memory_take(NULL, text.len + 1)};
    memcpy(job->text, text.bytes, text.len);
    job->text[text.len] = '\0';
    job->terminal = terminal_job_begin(&shell->terminal, foreground);
    return job;
}

void job_add(struct job *job, j6_handle_t process, const char *name, bool is_shell)
{
    struct job_process *added = &job->processes[job->count++];
    *added = (struct job_process){.handle = process, .is_shell = is_shell};
    strncat(added->name, name, sizeof(added->name) - 1);
    if (j6_object_koid(process, &added->koid) != j6_status_ok) {
        added->koid = 0;
    }
}

struct streams job_streams(const struct streams *streams, const struct job *job)
{
    struct streams own = *streams;
    for (unsigned i = 0; i < 3; i++) {
        if (own.at[i].of_terminal && job->terminal.handle != j6_handle_none) {
            own.at[i].handle = i == 0 ? job->terminal.input : job->terminal.output;
        }
    }
    return own;
}

static void job_free(struct shell *shell, struct job *job)
{
    for (size_t i = 0; i < job->count; i++) {
        if (job->processes[i].handle != j6_handle_none) {
            j6_handle_close(job->processes[i].handle);
        }
    }
    terminal_job_end(&shell->terminal, &job->terminal);
    free(job->text);
    free(job);
}

/* ---- ends ---------------------------------------------------------------------------------------- */

/* Codes of killers count as they are, if they can be a status. */
static int status_of(struct shell *shell, const struct job_process *process,
                     const struct j6_end_info *end)
{
    switch (end->reason) {
    case j6_reason_exited: return (int)(end->code & 255);
    case j6_reason_killed: return end->code > 0 && end->code < 256 ? (int)end->code : 137;
    case j6_reason_fault:
        complain(shell, "%s: fault %u: its end\n", process->name, end->vector);
        return 139;
    default: complain(shell, "%s: there was no more memory for it\n", process->name); return 137;
    }
}

static void note_end(struct shell *shell, struct job_process *process)
{
    struct j6_end_info end = {.reason = j6_reason_killed};
    uint64_t len = sizeof(end);
    if (j6_object_info(process->handle, j6_topic_end, &end, &len) == j6_status_ok) {
        process->status = status_of(shell, process, &end);
    }
    j6_handle_close(process->handle);
    process->handle = j6_handle_none;
}

bool interrupt_poll(struct shell *shell)
{
    if (shell->terminal.interrupt != j6_handle_none && !shell->interrupted) {
        shell->interrupted = terminal_is_interrupted(&shell->terminal);
        shell->status = shell->interrupted ? status_interrupted : shell->status;
    }
    return shell->interrupted;
}

/* Nothing can interrupt that: it comes at once, or after a kill. */
static void kill_process(struct shell *shell, struct job_process *process)
{
    j6_time_t now = 0;
    j6_clock(&now);
    if (process->is_shell) {
        j6_object_wait(process->handle, j6_signal_closed, NULL, now + time_to_end);
    }
    j6_process_kill(process->handle, status_interrupted);
    j6_object_wait(process->handle, j6_signal_closed, NULL, j6_deadline_never);
    note_end(shell, process);
}

static void kill_all(struct shell *shell, struct job *job)
{
    for (unsigned shells = 0; shells < 2; shells++) {
        for (size_t i = 0; i < job->count; i++) {
            struct job_process *process = &job->processes[i];
            if (process->handle != j6_handle_none && process->is_shell == (shells == 1)) {
                kill_process(shell, process);
            }
        }
    }
}

int job_finish(struct shell *shell, struct job *job)
{
    for (size_t i = 0; i < job->count; i++) {
        struct job_process *process = &job->processes[i];
        if (process->handle == j6_handle_none) {
            continue;
        }
        if (terminal_wait(&shell->terminal, process->handle, j6_signal_closed, j6_deadline_never) ==
            j6_status_cancelled) {
            shell->interrupted = true;
            kill_all(shell, job);
            break;
        }
        note_end(shell, process);
    }
    int status = job->count != 0 ? job->processes[job->count - 1].status : status_failed;
    job_free(shell, job);
    return shell->interrupted ? status_interrupted : status;
}

bool job_has_ended(struct shell *shell, struct job *job)
{
    bool ended = true;
    for (size_t i = 0; i < job->count; i++) {
        struct job_process *process = &job->processes[i];
        if (process->handle != j6_handle_none) {
            if (j6_object_wait(process->handle, j6_signal_closed, NULL, j6_deadline_poll) ==
                j6_status_ok) {
                note_end(shell, process);
            } else {
                ended = false;
            }
        }
    }
    return ended;
}

/* ---- the background ------------------------------------------------------------------------------ */

void job_leave(struct shell *shell, struct job *job)
{
    if (job->number == 0) {
        job->number = shell->jobs != NULL ? shell->jobs->number + 1 : 1;
    }
    job->next = shell->jobs;
    shell->jobs = job;
    if (job->count != 0) {
        shell->last_background = koid_number(job->processes[job->count - 1].koid);
    }
}

struct job *job_take(struct shell *shell, unsigned number)
{
    struct job **at = &shell->jobs;
    while (*at != NULL && number != 0 && (*at)->number != number) {
        at = &(*at)->next;
    }
    struct job *job = *at;
    if (job != NULL) {
        *at = job->next;
        job->next = NULL;
    }
    return job;
}

void jobs_report(struct shell *shell)
{
    for (struct job **at = &shell->jobs; *at != NULL;) {
        struct job *job = *at;
        if (job_has_ended(shell, job)) {
            note(shell, "[%u] has ended  %s\n", job->number, job->text);
            *at = job->next;
            job_free(shell, job);
        } else {
            at = &job->next;
        }
    }
}

void jobs_end(struct shell *shell)
{
    struct job *job;
    while ((job = job_take(shell, 0)) != NULL) {
        kill_all(shell, job);
        job_free(shell, job);
    }
}

/* SPDX-License-Identifier: MIT */
/* The processes of a job, and how they end. */
#include "userland/shell/job.h"
#include <proto/terminal.h>
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

void job_add(struct job *job, const struct started *started, const char *name)
{
    struct job_process *added = &job->processes[job->count++];
    *added = (struct job_process){.handle = started->process, .interrupt = started->interrupt};
    strncat(added->name, name, sizeof(added->name) - 1);
    if (j6_object_koid(started->process, &added->koid) != j6_status_ok) {
        added->koid = 0;
    }
}

void job_add_failed(struct job *job, int status)
{
    job->processes[job->count++] = (struct job_process){.status = status};
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

static void close_process(struct job_process *process)
{
    if (process->handle != j6_handle_none) {
        j6_handle_close(process->handle);
    }
    if (process->interrupt != j6_handle_none) {
        j6_handle_close(process->interrupt);
    }
    process->handle = process->interrupt = j6_handle_none;
}

static void job_free(struct shell *shell, struct job *job)
{
    for (size_t i = 0; i < job->count; i++) {
        close_process(&job->processes[i]);
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

/* A shell that was asked to end says that it was interrupted; who asked knows why. */
static void note_end(struct shell *shell, struct job_process *process)
{
    struct j6_end_info end = {.reason = j6_reason_killed};
    uint64_t len = sizeof(end);
    if (j6_object_info(process->handle, j6_topic_end, &end, &len) == j6_status_ok) {
        process->status = status_of(shell, process, &end);
    }
    if (process->killed_by != 0 && process->status == status_interrupted) {
        process->status = process->killed_by;
    }
    close_process(process);
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

bool job_wait(struct shell *shell, struct job *job)
{
    for (size_t i = 0; i < job->count; i++) {
        struct job_process *process = &job->processes[i];
        if (process->handle == j6_handle_none) {
            continue;
        }
        if (terminal_wait(&shell->terminal, process->handle, j6_signal_closed, j6_deadline_never) ==
            j6_status_cancelled) {
            shell->interrupted = true;
            return false;
        }
        note_end(shell, process);
    }
    return true;
}

/* ---- killing ------------------------------------------------------------------------------------- */

static void begin_kill(struct job_process *process, int status)
{
    if (process->handle == j6_handle_none) {
        return;
    }
    process->killed_by = status;
    if (process->interrupt != j6_handle_none) {
        j6_object_signal(process->interrupt, 0, terminal_interrupt);
    } else {
        j6_process_kill(process->handle, status);
    }
}

/* Nothing can interrupt that: it comes by the deadline, or after a kill. */
static void end_kill(struct job_process *process, j6_time_t deadline)
{
    if (process->handle != j6_handle_none &&
        j6_object_wait(process->handle, j6_signal_closed, NULL, deadline) != j6_status_ok) {
        j6_process_kill(process->handle, process->killed_by);
        j6_object_wait(process->handle, j6_signal_closed, NULL, j6_deadline_never);
    }
}

static j6_time_t end_of_patience(void)
{
    j6_time_t now = 0;
    j6_clock(&now);
    return now + time_to_end;
}

void process_kill(struct job_process *process, int status)
{
    begin_kill(process, status);
    end_kill(process, end_of_patience());
}

void job_begin_kill(struct job *job, int status)
{
    for (size_t i = 0; i < job->count; i++) {
        begin_kill(&job->processes[i], status);
    }
}

void job_kill(struct job *job, int status)
{
    j6_time_t deadline = end_of_patience();
    job_begin_kill(job, status);
    for (size_t i = 0; i < job->count; i++) {
        end_kill(&job->processes[i], deadline);
    }
}

int job_finish(struct shell *shell, struct job *job)
{
    if (!job_wait(shell, job)) {
        job_kill(job, status_interrupted);
        job_has_ended(shell, job);
    }
    int status = job->count != 0 ? job->processes[job->count - 1].status : status_failed;
    job_remove(shell, job);
    job_free(shell, job);
    return shell->interrupted ? status_interrupted : status;
}

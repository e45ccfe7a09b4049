/* SPDX-License-Identifier: MIT */
/*
 * Jobs: the processes of a pipeline, in the foreground or in the background, with their job at the terminal.
 *
 * Rules for their end: a program is killed. A shell is asked, by an event that is its own (role `interrupt`), so that
 * it ends what it has started in the same way; it is killed if it hasn't ended after half a second.
 */
#pragma once
#include "userland/shell/shell.h"
#include "userland/shell/start.h"

struct job_process {
    j6_handle_t handle;    /* 0: it has ended */
    j6_handle_t interrupt; /* of a shell; 0: it is none */
    j6_koid_t koid;
    int killed_by; /* what that is to make of its status; 0: nobody has ended it */
    int status;
    char name[j6_name_size];
};

enum { job_processes_max = 32 };

struct job {
    struct job *next; /* in the background */
    unsigned number;
    char *text;
    struct terminal_job terminal;
    size_t count;
    struct job_process processes[job_processes_max];
};

/* Processes are known to people by the number of their koid, and have that koid again. */
static inline uint64_t koid_number(j6_koid_t koid)
{
    return koid & ((1ull << j6_handle_type_shift) - 1);
}

static inline j6_koid_t process_koid(uint64_t number)
{
    return (j6_koid_t)j6_type_process << j6_handle_type_shift | number;
}

struct job *job_new(struct shell *shell, struct slice text, bool foreground);

/* A process of it, and one that couldn't be started and has that status. */
void job_add(struct job *job, const struct started *started, const char *name);
void job_add_failed(struct job *job, int status);

/* A job has channels of its own at the terminal, in place of the shell's. */
struct streams job_streams(const struct streams *streams, const struct job *job);

/* Waits for its end, or Ctrl-C, which ends it; then the job is gone. Tells the status of its last process. */
int job_finish(struct shell *shell, struct job *job);

/* Waits for its end. False: Ctrl-C; it goes on. */
bool job_wait(struct shell *shell, struct job *job);

/* Looks whether its processes have ended; have all? */
bool job_has_ended(struct shell *shell, struct job *job);

/* Ends them, or one; when it returns they have ended. That is the status if they are programs, or shells that obey. */
void job_kill(struct job *job, int status);
void job_begin_kill(struct job *job, int status); /* for many of them: the first half */
void process_kill(struct job_process *process, int status);

/* ---- background.c ------------------------------------------------------------------------------ */

/* Puts it among those in the background. */
void job_leave(struct shell *shell, struct job *job);

/* It is about to go, or is another's from now on. */
void job_remove(struct shell *shell, struct job *job);

/* The job with that number, 0: the newest; that with this process. NULL: there is none. */
struct job *job_find(const struct shell *shell, uint64_t number);
struct job *job_of_process(const struct shell *shell, j6_koid_t koid,
                           struct job_process **out_process);

/* Says which jobs of the background have ended, and forgets them. */
void jobs_report(struct shell *shell);

/* Ends all of them; the shell ends. */
void jobs_end(struct shell *shell);

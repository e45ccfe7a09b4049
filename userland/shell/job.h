/* SPDX-License-Identifier: MIT */
/* Jobs: the processes of a pipeline, in the foreground or in the background, with their job at the terminal. */
#pragma once
#include "userland/shell/shell.h"

struct job_process {
    j6_handle_t handle; /* 0: it has ended */
    j6_koid_t koid;
    bool is_shell;
    int status;
    char name[j6_name_size];
};

enum { job_processes_max = 32 };

struct job {
    struct job *next;
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
void job_add(struct job *job, j6_handle_t process, const char *name, bool is_shell);

/* A job has channels of its own at the terminal, in place of the shell's. */
struct streams job_streams(const struct streams *streams, const struct job *job);

/* Waits for its end, or Ctrl-C, which ends it; then the job is gone. Tells the status of its last process. */
int job_finish(struct shell *shell, struct job *job);

/* Looks whether its processes have ended; have all? */
bool job_has_ended(struct shell *shell, struct job *job);

/* ---- the background ---------------------------------------------------------------------------- */

/* Puts it among those in the background. */
void job_leave(struct shell *shell, struct job *job);

/* Takes it out of the background. NULL: there is none with that number; 0: the newest. */
struct job *job_take(struct shell *shell, unsigned number);

/* Says which jobs of the background have ended. */
void jobs_report(struct shell *shell);

/* Kills all of them; the shell ends. */
void jobs_end(struct shell *shell);

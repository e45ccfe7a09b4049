/* SPDX-License-Identifier: MIT */
/*
 * The shell: what it has, and what its files do for each other.
 *
 *   main.c         begins; where commands come from: a file, an argument, its input, a person
 *   evaluate.c     walks the tree of a command (syntax.h)
 *   redirect.c     streams of a command
 *   start.c        programs, and what each is given
 *   place.c        where it is in the tree of files
 *   job.c          what runs, and how it ends
 *   builtin*.c     commands that are the shell's own
 *   names.c        what expansions and completion ask for
 *   person.c       somebody at a terminal
 *   system.h       terminals and services
 *
 * Rules: one thread. All that a command needs lives in `arena`, of which it gives back its part. A command
 * that can't be done says why on its third stream, and its status isn't 0; the shell goes on.
 */
#pragma once
#include "userland/shell/expand.h"
#include "userland/shell/history.h"
#include "userland/shell/number.h"
#include "userland/shell/syntax.h"
#include "userland/shell/system.h"
#include "userland/shell/variables.h"
#include <j6/j6.h>

enum {
    status_ok = 0,
    status_failed = 1,
    status_usage = 2,     /* it wasn't used as it should */
    status_not_run = 126, /* there, but no program */
    status_not_found = 127,
    status_interrupted = 130,
    status_killed = 143,
};

/* A stream of a command. */
struct stream {
    j6_handle_t handle; /* a channel, a file, a service that takes text; 0: none */
    uint64_t offset;    /* of a file: of the next byte to be read */
    bool of_terminal;   /* it is the shell's own channel of the terminal: other jobs have theirs */
};

struct streams {
    struct stream at[3];
};

struct job;

struct shell {
    const char *name;             /* $0 */
    const char *const *arguments; /* $1 …, and NULL */
    struct variables variables;
    int status;             /* $? */
    int substituted;        /* of the last $( ) of the command that runs now */
    struct streams streams; /* of the command that runs now */
    struct arena arena;
    struct job *jobs;         /* in the background, newest first */
    uint64_t last_background; /* $! */
    j6_handle_t files;        /* the top of the tree; 0: there are no files */
    j6_handle_t reader;       /* the same for who only reads */
    j6_handle_t directory;    /* where it is */
    char *path;               /* the same as text */
    j6_handle_t info, log;    /* parts of the system object; 0: none */
    const char *roles;        /* that `with` gives to the command that runs now; NULL: none */
    struct terminal terminal;
    bool interactive;
    bool exits;       /* `exit` was said */
    bool interrupted; /* by Ctrl-C: all goes back to where commands come from */
    unsigned loops;   /* that are running */
    unsigned leaves;  /* loops that are to be left … */
    bool continues;   /* … the last of them goes on instead */
    unsigned depth;   /* of scripts that read others */
    struct history history;
};

/* ---- evaluate.c -------------------------------------------------------------------------------- */

/* Runs a tree; its status is that of the shell. */
void evaluate(struct shell *shell, const struct node *node);

/* Runs what arguments say, as a simple command: a builtin, or a program in the foreground. */
void run_arguments(struct shell *shell, const char *const *argv);

/* Runs all commands of a text. `name`: where it comes from, for messages. */
void run_text(struct shell *shell, const char *name, const char *text, size_t len);

/* Does something say that no further command may run now? */
bool must_stop(struct shell *shell);

/* ---- streams: stream.c, redirect.c --------------------------------------------------------------- */

j6_status_t stream_write(const struct stream *stream, const char *bytes, size_t len);

/* One byte, for who must not read more than it needs. False: the end. */
bool stream_read_byte(struct stream *stream, char *out_byte);

/* Shown on the second stream; a note, or what is wrong, on the third. A script ends when nobody reads its output any more. */
void say_bytes(struct shell *shell, const char *bytes, size_t len);
void say(struct shell *shell, const char *format, ...)
    __attribute__((__format__(__printf__, 2, 3)));
void note(struct shell *shell, const char *format, ...)
    __attribute__((__format__(__printf__, 2, 3)));
void complain(struct shell *shell, const char *format, ...)
    __attribute__((__format__(__printf__, 2, 3)));

enum { redirects_max = 16 };

struct redirected {
    struct streams before;
    j6_handle_t opened[redirects_max];
    size_t count;
};

/* The shell's streams are those of the command until redirect_end. False: said why, and nothing has changed. */
bool redirect_begin(struct shell *shell, const struct redirect *redirects,
                    struct redirected *redirected);
void redirect_end(struct shell *shell, struct redirected *redirected);

/* ---- start.c ------------------------------------------------------------------------------------- */

/* What is to be started: the program that argv[0] names, or, with `text`, a shell that runs it. */
struct start {
    const char *const *argv;
    struct slice text;
    struct streams streams;
    j6_handle_t terminal; /* its job there, or 0 */
};

/* Tells the process. Else says why, and returns the status of such a command. */
int start(struct shell *shell, const struct start *what, j6_handle_t *out_process);

/* ---- place.c ------------------------------------------------------------------------------------- */

/* Takes the files that the shell was given, and goes there. */
void files_begin(struct shell *shell, const char *path);

/* Finds the file service again after it has gone. False: there is none to be found. */
bool files_again(struct shell *shell);

/* As files_open, also when the service has died and come back. */
struct files_stat;
j6_status_t open_file(struct shell *shell, const char *path, uint64_t flags,
                      struct files_stat *out_stat, j6_handle_t *out_file);

/* A file's bytes, for who reads it all. False: said why. */
bool file_text(struct shell *shell, const char *path, struct text *out_text);

/* What a status of the file service means to people. */
const char *file_status_text(j6_status_t status);

/* ---- job.c --------------------------------------------------------------------------------------- */

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

/* Waits for its end, or Ctrl-C, which ends it; then the job is gone. Tells the status of its last process. */
int job_finish(struct shell *shell, struct job *job);

/* Puts it among those in the background. */
void job_leave(struct shell *shell, struct job *job);

/* Says which jobs of the background have ended. */
void jobs_report(struct shell *shell);

/* Kills all of them; the shell ends. */
void jobs_end(struct shell *shell);

/* Looks whether its processes have ended; have all? */
bool job_has_ended(struct shell *shell, struct job *job);

/* Takes it out of the background. NULL: there is none with that number; 0: the newest. */
struct job *job_take(struct shell *shell, unsigned number);

/* Has Ctrl-C been typed? */
bool interrupt_poll(struct shell *shell);

/* ---- builtins ------------------------------------------------------------------------------------ */

struct builtin {
    const char *name;
    const char *usage;
    const char *summary;
    int (*run)(struct shell *shell, const char *const *argv);
};

/* NULL: that isn't one. */
const struct builtin *builtin_find(const char *name);

/* The nth, from 0; NULL: there are no more. */
const struct builtin *builtin_at(size_t n);

/* Says how it is used. */
int usage(struct shell *shell, const char *name);

size_t argument_count(const char *const *argv);

int builtin_help(struct shell *shell, const char *const *argv);
int builtin_tour(struct shell *shell, const char *const *argv);
int builtin_test(struct shell *shell, const char *const *argv);
int builtin_svc(struct shell *shell, const char *const *argv);
int builtin_kill(struct shell *shell, const char *const *argv);
int builtin_reboot(struct shell *shell, const char *const *argv);
int builtin_poweroff(struct shell *shell, const char *const *argv);
int builtin_jobs(struct shell *shell, const char *const *argv);
int builtin_wait(struct shell *shell, const char *const *argv);
int builtin_fg(struct shell *shell, const char *const *argv);
int builtin_cd(struct shell *shell, const char *const *argv);
int builtin_pwd(struct shell *shell, const char *const *argv);

/* ---- names.c, person.c --------------------------------------------------------------------------- */

struct expand_source expand_source_of(struct shell *shell);
struct complete_source;
struct complete_source complete_source_of(struct shell *shell);

/* Reads commands from somebody at the terminal until there are no more. */
void person_serve(struct shell *shell);

/* SPDX-License-Identifier: MIT */
/*
 * The shell: what it has, and how its files hang together.
 *
 *   main.c           begins; where commands come from: a file, an argument, its input, a person
 *   interactive.c    somebody at a terminal: the editor (editor.h), completion (complete.h), the history
 *   parser.c …       from text to the tree of a command (syntax.h), by way of the lexer (lexer.h)
 *   evaluate.c …     walks that tree (evaluate.h); words become arguments by expansion (expand.h, source.c)
 *   redirect.c       streams of a command (stream.h)
 *   start.c …        programs, and what each is given (start.h)
 *   job.c            what runs, and how it ends (job.h)
 *   builtin*.c       commands that are the shell's own (builtin.h)
 *   files.c          where it is in the tree of files (files.h)
 *   terminal.c       what it asks of its terminal
 *
 * Rules: one thread. All that a command needs lives in `arena`, of which it gives back its part. A command
 * that can't be done says why on its third stream, and its status isn't 0; the shell goes on.
 */
#pragma once
#include "userland/shell/history.h"
#include "userland/shell/stream.h"
#include "userland/shell/syntax.h"
#include "userland/shell/terminal.h"
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

struct job;

struct shell {
    const char *name;             /* $0 */
    const char *const *arguments; /* $1 …, and NULL */
    struct variables variables;
    uint64_t number;        /* $$: of its process, or that of the shell that it is a part of */
    int status;             /* $? */
    int substituted;        /* of the last $( ) of the command that runs now */
    struct streams streams; /* of the command that runs now */
    struct arena arena;
    struct job *jobs;         /* in the background, newest first */
    uint64_t last_background; /* $!; 0: there was none */
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

/* Runs all commands of a text. `name`: where it comes from, for messages. */
void run_text(struct shell *shell, const char *name, const char *text, size_t len);

/* Runs what arguments say, as a simple command: a builtin, or a program in the foreground. */
void run_arguments(struct shell *shell, const char *const *argv);

/* Has Ctrl-C been typed? */
bool interrupt_poll(struct shell *shell);

/* Reads commands from somebody at the terminal until there are no more. */
void interactive_serve(struct shell *shell);

/* The shell's streams are those of its own job there. */
void interactive_streams(struct shell *shell, const struct terminal_channels *channels);

/* What expansion and completion ask the shell for (source.c). */
struct expand_source;
struct complete_source;
struct expand_source expand_source_of(struct shell *shell);
struct complete_source complete_source_of(struct shell *shell);

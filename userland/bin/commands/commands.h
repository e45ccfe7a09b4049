/* SPDX-License-Identifier: MIT */
/*
 * Small programs in one file: which of them runs, argv[0] says. Each is a function of its own, which looks at its
 * arguments, prints to stdout, says on stderr what can't be done, and tells its exit code.
 */
#pragma once
#include "userland/shell/number.h"
#include <j6/j6.h>
#include <stdbool.h>
#include <stdio.h>

#define COMMAND(name, needs, usage, summary) int command_##name(int argc, char **argv);
#include "userland/bin/commands/commands.def"
#undef COMMAND

enum { exit_ok = 0, exit_failed = 1, exit_usage = 2 };

/* The name that this one runs by, for messages. */
extern const char *command_name;

/* Says how it is used, and what is wrong with that: exit_usage. */
int wrong_usage(void);

/* Says why something can't be done, with the text of errno, or of a status of Senary's: exit_failed. */
int failed(const char *what);
int refused(const char *what, j6_status_t status);

/*
 * Options, one by one: each of `flags` is a letter, with a : behind it if an argument follows. 0: no more, *out_first
 * is the first argument behind them; '?': there is no such option.
 */
struct options {
    char **argv;
    int at;
    const char *rest; /* further letters of the argument that is looked at */
    char *argument;
};

struct options options_of(char **argv);
char option_next(struct options *options, const char *flags);

/* Before the first output: large pieces, where no person sits before it. */
void output_begin(void);

/*
 * Runs a function on each file that is named, or on stdin; `name` is NULL then, and "-" means it too. The worst
 * of the codes.
 */
typedef int file_function(FILE *file, const char *name, void *context);
int each_file(char **names, file_function *function, void *context);

/* The system object, for who was given one; 0: says that there is none. */
j6_handle_t system_given(void);

/* Processes are known by the number of their koid. */
uint64_t koid_number(j6_koid_t koid);
j6_koid_t koid_of(enum j6_type type, uint64_t number);

/* Takes a snapshot; false: says why not. */
bool look(uint64_t topic, j6_koid_t koid, struct j6_snapshot *out_snapshot);

/* Bytes as people read them: "12K". Good until it has been called four more times. */
const char *size_text(uint64_t bytes);

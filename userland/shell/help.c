/* SPDX-License-Identifier: MIT */
/* help, and the tour. */
#include "userland/shell/builtin.h"
#include "userland/shell/grants.h"
#include <stdlib.h>
#include <string.h>

static const char language[] =
    "a; b         one after the other       a && b  a || b   b if a succeeded, failed\n"
    "a | b        b reads what a writes     a &      in the background\n"
    "< FILE  > FILE  >> FILE  2> FILE  2>&1          where input and output go\n"
    "NAME=value  $NAME  ${NAME:-other}  $?           variables; the status of the last command\n"
    "$(a)  $((1 + 2))  *.txt                         what a prints; a sum; names of files\n"
    "if a; then b; else c; fi    while a; do b; done    for N in 1 2; do b; done\n"
    "! a  { a; b; }  ( a; b )    'as it stands'  \"with $NAME\"  \\$\n";

static const char keys[] =
    "Tab completes, twice shows what there is. Up and Down: earlier commands, ^R searches them.\n"
    "^C gives up, ^D ends. An unfinished command goes on on the next line.\n";

static const char *grant_text(enum grant grant)
{
    switch (grant) {
    case grant_none: return "its streams alone";
    case grant_reads: return "its streams, and the files for reading";
    case grant_writes: return "its streams, and the files";
    case grant_info: return "its streams, and a system object for looking";
    default: return "its streams, and a system object for reading the log";
    }
}

static void line(struct shell *shell, const char *name, const char *summary)
{
    say(shell, "  %-10s %s\n", name, summary);
}

static int help_all(struct shell *shell)
{
    const struct known_command *known;
    const struct builtin *builtin;
    say(shell, "The language\n%s\nKeys\n%s\nCommands of the shell\n", language, keys);
    for (size_t n = 0; (builtin = builtin_at(n)) != NULL; n++) {
        line(shell, builtin->name, builtin->summary);
    }
    say(shell, "\nPrograms\n");
    for (size_t n = 0; (known = known_command_at(n)) != NULL; n++) {
        line(shell, known->name, known->summary);
    }
    say(shell, "\n`help COMMAND` says more, `tour` shows the system around.\n");
    return status_ok;
}

static void explain(struct shell *shell, const char *name, const char *arguments,
                    const char *summary)
{
    say(shell, "%s%s%s: %s\n", name, arguments[0] != '\0' ? " " : "", arguments, summary);
}

int builtin_help(struct shell *shell, const char *const *argv)
{
    if (argv[1] == NULL) {
        return help_all(shell);
    }
    if (argv[2] != NULL) {
        return usage(shell, argv[0]);
    }
    const struct builtin *builtin = builtin_find(argv[1]);
    const struct known_command *known = known_command(argv[1]);
    if (builtin != NULL) {
        explain(shell, builtin->name, builtin->usage, builtin->summary);
        say(shell, "A command of the shell itself.\n");
    } else if (known != NULL) {
        explain(shell, known->name, known->usage, known->summary);
        say(shell, "A program, which gets %s.\n", grant_text(known->grant));
    } else {
        complain(shell, "help: %s: nothing is known about that; a program may say more by --help\n",
                 argv[1]);
        return status_failed;
    }
    return status_ok;
}

/* ---- the tour ------------------------------------------------------------------------------------ */

static const struct stop {
    const char *text;
    const char *command; /* NULL: there is nothing to run */
} stops[] = {
    {"Senary is a microkernel. The kernel knows seven kinds of objects: systems, events, channels,\n"
     "endpoints, areas of memory, processes and threads. All else is done by programs.",
     "about"},
    {"These are all processes. init started the services, and a service that dies is started again.\n"
     "This shell is a process like any other.",
     "ps"},
    {"What a process can do, its handles say: each names an object, and the rights that it gives. A\n"
     "process has no other way to reach anything. These are the shell's own.",
     "handles $$"},
    {"A server receives at an endpoint, its clients have handles to send there. `tree` finds out from\n"
     "all handles who serves whom.",
     "tree"},
    {"A command gets what it needs, and no more: `cat` reads files and can't change one, `ps` sees no\n"
     "files at all. The shell opens what < and > name, so a command needs no right for that.",
     "help ps"},
    {"Memory is areas that processes map. A program starts from a copy-on-write clone of its file.",
     "maps $$"},
    {"The two ends of a pipe are handles of one channel, and nothing of it is in a third place.",
     "ls /bin | wc -l"},
    {"The kernel's log has what every program and driver says about itself.", "log | tail -n 5"},
    {"That was the tour. `help` lists all commands.", NULL},
};

enum { STOPS = sizeof(stops) / sizeof(stops[0]) };

static void show_stop(struct shell *shell, size_t number)
{
    const struct stop *stop = &stops[number];
    say(shell, "\n[%zu/%d] %s\n", number + 1, (int)STOPS, stop->text);
    if (stop->command != NULL) {
        say(shell, "$ %s\n", stop->command);
        run_text(shell, "tour", stop->command, strlen(stop->command));
    }
}

/* True: Return was pressed; any other line, or the end of the input, ends the tour. */
static bool wait_for_return(struct shell *shell)
{
    char byte = '\0';
    say(shell, "-- Return goes on, q ends --");
    bool on = read_byte(shell, &byte) && byte == '\n';
    while (!on && byte != '\n' && read_byte(shell, &byte)) {}
    return on;
}

int builtin_tour(struct shell *shell, const char *const *argv)
{
    uint64_t number = 0;
    if (argv[1] != NULL) {
        if (!number_of(argv[1], &number) || number == 0 || number > STOPS || argv[2] != NULL) {
            return usage(shell, argv[0]);
        }
        show_stop(shell, number - 1);
        return status_ok;
    }
    for (size_t i = 0; i < STOPS && !shell->interrupted; i++) {
        show_stop(shell, i);
        if (shell->interactive && i + 1 < STOPS && !wait_for_return(shell)) {
            break;
        }
    }
    return status_ok;
}

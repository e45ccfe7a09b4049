/* SPDX-License-Identifier: MIT */
/* help, and the tour. */
#include "userland/shell/builtin.h"
#include "userland/shell/grants.h"
#include <stdlib.h>
#include <string.h>

static const char language[] =
    "a; b                       one after the other\n"
    "a && b    a || b           b if a succeeded, b if a failed\n"
    "a | b     a &              b reads what a writes; a in the background\n"
    "< FILE  > FILE  >> FILE    input from a file, output to it, to its end\n"
    "2> FILE   2>&1             errors to a file, to where the output goes\n"
    "NAME=value   $NAME         a variable; ${NAME:-other} if there is none\n"
    "$?   $(a)   $((1 + 2))     the last status; what a prints; a sum\n"
    "*.txt                      names of files\n"
    "'as it stands'  \"$NAME\"    quotes; \\ is for one character\n"
    "if a; then b; else c; fi   for N in 1 2; do b; done   while a; do b; done\n"
    "! a   { a; b; }   ( a; b ) the opposite; together; in a shell of its own\n";

static const char keys[] =
    "Tab             completes; twice: shows what there is\n"
    "Up, Down        earlier commands\n"
    "^R              searches them while you type; ^R again: further back\n"
    "^A ^E           to the beginning, to the end; ^Left ^Right: by words\n"
    "^W ^U ^K ^Y     cuts a word, to the beginning, to the end; brings it back\n"
    "^C              ends what runs, or gives up the line\n"
    "^L              clears the screen\n"
    "^D              ends the shell, and the system is switched off\n"
    "Return          runs the command, or goes on in a new row if it isn't complete\n";

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
    say(shell, "%-10s %s\n", name, summary);
}

static int help_all(struct shell *shell)
{
    const struct known_command *known;
    const struct builtin *builtin;
    for (size_t n = 0; (known = known_command_at(n)) != NULL; n++) {
        line(shell, known->name, known->summary);
    }
    for (size_t n = 0; (builtin = builtin_at(n)) != NULL; n++) {
        line(shell, builtin->name, builtin->summary);
    }
    return status_ok;
}

/* ---- all that there is, on one screen ------------------------------------------------------------ */

enum { NAME_WIDTH = 10, NAMES_IN_ROW = 7 };

static void add_name(struct text *out, size_t n, const char *name)
{
    bool last = n % NAMES_IN_ROW == NAMES_IN_ROW - 1;
    text_format(out, n % NAMES_IN_ROW == 0 ? "  %-*s" : "%-*s", last ? 0 : NAME_WIDTH, name);
    text_add_string(out, last ? "\n" : "");
}

static void end_names(struct text *out, size_t count)
{
    text_add_string(out, count % NAMES_IN_ROW != 0 ? "\n" : "");
}

static int help_names(struct shell *shell)
{
    const struct known_command *known;
    const struct builtin *builtin;
    struct text out = {NULL, 0, 0};
    size_t n;
    text_add_string(&out, "Programs\n");
    for (n = 0; (known = known_command_at(n)) != NULL; n++) {
        add_name(&out, n, known->name);
    }
    end_names(&out, n);
    text_add_string(&out, "Commands of the shell\n");
    for (n = 0; (builtin = builtin_at(n)) != NULL; n++) {
        add_name(&out, n, builtin->name);
    }
    end_names(&out, n);
    say_bytes(shell, text_string(&out), out.len);
    text_free(&out);
    say(shell, "\n`help NAME` explains one of them, `help all` says in a line what each does.\n"
               "Pipes, variables and loops are as in other shells: `help language`.\n"
               "Tab completes, Up brings commands back, ^C ends them: `help keys`.\n"
               "`tour` shows the system around.\n");
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
        return help_names(shell);
    }
    if (argv[2] != NULL) {
        return usage(shell, argv[0]);
    }
    if (strcmp(argv[1], "all") == 0) {
        return help_all(shell);
    }
    if (strcmp(argv[1], "language") == 0 || strcmp(argv[1], "keys") == 0) {
        say(shell, "%s", argv[1][0] == 'l' ? language : keys);
        return status_ok;
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
    {"Senary is a microkernel. The kernel knows seven kinds of objects:\n"
     "systems, events, channels, endpoints, areas of memory, processes and\n"
     "threads. All else is done by programs.",
     "about"},
    {"These are all processes. init started the services, and a service that\n"
     "dies is started again: try `svc kill files`. This shell is a process\n"
     "like any other.",
     "ps"},
    {"What a process can do, its handles say: each names an object, and the\n"
     "rights that it gives. A process has no other way to reach anything.\n"
     "These are the shell's own.",
     "handles $$"},
    {"A server receives at an endpoint, its clients have handles to send\n"
     "there. `tree` finds out from all handles who serves whom.",
     "tree"},
    {"A command gets what it needs, and no more: `cat` reads files and can't\n"
     "change one, `ps` sees no files at all. The shell opens what < and >\n"
     "name, so a command needs no right for that.",
     "help ps"},
    {"Memory is areas that processes map. A program starts from a copy-on-\n"
     "write clone of its file.",
     "maps $$"},
    {"The two ends of a pipe are handles of one channel, and nothing of it is\n"
     "in a third place.",
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
    terminal_keys(&shell->terminal, keys_are_lines);
    bool on = read_byte(shell, &byte) && byte == '\n';
    while (!on && byte != '\n' && read_byte(shell, &byte)) {}
    terminal_keys(&shell->terminal, keys_wait);
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

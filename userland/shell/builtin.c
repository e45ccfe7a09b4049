/* SPDX-License-Identifier: MIT */
/* The table of builtins. */
#include "userland/shell/builtin.h"
#include <string.h>

static const struct builtin builtins[] = {
    {".", "FILE", "runs the commands of a file in this shell", builtin_source},
    {":", "", "does nothing", builtin_true},
    {"[", "EXPRESSION ]", "the same as test", builtin_test},
    {"break", "[LOOPS]", "leaves a loop", builtin_break},
    {"cd", "[DIRECTORY]", "goes to a directory", builtin_cd},
    {"continue", "[LOOPS]", "begins the next round of a loop", builtin_continue},
    {"echo", "[-n] [WORD...]", "shows its arguments", builtin_echo},
    {"exit", "[STATUS]", "ends the shell", builtin_exit},
    {"export", "[NAME[=VALUE]...]", "gives variables to the programs that are started",
     builtin_export},
    {"false", "", "fails", builtin_false},
    {"fg", "[%JOB]", "waits for a job of the background, as if it had never been there",
     builtin_fg},
    {"help", "[COMMAND]", "explains", builtin_help},
    {"history", "", "lists the commands that were given", builtin_history},
    {"jobs", "", "lists what runs in the background", builtin_jobs},
    {"kill", "PID|%JOB...", "ends processes: those of this shell, and services", builtin_kill},
    {"poweroff", "", "switches the machine off", builtin_poweroff},
    {"pwd", "", "says where the shell is", builtin_pwd},
    {"read", "[-r] [NAME...]", "reads a line into variables, word by word", builtin_read},
    {"reboot", "", "starts the machine again", builtin_reboot},
    {"set", "", "lists all variables", builtin_set},
    {"shift", "[COUNT]", "drops the first of the script's arguments", builtin_shift},
    {"svc", "list | restart NAME | stop NAME | kill NAME",
     "services: what there is, and what shall be", builtin_svc},
    {"test", "[EXPRESSION]", "judges an expression; without one, tries the system", builtin_test},
    {"time", "COMMAND...", "says how long a command took", builtin_time},
    {"tour", "[STOP]", "shows the system around, stop by stop", builtin_tour},
    {"true", "", "succeeds", builtin_true},
    {"unset", "NAME...", "forgets variables", builtin_unset},
    {"wait", "[PID|%JOB...]", "waits for jobs of the background, or for all", builtin_wait},
    {"with", "ROLE[,ROLE...] COMMAND...", "gives a command more of the shell's own handles",
     builtin_with},
};

const struct builtin *builtin_at(size_t n)
{
    return n < sizeof(builtins) / sizeof(builtins[0]) ? &builtins[n] : NULL;
}

static const struct builtin *find(struct slice name)
{
    const struct builtin *builtin;
    for (size_t n = 0; (builtin = builtin_at(n)) != NULL; n++) {
        if (slice_is(name, builtin->name)) {
            return builtin;
        }
    }
    return NULL;
}

const struct builtin *builtin_find(const char *name)
{
    return find((struct slice){name, strlen(name)});
}

bool builtin_is_named(struct slice name)
{
    return find(name) != NULL;
}

size_t argument_count(const char *const *argv)
{
    size_t count = 0;
    while (argv[count] != NULL) {
        count++;
    }
    return count;
}

int usage(struct shell *shell, const char *name)
{
    const struct builtin *builtin = builtin_find(name);
    complain(shell, "usage: %s%s%s\n", name, builtin->usage[0] != '\0' ? " " : "", builtin->usage);
    return status_usage;
}

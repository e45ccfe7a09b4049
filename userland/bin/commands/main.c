/* SPDX-License-Identifier: MIT */
/* Finds the command that argv[0] names, and serves --help, which all have. */
#include "userland/bin/commands/commands.h"
#include <string.h>

struct command {
    const char *name;
    int (*run)(int argc, char **argv);
    const char *usage;
    const char *summary;
};

static const struct command commands[] = {
#define COMMAND(name, needs, usage, summary) {#name, command_##name, usage, summary},
#include "userland/bin/commands/commands.def"
#undef COMMAND
};

enum { COUNT = sizeof(commands) / sizeof(commands[0]) };

const char *command_name;

static const struct command *find(const char *name)
{
    for (size_t i = 0; i < COUNT; i++) {
        if (strcmp(commands[i].name, name) == 0) {
            return &commands[i];
        }
    }
    return NULL;
}

static void show(FILE *out, const char *prefix, const struct command *command)
{
    fprintf(out, "%s%s%s%s: %s\n", prefix, command->name, command->usage[0] != '\0' ? " " : "",
            command->usage, command->summary);
}

int wrong_usage(void)
{
    show(stderr, "usage: ", find(command_name));
    return exit_usage;
}

/* By the file's own name: the command is the first argument, or all are listed. */
static int run_any(int argc, char **argv)
{
    if (argc > 1 && find(argv[1]) != NULL) {
        command_name = argv[1];
        return find(command_name)->run(argc - 1, argv + 1);
    }
    for (size_t i = 0; i < COUNT; i++) {
        show(stdout, "", &commands[i]);
    }
    return exit_ok;
}

int main(int argc, char **argv)
{
    const char *slash = argc > 0 ? strrchr(argv[0], '/') : NULL;
    command_name = slash != NULL ? slash + 1 : argc > 0 ? argv[0] : "";
    const struct command *command = find(command_name);
    if (command == NULL) {
        return run_any(argc, argv);
    }
    if (argc == 2 && strcmp(argv[1], "--help") == 0) {
        show(stdout, "", command);
        return exit_ok;
    }
    output_begin();
    int code = command->run(argc, argv);
    return fflush(stdout) == 0 || code != exit_ok ? code : failed("stdout");
}

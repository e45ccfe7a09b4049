/* SPDX-License-Identifier: MIT */
#include "userland/shell/grants.h"
#include <string.h>

static const struct known_command commands[] = {
#define COMMAND(name, needs, usage, summary) {#name, grant_##needs, usage, summary},
#include "userland/bin/commands/commands.def"
#undef COMMAND
};

const struct known_command *known_command_at(size_t n)
{
    return n < sizeof(commands) / sizeof(commands[0]) ? &commands[n] : NULL;
}

const struct known_command *known_command(const char *name)
{
    const struct known_command *command;
    for (size_t n = 0; (command = known_command_at(n)) != NULL; n++) {
        if (strcmp(command->name, name) == 0) {
            return command;
        }
    }
    return NULL;
}

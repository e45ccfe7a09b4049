/* SPDX-License-Identifier: MIT */
/* Variables by name. Exported ones go to the programs that the shell starts. Pure. */
#pragma once
#include "userland/shell/syntax.h"

struct variable {
    struct variable *next; /* sorted by name */
    char *name;
    char *value; /* NULL: exported, and not set */
    bool exported;
};

struct variables {
    struct variable *first;
};

/* NULL: not set. Good until the variable changes. */
const char *variables_get(const struct variables *variables, struct slice name);
void variables_set(struct variables *variables, struct slice name, const char *value);
void variables_export(struct variables *variables, struct slice name, bool exported);
void variables_unset(struct variables *variables, struct slice name);
bool variables_is_exported(const struct variables *variables, struct slice name);

/* NAME=value of the exported ones, and, of all, -NAME=value of the others, with NULL behind the last; in the arena. */
const char **variables_environment(const struct variables *variables, struct arena *arena,
                                   bool all);

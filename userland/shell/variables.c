/* SPDX-License-Identifier: MIT */
#include "userland/shell/variables.h"
#include <stdlib.h>
#include <string.h>

static int compare(const struct variable *variable, struct slice name)
{
    size_t len = strlen(variable->name);
    int order = memcmp(variable->name, name.bytes, len < name.len ? len : name.len);
    return order != 0 ? order : (len > name.len) - (len < name.len);
}

/* Where it is, or would be. */
static struct variable **place(struct variables *variables, struct slice name)
{
    struct variable **at = &variables->first;
    while (*at != NULL && compare(*at, name) < 0) {
        at = &(*at)->next;
    }
    return at;
}

static const struct variable *find(const struct variables *variables, struct slice name)
{
    const struct variable *variable = variables->first;
    while (variable != NULL && compare(variable, name) != 0) {
        variable = variable->next;
    }
    return variable;
}

static struct variable *make(struct variables *variables, struct slice name)
{
    struct variable **at = place(variables, name);
    if (*at == NULL || compare(*at, name) != 0) {
        struct variable *variable = memory_take(NULL, sizeof(*variable));
        *variable = (struct variable){.next = *at, .name = memory_take(NULL, name.len + 1)};
        memcpy(variable->name, name.bytes, name.len);
        variable->name[name.len] = '\0';
        *at = variable;
    }
    return *at;
}

const char *variables_get(const struct variables *variables, struct slice name)
{
    const struct variable *variable = find(variables, name);
    return variable != NULL ? variable->value : NULL;
}

void variables_set(struct variables *variables, struct slice name, const char *value)
{
    struct variable *variable = make(variables, name);
    char *copy = memory_copy(value); /* it may be of the old one */
    free(variable->value);
    variable->value = copy;
}

void variables_export(struct variables *variables, struct slice name, bool exported)
{
    make(variables, name)->exported = exported;
}

bool variables_is_exported(const struct variables *variables, struct slice name)
{
    const struct variable *variable = find(variables, name);
    return variable != NULL && variable->exported;
}

void variables_unset(struct variables *variables, struct slice name)
{
    struct variable **at = place(variables, name);
    struct variable *variable = *at;
    if (variable != NULL && compare(variable, name) == 0) {
        *at = variable->next;
        free(variable->name);
        free(variable->value);
        free(variable);
    }
}

const char **variables_environment(const struct variables *variables, struct arena *arena, bool all)
{
    size_t count = 0;
    for (const struct variable *one = variables->first; one != NULL; one = one->next) {
        count++;
    }
    const char **environment = arena_take(arena, (count + 1) * sizeof(char *));
    count = 0;
    for (const struct variable *one = variables->first; one != NULL; one = one->next) {
        if (one->value != NULL && (all || one->exported)) {
            struct text text = {NULL, 0, 0};
            text_format(&text, "%s%s=%s", one->exported ? "" : "-", one->name, one->value);
            environment[count++] = arena_copy(arena, text.bytes, text.len);
            text_free(&text);
        }
    }
    return environment;
}

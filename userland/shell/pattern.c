/* SPDX-License-Identifier: MIT */
/* Names of files that match a pattern. */
#include "userland/shell/expand.h"
#include <stdlib.h>
#include <string.h>

/* A character of a set; a \ before it is only to quote it. */
static unsigned char set_member(const char **at)
{
    *at += **at == '\\' && (*at)[1] != '\0';
    return (unsigned char)*(*at)++;
}

static bool is_negated(const char *set)
{
    return *set == '!' || *set == '^';
}

/* The ] of the set that begins behind a [, which has one member at least. NULL: there is none. */
static const char *set_end(const char *set)
{
    set += is_negated(set);
    for (bool first = true; first || *set != ']'; first = false) {
        if (*set == '\0') {
            return NULL;
        }
        set_member(&set);
    }
    return set;
}

/* A [ that has no ] stands for itself, and so does every one behind it. */
bool pattern_is_plain(const char *pattern)
{
    bool unended = false;
    for (; *pattern != '\0'; pattern++) {
        if (*pattern == '\\' && pattern[1] != '\0') {
            pattern++;
        } else if (*pattern == '[') {
            unended = unended || set_end(pattern + 1) == NULL;
            if (!unended) {
                return false;
            }
        } else if (*pattern == '*' || *pattern == '?') {
            return false;
        }
    }
    return true;
}

/* *pattern is behind the [, and goes behind the ]. */
static bool set_matches(const char **pattern, unsigned char c)
{
    const char *at = *pattern + is_negated(*pattern);
    const char *end = set_end(*pattern);
    bool found = false;
    if (end == NULL) {
        return c == '[';
    }
    while (at < end) {
        unsigned char low = set_member(&at);
        unsigned char high = low;
        if (*at == '-' && at + 1 < end) {
            at++;
            high = set_member(&at);
        }
        found = found || (c >= low && c <= high);
    }
    found = found != is_negated(*pattern);
    *pattern = end + 1;
    return found;
}

/* Matches one character; `*` is the caller's. */
static bool one_matches(const char **pattern, char c)
{
    char wanted = *(*pattern)++;
    switch (wanted) {
    case '?': return true;
    case '[': return set_matches(pattern, (unsigned char)c);
    case '\\':
        if (**pattern != '\0') {
            return *(*pattern)++ == c;
        }
        return c == '\\';
    default: return wanted == c;
    }
}

/* A `*` is tried with ever more; only the last one needs to be, so there is no recursion. */
bool pattern_matches(const char *pattern, const char *name)
{
    const char *star = NULL;
    const char *star_name = NULL;
    while (*name != '\0') {
        const char *next = pattern;
        if (*pattern == '*') {
            star = ++pattern;
            star_name = name;
        } else if (*pattern != '\0' && one_matches(&next, *name)) {
            pattern = next;
            name++;
        } else if (star != NULL) {
            pattern = star;
            name = ++star_name;
        } else {
            return false;
        }
    }
    while (*pattern == '*') {
        pattern++;
    }
    return *pattern == '\0';
}

/* ---- names ----------------------------------------------------------------------------------- */

enum { path_max = 1024 };

struct search {
    struct arena *arena;
    const struct expand_source *source;
    struct arguments *arguments;
    const char *pattern; /* of this part of the path */
    struct arguments found;
};

static void consider(void *context, const char *name)
{
    struct search *search = context;
    bool hidden = name[0] == '.' && search->pattern[0] != '.';
    if (!hidden && pattern_matches(search->pattern, name)) {
        arguments_add(search->arena, &search->found, arena_copy(search->arena, name, strlen(name)));
    }
}

static int compare(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void unquote(char *pattern)
{
    char *to = pattern;
    for (; *pattern != '\0'; pattern++) {
        pattern += *pattern == '\\' && pattern[1] != '\0';
        *to++ = *pattern;
    }
    *to = '\0';
}

static const char *join(struct arena *arena, const char *base, const char *name, const char *end)
{
    size_t len = strlen(base);
    char *path = arena_take(arena, len + strlen(name) + strlen(end) + 1);
    strcat(strcat(strcpy(path, base), name), end);
    return path;
}

/*
 * `base` ends with a / or is empty; `rest` is the pattern behind it. No path is as long as path_max, so the recursion
 * has an end.
 */
static void walk(struct arena *arena, const struct expand_source *source,
                 struct arguments *arguments, const char *base, const char *rest)
{
    if (strlen(base) > path_max) {
        return;
    }
    size_t len = strcspn(rest, "/");
    char *part = arena_copy(arena, rest, len);
    size_t slashes = strspn(rest + len, "/");
    const char *more = rest + len + slashes;
    struct search search = {arena, source, arguments, part, {NULL, 0, 0}};
    if (pattern_is_plain(part)) {
        unquote(part);
        arguments_add(arena, &search.found, part);
    } else {
        source->names(source->context, base, consider, &search);
    }
    if (search.found.count != 0) {
        qsort(search.found.at, search.found.count, sizeof(char *), compare);
    }
    for (size_t i = 0; i < search.found.count && arguments->count <= arguments_max; i++) {
        const char *path = join(arena, base, search.found.at[i], slashes != 0 ? "/" : "");
        if (*more != '\0') {
            walk(arena, source, arguments, path, more);
        } else {
            arguments_add(arena, arguments, path);
        }
    }
}

/* Whether the last, plain part of a path is there has to be looked up among its neighbours. */
struct presence {
    const char *name;
    bool found;
};

static void note_presence(void *context, const char *name)
{
    struct presence *presence = context;
    presence->found = presence->found || strcmp(name, presence->name) == 0;
}

static bool is_there(struct arena *arena, const struct expand_source *source, const char *path)
{
    const char *slash = strrchr(path, '/');
    size_t len = slash != NULL ? (size_t)(slash - path) + 1 : 0;
    struct presence presence = {path + len, path[len] == '\0'};
    source->names(source->context, arena_copy(arena, path, len), note_presence, &presence);
    return presence.found;
}

bool pattern_expand(struct arena *arena, const struct expand_source *source, const char *pattern,
                    struct arguments *arguments)
{
    size_t before = arguments->count;
    size_t kept = before;
    const char *slash = strrchr(pattern, '/');
    bool found_all = !pattern_is_plain(slash != NULL ? slash + 1 : pattern);
    walk(arena, source, arguments, pattern[0] == '/' ? "/" : "", pattern + (pattern[0] == '/'));
    for (size_t i = before; i < arguments->count; i++) {
        if (found_all || is_there(arena, source, arguments->at[i])) {
            arguments->at[kept++] = arguments->at[i];
        }
    }
    arguments->count = kept;
    if (arguments->at != NULL) {
        arguments->at[kept] = NULL;
    }
    return kept != before;
}

/* SPDX-License-Identifier: MIT */
/* Paths, and what lies below directories. */
#pragma once
#include <stdbool.h>

enum { path_room = 1024, path_depth_max = 64 };

/* A name put behind a directory. False: that is too long. */
bool path_below(char out[path_room], const char *directory, const char *name);

/* What stands behind the last /; of what people have typed, a / at its end is taken off before. */
const char *last_name(const char *path);
void trim_slashes(char *path);

/* Is that . or ..? */
bool is_itself(const char *name);

/* Is there one, maybe behind a link? */
bool is_directory(const char *path);

/* Says that the path with that name is too long: the code of that. */
int too_long(const char *name);

/* Runs a function on each name in a directory, in order; the worst of the codes. */
typedef int entry_function(const char *path, void *context, unsigned depth);
int each_entry(const char *directory, entry_function *function, void *context, unsigned depth);

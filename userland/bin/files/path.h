/* SPDX-License-Identifier: MIT */
/* Paths: from a directory to a node, or to where one would be. */
#pragma once
#include "userland/bin/files/tree.h"

struct path {
    const char *bytes;
    size_t len;
};

/* Is a link at the end followed? What takes names away or gives them means the name itself, slash or not. */
enum follow { FOLLOW_NEVER, FOLLOW_SLASHED, FOLLOW_ALWAYS };

/* Where a walk may go: it begins at `start`, and gets no higher than `top`. */
struct walk {
    struct node *top;
    struct node *start;
    enum follow follow;
};

/* Where a path ends. Pointers are good until the tree changes, or the path. */
struct place {
    struct node *node;      /* NULL: nothing is there */
    struct node *directory; /* where it has, or would have … */
    struct path name;       /* … that name; NULL: it was named by `.`, `..`, `/` or nothing */
    bool is_slashed;        /* so it must be a directory */
};

/*
 * not_found: a name on the way isn't there; wrong_type: it is no directory, or the end is none and
 * has a slash; out_of_range: too long, or too many links; invalid_arg: it has a byte of 0.
 */
J6_MUST_USE j6_status_t path_walk(const struct walk *walk, struct path path,
                                  struct place *out_place);

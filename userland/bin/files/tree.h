/* SPDX-License-Identifier: MIT */
/*
 * Which node has which name in which directory. Finding, adding and taking out take O(log n) steps
 * in the number of names there.
 *
 * Rules: a directory that has no name any more, but is open, is empty and stays so: nothing is
 * added to it.
 */
#pragma once
#include "userland/bin/files/node.h"

/* The one that has no name and isn't gone. */
J6_MUST_USE j6_status_t tree_init(struct node **out_root);

/* NULL: nothing has that name. */
struct node *tree_find(const struct node *directory, const char *name, size_t len);

/*
 * Gives a node without a name that one, which nothing has there, and holds it. not_found: the
 * directory has gone; quota, no_memory.
 */
J6_MUST_USE j6_status_t tree_add(struct node *directory, const char *name, size_t len,
                                 struct node *node);

/* Takes a node's name away, and lets go of it. A directory is empty. */
void tree_remove(struct node *node);

/* Gives a node another name, in the same directory or another one, instead of what has it. */
J6_MUST_USE j6_status_t tree_move(struct node *node, struct node *directory, const char *name,
                                  size_t len);

bool tree_is_empty(const struct node *directory);

/* Is the node that directory, or somewhere below it? */
bool tree_is_below(const struct node *node, const struct node *directory);

/* The one with the next higher id; NULL: there is none. */
const struct node *tree_next(const struct node *directory, uint64_t id);

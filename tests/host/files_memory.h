/* SPDX-License-Identifier: MIT */
/*
 * What the tree of the file service stands on, on the host: memory that can be refused, and no
 * areas.
 */
#pragma once
#include "userland/bin/files/path.h"
#include <stdint.h>

/* From now on the nth request for a record fails, and no other; 0: none. */
void files_memory_fail(uint64_t nth);

/* How many records are in use. */
uint64_t files_memory_used(void);

/* A new tree, and its first client, which has no limits. What was before is forgotten. */
struct files_host {
    struct node *root;
    struct client *first;
};

struct files_host files_host_begin(void);

/* Removes all that is in the tree, and then the rest; aborts if something is left over. */
void files_host_end(struct files_host *host);

/* Makes a node with that path and gives it a name; a link if there is a target. */
j6_status_t files_host_add(const struct files_host *host, const char *path, enum files_type type,
                           const char *target);

/* Walks from the root; the status. */
j6_status_t files_host_walk(const struct files_host *host, const char *path, enum follow follow,
                            struct place *out_place);

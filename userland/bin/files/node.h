/* SPDX-License-Identifier: MIT */
/*
 * Nodes: directories, files and links. A node with a name is in a directory; which ones are, tree.h
 * says.
 *
 * Rules: a node is held by its name, by who has it open, and by clients whose top it is; the last
 * one that lets go frees it. What it takes is charged to its owner, if it has one: who made it, or
 * for what came with the boot archive, who wrote to it first.
 */
#pragma once
#include "lib/avl.h"
#include "userland/bin/files/client.h"
#include <proto/files.h>
#include <stdbool.h>
#include <stdint.h>

/* Where a file's bytes are. `area` 0: nowhere yet, the file is empty. */
struct content {
    j6_handle_t area;
    uint64_t start; /* of the file in the area, if that is the boot archive */
    bool is_own;   /* the area is the file's alone, begins with it, and has as many pages, or one */
    bool is_dirty; /* behind the file's end there may be other things than zeros */
};

/* What lies in a directory, by name and by id: lists go by ids, which never change. */
struct entries {
    struct avl_tree by_name;
    struct avl_tree by_id;
};

struct link {
    char *target;
    size_t len;
};

struct node {
    struct node *parent; /* NULL: it has no name, or it is the root */
    char *name;
    size_t name_len;
    struct avl_node by_name, by_id; /* in the parent */
    uint64_t id;
    uint64_t holders;
    struct client *owner; /* held; NULL: nobody pays */
    uint64_t charged;     /* bytes */
    uint64_t size;
    uint64_t modified;
    enum files_type type;
    uint32_t mode;
    union {
        struct content content;
        struct entries entries;
        struct link link;
    };
};

J6_MUST_USE j6_status_t node_init(void);

/*
 * A node without a name, held by the caller; owner NULL: what comes with the boot archive. quota,
 * no_memory.
 */
J6_MUST_USE j6_status_t node_new(enum files_type type, uint32_t mode, struct client *owner,
                                 struct node **out_node);

/* A link that leads there. */
J6_MUST_USE j6_status_t node_new_link(const char *target, size_t len, struct client *owner,
                                      struct node **out_node);

void node_get(struct node *node);
void node_put(struct node *node);

/*
 * Makes what the owner is charged for the bytes of a file that much; without an owner, `client`
 * becomes it. quota.
 */
J6_MUST_USE j6_status_t node_charge(struct node *node, struct client *client, uint64_t bytes);

/* It was written to, now. */
void node_touch(struct node *node);

static inline bool node_is_directory(const struct node *node)
{
    return node->type == files_type_directory;
}

static inline struct files_stat node_stat(const struct node *node)
{
    return (struct files_stat){node->id, node->size, node->modified, node->type, node->mode};
}

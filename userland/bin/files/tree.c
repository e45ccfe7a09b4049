/* SPDX-License-Identifier: MIT */
#include "userland/bin/files/tree.h"
#include "lib/container.h"
#include "lib/string.h"
#include "userland/bin/files/text.h"

static const struct node *root;

struct key {
    const char *name;
    size_t len;
};

/* ---- order ---------------------------------------------------------------------------------- */

static int compare_names(const void *key, const struct avl_node *avl)
{
    const struct key *wanted = key;
    const struct node *node = container_of(avl, struct node, by_name);
    size_t len = wanted->len < node->name_len ? wanted->len : node->name_len;
    int order = memcmp(wanted->name, node->name, len);
    return order != 0 ? order : (wanted->len > node->name_len) - (wanted->len < node->name_len);
}

static int compare_ids(const void *key, const struct avl_node *avl)
{
    uint64_t wanted = *(const uint64_t *)key;
    uint64_t id = container_of(avl, struct node, by_id)->id;
    return (wanted > id) - (wanted < id);
}

struct node *tree_find(const struct node *directory, const char *name, size_t len)
{
    const struct key key = {name, len};
    struct avl_node *avl = directory->entries.by_name.root;
    while (avl != NULL) {
        int order = compare_names(&key, avl);
        if (order == 0) {
            return container_of(avl, struct node, by_name);
        }
        avl = avl->child[order > 0];
    }
    return NULL;
}

const struct node *tree_next(const struct node *directory, uint64_t id)
{
    const struct avl_node *avl = directory->entries.by_id.root;
    const struct avl_node *best = NULL;
    while (avl != NULL) {
        bool is_higher = compare_ids(&id, avl) < 0;
        best = is_higher ? avl : best;
        avl = avl->child[!is_higher];
    }
    return best == NULL ? NULL : container_of(best, struct node, by_id);
}

bool tree_is_empty(const struct node *directory)
{
    return directory->entries.by_id.root == NULL;
}

bool tree_is_below(const struct node *node, const struct node *directory)
{
    while (node != NULL && node != directory) {
        node = node->parent;
    }
    return node != NULL;
}

/* ---- changes -------------------------------------------------------------------------------- */

j6_status_t tree_init(struct node **out_root)
{
    j6_status_t status =
        node_new(files_type_directory, files_mode_write | files_mode_exec, NULL, out_root);
    root = status == j6_status_ok ? *out_root : NULL;
    return status;
}

static bool is_gone(const struct node *directory)
{
    return directory->parent == NULL && directory != root;
}

static void link_in(struct node *directory, struct node *node, char *name, size_t len)
{
    const struct key key = {name, len};
    node->parent = directory;
    node->name = name;
    node->name_len = len;
    avl_insert(&directory->entries.by_name, &node->by_name, &key, compare_names);
    avl_insert(&directory->entries.by_id, &node->by_id, &node->id, compare_ids);
    node_touch(directory);
}

static void link_out(struct node *node)
{
    struct node *directory = node->parent;
    avl_remove(&directory->entries.by_name, &node->by_name);
    avl_remove(&directory->entries.by_id, &node->by_id);
    text_free(node->name, node->name_len);
    node->parent = NULL;
    node->name = NULL;
    node_touch(directory);
}

j6_status_t tree_add(struct node *directory, const char *name, size_t len, struct node *node)
{
    char *text;
    if (is_gone(directory)) {
        return j6_err_not_found;
    }
    j6_status_t status = text_new(name, len, &text);
    if (status == j6_status_ok) {
        link_in(directory, node, text, len);
        node_get(node);
    }
    return status;
}

void tree_remove(struct node *node)
{
    link_out(node);
    node_put(node);
}

j6_status_t tree_move(struct node *node, struct node *directory, const char *name, size_t len)
{
    char *text;
    if (is_gone(directory)) {
        return j6_err_not_found;
    }
    j6_status_t status = text_new(name, len, &text);
    if (status != j6_status_ok) {
        return status;
    }
    struct node *replaced = tree_find(directory, name, len);
    if (replaced != NULL) {
        tree_remove(replaced);
    }
    link_out(node);
    link_in(directory, node, text, len);
    return j6_status_ok;
}

/* SPDX-License-Identifier: MIT */
#include "userland/bin/files/boot.h"
#include "lib/string.h"
#include "userland/bin/files/path.h"
#include <j6/j6.h>

enum { UNIX_WRITE = 0200, UNIX_EXEC = 0111 }; /* the owner's, anybody's */

static const uint64_t NS_PER_SECOND = 1000000000;

static j6_status_t new_node(const struct j6_archive_entry *entry, j6_handle_t area,
                            struct node **out_node)
{
    uint32_t mode = (entry->mode & UNIX_WRITE ? files_mode_write : 0) |
                    (entry->mode & UNIX_EXEC ? files_mode_exec : 0);
    if (entry->type == j6_archive_link) {
        return node_new_link(entry->target, strlen(entry->target), NULL, out_node);
    }
    if (entry->type == j6_archive_directory) {
        return node_new(files_type_directory, mode, NULL, out_node);
    }
    j6_status_t status = node_new(files_type_file, mode, NULL, out_node);
    if (status == j6_status_ok) {
        (*out_node)->size = entry->size;
        (*out_node)->content = (struct content){.area = area, .start = entry->offset};
    }
    return status;
}

/* Where a path leads; exists: to something. */
static j6_status_t find_place(struct node *root, const char *path, struct place *out_place)
{
    const struct walk walk = {.top = root, .start = root};
    j6_status_t status = path_walk(&walk, (struct path){path, strlen(path)}, out_place);
    return status == j6_status_ok && out_place->node != NULL ? j6_status_exists : status;
}

/* The directories come before what lies in them. */
static j6_status_t add(struct node *root, const struct j6_archive_entry *entry, j6_handle_t area)
{
    struct place place;
    struct node *node;
    j6_status_t status = find_place(root, entry->path, &place);
    if (status == j6_status_ok) {
        status = new_node(entry, area, &node);
    }
    if (status != j6_status_ok) {
        return status;
    }
    status = tree_add(place.directory, place.name.bytes, place.name.len, node);
    node->modified = entry->modified * NS_PER_SECOND;
    node_put(node);
    return status;
}

/* What no archive holds. It may hold the directory. */
static j6_status_t add_own(struct node *root, const char *path, enum files_type type)
{
    struct place place;
    struct node *node;
    j6_status_t status = find_place(root, path, &place);
    if (status == j6_status_ok) {
        status = node_new(type, files_mode_write, NULL, &node);
    }
    if (status != j6_status_ok) {
        return status == j6_status_exists ? j6_status_ok : status;
    }
    status = tree_add(place.directory, place.name.bytes, place.name.len, node);
    node_put(node);
    return status;
}

j6_status_t boot_fill(struct node *root, j6_handle_t area)
{
    struct j6_archive archive = j6_archive_of_area(&area);
    struct j6_archive_entry entry;
    enum j6_archive_result result;
    while ((result = j6_archive_next(&archive, &entry)) == j6_archive_ok) {
        j6_status_t status = add(root, &entry, area);
        if (status == j6_err_quota || status == j6_err_no_memory) {
            return status;
        }
        if (status != j6_status_ok) {
            j6_printf("files: boot archive: %s: %s", entry.path, j6_status_text(status));
            return j6_err_invalid_arg;
        }
    }
    if (result != j6_archive_end) {
        j6_printf("files: boot archive: %s, at %llu", j6_archive_text(result),
                  (unsigned long long)archive.next);
        return j6_err_invalid_arg;
    }
    j6_status_t status = add_own(root, "dev", files_type_directory);
    return status == j6_status_ok ? add_own(root, "dev/null", files_type_nothing) : status;
}

/* SPDX-License-Identifier: MIT */
/* Names: making, removing, moving. */
#include "lib/string.h"
#include "userland/bin/files/serve.h"

/* Gives what was made its name there; the caller's hold goes. */
static j6_status_t add(const struct place *place, struct node *node)
{
    j6_status_t status = tree_add(place->directory, place->name.bytes, place->name.len, node);
    node_put(node);
    return status;
}

j6_status_t serve_make_directory(struct j6_request *request)
{
    struct asked asked;
    struct node *node;
    j6_status_t status = asked_change(request, 0, FOLLOW_NEVER, &asked);
    if (status != j6_status_ok) {
        return status;
    }
    if (asked.place.node != NULL) {
        return j6_status_exists;
    }
    status = node_new(files_type_directory, files_mode_write | files_mode_exec, asked.open->client,
                      &node);
    return status == j6_status_ok ? add(&asked.place, node) : status;
}

/* ---- two paths ------------------------------------------------------------------------------- */

/* Of a request with two paths, for who may change something. */
struct asked_two {
    struct open *open;
    struct path first, second;
    uint64_t flags;
};

static j6_status_t asked_two(const struct j6_request *request, uint64_t flags,
                             struct asked_two *out_asked)
{
    struct files_request fields;
    memcpy(&fields, request->fields, sizeof(fields));
    j6_status_t status = asked_open(request, &out_asked->open);
    if (status != j6_status_ok || fields.flags & ~flags || fields.value > request->len) {
        return j6_err_invalid_arg;
    }
    const char *bytes = request->data;
    out_asked->first = (struct path){bytes, fields.value};
    out_asked->second = (struct path){bytes + fields.value, request->len - fields.value};
    out_asked->flags = fields.flags;
    return out_asked->open->client->read_only ? j6_err_denied : j6_status_ok;
}

static j6_status_t check_target(struct path target)
{
    if (target.len > files_path_max) {
        return j6_err_out_of_range;
    }
    bool has_zero = memchr(target.bytes, 0, target.len) != NULL;
    return target.len == 0 || has_zero ? j6_err_invalid_arg : j6_status_ok;
}

j6_status_t serve_make_link(struct j6_request *request)
{
    struct asked_two asked;
    struct place place;
    struct node *node;
    j6_status_t status = asked_two(request, 0, &asked);
    if (status == j6_status_ok) {
        status = check_target(asked.first);
    }
    if (status == j6_status_ok) {
        status = asked_walk(asked.open, asked.second, FOLLOW_NEVER, &place);
    }
    if (status != j6_status_ok) {
        return status;
    }
    if (place.node != NULL) {
        return j6_status_exists;
    }
    if (place.is_slashed) {
        return j6_err_wrong_type;
    }
    status = node_new_link(asked.first.bytes, asked.first.len, asked.open->client, &node);
    return status == j6_status_ok ? add(&place, node) : status;
}

/* ---- taking names away ----------------------------------------------------------------------- */

/* Can a directory, or something else, be removed from there? */
static j6_status_t check_removal(const struct node *node, bool directory)
{
    if (node_is_directory(node) != directory) {
        return directory ? j6_err_wrong_type : j6_err_bad_state;
    }
    return directory && !tree_is_empty(node) ? j6_status_exists : j6_status_ok;
}

j6_status_t serve_remove(struct j6_request *request)
{
    struct asked asked;
    j6_status_t status =
        asked_node_to_change(request, files_remove_directory, FOLLOW_NEVER, &asked);
    if (status != j6_status_ok) {
        return status;
    }
    if (asked.place.directory == NULL) {
        return j6_err_invalid_arg;
    }
    status = check_removal(asked.place.node, asked.request.flags & files_remove_directory);
    if (status == j6_status_ok) {
        tree_remove(asked.place.node);
    }
    return status;
}

static j6_status_t check_move(const struct place *from, const struct place *to, uint64_t flags)
{
    const struct node *node = from->node;
    if (node == NULL) {
        return j6_err_not_found;
    }
    if (from->directory == NULL || to->directory == NULL || tree_is_below(to->directory, node)) {
        return j6_err_invalid_arg;
    }
    if (to->node == NULL) {
        return to->is_slashed && !node_is_directory(node) ? j6_err_wrong_type : j6_status_ok;
    }
    if (flags & files_rename_keep) {
        return j6_status_exists;
    }
    return to->node == node ? j6_status_ok : check_removal(to->node, node_is_directory(node));
}

j6_status_t serve_rename(struct j6_request *request)
{
    struct asked_two asked;
    struct place from, to;
    j6_status_t status = asked_two(request, files_rename_keep, &asked);
    if (status == j6_status_ok) {
        status = asked_walk(asked.open, asked.first, FOLLOW_NEVER, &from);
    }
    if (status == j6_status_ok) {
        status = asked_walk(asked.open, asked.second, FOLLOW_NEVER, &to);
    }
    if (status == j6_status_ok) {
        status = check_move(&from, &to, asked.flags);
    }
    if (status != j6_status_ok || to.node == from.node) {
        return status;
    }
    return tree_move(from.node, to.directory, to.name.bytes, to.name.len);
}

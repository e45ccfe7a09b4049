/* SPDX-License-Identifier: MIT */
/* Clients, and what they open. */
#include "lib/string.h"
#include "userland/bin/files/content.h"
#include "userland/bin/files/serve.h"

/* What others can do with what is open: ask, see whether the service has closed, and pass it on. */
static const uint64_t OPEN_RIGHTS =
    j6_right_endpoint_send | j6_right_wait | j6_right_duplicate | j6_right_transfer;

/*
 * Opens a node, and puts the handle into the answer: if that isn't sent, *badge gone* closes it
 * again.
 */
static j6_status_t answer_open(struct j6_request *request, struct node *node, struct client *client,
                               uint64_t flags)
{
    uint64_t number;
    j6_status_t status = open_new(node, client, flags, &number);
    if (status != j6_status_ok) {
        return status;
    }
    status = j6_handle_duplicate(request->server->endpoint, OPEN_RIGHTS, number,
                                 &request->answer_handle);
    if (status != j6_status_ok) {
        open_end(number);
    }
    return status;
}

/* ---- clients --------------------------------------------------------------------------------- */

j6_status_t serve_client(struct j6_request *request)
{
    struct asked asked;
    struct client *client;
    j6_status_t status = asked_node(request, files_client_read_only, FOLLOW_ALWAYS, &asked);
    if (status != j6_status_ok) {
        return status;
    }
    if (!node_is_directory(asked.place.node)) {
        return j6_err_wrong_type;
    }
    status = client_new(asked.open->client, asked.place.node, &client);
    if (status != j6_status_ok) {
        return status;
    }
    client->open.limit = asked.request.value;
    client->bytes.limit = asked.request.bytes;
    client->read_only |= (asked.request.flags & files_client_read_only) != 0;
    status = answer_open(request, asked.place.node, client, 0);
    client_put(client);
    return status;
}

j6_status_t serve_space(struct j6_request *request)
{
    struct open *open;
    j6_status_t status = asked_open(request, &open);
    if (status == j6_status_ok) {
        const struct files_space space = client_space(open->client);
        memcpy(request->answer, &space, sizeof(space));
    }
    return status;
}

/* ---- opening --------------------------------------------------------------------------------- */

enum {
    OPEN_FLAGS = (files_open_no_follow << 1) - 1,
    MODE_FLAGS = files_mode_write | files_mode_exec,
};

/* Whether the flags go together, and the client may what they say. */
static j6_status_t check_flags(const struct asked *asked)
{
    uint64_t flags = asked->request.flags;
    bool write = flags & files_open_write;
    bool create = flags & files_open_create;
    if ((flags & (files_open_append | files_open_truncate) && !write) ||
        (flags & files_open_exclusive && !create) || (flags & files_open_directory && create) ||
        asked->request.value & ~(uint64_t)MODE_FLAGS) {
        return j6_err_invalid_arg;
    }
    return asked->open->client->read_only && write ? j6_err_denied : j6_status_ok;
}

static j6_status_t check_node(const struct asked *asked)
{
    const struct node *node = asked->place.node;
    uint64_t flags = asked->request.flags;
    if (flags & files_open_exclusive) {
        return j6_status_exists;
    }
    if (flags & files_open_directory && !node_is_directory(node)) {
        return j6_err_wrong_type;
    }
    if (node->type == files_type_link || (node_is_directory(node) && flags & files_open_write)) {
        return j6_err_bad_state;
    }
    return flags & files_open_write && !(node->mode & files_mode_write) ? j6_err_denied
                                                                        : j6_status_ok;
}

static j6_status_t open_there(struct j6_request *request, const struct asked *asked)
{
    struct node *node = asked->place.node;
    struct client *client = asked->open->client;
    j6_status_t status = check_node(asked);
    if (status == j6_status_ok) {
        status = answer_open(request, node, client, asked->request.flags);
    }
    if (status == j6_status_ok && asked->request.flags & files_open_truncate) {
        status = content_set_size(node, client, 0);
    }
    return status;
}

/* What was made goes with the handle if it gets no name. */
static j6_status_t open_new_file(struct j6_request *request, const struct asked *asked,
                                 struct node **out_node)
{
    const struct place *place = &asked->place;
    struct client *client = asked->open->client;
    if (!(asked->request.flags & files_open_create)) {
        return j6_err_not_found;
    }
    if (place->is_slashed) {
        return j6_err_bad_state;
    }
    if (client->read_only) {
        return j6_err_denied;
    }
    j6_status_t status =
        node_new(files_type_file, (uint32_t)asked->request.value, client, out_node);
    if (status != j6_status_ok) {
        return status;
    }
    status = answer_open(request, *out_node, client, asked->request.flags);
    if (status == j6_status_ok) {
        status = tree_add(place->directory, place->name.bytes, place->name.len, *out_node);
    }
    node_put(*out_node);
    return status;
}

j6_status_t serve_open(struct j6_request *request)
{
    struct asked asked;
    uint64_t flags = request->fields[0];
    bool itself = flags & (files_open_no_follow | files_open_exclusive);
    j6_status_t status =
        asked_place(request, OPEN_FLAGS, itself ? FOLLOW_SLASHED : FOLLOW_ALWAYS, &asked);
    if (status == j6_status_ok) {
        status = check_flags(&asked);
    }
    if (status != j6_status_ok) {
        return status;
    }
    struct node *node = asked.place.node;
    status = node != NULL ? open_there(request, &asked) : open_new_file(request, &asked, &node);
    if (status == j6_status_ok) {
        const struct files_stat stat = node_stat(node);
        memcpy(request->answer, &stat, sizeof(stat));
    }
    return status;
}

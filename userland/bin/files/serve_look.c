/* SPDX-License-Identifier: MIT */
/* What directories, files and links are, and what they are to be. */
#include "lib/string.h"
#include "userland/bin/files/serve.h"

/* ---- looking --------------------------------------------------------------------------------- */

static enum follow follow_of(const struct j6_request *request)
{
    return request->fields[0] & files_no_follow ? FOLLOW_SLASHED : FOLLOW_ALWAYS;
}

j6_status_t serve_stat(struct j6_request *request)
{
    struct asked asked;
    j6_status_t status = asked_node(request, files_no_follow, follow_of(request), &asked);
    if (status == j6_status_ok) {
        const struct files_stat stat = node_stat(asked.place.node);
        memcpy(request->answer, &stat, sizeof(stat));
    }
    return status;
}

j6_status_t serve_read_link(struct j6_request *request)
{
    struct asked asked;
    j6_status_t status = asked_node(request, 0, FOLLOW_SLASHED, &asked);
    if (status != j6_status_ok) {
        return status;
    }
    const struct node *node = asked.place.node;
    if (node->type != files_type_link) {
        return j6_err_bad_state;
    }
    memcpy(request->data, node->link.target, node->link.len);
    request->answer_len = node->link.len;
    return j6_status_ok;
}

static size_t row_size(const struct node *node)
{
    size_t size = offsetof(struct files_entry, name) + node->name_len + 1;
    return (size + 7) / 8 * 8;
}

static void write_row(struct files_entry *row, const struct node *node)
{
    memset(row, 0, row_size(node));
    row->id = node->id;
    row->next = node->id;
    row->row_size = (uint16_t)row_size(node);
    row->type = (uint8_t)node->type;
    memcpy(row->name, node->name, node->name_len);
}

/* A cursor is the id of the last one that was listed. */
j6_status_t serve_list(struct j6_request *request)
{
    struct files_list_request fields;
    struct open *open;
    memcpy(&fields, request->fields, sizeof(fields));
    j6_status_t status = asked_open(request, &open);
    if (status != j6_status_ok) {
        return status;
    }
    if (!node_is_directory(open->node)) {
        return j6_err_wrong_type;
    }
    struct files_list_answer answer = {0, fields.cursor};
    const struct node *node = tree_next(open->node, fields.cursor);
    if (fields.cap > files_data_max || (node != NULL && row_size(node) > fields.cap)) {
        return j6_err_invalid_arg;
    }
    char *end = request->data;
    for (; node != NULL && request->answer_len + row_size(node) <= fields.cap; answer.count++) {
        write_row((struct files_entry *)(end + request->answer_len), node);
        request->answer_len += row_size(node);
        answer.next = node->id;
        node = tree_next(open->node, node->id);
    }
    memcpy(request->answer, &answer, sizeof(answer));
    return j6_status_ok;
}

/* ---- changing -------------------------------------------------------------------------------- */

j6_status_t serve_set_modified(struct j6_request *request)
{
    struct asked asked;
    j6_status_t status = asked_node_to_change(request, files_no_follow, follow_of(request), &asked);
    if (status == j6_status_ok) {
        asked.place.node->modified = asked.request.value;
    }
    return status;
}

j6_status_t serve_set_mode(struct j6_request *request)
{
    struct asked asked;
    j6_status_t status = asked_node_to_change(request, 0, FOLLOW_ALWAYS, &asked);
    if (status != j6_status_ok) {
        return status;
    }
    if (asked.request.value & ~(uint64_t)(files_mode_write | files_mode_exec)) {
        return j6_err_invalid_arg;
    }
    asked.place.node->mode = (uint32_t)asked.request.value;
    return j6_status_ok;
}

/* SPDX-License-Identifier: MIT */
/* What is in files. */
#include "lib/string.h"
#include "userland/bin/files/content.h"
#include "userland/bin/files/serve.h"
#include <proto/text.h>

/* The file that is open for that. */
static j6_status_t asked_file(const struct j6_request *request, uint64_t flag,
                              struct open **out_open)
{
    j6_status_t status = asked_open(request, out_open);
    if (status != j6_status_ok) {
        return status;
    }
    if (node_is_directory((*out_open)->node)) {
        return j6_err_bad_state;
    }
    return (*out_open)->flags & flag ? j6_status_ok : j6_err_denied;
}

j6_status_t serve_read(struct j6_request *request)
{
    struct files_read_request fields;
    struct open *open;
    memcpy(&fields, request->fields, sizeof(fields));
    j6_status_t status = asked_file(request, files_open_read, &open);
    if (status != j6_status_ok) {
        return status;
    }
    if (fields.len > files_data_max) {
        return j6_err_invalid_arg;
    }
    return content_read(open->node, fields.offset, request->data, fields.len, &request->answer_len);
}

/* ---- writing --------------------------------------------------------------------------------- */

static j6_status_t write(const struct open *open, uint64_t offset, struct j6_request *request,
                         struct files_write_answer *out_answer)
{
    struct node *node = open->node;
    size_t done;
    if (offset == files_at_end || open->flags & files_open_append) {
        offset = node->size;
    }
    j6_status_t status =
        content_write(node, open->client, offset, request->data, request->len, &done);
    *out_answer = (struct files_write_answer){done, offset + done};
    return status;
}

j6_status_t serve_write(struct j6_request *request)
{
    struct files_write_answer answer;
    struct open *open;
    j6_status_t status = asked_file(request, files_open_write, &open);
    if (status == j6_status_ok) {
        status = write(open, request->fields[0], request, &answer);
        memcpy(request->answer, &answer, sizeof(answer));
    }
    return status;
}

j6_status_t serve_text(struct j6_request *request)
{
    struct files_write_answer answer;
    struct open *open;
    j6_status_t status = asked_file(request, files_open_write, &open);
    if (status == j6_status_ok) {
        status = write(open, files_at_end, request, &answer);
        request->answer[0] = answer.written; /* struct text_write_answer */
    }
    return status;
}

/* ---- by path or by handle -------------------------------------------------------------------- */

/* May the file be used that way, through the handle if it was named by that, else by anybody? */
static bool may(const struct j6_request *request, const struct asked *asked, uint64_t flag)
{
    const struct node *node = asked->place.node;
    if (request->len == 0) {
        return asked->open->flags & flag;
    }
    return flag == files_open_read ||
           (node->mode & files_mode_write && !asked->open->client->read_only);
}

static j6_status_t asked_file_at(const struct j6_request *request, uint64_t flags,
                                 struct asked *out_asked)
{
    j6_status_t status = asked_node(request, flags, FOLLOW_ALWAYS, out_asked);
    return status == j6_status_ok && node_is_directory(out_asked->place.node) ? j6_err_bad_state
                                                                              : status;
}

j6_status_t serve_map(struct j6_request *request)
{
    struct asked asked;
    uint64_t rights = j6_right_vma_map | j6_right_vma_read | j6_right_duplicate | j6_right_transfer;
    j6_status_t status = asked_file_at(request, files_map_write | files_map_exec, &asked);
    if (status != j6_status_ok) {
        return status;
    }
    bool write = asked.request.flags & files_map_write;
    bool exec = asked.request.flags & files_map_exec;
    if (!may(request, &asked, files_open_read) ||
        (write && !may(request, &asked, files_open_write)) ||
        (exec && !(asked.place.node->mode & files_mode_exec))) {
        return j6_err_denied;
    }
    rights |= (write ? j6_right_vma_write : 0) | (exec ? j6_right_vma_exec : 0);
    const struct files_map_answer answer = {asked.place.node->size};
    memcpy(request->answer, &answer, sizeof(answer));
    return content_map(asked.place.node, asked.open->client, rights, &request->answer_handle);
}

j6_status_t serve_truncate(struct j6_request *request)
{
    struct asked asked;
    j6_status_t status = asked_file_at(request, 0, &asked);
    if (status != j6_status_ok) {
        return status;
    }
    return may(request, &asked, files_open_write)
               ? content_set_size(asked.place.node, asked.open->client, asked.request.value)
               : j6_err_denied;
}

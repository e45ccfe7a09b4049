/* SPDX-License-Identifier: MIT */
/* The client's side of <j6/protocol.h>. */
#include "lib/string.h"
#include <j6/protocol.h>

/* Does what came have the form that was asked for? */
static bool is_answer(const struct j6_ask *ask, const struct j6_call *call)
{
    bool bytes_ok = ask->out_len != NULL || call->bytes == ask->cap;
    return bytes_ok && call->handles == (ask->out_handle != NULL ? 1 : 0);
}

static void write_results(const struct j6_ask *ask, const struct j6_call *call, j6_handle_t handle)
{
    if (ask->answer != NULL) {
        memcpy(ask->answer, call->word, ask->answer_size);
    }
    if (ask->out_len != NULL) {
        *ask->out_len = call->bytes;
    }
    if (ask->out_handle != NULL) {
        *ask->out_handle = handle;
    }
}

j6_status_t j6_ask(j6_handle_t service, const struct j6_ask *ask, j6_time_t deadline)
{
    j6_handle_t handle = ask->handle;
    struct j6_message message = {
        .data = ask->data,
        .len = ask->len,
        .cap = ask->cap,
        .handles = &handle,
        .handle_count = ask->handle != 0 ? 1 : 0,
        .handle_cap = ask->out_handle != NULL ? 1 : 0,
    };
    struct j6_call call = {.tag = ask->code, .message = &message};
    if (ask->size > sizeof(call.word) || ask->answer_size > sizeof(call.word)) {
        return j6_err_out_of_range;
    }
    if (ask->fields != NULL) {
        memcpy(call.word, ask->fields, ask->size);
    }
    if ((message.len | message.cap | message.handle_count | message.handle_cap) == 0) {
        call.message = NULL;
    }
    j6_status_t status = j6_endpoint_call(service, &call, deadline);
    if (status != j6_status_ok) {
        return status == j6_err_insufficient ? j6_err_unexpected : status;
    }
    status = j6_status_of_tag(call.tag);
    if (status == j6_status_ok && is_answer(ask, &call)) {
        write_results(ask, &call, handle);
        return j6_status_ok;
    }
    if (call.handles != 0) {
        j6_handle_close(handle);
    }
    return status == j6_status_ok ? j6_err_unexpected : status;
}

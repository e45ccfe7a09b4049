/* SPDX-License-Identifier: MIT */
/* The server's side of <j6/protocol.h>. */
#include "lib/string.h"
#include <j6/protocol.h>

/* A thread that serves: what it receives, and then answers from the same place. */
struct serving {
    const struct j6_server *server;
    struct j6_message message;
    struct j6_call call;
    j6_handle_t handles[j6_handles_max];
};

static const j6_time_t RETRY_AFTER = 1000000; /* 1 ms */

/* ---- one request ---------------------------------------------------------------------------- */

static j6_status_t serve_request(struct serving *serving, struct j6_request *request)
{
    const struct j6_server *server = serving->server;
    for (size_t i = 0; i < server->count; i++) {
        const struct j6_method *method = &server->methods[i];
        if (method->code == serving->call.tag) {
            bool fits = request->len >= method->min && request->len <= method->max &&
                        serving->call.handles == (method->has_handle ? 1 : 0);
            return fits ? method->serve(request) : j6_err_invalid_arg;
        }
    }
    return j6_err_nyi;
}

/* Closes what came along, but for a handle that the function has kept. */
static void close_handles(struct serving *serving, j6_handle_t first)
{
    serving->handles[0] = first;
    for (uint64_t i = 0; i < serving->call.handles; i++) {
        if (serving->handles[i] != 0) {
            j6_handle_close(serving->handles[i]);
        }
    }
}

static void fill_in_answer(struct serving *serving, struct j6_request *request, j6_status_t status)
{
    bool ok = status == j6_status_ok;
    if (!ok && request->answer_handle != 0) {
        j6_handle_close(request->answer_handle);
    }
    serving->call.tag = j6_tag_of_status(status);
    serving->call.token = request->token;
    memcpy(serving->call.word, request->answer, sizeof(request->answer));
    serving->handles[0] = request->answer_handle;
    serving->message.len = ok ? request->answer_len : 0;
    serving->message.handle_count = ok && request->answer_handle != 0 ? 1 : 0;
}

static void answer_request(struct serving *serving)
{
    struct j6_call *call = &serving->call;
    struct j6_request request = {
        .server = serving->server,
        .badge = call->badge,
        .token = call->token,
        .data = serving->message.data,
        .len = call->bytes,
        .handle = call->handles > 0 ? serving->handles[0] : 0,
    };
    memcpy(request.fields, call->word, sizeof(request.fields));
    j6_status_t status = serve_request(serving, &request);
    close_handles(serving, request.handle);
    fill_in_answer(serving, &request, status);
}

/* ---- the loop ------------------------------------------------------------------------------- */

/* Who only sends isn't answered, and what he sends is nobody's. */
static void take(struct serving *serving)
{
    const struct j6_server *server = serving->server;
    if (serving->call.tag & j6_tag_system) {
        if (server->notice != NULL) {
            server->notice(server, &serving->call);
        }
    } else if (serving->call.token != 0) {
        answer_request(serving);
    } else {
        close_handles(serving, serving->handles[0]);
    }
}

/* Who has something to do when nothing comes, looks whether something does. */
static j6_time_t patience(const struct j6_server *server)
{
    return server->idle != NULL ? j6_deadline_poll : j6_deadline_never;
}

static j6_status_t receive(struct serving *serving)
{
    const struct j6_server *server = serving->server;
    serving->message.len = 0;
    serving->message.handle_count = 0;
    j6_status_t status = j6_endpoint_receive(server->endpoint, &serving->call, patience(server));
    if (status == j6_status_would_block) {
        server->idle(server);
        status = j6_endpoint_receive(server->endpoint, &serving->call, j6_deadline_never);
    }
    return status;
}

/* An answer that can't be sent is the server's mistake: the client learns that there was one. */
static j6_status_t answer_and_receive(struct serving *serving)
{
    j6_handle_t endpoint = serving->server->endpoint;
    uint64_t token = serving->call.token;
    j6_status_t status =
        j6_endpoint_reply_receive(endpoint, &serving->call, patience(serving->server));
    if (status == j6_status_ok || status == j6_status_closed) {
        return status;
    }
    if (status == j6_status_would_block) {
        return receive(serving);
    }
    if (serving->message.handle_count != 0) {
        j6_handle_close(serving->handles[0]);
    }
    j6_answer(endpoint, token, j6_err_unexpected, NULL, 0, 0);
    return receive(serving);
}

/* While there is no room for a message, it waits. */
static j6_status_t serve_until_closed(struct serving *serving)
{
    j6_status_t status = receive(serving);
    while (status != j6_status_closed) {
        if (status == j6_status_ok) {
            take(serving);
            status = serving->call.token != 0 ? answer_and_receive(serving) : receive(serving);
        } else {
            j6_time_t now = 0;
            j6_clock(&now);
            j6_thread_sleep(now + RETRY_AFTER);
            status = receive(serving);
        }
    }
    return status;
}

j6_status_t j6_serve(const struct j6_server *server)
{
    uint64_t address = 0;
    j6_handle_t area;
    uint64_t flags = j6_map_read | j6_map_write | (server->keeps_memory ? j6_map_fixed_size : 0);
    j6_status_t status = j6_vma_create_map(j6_data_max, 0, flags, &address, &area);
    if (status != j6_status_ok) {
        return status;
    }
    struct serving serving = {.server = server};
    serving.message = (struct j6_message){
        .data = (void *)address,
        .cap = j6_data_max,
        .handles = serving.handles,
        .handle_cap = j6_handles_max,
    };
    serving.call.message = &serving.message;
    j6_ready();
    status = serve_until_closed(&serving);
    j6_vma_unmap(area, j6_handle_self_process, address, 0);
    j6_handle_close(area);
    return status;
}

j6_status_t j6_answer(j6_handle_t endpoint, uint64_t token, j6_status_t status, const void *answer,
                      size_t size, j6_handle_t handle)
{
    struct j6_message message = {.handles = &handle, .handle_count = 1};
    struct j6_call call = {
        .tag = j6_tag_of_status(status),
        .token = token,
        .message = handle != 0 ? &message : NULL,
    };
    if (size > sizeof(call.word)) {
        return j6_err_out_of_range;
    }
    if (answer != NULL) {
        memcpy(call.word, answer, size);
    }
    return j6_endpoint_reply(endpoint, &call, j6_deadline_poll);
}

/* SPDX-License-Identifier: MIT */
/* A server by <j6/protocol.h> that puts work off until nothing more comes. */
#include "userland/test/main/look.h"
#include <j6/protocol.h>

enum { CODE = 1, CLIENTS = 3 };

/* What it has done by the time that it was idle for the last time. */
struct counts {
    uint32_t served;
    uint32_t idle;
    uint32_t served_before_idle;
};

static j6_status_t serve(struct j6_request *request)
{
    struct counts *counts = request->server->context;
    counts->served++;
    return j6_status_ok;
}

static void idle(const struct j6_server *server)
{
    struct counts *counts = server->context;
    counts->served_before_idle = counts->served;
    __atomic_fetch_add(&counts->idle, 1, __ATOMIC_RELEASE);
}

static int64_t serve_main(void *arg)
{
    return (int64_t)j6_serve(arg);
}

static int64_t ask(void *arg)
{
    const struct j6_ask ask = {.code = CODE};
    return (int64_t)j6_ask(*(const j6_handle_t *)arg, &ask, j6_deadline_never);
}

static uint32_t idle_count(const struct counts *counts)
{
    return __atomic_load_n(&counts->idle, __ATOMIC_ACQUIRE);
}

static void thread_finish(struct j6_thread *thread, j6_status_t wanted)
{
    int64_t status = -1;
    expect_ok(j6_thread_join(thread, &status));
    expect_status(wanted, (j6_status_t)status);
}

TEST(a_server_is_idle_once_when_all_that_came_is_served)
{
    static const struct j6_method method = {.code = CODE, .serve = serve};
    struct counts counts = {0};
    struct j6_thread clients[CLIENTS];
    struct j6_thread serving;
    struct j6_server server = {.methods = &method, .count = 1, .context = &counts, .idle = idle};
    expect_ok(j6_endpoint_create(0, 0, 0, &server.endpoint));
    for (int i = 0; i < CLIENTS; i++) {
        expect_ok(j6_thread_run(&clients[i], ask, &server.endpoint, 4 * PAGE));
        thread_blocks(clients[i].handle, j6_wait_send);
    }
    expect_ok(j6_thread_run(&serving, serve_main, &server, 4 * PAGE));
    expect_soon(idle_count(&counts) == 1);
    expect_equal(CLIENTS, counts.served_before_idle);
    for (int i = 0; i < CLIENTS; i++) {
        thread_finish(&clients[i], j6_status_ok);
    }
    thread_blocks(serving.handle, j6_wait_receive);
    expect_equal(1, idle_count(&counts));
    expect_ok((j6_status_t)ask(&server.endpoint));
    expect_soon(idle_count(&counts) == 2);
    expect_equal(CLIENTS + 1, counts.served_before_idle);
    expect_ok(j6_object_close(server.endpoint));
    thread_finish(&serving, j6_status_closed);
    expect_ok(j6_handle_close(server.endpoint));
}

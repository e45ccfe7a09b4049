/* SPDX-License-Identifier: MIT */
/*
 * Two processes, and so two address spaces, on one CPU. Each figure is a round trip, from user mode to user
 * mode: endpoint_call here, endpoint_reply_receive there, both stubs, both loops, and the looks at the status.
 *
 *   ipc_call_0w        a tag alone, and what comes back isn't looked at
 *   ipc_call_4w        four words there, four back, which are used
 *   ipc_call_4w_fpu    the same; both have used the floating-point unit
 *   ipc_call_deadline  the same as _4w with a deadline, which is far off
 *   ipc_call_64b, _512b, _4k, _64k
 *                      so many bytes there, a tag and words back; the memory of both sides is there
 *   ipc_call_handle    one handle there and back
 *   notify_pingpong    endpoint_notify to the other's endpoint, who receives it and answers likewise
 */
#include "userland/bench/ipc.h"

enum { DATA = 65536 };

/* ---- the two processes ---------------------------------------------------------------------- */

struct side {
    const char *way;
    bool fpu;
    uint64_t others; /* handles that it has besides */
};

static void run_pingpong(const struct bench_server *server, const struct side *side,
                         j6_handle_t *out_process, j6_handle_t *out_thread)
{
    const char *const plain[] = {"pingpong", side->way, NULL};
    const char *const with_fpu[] = {"pingpong", "fpu", side->way, NULL};
    const struct j6_spawn_row rows[] = {
        {"theirs", server->theirs, j6_handle_rights(server->theirs)},
        {"mine", server->mine, j6_handle_rights(server->mine)},
    };
    const struct j6_program program = {
        .elf = j6_find_module("pingpong"),
        .name = "pingpong",
        .argv = side->fpu ? with_fpu : plain,
        .rows = rows,
        .row_count = sizeof(rows) / sizeof(rows[0]),
        .out_thread = out_thread,
    };
    bench_require(j6_process_create("pingpong", 8, NULL, 0, out_process), "process");
    for (uint64_t i = 0; i < side->others; i++) {
        j6_handle_t there;
        bench_require(j6_process_give_handle(*out_process, server->mine,
                                             j6_handle_rights(server->mine), &there),
                      "give");
    }
    bench_require(j6_start_program(*out_process, &program), "start");
}

void bench_server_start(struct bench_server *server, const char *way, bool fpu)
{
    bench_require(j6_endpoint_create(DATA, 1, 0, &server->theirs), "endpoint");
    bench_require(j6_endpoint_create(DATA, 1, 0, &server->mine), "endpoint");
    run_pingpong(server, &(struct side){.way = way, .fpu = fpu}, &server->process, &server->thread);
}

/* Waits until the process ends; what comes of that. */
static int64_t finish(j6_handle_t process, j6_handle_t thread)
{
    struct j6_end_info end;
    bench_require(j6_wait_end(process, &end), "wait");
    bench_require(end.code >= 0 && end.reason == j6_reason_exited ? j6_status_ok
                                                                  : j6_err_unexpected,
                  "pingpong");
    bench_require(j6_handle_close(thread), "close");
    bench_require(j6_handle_close(process), "close");
    return end.code;
}

void bench_server_end(struct bench_server *server)
{
    bench_require(j6_object_close(server->theirs), "close");
    finish(server->process, server->thread);
    bench_require(j6_handle_close(server->theirs), "close");
    bench_require(j6_handle_close(server->mine), "close");
}

/* ---- figures -------------------------------------------------------------------------------- */

static uint64_t measure(const char *serving, const struct side *client)
{
    struct bench_server server;
    j6_handle_t process;
    j6_handle_t thread;
    bench_server_start(&server, serving, client->fpu);
    run_pingpong(&server, client, &process, &thread);
    uint64_t figure = (uint64_t)finish(process, thread);
    bench_server_end(&server);
    return figure;
}

void bench_ipc(void)
{
    static const struct {
        const char *name; /* also the client's way */
        const char *serving;
    } figures[] = {
        {"ipc_call_0w", "serve_words"},       {"ipc_call_4w", "serve_words"},
        {"ipc_call_deadline", "serve_words"}, {"ipc_call_64b", "serve_messages"},
        {"ipc_call_512b", "serve_messages"},  {"ipc_call_4k", "serve_messages"},
        {"ipc_call_64k", "serve_messages"},   {"ipc_call_handle", "serve_messages"},
        {"notify_pingpong", "serve_notices"},
    };
    for (unsigned i = 0; i < sizeof(figures) / sizeof(figures[0]); i++) {
        const struct side client = {.way = figures[i].name};
        bench_report(figures[i].name, measure(figures[i].serving, &client), "insn");
    }
    const struct side client = {.way = "ipc_call_4w", .fpu = true};
    bench_report("ipc_call_4w_fpu", measure("serve_words", &client), "insn");
}

void bench_ipc_growth(void)
{
    static const uint64_t sizes[] = {10, 1000, 100000, 1000000};
    for (unsigned i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        const struct side client = {.way = "ipc_call_4w", .others = sizes[i]};
        bench_report_at("ipc_call_by_handle", sizes[i], measure("serve_words", &client));
    }
}

void bench_calls_for_ever(void)
{
    struct bench_server server;
    j6_handle_t process;
    j6_handle_t thread;
    j6_time_t now;
    bench_server_start(&server, "serve_words", false);
    run_pingpong(&server, &(struct side){.way = "call_for_ever"}, &process, &thread);
    bench_require(j6_clock(&now), "clock");
    j6_thread_sleep(now + 10000000); /* now they are at it */
    j6_printf("bench: calls for ever");
    finish(process, thread);
}

/* ---- by who measures something else ----------------------------------------------------------- */

uint64_t bench_call(j6_handle_t theirs, uint64_t rounds)
{
    struct j6_call call = {0};
    uint64_t start = ticks();
    for (uint64_t i = 0; i < rounds; i++) {
        bench_require(j6_endpoint_call(theirs, &call, j6_deadline_never), "call");
    }
    return (ticks() - start) / rounds;
}

/* SPDX-License-Identifier: MIT */
/*
 * How urgent a thread is while it holds calls: as the most urgent of those who made them, until they are
 * answered or given up. Threads begin at a constant priority of their own.
 */
#include "userland/test/main/ipc_peer.h"

enum { URGENT = 3, LESS = 5, LEAST = 6 };

static void set_priority(j6_handle_t thread, uint64_t priority)
{
    uint64_t value = priority | j6_priority_constant;
    expect_ok(j6_thread_control(thread, j6_control_priority, &value, sizeof(value)));
}

static uint32_t level_of(j6_handle_t thread)
{
    return thread_row(own_koid(), koid_of(thread)).level;
}

static uint32_t own_level(void)
{
    return level_of(j6_handle_self_thread);
}

static int64_t urgent_call(void *arg)
{
    struct ipc_peer *peer = arg;
    set_priority(j6_handle_self_thread, peer->call.word[3]);
    peer->status = j6_endpoint_call(peer->endpoint, &peer->call, peer->deadline);
    return 0;
}

/* A caller of that priority, whose call waits when this returns. */
static void call_with(struct ipc_peer *peer, j6_handle_t endpoint, uint64_t priority,
                      j6_time_t deadline)
{
    *peer = (struct ipc_peer){.endpoint = endpoint, .deadline = deadline};
    peer->call.word[3] = priority;
    expect_ok(j6_thread_run(&peer->thread, urgent_call, peer, 4 * PAGE));
    thread_blocks(peer->thread.handle, j6_wait_send);
}

static void reply_to(j6_handle_t endpoint, uint64_t token)
{
    struct j6_call reply = {.token = token};
    expect_ok(j6_endpoint_reply(endpoint, &reply, 0));
}

TEST(who_holds_a_call_is_as_urgent_as_its_caller_until_the_reply)
{
    struct ipc_peer caller;
    j6_handle_t endpoint = endpoint_new();
    set_priority(j6_handle_self_thread, LESS);
    call_with(&caller, endpoint, URGENT, j6_deadline_never);
    expect_equal(LESS, own_level()); /* who waits in the queue makes nobody urgent */
    struct j6_call call = receive_now(endpoint);
    expect_equal(URGENT, own_level());
    reply_to(endpoint, call.token);
    expect_equal(LESS, own_level());
    ipc_peer_finish(&caller, j6_status_ok);
    expect_ok(j6_handle_close(endpoint));
}

TEST(the_most_urgent_of_several_callers_counts)
{
    struct ipc_peer callers[3];
    static const uint64_t priorities[] = {LESS, URGENT, LESS};
    j6_handle_t endpoint = endpoint_new();
    set_priority(j6_handle_self_thread, LEAST);
    uint64_t tokens[3];
    for (int i = 0; i < 3; i++) {
        call_with(&callers[i], endpoint, priorities[i], j6_deadline_never);
        tokens[i] = receive_now(endpoint).token;
        expect_equal(i == 0 ? LESS : URGENT, own_level());
    }
    reply_to(endpoint, tokens[0]);
    expect_equal(URGENT, own_level());
    reply_to(endpoint, tokens[1]);
    expect_equal(LESS, own_level());
    reply_to(endpoint, tokens[2]);
    expect_equal(LEAST, own_level());
    for (int i = 0; i < 3; i++) {
        ipc_peer_finish(&callers[i], j6_status_ok);
    }
    expect_ok(j6_handle_close(endpoint));
}

TEST(a_call_that_is_given_up_makes_nobody_urgent_any_more)
{
    struct ipc_peer caller;
    j6_handle_t endpoint = endpoint_new();
    set_priority(j6_handle_self_thread, LESS);
    call_with(&caller, endpoint, URGENT, j6_deadline_never);
    receive_now(endpoint);
    expect_equal(URGENT, own_level());
    expect_ok(j6_thread_kill(caller.thread.handle, 0));
    expect_ok(j6_thread_join(&caller.thread, NULL));
    expect_soon(own_level() == LESS); /* the end of the call may have come from another CPU */
    expect_ok(j6_handle_close(endpoint));
}

/* ---- a reply by another thread, and chains ---- */

struct server {
    j6_handle_t endpoint;
    j6_handle_t next; /* that it calls in turn; 0: it waits for `go` */
    j6_handle_t go;
    uint64_t token;
    struct j6_thread thread;
};

static int64_t serve_once(void *arg)
{
    struct server *server = arg;
    uint64_t signals;
    set_priority(j6_handle_self_thread, LEAST);
    struct j6_call call = {0};
    expect_ok(j6_endpoint_receive(server->endpoint, &call, j6_deadline_never));
    server->token = call.token;
    if (server->next != j6_handle_none) {
        struct j6_call further = {0};
        expect_ok(j6_endpoint_call(server->next, &further, j6_deadline_never));
        reply_to(server->endpoint, server->token);
    }
    return (int64_t)j6_object_wait(server->go, j6_signal_user_mask, &signals, j6_deadline_never);
}

static void server_start(struct server *server, j6_handle_t next)
{
    *server = (struct server){.endpoint = endpoint_new(), .next = next, .go = event_new()};
    expect_ok(j6_thread_run(&server->thread, serve_once, server, 4 * PAGE));
    thread_blocks(server->thread.handle, j6_wait_receive);
}

static void server_end(struct server *server)
{
    expect_ok(j6_object_signal(server->go, 0, J6_SIGNAL(48)));
    expect_ok(j6_thread_join(&server->thread, NULL));
    expect_ok(j6_handle_close(server->go));
    expect_ok(j6_handle_close(server->endpoint));
}

static void call_starts(struct ipc_peer *peer, j6_handle_t endpoint)
{
    *peer = (struct ipc_peer){.endpoint = endpoint, .deadline = j6_deadline_never};
    peer->call.word[3] = URGENT;
    expect_ok(j6_thread_run(&peer->thread, urgent_call, peer, 4 * PAGE));
    thread_blocks(peer->thread.handle, j6_wait_reply);
}

TEST(a_reply_by_another_thread_ends_the_urgency_of_who_received)
{
    struct server server;
    struct ipc_peer caller;
    server_start(&server, j6_handle_none);
    expect_equal(LEAST, level_of(server.thread.handle));
    call_starts(&caller, server.endpoint);
    thread_blocks(server.thread.handle, j6_wait_object);
    expect_equal(URGENT, level_of(server.thread.handle));
    reply_to(server.endpoint, server.token);
    ipc_peer_finish(&caller, j6_status_ok);
    server_end(&server);
}

TEST(urgency_goes_along_a_chain_of_calls)
{
    struct server last;
    struct server first;
    struct ipc_peer caller;
    server_start(&last, j6_handle_none);
    server_start(&first, last.endpoint);
    call_starts(&caller, first.endpoint);
    thread_blocks(last.thread.handle, j6_wait_object);
    expect_equal(URGENT, level_of(first.thread.handle));
    expect_equal(URGENT, level_of(last.thread.handle));
    reply_to(last.endpoint, last.token);
    ipc_peer_finish(&caller, j6_status_ok);
    server_end(&first);
    server_end(&last);
}

/* A server that is less urgent than a spinner answers at once, since its caller is more urgent. */
static int64_t spin(void *arg)
{
    set_priority(j6_handle_self_thread, LESS);
    while (!__atomic_load_n((bool *)arg, __ATOMIC_ACQUIRE)) {}
    return 0;
}

static int64_t answer(void *arg)
{
    set_priority(j6_handle_self_thread, LEAST);
    struct j6_call call = {0};
    expect_ok(j6_endpoint_receive(*(j6_handle_t *)arg, &call, j6_deadline_never));
    expect_equal(URGENT, own_level());
    expect_ok(j6_endpoint_reply(*(j6_handle_t *)arg, &call, 0));
    return 0;
}

TEST(an_urgent_caller_does_not_wait_for_those_who_are_less_urgent)
{
    bool stop = false;
    struct j6_thread server;
    struct j6_thread spinner;
    j6_handle_t endpoint = endpoint_new();
    stay_on_first_cpu();
    set_priority(j6_handle_self_thread, URGENT);
    expect_ok(j6_thread_run(&server, answer, &endpoint, 4 * PAGE));
    thread_blocks(server.handle, j6_wait_receive);
    expect_ok(j6_thread_run(&spinner, spin, &stop, 4 * PAGE));
    struct j6_call call = {0};
    expect_ok(j6_endpoint_call(endpoint, &call, j6_deadline_never));
    __atomic_store_n(&stop, true, __ATOMIC_RELEASE);
    expect_ok(j6_thread_join(&spinner, NULL));
    expect_ok(j6_thread_join(&server, NULL));
    leave_first_cpu();
    expect_ok(j6_handle_close(endpoint));
}

/* ---- CPUs ---- */

/* Replies with the CPU that it runs on, until it is told to end by tag 0. */
static int64_t tell_cpu(void *arg)
{
    j6_handle_t endpoint = *(j6_handle_t *)arg;
    j6_koid_t own = koid_of(j6_handle_self_thread);
    struct j6_call call = {0};
    j6_status_t status = j6_endpoint_receive(endpoint, &call, j6_deadline_never);
    while (status == j6_status_ok && call.tag != 0) {
        call.word[0] = thread_row(own_koid(), own).cpu;
        status = j6_endpoint_reply_receive(endpoint, &call, j6_deadline_never);
    }
    return (int64_t)status;
}

static uint64_t cpu_of_server(j6_handle_t endpoint)
{
    struct j6_call call = {.tag = 1};
    expect_ok(j6_endpoint_call(endpoint, &call, j6_deadline_never));
    return call.word[0];
}

TEST(a_server_runs_where_its_affinity_says_wherever_it_is_called_from)
{
    struct j6_thread server;
    j6_handle_t endpoint = endpoint_new();
    uint64_t second = 2;
    if (cpu_count() < 2) {
        test_skip("one CPU");
        expect_ok(j6_handle_close(endpoint));
        return;
    }
    stay_on_first_cpu();
    expect_ok(j6_thread_run(&server, tell_cpu, &endpoint, 4 * PAGE));
    for (int i = 0; i < 3; i++) {
        thread_blocks(server.handle, j6_wait_receive);
        expect_equal(0, cpu_of_server(endpoint));
    }
    thread_blocks(server.handle, j6_wait_receive);
    expect_ok(j6_thread_control(server.handle, j6_control_affinity, &second, sizeof(second)));
    for (int i = 0; i < 3; i++) {
        expect_equal(1, cpu_of_server(endpoint));
    }
    struct j6_call end = {0};
    expect_ok(j6_endpoint_send(endpoint, &end, j6_deadline_never));
    expect_ok(j6_thread_join(&server, NULL));
    leave_first_cpu();
    expect_ok(j6_handle_close(endpoint));
}

/* SPDX-License-Identifier: MIT */
/*
 * Callers, senders and servers that are killed, and endpoints that are closed, all at once. Each message carries an
 * event: wherever it is at the end, it is in one place, so that closing all handles that anybody has seen
 * leaves none.
 */
#include "userland/test/main/ipc_peer.h"

enum { WORKERS = 6, SIZE = 20000 };

/* What a worker has seen, wherever it was killed. */
struct worker {
    struct j6_thread thread;
    j6_handle_t event;    /* that it sends */
    j6_handle_t received; /* that it got */
    bool with_data;
    uint64_t rounds;
    uint64_t wrong;
};

static struct {
    j6_handle_t endpoint;
    struct worker workers[WORKERS];
    char data[WORKERS][SIZE];
} race;

static bool is_documented(j6_status_t status)
{
    return status == j6_status_ok || status == j6_status_closed || status == j6_status_timed_out ||
           status == j6_status_cancelled || status == j6_err_not_found;
}

static struct j6_message message_of(struct worker *worker, bool sends)
{
    return (struct j6_message){.data = race.data[worker - race.workers],
                               .len = sends && worker->with_data ? SIZE : 0,
                               .cap = SIZE,
                               .handles = sends ? &worker->event : &worker->received,
                               .handle_count = sends,
                               .handle_cap = 1};
}

static int64_t call_or_send(struct worker *worker, endpoint_call *make)
{
    j6_status_t status = j6_status_ok;
    while (status != j6_status_closed) {
        if (j6_event_create(0, &worker->event) != j6_status_ok) {
            return __LINE__;
        }
        struct j6_message message = message_of(worker, true);
        struct j6_call call = {.tag = 1, .message = &message};
        j6_time_t deadline = worker->rounds % 4 == 3 ? now() + 20000 : j6_deadline_never;
        status = make(race.endpoint, &call, deadline);
        worker->wrong += !is_documented(status);
        worker->rounds++;
        j6_handle_close(worker->event); /* unless it was sent, and came back as this */
    }
    return 0;
}

static int64_t send_all(void *arg)
{
    return call_or_send(arg, j6_endpoint_send);
}

static int64_t call_all(void *arg)
{
    return call_or_send(arg, j6_endpoint_call);
}

/* Sends back what came, with a call. */
static int64_t serve_all(void *arg)
{
    struct worker *worker = arg;
    j6_status_t status = j6_status_ok;
    while (status != j6_status_closed) {
        struct j6_message message = message_of(worker, false);
        struct j6_call call = {.message = &message};
        status = j6_endpoint_receive(race.endpoint, &call, j6_deadline_never);
        worker->wrong += !is_documented(status);
        if (status == j6_status_ok && call.token != 0) {
            message.len = worker->with_data ? SIZE : 0;
            worker->event = worker->received;
            message.handles = &worker->event;
            message.handle_count = 1;
            worker->wrong += !is_documented(j6_endpoint_reply(race.endpoint, &call, 0));
        }
        j6_handle_close(worker->received);
        worker->rounds++;
    }
    return 0;
}

static void worker_start(struct worker *worker, uint64_t round)
{
    static int64_t (*const kinds[3])(void *arg) = {call_all, serve_all, send_all};
    uint64_t index = (uint64_t)(worker - race.workers);
    *worker = (struct worker){.with_data = (index + round) % 3 == 0};
    expect_ok(j6_thread_run(&worker->thread, kinds[index % 3], worker, 4 * PAGE));
}

static void worker_end(struct worker *worker)
{
    expect_ok(j6_thread_join(&worker->thread, NULL));
    expect_equal(0, worker->wrong);
    j6_handle_close(worker->event);
    j6_handle_close(worker->received);
}

TEST(callers_and_servers_that_are_killed_at_any_moment_leave_nothing)
{
    for (uint64_t round = 0; round < race_rounds(16); round++) {
        race.endpoint = endpoint_new();
        for (int i = 0; i < WORKERS; i++) {
            worker_start(&race.workers[i], round);
        }
        for (uint64_t i = 0; i < 3; i++) {
            struct worker *victim = &race.workers[(round + 5 * i) % WORKERS];
            j6_thread_sleep(now() + round % 7 * 20000);
            expect_ok(j6_thread_kill(victim->thread.handle, 0));
            worker_end(victim);
            worker_start(victim, round + i);
        }
        j6_thread_sleep(now() + round % 5 * 50000);
        expect_ok(j6_object_close(race.endpoint));
        for (int i = 0; i < WORKERS; i++) {
            worker_end(&race.workers[i]);
        }
        expect_ok(j6_handle_close(race.endpoint));
    }
}

/* ---- the copy ---- */

static int64_t call_with_data(void *arg)
{
    static char data[IPC_DATA];
    struct j6_message message = {.data = data, .len = IPC_DATA, .cap = IPC_DATA};
    struct j6_call call = {.message = &message};
    (void)arg;
    return (int64_t)j6_endpoint_call(race.endpoint, &call, j6_deadline_never);
}

static int64_t answer_with_data(void *arg)
{
    static char data[IPC_DATA];
    struct j6_message message = {.data = data, .len = IPC_DATA, .cap = IPC_DATA};
    struct j6_call call = {.message = &message};
    (void)arg;
    j6_status_t status = j6_endpoint_receive(race.endpoint, &call, j6_deadline_never);
    return (int64_t)(status == j6_status_ok ? j6_endpoint_reply(race.endpoint, &call, 0) : status);
}

/* If the caller has its reply, the server knows; else both know that the endpoint has closed. */
TEST(an_endpoint_that_closes_during_a_copy_ends_both_sides)
{
    for (uint64_t round = 0; round < race_rounds(40); round++) {
        struct j6_thread threads[2];
        int64_t status[2];
        race.endpoint = endpoint_new();
        for (uint64_t i = 0; i < 2; i++) {
            int64_t (*side)(void *arg) = (round + i) % 2 ? answer_with_data : call_with_data;
            expect_ok(j6_thread_run(&threads[i], side, NULL, 4 * PAGE));
        }
        j6_thread_sleep(now() + round * 3000);
        expect_ok(j6_object_close(race.endpoint));
        for (int i = 0; i < 2; i++) {
            expect_ok(j6_thread_join(&threads[i], &status[i]));
            expect(status[i] == j6_status_ok || status[i] == j6_status_closed);
        }
        expect_equal(status[0], status[1]);
        expect_ok(j6_handle_close(race.endpoint));
    }
}

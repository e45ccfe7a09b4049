/* SPDX-License-Identifier: MIT */
/*
 * Calls of registers alone, in chains, as fast as they go: clients call middle ones, which call the last ones.
 * Any of them is killed at any moment, on one CPU, where threads switch directly to each other, or on all.
 */
#include "userland/test/main/ipc_peer.h"

enum { WORKERS = 6 };

struct worker {
    struct j6_thread thread;
    uint64_t calls;
    uint64_t wrong;
};

static struct {
    j6_handle_t middle;
    j6_handle_t last;
    struct worker workers[WORKERS];
} race;

/* Either the answer to this very request, or that somebody has gone. */
static j6_status_t ask(struct worker *worker, j6_handle_t endpoint, uint64_t number)
{
    struct j6_call call = words(number);
    j6_status_t status = j6_endpoint_call(endpoint, &call, j6_deadline_never);
    bool good = status == j6_status_ok ? call.word[0] == ~number && call.word[3] == number
                                       : status == j6_status_closed;
    worker->wrong += !good;
    worker->calls++;
    return status;
}

static int64_t run_client(void *arg)
{
    struct worker *worker = arg;
    uint64_t number = (uint64_t)(worker - race.workers) << 32;
    while (ask(worker, race.middle, ++number) == j6_status_ok) {}
    return 0;
}

static j6_status_t answer(struct worker *worker, j6_handle_t endpoint, struct j6_call *call)
{
    uint64_t number = call->word[0];
    call->word[0] = ~number;
    call->word[3] = number;
    j6_status_t status = j6_endpoint_reply_receive(endpoint, call, j6_deadline_never);
    worker->wrong += status != j6_status_ok && status != j6_status_closed;
    return status;
}

/* Asks first, at the other endpoint, if it is a middle one. */
static void serve(struct worker *worker, j6_handle_t endpoint, bool asks)
{
    struct j6_call call = {0};
    j6_status_t status = j6_endpoint_receive(endpoint, &call, j6_deadline_never);
    while (status == j6_status_ok) {
        if (asks) {
            ask(worker, race.last, call.word[0]);
        }
        status = answer(worker, endpoint, &call);
    }
}

static int64_t run_middle(void *arg)
{
    serve(arg, race.middle, true);
    return 0;
}

static int64_t run_last(void *arg)
{
    serve(arg, race.last, false);
    return 0;
}

static void worker_start(struct worker *worker)
{
    static int64_t (*const kinds[3])(void *arg) = {run_client, run_middle, run_last};
    *worker = (struct worker){.calls = 0};
    expect_ok(j6_thread_run(&worker->thread, kinds[(worker - race.workers) % 3], worker, 4 * PAGE));
}

static void worker_end(struct worker *worker)
{
    expect_ok(j6_thread_join(&worker->thread, NULL));
    expect_equal(0, worker->wrong);
}

static void meet(uint64_t round)
{
    race.middle = endpoint_new();
    race.last = endpoint_new();
    for (int i = 0; i < WORKERS; i++) {
        worker_start(&race.workers[i]);
    }
    for (uint64_t i = 0; i < 4; i++) {
        struct worker *victim = &race.workers[(round + 5 * i) % WORKERS];
        expect_ok(j6_thread_sleep(now() + round % 7 * 30000));
        expect_ok(j6_thread_kill(victim->thread.handle, 0));
        worker_end(victim);
        worker_start(victim);
    }
    expect_ok(j6_thread_sleep(now() + 200000));
    expect_ok(j6_object_close(round % 2 ? race.middle : race.last));
    expect_ok(j6_object_close(round % 2 ? race.last : race.middle));
    for (int i = 0; i < WORKERS; i++) {
        worker_end(&race.workers[i]);
    }
    expect_ok(j6_handle_close(race.middle));
    expect_ok(j6_handle_close(race.last));
}

TEST(chains_of_short_calls_survive_the_death_of_any_of_them)
{
    for (uint64_t round = 0; round < race_rounds(10); round++) {
        meet(round);
    }
}

TEST(chains_of_short_calls_on_one_cpu_survive_the_death_of_any_of_them)
{
    stay_on_first_cpu();
    for (uint64_t round = 0; round < race_rounds(10); round++) {
        meet(round);
    }
    leave_first_cpu();
}

/* SPDX-License-Identifier: MIT */
/* Time-outs that race with messages and replies: both sides are told the same, and nothing is lost. */
#include "userland/test/main/ipc_peer.h"

enum { CALLS = 400, SIZE = 5000 };

/* What the two sides were told about each call. */
static struct {
    j6_handle_t endpoint;
    bool has_data;
    j6_status_t caller[CALLS];
    j6_status_t replier[CALLS]; /* unexpected: it was never received */
    uint64_t random;
} race;

/* Up to some 64 µs, in steps that grow. */
static uint64_t short_time(uint64_t *random)
{
    *random = *random * 6364136223846793005 + 1442695040888963407;
    return *random >> 48 & ((1u << (*random >> 60)) - 1);
}

static void spin(uint64_t ns)
{
    for (j6_time_t end = now() + ns; now() < end;) {}
}

/* A call without a deadline has the tag 0 and ends it. */
static int64_t serve(void *arg)
{
    static char data[SIZE];
    uint64_t random = 1;
    (void)arg;
    for (;;) {
        struct j6_message message = {.data = data, .cap = SIZE};
        struct j6_call call = {.message = &message};
        if (j6_endpoint_receive(race.endpoint, &call, j6_deadline_never) != j6_status_ok) {
            return __LINE__;
        }
        spin(short_time(&random));
        uint64_t number = call.word[0];
        bool end = call.tag == 0;
        message = (struct j6_message){.data = data, .len = race.has_data && !end ? SIZE : 0};
        call.word[1] = ~number;
        j6_status_t status = j6_endpoint_reply(race.endpoint, &call, 0);
        if (end) {
            return (int64_t)status;
        }
        race.replier[number] = status;
    }
}

static void call_with_deadlines(void)
{
    static char data[SIZE];
    for (uint64_t i = 0; i < CALLS; i++) {
        struct j6_message message = {
            .data = data, .len = race.has_data ? SIZE - i : 0, .cap = SIZE};
        struct j6_call call = {.tag = 1, .word = {i}, .message = &message};
        race.replier[i] = j6_err_unexpected;
        race.caller[i] = j6_endpoint_call(race.endpoint, &call, now() + short_time(&race.random));
        if (race.caller[i] == j6_status_ok) {
            expect_equal(i, call.word[0]);
            expect_equal(~i, call.word[1]);
        }
    }
}

static void race_run(bool has_data)
{
    struct j6_thread server;
    int64_t status = -1;
    race.endpoint = endpoint_new();
    race.has_data = has_data;
    expect_ok(j6_thread_run(&server, serve, NULL, 4 * PAGE));
    call_with_deadlines();
    struct j6_call end = {.tag = 0};
    expect_ok(j6_endpoint_call(race.endpoint, &end, j6_deadline_never));
    expect_ok(j6_thread_join(&server, &status));
    expect_status(j6_status_ok, (j6_status_t)status);
    for (int i = 0; i < CALLS; i++) {
        if (race.caller[i] == j6_status_ok) {
            expect_status(j6_status_ok, race.replier[i]);
        } else {
            expect_status(j6_status_timed_out, race.caller[i]);
            expect(race.replier[i] == j6_status_cancelled || race.replier[i] == j6_err_unexpected);
        }
    }
    expect_ok(j6_handle_close(race.endpoint));
}

TEST(both_sides_agree_whether_a_reply_came_in_time)
{
    race.random = 1;
    for (uint64_t round = 0; round < race_rounds(4); round++) {
        race_run(round % 2);
    }
}

/* ---- sends and receives ---- */

static struct {
    j6_handle_t endpoint;
    uint64_t sent;
    uint64_t received;
} tally;

static int64_t receive_with_deadlines(void *arg)
{
    uint64_t random = 2;
    j6_status_t status = j6_status_ok;
    (void)arg;
    while (status == j6_status_ok || status == j6_status_timed_out) {
        struct j6_call call = {0};
        status = j6_endpoint_receive(tally.endpoint, &call, now() + short_time(&random));
        tally.received += status == j6_status_ok;
    }
    return status == j6_status_closed ? 0 : __LINE__;
}

TEST(as_many_messages_are_received_as_senders_were_told)
{
    struct j6_thread receiver;
    struct j6_call call = words(1);
    uint64_t random = 3;
    int64_t code = -1;
    tally.endpoint = endpoint_new();
    tally.sent = 0;
    tally.received = 0;
    expect_ok(j6_thread_run(&receiver, receive_with_deadlines, NULL, 4 * PAGE));
    for (uint64_t i = 0; i < race_rounds(1000); i++) {
        j6_status_t status = j6_endpoint_send(tally.endpoint, &call, now() + short_time(&random));
        expect(status == j6_status_ok || status == j6_status_timed_out);
        tally.sent += status == j6_status_ok;
    }
    expect_ok(j6_object_close(tally.endpoint));
    expect_ok(j6_thread_join(&receiver, &code));
    expect_equal(0, code);
    expect_equal(tally.sent, tally.received);
    expect_ok(j6_handle_close(tally.endpoint));
}

/* SPDX-License-Identifier: MIT */
/*
 * Pieces of random length go through a channel to somebody who passes them on, and come back by another:
 * every byte is the one that its place says. Four such circles at once, two through other processes and
 * two through threads of this one, so that senders and receivers are busy on all CPUs.
 *
 * Command line: transfers=NUMBER of calls that send, in all circles, and seed=N.
 */
#include "lib/format.h"
#include "lib/string.h"
#include "userland/test/main/channel.h"
#include "userland/test/pass_on.h"

enum { CIRCLES = 4, TRANSFERS = 20000, PATTERN = 65521, STACK = 16 * PAGE };

/* Twice in a row: so a piece lies in one, wherever in the pattern it begins. */
static char pattern[2 * PATTERN];

struct circle {
    j6_handle_t there;
    j6_handle_t back;
    uint64_t seed;
    uint64_t transfers;
    uint64_t sent;
    uint64_t received;
    j6_handle_t process; /* which passes it on, or */
    struct j6_thread passer;
    struct j6_thread sender;
    struct j6_thread receiver;
    j6_handle_t in; /* of the one who passes it on */
    j6_handle_t out;
    char received_data[PIECE_MAX];
    char passed_data[PIECE_MAX];
};

static struct circle circles[CIRCLES];

static int64_t send_pieces(void *arg)
{
    struct circle *circle = arg;
    uint64_t random = circle->seed;
    for (uint64_t i = 0; i < circle->transfers; i++) {
        uint64_t len = piece_len(&random);
        const char *data = pattern + circle->sent % PATTERN;
        j6_status_t status = j6_channel_send(circle->there, &len, data, j6_deadline_never);
        if (status != j6_status_ok) {
            return -1;
        }
        circle->sent += len;
    }
    return (int64_t)j6_handle_close(circle->there);
}

static int64_t receive_pieces(void *arg)
{
    struct circle *circle = arg;
    uint64_t random = circle->seed + 1;
    for (;;) {
        uint64_t len = piece_len(&random);
        j6_status_t status =
            j6_channel_receive(circle->back, &len, circle->received_data, j6_deadline_never);
        if (status != j6_status_ok) {
            return status == j6_status_closed ? 0 : -1;
        }
        const char *wanted = pattern + circle->received % PATTERN;
        if (memcmp(circle->received_data, wanted, len) != 0) {
            return -2;
        }
        circle->received += len;
    }
}

static int64_t pass_pieces_on(void *arg)
{
    struct circle *circle = arg;
    return pass_on(circle->in, circle->out, circle->seed + 2, circle->passed_data);
}

static void start_passer(struct circle *circle, j6_handle_t there, j6_handle_t back, bool process)
{
    if (process) {
        char seed[24];
        format(seed, sizeof(seed), "%llu", (unsigned long long)circle->seed % 1000000 + 3);
        const struct j6_spawn_row rows[] = {{"in", there, RECEIVE}, {"out", back, SEND}};
        circle->process = victim_start("pass_on", seed, rows, 2);
    } else {
        circle->in = narrowed(there, RECEIVE);
        circle->out = narrowed(back, SEND);
        expect_ok(j6_thread_run(&circle->passer, pass_pieces_on, circle, STACK));
    }
}

static void circle_start(struct circle *circle, uint64_t seed, uint64_t transfers, bool process)
{
    *circle = (struct circle){.seed = seed, .transfers = transfers};
    j6_handle_t there = channel_new();
    j6_handle_t back = channel_new();
    circle->there = narrowed(there, SEND);
    circle->back = narrowed(back, RECEIVE);
    start_passer(circle, there, back, process);
    expect_ok(j6_handle_close(there));
    expect_ok(j6_handle_close(back));
    expect_ok(j6_thread_run(&circle->sender, send_pieces, circle, STACK));
    expect_ok(j6_thread_run(&circle->receiver, receive_pieces, circle, STACK));
}

static void expect_joined(struct j6_thread *thread)
{
    int64_t code = -1;
    expect_ok(j6_thread_join(thread, &code));
    expect_equal(0, code);
}

static void circle_finish(struct circle *circle)
{
    expect_joined(&circle->sender);
    expect_joined(&circle->receiver);
    if (circle->process != j6_handle_none) {
        expect_equal(0, process_finish(circle->process).code);
    } else {
        expect_joined(&circle->passer);
    }
    expect_equal(circle->sent, circle->received);
    expect_ok(j6_handle_close(circle->back));
}

static void pattern_make(uint64_t seed)
{
    for (uint64_t i = 0; i < PATTERN; i++) {
        pattern[i] = (char)(piece_len(&seed) ^ seed >> 24);
        pattern[i + PATTERN] = pattern[i];
    }
}

TEST(bytes_that_go_round_through_other_processes_and_threads_come_back_as_they_were)
{
    uint64_t transfers = TRANSFERS;
    uint64_t seed = 1;
    uint64_t bytes = 0;
    boot_number("transfers=", &transfers);
    boot_number("seed=", &seed);
    pattern_make(seed);
    for (uint64_t i = 0; i < CIRCLES; i++) {
        circle_start(&circles[i], seed + 10 * i + 1, transfers / CIRCLES, i % 2 == 0);
    }
    for (unsigned i = 0; i < CIRCLES; i++) {
        circle_finish(&circles[i]);
        bytes += circles[i].sent;
    }
    j6_printf("channels: %llu transfers, %llu bytes, seed=%llu", (unsigned long long)transfers,
              (unsigned long long)bytes, (unsigned long long)seed);
}

/* SPDX-License-Identifier: MIT */
#include "userland/bench/ticks.h"
#include "userland/test/pingpong/pingpong.h"

enum { ROUNDS = 1000, WARM_UP = 50 };

/* ---- words ---------------------------------------------------------------------------------- */

static int64_t call_by_tag(j6_handle_t theirs, uint64_t rounds)
{
    uint64_t start = ticks();
    for (uint64_t i = 0; i < rounds; i++) {
        struct j6_call call = {.tag = i};
        if (j6_endpoint_call(theirs, &call, j6_deadline_never) != j6_status_ok) {
            return -1;
        }
    }
    return (int64_t)((ticks() - start) / rounds);
}

/* Each time with what came back, increased. */
static int64_t call_by_words(j6_handle_t theirs, uint64_t rounds, j6_time_t deadline)
{
    struct j6_call call = {.word = {1, 2, 3, 4}};
    uint64_t start = ticks();
    for (uint64_t i = 0; i < rounds; i++) {
        if (j6_endpoint_call(theirs, &call, deadline) != j6_status_ok) {
            return -1;
        }
        for (uint64_t word = 0; word < WORDS; word++) {
            call.word[word]++;
        }
    }
    uint64_t end = ticks();
    for (uint64_t word = 0; word < WORDS; word++) {
        if (call.word[word] != word + 1 + rounds) {
            return -1;
        }
    }
    return (int64_t)((end - start) / rounds);
}

int64_t call_0w(j6_handle_t theirs, j6_handle_t mine)
{
    (void)mine;
    call_by_tag(theirs, WARM_UP);
    return call_by_tag(theirs, ROUNDS);
}

int64_t call_4w(j6_handle_t theirs, j6_handle_t mine)
{
    (void)mine;
    call_by_words(theirs, WARM_UP, j6_deadline_never);
    return call_by_words(theirs, ROUNDS, j6_deadline_never);
}

int64_t call_deadline(j6_handle_t theirs, j6_handle_t mine)
{
    j6_time_t deadline;
    (void)mine;
    j6_clock(&deadline);
    deadline += 3600ull * 1000000000;
    call_by_words(theirs, WARM_UP, deadline);
    return call_by_words(theirs, ROUNDS, deadline);
}

int64_t call_for_ever(j6_handle_t theirs, j6_handle_t mine)
{
    while (call_4w(theirs, mine) >= 0) {}
    return -1;
}

/* ---- data and handles ----------------------------------------------------------------------- */

static int64_t call_by_message(j6_handle_t theirs, struct j6_message *message, uint64_t rounds)
{
    struct j6_call call = {.message = message};
    uint64_t start = ticks();
    for (uint64_t i = 0; i < rounds; i++) {
        if (j6_endpoint_call(theirs, &call, j6_deadline_never) != j6_status_ok) {
            return -1;
        }
    }
    return (int64_t)((ticks() - start) / rounds);
}

static int64_t call_data(j6_handle_t theirs, uint64_t len)
{
    static uint8_t data[DATA] __attribute__((aligned(j6_page_size)));
    struct j6_message message = {.data = data, .len = len};
    for (unsigned i = 0; i < DATA; i += j6_page_size) {
        data[i] = 1; /* now it is there */
    }
    call_by_message(theirs, &message, WARM_UP);
    return call_by_message(theirs, &message, ROUNDS);
}

int64_t call_64b(j6_handle_t theirs, j6_handle_t mine)
{
    (void)mine;
    return call_data(theirs, 64);
}

int64_t call_512b(j6_handle_t theirs, j6_handle_t mine)
{
    (void)mine;
    return call_data(theirs, 512);
}

int64_t call_4k(j6_handle_t theirs, j6_handle_t mine)
{
    (void)mine;
    return call_data(theirs, 4096);
}

int64_t call_64k(j6_handle_t theirs, j6_handle_t mine)
{
    (void)mine;
    return call_data(theirs, DATA);
}

/* It has another value in each process, and each time. */
int64_t call_handle(j6_handle_t theirs, j6_handle_t mine)
{
    j6_handle_t passed;
    struct j6_message message = {.handles = &passed, .handle_count = 1, .handle_cap = 1};
    (void)mine;
    if (j6_event_create(0, &passed) != j6_status_ok) {
        return -1;
    }
    call_by_message(theirs, &message, WARM_UP);
    return call_by_message(theirs, &message, ROUNDS);
}

/* ---- notifications -------------------------------------------------------------------------- */

static int64_t notify_often(j6_handle_t theirs, j6_handle_t mine, uint64_t rounds)
{
    struct j6_call call = {0};
    uint64_t start = ticks();
    for (uint64_t i = 0; i < rounds; i++) {
        j6_endpoint_notify(theirs, 1);
        if (j6_endpoint_receive(mine, &call, j6_deadline_never) != j6_status_ok) {
            return -1;
        }
    }
    return (int64_t)((ticks() - start) / rounds);
}

int64_t notify_pingpong(j6_handle_t theirs, j6_handle_t mine)
{
    notify_often(theirs, mine, WARM_UP);
    return notify_often(theirs, mine, ROUNDS);
}

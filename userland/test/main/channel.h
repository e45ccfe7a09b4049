/* SPDX-License-Identifier: MIT */
/* Channels for tests; what goes wrong in a helper is a failed expectation, but where a status comes back. */
#pragma once
#include "userland/test/main/util.h"

enum { STREAM_MAX = 64 << 10 };

static const uint64_t SEND = j6_right_channel_send;
static const uint64_t RECEIVE = j6_right_channel_receive;
static const uint64_t CAN_SEND = j6_signal_channel_can_send;
static const uint64_t CAN_RECEIVE = j6_signal_channel_can_recv;
static const uint64_t WANTED = j6_signal_channel_wanted;

j6_handle_t channel_new(void);

/* Without waiting. */
j6_status_t try_send(j6_handle_t channel, const void *data, uint64_t *len);
j6_status_t try_receive(j6_handle_t channel, void *data, uint64_t *len);
void send_text(j6_handle_t channel, const char *text);

/* All that is in it is that text. */
void expect_text(j6_handle_t channel, const char *text);

/* Until it takes no more, with bytes that tell their place; how many it took. And whether so many come out. */
uint64_t fill(j6_handle_t channel);
void expect_filling(j6_handle_t channel, uint64_t from, uint64_t len);
char filling_at(uint64_t place);

/* A thread in one call. */
struct talker {
    j6_handle_t channel;
    bool sends;
    char *data;
    uint64_t len;
    j6_time_t deadline;
    j6_status_t status; /* unexpected: not back yet */
    struct j6_thread thread;
};

/* Starts one, with the handle of `channel` of the talker; it waits when this returns. */
void talker_start(struct talker *talker, bool sends, j6_handle_t channel, void *data, uint64_t len);

/* Expects that it comes back, with this status. */
void talker_finish(struct talker *talker, j6_status_t wanted);

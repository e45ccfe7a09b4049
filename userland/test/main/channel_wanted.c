/* SPDX-License-Identifier: MIT */
/* Channels: a sender is told that nothing is left, and that somebody has asked for more. */
#include "userland/test/main/channel.h"
#include "userland/test/main/waiter.h"

TEST(a_channel_is_wanted_when_all_was_received_and_somebody_asks_for_more)
{
    char byte;
    uint64_t len = 1;
    j6_handle_t channel = channel_new();
    expect_equal(CAN_SEND, signals_of(channel));
    expect_status(j6_status_would_block, try_receive(channel, &byte, &len));
    expect_equal(CAN_SEND | WANTED, signals_of(channel));
    send_text(channel, "x");
    expect_equal(CAN_SEND | CAN_RECEIVE, signals_of(channel));
    expect_ok(try_receive(channel, &byte, &len));
    expect_equal(CAN_SEND, signals_of(channel));
    expect_status(j6_err_invalid_arg, j6_object_signal(channel, 0, WANTED));
    expect_status(j6_status_would_block, try_receive(channel, &byte, &len));
    expect_ok(j6_object_close(channel));
    expect_equal(j6_signal_closed, signals_of(channel));
    expect_ok(j6_handle_close(channel));
}

TEST(a_sender_that_waits_for_it_is_told_that_a_receiver_waits)
{
    char byte;
    struct waiter sender;
    struct talker receiver;
    j6_handle_t channel = channel_new();
    waiter_start(&sender, channel, WANTED);
    talker_start(&receiver, false, channel, &byte, 1);
    waiter_finish(&sender, j6_status_ok);
    expect_equal(CAN_SEND | WANTED, sender.signals);
    send_text(channel, "x");
    talker_finish(&receiver, j6_status_ok);
    expect_equal(CAN_SEND, signals_of(channel));
    expect_ok(j6_handle_close(channel));
}

TEST(who_waits_behind_a_receiver_wants_bytes_when_that_one_has_got_all)
{
    char bytes[2];
    struct talker receivers[2];
    j6_handle_t channel = channel_new();
    talker_start(&receivers[0], false, channel, &bytes[0], 1);
    talker_start(&receivers[1], false, channel, &bytes[1], 1);
    send_text(channel, "x");
    talker_finish(&receivers[0], j6_status_ok);
    expect_equal(CAN_SEND | WANTED, signals_of(channel));
    send_text(channel, "y");
    talker_finish(&receivers[1], j6_status_ok);
    expect_equal(CAN_SEND, signals_of(channel));
    expect_ok(j6_handle_close(channel));
}

/* ---- by signals ----------------------------------------------------------------------------- */

static void expect_wanted_once(j6_handle_t channel)
{
    expect_equal(CAN_SEND | WANTED, signals_of(channel));
    send_text(channel, "x");
    expect_text(channel, "x");
    expect_equal(CAN_SEND, signals_of(channel));
}

TEST(who_waits_for_can_recv_in_whatever_way_wants_bytes)
{
    uint64_t signals;
    j6_handle_t endpoint = j6_handle_none;
    j6_handle_t channel = channel_new();
    struct j6_wait_item items[] = {{channel, CAN_RECEIVE, 0}};
    expect_ok(j6_endpoint_create(0, 0, 0, &endpoint));
    expect_status(j6_status_timed_out,
                  j6_object_wait(channel, CAN_RECEIVE, &signals, now() + 1000000));
    expect_wanted_once(channel);
    expect_status(j6_status_timed_out, j6_object_wait_many(items, 1, now() + 1000000));
    expect_wanted_once(channel);
    expect_ok(j6_object_bind(channel, CAN_RECEIVE, endpoint, 1));
    expect_wanted_once(channel);
    expect_ok(j6_handle_close(endpoint));
    expect_ok(j6_handle_close(channel));
}

/* Nor does who waits for both sides at once: it would tell itself. */
TEST(who_waits_for_something_else_than_bytes_wants_none)
{
    uint64_t signals;
    j6_handle_t channel = channel_new();
    expect_status(j6_status_timed_out,
                  j6_object_wait(channel, CAN_RECEIVE | WANTED, &signals, now() + 1000000));
    expect_status(j6_status_would_block,
                  j6_object_wait(channel, CAN_RECEIVE, &signals, j6_deadline_poll));
    expect_status(j6_status_timed_out,
                  j6_object_wait(channel, J6_SIGNAL(50), &signals, now() + 1000000));
    expect_equal(CAN_SEND, signals_of(channel));
    expect_ok(j6_handle_close(channel));
}

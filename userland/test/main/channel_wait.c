/* SPDX-License-Identifier: MIT */
/* Calls on channels that wait: until there is something, until a deadline, until they are killed. */
#include "userland/test/main/channel.h"
#include "lib/string.h"
#include "userland/test/main/look.h"
#include "userland/test/main/waiter.h"

enum { CROWD = 6 };

TEST(a_receiver_waits_until_something_is_sent)
{
    char data[10] = {0};
    struct talker talker;
    j6_handle_t channel = channel_new();
    talker_start(&talker, false, channel, data, sizeof(data) - 1);
    send_text(channel, "here");
    talker_finish(&talker, j6_status_ok);
    expect_equal(4, talker.len);
    expect(strcmp(data, "here") == 0);
    expect_ok(j6_handle_close(channel));
}

TEST(a_sender_waits_until_there_is_room)
{
    char data[] = "there";
    struct talker talker;
    j6_handle_t channel = channel_new();
    fill(channel);
    talker_start(&talker, true, channel, data, 5);
    expect_filling(channel, 0, 3);
    talker_finish(&talker, j6_status_ok);
    expect_equal(3, talker.len);
    expect_filling(channel, 3, STREAM_MAX - 3);
    expect_text(channel, "the");
    expect_ok(j6_handle_close(channel));
}

static void expect_timeout(j6_status_t (*call)(j6_handle_t channel, j6_time_t deadline),
                           j6_handle_t channel)
{
    j6_time_t deadline = now() + 30000000;
    expect_status(j6_status_timed_out, call(channel, 1));
    expect_status(j6_status_timed_out, call(channel, deadline));
    expect(now() >= deadline);
}

static j6_status_t receive_until(j6_handle_t channel, j6_time_t deadline)
{
    char data[10];
    uint64_t len = sizeof(data);
    j6_status_t status = j6_channel_receive(channel, &len, data, deadline);
    expect_equal(sizeof(data), len);
    return status;
}

static j6_status_t send_until(j6_handle_t channel, j6_time_t deadline)
{
    char data[10] = "too much";
    uint64_t len = sizeof(data);
    j6_status_t status = j6_channel_send(channel, &len, data, deadline);
    expect_equal(sizeof(data), len);
    return status;
}

TEST(a_call_on_a_channel_waits_until_its_deadline_and_not_longer)
{
    j6_handle_t channel = channel_new();
    expect_timeout(receive_until, channel);
    fill(channel);
    expect_timeout(send_until, channel);
    expect_filling(channel, 0, STREAM_MAX); /* nothing came of what was given up */
    expect_equal(CAN_SEND, signals_of(channel));
    expect_ok(j6_handle_close(channel));
}

TEST(a_deadline_that_has_passed_does_not_matter_where_something_is_there)
{
    char byte = 'x';
    uint64_t len = 1;
    j6_handle_t channel = channel_new();
    expect_ok(j6_channel_send(channel, &len, &byte, 1));
    expect_ok(j6_channel_receive(channel, &len, &byte, 1));
    expect_ok(j6_handle_close(channel));
}

TEST(object_wait_tells_when_a_call_would_not_wait)
{
    char byte;
    uint64_t len = 1;
    struct waiter waiter;
    j6_handle_t channel = channel_new();
    waiter_start(&waiter, channel, CAN_RECEIVE);
    send_text(channel, "x");
    waiter_finish(&waiter, j6_status_ok);
    expect_equal(CAN_SEND | CAN_RECEIVE, waiter.signals);
    fill(channel);
    waiter_start(&waiter, channel, CAN_SEND);
    expect_ok(try_receive(channel, &byte, &len));
    waiter_finish(&waiter, j6_status_ok);
    expect(waiter.signals & CAN_SEND);
    expect_ok(j6_handle_close(channel));
}

TEST(who_waits_longest_to_receive_is_first)
{
    char data[CROWD] = {0};
    struct talker talkers[CROWD];
    j6_handle_t channel = channel_new();
    for (int i = 0; i < CROWD; i++) {
        talker_start(&talkers[i], false, channel, &data[i], 1);
    }
    for (int i = 0; i < CROWD; i++) {
        char text[] = {(char)('a' + i), 0};
        send_text(channel, text);
        talker_finish(&talkers[i], j6_status_ok);
        expect_equal('a' + i, data[i]);
    }
    expect_ok(j6_handle_close(channel));
}

TEST(one_send_serves_all_who_wait_as_far_as_it_goes)
{
    char data[CROWD] = {0};
    struct talker talkers[CROWD];
    j6_handle_t channel = channel_new();
    for (int i = 0; i < CROWD; i++) {
        talker_start(&talkers[i], false, channel, &data[i], 1);
    }
    send_text(channel, "abcde");
    for (int i = 0; i < CROWD - 1; i++) {
        talker_finish(&talkers[i], j6_status_ok);
        expect_equal('a' + i, data[i]);
    }
    expect_equal(j6_err_unexpected, talkers[CROWD - 1].status);
    send_text(channel, "f");
    talker_finish(&talkers[CROWD - 1], j6_status_ok);
    expect_ok(j6_handle_close(channel));
}

TEST(who_waits_longest_to_send_is_first)
{
    char data[] = "abcdef";
    struct talker talkers[CROWD];
    j6_handle_t channel = channel_new();
    fill(channel);
    for (int i = 0; i < CROWD; i++) {
        talker_start(&talkers[i], true, channel, &data[i], 1);
    }
    expect_filling(channel, 0, STREAM_MAX);
    for (int i = 0; i < CROWD; i++) {
        talker_finish(&talkers[i], j6_status_ok);
    }
    expect_text(channel, "abcdef");
    expect_ok(j6_handle_close(channel));
}

TEST(a_receiver_that_is_killed_while_it_waits_takes_nothing_and_the_next_is_served)
{
    char data[2] = {0};
    struct talker talkers[2];
    j6_handle_t channel = channel_new();
    for (int i = 0; i < 2; i++) {
        talker_start(&talkers[i], false, channel, &data[i], 1);
    }
    expect_ok(j6_thread_kill(talkers[0].thread.handle, 1));
    expect_ok(j6_thread_join(&talkers[0].thread, NULL));
    send_text(channel, "x");
    talker_finish(&talkers[1], j6_status_ok);
    expect_equal(0, data[0]);
    expect_equal('x', data[1]);
    expect_ok(j6_handle_close(channel));
}

TEST(a_sender_that_is_killed_while_it_waits_sends_nothing_and_the_next_goes_on)
{
    char data[] = "ab";
    struct talker talkers[2];
    j6_handle_t channel = channel_new();
    fill(channel);
    for (int i = 0; i < 2; i++) {
        talker_start(&talkers[i], true, channel, &data[i], 1);
    }
    expect_ok(j6_thread_kill(talkers[0].thread.handle, 1));
    expect_ok(j6_thread_join(&talkers[0].thread, NULL));
    expect_filling(channel, 0, STREAM_MAX);
    talker_finish(&talkers[1], j6_status_ok);
    expect_text(channel, "b");
    expect_ok(j6_handle_close(channel));
}

/* Woken and killed at about the same moment: the byte is received once, by him or by the next. */
TEST(a_byte_sent_to_a_receiver_that_is_killed_is_not_sent_twice_and_nobody_waits_for_ever)
{
    for (uint64_t round = 0; round < race_rounds(50) && !test_has_failed(); round++) {
        char data[2] = {0};
        struct talker talkers[2];
        j6_handle_t channel = channel_new();
        for (int i = 0; i < 2; i++) {
            talker_start(&talkers[i], false, channel, &data[i], 1);
        }
        send_text(channel, "x");
        expect_ok(j6_thread_kill(talkers[0].thread.handle, 1));
        expect_ok(j6_thread_join(&talkers[0].thread, NULL));
        if (data[0] == 0) { /* it was passed on */
            talker_finish(&talkers[1], j6_status_ok);
            expect_equal('x', data[1]);
        } else {
            send_text(channel, "y");
            talker_finish(&talkers[1], j6_status_ok);
            expect_equal('y', data[1]);
        }
        expect_ok(j6_handle_close(channel));
    }
}

TEST(wait_many_sees_channels_and_other_objects_alike)
{
    j6_handle_t event = event_new();
    j6_handle_t channel = channel_new();
    struct j6_wait_item items[] = {{event, J6_SIGNAL(48), 0}, {channel, CAN_RECEIVE, 0}};
    expect_status(j6_status_would_block, j6_object_wait_many(items, 2, j6_deadline_poll));
    expect_equal(CAN_SEND, items[1].signals);
    send_text(channel, "x");
    expect_ok(j6_object_wait_many(items, 2, j6_deadline_never));
    expect_equal(CAN_SEND | CAN_RECEIVE, items[1].signals);
    expect_ok(j6_handle_close(event));
    expect_ok(j6_handle_close(channel));
}

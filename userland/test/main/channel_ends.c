/* SPDX-License-Identifier: MIT */
/* How a channel ends: by the last handle of its senders, or of its receivers, or for everybody at once. */
#include "userland/test/main/channel.h"
#include "userland/test/main/waiter.h"

/* Both ends, each in one handle. */
struct ends {
    j6_handle_t sender;
    j6_handle_t receiver;
};

static struct ends ends_open(void)
{
    j6_handle_t channel = channel_new();
    struct ends ends = {without(channel, RECEIVE), without(channel, SEND)};
    expect_ok(j6_handle_close(channel));
    return ends;
}

static void expect_closed(const struct ends *ends, bool for_senders, bool for_receivers)
{
    char byte = 'x';
    uint64_t len = 1;
    if (for_senders) {
        expect_status(j6_status_closed,
                      j6_channel_send(ends->sender, &len, &byte, j6_deadline_never));
        expect_equal(j6_signal_closed, signals_of(ends->sender));
    }
    if (for_receivers) {
        expect_status(j6_status_closed,
                      j6_channel_receive(ends->receiver, &len, &byte, j6_deadline_never));
        expect_equal(j6_signal_closed, signals_of(ends->receiver));
    }
}

TEST(receivers_get_what_is_left_of_senders_that_have_gone_and_then_closed)
{
    struct ends ends = ends_open();
    send_text(ends.sender, "the last words");
    expect_ok(j6_handle_close(ends.sender));
    expect_equal(CAN_RECEIVE, signals_of(ends.receiver));
    expect_ok(j6_object_wait(ends.receiver, CAN_RECEIVE, NULL, j6_deadline_never));
    expect_text(ends.receiver, "the last words");
    expect_closed(&ends, false, true);
    expect_status(j6_status_closed,
                  j6_object_wait(ends.receiver, CAN_RECEIVE, NULL, j6_deadline_never));
    expect_ok(j6_object_wait(ends.receiver, j6_signal_closed, NULL, j6_deadline_never));
    expect_ok(j6_handle_close(ends.receiver));
}

TEST(an_empty_channel_is_closed_as_soon_as_its_last_sender_has_gone)
{
    struct ends ends = ends_open();
    struct waiter waiter;
    struct talker talker;
    char byte;
    waiter_start(&waiter, ends.receiver, CAN_RECEIVE);
    talker_start(&talker, false, ends.receiver, &byte, 1);
    expect_ok(j6_handle_close(ends.sender));
    waiter_finish(&waiter, j6_status_closed);
    talker_finish(&talker, j6_status_closed);
    expect_closed(&ends, false, true);
    expect_ok(j6_handle_close(ends.receiver));
}

/* Who waits for the end alone is told when the last byte is out. */
TEST(a_wait_for_closed_ends_when_the_last_byte_was_received)
{
    struct ends ends = ends_open();
    struct waiter waiter;
    send_text(ends.sender, "ab");
    waiter_start(&waiter, ends.receiver, j6_signal_closed);
    expect_ok(j6_handle_close(ends.sender));
    expect(waiter_waits(&waiter));
    expect_text(ends.receiver, "ab");
    waiter_finish(&waiter, j6_status_ok);
    expect_ok(j6_handle_close(ends.receiver));
}

TEST(senders_get_closed_as_soon_as_the_last_receiver_has_gone)
{
    static char data[10];
    struct ends ends = ends_open();
    struct waiter waiter;
    struct talker talker;
    fill(ends.sender);
    waiter_start(&waiter, ends.sender, CAN_SEND);
    talker_start(&talker, true, ends.sender, data, sizeof(data));
    expect_ok(j6_handle_close(ends.receiver));
    waiter_finish(&waiter, j6_status_closed);
    talker_finish(&talker, j6_status_closed);
    expect_closed(&ends, true, false);
    expect_ok(j6_handle_close(ends.sender));
}

TEST(an_end_is_open_while_any_handle_with_its_right_is)
{
    struct ends ends = ends_open();
    j6_handle_t sender = narrowed(ends.sender, SEND);
    j6_handle_t receiver = narrowed(ends.receiver, RECEIVE);
    expect_ok(j6_handle_close(ends.sender));
    expect_ok(j6_handle_close(ends.receiver));
    send_text(sender, "through copies");
    expect_text(receiver, "through copies");
    expect_ok(j6_handle_close(sender));
    expect_ok(j6_handle_close(receiver));
}

TEST(a_handle_in_another_process_keeps_its_end_open_as_long_as_that_lives)
{
    char byte;
    uint64_t len = 1;
    struct ends ends = ends_open();
    j6_handle_t there;
    j6_handle_t process = process_new();
    expect_ok(j6_process_give_handle(process, ends.sender, SEND, &there));
    expect_ok(j6_handle_close(ends.sender));
    expect_status(j6_status_would_block, try_receive(ends.receiver, &byte, &len));
    expect_ok(j6_process_kill(process, 0));
    process_finish(process);
    expect_closed(&ends, false, true);
    expect_ok(j6_handle_close(ends.receiver));
}

TEST(object_close_of_a_channel_ends_it_for_everybody_at_once)
{
    static char data[10];
    struct ends ends = ends_open();
    struct talker sender;
    struct waiter waiter;
    fill(ends.sender);
    talker_start(&sender, true, ends.sender, data, sizeof(data));
    waiter_start(&waiter, ends.receiver, J6_SIGNAL(48));
    expect_ok(j6_object_close(ends.receiver));
    talker_finish(&sender, j6_status_closed);
    waiter_finish(&waiter, j6_status_closed);
    expect_closed(&ends, true, true); /* what was in it is lost */
    expect_status(j6_status_closed, j6_object_close(ends.sender));
    expect_status(j6_status_closed, j6_object_signal(ends.sender, 0, J6_SIGNAL(48)));
    expect_ok(j6_handle_close(ends.sender));
    expect_ok(j6_handle_close(ends.receiver));
}

TEST(object_close_ends_the_wait_of_a_receiver)
{
    char byte;
    struct talker talker;
    j6_handle_t channel = channel_new();
    talker_start(&talker, false, channel, &byte, 1);
    expect_ok(j6_object_close(channel));
    talker_finish(&talker, j6_status_closed);
    expect_ok(j6_handle_close(channel));
}

TEST(a_wait_that_its_last_handle_leaves_is_closed)
{
    char byte;
    struct talker talker;
    j6_handle_t channel = channel_new();
    talker_start(&talker, false, channel, &byte, 1);
    expect_ok(j6_handle_close(channel));
    talker_finish(&talker, j6_status_closed);

    channel = channel_new();
    fill(channel);
    talker_start(&talker, true, channel, &byte, 1);
    expect_ok(j6_handle_close(channel));
    talker_finish(&talker, j6_status_closed);
}

TEST(closing_its_handle_does_not_disturb_a_call_that_waits_while_its_end_is_open)
{
    char data[3] = {0};
    struct talker talker;
    j6_handle_t channel = channel_new();
    j6_handle_t used = narrowed(channel, RECEIVE);
    talker_start(&talker, false, used, data, 2);
    expect_ok(j6_handle_close(used));
    send_text(channel, "hi");
    talker_finish(&talker, j6_status_ok);
    expect_equal('i', data[1]);

    fill(channel);
    used = narrowed(channel, SEND);
    talker_start(&talker, true, used, data, 2);
    expect_ok(j6_handle_close(used));
    expect_filling(channel, 0, STREAM_MAX);
    talker_finish(&talker, j6_status_ok);
    expect_text(channel, "hi");
    expect_ok(j6_handle_close(channel));
}

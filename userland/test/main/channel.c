/* SPDX-License-Identifier: MIT */
/* Channels without waiting: what is sent, what is refused, and what their signals say. */
#include "userland/test/main/channel.h"
#include "lib/string.h"

SAMPLE_TEST(what_is_sent_is_received_in_order_whatever_the_pieces)
{
    char piece[4] = {0};
    uint64_t len = 3;
    j6_handle_t channel = channel_new();
    send_text(channel, "one ");
    send_text(channel, "two ");
    expect_ok(try_receive(channel, piece, &len));
    expect_equal(3, len);
    expect(strcmp(piece, "one") == 0);
    send_text(channel, "three");
    expect_text(channel, " two three");
    expect_ok(j6_handle_close(channel));
}

TEST(channel_create_refuses_flags)
{
    j6_handle_t channel;
    expect_status(j6_err_invalid_arg, j6_channel_create(1, &channel));
    expect_status(j6_err_invalid_arg, j6_channel_create(1ull << 63, &channel));
}

TEST(a_poll_of_an_empty_channel_would_block_and_changes_nothing)
{
    char byte = 'x';
    uint64_t len = 1;
    j6_handle_t channel = channel_new();
    expect_status(j6_status_would_block, try_receive(channel, &byte, &len));
    expect_equal(1, len);
    expect_equal('x', byte);
    expect_ok(j6_handle_close(channel));
}

TEST(a_channel_takes_64_kib_and_then_a_poll_would_block)
{
    char byte = 'x';
    uint64_t len = 1;
    j6_handle_t channel = channel_new();
    expect_equal(STREAM_MAX, fill(channel));
    expect_status(j6_status_would_block, try_send(channel, &byte, &len));
    expect_equal(1, len);
    expect_filling(channel, 0, STREAM_MAX);
    expect_ok(j6_handle_close(channel));
}

TEST(a_send_to_a_channel_that_is_nearly_full_tells_how_much_it_took)
{
    char data[100];
    uint64_t len = 30;
    j6_handle_t channel = channel_new();
    fill(channel);
    expect_filling(channel, 0, 30);
    memset(data, 'n', sizeof(data));
    len = sizeof(data);
    expect_ok(try_send(channel, data, &len));
    expect_equal(30, len);
    expect_filling(channel, 30, STREAM_MAX - 30);
    len = sizeof(data);
    memset(data, 0, sizeof(data));
    expect_ok(try_receive(channel, data, &len));
    expect_equal(30, len);
    expect_equal('n', data[29]);
    expect_equal(0, data[30]);
    expect_ok(j6_handle_close(channel));
}

/* Round the ring, again and again, never empty. */
TEST(bytes_go_round_and_round_in_order)
{
    static char data[5000];
    uint64_t sent = 0;
    uint64_t received = 0;
    j6_handle_t channel = channel_new();
    while (received < 10 * STREAM_MAX && !test_has_failed()) {
        uint64_t len = 1 + sent % sizeof(data);
        for (uint64_t i = 0; i < len; i++) {
            data[i] = filling_at(sent + i);
        }
        if (try_send(channel, data, &len) == j6_status_ok) {
            sent += len;
        }
        if (sent - received > STREAM_MAX / 2) {
            expect_filling(channel, received, 3001);
            received += 3001;
        }
    }
    expect_filling(channel, received, sent - received);
    expect_ok(j6_handle_close(channel));
}

TEST(a_len_of_0_sends_and_receives_nothing_and_tells_whether_the_channel_is_closed)
{
    char byte = 'x';
    uint64_t len = 0;
    j6_handle_t channel = channel_new();
    expect_ok(j6_channel_send(channel, &len, &byte, j6_deadline_never));
    expect_ok(j6_channel_receive(channel, &len, &byte, j6_deadline_never));
    fill(channel);
    expect_ok(j6_channel_send(channel, &len, &byte, j6_deadline_never));
    expect_ok(j6_channel_receive(channel, &len, &byte, j6_deadline_never));
    expect_equal(0, len);
    expect_equal('x', byte);
    expect_ok(j6_object_close(channel));
    expect_status(j6_status_closed, j6_channel_send(channel, &len, &byte, j6_deadline_never));
    expect_status(j6_status_closed, j6_channel_receive(channel, &len, &byte, j6_deadline_never));
    expect_ok(j6_handle_close(channel));
}

TEST(a_buffer_that_goes_over_the_end_of_the_user_half_is_bad_address_and_nothing_is_sent)
{
    const char *start = (const char *)0x7ffffffe0000;
    j6_handle_t channel = channel_new();
    const uint64_t lens[] = {1ull << 20, 1ull << 47, 1ull << 63, ~0ull};
    for (size_t i = 0; i < sizeof(lens) / sizeof(lens[0]); i++) {
        uint64_t len = lens[i];
        expect_status(j6_err_bad_address, try_send(channel, start, &len));
        expect_status(j6_err_bad_address, try_receive(channel, (void *)start, &len));
        expect_equal(lens[i], len);
    }
    expect_equal(CAN_SEND, signals_of(channel));
    expect_ok(j6_handle_close(channel));
}

TEST(can_send_and_can_recv_say_what_a_call_would_do)
{
    char byte;
    uint64_t len = 1;
    j6_handle_t channel = channel_new();
    expect_equal(CAN_SEND, signals_of(channel));
    send_text(channel, "x");
    expect_equal(CAN_SEND | CAN_RECEIVE, signals_of(channel));
    fill(channel);
    expect_equal(CAN_RECEIVE, signals_of(channel));
    expect_ok(try_receive(channel, &byte, &len));
    expect_equal(CAN_SEND | CAN_RECEIVE, signals_of(channel));
    while (try_receive(channel, &byte, &len) == j6_status_ok) {}
    expect_equal(CAN_SEND | WANTED, signals_of(channel));
    expect_ok(j6_object_signal(channel, 0, J6_SIGNAL(50)));
    expect_equal(CAN_SEND | WANTED | J6_SIGNAL(50), signals_of(channel));
    expect_status(j6_err_invalid_arg, j6_object_signal(channel, CAN_SEND, 0));
    expect_status(j6_err_invalid_arg, j6_object_signal(channel, 0, CAN_RECEIVE));
    expect_ok(j6_handle_close(channel));
}

TEST(sending_needs_the_right_send_and_receiving_the_right_receive)
{
    char byte = 'x';
    uint64_t len = 1;
    j6_handle_t channel = channel_new();
    j6_handle_t sender = without(channel, RECEIVE);
    j6_handle_t receiver = without(channel, SEND);
    expect_status(j6_err_denied, try_receive(sender, &byte, &len));
    expect_status(j6_err_denied, try_send(receiver, &byte, &len));
    expect_ok(try_send(sender, &byte, &len));
    expect_ok(try_receive(receiver, &byte, &len));
    expect_ok(j6_handle_close(sender));
    expect_ok(j6_handle_close(receiver));
    expect_ok(j6_handle_close(channel));
}

/* SPDX-License-Identifier: MIT */
/* What channels cost: one page from the start, more when they are needed, and all of it comes back. */
#include "userland/test/main/channel.h"
#include "userland/test/main/failures.h"

enum { CHANNELS = 100 };

static uint64_t memory_left(void)
{
    struct j6_account_info info = {0};
    uint64_t len = sizeof(info);
    expect_ok(j6_object_info(j6_handle_self_process, j6_topic_account, &info, &len));
    return info.memory;
}

/* So that the pages of this program that a test uses are there. */
static void fill_one(void)
{
    j6_handle_t channel = channel_new();
    fill(channel);
    expect_filling(channel, 0, STREAM_MAX);
    expect_ok(j6_handle_close(channel));
}

TEST(an_idle_channel_costs_one_page_and_one_that_was_full_sixteen)
{
    fill_one();
    uint64_t before = memory_left();
    j6_handle_t channel = channel_new();
    uint64_t idle = memory_left();
    expect(before - idle >= PAGE && before - idle < 2 * PAGE);
    send_text(channel, "a few bytes fit in");
    expect_text(channel, "a few bytes fit in");
    expect_equal(idle, memory_left());
    fill(channel);
    expect_equal(idle - (STREAM_MAX - PAGE), memory_left());
    expect_filling(channel, 0, STREAM_MAX);
    expect_equal(idle - (STREAM_MAX - PAGE), memory_left());
    expect_ok(j6_handle_close(channel));
    expect_equal(before, memory_left());
}

/* Small messages that are read at once never need more. */
TEST(a_channel_that_is_read_empty_again_and_again_stays_small)
{
    j6_handle_t channel = channel_new();
    uint64_t before = memory_left();
    for (int i = 0; i < 1000; i++) {
        send_text(channel,
                  "a message of a hundred bytes or so, that goes on and on and on until it "
                  "comes to its end at last");
        expect_text(channel, "a message of a hundred bytes or so, that goes on and on and on until "
                             "it comes to its end at last");
    }
    expect_equal(before, memory_left());
    expect_ok(j6_handle_close(channel));
}

static void make_and_drop(bool full)
{
    j6_handle_t channels[CHANNELS];
    for (int i = 0; i < CHANNELS; i++) {
        channels[i] = channel_new();
        if (full) {
            fill(channels[i]);
        }
    }
    for (int i = 0; i < CHANNELS; i++) {
        expect_ok(j6_handle_close(channels[i * 37 % CHANNELS]));
    }
}

TEST(a_hundred_channels_that_come_and_go_leave_nothing)
{
    if (!test_has_frames(4 * CHANNELS * STREAM_MAX / PAGE)) {
        return;
    }
    make_and_drop(true);
    struct ledger before = ledger_take();
    for (int i = 0; i < 5 && !test_has_failed(); i++) {
        make_and_drop(i % 2 == 0);
        expect_ledger(&before, "channels");
    }
}

/* SPDX-License-Identifier: MIT */
#include "lib/string.h"
#include "userland/test/main/channel.h"
#include "userland/test/main/look.h"

j6_handle_t channel_new(void)
{
    j6_handle_t channel = j6_handle_none;
    expect_ok(j6_channel_create(0, &channel));
    return channel;
}

j6_status_t try_send(j6_handle_t channel, const void *data, uint64_t *len)
{
    return j6_channel_send(channel, len, data, j6_deadline_poll);
}

j6_status_t try_receive(j6_handle_t channel, void *data, uint64_t *len)
{
    return j6_channel_receive(channel, len, data, j6_deadline_poll);
}

void send_text(j6_handle_t channel, const char *text)
{
    uint64_t len = strlen(text);
    expect_ok(try_send(channel, text, &len));
    expect_equal(strlen(text), len);
}

void expect_text(j6_handle_t channel, const char *text)
{
    char found[200] = {0};
    uint64_t len = sizeof(found) - 1;
    expect_ok(try_receive(channel, found, &len));
    expect_equal(strlen(text), len);
    expect(strcmp(found, text) == 0);
}

char filling_at(uint64_t place)
{
    return (char)(place * 7 + (place >> 8));
}

uint64_t fill(j6_handle_t channel)
{
    static char data[2 * STREAM_MAX];
    uint64_t sent = 0;
    for (uint64_t i = 0; i < sizeof(data); i++) {
        data[i] = filling_at(i);
    }
    for (uint64_t len = 1; len > 0 && sent < sizeof(data); sent += len) {
        len = sizeof(data) - sent;
        j6_status_t status = try_send(channel, data + sent, &len);
        len = status == j6_status_ok ? len : 0;
        expect(status == j6_status_ok || status == j6_status_would_block);
    }
    return sent;
}

void expect_filling(j6_handle_t channel, uint64_t from, uint64_t len)
{
    static char data[2 * STREAM_MAX];
    for (uint64_t got = 0, more; got < len && !test_has_failed(); got += more) {
        more = len - got;
        expect_ok(try_receive(channel, data + got, &more));
    }
    for (uint64_t i = 0; i < len; i++) {
        if (data[i] != filling_at(from + i)) {
            expect_equal(filling_at(from + i), data[i]);
            break;
        }
    }
}

static int64_t talk(void *arg)
{
    struct talker *talker = arg;
    j6_status_t status =
        talker->sends
            ? j6_channel_send(talker->channel, &talker->len, talker->data, talker->deadline)
            : j6_channel_receive(talker->channel, &talker->len, talker->data, talker->deadline);
    __atomic_store_n(&talker->status, status, __ATOMIC_RELEASE);
    return 0;
}

void talker_start(struct talker *talker, bool sends, j6_handle_t channel, void *data, uint64_t len)
{
    *talker = (struct talker){.channel = channel,
                              .sends = sends,
                              .data = data,
                              .len = len,
                              .deadline = j6_deadline_never,
                              .status = j6_err_unexpected};
    expect_ok(j6_thread_run(&talker->thread, talk, talker, 4 * PAGE));
    thread_blocks(talker->thread.handle, j6_wait_object);
}

void talker_finish(struct talker *talker, j6_status_t wanted)
{
    expect_ok(j6_thread_join(&talker->thread, NULL));
    expect_status(wanted, talker->status);
}

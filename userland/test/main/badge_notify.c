/* SPDX-License-Identifier: MIT */
/* Notifications: bits that arrive with the badge of the handle, merged and never lost. */
#include "userland/test/main/puppeteer.h"

static j6_handle_t badged(j6_handle_t endpoint, uint64_t badge)
{
    j6_handle_t handle = j6_handle_none;
    expect_ok(j6_handle_duplicate(endpoint, j6_right_endpoint_send, badge, &handle));
    return handle;
}

static void expect_notified(const struct j6_call *call, uint64_t badge, uint64_t bits)
{
    expect_equal(j6_tag_notify, call->tag);
    expect_equal(badge, call->badge);
    expect_equal(bits, call->word[0]);
    expect_equal(0, call->word[1] | call->word[2] | call->word[3]);
    expect_equal(0, call->token | call->bytes | call->handles);
}

TEST(notified_bits_merge_until_they_are_received)
{
    j6_handle_t endpoint = endpoint_new();
    j6_handle_t first = badged(endpoint, 1);
    j6_handle_t second = badged(endpoint, 2);
    expect_ok(j6_endpoint_notify(first, 1));
    expect_ok(j6_endpoint_notify(second, 0x10));
    expect_ok(j6_endpoint_notify(endpoint, 0x100));
    expect_ok(j6_endpoint_notify(first, 1ull << 63));
    expect_ok(j6_endpoint_notify(first, 1));
    expect_ok(j6_endpoint_notify(first, 0));
    struct j6_call call = receive_now(endpoint);
    expect_notified(&call, 1, 1 | 1ull << 63);
    call = receive_now(endpoint);
    expect_notified(&call, 2, 0x10);
    expect_ok(j6_endpoint_notify(first, 4)); /* anew, behind what waits */
    call = receive_now(endpoint);
    expect_notified(&call, 0, 0x100);
    call = receive_now(endpoint);
    expect_notified(&call, 1, 4);
    expect_ok(j6_endpoint_notify(first, 0));
    expect_nothing(endpoint);
    expect_ok(j6_handle_close(first));
    expect_ok(j6_handle_close(second));
    expect_ok(j6_handle_close(endpoint));
}

TEST(a_notification_reaches_a_receiver_that_waits)
{
    struct ipc_peer receiver;
    j6_handle_t endpoint = endpoint_new();
    j6_handle_t with = badged(endpoint, 3);
    receiver_start(&receiver, endpoint);
    expect_ok(j6_endpoint_notify(with, 0)); /* says nothing */
    expect(ipc_peer_waits(&receiver));
    expect_ok(j6_endpoint_notify(with, 6));
    ipc_peer_finish(&receiver, j6_status_ok);
    expect_notified(&receiver.call, 3, 6);
    expect_nothing(endpoint);
    expect_ok(j6_handle_close(with));
    expect_ok(j6_handle_close(endpoint));
}

/* First the bits, then the end: with several receivers one gets each. */
TEST(what_was_notified_comes_before_the_end_of_the_badge)
{
    struct ipc_peer receivers[2];
    j6_handle_t endpoint = endpoint_new();
    j6_handle_t with = badged(endpoint, 4);
    expect_ok(j6_endpoint_notify(with, 9));
    expect_ok(j6_handle_close(with));
    struct j6_call call = receive_now(endpoint);
    expect_notified(&call, 4, 9);
    call = receive_now(endpoint);
    expect_equal(j6_tag_badge_gone, call.tag);
    expect_equal(4, call.badge);
    expect_nothing(endpoint);
    with = badged(endpoint, 5);
    receiver_start(&receivers[0], endpoint);
    receiver_start(&receivers[1], endpoint);
    expect_ok(j6_endpoint_notify(with, 9));
    ipc_peer_finish(&receivers[0], j6_status_ok);
    expect(ipc_peer_waits(&receivers[1]));
    expect_ok(j6_handle_close(with));
    ipc_peer_finish(&receivers[1], j6_status_ok);
    expect_equal(j6_tag_badge_gone, receivers[1].call.tag);
    expect_ok(j6_handle_close(endpoint));
}

TEST(a_client_notifies_with_its_own_badge)
{
    struct puppet puppet;
    j6_handle_t with;
    j6_handle_t endpoint = endpoint_new();
    puppet_open(&puppet, 1, NULL);
    expect_ok(j6_handle_duplicate(endpoint, j6_handle_rights(endpoint), 8, &with));
    j6_handle_t theirs = puppet_give(&puppet, with, j6_right_endpoint_send);
    expect_ok(j6_handle_close(with));
    struct puppet_slot *slot = puppet_slot(&puppet, 0, PUPPET_NOTIFY, theirs);
    slot->call.word[0] = 0x80;
    expect_ok(puppet_do(slot));
    struct j6_call call = receive_now(endpoint);
    expect_notified(&call, 8, 0x80);
    expect_ok(puppet_do(puppet_slot(&puppet, 0, PUPPET_CLOSE, theirs)));
    expect_equal(j6_tag_badge_gone, receive_now(endpoint).tag);
    puppet_close(&puppet);
    expect_ok(j6_handle_close(endpoint));
}

/* ---- races ---- */

enum { NOTIFIERS = 4, TIMES = 64 };

static struct race {
    j6_handle_t endpoint;
    j6_handle_t handles[NOTIFIERS]; /* two badges, two handles for each */
    uint64_t seen[3];               /* by badge */
    uint64_t gone;
} race;

/* The two with the same badge share the bits. */
static int64_t notify_all(void *arg)
{
    uint64_t index = (uint64_t)arg;
    for (uint64_t i = 0; i < TIMES; i++) {
        uint64_t bit = 1ull << i;
        if (index % 2 == i % 2 && j6_endpoint_notify(race.handles[index], bit) != j6_status_ok) {
            return __LINE__;
        }
        if (i % 16 == 0) {
            j6_thread_sleep(0);
        }
    }
    return (int64_t)j6_handle_close(race.handles[index]);
}

static void receive_until_gone(void)
{
    while (race.gone < 2) {
        struct j6_call call = {0};
        if (!expect_ok(j6_endpoint_receive(race.endpoint, &call, now() + PATIENCE))) {
            return;
        }
        expect(call.badge == 1 || call.badge == 2);
        if (call.tag == j6_tag_badge_gone) {
            expect_equal(~0ull, race.seen[call.badge % 3]);
            race.gone++;
        } else {
            expect_equal(0, race.seen[call.badge % 3] & call.word[0]); /* none twice */
            race.seen[call.badge % 3] |= call.word[0];
        }
    }
}

TEST(no_bit_is_lost_or_told_twice_when_four_threads_notify_and_one_receives)
{
    for (uint64_t round = 0; round < race_rounds(10); round++) {
        struct j6_thread threads[NOTIFIERS];
        race = (struct race){.endpoint = endpoint_new()};
        for (uint64_t i = 0; i < 2; i++) {
            expect_ok(j6_handle_duplicate(race.endpoint, j6_handle_rights(race.endpoint), 1 + i,
                                          &race.handles[2 * i]));
            race.handles[2 * i + 1] = narrowed(race.handles[2 * i], j6_right_endpoint_send);
        }
        for (uint64_t i = 0; i < NOTIFIERS; i++) {
            expect_ok(j6_thread_run(&threads[i], notify_all, (void *)i, 4 * PAGE));
        }
        receive_until_gone();
        for (int i = 0; i < NOTIFIERS; i++) {
            int64_t code = -1;
            expect_ok(j6_thread_join(&threads[i], &code));
            expect_equal(0, code);
        }
        expect_nothing(race.endpoint);
        expect_ok(j6_handle_close(race.endpoint));
    }
}

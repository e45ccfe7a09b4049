/* SPDX-License-Identifier: MIT */
/* Badges: which handle a message was sent through, and what becomes of a badge that nobody holds. */
#include "userland/test/main/puppeteer.h"

static j6_handle_t badged(j6_handle_t endpoint, uint64_t badge)
{
    j6_handle_t handle = j6_handle_none;
    expect_ok(j6_handle_duplicate(endpoint, j6_handle_rights(endpoint), badge, &handle));
    return handle;
}

/* Sends through the handle; what arrives. */
static struct j6_call send_through(j6_handle_t handle, j6_handle_t endpoint)
{
    struct ipc_peer sender;
    sender_start(&sender, handle, 5);
    struct j6_call call = receive_now(endpoint);
    ipc_peer_finish(&sender, j6_status_ok);
    expect_words(5, &call);
    return call;
}

static void expect_gone(j6_handle_t endpoint, uint64_t badge)
{
    struct j6_call call = receive_now(endpoint);
    expect_equal(j6_tag_badge_gone, call.tag);
    expect_equal(badge, call.badge);
    expect_equal(0, call.word[0] | call.word[1] | call.word[2] | call.word[3]);
    expect_equal(0, call.token | call.bytes | call.handles);
}

TEST(a_message_tells_the_badge_of_the_handle_that_it_was_sent_through)
{
    j6_handle_t endpoint = endpoint_new();
    j6_handle_t first = badged(endpoint, 1);
    j6_handle_t last = badged(endpoint, ~0ull);
    j6_handle_t twin = badged(endpoint, 1); /* another badge with the same number */
    expect_equal(1, send_through(first, endpoint).badge);
    expect_equal(~0ull, send_through(last, endpoint).badge);
    expect_equal(1, send_through(twin, endpoint).badge);
    expect_equal(0, send_through(endpoint, endpoint).badge);
    expect_ok(j6_handle_close(first));
    expect_gone(endpoint, 1);
    expect_nothing(endpoint);
    expect_ok(j6_handle_close(twin));
    expect_ok(j6_handle_close(last));
    expect_gone(endpoint, 1);
    expect_gone(endpoint, ~0ull);
    expect_ok(j6_handle_close(endpoint));
}

TEST(copies_of_a_handle_share_its_badge)
{
    j6_handle_t endpoint = endpoint_new();
    j6_handle_t first = badged(endpoint, 7);
    j6_handle_t copy = narrowed(first, j6_right_endpoint_send | j6_right_duplicate);
    j6_handle_t copy_of_copy = narrowed(copy, j6_right_endpoint_send);
    expect_ok(j6_handle_close(first));
    expect_ok(j6_handle_close(copy));
    expect_nothing(endpoint);
    expect_equal(7, send_through(copy_of_copy, endpoint).badge);
    expect_ok(j6_handle_close(copy_of_copy));
    expect_gone(endpoint, 7);
    expect_nothing(endpoint);
    expect_ok(j6_handle_close(endpoint));
}

TEST(badges_are_refused_where_they_mean_nothing_or_are_not_allowed)
{
    j6_handle_t copy;
    j6_handle_t event = event_new();
    j6_handle_t endpoint = endpoint_new();
    j6_handle_t with = badged(endpoint, 3);
    j6_handle_t sends = without(endpoint, j6_right_endpoint_badge);
    uint64_t rights = j6_right_endpoint_send;
    expect_status(j6_err_denied, j6_handle_duplicate(with, rights, 4, &copy));
    expect_status(j6_err_denied, j6_handle_duplicate(with, rights, 3, &copy));
    expect_status(j6_err_denied, j6_handle_duplicate(sends, rights, 3, &copy));
    expect_status(j6_err_invalid_arg, j6_handle_duplicate(event, j6_right_wait, 3, &copy));
    expect_status(j6_err_bad_address, j6_handle_duplicate(endpoint, rights, 3, NULL));
    expect_nothing(endpoint);
    expect_ok(j6_handle_close(with));
    expect_gone(endpoint, 3);
    expect_ok(j6_handle_close(sends));
    expect_ok(j6_handle_close(event));
    expect_ok(j6_handle_close(endpoint));
}

TEST(a_badge_is_held_by_messages_on_their_way)
{
    struct ipc_peer sender;
    struct ipc_peer killed;
    j6_handle_t endpoint = endpoint_new();
    j6_handle_t with = badged(endpoint, 9);
    sender_start(&sender, with, 5);
    sender_start(&killed, with, 6);
    expect_ok(j6_handle_close(with));
    struct j6_call call = receive_now(endpoint);
    ipc_peer_finish(&sender, j6_status_ok);
    expect_words(5, &call);
    expect_equal(9, call.badge);
    expect(ipc_peer_waits(&killed));
    ipc_peer_kill(&killed);
    expect_gone(endpoint, 9);
    expect_nothing(endpoint);
    expect_ok(j6_handle_close(endpoint));
}

SAMPLE_TEST(a_server_learns_of_the_death_of_a_client_by_its_badge)
{
    struct puppet puppet;
    struct ipc_peer receiver;
    j6_handle_t endpoint = endpoint_new();
    j6_handle_t with = badged(endpoint, 11);
    puppet_open(&puppet, 1, NULL);
    j6_handle_t theirs = puppet_give(&puppet, with, j6_right_endpoint_send);
    expect_ok(j6_handle_close(with));
    struct puppet_slot *slot = puppet_slot(&puppet, 0, PUPPET_CALL, theirs);
    puppet_begin(slot);
    struct j6_call call = {0};
    expect_ok(j6_endpoint_receive(endpoint, &call, j6_deadline_never));
    expect_equal(11, call.badge);
    receiver_start(&receiver, endpoint);
    expect_ok(j6_process_kill(puppet.process, 0));
    ipc_peer_finish(&receiver, j6_status_ok);
    expect_equal(j6_tag_badge_gone, receiver.call.tag);
    expect_equal(11, receiver.call.badge);
    expect_status(j6_status_cancelled, j6_endpoint_reply(endpoint, &call, 0));
    puppet_close(&puppet);
    expect_ok(j6_handle_close(endpoint));
}

TEST(a_badge_travels_with_its_handle)
{
    struct ipc_peer sender;
    j6_handle_t endpoint = endpoint_new();
    j6_handle_t with = badged(endpoint, 21);
    j6_handle_t received = j6_handle_none;
    struct j6_message message = {.handles = &with, .handle_count = 1};
    struct j6_message room = {.handles = &received, .handle_cap = 1};
    struct j6_call call = {.message = &room};
    message_start(&sender, with, j6_endpoint_send, &message, j6_wait_send);
    expect_ok(j6_endpoint_receive(endpoint, &call, j6_deadline_poll));
    expect_equal(21, call.badge);
    ipc_peer_finish(&sender, j6_status_ok);
    expect_nothing(endpoint);
    expect_equal(21, send_through(received, endpoint).badge);
    expect_ok(j6_handle_close(received));
    expect_gone(endpoint, 21);
    expect_ok(j6_handle_close(endpoint));
}

/* A handle that receives may have one too; the badge doesn't keep the endpoint open. */
TEST(badges_end_with_their_endpoint)
{
    j6_handle_t endpoint = endpoint_new();
    j6_handle_t handles[20];
    for (uint64_t i = 0; i < 20; i++) {
        expect_ok(j6_handle_duplicate(endpoint, j6_right_endpoint_send, i + 1, &handles[i]));
        expect_ok(j6_endpoint_notify(handles[i], 1));
    }
    for (int i = 0; i < 10; i++) {
        expect_ok(j6_handle_close(handles[i]));
    }
    j6_handle_t receives = badged(endpoint, 5);
    expect_ok(j6_handle_close(endpoint));
    expect_equal(j6_tag_notify, receive_now(receives).tag);
    expect_ok(j6_handle_close(receives));
    struct j6_call call = {0};
    for (int i = 10; i < 20; i++) {
        expect_status(j6_status_closed, j6_endpoint_send(handles[i], &call, j6_deadline_never));
        expect_status(j6_status_closed, j6_endpoint_notify(handles[i], 1));
        expect_ok(j6_handle_close(handles[i]));
    }
}

TEST(the_list_of_handles_tells_their_badges)
{
    j6_handle_t endpoint = endpoint_new();
    j6_handle_t with = badged(endpoint, 0x1234);
    struct j6_snapshot snapshot = take(j6_topic_handles, own_koid());
    const struct j6_handle_info *row;
    uint64_t found = 0;
    J6_SNAPSHOT_EACH(row, &snapshot) {
        if (row->handle == with) {
            expect_equal(0x1234, row->badge);
            found++;
        }
        if (row->handle == endpoint) {
            expect_equal(0, row->badge);
            found++;
        }
    }
    j6_snapshot_drop(&snapshot);
    expect_equal(2, found);
    expect_ok(j6_handle_close(with));
    expect_ok(j6_handle_close(endpoint));
}

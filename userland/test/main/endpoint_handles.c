/* SPDX-License-Identifier: MIT */
/* Handles in messages: they move from table to table, all or none. */
#include "userland/test/main/memory.h"
#include "userland/test/main/puppeteer.h"

/* Sends them to oneself: who receives is another thread of this process. */
static void move(j6_handle_t endpoint, j6_handle_t *handles, uint64_t count)
{
    struct ipc_peer sender;
    struct j6_message out = {.handles = handles, .handle_count = count};
    message_start(&sender, endpoint, j6_endpoint_send, &out, j6_wait_send);
    j6_handle_t received[IPC_HANDLES] = {0};
    struct j6_message in = {.handles = received, .handle_cap = count};
    struct j6_call call = {.message = &in};
    expect_ok(j6_endpoint_receive(endpoint, &call, j6_deadline_poll));
    ipc_peer_finish(&sender, j6_status_ok);
    expect_equal(count, call.handles);
    for (uint64_t i = 0; i < count; i++) {
        expect(received[i] != handles[i]);
        expect_equal(j6_handle_rights(handles[i]), j6_handle_rights(received[i]));
        expect_status(j6_err_bad_handle, j6_object_koid(handles[i], &(j6_koid_t){0}));
        handles[i] = received[i];
    }
}

TEST(up_to_16_handles_travel_with_a_message)
{
    j6_handle_t endpoint = endpoint_new();
    j6_handle_t handles[IPC_HANDLES];
    j6_koid_t koids[IPC_HANDLES];
    for (int i = 0; i < IPC_HANDLES; i++) {
        handles[i] = event_new();
        koids[i] = koid_of(handles[i]);
    }
    for (uint64_t count = 0; count <= IPC_HANDLES; count++) {
        move(endpoint, handles, count);
    }
    for (int i = 0; i < IPC_HANDLES; i++) {
        expect_equal(koids[i], koid_of(handles[i]));
        expect_ok(j6_handle_close(handles[i]));
    }
    expect_ok(j6_handle_close(endpoint));
}

static int64_t nothing(void *arg)
{
    return (int64_t)arg;
}

TEST(handles_of_every_type_travel_with_the_rights_that_they_have)
{
    struct j6_thread thread;
    j6_handle_t endpoint = endpoint_new();
    expect_ok(j6_thread_run(&thread, nothing, NULL, 4 * PAGE));
    j6_handle_t handles[] = {
        narrowed(system_handle(), j6_handle_rights(system_handle())),
        event_new(),
        endpoint_new(),
        area_new(1, 0),
        process_new(),
        narrowed(thread.handle, j6_handle_rights(thread.handle)),
        narrowed(endpoint, j6_right_transfer),
        narrowed(endpoint, j6_right_transfer | j6_right_endpoint_send),
    };
    enum { COUNT = 8 };
    move(endpoint, handles, COUNT);
    move(endpoint, handles, COUNT);
    area_put(handles[3], 5, 'x');
    expect_ok(j6_process_kill(handles[4], 0));
    for (int i = 0; i < COUNT; i++) {
        expect_ok(j6_handle_close(handles[i]));
    }
    expect_ok(j6_thread_join(&thread, NULL));
    expect_ok(j6_handle_close(endpoint));
}

/* A message of two handles by each call that sends. */
static void expect_refused(j6_status_t wanted, j6_handle_t endpoint, j6_handle_t first,
                           j6_handle_t second)
{
    static endpoint_call *const calls[] = {j6_endpoint_send, j6_endpoint_call, j6_endpoint_reply,
                                           j6_endpoint_reply_receive};
    j6_handle_t handles[2] = {first, second};
    struct j6_message message = {.handles = handles, .handle_count = 2};
    for (int i = 0; i < 4; i++) {
        struct j6_call call = {.message = &message};
        expect_status(wanted, calls[i](endpoint, &call, j6_deadline_poll));
    }
}

TEST(handles_that_the_sender_does_not_have_or_may_not_transfer_are_refused)
{
    j6_handle_t endpoint = endpoint_new();
    j6_handle_t good = event_new();
    j6_handle_t kept = without(good, j6_right_transfer);
    j6_handle_t closed = narrowed(good, j6_right_transfer);
    expect_ok(j6_handle_close(closed));
    expect_refused(j6_err_bad_handle, endpoint, good, j6_handle_none);
    expect_refused(j6_err_bad_handle, endpoint, closed, good);
    expect_refused(j6_err_bad_handle, endpoint, good, good ^ j6_right_wait);
    expect_refused(j6_err_bad_handle, endpoint, kept, closed);
    expect_refused(j6_err_bad_handle, endpoint, good, good);
    expect_refused(j6_err_bad_handle, endpoint, kept, kept);
    expect_refused(j6_err_denied, endpoint, good, kept);
    expect_refused(j6_err_denied, endpoint, j6_handle_self_process, good);
    expect_refused(j6_err_denied, endpoint, good, j6_handle_self_thread);
    expect_nothing(endpoint);
    expect_ok(j6_object_signal(good, 0, J6_SIGNAL(48)));
    expect_ok(j6_handle_close(good));
    expect_ok(j6_handle_close(kept));
    expect_ok(j6_handle_close(endpoint));
}

TEST(a_message_of_which_a_handle_has_gone_is_bad_handle_for_the_sender_and_never_received)
{
    struct ipc_peer first;
    struct ipc_peer second;
    j6_handle_t endpoint = endpoint_new();
    j6_handle_t handles[3] = {event_new(), event_new(), event_new()};
    struct j6_message message = {.handles = handles, .handle_count = 3};
    message_start(&first, endpoint, j6_endpoint_send, &message, j6_wait_send);
    message_start(&second, endpoint, j6_endpoint_call, &message, j6_wait_send);
    expect_ok(j6_handle_close(handles[1]));
    j6_handle_t received[3] = {0};
    struct j6_message room = {.handles = received, .handle_cap = 3};
    struct j6_call call = {.tag = 9, .message = &room};
    expect_status(j6_status_would_block, j6_endpoint_receive(endpoint, &call, j6_deadline_poll));
    expect_equal(9, call.tag);
    ipc_peer_finish(&first, j6_err_bad_handle);
    ipc_peer_finish(&second, j6_err_bad_handle);
    expect_ok(j6_handle_close(handles[0])); /* they have stayed */
    expect_ok(j6_handle_close(handles[2]));
    expect_status(j6_err_bad_handle, j6_handle_close(received[0]));
    expect_ok(j6_handle_close(endpoint));
}

TEST(two_messages_with_the_same_handle_wait_and_the_first_one_has_it)
{
    struct ipc_peer senders[2];
    j6_handle_t endpoint = endpoint_new();
    j6_handle_t event = event_new();
    struct j6_message message = {.handles = &event, .handle_count = 1};
    for (int i = 0; i < 2; i++) {
        message_start(&senders[i], endpoint, j6_endpoint_send, &message, j6_wait_send);
    }
    j6_handle_t received = j6_handle_none;
    struct j6_message room = {.handles = &received, .handle_cap = 1};
    struct j6_call call = {.message = &room};
    expect_ok(j6_endpoint_receive(endpoint, &call, j6_deadline_poll));
    expect_ok(j6_handle_close(received));
    expect_status(j6_status_would_block, j6_endpoint_receive(endpoint, &call, j6_deadline_poll));
    ipc_peer_finish(&senders[0], j6_status_ok);
    ipc_peer_finish(&senders[1], j6_err_bad_handle);
    expect_ok(j6_handle_close(endpoint));
}

TEST(handles_stay_with_the_sender_when_their_new_values_cannot_be_written)
{
    struct ipc_peer sender;
    j6_handle_t endpoint = endpoint_new();
    j6_handle_t event = event_new();
    struct j6_message message = {.handles = &event, .handle_count = 1};
    message_start(&sender, endpoint, j6_endpoint_send, &message, j6_wait_send);
    struct j6_message room = {.handles = (j6_handle_t *)far_place(), .handle_cap = 1};
    struct j6_call call = {.message = &room};
    for (int i = 0; i < 100; i++) {
        expect_status(j6_err_bad_address, j6_endpoint_receive(endpoint, &call, j6_deadline_poll));
    }
    expect(ipc_peer_waits(&sender));
    ipc_peer_kill(&sender);
    expect_ok(j6_handle_close(event));
    expect_ok(j6_handle_close(endpoint));
}

/* SPDX-License-Identifier: MIT */
/* Endpoints: messages of registers, who waits for whom, and replies. */
#include "userland/test/main/ipc_peer.h"

TEST(endpoint_create_refuses_flags_and_messages_that_are_too_large)
{
    j6_handle_t endpoint;
    expect_status(j6_err_invalid_arg, j6_endpoint_create(0, 0, 1, &endpoint));
    expect_status(j6_err_out_of_range, j6_endpoint_create(IPC_DATA + 1, 0, 0, &endpoint));
    expect_status(j6_err_out_of_range, j6_endpoint_create(0, IPC_HANDLES + 1, 0, &endpoint));
    expect_status(j6_err_bad_address, j6_endpoint_create(0, 0, 0, NULL));
}

TEST(a_message_reaches_a_receiver_that_waits)
{
    struct ipc_peer receiver;
    j6_handle_t endpoint = endpoint_new();
    struct j6_call message = words(100);
    receiver_start(&receiver, endpoint);
    expect_ok(j6_endpoint_send(endpoint, &message, j6_deadline_poll));
    ipc_peer_finish(&receiver, j6_status_ok);
    expect_words(100, &receiver.call);
    expect_equal(0, receiver.call.token);
    expect_equal(0, receiver.call.badge);
    expect_ok(j6_handle_close(endpoint));
}

TEST(a_sender_waits_until_its_message_is_received)
{
    struct ipc_peer sender;
    j6_handle_t endpoint = endpoint_new();
    sender_start(&sender, endpoint, 200);
    struct j6_call received = receive_now(endpoint);
    ipc_peer_finish(&sender, j6_status_ok);
    expect_words(200, &received);
    expect_nothing(endpoint);
    expect_ok(j6_handle_close(endpoint));
}

TEST(a_caller_gets_the_reply_to_its_call)
{
    struct ipc_peer caller;
    j6_handle_t endpoint = endpoint_new();
    caller_start(&caller, endpoint, 300);
    struct j6_call received = receive_now(endpoint);
    expect_words(300, &received);
    expect(received.token != 0);
    thread_blocks(caller.thread.handle, j6_wait_reply);
    struct j6_call reply = words(400);
    reply.token = received.token;
    expect_ok(j6_endpoint_reply(endpoint, &reply, 0));
    ipc_peer_finish(&caller, j6_status_ok);
    expect_words(400, &caller.call);
    expect_equal(0, caller.call.token);
    expect_ok(j6_handle_close(endpoint));
}

TEST(a_message_of_handles_alone_needs_no_data_on_either_side)
{
    j6_handle_t endpoint = endpoint_new();
    j6_handle_t sent, received;
    struct ipc_peer receiver;
    struct j6_message room = {.handles = &received, .handle_cap = 1};
    struct j6_message message = {.handles = &sent, .handle_count = 1};
    struct j6_call call = {.message = &message};
    expect_ok(j6_event_create(0, &sent));
    receiver = (struct ipc_peer){.endpoint = endpoint,
                                 .make = j6_endpoint_receive,
                                 .call.message = &room,
                                 .deadline = ~0ull};
    ipc_peer_begin(&receiver, j6_wait_receive);
    expect_ok(j6_endpoint_send(endpoint, &call, j6_deadline_poll));
    ipc_peer_finish(&receiver, j6_status_ok);
    expect_equal(1, receiver.call.handles);
    expect_status(j6_err_bad_handle, j6_handle_close(sent));
    expect_ok(j6_handle_close(received));
    expect_ok(j6_handle_close(endpoint));
}

static int64_t reply_twice(void *arg)
{
    j6_handle_t endpoint = *(j6_handle_t *)arg;
    struct j6_call call = {0};
    j6_endpoint_receive(endpoint, &call, j6_deadline_never);
    expect_ok(j6_endpoint_reply(endpoint, &call, 0));
    return (int64_t)j6_endpoint_reply(endpoint, &call, 0);
}

TEST(a_token_is_good_for_one_reply)
{
    struct j6_thread server;
    j6_handle_t endpoint = endpoint_new();
    struct j6_call call = words(1);
    int64_t status;
    expect_ok(j6_thread_run(&server, reply_twice, &endpoint, 4 * PAGE));
    expect_ok(j6_endpoint_call(endpoint, &call, j6_deadline_never));
    expect_ok(j6_thread_join(&server, &status));
    expect_status(j6_err_not_found, (j6_status_t)status);
    expect_ok(j6_handle_close(endpoint));
}

/* ---- a server and its callers ---- */

enum { CALLS = 1000, CALLERS = 10 };

/* Replies with the words increased by one, until it is told to end by tag 0. */
static int64_t increment_server(void *arg)
{
    j6_handle_t endpoint = *(j6_handle_t *)arg;
    struct j6_call call = {0};
    j6_status_t status = j6_endpoint_receive(endpoint, &call, j6_deadline_never);
    while (status == j6_status_ok && call.tag != 0) {
        for (int i = 0; i < 4; i++) {
            call.word[i]++;
        }
        status = j6_endpoint_reply_receive(endpoint, &call, j6_deadline_never);
    }
    return (int64_t)status;
}

static int64_t increment_client(void *arg)
{
    j6_handle_t endpoint = *(j6_handle_t *)arg;
    int64_t wrong = 0;
    for (uint64_t i = 0; i < CALLS; i++) {
        struct j6_call call = words(i + 1);
        j6_status_t status = j6_endpoint_call(endpoint, &call, j6_deadline_never);
        wrong += status != j6_status_ok || call.tag != i + 1 || call.word[0] != i + 2 ||
                 call.word[3] != i + 5;
    }
    return wrong;
}

SAMPLE_TEST(ten_callers_of_one_server_each_get_their_own_replies)
{
    struct j6_thread server;
    struct j6_thread client[CALLERS];
    j6_handle_t endpoint = endpoint_new();
    int64_t code;
    expect_ok(j6_thread_run(&server, increment_server, &endpoint, 4 * PAGE));
    for (int i = 0; i < CALLERS; i++) {
        expect_ok(j6_thread_run(&client[i], increment_client, &endpoint, 4 * PAGE));
    }
    for (int i = 0; i < CALLERS; i++) {
        expect_ok(j6_thread_join(&client[i], &code));
        expect_equal(0, code);
    }
    struct j6_call end = {0};
    expect_ok(j6_endpoint_send(endpoint, &end, j6_deadline_never));
    expect_ok(j6_thread_join(&server, &code));
    expect_equal(j6_status_ok, code);
    expect_ok(j6_handle_close(endpoint));
}

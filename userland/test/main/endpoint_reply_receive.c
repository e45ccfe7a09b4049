/* SPDX-License-Identifier: MIT */
/* reply_receive: both in one call, the second after the first is ok or cancelled. */
#include "userland/test/main/ipc_peer.h"

static j6_status_t reply_receive(j6_handle_t endpoint, struct j6_call *call)
{
    return j6_endpoint_reply_receive(endpoint, call, j6_deadline_poll);
}

TEST(a_reply_and_the_next_message_in_one_call)
{
    struct ipc_peer caller;
    struct ipc_peer sender;
    j6_handle_t endpoint = endpoint_new();
    caller_start(&caller, endpoint, 1);
    struct j6_call call = receive_now(endpoint);
    sender_start(&sender, endpoint, 20);
    uint64_t token = call.token;
    call = words(10);
    call.token = token;
    expect_ok(reply_receive(endpoint, &call));
    expect_words(20, &call);
    expect_equal(0, call.token);
    ipc_peer_finish(&caller, j6_status_ok);
    expect_words(10, &caller.call);
    ipc_peer_finish(&sender, j6_status_ok);
    expect_status(j6_err_not_found, reply_receive(endpoint, &call)); /* no reply was due */
    expect_ok(j6_handle_close(endpoint));
}

TEST(a_reply_is_made_though_there_is_nothing_to_receive)
{
    struct ipc_peer caller;
    j6_handle_t endpoint = endpoint_new();
    caller_start(&caller, endpoint, 1);
    struct j6_call call = receive_now(endpoint);
    expect_status(j6_status_would_block, reply_receive(endpoint, &call));
    ipc_peer_finish(&caller, j6_status_ok);
    caller_start(&caller, endpoint, 1);
    call = receive_now(endpoint);
    expect_status(j6_status_timed_out, j6_endpoint_reply_receive(endpoint, &call, now() + 1000000));
    ipc_peer_finish(&caller, j6_status_ok);
    expect_ok(j6_handle_close(endpoint));
}

TEST(who_replies_to_nobody_goes_on_to_receive)
{
    struct ipc_peer caller;
    struct ipc_peer sender;
    j6_handle_t endpoint = endpoint_new();
    caller_start(&caller, endpoint, 1);
    struct j6_call call = receive_now(endpoint);
    ipc_peer_kill(&caller);
    sender_start(&sender, endpoint, 5);
    expect_ok(reply_receive(endpoint, &call));
    expect_words(5, &call);
    ipc_peer_finish(&sender, j6_status_ok);
    expect_ok(j6_handle_close(endpoint));
}

TEST(after_any_other_failure_of_the_reply_nothing_is_received)
{
    static char data[8];
    struct ipc_peer sender;
    struct ipc_peer caller;
    j6_handle_t endpoint;
    j6_handle_t none = j6_handle_none;
    expect_ok(j6_endpoint_create(4, 1, 0, &endpoint));
    struct j6_message room = {.data = data, .cap = 8};
    message_start(&caller, endpoint, j6_endpoint_call, &room, j6_wait_send);
    struct j6_call call = receive_now(endpoint);
    sender_start(&sender, endpoint, 5);
    struct j6_message large = {.data = data, .len = 8};
    struct j6_message handles = {.handles = &none, .handle_count = 1};
    struct j6_message nowhere = {.data = (char *)far_place(), .len = 1};
    struct {
        struct j6_message *message;
        j6_status_t status;
    } failures[] = {{&large, j6_err_out_of_range},
                    {&handles, j6_err_bad_handle},
                    {&nowhere, j6_err_bad_address},
                    {(struct j6_message *)8, j6_err_bad_address}};
    for (int i = 0; i < 4; i++) {
        call.message = failures[i].message;
        call.tag = 3;
        expect_status(failures[i].status, reply_receive(endpoint, &call));
        expect_equal(3, call.tag);
    }
    call.message = NULL;
    call.tag = j6_tag_system;
    expect_status(j6_err_invalid_arg, reply_receive(endpoint, &call));
    expect(ipc_peer_waits(&sender));
    expect(ipc_peer_waits(&caller));
    call.tag = 8;
    expect_ok(reply_receive(endpoint, &call));
    expect_words(5, &call);
    ipc_peer_finish(&caller, j6_status_ok);
    expect_equal(8, caller.call.tag);
    ipc_peer_finish(&sender, j6_status_ok);
    expect_ok(j6_handle_close(endpoint));
}

/* The buffer that was sent from is what is received into. */
TEST(a_reply_with_data_and_the_next_message_use_the_same_buffer)
{
    static char data[8];
    static char theirs[8];
    struct ipc_peer caller;
    struct ipc_peer sender;
    struct j6_message room = {.data = theirs, .cap = 8};
    struct j6_message next = {.data = theirs + 7, .len = 1};
    struct j6_message own = {.data = data, .len = 6, .cap = 8};
    j6_handle_t endpoint = endpoint_new();
    message_start(&caller, endpoint, j6_endpoint_call, &room, j6_wait_send);
    struct j6_call call = receive_now(endpoint);
    theirs[7] = 'n';
    message_start(&sender, endpoint, j6_endpoint_send, &next, j6_wait_send);
    data[0] = 'r';
    call.message = &own;
    expect_ok(reply_receive(endpoint, &call));
    ipc_peer_finish(&caller, j6_status_ok);
    ipc_peer_finish(&sender, j6_status_ok);
    expect_equal(6, caller.call.bytes);
    expect_equal('r', theirs[0]);
    expect_equal(1, call.bytes);
    expect_equal('n', data[0]);
    expect_ok(j6_handle_close(endpoint));
}

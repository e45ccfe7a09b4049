/* SPDX-License-Identifier: MIT */
/*
 * Memory that fails halfway through a message: whose it is gets the error, and the other one goes on as if
 * nothing had been. A sender that waits loses its message by its own fault alone.
 */
#include "userland/test/main/memory.h"
#include "userland/test/main/ipc_peer.h"

enum how { UNMAPPED, NO_ACCESS, SHRUNK, READ_ONLY, HOWS };

/* Two pages, of which the second can't be written, nor, but for the last kind, read. */
struct broken {
    enum how how;
    j6_handle_t area;
    char *memory;
};

static void broken_open(struct broken *broken, enum how how)
{
    broken->how = how;
    broken->area = area_new(2, how == SHRUNK ? j6_vma_flag_resizable : 0);
    broken->memory = area_map(broken->area, READ_WRITE);
    char *second = broken->memory + PAGE;
    switch (how) {
    case UNMAPPED: expect_ok(unmap(broken->area, second, 1)); break;
    case NO_ACCESS: expect_ok(protect(broken->area, second, 1, 0)); break;
    case SHRUNK: expect_ok(area_resize(broken->area, 1)); break;
    default: expect_ok(protect(broken->area, second, 1, j6_map_read)); break;
    }
}

static void broken_close(struct broken *broken)
{
    expect_ok(unmap(broken->area, broken->memory, 1));
    if (broken->how == NO_ACCESS || broken->how == READ_ONLY) {
        expect_ok(unmap(broken->area, broken->memory + PAGE, 1));
    }
    expect_ok(j6_handle_close(broken->area));
}

static char whole[2 * PAGE]; /* memory in which nothing fails */

/* Half of it fails. */
static struct j6_message failing(const struct broken *broken)
{
    return (struct j6_message){.data = broken->memory + PAGE - 100, .len = 200, .cap = 200};
}

static struct j6_message good(void)
{
    return (struct j6_message){.data = whole + PAGE - 100, .len = 200, .cap = 200};
}

static struct j6_call receive_whole(j6_handle_t endpoint)
{
    struct j6_message message = good();
    struct j6_call call = {.message = &message};
    expect_ok(j6_endpoint_receive(endpoint, &call, j6_deadline_poll));
    expect_equal(200, call.bytes);
    call.message = NULL;
    return call;
}

TEST(a_sender_whose_data_cannot_be_read_gets_bad_address_and_the_next_one_is_received)
{
    j6_handle_t endpoint = endpoint_new();
    for (enum how how = UNMAPPED; how < READ_ONLY; how++) {
        for (int is_call = 0; is_call < 2; is_call++) {
            struct broken broken;
            struct ipc_peer guilty;
            struct ipc_peer next;
            broken_open(&broken, how);
            struct j6_message bad = failing(&broken);
            struct j6_message fine = good();
            message_start(&guilty, endpoint, is_call ? j6_endpoint_call : j6_endpoint_send, &bad,
                          j6_wait_send);
            message_start(&next, endpoint, j6_endpoint_send, &fine, j6_wait_send);
            receive_whole(endpoint);
            ipc_peer_finish(&guilty, j6_err_bad_address);
            ipc_peer_finish(&next, j6_status_ok);
            expect_nothing(endpoint);
            broken_close(&broken);
        }
    }
    expect_ok(j6_handle_close(endpoint));
}

TEST(a_receiver_waits_on_when_the_sender_cannot_send)
{
    j6_handle_t endpoint = endpoint_new();
    for (enum how how = UNMAPPED; how < READ_ONLY; how++) {
        struct broken broken;
        struct ipc_peer receiver;
        broken_open(&broken, how);
        struct j6_message bad = failing(&broken);
        struct j6_message room = good();
        struct j6_call call = {.message = &bad};
        message_start(&receiver, endpoint, j6_endpoint_receive, &room, j6_wait_receive);
        expect_status(j6_err_bad_address, j6_endpoint_send(endpoint, &call, j6_deadline_never));
        expect_status(j6_err_bad_address, j6_endpoint_call(endpoint, &call, j6_deadline_never));
        expect(ipc_peer_waits(&receiver));
        call = words(9);
        expect_ok(j6_endpoint_send(endpoint, &call, j6_deadline_poll));
        ipc_peer_finish(&receiver, j6_status_ok);
        expect_words(9, &receiver.call);
        expect_equal(0, receiver.call.bytes);
        broken_close(&broken);
    }
    expect_ok(j6_handle_close(endpoint));
}

TEST(a_receiver_that_cannot_be_written_to_gets_bad_address_and_the_message_keeps_its_place)
{
    j6_handle_t endpoint = endpoint_new();
    for (enum how how = UNMAPPED; how < HOWS; how++) {
        struct broken broken;
        struct ipc_peer first;
        struct ipc_peer second;
        broken_open(&broken, how);
        struct j6_message bad = failing(&broken);
        struct j6_message fine = good();
        message_start(&first, endpoint, j6_endpoint_send, &fine, j6_wait_send);
        message_start(&second, endpoint, j6_endpoint_send, &fine, j6_wait_send);
        second.call.tag = 2;
        struct j6_call call = {.tag = 77, .message = &bad};
        for (int i = 0; i < 3; i++) {
            expect_status(j6_err_bad_address,
                          j6_endpoint_receive(endpoint, &call, j6_deadline_poll));
            expect_equal(77, call.tag);
        }
        expect(ipc_peer_waits(&first));
        expect_equal(1, receive_whole(endpoint).tag);
        ipc_peer_finish(&first, j6_status_ok);
        expect(ipc_peer_waits(&second));
        receive_whole(endpoint);
        ipc_peer_finish(&second, j6_status_ok);
        broken_close(&broken);
    }
    expect_ok(j6_handle_close(endpoint));
}

TEST(a_message_goes_to_the_next_receiver_when_the_first_cannot_take_it)
{
    j6_handle_t endpoint = endpoint_new();
    struct broken broken;
    struct ipc_peer small;
    struct ipc_peer guilty;
    struct ipc_peer able;
    struct j6_message fine = good();
    struct j6_message too_little = {.data = whole, .cap = 199};
    broken_open(&broken, READ_ONLY);
    struct j6_message bad = failing(&broken);
    message_start(&small, endpoint, j6_endpoint_receive, &too_little, j6_wait_receive);
    message_start(&guilty, endpoint, j6_endpoint_receive, &bad, j6_wait_receive);
    message_start(&able, endpoint, j6_endpoint_receive, &fine, j6_wait_receive);
    struct j6_call call = {.tag = 6, .message = &fine};
    expect_ok(j6_endpoint_send(endpoint, &call, j6_deadline_poll));
    ipc_peer_finish(&small, j6_err_insufficient);
    ipc_peer_finish(&guilty, j6_err_bad_address);
    ipc_peer_finish(&able, j6_status_ok);
    expect_equal(200, small.call.bytes);
    expect_equal(6, able.call.tag);
    message_start(&small, endpoint, j6_endpoint_receive, &too_little, j6_wait_receive);
    expect_status(j6_status_would_block, j6_endpoint_send(endpoint, &call, j6_deadline_poll));
    ipc_peer_finish(&small, j6_err_insufficient);
    broken_close(&broken);
    expect_ok(j6_handle_close(endpoint));
}

TEST(a_caller_that_cannot_take_its_reply_is_told_so_and_the_replier_that_it_has_gone)
{
    j6_handle_t endpoint = endpoint_new();
    for (enum how how = UNMAPPED; how < HOWS; how++) {
        struct broken broken;
        struct ipc_peer caller;
        broken_open(&broken, how);
        struct j6_message bad = failing(&broken);
        struct j6_message fine = good();
        bad.len = 0;
        message_start(&caller, endpoint, j6_endpoint_call, &bad, j6_wait_send);
        struct j6_call call = receive_now(endpoint);
        call.message = &fine;
        expect_status(j6_status_cancelled, j6_endpoint_reply(endpoint, &call, 0));
        ipc_peer_finish(&caller, j6_err_bad_address);
        broken_close(&broken);
    }
    expect_ok(j6_handle_close(endpoint));
}

TEST(a_caller_with_too_small_a_buffer_gets_insufficient_with_the_sizes_of_the_reply)
{
    struct ipc_peer caller;
    j6_handle_t endpoint = endpoint_new();
    struct j6_message little = {.data = whole, .cap = 199};
    struct j6_message fine = good();
    message_start(&caller, endpoint, j6_endpoint_call, &little, j6_wait_send);
    struct j6_call call = receive_now(endpoint);
    call.message = &fine;
    expect_status(j6_status_cancelled, j6_endpoint_reply(endpoint, &call, 0));
    ipc_peer_finish(&caller, j6_err_insufficient);
    expect_equal(200, caller.call.bytes);
    expect_equal(0, caller.call.handles);
    expect_ok(j6_handle_close(endpoint));
}

TEST(a_reply_that_cannot_be_read_leaves_the_token_good)
{
    j6_handle_t endpoint = endpoint_new();
    for (enum how how = UNMAPPED; how < READ_ONLY; how++) {
        struct broken broken;
        struct ipc_peer caller;
        broken_open(&broken, how);
        struct j6_message bad = failing(&broken);
        struct j6_message room = good();
        room.len = 0;
        message_start(&caller, endpoint, j6_endpoint_call, &room, j6_wait_send);
        struct j6_call call = receive_now(endpoint);
        call.message = &bad;
        expect_status(j6_err_bad_address, j6_endpoint_reply(endpoint, &call, 0));
        expect_status(j6_err_bad_address, j6_endpoint_reply_receive(endpoint, &call, 0));
        expect(ipc_peer_waits(&caller));
        call.message = NULL;
        expect_ok(j6_endpoint_reply(endpoint, &call, 0));
        ipc_peer_finish(&caller, j6_status_ok);
        broken_close(&broken);
    }
    expect_ok(j6_handle_close(endpoint));
}

/* SPDX-License-Identifier: MIT */
/* Endpoint calls that are refused, each for a documented reason; nothing of them is ever received. */
#include "userland/test/main/ipc_peer.h"

static const struct {
    endpoint_call *make;
    bool sends;
    bool receives;
} calls[] = {
    {j6_endpoint_send, true, false},         {j6_endpoint_receive, false, true},
    {j6_endpoint_call, true, true},          {j6_endpoint_reply, true, false},
    {j6_endpoint_reply_receive, true, true},
};
enum { CALLS = sizeof(calls) / sizeof(calls[0]) };

/* Makes each call that sends (or receives) with the message. */
static void expect_refused(j6_status_t wanted, j6_handle_t endpoint, struct j6_message *message,
                           bool receives)
{
    for (int i = 0; i < CALLS; i++) {
        struct j6_call call = {.tag = 1, .message = message};
        if (receives ? calls[i].receives : calls[i].sends) {
            expect_status(wanted, calls[i].make(endpoint, &call, j6_deadline_poll));
        }
    }
}

TEST(tags_with_bit_63_are_the_systems)
{
    j6_handle_t endpoint = endpoint_new();
    for (int i = 0; i < CALLS; i++) {
        struct j6_call call = {.tag = j6_tag_system | 1};
        expect_status(calls[i].sends ? j6_err_invalid_arg : j6_status_would_block,
                      calls[i].make(endpoint, &call, j6_deadline_poll));
    }
    expect_nothing(endpoint);
    expect_ok(j6_handle_close(endpoint));
}

TEST(more_than_the_endpoint_takes_is_out_of_range)
{
    static char data[11];
    j6_handle_t handles[3] = {event_new(), event_new(), event_new()};
    j6_handle_t endpoint;
    expect_ok(j6_endpoint_create(10, 2, 0, &endpoint));
    expect_refused(j6_err_out_of_range, endpoint, &(struct j6_message){.data = data, .len = 11},
                   false);
    expect_refused(j6_err_out_of_range, endpoint, &(struct j6_message){.data = data, .len = ~0ull},
                   false);
    expect_refused(j6_err_out_of_range, endpoint,
                   &(struct j6_message){.handles = handles, .handle_count = 3}, false);
    expect_refused(j6_err_out_of_range, endpoint,
                   &(struct j6_message){.handles = handles, .handle_count = 1ull << 61}, false);
    expect_nothing(endpoint);
    for (int i = 0; i < 3; i++) {
        expect_ok(j6_handle_close(handles[i]));
    }
    expect_ok(j6_handle_close(endpoint));
}

TEST(memory_that_a_message_names_must_be_the_callers)
{
    uint64_t far = far_place();
    const uint64_t bad[] = {8, far, 0x7ffffffff000, 0x800000000000, 0xffff800000000000, ~7ull};
    j6_handle_t endpoint = endpoint_new();
    for (int i = 0; i < 6; i++) {
        expect_refused(j6_err_bad_address, endpoint, (struct j6_message *)bad[i], false);
        expect_refused(j6_err_bad_address, endpoint, (struct j6_message *)bad[i], true);
        struct j6_message handles = {.handles = (j6_handle_t *)bad[i], .handle_count = 1};
        expect_refused(j6_err_bad_address, endpoint, &handles, false);
    }
    for (int i = 3; i < 6; i++) { /* not the users' half: no need to look what is there */
        char *at = (char *)bad[i];
        expect_refused(j6_err_bad_address, endpoint, &(struct j6_message){.data = at, .len = 9},
                       false);
        expect_refused(j6_err_bad_address, endpoint, &(struct j6_message){.data = at, .cap = 9},
                       true);
        expect_refused(j6_err_bad_address, endpoint,
                       &(struct j6_message){.handles = (void *)at, .handle_cap = 2}, true);
    }
    struct j6_message nothing = {.data = (void *)far, .handles = (void *)far};
    struct j6_call call = {.message = &nothing};
    expect_status(j6_status_would_block, j6_endpoint_send(endpoint, &call, j6_deadline_poll));
    expect_nothing(endpoint);
    expect_ok(j6_handle_close(endpoint));
}

TEST(a_message_struct_that_ends_in_an_unmapped_page_is_a_bad_address)
{
    j6_handle_t area = area_new(1, 0);
    char *page = area_map(area, READ_WRITE);
    j6_handle_t endpoint = endpoint_new();
    expect_refused(j6_err_bad_address, endpoint,
                   (struct j6_message *)(page + PAGE - sizeof(struct j6_message) + 8), false);
    area_unmap(area, page);
    expect_ok(j6_handle_close(area));
    expect_ok(j6_handle_close(endpoint));
}

TEST(calls_that_would_wait_would_block)
{
    struct ipc_peer receiver;
    struct j6_call call = words(1);
    j6_handle_t endpoint = endpoint_new();
    expect_status(j6_status_would_block, j6_endpoint_send(endpoint, &call, j6_deadline_poll));
    expect_status(j6_status_would_block, j6_endpoint_call(endpoint, &call, j6_deadline_poll));
    expect_status(j6_status_would_block, j6_endpoint_receive(endpoint, &call, j6_deadline_poll));
    expect_words(1, &call);
    receiver_start(&receiver, endpoint);
    expect_status(j6_status_would_block, j6_endpoint_call(endpoint, &call, j6_deadline_poll));
    expect(ipc_peer_waits(&receiver));
    expect_ok(j6_endpoint_send(endpoint, &call, j6_deadline_poll));
    ipc_peer_finish(&receiver, j6_status_ok);
    expect_ok(j6_handle_close(endpoint));
}

TEST(calls_time_out_at_their_deadline_and_not_before)
{
    j6_handle_t endpoint = endpoint_new();
    for (int i = 0; i < 3; i++) {
        struct j6_call call = words(1);
        j6_time_t deadline = now() + 2000000;
        expect_status(j6_status_timed_out, calls[i].make(endpoint, &call, deadline));
        expect(now() >= deadline);
        expect_words(1, &call);
        expect_status(j6_status_timed_out, calls[i].make(endpoint, &call, deadline));
        expect_status(j6_status_timed_out, calls[i].make(endpoint, &call, 1));
    }
    expect_nothing(endpoint);
    expect_ok(j6_handle_close(endpoint));
}

TEST(a_deadline_that_has_passed_still_takes_what_is_there)
{
    struct ipc_peer peer;
    struct j6_call call = words(1);
    j6_handle_t endpoint = endpoint_new();
    receiver_start(&peer, endpoint);
    expect_status(j6_status_timed_out, j6_endpoint_call(endpoint, &call, 1));
    expect_ok(j6_endpoint_send(endpoint, &call, 1));
    ipc_peer_finish(&peer, j6_status_ok);
    sender_start(&peer, endpoint, 7);
    expect_ok(j6_endpoint_receive(endpoint, &call, 1));
    expect_words(7, &call);
    ipc_peer_finish(&peer, j6_status_ok);
    expect_ok(j6_handle_close(endpoint));
}

/* However long it takes until the call is made: as long as it isn't received, the time is too short. */
TEST(a_call_that_is_served_too_long_times_out)
{
    struct ipc_peer server;
    struct j6_call call;
    j6_time_t deadline;
    uint64_t time = 1000000;
    j6_handle_t endpoint = endpoint_new();
    receiver_start(&server, endpoint);
    do {
        call = words(2);
        deadline = now() + time;
        expect_status(j6_status_timed_out, j6_endpoint_call(endpoint, &call, deadline));
        time *= 2;
    } while (ipc_peer_waits(&server));
    expect(now() >= deadline);
    expect_words(2, &call);
    ipc_peer_finish(&server, j6_status_ok);
    expect_words(2, &server.call);
    expect_status(j6_status_cancelled, j6_endpoint_reply(endpoint, &server.call, 0));
    expect_ok(j6_handle_close(endpoint));
}

TEST(every_call_of_a_closed_endpoint_is_closed)
{
    static char data[8];
    struct j6_message message = {.data = data, .len = 8, .cap = 8};
    j6_handle_t event = event_new();
    j6_handle_t endpoint = endpoint_new();
    expect_ok(j6_object_close(endpoint));
    expect_status(j6_status_closed, j6_object_close(endpoint));
    for (int i = 0; i < CALLS; i++) {
        struct j6_call call = words(1);
        expect_status(j6_status_closed, calls[i].make(endpoint, &call, j6_deadline_poll));
        expect_status(j6_status_closed, calls[i].make(endpoint, &call, j6_deadline_never));
        call.message = &message;
        expect_status(j6_status_closed, calls[i].make(endpoint, &call, j6_deadline_never));
    }
    expect_status(j6_status_closed, j6_endpoint_notify(endpoint, 1));
    expect_status(j6_status_closed, j6_object_bind(event, J6_SIGNAL(48), endpoint, 1));
    expect_status(j6_err_not_found, j6_object_unbind(event, endpoint, 1));
    expect_equal(j6_signal_closed, signals_of(endpoint));
    expect_ok(j6_object_wait(endpoint, j6_signal_closed, NULL, j6_deadline_never));
    expect_ok(j6_handle_close(endpoint));
    expect_ok(j6_handle_close(event));
}

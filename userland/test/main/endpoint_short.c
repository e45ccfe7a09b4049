/* SPDX-License-Identifier: MIT */
/* Receivers, and callers, that have no more memory or handles: that is theirs to bear. */
#include "userland/test/main/puppeteer.h"

TEST(a_receiver_without_memory_gets_quota_and_the_message_keeps_its_place)
{
    enum { SIZE = 300 * PAGE };
    static const struct j6_limits limits = {
        .pages = 200, .handles = 50, .threads = 4, .priority = 4};
    struct puppet puppet;
    struct ipc_peer sender;
    static char data[IPC_DATA];
    struct j6_message message = {.data = data, .len = IPC_DATA};
    j6_status_t status = j6_status_ok;
    j6_handle_t endpoint = endpoint_new();
    puppet_open(&puppet, 1, &limits);
    j6_handle_t theirs = puppet_give_all(&puppet, endpoint);
    struct puppet_slot *slot = puppet_slot(&puppet, 0, PUPPET_MAP, 0);
    slot->call.word[0] = SIZE;
    expect_ok(puppet_do(slot));
    char *room = (char *)slot->call.word[0];
    for (int done = 0; done < SIZE && status == j6_status_ok; done += IPC_DATA) {
        message_start(&sender, endpoint, j6_endpoint_send, &message, j6_wait_send);
        slot = puppet_slot(&puppet, 0, PUPPET_RECEIVE, theirs);
        slot->message = (struct j6_message){.data = room + done, .cap = IPC_DATA};
        status = puppet_do(slot);
        if (status == j6_status_ok) {
            ipc_peer_finish(&sender, j6_status_ok);
        }
    }
    if (expect_status(j6_err_quota, status)) {
        struct j6_message here = {.data = data, .cap = IPC_DATA};
        struct j6_call call = {.message = &here};
        expect(ipc_peer_waits(&sender));
        expect_ok(j6_endpoint_receive(endpoint, &call, j6_deadline_poll));
        ipc_peer_finish(&sender, j6_status_ok);
    }
    puppet_close(&puppet);
    expect_ok(j6_handle_close(endpoint));
}

TEST(a_receiver_at_its_limit_of_handles_gets_quota_and_the_message_keeps_its_place)
{
    static const struct j6_limits limits = {
        .pages = 300, .handles = 8, .threads = 4, .priority = 4};
    struct puppet puppet;
    struct ipc_peer sender;
    j6_handle_t events[IPC_HANDLES];
    struct j6_message message = {.handles = events, .handle_count = IPC_HANDLES};
    j6_handle_t endpoint = endpoint_new();
    puppet_open(&puppet, 1, &limits);
    j6_handle_t theirs = puppet_give_all(&puppet, endpoint);
    for (int i = 0; i < IPC_HANDLES; i++) {
        events[i] = event_new();
    }
    message_start(&sender, endpoint, j6_endpoint_send, &message, j6_wait_send);
    struct puppet_slot *slot = puppet_slot(&puppet, 0, PUPPET_RECEIVE, theirs);
    slot->message = (struct j6_message){.handles = (j6_handle_t *)puppet.page->here->room,
                                        .handle_cap = IPC_HANDLES};
    expect_status(j6_err_quota, puppet_do(slot));
    expect(ipc_peer_waits(&sender));
    j6_handle_t here[IPC_HANDLES];
    struct j6_message room = {.handles = here, .handle_cap = IPC_HANDLES};
    struct j6_call call = {.message = &room};
    expect_ok(j6_endpoint_receive(endpoint, &call, j6_deadline_poll));
    ipc_peer_finish(&sender, j6_status_ok);
    expect_equal(IPC_HANDLES, call.handles);
    for (int i = 0; i < IPC_HANDLES; i++) {
        expect_ok(j6_handle_close(here[i]));
    }
    puppet_close(&puppet);
    expect_ok(j6_handle_close(endpoint));
}

TEST(a_caller_at_its_limit_of_handles_gets_quota_and_what_was_sent_is_closed)
{
    static const struct j6_limits limits = {
        .pages = 300, .handles = 6, .threads = 4, .priority = 4};
    struct puppet puppet;
    j6_handle_t events[IPC_HANDLES];
    struct j6_message message = {.handles = events, .handle_count = IPC_HANDLES};
    j6_handle_t endpoint = endpoint_new();
    puppet_open(&puppet, 1, &limits);
    j6_handle_t theirs = puppet_give(&puppet, endpoint, j6_right_endpoint_send);
    for (int i = 0; i < IPC_HANDLES; i++) {
        events[i] = event_new();
    }
    struct puppet_slot *slot = puppet_slot(&puppet, 0, PUPPET_CALL, theirs);
    slot->message = (struct j6_message){.handles = (j6_handle_t *)puppet.page->here->room,
                                        .handle_cap = IPC_HANDLES};
    puppet_begin(slot);
    struct j6_call call = {0};
    expect_ok(j6_endpoint_receive(endpoint, &call, j6_deadline_never));
    call.message = &message;
    expect_status(j6_status_cancelled, j6_endpoint_reply(endpoint, &call, 0));
    expect_status(j6_err_quota, puppet_end(slot));
    for (int i = 0; i < IPC_HANDLES; i++) {
        expect_status(j6_err_bad_handle, j6_handle_close(events[i]));
    }
    puppet_close(&puppet);
    expect_ok(j6_handle_close(endpoint));
}

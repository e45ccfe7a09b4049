/* SPDX-License-Identifier: MIT */
/* Clients that change their messages while they are copied, and that fill their server's handle table. */
#include "lib/string.h"
#include "userland/test/main/puppeteer.h"

/* ---- a message that changes ---- */

enum { SMALL = 8, LARGE = 60000 };

static struct {
    j6_handle_t endpoint;
    uint32_t stop;
    j6_handle_t handles[2]; /* that the message names, or not */
    struct j6_message message;
    char *data;
} flips;

static int64_t flip(void *arg)
{
    j6_handle_t event = *(j6_handle_t *)arg;
    for (uint64_t i = 0; __atomic_load_n(&flips.stop, __ATOMIC_RELAXED) == 0; i++) {
        volatile struct j6_message *message = &flips.message;
        message->len = i % 2 ? SMALL : LARGE;
        message->data = i % 5 ? flips.data : (char *)far_place();
        message->handle_count = i % 3 ? i % 2 : 17;
        *(volatile j6_handle_t *)&flips.handles[0] = i % 7 ? event : i;
        message->handles = i % 11 ? flips.handles : (j6_handle_t *)8;
        message->cap = i % 4 ? ~0ull : i;
        memset(flips.data, (int)i, SMALL);
        if (i % 64 == 0) {
            j6_thread_sleep(0);
        }
    }
    return 0;
}

/* The handle that is sent has gone then: another one takes its place. */
static int64_t send_flipping(void *arg)
{
    j6_handle_t *event = arg;
    int64_t sent = 0;
    while (__atomic_load_n(&flips.stop, __ATOMIC_RELAXED) == 0) {
        struct j6_call call = {.tag = 1, .message = &flips.message};
        j6_status_t status = j6_endpoint_send(flips.endpoint, &call, j6_deadline_never);
        sent += status == j6_status_ok;
        j6_handle_close(*event);
        if (j6_event_create(0, event) != j6_status_ok) {
            return -1;
        }
        j6_thread_sleep(0); /* the message has its turn to change */
    }
    return sent;
}

TEST(a_message_that_changes_while_it_is_copied_arrives_as_one_of_what_it_was)
{
    static char room[LARGE];
    j6_handle_t events[2] = {event_new(), j6_handle_none};
    j6_handle_t received[2];
    struct j6_thread threads[2];
    j6_handle_t area = area_new(16, 0);
    memset(&flips, 0, sizeof(flips));
    flips.endpoint = endpoint_new();
    flips.data = area_map(area, READ_WRITE);
    expect_ok(j6_thread_run(&threads[0], flip, &events[0], 4 * PAGE));
    expect_ok(j6_thread_run(&threads[1], send_flipping, &events[0], 4 * PAGE));
    j6_time_t end = now() + PATIENCE;
    uint64_t count = 0;
    while (count < race_rounds(100) && expect(now() < end)) {
        struct j6_message message = {
            .data = room, .cap = LARGE, .handles = received, .handle_cap = 2};
        struct j6_call call = {.message = &message};
        j6_status_t status = j6_endpoint_receive(flips.endpoint, &call, now() + 1000000);
        if (status == j6_status_ok) {
            count++;
            expect(call.bytes == SMALL || call.bytes == LARGE || call.bytes == 0);
            expect(call.handles <= 1);
            expect_ok(call.handles == 1 ? j6_handle_close(received[0]) : j6_status_ok);
        } else {
            expect_status(j6_status_timed_out, status);
        }
    }
    __atomic_store_n(&flips.stop, 1, __ATOMIC_RELAXED);
    expect_ok(j6_object_close(flips.endpoint));
    for (int i = 0; i < 2; i++) {
        expect_ok(j6_thread_join(&threads[i], NULL));
    }
    j6_handle_close(events[0]);
    area_unmap(area, flips.data);
    expect_ok(j6_handle_close(area));
    expect_ok(j6_handle_close(flips.endpoint));
}

/* ---- a handle table that is filled ---- */

/* The server can't take one more message with handles: it closes what it got, and goes on. */
TEST(a_server_whose_handle_table_is_full_goes_on_when_it_closes_what_it_got)
{
    static const struct j6_limits limits = {
        .pages = 300, .handles = 40, .threads = 4, .priority = 4};
    struct puppet server;
    struct ipc_peer sender;
    j6_handle_t events[IPC_HANDLES];
    struct j6_message message = {.handles = events, .handle_count = IPC_HANDLES};
    j6_status_t status = j6_status_ok;
    j6_handle_t endpoint = endpoint_new();
    puppet_open(&server, 1, &limits);
    j6_handle_t theirs = puppet_give_all(&server, endpoint);
    uint64_t messages = 0;
    while (status == j6_status_ok && messages < 10) {
        for (int i = 0; i < IPC_HANDLES; i++) {
            events[i] = event_new();
        }
        message_start(&sender, endpoint, j6_endpoint_send, &message, j6_wait_send);
        struct puppet_slot *slot = puppet_slot(&server, 0, PUPPET_RECEIVE, theirs);
        slot->message = (struct j6_message){
            .handles = &server.page->here->room[messages * IPC_HANDLES], .handle_cap = IPC_HANDLES};
        status = puppet_do(slot);
        if (status == j6_status_ok) {
            ipc_peer_finish(&sender, j6_status_ok);
            messages++;
        }
    }
    expect_status(j6_err_quota, status);
    expect(messages > 0);
    for (int i = 0; i < IPC_HANDLES; i++) {
        expect_ok(puppet_do(puppet_slot(&server, 0, PUPPET_CLOSE, server.page->room[i])));
    }
    struct puppet_slot *slot = puppet_slot(&server, 0, PUPPET_RECEIVE, theirs);
    slot->message =
        (struct j6_message){.handles = server.page->here->room, .handle_cap = IPC_HANDLES};
    expect_ok(puppet_do(slot));
    ipc_peer_finish(&sender, j6_status_ok);
    puppet_close(&server);
    expect_ok(j6_handle_close(endpoint));
}

/* Without room for handles at the endpoint nobody can even try. */
TEST(an_endpoint_without_handles_keeps_them_out)
{
    j6_handle_t endpoint;
    j6_handle_t event = event_new();
    struct j6_message message = {.handles = &event, .handle_count = 1};
    struct j6_call call = {.message = &message};
    expect_ok(j6_endpoint_create(16, 0, 0, &endpoint));
    expect_status(j6_err_out_of_range, j6_endpoint_send(endpoint, &call, j6_deadline_never));
    expect_ok(j6_handle_close(event));
    expect_ok(j6_handle_close(endpoint));
}

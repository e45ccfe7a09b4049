/* SPDX-License-Identifier: MIT */
/* Handles that go to another process, and what becomes of them on the way. */
#include "userland/test/main/puppeteer.h"

struct scene {
    struct puppet puppet;
    j6_handle_t endpoint;
    j6_handle_t theirs;
};

static void scene_open(struct scene *scene)
{
    scene->endpoint = endpoint_new();
    puppet_open(&scene->puppet, 2, NULL);
    scene->theirs = puppet_give_all(&scene->puppet, scene->endpoint);
}

static void scene_close(struct scene *scene)
{
    puppet_close(&scene->puppet);
    expect_ok(j6_handle_close(scene->endpoint));
}

/* The puppet's room for handles, as it sees that, and as the test does. */
static j6_handle_t *room_there(const struct scene *scene)
{
    return (j6_handle_t *)scene->puppet.page->here->room;
}

static j6_handle_t *room_here(const struct scene *scene)
{
    return (j6_handle_t *)scene->puppet.page->room;
}

/* Sends them to the puppet, which receives them. */
static void send_there(struct scene *scene, j6_handle_t *handles, uint64_t count)
{
    struct j6_message message = {.handles = handles, .handle_count = count};
    struct j6_call call = {.message = &message};
    struct puppet_slot *slot = puppet_slot(&scene->puppet, 0, PUPPET_RECEIVE, scene->theirs);
    slot->message = (struct j6_message){.handles = room_there(scene), .handle_cap = IPC_HANDLES};
    puppet_begin(slot);
    expect_ok(j6_endpoint_send(scene->endpoint, &call, j6_deadline_never));
    expect_ok(puppet_end(slot));
    expect_equal(count, slot->call.handles);
}

/* The puppet calls with the handles in its room; the test receives them. */
static struct j6_call call_here(struct scene *scene, j6_handle_t *handles, uint64_t count)
{
    struct j6_message message = {.handles = handles, .handle_cap = count};
    struct j6_call call = {.message = &message};
    struct puppet_slot *slot = puppet_slot(&scene->puppet, 0, PUPPET_CALL, scene->theirs);
    slot->message =
        (struct j6_message){.handles = room_there(scene), .handle_count = count, .handle_cap = 1};
    puppet_begin(slot);
    expect_ok(j6_endpoint_receive(scene->endpoint, &call, j6_deadline_never));
    expect_equal(count, call.handles);
    call.message = NULL;
    return call;
}

TEST(a_handle_goes_to_another_process_and_comes_back)
{
    struct scene scene;
    j6_handle_t event = event_new();
    j6_koid_t koid = koid_of(event);
    scene_open(&scene);
    j6_handle_t sent = event;
    send_there(&scene, &event, 1);
    expect_status(j6_err_bad_handle, j6_object_koid(sent, &(j6_koid_t){0}));
    expect_equal(j6_handle_rights(sent), j6_handle_rights(room_here(&scene)[0]));
    struct j6_call call = call_here(&scene, &event, 1);
    expect_equal(koid, koid_of(event));
    struct j6_message back = {.handles = &event, .handle_count = 1};
    call.message = &back;
    expect_ok(j6_endpoint_reply(scene.endpoint, &call, 0));
    expect_ok(puppet_end(&scene.puppet.page->slot[0]));
    expect_equal(1, scene.puppet.page->slot[0].call.handles);
    expect_status(j6_err_bad_handle, j6_handle_close(event));
    scene_close(&scene); /* the event goes with the puppet */
}

/* Who receives it can call back through what he got. */
TEST(an_endpoint_travels_through_itself)
{
    struct scene scene;
    scene_open(&scene);
    j6_handle_t copy = narrowed(scene.endpoint, j6_handle_rights(scene.endpoint));
    send_there(&scene, &copy, 1);
    struct puppet_slot *slot = puppet_slot(&scene.puppet, 0, PUPPET_CALL, room_here(&scene)[0]);
    puppet_begin(slot);
    struct j6_call call = {0};
    expect_ok(j6_endpoint_receive(scene.endpoint, &call, j6_deadline_never));
    expect_ok(j6_endpoint_reply(scene.endpoint, &call, 0));
    expect_ok(puppet_end(slot));
    scene_close(&scene);
}

/* It is in the sender's table until it is delivered: so the endpoint stays open. */
TEST(the_only_handle_that_receives_can_be_sent_to_who_receives_through_it)
{
    struct j6_message message;
    struct ipc_peer sender;
    j6_handle_t endpoint = endpoint_new();
    j6_handle_t sends = narrowed(endpoint, j6_right_endpoint_send | j6_right_wait);
    j6_handle_t received = j6_handle_none;
    struct j6_message room = {.handles = &received, .handle_cap = 1};
    struct j6_call call = {.message = &room};
    message = (struct j6_message){.handles = &endpoint, .handle_count = 1};
    message_start(&sender, sends, j6_endpoint_send, &message, j6_wait_send);
    expect_ok(j6_endpoint_receive(endpoint, &call, j6_deadline_poll));
    ipc_peer_finish(&sender, j6_status_ok);
    expect_status(j6_err_bad_handle, j6_endpoint_receive(endpoint, &call, j6_deadline_poll));
    expect_equal(0, signals_of(sends) & j6_signal_closed);
    expect_status(j6_status_would_block, j6_endpoint_receive(received, &call, j6_deadline_poll));
    expect_ok(j6_handle_close(received));
    expect_equal(j6_signal_closed, signals_of(sends));
    expect_ok(j6_handle_close(sends));
}

TEST(an_endpoint_closes_when_the_process_dies_that_its_only_receive_handle_was_sent_to)
{
    struct scene scene;
    scene_open(&scene);
    j6_handle_t other = endpoint_new();
    j6_handle_t sends = narrowed(other, j6_right_endpoint_send | j6_right_wait);
    send_there(&scene, &other, 1);
    expect_equal(0, signals_of(sends) & j6_signal_closed);
    expect_ok(j6_process_kill(scene.puppet.process, 0));
    expect_ok(j6_object_wait(sends, j6_signal_closed, NULL, now() + PATIENCE));
    expect_ok(j6_handle_close(sends));
    scene_close(&scene);
}

/* Of a sender that is killed they go with it, never to the receiver. */
TEST(handles_of_a_sender_that_is_killed_while_it_waits_end_with_it)
{
    struct scene scene;
    scene_open(&scene);
    j6_handle_t event = event_new();
    j6_handle_t watch = narrowed(event, j6_right_wait);
    send_there(&scene, &event, 1);
    struct puppet_slot *slot = puppet_slot(&scene.puppet, 0, PUPPET_SEND, scene.theirs);
    slot->message = (struct j6_message){.handles = room_there(&scene), .handle_count = 1};
    puppet_begin(slot);
    threads_block(scene.puppet.process, 1, j6_wait_send);
    expect_ok(j6_process_kill(scene.puppet.process, 0));
    expect_ok(j6_object_wait(scene.puppet.process, j6_signal_closed, NULL, j6_deadline_never));
    expect_nothing(scene.endpoint);
    expect_equal(0, signals_of(watch));
    expect_ok(j6_handle_close(watch));
    scene_close(&scene);
}

TEST(handles_sent_with_a_reply_are_closed_when_the_caller_has_gone)
{
    struct ipc_peer caller;
    j6_handle_t endpoint = endpoint_new();
    j6_handle_t events[2] = {event_new(), event_new()};
    struct j6_message message = {.handles = events, .handle_count = 2};
    caller_start(&caller, endpoint, 1);
    struct j6_call call = receive_now(endpoint);
    ipc_peer_kill(&caller);
    call.message = &message;
    expect_status(j6_status_cancelled, j6_endpoint_reply(endpoint, &call, 0));
    expect_status(j6_err_bad_handle, j6_handle_close(events[0]));
    expect_status(j6_err_bad_handle, j6_handle_close(events[1]));
    expect_ok(j6_handle_close(endpoint));
}

/* Among the handles that are closed is the one that the call was made through. */
TEST(a_reply_to_nobody_may_close_the_endpoint_that_it_is_made_through)
{
    struct ipc_peer caller;
    struct ipc_peer senders[3];
    j6_handle_t handles[2] = {endpoint_new(), endpoint_new()};
    j6_handle_t sends = narrowed(handles[1], j6_right_endpoint_send);
    struct j6_message message = {.handles = handles, .handle_count = 2};
    caller_start(&caller, handles[0], 1);
    struct j6_call call = receive_now(handles[0]);
    ipc_peer_kill(&caller);
    for (int i = 0; i < 3; i++) {
        sender_start(&senders[i], sends, 1);
    }
    call.message = &message;
    expect_status(j6_status_closed,
                  j6_endpoint_reply_receive(handles[0], &call, j6_deadline_never));
    for (int i = 0; i < 3; i++) {
        ipc_peer_finish(&senders[i], j6_status_closed);
    }
    expect_status(j6_err_bad_handle, j6_handle_close(handles[0]));
    expect_ok(j6_handle_close(sends));
}

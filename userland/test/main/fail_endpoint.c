/* SPDX-License-Identifier: MIT */
/*
 * Scenarios of endpoints. Messages have a page of data that isn't there, to a page that isn't there, and a
 * handle; the partner waits. What a run has done is taken back by making everything anew.
 */
#include "userland/test/main/failures.h"
#include "userland/test/main/ipc_peer.h"
#include "userland/test/main/memory.h"

static struct {
    j6_handle_t endpoint;
    j6_handle_t badged;
    j6_handle_t area[2];
    char *page[2];
    j6_handle_t event;
    j6_handle_t received;
    struct j6_message from;
    struct j6_message to;
    struct ipc_peer peer;
    uint64_t token;
} scene;

static j6_status_t create(void)
{
    return j6_endpoint_create(IPC_DATA, IPC_HANDLES, 0, &scene.endpoint);
}

static void drop_endpoint(void)
{
    expect_ok(j6_handle_close(scene.endpoint));
}

SCENARIO(an_endpoint, endpoint_create, .run = create, .undo = drop_endpoint);

static void make_endpoint(void)
{
    scene.endpoint = endpoint_new();
}

static j6_status_t badge(void)
{
    return j6_handle_duplicate(scene.endpoint, j6_right_endpoint_send, 5, &scene.badged);
}

static void drop_badge(void)
{
    expect_ok(j6_handle_close(scene.badged));
    expect_equal(j6_tag_badge_gone, receive_now(scene.endpoint).tag);
}

SCENARIO(a_badge, handle_duplicate, .set_up = make_endpoint, .run = badge, .undo = drop_badge,
         .tear_down = drop_endpoint);

static j6_status_t notify(void)
{
    return j6_endpoint_notify(scene.endpoint, 1);
}

SCENARIO(a_notification, endpoint_notify, .set_up = make_endpoint, .run = notify,
         .tear_down = drop_endpoint);

/* ---- messages ---- */

static void make_memory(void)
{
    for (int i = 0; i < 2; i++) {
        scene.area[i] = area_new(1, 0);
        scene.page[i] = area_map(scene.area[i], READ_WRITE);
    }
}

static void make_message(void)
{
    make_endpoint();
    scene.event = event_new();
    scene.received = j6_handle_none;
    scene.from = (struct j6_message){
        .data = scene.page[0], .len = PAGE, .handles = &scene.event, .handle_count = 1};
    scene.to = (struct j6_message){
        .data = scene.page[1], .cap = PAGE, .handles = &scene.received, .handle_cap = 1};
}

/* The event has one of the two handles, or none. */
static void drop_message(void)
{
    expect_ok(j6_object_close(scene.endpoint));
    expect_ok(j6_thread_join(&scene.peer.thread, NULL));
    (void)j6_handle_close(scene.event);
    (void)j6_handle_close(scene.received);
    drop_endpoint();
}

static void empty_memory(void)
{
    for (int i = 0; i < 2; i++) {
        expect_ok(area_op(scene.area[i], j6_op_decommit, 0, 1));
    }
}

static void drop_all(void)
{
    drop_message();
    for (int i = 0; i < 2; i++) {
        area_unmap(scene.area[i], scene.page[i]);
        expect_ok(j6_handle_close(scene.area[i]));
    }
}

/* Before the first run, and after each, from NAME_make. */
#define MAKERS(name)                \
    static void name##_set_up(void) \
    {                               \
        make_memory();              \
        name##_make();              \
    }                               \
    static void name##_undo(void)   \
    {                               \
        drop_message();             \
        empty_memory();             \
        name##_make();              \
    }
#define MESSAGE(name) \
    .set_up = name##_set_up, .undo = name##_undo, .tear_down = drop_all, .partial = true

static void receiver_make(void)
{
    make_message();
    message_start(&scene.peer, scene.endpoint, j6_endpoint_receive, &scene.to, j6_wait_receive);
}

MAKERS(receiver)

/* What the receiver lacks is the receiver's: then nobody waits to receive any more. */
static j6_status_t send(void)
{
    struct j6_call call = {.message = &scene.from};
    j6_status_t status = j6_endpoint_send(scene.endpoint, &call, j6_deadline_poll);
    return status == j6_status_would_block ? j6_err_no_memory : status;
}

SCENARIO(a_message_to_who_waits_to_receive, endpoint_send, MESSAGE(receiver), .run = send);

static void sender_make(void)
{
    make_message();
    message_start(&scene.peer, scene.endpoint, j6_endpoint_send, &scene.from, j6_wait_send);
}

MAKERS(sender)

/* What the sender lacks is the sender's: then there is no message any more. */
static j6_status_t receive(void)
{
    struct j6_call call = {.message = &scene.to};
    j6_status_t status = j6_endpoint_receive(scene.endpoint, &call, j6_deadline_poll);
    return status == j6_status_would_block ? j6_err_no_memory : status;
}

SCENARIO(a_message_of_who_waits_to_send, endpoint_receive, MESSAGE(sender), .run = receive);

/* ---- calls and replies ---- */

static j6_status_t serve(j6_handle_t endpoint, struct j6_call *call, j6_time_t deadline)
{
    j6_status_t status;
    do {
        status = j6_endpoint_receive(endpoint, call, deadline);
        if (status == j6_status_ok) {
            struct j6_call reply = {.token = call->token};
            status = j6_endpoint_reply(endpoint, &reply, 0);
        }
    } while (status != j6_status_closed);
    return status;
}

static void server_make(void)
{
    make_message();
    message_start(&scene.peer, scene.endpoint, serve, &scene.to, j6_wait_receive);
}

MAKERS(server)

static j6_status_t call(void)
{
    struct j6_call request = {.message = &scene.from};
    return j6_endpoint_call(scene.endpoint, &request, j6_deadline_never);
}

SCENARIO(a_call, endpoint_call, MESSAGE(server), .run = call);

static void caller_make(void)
{
    make_message();
    message_start(&scene.peer, scene.endpoint, j6_endpoint_call, &scene.to, j6_wait_send);
    scene.token = receive_now(scene.endpoint).token;
}

MAKERS(caller)

/* What the caller lacks is the caller's, and the handle is closed. */
static j6_status_t reply(void)
{
    struct j6_call answer = {.token = scene.token, .message = &scene.from};
    j6_status_t status = j6_endpoint_reply(scene.endpoint, &answer, 0);
    return status == j6_status_cancelled ? j6_err_no_memory : status;
}

static j6_status_t reply_and_receive(void)
{
    struct j6_call answer = {.token = scene.token, .message = &scene.from};
    j6_status_t status = j6_endpoint_reply_receive(scene.endpoint, &answer, j6_deadline_poll);
    bool answered = j6_handle_close(scene.received) == j6_status_ok;
    return status != j6_status_would_block ? status : answered ? j6_status_ok : j6_err_no_memory;
}

SCENARIO(a_reply, endpoint_reply, MESSAGE(caller), .run = reply);
SCENARIO(a_reply_and_nothing_to_receive, endpoint_reply_receive, MESSAGE(caller),
         .run = reply_and_receive);

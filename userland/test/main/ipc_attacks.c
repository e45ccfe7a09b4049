/* SPDX-License-Identifier: MIT */
/* Clients that do their worst: the server goes on serving others. */
#include "userland/test/main/puppeteer.h"

enum { ROOM = 4096 };

/* What the server is to do with a request, but to increment its word. */
enum { TAG_END = 0, TAG_NOTHING = 1, TAG_CALL_BACK = 2, TAG_REPLY_WITH_DATA = 3 };

/* A server that increments, and an attacker in a process of its own. */
struct scene {
    j6_handle_t endpoint;
    j6_handle_t friend; /* where the server calls back, when told to; 0: nowhere */
    struct j6_thread server;
    struct puppet attacker;
    j6_handle_t theirs; /* the attacker's handle, to send through */
};

/* Closes all handles that it gets, and calls a friend for at most a millisecond. */
static int64_t serve(void *arg)
{
    static char data[ROOM];
    const struct scene *scene = arg;
    j6_handle_t handles[IPC_HANDLES];
    struct j6_message room = {.data = data, .cap = ROOM, .handles = handles, .handle_cap = 16};
    struct j6_call call = {.message = &room};
    j6_status_t status = j6_endpoint_receive(scene->endpoint, &call, j6_deadline_never);
    while (status == j6_status_ok && call.tag != TAG_END) {
        for (uint64_t i = 0; i < call.handles; i++) {
            if (j6_handle_close(handles[i]) != j6_status_ok) {
                return __LINE__;
            }
        }
        if (call.tag == TAG_CALL_BACK) {
            struct j6_call back = words(1);
            if (j6_endpoint_call(scene->friend, &back, now() + 1000000) != j6_status_timed_out) {
                return __LINE__;
            }
        }
        room.len = call.tag == TAG_REPLY_WITH_DATA ? ROOM : 0;
        struct j6_call reply = {.tag = 1, .token = call.token, .message = &room};
        reply.word[0] = call.word[0] + 1;
        status = call.token != 0
                     ? j6_endpoint_reply_receive(scene->endpoint, &reply, j6_deadline_never)
                     : j6_endpoint_receive(scene->endpoint, &reply, j6_deadline_never);
        call = reply;
    }
    struct j6_call end = {.token = call.token};
    return status == j6_status_ok && j6_endpoint_reply(scene->endpoint, &end, 0) == j6_status_ok
               ? 0
               : __LINE__;
}

static void scene_open(struct scene *scene, uint64_t threads)
{
    expect_ok(j6_endpoint_create(ROOM, IPC_HANDLES, 0, &scene->endpoint));
    puppet_open(&scene->attacker, threads, NULL);
    scene->theirs = puppet_give(&scene->attacker, scene->endpoint, j6_right_endpoint_send);
    scene->friend = j6_handle_none;
    expect_ok(j6_thread_run(&scene->server, serve, scene, 4 * PAGE));
}

/* An honest client is served. */
static void expect_served(const struct scene *scene, int times)
{
    for (int i = 0; i < times; i++) {
        struct j6_call call = {.tag = TAG_NOTHING, .word = {3}};
        expect_ok(j6_endpoint_call(scene->endpoint, &call, now() + PATIENCE));
        expect_equal(4, call.word[0]);
    }
}

static void scene_close(struct scene *scene)
{
    struct j6_call end = {.tag = TAG_END};
    int64_t line = -1;
    expect_served(scene, 2);
    puppet_close(&scene->attacker);
    expect_ok(j6_endpoint_call(scene->endpoint, &end, j6_deadline_never));
    expect_ok(j6_thread_join(&scene->server, &line));
    expect_equal(0, line);
    expect_ok(j6_handle_close(scene->endpoint));
}

static struct puppet_slot *attack(struct scene *scene, uint64_t thread, uint64_t action)
{
    struct puppet_slot *slot = puppet_slot(&scene->attacker, thread, action, scene->theirs);
    slot->call.tag = TAG_NOTHING;
    return slot;
}

TEST(a_server_outlives_a_client_that_never_replies)
{
    struct scene scene;
    scene_open(&scene, 2);
    scene.friend = endpoint_new();
    j6_handle_t given = puppet_give_all(&scene.attacker, scene.friend);
    puppet_begin(puppet_slot(&scene.attacker, 1, PUPPET_RECEIVE, given));
    struct puppet_slot *slot = attack(&scene, 0, PUPPET_CALL);
    slot->call.tag = TAG_CALL_BACK; /* the server calls back: once it is received, then it isn't */
    expect_ok(puppet_do(slot));
    slot = attack(&scene, 0, PUPPET_CALL);
    slot->call.tag = TAG_CALL_BACK;
    expect_ok(puppet_do(slot));
    expect_served(&scene, 2);
    expect_ok(j6_handle_close(scene.friend));
    scene_close(&scene);
}

TEST(a_server_outlives_clients_that_cannot_take_their_replies)
{
    struct scene scene;
    scene_open(&scene, 1);
    for (int i = 0; i < 10; i++) {
        struct puppet_slot *slot = attack(&scene, 0, PUPPET_CALL);
        slot->call.tag = TAG_REPLY_WITH_DATA;
        slot->message = (struct j6_message){.data = (void *)far_place(), .cap = ROOM};
        expect_status(j6_err_bad_address, puppet_do(slot));
        slot = attack(&scene, 0, PUPPET_CALL);
        slot->call.tag = TAG_REPLY_WITH_DATA;
        expect_status(j6_err_insufficient, puppet_do(slot));
        slot = attack(&scene, 0, PUPPET_CALL);
        slot->message = (struct j6_message){.data = (void *)far_place(), .len = 100};
        expect_status(j6_err_bad_address, puppet_do(slot));
    }
    scene_close(&scene);
}

TEST(a_server_outlives_clients_that_flood_it)
{
    enum { FLOODERS = 6 };
    struct scene scene;
    scene_open(&scene, FLOODERS);
    for (uint64_t i = 0; i < FLOODERS; i++) {
        puppet_begin(attack(&scene, i, PUPPET_FLOOD));
    }
    expect_served(&scene, 100);
    scene_close(&scene);
}

TEST(a_client_that_calls_itself_harms_nobody)
{
    struct scene scene;
    scene_open(&scene, 2);
    j6_handle_t own = endpoint_new();
    j6_handle_t given = puppet_give_all(&scene.attacker, own);
    expect_ok(j6_handle_close(own));
    struct puppet_slot *slot = puppet_slot(&scene.attacker, 0, PUPPET_CALL, given);
    slot->deadline = now() + 1000000;
    expect_status(j6_status_timed_out, puppet_do(slot));
    puppet_begin(puppet_slot(&scene.attacker, 0, PUPPET_CALL, given)); /* for ever */
    expect_served(&scene, 2);
    threads_block(scene.attacker.process, 1, j6_wait_send);
    scene_close(&scene);
}

TEST(a_client_that_passes_the_servers_endpoint_and_its_own_harms_nobody)
{
    struct scene scene;
    scene_open(&scene, 1);
    for (int i = 0; i < 20; i++) {
        j6_handle_t own = endpoint_new();
        uint64_t *room = scene.attacker.page->room;
        room[0] = puppet_give_all(&scene.attacker, own);
        room[1] = puppet_give(&scene.attacker, scene.endpoint,
                              j6_right_endpoint_send | j6_right_transfer);
        struct puppet_slot *slot = attack(&scene, 0, PUPPET_CALL);
        slot->message =
            (struct j6_message){.handles = scene.attacker.page->here->room, .handle_count = 2};
        expect_ok(puppet_do(slot));
        expect_ok(j6_handle_close(own));
    }
    scene_close(&scene);
}

TEST(guessed_tokens_reach_nobody)
{
    struct scene scene;
    struct ipc_peer caller;
    j6_handle_t served = endpoint_new();
    scene_open(&scene, 1);
    caller_start(&caller, served, 1);
    struct j6_call call = receive_now(served);
    j6_handle_t receives = puppet_give_all(&scene.attacker, served);
    expect_status(j6_err_not_found,
                  puppet_do(puppet_slot(&scene.attacker, 0, PUPPET_GUESS, receives)));
    expect_status(j6_err_not_found, puppet_do(attack(&scene, 0, PUPPET_GUESS)));
    expect(ipc_peer_waits(&caller));
    expect_ok(j6_endpoint_reply(served, &call, 0));
    ipc_peer_finish(&caller, j6_status_ok);
    expect_ok(j6_handle_close(served));
    scene_close(&scene);
}

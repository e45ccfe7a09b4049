/* SPDX-License-Identifier: MIT */
/* Who dies in the middle of a call: each side that is left gets the documented status. */
#include "userland/test/main/look.h"
#include "userland/test/main/puppeteer.h"

/* A puppet that has both an endpoint of the test and threads of its own. */
struct scene {
    struct puppet puppet;
    j6_handle_t endpoint;
    j6_handle_t theirs;
};

static void scene_open(struct scene *scene, uint64_t threads)
{
    scene->endpoint = endpoint_new();
    puppet_open(&scene->puppet, threads, NULL);
    scene->theirs = puppet_give_all(&scene->puppet, scene->endpoint);
}

static void scene_close(struct scene *scene)
{
    puppet_close(&scene->puppet);
    expect_ok(j6_handle_close(scene->endpoint));
}

static void puppet_kill(struct scene *scene)
{
    expect_ok(j6_process_kill(scene->puppet.process, 0));
    expect_ok(j6_object_wait(scene->puppet.process, j6_signal_closed, NULL, j6_deadline_never));
}

static struct puppet_slot *begin(struct scene *scene, uint64_t thread, uint64_t action)
{
    struct puppet_slot *slot = puppet_slot(&scene->puppet, thread, action, scene->theirs);
    puppet_begin(slot);
    return slot;
}

TEST(a_caller_that_is_killed_while_it_is_queued_is_never_received)
{
    struct scene scene;
    struct ipc_peer caller;
    scene_open(&scene, 2);
    begin(&scene, 0, PUPPET_CALL);
    begin(&scene, 1, PUPPET_SEND);
    threads_block(scene.puppet.process, 2, j6_wait_send);
    caller_start(&caller, scene.endpoint, 7);
    puppet_kill(&scene);
    struct j6_call call = receive_now(scene.endpoint);
    expect_words(7, &call);
    ipc_peer_kill(&caller);
    expect_nothing(scene.endpoint);
    scene_close(&scene);
}

TEST(a_reply_to_a_process_that_was_killed_while_it_was_served_is_cancelled)
{
    struct scene scene;
    scene_open(&scene, 1);
    begin(&scene, 0, PUPPET_CALL);
    struct j6_call call = {0};
    expect_ok(j6_endpoint_receive(scene.endpoint, &call, j6_deadline_never));
    threads_block(scene.puppet.process, 1, j6_wait_reply);
    puppet_kill(&scene);
    expect_status(j6_status_cancelled, j6_endpoint_reply(scene.endpoint, &call, 0));
    scene_close(&scene);
}

TEST(callers_of_a_server_that_is_killed_get_closed_and_those_that_are_queued_wait_on)
{
    struct scene scene;
    struct ipc_peer served[2];
    struct ipc_peer queued;
    scene_open(&scene, 1);
    for (uint64_t i = 0; i < 2; i++) {
        caller_start(&served[i], scene.endpoint, i);
        expect_ok(puppet_do(puppet_slot(&scene.puppet, 0, PUPPET_RECEIVE, scene.theirs)));
        thread_blocks(served[i].thread.handle, j6_wait_reply);
    }
    caller_start(&queued, scene.endpoint, 9);
    puppet_kill(&scene);
    for (int i = 0; i < 2; i++) {
        ipc_peer_finish(&served[i], j6_status_closed);
    }
    expect(ipc_peer_waits(&queued)); /* this process may receive still */
    struct j6_call call = receive_now(scene.endpoint);
    expect_ok(j6_endpoint_reply(scene.endpoint, &call, 0));
    ipc_peer_finish(&queued, j6_status_ok);
    scene_close(&scene);
}

TEST(the_death_of_the_only_process_that_receives_closes_the_endpoint)
{
    struct scene scene;
    struct ipc_peer callers[2];
    scene_open(&scene, 1);
    j6_handle_t sends = narrowed(scene.endpoint, j6_right_endpoint_send | j6_right_wait);
    expect_ok(j6_handle_close(scene.endpoint));
    scene.endpoint = sends;
    caller_start(&callers[0], sends, 1);
    expect_ok(puppet_do(puppet_slot(&scene.puppet, 0, PUPPET_RECEIVE, scene.theirs)));
    caller_start(&callers[1], sends, 2);
    puppet_kill(&scene);
    for (int i = 0; i < 2; i++) {
        ipc_peer_finish(&callers[i], j6_status_closed);
    }
    expect_equal(j6_signal_closed, signals_of(sends));
    scene_close(&scene);
}

/* The thread that had received ends; another of its process replies. */
TEST(callers_wait_on_when_a_thread_of_the_server_ends)
{
    struct scene scene;
    struct ipc_peer caller;
    scene_open(&scene, 2);
    caller_start(&caller, scene.endpoint, 1);
    struct puppet_slot *slot = puppet_slot(&scene.puppet, 1, PUPPET_RECEIVE, scene.theirs);
    expect_ok(puppet_do(slot));
    struct j6_call call = slot->call;
    begin(&scene, 1, PUPPET_THREAD_EXIT);
    expect_soon(process_row(koid_of(scene.puppet.process)).threads == 1);
    expect(ipc_peer_waits(&caller));
    slot = puppet_slot(&scene.puppet, 0, PUPPET_REPLY, scene.theirs);
    slot->call = call;
    expect_ok(puppet_do(slot));
    ipc_peer_finish(&caller, j6_status_ok);
    scene_close(&scene);
}

TEST(a_message_is_not_lost_with_a_server_that_is_killed_before_it_receives)
{
    struct scene scene;
    struct j6_call call = words(3);
    struct ipc_peer sender;
    scene_open(&scene, 3);
    for (uint64_t i = 0; i < 3; i++) {
        begin(&scene, i, PUPPET_RECEIVE);
    }
    threads_block(scene.puppet.process, 3, j6_wait_receive);
    expect_equal(j6_signal_endpoint_can_send, signals_of(scene.endpoint));
    puppet_kill(&scene);
    expect_equal(0, signals_of(scene.endpoint));
    expect_status(j6_status_would_block, j6_endpoint_send(scene.endpoint, &call, j6_deadline_poll));
    sender_start(&sender, scene.endpoint, 4);
    call = receive_now(scene.endpoint);
    expect_words(4, &call);
    ipc_peer_finish(&sender, j6_status_ok);
    scene_close(&scene);
}

/* A server that is restarted gets the endpoint from who has kept it. */
TEST(queued_callers_outlive_a_server_that_is_started_again)
{
    struct scene scene;
    struct puppet next;
    struct ipc_peer callers[2];
    scene_open(&scene, 1);
    caller_start(&callers[0], scene.endpoint, 1);
    expect_ok(puppet_do(puppet_slot(&scene.puppet, 0, PUPPET_RECEIVE, scene.theirs)));
    caller_start(&callers[1], scene.endpoint, 2);
    puppet_kill(&scene);
    ipc_peer_finish(&callers[0], j6_status_closed);
    puppet_open(&next, 1, NULL);
    j6_handle_t theirs = puppet_give_all(&next, scene.endpoint);
    struct puppet_slot *slot = puppet_slot(&next, 0, PUPPET_RECEIVE, theirs);
    expect_ok(puppet_do(slot));
    struct j6_call call = slot->call;
    slot = puppet_slot(&next, 0, PUPPET_REPLY, theirs);
    slot->call = call;
    expect_ok(puppet_do(slot));
    ipc_peer_finish(&callers[1], j6_status_ok);
    puppet_close(&next);
    scene_close(&scene);
}

TEST(the_account_is_exact_after_every_kind_of_death)
{
    struct j6_account_info before = {0};
    struct j6_account_info after = {0};
    uint64_t len = sizeof(before);
    for (int round = 0; round < 3; round++) { /* the first one makes room for what stays */
        struct ipc_peer peers[4];
        expect_ok(j6_object_info(j6_handle_self_process, j6_topic_account, &before, &len));
        j6_handle_t endpoint = endpoint_new();
        caller_start(&peers[0], endpoint, 1);
        receive_now(endpoint);
        caller_start(&peers[1], endpoint, 2);
        sender_start(&peers[2], endpoint, 3);
        expect_ok(j6_endpoint_notify(endpoint, 1));
        for (int i = 0; i < 3; i++) {
            ipc_peer_kill(&peers[i]);
        }
        receive_now(endpoint);
        receiver_start(&peers[3], endpoint);
        ipc_peer_kill(&peers[3]);
        expect_ok(j6_handle_close(endpoint));
        j6_thread_trim();
        objects_live();
        sleep_for(2);
        expect_ok(j6_object_info(j6_handle_self_process, j6_topic_account, &after, &len));
    }
    expect_equal(before.memory, after.memory);
    expect_equal(before.handles, after.handles);
    expect_equal(before.threads, after.threads);
}

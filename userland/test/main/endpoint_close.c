/* SPDX-License-Identifier: MIT */
/* The end of an endpoint: whoever waits at it gets `closed`. */
#include "userland/test/main/ipc_peer.h"
#include "userland/test/main/waiter.h"

/* Two that send, two that call, two that wait for a reply, and the tokens of these. */
struct crowd {
    struct ipc_peer peers[6];
    uint64_t tokens[2];
};

static void crowd_start(struct crowd *crowd, j6_handle_t endpoint)
{
    for (int i = 0; i < 2; i++) {
        caller_start(&crowd->peers[4 + i], endpoint, 4);
        crowd->tokens[i] = receive_now(endpoint).token;
        thread_blocks(crowd->peers[4 + i].thread.handle, j6_wait_reply);
    }
    for (int i = 0; i < 2; i++) {
        sender_start(&crowd->peers[i], endpoint, 1);
        caller_start(&crowd->peers[2 + i], endpoint, 2);
    }
}

static void crowd_finish(struct crowd *crowd)
{
    for (int i = 0; i < 6; i++) {
        ipc_peer_finish(&crowd->peers[i], j6_status_closed);
    }
}

TEST(who_waits_at_an_endpoint_that_is_closed_gets_closed)
{
    struct crowd crowd;
    struct waiter waiter;
    j6_handle_t endpoint = endpoint_new();
    crowd_start(&crowd, endpoint);
    waiter_start(&waiter, endpoint, J6_SIGNAL(50));
    expect_ok(j6_object_close(endpoint));
    crowd_finish(&crowd);
    waiter_finish(&waiter, j6_status_closed);
    expect_equal(j6_signal_closed, waiter.signals);
    struct j6_call reply = {.token = crowd.tokens[0]};
    expect_status(j6_status_closed, j6_endpoint_reply(endpoint, &reply, 0));
    expect_ok(j6_handle_close(endpoint));
}

TEST(an_endpoint_closes_with_the_last_handle_that_receives)
{
    struct crowd crowd;
    j6_handle_t endpoint = endpoint_new();
    j6_handle_t receives = narrowed(endpoint, j6_right_endpoint_receive);
    j6_handle_t sends = narrowed(endpoint, j6_right_endpoint_send | j6_right_wait);
    crowd_start(&crowd, endpoint);
    expect_ok(j6_handle_close(endpoint));
    expect_equal(0, signals_of(sends) & j6_signal_closed);
    expect(ipc_peer_waits(&crowd.peers[0]));
    expect_ok(j6_handle_close(receives));
    crowd_finish(&crowd);
    expect_equal(j6_signal_closed, signals_of(sends));
    struct j6_call call = words(1);
    expect_status(j6_status_closed, j6_endpoint_call(sends, &call, j6_deadline_never));
    expect_ok(j6_handle_close(sends));
}

TEST(who_waits_to_receive_gets_closed)
{
    struct ipc_peer receivers[3];
    j6_handle_t endpoint = endpoint_new();
    for (int i = 0; i < 3; i++) {
        receiver_start(&receivers[i], endpoint);
    }
    expect_ok(j6_handle_close(endpoint)); /* the only one: who waits keeps nothing */
    for (int i = 0; i < 3; i++) {
        ipc_peer_finish(&receivers[i], j6_status_closed);
    }
}

TEST(the_end_of_the_handle_that_a_wait_was_made_through_does_not_disturb_it)
{
    struct ipc_peer sender;
    struct ipc_peer caller;
    struct ipc_peer receiver;
    j6_handle_t endpoint = endpoint_new();
    j6_handle_t copies[3];
    for (int i = 0; i < 3; i++) {
        copies[i] = narrowed(endpoint, j6_handle_rights(endpoint));
    }
    sender_start(&sender, copies[0], 1);
    caller_start(&caller, copies[1], 2);
    expect_ok(j6_handle_close(copies[0]));
    expect_ok(j6_handle_close(copies[1]));
    struct j6_call received = receive_now(endpoint);
    expect_words(1, &received);
    ipc_peer_finish(&sender, j6_status_ok);
    received = receive_now(endpoint);
    expect_words(2, &received);
    expect_ok(j6_endpoint_reply(endpoint, &received, 0));
    ipc_peer_finish(&caller, j6_status_ok);
    receiver_start(&receiver, copies[2]);
    expect_ok(j6_handle_close(copies[2]));
    struct j6_call call = words(3);
    expect_ok(j6_endpoint_send(endpoint, &call, j6_deadline_poll));
    ipc_peer_finish(&receiver, j6_status_ok);
    expect_ok(j6_handle_close(endpoint));
}

TEST(endpoints_tell_whether_somebody_sends_or_receives)
{
    struct ipc_peer peer;
    struct waiter waiter;
    j6_handle_t endpoint = endpoint_new();
    expect_equal(0, signals_of(endpoint));
    waiter_start(&waiter, endpoint, j6_signal_endpoint_can_recv);
    sender_start(&peer, endpoint, 1);
    waiter_finish(&waiter, j6_status_ok);
    expect_equal(j6_signal_endpoint_can_recv, signals_of(endpoint));
    receive_now(endpoint);
    ipc_peer_finish(&peer, j6_status_ok);
    expect_equal(0, signals_of(endpoint));
    waiter_start(&waiter, endpoint, j6_signal_endpoint_can_send);
    receiver_start(&peer, endpoint);
    waiter_finish(&waiter, j6_status_ok);
    expect_equal(j6_signal_endpoint_can_send, signals_of(endpoint));
    expect_ok(j6_endpoint_notify(endpoint, 1));
    ipc_peer_finish(&peer, j6_status_ok);
    expect_equal(0, signals_of(endpoint));
    expect_ok(j6_endpoint_notify(endpoint, 1));
    expect_equal(j6_signal_endpoint_can_recv, signals_of(endpoint));
    expect_ok(j6_object_signal(endpoint, 0, J6_SIGNAL(60)));
    expect_equal(j6_signal_endpoint_can_recv | J6_SIGNAL(60), signals_of(endpoint));
    expect_ok(j6_handle_close(endpoint));
}

/* ---- while it closes ---- */

enum { BINDINGS = 5000 };

struct closer {
    j6_handle_t endpoint;
    uint32_t go;
    struct j6_thread thread;
};

static int64_t close_endpoint(void *arg)
{
    struct closer *closer = arg;
    while (__atomic_load_n(&closer->go, __ATOMIC_ACQUIRE) == 0) {
        j6_futex_wait(&closer->go, 0, j6_deadline_never);
    }
    return (int64_t)j6_object_close(closer->endpoint);
}

/* On another CPU, if there is one. */
static void closer_start(struct closer *closer, j6_handle_t endpoint)
{
    uint64_t others = ~1ull;
    *closer = (struct closer){.endpoint = endpoint};
    expect_ok(j6_thread_run(&closer->thread, close_endpoint, closer, 4 * PAGE));
    if (cpu_count() > 1) {
        expect_ok(j6_thread_control(closer->thread.handle, j6_control_affinity, &others, 8));
    }
    thread_blocks(closer->thread.handle, j6_wait_futex);
    __atomic_store_n(&closer->go, 1, __ATOMIC_RELEASE);
    expect_ok(j6_futex_wake(&closer->go, 1));
}

/* With many bindings that takes so long that others come in between. */
TEST(nobody_is_forgotten_who_waits_at_an_endpoint_while_it_closes)
{
    struct closer closer;
    struct ipc_peer receiver;
    struct j6_call call = words(1);
    j6_handle_t event = event_new();
    j6_handle_t endpoint = endpoint_new();
    stay_on_first_cpu();
    for (uint64_t i = 0; i < BINDINGS; i++) {
        expect_ok(j6_object_bind(event, J6_SIGNAL(48), endpoint, i));
    }
    receiver_start(&receiver, endpoint);
    closer_start(&closer, endpoint);
    while (!(signals_of(endpoint) & j6_signal_closed)) {
        expect_ok(j6_thread_sleep(0));
    }
    expect_status(j6_status_closed, j6_endpoint_send(endpoint, &call, j6_deadline_poll));
    expect_ok(j6_thread_join(&closer.thread, NULL));
    ipc_peer_finish(&receiver, j6_status_closed);
    expect_ok(j6_handle_close(event));
    expect_ok(j6_handle_close(endpoint));
    leave_first_cpu();
}

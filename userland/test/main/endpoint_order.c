/* SPDX-License-Identifier: MIT */
/* What is received first: by priority, then by age; and which receiver gets it: who came first. */
#include "userland/test/main/ipc_peer.h"

/* Sends as a thread whose priority is the second word. */
static j6_status_t send_urgently(j6_handle_t endpoint, struct j6_call *call, j6_time_t deadline)
{
    uint64_t own = call->word[1] | j6_priority_constant;
    expect_ok(j6_thread_control(j6_handle_self_thread, j6_control_priority, &own, sizeof(own)));
    return j6_endpoint_send(endpoint, call, deadline);
}

static void sender_of_priority(struct ipc_peer *sender, j6_handle_t endpoint, uint64_t priority,
                               uint64_t tag)
{
    *sender = (struct ipc_peer){.endpoint = endpoint,
                                .make = send_urgently,
                                .call = {.tag = tag, .word = {0, priority}},
                                .deadline = j6_deadline_never};
    ipc_peer_begin(sender, j6_wait_send);
}

static void expect_next(j6_handle_t endpoint, uint64_t tag)
{
    expect_equal(tag, receive_now(endpoint).tag);
}

TEST(messages_of_the_same_priority_are_received_in_the_order_in_which_they_came)
{
    enum { SENDERS = 6 };
    struct ipc_peer senders[SENDERS];
    j6_handle_t endpoint = endpoint_new();
    for (uint64_t i = 0; i < SENDERS; i++) {
        (i % 2 ? sender_start : caller_start)(&senders[i], endpoint, 10 + i);
    }
    for (uint64_t i = 0; i < SENDERS; i++) {
        expect_next(endpoint, 10 + i);
    }
    expect_ok(j6_object_close(endpoint));
    for (int i = 0; i < SENDERS; i++) {
        ipc_peer_finish(&senders[i], i % 2 ? j6_status_ok : j6_status_closed);
    }
    expect_ok(j6_handle_close(endpoint));
}

TEST(the_most_urgent_message_is_received_first_then_the_oldest)
{
    static const uint64_t priorities[] = {4, 6, 2, 4, 2, 7, 6, 3};
    static const uint64_t order[] = {2, 4, 7, 0, 3, 1, 6, 5};
    struct ipc_peer senders[8];
    j6_handle_t endpoint = endpoint_new();
    for (uint64_t i = 0; i < 8; i++) {
        sender_of_priority(&senders[i], endpoint, priorities[i], i);
    }
    for (uint64_t i = 0; i < 8; i++) {
        expect_next(endpoint, order[i]);
        ipc_peer_finish(&senders[order[i]], j6_status_ok);
    }
    expect_nothing(endpoint);
    expect_ok(j6_handle_close(endpoint));
}

/* Packets stand in the same order as messages: as urgent as who caused them. */
TEST(packets_and_messages_are_received_by_priority_and_age)
{
    struct ipc_peer senders[3];
    j6_handle_t badged;
    j6_handle_t event = event_new();
    j6_handle_t endpoint = endpoint_new();
    expect_ok(j6_handle_duplicate(endpoint, j6_right_endpoint_send, 1, &badged));
    expect_ok(j6_object_bind(event, J6_SIGNAL(48), endpoint, 1));
    sender_of_priority(&senders[0], endpoint, 4, 10);
    expect_ok(j6_endpoint_notify(badged, 1));
    sender_of_priority(&senders[1], endpoint, 4, 11);
    expect_ok(j6_object_signal(event, 0, J6_SIGNAL(48)));
    sender_of_priority(&senders[2], endpoint, 2, 12);
    expect_ok(j6_endpoint_notify(badged, 2)); /* merges into the first */
    expect_next(endpoint, 12);
    expect_next(endpoint, 10);
    struct j6_call call = receive_now(endpoint);
    expect_equal(j6_tag_notify, call.tag);
    expect_equal(3, call.word[0]);
    expect_ok(j6_endpoint_notify(badged, 4)); /* again: at the tail */
    expect_next(endpoint, 11);
    expect_next(endpoint, j6_tag_signal);
    expect_next(endpoint, j6_tag_notify);
    expect_nothing(endpoint);
    for (int i = 0; i < 3; i++) {
        ipc_peer_finish(&senders[i], j6_status_ok);
    }
    expect_ok(j6_handle_close(badged));
    expect_ok(j6_handle_close(event));
    expect_ok(j6_handle_close(endpoint));
}

static bool spinning;

static int64_t spin(void *arg)
{
    (void)arg;
    while (__atomic_load_n(&spinning, __ATOMIC_RELAXED)) {}
    return 0;
}

/* It runs only because it starves, at the level of the notification. */
TEST(a_message_is_as_urgent_as_the_priority_of_a_sender_that_starved)
{
    struct j6_thread spinner;
    struct ipc_peer sender;
    j6_handle_t endpoint = endpoint_new();
    stay_on_first_cpu();
    spinning = true;
    expect_ok(j6_thread_run(&spinner, spin, NULL, 4 * PAGE));
    uint64_t priority = 4 | j6_priority_constant;
    expect_ok(j6_thread_control(spinner.handle, j6_control_priority, &priority, sizeof(priority)));
    sender_of_priority(&sender, endpoint, 5, 10);
    expect_ok(j6_endpoint_notify(endpoint, 1));
    expect_next(endpoint, j6_tag_notify);
    expect_next(endpoint, 10);
    __atomic_store_n(&spinning, false, __ATOMIC_RELAXED);
    expect_ok(j6_thread_join(&spinner, NULL));
    ipc_peer_finish(&sender, j6_status_ok);
    expect_ok(j6_handle_close(endpoint));
    leave_first_cpu();
}

TEST(several_receivers_are_served_in_the_order_in_which_they_came)
{
    enum { RECEIVERS = 4 };
    struct ipc_peer receivers[RECEIVERS];
    j6_handle_t endpoint = endpoint_new();
    for (int i = 0; i < RECEIVERS; i++) {
        receiver_start(&receivers[i], endpoint);
    }
    for (uint64_t i = 0; i < RECEIVERS - 1; i++) {
        struct j6_call call = words(30 + i);
        expect_ok(j6_endpoint_send(endpoint, &call, j6_deadline_poll));
    }
    expect_ok(j6_endpoint_notify(endpoint, 1));
    for (uint64_t i = 0; i < RECEIVERS - 1; i++) {
        ipc_peer_finish(&receivers[i], j6_status_ok);
        expect_words(30 + i, &receivers[i].call);
    }
    ipc_peer_finish(&receivers[RECEIVERS - 1], j6_status_ok);
    expect_equal(j6_tag_notify, receivers[RECEIVERS - 1].call.tag);
    expect_ok(j6_handle_close(endpoint));
}

TEST(a_receiver_that_gives_up_leaves_its_turn_to_the_next)
{
    struct ipc_peer receivers[3];
    struct j6_call call = words(1);
    j6_handle_t endpoint = endpoint_new();
    for (int i = 0; i < 3; i++) {
        receiver_start(&receivers[i], endpoint);
    }
    ipc_peer_kill(&receivers[0]);
    expect_ok(j6_endpoint_send(endpoint, &call, j6_deadline_poll));
    ipc_peer_finish(&receivers[1], j6_status_ok);
    expect_ok(j6_endpoint_send(endpoint, &call, j6_deadline_poll));
    ipc_peer_finish(&receivers[2], j6_status_ok);
    expect_status(j6_status_would_block, j6_endpoint_send(endpoint, &call, j6_deadline_poll));
    expect_ok(j6_handle_close(endpoint));
}

TEST(a_message_that_does_not_fit_keeps_its_place_among_the_others)
{
    static char data[10];
    struct ipc_peer senders[3];
    struct j6_message out = {.data = data, .len = 10};
    struct j6_message in = {.data = data, .cap = 10};
    struct j6_call call = {.message = NULL};
    j6_handle_t endpoint = endpoint_new();
    sender_start(&senders[0], endpoint, 100);
    message_start(&senders[1], endpoint, j6_endpoint_send, &out, j6_wait_send);
    sender_start(&senders[2], endpoint, 102);
    expect_next(endpoint, 100);
    for (int i = 0; i < 3; i++) {
        expect_status(j6_err_insufficient, j6_endpoint_receive(endpoint, &call, j6_deadline_poll));
        expect_equal(10, call.bytes);
    }
    call.message = &in;
    expect_ok(j6_endpoint_receive(endpoint, &call, j6_deadline_poll));
    expect_equal(1, call.tag);
    expect_next(endpoint, 102);
    for (int i = 0; i < 3; i++) {
        ipc_peer_finish(&senders[i], j6_status_ok);
    }
    expect_ok(j6_handle_close(endpoint));
}

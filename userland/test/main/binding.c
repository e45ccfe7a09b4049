/* SPDX-License-Identifier: MIT */
/* Bound signals: an endpoint receives them when a wait for them would end, once. */
#include "userland/test/main/puppeteer.h"

static const uint64_t FIRST = J6_SIGNAL(48);
static const uint64_t SECOND = J6_SIGNAL(49);

static void expect_signal(j6_handle_t endpoint, uint64_t key, uint64_t signals, j6_koid_t koid)
{
    struct j6_call call = {0};
    if (expect_ok(j6_endpoint_receive(endpoint, &call, now() + PATIENCE))) {
        expect_equal(j6_tag_signal, call.tag);
        expect_equal(key, call.word[0]);
        expect_equal(signals, call.word[1]);
        expect_equal(koid, call.word[2]);
        expect_equal(0, call.word[3] | call.badge | call.token | call.bytes | call.handles);
    }
}

TEST(a_bound_signal_arrives_when_it_is_set_and_once)
{
    struct ipc_peer receiver;
    j6_handle_t endpoint = endpoint_new();
    j6_handle_t event = event_new();
    expect_ok(j6_object_bind(event, FIRST, endpoint, 5));
    expect_ok(j6_object_signal(event, 0, SECOND));
    expect_nothing(endpoint);
    expect_ok(j6_object_signal(event, 0, FIRST));
    expect_ok(j6_object_signal(event, FIRST | SECOND, 0));
    expect_signal(endpoint, 5, FIRST | SECOND, koid_of(event)); /* as they were then */
    expect_ok(j6_object_signal(event, 0, FIRST));
    expect_nothing(endpoint);
    expect_ok(j6_object_signal(event, FIRST, 0));
    expect_ok(j6_object_bind(event, FIRST, endpoint, 5));
    receiver_start(&receiver, endpoint);
    expect_ok(j6_object_signal(event, 0, FIRST));
    ipc_peer_finish(&receiver, j6_status_ok);
    expect_equal(j6_tag_signal, receiver.call.tag);
    expect_equal(5, receiver.call.word[0]);
    expect_ok(j6_handle_close(event));
    expect_ok(j6_handle_close(endpoint));
}

TEST(a_signal_that_is_set_already_arrives_at_once)
{
    j6_handle_t endpoint = endpoint_new();
    j6_handle_t event = event_new();
    expect_ok(j6_object_signal(event, 0, FIRST));
    for (uint64_t key = 0; key < 3; key++) {
        expect_ok(j6_object_bind(event, FIRST | SECOND, endpoint, key));
        expect_signal(endpoint, key, FIRST, koid_of(event));
    }
    expect_nothing(endpoint);
    expect_ok(j6_handle_close(event));
    expect_ok(j6_handle_close(endpoint));
}

TEST(a_binding_is_known_by_object_endpoint_and_key)
{
    j6_handle_t endpoints[2] = {endpoint_new(), endpoint_new()};
    j6_handle_t events[2] = {event_new(), event_new()};
    j6_handle_t copy = narrowed(events[0], j6_right_wait);
    for (int i = 0; i < 8; i++) {
        expect_ok(j6_object_bind(events[i % 2], FIRST, endpoints[i / 2 % 2], (uint64_t)i / 4));
    }
    expect_status(j6_status_exists, j6_object_bind(copy, SECOND, endpoints[0], 1));
    expect_ok(j6_object_signal(events[0], 0, FIRST));
    expect_status(j6_status_exists, j6_object_bind(copy, SECOND, endpoints[0], 1)); /* queued */
    expect_signal(endpoints[0], 0, FIRST, koid_of(events[0]));
    expect_signal(endpoints[0], 1, FIRST, koid_of(events[0]));
    expect_nothing(endpoints[0]);
    expect_ok(j6_object_bind(copy, SECOND, endpoints[0], 1));
    expect_ok(j6_object_unbind(copy, endpoints[0], 1));
    expect_ok(j6_object_unbind(events[1], endpoints[1], 1));
    expect_status(j6_err_not_found, j6_object_unbind(events[1], endpoints[1], 1));
    expect_ok(j6_object_signal(events[1], 0, FIRST));
    expect_signal(endpoints[1], 0, FIRST, koid_of(events[0]));
    expect_signal(endpoints[1], 1, FIRST, koid_of(events[0]));
    expect_signal(endpoints[1], 0, FIRST, koid_of(events[1]));
    expect_nothing(endpoints[1]);
    expect_ok(j6_handle_close(copy));
    for (int i = 0; i < 2; i++) {
        expect_ok(j6_handle_close(events[i]));
        expect_ok(j6_handle_close(endpoints[i]));
    }
}

TEST(what_was_unbound_does_not_arrive_even_if_it_was_on_its_way)
{
    j6_handle_t endpoint = endpoint_new();
    j6_handle_t event = event_new();
    expect_status(j6_err_not_found, j6_object_unbind(event, endpoint, 1));
    expect_ok(j6_object_bind(event, FIRST, endpoint, 1)); /* before it is set */
    expect_ok(j6_object_unbind(event, endpoint, 1));
    expect_ok(j6_object_signal(event, 0, FIRST));
    expect_nothing(endpoint);
    expect_ok(j6_object_bind(event, FIRST, endpoint, 1)); /* queued */
    expect_equal(j6_signal_endpoint_can_recv, signals_of(endpoint));
    expect_ok(j6_object_unbind(event, endpoint, 1));
    expect_equal(0, signals_of(endpoint));
    expect_nothing(endpoint);
    expect_ok(j6_object_bind(event, FIRST, endpoint, 1)); /* received */
    expect_signal(endpoint, 1, FIRST, koid_of(event));
    expect_status(j6_err_not_found, j6_object_unbind(event, endpoint, 1));
    expect_ok(j6_handle_close(event));
    expect_ok(j6_handle_close(endpoint));
}

TEST(endpoints_cannot_be_bound)
{
    j6_handle_t endpoint = endpoint_new();
    j6_handle_t other = endpoint_new();
    expect_status(j6_err_wrong_type, j6_object_bind(other, FIRST, endpoint, 1));
    expect_status(j6_err_wrong_type, j6_object_bind(endpoint, FIRST, endpoint, 1));
    expect_status(j6_err_wrong_type, j6_object_unbind(other, endpoint, 1));
    expect_ok(j6_handle_close(other));
    expect_ok(j6_handle_close(endpoint));
}

/* ---- ends ---- */

TEST(the_end_of_a_bound_object_arrives_whatever_was_asked_for)
{
    j6_handle_t endpoint = endpoint_new();
    j6_handle_t event = event_new();
    j6_koid_t koid = koid_of(event);
    expect_ok(j6_object_bind(event, FIRST, endpoint, 1));
    expect_ok(j6_object_close(event));
    expect_signal(endpoint, 1, j6_signal_closed, koid);
    expect_ok(j6_object_bind(event, FIRST, endpoint, 2)); /* it has closed already */
    expect_signal(endpoint, 2, j6_signal_closed, koid);
    expect_ok(j6_handle_close(event));
    event = event_new();
    koid = koid_of(event);
    expect_ok(j6_object_bind(event, FIRST, endpoint, 3));
    expect_ok(j6_object_bind(event, j6_signal_no_handles, endpoint, 4));
    expect_ok(j6_handle_close(event)); /* a binding doesn't keep it */
    expect_signal(endpoint, 4, j6_signal_no_handles, koid);
    expect_signal(endpoint, 3, j6_signal_no_handles, koid);
    expect_ok(j6_handle_close(endpoint));
}

static int64_t wait_for_first(void *arg)
{
    (void)arg;
    return (int64_t)j6_object_wait(j6_handle_self_thread, FIRST, NULL, j6_deadline_never);
}

TEST(signals_of_every_type_of_object_can_be_bound)
{
    struct j6_thread thread;
    j6_handle_t endpoint = endpoint_new();
    expect_ok(j6_thread_run(&thread, wait_for_first, NULL, 4 * PAGE));
    j6_handle_t objects[] = {
        narrowed(system_handle(), j6_handle_rights(system_handle())),
        event_new(),
        area_new(1, j6_vma_flag_revocable),
        process_new(),
        thread.handle,
    };
    for (uint64_t i = 0; i < 5; i++) {
        expect_ok(j6_object_bind(objects[i], SECOND, endpoint, i));
        expect_ok(j6_object_signal(objects[i], 0, SECOND));
        struct j6_call call = receive_now(endpoint);
        expect_equal(i, call.word[0]);
        expect(call.word[1] & SECOND);
        expect_equal(koid_of(objects[i]), call.word[2]);
        expect_ok(j6_object_signal(objects[i], SECOND, 0));
    }
    j6_koid_t koids[2] = {koid_of(objects[3]), koid_of(thread.handle)};
    expect_ok(j6_object_bind(objects[3], j6_signal_closed, endpoint, 8));
    expect_ok(j6_process_kill(objects[3], 0));
    expect_signal(endpoint, 8, j6_signal_closed, koids[0]);
    expect_ok(j6_object_bind(thread.handle, j6_signal_closed, endpoint, 9));
    expect_ok(j6_object_signal(thread.handle, 0, FIRST));
    expect_signal(endpoint, 9, j6_signal_closed | FIRST, koids[1]);
    for (int i = 0; i < 4; i++) {
        expect_ok(j6_handle_close(objects[i]));
    }
    expect_ok(j6_thread_join(&thread, NULL));
    expect_ok(j6_handle_close(endpoint));
}

SAMPLE_TEST(a_timer_can_be_waited_for_at_an_endpoint)
{
    j6_handle_t endpoint = endpoint_new();
    j6_handle_t event = event_new();
    for (uint64_t i = 0; i < 3; i++) {
        j6_time_t deadline = now() + 1000000;
        expect_ok(j6_event_set_timer(event, deadline, 0));
        expect_ok(j6_object_bind(event, j6_signal_event_timer, endpoint, i));
        expect_signal(endpoint, i, j6_signal_event_timer, koid_of(event));
        expect(now() >= deadline);
    }
    expect_ok(j6_handle_close(event));
    expect_ok(j6_handle_close(endpoint));
}

TEST(a_server_learns_at_its_endpoint_how_a_process_ends)
{
    struct puppet puppet;
    j6_handle_t endpoint = endpoint_new();
    puppet_open(&puppet, 1, NULL);
    expect_ok(j6_object_bind(puppet.process, j6_signal_closed, endpoint, 77));
    puppet_begin(puppet_slot(&puppet, 0, PUPPET_EXIT, 0));
    expect_signal(endpoint, 77, j6_signal_closed, koid_of(puppet.process));
    puppet_close(&puppet);
    expect_ok(j6_handle_close(endpoint));
}

/* SPDX-License-Identifier: MIT */
/* Many bindings, and races of those who signal, unbind and close. */
#include "userland/test/main/memory.h"
#include "userland/test/main/ipc_peer.h"

static const uint64_t SIGNAL = J6_SIGNAL(48);

enum { BINDINGS = 1000 };

TEST(a_thousand_bindings_of_one_object_at_one_endpoint_all_arrive)
{
    j6_handle_t endpoint = endpoint_new();
    j6_handle_t event = event_new();
    for (uint64_t i = 0; i < BINDINGS; i++) {
        if (!expect_ok(j6_object_bind(event, SIGNAL, endpoint, i * i))) {
            break;
        }
    }
    for (uint64_t i = 0; i < BINDINGS; i += 10) {
        expect_ok(j6_object_unbind(event, endpoint, i * i));
    }
    expect_ok(j6_object_signal(event, 0, SIGNAL));
    for (uint64_t i = 0; i < BINDINGS; i++) {
        if (i % 10 != 0) {
            struct j6_call call = receive_now(endpoint);
            expect_equal(i * i, call.word[0]); /* in the order in which they were made */
        }
    }
    expect_nothing(endpoint);
    expect_ok(j6_handle_close(event));
    expect_ok(j6_handle_close(endpoint));
}

TEST(bindings_that_wait_or_were_delivered_go_with_either_end)
{
    for (int first = 0; first < 2; first++) {
        j6_handle_t handles[2] = {event_new(), endpoint_new()};
        for (uint64_t i = 0; i < 1000; i++) {
            expect_ok(j6_object_bind(handles[0], i % 2 ? SIGNAL : J6_SIGNAL(49), handles[1], i));
        }
        expect_ok(j6_object_signal(handles[0], 0, SIGNAL));
        expect_ok(j6_handle_close(handles[first]));
        expect_ok(j6_handle_close(handles[!first]));
    }
}

TEST(the_account_gets_back_what_bindings_and_badges_cost)
{
    j6_handle_t handles[2] = {event_new(), endpoint_new()};
    j6_handle_t badged;
    struct j6_account_info before = {0};
    struct j6_account_info after = {0};
    uint64_t len = sizeof(before);
    for (int i = 0; i < 2; i++) { /* the first round makes room for handles */
        expect_ok(j6_object_info(j6_handle_self_process, j6_topic_account, &before, &len));
        for (uint64_t key = 0; key < 10; key++) {
            expect_ok(j6_object_bind(handles[0], SIGNAL, handles[1], key));
        }
        expect_ok(j6_handle_duplicate(handles[1], j6_right_endpoint_send, 1, &badged));
        expect_ok(j6_object_info(j6_handle_self_process, j6_topic_account, &after, &len));
        expect(after.memory < before.memory);
        expect_equal(before.handles - 1, after.handles);
        for (uint64_t key = 0; key < 5; key++) {
            expect_ok(j6_object_unbind(handles[0], handles[1], key));
        }
        expect_ok(j6_object_signal(handles[0], 0, SIGNAL));
        for (int key = 0; key < 5; key++) {
            receive_now(handles[1]);
        }
        expect_ok(j6_object_signal(handles[0], SIGNAL, 0));
        expect_ok(j6_handle_close(badged));
        receive_now(handles[1]);
        expect_ok(j6_object_info(j6_handle_self_process, j6_topic_account, &after, &len));
    }
    expect_equal(before.memory, after.memory);
    expect_equal(before.handles, after.handles);
    expect_ok(j6_handle_close(handles[0]));
    expect_ok(j6_handle_close(handles[1]));
}

/* ---- races ---- */

static struct race {
    j6_handle_t event;
    j6_handle_t endpoint;
    uint32_t stop;
} race;

enum { KEYS = 8 };

static bool is_any_of(j6_status_t status, j6_status_t a, j6_status_t b, j6_status_t c)
{
    return status == a || status == b || status == c;
}

static int64_t bind_and_unbind(void *arg)
{
    int64_t wrong = 0;
    for (uint64_t i = (uint64_t)arg; __atomic_load_n(&race.stop, __ATOMIC_RELAXED) == 0; i++) {
        j6_status_t status = j6_object_bind(race.event, SIGNAL, race.endpoint, i % KEYS);
        wrong += !is_any_of(status, j6_status_ok, j6_status_exists, j6_status_closed);
        status = j6_object_unbind(race.event, race.endpoint, (i + i / KEYS) % KEYS);
        wrong += !is_any_of(status, j6_status_ok, j6_err_not_found, j6_status_closed);
    }
    return wrong;
}

static int64_t set_and_clear(void *arg)
{
    (void)arg;
    int64_t wrong = 0;
    while (__atomic_load_n(&race.stop, __ATOMIC_RELAXED) == 0) {
        j6_status_t status = j6_object_signal(race.event, 0, SIGNAL);
        wrong += !is_any_of(status, j6_status_ok, j6_status_closed, j6_status_ok);
        j6_object_signal(race.event, SIGNAL, 0);
        j6_thread_sleep(0);
    }
    return wrong;
}

static int64_t receive_all(void *arg)
{
    (void)arg;
    int64_t wrong = 0;
    struct j6_call call = {0};
    j6_status_t status;
    while ((status = j6_endpoint_receive(race.endpoint, &call, j6_deadline_never)) ==
           j6_status_ok) {
        wrong += call.tag != j6_tag_signal || call.word[0] >= KEYS;
    }
    return wrong + (status != j6_status_closed);
}

TEST(bindings_survive_those_who_signal_unbind_receive_and_close_at_once)
{
    static int64_t (*const parts[4])(void *arg) = {bind_and_unbind, bind_and_unbind, set_and_clear,
                                                   receive_all};
    for (uint64_t round = 0; round < race_rounds(12); round++) {
        struct j6_thread threads[4];
        race = (struct race){.event = event_new(), .endpoint = endpoint_new()};
        for (uint64_t i = 0; i < 4; i++) {
            expect_ok(j6_thread_run(&threads[i], parts[i], (void *)i, 4 * PAGE));
        }
        sleep_for(round % 4);
        expect_ok(j6_object_close(round % 2 ? race.event : race.endpoint));
        sleep_for(round % 3);
        expect_ok(j6_object_close(round % 2 ? race.endpoint : race.event));
        __atomic_store_n(&race.stop, 1, __ATOMIC_RELAXED);
        for (int i = 0; i < 4; i++) {
            int64_t wrong = -1;
            expect_ok(j6_thread_join(&threads[i], &wrong));
            expect_equal(0, wrong);
        }
        expect_ok(j6_handle_close(race.event));
        expect_ok(j6_handle_close(race.endpoint));
    }
}

/* SPDX-License-Identifier: MIT */
/* Clients of services that die: they reconnect and go on (j6_ask_service). */
#include "lib/string.h"
#include "userland/test/main/files.h"
#include "userland/test/main/services.h"

static j6_status_t add(struct j6_service *service, uint64_t number, uint64_t *out_sum)
{
    const struct j6_ask ask = {.code = server_code_add,
                               .fields = &number,
                               .size = sizeof(number),
                               .answer = out_sum,
                               .answer_size = sizeof(*out_sum)};
    return j6_ask_service(service, &ask, now() + PATIENCE);
}

SYSTEM_TEST(a_client_goes_on_when_its_service_was_replaced)
{
    struct manager manager;
    uint64_t sum = 0;
    manager_begin(&manager, SERVE("one"));
    struct j6_service one = {.names = manager.endpoint, .name = "one"};
    expect_ok(add(&one, 1, &sum));
    j6_koid_t before = koid_of(one.handle);
    expect_ok(services_restart(manager.endpoint, "one"));
    expect_soon(service_row(&manager, "one").starts == 2);
    expect_ok(add(&one, 2, &sum));
    expect_equal(3, sum);
    expect(koid_of(one.handle) != before);
    j6_service_drop(&one);
    expect_ok(add(&one, 3, &sum)); /* found once more */
    j6_service_drop(&one);
    manager_end(&manager);
}

SYSTEM_TEST(a_request_to_a_service_that_is_given_up_ends)
{
    struct manager manager;
    uint64_t sum = 0;
    manager_begin(&manager,
                  HASTE SERVE("one") "service bad\n program bin/server fault\n serves bad\n"
                                     " endpoint 4096 1\n");
    struct j6_service bad = {.names = manager.endpoint, .name = "bad"};
    struct j6_service none = {.names = manager.endpoint, .name = "none"};
    const struct j6_ask ask = {.code = 1};
    expect_status(j6_err_not_found, add(&bad, 1, &sum));
    expect_status(j6_status_timed_out, j6_ask_service(&none, &ask, now() + 1000000));
    expect_equal(0, bad.handle | none.handle);
    manager_end(&manager);
}

SYSTEM_TEST(a_request_that_cannot_be_repeated_is_refused)
{
    char bytes[8] = "";
    size_t len;
    j6_handle_t event = event_new();
    struct j6_service service = {.name = "one"};
    const struct j6_ask with_handle = {.code = 1, .handle = event};
    const struct j6_ask both_ways = {.code = 1, .data = bytes, .len = 8, .cap = 8};
    const struct j6_ask both_ways_up_to = {.code = 1, .data = bytes, .len = 8, .out_len = &len};
    expect_status(j6_err_invalid_arg, j6_ask_service(&service, &with_handle, 0));
    expect_status(j6_err_invalid_arg, j6_ask_service(&service, &both_ways, 0));
    expect_status(j6_err_invalid_arg, j6_ask_service(&service, &both_ways_up_to, 0));
    expect_ok(j6_handle_close(event));
}

SYSTEM_TEST(a_request_for_a_name_that_may_not_be_looked_up_is_denied)
{
    struct manager manager;
    uint64_t none;
    manager_begin(&manager, SERVE("one") SERVE("asks") " handle names names two\n");
    j6_handle_t asks = service_open(&manager, "asks");
    expect_status(j6_err_denied, server_ask_name(asks, server_code_look_up, "one", &none));
    expect_ok(j6_handle_close(asks));
    manager_end(&manager);
}

/* ---- many clients, many deaths --------------------------------------------------------------- */

enum { CLIENTS = 4 };

static struct {
    j6_handle_t names;
    uint64_t stop; /* atomic */
    uint64_t done; /* atomic: answers of all of them */
} crowd;

/* Of one service, which two clients share: its value is the first failure. */
static int64_t client_main(void *arg)
{
    struct j6_service *service = arg;
    while (!__atomic_load_n(&crowd.stop, __ATOMIC_RELAXED)) {
        uint64_t sum = 0;
        j6_status_t status = add(service, 6, &sum);
        if (status != j6_status_ok || sum != 7) {
            return (int64_t)(status != j6_status_ok ? status : j6_err_unexpected);
        }
        __atomic_fetch_add(&crowd.done, 1, __ATOMIC_RELAXED);
    }
    return j6_status_ok;
}

static void restart(const struct manager *manager, const char *name)
{
    uint64_t starts = service_row(manager, name).starts;
    expect_ok(services_restart(manager->endpoint, name));
    expect_soon(service_row(manager, name).starts > starts &&
                service_state(manager, name) == services_state_running);
}

SYSTEM_TEST(clients_work_on_while_each_of_their_services_is_killed_again_and_again)
{
    static const char *const names[] = {"one", "two"};
    struct manager manager;
    struct j6_thread threads[CLIENTS];
    struct j6_service services[2];
    manager_begin(&manager, SERVE("one") SERVE("two"));
    crowd.names = manager.endpoint;
    crowd.stop = 0;
    for (int i = 0; i < CLIENTS; i++) {
        services[i % 2] = i < 2 ? (struct j6_service){.names = manager.endpoint, .name = names[i]}
                                : services[i % 2];
    }
    for (int i = 0; i < CLIENTS; i++) {
        expect_ok(j6_thread_run(&threads[i], client_main, &services[i % 2], 4 * PAGE));
    }
    for (uint64_t i = 0; i < race_rounds(20) && !test_has_failed(); i++) {
        uint64_t before = __atomic_load_n(&crowd.done, __ATOMIC_RELAXED);
        restart(&manager, names[i % 2]);
        expect_soon(__atomic_load_n(&crowd.done, __ATOMIC_RELAXED) > before + CLIENTS);
    }
    __atomic_store_n(&crowd.stop, 1, __ATOMIC_RELAXED);
    for (int i = 0; i < CLIENTS; i++) {
        int64_t status = -1;
        expect_ok(j6_thread_join(&threads[i], &status));
        expect_status(j6_status_ok, (j6_status_t)status);
    }
    j6_service_drop(&services[0]);
    j6_service_drop(&services[1]);
    manager_end(&manager);
}

/* ---- nothing is left ------------------------------------------------------------------------- */

static const char both[] =
    SERVE("one") " handle names names *\n handle services services list\n"
                 "service files\n program bin/files\n serves files\n endpoint 65536 1 badges\n"
                 " handle archive module boot.tar\n" SERVE(
                     "user") " handle files files bin\n handle one service one\n";

SYSTEM_TEST(services_that_are_restarted_again_and_again_leave_nothing_behind)
{
    static const char *const names[] = {"one", "files", "user"};
    struct manager manager;
    manager_begin(&manager, both);
    for (size_t i = 0; i < 3; i++) {
        expect_ok(j6_handle_close(service_open(&manager, names[i])));
        restart(&manager, names[i]);
    }
    struct j6_account_info before = manager_account(&manager);
    for (uint64_t i = 0; i < race_rounds(10) && !test_has_failed(); i++) {
        for (size_t k = 0; k < 3; k++) {
            restart(&manager, names[k]);
        }
    }
    struct j6_account_info after = manager_account(&manager);
    expect_equal(before.handles, after.handles);
    expect_equal(before.processes, after.processes);
    expect_equal(before.threads, after.threads);
    expect(after.memory + 8 * PAGE >= before.memory && before.memory + 8 * PAGE >= after.memory);
    manager_end(&manager);
}

SYSTEM_TEST(who_waits_for_a_service_gets_the_one_that_replaces_it)
{
    struct manager manager;
    uint64_t answer = 0;
    manager_begin(&manager, HASTE SERVE("one"));
    while (service_row(&manager, "one").starts < 6 && !test_has_failed()) {
        j6_handle_t one = service_open(&manager, "one");
        expect_status(j6_status_closed, server_ask(one, server_code_exit, 0, &answer));
        expect_ok(j6_handle_close(one));
    }
    expect_ok(j6_handle_close(service_open(&manager, "one")));
    manager_end(&manager);
}

SYSTEM_TEST(an_endpoint_that_is_kept_is_the_same_for_the_next_life)
{
    struct manager manager;
    uint64_t sum = 0;
    manager_begin(&manager, HASTE "service one\n program bin/server serve\n serves one\n"
                                  " endpoint 4096 1 kept\n");
    j6_handle_t one = service_open(&manager, "one");
    expect_status(j6_status_closed, server_ask(one, server_code_exit, 0, &sum));
    expect_ok(server_ask(one, server_code_add, 1, &sum)); /* waits until somebody receives */
    expect_equal(2, sum);
    expect_ok(services_stop(manager.endpoint, "one"));
    expect_ok(j6_object_wait(one, j6_signal_closed, NULL, now() + PATIENCE));
    expect_ok(j6_handle_close(one));
    manager_end(&manager);
}

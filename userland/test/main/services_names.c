/* SPDX-License-Identifier: MIT */
/* Names that many ask for, again and again, or while their service dies. */
#include "userland/test/main/services.h"
#include "lib/format.h"
#include "userland/test/main/util.h"

static const char asking[] = HASTE
    "service files\n program bin/files\n serves files\n endpoint 65536 1 badges\n"
    " handle archive module boot.tar\n" SERVE(
        "asks") " handle files files bin\n handle names names * +*\n handle copy service files\n";

SYSTEM_TEST(who_waits_for_the_files_while_they_are_killed_gets_those_of_the_next_life)
{
    struct manager manager;
    uint64_t none;
    manager_begin(&manager, asking);
    j6_handle_t asks = service_open(&manager, "asks");
    for (uint64_t i = 0; i < race_rounds(20) && !test_has_failed(); i++) {
        uint64_t starts = service_row(&manager, "files").starts;
        if (i % 7 == 6) {
            expect_ok(services_restart(manager.endpoint, "files")); /* it isn't given up then */
        } else {
            expect_ok(services_kill(manager.endpoint, "files"));
        }
        expect_ok(server_ask_name(asks, server_code_wait, "files", &none));
        expect_soon(service_row(&manager, "files").starts == starts + 1);
        expect_state(&manager, "files", services_state_running);
    }
    expect_ok(j6_handle_close(asks));
    manager_end(&manager);
}

/* ---- limits ---------------------------------------------------------------------------------- */

struct asker {
    struct j6_thread thread;
    j6_handle_t service;
};

static int64_t wait_for_later(void *argument)
{
    const struct asker *asker = argument;
    uint64_t none;
    return (int64_t)server_ask_name(asker->service, server_code_wait, "later", &none);
}

/* As those who flood: through a handle of the test's. */
static int64_t wait_among_many(void *argument)
{
    const struct manager *manager = argument;
    j6_handle_t found;
    return (int64_t)names_wait(manager->endpoint, "later", j6_deadline_never, &found);
}

static bool has_ended(const struct j6_thread *thread)
{
    return j6_object_wait(thread->handle, j6_signal_closed, NULL, j6_deadline_poll) == j6_status_ok;
}

/* More than init remembers. Each of them has given up before the next one comes. */
static void flood(j6_handle_t names)
{
    enum { COUNT = 600 };
    const j6_time_t a_moment = 50000;
    for (int i = 0; i < COUNT && !test_has_failed(); i++) {
        char name[16];
        j6_handle_t found;
        format(name, sizeof(name), "never %d", i);
        expect_status(j6_status_timed_out, names_wait(names, name, now() + a_moment, &found));
    }
}

SYSTEM_TEST(who_waits_for_names_that_never_come_is_in_nobody_elses_way)
{
    struct manager manager;
    struct asker asker;
    struct j6_thread among_many;
    int64_t status = -1;
    manager_begin(&manager, asking);
    asker.service = service_open(&manager, "asks");
    expect_ok(j6_thread_run(&asker.thread, wait_for_later, &asker, 4 * PAGE));
    expect_ok(j6_thread_run(&among_many, wait_among_many, &manager, 4 * PAGE));
    leave_time();
    struct j6_account_info before = manager_account(&manager);
    do {
        flood(manager.endpoint);
    } while (!has_ended(&among_many) && !test_has_failed());
    struct j6_account_info after = manager_account(&manager);
    expect_ok(j6_thread_join(&among_many, &status));
    expect_status(j6_err_quota, (j6_status_t)status);
    expect_equal(before.handles, after.handles);
    expect_equal(before.memory, after.memory);
    expect_ok(names_register(manager.endpoint, "later", copy_of(manager.endpoint)));
    expect_ok(j6_thread_join(&asker.thread, &status));
    expect_status(j6_status_ok, (j6_status_t)status);
    expect_ok(j6_handle_close(asker.service));
    manager_end(&manager);
}

SYSTEM_TEST(who_registers_too_many_names_leaves_room_for_those_of_others)
{
    enum { MOST = 64 };
    struct manager manager;
    uint64_t none;
    manager_begin(&manager, asking);
    j6_handle_t asks = service_open(&manager, "asks");
    for (int i = 0; i <= MOST && !test_has_failed(); i++) {
        char name[16];
        format(name, sizeof(name), "name %d", i);
        expect_status(i < MOST ? j6_status_ok : j6_err_quota,
                      server_ask_name(asks, server_code_register, name, &none));
    }
    expect_ok(names_register(manager.endpoint, "mine", copy_of(manager.endpoint)));
    expect_ok(services_restart(manager.endpoint, "files"));
    expect_ok(j6_handle_close(service_open(&manager, "files")));
    expect_ok(
        server_ask_name(asks, server_code_register, "name 64", &none)); /* the others have closed */
    expect_ok(j6_handle_close(asks));
    manager_end(&manager);
}

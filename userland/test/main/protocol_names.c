/* SPDX-License-Identifier: MIT */
/* The name service (userland/init/names.c), of an init without services. */
#include "userland/test/main/services.h"

static j6_handle_t names_begin(struct manager *manager)
{
    manager_begin(manager, "");
    return manager->endpoint;
}

static void expect_same(j6_handle_t one, j6_handle_t other)
{
    j6_koid_t koids[2] = {0, 1};
    expect_ok(j6_object_koid(one, &koids[0]));
    expect_ok(j6_object_koid(other, &koids[1]));
    expect_equal(koids[0], koids[1]);
}

TEST(a_service_is_found_by_its_name)
{
    struct manager manager;
    j6_handle_t names = names_begin(&manager);
    j6_handle_t mine = endpoint_new(), found = 0;
    expect_status(j6_err_not_found, names_look_up(names, "mine", &found));
    expect_ok(names_register(names, "mine", copy_of(mine)));
    expect_ok(names_look_up(names, "mine", &found));
    expect_same(mine, found);
    expect((j6_handle_rights(found) & j6_right_endpoint_receive) == 0);
    expect_ok(j6_handle_close(found));
    expect_status(j6_err_not_found, names_look_up(names, "min", &found));
    expect_status(j6_err_not_found, names_look_up(names, "mine2", &found));
    expect_ok(j6_handle_close(mine));
    manager_end(&manager);
}

TEST(a_name_has_one_service_until_that_closes)
{
    struct manager manager;
    j6_handle_t names = names_begin(&manager);
    j6_handle_t first = endpoint_new(), second = endpoint_new(), found = 0;
    expect_ok(names_register(names, "one", copy_of(first)));
    expect_status(j6_status_exists, names_register(names, "one", copy_of(second)));
    expect_ok(j6_object_close(first));
    expect_status(j6_err_not_found, names_look_up(names, "one", &found));
    expect_ok(names_register(names, "one", copy_of(second)));
    expect_ok(names_look_up(names, "one", &found));
    expect_same(second, found);
    expect_ok(j6_handle_close(found));
    expect_ok(j6_handle_close(first));
    expect_ok(j6_handle_close(second));
    manager_end(&manager);
}

TEST(what_is_no_name_or_no_service_is_not_registered)
{
    static const char longest[] = "a name of thirty-one characters";
    static const char too_long[] = "a name of thirty-two characters!";
    struct manager manager;
    j6_handle_t names = names_begin(&manager);
    j6_handle_t mine = endpoint_new(), found = 0, event, weak;
    expect_status(j6_err_invalid_arg, names_register(names, "", copy_of(mine)));
    expect_status(j6_err_invalid_arg, names_register(names, too_long, copy_of(mine)));
    expect_status(j6_err_invalid_arg, names_look_up(names, "", &found));
    expect_status(j6_err_invalid_arg, names_wait(names, too_long, j6_deadline_never, &found));
    expect_ok(j6_event_create(0, &event));
    expect_status(j6_err_invalid_arg, names_register(names, "event", event));
    expect_ok(j6_handle_duplicate(mine, j6_right_transfer | j6_right_endpoint_send, 0, &weak));
    expect_status(j6_err_invalid_arg, names_register(names, "weak", weak));
    expect_ok(names_register(names, longest, copy_of(mine)));
    expect_ok(names_look_up(names, longest, &found));
    expect_ok(j6_handle_close(found));
    expect_ok(j6_handle_close(mine));
    manager_end(&manager);
}

/* ---- waiting -------------------------------------------------------------------------------- */

struct waiter {
    j6_handle_t names;
    j6_handle_t found;
    struct j6_thread thread;
};

static int64_t waiter_main(void *arg)
{
    struct waiter *waiter = arg;
    return (int64_t)names_wait(waiter->names, "later", j6_deadline_never, &waiter->found);
}

static void waiter_begin(struct waiter *waiter, j6_handle_t names)
{
    *waiter = (struct waiter){.names = names};
    expect_ok(j6_thread_run(&waiter->thread, waiter_main, waiter, 4 * PAGE));
    thread_blocks(waiter->thread.handle, j6_wait_reply);
}

static void waiter_end(struct waiter *waiter, j6_status_t wanted)
{
    int64_t status;
    expect_ok(j6_thread_join(&waiter->thread, &status));
    expect_status(wanted, (j6_status_t)status);
}

TEST(all_who_wait_for_a_name_get_it_when_it_is_registered)
{
    struct manager manager;
    struct waiter waiters[3];
    j6_handle_t names = names_begin(&manager);
    j6_handle_t mine = endpoint_new(), found = 0;
    for (int i = 0; i < 3; i++) {
        waiter_begin(&waiters[i], names);
    }
    expect_status(j6_status_timed_out, names_wait(names, "later", now() + 1000000, &found));
    expect_ok(names_register(names, "other", copy_of(mine)));
    expect_ok(names_register(names, "later", copy_of(mine)));
    for (int i = 0; i < 3; i++) {
        waiter_end(&waiters[i], j6_status_ok);
        expect_same(mine, waiters[i].found);
        expect_ok(j6_handle_close(waiters[i].found));
    }
    expect_ok(names_wait(names, "later", j6_deadline_never, &found)); /* nothing to wait for */
    expect_ok(j6_handle_close(found));
    expect_ok(j6_handle_close(mine));
    manager_end(&manager);
}

TEST(clients_of_a_service_that_is_killed_learn_that_it_has_closed)
{
    struct manager manager;
    struct waiter waiter;
    j6_handle_t names = names_begin(&manager);
    j6_handle_t found;
    waiter_begin(&waiter, names);
    expect_ok(j6_process_kill(manager.process, 0));
    waiter_end(&waiter, j6_status_closed);
    expect_ok(j6_object_close(names));
    expect_status(j6_status_closed, names_look_up(names, "later", &found));
    expect_equal(j6_reason_killed, process_finish(manager.process).reason);
    expect_ok(j6_handle_close(manager.endpoint));
    expect_ok(j6_handle_close(manager.archive));
}

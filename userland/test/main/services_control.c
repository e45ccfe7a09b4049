/* SPDX-License-Identifier: MIT */
/* What init does with its services on request (<proto/services.h>), and at the end. */
#include "userland/test/main/services.h"
#include "lib/string.h"

SYSTEM_TEST(a_service_is_restarted_on_request_whatever_it_does)
{
    struct manager manager;
    manager_begin(&manager, SERVE("one") "service done\n program bin/server exit 0\n"
                                         " restart never\n");
    expect_state(&manager, "one", services_state_running);
    expect_state(&manager, "done", services_state_ended);
    j6_koid_t first = service_row(&manager, "one").process;
    expect_ok(services_restart(manager.endpoint, "one"));
    expect_soon(service_row(&manager, "one").process != first &&
                service_state(&manager, "one") == services_state_running);
    expect_equal(0, service_row(&manager, "one").deaths);
    expect_ok(services_restart(manager.endpoint, "done"));
    expect_soon(service_row(&manager, "done").starts == 2);
    expect_status(j6_err_not_found, services_restart(manager.endpoint, "two"));
    expect_status(j6_err_not_found,
                  services_restart(manager.endpoint, "a name that is longer than a name may be"));
    manager_end(&manager);
}

SYSTEM_TEST(a_service_that_was_stopped_stays_so_until_it_is_restarted)
{
    struct manager manager;
    j6_handle_t found = 0;
    manager_begin(&manager, SERVE("one"));
    expect_state(&manager, "one", services_state_running);
    expect_ok(services_stop(manager.endpoint, "one"));
    expect_state(&manager, "one", services_state_stopped);
    expect_equal(0, service_row(&manager, "one").process);
    expect_status(j6_err_not_found, names_look_up(manager.endpoint, "one", &found));
    expect_status(j6_err_not_found, names_wait(manager.endpoint, "one", now() + PATIENCE, &found));
    expect_ok(services_stop(manager.endpoint, "one"));
    expect_status(j6_err_not_found, services_kill(manager.endpoint, "one"));
    expect_ok(services_restart(manager.endpoint, "one"));
    expect_ok(j6_handle_close(service_open(&manager, "one")));
    expect_status(j6_err_not_found, services_stop(manager.endpoint, ""));
    manager_end(&manager);
}

SYSTEM_TEST(a_service_that_is_killed_by_name_or_by_process_dies_and_comes_back)
{
    struct manager manager;
    manager_begin(&manager, SERVE("one"));
    expect_state(&manager, "one", services_state_running);
    expect_ok(services_kill(manager.endpoint, "one"));
    expect_soon(service_row(&manager, "one").starts == 2);
    expect_state(&manager, "one", services_state_running);
    expect_ok(services_kill_process(manager.endpoint, service_row(&manager, "one").process));
    expect_soon(service_row(&manager, "one").starts == 3);
    expect_equal(2, service_row(&manager, "one").deaths);
    expect_status(j6_err_not_found, services_kill_process(manager.endpoint, own_koid()));
    expect_status(j6_err_not_found, services_kill_process(manager.endpoint, 0));
    expect_status(j6_err_not_found, services_kill(manager.endpoint, "two"));
    manager_end(&manager);
}

SYSTEM_TEST(who_may_only_list_the_services_changes_nothing)
{
    struct manager manager;
    uint64_t count = 0;
    manager_begin(
        &manager,
        SERVE("looks") " handle services services list\n" SERVE(
            "acts") " handle services services control\n" SERVE("names") " handle services names *\n");
    j6_handle_t looks = service_open(&manager, "looks"), acts = service_open(&manager, "acts"),
                wrong = service_open(&manager, "names");
    expect_ok(server_ask(looks, server_code_list, 0, &count));
    expect_equal(3, count);
    expect_status(j6_err_denied, server_ask_name(looks, server_code_restart, "acts", &count));
    expect_status(j6_err_denied, server_ask(wrong, server_code_list, 0, &count));
    expect_status(j6_err_denied, server_ask_name(wrong, server_code_restart, "acts", &count));
    expect_ok(server_ask_name(acts, server_code_restart, "looks", &count));
    expect_soon(service_row(&manager, "looks").starts == 2);
    expect_ok(j6_handle_close(looks));
    expect_ok(j6_handle_close(acts));
    expect_ok(j6_handle_close(wrong));
    manager_end(&manager);
}

/* ---- the end --------------------------------------------------------------------------------- */

static int64_t end_code(struct manager *manager)
{
    struct j6_end_info end = process_finish(manager->process);
    expect_equal(j6_reason_exited, end.reason);
    expect_ok(j6_handle_close(manager->endpoint));
    expect_ok(j6_handle_close(manager->archive));
    return end.code;
}

SYSTEM_TEST(init_ends_as_it_was_asked_to)
{
    struct manager manager;
    manager_begin(&manager, SERVE("one"));
    expect_ok(j6_handle_close(service_open(&manager, "one")));
    expect_status(j6_err_invalid_arg, services_power(manager.endpoint, j6_power_halt));
    expect_ok(services_power(manager.endpoint, j6_power_reset));
    expect_equal(2, end_code(&manager));
}

/* It ends when the test closes the endpoint with the name `gate`, and not when its own closes. */
#define SLOW                                                                 \
    "service slow\n program bin/server until\n serves slow\n endpoint 0 0\n" \
    " handle gate service gate\n"

/* As long as a test needs. */
#define PATIENT "times end=60000\n"

static j6_handle_t gate_begin(struct manager *manager, const char *manifest)
{
    j6_handle_t gate = endpoint_new();
    manager_begin(manager, manifest);
    expect_ok(names_register(manager->endpoint, "gate", copy_of(gate)));
    return gate;
}

static void gate_end(j6_handle_t gate, struct manager *manager)
{
    expect_ok(j6_object_close(gate));
    expect_equal(0, end_code(manager));
    expect_ok(j6_handle_close(gate));
}

/* While the slow one takes its time, the one before it serves. */
static void expect_order(struct manager *manager, j6_handle_t gate)
{
    uint64_t sum = 0;
    j6_handle_t one = service_open(manager, "one"), slow = service_open(manager, "slow");
    expect_ok(services_power(manager->endpoint, j6_power_off));
    expect_ok(j6_object_wait(slow, j6_signal_closed, NULL, now() + PATIENCE));
    expect_ok(server_ask(one, server_code_add, 1, &sum));
    gate_end(gate, manager);
    expect_status(j6_status_closed, server_ask(one, server_code_add, 1, &sum));
    expect_ok(j6_handle_close(one));
    expect_ok(j6_handle_close(slow));
}

SYSTEM_TEST(services_end_the_last_one_first)
{
    struct manager manager;
    j6_handle_t gate = gate_begin(&manager, PATIENT SERVE("one") SLOW " after one\n");
    expect_order(&manager, gate);
}

SYSTEM_TEST(a_service_that_was_restarted_ends_behind_those_that_need_it_all_the_same)
{
    struct manager manager;
    j6_handle_t gate = gate_begin(&manager, PATIENT SERVE("one") SLOW " after one\n");
    expect_ok(j6_handle_close(service_open(&manager, "slow")));
    expect_ok(services_restart(manager.endpoint, "one"));
    expect_order(&manager, gate);
}

SYSTEM_TEST(a_service_that_is_deaf_to_its_end_is_killed)
{
    struct manager manager;
    const j6_time_t patience = 100000000; /* HASTE */
    manager_begin(&manager, HASTE "service deaf\n program bin/server idle\n serves deaf\n"
                                  " endpoint 0 0\n");
    expect_state(&manager, "deaf", services_state_running);
    j6_time_t begin = now();
    manager_end(&manager);
    expect(now() - begin >= patience);
}

SYSTEM_TEST(while_init_ends_nothing_is_started)
{
    struct manager manager;
    j6_handle_t gate =
        gate_begin(&manager, PATIENT SLOW "service bad\n program bin/server exit 1\n");
    expect_state(&manager, "slow", services_state_running);
    expect_ok(services_power(manager.endpoint, j6_power_off));
    expect_status(j6_err_bad_state, services_restart(manager.endpoint, "bad"));
    expect_status(j6_err_bad_state, services_power(manager.endpoint, j6_power_off));
    uint64_t starts = service_row(&manager, "bad").starts;
    leave_time();
    expect_equal(starts, service_row(&manager, "bad").starts);
    gate_end(gate, &manager);
}

SYSTEM_TEST(the_end_of_a_service_can_be_the_end_of_all)
{
    struct manager manager;
    uint64_t answer;
    manager_begin(&manager, SERVE("shell") " end poweroff\n" SERVE("one"));
    j6_handle_t shell = service_open(&manager, "shell");
    expect_status(j6_status_closed, server_ask(shell, server_code_exit, 3, &answer));
    expect_ok(j6_handle_close(shell));
    expect_equal(0, end_code(&manager));
}

SYSTEM_TEST(a_service_that_ends_all_is_replaced_if_it_is_killed)
{
    struct manager manager;
    manager_begin(&manager, SERVE("shell") " end poweroff\n");
    expect_state(&manager, "shell", services_state_running);
    expect_ok(services_kill(manager.endpoint, "shell"));
    expect_soon(service_row(&manager, "shell").starts == 2);
    manager_end(&manager);
}

SYSTEM_TEST(an_init_whose_endpoint_closes_leaves_no_service)
{
    struct manager manager;
    manager_begin(&manager, SERVE("one"));
    j6_handle_t one = service_open(&manager, "one");
    expect_ok(j6_object_close(manager.endpoint));
    expect_equal(1, end_code(&manager));
    expect_ok(j6_object_wait(one, j6_signal_closed, NULL, now() + PATIENCE));
    expect_ok(j6_handle_close(one));
}

/* SPDX-License-Identifier: MIT */
/* Services draw on init's account unless they have limits: one of them takes all that there is. */
#include "userland/test/main/services.h"

#define GREEDY SERVE("greedy")

static void hoard(j6_handle_t greedy)
{
    uint64_t none;
    expect_status(j6_err_quota, server_ask(greedy, server_code_hoard, 0, &none));
}

static void give_back(j6_handle_t greedy)
{
    uint64_t none;
    expect_status(j6_status_closed, server_ask(greedy, server_code_exit, 1, &none));
    expect_ok(j6_handle_close(greedy));
}

SYSTEM_TEST(init_goes_on_when_a_service_has_taken_all_memory)
{
    struct manager manager;
    j6_handle_t found = 0;
    manager_begin(&manager, "times life=0\n" /* nothing is given up */ SERVE("one") GREEDY);
    j6_handle_t one = service_open(&manager, "one"), greedy = service_open(&manager, "greedy");
    hoard(greedy);
    expect_state(&manager, "one", services_state_running);
    expect_status(j6_status_timed_out,
                  names_wait(manager.endpoint, "nobody", now() + 1000000, &found));
    expect_ok(services_kill(manager.endpoint, "one"));
    expect_ok(j6_object_wait(one, j6_signal_closed, NULL, now() + PATIENCE));
    expect_soon(service_row(&manager, "one").deaths > 0);
    give_back(greedy);
    expect_ok(j6_handle_close(one));
    expect_ok(j6_handle_close(service_open(&manager, "one")));
    expect_ok(j6_handle_close(service_open(&manager, "greedy")));
    manager_end(&manager);
}

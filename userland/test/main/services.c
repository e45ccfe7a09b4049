/* SPDX-License-Identifier: MIT */
/* Services of init: how they start, die, and come back. */
#include "userland/test/main/services.h"
#include "lib/string.h"

enum { DEATHS_MAX = 8 };

SAMPLE_TEST(a_service_is_started_by_its_manifest_lines_and_found_by_its_name)
{
    struct manager manager;
    uint64_t sum = 0, life = 0;
    manager_begin(&manager, SERVE("one"));
    j6_handle_t one = service_open(&manager, "one");
    expect_ok(server_ask(one, server_code_add, 41, &sum));
    expect_equal(42, sum);
    expect_ok(server_ask(one, server_code_life, 0, &life));
    struct services_row row = service_row(&manager, "one");
    expect_equal(services_state_running, row.state);
    expect_equal(life, row.process);
    expect_equal(1, row.starts);
    expect_equal(0, row.deaths);
    expect(row.since != 0 && row.since <= now());
    expect_equal('\0', row.detail[0]);
    expect_ok(j6_handle_close(one));
    manager_end(&manager);
}

SYSTEM_TEST(a_service_that_waits_for_a_name_starts_when_somebody_serves_that)
{
    struct manager manager;
    manager_begin(&manager,
                  "service second\n program bin/server idle\n after first\n" SERVE("first"));
    expect_state(&manager, "second", services_state_running);
    expect(service_row(&manager, "second").since >= service_row(&manager, "first").since);
    manager_end(&manager);
}

SYSTEM_TEST(a_service_whose_name_never_comes_waits_and_the_others_run)
{
    struct manager manager;
    manager_begin(&manager, "service alone\n program bin/server idle\n after nobody\n"
                            "service one\n program bin/server idle\n after other\n"
                            "service other\n program bin/server idle\n after one\n" SERVE("free"));
    expect_state(&manager, "free", services_state_running);
    leave_time();
    expect_equal(services_state_waiting, service_state(&manager, "alone"));
    expect_equal(services_state_waiting, service_state(&manager, "one"));
    expect_equal(services_state_waiting, service_state(&manager, "other"));
    expect_equal(0, service_row(&manager, "alone").starts);
    manager_end(&manager);
}

SYSTEM_TEST(a_service_that_comes_later_lets_those_start_that_wait_for_its_name)
{
    struct manager manager;
    j6_handle_t mine = endpoint_new(), copy = 0;
    manager_begin(&manager, "service late\n program bin/server idle\n after mine\n");
    leave_time();
    expect_equal(services_state_waiting, service_state(&manager, "late"));
    expect_ok(j6_handle_duplicate(mine, names_rights, 0, &copy));
    expect_ok(names_register(manager.endpoint, "mine", copy));
    expect_state(&manager, "late", services_state_running);
    expect_ok(j6_handle_close(mine));
    manager_end(&manager);
}

SYSTEM_TEST(a_service_that_lasts_starts_when_all_others_have_started)
{
    struct manager manager;
    manager_begin(&manager, "service end\n program bin/server idle\n start last\n" SERVE("one"));
    expect_state(&manager, "end", services_state_running);
    expect(service_row(&manager, "end").since > service_row(&manager, "one").since);
    manager_end(&manager);
}

/* ---- what cannot start ----------------------------------------------------------------------- */

SYSTEM_TEST(a_service_without_a_program_has_failed_and_the_others_run)
{
    struct manager manager;
    manager_begin(&manager, "service ghost\n program bin/nothing\n" SERVE("one"));
    expect_state(&manager, "one", services_state_running);
    struct services_row row = service_row(&manager, "ghost");
    expect_equal(services_state_failed, row.state);
    expect(string_equal("there is no program bin/nothing", row.detail));
    expect_equal(0, row.deaths);
    manager_end(&manager);
}

SYSTEM_TEST(a_service_with_a_bad_manifest_line_has_failed_and_the_others_run)
{
    struct manager manager;
    manager_begin(&manager, SERVE("one") "service bad\n program bin/server\n restrat never\n");
    expect_state(&manager, "one", services_state_running);
    struct services_row row = service_row(&manager, "bad");
    expect_equal(services_state_failed, row.state);
    expect(string_equal("line 7 of the manifest", row.detail));
    expect_status(j6_err_not_found, services_restart(manager.endpoint, "bad"));
    manager_end(&manager);
}

SYSTEM_TEST(a_service_that_may_not_have_a_handle_has_failed)
{
    struct manager manager;
    manager_begin(&manager, "service thief\n program bin/server idle\n handle system system power\n"
                            "service odd\n program bin/server idle\n handle x module none\n");
    expect_state(&manager, "thief", services_state_failed);
    expect(string_equal("the handle system can't be had: denied",
                        service_row(&manager, "thief").detail));
    expect_state(&manager, "odd", services_state_failed);
    manager_end(&manager);
}

SYSTEM_TEST(a_service_with_too_many_texts_or_clients_of_files_has_failed)
{
    struct manager manager;
    manager_begin(&manager,
                  SERVE("one") "service files\n program bin/files\n serves files\n"
                               " endpoint 65536 1 badges\n handle archive module boot.tar\n"
                               "service much\n program bin/server idle\n"
                               " handle a files bin\n handle b files bin\n"
                               " handle c files bin\n handle d files bin\n"
                               " handle e files bin\n"
                               "service loud\n program bin/server idle\n"
                               " handle a text one\n handle b text one\n"
                               " handle c text one\n handle d text one\n"
                               " handle e text one\n");
    expect_state(&manager, "much", services_state_failed);
    expect_state(&manager, "loud", services_state_failed);
    const char *why = "the handle e can't be had: out_of_range";
    expect(string_equal(why, service_row(&manager, "much").detail));
    expect(string_equal(why, service_row(&manager, "loud").detail));
    manager_end(&manager);
}

SYSTEM_TEST(a_service_for_what_there_is_not_is_absent)
{
    struct manager manager;
    manager_begin(&manager, "service screen\n program bin/server idle\n needs framebuffer\n"
                            "service extra\n program bin/extra\n needs program\n"
                            "service uart\n program bin/server exit 3\n absent 3\n"
                            "service user\n program bin/server idle\n after uart\n");
    expect_state(&manager, "uart", services_state_absent);
    expect_equal(services_state_absent, service_state(&manager, "screen"));
    expect_equal(services_state_absent, service_state(&manager, "extra"));
    expect_equal(services_state_waiting, service_state(&manager, "user"));
    manager_end(&manager);
}

/* ---- death ----------------------------------------------------------------------------------- */

SYSTEM_TEST(a_service_that_dies_is_replaced_and_its_clients_learn_of_it)
{
    struct manager manager;
    uint64_t answer = 0, first = 0, second = 0;
    manager_begin(&manager, SERVE("one"));
    j6_handle_t one = service_open(&manager, "one");
    expect_ok(server_ask(one, server_code_life, 0, &first));
    service_replace(&manager, "one", 5);
    expect_status(j6_status_closed, server_ask(one, server_code_add, 1, &answer));
    expect_ok(j6_handle_close(one));
    one = service_open(&manager, "one");
    expect_ok(server_ask(one, server_code_life, 0, &second));
    expect(first != second);
    struct services_row row = service_row(&manager, "one");
    expect_equal(2, row.starts);
    expect_equal(1, row.deaths);
    expect_ok(j6_handle_close(one));
    manager_end(&manager);
}

SYSTEM_TEST(a_service_that_dies_in_a_loop_is_given_up_and_the_others_run)
{
    struct manager manager;
    j6_handle_t found = 0;
    manager_begin(&manager,
                  HASTE SERVE("one") "service bad\n program bin/server fault\n serves bad\n"
                                     " endpoint 0 0\n");
    expect_status(j6_err_not_found, names_wait(manager.endpoint, "bad", now() + PATIENCE, &found));
    struct services_row row = service_row(&manager, "bad");
    expect_equal(services_state_failed, row.state);
    expect_equal(DEATHS_MAX, row.starts);
    expect_equal(DEATHS_MAX, row.deaths);
    expect(string_starts_with(row.detail, "given up: 8 times in a row it has faulted, vector 6"));
    expect_state(&manager, "one", services_state_running);
    expect_ok(services_restart(manager.endpoint, "bad")); /* … and somebody may try it again */
    expect_soon(service_row(&manager, "bad").starts == 2 * DEATHS_MAX);
    expect_state(&manager, "bad", services_state_failed);
    manager_end(&manager);
}

SYSTEM_TEST(a_service_waits_twice_as_long_after_each_death)
{
    struct manager manager;
    j6_time_t first = now();
    manager_begin(&manager, HASTE "service bad\n program bin/server exit 1\n");
    expect_state(&manager, "bad", services_state_failed);
    const uint64_t pauses = 1 + 2 + 4 + 8 + 16 + 32 + 64; /* ms */
    expect(service_row(&manager, "bad").since >= first + pauses * 1000000);
    manager_end(&manager);
}

SYSTEM_TEST(a_long_life_makes_up_for_the_deaths_before_it)
{
    struct manager manager;
    manager_begin(&manager, "times pause=1 life=5\n" SERVE("one"));
    for (int i = 0; i <= DEATHS_MAX && !test_has_failed(); i++) {
        expect_ok(j6_handle_close(service_open(&manager, "one")));
        sleep_for(6);
        service_replace(&manager, "one", 1);
    }
    expect_equal(DEATHS_MAX + 1, service_row(&manager, "one").deaths);
    manager_end(&manager);
}

SYSTEM_TEST(a_service_that_is_not_ready_in_time_is_killed)
{
    struct manager manager;
    manager_begin(&manager, "times pause=1 ready=10\nservice slow\n program bin/server silent\n");
    expect_soon(service_state(&manager, "slow") == services_state_failed);
    struct services_row row = service_row(&manager, "slow");
    expect_equal(DEATHS_MAX, row.deaths);
    expect(string_equal("given up: 8 times in a row it was killed", row.detail));
    manager_end(&manager);
}

SYSTEM_TEST(what_happens_to_a_service_that_ends_by_itself_its_restart_line_says)
{
    struct manager manager;
    manager_begin(&manager, HASTE "service well\n program bin/server exit 0\n restart failure\n"
                                  "service once\n program bin/server exit 0\n restart never\n"
                                  "service badly\n program bin/server exit 1\n restart never\n"
                                  "service again\n program bin/server exit 0\n restart always\n"
                                  "service fails\n program bin/server exit 1\n restart failure\n");
    expect_state(&manager, "well", services_state_ended);
    expect_state(&manager, "once", services_state_ended);
    expect_state(&manager, "badly", services_state_failed);
    expect_state(&manager, "again", services_state_failed);
    expect_state(&manager, "fails", services_state_failed);
    expect_equal(1, service_row(&manager, "well").starts);
    expect_equal(1, service_row(&manager, "badly").starts);
    expect_equal(DEATHS_MAX, service_row(&manager, "again").starts);
    expect_equal(DEATHS_MAX, service_row(&manager, "fails").starts);
    manager_end(&manager);
}

/* ---- limits ---------------------------------------------------------------------------------- */

SYSTEM_TEST(a_service_has_the_limits_that_its_line_says_and_is_given_up_without_any)
{
    struct manager manager;
    manager_begin(
        &manager,
        HASTE SERVE("small") " limits pages=300 handles=40 threads=2 priority=3\n"
                             "service none\n program bin/server idle\n limits pages=300\n");
    j6_handle_t small = service_open(&manager, "small");
    struct j6_process_info row = process_row(service_row(&manager, "small").process);
    expect_equal(1, row.limited);
    expect(row.left.memory < 300 * PAGE && row.left.handles < 40);
    expect_state(&manager, "none", services_state_failed);
    expect_ok(j6_handle_close(small));
    manager_end(&manager);
}

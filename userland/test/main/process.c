/* SPDX-License-Identifier: MIT */
/* process_create, process_give_handle, process_start, process_kill, process_exit. */
#include "lib/string.h"
#include "userland/test/main/look.h"

SAMPLE_TEST(the_value_of_main_is_the_exit_code)
{
    expect_equal(0, victim_run("exit", "0"));
    expect_equal(7, victim_run("exit", "7"));
    expect_equal(-3, victim_run("exit", "-3"));
}

TEST(process_exit_ends_all_threads_with_that_code)
{
    expect_equal(8, victim_run("exit_with_threads", "8"));
}

TEST(the_end_of_the_last_thread_ends_the_process_with_its_code)
{
    expect_equal(9, victim_run("thread_exit", "9"));
    j6_handle_t event = event_new();
    const struct j6_spawn_row row = {"event", event, j6_right_wait};
    j6_handle_t victim = victim_start("last_thread_exit", "10", &row, 1);
    threads_block(victim, 1, j6_wait_object);
    expect_soon(process_row(koid_of(victim)).threads == 1);
    expect_ok(j6_object_signal(event, 0, J6_SIGNAL(48)));
    expect_equal(10, process_finish(victim).code);
    expect_ok(j6_handle_close(event));
}

/* When so many of its threads wait in that way. */
static void expect_killed(j6_handle_t victim, uint64_t count, uint32_t wait, int64_t code)
{
    threads_block(victim, count, wait);
    expect_ok(j6_process_kill(victim, code));
    struct j6_end_info end = process_finish(victim);
    expect_equal(j6_reason_killed, end.reason);
    expect_equal(code, end.code);
}

TEST(process_kill_ends_whatever_the_process_is_doing)
{
    j6_handle_t spinner = victim_start("spin", "", NULL, 0);
    sleep_for(5); /* that it spins by then can't be seen, and any other moment will do */
    expect_killed(spinner, 0, j6_wait_none, 11);
    expect_killed(victim_start("sleep", "", NULL, 0), 1, j6_wait_sleep, -12);
    expect_killed(victim_start("wait", "", NULL, 0), 1, j6_wait_object, 13);
    expect_killed(victim_start("many_threads", "", NULL, 0), 2, j6_wait_object, 14);
    expect_killed(process_new(), 0, j6_wait_none, 15);
}

TEST(a_process_can_kill_itself)
{
    struct j6_end_info end = process_finish(victim_start("kill_self", "16", NULL, 0));
    expect_equal(j6_reason_killed, end.reason);
    expect_equal(16, end.code);
}

TEST(a_second_kill_changes_nothing)
{
    j6_handle_t process = process_new();
    expect_ok(j6_process_kill(process, 1));
    expect_ok(j6_object_wait(process, j6_signal_closed, NULL, j6_deadline_never));
    expect_ok(j6_process_kill(process, 2));
    expect_equal(1, process_finish(process).code);
}

TEST(process_create_refuses_unknown_flags_and_long_names)
{
    static char name[10000];
    j6_handle_t process;
    expect_status(j6_err_invalid_arg, j6_process_create("x", 1, NULL, 1ull << 1, &process));
    expect_status(j6_err_invalid_arg, j6_process_create("x", 1, NULL, 1ull << 63, &process));
    expect_status(j6_err_out_of_range, j6_process_create(name, sizeof(name), NULL, 0, &process));
}

TEST(process_start_refuses_what_is_not_in_the_user_half)
{
    j6_handle_t thread;
    j6_handle_t process = process_new();
    const uint64_t good = far_place();
    expect_status(j6_err_invalid_arg,
                  j6_process_start(process, 0xffffffff80000000, good, 0, &thread));
    expect_status(j6_err_invalid_arg, j6_process_start(process, 1ull << 47, good, 0, &thread));
    expect_status(j6_err_invalid_arg, j6_process_start(process, good, 1ull << 63, 0, &thread));
    expect_ok(j6_process_kill(process, 0));
    expect_ok(j6_handle_close(process));
}

TEST(a_process_starts_once)
{
    j6_handle_t thread;
    j6_handle_t process = victim_start("sleep", "", NULL, 0);
    expect_status(j6_err_bad_state,
                  j6_process_start(process, far_place(), far_place(), 0, &thread));
    expect_ok(j6_process_kill(process, 0));
    expect_ok(j6_object_wait(process, j6_signal_closed, NULL, j6_deadline_never));
    expect_status(j6_err_bad_state,
                  j6_process_start(process, far_place(), far_place(), 0, &thread));
    expect_ok(j6_handle_close(process));
}

TEST(nothing_can_be_given_to_a_process_that_has_ended)
{
    j6_handle_t given;
    j6_handle_t area = area_new(1, 0);
    j6_handle_t process = process_ended();
    uint64_t address = 0;
    expect_status(j6_err_bad_state, j6_process_give_handle(process, area, 0, &given));
    expect_status(j6_err_bad_state, j6_vma_map(area, process, &address, 0, 0, READ_WRITE));
    expect_ok(j6_handle_close(process));
    expect_ok(j6_handle_close(area));
}

TEST(a_given_handle_has_the_rights_asked_for_and_no_more)
{
    j6_handle_t given = 0;
    j6_handle_t area = area_new(1, 0);
    j6_handle_t copy = without(area, j6_right_vma_write);
    j6_handle_t process = process_new();
    expect_ok(j6_process_give_handle(process, area, j6_right_vma_map, &given));
    expect_equal(j6_type_vma, j6_handle_type(given));
    expect_equal(j6_right_vma_map, j6_handle_rights(given));
    expect_status(j6_err_denied, j6_process_give_handle(process, copy, j6_right_vma_write, &given));
    expect_ok(j6_process_kill(process, 0));
    expect_ok(j6_handle_close(process));
    expect_ok(j6_handle_close(copy));
    expect_ok(j6_handle_close(area));
}

SAMPLE_TEST(a_program_gets_exactly_the_listed_handles)
{
    j6_handle_t area = area_new(1, 0);
    const struct j6_spawn_row rows[] = {
        {"first", area, j6_right_vma_map},
        {"second", system_handle(), j6_right_info},
        {"first", area, j6_right_vma_read},
    };
    expect_equal(0, process_finish(victim_start("rows", "", rows, 3)).code);
    expect_ok(j6_handle_close(area));
}

TEST(a_program_starts_with_the_stack_that_the_system_v_abi_describes)
{
    expect_equal(0, victim_run("start", "an argument"));
}

TEST(what_is_no_program_cannot_be_spawned)
{
    j6_handle_t process;
    j6_handle_t area = area_new(1, 0);
    uint64_t len = 4;
    expect_status(j6_err_invalid_arg, j6_spawn(area, "x", NULL, NULL, NULL, 0, &process));
    expect_ok(j6_vma_write(area, 0, "\177ELF", &len));
    expect_status(j6_err_invalid_arg, j6_spawn(area, "x", NULL, NULL, NULL, 0, &process));
    expect_ok(j6_handle_close(area));
    expect_status(j6_err_bad_handle, j6_spawn(area, "x", NULL, NULL, NULL, 0, &process));
}

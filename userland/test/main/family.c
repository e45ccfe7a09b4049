/* SPDX-License-Identifier: MIT */
/* Processes that outlive each other, or that nobody can reach any more. */
#include "userland/test/main/util.h"

enum { CHAIN = 200, LOOPS = 50, ROUNDS = 20 };

static const uint64_t GIVEN = j6_right_duplicate | j6_right_transfer;

static j6_handle_t give(j6_handle_t process, j6_handle_t handle)
{
    j6_handle_t given = j6_handle_none;
    expect_ok(j6_process_give_handle(process, handle, GIVEN, &given));
    return given;
}

/* Each is known to the next alone; closing the last one ends them all. */
TEST(a_long_chain_of_processes_that_never_started_ends_from_its_head)
{
    j6_handle_t head = process_new();
    for (int i = 1; i < CHAIN; i++) {
        j6_handle_t next = process_new();
        give(next, head);
        expect_ok(j6_handle_close(head));
        head = next;
    }
    expect_ok(j6_handle_close(head));
}

/* Known to nobody but itself, a new process ends with the one that made it. */
TEST(new_processes_that_hold_themselves_end_with_their_maker)
{
    for (int i = 0; i < LOOPS; i++) {
        expect_equal(0, victim_run("make_loops", ""));
    }
}

/* Its handle table is full, so each try makes a process that nobody ever gets. */
TEST(a_process_that_cannot_be_handed_out_leaves_nothing)
{
    const struct j6_limits limits = {
        .pages = 400, .handles = 40, .threads = 2, .processes = 3, .priority = 4};
    j6_handle_t process = j6_handle_none;
    expect_ok(j6_process_create("limited", 7, &limits, 0, &process));
    victim_start_in(process, "create_without_handles", "");
    expect_equal(0, process_finish(process).code);
}

static void run_family(const struct j6_limits *limits)
{
    j6_handle_t area = area_new(1, 0);
    volatile uint64_t *shared = (volatile uint64_t *)area_map(area, READ_WRITE);
    const char *const argv[] = {"victim", "parent", "", NULL};
    const struct j6_spawn_row rows[] = {
        {"shared", area, GIVEN | j6_right_vma_map | j6_right_vma_read | j6_right_vma_write},
        {"program", j6_find_module("victim"), GIVEN | j6_right_vma_map | j6_right_vma_read}};
    const struct j6_program program = {.elf = j6_find_module("victim"),
                                       .name = "victim",
                                       .argv = argv,
                                       .rows = rows,
                                       .row_count = 2};
    j6_handle_t parent = j6_handle_none;
    expect_ok(j6_process_create("parent", 6, limits, 0, &parent));
    if (shared != NULL && expect_ok(j6_start_program(parent, &program))) {
        expect_equal(0, process_finish(parent).code);
        shared[0] = 1;
        expect_soon(shared[1] != 0);
        expect_equal(1 + j6_status_ok, shared[1]);
    }
    area_unmap(area, (const void *)shared);
    expect_ok(j6_handle_close(area));
}

TEST(a_process_goes_on_with_its_parents_account_when_the_parent_has_ended)
{
    const struct j6_limits limits = {
        .pages = 2000, .handles = 400, .threads = 8, .processes = 4, .priority = 4};
    run_family(&limits);
    run_family(NULL);
}

/* A thread's handle is all that is left of its process. */
TEST(a_thread_tells_its_end_when_nothing_else_is_left_of_its_process)
{
    for (int i = 0; i < ROUNDS; i++) {
        j6_handle_t process = process_new();
        j6_handle_t thread = j6_handle_none;
        struct j6_end_info end = {.reason = j6_reason_running};
        uint64_t len = sizeof(end);
        expect_ok(j6_thread_create(process, PAGE * 16, PAGE * 32, 0, 0, &thread));
        expect_ok(j6_process_kill(process, 3));
        expect_ok(j6_handle_close(process));
        uint64_t signals;
        expect_ok(j6_object_wait(thread, j6_signal_closed, &signals, now() + PATIENCE));
        expect_status(j6_err_bad_state, j6_thread_start(thread));
        expect_ok(j6_object_info(thread, j6_topic_end, &end, &len));
        expect_equal(j6_reason_killed, end.reason);
        expect_ok(j6_handle_close(thread));
    }
}

/* SPDX-License-Identifier: MIT */
/* Doing something very often leaves as many frames and objects as doing it a few times. */
#include "userland/test/main/util.h"

static void rounds(void (*round)(void), int count)
{
    for (int i = 0; i < count; i++) {
        round();
    }
}

/* The first rounds fill caches; from then on nothing may grow. The frame counts objects. */
static void expect_no_growth(void (*round)(void), int warm_up, int count)
{
    rounds(round, warm_up);
    uint64_t before = frames_at_rest();
    rounds(round, count);
    frames_settle(before);
}

static void create_and_close(void)
{
    j6_handle_t area = area_new(1, 0);
    expect_ok(j6_handle_close(area));
}

TEST(a_hundred_thousand_areas_created_and_closed_leave_nothing)
{
    expect_no_growth(create_and_close, 1000, 100000);
}

static void map_and_touch(void)
{
    j6_handle_t area = area_new(4, 0);
    char *memory = area_map(area, READ_WRITE);
    if (memory != NULL) {
        memory[0] = 1;
        memory[3 * PAGE] = 1;
        area_unmap(area, memory);
    }
    expect_ok(j6_handle_close(area));
}

TEST(ten_thousand_areas_mapped_and_touched_leave_nothing)
{
    expect_no_growth(map_and_touch, 1000, 10000);
}

static void create_and_kill(void)
{
    j6_handle_t process = process_new();
    expect_ok(j6_process_kill(process, 0));
    process_finish(process);
}

TEST(ten_thousand_processes_created_and_killed_leave_nothing)
{
    expect_no_growth(create_and_kill, 500, 10000);
}

static void run_faulting_victim(void)
{
    j6_handle_t victim = victim_start("null_read", "", NULL, 0);
    expect_equal(j6_reason_fault, process_finish(victim).reason);
}

TEST(fifty_programs_that_fault_leave_nothing)
{
    expect_no_growth(run_faulting_victim, 10, 50);
}

/* SPDX-License-Identifier: MIT */
/*
 * Long operations go in steps, between which others run. The operation is a victim's that is less
 * urgent than the test and on the same CPU: each wake of the test in the middle of it is a step at which
 * it made way.
 */
#include "userland/test/long.h"
#include "lib/string.h"
#include "userland/test/main/look.h"

enum {
    MIB = 1 << 20,
    WRITTEN = 40,
    TOUCHED = 64,
    HANDLES = 100000,
    RESIZED = 64,
    EQUAL = 4, /* what a thread starts with */
    LESS_URGENT = 5,
    ROUNDS = 20,
    WAKES = 5,
    VICTIM_PAGES = (TOUCHED + 8) * MIB / PAGE
};

/* An operation that was started. */
struct long_operation {
    j6_handle_t process;
    j6_handle_t page;
    struct long_report *report;
};

/* For two victims. */
static bool has_memory(void)
{
    return test_has_frames(2 * VICTIM_PAGES);
}

static void begin(struct long_operation *operation)
{
    operation->process = j6_handle_none;
    operation->page = area_new(1, 0);
    operation->report = (struct long_report *)area_map(operation->page, READ_WRITE);
}

/* `target` and `owner` become roles of the victim, if there are any. */
static j6_handle_t start(const struct long_operation *operation, const char *mode,
                         const char *argument, uint64_t priority, j6_handle_t target,
                         j6_handle_t owner)
{
    const struct j6_limits limits = {
        .pages = VICTIM_PAGES, .handles = HANDLES + 1000, .threads = 20, .priority = priority};
    const struct j6_spawn_row rows[] = {
        {"report", operation->page, j6_handle_rights(operation->page)},
        {"target", target, j6_handle_rights(target)},
        {"owner", owner, j6_handle_rights(owner)},
    };
    const char *const argv[] = {"victim", mode, argument, NULL};
    const struct j6_program program = {.elf = j6_find_module("victim"),
                                       .name = "victim",
                                       .argv = argv,
                                       .rows = rows,
                                       .row_count = owner != 0    ? 3
                                                    : target != 0 ? 2
                                                                  : 1};
    j6_handle_t victim = j6_handle_none;
    if (expect_ok(j6_process_create("victim", 6, &limits, 0, &victim)) &&
        !expect_ok(j6_start_program(victim, &program))) {
        j6_process_kill(victim, -1);
    }
    return victim;
}

static void finish(struct long_operation *operation)
{
    area_unmap(operation->page, operation->report);
    expect_ok(j6_handle_close(operation->page));
}

static j6_status_t set_priority(uint64_t priority)
{
    return j6_thread_control(j6_handle_self_thread, j6_control_priority, &priority,
                             sizeof(priority));
}

static void short_sleep(void)
{
    expect_ok(j6_thread_sleep(now() + 100000));
}

static bool has_ended(j6_handle_t process)
{
    return j6_object_wait(process, j6_signal_closed, NULL, j6_deadline_poll) !=
           j6_status_would_block;
}

static void wait_for_start(const struct long_operation *operation)
{
    const uint32_t *started = &operation->report->started;
    j6_time_t give_up = now() + PATIENCE;
    while (__atomic_load_n(started, __ATOMIC_ACQUIRE) == 0 &&
           j6_futex_wait(started, 0, give_up) != j6_status_timed_out) {}
    expect(*started != 0);
}

/* How often we wake between the start of the operation and its end, or that of the process. */
static uint64_t wakes_during(const struct long_operation *operation)
{
    uint64_t wakes = 0;
    wait_for_start(operation);
    for (short_sleep(); !operation->report->done && !has_ended(operation->process); short_sleep()) {
        wakes++;
    }
    return wakes;
}

static uint64_t wakes_in_one(const char *mode, const char *argument, j6_handle_t target)
{
    struct long_operation operation;
    begin(&operation);
    operation.process = start(&operation, mode, argument, LESS_URGENT, target, 0);
    uint64_t wakes = wakes_during(&operation);
    struct j6_end_info end = process_finish(operation.process);
    expect_equal(j6_reason_exited, end.reason);
    expect_equal(0, end.code);
    finish(&operation);
    return wakes;
}

/*
 * A wake or two may come from the end of the operation. An emulator may stand still while a timer is
 * due, all of an operation long, but not time after time.
 */
static void expect_wakes_during(const char *mode, const char *argument, j6_handle_t target)
{
    uint64_t wakes = 0;
    stay_on_first_cpu();
    for (int i = 0; i < ROUNDS && wakes < WAKES; i++) {
        wakes = wakes_in_one(mode, argument, target);
    }
    leave_first_cpu();
    expect(wakes >= WAKES);
}

TEST(others_run_during_a_long_vma_write)
{
    if (has_memory()) {
        j6_handle_t target = area_new(WRITTEN * MIB / PAGE, 0);
        expect_wakes_during("long_write", "40", target);
        expect_ok(j6_handle_close(target));
    }
}

TEST(others_run_while_many_pages_are_unmapped)
{
    if (has_memory()) {
        expect_wakes_during("long_unmap", "64", 0);
    }
}

TEST(others_run_while_a_process_with_many_handles_ends)
{
    if (has_memory()) {
        expect_wakes_during("end_with_handles", "100000", 0);
    }
}

TEST(others_run_while_a_process_with_many_pages_ends)
{
    if (has_memory()) {
        expect_wakes_during("end_with_pages", "64", 0);
    }
}

/* None of which was ever touched. */
TEST(others_run_while_a_process_with_many_mappings_ends)
{
    if (has_memory()) {
        expect_wakes_during("end_with_mappings", "40000", 0);
    }
}

TEST(others_run_while_a_system_object_is_closed_that_many_came_from)
{
    if (has_memory()) {
        expect_wakes_during("long_close", "10000", system_handle());
    }
}

/* More than there are kernel stacks to keep. */
TEST(others_run_while_ten_threads_are_in_long_operations)
{
    if (has_memory()) {
        expect_wakes_during("long_writers", "4", 0);
    }
}

/* ---- equals --------------------------------------------------------------------------------- */

struct write_job {
    j6_handle_t area;
    const char *from;
    uint64_t len;
};

static int64_t write_all(void *arg)
{
    struct write_job *job = arg;
    bool written = set_priority(EQUAL | j6_priority_constant) == j6_status_ok &&
                   j6_vma_write(job->area, 0, job->from, &job->len) == j6_status_ok;
    return written ? 0 : 1;
}

/* Whether the target was ever seen with its first page written and its last one not. */
static bool is_seen_half_done(const char *from)
{
    struct j6_thread thread;
    struct write_job job = {area_new(WRITTEN * MIB / PAGE, 0), from, WRITTEN * MIB};
    const volatile char *target = area_map(job.area, READ_WRITE);
    bool seen = false;
    if (target != NULL && expect_ok(j6_thread_run(&thread, write_all, &job, 4 * PAGE))) {
        while (target[WRITTEN * MIB - 1] == 0) {
            short_sleep();
            seen = seen || (target[0] != 0 && target[WRITTEN * MIB - 1] == 0);
        }
        expect_ok(j6_thread_join(&thread, NULL));
    }
    area_unmap(job.area, (const void *)target);
    expect_ok(j6_handle_close(job.area));
    return seen;
}

/* An equal's turn comes after 10 ms; where the write is faster than that, in the next round. */
TEST(a_thread_of_equal_priority_runs_in_the_middle_of_a_long_vma_write)
{
    if (!has_memory()) {
        return;
    }
    j6_handle_t source = area_new(WRITTEN * MIB / PAGE, 0);
    char *from = area_map(source, READ_WRITE);
    bool seen = false;
    if (from != NULL) {
        memset(from, 'x', WRITTEN * MIB);
        stay_on_first_cpu();
        for (int i = 0; i < ROUNDS && !seen; i++) {
            seen = is_seen_half_done(from);
        }
        leave_first_cpu();
        area_unmap(source, from);
    }
    expect(seen);
    expect_ok(j6_handle_close(source));
}

/* ---- another call in the middle --------------------------------------------------------------- */

/* Asks for the size that the area has before a victim shrinks it. */
static bool meets_a_resize(void)
{
    struct long_operation operation;
    j6_handle_t area = area_new(RESIZED * MIB / PAGE, j6_vma_flag_resizable);
    begin(&operation);
    operation.process = start(&operation, "long_resize", "64", LESS_URGENT, area, 0);
    wait_for_start(&operation);
    j6_status_t status = j6_status_ok;
    while (status == j6_status_ok && !operation.report->done && !has_ended(operation.process)) {
        uint64_t size = RESIZED * MIB;
        short_sleep();
        status = j6_vma_resize(area, &size);
    }
    expect(status == j6_status_ok || status == j6_status_would_block);
    expect_equal(0, process_finish(operation.process).code);
    finish(&operation);
    expect_ok(j6_handle_close(area));
    return status == j6_status_would_block;
}

TEST(a_resize_in_the_middle_of_another_would_block)
{
    bool met = !has_memory();
    stay_on_first_cpu();
    for (int i = 0; i < ROUNDS && !met; i++) {
        met = meets_a_resize();
    }
    leave_first_cpu();
    expect(met);
}

/* ---- ends in the middle --------------------------------------------------------------------- */

static bool met; /* did the end come in the middle of the operation? */

static void expect_prefix_written(const volatile char *target, uint64_t len)
{
    if (expect(len > 0 && len < WRITTEN * MIB)) {
        expect_equal('x', target[0]);
        expect_equal('x', target[len - 1]);
        expect_equal(0, target[len]);
        expect_equal(0, target[WRITTEN * MIB - 1]);
    }
}

static void kill_a_writer(void)
{
    struct long_operation operation;
    j6_handle_t area = area_new(WRITTEN * MIB / PAGE, 0);
    const volatile char *target = area_map(area, j6_map_read);
    begin(&operation);
    operation.process = start(&operation, "long_write", "40", LESS_URGENT, area, 0);
    wait_for_start(&operation);
    while (target[0] == 0 && !has_ended(operation.process)) {
        short_sleep();
    }
    expect_ok(j6_process_kill(operation.process, 3));
    struct j6_end_info end = process_finish(operation.process);
    if (end.reason == j6_reason_killed && target[WRITTEN * MIB - 1] == 0) {
        met = true;
        expect_equal(3, end.code);
        expect_equal(0, operation.report->done);
        expect_prefix_written(target, operation.report->len);
    }
    finish(&operation);
    area_unmap(area, (const void *)target);
    expect_ok(j6_handle_close(area));
}

static void kill_ten_writers(void)
{
    struct long_operation operation;
    begin(&operation);
    operation.process = start(&operation, "long_writers", "4", LESS_URGENT, 0, 0);
    wait_for_start(&operation);
    for (int i = 0; i < 20; i++) {
        short_sleep();
    }
    expect_ok(j6_process_kill(operation.process, 4));
    bool killed = process_finish(operation.process).reason == j6_reason_killed;
    met = met || killed;
    finish(&operation);
}

/* Until the end has come in the middle once. The first round fills caches. */
static void expect_all_back(void (*round)(void))
{
    met = false;
    round();
    for (int i = 0; i < ROUNDS && (i == 0 || !met); i++) {
        uint64_t before = frames_at_rest();
        round();
        frames_settle(before);
    }
    expect(met);
}

TEST(a_vma_write_that_is_killed_has_written_what_its_length_says)
{
    if (has_memory()) {
        expect_all_back(kill_a_writer);
    }
}

TEST(ten_threads_that_are_killed_in_long_operations_leave_nothing)
{
    if (has_memory()) {
        expect_all_back(kill_ten_writers);
    }
}

/* The one unmaps in the space of the other, which ends meanwhile. */
static void end_while_another_unmaps(void)
{
    struct long_operation unmapping;
    struct long_operation owner;
    j6_handle_t area = area_new(WRITTEN * MIB / PAGE, 0);
    begin(&owner);
    owner.process = start(&owner, "touch", "40", LESS_URGENT - 1, area, 0);
    wait_for_start(&owner);
    begin(&unmapping);
    unmapping.report->address = owner.report->address;
    unmapping.process = start(&unmapping, "long_unmap_of", "0", LESS_URGENT, area, owner.process);
    wait_for_start(&unmapping);
    short_sleep();
    bool early = !unmapping.report->done;
    expect_ok(j6_process_kill(owner.process, 5));
    expect_equal(j6_reason_killed, process_finish(owner.process).reason);
    bool unmapped = process_finish(unmapping.process).code == 0;
    met = met || (early && unmapped);
    finish(&owner);
    finish(&unmapping);
    expect_ok(j6_handle_close(area));
}

TEST(a_process_that_ends_while_another_unmaps_in_its_space_leaves_nothing)
{
    if (has_memory()) {
        expect_all_back(end_while_another_unmaps);
    }
}

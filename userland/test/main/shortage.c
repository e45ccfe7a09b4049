/* SPDX-License-Identifier: MIT */
/*
 * Memory that runs out: of one process by its limit, whatever it makes, and of the machine. Nobody
 * makes the kernel use more for him than his limit, and all of it comes back.
 */
#include "lib/format.h"
#include "userland/test/hoard.h"
#include "userland/test/main/util.h"

enum {
    LIMIT = 400,       /* pages of the process */
    SLACK = 40,        /* slabs that are begun, and one in eight of what they hold */
    EATERS = 3,        /* of all memory, each kind */
    LARGEST = 1 << 17, /* frames of a machine that the test may fill: 512 MiB */
};

static const uint64_t GIVEN = j6_right_duplicate | j6_right_transfer;

static const struct j6_limits limits = {
    .pages = LIMIT, .handles = 1 << 20, .threads = 1 << 20, .processes = 1 << 20, .priority = 4};

static struct j6_frames_info frames(void)
{
    struct j6_frames_info info = {0};
    uint64_t len = sizeof(info);
    expect_ok(j6_system_info(system_handle(), j6_topic_frames, 0, &info, &len));
    return info;
}

static void victim_start_with(j6_handle_t process, const char *mode, const char *argument,
                              j6_handle_t report)
{
    const char *const argv[] = {"victim", mode, argument, NULL};
    const struct j6_spawn_row rows[] = {
        {"report", report, GIVEN | j6_right_vma_map | j6_right_vma_read | j6_right_vma_write},
        {"system", system_handle(), GIVEN | j6_right_system_restrict}};
    const struct j6_program program = {.elf = j6_find_module("victim"),
                                       .name = "victim",
                                       .argv = argv,
                                       .rows = rows,
                                       .row_count = 2};
    if (!expect_ok(j6_start_program(process, &program))) {
        j6_process_kill(process, -1);
    }
}

static bool wait_for(volatile uint64_t *value, uint64_t wanted)
{
    j6_time_t give_up = now() + 3 * PATIENCE; /* for all memory to be taken */
    while (*value < wanted && now() < give_up) {
        sleep_for(1);
    }
    return expect(*value >= wanted);
}

static void kill_and_finish(j6_handle_t process)
{
    expect_ok(j6_process_kill(process, 0));
    process_finish(process);
}

/* One process takes all that its limit allows. */
static void hoard(enum hoard_kind kind)
{
    char argument[8];
    format(argument, sizeof(argument), "%d", (int)kind);
    j6_handle_t area = area_new(1, 0);
    struct hoard_report *report = (struct hoard_report *)area_map(area, READ_WRITE);
    report->go = 1;
    uint64_t before = frames_at_rest();
    j6_handle_t process = j6_handle_none;
    expect_ok(j6_process_create("hoard", 5, &limits, 0, &process));
    victim_start_with(process, "hoard", argument, area);
    wait_for(&report->done, 1);
    uint64_t used = before - frames_free();
    expect_equal(j6_err_quota, report->status);
    expect(report->count >= 10);
    expect(used > LIMIT / 2 || kind == HOARD_CLONES); /* pages that are shared are paid for too */
    if (used > LIMIT + SLACK) {
        expect_equal(LIMIT, used);
    }
    kill_and_finish(process);
    area_unmap(area, report);
    expect_ok(j6_handle_close(area));
}

/* Twice, so that the first time has made what stays: this process's own tables and pages. */
static void expect_bounded(enum hoard_kind kind)
{
    hoard(kind);
    uint64_t before = frames_at_rest();
    hoard(kind);
    frames_settle(before);
}

TEST(handles_cost_no_more_memory_than_the_limit)
{
    expect_bounded(HOARD_HANDLES);
}

TEST(areas_cost_no_more_memory_than_the_limit)
{
    expect_bounded(HOARD_AREAS);
}

TEST(pages_cost_no_more_memory_than_the_limit)
{
    expect_bounded(HOARD_PAGES);
    expect_bounded(HOARD_SPARSE_PAGES);
    expect_bounded(HOARD_CLONES);
}

TEST(mappings_cost_no_more_memory_than_the_limit)
{
    expect_bounded(HOARD_MAPPINGS);
    expect_bounded(HOARD_FAR_MAPPINGS);
}

TEST(threads_cost_no_more_memory_than_the_limit)
{
    expect_bounded(HOARD_THREADS);
}

TEST(channels_cost_no_more_memory_than_the_limit)
{
    expect_bounded(HOARD_CHANNELS);
}

TEST(system_objects_cost_no_more_memory_than_the_limit)
{
    expect_bounded(HOARD_SYSTEMS);
}

TEST(processes_cost_no_more_memory_than_the_limit)
{
    expect_bounded(HOARD_PROCESSES);
    expect_bounded(HOARD_ACCOUNTS);
}

/*
 * All of them have the account of this process, so at the end it has nothing left either. Those who
 * touch memory end; those who ask for it are refused, hold on to it, and can still be killed.
 */
static void eat_everything(void)
{
    static const char pages[] = {'0' + HOARD_PAGES, '\0'};
    j6_handle_t area = area_new(1, 0);
    struct hoard_report *report = (struct hoard_report *)area_map(area, READ_WRITE);
    j6_handle_t asks[EATERS];
    j6_handle_t touches[EATERS];
    for (int i = 0; i < EATERS; i++) {
        asks[i] = process_new();
        victim_start_with(asks[i], "hoard", pages, area);
        touches[i] = process_new();
        victim_start_with(touches[i], "touch_all", "", area);
    }
    wait_for(&report->ready, 2 * EATERS);
    report->go = 1;
    for (int i = 0; i < EATERS; i++) {
        expect_equal(j6_reason_no_memory, process_finish(touches[i]).reason);
    }
    wait_for(&report->done, EATERS);
    expect(report->status == j6_err_quota || report->status == j6_err_no_memory);
    for (int i = 0; i < EATERS; i++) {
        kill_and_finish(asks[i]);
    }
    area_unmap(area, report);
    expect_ok(j6_handle_close(area));
}

TEST(a_machine_without_memory_goes_on_and_gets_all_of_it_back)
{
    if (frames().total > LARGEST) {
        test_skip("there is more memory than a test should fill");
        return;
    }
    eat_everything();
    uint64_t before = frames_at_rest();
    eat_everything();
    frames_settle(before);
}

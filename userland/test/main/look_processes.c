/* SPDX-License-Identifier: MIT */
/* system_info: processes, and CPUs. */
#include "lib/string.h"
#include "userland/test/main/look.h"

TEST(processes_are_listed_with_names_makers_and_states)
{
    j6_handle_t process = process_new();
    struct j6_process_info own = process_row(own_koid());
    struct j6_process_info row = process_row(koid_of(process));
    expect(string_equal(own.name, "test") || string_equal(own.name, "init"));
    expect_equal(j6_process_state_running, own.state);
    expect_equal(1, own.threads);
    expect(own.pages > 0 && own.tables > 0);
    expect(string_equal(row.name, "new"));
    expect_equal(j6_process_state_new, row.state);
    expect_equal(own.koid, row.maker);
    expect_equal(0, row.threads);
    expect_equal(0, row.handles);
    expect_equal(FIRST_MAPPINGS, row.mappings);
    expect_equal(FIRST_PAGES, row.pages);
    process_drop(process);
}

TEST(the_kernel_is_the_first_process_and_tells_nothing_of_its_inside)
{
    struct j6_snapshot snapshot = take(j6_topic_processes, 0);
    const struct j6_process_info *first = j6_snapshot_next(&snapshot, NULL);
    expect(string_equal(first->name, "kernel"));
    expect_equal(0, first->maker);
    expect_equal(first->koid, process_row(own_koid()).maker);
    expect_equal(0, first->mappings + first->pages + first->tables);
    const uint64_t topics[] = {j6_topic_threads, j6_topic_handles, j6_topic_mappings};
    for (size_t i = 0; i < sizeof(topics) / sizeof(topics[0]); i++) {
        struct j6_snapshot inside = take(topics[i], first->koid);
        expect_equal(0, inside.len);
        j6_snapshot_drop(&inside);
    }
    j6_snapshot_drop(&snapshot);
}

TEST(a_process_is_listed_with_what_it_has_and_what_is_left_to_it)
{
    const struct j6_limits limits = {
        .pages = 50, .handles = 7, .threads = 3, .processes = 2, .priority = 4};
    j6_handle_t process = j6_handle_none;
    j6_handle_t thread = j6_handle_none;
    j6_handle_t area = area_new(4, 0);
    j6_handle_t given;
    uint64_t address = far_place();
    expect_ok(j6_process_create("limited", 7, &limits, 0, &process));
    struct j6_process_info before = process_row(koid_of(process));
    expect_equal(1, before.limited);
    expect_equal(7, before.left.handles);
    expect_equal(3, before.left.threads);
    expect_equal(2, before.left.processes);
    expect(before.left.memory <= 50 * PAGE && before.left.memory > 40 * PAGE);

    expect_ok(j6_vma_map(area, process, &address, 0, 0, READ_WRITE));
    expect_ok(j6_process_give_handle(process, area, j6_right_wait, &given));
    expect_ok(j6_thread_create(process, address, address, 0, 0, &thread));
    uint64_t len = 8;
    expect_ok(j6_vma_write(area, PAGE, &address, &len));
    struct j6_process_info after = process_row(koid_of(process));
    expect_equal(1, after.threads);
    expect_equal(1, after.handles);
    expect_equal(FIRST_MAPPINGS + 1, after.mappings);
    expect_equal(FIRST_PAGES + 1, after.pages);
    expect_equal(6, after.left.handles);
    expect_equal(2, after.left.threads);
    expect(after.left.memory < before.left.memory);
    expect_equal(0, process_row(own_koid()).limited);
    expect_ok(j6_handle_close(thread));
    expect_ok(j6_handle_close(area));
    process_drop(process);
}

TEST(processes_that_have_ended_are_not_listed)
{
    j6_handle_t process = process_ended();
    j6_koid_t koid = koid_of(process);
    uint64_t len = 0;
    expect_equal(0, process_row(koid).row_size);
    expect_status(j6_err_not_found,
                  j6_system_info(system_handle(), j6_topic_threads, koid, NULL, &len));
    expect_ok(j6_handle_close(process));
}

TEST(a_list_of_two_hundred_processes_has_each_of_them_once_and_in_order)
{
    static j6_handle_t processes[MANY];
    struct j6_snapshot snapshot = take(j6_topic_processes, 0);
    uint64_t before = count_rows(&snapshot);
    j6_snapshot_drop(&snapshot);
    for (int i = 0; i < MANY; i++) {
        processes[i] = process_new();
    }
    snapshot = take(j6_topic_processes, 0);
    const struct j6_process_info *row;
    int found = 0;
    j6_koid_t last = 0;
    J6_SNAPSHOT_EACH(row, &snapshot) {
        expect(row->koid > last);
        last = row->koid;
        found += found < MANY && row->koid == koid_of(processes[found]);
    }
    expect_equal(MANY, found);
    expect_equal(before + MANY, count_rows(&snapshot));
    j6_snapshot_drop(&snapshot);
    for (int i = 0; i < MANY; i++) {
        expect_ok(j6_process_kill(processes[i], 0));
        expect_ok(j6_handle_close(processes[i]));
    }
}

/* ---- CPUs ----------------------------------------------------------------------------------- */

static struct j6_cpu_info sum_of_cpus(void)
{
    struct j6_cpu_info sum = {.row_size = sizeof(sum)};
    struct j6_snapshot snapshot = take(j6_topic_cpus, 0);
    const struct j6_cpu_info *row;
    J6_SNAPSHOT_EACH(row, &snapshot) {
        expect_equal(sum.index++, row->index);
        expect(row->idle_time <= now());
        sum.switches += row->switches;
        sum.interrupts += row->interrupts;
        sum.alarms += row->alarms;
        sum.kicks += row->kicks;
        sum.shootdowns += row->shootdowns;
        sum.idle_time += row->idle_time;
    }
    j6_snapshot_drop(&snapshot);
    return sum;
}

TEST(cpus_count_switches_alarms_and_the_time_that_they_idle)
{
    struct j6_cpu_info before = sum_of_cpus();
    expect(before.index >= 1);
    expect_soon(sum_of_cpus().switches >= before.switches + 5); /* each look is a sleep */
    expect_soon(sum_of_cpus().alarms >= before.alarms + 5);
    expect_soon(sum_of_cpus().idle_time >= before.idle_time + 10000000);
    expect(sum_of_cpus().interrupts >= before.alarms + before.kicks + before.shootdowns);
}

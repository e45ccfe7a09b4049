/* SPDX-License-Identifier: MIT */
/* The clock page, what reads it, and who sets the time of day. */
#include "lib/string.h"
#include "userland/lib/clock.h"
#include "userland/test/main/devices.h"
#include "userland/test/main/memory.h"
#include <stdatomic.h>

static const j6_time_t DAY = 24 * 3600 * 1000000000ull;

static j6_time_t called(void)
{
    j6_time_t time = 0;
    expect_ok(j6_clock_call(&time));
    return time;
}

/* ---- reading -------------------------------------------------------------------------------- */

SAMPLE_TEST(the_clock_page_and_the_call_tell_the_same_time)
{
    for (int i = 0; i < 10000; i++) {
        j6_time_t before = called();
        j6_time_t time = now();
        j6_time_t behind = called();
        if (!expect(before <= time && time <= behind)) {
            return;
        }
    }
}

/* A page of our own, that says what the test likes: time stands still on it. */
static void use_page(struct j6_clock_page *page, j6_time_t time, bool trusted)
{
    memset(page, 0, sizeof(*page));
    page->scale[0] = (struct j6_clock_scale){.ns = time, .trusted = trusted};
    clock_page_set(page);
}

SAMPLE_TEST(the_clock_is_read_off_the_page_where_that_is_trusted)
{
    const struct j6_clock_page *own = j6_clock_page();
    struct j6_clock_page page;
    use_page(&page, 1234, true);
    j6_time_t first = now();
    page.scale[1] = (struct j6_clock_scale){.ns = 5678, .trusted = true};
    page.sequence = 1;
    j6_time_t second = now();
    clock_page_set(own);
    expect_equal(1234, first);
    expect_equal(5678, second);
}

SAMPLE_TEST(the_clock_is_read_by_the_call_where_the_page_is_not_trusted)
{
    const struct j6_clock_page *own = j6_clock_page();
    struct j6_clock_page page;
    use_page(&page, ~0ull / 2, false);
    j6_time_t before = called();
    j6_time_t time = now();
    clock_page_set(NULL);
    j6_time_t without_page = now();
    j6_time_t behind = called();
    clock_page_set(own);
    expect(before <= time && time <= without_page && without_page <= behind);
}

SAMPLE_TEST(programs_make_calls_for_the_time_where_the_command_line_says_so)
{
    if (!j6_boot_word("clock=call")) {
        test_skip("no clock=call on the command line");
        return;
    }
    const struct j6_clock_page *page = j6_clock_page();
    expect_equal(0, page->scale[page->sequence & 1].trusted);
}

static _Atomic j6_time_t latest;
static _Atomic int64_t behind;

static int64_t read_the_clock(void *arg)
{
    const j6_time_t *end = arg;
    j6_time_t time;
    do {
        j6_time_t seen = latest;
        behind += j6_clock(&time) != j6_status_ok || time < seen;
        while (seen < time && !atomic_compare_exchange_weak(&latest, &seen, time)) {}
    } while (time < *end);
    return 0;
}

SAMPLE_TEST(no_thread_reads_less_time_than_another_before)
{
    enum { THREADS = 4 };
    struct j6_thread threads[THREADS];
    j6_time_t end = now() + 50000000;
    behind = 0;
    for (int i = 0; i < THREADS; i++) {
        expect_ok(j6_thread_run(&threads[i], read_the_clock, &end, PAGE));
    }
    for (int i = 0; i < THREADS; i++) {
        int64_t code;
        expect_ok(j6_thread_join(&threads[i], &code));
    }
    expect_equal(0, behind);
}

/* Later than the kernel measures the frequency again. */
SAMPLE_TEST(the_clock_page_and_the_call_tell_the_same_time_later)
{
    j6_time_t before = called();
    j6_time_t start = now();
    sleep_for(300);
    j6_time_t time = called();
    j6_time_t end = now();
    expect(before <= start && start + 300000000 <= time);
    expect(time <= end && end <= called());
}

/* ---- the page ------------------------------------------------------------------------------- */

static struct j6_layout_info layout_of(j6_handle_t process)
{
    struct j6_layout_info layout = {0};
    uint64_t len = sizeof(layout);
    expect_ok(j6_object_info(process, j6_topic_layout, &layout, &len));
    return layout;
}

TEST(the_layout_tells_where_the_clock_page_is)
{
    struct j6_layout_info layout = layout_of(j6_handle_self_process);
    expect_equal((uint64_t)j6_clock_page(), layout.clock_page);
    for (int i = 0; i < 10; i++) {
        j6_handle_t process = process_new();
        layout = layout_of(process);
        expect_equal(0, layout.clock_page % PAGE);
        expect(layout.clock_page - layout.window < layout.window_size);
        process_end(process);
    }
}

TEST(clock_pages_lie_at_random)
{
    int same = 0;
    uint64_t first = 0;
    for (int i = 0; i < 5; i++) {
        j6_handle_t process = process_new();
        struct j6_layout_info layout = layout_of(process);
        uint64_t place = layout.clock_page - layout.window;
        same += place == first;
        first = i == 0 ? place : first;
        process_end(process);
    }
    expect(same < 4);
}

TEST(nobody_writes_to_the_clock_page)
{
    char *page = (char *)j6_clock_page();
    expect(can_read(page));
    expect(!can_write(page));
    expect(!can_write(page + PAGE - 1));
    uint64_t byte = 0;
    uint64_t len = 1;
    expect_status(j6_err_bad_address,
                  j6_process_write(j6_handle_self_process, (uint64_t)page, &byte, &len));
}

/* Without a handle for its area, with which calls name what they take out or protect. */
TEST(nobody_takes_the_clock_page_out_or_maps_anything_over_it)
{
    j6_handle_t area = area_new(1, 0);
    const void *page = j6_clock_page();
    uint64_t address = (uint64_t)page;
    expect_status(j6_err_not_found, unmap(area, page, 0));
    expect_status(j6_err_not_found, unmap(area, page, 1));
    expect_status(j6_err_not_found, protect(area, page, 1, READ_WRITE));
    expect_status(j6_err_collision, j6_vma_map(area, j6_handle_self_process, &address, 0, 0,
                                               READ_WRITE | j6_map_exact));
    expect(can_read(page));
    expect_ok(j6_handle_close(area));
}

TEST(nothing_else_of_the_kernel_is_in_the_clock_pages_frame)
{
    const char *page = (const char *)j6_clock_page();
    expect(is_zero(page + sizeof(struct j6_clock_page), PAGE - sizeof(struct j6_clock_page)));
}

static uint32_t cpuid_1_ecx(void)
{
    uint32_t eax = 1;
    uint32_t ebx;
    uint32_t ecx = 0;
    uint32_t edx;
    __asm__ volatile("cpuid" : "+a"(eax), "=b"(ebx), "+c"(ecx), "=d"(edx));
    return ecx;
}

SAMPLE_TEST(the_clock_page_tells_what_cpus_there_are)
{
    const struct j6_clock_page *page = j6_clock_page();
    bool rdrand = cpuid_1_ecx() >> 30 & 1;
    bool hypervisor = cpuid_1_ecx() >> 31;
    uint64_t expected = 0;
    expect(page->cpu_count >= 1 && page->cpu_count <= 64);
    if (boot_number("smp=", &expected)) {
        expect(page->cpu_count <= expected);
    }
    expect_equal(rdrand, (page->cpu_features & j6_cpu_rdrand) != 0);
    expect_equal(hypervisor, (page->cpu_features & j6_cpu_hypervisor) != 0);
    expect_equal(j6_boot_info()->entry_tsc, page->entry_tsc);
}

/* ---- the time of day ------------------------------------------------------------------------ */

static void expect_time_of_day(j6_time_t boot_time)
{
    j6_time_t before = now();
    j6_time_t time = 0;
    expect_ok(j6_time_of_day(&time));
    expect(time >= boot_time + before && time <= boot_time + now());
}

TEST(system_set_clock_sets_the_time_of_day_for_everybody)
{
    j6_handle_t system = restricted(system_handle(), j6_range_clock, 0, 1);
    expect_ok(j6_system_set_clock(system, 20000 * DAY));
    expect_time_of_day(20000 * DAY);
    expect_ok(j6_system_set_clock(system, 20001 * DAY));
    expect_time_of_day(20001 * DAY);
    expect_equal(20001, victim_run("time_of_day", ""));
    expect_ok(j6_system_set_clock(system, 0));
    expect_equal(-1, victim_run("time_of_day", ""));
    expect_ok(j6_handle_close(system));
}

TEST(the_time_of_day_is_not_ready_while_nobody_has_told_it)
{
    j6_time_t time = 1;
    expect_status(j6_err_not_ready, j6_time_of_day(&time));
    expect_equal(1, time);
}

TEST(setting_the_time_of_day_does_not_change_the_clock)
{
    for (j6_time_t day = 0; day < 1000; day++) {
        j6_time_t before = now();
        expect_ok(j6_system_set_clock(system_handle(), 20000 * DAY + day * DAY));
        j6_time_t behind_it = now();
        if (!expect(before <= behind_it && behind_it <= called())) {
            break;
        }
    }
    expect_ok(j6_system_set_clock(system_handle(), 0));
}

TEST(system_set_clock_takes_no_time_beyond_2262)
{
    j6_handle_t system = system_handle();
    expect_ok(j6_system_set_clock(system, ~0ull >> 1));
    expect_status(j6_err_invalid_arg, j6_system_set_clock(system, 1ull << 63));
    expect_status(j6_err_invalid_arg, j6_system_set_clock(system, ~0ull));
    expect_ok(j6_system_set_clock(system, 0));
}

TEST(system_set_clock_needs_the_range_clock)
{
    j6_handle_t info = restricted(system_handle(), j6_range_info, 0, 1);
    expect_status(j6_err_denied, j6_system_set_clock(info, 20000 * DAY));
    expect_status(j6_err_denied, j6_system_set_clock(info, ~0ull));
    expect_ok(j6_handle_close(info));
}

TEST(system_set_clock_through_a_closed_object_is_closed)
{
    j6_handle_t system = restricted(system_handle(), j6_range_clock, 0, 1);
    expect_ok(j6_object_close(system));
    expect_status(j6_status_closed, j6_system_set_clock(system, 20000 * DAY));
    expect_ok(j6_handle_close(system));
}

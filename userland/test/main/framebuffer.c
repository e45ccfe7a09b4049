/* SPDX-License-Identifier: MIT */
/* The framebuffer's driver as a process: what it draws, what it may have, and its end. */
#include "lib/string.h"
#include "userland/test/main/devices.h"
#include "userland/test/main/look.h"
#include "userland/test/main/screen.h"

/* ---- who draws ------------------------------------------------------------------------------ */

SYSTEM_TEST(the_kernel_draws_nothing_where_a_process_has_the_framebuffer)
{
    if (!screen_open()) {
        return;
    }
    const uint64_t pattern = 0x5aa55aa5a55aa55a;
    static const char text[] = "this is not to be seen on the screen";
    screen_fill(pattern);
    for (int i = 0; i < 3; i++) {
        expect_ok(j6_log(j6_log_info, text, sizeof(text) - 1));
    }
    leave_time();
    expect(screen_is(pattern));
    screen_fill(0);
    screen_close();
}

SYSTEM_TEST(the_framebuffers_driver_draws_what_programs_print_and_nothing_else)
{
    struct screen_driver driver;
    if (!screen_driver_start(&driver, false)) {
        return;
    }
    screen_fill(0xffffffffffffffff);
    screen_driver_restart(&driver, false);
    j6_handle_t channel = screen_channel(&driver);
    screen_print(channel, "Hello");
    screen_print(channel, "\nab\n\xe2\x82");
    screen_print(channel, "\xac?");
    expect_soon(screen_cell(2, 1) != 0 && screen_cells_drawn(2) == 2);
    expect_soon(screen_cells_drawn(0) == 5 && screen_cells_drawn(1) == 2);
    expect(screen_cell(0, 2) == screen_cell(0, 3) && screen_cell(0, 0) != screen_cell(0, 1));
    expect(screen_cell(1, 0) != screen_cell(1, 1));
    expect_soon(screen_is_blank_from(3));
    expect_ok(j6_handle_close(channel));
    screen_driver_end(&driver);
}

SYSTEM_TEST(a_channel_that_closes_takes_no_other_output_from_the_screen)
{
    struct screen_driver driver;
    if (!screen_driver_start(&driver, false)) {
        return;
    }
    j6_handle_t first = screen_channel(&driver);
    j6_handle_t second = screen_channel(&driver);
    screen_print(first, "a\xc3");
    expect_ok(j6_handle_close(first));
    expect_soon(screen_cells_drawn(0) == 2);
    screen_print(second, "bcd");
    expect_soon(screen_cells_drawn(1) == 3);
    expect_ok(j6_handle_close(second));
    screen_driver_rests(&driver);
    screen_driver_end(&driver);
}

SYSTEM_TEST(a_flood_of_text_ends_on_the_screen)
{
    enum { LINES = 1000 };
    struct screen_driver driver;
    if (!screen_driver_start(&driver, false)) {
        return;
    }
    const uint32_t last = screen_rows() - 1;
    j6_handle_t channel = screen_channel(&driver);
    for (int i = 0; i < LINES; i++) {
        screen_print(channel, "some-text-that-goes-by\n");
    }
    screen_print(channel, "end");
    expect_soon(screen_cells_drawn(last) == 3 && screen_cells_drawn(last - 1) == 22);
    expect_ok(j6_handle_close(channel));
    screen_driver_end(&driver);
}

/* ---- the log -------------------------------------------------------------------------------- */

/* Fills a row of the screen with the character; false where an entry is too short for that. */
static bool log_line(char character)
{
    static char line[j6_log_text_max];
    if (screen_columns() > sizeof(line)) {
        return false;
    }
    memset(line, character, screen_columns());
    return expect_ok(j6_log(j6_log_output, line, screen_columns()));
}

SYSTEM_TEST(the_framebuffers_driver_shows_the_log_as_it_is_written)
{
    struct screen_driver driver;
    if (!screen_driver_start(&driver, true)) {
        return;
    }
    screen_driver_rests(&driver);
    const uint64_t before = screen_last_line();
    if (log_line('=')) {
        expect_soon(screen_last_line() != before);
    }
    screen_driver_end(&driver);
}

SYSTEM_TEST(the_framebuffers_driver_shows_the_log_again_after_another_was_killed)
{
    struct screen_driver driver;
    if (!screen_driver_start(&driver, true)) {
        return;
    }
    screen_driver_rests(&driver);
    const uint64_t before = screen_last_line();
    if (log_line('#')) {
        expect_soon(screen_last_line() != before);
        const uint64_t line = screen_last_line();
        screen_driver_restart(&driver, false);
        expect_soon(screen_is_blank_from(0));
        screen_driver_restart(&driver, true);
        expect_soon(screen_last_line() == line);
    }
    screen_driver_end(&driver);
}

/* ---- what it has ---------------------------------------------------------------------------- */

SYSTEM_TEST(a_framebuffers_driver_without_the_range_of_the_framebuffer_ends)
{
    if (!screen_open()) {
        return;
    }
    j6_handle_t text = j6_handle_none;
    expect_ok(j6_endpoint_create(0, 0, 0, &text));
    j6_handle_t system = restricted(system_handle(), j6_range_phys, PHYS_VGA, PAGE);
    struct j6_end_info end = process_finish(screen_driver_process(system, text));
    expect_equal(j6_reason_exited, end.reason);
    expect_equal(1, end.code);
    expect_ok(j6_handle_close(system));
    expect_ok(j6_handle_close(text));
    screen_close();
}

/* Counts handles by type, and looks at their rights. */
static void look_at_handles(j6_handle_t process, uint64_t counts[j6_type_count])
{
    const uint64_t rights[j6_type_count] = {
        [j6_type_system] = j6_right_wait,
        [j6_type_channel] = j6_right_channel_receive | j6_right_wait | j6_right_transfer,
        [j6_type_endpoint] = j6_right_endpoint_receive,
    };
    const struct j6_handle_info *row;
    struct j6_snapshot snapshot = take(j6_topic_handles, koid_of(process));
    J6_SNAPSHOT_EACH(row, &snapshot) {
        counts[row->type]++;
        if (rights[row->type] != 0) {
            expect_equal(rights[row->type], row->rights);
        }
    }
    j6_snapshot_drop(&snapshot);
}

SYSTEM_TEST(a_framebuffers_driver_holds_what_it_needs_and_nothing_else)
{
    uint64_t counts[j6_type_count] = {0};
    struct screen_driver driver;
    if (!screen_driver_start(&driver, true)) {
        return;
    }
    j6_handle_t channel = screen_channel(&driver);
    screen_driver_rests(&driver);
    look_at_handles(driver.process, counts);
    expect_equal(1, counts[j6_type_system]);
    expect_equal(1, counts[j6_type_channel]);
    expect_equal(1, counts[j6_type_endpoint]);
    expect_equal(3, counts[j6_type_vma]); /* the framebuffer, the cells, room for a message */
    expect_equal(0, counts[j6_type_process] + counts[j6_type_thread] + counts[j6_type_event]);
    expect_ok(j6_handle_close(channel));
    screen_driver_end(&driver);
}

static j6_time_t cpu_time(j6_handle_t process)
{
    struct j6_snapshot snapshot = take(j6_topic_threads, koid_of(process));
    const struct j6_thread_info *thread = j6_snapshot_next(&snapshot, NULL);
    j6_time_t time = thread != NULL ? thread->cpu_time : 0;
    j6_snapshot_drop(&snapshot);
    return time;
}

SYSTEM_TEST(a_framebuffers_driver_with_nothing_to_draw_does_nothing)
{
    struct screen_driver driver;
    if (!screen_driver_start(&driver, false)) {
        return;
    }
    j6_handle_t channel = screen_channel(&driver);
    screen_print(channel, "x");
    expect_soon(screen_cells_drawn(0) == 1);
    screen_driver_rests(&driver);
    objects_live(); /* settles: the switch away from it is over, and accounted */
    const j6_time_t before = cpu_time(driver.process);
    leave_time();
    expect_equal(before, cpu_time(driver.process));
    expect_ok(j6_handle_close(channel));
    screen_driver_end(&driver);
}

/* ---- its end -------------------------------------------------------------------------------- */

/* While it starts, or when it has drawn. */
static void start_and_kill(bool at_once)
{
    struct screen_driver driver;
    screen_driver_start(&driver, true);
    if (!at_once) {
        j6_handle_t channel = screen_channel(&driver);
        screen_print(channel, "x\n");
        screen_driver_rests(&driver);
        expect_ok(j6_process_kill(driver.process, 7));
        expect_soon(signals_of(channel) & j6_signal_closed);
        expect_status(j6_status_closed, j6_channel_printf(channel, "x"));
        expect_ok(j6_handle_close(channel));
    }
    screen_driver_end(&driver);
}

SYSTEM_TEST(nothing_is_left_of_a_framebuffers_driver_that_is_killed)
{
    if (!screen_open()) {
        return;
    }
    screen_close();
    start_and_kill(false); /* now the kernel has all that it keeps */
    const uint64_t before = frames_at_rest();
    for (int i = 0; i < 4; i++) {
        start_and_kill(i % 2 == 0);
    }
    expect(frames_settle(before));
}

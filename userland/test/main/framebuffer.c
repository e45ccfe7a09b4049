/* SPDX-License-Identifier: MIT */
/*
 * The framebuffer's driver as a process: what it draws, what it may have, and its end. The picture is read
 * back through a mapping of our own; boots compare it pixel by pixel (tests/boot/screens.ini).
 */
#include "lib/page.h"
#include "userland/test/main/devices.h"
#include "userland/test/main/look.h"

enum { CELL_WIDTH = 8, CELL_HEIGHT = 16, CHANNELS = 2 };

static struct {
    struct j6_framebuffer framebuffer;
    uint64_t phys; /* whole pages around it */
    uint64_t size;
    j6_handle_t area;
    char *pages;
    uint8_t *picture;
} screen;

static struct {
    j6_handle_t process;
    j6_handle_t channels[CHANNELS]; /* what it draws comes through these */
} driver;

/* ---- the picture ---------------------------------------------------------------------------- */

/* Maps the framebuffer; false, and the test is skipped, when there is none. */
static bool screen_open(void)
{
    const struct j6_framebuffer *framebuffer = &j6_boot_info()->framebuffer;
    if (framebuffer->width == 0) {
        test_skip("no framebuffer");
        return false;
    }
    uint64_t end = framebuffer->address + (uint64_t)framebuffer->pitch * framebuffer->height;
    screen.framebuffer = *framebuffer;
    screen.phys = page_down(framebuffer->address);
    screen.size = page_up(end) - screen.phys;
    screen.area =
        phys_area(system_handle(), screen.phys, screen.size / PAGE, j6_vma_flag_write_combine);
    screen.pages = area_map(screen.area, READ_WRITE);
    screen.picture = (uint8_t *)screen.pages + (framebuffer->address - screen.phys);
    return screen.pages != NULL;
}

static void screen_close(void)
{
    area_unmap(screen.area, screen.pages);
    expect_ok(j6_handle_close(screen.area));
}

static void screen_fill(uint64_t value)
{
    for (uint64_t i = 0; i < screen.size / sizeof(value); i++) {
        ((volatile uint64_t *)screen.pages)[i] = value;
    }
}

static bool screen_is(uint64_t value)
{
    for (uint64_t i = 0; i < screen.size / sizeof(value); i++) {
        if (((volatile uint64_t *)screen.pages)[i] != value) {
            return false;
        }
    }
    return true;
}

/* A number for what is seen in a cell; 0: it is black. */
static uint64_t cell(uint32_t row, uint32_t column)
{
    const uint32_t width = CELL_WIDTH * ((screen.framebuffer.bits_per_pixel + 7) / 8);
    uint64_t sum = 0;
    for (uint32_t y = 0; y < CELL_HEIGHT; y++) {
        const volatile uint8_t *line =
            screen.picture + (uint64_t)(row * CELL_HEIGHT + y) * screen.framebuffer.pitch +
            column * width;
        for (uint32_t x = 0; x < width; x++) {
            sum = sum * 31 + line[x];
        }
    }
    return sum;
}

static uint32_t columns(void)
{
    return screen.framebuffer.width / CELL_WIDTH;
}

/* How many cells of a row aren't black. */
static uint32_t cells_drawn(uint32_t row)
{
    uint32_t count = 0;
    for (uint32_t column = 0; column < columns(); column++) {
        count += cell(row, column) != 0;
    }
    return count;
}

static bool rows_are_blank_from(uint32_t first)
{
    for (uint32_t row = first; row < screen.framebuffer.height / CELL_HEIGHT; row++) {
        if (cells_drawn(row) != 0) {
            return false;
        }
    }
    return true;
}

static bool is_all_of_one_character(uint32_t row)
{
    const uint64_t first = cell(row, 0);
    for (uint32_t column = 1; column < columns(); column++) {
        if (cell(row, column) != first) {
            return false;
        }
    }
    return first != 0;
}

static bool some_row_is_all_of_one_character(void)
{
    for (uint32_t row = 0; row < screen.framebuffer.height / CELL_HEIGHT; row++) {
        if (is_all_of_one_character(row)) {
            return true;
        }
    }
    return false;
}

/* ---- the driver ----------------------------------------------------------------------------- */

/* With that system object, and all else that it needs. */
static j6_handle_t start_with(j6_handle_t system)
{
    static const char *const argv[] = {"framebuffer", NULL};
    j6_handle_t description = area_new(1, 0);
    uint64_t len = sizeof(screen.framebuffer);
    expect_ok(j6_vma_write(description, 0, &screen.framebuffer, &len));
    const struct j6_spawn_row rows[] = {
        {"system", system, j6_right_wait},
        {"framebuffer", description, j6_right_vma_read},
        {"output", driver.channels[0], j6_right_channel_receive | j6_right_wait},
        {"output", driver.channels[1], j6_right_channel_receive | j6_right_wait},
    };
    j6_handle_t process = j6_handle_none;
    expect_ok(
        j6_spawn(j6_find_module("framebuffer"), "framebuffer", argv, NULL, rows, 4, &process));
    expect_ok(j6_handle_close(description));
    return process;
}

/* We keep the ends that send. */
static void channels_make(j6_handle_t senders[CHANNELS])
{
    for (size_t i = 0; i < CHANNELS; i++) {
        expect_ok(j6_channel_create(0, &driver.channels[i]));
        senders[i] = without(driver.channels[i], j6_right_channel_receive);
    }
}

static void channels_keep(const j6_handle_t senders[CHANNELS])
{
    for (size_t i = 0; i < CHANNELS; i++) {
        expect_ok(j6_handle_close(driver.channels[i]));
        driver.channels[i] = senders[i];
    }
}

/* Shows the log as well, if that is asked for. */
static void driver_start(bool log)
{
    const struct j6_range ranges[] = {
        {.kind = j6_range_phys, .first = screen.phys, .count = screen.size},
        {.kind = j6_range_log, .count = 1},
    };
    j6_handle_t senders[CHANNELS];
    j6_handle_t system = j6_handle_none;
    channels_make(senders);
    expect_ok(j6_system_restrict(system_handle(), ranges, log ? 2 : 1, &system));
    driver.process = start_with(system);
    expect_ok(j6_handle_close(system));
    channels_keep(senders);
}

static void print(size_t channel, const char *text)
{
    expect_ok(j6_channel_printf(driver.channels[channel], "%s", text));
}

static void channel_drop(size_t channel)
{
    expect_ok(j6_handle_close(driver.channels[channel]));
    driver.channels[channel] = j6_handle_none;
}

static void driver_drop(void)
{
    process_drop(driver.process);
    for (size_t i = 0; i < CHANNELS; i++) {
        if (driver.channels[i] != j6_handle_none) {
            channel_drop(i);
        }
    }
}

/* ---- who draws ------------------------------------------------------------------------------ */

TEST(the_kernel_draws_nothing_where_a_process_has_the_framebuffer)
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

TEST(the_framebuffers_driver_draws_what_programs_print_and_nothing_else)
{
    if (!screen_open()) {
        return;
    }
    screen_fill(0xffffffffffffffff);
    driver_start(false);
    print(0, "Hello");
    print(0, "\nab\n\xe2\x82");
    print(0, "\xac?");
    expect_soon(cell(2, 1) != 0 && cells_drawn(2) == 2);
    expect_soon(cells_drawn(0) == 5 && cells_drawn(1) == 2);
    expect(cell(0, 2) == cell(0, 3) && cell(0, 0) != cell(0, 1));
    expect(cell(1, 0) != cell(1, 1));
    expect_soon(rows_are_blank_from(3));
    driver_drop();
    screen_close();
}

TEST(the_framebuffers_driver_shows_the_log_as_it_is_written)
{
    if (!screen_open()) {
        return;
    }
    static char line[j6_log_text_max];
    uint32_t len = columns() < sizeof(line) ? columns() : sizeof(line);
    for (uint32_t i = 0; i < len; i++) {
        line[i] = '#';
    }
    driver_start(true);
    expect_soon(threads_waiting(driver.process, j6_wait_receive) == 1);
    expect(!some_row_is_all_of_one_character());
    expect_ok(j6_log(j6_log_output, line, len));
    if (len == columns()) {
        expect_soon(some_row_is_all_of_one_character());
    }
    driver_drop();
    screen_close();
}

TEST(a_channel_that_closes_takes_no_other_output_from_the_screen)
{
    if (!screen_open()) {
        return;
    }
    driver_start(false);
    print(0, "a\xc3");
    channel_drop(0);
    expect_soon(cells_drawn(0) == 2);
    print(1, "bcd");
    expect_soon(cells_drawn(1) == 3);
    channel_drop(1);
    expect_soon(threads_waiting(driver.process, j6_wait_receive) == 1);
    driver_drop();
    screen_close();
}

TEST(a_flood_of_text_ends_on_the_screen)
{
    enum { LINES = 1000 };
    if (!screen_open()) {
        return;
    }
    const uint32_t last = screen.framebuffer.height / CELL_HEIGHT - 1;
    driver_start(false);
    for (int i = 0; i < LINES; i++) {
        print(0, "some-text-that-goes-by\n");
    }
    print(0, "end");
    expect_soon(cells_drawn(last) == 3 && cells_drawn(last - 1) == 22);
    driver_drop();
    screen_close();
}

/* ---- what it has ---------------------------------------------------------------------------- */

TEST(a_framebuffers_driver_without_the_range_of_the_framebuffer_ends)
{
    if (!screen_open()) {
        return;
    }
    j6_handle_t senders[CHANNELS];
    channels_make(senders);
    j6_handle_t system = restricted(system_handle(), j6_range_phys, PHYS_VGA, PAGE);
    struct j6_end_info end = process_finish(start_with(system));
    expect_equal(j6_reason_exited, end.reason);
    expect_equal(1, end.code);
    expect_ok(j6_handle_close(system));
    channels_keep(senders);
    channel_drop(0);
    channel_drop(1);
    screen_close();
}

TEST(a_framebuffers_driver_holds_what_it_needs_and_nothing_else)
{
    if (!screen_open()) {
        return;
    }
    driver_start(true);
    print(0, "x");
    expect_soon(threads_waiting(driver.process, j6_wait_receive) == 1);
    uint64_t counts[j6_type_count] = {0};
    const struct j6_handle_info *row;
    struct j6_snapshot snapshot = take(j6_topic_handles, koid_of(driver.process));
    J6_SNAPSHOT_EACH(row, &snapshot) {
        counts[row->type]++;
        if (row->type == j6_type_system) {
            expect_equal(j6_right_wait, row->rights);
        }
        if (row->type == j6_type_channel) {
            expect_equal(j6_right_channel_receive | j6_right_wait, row->rights);
        }
    }
    j6_snapshot_drop(&snapshot);
    expect_equal(1, counts[j6_type_system]);
    expect_equal(2, counts[j6_type_channel]);
    expect_equal(1, counts[j6_type_endpoint]);
    expect_equal(2, counts[j6_type_vma]); /* the framebuffer and the cells */
    expect_equal(0, counts[j6_type_process] + counts[j6_type_thread] + counts[j6_type_event]);
    driver_drop();
    screen_close();
}

static j6_time_t driver_time(void)
{
    struct j6_snapshot snapshot = take(j6_topic_threads, koid_of(driver.process));
    const struct j6_thread_info *thread = j6_snapshot_next(&snapshot, NULL);
    j6_time_t time = thread != NULL ? thread->cpu_time : 0;
    j6_snapshot_drop(&snapshot);
    return time;
}

TEST(a_framebuffers_driver_with_nothing_to_draw_does_nothing)
{
    if (!screen_open()) {
        return;
    }
    driver_start(false);
    print(0, "x");
    expect_soon(cells_drawn(0) == 1 && threads_waiting(driver.process, j6_wait_receive) == 1);
    const j6_time_t before = driver_time();
    leave_time();
    expect_equal(before, driver_time());
    driver_drop();
    screen_close();
}

/* ---- its end -------------------------------------------------------------------------------- */

/* While it starts, or when it has drawn. */
static void start_and_kill(bool at_once)
{
    driver_start(true);
    print(0, "x\n");
    if (!at_once) {
        expect_soon(threads_waiting(driver.process, j6_wait_receive) == 1);
    }
    expect_ok(j6_process_kill(driver.process, 7));
    expect_equal(7, process_finish(driver.process).code);
    expect_status(j6_status_closed, j6_channel_printf(driver.channels[0], "x"));
    channel_drop(0);
    channel_drop(1);
}

TEST(nothing_is_left_of_a_framebuffers_driver_that_is_killed)
{
    if (!screen_open()) {
        return;
    }
    start_and_kill(false); /* now the kernel has all that it keeps */
    const uint64_t before = frames_at_rest();
    for (int i = 0; i < 4; i++) {
        start_and_kill(i % 2 == 0);
    }
    expect(frames_settle(before));
    screen_close();
}

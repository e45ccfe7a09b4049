/* SPDX-License-Identifier: MIT */
/* Scenarios of the calls on processes and threads. */
#include "userland/test/main/failures.h"

static const struct j6_limits some = {
    .pages = 100, .handles = 40, .threads = 3, .processes = 1, .priority = 4};

static struct {
    j6_handle_t process;
    j6_handle_t area; /* mapped into the process at `place` */
    j6_handle_t thread;
    uint64_t place;
} scene;

/* ---- process_create, process_kill ----------------------------------------------------------- */

static j6_status_t create(void)
{
    return j6_process_create("failing", 7, NULL, 0, &scene.process);
}

static j6_status_t create_limited(void)
{
    return j6_process_create("failing", 7, &some, 0, &scene.process);
}

static void kill(void)
{
    expect_ok(j6_process_kill(scene.process, 0));
    expect_ok(j6_wait_end(scene.process, &(struct j6_end_info){0}));
    expect_ok(j6_handle_close(scene.process));
}

SCENARIO(a_process, process_create, .run = create, .undo = kill);
SCENARIO(a_process_with_limits, process_create, .run = create_limited, .undo = kill);

static void make(void)
{
    expect_ok(create());
}

static j6_status_t kill_new(void)
{
    return j6_process_kill(scene.process, 0);
}

SCENARIO(killing_a_process, process_kill, .set_up = make, .run = kill_new, .tear_down = kill);

/* ---- process_start, thread_create, thread_start --------------------------------------------- */

/* A process with a page of code that goes nowhere. */
static void make_loop(void)
{
    static const uint8_t code[] = {0xf3, 0x90, 0xeb, 0xfc}; /* 1: pause; jmp 1b */
    uint64_t len = sizeof(code);
    scene.place = far_place();
    scene.area = area_new(1, 0);
    make();
    expect_ok(j6_vma_write(scene.area, 0, code, &len));
    expect_ok(j6_vma_map(scene.area, scene.process, &scene.place, 0, 0,
                         j6_map_read | j6_map_exec | j6_map_exact));
}

static void drop_loop(void)
{
    kill();
    expect_ok(j6_handle_close(scene.area));
}

static void close_thread(void)
{
    expect_ok(j6_handle_close(scene.thread));
}

static j6_status_t start(void)
{
    return j6_process_start(scene.process, scene.place, scene.place, 0, &scene.thread);
}

static j6_status_t create_thread(void)
{
    return j6_thread_create(scene.process, scene.place, scene.place, 0, 0, &scene.thread);
}

SCENARIO(starting_a_process, process_start, .set_up = make_loop, .run = start, .undo = close_thread,
         .tear_down = drop_loop);
SCENARIO(a_thread, thread_create, .set_up = make_loop, .run = create_thread, .undo = close_thread,
         .tear_down = drop_loop);

static void make_started(void)
{
    make_loop();
    expect_ok(start());
    close_thread();
    expect_ok(create_thread());
}

static j6_status_t start_thread(void)
{
    return j6_thread_start(scene.thread);
}

static void drop_started(void)
{
    close_thread();
    drop_loop();
}

SCENARIO(starting_a_thread, thread_start, .set_up = make_started, .run = start_thread,
         .tear_down = drop_started);

static j6_status_t kill_thread(void)
{
    return j6_thread_kill(scene.thread, 0);
}

static j6_status_t name_thread(void)
{
    return j6_thread_control(scene.thread, j6_control_name, "failing", 7);
}

SCENARIO(killing_a_thread, thread_kill, .set_up = make_started, .run = kill_thread,
         .tear_down = drop_started);
SCENARIO(naming_a_thread, thread_control, .set_up = make_started, .run = name_thread,
         .tear_down = drop_started);

static j6_status_t sleep_a_little(void)
{
    return j6_thread_sleep(1);
}

SCENARIO(sleeping, thread_sleep, .run = sleep_a_little);

/* ---- process_read, process_write ------------------------------------------------------------ */

enum { BYTES = 2 * PAGE };

static uint8_t bytes[BYTES];

/* A range of pages that are not there yet, below and above the end of a page table. */
static void make_empty(void)
{
    scene.place = far_place() + (1ull << 30) - PAGE; /* its pages lie in two tables */
    scene.area = area_new(3, 0);
    make();
    expect_ok(j6_vma_map(scene.area, scene.process, &scene.place, 0, 0, READ_WRITE));
}

static void empty(void)
{
    uint64_t len = 3 * PAGE;
    expect_ok(j6_vma_op_range(scene.area, j6_op_decommit, 0, &len));
}

static j6_status_t write_to(void)
{
    uint64_t len = BYTES;
    return j6_process_write(scene.process, scene.place + PAGE / 2, bytes, &len);
}

static j6_status_t read_from(void)
{
    uint64_t len = BYTES;
    return j6_process_read(scene.process, scene.place + PAGE / 2, bytes, &len);
}

SCENARIO(writing_to_a_process, process_write, .set_up = make_empty, .run = write_to, .undo = empty,
         .tear_down = drop_loop, .partial = true);
SCENARIO(reading_from_a_process, process_read, .set_up = make_empty, .run = read_from,
         .undo = empty, .tear_down = drop_loop, .partial = true);

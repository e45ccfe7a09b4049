/* SPDX-License-Identifier: MIT */
/*
 * The first process. It shows what it was given, tries each thing that a program needs (memory,
 * threads, other programs), starts the drivers, and says `init: ready` when all of it works.
 */
#include "lib/string.h"
#include "userland/init/drivers.h"
#include <j6/archive.h>
#include <j6/j6.h>

static const size_t SMALL = 16 * j6_page_size;
static const size_t LARGE = 256 * j6_page_size;
static const uint64_t READ_WRITE = j6_map_read | j6_map_write;

static j6_handle_t screen; /* its service; 0: there is none */

/* Grows the area, and moves its mapping if something lies behind it. */
static j6_status_t grow(j6_handle_t area, uint64_t *address, uint64_t size)
{
    j6_status_t status = j6_vma_resize(area, &size);
    if (status != j6_err_collision) {
        return status;
    }
    status = j6_vma_unmap(area, j6_handle_self_process, *address, 0);
    if (status != j6_status_ok) {
        return status;
    }
    status = j6_vma_resize(area, &size);
    if (status != j6_status_ok) {
        return status;
    }
    *address = 0;
    return j6_vma_map(area, j6_handle_self_process, address, 0, 0, READ_WRITE);
}

static j6_status_t use_memory(void)
{
    uint64_t address = 0;
    j6_handle_t area;
    j6_status_t status =
        j6_vma_create_map(SMALL, j6_vma_flag_resizable, READ_WRITE, &address, &area);
    if (status != j6_status_ok) {
        return status;
    }
    memset((void *)address, 'x', SMALL);
    status = grow(area, &address, LARGE);
    if (status != j6_status_ok) {
        return status;
    }
    char *memory = (char *)address;
    if (memory[SMALL - 1] != 'x' || memory[SMALL] != 0) {
        return j6_err_unexpected;
    }
    memset(memory + SMALL, 'y', LARGE - SMALL);
    status = j6_vma_unmap(area, j6_handle_self_process, address, 0);
    if (status != j6_status_ok) {
        return status;
    }
    return j6_handle_close(area);
}

static int64_t add_up(void *arg)
{
    int64_t sum = 0;
    for (int64_t i = 1; i <= *(int64_t *)arg; i++) {
        sum += i;
    }
    return sum;
}

static j6_status_t use_thread(void)
{
    int64_t hundred = 100;
    int64_t sum;
    struct j6_thread thread;
    j6_status_t status = j6_thread_run(&thread, add_up, &hundred, SMALL);
    if (status != j6_status_ok) {
        return status;
    }
    status = j6_thread_join(&thread, &sum);
    if (status != j6_status_ok) {
        return status;
    }
    return sum == 5050 ? j6_status_ok : j6_err_unexpected;
}

/* Runs `hello` on a page that both have, and reads what it wrote there; the screen shows what it prints. */
static j6_status_t greet(j6_handle_t page, const char *text)
{
    static const char *const argv[] = {"hello", "init", NULL};
    j6_handle_t out = j6_handle_none;
    bool shown = screen != j6_handle_none && screen_stdout(screen, &out) == j6_status_ok;
    const struct j6_spawn_row rows[] = {
        {"page", page, j6_right_vma_map | j6_right_vma_read | j6_right_vma_write},
        {"stdout", out, j6_right_channel_send | j6_right_wait},
    };
    j6_handle_t hello;
    j6_status_t status = j6_boot_spawn("hello", "hello", argv, rows, shown ? 2 : 1, &hello);
    if (shown) {
        j6_handle_close(out);
    }
    if (status != j6_status_ok) {
        return status;
    }
    struct j6_end_info end;
    status = j6_wait_end(hello, &end);
    j6_handle_close(hello);
    if (status != j6_status_ok) {
        return status;
    }
    j6_printf("init: hello has %s with code %d, and wrote: %s", j6_reason_text(end.reason),
              (int)end.code, text);
    bool right =
        end.reason == j6_reason_exited && end.code == 0 && string_equal(text, "hello, init");
    return right ? j6_status_ok : j6_err_unexpected;
}

static j6_status_t use_program(void)
{
    uint64_t address = 0;
    j6_handle_t page;
    j6_status_t status = j6_vma_create_map(j6_page_size, 0, READ_WRITE, &address, &page);
    if (status != j6_status_ok) {
        return status;
    }
    status = greet(page, (const char *)address);
    j6_vma_unmap(page, j6_handle_self_process, address, 0);
    j6_handle_close(page);
    return status;
}

static const struct {
    const char *name;
    j6_status_t (*run)(void);
} steps[] = {
    {"memory", use_memory},
    {"thread", use_thread},
    {"program", use_program},
};

int main(void)
{
    j6_print_rows("init");
    screen = screen_start();
    for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
        j6_status_t status = steps[i].run();
        if (status != j6_status_ok) {
            j6_printf("init: %s: %s", steps[i].name, j6_status_text(status));
            return 1;
        }
    }
    drivers_start();
    j6_printf("init: ready");
    for (;;) {
        j6_thread_sleep(j6_deadline_never);
    }
}

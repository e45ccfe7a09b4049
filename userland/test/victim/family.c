/* SPDX-License-Identifier: MIT */
/* A process that ends while one that it started goes on. */
#include "userland/test/victim/victim.h"

enum { MEMORY_PAGES = 64 };

/* Starts `heir` with the handles that it got, and leaves it. */
int64_t mode_parent(int64_t argument)
{
    (void)argument;
    static const char *const argv[] = {"victim", "heir", "", NULL};
    const struct j6_spawn_row rows[] = {
        {"shared", j6_find("shared"), j6_right_vma_map | j6_right_vma_read | j6_right_vma_write}};
    const struct j6_program program = {
        .elf = j6_find("program"), .name = "heir", .argv = argv, .rows = rows, .row_count = 1};
    j6_handle_t process;
    if (j6_process_create("heir", 4, NULL, 0, &process) != j6_status_ok) {
        return 1;
    }
    return j6_start_program(process, &program) == j6_status_ok ? 0 : 2;
}

static volatile char memory[MEMORY_PAGES * j6_page_size];

static int64_t nothing(void *arg)
{
    (void)arg;
    return 0;
}

/* Goes on when the parent has gone: fresh pages, an area, a thread. Says so in the shared area. */
int64_t mode_heir(int64_t argument)
{
    (void)argument;
    volatile uint64_t *shared = map_role("shared");
    while (shared[0] == 0) {
        j6_thread_sleep(0);
    }
    for (uint64_t i = 0; i < MEMORY_PAGES; i++) {
        memory[i * j6_page_size] = 1;
    }
    j6_handle_t area;
    struct j6_thread thread;
    j6_status_t status = j6_vma_create(j6_page_size, 0, &area);
    if (status == j6_status_ok) {
        status = j6_thread_run(&thread, nothing, NULL, j6_page_size);
    }
    if (status == j6_status_ok) {
        status = j6_thread_join(&thread, NULL);
    }
    shared[1] = 1 + status;
    return 0;
}

/* New processes that hold themselves, and pairs that hold each other; left to their own. */
int64_t mode_make_loops(int64_t argument)
{
    (void)argument;
    const uint64_t rights = j6_right_duplicate | j6_right_transfer;
    j6_handle_t one;
    j6_handle_t other;
    j6_handle_t given;
    for (int i = 0; i < 4; i++) {
        if (j6_process_create("loop", 4, NULL, 0, &one) != j6_status_ok ||
            j6_process_create("loop", 4, NULL, 0, &other) != j6_status_ok ||
            j6_process_give_handle(one, one, rights, &given) != j6_status_ok ||
            j6_process_give_handle(one, other, rights, &given) != j6_status_ok ||
            j6_process_give_handle(other, one, rights, &given) != j6_status_ok ||
            j6_handle_close(one) != j6_status_ok || j6_handle_close(other) != j6_status_ok) {
            return 1;
        }
    }
    return 0;
}

/* With a full handle table: more tries than the account has processes. */
int64_t mode_create_without_handles(int64_t argument)
{
    (void)argument;
    j6_handle_t area;
    j6_handle_t copy = j6_handle_none;
    j6_handle_t last = j6_handle_none;
    j6_status_t status = j6_vma_create(j6_page_size, 0, &area);
    while (status == j6_status_ok) {
        last = copy;
        status = j6_handle_duplicate(area, j6_right_duplicate, 0, &copy);
    }
    for (int i = 0; i < 20; i++) {
        if (j6_process_create("nobody's", 8, NULL, 0, &copy) != j6_err_quota) {
            return 1;
        }
    }
    /* With room for one handle again, the account still has all of its processes. */
    if (j6_handle_close(last) != j6_status_ok) {
        return 2;
    }
    return j6_process_create("mine", 4, NULL, 0, &copy) == j6_status_ok ? 0 : 3;
}

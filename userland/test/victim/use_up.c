/* SPDX-License-Identifier: MIT */
/* Takes more of one thing than the limits of the process allow. */
#include "userland/test/victim/victim.h"

enum { TRIES = 100000, PAGES = 4096 };

static int64_t low_byte(j6_status_t status)
{
    return status & 0xff;
}

int64_t mode_use_up_handles(int64_t argument)
{
    (void)argument;
    j6_handle_t area;
    j6_handle_t copy;
    j6_status_t status = j6_vma_create(j6_page_size, 0, &area);
    for (int i = 0; status == j6_status_ok && i < TRIES; i++) {
        status = j6_handle_duplicate(area, 0, 0, &copy);
    }
    return low_byte(status);
}

static int64_t sleep_for_ever(void *arg)
{
    (void)arg;
    j6_thread_sleep(j6_deadline_never);
    return 0;
}

int64_t mode_use_up_threads(int64_t argument)
{
    (void)argument;
    struct j6_thread thread;
    j6_status_t status = j6_status_ok;
    for (int i = 0; status == j6_status_ok && i < TRIES; i++) {
        status = j6_thread_run(&thread, sleep_for_ever, NULL, j6_page_size);
    }
    return low_byte(status);
}

int64_t mode_use_up_processes(int64_t argument)
{
    (void)argument;
    j6_handle_t process;
    j6_status_t status = j6_status_ok;
    for (int i = 0; status == j6_status_ok && i < TRIES; i++) {
        status = j6_process_create("x", 1, NULL, 0, &process);
    }
    return low_byte(status);
}

int64_t mode_use_up_pages(int64_t argument)
{
    (void)argument;
    j6_handle_t area;
    uint64_t address = 0;
    j6_status_t status =
        j6_vma_create_map(PAGES * j6_page_size, 0, j6_map_read | j6_map_write, &address, &area);
    for (uint64_t i = 0; status == j6_status_ok && i < PAGES; i++) {
        *(volatile char *)(address + i * j6_page_size) = 1;
    }
    return low_byte(status);
}

int64_t mode_use_up_pages_by_calls(int64_t argument)
{
    (void)argument;
    j6_handle_t area;
    j6_status_t status = j6_vma_create(PAGES * j6_page_size, 0, &area);
    for (uint64_t i = 0; status == j6_status_ok && i < PAGES; i++) {
        uint64_t len = 1;
        status = j6_vma_write(area, i * j6_page_size, "x", &len);
    }
    return low_byte(status);
}

int64_t mode_use_up_pages_by_restrict(int64_t argument)
{
    (void)argument;
    const struct j6_range range = {.kind = j6_range_port, .count = 1};
    j6_handle_t system;
    j6_status_t status = j6_status_ok;
    for (int i = 0; status == j6_status_ok && i < TRIES; i++) {
        status = j6_system_restrict(j6_find("system"), &range, 1, &system);
    }
    return low_byte(status);
}

int64_t mode_use_up_pages_by_dma(int64_t argument)
{
    (void)argument;
    j6_handle_t area;
    j6_status_t status = j6_status_ok;
    for (int i = 0; status == j6_status_ok && i < TRIES; i++) {
        status =
            j6_system_map_phys(j6_find("system"), &area, 0, 16 * j6_page_size, j6_vma_flag_dma);
    }
    return low_byte(status);
}

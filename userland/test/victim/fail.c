/* SPDX-License-Identifier: MIT */
/*
 * What a process does that its caller must not be hit by: faults, and all of libj6, while the nth
 * allocation fails. The exit code says whether it has.
 */
#include "userland/test/victim/victim.h"

enum { PAGE = j6_page_size, FAILED = 1, WRONG = 2 };

static const uint64_t READ_WRITE = j6_map_read | j6_map_write;

static void arm(uint64_t n, uint64_t then)
{
    uint64_t failed;
    if (j6_system_fail_nth(j6_find("system"), n, then, &failed) != j6_status_ok) {
        j6_exit(WRONG);
    }
}

static int64_t disarm(void)
{
    uint64_t failed = 0;
    j6_status_t status = j6_system_fail_nth(j6_find("system"), 0, 0, &failed);
    return status != j6_status_ok ? WRONG : failed > 0 ? FAILED : 0;
}

static j6_handle_t area_with(uint64_t size, uint64_t flags, uint64_t *address)
{
    j6_handle_t area = j6_handle_none;
    *address = 0;
    if (j6_vma_create_map(size, flags, READ_WRITE, address, &area) != j6_status_ok) {
        j6_exit(WRONG);
    }
    return area;
}

static void touch(uint64_t address)
{
    *(volatile char *)address = 1;
}

/* New pages, shared pages from both sides, and a page of a large area. */
int64_t mode_fail_faults(int64_t argument)
{
    const uint64_t size = 200 * PAGE;
    uint64_t address[3] = {0, 0, 0};
    j6_handle_t area = area_with(size, 0, &address[0]);
    j6_handle_t clone = j6_handle_none;
    area_with(4 << 20, j6_vma_flag_large, &address[2]);
    touch(address[0]);
    touch(address[0] + size / 2);
    if (j6_vma_clone(area, 0, size, 0, &clone) != j6_status_ok ||
        j6_vma_map(clone, j6_handle_self_process, &address[1], 0, 0, READ_WRITE) != j6_status_ok) {
        return WRONG;
    }
    arm((uint64_t)argument, 0);
    touch(address[0]);
    touch(address[0] + PAGE);
    touch(address[1] + size / 2);
    touch(address[1] + size - 1);
    touch(address[2] + PAGE);
    return disarm();
}

/* A program from its file to its end; whatever it lacks, nothing is left of it. */
int64_t mode_fail_spawn(int64_t argument)
{
    static const char *const argv[] = {"victim", "exit", "0", NULL};
    const struct j6_spawn_row row = {"system", j6_find("system"), 0};
    j6_handle_t process;
    struct j6_end_info end;
    arm((uint64_t)argument, 0);
    j6_status_t status = j6_spawn(j6_find("elf"), "victim", argv, NULL, &row, 1, &process);
    int64_t failed = disarm();
    if (status != j6_status_ok) {
        return failed;
    }
    status = j6_wait_end(process, &end);
    return status == j6_status_ok && end.code == 0 ? failed : WRONG;
}

static int64_t sleep_for_ever(void *arg)
{
    (void)arg;
    j6_thread_sleep(j6_deadline_never);
    return 0;
}

/* Has much of everything, and ends with every allocation failing: 0 exits, 1 faults, 2 waits. */
int64_t mode_fail_end(int64_t argument)
{
    enum { MAPPINGS = 100, HANDLES = 1000 };
    const uint64_t size = 100 * PAGE;
    uint64_t address;
    j6_handle_t area = area_with(size, 0, &address);
    j6_handle_t copy;
    struct j6_thread thread;
    for (int i = 0; i < MAPPINGS; i++) {
        j6_handle_t clone;
        uint64_t at = 0;
        touch(address + (uint64_t)i * PAGE);
        if (j6_vma_clone(area, 0, size, 0, &clone) != j6_status_ok ||
            j6_vma_map(clone, j6_handle_self_process, &at, 0, 0, READ_WRITE) != j6_status_ok) {
            return WRONG;
        }
        touch(at);
    }
    for (int i = 0; i < HANDLES; i++) {
        if (j6_handle_duplicate(area, 0, 0, &copy) != j6_status_ok) {
            return WRONG;
        }
    }
    if (j6_thread_run(&thread, sleep_for_ever, NULL, PAGE) != j6_status_ok) {
        return WRONG;
    }
    arm(1, j6_fail_all);
    if (argument == 1) {
        __builtin_trap();
    } else if (argument == 2) {
        sleep_for_ever(NULL);
    }
    return 0;
}

/* SPDX-License-Identifier: MIT */
/* Helpers of the tests of system objects; each reports what goes wrong in it. */
#include "userland/test/main/devices.h"

j6_handle_t restricted(j6_handle_t from, uint32_t kind, uint64_t first, uint64_t count)
{
    const struct j6_range range = {.kind = kind, .first = first, .count = count};
    j6_handle_t handle = j6_handle_none;
    expect_ok(j6_system_restrict(from, &range, 1, &handle));
    return handle;
}

j6_handle_t ports_open(uint64_t first, uint64_t count)
{
    j6_handle_t ports = restricted(system_handle(), j6_range_port, first, count);
    expect_ok(j6_system_grant_ports(ports, j6_handle_self_process, first, count));
    return ports;
}

void ports_close(j6_handle_t ports)
{
    expect_ok(j6_object_close(ports));
    expect_ok(j6_handle_close(ports));
}

j6_handle_t phys_area(j6_handle_t system, uint64_t phys, uint64_t pages, uint64_t flags)
{
    j6_handle_t area = j6_handle_none;
    expect_ok(j6_system_map_phys(system, &area, phys, pages * PAGE, flags));
    return area;
}

j6_status_t try_map_phys(j6_handle_t system, uint64_t phys, uint64_t size, uint64_t flags)
{
    j6_handle_t area = j6_handle_none;
    j6_status_t status = j6_system_map_phys(system, &area, phys, size, flags);
    if (area != j6_handle_none) {
        expect_ok(j6_handle_close(area));
    }
    return status;
}

void expect_charged(const char *mode, uint64_t rights)
{
    const struct j6_limits limits = {.pages = 200, .handles = 1000, .threads = 3, .priority = 4};
    const char *const argv[] = {"victim", mode, "", NULL};
    const struct j6_spawn_row row = {"system", system_handle(), rights};
    const struct j6_program program = {.elf = j6_find_module("victim"),
                                       .name = "victim",
                                       .argv = argv,
                                       .rows = &row,
                                       .row_count = 1};
    j6_handle_t process = j6_handle_none;
    expect_ok(j6_process_create("limited", 7, &limits, 0, &process));
    expect_ok(j6_start_program(process, &program));
    expect_equal(j6_err_quota & 0xff, process_finish(process).code);
}

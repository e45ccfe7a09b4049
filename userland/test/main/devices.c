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

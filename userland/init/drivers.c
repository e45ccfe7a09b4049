/* SPDX-License-Identifier: MIT */
/* Starts each driver with a system object for its device, and with nothing else. */
#include "userland/init/drivers.h"
#include <j6/j6.h>

enum { ARGUMENTS_MAX = 4, RANGES_MAX = 4 };

struct driver {
    const char *program;
    const char *argv[ARGUMENTS_MAX]; /* its name, arguments, NULL */
    struct j6_range ranges[RANGES_MAX];
    size_t range_count;
};

static const struct driver drivers[] = {
    {
        .program = "serial",
        .argv = {"com2", "port=0x2f8", "irq=3"},
        .ranges = {{.kind = j6_range_irq, .first = 3, .count = 1},
                   {.kind = j6_range_port, .first = 0x2f8, .count = 8}},
        .range_count = 2,
    },
};

static j6_status_t start(const struct driver *driver)
{
    j6_handle_t system;
    j6_handle_t process;
    j6_status_t status =
        j6_system_restrict(j6_find("system"), driver->ranges, driver->range_count, &system);
    if (status != j6_status_ok) {
        return status;
    }
    const struct j6_spawn_row row = {.role = "system", .handle = system};
    status = j6_spawn(j6_find_module(driver->program), driver->argv[0], driver->argv, NULL, &row, 1,
                      &process);
    j6_handle_close(system);
    if (status == j6_status_ok) {
        j6_handle_close(process);
    }
    return status;
}

void drivers_start(void)
{
    for (size_t i = 0; i < sizeof(drivers) / sizeof(drivers[0]); i++) {
        const struct driver *driver = &drivers[i];
        j6_status_t status = start(driver);
        j6_printf("init: driver %s of %s: %s", driver->program, driver->argv[0],
                  status == j6_status_ok ? "started" : j6_status_text(status));
    }
}

/* SPDX-License-Identifier: MIT */
/* Starts each driver with a system object for its device, and with what else its row says. */
#include "userland/init/drivers.h"
#include "lib/string.h"
#include <j6/archive.h>
#include <j6/j6.h>

static const struct driver drivers[] = {
    {
        .program = "serial",
        .argv = {"com2", "port=0x2f8", "irq=3"},
        .ranges = {{.kind = j6_range_irq, .first = 3, .count = 1},
                   {.kind = j6_range_port, .first = 0x2f8, .count = 8}},
        .range_count = 2,
    },
};

j6_status_t driver_start(const struct driver *driver)
{
    struct j6_spawn_row rows[1 + DRIVER_ROWS_MAX];
    j6_handle_t system;
    j6_handle_t process;
    j6_status_t status =
        j6_system_restrict(j6_find("system"), driver->ranges, driver->range_count, &system);
    if (status != j6_status_ok) {
        return status;
    }
    rows[0] = (struct j6_spawn_row){"system", system, driver->system_rights};
    memcpy(rows + 1, driver->rows, driver->row_count * sizeof(rows[0]));
    status = j6_boot_spawn(driver->program, driver->argv[0], driver->argv, rows,
                           1 + driver->row_count, &process);
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
        j6_status_t status = driver_start(driver);
        j6_printf("init: driver %s of %s: %s", driver->program, driver->argv[0],
                  status == j6_status_ok ? "started" : j6_status_text(status));
    }
}

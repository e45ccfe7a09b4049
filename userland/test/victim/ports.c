/* SPDX-License-Identifier: MIT */
/* A driver that does more than it may. */
#include "drivers/serial/device.h"
#include "userland/test/victim/victim.h"
#include <j6/driver.h>
#include <j6/ports.h>

enum { COM2 = 0x2f8 };

int64_t mode_read_port(int64_t port)
{
    struct driver driver = {.name = "victim"};
    if (driver_open(&driver) != j6_status_ok ||
        driver_claim_ports(&driver, COM2, UART_PORTS) != j6_status_ok) {
        return 1;
    }
    for (uint16_t own = COM2 + UART_IRQ_ENABLE; own < COM2 + UART_PORTS; own++) {
        j6_port_read8(own);
    }
    j6_port_read8((uint16_t)port);
    return 0;
}

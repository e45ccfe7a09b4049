/* SPDX-License-Identifier: MIT */
/*
 * Tells the system the time of day, by the clock that goes on while the machine is off, and ends: from then on the
 * kernel's own clock counts. Code 1: there is no such clock, or none that knows the time.
 *
 *   system     a system object with the ports 0x70 and 0x71, and the range `clock`
 */
#include "drivers/clock/device.h"
#include "drivers/clock/moment.h"
#include <j6/driver.h>
#include <j6/ports.h>
#include "lib/string.h"

enum { EXIT_NO_CLOCK = 1, EXIT_FAILURE = 2, TRIES = 16, POLLS_MAX = 100000 };

static const j6_time_t SECOND = 1000000000;

static struct driver driver = {.name = "clock"};

static uint8_t read_register(enum clock_register number)
{
    j6_port_write8(CLOCK_INDEX, (uint8_t)number);
    return j6_port_read8(CLOCK_VALUE);
}

/* It says so for 2 ms at most. */
static void wait_for_change(void)
{
    for (unsigned polls = 0; polls < POLLS_MAX && read_register(CLOCK_A) & CLOCK_A_CHANGES;
         polls++) {}
}

static struct moment read_once(void)
{
    wait_for_change();
    return (struct moment){
        .year = read_register(CLOCK_YEAR),
        .month = read_register(CLOCK_MONTH),
        .day = read_register(CLOCK_DAY),
        .hour = read_register(CLOCK_HOUR),
        .minute = read_register(CLOCK_MINUTE),
        .second = read_register(CLOCK_SECOND),
        .mode = read_register(CLOCK_B),
    };
}

/* Who is interrupted while it reads may read of two seconds: twice the same is one. */
static bool read_clock(uint64_t *out_seconds)
{
    struct moment before = read_once();
    for (unsigned tries = 0; tries < TRIES; tries++) {
        struct moment moment = read_once();
        if (memcmp(&moment, &before, sizeof(moment)) == 0) {
            return moment_seconds(&moment, out_seconds);
        }
        before = moment;
    }
    return false;
}

static int give_up(const char *what, j6_status_t status)
{
    driver_log(&driver, j6_log_error, "%s: %s", what, j6_status_text(status));
    return EXIT_FAILURE;
}

int main(void)
{
    uint64_t seconds;
    j6_time_t now;
    j6_status_t status = driver_open(&driver);
    if (status == j6_status_ok) {
        status = driver_claim_ports(&driver, CLOCK_INDEX, CLOCK_PORTS);
    }
    if (status != j6_status_ok) {
        return give_up("ports", status);
    }
    if (!read_clock(&seconds)) {
        driver_log(&driver, j6_log_info, "no clock that knows the time");
        return EXIT_NO_CLOCK;
    }
    status = j6_clock(&now);
    if (status == j6_status_ok) {
        status = j6_system_set_clock(driver.system, seconds * SECOND - now);
    }
    return status == j6_status_ok ? 0 : give_up("setting the clock", status);
}

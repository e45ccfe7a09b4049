/* SPDX-License-Identifier: MIT */
/*
 * The driver of the real-time clock, which interrupts when a second begins. Who asks for the time
 * waits for that, so all that it does, it does in the function that serves the interrupt.
 */
#include "device.h"
#include "rtc.h"
#include <j6/driver.h>
#include <j6/ports.h>

enum { WAITERS_MAX = 32, CENTURY = 2000 };

static struct driver driver = {.name = "rtc"};
static uint64_t waiters[WAITERS_MAX]; /* tokens of requests that aren't answered yet */
static size_t waiter_count;

/* ---- the device ------------------------------------------------------------------------------ */

static uint8_t read_register(enum rtc_register number)
{
    j6_port_write8(RTC_INDEX, (uint8_t)number);
    return j6_port_read8(RTC_DATA);
}

static void write_register(enum rtc_register number, uint8_t value)
{
    j6_port_write8(RTC_INDEX, (uint8_t)number);
    j6_port_write8(RTC_DATA, value);
}

/* Two decimal digits, unless the clock counts in binary. */
static uint8_t number_of(uint8_t value, uint8_t mode)
{
    return mode & RTC_B_BINARY ? value : (uint8_t)((value >> 4) * 10 + (value & 15));
}

static uint8_t hour_of(uint8_t value, uint8_t mode)
{
    uint8_t hour = number_of(value & (uint8_t)~RTC_HOUR_PM, mode);
    if (mode & RTC_B_24_HOURS) {
        return hour;
    }
    return (uint8_t)(hour % 12 + (value & RTC_HOUR_PM ? 12 : 0));
}

static struct rtc_time read_time(void)
{
    uint8_t mode = read_register(RTC_B);
    return (struct rtc_time){
        .year = (uint16_t)(CENTURY + number_of(read_register(RTC_YEAR), mode)),
        .month = number_of(read_register(RTC_MONTH), mode),
        .day = number_of(read_register(RTC_DAY), mode),
        .hour = hour_of(read_register(RTC_HOUR), mode),
        .minute = number_of(read_register(RTC_MINUTE), mode),
        .second = number_of(read_register(RTC_SECOND), mode),
    };
}

/* ---- its work -------------------------------------------------------------------------------- */

/* A client that has gone isn't missed. */
static void tell_waiters(void)
{
    const struct rtc_time now = read_time();
    for (size_t i = 0; i < waiter_count; i++) {
        j6_answer(driver.endpoint, waiters[i], j6_status_ok, &now, sizeof(now), 0);
    }
    waiter_count = 0;
}

static void serve_interrupt(void *context)
{
    (void)context;
    while (read_register(RTC_C) & RTC_C_UPDATED) {
        tell_waiters();
    }
}

static j6_status_t serve_next(struct j6_request *request)
{
    if (waiter_count == WAITERS_MAX) {
        return j6_err_quota;
    }
    waiters[waiter_count++] = request->token;
    request->token = 0;
    return j6_status_ok;
}

/* What isn't a request is the interrupt. */
static void serve_notice(const struct j6_server *server, const struct j6_call *notice)
{
    (void)server;
    j6_status_t status = driver_serve(&driver, notice);
    if (status != j6_status_ok) {
        driver_log(&driver, j6_log_error, "interrupt: %s", j6_status_text(status));
        j6_exit(1);
    }
}

/* ---- the start ------------------------------------------------------------------------------- */

/* Whoever had the device before left it in any state: it is quiet before the line is claimed. */
static j6_status_t open_device(void)
{
    static struct driver_interrupt interrupt = {.line = RTC_LINE, .serve = serve_interrupt};
    j6_status_t status = driver_claim_ports(&driver, RTC_INDEX, RTC_PORTS);
    if (status != j6_status_ok) {
        return status;
    }
    uint8_t mode = read_register(RTC_B) & (uint8_t)~RTC_B_INTERRUPTS;
    write_register(RTC_B, mode);
    status = driver_claim_interrupt(&driver, &interrupt);
    if (status != j6_status_ok) {
        return status;
    }
    read_register(RTC_C);
    write_register(RTC_B, mode | RTC_B_UPDATED);
    return j6_status_ok;
}

int main(void)
{
    static const struct j6_method methods[] = {{.code = rtc_code_next, .serve = serve_next}};
    driver.endpoint = j6_find("endpoint");
    j6_status_t status = driver_open(&driver);
    if (status == j6_status_ok) {
        status = open_device();
    }
    if (status == j6_status_ok) {
        const struct j6_server server = {
            .endpoint = driver.endpoint, .methods = methods, .count = 1, .notice = serve_notice};
        status = j6_serve(&server);
    }
    driver_log(&driver, j6_log_info, "ends: %s", j6_status_text(status));
    return status == j6_status_closed ? 0 : 1;
}

/* SPDX-License-Identifier: MIT */
/*
 * The driver of a UART, as init starts it for COM2. Here the other end of the line is the UART itself: in its
 * loop it receives what it sends, so a byte goes round until the loop is opened again.
 */
#include <j6/uart_device.h>
#include "userland/test/main/devices.h"
#include "userland/test/main/look.h"
#include <j6/archive.h>
#include <j6/ports.h>

enum { COM2 = 0x2f8, COM2_IRQ = 3, NO_UART = 0x2e8 };
enum { EXIT_NO_UART = 1, EXIT_FAILURE = 2 }; /* of the driver */
enum { PROTECTION = 13, ROUNDS = 50 };

/* ---- the device ----------------------------------------------------------------------------- */

static bool has_com2(void)
{
    j6_handle_t ports = ports_open(COM2, UART_PORTS);
    j6_port_write8(COM2 + UART_SCRATCH, 0x5a);
    bool has = j6_port_read8(COM2 + UART_SCRATCH) == 0x5a;
    ports_close(ports);
    if (!has) {
        test_skip("no COM2");
    }
    return has;
}

/* Lets a byte go round in it, for some rounds at least. */
static void expect_echo(void)
{
    j6_handle_t ports = ports_open(COM2, UART_PORTS);
    uint64_t before = device_interrupts();
    j6_port_write8(COM2 + UART_MODEM_CONTROL, MODEM_READY | MODEM_REQUEST | MODEM_IRQ | MODEM_LOOP);
    j6_port_write8(COM2 + UART_DATA, 'x');
    expect_soon(device_interrupts() >= before + ROUNDS);
    j6_port_write8(COM2 + UART_MODEM_CONTROL, MODEM_READY | MODEM_REQUEST | MODEM_IRQ);
    ports_close(ports);
}

/* ---- the driver ----------------------------------------------------------------------------- */

/* What a driver of COM2 may. */
static j6_handle_t com2_object(void)
{
    const struct j6_range ranges[] = {
        {.kind = j6_range_irq, .first = COM2_IRQ, .count = 1},
        {.kind = j6_range_port, .first = COM2, .count = UART_PORTS},
    };
    j6_handle_t system = j6_handle_none;
    expect_ok(j6_system_restrict(system_handle(), ranges, 2, &system));
    return system;
}

static j6_handle_t driver_start(j6_handle_t system, const char *port, const char *irq)
{
    const char *const argv[] = {"com2", port, irq, NULL};
    const struct j6_spawn_row row = {"system", system, 0};
    j6_handle_t process = j6_handle_none;
    expect_ok(j6_boot_spawn("serial", "com2", argv, &row, 1, &process));
    return process;
}

/* When it waits for interrupts. */
static j6_handle_t com2_driver(void)
{
    j6_handle_t system = com2_object();
    j6_handle_t driver = driver_start(system, "port=0x2f8", "irq=3");
    expect_ok(j6_handle_close(system));
    threads_block(driver, 1, j6_wait_receive);
    return driver;
}

static int64_t driver_fails(j6_handle_t system, const char *port, const char *irq)
{
    struct j6_end_info end = process_finish(driver_start(system, port, irq));
    expect_equal(j6_reason_exited, end.reason);
    return end.code;
}

static j6_status_t bind(j6_handle_t endpoint)
{
    return j6_system_bind_irq(system_handle(), endpoint, COM2_IRQ, 0, NULL);
}

/* ---- what it does --------------------------------------------------------------------------- */

SYSTEM_TEST(the_serial_driver_echoes_by_interrupts)
{
    if (!has_com2()) {
        return;
    }
    j6_handle_t driver = com2_driver();
    expect_echo();
    expect(threads_block(driver, 1, j6_wait_receive));
    process_drop(driver);
}

SYSTEM_TEST(the_serial_driver_ends_where_there_is_no_uart)
{
    j6_handle_t system = restricted(system_handle(), j6_range_port, NO_UART, UART_PORTS);
    expect_equal(EXIT_NO_UART, driver_fails(system, "port=0x2e8", "irq=3"));
    expect_ok(j6_handle_close(system));
}

/* ---- what it may ---------------------------------------------------------------------------- */

SYSTEM_TEST(the_serial_driver_has_its_device_and_its_endpoint_and_nothing_else)
{
    if (!has_com2()) {
        return;
    }
    uint64_t count = 0;
    const struct j6_handle_info *row;
    j6_handle_t system = com2_object();
    j6_handle_t driver = driver_start(system, "port=0x2f8", "irq=3");
    threads_block(driver, 1, j6_wait_receive);
    struct j6_snapshot handles = take(j6_topic_handles, koid_of(driver));
    J6_SNAPSHOT_EACH(row, &handles) {
        bool is_device = row->type == j6_type_system;
        expect(is_device ? row->koid == koid_of(system) && row->rights == 0
                         : row->type == j6_type_endpoint);
        count++;
    }
    expect_equal(2, count);
    j6_snapshot_drop(&handles);
    process_drop(driver);
    expect_ok(j6_handle_close(system));
}

SYSTEM_TEST(the_serial_driver_fails_without_its_ports_or_its_line)
{
    if (!has_com2()) {
        return;
    }
    j6_handle_t system = com2_object();
    j6_handle_t driver = com2_driver();
    expect_equal(EXIT_FAILURE, driver_fails(system, "port=0x2f0", "irq=3"));
    expect_equal(EXIT_FAILURE, driver_fails(system, "port=0x2f9", "irq=3"));
    expect_equal(EXIT_FAILURE, driver_fails(system, "port=0x2f8", "irq=4"));
    expect_equal(EXIT_FAILURE, driver_fails(system, "port=0x2f8", "irq=3"));
    process_drop(driver);
    expect_ok(j6_handle_close(system));
}

SYSTEM_TEST(the_serial_driver_refuses_arguments_that_name_no_uart)
{
    j6_handle_t system = com2_object();
    expect_equal(EXIT_FAILURE, driver_fails(system, "port=", "irq=3"));
    expect_equal(EXIT_FAILURE, driver_fails(system, "port=0x2f8", "irq=three"));
    expect_equal(EXIT_FAILURE, driver_fails(system, "port=0x102f8", "irq=3"));
    expect_equal(EXIT_FAILURE, driver_fails(system, "irq=3", "irq=3"));
    expect_ok(j6_handle_close(system));
}

/* What has the same device, and reads a port beside it. */
SYSTEM_TEST(a_driver_that_uses_a_neighbours_port_ends_alone)
{
    static const char *const neighbours[] = {"759" /* 0x2f7 */, "768" /* 0x300 */};
    if (!has_com2()) {
        return;
    }
    j6_handle_t system = com2_object();
    j6_handle_t driver = com2_driver();
    const struct j6_spawn_row row = {"system", system, 0};
    for (size_t i = 0; i < sizeof(neighbours) / sizeof(neighbours[0]); i++) {
        struct j6_end_info end = process_finish(victim_start("read_port", neighbours[i], &row, 1));
        expect_equal(j6_reason_fault, end.reason);
        expect_equal(PROTECTION, end.vector);
    }
    expect_equal(0, process_finish(victim_start("read_port", "760" /* 0x2f8 */, &row, 1)).code);
    expect_echo();
    process_drop(driver);
    expect_ok(j6_handle_close(system));
}

/* ---- its end -------------------------------------------------------------------------------- */

SYSTEM_TEST(the_line_of_a_driver_is_free_when_it_is_killed_and_the_next_one_works)
{
    if (!has_com2()) {
        return;
    }
    j6_handle_t endpoint = j6_handle_none;
    expect_ok(j6_endpoint_create(0, 0, 0, &endpoint));
    j6_handle_t driver = com2_driver();
    expect_status(j6_status_exists, bind(endpoint));
    process_drop(driver);
    expect_ok(bind(endpoint));
    expect_ok(j6_handle_close(endpoint));
    driver = com2_driver();
    expect_echo();
    process_drop(driver);
}

/* At any moment, while bytes go round. */
SYSTEM_TEST(drivers_that_are_killed_while_they_work_leave_nothing)
{
    if (!has_com2()) {
        return;
    }
    process_drop(com2_driver());
    uint64_t frames = frames_at_rest();
    j6_handle_t ports = ports_open(COM2, UART_PORTS);
    for (uint64_t i = race_rounds(10); i > 0; i--) {
        j6_handle_t driver = com2_driver();
        j6_port_write8(COM2 + UART_MODEM_CONTROL,
                       MODEM_READY | MODEM_REQUEST | MODEM_IRQ | MODEM_LOOP);
        j6_port_write8(COM2 + UART_DATA, 'x');
        sleep_for(i % 3);
        process_drop(driver);
    }
    ports_close(ports);
    expect(frames_settle(frames));
}

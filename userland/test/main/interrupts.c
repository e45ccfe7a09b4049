/* SPDX-License-Identifier: MIT */
/*
 * Interrupts that arrive at endpoints. The device is the PIT (Intel 8254 data sheet), whose output is the
 * old line 0: an edge, when the count that was written has run down.
 */
#include "userland/test/main/devices.h"
#include "userland/test/main/look.h"
#include <j6/ports.h>

enum { PIT_LINE = 0, PIT_PORTS = 0x40, PIT_COUNTER_0 = 0x40, PIT_MODE = 0x43, PIT_PORT_COUNT = 4 };
enum { PIT_COUNTER_0_MODE_0 = 0x30, PIT_COUNT = 100 /* 84 us */ };
enum { NO_LINE = 0xffff };

static void pit_fires(void)
{
    j6_port_write8(PIT_MODE, PIT_COUNTER_0_MODE_0);
    j6_port_write8(PIT_COUNTER_0, PIT_COUNT);
    j6_port_write8(PIT_COUNTER_0, 0);
}

/* And the kernel knows it. */
static void pit_has_fired(void)
{
    uint64_t before = device_interrupts();
    pit_fires();
    expect_soon(device_interrupts() > before);
}

static j6_handle_t endpoint_new(void)
{
    j6_handle_t endpoint = j6_handle_none;
    expect_ok(j6_endpoint_create(0, 0, 0, &endpoint));
    return endpoint;
}

static j6_status_t bind(j6_handle_t system, j6_handle_t endpoint)
{
    return j6_system_bind_irq(system, endpoint, PIT_LINE, 0, NULL);
}

/* A machine without I/O APICs has no lines. */
static bool has_lines(void)
{
    j6_handle_t endpoint = endpoint_new();
    j6_status_t status = bind(system_handle(), endpoint);
    expect_ok(j6_handle_close(endpoint));
    if (status == j6_err_not_found) {
        test_skip("no I/O APIC");
    }
    return status != j6_err_not_found;
}

/* Receives an interrupt of the PIT; how often it has fired. */
static uint64_t receive(j6_handle_t endpoint)
{
    struct j6_call call = {0};
    if (!expect_ok(j6_endpoint_receive(endpoint, &call, now() + PATIENCE))) {
        return 0;
    }
    expect_equal(j6_tag_irq + PIT_LINE, call.tag);
    expect_equal(0, call.badge);
    expect_equal(0, call.token);
    expect(call.word[1] != 0 && call.word[1] <= now());
    return call.word[0];
}

static bool has_something(j6_handle_t endpoint)
{
    return signals_of(endpoint) & j6_signal_endpoint_can_recv;
}

SAMPLE_TEST(an_interrupt_arrives_with_its_count_and_the_time_of_the_first)
{
    if (!has_lines()) {
        return;
    }
    struct j6_call call = {0};
    j6_handle_t pit = ports_open(PIT_PORTS, PIT_PORT_COUNT);
    j6_handle_t endpoint = endpoint_new();
    expect_ok(bind(system_handle(), endpoint));
    j6_time_t before = now();
    pit_fires();
    expect_soon(has_something(endpoint));
    j6_time_t after = now();
    expect_ok(j6_endpoint_receive(endpoint, &call, j6_deadline_poll));
    expect_equal(j6_tag_irq + PIT_LINE, call.tag);
    expect_equal(0, call.badge);
    expect_equal(1, call.word[0]);
    expect(call.word[1] >= before && call.word[1] <= after);
    expect_equal(0, call.word[2] | call.word[3] | call.token);
    expect_status(j6_status_would_block, j6_endpoint_receive(endpoint, &call, j6_deadline_poll));
    expect_ok(j6_handle_close(endpoint));
    ports_close(pit);
}

/* An edge needs no acknowledgement, and while one waits to be received the next ones join it. */
TEST(interrupts_that_nobody_receives_merge_and_none_is_lost)
{
    if (!has_lines()) {
        return;
    }
    enum { TIMES = 5 };
    j6_handle_t pit = ports_open(PIT_PORTS, PIT_PORT_COUNT);
    j6_handle_t endpoint = endpoint_new();
    expect_ok(bind(system_handle(), endpoint));
    for (int i = 0; i < TIMES; i++) {
        pit_has_fired();
    }
    expect_equal(TIMES, receive(endpoint));
    expect(!has_something(endpoint));
    expect_ok(j6_system_ack_irq(system_handle(), PIT_LINE));
    pit_fires();
    expect_equal(1, receive(endpoint));
    expect_ok(j6_handle_close(endpoint));
    ports_close(pit);
}

static int64_t receive_once(void *arg)
{
    return (int64_t)receive(*(const j6_handle_t *)arg);
}

TEST(an_interrupt_wakes_who_waits_to_receive)
{
    if (!has_lines()) {
        return;
    }
    int64_t count = 0;
    struct j6_thread thread;
    j6_handle_t pit = ports_open(PIT_PORTS, PIT_PORT_COUNT);
    j6_handle_t endpoint = endpoint_new();
    expect_ok(bind(system_handle(), endpoint));
    expect_ok(j6_thread_run(&thread, receive_once, &endpoint, 4 * PAGE));
    thread_blocks(thread.handle, j6_wait_receive);
    pit_fires();
    expect_ok(j6_thread_join(&thread, &count));
    expect_equal(1, count);
    expect_ok(j6_handle_close(endpoint));
    ports_close(pit);
}

TEST(interrupts_come_before_all_else_that_waits_at_an_endpoint)
{
    if (!has_lines()) {
        return;
    }
    struct j6_call call = {0};
    j6_handle_t pit = ports_open(PIT_PORTS, PIT_PORT_COUNT);
    j6_handle_t endpoint = endpoint_new();
    j6_handle_t badged = j6_handle_none;
    expect_ok(j6_handle_duplicate(endpoint, j6_right_endpoint_send, 5, &badged));
    expect_ok(bind(system_handle(), endpoint));
    expect_ok(j6_endpoint_notify(badged, 1));
    pit_has_fired();
    expect_equal(1, receive(endpoint));
    expect_ok(j6_endpoint_receive(endpoint, &call, j6_deadline_poll));
    expect_equal(j6_tag_notify, call.tag);
    expect_equal(5, call.badge);
    expect_ok(j6_handle_close(badged));
    expect_ok(j6_handle_close(endpoint));
    ports_close(pit);
}

/* Where the last one was received, the next one arrives. */
SAMPLE_TEST(interrupts_go_to_the_cpu_of_who_receives_them)
{
    if (!has_lines()) {
        return;
    }
    uint64_t all = cpus_all();
    j6_handle_t pit = ports_open(PIT_PORTS, PIT_PORT_COUNT);
    j6_handle_t endpoint = endpoint_new();
    expect_ok(bind(system_handle(), endpoint));
    for (uint32_t cpu = 0; cpu < cpu_count() && cpu < 4; cpu++) {
        uint64_t affinity = 1ull << cpu;
        expect_ok(j6_thread_control(j6_handle_self_thread, j6_control_affinity, &affinity,
                                    sizeof(affinity)));
        pit_fires();
        receive(endpoint);
        uint64_t before = cpu_row(cpu).device_interrupts;
        pit_fires();
        receive(endpoint);
        expect(cpu_row(cpu).device_interrupts > before);
    }
    expect_ok(j6_thread_control(j6_handle_self_thread, j6_control_affinity, &all, sizeof(all)));
    expect_ok(j6_handle_close(endpoint));
    ports_close(pit);
}

/* ---- what is refused ------------------------------------------------------------------------ */

TEST(system_bind_irq_takes_no_flags)
{
    uint64_t msi = 7;
    j6_handle_t endpoint = endpoint_new();
    for (int bit = 0; bit < 64; bit++) {
        expect_status(j6_err_invalid_arg,
                      j6_system_bind_irq(system_handle(), endpoint, PIT_LINE, 1ull << bit, &msi));
    }
    expect_equal(7, msi);
    expect_ok(j6_handle_close(endpoint));
}

TEST(interrupts_need_the_range_of_lines)
{
    j6_handle_t endpoint = endpoint_new();
    j6_handle_t others = restricted(system_handle(), j6_range_irq, PIT_LINE + 1, 15);
    j6_handle_t ports = restricted(system_handle(), j6_range_port, PIT_LINE, 1);
    expect_status(j6_err_denied, bind(others, endpoint));
    expect_status(j6_err_denied, bind(ports, endpoint));
    expect_status(j6_err_denied, j6_system_ack_irq(others, PIT_LINE));
    expect_status(j6_err_denied, j6_system_ack_irq(ports, PIT_LINE));
    expect_status(j6_err_denied,
                  j6_system_bind_irq(system_handle(), endpoint, 1ull << 32, 0, NULL));
    expect_ok(j6_handle_close(ports));
    expect_ok(j6_handle_close(others));
    expect_ok(j6_handle_close(endpoint));
}

SAMPLE_TEST(lines_that_there_are_not_are_not_found)
{
    j6_handle_t endpoint = endpoint_new();
    const uint64_t numbers[] = {NO_LINE, NO_LINE + 1, 0xffffffff};
    for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
        expect_status(j6_err_not_found,
                      j6_system_bind_irq(system_handle(), endpoint, numbers[i], 0, NULL));
        expect_status(j6_err_not_found, j6_system_ack_irq(system_handle(), numbers[i]));
    }
    expect_ok(j6_handle_close(endpoint));
}

TEST(a_line_that_is_not_bound_cannot_be_acknowledged)
{
    expect_status(j6_err_not_found, j6_system_ack_irq(system_handle(), PIT_LINE));
}

TEST(a_line_has_one_owner)
{
    if (!has_lines()) {
        return;
    }
    j6_handle_t first = endpoint_new();
    j6_handle_t second = endpoint_new();
    expect_ok(bind(system_handle(), first));
    expect_status(j6_status_exists, bind(system_handle(), second));
    expect_status(j6_status_exists, bind(system_handle(), first));
    expect_ok(j6_handle_close(first));
    expect_ok(bind(system_handle(), second));
    expect_ok(j6_handle_close(second));
}

TEST(interrupts_through_a_closed_system_object_or_to_a_closed_endpoint_are_closed)
{
    if (!has_lines()) {
        return;
    }
    j6_handle_t endpoint = endpoint_new();
    j6_handle_t some = restricted(system_handle(), j6_range_irq, PIT_LINE, 1);
    expect_ok(j6_object_close(some));
    expect_status(j6_status_closed, bind(some, endpoint));
    expect_status(j6_status_closed, j6_system_ack_irq(some, PIT_LINE));
    expect_ok(j6_object_close(endpoint));
    expect_status(j6_status_closed, bind(system_handle(), endpoint));
    expect_ok(j6_handle_close(some));
    expect_ok(j6_handle_close(endpoint));
}

/* ---- until when ----------------------------------------------------------------------------- */

/* The line is free, and what it fires goes nowhere. */
static void expect_free(void)
{
    j6_handle_t endpoint = endpoint_new();
    expect_status(j6_err_not_found, j6_system_ack_irq(system_handle(), PIT_LINE));
    expect_ok(bind(system_handle(), endpoint));
    expect_ok(j6_handle_close(endpoint));
}

TEST(a_line_is_free_when_its_system_object_is_closed)
{
    if (!has_lines()) {
        return;
    }
    j6_handle_t pit = ports_open(PIT_PORTS, PIT_PORT_COUNT);
    j6_handle_t endpoint = endpoint_new();
    j6_handle_t top = restricted(system_handle(), j6_range_irq, PIT_LINE, 1);
    j6_handle_t below = restricted(top, j6_range_irq, PIT_LINE, 1);
    expect_ok(bind(below, endpoint));
    expect_ok(j6_handle_close(below));
    expect_ok(j6_object_close(top));
    pit_fires();
    leave_time();
    expect(!has_something(endpoint));
    expect_free();
    expect_ok(j6_handle_close(top));
    expect_ok(j6_handle_close(endpoint));
    ports_close(pit);
}

TEST(an_interrupt_that_was_not_received_goes_with_its_system_object)
{
    if (!has_lines()) {
        return;
    }
    j6_handle_t pit = ports_open(PIT_PORTS, PIT_PORT_COUNT);
    j6_handle_t endpoint = endpoint_new();
    j6_handle_t some = restricted(system_handle(), j6_range_irq, PIT_LINE, 1);
    expect_ok(bind(some, endpoint));
    pit_fires();
    expect_soon(has_something(endpoint));
    expect_ok(j6_object_close(some));
    expect(!has_something(endpoint));
    expect_free();
    expect_ok(j6_handle_close(some));
    expect_ok(j6_handle_close(endpoint));
    ports_close(pit);
}

TEST(a_line_is_free_when_nobody_can_receive_any_more)
{
    if (!has_lines()) {
        return;
    }
    j6_handle_t endpoint = endpoint_new();
    j6_handle_t sender = without(endpoint, j6_right_endpoint_receive);
    expect_ok(bind(system_handle(), endpoint));
    expect_ok(j6_handle_close(endpoint));
    expect_free();
    expect_ok(j6_handle_close(sender));
    endpoint = endpoint_new();
    expect_ok(bind(system_handle(), endpoint));
    expect_ok(j6_object_close(endpoint));
    expect_free();
    expect_ok(j6_handle_close(endpoint));
}

TEST(a_line_is_free_when_the_process_that_receives_has_ended)
{
    if (!has_lines()) {
        return;
    }
    j6_handle_t given = j6_handle_none;
    j6_handle_t process = process_new();
    j6_handle_t endpoint = endpoint_new();
    expect_ok(bind(system_handle(), endpoint));
    expect_ok(j6_process_give_handle(process, endpoint, j6_right_endpoint_receive, &given));
    expect_ok(j6_handle_close(endpoint));
    expect_ok(j6_system_ack_irq(system_handle(), PIT_LINE));
    process_drop(process);
    expect_free();
}

static int64_t close_object(void *arg)
{
    return (int64_t)j6_object_close(*(const j6_handle_t *)arg);
}

/* While the line fires, its endpoint and its system object are closed at once. */
TEST(bindings_that_end_in_two_ways_at_once_leave_nothing)
{
    if (!has_lines()) {
        return;
    }
    j6_handle_t pit = ports_open(PIT_PORTS, PIT_PORT_COUNT);
    for (uint64_t i = race_rounds(20); i > 0; i--) {
        struct j6_thread closer;
        int64_t status = -1;
        j6_handle_t endpoint = endpoint_new();
        j6_handle_t some = restricted(system_handle(), j6_range_irq, PIT_LINE, 1);
        expect_ok(bind(some, endpoint));
        expect_ok(j6_thread_run(&closer, close_object, &some, 4 * PAGE));
        pit_fires();
        expect_ok(j6_object_close(endpoint));
        expect_ok(j6_thread_join(&closer, &status));
        expect_equal(j6_status_ok, status);
        expect_free();
        expect_ok(j6_handle_close(some));
        expect_ok(j6_handle_close(endpoint));
    }
    ports_close(pit);
}

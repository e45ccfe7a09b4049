/* SPDX-License-Identifier: MIT */
/* Scenarios of the calls on system objects and device memory. */
#include "userland/test/main/devices.h"
#include "userland/test/main/failures.h"

static struct {
    j6_handle_t system;
    j6_handle_t area;
    j6_handle_t process;
    j6_handle_t endpoint;
    uint64_t address;
} scene;

static j6_status_t restrict_ranges(void)
{
    static const struct j6_range ranges[] = {
        {.kind = j6_range_phys, .first = PHYS_VGA, .count = 16 * PAGE},
        {.kind = j6_range_dma, .count = 1},
    };
    return j6_system_restrict(system_handle(), ranges, 2, &scene.system);
}

static void close_system(void)
{
    expect_ok(j6_handle_close(scene.system));
}

SCENARIO(a_restricted_system_object, system_restrict, .run = restrict_ranges, .undo = close_system);

static void make_system(void)
{
    expect_ok(restrict_ranges());
}

static j6_status_t map_device(void)
{
    return j6_system_map_phys(scene.system, &scene.area, PHYS_VGA, 4 * PAGE, j6_vma_flag_revocable);
}

static j6_status_t map_dma(void)
{
    return j6_system_map_phys(scene.system, &scene.area, 0, 4 * PAGE, j6_vma_flag_dma);
}

static void close_area(void)
{
    expect_ok(j6_handle_close(scene.area));
}

SCENARIO(an_area_of_device_memory, system_map_phys, .set_up = make_system, .run = map_device,
         .undo = close_area, .tear_down = close_system);
SCENARIO(an_area_for_dma, system_map_phys, .set_up = make_system, .run = map_dma,
         .undo = close_area, .tear_down = close_system);

static j6_status_t set_clock(void)
{
    return j6_system_set_clock(system_handle(), 1);
}

static void unset_clock(void)
{
    expect_ok(j6_system_set_clock(system_handle(), 0));
}

SCENARIO(a_time_of_day, system_set_clock, .run = set_clock, .undo = unset_clock);

/* ---- ports ---------------------------------------------------------------------------------- */

enum { COM2 = 0x2f8, COM2_PORTS = 8 };

static void make_ports(void)
{
    scene.system = restricted(system_handle(), j6_range_port, COM2, COM2_PORTS);
}

static void make_ports_and_process(void)
{
    make_ports();
    scene.process = process_new();
}

static j6_status_t grant_ports(void)
{
    return j6_system_grant_ports(scene.system, scene.process, COM2, COM2_PORTS);
}

/* Ends the grant; the next one is through another object. */
static void close_ports(void)
{
    expect_ok(j6_object_close(scene.system));
    expect_ok(j6_handle_close(scene.system));
    make_ports();
}

static void drop_process(void)
{
    expect_ok(j6_process_kill(scene.process, 0));
    expect_ok(j6_handle_close(scene.process));
    expect_ok(j6_handle_close(scene.system));
}

SCENARIO(a_grant_of_ports, system_grant_ports, .set_up = make_ports_and_process, .run = grant_ports,
         .undo = close_ports, .tear_down = drop_process);

/* ---- interrupts ----------------------------------------------------------------------------- */

enum { PIT_LINE = 0 };

static void make_endpoint(void)
{
    expect_ok(j6_endpoint_create(0, 0, 0, &scene.endpoint));
}

static j6_status_t bind_line(void)
{
    return j6_system_bind_irq(system_handle(), scene.endpoint, PIT_LINE, 0, NULL);
}

static void close_endpoint(void)
{
    expect_ok(j6_handle_close(scene.endpoint));
}

/* The line is free; the next one is for another endpoint. */
static void change_endpoint(void)
{
    close_endpoint();
    make_endpoint();
}

SCENARIO(a_line_that_is_bound, system_bind_irq, .set_up = make_endpoint, .run = bind_line,
         .undo = change_endpoint, .tear_down = close_endpoint);

static void make_bound_line(void)
{
    make_endpoint();
    expect_ok(bind_line());
}

static j6_status_t ack_line(void)
{
    return j6_system_ack_irq(system_handle(), PIT_LINE);
}

SCENARIO(a_line_that_is_acknowledged, system_ack_irq, .set_up = make_bound_line, .run = ack_line,
         .tear_down = close_endpoint);

/* ---- object_close --------------------------------------------------------------------------- */

static j6_status_t close_object(void)
{
    return j6_object_close(scene.system);
}

SCENARIO(closing_a_system_object, object_close, .set_up = make_system, .run = close_object,
         .tear_down = close_system);

static void make_revocable(void)
{
    scene.address = 0;
    expect_ok(j6_vma_create_map(4 * PAGE, j6_vma_flag_revocable, READ_WRITE, &scene.address,
                                &scene.area));
    *(volatile char *)scene.address = 1;
}

static j6_status_t revoke(void)
{
    return j6_object_close(scene.area);
}

SCENARIO(revoking_an_area, object_close, .set_up = make_revocable, .run = revoke,
         .tear_down = close_area);

/* SPDX-License-Identifier: MIT */
/* The process of ports.h. */
#include "userland/test/main/ports.h"
#include "userland/test/main/devices.h"

enum { PROTECTION = 13 };

void port_user_open(struct port_user *user, uint64_t cpus)
{
    debuggee_open(&user->debuggee, j6_process_flag_hold_faults);
    user->order = (struct port_order *)user->debuggee.stacks_here;
    user->thread = debuggee_run(&user->debuggee, debuggee_ports, user->debuggee.stacks);
    expect_ok(j6_thread_control(user->thread, j6_control_affinity, &cpus, sizeof(cpus)));
}

void port_user_close(struct port_user *user)
{
    debuggee_close(&user->debuggee);
}

static bool is_done(const struct port_user *user)
{
    return __atomic_load_n(&user->order->done, __ATOMIC_ACQUIRE) != 0;
}

/* It was refused: back to waiting for orders. */
static void go_on(struct port_user *user)
{
    expect_equal(PROTECTION, debuggee_stop(&user->debuggee, user->thread).vector);
    struct j6_thread_registers registers = debuggee_registers_of(user->thread);
    registers.rip = debuggee_address(&user->debuggee, debuggee_ports);
    debuggee_set_registers(user->thread, &registers);
    debuggee_resume(user->thread);
}

bool can_use_port(struct port_user *user, enum port_use use, uint16_t port)
{
    user->order->done = 0;
    __atomic_store_n(&user->order->order, (uint32_t)use << 16 | port, __ATOMIC_RELEASE);
    expect_soon(is_done(user) || debuggee_has_faulted(&user->debuggee));
    if (!is_done(user)) {
        go_on(user);
        return false;
    }
    return true;
}

uint64_t ports_it_can_read(struct port_user *user, uint16_t first, unsigned count)
{
    uint64_t can = 0;
    for (unsigned i = 0; i < count; i++) {
        can |= (uint64_t)can_use_port(user, PORT_IN, (uint16_t)(first + i)) << i;
    }
    return can;
}

j6_handle_t grant_through_own_object(j6_handle_t process, uint64_t first, uint64_t count)
{
    j6_handle_t system = restricted(system_handle(), j6_range_port, first, count);
    expect_ok(j6_system_grant_ports(system, process, first, count));
    return system;
}

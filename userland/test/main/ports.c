/* SPDX-License-Identifier: MIT */
/*
 * system_grant_ports: what it refuses, who may use which ports then, and until when. The ports are those of
 * the second serial line, and neighbours that no device of a PC listens at: whether there is a device
 * makes no difference.
 */
#include "userland/test/main/ports.h"
#include "userland/test/main/devices.h"
#include "userland/test/main/failures.h"
#include "userland/test/main/look.h"

enum { COM2 = 0x2f8, COM2_PORTS = 8, AROUND = 8 };

static const uint64_t ALL_OF_COM2 = 0xff;

/* ---- what it answers ------------------------------------------------------------------------ */

TEST(a_grant_of_no_ports_is_invalid_arg)
{
    const j6_handle_t self = j6_handle_self_process;
    expect_status(j6_err_invalid_arg, j6_system_grant_ports(system_handle(), self, COM2, 0));
}

TEST(system_grant_ports_needs_the_range_of_ports)
{
    j6_handle_t process = process_new();
    j6_handle_t some = restricted(system_handle(), j6_range_port, COM2, COM2_PORTS);
    j6_handle_t irqs = restricted(system_handle(), j6_range_irq, COM2, COM2_PORTS);
    expect_status(j6_err_denied, j6_system_grant_ports(some, process, COM2 - 1, 2));
    expect_status(j6_err_denied, j6_system_grant_ports(some, process, COM2, COM2_PORTS + 1));
    expect_status(j6_err_denied, j6_system_grant_ports(some, process, COM2, 1ull << 32));
    expect_status(j6_err_denied, j6_system_grant_ports(some, process, COM2 + (1ull << 32), 1));
    expect_status(j6_err_denied, j6_system_grant_ports(some, process, COM2, ~0ull));
    expect_status(j6_err_denied, j6_system_grant_ports(irqs, process, COM2, 1));
    expect_status(j6_err_denied, j6_system_grant_ports(system_handle(), process, 0xffff, 2));
    expect_ok(j6_system_grant_ports(some, process, COM2 + COM2_PORTS - 1, 1));
    expect_ok(j6_handle_close(irqs));
    expect_ok(j6_handle_close(some));
    process_drop(process);
}

TEST(a_grant_through_a_closed_system_object_is_closed)
{
    j6_handle_t process = process_new();
    j6_handle_t some = restricted(system_handle(), j6_range_port, COM2, COM2_PORTS);
    expect_ok(j6_object_close(some));
    expect_status(j6_status_closed, j6_system_grant_ports(some, process, COM2, 1));
    expect_ok(j6_handle_close(some));
    process_drop(process);
}

TEST(a_grant_to_a_process_that_has_ended_is_bad_state)
{
    j6_handle_t process = process_ended();
    expect_status(j6_err_bad_state, j6_system_grant_ports(system_handle(), process, COM2, 1));
    expect_ok(j6_handle_close(process));
}

TEST(a_process_has_at_most_64_grants)
{
    j6_handle_t process = process_new();
    for (uint64_t i = 0; i < 64; i++) {
        expect_ok(j6_system_grant_ports(system_handle(), process, 0xa000 + 2 * i, 1));
    }
    expect_status(j6_err_quota, j6_system_grant_ports(system_handle(), process, 0xb000, 1));
    expect_ok(j6_system_grant_ports(system_handle(), process, 0xa000, 1));
    process_drop(process);
}

/* A process with an account of its own that is as small as it can be, but for some pages. */
static j6_handle_t process_new_small(uint64_t pages)
{
    struct j6_limits limits = {.handles = 1, .threads = 1, .priority = 4};
    j6_handle_t process = j6_handle_none;
    while (j6_process_create("small", 5, &limits, 0, &process) == j6_err_quota) {
        limits.pages++;
    }
    limits.pages += pages;
    if (pages > 0) {
        process_drop(process);
        expect_ok(j6_process_create("small", 5, &limits, 0, &process));
    }
    return process;
}

TEST(grants_of_ports_are_paid_by_who_has_them)
{
    j6_handle_t process = process_new_small(0);
    j6_status_t status = j6_status_ok;
    uint64_t count = 0;
    while (status == j6_status_ok && count < 64) {
        status = j6_system_grant_ports(system_handle(), process, 0xa000 + 2 * count, 1);
        count += status == j6_status_ok;
    }
    expect_status(j6_err_quota, status);
    expect(count < 64);
    process_drop(process);
}

static uint64_t memory_left(j6_handle_t process)
{
    struct j6_account_info left = {0};
    uint64_t len = sizeof(left);
    expect_ok(j6_object_info(process, j6_topic_account, &left, &len));
    return left.memory;
}

TEST(what_grants_of_ports_cost_comes_back_with_the_system_object)
{
    j6_handle_t process = process_new_small(1);
    uint64_t before = memory_left(process);
    j6_handle_t some = grant_through_own_object(process, COM2, COM2_PORTS);
    expect(memory_left(process) < before);
    expect_ok(j6_object_close(some));
    expect_equal(before, memory_left(process));
    expect_ok(j6_handle_close(some));
    process_drop(process);
}

TEST(what_grants_of_ports_cost_comes_back_with_the_process)
{
    struct ledger before = ledger_take();
    j6_handle_t process = process_new();
    expect_ok(j6_system_grant_ports(system_handle(), process, COM2, COM2_PORTS));
    expect_ok(j6_system_grant_ports(system_handle(), process, COM2, 1));
    expect_ok(j6_system_grant_ports(system_handle(), process, COM2 - 1, 1));
    process_drop(process);
    expect_ledger(&before, "grants");
}

/* ---- who may use what ----------------------------------------------------------------------- */

SAMPLE_TEST(a_process_can_use_exactly_the_ports_that_it_was_granted)
{
    struct port_user user;
    port_user_open(&user, cpus_all());
    expect_equal(0, ports_it_can_read(&user, COM2 - AROUND, AROUND + COM2_PORTS + AROUND));
    expect_ok(j6_system_grant_ports(system_handle(), user.debuggee.process, COM2, COM2_PORTS));
    expect_equal(ALL_OF_COM2 << AROUND,
                 ports_it_can_read(&user, COM2 - AROUND, AROUND + COM2_PORTS + AROUND));
    expect(can_use_port(&user, PORT_OUT, COM2));
    expect(!can_use_port(&user, PORT_OUT, COM2 - 1));
    expect(!can_use_port(&user, PORT_OUT, COM2 + COM2_PORTS));
    port_user_close(&user);
}

TEST(wide_accesses_need_each_of_their_ports)
{
    struct port_user user;
    port_user_open(&user, cpus_all());
    expect_ok(j6_system_grant_ports(system_handle(), user.debuggee.process, COM2, COM2_PORTS));
    expect(can_use_port(&user, PORT_IN_WORD, COM2 + 6));
    expect(!can_use_port(&user, PORT_IN_WORD, COM2 + 7));
    expect(!can_use_port(&user, PORT_IN_WORD, COM2 - 1));
    expect(can_use_port(&user, PORT_IN_DWORD, COM2 + 4));
    expect(!can_use_port(&user, PORT_IN_DWORD, COM2 + 5));
    expect(!can_use_port(&user, PORT_IN_DWORD, COM2 - 3));
    port_user_close(&user);
}

TEST(the_highest_ports_end_where_the_map_does)
{
    struct port_user user;
    port_user_open(&user, cpus_all());
    expect_ok(j6_system_grant_ports(system_handle(), user.debuggee.process, 0xfff8, 8));
    expect(!can_use_port(&user, PORT_IN, 0xfff7));
    expect(can_use_port(&user, PORT_IN, 0xffff));
    expect(can_use_port(&user, PORT_IN_DWORD, 0xfffc));
    expect(!can_use_port(&user, PORT_IN_WORD, 0xffff));
    expect(!can_use_port(&user, PORT_IN_DWORD, 0xfffd));
    port_user_close(&user);
}

/* The threads never enter the kernel by themselves, so nothing but the calls can have told their CPUs. */
SAMPLE_TEST(grants_reach_and_leave_threads_that_run_on_any_cpu)
{
    uint64_t cpus = cpu_count();
    for (uint64_t cpu = 0; cpu < cpus && cpu < 4; cpu++) {
        struct port_user user;
        port_user_open(&user, 1ull << cpu);
        for (int i = 0; i < 4; i++) {
            expect(!can_use_port(&user, PORT_IN, COM2));
            j6_handle_t some = grant_through_own_object(user.debuggee.process, COM2, COM2_PORTS);
            expect(can_use_port(&user, PORT_IN, COM2));
            expect_ok(j6_object_close(some));
            expect_ok(j6_handle_close(some));
        }
        expect(!can_use_port(&user, PORT_IN, COM2));
        port_user_close(&user);
    }
}

TEST(a_grant_before_the_start_of_a_process_counts_from_its_first_instruction)
{
    struct debuggee debuggee;
    debuggee_open(&debuggee, 0);
    expect_ok(j6_system_grant_ports(system_handle(), debuggee.process, COM2, COM2_PORTS));
    struct port_order *order = (struct port_order *)debuggee.stacks_here;
    order->order = PORT_IN << 16 | COM2;
    debuggee_run(&debuggee, debuggee_ports, debuggee.stacks);
    expect_soon(__atomic_load_n(&order->done, __ATOMIC_ACQUIRE) == 1);
    expect_equal(j6_reason_killed, debuggee_close(&debuggee).reason);
}

TEST(a_port_that_was_not_granted_ends_the_process_alone)
{
    struct debuggee debuggee;
    debuggee_open(&debuggee, 0);
    expect_ok(j6_system_grant_ports(system_handle(), debuggee.process, COM2, COM2_PORTS));
    struct port_order *order = (struct port_order *)debuggee.stacks_here;
    order->order = PORT_OUT << 16 | (COM2 + COM2_PORTS);
    debuggee_run(&debuggee, debuggee_ports, debuggee.stacks);
    expect_ok(j6_object_wait(debuggee.process, j6_signal_closed, NULL, j6_deadline_never));
    struct j6_end_info end = debuggee_close(&debuggee);
    expect_equal(j6_reason_fault, end.reason);
    expect_equal(13, end.vector);
}

/*
 * All on one CPU: each of them gets it right behind the others. Each port waits until those who spin
 * have had their turns, so the four around where the grants begin and end have to do.
 */
TEST(processes_that_take_turns_on_a_cpu_have_each_its_own_ports)
{
    enum { FIRST, SECOND, NONE, USERS };
    struct port_user users[USERS];
    stay_on_first_cpu();
    for (int i = 0; i < USERS; i++) {
        port_user_open(&users[i], 1);
    }
    const j6_handle_t system = system_handle();
    expect_ok(j6_system_grant_ports(system, users[FIRST].debuggee.process, COM2, 4));
    expect_ok(j6_system_grant_ports(system, users[SECOND].debuggee.process, COM2 + 2, 6));
    for (int i = 0; i < 2; i++) {
        expect_equal(0x7, ports_it_can_read(&users[FIRST], COM2 + 1, 4));
        expect_equal(0, ports_it_can_read(&users[NONE], COM2 + 1, 4));
        expect_equal(0xe, ports_it_can_read(&users[SECOND], COM2 + 1, 4));
        expect_equal(0, ports_it_can_read(&users[NONE], COM2 + 1, 4));
    }
    for (int i = 0; i < USERS; i++) {
        port_user_close(&users[i]);
    }
    leave_first_cpu();
}

/* ---- until when ----------------------------------------------------------------------------- */

TEST(a_port_can_be_used_until_the_last_grant_of_it_has_ended)
{
    struct port_user user;
    port_user_open(&user, cpus_all());
    j6_handle_t low = grant_through_own_object(user.debuggee.process, COM2, 6);
    j6_handle_t high = grant_through_own_object(user.debuggee.process, COM2 + 2, 6);
    expect_equal(0xff, ports_it_can_read(&user, COM2, COM2_PORTS));
    expect_ok(j6_object_close(low));
    expect_equal(0xfc, ports_it_can_read(&user, COM2, COM2_PORTS));
    expect_ok(j6_object_close(high));
    expect_equal(0, ports_it_can_read(&user, COM2, COM2_PORTS));
    expect_ok(j6_handle_close(low));
    expect_ok(j6_handle_close(high));
    port_user_close(&user);
}

TEST(all_grants_through_a_system_object_end_when_what_it_came_from_is_closed)
{
    struct port_user users[2];
    port_user_open(&users[0], cpus_all());
    port_user_open(&users[1], cpus_all());
    j6_handle_t top = restricted(system_handle(), j6_range_port, COM2, COM2_PORTS);
    j6_handle_t below = restricted(top, j6_range_port, COM2, COM2_PORTS);
    expect_ok(j6_system_grant_ports(below, users[0].debuggee.process, COM2, 2));
    expect_ok(j6_system_grant_ports(below, users[0].debuggee.process, COM2 + 4, 2));
    expect_ok(j6_system_grant_ports(below, users[1].debuggee.process, COM2, 1));
    expect_ok(j6_system_grant_ports(top, users[1].debuggee.process, COM2 + 1, 1));
    expect_ok(j6_handle_close(below));
    expect_equal(0x33, ports_it_can_read(&users[0], COM2, COM2_PORTS));
    expect_equal(0x03, ports_it_can_read(&users[1], COM2, COM2_PORTS));
    expect_ok(j6_object_close(top));
    expect_equal(0, ports_it_can_read(&users[0], COM2, COM2_PORTS));
    expect_equal(0, ports_it_can_read(&users[1], COM2, COM2_PORTS));
    expect_ok(j6_handle_close(top));
    port_user_close(&users[0]);
    port_user_close(&users[1]);
}

TEST(a_grant_outlives_the_handles_of_its_system_object)
{
    struct port_user user;
    port_user_open(&user, cpus_all());
    expect_ok(j6_handle_close(grant_through_own_object(user.debuggee.process, COM2, 1)));
    expect(can_use_port(&user, PORT_IN, COM2));
    port_user_close(&user);
}

/* Two close what the grants came from, one ends the process that has them. */
static int64_t close_object(void *arg)
{
    return (int64_t)j6_object_close(*(j6_handle_t *)arg);
}

TEST(grants_that_end_in_several_ways_at_once_leave_nothing)
{
    for (uint64_t i = race_rounds(20); i > 0; i--) {
        struct debuggee debuggee;
        struct j6_thread closers[2];
        j6_handle_t systems[2];
        debuggee_open(&debuggee, 0);
        for (int n = 0; n < 2; n++) {
            systems[n] = grant_through_own_object(debuggee.process, COM2, 4);
            expect_ok(j6_system_grant_ports(systems[n], debuggee.process, COM2 + 2, 1));
        }
        debuggee_run(&debuggee, debuggee_spin, 0);
        for (int n = 0; n < 2; n++) {
            expect_ok(j6_thread_run(&closers[n], close_object, &systems[n], 4 * PAGE));
        }
        debuggee_close(&debuggee);
        for (int n = 0; n < 2; n++) {
            int64_t status = -1;
            expect_ok(j6_thread_join(&closers[n], &status));
            expect_equal(j6_status_ok, status);
            expect_ok(j6_handle_close(systems[n]));
        }
    }
}

/* SPDX-License-Identifier: MIT */
/* What a debugger may read and set of a stopped thread, and when, and with which rights. */
#include "userland/test/main/debuggee.h"
#include "userland/test/main/look.h"

enum { LENGTH_OF_UD2 = 2 };

static const uint64_t USER_START = 0x10000;
static const uint64_t USER_END = 0x00007fffffff0000;

/* The numbers that debuggee_registers puts there, in the CPU's numbering. */
static uint64_t nth(int n)
{
    return (uint64_t)n * 0x0101010101010101;
}

static const uint64_t flags_fixed = 0x202;   /* bit 1, and interrupts on */
static const uint64_t flags_user = 0x254dd5; /* ID AC RF NT OF DF TF SF ZF AF PF CF */

/* A thread that is stopped at the UD2 of that piece. */
static j6_handle_t open_stopped(struct debuggee *debuggee, const char *piece)
{
    debuggee_open(debuggee, j6_process_flag_hold_faults);
    j6_handle_t thread = debuggee_run(debuggee, piece, 0);
    debuggee_stop(debuggee, thread);
    return thread;
}

TEST(a_debugger_reads_every_register)
{
    struct debuggee debuggee;
    j6_handle_t thread = open_stopped(&debuggee, debuggee_registers);
    struct j6_thread_registers registers = debuggee_registers_of(thread);
    const uint64_t *general = &registers.rax;
    for (int n = 0; n < 16; n++) {
        expect_equal(n != 4 ? nth(n) : debuggee.stacks + DEBUGGEE_STACK, general[n]);
    }
    expect_equal(debuggee_address(&debuggee, debuggee_registers_stop), registers.rip);
    expect_equal(flags_fixed, registers.rflags & ~flags_user);
    expect_equal(0, registers.fs_base);
    debuggee_close(&debuggee);
}

/* The debuggee itself tells what it has, on its stack. */
TEST(a_thread_goes_on_with_every_register_that_a_debugger_set)
{
    struct debuggee debuggee;
    j6_handle_t thread = open_stopped(&debuggee, debuggee_registers);
    struct j6_thread_registers registers;
    uint64_t *general = &registers.rax;
    for (int n = 0; n < 16; n++) {
        general[n] = ~nth(n);
    }
    registers.rsp = debuggee.stacks + DEBUGGEE_STACK - 64;
    registers.rip = debuggee_address(&debuggee, debuggee_registers_push);
    registers.rflags = flags_fixed | 0x200cd5; /* ID OF DF SF ZF AF PF CF */
    registers.fs_base = 0;
    debuggee_set_registers(thread, &registers);
    debuggee_resume(thread);
    debuggee_stop(&debuggee, thread);
    const uint64_t *pushed = (const uint64_t *)(debuggee.stacks_here + DEBUGGEE_STACK - 64);
    for (int n = 0; n < 16; n++) {
        expect_equal(n != 4 ? general[n] : registers.rsp - 4 * sizeof(*pushed), *--pushed);
    }
    expect_equal(registers.rflags, *--pushed);
    debuggee_close(&debuggee);
}

TEST(a_debugger_sets_the_fs_base)
{
    struct debuggee debuggee;
    j6_handle_t thread = open_stopped(&debuggee, debuggee_stop_and_read_fs);
    struct j6_thread_registers registers = debuggee_registers_of(thread);
    *(uint64_t *)debuggee.stacks_here = 31;
    registers.rip += LENGTH_OF_UD2;
    registers.fs_base = debuggee.stacks;
    debuggee_set_registers(thread, &registers);
    expect_equal(debuggee.stacks, debuggee_registers_of(thread).fs_base);
    debuggee_resume(thread);
    expect_equal(31, debuggee_exit_code(thread));
    debuggee_close(&debuggee);
}

static void expect_refused(j6_handle_t thread, const struct j6_thread_registers *registers)
{
    expect_status(j6_err_invalid_arg,
                  j6_thread_control(thread, j6_control_registers, registers, sizeof(*registers)));
}

TEST(registers_that_no_thread_can_have_are_refused_one_by_one)
{
    const uint64_t kernel[] = {USER_END + 1,       0x00007fffffffffff, 0x0000800000000000,
                               0xffff7fffffffffff, 0xffff800000000000, 0xffffffff80000000,
                               0x8000000000000000, 0xffffffffffffffff};
    struct debuggee debuggee;
    j6_handle_t thread = open_stopped(&debuggee, debuggee_undefined);
    const struct j6_thread_registers good = debuggee_registers_of(thread);
    for (size_t i = 0; i < sizeof(kernel) / sizeof(kernel[0]); i++) {
        struct j6_thread_registers bad = good;
        bad.rip = kernel[i];
        expect_refused(thread, &bad);
        bad = good;
        bad.rsp = kernel[i];
        expect_refused(thread, &bad);
        bad = good;
        bad.fs_base = kernel[i];
        expect_refused(thread, &bad);
    }
    struct j6_thread_registers bad = good;
    bad.rip = USER_END;
    expect_refused(thread, &bad);
    bad.rip = USER_START - 1;
    expect_refused(thread, &bad);
    expect_equal(good.rip, debuggee_registers_of(thread).rip);
    debuggee_close(&debuggee);
}

TEST(a_debugger_sets_the_flags_that_user_code_can_have_and_no_others)
{
    struct debuggee debuggee;
    j6_handle_t thread = open_stopped(&debuggee, debuggee_undefined);
    struct j6_thread_registers registers = debuggee_registers_of(thread);
    for (int bit = 0; bit < 64; bit++) {
        registers.rflags = flags_fixed ^ 1ull << bit;
        if (flags_user >> bit & 1) {
            debuggee_set_registers(thread, &registers);
            expect_equal(registers.rflags, debuggee_registers_of(thread).rflags);
        } else {
            expect_refused(thread, &registers);
        }
    }
    debuggee_close(&debuggee);
}

/* SYSRET to an address that isn't canonical would fault in the kernel, on the user's stack. */
TEST(a_thread_at_the_end_of_the_user_half_faults_there)
{
    struct debuggee debuggee;
    j6_handle_t thread = open_stopped(&debuggee, debuggee_undefined);
    struct j6_thread_registers registers = debuggee_registers_of(thread);
    registers.rip = USER_END - 1;
    registers.rsp = USER_END;
    debuggee_set_registers(thread, &registers);
    debuggee_resume(thread);
    struct j6_fault_info fault = debuggee_stop(&debuggee, thread);
    expect_equal(14, fault.vector);
    expect_equal(USER_END - 1, fault.address);
    expect_equal(USER_END - 1, debuggee_registers_of(thread).rip);
    debuggee_close(&debuggee);
}

/* With the right size, whatever the answer. */
static j6_status_t ask(j6_handle_t thread, uint64_t topic)
{
    struct j6_thread_registers room;
    uint64_t len = sizeof(room);
    return j6_object_info(thread, topic, &room, &len);
}

static void expect_not_stopped(j6_handle_t thread)
{
    const struct j6_thread_registers registers = {
        .rip = USER_START, .rsp = USER_START, .rflags = flags_fixed};
    expect_status(j6_err_bad_state, ask(thread, j6_topic_fault));
    expect_status(j6_err_bad_state, ask(thread, j6_topic_registers));
    expect_status(j6_err_bad_state, j6_thread_control(thread, j6_control_resume, NULL, 0));
    expect_status(j6_err_bad_state,
                  j6_thread_control(thread, j6_control_registers, &registers, sizeof(registers)));
}

TEST(only_a_stopped_thread_shows_registers_takes_some_or_goes_on)
{
    struct debuggee debuggee;
    j6_handle_t undefined = open_stopped(&debuggee, debuggee_undefined);
    expect_not_stopped(j6_handle_self_thread);
    expect_not_stopped(debuggee_thread(&debuggee, debuggee_exit, 0));
    expect_not_stopped(debuggee_run(&debuggee, debuggee_spin, 0));
    j6_handle_t sleeper = debuggee_run(&debuggee, debuggee_sleep, 0);
    expect_soon(thread_waits(debuggee.process, sleeper, j6_wait_sleep));
    expect_not_stopped(sleeper);
    debuggee_resume(undefined); /* stops again */
    debuggee_stop(&debuggee, undefined);
    expect_ok(j6_thread_kill(undefined, 0));
    expect_ok(j6_object_wait(undefined, j6_signal_closed, NULL, j6_deadline_never));
    expect_not_stopped(undefined);
    debuggee_close(&debuggee);
}

TEST(what_a_stopped_thread_shows_needs_the_rights_info_and_debug)
{
    struct debuggee debuggee;
    j6_handle_t thread = open_stopped(&debuggee, debuggee_undefined);
    j6_handle_t no_debug = without(thread, j6_right_thread_debug);
    j6_handle_t no_info = without(thread, j6_right_info);
    expect_status(j6_err_denied, ask(no_debug, j6_topic_fault));
    expect_status(j6_err_denied, ask(no_debug, j6_topic_registers));
    expect_status(j6_err_denied, ask(no_info, j6_topic_fault));
    expect_status(j6_err_denied, ask(no_info, j6_topic_registers));
    expect_status(j6_err_denied, j6_thread_control(no_debug, j6_control_resume, NULL, 0));
    expect_status(j6_err_denied,
                  j6_thread_control(no_debug, j6_control_registers, &debuggee, PAGE));
    expect_status(j6_err_wrong_type, ask(debuggee.process, j6_topic_fault));
    expect_status(j6_err_wrong_type, ask(debuggee.process, j6_topic_registers));
    expect_ok(j6_handle_close(no_debug));
    expect_ok(j6_handle_close(no_info));
    debuggee_close(&debuggee);
}

TEST(information_on_a_stopped_thread_tells_the_size_that_a_small_buffer_lacks)
{
    struct debuggee debuggee;
    j6_handle_t thread = open_stopped(&debuggee, debuggee_undefined);
    uint64_t word;
    uint64_t len = sizeof(word);
    expect_status(j6_err_insufficient, j6_object_info(thread, j6_topic_fault, &word, &len));
    expect_equal(sizeof(struct j6_fault_info), len);
    len = sizeof(word);
    expect_status(j6_err_insufficient, j6_object_info(thread, j6_topic_registers, &word, &len));
    expect_equal(sizeof(struct j6_thread_registers), len);
    debuggee_close(&debuggee);
}

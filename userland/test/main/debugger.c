/* SPDX-License-Identifier: MIT */
/*
 * hold_faults: a fault stops its thread, and the tests play its debugger. What such a thread may be given
 * as registers: debugger_registers.c.
 */
#include "userland/test/main/debuggee.h"

enum { PAGE_FAULT = 14, PROTECTION = 13, UNDEFINED = 6, DIVIDE = 0, DEBUG = 1 };
enum { ERROR_USER = 1 << 2, ERROR_WRITE = 1 << 1 };
enum { LENGTH_OF_UD2 = 2, FLAG_TRAP = 1 << 8 };

/* Puts a page with that word where the thread has missed it. */
static void map_word(const struct debuggee *debuggee, uint64_t address, uint64_t word)
{
    uint64_t len = sizeof(word);
    j6_handle_t area = area_new(1, 0);
    expect_ok(j6_vma_write(area, 0, &word, &len));
    expect_ok(j6_vma_map(area, debuggee->process, &address, 0, 0, READ_WRITE | j6_map_exact));
    expect_ok(j6_handle_close(area));
}

SAMPLE_TEST(a_read_that_faulted_is_done_again_when_its_page_has_been_mapped)
{
    struct debuggee debuggee;
    debuggee_open(&debuggee, j6_process_flag_hold_faults);
    j6_handle_t thread = debuggee_run(&debuggee, debuggee_read, far_place());
    struct j6_fault_info fault = debuggee_stop(&debuggee, thread);
    expect_equal(j6_reason_fault, fault.reason);
    expect_equal(PAGE_FAULT, fault.vector);
    expect_equal(ERROR_USER, fault.error);
    expect_equal(far_place(), fault.address);
    map_word(&debuggee, far_place(), 77);
    debuggee_resume(thread);
    expect_equal(77, debuggee_exit_code(thread));
    expect_equal(77, debuggee_close(&debuggee).code);
}

TEST(a_write_that_faulted_is_done_again_when_its_page_has_been_mapped)
{
    struct debuggee debuggee;
    debuggee_open(&debuggee, j6_process_flag_hold_faults);
    j6_handle_t thread = debuggee_run(&debuggee, debuggee_write, far_place());
    struct j6_fault_info fault = debuggee_stop(&debuggee, thread);
    expect_equal(PAGE_FAULT, fault.vector);
    expect_equal(ERROR_USER | ERROR_WRITE, fault.error);
    expect_equal(far_place(), fault.address);
    map_word(&debuggee, far_place(), 0);
    debuggee_resume(thread);
    expect_equal(42, debuggee_exit_code(thread));
    debuggee_close(&debuggee);
}

TEST(a_debugger_moves_a_thread_past_an_instruction)
{
    struct debuggee debuggee;
    debuggee_open(&debuggee, j6_process_flag_hold_faults);
    j6_handle_t thread = debuggee_run(&debuggee, debuggee_undefined, 0);
    struct j6_fault_info fault = debuggee_stop(&debuggee, thread);
    expect_equal(UNDEFINED, fault.vector);
    expect_equal(0, fault.address);
    struct j6_thread_registers registers = debuggee_registers_of(thread);
    expect_equal(debuggee_address(&debuggee, debuggee_undefined), registers.rip);
    registers.rip += LENGTH_OF_UD2;
    registers.rbx = (uint64_t)-9;
    debuggee_set_registers(thread, &registers);
    debuggee_resume(thread);
    expect_equal(-9, debuggee_exit_code(thread));
    debuggee_close(&debuggee);
}

TEST(an_instruction_is_done_again_with_the_registers_that_a_debugger_set)
{
    struct debuggee debuggee;
    debuggee_open(&debuggee, j6_process_flag_hold_faults);
    j6_handle_t thread = debuggee_run(&debuggee, debuggee_divide, 0);
    expect_equal(DIVIDE, debuggee_stop(&debuggee, thread).vector);
    struct j6_thread_registers registers = debuggee_registers_of(thread);
    expect_equal(100, registers.rax);
    registers.rcx = 5;
    debuggee_set_registers(thread, &registers);
    debuggee_resume(thread);
    expect_equal(20, debuggee_exit_code(thread));
    debuggee_close(&debuggee);
}

TEST(a_thread_that_goes_on_without_repair_stops_again)
{
    struct debuggee debuggee;
    debuggee_open(&debuggee, j6_process_flag_hold_faults);
    j6_handle_t thread = debuggee_run(&debuggee, debuggee_jump, 1ull << 47);
    for (int i = 0; i < 3; i++) {
        expect_equal(PROTECTION, debuggee_stop(&debuggee, thread).vector);
        debuggee_resume(thread);
    }
    expect_equal(PROTECTION, debuggee_stop(&debuggee, thread).vector);
    debuggee_close(&debuggee);
}

SAMPLE_TEST(a_debugger_steps_through_instructions)
{
    struct debuggee debuggee;
    debuggee_open(&debuggee, j6_process_flag_hold_faults);
    j6_handle_t thread = debuggee_run(&debuggee, debuggee_steps, 0);
    expect_equal(UNDEFINED, debuggee_stop(&debuggee, thread).vector);
    struct j6_thread_registers registers = debuggee_registers_of(thread);
    uint64_t next = registers.rip += LENGTH_OF_UD2;
    registers.rflags |= FLAG_TRAP;
    debuggee_set_registers(thread, &registers);
    for (int i = 0; i < 4; i++) {
        debuggee_resume(thread);
        expect_equal(DEBUG, debuggee_stop(&debuggee, thread).vector);
        registers = debuggee_registers_of(thread);
        expect_equal(++next, registers.rip);
    }
    registers.rflags &= ~(uint64_t)FLAG_TRAP;
    debuggee_set_registers(thread, &registers);
    debuggee_resume(thread);
    expect_equal(0, debuggee_exit_code(thread));
    debuggee_close(&debuggee);
}

TEST(faulted_is_set_until_the_last_stopped_thread_goes_on)
{
    struct debuggee debuggee;
    debuggee_open(&debuggee, j6_process_flag_hold_faults);
    debuggee_run(&debuggee, debuggee_spin, 0);
    expect(!debuggee_has_faulted(&debuggee));
    for (int i = 1; i <= 3; i++) {
        map_word(&debuggee, far_place() + i * PAGE, i);
        debuggee_run(&debuggee, debuggee_read, far_place() + (i + 3) * PAGE);
    }
    for (int i = 1; i <= 3; i++) {
        struct j6_fault_info fault = debuggee_stop(&debuggee, debuggee.threads[i]);
        expect_equal(far_place() + (i + 3) * PAGE, fault.address);
    }
    for (int i = 3; i >= 1; i--) {
        expect(debuggee_has_faulted(&debuggee));
        struct j6_thread_registers registers = debuggee_registers_of(debuggee.threads[i]);
        registers.rdi -= 3 * PAGE;
        debuggee_set_registers(debuggee.threads[i], &registers);
        debuggee_resume(debuggee.threads[i]);
        expect_equal(i, debuggee_exit_code(debuggee.threads[i]));
    }
    expect(!debuggee_has_faulted(&debuggee));
    debuggee_close(&debuggee);
}

/* Runs a thread until its fault has stopped it. */
static j6_handle_t run_until_stopped(struct debuggee *debuggee, const char *piece)
{
    j6_handle_t thread = debuggee_run(debuggee, piece, 0);
    debuggee_stop(debuggee, thread);
    return thread;
}

static void expect_thread_killed(j6_handle_t thread, int64_t code)
{
    struct j6_end_info end = {0};
    expect_ok(j6_wait_end(thread, &end));
    expect_equal(j6_reason_killed, end.reason);
    expect_equal(code, end.code);
}

TEST(a_stopped_thread_can_be_killed_and_the_others_run_on)
{
    struct debuggee debuggee;
    debuggee_open(&debuggee, j6_process_flag_hold_faults);
    j6_handle_t first = run_until_stopped(&debuggee, debuggee_undefined);
    j6_handle_t second = run_until_stopped(&debuggee, debuggee_undefined);
    expect_ok(j6_thread_kill(first, 5));
    expect_thread_killed(first, 5);
    expect(debuggee_has_faulted(&debuggee));
    expect_equal(0, debuggee_exit_code(debuggee_run(&debuggee, debuggee_exit, 0)));
    debuggee_run(&debuggee, debuggee_spin, 0);
    expect_ok(j6_thread_kill(second, 6));
    expect_thread_killed(second, 6);
    expect(!debuggee_has_faulted(&debuggee));
    debuggee_close(&debuggee);
}

TEST(the_kill_of_a_process_ends_its_stopped_threads)
{
    struct debuggee debuggee;
    debuggee_open(&debuggee, j6_process_flag_hold_faults);
    j6_handle_t first = run_until_stopped(&debuggee, debuggee_undefined);
    j6_handle_t second = run_until_stopped(&debuggee, debuggee_divide);
    expect_ok(j6_process_kill(debuggee.process, 8));
    expect_thread_killed(first, 8);
    expect_thread_killed(second, 8);
    expect_equal(8, debuggee_close(&debuggee).code);
}

TEST(a_process_that_exits_takes_its_stopped_threads_along)
{
    struct debuggee debuggee;
    debuggee_open(&debuggee, j6_process_flag_hold_faults);
    debuggee_stop(&debuggee, debuggee_run(&debuggee, debuggee_undefined, 0));
    debuggee_run(&debuggee, debuggee_process_exit, 21);
    expect_ok(j6_object_wait(debuggee.process, j6_signal_closed, NULL, j6_deadline_never));
    struct j6_end_info end = debuggee_close(&debuggee);
    expect_equal(j6_reason_exited, end.reason);
    expect_equal(21, end.code);
}

TEST(without_hold_faults_a_fault_ends_the_process_at_once)
{
    struct debuggee debuggee;
    debuggee_open(&debuggee, 0);
    debuggee_run(&debuggee, debuggee_undefined, 0);
    expect_status(j6_status_closed, j6_object_wait(debuggee.process, j6_signal_process_faulted,
                                                   NULL, j6_deadline_never));
    expect_equal(j6_reason_fault, debuggee_close(&debuggee).reason);
}

/* Starts the victim in such a process, too; 0 after a failed expectation. */
static j6_handle_t victim_hold(const char *mode, const struct j6_limits *limits,
                               j6_handle_t *out_thread)
{
    const char *const argv[] = {"victim", mode, "", NULL};
    const struct j6_program program = {
        .elf = j6_find_module("victim"), .name = "victim", .argv = argv, .out_thread = out_thread};
    j6_handle_t process = j6_handle_none;
    expect_ok(j6_process_create("victim", 6, limits, j6_process_flag_hold_faults, &process));
    expect_ok(j6_start_program(process, &program));
    return process;
}

/* Some machines don't raise a few of them: then the victim exits. */
static void expect_stop(const char *mode, const struct j6_limits *limits, uint32_t reason,
                        uint32_t vector)
{
    j6_handle_t thread = j6_handle_none;
    struct j6_fault_info fault = {0};
    uint64_t len = sizeof(fault);
    j6_handle_t victim = victim_hold(mode, limits, &thread);
    j6_status_t status = j6_object_wait(victim, j6_signal_process_faulted, NULL, j6_deadline_never);
    if (status == j6_status_ok) {
        if (j6_object_info(thread, j6_topic_fault, &fault, &len) == j6_status_ok) {
            test_expect_equal(reason, fault.reason, mode, TEST_HERE);
            test_expect_equal(vector, fault.vector, mode, TEST_HERE);
        } /* else it is another thread of the victim */
        expect_ok(j6_process_kill(victim, 0));
        expect_equal(j6_reason_killed, process_finish(victim).reason);
    } else {
        expect_status(j6_status_closed, status);
        expect_equal(j6_reason_exited, process_finish(victim).reason);
    }
    expect_ok(j6_handle_close(thread));
}

TEST(every_way_to_fault_can_be_held)
{
#define FAULT(mode, vector, known) expect_stop(#mode, NULL, j6_reason_fault, vector);
#include "userland/test/faults.def"
#undef FAULT
}

TEST(a_page_that_cannot_be_had_is_a_fault_that_can_be_held)
{
    const struct j6_limits limits = {
        .pages = 200, .handles = 40, .threads = 3, .processes = 0, .priority = 4};
    expect_stop("use_up_pages", &limits, j6_reason_no_memory, PAGE_FAULT);
}

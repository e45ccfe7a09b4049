/* SPDX-License-Identifier: MIT */
/* Makes and ends processes to be debugged. */
#include "userland/test/main/debuggee.h"

/* The handle of an area that the process alone needs is closed at once. */
static uint64_t map_code(j6_handle_t process)
{
    j6_handle_t area = area_new(1, 0);
    uint64_t len = (uint64_t)(debuggee_code_end - debuggee_code);
    uint64_t address = 0;
    expect_ok(j6_vma_write(area, 0, debuggee_code, &len));
    expect_ok(j6_vma_map(area, process, &address, 0, 0, j6_map_read | j6_map_exec));
    expect_ok(j6_handle_close(area));
    return address;
}

void debuggee_open(struct debuggee *debuggee, uint64_t flags)
{
    *debuggee = (struct debuggee){.stack_area = area_new(1, 0)};
    expect_ok(j6_process_create("debuggee", 8, NULL, flags, &debuggee->process));
    debuggee->code = map_code(debuggee->process);
    debuggee->stacks_here = area_map(debuggee->stack_area, READ_WRITE);
    expect_ok(
        j6_vma_map(debuggee->stack_area, debuggee->process, &debuggee->stacks, 0, 0, READ_WRITE));
}

uint64_t debuggee_address(const struct debuggee *debuggee, const char *piece)
{
    return debuggee->code + (uint64_t)(piece - debuggee_code);
}

static uint64_t next_stack(const struct debuggee *debuggee)
{
    return debuggee->stacks + (uint64_t)(debuggee->count + 1) * DEBUGGEE_STACK;
}

j6_handle_t debuggee_thread(struct debuggee *debuggee, const char *piece, uint64_t arg)
{
    j6_handle_t *thread = &debuggee->threads[debuggee->count];
    expect_ok(j6_thread_create(debuggee->process, debuggee_address(debuggee, piece),
                               next_stack(debuggee), arg, 0, thread));
    debuggee->count++;
    return *thread;
}

j6_handle_t debuggee_run(struct debuggee *debuggee, const char *piece, uint64_t arg)
{
    j6_handle_t *thread = &debuggee->threads[debuggee->count];
    j6_status_t status = j6_process_start(debuggee->process, debuggee_address(debuggee, piece),
                                          next_stack(debuggee), arg, thread);
    if (status == j6_status_ok) {
        debuggee->count++;
        return *thread;
    }
    expect_status(j6_err_bad_state, status);
    j6_handle_t next = debuggee_thread(debuggee, piece, arg);
    expect_ok(j6_thread_start(next));
    return next;
}

static bool wait_a_while(j6_handle_t object, uint64_t mask)
{
    return expect_ok(j6_object_wait(object, mask, NULL, now() + PATIENCE));
}

int64_t debuggee_exit_code(j6_handle_t thread)
{
    struct j6_end_info end = {0};
    if (wait_a_while(thread, j6_signal_closed)) {
        expect_ok(j6_wait_end(thread, &end));
        expect_equal(j6_reason_exited, end.reason);
    }
    return end.code;
}

/* With several threads, the signal may be another one's. */
struct j6_fault_info debuggee_stop(const struct debuggee *debuggee, j6_handle_t thread)
{
    struct j6_fault_info fault = {0};
    uint64_t len = sizeof(fault);
    wait_a_while(debuggee->process, j6_signal_process_faulted);
    expect_soon(j6_object_info(thread, j6_topic_fault, &fault, &len) == j6_status_ok);
    return fault;
}

bool debuggee_has_faulted(const struct debuggee *debuggee)
{
    j6_status_t status =
        j6_object_wait(debuggee->process, j6_signal_process_faulted, NULL, j6_deadline_poll);
    expect(status == j6_status_ok || status == j6_status_would_block);
    return status == j6_status_ok;
}

struct j6_thread_registers debuggee_registers_of(j6_handle_t thread)
{
    struct j6_thread_registers registers = {0};
    uint64_t len = sizeof(registers);
    expect_ok(j6_object_info(thread, j6_topic_registers, &registers, &len));
    return registers;
}

void debuggee_set_registers(j6_handle_t thread, const struct j6_thread_registers *registers)
{
    expect_ok(j6_thread_control(thread, j6_control_registers, registers, sizeof(*registers)));
}

void debuggee_resume(j6_handle_t thread)
{
    expect_ok(j6_thread_control(thread, j6_control_resume, NULL, 0));
}

struct j6_end_info debuggee_close(struct debuggee *debuggee)
{
    expect_ok(j6_process_kill(debuggee->process, -1));
    for (int i = 0; i < debuggee->count; i++) {
        expect_ok(j6_handle_close(debuggee->threads[i]));
    }
    area_unmap(debuggee->stack_area, debuggee->stacks_here);
    expect_ok(j6_handle_close(debuggee->stack_area));
    return process_finish(debuggee->process);
}

/* SPDX-License-Identifier: MIT */
/* Registers: of a new thread, over a system call, and that nobody else's values ever get there. */
#include "userland/test/fpu_check.h"
#include "userland/test/main/calls.h"
#include "userland/test/main/util.h"

extern const char registers_check[] __attribute__((visibility("hidden")));
extern const char registers_check_end[] __attribute__((visibility("hidden")));

bool registers_kept(uint64_t number, uint64_t argument);

SAMPLE_TEST(calls_keep_all_registers_but_rax_rcx_and_r11)
{
    j6_handle_t area = area_new(1, 0);
    expect(registers_kept(call_noop, 1));
    expect(registers_kept(~0ull, 1));
    expect(registers_kept(call_thread_sleep, 0));
    expect(registers_kept(call_thread_sleep, 1));
    expect(registers_kept(call_thread_sleep, now() + 2000000));
    expect(registers_kept(call_handle_close, j6_handle_none));
    expect(registers_kept(call_handle_close, area));
}

TEST(a_thread_starts_with_all_registers_zero_but_stack_and_argument)
{
    struct j6_end_info end = {0};
    j6_handle_t thread;
    j6_handle_t stack = area_new(1, 0);
    char *memory = area_map(stack, READ_WRITE);
    if (expect_ok(j6_thread_create(j6_handle_self_process, (uint64_t)registers_check,
                                   (uint64_t)memory + PAGE, 0, 0, &thread))) {
        expect_ok(j6_thread_start(thread));
        expect_ok(j6_wait_end(thread, &end));
        expect_equal(0, end.code);
        expect_ok(j6_handle_close(thread));
    }
    area_unmap(stack, memory);
    expect_ok(j6_handle_close(stack));
}

/* Maps code and a stack into an empty process by hand; nothing else is in it. */
static void fill_process(j6_handle_t process, uint64_t *out_entry, uint64_t *out_stack)
{
    j6_handle_t code = area_new(1, 0);
    j6_handle_t stack = area_new(1, 0);
    uint64_t len = (uint64_t)(registers_check_end - registers_check);
    uint64_t bottom = 0;
    *out_entry = 0;
    expect_ok(j6_vma_write(code, 0, registers_check, &len));
    expect_ok(j6_vma_map(code, process, out_entry, 0, 0, j6_map_read | j6_map_exec));
    expect_ok(j6_vma_map(stack, process, &bottom, 0, 0, READ_WRITE));
    *out_stack = bottom + PAGE;
    expect_ok(j6_handle_close(code));
    expect_ok(j6_handle_close(stack));
}

TEST(a_process_starts_with_all_registers_zero_but_stack_and_argument)
{
    uint64_t entry;
    uint64_t stack;
    j6_handle_t thread = j6_handle_none;
    j6_handle_t process = process_new();
    fill_process(process, &entry, &stack);
    expect_ok(j6_process_start(process, entry, stack, 0, &thread));
    expect_equal(j6_type_thread, j6_handle_type(thread));
    expect_ok(j6_handle_close(thread));
    expect_equal(0, process_finish(process).code);
}

TEST(threads_of_a_process_that_was_not_started_run_after_its_start)
{
    uint64_t entry;
    uint64_t stack;
    j6_handle_t first = j6_handle_none;
    j6_handle_t second = j6_handle_none;
    j6_handle_t process = process_new();
    fill_process(process, &entry, &stack);
    expect_ok(j6_thread_create(process, entry, stack - 64, 0, 0, &second));
    expect_status(j6_err_not_ready, j6_thread_start(second));
    expect_ok(j6_process_start(process, entry, stack, 0, &first));
    expect_ok(j6_thread_start(second));
    struct j6_end_info end = {.code = -1};
    expect_ok(j6_wait_end(second, &end));
    expect_equal(0, end.code);
    expect_ok(j6_handle_close(first));
    expect_ok(j6_handle_close(second));
    process_finish(process);
}

static int64_t keep_vectors(void *arg)
{
    return fpu_keeps((uint64_t)arg, 20);
}

TEST(floating_point_registers_belong_to_their_thread)
{
    struct j6_thread thread;
    int64_t kept = 0;
    j6_handle_t victim = victim_start("fpu", "3", NULL, 0);
    if (expect_ok(j6_thread_run(&thread, keep_vectors, (void *)2, 4 * PAGE))) {
        expect(fpu_keeps(1, 20));
        expect_ok(j6_thread_join(&thread, &kept));
        expect(kept);
    }
    expect_equal(0, process_finish(victim).code);
}

SAMPLE_TEST(a_process_starts_with_the_floating_point_registers_that_the_abi_describes)
{
    expect(fpu_keeps(1, 1));
    expect_equal(0, victim_run("fpu_start", ""));
}

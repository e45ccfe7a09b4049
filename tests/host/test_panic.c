/* SPDX-License-Identifier: MIT */
/* SOURCES: kernel/base/panic.c kernel/base/symbols.c kernel/base/console.c kernel/base/log.c lib/log_line.c lib/format.c */
/* The report of a kernel bug, and the names in its backtrace. */
#include "kernel/base/panic.h"
#include "arch/arch.h"
#include "kernel/base/console.h"
#include "kernel/base/debug.h"
#include "kernel/base/log.h"
#include "kernel/base/symbols.h"

#include <stdio.h>
#include <string.h>
#include <test.h>

const struct symbol symbol_table[] = {{0x1000, 0}, {0x1010, 6}, {0x2000, 13}};
const uint32_t symbol_count = 3;
const char symbol_names[] = "first\0second\0third";

static void symbol_is_the_last_one_at_or_before_the_address(void **state)
{
    (void)state;
    uint64_t offset;
    assert_string_equal(symbol_find(0xffffffff80001000, &offset), "first");
    assert_int_equal(offset, 0);
    assert_string_equal(symbol_find(0xffffffff8000100f, &offset), "first");
    assert_int_equal(offset, 15);
    assert_string_equal(symbol_find(0xffffffff80001010, &offset), "second");
    assert_string_equal(symbol_find(0xffffffff80001fff, &offset), "second");
    assert_string_equal(symbol_find(0xffffffff80002345, &offset), "third");
    assert_int_equal(offset, 0x345);
    assert_null(symbol_find(0xffffffff80000fff, &offset));
    assert_null(symbol_find(0x401000, &offset));
}

bool test_kernel_debug = true; /* shows the other CPUs */

static char shown[16384];
static size_t shown_len;
static char calls[64];

static void record(void *context, enum j6_log_severity severity, const char *text, size_t len)
{
    (void)context;
    (void)severity;
    assert_true(shown_len + len < sizeof(shown));
    memcpy(shown + shown_len, text, len);
    shown_len += len;
}

static void reset(void *context)
{
    (void)context;
    strcat(calls, "reset ");
}

/* A stack of three frames, the last of which points back at the first. */
static uint64_t stack[8];

static bool is_stack(vaddr_t address, uint64_t size)
{
    vaddr_t start = (vaddr_t)stack;
    return address >= start && address + size <= start + sizeof(stack);
}

static void stop_others(void)
{
    strcat(calls, "stop ");
}

static void verdict(int code)
{
    assert_int_equal(code, PANIC_VERDICT);
    strcat(calls, "verdict ");
}

static jmp_buf halted;

static noreturn void halt(void)
{
    strcat(calls, "halt ");
    longjmp(halted, 1);
}

/* In the kernel, in user mode, and nowhere to be found; CPU 0 is the one that panics. */
static const struct cpu_place *stopped_at(uint32_t index)
{
    static struct cpu_place places[3] = {{.rip = 0xffffffff80001001},
                                         {.rip = 0x401000, .user = true}};
    places[0].frame = (vaddr_t)&stack[4];
    return index >= 1 && index <= 3 ? &places[index - 1] : NULL;
}

static const struct panic_hooks hooks = {
    .stop_others = stop_others,
    .stopped_at = stopped_at,
    .is_stack = is_stack,
    .verdict = verdict,
    .halt = halt,
};

static const char report[] =
    "[    0.000000] boot\n"
    "\n"
    "PANIC: frame 7 is lost\n"
    "Senary 1.2.3 (0123456789ab)\n"
    "  vector 14, error 0x2, rflags 0x46\n"
    "  rip ffffffff80001012  cr2 0000000000000123  cr3 0000000000456000\n"
    "  rax 0000000000000000  rcx 0000000000000001  rdx 0000000000000002  rbx 0000000000000003\n"
    "  rsp 0000000000000004  rbp %016lx  rsi 0000000000000006  rdi 0000000000000007\n"
    "  r8  0000000000000008  r9  0000000000000009  r10 000000000000000a  r11 000000000000000b\n"
    "  r12 000000000000000c  r13 000000000000000d  r14 000000000000000e  r15 000000000000000f\n"
    "Backtrace:\n"
    "  ffffffff80001012  second+0x2\n"
    "  ffffffff80001010  first+0x10\n"
    "  ffffffff80002004  third+0x4\n"
    "  0000000000000001\n"
    "CPU 1:\n"
    "  ffffffff80001001  first+0x1\n"
    "  0000000000000001\n"
    "CPU 2 in user mode:\n"
    "  0000000000401000\n"
    "CPU 3 doesn't answer.\n"
    "Log:\n"
    "  [    0.000000] boot\n"
    "The kernel has stopped.\n";

static void panic_reports_once(void **state)
{
    (void)state;
    static struct console console = {.write = record, .reset = reset};
    struct panic_registers registers = {.rip = 0xffffffff80001012,
                                        .rflags = 0x46,
                                        .cr2 = 0x123,
                                        .cr3 = 0x456000,
                                        .vector = 14,
                                        .error = 2};
    for (uint64_t i = 0; i < 16; i++) {
        registers.regs[i] = i;
    }
    registers.regs[5] = (uint64_t)&stack[0];
    stack[0] = (uint64_t)&stack[2];
    stack[1] = 0xffffffff80001010;
    stack[2] = (uint64_t)&stack[4];
    stack[3] = 0xffffffff80002004;
    stack[4] = (uint64_t)&stack[0];
    stack[5] = 1;

    log_info("boot");
    console_add(&console);
    panic_set_hooks(&hooks);
    if (setjmp(halted) == 0) {
        panic_with_registers(&registers, "frame %d is lost", 7);
    }
    char expected[sizeof(report) + 16];
    snprintf(expected, sizeof(expected), report, registers.regs[5]);
    assert_string_equal(shown, expected);
    assert_string_equal(calls, "stop reset verdict halt ");

    if (setjmp(halted) == 0) {
        panic("again");
    }
    log_error("after");
    assert_string_equal(shown, expected);
    assert_string_equal(calls, "stop reset verdict halt halt ");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(symbol_is_the_last_one_at_or_before_the_address),
        cmocka_unit_test(panic_reports_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

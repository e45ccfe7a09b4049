/* SPDX-License-Identifier: MIT */
/*
 * Each function breaks the process in one way. What can be told beforehand goes into the report:
 * where, and on which address.
 */
#include "userland/test/victim/victim.h"

/* Reports the address of the instruction, then runs it. */
#define BREAK(report, instruction, ...)         \
    __asm__ volatile("lea 1f(%%rip), %%r11\n\t" \
                     "mov %%r11, %0\n"          \
                     "1:\t" instruction         \
                     : "=m"((report)->rip)      \
                     : __VA_ARGS__              \
                     : "rax", "rcx", "rdx", "r11", "memory", "cc")

static const uint64_t KERNEL_IMAGE = 0xffffffff80000000;
static const uint64_t OFFSET_MAP = 0xffff800000000000;
static const uint64_t HIGHEST_USER = 0x00007ffffffffff8;
static const uint64_t NONCANONICAL = 0x0000800000000000;

static void break_by_read(struct report *report, uint64_t address)
{
    report->address = address;
    BREAK(report, "mov (%1), %%rax", "r"(address));
}

static void break_by_write(struct report *report, uint64_t address)
{
    report->address = address;
    BREAK(report, "movb $1, (%1)", "r"(address));
}

/* The fault comes when the first instruction there is fetched. */
static void break_by_jump(struct report *report, uint64_t address)
{
    report->rip = address;
    report->address = address;
    __asm__ volatile("jmp *%0" : : "r"(address));
}

void fault_null_read(struct report *report)
{
    break_by_read(report, 0);
}

void fault_null_write(struct report *report)
{
    break_by_write(report, 0);
}

void fault_null_jump(struct report *report)
{
    break_by_jump(report, 0);
}

void fault_write_to_clock_page(struct report *report)
{
    break_by_write(report, (uint64_t)j6_clock_page());
}

void fault_clock_page_execution(struct report *report)
{
    break_by_jump(report, (uint64_t)j6_clock_page());
}

void fault_write_to_constant(struct report *report)
{
    static const char constant[64] = "constant";
    break_by_write(report, (uint64_t)constant);
}

void fault_write_to_code(struct report *report)
{
    break_by_write(report, (uint64_t)fault_write_to_code);
}

void fault_data_execution(struct report *report)
{
    static char data[] = "\xc3"; /* ret */
    break_by_jump(report, (uint64_t)data);
}

void fault_stack_execution(struct report *report)
{
    volatile char data[] = "\xc3";
    break_by_jump(report, (uint64_t)data);
}

void fault_kernel_read(struct report *report)
{
    break_by_read(report, KERNEL_IMAGE);
}

void fault_kernel_write(struct report *report)
{
    break_by_write(report, KERNEL_IMAGE);
}

void fault_kernel_jump(struct report *report)
{
    break_by_jump(report, KERNEL_IMAGE);
}

void fault_offset_map_read(struct report *report)
{
    break_by_read(report, OFFSET_MAP);
}

void fault_highest_user_read(struct report *report)
{
    break_by_read(report, HIGHEST_USER);
}

void fault_noncanonical_read(struct report *report)
{
    break_by_read(report, NONCANONICAL);
}

void fault_noncanonical_write(struct report *report)
{
    break_by_write(report, NONCANONICAL);
}

void fault_noncanonical_jump(struct report *report)
{
    break_by_jump(report, NONCANONICAL);
}

/* Not a tail call, so that every call takes its part of the stack. */
static int64_t dig(volatile char *above)
{
    volatile char frame[256];
    frame[0] = above[0];
    return above[0] == 'x' ? 0 : dig(frame) + frame[0];
}

void fault_stack_overflow(struct report *report)
{
    (void)report;
    volatile char start = 0;
    dig(&start);
}

static int64_t dig_in_thread(void *arg)
{
    (void)arg;
    volatile char start = 0;
    return dig(&start);
}

void fault_thread_stack_overflow(struct report *report)
{
    (void)report;
    struct j6_thread thread;
    if (j6_thread_run(&thread, dig_in_thread, NULL, 4 * j6_page_size) == j6_status_ok) {
        j6_thread_join(&thread, NULL);
    }
}

void fault_halt(struct report *report)
{
    BREAK(report, "hlt", );
}

void fault_disabling_of_interrupts(struct report *report)
{
    BREAK(report, "cli", );
}

void fault_enabling_of_interrupts(struct report *report)
{
    BREAK(report, "sti", );
}

void fault_port_read(struct report *report)
{
    BREAK(report, "inb $0x60, %%al", );
}

void fault_port_write(struct report *report)
{
    BREAK(report, "outb %%al, $0x80", );
}

void fault_control_register_read(struct report *report)
{
    BREAK(report, "mov %%cr3, %%rax", );
}

void fault_control_register_write(struct report *report)
{
    BREAK(report, "mov %1, %%cr3", "r"(0ull));
}

void fault_model_specific_register_read(struct report *report)
{
    BREAK(report, "rdmsr", );
}

void fault_model_specific_register_write(struct report *report)
{
    BREAK(report, "wrmsr", );
}

void fault_descriptor_table_load(struct report *report)
{
    static char table[10];
    BREAK(report, "lidt (%1)", "r"(table));
}

void fault_cache_invalidation(struct report *report)
{
    BREAK(report, "wbinvd", );
}

void fault_kernel_segment_load(struct report *report)
{
    BREAK(report, "mov %1, %%ss", "r"(0x10));
}

void fault_linux_interrupt(struct report *report)
{
    BREAK(report, "int $0x80", );
}

void fault_undefined_instruction(struct report *report)
{
    BREAK(report, "ud2", );
}

void fault_division_by_zero(struct report *report)
{
    BREAK(report, "divl %1", "r"(0));
}

void fault_division_overflow(struct report *report)
{
    BREAK(report, "mov $1, %%edx; xor %%eax, %%eax; idivl %1", "r"(1));
}

void fault_breakpoint(struct report *report)
{
    BREAK(report, "int3", );
}

/* Sets flags, runs an instruction, and takes them back if that was survived. */
#define BREAK_WITH_FLAGS(report, flags, instruction, ...)                                         \
    BREAK(report,                                                                                 \
          "lea -128(%%rsp), %%rsp\n\tpushfq\n\torq $" #flags ", (%%rsp)\n\tpopfq\n\t" instruction \
          "\n\tpush $2\n\tpopfq\n\tlea 128(%%rsp), %%rsp",                                        \
          __VA_ARGS__)

void fault_single_step(struct report *report)
{
    BREAK_WITH_FLAGS(report, 0x100, "nop; nop", );
}

void fault_single_step_over_syscall(struct report *report)
{
    BREAK_WITH_FLAGS(report, 0x100, "syscall; nop", );
}

void fault_alignment_check(struct report *report)
{
    static const uint64_t words[2];
    BREAK_WITH_FLAGS(report, 0x40000, "mov (%1), %%rax", "r"((const char *)words + 1));
}

void fault_x87_exception(struct report *report)
{
    const uint16_t all_unmasked = 0x0340;
    const uint16_t all_masked = 0x037f;
    BREAK(report, "fldcw %1; fldz; fldz; fdivp; fwait; fnclex; fldcw %2; fstp %%st",
          "m"(all_unmasked), "m"(all_masked));
}

void fault_sse_exception(struct report *report)
{
    const uint32_t all_unmasked = 0;
    const uint32_t all_masked = 0x1f80;
    float zero = 0;
    (void)report;
    __asm__ volatile("ldmxcsr %1; divss %0, %0; ldmxcsr %2"
                     : "+x"(zero)
                     : "m"(all_unmasked), "m"(all_masked));
}

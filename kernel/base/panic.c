/* SPDX-License-Identifier: MIT */
/*
 * The report of a kernel bug. It relies on as little as it can: no locks, no memory but its own, and
 * no address that the machine hasn't called a stack.
 */
#include "kernel/base/panic.h"

#include <stdarg.h>
#include <stddef.h>

#include "arch/arch.h"
#include "kernel/base/assert.h"
#include "kernel/base/console.h"
#include "kernel/base/debug.h"
#include "kernel/base/symbols.h"
#include "lib/format.h"
#include "version.h"

enum { FRAMES_MAX = 32, LOG_LINES = 16, FRAME_POINTER = 5 /* rbp's number */ };

static const struct panic_hooks *hooks;
static bool panicking;

static void sink_write(struct format_sink *sink, const char *text, size_t len)
{
    (void)sink;
    console_panic_write(text, len);
}

static struct format_sink sink = {.write = sink_write};

static noreturn void halt(void)
{
    if (hooks != NULL && hooks->halt != NULL) {
        hooks->halt();
    }
    while (true) {
        continue;
    }
}

static void show_registers(const struct panic_registers *registers)
{
    static const char *const names[16] = {"rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi", "rdi",
                                          "r8 ", "r9 ", "r10", "r11", "r12", "r13", "r14", "r15"};
    format_to(&sink, "  vector %lu, error 0x%lx, rflags 0x%lx\n", registers->vector,
              registers->error, registers->rflags);
    format_to(&sink, "  rip %016lx  cr2 %016lx  cr3 %016lx\n", registers->rip, registers->cr2,
              registers->cr3);
    for (uint32_t i = 0; i < 16; i++) {
        format_to(&sink, "  %s %016lx%s", names[i], registers->regs[i], i % 4 == 3 ? "\n" : "");
    }
}

/* A line of the backtrace. `inside` is an address within the instruction that is meant. */
static void show_address(vaddr_t address, vaddr_t inside)
{
    uint64_t offset;
    const char *name = symbol_find(inside, &offset);
    if (name != NULL) {
        format_to(&sink, "  %016lx  %s+0x%lx\n", address, name, offset + (address - inside));
    } else {
        format_to(&sink, "  %016lx\n", address);
    }
}

static bool is_frame(vaddr_t frame)
{
    return frame % 8 == 0 && hooks != NULL && hooks->is_stack != NULL &&
           hooks->is_stack(frame, 2 * sizeof(uint64_t));
}

/*
 * Follows the frame pointers (System V ABI, x86-64, section 3.2.2: the caller's at 0, the return
 * address at 8). Frames lie ever higher, so a damaged chain ends.
 */
static void show_callers(vaddr_t frame)
{
    for (uint32_t i = 0; i < FRAMES_MAX; i++) {
        const uint64_t *words = (const uint64_t *)frame;
        if (words[1] == 0) {
            return;
        }
        show_address(words[1], words[1] - 1);
        if (words[0] <= frame || !is_frame(words[0])) {
            return;
        }
        frame = words[0];
    }
}

/* Where we are: from the trap, or else from the frame of panic itself. */
static void show_backtrace(const struct panic_registers *registers, const void *own_frame)
{
    format_to(&sink, "Backtrace:\n");
    if (registers == NULL) {
        show_callers((vaddr_t)own_frame);
        return;
    }
    show_address(registers->rip, registers->rip);
    if (is_frame(registers->regs[FRAME_POINTER])) {
        show_callers(registers->regs[FRAME_POINTER]);
    }
}

static void show_other(uint32_t index, const struct cpu_place *place)
{
    if (place->rip == 0) {
        format_to(&sink, "CPU %u doesn't answer.\n", index);
        return;
    }
    format_to(&sink, "CPU %u%s:\n", index, place->user ? " in user mode" : "");
    show_address(place->rip, place->rip);
    if (!place->user && is_frame(place->frame)) {
        show_callers(place->frame);
    }
}

static void show_others(void)
{
    for (uint32_t index = 0; index < CPU_MAX; index++) {
        const struct cpu_place *place = hooks->stopped_at(index);
        if (place != NULL) {
            show_other(index, place);
        }
    }
}

static noreturn void report(const struct panic_registers *registers, const void *own_frame,
                            const char *fmt, va_list args)
{
    if (__atomic_exchange_n(&panicking, true, __ATOMIC_SEQ_CST)) {
        halt();
    }
    if (hooks != NULL && hooks->stop_others != NULL) {
        hooks->stop_others();
    }
    console_panic_begin();
    format_to(&sink, "\nPANIC: ");
    vformat_to(&sink, fmt, args);
    format_to(&sink, "\nSenary %s (%s)\n", SENARY_VERSION, SENARY_COMMIT);
    if (registers != NULL) {
        show_registers(registers);
    }
    show_backtrace(registers, own_frame);
    if (KERNEL_DEBUG && hooks != NULL && hooks->stopped_at != NULL) {
        show_others();
    }
    format_to(&sink, "Log:\n");
    console_panic_tail(LOG_LINES);
    format_to(&sink, "The kernel has stopped.\n");
    if (hooks != NULL && hooks->verdict != NULL) {
        hooks->verdict(PANIC_VERDICT);
    }
    halt();
}

void panic_set_hooks(const struct panic_hooks *new_hooks)
{
    hooks = new_hooks;
}

noreturn void panic(const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    report(NULL, __builtin_frame_address(0), fmt, args);
}

noreturn void panic_with_registers(const struct panic_registers *registers, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    report(registers, NULL, fmt, args);
}

noreturn void assert_failed(const char *expression, const char *file, int line)
{
    panic("%s:%d: assertion failed: %s", file, line, expression);
}

/* SPDX-License-Identifier: MIT */
/*
 * What the kernel asks of the machine; arch/x86_64 implements it and decides no policy. Calls in
 * the other direction are in arch/upcall.h.
 *
 * Invariants that no test can see, on every path into the kernel:
 *   - DF, AC, NT and TF are clear and interrupts are off before the first C instruction: SYSCALL by
 *     FMASK, traps by POPF in entry.asm. DF set would run string copies backwards, AC set would
 *     open user pages to every kernel access, NT set would break IRET, TF would trap in ring 0.
 *   - GS points at the CPU's block. NMI, #DB, #DF and #MC may come before SWAPGS; they don't trust
 *     GS but read the block from the top of their own stack.
 *   - SYSRET only returns to where a SYSCALL came from: Intel CPUs raise #GP in ring 0, on the
 *     user's stack, for a non-canonical rcx. The last 64 KiB of the user half are never mapped, and
 *     who changes a rip sets by_iret.
 *   - The kernel has no red zone (-mno-red-zone): interrupts push onto the stack it runs on.
 *   - The kernel touches no FPU or vector register (-mgeneral-regs-only).
 */
#pragma once
#include "arch/cpu.h"
#include "arch/layout.h"
#include "arch/tcb.h"
#include "arch/ticks.h"
#include <j6/status.h>
#include <j6/types.h>
#include <stdbool.h>
#include <stddef.h>

struct acpi_info;

struct cpu_place {
    vaddr_t rip;
    vaddr_t frame; /* rbp */
    bool user;
};

/* ---- start (each once, in this order; kernel/boot/main.c shows the whole list) ---- */

/* Points GS at the block of the CPU that boots. Nothing per CPU works before it. */
void arch_percpu_init(void);

/* Reads CPUID, turns on what the CPU has (WP, NX, SMEP, SMAP, UMIP, …) and SYSCALL. */
void arch_cpu_init(void);

/* Programs the PAT (0 WB, 1 WT, 2 UC-, 3 UC, 4 WC) and logs it and every MTRR. */
void arch_pat_init(void);

/* FPU on, with XSAVE where offered; fpu_area_size() is valid from here on. */
void arch_fpu_init(void);

/* Masks the PIC and every IOAPIC line; turns on the local APIC (x2APIC where offered). *acpi stays. */
void arch_apic_init(const struct acpi_info *acpi);

/*
 * Finds the TSC's frequency: CPUID, hypervisor leaf, else at most 1 ms against HPET, PM timer, PIT.
 * Time 0 is entry_tsc. Option "call": programs are to ask the kernel for the time; else NULL.
 */
void arch_clock_init(const struct acpi_info *acpi, uint64_t entry_tsc, const char *option);

/* ---- other CPUs ---- */

/* This CPU takes part from now on: it answers kicks and TLB shootdowns. Once, when all of it works. */
void cpu_set_online(void);

/* Interrupts a CPU that is online, so that it looks at its pending bits: at once in user mode, or idle. */
void cpu_kick(uint32_t index);

/* Stops all other CPUs that are online, wherever they are. Waits for them, but not for ever. */
void arch_stop_others(void);

/* Where a CPU was when that stopped it. NULL: it wasn't to be stopped; all 0: it hasn't answered. */
const struct cpu_place *arch_stopped_at(uint32_t index);

/* ---- time ---- */

/* Nanoseconds since kernel entry, monotonic over all CPUs. Any context, NMI too; never waits. */
j6_time_t clock_now(void);

/* How long so many ticks (arch/ticks.h) last, at the rate that is known by now. */
uint64_t arch_ticks_ns(uint64_t ticks);

/*
 * Interrupts this CPU once at the deadline, at once if it has passed; j6_deadline_never: not. It may
 * come a little early: who is called looks at the clock.
 */
void clock_set_alarm(j6_time_t deadline);

/*
 * Was the frequency measured so quickly that it is worth while to do it again? arch_clock_refine
 * does so, once: some hundred milliseconds after arch_clock_init, on the same CPU.
 */
bool arch_clock_is_rough(void);
void arch_clock_refine(void);

/* The frame that processes read the clock from (<j6/clock.h>). */
paddr_t arch_clock_page(void);

/* The time of day at which clock_now was 0, for the page. */
void clock_set_boot_time(j6_time_t boot_time);

/* ---- interrupts and idling ---- */

/* Waits for an interrupt, with interrupts on meanwhile; off again on return. */
void arch_idle(void);

/* Takes the interrupts that are pending; off again on return. */
void arch_let_interrupts_in(void);

/* Is this CPU's interrupt flag set? */
bool arch_interrupts_on(void);

/* Lets a processor that spins be nice to its sibling. */
static inline void arch_pause(void)
{
    __asm__ volatile("pause");
}

/* ---- memory ---- */

/* Copies to or from user memory; returns how many bytes are left. Ranges are checked before. */
uint64_t arch_user_copy(void *dst, const void *src, uint64_t len);

/* The same from and to user memory by what is there: no page is brought in, locks may be held. */
uint64_t arch_user_copy_in_now(void *dst, const void *src, uint64_t len);
uint64_t arch_user_copy_out_now(void *dst, const void *src, uint64_t len);

/* Likewise reads a word, in one access; false if it can't be. */
bool arch_user_load32_now(const void *pointer, uint32_t *out_word);

/* Reads a word that can be written too, or writes one; false if it can't be. */
bool arch_user_load_inout(void *pointer, uint64_t *out_word);
bool arch_user_store(void *dst, uint64_t word);

/* Can the byte of user memory be written? Writes what it holds already. */
bool arch_user_touch(void *address);

/* Fills in words for a seed; false if they are time stamps only. */
bool arch_entropy(uint64_t *out, size_t count);

/* ---- threads ---- */

/* A thread that starts at entry with rsp = stack, rdi = arg and all else 0. */
void tcb_init(struct tcb *tcb, uint64_t entry, uint64_t stack, uint64_t arg);

/* Are these flags that user code can have? */
bool tcb_may_have_flags(uint64_t rflags);

/*
 * The running thread, which has made a system call, goes on at `entry` instead of behind it, with its
 * registers as a kernel gets them: number in rax, return address in rcx, flags in r11, and those flags
 * cleared that the CPU clears for a kernel.
 */
void tcb_foreign_call(struct tcb *tcb, uint64_t number, uint64_t entry);

/* Reads the FS base of the running thread; sets it. */
uint64_t tcb_fs_base(const struct tcb *tcb);
void tcb_set_fs_base(struct tcb *tcb, uint64_t base);

/* Makes the tcb this CPU's own: FPU, FS base. Its page table is loaded already. */
void tcb_load(struct tcb *tcb);

/* Saves what tcb_load doesn't keep in the tcb anyway (FPU, FS base), before another is loaded. */
void tcb_save(struct tcb *tcb);

/* Goes to user mode with the tcb that is loaded. Nothing may be held. */
_Noreturn void tcb_enter(struct tcb *tcb);

/* Can ipc/fast_path.asm switch threads on this machine? */
bool arch_has_fast_switch(void);

/* Bytes of a thread's FPU area; 64-byte aligned. */
size_t fpu_area_size(void);

/* ---- kernel stacks ---- */

/* Entries from user mode use this stack from now on. */
void arch_set_kernel_stack(vaddr_t stack_top);

/* Goes on in fn, on another stack; what is on this one is given up. */
_Noreturn void arch_call_on_stack(vaddr_t stack_top, void (*fn)(void));

/*
 * Goes on in fn, on another stack; returns when arch_stack_resume is called with *out_sp, on
 * whichever CPU. Until then the stack that the caller is on belongs to *out_sp.
 */
void arch_stack_leave(vaddr_t *out_sp, vaddr_t stack_top, void (*fn)(void));

/* Goes on where arch_stack_leave left that stack; what is on this one is given up. */
_Noreturn void arch_stack_resume(vaddr_t sp);

/* ---- power ---- */

_Noreturn void arch_power_off(void);
_Noreturn void arch_reset(void);
_Noreturn void arch_halt(void);

/*
 * Ends an emulated machine with a code: port 0xf4 if the command line has verdict=0xf4, "Shutdown"
 * to port 0x8900 on Bochs. Code 0 is success. Halts where there is neither.
 */
_Noreturn void arch_verdict(int code);

/* What arch_power_off and arch_verdict need, from the ACPI tables and the command line. */
void arch_power_init(const struct acpi_info *acpi, const char *verdict_option);

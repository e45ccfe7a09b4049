/* SPDX-License-Identifier: MIT */
/*
 * What the machine layer asks of the kernel: the only calls upward. Implemented in mm and kernel.
 */
#pragma once
#include "arch/types.h"
#include <j6/status.h>
#include <stdbool.h>
#include <stddef.h>

struct tcb;
struct page_table;

/* A fault of user code that arch has no answer to. vector and error as the CPU gives them. */
struct user_trap {
    uint64_t vector;
    uint64_t error;
    uint64_t address; /* CR2 of a page fault, else 0 */
};

/* Never returns: the thread goes on, or has ended and another runs. */
_Noreturn void upcall_user_trap(struct tcb *tcb, const struct user_trap *trap);

/* A page fault on a user address by the copy routines. False: the copy ends there. */
bool upcall_copy_fault(vaddr_t address, bool write);

/* The alarm set by clock_set_alarm. Interrupts are off. */
void upcall_alarm(void);

/*
 * A line has fired that has a route with this context (arch/irq.h), or had one until a moment ago: within
 * the grace period. False: it is nobody's. Interrupts are off, and nothing is held. Once it returns the
 * line may fire again, unless it is masked.
 */
bool upcall_irq(void *context);

/*
 * For the watch over stuck CPUs, in the debug build: this CPU takes an interrupt; it idles from now on,
 * or no more. Interrupts are off.
 */
void upcall_watch_interrupt(void);
void upcall_watch_idle(bool idle);

/* A CPU that was started has set up its machine part; it goes on to idle. Interrupts are off. */
_Noreturn void upcall_cpu_started(void);

/* Leaves the kernel: pending work first, then whichever thread is to run. */
_Noreturn void kernel_leave(void);

/*
 * A step point: called between the steps of whatever takes long, with no lock held. Takes the
 * interrupts that are pending; if another thread should run by now, the running one makes way for it
 * here, keeps the kernel stack that it is on, and goes on here when it is its turn again. False: the
 * thread was killed, so the operation is to end as soon as what it works on is whole.
 *
 * At boot, while idle, and in what a grace period runs there is no thread that could make way: then
 * only interrupts come in, and the answer is true.
 *
 * A step point passes a grace period: what was found without a reference may be gone afterwards.
 * So every caller up the stack holds references to all that it goes on with. Nothing of a CPU's own
 * (this_cpu) is kept across.
 */
bool kernel_step_point(void);

/* A zeroed page for page tables, charged to the table's owner; zeroed again when given back. */
j6_status_t upcall_table_alloc(struct page_table *table, paddr_t *out_page) J6_MUST_USE;
void upcall_table_free(struct page_table *table, paddr_t page);

/*
 * Maps device memory for good, uncached or with the caching that page_flags say. NULL when there is no
 * memory for tables, or a page is mapped with another type.
 */
void *device_map(paddr_t address, size_t size);
void *device_map_as(paddr_t address, size_t size, uint32_t page_flags);

/* An interrupt controller, which no process may map. Whole pages. */
void upcall_device_reserve(paddr_t start, paddr_t end);

/* A system call: the number as it was in rax, the arguments in the tcb. Returns what goes to rax. */
j6_status_t syscall_dispatch(struct tcb *tcb, uint64_t number);

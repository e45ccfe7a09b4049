/* SPDX-License-Identifier: MIT */
/*
 * The machine of <test_machine.h>. Physical memory is a large reservation of addresses of which
 * only what a test adds can be touched. Variables per CPU lie in a section of their own, of which
 * each further CPU has a zeroed copy.
 */
#include <test_machine.h>

#include "arch/arch.h"
#include "arch/cpu.h"
#include "arch/layout.h"
#include "arch/page_table.h"
#include "arch/tlb.h"
#include "arch/x86_64/io_ports.h"
#include "arch/x86_64/x86.h"
#include "kernel/base/assert.h"
#include "kernel/base/debug.h"
#include "kernel/base/grace.h"
#include <stdlib.h>
#include <sys/mman.h>

PER_CPU(struct cpu, cpu);
void *cpu_blocks[CPU_MAX];
_Atomic uint64_t cpu_mask_online = 1;

uint64_t test_cpu_offset;
bool test_kernel_debug = true;
paddr_t test_cr3[TEST_CPUS];
uint64_t test_cr3_writes;
uint64_t test_invlpg_count;
vaddr_t test_invlpg[TEST_INVLPG_MAX];
void (*test_invlpg_watch)(vaddr_t address);

extern char percpu_start[] __asm__("__start_percpu"); /* by the linker */
extern char percpu_end[] __asm__("__stop_percpu");

static char *memory(void)
{
    static char *reserved;
    if (reserved == NULL) {
        reserved = mmap(NULL, TEST_MEMORY_SIZE, PROT_NONE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        assert(reserved != MAP_FAILED);
    }
    return reserved;
}

void test_memory_add(paddr_t start, paddr_t end)
{
    assert(start <= end && end <= TEST_MEMORY_SIZE);
    int failed = mprotect(memory() + start, end - start, PROT_READ | PROT_WRITE);
    assert(!failed);
}

void test_memory_remove(paddr_t start, paddr_t end)
{
    int failed = mprotect(memory() + start, end - start, PROT_NONE);
    assert(!failed);
}

void test_memory_clear(void)
{
    void *again = mmap(memory(), TEST_MEMORY_SIZE, PROT_NONE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1, 0);
    assert(again == memory());
}

void *phys_to_virt(paddr_t address)
{
    assert(address < TEST_MEMORY_SIZE);
    return memory() + address;
}

paddr_t virt_to_phys(const void *pointer)
{
    paddr_t address = (paddr_t)pointer - (paddr_t)memory();
    assert(address < TEST_MEMORY_SIZE);
    return address;
}

void test_cpu_switch(unsigned number)
{
    static char *blocks[TEST_CPUS];
    assert(number < TEST_CPUS);
    blocks[0] = percpu_start;
    if (blocks[number] == NULL) {
        blocks[number] = aligned_alloc(64, ((size_t)(percpu_end - percpu_start) + 63) & ~63ull);
        assert(blocks[number] != NULL);
        for (char *at = blocks[number]; at < blocks[number] + (percpu_end - percpu_start); at++) {
            *at = 0;
        }
    }
    test_cpu_offset = (uint64_t)(blocks[number] - percpu_start);
    cpu_blocks[number] = (void *)test_cpu_offset;
    cpu_mask_online |= cpu_bit(number);
    this_cpu(cpu)->index = number;
}

__attribute__((weak)) void cpu_kick(uint32_t index)
{
    (void)index;
}

/* The CPUs of a test have no TLBs. */
__attribute__((weak)) void tlb_shootdown(uint64_t cpus, const vaddr_t *pages, unsigned count)
{
    (void)cpus;
    (void)pages;
    (void)count;
}

/* … and memory of one caching type. */
__attribute__((weak)) bool page_may_be_large(paddr_t page)
{
    (void)page;
    return true;
}

/* No table of a test has ports. */
__attribute__((weak)) uint64_t io_ports_open(struct page_table *table)
{
    (void)table;
    return 0;
}

/* No CPU of a test stays away for long. */
__attribute__((weak)) void grace_remind_later(void)
{
}

void x86_invlpg(uint64_t address)
{
    if (test_invlpg_count < TEST_INVLPG_MAX) {
        test_invlpg[test_invlpg_count] = address;
    }
    test_invlpg_count++;
    if (test_invlpg_watch != NULL) {
        test_invlpg_watch(address);
    }
}

void x86_write_cr3(uint64_t value)
{
    test_cr3[cpu_index()] = value;
    test_cr3_writes++;
}

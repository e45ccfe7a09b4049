/* SPDX-License-Identifier: MIT */
/*
 * Where things lie in the address space. The next-level tables of every kernel slot exist from
 * boot (of the offset map: where there is memory), so a change in the kernel half is seen by all spaces.
 *
 *   region        from                  size      what
 *   user          0000_0000_0001_0000   128 TiB   less 64 KiB at either end
 *   offset map    ffff_8000_0000_0000   64 TiB    all memory: virtual = physical + base
 *   heap          ffff_c000_0000_0000   512 GiB
 *   stacks        ffff_c100_0000_0000   512 GiB   guarded sections
 *   buffers       ffff_c200_0000_0000   512 GiB   guarded sections
 *   device maps   ffff_c300_0000_0000   512 GiB
 *   per CPU       ffff_c400_0000_0000   64 GiB
 *   kernel image  ffff_ffff_8000_0000   2 GiB
 */
#pragma once
#include "arch/types.h"

#define USER_START 0x0000000000010000ull
#define USER_END   0x00007fffffff0000ull

#define OFFSET_MAP      0xffff800000000000ull
#define OFFSET_MAP_SIZE (64ull << 40)
#define HEAP_BASE       0xffffc00000000000ull
#define HEAP_SIZE       (512ull << 30)
#define STACKS_BASE     0xffffc10000000000ull
#define STACKS_SIZE     (512ull << 30)
#define BUFFERS_BASE    0xffffc20000000000ull
#define BUFFERS_SIZE    (512ull << 30)
#define DEVICES_BASE    0xffffc30000000000ull
#define DEVICES_SIZE    (512ull << 30)
#define PER_CPU_BASE    0xffffc40000000000ull
#define PER_CPU_SIZE    (64ull << 30)
#define KERNEL_BASE     0xffffffff80000000ull
#define KERNEL_SIZE     (2ull << 30)

#define KERNEL_STACK_SIZE (2 * PAGE_SIZE)
#define CPU_BLOCK_SIZE    (4 * PAGE_SIZE) /* room for the variables per CPU (link.ld) */

/* Reads and writes physical memory that the offset map covers. */
static inline void *phys_to_virt(paddr_t address)
{
    return (void *)(address + OFFSET_MAP);
}

/*
 * Fill a page with zeros or another page's bytes, by the string instructions that CPUs run fastest on
 * whole pages (Intel Optimization Reference Manual, §3.7.6).
 */
static inline void page_clear(void *page)
{
    uint64_t words = PAGE_SIZE / 8;
    __asm__ volatile("rep stosq" : "+D"(page), "+c"(words) : "a"(0ull) : "memory");
}

static inline void page_copy(void *to, const void *from)
{
    uint64_t words = PAGE_SIZE / 8;
    __asm__ volatile("rep movsq" : "+D"(to), "+S"(from), "+c"(words) : : "memory");
}

static inline paddr_t virt_to_phys(const void *pointer)
{
    return (vaddr_t)pointer - OFFSET_MAP;
}

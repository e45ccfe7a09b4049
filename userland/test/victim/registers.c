/* SPDX-License-Identifier: MIT */
/* What the CPU holds at the start, over a system call, and over a switch. */
#include "userland/test/fpu_check.h"
#include "userland/test/victim/victim.h"

int64_t mode_fpu(int64_t argument)
{
    return fpu_keeps((uint64_t)argument, 20) ? 0 : 1;
}

/* The ABI's initial values; the startup code uses no vector register above xmm7. */
int64_t mode_fpu_start(int64_t argument)
{
    (void)argument;
    uint64_t high[8][2];
    uint32_t mxcsr;
    uint16_t control;
    uint64_t any = 0;
    __asm__ volatile("movups %%xmm8, (%0)\n\tmovups %%xmm9, 16(%0)\n\t"
                     "movups %%xmm10, 32(%0)\n\tmovups %%xmm11, 48(%0)\n\t"
                     "movups %%xmm12, 64(%0)\n\tmovups %%xmm13, 80(%0)\n\t"
                     "movups %%xmm14, 96(%0)\n\tmovups %%xmm15, 112(%0)"
                     :
                     : "r"(high)
                     : "memory");
    __asm__ volatile("stmxcsr %0\n\tfnstcw %1" : "=m"(mxcsr), "=m"(control));
    for (int i = 0; i < 8; i++) {
        any |= high[i][0] | high[i][1];
    }
    return any == 0 && mxcsr == 0x1f80 && control == 0x037f ? 0 : 1;
}

enum {
    FLAG_CARRY = 1 << 0,
    FLAG_DIRECTION = 1 << 10,
    FLAG_NESTED = 1 << 14,
    FLAG_ALIGNMENT = 1 << 18,
    FLAG_ID = 1 << 21,
};

/* Flags that would hurt the kernel must neither do so nor get lost. */
int64_t mode_flags(int64_t argument)
{
    (void)argument;
    const uint64_t set = FLAG_CARRY | FLAG_DIRECTION | FLAG_NESTED | FLAG_ALIGNMENT | FLAG_ID;
    uint64_t after = 0;
    for (int i = 0; i < 1000; i++) {
        j6_status_t status = J6_CALL_BASE; /* noop */
        __asm__ volatile("lea -128(%%rsp), %%rsp\n\t"
                         "pushfq\n\t"
                         "or %[set], (%%rsp)\n\t"
                         "popfq\n\t"
                         "syscall\n\t"
                         "pushfq\n\t"
                         "pop %[after]\n\t"
                         "push $2\n\t"
                         "popfq\n\t"
                         "lea 128(%%rsp), %%rsp"
                         : [after] "=&r"(after), "+a"(status)
                         : [set] "r"(set)
                         : "rcx", "r11", "memory", "cc");
        if (status != j6_status_ok || (after & set) != set) {
            return 1;
        }
    }
    return 0;
}

/* The kernel must not care where a caller's stack pointer points. */
int64_t mode_wild_stack(int64_t argument)
{
    (void)argument;
    static const uint64_t wild[] = {0, 8, 1ull << 47, 1ull << 63, ~0ull, 0xffffffff80000000};
    for (size_t i = 0; i < sizeof(wild) / sizeof(wild[0]); i++) {
        j6_status_t status = J6_CALL_BASE;
        uint64_t saved;
        uint64_t kept;
        __asm__ volatile("mov %%rsp, %[saved]\n\t"
                         "mov %[wild], %%rsp\n\t"
                         "syscall\n\t"
                         "mov %%rsp, %[kept]\n\t"
                         "mov %[saved], %%rsp"
                         : [saved] "=&r"(saved), [kept] "=&r"(kept), "+a"(status)
                         : [wild] "r"(wild[i])
                         : "rcx", "r11", "memory");
        if (status != j6_status_ok || kept != wild[i]) {
            return 1;
        }
    }
    return 0;
}

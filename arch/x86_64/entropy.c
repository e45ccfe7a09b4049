/* SPDX-License-Identifier: MIT */
/* Entropy for the seed: RDRAND where the CPU has it (Intel SDM vol. 1, §7.3.17), and time stamps. */
#include "arch/arch.h"
#include "arch/x86_64/cpu.h"
#include "arch/x86_64/x86.h"

enum { RDRAND_TRIES = 10 };

static bool rdrand(uint64_t *out)
{
    for (unsigned i = 0; i < RDRAND_TRIES; i++) {
        bool valid;
        __asm__ volatile("rdrand %0" : "=r"(*out), "=@ccc"(valid));
        if (valid) {
            return true;
        }
    }
    return false;
}

bool arch_entropy(uint64_t *out, size_t count)
{
    bool hardware = cpu_features.rdrand;
    for (size_t i = 0; i < count; i++) {
        uint64_t word = 0;
        hardware = hardware && rdrand(&word);
        out[i] = word ^ x86_rdtsc() << 32 ^ x86_rdtsc();
    }
    return hardware;
}

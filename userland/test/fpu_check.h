/* SPDX-License-Identifier: MIT */
/*
 * Fills the floating-point registers with values of one's own, stays in user mode long enough to be
 * switched away, and looks whether they are still there.
 */
#pragma once
#include "lib/string.h"
#include <stdbool.h>
#include <stdint.h>

enum {
    FPU_VECTORS = 16,
    FPU_TURNS = 1000000, /* a few milliseconds */
};

struct fpu_values {
    uint64_t xmm[FPU_VECTORS][2];
    uint64_t x87;
    uint32_t mxcsr;
};

/* clang-format off */
#define FPU_LOAD(n) "movups " #n "*16(%[in]), %%xmm" #n "\n\t"
#define FPU_STORE(n) "movups %%xmm" #n ", " #n "*16(%[out])\n\t"
#define FPU_EACH(one)                                                                              \
    one(0) one(1) one(2) one(3) one(4) one(5) one(6) one(7)                                        \
    one(8) one(9) one(10) one(11) one(12) one(13) one(14) one(15)

static void fpu_hold(const struct fpu_values *in, struct fpu_values *out)
{
    uint64_t turns = FPU_TURNS;
    uint32_t plain = 0x1f80;
    __asm__ volatile(FPU_EACH(FPU_LOAD)
                     "fildll %[x87_in]\n\t"
                     "ldmxcsr %[mxcsr_in]\n"
                     "1:\tdec %[turns]\n\t"
                     "jnz 1b\n\t"
                     "stmxcsr %[mxcsr_out]\n\t"
                     "ldmxcsr %[plain]\n\t"
                     "fistpll %[x87_out]\n\t"
                     FPU_EACH(FPU_STORE)
                     : [turns] "+r"(turns), [x87_out] "=m"(out->x87), [mxcsr_out] "=m"(out->mxcsr)
                     : [in] "r"(in->xmm), [out] "r"(out->xmm), [x87_in] "m"(in->x87),
                       [mxcsr_in] "m"(in->mxcsr), [plain] "m"(plain)
                     : "memory", "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7",
                       "xmm8", "xmm9", "xmm10", "xmm11", "xmm12", "xmm13", "xmm14", "xmm15");
}

/* clang-format on */

/* Whether values that are made from `seed` stay, `rounds` times. */
static bool fpu_keeps(uint64_t seed, int rounds)
{
    struct fpu_values in = {
        .x87 = seed * 0x0123456789abcdef, .mxcsr = 0x1f80 | (seed & 3) << 13, /* a rounding mode */
    };
    for (uint64_t i = 0; i < FPU_VECTORS; i++) {
        in.xmm[i][0] = seed << 56 | i;
        in.xmm[i][1] = ~in.xmm[i][0];
    }
    for (int i = 0; i < rounds; i++) {
        struct fpu_values out = {0};
        fpu_hold(&in, &out);
        if (memcmp(in.xmm, out.xmm, sizeof(in.xmm)) != 0 || in.x87 != out.x87 ||
            in.mxcsr != out.mxcsr) {
            return false;
        }
    }
    return true;
}

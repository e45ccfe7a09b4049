/* SPDX-License-Identifier: MIT */
/*
 * The memory type range registers (Intel SDM vol. 3, §12.11.2). Fixed ones cover the first MiB in
 * pieces, variable ones match addresses by base and mask, a default covers the rest. A page across
 * a border between types has an undefined type (§12.11.9), so whoever makes large pages asks here.
 */
#include "arch/x86_64/mtrr.h"
#include "arch/x86_64/cpu.h"
#include "arch/x86_64/x86.h"
#include "kernel/base/log.h"
#include "lib/page.h"

#define CAP_VARIABLE_COUNT 0xffull
#define CAP_FIXED          (1ull << 8)
#define DEF_TYPE_MASK      0xffull
#define DEF_FIXED_ON       (1ull << 10)
#define DEF_ON             (1ull << 11)
#define MASK_VALID         (1ull << 11)
#define ADDRESS_BITS       (~(PAGE_SIZE - 1))

/* Each variable range has two MSRs, and the fixed ones begin 0x50 above the first. */
enum { VARIABLE_MAX = (MSR_MTRR_FIX64K_00000 - MSR_MTRR_PHYSBASE0) / 2, FIXED_END = 0x100000 };

/* Immutable after mtrr_init */
static struct mtrr_variable {
    uint64_t base; /* type in bits 7 to 0 */
    uint64_t mask; /* an address belongs to the range if it equals base where mask has ones */
} variable[VARIABLE_MAX]; /* the valid ones */
static unsigned variable_used;
static bool fixed_on;

const char *cache_type_name(unsigned type)
{
    static const char *const names[CACHE_TYPES] = {
        [CACHE_UC] = "UC", [CACHE_WC] = "WC", [CACHE_WT] = "WT",
        [CACHE_WP] = "WP", [CACHE_WB] = "WB", [CACHE_UC_MINUS] = "UC-",
    };
    return type < CACHE_TYPES && names[type] != NULL ? names[type] : "?";
}

static void range_log(paddr_t first, paddr_t last, unsigned type)
{
    log_info("mtrr    %011lx-%011lx %s", first, last, cache_type_name(type));
}

/* Logs the 88 pieces of the first MiB, neighbours of one type together. */
static void fixed_log(void)
{
    static const struct {
        uint32_t msr, count, piece_size;
    } groups[] = {
        {MSR_MTRR_FIX64K_00000, 1, 0x10000},
        {MSR_MTRR_FIX16K_80000, 2, 0x4000},
        {MSR_MTRR_FIX4K_C0000, 8, 0x1000},
    };
    paddr_t start = 0, at = 0;
    uint64_t types = x86_rdmsr(MSR_MTRR_FIX64K_00000);
    unsigned type = (uint8_t)types;
    for (unsigned g = 0; g < sizeof(groups) / sizeof(groups[0]); g++) {
        for (unsigned piece = 0; piece < groups[g].count * 8; piece++) {
            if (piece % 8 == 0) {
                types = x86_rdmsr(groups[g].msr + piece / 8);
            }
            if ((uint8_t)types != type) {
                range_log(start, at - 1, type);
                start = at;
                type = (uint8_t)types;
            }
            types >>= 8;
            at += groups[g].piece_size;
        }
    }
    range_log(start, at - 1, type);
}

static void variable_read(unsigned count)
{
    paddr_t address_end = 1ull << cpu_features.physical_bits;
    for (unsigned i = 0; i < count; i++) {
        uint64_t base = x86_rdmsr(MSR_MTRR_PHYSBASE0 + 2 * i);
        uint64_t mask = x86_rdmsr(MSR_MTRR_PHYSBASE0 + 2 * i + 1);
        if ((mask & MASK_VALID) != 0) {
            variable[variable_used++] = (struct mtrr_variable){base, mask & ADDRESS_BITS};
            paddr_t first = base & ADDRESS_BITS;
            range_log(first, first | (~mask & (address_end - 1)) | (PAGE_SIZE - 1), (uint8_t)base);
        }
    }
}

void mtrr_init(void)
{
    if (!cpu_features.mtrr) {
        log_info("mtrr    none");
        return;
    }
    uint64_t cap = x86_rdmsr(MSR_MTRR_CAP);
    uint64_t def_type = x86_rdmsr(MSR_MTRR_DEF_TYPE);
    unsigned count = cap & CAP_VARIABLE_COUNT;
    if ((def_type & DEF_ON) == 0) {
        log_info("mtrr    off: all memory is UC");
        return;
    }
    fixed_on = (cap & CAP_FIXED) != 0 && (def_type & DEF_FIXED_ON) != 0;
    if (fixed_on) {
        fixed_log();
    }
    variable_read(count < VARIABLE_MAX ? count : VARIABLE_MAX);
    log_info("mtrr    all else %s; %u of %u variable ranges in use",
             cache_type_name(def_type & DEF_TYPE_MASK), variable_used, count);
}

bool mtrr_uniform(paddr_t start, uint64_t size)
{
    if (fixed_on && start < FIXED_END && size > PAGE_SIZE) {
        return false;
    }
    for (unsigned i = 0; i < variable_used; i++) {
        const struct mtrr_variable *range = &variable[i];
        bool decides_inside = (range->mask & (size - 1)) != 0;
        bool reaches = ((start ^ range->base) & range->mask & ~(size - 1)) == 0;
        if (decides_inside && reaches) {
            return false;
        }
    }
    return true;
}

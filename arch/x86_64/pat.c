/* SPDX-License-Identifier: MIT */
/*
 * The page attribute table (Intel SDM vol. 3, §12.12): which memory type a page-table entry means
 * by its bits PAT, PCD and PWT. Slots 0 to 3 are as after reset; the others add WC and WP, which
 * have no slot of their own then.
 */
#include "arch/arch.h"
#include "arch/tlb.h"
#include "arch/x86_64/cpu.h"
#include "arch/x86_64/mtrr.h"
#include "arch/x86_64/x86.h"
#include "kernel/base/log.h"

enum { SLOTS = 8 };

static const uint8_t pat_slots[SLOTS] = {
    CACHE_WB, CACHE_WT, CACHE_UC_MINUS, CACHE_UC, CACHE_WC, CACHE_WP, CACHE_UC_MINUS, CACHE_UC,
};

static void pat_log(const char *when, uint64_t pat)
{
    const char *name[SLOTS];
    for (unsigned i = 0; i < SLOTS; i++) {
        name[i] = cache_type_name((uint8_t)(pat >> (8 * i)));
    }
    log_info("pat     %016lx %s: %s %s %s %s %s %s %s %s", pat, when, name[0], name[1], name[2],
             name[3], name[4], name[5], name[6], name[7]);
}

/*
 * Of the manual's sequence (§12.12.4) only the TLB flush is left to do: so far every mapping uses
 * slot 0, which is write-back before and after, so no cache line changes its type.
 */
void pat_setup(void)
{
    if (!cpu_features.pat) {
        return;
    }
    uint64_t pat = 0;
    for (unsigned i = 0; i < SLOTS; i++) {
        pat |= (uint64_t)pat_slots[i] << (8 * i);
    }
    x86_wrmsr(MSR_PAT, pat);
    tlb_flush_all();
}

void arch_pat_init(void)
{
    if (cpu_features.pat) {
        pat_log("found", x86_rdmsr(MSR_PAT));
        pat_setup();
        pat_log("set", x86_rdmsr(MSR_PAT));
    } else {
        log_warning("pat: this CPU has none");
    }
    mtrr_init();
}

/* SPDX-License-Identifier: MIT */
/*
 * An image is linked as a static PIE by sdk/j6.ld, which defines the symbols that delimit the tables;
 * all of them are hidden, so that they are reached without relocations.
 */
#include "userland/lib/start.h"
#include <stdint.h>

#define HIDDEN __attribute__((visibility("hidden")))

/* One entry of .rela.dyn (System V gABI, figure 4-20). */
struct relocation {
    uint64_t offset;
    uint64_t info;
    uint64_t addend;
};

enum { R_X86_64_RELATIVE = 8 };

extern char __ehdr_start[] HIDDEN; /* the ELF header: linked at 0 */
extern const struct relocation j6_relocations[] HIDDEN;
extern const struct relocation j6_relocations_end[] HIDDEN;

/* It must not read a pointer that the linker initialised. */
void relocate(void)
{
    uint64_t base = (uint64_t)__ehdr_start;
    for (const struct relocation *r = j6_relocations; r != j6_relocations_end; r++) {
        if (r->info != R_X86_64_RELATIVE) {
            __builtin_trap();
        }
        *(uint64_t *)(base + r->offset) = base + r->addend;
    }
}

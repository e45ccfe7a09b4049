/* SPDX-License-Identifier: MIT */
/*
 * From the first instructions (start.asm) to main and on to the exit: applies the program's own
 * relocations, remembers what lies on the start stack, runs the constructors. A program is linked
 * as a static PIE by sdk/j6.ld, which defines the symbols that delimit the tables; all of them are
 * hidden, so that they are reached without relocations.
 */
#include "lib/auxv.h"
#include "lib/string.h"
#include "userland/lib/clock.h"
#include "userland/lib/start.h"
#include "userland/lib/tls.h"
#include <j6/j6.h>

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
extern void (*const j6_constructors[])(void) HIDDEN;
extern void (*const j6_constructors_end[])(void) HIDDEN;

int main(int argc, char **argv, char **envp);

uint64_t j6_start_tsc;

/* Runs before anything is relocated: it must not read a pointer that the linker initialised. */
static void relocate(void)
{
    uint64_t base = (uint64_t)__ehdr_start;
    for (const struct relocation *r = j6_relocations; r != j6_relocations_end; r++) {
        if (r->info != R_X86_64_RELATIVE) {
            __builtin_trap();
        }
        *(uint64_t *)(base + r->offset) = base + r->addend;
    }
}

static void take_auxv(const uint64_t *auxv)
{
    const struct j6_clock_page *clock_page = NULL;
    const struct j6_start_handle *rows = NULL;
    size_t count = 0;
    for (; auxv[0] != AT_NULL; auxv += 2) {
        if (auxv[0] == J6_AT_HANDLES) {
            rows = (const struct j6_start_handle *)auxv[1];
        } else if (auxv[0] == J6_AT_HANDLE_COUNT) {
            count = auxv[1];
        } else if (auxv[0] == J6_AT_SYSINFO) {
            clock_page = (const struct j6_clock_page *)auxv[1];
        }
    }
    start_rows_set(rows, count);
    clock_page_set(clock_page);
}

static void construct(void)
{
    for (void (*const *constructor)(void) = j6_constructors; constructor != j6_constructors_end;
         constructor++) {
        (*constructor)();
    }
}

noreturn void j6_start_main(uint64_t *stack, uint64_t tsc)
{
    relocate();
    j6_start_tsc = tsc;
    int argc = (int)stack[0];
    char **argv = (char **)&stack[1];
    char **envp = argv + argc + 1;
    char **end = envp;
    while (*end) {
        end++;
    }
    take_auxv((const uint64_t *)(end + 1));
    tls_init();
    void *block = __builtin_alloca(tls_size()); /* this function never returns */
    tls_use(tls_make(memset(block, 0, tls_size())));
    construct();
    j6_exit(main(argc, argv, envp));
}

noreturn void j6_exit(int64_t code)
{
    j6_process_exit(code);
    __builtin_unreachable();
}

/* SPDX-License-Identifier: MIT */
/*
 * From the first instructions (start.asm) to main and on to the exit: relocations (relocate.c), what
 * lies on the start stack (start_auxv.c), thread-local variables, constructors.
 */
#include "lib/string.h"
#include "userland/lib/start.h"
#include "userland/lib/tls.h"
#include <j6/j6.h>

#define HIDDEN __attribute__((visibility("hidden")))

extern void (*const j6_constructors[])(void) HIDDEN;
extern void (*const j6_constructors_end[])(void) HIDDEN;

int main(int argc, char **argv, char **envp);

uint64_t j6_start_tsc;

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
    start_auxv_take(start_auxv(stack));
    tls_init();
    void *block = __builtin_alloca(tls_size()); /* this function never returns */
    tls_use(tls_make(memset(block, 0, tls_size())));
    construct();
    j6_exit(main(argc, argv, argv + argc + 1));
}

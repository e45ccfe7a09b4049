/* SPDX-License-Identifier: MIT */
/*
 * Before the program: the layer makes itself ready, and the thread's system calls its own. What can't be
 * done here ends the process, with a line that says why.
 */
#include "lib/auxv.h"
#include "userland/lib/start.h"
#include "userland/linux/clocks.h"
#include "userland/linux/descriptors.h"
#include "userland/linux/layer.h"
#include "userland/linux/stacks.h"
#include "userland/linux/threads.h"
#include "userland/linux/tree.h"

uint64_t layer_start(const uint64_t *stack);

static uint64_t entry_of(const uint64_t *auxv)
{
    while (auxv[0] != AT_ENTRY) {
        auxv += 2;
    }
    return auxv[1];
}

/* Behind the number of arguments, these and NULL. */
static const char *const *environment_of(const uint64_t *stack)
{
    return (const char *const *)(stack + 1 + stack[0] + 1);
}

/* Called by _start; tells where the program begins. */
uint64_t layer_start(const uint64_t *stack)
{
    relocate();
    const uint64_t *auxv = start_auxv(stack);
    start_auxv_take(auxv);
    j6_status_t status = stacks_init();
    if (status == j6_status_ok) {
        status = threads_init();
    }
    if (status != j6_status_ok) {
        layer_warn("linux: can't start the program: %s", j6_status_text(status));
        j6_process_exit(-1);
    }
    clocks_init();
    descriptors_init();
    tree_init(environment_of(stack));
    return entry_of(auxv);
}

/* SPDX-License-Identifier: MIT */
/* From the number of a call to the function that serves it. */
#include "userland/linux/calls.h"
#include <asm/unistd_64.h>

enum { NUMBERS_NOTED = 512 };

int64_t linux_dispatch(uint32_t number, struct frame *frame);

#define SERVE_0(f)     f()
#define SERVE_1(f)     f(frame->rdi)
#define SERVE_2(f)     f(frame->rdi, frame->rsi)
#define SERVE_3(f)     f(frame->rdi, frame->rsi, frame->rdx)
#define SERVE_4(f)     f(frame->rdi, frame->rsi, frame->rdx, frame->r10)
#define SERVE_5(f)     f(frame->rdi, frame->rsi, frame->rdx, frame->r10, frame->r8)
#define SERVE_6(f)     f(frame->rdi, frame->rsi, frame->rdx, frame->r10, frame->r8, frame->r9)
#define SERVE_frame(f) f(frame)

/*
 * Said once for each number, so that a program that goes on asking doesn't fill the log; once for all that
 * Linux doesn't have either.
 */
int64_t call_not_served(uint32_t number, const char *how)
{
    static uint32_t noted[NUMBERS_NOTED / 32];
    uint32_t place = number < NUMBERS_NOTED ? number : NUMBERS_NOTED - 1;
    uint32_t bit = 1u << place % 32;
    if (!(__atomic_fetch_or(&noted[place / 32], bit, __ATOMIC_RELAXED) & bit)) {
        layer_warn("linux: system call %u isn't served%s", number, how);
    }
    return -ENOSYS;
}

/* Called by layer_entry; what it tells is the call's result. */
int64_t linux_dispatch(uint32_t number, struct frame *frame)
{
    switch (number) {
#define LINUX_CALL(name, arguments, how_far) \
    case __NR_##name:                        \
        return SERVE_##arguments(linux_##name);
#include "userland/linux/calls.def"
#undef LINUX_CALL
    default: return call_not_served(number, "");
    }
}

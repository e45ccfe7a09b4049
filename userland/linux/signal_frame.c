/* SPDX-License-Identifier: MIT */
/*
 * What a handler finds on the stack, as the x86-64 ABI of Linux has it: below the red zone of where the thread
 * was, and with all that is needed to go on there.
 */
#include "lib/bits.h"
#include "lib/string.h"
#include "userland/linux/signals.h"
#include <asm/sigcontext.h>
#include <asm/siginfo.h>
#include <asm/ucontext.h>

enum { RED_ZONE = 128, FPU_SIZE = 512, FLAGS_FIXED = 0x202 };

/* Flags that a program sets itself (as in a stopped thread: docs/objects.md). */
static const uint64_t FLAGS_OWN = 0xcd5;

struct signal_frame {
    uint64_t restorer; /* the handler's return address */
    struct ucontext context;
    siginfo_t info;
    _Alignas(16) uint8_t fpu[FPU_SIZE];
};

static void save(const struct frame *frame, int64_t result, struct sigcontext *context)
{
    *context = (struct sigcontext){
        .r8 = frame->r8,
        .r9 = frame->r9,
        .r10 = frame->r10,
        .r11 = frame->flags,
        .r12 = frame->r12,
        .r13 = frame->r13,
        .r14 = frame->r14,
        .r15 = frame->r15,
        .rdi = frame->rdi,
        .rsi = frame->rsi,
        .rbp = frame->rbp,
        .rbx = frame->rbx,
        .rdx = frame->rdx,
        .rax = (uint64_t)result,
        .rcx = frame->rip,
        .rsp = frame->rsp,
        .rip = frame->rip,
        .eflags = frame->flags,
    };
}

static void restore(struct frame *frame, const struct sigcontext *context)
{
    frame->r8 = context->r8;
    frame->r9 = context->r9;
    frame->r10 = context->r10;
    frame->r12 = context->r12;
    frame->r13 = context->r13;
    frame->r14 = context->r14;
    frame->r15 = context->r15;
    frame->rdi = context->rdi;
    frame->rsi = context->rsi;
    frame->rbp = context->rbp;
    frame->rbx = context->rbx;
    frame->rdx = context->rdx;
    frame->rsp = context->rsp;
    frame->rip = context->rip;
    frame->flags = (context->eflags & FLAGS_OWN) | FLAGS_FIXED;
}

/* An address that fpu and the stack at the handler's first instruction are aligned at. */
static user_ptr_t place_below(uint64_t stack)
{
    uint64_t fpu = align_down(stack - RED_ZONE - FPU_SIZE, 64);
    return fpu - offsetof(struct signal_frame, fpu);
}

_Static_assert(offsetof(struct signal_frame, fpu) % 16 == 0, "rsp is 8 modulo 16 behind a call");

int64_t signal_frame_push(struct frame *frame, struct linux_thread *thread, int signal,
                          const struct sigaction *action, int64_t result)
{
    struct signal_frame content;
    user_ptr_t place = place_below(frame->rsp) - sizeof(uint64_t);
    memset(&content, 0, sizeof(content));
    content.restorer = (uint64_t)action->sa_restorer;
    save(frame, result, &content.context.uc_mcontext);
    content.context.uc_sigmask = thread->blocked;
    content.context.uc_mcontext.fpstate = (void *)(place + offsetof(struct signal_frame, fpu));
    content.info.si_signo = signal;
    content.info.si_code = SI_TKILL;
    content.info.si_pid = process_id();
    __asm__ volatile("fxsave64 %0" : "=m"(content.fpu));
    int64_t error = user_write(place, &content, sizeof(content));
    if (error != 0) {
        return error;
    }
    thread->blocked |= action->sa_mask | (action->sa_flags & SA_NODEFER ? 0 : signal_bit(signal));
    frame->rip = (uint64_t)action->sa_handler;
    frame->rsp = place;
    frame->rdi = (uint64_t)signal;
    frame->rsi = place + offsetof(struct signal_frame, info);
    frame->rdx = place + offsetof(struct signal_frame, context);
    frame->flags = FLAGS_FIXED;
    return 0;
}

/* The handler has returned: rsp points behind the return address. */
int64_t signal_frame_pop(struct frame *frame, struct linux_thread *thread, int64_t *out_result)
{
    struct ucontext context;
    _Alignas(16) uint8_t fpu[FPU_SIZE];
    int64_t error = user_read(&context, frame->rsp, sizeof(context));
    if (error == 0 && context.uc_mcontext.fpstate != NULL) {
        error = user_read(fpu, (user_ptr_t)context.uc_mcontext.fpstate, sizeof(fpu));
    }
    if (error != 0) {
        return error;
    }
    if (context.uc_mcontext.fpstate != NULL) {
        __asm__ volatile("fxrstor64 %0" : : "m"(fpu));
    }
    restore(frame, &context.uc_mcontext);
    thread->blocked = context.uc_sigmask;
    *out_result = (int64_t)context.uc_mcontext.rax;
    return 0;
}

/* SPDX-License-Identifier: MIT */
/*
 * What a receiver, or a caller that gets its reply, finds in its registers; and what a sender has in its
 * own. Both are in the tcb of a thread that waits, or runs in this call.
 *
 * Rules: who writes to a thread's registers owns it (kernel/wait.h).
 */
#pragma once
#include "kernel/thread.h"

/* The words of a message. */
enum { IPC_WORDS = 4 };

struct delivery {
    uint64_t tag;
    uint64_t badge;
    uint64_t word[IPC_WORDS];
    uint64_t len;     /* bytes of data that came … */
    uint64_t handles; /* … and handles */
    uint64_t token;   /* 0: no reply is due */
};

/* Everything that isn't given is 0, so nothing of the sender shows that it didn't send. */
static inline void deliver_registers(struct thread *thread, const struct delivery *delivery)
{
    struct tcb *tcb = &thread->tcb;
    tcb->arg[TCB_RDI] = delivery->badge;
    tcb->arg[TCB_RSI] = delivery->tag;
    tcb->arg[TCB_RDX] = delivery->word[0];
    tcb->arg[TCB_R10] = delivery->word[1];
    tcb->arg[TCB_R8] = delivery->word[2];
    tcb->arg[TCB_R9] = delivery->word[3];
    tcb->r12 = delivery->len;
    tcb->r13 = delivery->handles;
    tcb->r14 = delivery->token;
    tcb->r15 = 0;
}

/* The message that a thread sends, as its registers and its ipc.message say. */
static inline struct delivery delivery_from(const struct thread *thread)
{
    const struct tcb *tcb = &thread->tcb;
    return (struct delivery){
        .tag = tcb->arg[TCB_RSI],
        .word = {tcb->arg[TCB_RDX], tcb->arg[TCB_R10], tcb->arg[TCB_R8], tcb->arg[TCB_R9]},
        .len = thread->ipc.message.len,
        .handles = thread->ipc.message.handle_count,
    };
}

/* It offers too little: learns what it takes. */
static inline void deliver_sizes(struct thread *thread, const struct thread *from)
{
    thread->tcb.r12 = from->ipc.message.len;
    thread->tcb.r13 = from->ipc.message.handle_count;
    thread->tcb.r15 = 0;
}

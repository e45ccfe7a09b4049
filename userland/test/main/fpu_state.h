/* SPDX-License-Identifier: MIT */
/*
 * All that the FPU holds, as XSAVE shows it, or FXSAVE where there is no XSAVE: every register that the
 * kernel has turned on, control words, MXCSR, and an x87 exception that is pending.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

enum { FPU_STATE_SIZE = 4096 };

struct fpu_state {
    uint8_t bytes[FPU_STATE_SIZE];
} __attribute__((aligned(64)));

/* A system call by number, with its arguments. */
struct fpu_call {
    uint64_t number;
    uint64_t arguments[4];
};

/* What a thread does with its state; the code is fpu_state.asm, which knows this layout. */
struct fpu_job {
    uint64_t mask; /* of XSAVE: what is on; 0: FXSAVE */
    uint64_t rounds;
    struct fpu_call calls[2];
    struct fpu_job *next;   /* NULL: the thread ends */
    struct fpu_state load;  /* loaded first … */
    struct fpu_state first; /* … saved at once … */
    struct fpu_state last;  /* … and again, after both calls have been made so many times */
};

/*
 * The first code of new threads, which need no more than 64 bytes of stack, and touch the FPU as it says
 * here and no more. Exit code 0.
 */
void fpu_hold_thread(struct fpu_job *job); /* one job after the other */
void fpu_look_thread(struct fpu_job *job); /* saves what it finds as `last` */
void fpu_not_thread(struct fpu_job *job);  /* only makes the calls */

/* A job with that many rounds of calls, none yet, and a state that is made from the seed. */
void fpu_job_init(struct fpu_job *job, uint64_t rounds, uint64_t seed);

/* Was all of it there again at the end? */
bool fpu_job_kept(const struct fpu_job *job);

/* Is `last` what a thread starts with? */
bool fpu_job_found_nothing(const struct fpu_job *job);

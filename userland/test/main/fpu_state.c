/* SPDX-License-Identifier: MIT */
/*
 * The format: Intel SDM vol. 1, table 10-2 and chapter 13. Of the bytes that mean nothing, a CPU may save
 * what it likes, so only those that mean something are compared.
 */
#include "userland/test/main/fpu_state.h"
#include "lib/string.h"
#include "userland/test/main/calls.h"
#include <stddef.h>

enum {
    CONTROL = 0,
    STATUS = 2,
    TAGS = 4,
    POINTERS = 6, /* of the last x87 instruction; 18 bytes */
    MXCSR = 24,
    X87 = 32, /* 8 registers of 10 bytes, in 16 */
    XMM = 160,
    XMM_SIZE = 256,
    HEADER = 512, /* its first word: which components the area holds */
};

enum {
    COMPONENT_FIRST = 2, /* the first that isn't part of the legacy area */
    COMPONENT_END = 8,   /* AVX, AVX-512 */
    XSAVE_LEAF = 0xd,
    FEATURE_OSXSAVE = 1 << 27,
};

enum {
    CONTROL_INITIAL = 0x37f,
    MXCSR_INITIAL = 0x1f80,
    MXCSR_DENORMALS_ZERO = 1 << 6, /* not every CPU has it */
    STATUS_PENDING = 0x8080,       /* with a bit of the exception, which is unmasked */
    STATUS_FREE = 0x7f00,          /* top of the stack, condition codes */
};

_Static_assert(offsetof(struct fpu_job, load) == 128, "as fpu_state.asm says");

static void cpuid(uint32_t leaf, uint32_t subleaf, uint32_t out[4])
{
    __asm__ volatile("cpuid"
                     : "=a"(out[0]), "=b"(out[1]), "=c"(out[2]), "=d"(out[3])
                     : "a"(leaf), "c"(subleaf));
}

/* What XSAVE saves here; 0: there is none. */
static uint64_t xsave_mask(void)
{
    uint32_t leaf[4];
    uint32_t low;
    uint32_t high;
    cpuid(1, 0, leaf);
    if (!(leaf[2] & FEATURE_OSXSAVE)) {
        return 0;
    }
    __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    return (uint64_t)high << 32 | low;
}

/* Is it so of each range of bytes that means something? But for the pointers. */
static bool all_ranges(const struct fpu_job *job,
                       bool (*is_right)(const struct fpu_job *job, size_t offset, size_t size))
{
    bool right = is_right(job, CONTROL, 2) && is_right(job, STATUS, 2) && is_right(job, TAGS, 1) &&
                 is_right(job, MXCSR, 4) && is_right(job, XMM, XMM_SIZE);
    for (size_t i = 0; i < 8; i++) {
        right = right && is_right(job, X87 + 16 * i, 10);
    }
    for (uint32_t i = COMPONENT_FIRST; i < COMPONENT_END; i++) {
        uint32_t leaf[4];
        if (job->mask & 1ull << i) {
            cpuid(XSAVE_LEAF, i, leaf); /* size and offset */
            right = right && is_right(job, leaf[1], leaf[0]);
        }
    }
    return right;
}

static void put(struct fpu_state *state, size_t offset, uint64_t value, size_t size)
{
    memcpy(&state->bytes[offset], &value, size);
}

static uint64_t next_random(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

/* Each seed has another of the six x87 exceptions pending. */
static void fill(struct fpu_state *state, uint64_t mask, uint64_t seed)
{
    uint64_t random = seed * 0x9e3779b97f4a7c15 + 1;
    uint16_t exception = (uint16_t)(1u << seed % 6);
    for (size_t i = 0; i < sizeof(state->bytes); i++) {
        state->bytes[i] = (uint8_t)next_random(&random);
    }
    put(state, CONTROL, (CONTROL_INITIAL & ~exception) | (random & 0xc00), 2);
    put(state, STATUS, STATUS_PENDING | exception | (random >> 16 & STATUS_FREE), 2);
    memset(&state->bytes[TAGS + 1], 0, MXCSR - TAGS - 1); /* no pointers */
    put(state, MXCSR, random >> 32 & 0xffff & ~MXCSR_DENORMALS_ZERO, 4);
    memset(&state->bytes[HEADER], 0, 64);
    put(state, HEADER, mask, 8);
}

void fpu_job_init(struct fpu_job *job, uint64_t rounds, uint64_t seed)
{
    memset(job, 0, sizeof(*job));
    job->mask = xsave_mask();
    job->rounds = rounds;
    fill(&job->load, job->mask, seed);
    for (int i = 0; i < 2; i++) {
        job->calls[i].number = call_noop;
    }
}

static bool is_kept(const struct fpu_job *job, size_t offset, size_t size)
{
    return memcmp(&job->load.bytes[offset], &job->last.bytes[offset], size) == 0;
}

bool fpu_job_kept(const struct fpu_job *job)
{
    return all_ranges(job, is_kept) &&
           memcmp(&job->first.bytes[POINTERS], &job->last.bytes[POINTERS], MXCSR - POINTERS) == 0;
}

static bool is_zero_or_control(const struct fpu_job *job, size_t offset, size_t size)
{
    uint64_t wanted = offset == CONTROL ? CONTROL_INITIAL : offset == MXCSR ? MXCSR_INITIAL : 0;
    bool right = memcmp(&job->last.bytes[offset], &wanted, size < 8 ? size : 8) == 0;
    for (size_t i = 8; i < size; i++) {
        right = right && job->last.bytes[offset + i] == 0;
    }
    return right;
}

bool fpu_job_found_nothing(const struct fpu_job *job)
{
    return all_ranges(job, is_zero_or_control) &&
           is_zero_or_control(job, POINTERS, MXCSR - POINTERS);
}

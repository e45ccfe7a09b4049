/* SPDX-License-Identifier: MIT */
/*
 * The clock page, which every process has mapped read-only at the address of its auxv entry
 * J6_AT_SYSINFO. With it the clock is read without a call, as j6_clock does:
 *
 *     1. the sequence; its lowest bit says which of the two scales counts
 *     2. behind an LFENCE, the time-stamp counter (TSC)
 *     3. the time, scale.ns + TSC * scale.ns_per_tick / 2^32, modulo 2^64
 *     4. the sequence again; if it has changed, all of it again
 *
 * A new scale is written where nobody reads, and then counts by one store, so nobody ever waits for
 * whoever changes it. Time never runs backwards from one scale to the next.
 */
#pragma once
#include <j6/types.h>
#include <stdint.h>

struct j6_clock_scale {
    uint64_t ns_per_tick; /* fixed point with 32 fraction bits */
    uint64_t ns;          /* when the TSC was 0; modulo 2^64 */
    j6_time_t boot_time;  /* time of day at time 0, ns since 1970-01-01 UTC; 0: nobody has told */
    uint32_t trusted; /* 0: this CPU's TSC may tell another time than the kernel: make the call */
    uint32_t zero;
};

struct j6_clock_page {
    uint32_t sequence;
    uint32_t cpu_count;    /* CPUs that run; grows at boot */
    uint64_t cpu_features; /* j6_cpu_… */
    uint64_t entry_tsc;    /* the TSC when the kernel was entered: time 0 */
    uint64_t zero;
    struct j6_clock_scale scale[2];
};

_Static_assert(sizeof(struct j6_clock_page) == 96, "part of the ABI");

/* What all CPUs have and programs may use. */
enum {
    j6_cpu_fsgsbase = 1 << 0,
    j6_cpu_xsave = 1 << 1, /* AVX and what came later are on, as far as XGETBV tells */
    j6_cpu_rdrand = 1 << 2,
    j6_cpu_rdseed = 1 << 3,
    j6_cpu_erms = 1 << 4, /* REP MOVSB and STOSB are fast; fsrm: short ones too */
    j6_cpu_fsrm = 1 << 5,
    j6_cpu_tsc_invariant = 1 << 6,
    j6_cpu_hypervisor = 1 << 7,
};

static inline j6_time_t j6_clock_time(const struct j6_clock_scale *scale, uint64_t tsc)
{
    return scale->ns + (uint64_t)((unsigned __int128)tsc * scale->ns_per_tick >> 32);
}

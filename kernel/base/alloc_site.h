/* SPDX-License-Identifier: MIT */
/*
 * Allocation sites: in the debug build every call of a function that hands out memory or quota is
 * known by its place, and can be made to fail.
 *
 * Such a function has a macro of its name beside its prototype:
 *
 *   void *kalloc(size_t size);
 *   #define kalloc(size) ALLOC_SITE(NULL, kalloc(size))
 *
 * and puts its own name in parentheses where it is defined. A call that fails does nothing but
 * return the failure. One that doesn't goes on to the calls within the function, which are sites
 * themselves: what several callers share is tried below each of them.
 *
 * Rules: which calls fail is a matter of the running thread (alloc_failures_set), or of boot
 * (`fail_site=FILE:LINE`: the first call from there). Any context, any locks. Without KERNEL_DEBUG
 * there is only the call; nobody calls a function of this header.
 */
#pragma once
#include "kernel/base/debug.h"
#include <j6/info.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#if KERNEL_DEBUG

/* The linker collects them; 32 bytes, so that they lie side by side. */
struct alloc_site {
    const char *file;
    const char *function;
    uint32_t line;
    /* Atomic */
    _Atomic uint32_t hits;
    _Atomic uint32_t failures;
} __attribute__((aligned(32)));

/* Which of a thread's allocations are to fail. Only the thread itself. */
struct alloc_failures {
    uint64_t left; /* the left-th from now on; 0: none */
    uint64_t then; /* and the then-th after that; j6_fail_all: all after that */
    uint64_t failed;
};

#define ALLOC_SITE(failure, call)                                                        \
    ({                                                                                   \
        static struct alloc_site alloc_site __attribute__((section(".alloc_sites"))) = { \
            .file = __FILE__, .function = __func__, .line = __LINE__};                   \
        alloc_site_fails(&alloc_site) ? (failure) : (call);                              \
    })

#else

struct alloc_failures {
};

#define ALLOC_SITE(failure, call) (call)

#endif

struct alloc_site;

/* Counts the call. True: it fails. */
bool alloc_site_fails(struct alloc_site *site);

/* What boot's command line asks for (NULL: nothing), and how the running thread's wish is found. */
void alloc_sites_init(const char *fail_site, struct alloc_failures *(*current)(void));

/* Sets which fail from now on; returns how many of the last ones set have. */
uint64_t alloc_failures_set(struct alloc_failures *failures, uint64_t n, uint64_t then);

/* Fills in up to `max` rows; tells how many sites there are. */
size_t alloc_sites_info(struct j6_allocation_info *rows, size_t max);

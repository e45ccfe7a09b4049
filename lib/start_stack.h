/* SPDX-License-Identifier: MIT */
/*
 * What lies on the stack of a process that starts: the System V x86-64 layout, with this system's
 * entries in the auxiliary vector. Pure: it fills a buffer for whatever address that will have.
 *
 *   high    strings: argv, envp, the program's name
 *           16 random bytes
 *           the table of start handles
 *           auxv: pairs of words, the last one 0, 0
 *           envp: pointers, NULL
 *           argv: pointers, NULL
 *   low     argc                                          <- rsp, a multiple of 16
 */
#pragma once
#include <j6/start.h>
#include <stddef.h>
#include <stdint.h>

enum { START_RANDOM_SIZE = 16 };

struct start_stack {
    const char *name;
    const char *const *argv; /* ends in NULL; NULL itself: none */
    const char *const *envp;
    const struct j6_start_handle *rows;
    size_t row_count;
    uint64_t phdr; /* address of the program headers in the new process */
    uint64_t phnum;
    uint64_t entry;
    uint64_t clock_page; /* 0: none */
    uint8_t random[START_RANDOM_SIZE];
};

/* How many bytes it takes: a multiple of 16. */
size_t start_stack_size(const struct start_stack *start);

/*
 * Fills `buf`, which holds start_stack_size bytes and will lie at `address`, a multiple of 16, in
 * the new process. That address is the stack pointer to start with.
 */
void start_stack_build(const struct start_stack *start, void *buf, uint64_t address);

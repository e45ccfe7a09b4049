/* SPDX-License-Identifier: MIT */
/*
 * Thread-local variables (`__thread`): each thread has a block of them, which begins as the program's
 * image of it (PT_TLS) says. FS points at the block's end, where a word points at itself, and the
 * compiler counts back from there (variant II of Drepper's "ELF handling for thread-local storage").
 *
 *   memory                        thread pointer            memory + tls_size()
 *      | ..... | .tdata | .tbss |  | struct tls_end |        |
 */
#pragma once
#include <stddef.h>
#include <stdint.h>

/* At the thread pointer. */
struct tls_end {
    struct tls_end *self;
    int64_t (*run)(void *arg); /* what the thread runs (userland/lib/thread.c) */
    void *arg;
};

/* Reads the program's headers; once, before the others. */
void tls_init(void);

/* How much memory a block needs, wherever it lies. */
size_t tls_size(void);

/* Makes a block at the end of that memory, which is zeroed; tells the thread pointer. */
struct tls_end *tls_make(void *memory);

/* The calling thread uses that block from now on. */
void tls_use(struct tls_end *end);

/* SPDX-License-Identifier: MIT */
/*
 * What other threads run during a measurement (peer.asm): entries of threads that never use their stack,
 * in code that runs wherever it is copied to.
 */
#pragma once
#include <j6/types.h>
#include <stdint.h>

/* Two words, far enough apart for two CPUs. */
struct peer_words {
    uint32_t question;
    uint32_t unused[15];
    uint32_t answer;
};

/* What to receive and where to answer. */
struct peer_stream {
    j6_handle_t in;
    j6_handle_t out;
    uint64_t wanted; /* bytes, of which the last is the question */
    uint64_t len;
    uint8_t data[64 << 10];
};

/* The argument is one of these. */
extern const char peer_drain[] __attribute__((visibility("hidden")));

/* The argument is a struct peer_words. */
extern const char peer_echo[] __attribute__((visibility("hidden")));

/* The argument is a word that is 0. */
extern const char peer_sleep[] __attribute__((visibility("hidden")));
extern const char peer_yield[] __attribute__((visibility("hidden")));

/* The argument is an endpoint's handle. */
extern const char peer_call[] __attribute__((visibility("hidden")));

/* Copies the code into another process; tells where the entry is there. */
uint64_t peer_map(j6_handle_t process, const char *entry);

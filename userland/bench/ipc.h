/* SPDX-License-Identifier: MIT */
/* Two processes that call each other: userland/test/pingpong, twice. */
#pragma once
#include "userland/bench/bench.h"

/* A server that answers in its own process. The handles have all rights. */
struct bench_server {
    j6_handle_t process;
    j6_handle_t thread;
    j6_handle_t theirs; /* where it receives */
    j6_handle_t mine;   /* where its clients may receive */
};

/* `way` is one of pingpong's; `fpu`: it has used the floating-point unit. */
void bench_server_start(struct bench_server *server, const char *way, bool fpu);
void bench_server_end(struct bench_server *server);

/* Ticks for a call with words by this thread. */
uint64_t bench_call(j6_handle_t theirs, uint64_t rounds);

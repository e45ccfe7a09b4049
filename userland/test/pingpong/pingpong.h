/* SPDX-License-Identifier: MIT */
/*
 * Both sides of a measured round trip are this program, twice: so both have used the floating-point unit, or
 * neither has, and no switch between them is dearer than need be for programs like that.
 *
 * Rules: `theirs` is the endpoint at which the server receives, `mine` that of the client.
 */
#pragma once
#include <j6/j6.h>

enum { DATA = 65536, HANDLES = 16, WORDS = 4 };

/* Servers answer until their endpoint closes: 0. */
int64_t serve_words(j6_handle_t theirs, j6_handle_t mine);
int64_t serve_messages(j6_handle_t theirs, j6_handle_t mine);
int64_t serve_notices(j6_handle_t theirs, j6_handle_t mine);
int64_t serve_interrupts(j6_handle_t theirs, j6_handle_t mine);

/* Clients: ticks for a round trip, loop included; -1 if anything went wrong. */
int64_t call_0w(j6_handle_t theirs, j6_handle_t mine);
int64_t call_4w(j6_handle_t theirs, j6_handle_t mine);
int64_t call_deadline(j6_handle_t theirs, j6_handle_t mine);
int64_t call_64b(j6_handle_t theirs, j6_handle_t mine);
int64_t call_512b(j6_handle_t theirs, j6_handle_t mine);
int64_t call_4k(j6_handle_t theirs, j6_handle_t mine);
int64_t call_64k(j6_handle_t theirs, j6_handle_t mine);
int64_t call_handle(j6_handle_t theirs, j6_handle_t mine);
int64_t call_for_ever(j6_handle_t theirs, j6_handle_t mine);
int64_t notify_pingpong(j6_handle_t theirs, j6_handle_t mine);

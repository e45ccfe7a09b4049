/* SPDX-License-Identifier: MIT */
/* What waits and endpoint calls read from user memory. */
#pragma once
#include <j6/types.h>
#include <stdint.h>

/* The memory part of an endpoint message; read once, at entry. */
struct j6_message {
    void *data;
    uint64_t len;
    uint64_t cap;
    j6_handle_t *handles;
    uint64_t handle_count;
    uint64_t handle_cap;
};

/*
 * What an endpoint call sends, and what comes back (endpoint_send, _receive, _call, _reply,
 * _reply_receive). Results are written when the call is ok; bytes and handles also with `insufficient`:
 * what the message needs.
 */
struct j6_call {
    uint64_t tag;
    uint64_t word[4];
    uint64_t badge; /* out: of the handle that it was sent through, 0: it has none */
    uint64_t token; /* out: to reply with, 0: no reply is due; in: of the call to reply to */
    struct j6_message *message; /* in: the memory part, or NULL */
    uint64_t bytes;             /* out: of data that came … */
    uint64_t handles;           /* … and handles */
};

/* Tags with bit 63 are the system's: what isn't a message of a thread. */
static const uint64_t j6_tag_system = 1ull << 63;
static const uint64_t j6_tag_irq =
    0xffffffffffff0000; /* + n. Words: count since the last, time of the first */
static const uint64_t j6_tag_signal = 0x8000000000000001;     /* words: key, all signals, koid */
static const uint64_t j6_tag_notify = 0x8000000000000002;     /* badge; word: bits */
static const uint64_t j6_tag_badge_gone = 0x8000000000000003; /* badge */

/* One row of object_wait_many. */
struct j6_wait_item {
    j6_handle_t handle;
    uint64_t mask;
    uint64_t signals;
};

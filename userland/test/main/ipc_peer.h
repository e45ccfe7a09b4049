/* SPDX-License-Identifier: MIT */
/* A thread that makes one endpoint call, and what comes of it; and endpoints to make it on. */
#pragma once
#include "userland/test/main/look.h"

enum { IPC_DATA = 65536, IPC_HANDLES = 16 }; /* what an endpoint takes at most */

/* One of j6_endpoint_send, j6_endpoint_call … */
typedef j6_status_t endpoint_call(j6_handle_t endpoint, struct j6_call *call, j6_time_t deadline);

struct ipc_peer {
    j6_handle_t endpoint;
    endpoint_call *make;
    struct j6_call call;
    j6_time_t deadline;
    j6_status_t status; /* unexpected: it waits */
    struct j6_thread thread;
};

/* An endpoint that takes all that one can take. */
j6_handle_t endpoint_new(void);

/* A message with these four words, the first of which is its tag too. */
struct j6_call words(uint64_t first);

/* Does the message have them? */
void expect_words(uint64_t first, const struct j6_call *call);

/* Starts one, whose members endpoint, make, call and deadline are set; it waits in that way then. */
void ipc_peer_begin(struct ipc_peer *peer, uint32_t wait);

/* The usual ones, without a deadline. */
void sender_start(struct ipc_peer *peer, j6_handle_t endpoint, uint64_t first);
void caller_start(struct ipc_peer *peer, j6_handle_t endpoint, uint64_t first);
void receiver_start(struct ipc_peer *peer, j6_handle_t endpoint);

/* One with a memory part, tag 1, without a deadline; it waits in that way then. */
void message_start(struct ipc_peer *peer, j6_handle_t endpoint, endpoint_call *make,
                   struct j6_message *message, uint32_t wait);

/* Expects that it ends, with this status. */
void ipc_peer_finish(struct ipc_peer *peer, j6_status_t wanted);

/* Kills it, wherever it is. */
void ipc_peer_kill(struct ipc_peer *peer);

/* Does it wait still? */
bool ipc_peer_waits(const struct ipc_peer *peer);

/* Receives something at once; expects that there is something. */
struct j6_call receive_now(j6_handle_t endpoint);

/* Expects that nothing waits to be received. */
void expect_nothing(j6_handle_t endpoint);

/* SPDX-License-Identifier: MIT */
/*
 * Another process that makes the calls that a test wants, each in the thread that the test wants: the
 * partner in messages between processes (userland/test/puppet.h).
 */
#pragma once
#include "userland/test/main/ipc_peer.h"
#include "userland/test/puppet.h"

struct puppet {
    j6_handle_t process;
    j6_handle_t area;
    struct puppet_page *page;
};

/* With so many threads; with limits, which may be NULL, of its own. */
void puppet_open(struct puppet *puppet, uint64_t threads, const struct j6_limits *limits);

/* Ends it, unless it has ended. */
void puppet_close(struct puppet *puppet);

/* A copy of the handle, with those rights, or all that it has, for it. */
j6_handle_t puppet_give(const struct puppet *puppet, j6_handle_t handle, uint64_t rights);
j6_handle_t puppet_give_all(const struct puppet *puppet, j6_handle_t handle);

/* Maps pages [first, first + count) of the area for it: where they are there. */
void *puppet_map(const struct puppet *puppet, j6_handle_t area, uint64_t first, uint64_t count,
                 uint64_t flags);

/* The slot of a thread, to be filled: all of it is 0, but for a deadline of never. */
struct puppet_slot *puppet_slot(const struct puppet *puppet, uint64_t thread, uint64_t action,
                                j6_handle_t handle);

/* Lets the thread make the call; with the message if that has anything. Waits for its end. */
void puppet_begin(struct puppet_slot *slot);
j6_status_t puppet_end(struct puppet_slot *slot);
j6_status_t puppet_do(struct puppet_slot *slot);

/* Has the call ended? */
bool puppet_is_done(const struct puppet_slot *slot);

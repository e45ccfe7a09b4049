/* SPDX-License-Identifier: MIT */
/*
 * What a test and its puppet share: a process whose threads make the calls that the test writes into their
 * slots, one at a time. Pointers in a slot are addresses of the puppet.
 */
#pragma once
#include <j6/j6.h>

enum puppet_action {
    PUPPET_SEND,
    PUPPET_RECEIVE,
    PUPPET_CALL,
    PUPPET_REPLY,
    PUPPET_REPLY_RECEIVE,
    PUPPET_NOTIFY,  /* call.word[0] */
    PUPPET_CLOSE,   /* handle_close */
    PUPPET_MAP,     /* vma_create_map of call.word[0] bytes; tells the address there */
    PUPPET_FLOOD,   /* calls as long as it is answered */
    PUPPET_SERVE,   /* sends back what it receives, as long as it can */
    PUPPET_PERSIST, /* the same, whatever becomes of its memory, until the endpoint closes */
    PUPPET_CHURN,   /* makes and closes events on the CPUs word[1] until word[0] isn't 0 */
    PUPPET_GUESS,   /* replies with tokens of all kinds: the status is ok if any was good */
    PUPPET_THREAD_EXIT,
    PUPPET_EXIT,
};

enum { PUPPET_THREADS = 8 };

struct puppet_slot {
    uint32_t asked; /* calls that the test has asked for … */
    uint32_t done;  /* … and those that are made */
    uint64_t action;
    j6_handle_t handle;
    struct j6_call call; /* its `message`: not 0: the one below */
    struct j6_message message;
    j6_time_t deadline;
    j6_status_t status;
};

struct puppet_page {
    struct puppet_slot slot[PUPPET_THREADS];
    uint64_t room[128];
    struct puppet_page *here; /* where the puppet has mapped it */
};

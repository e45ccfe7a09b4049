/* SPDX-License-Identifier: MIT */
#include "userland/test/pingpong/pingpong.h"
#include "userland/bench/ticks.h"

/* To each call, the tag and the words that came. */
int64_t serve_words(j6_handle_t theirs, j6_handle_t mine)
{
    (void)mine;
    struct j6_call call = {0};
    j6_status_t status = j6_endpoint_receive(theirs, &call, j6_deadline_never);
    while (status == j6_status_ok) {
        status = j6_endpoint_reply_receive(theirs, &call, j6_deadline_never);
    }
    return status == j6_status_closed ? 0 : -1;
}

/* The same; takes data and handles as well, and sends the handles back. */
int64_t serve_messages(j6_handle_t theirs, j6_handle_t mine)
{
    static uint8_t data[DATA] __attribute__((aligned(j6_page_size)));
    static j6_handle_t handles[HANDLES];
    (void)mine;
    struct j6_message message = {
        .data = data, .cap = DATA, .handles = handles, .handle_cap = HANDLES};
    struct j6_call call = {.message = &message};
    for (unsigned i = 0; i < DATA; i += j6_page_size) {
        data[i] = 1; /* now it is there */
    }
    j6_status_t status = j6_endpoint_receive(theirs, &call, j6_deadline_never);
    while (status == j6_status_ok) {
        message.handle_count = call.handles;
        status = j6_endpoint_reply_receive(theirs, &call, j6_deadline_never);
    }
    return status == j6_status_closed ? 0 : -1;
}

/* Tells by a message when each interrupt reached it. */
int64_t serve_interrupts(j6_handle_t theirs, j6_handle_t mine)
{
    struct j6_call call = {0};
    j6_status_t status = j6_endpoint_receive(theirs, &call, j6_deadline_never);
    while (status == j6_status_ok) {
        struct j6_call told = {.word = {ticks()}};
        j6_endpoint_send(mine, &told, j6_deadline_never);
        status = j6_endpoint_receive(theirs, &call, j6_deadline_never);
    }
    return status == j6_status_closed ? 0 : -1;
}

/* To each notification, one. */
int64_t serve_notices(j6_handle_t theirs, j6_handle_t mine)
{
    struct j6_call call = {0};
    j6_status_t status = j6_endpoint_receive(theirs, &call, j6_deadline_never);
    while (status == j6_status_ok) {
        j6_endpoint_notify(mine, call.word[0]);
        status = j6_endpoint_receive(theirs, &call, j6_deadline_never);
    }
    return status == j6_status_closed ? 0 : -1;
}

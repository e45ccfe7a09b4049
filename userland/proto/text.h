/* SPDX-License-Identifier: MIT */
/*
 * Text output: bytes of UTF-8 that somebody shows or keeps. A program gets a channel as its `stdout`; who starts
 * it has attached the channel before.
 */
#pragma once
#include <j6/protocol.h>

enum text_code { text_code_write = 1, text_code_attach };
enum { text_write_max = 4096 };

struct text_write_answer {
    uint64_t written;
};

/*
 * Writes up to text_write_max bytes of whole characters; tells how many were. invalid_arg, or out_of_range at an
 * endpoint that takes no more: there are more.
 */
static inline j6_status_t text_write(j6_handle_t text, const char *bytes, size_t len,
                                     struct text_write_answer *out_answer)
{
    const struct j6_ask ask = {.code = text_code_write,
                               .data = (void *)bytes,
                               .len = len,
                               .answer = out_answer,
                               .answer_size = sizeof(*out_answer)};
    return j6_ask(text, &ask, j6_deadline_never);
}

/* What a channel's handle is for; that takes j6_right_transfer as well. It mustn't be able to send. */
static const uint64_t text_channel_rights = j6_right_channel_receive | j6_right_wait;

/*
 * All that is sent to the channel is shown from now on, until it closes; the handle goes. invalid_arg: that is no
 * channel, or the handle has other rights than it should; quota: there are too many, or too
 * many of this client.
 */
static inline j6_status_t text_attach(j6_handle_t text, j6_handle_t channel)
{
    const struct j6_ask ask = {.code = text_code_attach, .handle = channel};
    return j6_ask(text, &ask, j6_deadline_never);
}

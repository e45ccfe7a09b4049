/* SPDX-License-Identifier: MIT */
/* Text output: bytes of UTF-8 that somebody shows or keeps. */
#pragma once
#include <j6/protocol.h>

enum text_code { text_code_write = 1 };
enum { text_write_max = 4096 };

struct text_write_answer {
    uint64_t written;
};

/* Writes up to text_write_max bytes; tells how many were. invalid_arg: there are more. */
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

/* SPDX-License-Identifier: MIT */
/*
 * The protocol of the board: one text, which anybody may read and replace, and whose changes
 * anybody may wait for. Each request may be done twice, so all of them are asked with
 * j6_ask_service, which goes on when the service has died and was replaced.
 */
#pragma once
#include <j6/protocol.h>

enum board_code { board_code_write = 1, board_code_read, board_code_wait };
enum { board_text_max = 1024 };

/* How often the text has changed: board_code_wait says it, that and board_code_read answer it. */
struct board_version {
    uint64_t version;
};

/* Replaces the text. The same text once more is no change. out_of_range: it is too long. */
static inline j6_status_t board_write(struct j6_service *board, const char *text, size_t len)
{
    const struct j6_ask ask = {.code = board_code_write, .data = (void *)text, .len = len};
    return len <= board_text_max ? j6_ask_service(board, &ask, j6_deadline_never)
                                 : j6_err_out_of_range;
}

/* The text, for which `text` has room for board_text_max bytes. */
static inline j6_status_t board_read(struct j6_service *board, struct board_version *out_version,
                                     char *text, size_t *out_len)
{
    const struct j6_ask ask = {.code = board_code_read,
                               .answer = out_version,
                               .answer_size = sizeof(*out_version),
                               .data = text,
                               .cap = board_text_max,
                               .out_len = out_len};
    return j6_ask_service(board, &ask, j6_deadline_never);
}

/* Waits until there is another version than that one. It may come back sooner. */
static inline j6_status_t board_wait(struct j6_service *board, struct board_version seen)
{
    struct board_version answer;
    const struct j6_ask ask = {.code = board_code_wait,
                               .fields = &seen,
                               .size = sizeof(seen),
                               .answer = &answer,
                               .answer_size = sizeof(answer)};
    return j6_ask_service(board, &ask, j6_deadline_never);
}

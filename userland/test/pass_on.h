/* SPDX-License-Identifier: MIT */
/* Pieces of random length, for who sends through channels and who passes on what comes. */
#pragma once
#include <j6/j6.h>

enum { PIECE_MAX = 64 << 10 };

/* Mostly some tens of bytes, sometimes up to 4 KiB, seldom 64 KiB: 250 bytes in the middle. */
static inline uint64_t piece_len(uint64_t *random)
{
    *random ^= *random << 13; /* xorshift64 */
    *random ^= *random >> 7;
    *random ^= *random << 17;
    uint64_t kind = *random >> 32 & 1023;
    uint64_t value = *random & 0xffff;
    return kind == 0 ? PIECE_MAX : 1 + value % (kind < 64 ? 4096 : 120);
}

/* Until nothing more comes; then the channels are closed. 0: all went well. */
static inline int64_t pass_on(j6_handle_t in, j6_handle_t out, uint64_t seed, char data[PIECE_MAX])
{
    j6_status_t status = j6_status_ok;
    while (status == j6_status_ok) {
        uint64_t len = piece_len(&seed);
        status = j6_channel_receive(in, &len, data, j6_deadline_never);
        for (uint64_t sent = 0, more; sent < len && status == j6_status_ok; sent += more) {
            more = len - sent;
            status = j6_channel_send(out, &more, data + sent, j6_deadline_never);
        }
    }
    j6_handle_close(in);
    j6_handle_close(out);
    return status == j6_status_closed ? 0 : -1;
}

/* SPDX-License-Identifier: MIT */
/*
 * Two processes on one CPU, and a channel each way. Both figures end with the other's answer of one byte.
 *
 *   channel_1b_rt      one byte there, one back
 *   channel_64k        64 KiB there, one byte back
 *   copy_in_out_64k    the bare copies of 64 KiB: `rep movsq` into a buffer and out of it
 *   channel_create     channel_create and handle_close
 */
#include "lib/page.h"
#include "userland/bench/bench.h"
#include "userland/bench/peer.h"

enum { ROUNDS = 1000, LONG_ROUNDS = 16, WARM_UP = 20, BYTES = 64 << 10 };

static uint8_t data[BYTES] __attribute__((aligned(4096)));
static uint8_t buffer[BYTES] __attribute__((aligned(4096)));
static uint8_t target[BYTES] __attribute__((aligned(4096)));

/* The other process, and what it is to do. */
struct pair {
    j6_handle_t out;
    j6_handle_t in;
    j6_handle_t process;
    j6_handle_t area;
    struct peer_stream *stream;
};

static j6_handle_t give(j6_handle_t process, j6_handle_t channel)
{
    j6_handle_t there;
    bench_require(j6_process_give_handle(process, channel, j6_handle_rights(channel), &there),
                  "give");
    return there;
}

static void pair_start(struct pair *pair, uint64_t wanted)
{
    const uint64_t size = page_up(sizeof(struct peer_stream));
    const uint64_t rw = j6_map_read | j6_map_write;
    uint64_t here = 0;
    uint64_t there = 0;
    j6_handle_t thread;
    bench_require(j6_channel_create(0, &pair->out), "channel");
    bench_require(j6_channel_create(0, &pair->in), "channel");
    bench_require(j6_process_create("peer", 4, NULL, 0, &pair->process), "process");
    bench_require(j6_vma_create_map(size, 0, rw, &here, &pair->area), "area");
    bench_require(j6_vma_map(pair->area, pair->process, &there, 0, 0, rw), "map");
    pair->stream = (struct peer_stream *)here;
    *pair->stream = (struct peer_stream){.in = give(pair->process, pair->out),
                                         .out = give(pair->process, pair->in),
                                         .wanted = wanted};
    uint64_t code = peer_map(pair->process, peer_drain);
    bench_require(j6_process_start(pair->process, code, code, there, &thread), "start");
    bench_require(j6_handle_close(thread), "close");
}

static void pair_end(struct pair *pair)
{
    bench_require(j6_process_kill(pair->process, 0), "kill");
    bench_require(j6_handle_close(pair->process), "close");
    bench_require(j6_handle_close(pair->out), "close");
    bench_require(j6_handle_close(pair->in), "close");
    bench_require(j6_vma_unmap(pair->area, j6_handle_self_process, (uint64_t)pair->stream, 0),
                  "unmap");
    bench_require(j6_handle_close(pair->area), "close");
}

static void ask(const struct pair *pair, uint64_t bytes)
{
    uint8_t answer;
    for (uint64_t sent = 0, len; sent < bytes; sent += len) {
        len = bytes - sent;
        bench_require(j6_channel_send(pair->out, &len, data + sent, j6_deadline_never), "send");
    }
    uint64_t len = 1;
    bench_require(j6_channel_receive(pair->in, &len, &answer, j6_deadline_never), "receive");
}

static uint64_t measure(uint64_t bytes, unsigned rounds)
{
    struct pair pair;
    pair_start(&pair, bytes);
    for (int i = 0; i < WARM_UP; i++) {
        ask(&pair, bytes);
    }
    uint64_t start = ticks();
    for (unsigned i = 0; i < rounds; i++) {
        ask(&pair, bytes);
    }
    uint64_t cost = (ticks() - start) / rounds;
    pair_end(&pair);
    return cost;
}

static void copy(uint8_t *to, const uint8_t *from)
{
    uint64_t words = BYTES / sizeof(uint64_t);
    __asm__ volatile("rep movsq" : "+S"(from), "+D"(to), "+c"(words) : : "memory");
}

static uint64_t copies(void)
{
    uint64_t start = ticks();
    copy(buffer, data);
    copy(target, buffer);
    return ticks() - start;
}

static void create_and_close(void)
{
    j6_handle_t channel;
    bench_require(j6_channel_create(0, &channel), "channel");
    bench_require(j6_handle_close(channel), "close");
}

static uint64_t lives(void)
{
    for (int i = 0; i < WARM_UP; i++) {
        create_and_close();
    }
    uint64_t start = ticks();
    for (int i = 0; i < ROUNDS; i++) {
        create_and_close();
    }
    return (ticks() - start) / ROUNDS;
}

void bench_channels(void)
{
    for (unsigned i = 0; i < BYTES; i += PAGE_SIZE) {
        data[i] = 1; /* now it is there */
    }
    bench_report("channel_1b_rt", measure(1, ROUNDS), "insn");
    bench_report("channel_64k", measure(BYTES, LONG_ROUNDS), "insn");
    copies();
    bench_report("copy_in_out_64k", copies(), "insn");
    bench_report("channel_create", lives(), "insn");
}

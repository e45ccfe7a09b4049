/* SPDX-License-Identifier: MIT */
/*
 * What threads and timers cost among N others, as the lines say that growth.c prints:
 *
 *   futex_wake@N   waking one of N threads that wait at one word
 *   yield@N        one switch from thread to thread, of N that are ready
 *   timer_set@N    event_set_timer, which takes a timer off and arms it anew, while N others are armed
 *   ipc_call@N     a reply to one of N callers that wait in the queue of an endpoint, a receive of the next,
 *                  and the next call of the one that got the reply; with a yield to it and back
 */
#include "lib/page.h"
#include "userland/bench/bench.h"
#include "userland/bench/peer.h"

enum { SAMPLES = 32 };

/* Threads of a process of their own, which all run the same. */
struct crowd {
    j6_handle_t process;
    uint64_t entry;
    uint64_t argument;
    uint64_t count;
};

static void crowd_make(struct crowd *crowd, const char *code)
{
    *crowd = (struct crowd){0};
    bench_require(j6_process_create("crowd", 5, NULL, 0, &crowd->process), "process");
    crowd->entry = peer_map(crowd->process, code);
}

/* They run with the address of that area, or with that handle. */
static void crowd_share(struct crowd *crowd, j6_handle_t area)
{
    bench_require(j6_vma_map(area, crowd->process, &crowd->argument, 0, 0, j6_map_read), "map");
}

static void crowd_give(struct crowd *crowd, j6_handle_t handle, uint64_t rights)
{
    bench_require(j6_process_give_handle(crowd->process, handle, rights, &crowd->argument), "give");
}

static void crowd_add(struct crowd *crowd)
{
    j6_handle_t thread;
    bool first = crowd->count++ == 0;
    if (first) {
        bench_require(
            j6_process_start(crowd->process, crowd->entry, crowd->entry, crowd->argument, &thread),
            "start");
    } else {
        bench_require(j6_thread_create(crowd->process, crowd->entry, crowd->entry, crowd->argument,
                                       0, &thread),
                      "thread");
        bench_require(j6_thread_start(thread), "start");
    }
    bench_require(j6_handle_close(thread), "close");
}

static void crowd_end(struct crowd *crowd)
{
    bench_require(j6_process_kill(crowd->process, 0), "kill");
    bench_require(j6_object_wait(crowd->process, j6_signal_closed, NULL, j6_deadline_never), "end");
    bench_require(j6_handle_close(crowd->process), "close");
}

/* Until all that are ready wait, or have had a turn. */
static void let_all_run(void)
{
    j6_time_t now;
    bench_require(j6_clock(&now), "clock");
    j6_thread_sleep(now + 1000000);
    j6_thread_sleep(0);
}

static void measure_wakes(j6_handle_t shared, const uint32_t *word)
{
    static const uint64_t sizes[] = {10, 1000, 100000};
    struct crowd crowd;
    crowd_make(&crowd, peer_sleep);
    crowd_share(&crowd, shared);
    for (unsigned i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        uint64_t sum = 0;
        while (crowd.count < sizes[i]) {
            crowd_add(&crowd);
        }
        let_all_run();
        for (unsigned sample = 0; sample < SAMPLES; sample++) {
            uint64_t start = ticks();
            bench_require(j6_futex_wake(word, 1), "wake");
            sum += ticks() - start;
            let_all_run(); /* it waits again */
        }
        bench_report_at("futex_wake", sizes[i], sum / SAMPLES);
    }
    crowd_end(&crowd);
}

static void measure_yields(void)
{
    static const uint64_t sizes[] = {10, 1000, 10000};
    struct crowd crowd;
    crowd_make(&crowd, peer_yield);
    for (unsigned i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        while (crowd.count < sizes[i]) {
            crowd_add(&crowd);
        }
        j6_thread_sleep(0);
        uint64_t start = ticks();
        for (int round = 0; round < 4; round++) {
            j6_thread_sleep(0);
        }
        bench_report_at("yield", sizes[i], (ticks() - start) / (4 * (sizes[i] + 1)));
    }
    crowd_end(&crowd);
}

static void measure_calls(void)
{
    static const uint64_t sizes[] = {1, 10, 100, 1000, 10000};
    struct crowd crowd;
    struct j6_call call = {0};
    j6_handle_t endpoint;
    bench_require(j6_endpoint_create(0, 0, 0, &endpoint), "endpoint");
    crowd_make(&crowd, peer_call);
    crowd_give(&crowd, endpoint, j6_right_endpoint_send);
    for (unsigned i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        uint64_t start = 0;
        while (crowd.count <= sizes[i]) { /* one is served */
            crowd_add(&crowd);
        }
        let_all_run();
        if (i == 0) {
            bench_require(j6_endpoint_receive(endpoint, &call, j6_deadline_never), "receive");
        }
        for (unsigned sample = 0; sample < 2 * SAMPLES; sample++) {
            start = sample == SAMPLES ? ticks() : start; /* after as many to warm up */
            bench_require(j6_endpoint_reply_receive(endpoint, &call, j6_deadline_never), "reply");
            j6_thread_sleep(0);
        }
        bench_report_at("ipc_call", sizes[i], (ticks() - start) / SAMPLES);
    }
    bench_require(j6_object_close(endpoint), "close");
    crowd_end(&crowd);
    bench_require(j6_handle_close(endpoint), "close");
}

/* Somewhere within the next hours. */
static j6_time_t far_deadline(uint64_t number)
{
    const uint64_t hour = 3600ull * 1000000000;
    return hour + (number * 0x9e3779b97f4a7c15 >> 20);
}

static void measure_timers(void)
{
    static const uint64_t sizes[] = {10, 1000, 100000, 1000000};
    j6_handle_t one;
    uint64_t count = 0;
    bench_require(j6_event_create(0, &one), "event");
    for (unsigned i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        uint64_t sum = 0;
        for (; count < sizes[i]; count++) {
            j6_handle_t event;
            bench_require(j6_event_create(0, &event), "event");
            bench_require(j6_event_set_timer(event, far_deadline(count), 0), "timer");
        }
        for (uint64_t sample = 0; sample <= SAMPLES; sample++) {
            j6_time_t deadline = far_deadline(~sample);
            uint64_t start = ticks();
            bench_require(j6_event_set_timer(one, deadline, 0), "timer");
            sum += sample > 0 ? ticks() - start : 0; /* it was armed before */
        }
        bench_report_at("timer_set", sizes[i], sum / SAMPLES);
    }
}

void bench_crowds(void)
{
    j6_handle_t shared;
    uint64_t word = 0;
    bench_require(j6_vma_create_map(PAGE_SIZE, 0, j6_map_read, &word, &shared), "area");
    measure_wakes(shared, (const uint32_t *)word);
    measure_yields();
    measure_calls();
    bench_require(j6_vma_unmap(shared, j6_handle_self_process, word, 0), "unmap");
    bench_require(j6_handle_close(shared), "close");
    measure_timers(); /* last: nothing of this is given back before the end */
}

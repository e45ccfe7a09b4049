/* SPDX-License-Identifier: MIT */
/*
 * Two threads on one CPU. Each figure is a round trip: this one goes on when the other has answered.
 *
 *   futex_threads_rt     each waits at a word of its own, sets the other's and wakes there
 *   futex_procs_rt       the same with a thread of another process, and a shared page
 *   event_rt             each waits for a signal of an event of both, clears it and sets the other
 *   yield_pair           each yields to the other
 *   thread_create_join   j6_thread_run of a function that does nothing, and j6_thread_join
 */
#include "lib/page.h"
#include "userland/bench/bench.h"
#include "userland/bench/peer.h"

enum { ROUNDS = 1000, WARM_UP = 20, RW = j6_map_read | j6_map_write };

static const uint64_t PING = J6_SIGNAL(48);
static const uint64_t PONG = J6_SIGNAL(49);

static struct peer_words *words_make(j6_handle_t *out_area)
{
    uint64_t address = 0;
    bench_require(j6_vma_create_map(PAGE_SIZE, 0, RW, &address, out_area), "area");
    return (struct peer_words *)address;
}

static void words_drop(j6_handle_t area, struct peer_words *words)
{
    bench_require(j6_vma_unmap(area, j6_handle_self_process, (uint64_t)words, 0), "unmap");
    bench_require(j6_handle_close(area), "close");
}

/* ---- futexes -------------------------------------------------------------------------------- */

static void ask(struct peer_words *words, uint32_t number)
{
    __atomic_store_n(&words->question, number, __ATOMIC_RELEASE);
    j6_futex_wake(&words->question, 1);
    while (__atomic_load_n(&words->answer, __ATOMIC_ACQUIRE) != number) {
        j6_futex_wait(&words->answer, number - 1, j6_deadline_never);
    }
}

static uint64_t ask_often(struct peer_words *words)
{
    uint32_t number = 0;
    while (number < WARM_UP) {
        ask(words, ++number);
    }
    uint64_t start = ticks();
    for (int i = 0; i < ROUNDS; i++) {
        ask(words, ++number);
    }
    return (ticks() - start) / ROUNDS;
}

static void measure_threads(void)
{
    j6_handle_t area;
    j6_handle_t thread;
    struct peer_words *words = words_make(&area);
    bench_require(j6_thread_create(j6_handle_self_process, (uint64_t)peer_echo, PAGE_SIZE << 4,
                                   (uint64_t)words, 0, &thread),
                  "thread");
    bench_require(j6_thread_start(thread), "start");
    bench_report("futex_threads_rt", ask_often(words), "insn");
    bench_require(j6_thread_kill(thread, 0), "kill");
    bench_require(j6_handle_close(thread), "close");
    words_drop(area, words);
}

static void measure_processes(void)
{
    j6_handle_t area;
    j6_handle_t process;
    j6_handle_t thread;
    uint64_t there = 0;
    struct peer_words *words = words_make(&area);
    bench_require(j6_process_create("peer", 4, NULL, 0, &process), "process");
    bench_require(j6_vma_map(area, process, &there, 0, 0, RW), "map");
    uint64_t code = peer_map(process, peer_echo);
    bench_require(j6_process_start(process, code, code, there, &thread), "start");
    bench_report("futex_procs_rt", ask_often(words), "insn");
    bench_require(j6_process_kill(process, 0), "kill");
    bench_require(j6_handle_close(process), "close");
    bench_require(j6_handle_close(thread), "close");
    words_drop(area, words);
}

/* ---- events --------------------------------------------------------------------------------- */

static int64_t answer_signals(void *arg)
{
    j6_handle_t event = *(j6_handle_t *)arg;
    for (;;) {
        j6_status_t status = j6_object_wait(event, PING, NULL, j6_deadline_never);
        if (status != j6_status_ok) {
            return 0;
        }
        j6_object_signal(event, PING, PONG);
    }
}

static void ask_by_signal(j6_handle_t event)
{
    j6_object_signal(event, PONG, PING);
    j6_object_wait(event, PONG, NULL, j6_deadline_never);
}

static void measure_events(void)
{
    j6_handle_t event;
    struct j6_thread thread;
    bench_require(j6_event_create(0, &event), "event");
    bench_require(j6_thread_run(&thread, answer_signals, &event, PAGE_SIZE), "thread");
    for (int i = 0; i < WARM_UP; i++) {
        ask_by_signal(event);
    }
    uint64_t start = ticks();
    for (int i = 0; i < ROUNDS; i++) {
        ask_by_signal(event);
    }
    bench_report("event_rt", (ticks() - start) / ROUNDS, "insn");
    bench_require(j6_object_close(event), "close");
    bench_require(j6_thread_join(&thread, NULL), "join");
    bench_require(j6_handle_close(event), "close");
}

/* ---- threads -------------------------------------------------------------------------------- */

static void measure_yields(void)
{
    j6_handle_t thread;
    bench_require(j6_thread_create(j6_handle_self_process, (uint64_t)peer_yield, PAGE_SIZE << 4, 0,
                                   0, &thread),
                  "thread");
    bench_require(j6_thread_start(thread), "start");
    for (int i = 0; i < WARM_UP; i++) {
        j6_thread_sleep(0);
    }
    uint64_t start = ticks();
    for (int i = 0; i < ROUNDS; i++) {
        j6_thread_sleep(0);
    }
    bench_report("yield_pair", (ticks() - start) / ROUNDS, "insn");
    bench_require(j6_thread_kill(thread, 0), "kill");
    bench_require(j6_handle_close(thread), "close");
}

static int64_t do_nothing(void *arg)
{
    (void)arg;
    return 0;
}

static void create_and_join(void)
{
    struct j6_thread thread;
    bench_require(j6_thread_run(&thread, do_nothing, NULL, PAGE_SIZE), "thread");
    bench_require(j6_thread_join(&thread, NULL), "join");
}

static void measure_lives(void)
{
    for (int i = 0; i < WARM_UP; i++) {
        create_and_join();
    }
    uint64_t start = ticks();
    for (int i = 0; i < ROUNDS; i++) {
        create_and_join();
    }
    bench_report("thread_create_join", (ticks() - start) / ROUNDS, "insn");
}

void bench_threads(void)
{
    measure_threads();
    measure_processes();
    measure_events();
    measure_yields();
    measure_lives();
}

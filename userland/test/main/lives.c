/* SPDX-License-Identifier: MIT */
/*
 * Threads and processes that live and end, on all CPUs at once: however many, exactly as many frames are
 * free and objects alive afterwards.
 *
 * Command line: lives=NUMBER of threads, and a tenth as many processes.
 */
#include "lib/string.h"
#include "userland/test/main/look.h"

enum { LIVES = 2000, PROCESS_SHARE = 10, WORKERS = 4, WARM_UP = 100 };

struct worker {
    void (*live)(void);
    uint64_t count;
    struct j6_thread thread;
};

static int64_t work(void *arg)
{
    const struct worker *worker = arg;
    for (uint64_t i = 0; i < worker->count && !test_has_failed(); i++) {
        worker->live();
    }
    return 0;
}

/* A worker on each CPU; the threads that it makes run where they may. */
static void live_often(void (*live)(void), uint64_t count)
{
    struct worker workers[WORKERS];
    uint64_t cpus = cpu_count() < WORKERS ? cpu_count() : WORKERS;
    for (uint64_t i = 0; i < cpus; i++) {
        workers[i] = (struct worker){.live = live, .count = (count + cpus - 1) / cpus};
        expect_ok(j6_thread_run(&workers[i].thread, work, &workers[i], 16 * PAGE));
    }
    for (uint64_t i = 0; i < cpus; i++) {
        expect_ok(j6_thread_join(&workers[i].thread, NULL));
    }
}

/* Looked at after a hundredth, a tenth and all of them: what is lost each time shows three times. */
static void expect_nothing_left(void (*live)(void), uint64_t count, const char *what)
{
    live_often(live, WARM_UP);
    uint64_t frames = frames_at_rest();
    struct j6_objects_info objects = objects_live();
    uint64_t done = 0;
    for (uint64_t share = 100; share != 0 && !test_has_failed(); share /= 10) {
        live_often(live, count / share - done);
        done = count / share;
        expect_equal(frames, frames_at_rest());
        struct j6_objects_info after = objects_live();
        expect_equal(0, memcmp(&objects, &after, sizeof(after)));
    }
    j6_printf("lives: %llu %s, %llu frames free before and %llu after", (unsigned long long)done,
              what, (unsigned long long)frames, (unsigned long long)frames_free());
}

static uint64_t lives(void)
{
    uint64_t number = LIVES;
    boot_number("lives=", &number);
    return number;
}

static int64_t nothing(void *arg)
{
    return (int64_t)arg;
}

static void run_and_join(void)
{
    struct j6_thread thread;
    int64_t code = 0;
    if (expect_ok(j6_thread_run(&thread, nothing, (void *)5, PAGE))) {
        expect_ok(j6_thread_join(&thread, &code));
        expect_equal(5, code);
    }
}

TEST(thousands_of_threads_run_and_joined_leave_nothing)
{
    expect_nothing_left(run_and_join, lives(), "threads");
}

static void run_victim(void)
{
    expect_equal(7, victim_run("exit", "7"));
}

TEST(hundreds_of_programs_run_to_their_end_leave_nothing)
{
    expect_nothing_left(run_victim, lives() / PROCESS_SHARE, "processes");
}

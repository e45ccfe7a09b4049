/* SPDX-License-Identifier: MIT */
/* Ways to wait for others. */
#include "userland/test/blocked.h"
#include "userland/test/pass_on.h"
#include "userland/test/shared_sum.h"
#include "userland/test/victim/victim.h"

/* Answers the first user signal of the event with the second, so many times. */
int64_t mode_echo_signal(int64_t times)
{
    const uint64_t first = J6_SIGNAL(48);
    const uint64_t second = J6_SIGNAL(49);
    j6_handle_t event = j6_find("event");
    for (int64_t i = 0; i < times; i++) {
        j6_status_t status = j6_object_wait(event, first, NULL, j6_deadline_never);
        if (status == j6_status_ok) {
            status = j6_object_signal(event, first, second);
        }
        if (status != j6_status_ok) {
            return __LINE__;
        }
    }
    return 0;
}

/* A thread for each way, and the first one sleeps. */
int64_t mode_blocked(int64_t argument)
{
    struct j6_thread thread;
    for (int i = 0; i < BLOCKED_WAYS; i++) {
        if (j6_thread_run(&thread, blocked_ways[i].run, (void *)argument, 4 * j6_page_size) !=
            j6_status_ok) {
            return __LINE__;
        }
    }
    return blocked_sleep(NULL);
}

int64_t mode_pause(int64_t argument)
{
    (void)argument;
    j6_thread_pause(NULL);
    return -1;
}

static int64_t wait_many_for_ever(void *arg)
{
    struct j6_wait_item items[3] = {
        {j6_find("event"), J6_SIGNAL(50), 0},
        {j6_handle_self_process, j6_signal_closed, 0},
        {*(j6_handle_t *)arg, J6_SIGNAL(48), 0},
    };
    return (int64_t)j6_object_wait_many(items, 3, j6_deadline_never);
}

/* So many threads wait for the event, the process and an event of their own. */
int64_t mode_wait_many(int64_t threads)
{
    static j6_handle_t own;
    struct j6_thread thread;
    if (j6_event_create(0, &own) != j6_status_ok) {
        return __LINE__;
    }
    for (int64_t i = 0; i < threads; i++) {
        if (j6_thread_run(&thread, wait_many_for_ever, &own, 4 * j6_page_size) != j6_status_ok) {
            return __LINE__;
        }
    }
    return wait_many_for_ever(&own);
}

/* Waits until the first word is the next number, and says it in the first word of the second page. */
int64_t mode_futex_echo(int64_t times)
{
    uint32_t *words = map_role("shared");
    for (uint32_t i = 0; i < times; i++) {
        while (__atomic_load_n(&words[0], __ATOMIC_SEQ_CST) == i) {
            j6_futex_wait(&words[0], i, j6_deadline_never);
        }
        __atomic_store_n(&words[1024], i + 1, __ATOMIC_SEQ_CST);
        if (j6_futex_wake(&words[1024], 1) != j6_status_ok) {
            return __LINE__;
        }
    }
    return 0;
}

static int64_t wait_at_word(void *arg)
{
    while (j6_futex_wait(arg, 0, j6_deadline_never) == j6_status_ok) {}
    return -1;
}

int64_t mode_futex_crowd(int64_t threads)
{
    uint32_t *words = map_role("shared");
    struct j6_thread thread;
    for (int64_t i = 0; i < threads; i++) {
        if (j6_thread_run(&thread, wait_at_word, &words[i % 2], 4 * j6_page_size) != j6_status_ok) {
            return __LINE__;
        }
    }
    return wait_at_word(words);
}

/* Counts up what a mutex before it guards. */
int64_t mode_count_up(int64_t times)
{
    shared_sum_count_up(map_role("shared"), times);
    return 0;
}

/* From the channel with the role `in` to that with the role `out`, until no more comes. */
int64_t mode_pass_on(int64_t seed)
{
    static char data[64 << 10];
    return pass_on(j6_find("in"), j6_find("out"), (uint64_t)seed, data);
}

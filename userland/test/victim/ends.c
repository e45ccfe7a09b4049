/* SPDX-License-Identifier: MIT */
/* Ways to end, and ways to go on until somebody else ends the process. */
#include "userland/test/victim/victim.h"

enum { STACK = 4 * j6_page_size, THREADS = 8 };

static int64_t sleep_for_ever(void *arg)
{
    (void)arg;
    while (j6_thread_sleep(j6_deadline_never) == j6_status_ok) {}
    return -1;
}

static volatile bool stop; /* never set */

static int64_t spin_for_ever(void *arg)
{
    (void)arg;
    while (!stop) {}
    return -1;
}

static int64_t wait_for_ever(void *arg)
{
    (void)arg;
    j6_object_wait(j6_handle_self_process, j6_signal_closed, NULL, j6_deadline_never);
    return 0;
}

static void start_threads(void)
{
    static int64_t (*const ways[])(void *) = {sleep_for_ever, spin_for_ever, wait_for_ever};
    struct j6_thread thread;
    for (int i = 0; i < THREADS; i++) {
        if (j6_thread_run(&thread, ways[i % 3], NULL, STACK) != j6_status_ok) {
            j6_exit(-1);
        }
    }
}

int64_t mode_exit(int64_t argument)
{
    return argument;
}

int64_t mode_exit_with_threads(int64_t argument)
{
    start_threads();
    return argument;
}

int64_t mode_thread_exit(int64_t argument)
{
    j6_thread_exit(argument);
    return -1;
}

static int64_t end_at_signal(void *arg)
{
    j6_status_t status = j6_object_wait(j6_find("event"), J6_SIGNAL(48), NULL, j6_deadline_never);
    return status == j6_status_ok ? *(int64_t *)arg : -3;
}

/* The main thread goes first, the other at a signal. */
int64_t mode_last_thread_exit(int64_t argument)
{
    static int64_t code;
    struct j6_thread thread;
    code = argument;
    if (j6_thread_run(&thread, end_at_signal, &code, STACK) == j6_status_ok) {
        j6_thread_exit(-2);
    }
    return -1;
}

int64_t mode_kill_self(int64_t argument)
{
    j6_process_kill(j6_handle_self_process, argument);
    return -1;
}

int64_t mode_spin(int64_t argument)
{
    (void)argument;
    return spin_for_ever(NULL);
}

int64_t mode_sleep(int64_t argument)
{
    (void)argument;
    return sleep_for_ever(NULL);
}

int64_t mode_wait(int64_t argument)
{
    (void)argument;
    return wait_for_ever(NULL);
}

int64_t mode_many_threads(int64_t argument)
{
    (void)argument;
    start_threads();
    return spin_for_ever(NULL);
}

/* SPDX-License-Identifier: MIT */
/* selftest: does what programs need work, here and now? A line for each part; `make test` is what tests Senary. */
#include "userland/bin/commands/commands.h"
#include <fcntl.h>
#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool clock_runs(void)
{
    j6_time_t before = 0, after = 0;
    return j6_clock(&before) == j6_status_ok && j6_thread_sleep(before + 1000000) == j6_status_ok &&
           j6_clock(&after) == j6_status_ok && after >= before + 1000000;
}

static bool memory_keeps(void)
{
    enum { SIZE = 1 << 20 };
    unsigned char *bytes = malloc(SIZE);
    bool right = bytes != NULL;
    for (size_t i = 0; right && i < SIZE; i++) {
        bytes[i] = (unsigned char)(i * 7 >> 3);
    }
    for (size_t i = 0; right && i < SIZE; i++) {
        right = bytes[i] == (unsigned char)(i * 7 >> 3);
    }
    free(bytes);
    return right;
}

static void *count(void *argument)
{
    for (int i = 0; i < 10000; i++) {
        __atomic_fetch_add((long *)argument, 1, __ATOMIC_RELAXED);
    }
    return NULL;
}

static bool threads_count(void)
{
    pthread_t threads[4];
    long sum = 0;
    bool right = true;
    size_t started = 0;
    for (; started < 4 && right; started += right) {
        right = pthread_create(&threads[started], NULL, count, &sum) == 0;
    }
    for (size_t i = 0; i < started; i++) {
        pthread_join(threads[i], NULL);
    }
    return right && sum == 40000;
}

static bool numbers_compute(void)
{
    volatile double two = 2;
    return fabs(sqrt(two) * sqrt(two) - 2) < 1e-12;
}

static bool channels_carry(void)
{
    char in[] = "bytes", out[sizeof(in)] = "";
    uint64_t len = sizeof(in), got = sizeof(out);
    j6_handle_t channel;
    if (j6_channel_create(0, &channel) != j6_status_ok) {
        return false;
    }
    bool right = j6_channel_send(channel, &len, in, j6_deadline_poll) == j6_status_ok &&
                 j6_channel_receive(channel, &got, out, j6_deadline_poll) == j6_status_ok &&
                 got == sizeof(in) && memcmp(in, out, sizeof(in)) == 0;
    j6_handle_close(channel);
    return right;
}

static bool rights_hold(void)
{
    j6_handle_t event, copy;
    if (j6_event_create(0, &event) != j6_status_ok ||
        j6_handle_duplicate(event, j6_right_wait, 0, &copy) != j6_status_ok) {
        return false;
    }
    bool right = j6_object_signal(copy, 0, J6_SIGNAL(48)) == j6_err_denied &&
                 j6_handle_close(copy) == j6_status_ok &&
                 j6_handle_close(copy) == j6_err_bad_handle;
    j6_handle_close(event);
    return right;
}

static bool files_keep(void)
{
    static const char path[] = "/tmp/selftest";
    char read_back[8] = "";
    int file = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);
    bool right = file >= 0 && write(file, "written", 7) == 7 && lseek(file, 0, SEEK_SET) == 0 &&
                 read(file, read_back, sizeof(read_back)) == 7 && strcmp(read_back, "written") == 0;
    if (file >= 0) {
        close(file);
        right = unlink(path) == 0 && right;
    }
    return right;
}

static const struct {
    const char *name;
    bool (*run)(void);
} tests[] = {
    {"the clock runs", clock_runs},
    {"memory keeps what is written", memory_keeps},
    {"threads count together", threads_count},
    {"floating-point numbers compute", numbers_compute},
    {"a channel carries bytes", channels_carry},
    {"rights hold, and a closed handle is none", rights_hold},
    {"a file keeps what is written", files_keep},
};

int command_selftest(int argc, char **argv)
{
    bool all = true;
    (void)argv;
    if (argc != 1) {
        return wrong_usage();
    }
    for (size_t i = 0; i < sizeof(tests) / sizeof(tests[0]); i++) {
        bool right = tests[i].run();
        printf("%-6s %s\n", right ? "ok" : "FAILED", tests[i].name);
        all = all && right;
    }
    return all ? exit_ok : exit_failed;
}

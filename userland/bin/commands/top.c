/* SPDX-License-Identifier: MIT */
/*
 * top: what threads did between two looks, the busiest first, with the CPU that each ran on last. At a terminal the
 * screen is drawn again each time, until q or Ctrl-C; else one list follows the other.
 */
#include "userland/bin/commands/commands.h"
#include <proto/terminal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { THREADS_MAX = 4096, SHOWN_MAX = 18 };

struct activity {
    j6_koid_t koid;
    uint64_t total; /* CPU time since it began */
    uint64_t used;  /* since the last look */
    uint32_t cpu;
    uint32_t state;
    j6_koid_t process;
    char thread[j6_name_size];
    char name[j6_name_size];
    uint64_t pages;
};

struct picture {
    size_t count;
    j6_time_t time;
    j6_time_t idle;
    struct activity threads[THREADS_MAX];
};

static void add_threads(struct picture *picture, const struct j6_process_info *process)
{
    struct j6_snapshot threads;
    const struct j6_thread_info *row;
    if (j6_snapshot_take(j6_find("system"), j6_topic_threads, process->koid, &threads) !=
        j6_status_ok) {
        return;
    }
    J6_SNAPSHOT_EACH(row, &threads) {
        if (picture->count < THREADS_MAX) {
            struct activity *activity = &picture->threads[picture->count++];
            *activity = (struct activity){.koid = row->koid,
                                          .total = row->cpu_time,
                                          .cpu = row->cpu,
                                          .state = row->state,
                                          .process = process->koid,
                                          .pages = process->pages + process->tables};
            memcpy(activity->thread, row->name, j6_name_size);
            memcpy(activity->name, process->name, j6_name_size);
        }
    }
    j6_snapshot_drop(&threads);
}

static int compare_koids(const void *a, const void *b)
{
    const struct activity *x = a, *y = b;
    return (x->koid > y->koid) - (x->koid < y->koid);
}

static int compare_use(const void *a, const void *b)
{
    const struct activity *x = a, *y = b;
    if (x->used != y->used) {
        return x->used < y->used ? 1 : -1;
    }
    return compare_koids(a, b);
}

/* False: said why not. */
static bool take_picture(struct picture *picture)
{
    struct j6_snapshot processes, cpus;
    const struct j6_process_info *row;
    const struct j6_cpu_info *cpu;
    picture->count = 0;
    picture->idle = 0;
    if (!look(j6_topic_processes, 0, &processes) || !look(j6_topic_cpus, 0, &cpus)) {
        return false;
    }
    J6_SNAPSHOT_EACH(cpu, &cpus) {
        picture->idle += cpu->idle_time;
    }
    J6_SNAPSHOT_EACH(row, &processes) {
        add_threads(picture, row);
    }
    j6_clock(&picture->time);
    j6_snapshot_drop(&cpus);
    j6_snapshot_drop(&processes);
    qsort(picture->threads, picture->count, sizeof(picture->threads[0]), compare_koids);
    return true;
}

static void compare_pictures(struct picture *now, const struct picture *before)
{
    for (size_t i = 0; i < now->count; i++) {
        struct activity *activity = &now->threads[i];
        const struct activity *old =
            bsearch(activity, before->threads, before->count, sizeof(*activity), compare_koids);
        activity->used = activity->total - (old != NULL ? old->total : 0);
    }
}

static void show(struct picture *now, const struct picture *before)
{
    static const char *const states[] = {"ready", "running", "waits", "ended"};
    struct j6_frames_info frames = {0, 0};
    uint64_t len = sizeof(frames);
    double passed = (double)(now->time - before->time);
    double idle = (double)(now->idle - before->idle);
    unsigned cpus = j6_clock_page()->cpu_count;
    j6_status_t status = j6_system_info(j6_find("system"), j6_topic_frames, 0, &frames, &len);
    (void)status; /* then it shows none */
    printf("%zu threads, %u CPU%s %.0f%% busy, memory %s of %s used\n\n", now->count, cpus,
           cpus == 1 ? "" : "s",
           passed > 0 && idle < cpus * passed ? 100 - 100 * idle / (cpus * passed) : 0.0,
           size_text((frames.total - frames.free) * j6_page_size),
           size_text(frames.total * j6_page_size));
    printf("%6s %6s %3s %-7s %6s %8s  %s\n", "PID", "THREAD", "CPU", "STATE", "%CPU", "MEMORY",
           "NAME");
    qsort(now->threads, now->count, sizeof(now->threads[0]), compare_use);
    for (size_t i = 0; i < now->count && i < SHOWN_MAX; i++) {
        const struct activity *one = &now->threads[i];
        printf("%6llu %6llu %3u %-7s %6.1f %8s  %.32s%s%.32s\n",
               (unsigned long long)koid_number(one->process),
               (unsigned long long)koid_number(one->koid), one->cpu,
               one->state < 4 ? states[one->state] : "?",
               passed > 0 ? 100 * (double)one->used / passed : 0.0,
               size_text(one->pages * j6_page_size), one->name, one->thread[0] != '\0' ? " / " : "",
               one->thread);
    }
    qsort(now->threads, now->count, sizeof(now->threads[0]), compare_koids);
}

/* Keys as they are typed, if there is a terminal to type at. */
static j6_handle_t open_keys(void)
{
    j6_handle_t terminal = j6_find("terminal");
    const uint64_t mode = terminal_mode_newline | terminal_mode_interrupt;
    bool typed = terminal != j6_handle_none && isatty(STDIN_FILENO) &&
                 terminal_set_mode(terminal, mode) == j6_status_ok;
    return typed ? j6_find("stdin") : j6_handle_none;
}

/* Until then. False: q was typed. */
static bool wait_until(j6_time_t then, j6_handle_t keys)
{
    char key = '\0';
    while (keys != j6_handle_none &&
           j6_object_wait(keys, j6_signal_channel_can_recv, NULL, then) == j6_status_ok) {
        uint64_t len = sizeof(key);
        if (j6_channel_receive(keys, &len, &key, j6_deadline_poll) == j6_status_ok && key == 'q') {
            return false;
        }
    }
    j6_thread_sleep(then);
    return true;
}

static int watch(uint64_t times, double pause)
{
    static struct picture pictures[2];
    bool person = isatty(STDOUT_FILENO);
    j6_handle_t keys = person ? open_keys() : j6_handle_none;
    if (!take_picture(&pictures[0])) {
        return exit_failed;
    }
    for (uint64_t i = 1; times == 0 || i <= times; i++) {
        struct picture *now = &pictures[i % 2];
        struct picture *before = &pictures[(i + 1) % 2];
        if (!wait_until(before->time + (j6_time_t)(pause * 1e9), keys)) {
            return exit_ok;
        }
        if (!take_picture(now)) {
            return exit_failed;
        }
        compare_pictures(now, before);
        fputs(person ? "\033[H\033[2J" : i > 1 ? "\n" : "", stdout);
        show(now, before);
        if (fflush(stdout) != 0) {
            return failed("stdout");
        }
    }
    return exit_ok;
}

int command_top(int argc, char **argv)
{
    struct options options = options_of(argv);
    uint64_t times = 0;
    double pause = 1;
    char option;
    while ((option = option_next(&options, "n:d:")) != '\0') {
        char *end = NULL;
        if (option == 'd') {
            pause = strtod(options.argument, &end);
        }
        bool wrong = option == '?' || (option == 'n' && !number_of(options.argument, &times)) ||
                     (option == 'd' && (*end != '\0' || !(pause >= 0 && pause < 1e6)));
        if (wrong) {
            return wrong_usage();
        }
    }
    return options.at == argc ? watch(times, pause) : wrong_usage();
}

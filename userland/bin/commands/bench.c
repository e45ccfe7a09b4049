/* SPDX-License-Identifier: MIT */
/* bench: how long some things take here and now. For figures to compare, `make bench` counts instructions. */
#include "userland/bin/commands/commands.h"
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { PIECE = 65536 };

static void call_kernel(void)
{
    j6_noop();
}

static void call_foreign(void)
{
    syscall(SYS_getppid);
}

static void read_clock(void)
{
    j6_time_t ns;
    j6_clock(&ns);
}

static void make_event(void)
{
    j6_handle_t event;
    if (j6_event_create(0, &event) == j6_status_ok) {
        j6_handle_close(event);
    }
}

static void use_memory(void)
{
    uint64_t address = 0;
    j6_handle_t area;
    if (j6_vma_create_map(j6_page_size, 0, j6_map_read | j6_map_write, &address, &area) ==
        j6_status_ok) {
        *(volatile char *)address = 1;
        j6_vma_unmap(area, j6_handle_self_process, address, 0);
        j6_handle_close(area);
    }
}

static void *nothing(void *argument)
{
    return argument;
}

static void run_thread(void)
{
    pthread_t thread;
    if (pthread_create(&thread, NULL, nothing, NULL) == 0) {
        pthread_join(thread, NULL);
    }
}

static void use_channel(void)
{
    static j6_handle_t channel;
    static char bytes[PIECE];
    uint64_t len = sizeof(bytes);
    if (channel != j6_handle_none || j6_channel_create(0, &channel) == j6_status_ok) {
        j6_channel_send(channel, &len, bytes, j6_deadline_poll);
        j6_channel_receive(channel, &len, bytes, j6_deadline_poll);
    }
}

/* What is measured is the work, not how long another CPU takes to wake up. */
static void stay_on_one_cpu(void)
{
    uint64_t first = 1;
    j6_status_t status =
        j6_thread_control(j6_handle_self_thread, j6_control_affinity, &first, sizeof(first));
    (void)status;
}

/* A thread that answers until the endpoint closes. */
static j6_handle_t endpoint;

static void *serve(void *argument)
{
    struct j6_call call = {0};
    stay_on_one_cpu();
    j6_status_t status = j6_endpoint_receive(endpoint, &call, j6_deadline_never);
    while (status == j6_status_ok) {
        status = j6_endpoint_reply_receive(endpoint, &call, j6_deadline_never);
    }
    return argument;
}

static void ask(void)
{
    struct j6_call call = {.tag = 1};
    j6_status_t status = j6_endpoint_call(endpoint, &call, j6_deadline_never);
    (void)status;
}

static void read_file(void)
{
    static char page[j6_page_size];
    int file = open("/bin/commands", O_RDONLY);
    if (file >= 0) {
        ssize_t len = read(file, page, sizeof(page));
        (void)len;
        close(file);
    }
}

static const struct {
    const char *name;
    void (*run)(void);
    unsigned rounds;
    bool needs_server, needs_files;
} benchmarks[] = {
    {"a call of the kernel that does nothing", call_kernel, 20000, false, false},
    {"a call of Linux, getppid", call_foreign, 20000, false, false},
    {"reading the clock", read_clock, 20000, false, false},
    {"making and closing an event", make_event, 5000, false, false},
    {"mapping a page, touching it, unmapping it", use_memory, 1000, false, false},
    {"64 KiB through a channel", use_channel, 500, false, false},
    {"a call of another thread, and its answer", ask, 2000, true, false},
    {"starting a thread and waiting for its end", run_thread, 200, false, false},
    {"opening a file, reading 4 KiB, closing it", read_file, 500, false, true},
};

/* So often, or as often as it can be done meanwhile; in pieces, since reading the clock takes time, too. */
static const j6_time_t time_enough = 100000000;

static void measure(const char *name, void (*run)(void), unsigned rounds)
{
    const unsigned piece = rounds / 20;
    unsigned done = 0;
    j6_time_t begin = 0, end = 0;
    run();
    j6_clock(&begin);
    while (done < rounds && end < begin + time_enough) {
        for (unsigned i = 0; i < piece; i++) {
            run();
        }
        done += piece;
        j6_clock(&end);
    }
    printf("%10.0f ns  %s\n", (double)(end - begin) / done, name);
    fflush(stdout);
}

int command_bench(int argc, char **argv)
{
    pthread_t server;
    (void)argv;
    if (argc != 1) {
        return wrong_usage();
    }
    stay_on_one_cpu();
    bool serves = j6_endpoint_create(0, 0, 0, &endpoint) == j6_status_ok &&
                  pthread_create(&server, NULL, serve, NULL) == 0;
    bool files = j6_find("files") != j6_handle_none;
    for (size_t i = 0; i < sizeof(benchmarks) / sizeof(benchmarks[0]); i++) {
        if ((serves || !benchmarks[i].needs_server) && (files || !benchmarks[i].needs_files)) {
            measure(benchmarks[i].name, benchmarks[i].run, benchmarks[i].rounds);
        }
    }
    if (serves) {
        j6_object_close(endpoint);
        pthread_join(server, NULL);
    }
    return exit_ok;
}

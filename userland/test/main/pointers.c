/* SPDX-License-Identifier: MIT */
/*
 * Every pointer that a call takes, pointed at every kind of wrong place while all else is right:
 * the answer is bad_address, and nothing has been made or changed.
 */
#include "lib/format.h"
#include "userland/test/main/calls.h"
#include "userland/test/main/channel.h"

/* A call that would work, and which of its arguments is a pointer to at least 8 bytes. */
struct pointer_case {
    const char *name;
    uint64_t number;
    uint64_t arguments[CALL_ARGUMENTS];
    int place;
    bool written; /* by the kernel */
};

/* What the cases work on. */
struct bench {
    j6_handle_t process;
    j6_handle_t area;
    j6_handle_t channel; /* with something in it */
    uint64_t page;       /* readable and writable; nothing is mapped behind it */
    uint64_t read_only;  /* a page */
    uint64_t size;
    uint64_t address;
    uint64_t seen; /* of the log */
    uint64_t out[PAGE / 8];
};

static void bench_open(struct bench *bench)
{
    *bench = (struct bench){
        .process = process_new(),
        .area = area_new(1, j6_vma_flag_resizable),
        .channel = channel_new(),
        .page = far_place(),
        .read_only = far_place() + 16 * PAGE,
    };
    expect_ok(j6_vma_map(bench->area, j6_handle_self_process, &bench->page, 0, 0,
                         READ_WRITE | j6_map_exact));
    expect_ok(j6_vma_map(bench->area, j6_handle_self_process, &bench->read_only, 0, 0,
                         j6_map_read | j6_map_exact));
    send_text(bench->channel, "something");
}

static void bench_close(struct bench *bench)
{
    area_unmap(bench->area, (void *)bench->page);
    area_unmap(bench->area, (void *)bench->read_only);
    expect_ok(j6_handle_close(bench->area));
    expect_ok(j6_handle_close(bench->channel));
    expect_ok(j6_process_kill(bench->process, 0));
    expect_ok(j6_handle_close(bench->process));
}

/* A call that came a part of the way has told how far in *len: so that is set anew each time. */
static void expect_bad_address(struct bench *bench, const struct pointer_case *c, uint64_t pointer)
{
    bench->size = sizeof(bench->out);
    uint64_t arguments[CALL_ARGUMENTS];
    char text[64];
    for (int i = 0; i < CALL_ARGUMENTS; i++) {
        arguments[i] = i == c->place ? pointer : c->arguments[i];
    }
    format(text, sizeof(text), "%s with %#llx as argument %d", c->name, (unsigned long long)pointer,
           c->place);
    test_expect_status(j6_err_bad_address, raw_call(c->number, arguments), text, TEST_HERE);
}

static void try_bad_pointers(struct bench *bench, const struct pointer_case *c)
{
    const uint64_t bad[] = {
        0,
        8,
        PAGE - 4,
        bench->page + PAGE - 4,
        bench->page + PAGE,
        0x00007ffffffefffc,
        0x00007ffffffffff8,
        0x00007ffffffffffc,
        0x0000800000000000,
        0x8000000000000000,
        0xffff7ffffffffffc,
        0xffff800000000000,
        0xffffffff80000000,
        0xfffffffffffffff8,
        0xfffffffffffffffc,
    };
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        expect_bad_address(bench, c, bad[i]);
    }
    if (c->written) {
        *(uint64_t *)bench->page = *(uint64_t *)c->arguments[c->place];
        expect_bad_address(bench, c, bench->read_only); /* the same page */
    }
}

/* clang-format off */
#define CASE(call, place, written, ...) {#call, call_##call, {__VA_ARGS__}, place, written}
/* clang-format on */

SAMPLE_TEST(every_call_refuses_pointers_to_memory_that_the_caller_may_not_use)
{
    struct bench bench;
    bench_open(&bench);
    const uint64_t system = system_handle();
    const uint64_t self = j6_handle_self_process;
    const uint64_t out = (uint64_t)bench.out;
    const uint64_t size = (uint64_t)&bench.size;
    const uint64_t address = (uint64_t)&bench.address;
    const uint64_t seen = (uint64_t)&bench.seen;
    const uint64_t place = far_place();
    const uint64_t name = (uint64_t) "longname";
    const struct j6_range info = {.kind = j6_range_info, .count = 1};
    const uint64_t range = (uint64_t)&info;
    j6_koid_t koid = 0;
    expect_ok(j6_object_koid(j6_handle_self_process, &koid));
    const struct pointer_case cases[] = {
        CASE(log, 1, false, j6_log_debug, out, 8),
        CASE(clock, 0, true, out),
        CASE(random, 0, true, out, 8),
        CASE(system_info, 3, true, system, j6_topic_objects, 0, out, size),
        CASE(system_info, 4, true, system, j6_topic_objects, 0, out, size),
        CASE(system_get_log, 1, true, system, seen, out, size, j6_deadline_poll),
        CASE(system_get_log, 2, true, system, seen, out, size, j6_deadline_poll),
        CASE(system_get_log, 3, true, system, seen, out, size, j6_deadline_poll),
        CASE(system_info, 3, true, system, j6_topic_threads, koid, out, size),
        CASE(system_info, 4, true, system, j6_topic_threads, koid, out, size),
        CASE(system_map_phys, 1, true, system, out, 0, PAGE, j6_vma_flag_dma),
        CASE(system_restrict, 1, false, system, range, 1, out),
        CASE(system_restrict, 3, true, system, range, 1, out),
        CASE(handle_duplicate, 3, true, bench.area, 0, 0, out),
        CASE(object_koid, 1, true, bench.area, out),
        CASE(object_info, 2, true, self, j6_topic_layout, out, size),
        CASE(object_info, 3, true, self, j6_topic_layout, out, size),
        CASE(object_wait_many, 0, true, out, 1, 0),
        CASE(event_create, 1, true, 0, out),
        CASE(process_create, 0, false, name, 8, 0, 0, out),
        CASE(process_create, 4, true, name, 8, 0, 0, out),
        CASE(process_give_handle, 3, true, bench.process, bench.area, 0, out),
        CASE(process_start, 4, true, bench.process, place, place, 0, out),
        CASE(thread_create, 5, true, bench.process, place, place, 0, 0, out),
        CASE(thread_control, 2, false, j6_handle_self_thread, j6_control_name, out, 8),
        CASE(vma_create, 2, true, PAGE, 0, out),
        CASE(vma_create_map, 3, true, PAGE, 0, READ_WRITE, address, out),
        CASE(vma_create_map, 4, true, PAGE, 0, READ_WRITE, address, out),
        CASE(vma_map, 2, true, bench.area, self, address, 0, 0, READ_WRITE),
        CASE(vma_resize, 1, true, bench.area, size),
        CASE(vma_op_range, 3, true, bench.area, j6_op_commit, 0, size),
        CASE(vma_clone, 4, true, bench.area, 0, PAGE, 0, out),
        CASE(vma_read, 2, true, bench.area, 0, out, size),
        CASE(vma_read, 3, true, bench.area, 0, out, size),
        CASE(process_read, 2, true, self, out, out, size),
        CASE(process_read, 3, true, self, out, out, size),
        CASE(process_write, 2, false, self, out, out, size),
        CASE(process_write, 3, true, self, out, out, size),
        CASE(channel_create, 1, true, 0, out),
        CASE(channel_send, 1, true, bench.channel, size, out, 0),
        CASE(channel_receive, 1, true, bench.channel, size, out, 0),
        CASE(vma_write, 2, false, bench.area, 0, out, size),
        CASE(vma_write, 3, true, bench.area, 0, out, size),
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        try_bad_pointers(&bench, &cases[i]);
    }
    expect_text(bench.channel, "something");
    bench_close(&bench);
}

TEST(limits_that_cannot_be_read_are_bad_address)
{
    j6_handle_t process;
    const struct j6_limits *limits = (const struct j6_limits *)0xffff800000000000;
    expect_status(j6_err_bad_address, j6_process_create("x", 1, limits, 0, &process));
}

TEST(lengths_that_run_over_the_end_of_the_address_space_are_refused)
{
    uint64_t len = ~0ull;
    j6_handle_t area = area_new(1, 0);
    char byte = 0;
    expect_status(j6_err_out_of_range, j6_random(&byte, ~0ull));
    expect_status(j6_err_out_of_range, j6_log(j6_log_debug, &byte, ~0ull));
    expect_status(j6_err_out_of_range, j6_vma_write(area, 0, &byte, &len));
    expect_ok(j6_handle_close(area));
}

TEST(buffers_may_cross_pages)
{
    j6_handle_t area = area_new(2, 0);
    char *memory = area_map(area, READ_WRITE);
    if (memory != NULL) {
        j6_time_t *across = (j6_time_t *)(memory + PAGE - 4);
        expect_ok(j6_clock_call(across));
        expect(*across != 0);
        expect_ok(j6_random(memory + PAGE - 100, 200));
        area_unmap(area, memory);
    }
    expect_ok(j6_handle_close(area));
}

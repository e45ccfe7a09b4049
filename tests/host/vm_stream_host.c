/* SPDX-License-Identifier: MIT */
/* The machine of vm_stream_host.h. */
#include "tests/host/vm_stream_host.h"
#include "arch/tlb.h"
#include "arch/upcall.h"
#include "kernel/base/grace.h"
#include "kernel/base/log.h"
#include "kernel/base/random.h"
#include "mm/frame.h"
#include "mm/memory.h"
#include "mm/slab.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <test_failures.h>
#include <test_frames.h>

enum { FRAMES = 16384 };

uint32_t page_memory_caching = PAGE_WRITE_BACK;

static uint64_t frames_at_start;
static struct vm_stream *stream;

uint64_t random_u64(void)
{
    static uint64_t value;
    return value += 0x9e3779b97f4a7c15;
}

void kobject_waits_end(struct kobject *object, j6_status_t status)
{
    (void)object;
    (void)status;
}

void kobject_tell_handles(struct kobject *object)
{
    (void)object;
}

/* Errors are for everybody who runs the test. */
void log_write(enum j6_log_severity severity, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    if (severity == j6_log_error) {
        vfprintf(stderr, format, args);
        fputc('\n', stderr);
    }
    va_end(args);
}

static void load(struct vm_stream *of, struct vm_space *space)
{
    (void)of;
    page_table_load(space != NULL ? &space->table : &kernel_page_table);
}

static bool settle(void)
{
    grace_pass();
    memory_drain();
    return true;
}

static uint64_t slab_frames(void)
{
    struct j6_slab_info rows[16];
    uint64_t frames = 0;
    size_t count = slab_info(rows, 16);
    for (size_t i = 0; i < count && i < 16; i++) {
        frames += rows[i].frames;
    }
    return frames;
}

static void count_frames(struct vm_stream *of)
{
    uint64_t frames = frames_free() + vm_stream_frames(of) + slab_frames();
    if (frames != frames_at_start) {
        log_error("stream  %lu frames, %lu were at the start", frames, frames_at_start);
        abort();
    }
}

/* What lies on lists can't run out. */
static void fail_at(int64_t step)
{
    memory_drain();
    test_steps_left = step;
}

static bool has_failed(void)
{
    return test_steps_left < 0;
}

void vm_stream_host_start(void)
{
    test_frames_start(FRAMES, 0);
    if (upcall_table_alloc(&kernel_page_table, &kernel_page_table.root) != j6_status_ok) {
        abort();
    }
    page_table_load(&kernel_page_table);
    stream = malloc(vm_stream_size());
    memory_drain();
    frames_at_start = frames_free();
}

uint64_t vm_stream_host_run(const struct vm_stream_source *source, uint64_t operations,
                            bool with_failures)
{
    struct vm_stream_machine machine = {
        .load = load, .settle = settle, .count_frames = count_frames};
    if (with_failures) {
        machine.fail_at = fail_at;
        machine.has_failed = has_failed;
    }
    bool begun = vm_stream_begin(stream, &machine, source, true);
    vm_stream_load(stream);
    vm_stream_run(stream, operations);
    vm_stream_end(stream);
    memory_drain();
    if (!begun || !vm_stream_ok(stream) || frames_free() != frames_at_start) {
        log_error("stream  %lu frames are free, %lu were at the start", frames_free(),
                  frames_at_start);
        abort();
    }
    return vm_stream_failures(stream);
}

/* SPDX-License-Identifier: MIT */
/*
 * Streams of operations on memory (kernel/test/vm_stream.h) in the running kernel, in two ways. In
 * turns: each operation on the next CPU, while all have the same space loaded, so that whoever keeps
 * an old entry in its TLB reads old bytes. At once: a stream of its own on each CPU, so that locks,
 * allocators and counts have something to do.
 *
 * Command line: vm_stream=OPERATIONS, for each way, and seed=NUMBER.
 */
#include "arch/cpu.h"
#include "arch/page_table.h"
#include "kernel/base/log.h"
#include "kernel/cpu_call.h"
#include "kernel/memory_count.h"
#include "kernel/test/settle.h"
#include "kernel/test/test_options.h"
#include "kernel/test/tests.h"
#include "kernel/test/vm_stream.h"
#include "mm/frame.h"

#define WIDE_NEEDS (64ull << 20) /* bytes that a stream with wide areas may have at once */

enum { OPERATIONS = 200, CPUS_MAX = 4 };

/* Calls of very many CPUs would take all the time. */
static uint64_t few_cpus(void)
{
    return cpus_online() & (cpu_bit(CPUS_MAX) - 1);
}

static unsigned stream_order(void)
{
    unsigned order = 0;
    while (PAGE_SIZE << order < vm_stream_size()) {
        order++;
    }
    return order;
}

static struct vm_stream *stream_alloc(void)
{
    paddr_t block = frame_alloc_block(stream_order());
    return block != 0 ? phys_to_virt(block) : NULL;
}

static void stream_free(struct vm_stream *stream)
{
    frame_free_block(virt_to_phys(stream), stream_order());
}

static void load_here(void *context)
{
    struct vm_space *space = context;
    page_table_load(space != NULL ? &space->table : &kernel_page_table);
}

static void load_everywhere(struct vm_stream *stream, struct vm_space *space)
{
    (void)stream;
    cpu_call(few_cpus(), load_here, space);
}

static void load_on_this(struct vm_stream *stream, struct vm_space *space)
{
    (void)stream;
    load_here(space);
}

static bool settle_alone(void)
{
    settle();
    return true;
}

static _Atomic uint32_t
    busy; /* CPUs with a stream of their own; as long as they run none settles */

static bool settle_when_alone(void)
{
    return busy == 0 && settle_alone();
}

static bool has_room_for_wide(uint64_t streams)
{
    return frames_free() * PAGE_SIZE / streams > WIDE_NEEDS;
}

/* ---- in turns ---- */

static void step_here(void *stream)
{
    vm_stream_step(stream);
}

static void probe_here(void *stream)
{
    vm_stream_probe(stream);
}

static void run_in_turns(struct vm_stream *stream, uint64_t operations)
{
    uint64_t left = 0;
    while (operations-- > 0 && vm_stream_ok(stream)) {
        if (left == 0) {
            left = few_cpus();
        }
        cpu_call(cpu_bit(cpu_mask_pop(&left)), step_here, stream);
        vm_stream_turn(stream);
        cpu_call(few_cpus(), probe_here, stream);
    }
}

bool self_test_memory_is_what_a_model_says_on_every_cpu_in_turn(void)
{
    static const struct vm_stream_machine machine = {.load = load_everywhere,
                                                     .settle = settle_alone};
    uint64_t before = memory_free_frames();
    uint64_t operations = test_option("vm_stream", OPERATIONS);
    struct vm_stream_source source = {.seed = test_option("seed", 1)};
    log_info("stream  seed %lu, %lu operations, on each CPU in turn", source.seed, operations);
    struct vm_stream *stream = stream_alloc();
    if (stream == NULL) {
        log_info("stream  left out: no memory for its model");
        return true;
    }
    bool right = vm_stream_begin(stream, &machine, &source, has_room_for_wide(1));
    if (right) {
        vm_stream_load(stream);
        run_in_turns(stream, operations);
        vm_stream_end(stream);
        right = vm_stream_ok(stream);
    }
    stream_free(stream);
    return right && memory_free_frames() == before;
}

/* ---- at once ---- */

static struct vm_stream *streams[CPU_MAX];

static void run_own(void *context)
{
    const uint64_t *operations = context;
    struct vm_stream *stream = streams[cpu_index()];
    if (stream != NULL) {
        vm_stream_load(stream);
        vm_stream_run(stream, *operations);
    }
    page_table_load(&kernel_page_table);
    busy--;
}

static struct vm_stream *begin_for(uint32_t index, uint64_t seed)
{
    static const struct vm_stream_machine machine = {.load = load_on_this,
                                                     .settle = settle_when_alone};
    struct vm_stream_source source = {.seed = seed + index};
    struct vm_stream *stream = stream_alloc();
    bool wide = has_room_for_wide(cpu_mask_count(few_cpus()));
    if (stream != NULL && !vm_stream_begin(stream, &machine, &source, wide)) {
        stream_free(stream);
        stream = NULL;
    }
    return stream;
}

bool self_test_memory_is_what_a_model_says_on_all_cpus_at_once(void)
{
    uint64_t before = memory_free_frames();
    uint64_t operations = test_option("vm_stream", OPERATIONS);
    uint64_t seed = test_option("seed", 1) + 1;
    log_info("stream  seeds from %lu, %lu operations, on all CPUs at once", seed, operations);
    for (uint64_t left = few_cpus(); left != 0;) {
        uint32_t index = cpu_mask_pop(&left);
        streams[index] = begin_for(index, seed);
        busy++;
    }
    cpu_call(few_cpus(), run_own, &operations);
    bool right = true;
    for (uint64_t left = few_cpus(); left != 0;) {
        struct vm_stream *stream = streams[cpu_mask_pop(&left)];
        if (stream != NULL) {
            vm_stream_end(stream);
            right &= vm_stream_ok(stream);
            stream_free(stream);
        }
    }
    page_table_load(&kernel_page_table);
    return right && memory_free_frames() == before;
}

/* SPDX-License-Identifier: MIT */
/*
 * Independent calls on one CPU and on four at once: threads of one process, each pinned to a CPU, with
 * objects of its own. Instructions of all CPUs, for each call:
 *
 *   scaling_calls_1cpu, _4cpus   signal, poll, futex_wake, handle_duplicate, handle_close in turns
 *   scaling_maps_1cpu, _4cpus    vma_map of a page, a write to it, vma_unmap, all three together; in
 *                                one space, so these aren't quite independent
 *
 * Where the counter counts instructions, the emulator lets one CPU run at a time, so hardly anybody has
 * to wait for a lock. The waits are counted in another boot, where CPUs do run at once:
 *
 *   scaling_calls_lock_waits, scaling_maps_lock_waits   for a million calls on four CPUs
 *   ipc_call_2cpu   the time that a short call takes to a server on another CPU, which idles
 *                   between calls, over that to one on the same CPU
 */
#include "lib/format.h"
#include "lib/page.h"
#include "userland/bench/bench.h"
#include "userland/bench/ipc.h"

enum { CPUS = 4, IPC_ROUNDS = 2000, RW = j6_map_read | j6_map_write };

struct worker;

/* What is measured. */
struct work {
    const char *name;
    uint64_t rounds, calls_each;
    j6_status_t (*create)(j6_handle_t *out_object);
    void (*round)(struct worker *worker);
};

struct worker {
    _Alignas(64) uint32_t word;
    j6_handle_t object;
    const struct work *work;
    struct j6_thread thread;
};

static uint32_t go;

static j6_status_t create_event(j6_handle_t *out_object)
{
    return j6_event_create(0, out_object);
}

static j6_status_t create_page(j6_handle_t *out_object)
{
    return j6_vma_create(PAGE_SIZE, 0, out_object);
}

static void round_of_calls(struct worker *worker)
{
    j6_handle_t copy;
    j6_object_signal(worker->object, 0, J6_SIGNAL(48));
    j6_object_wait(worker->object, J6_SIGNAL(48), NULL, j6_deadline_poll);
    j6_futex_wake(&worker->word, 1);
    bench_require(j6_handle_duplicate(worker->object, 0, 0, &copy), "duplicate");
    j6_handle_close(copy);
}

static void round_of_maps(struct worker *worker)
{
    uint64_t address = 0;
    bench_require(j6_vma_map(worker->object, j6_handle_self_process, &address, 0, 0, RW), "map");
    *(volatile char *)address = 1;
    j6_vma_unmap(worker->object, j6_handle_self_process, address, 0);
}

static int64_t worker_main(void *arg)
{
    struct worker *worker = arg;
    while (__atomic_load_n(&go, __ATOMIC_ACQUIRE) == 0) {
        j6_futex_wait(&go, 0, j6_deadline_never);
    }
    for (uint64_t i = 0; i < worker->work->rounds; i++) {
        worker->work->round(worker);
    }
    return 0;
}

static void pin(j6_handle_t thread, uint64_t cpu)
{
    uint64_t mask = 1ull << cpu;
    bench_require(j6_thread_control(thread, j6_control_affinity, &mask, sizeof(mask)), "affinity");
}

static void start(struct worker *worker, uint64_t cpu, const struct work *work)
{
    worker->work = work;
    bench_require(work->create(&worker->object), "object");
    bench_require(j6_thread_run(&worker->thread, worker_main, worker, PAGE_SIZE), "thread");
    pin(worker->thread.handle, cpu);
}

/* Ticks from the word to begin until all have ended. */
static uint64_t run(uint64_t cpus, const struct work *work)
{
    static struct worker workers[CPUS];
    j6_time_t now;
    go = 0;
    for (uint64_t i = 0; i < cpus; i++) {
        start(&workers[i], i, work);
    }
    bench_require(j6_clock(&now), "clock");
    j6_thread_sleep(now + 10000000); /* now they wait */
    uint64_t begin = ticks();
    __atomic_store_n(&go, 1, __ATOMIC_RELEASE);
    j6_futex_wake(&go, cpus);
    for (uint64_t i = 0; i < cpus; i++) {
        bench_require(j6_thread_join(&workers[i].thread, NULL), "join");
        bench_require(j6_handle_close(workers[i].object), "close");
    }
    return ticks() - begin;
}

static uint64_t lock_waits(void)
{
    struct j6_snapshot snapshot;
    const struct j6_cpu_info *row;
    uint64_t waits = 0;
    bench_require(j6_snapshot_take(j6_find("system"), j6_topic_cpus, 0, &snapshot), "cpus");
    J6_SNAPSHOT_EACH(row, &snapshot) {
        waits += row->lock_waits;
    }
    j6_snapshot_drop(&snapshot);
    return waits;
}

static void report(const struct work *work, const char *what, uint64_t value, const char *unit)
{
    char name[64];
    format(name, sizeof(name), "scaling_%s_%s", work->name, what);
    bench_report(name, value, unit);
}

static void measure(const struct work *work)
{
    uint64_t calls = work->rounds * work->calls_each;
    report(work, "1cpu", run(1, work) / calls, "insn");
    uint64_t waits = lock_waits();
    report(work, "4cpus", run(CPUS, work) / (CPUS * calls), "insn");
    waits = lock_waits() - waits;
    report(work, "lock_waits", waits * 1000000 / (CPUS * calls), "waits");
}

static uint64_t call_to_cpu(const struct bench_server *server, uint64_t cpu)
{
    pin(server->thread, cpu);
    bench_call(server->theirs, IPC_ROUNDS / 10);
    return bench_call(server->theirs, IPC_ROUNDS);
}

static void measure_calls_to_another_cpu(void)
{
    struct bench_server server;
    pin(j6_handle_self_thread, 0);
    bench_server_start(&server, "serve_words", true);
    uint64_t here = call_to_cpu(&server, 0);
    uint64_t there = call_to_cpu(&server, 1);
    unsigned long long hundredths = 100 * there / here;
    j6_printf("BENCH ipc_call_2cpu %llu.%02llu ratio", hundredths / 100, hundredths % 100);
    bench_server_end(&server);
}

void bench_scaling(void)
{
    measure(&(struct work){"calls", 20000, 5, create_event, round_of_calls});
    measure(&(struct work){"maps", 1000, 1, create_page, round_of_maps});
    measure_calls_to_another_cpu();
}

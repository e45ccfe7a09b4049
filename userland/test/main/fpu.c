/* SPDX-License-Identifier: MIT */
/*
 * Floating-point state: all of it belongs to one thread, from its first instruction to its end, wherever
 * it runs. The threads here are assembly to the last instruction, so nobody else's values get in between.
 */
#include "userland/test/main/calls.h"
#include "userland/test/main/fpu_state.h"
#include "userland/test/main/look.h"

enum { HOLDERS = 7, JOBS = 3, YIELDS = 200, HOPS = 5, ROUNDS = 10, CPUS = 4 };

struct fpu_thread {
    struct fpu_job jobs[JOBS]; /* one after the other */
    uint8_t stack[256];
    j6_handle_t handle;
};

static struct fpu_thread threads[HOLDERS];

/* Where threads run together; the only one, or none where the test itself usually is. */
static uint64_t far_cpu(void)
{
    return cpu_count() - 1;
}

static void set_affinity(j6_handle_t thread, uint64_t cpus)
{
    expect_ok(j6_thread_control(thread, j6_control_affinity, &cpus, sizeof(cpus)));
}

static void set_priority(uint64_t priority)
{
    expect_ok(
        j6_thread_control(j6_handle_self_thread, j6_control_priority, &priority, sizeof(priority)));
}

/* Threads that the test starts on that CPU begin to run together, when it waits for the first of them. */
static void stay_on(uint64_t cpu)
{
    set_affinity(j6_handle_self_thread, 1ull << cpu);
    set_priority(0);
}

static void go_anywhere(void)
{
    set_priority(4);
    set_affinity(j6_handle_self_thread, cpus_all());
}

/* A thread with its jobs; their calls are yields as long as nobody says anything else. */
static void prepare(struct fpu_thread *thread, uint64_t rounds, uint64_t seed)
{
    for (uint64_t i = 0; i < JOBS; i++) {
        fpu_job_init(&thread->jobs[i], rounds, JOBS * seed + i);
        thread->jobs[i].calls[0] = (struct fpu_call){.number = call_thread_sleep};
        thread->jobs[i].next = i + 1 < JOBS ? &thread->jobs[i + 1] : NULL;
    }
}

static void start_on(uint64_t cpu, struct fpu_thread *thread, void (*entry)(struct fpu_job *job))
{
    uint64_t stack = ((uint64_t)thread->stack + sizeof(thread->stack)) & ~15ull;
    expect_ok(j6_thread_create(j6_handle_self_process, (uint64_t)entry, stack,
                               (uint64_t)&thread->jobs[0], 0, &thread->handle));
    set_affinity(thread->handle, 1ull << cpu);
    expect_ok(j6_thread_start(thread->handle));
}

static void finish(struct fpu_thread *thread)
{
    expect_ok(j6_object_wait(thread->handle, j6_signal_closed, NULL, j6_deadline_never));
    expect_ok(j6_handle_close(thread->handle));
}

static void expect_kept(struct fpu_thread *thread)
{
    finish(thread);
    for (int i = 0; i < JOBS; i++) {
        expect(fpu_job_kept(&thread->jobs[i]));
    }
}

SAMPLE_TEST(all_floating_point_state_belongs_to_its_thread)
{
    stay_on(far_cpu());
    for (uint64_t i = 0; i < HOLDERS; i++) {
        prepare(&threads[i], YIELDS, i);
        start_on(far_cpu(), &threads[i], fpu_hold_thread);
    }
    for (uint64_t i = 0; i < HOLDERS; i++) {
        expect_kept(&threads[i]);
    }
    go_anywhere();
}

/* In each round of calls the thread goes to the one CPU and to the other. */
static void start_hopper(uint64_t number, const uint64_t masks[2], uint64_t seed)
{
    struct fpu_thread *thread = &threads[number];
    prepare(thread, HOPS, seed);
    for (int job = 0; job < JOBS; job++) {
        for (int i = 0; i < 2; i++) {
            thread->jobs[job].calls[i] = (struct fpu_call){
                call_thread_control,
                {j6_handle_self_thread, j6_control_affinity, (uint64_t)&masks[i], sizeof(masks[i])},
            };
        }
    }
    start_on(far_cpu(), thread, fpu_hold_thread);
}

static void hop(uint64_t hoppers, uint64_t cpus, uint64_t round)
{
    static uint64_t masks[HOLDERS][2];
    for (uint64_t i = 0; i < hoppers; i++) {
        masks[i][0] = 1ull << (1 + (round + i) % (cpus - 1));
        masks[i][1] = 1ull << (1 + (round + i + 1) % (cpus - 1));
        start_hopper(i, masks[i], HOLDERS * round + i);
    }
    for (uint64_t i = 0; i < hoppers; i++) {
        expect_kept(&threads[i]);
    }
}

/* One alone finds what it had on that CPU before still in the registers; several, those of others. */
SAMPLE_TEST(floating_point_state_goes_with_its_thread_from_cpu_to_cpu)
{
    uint64_t cpus = cpu_count() < CPUS ? cpu_count() : CPUS;
    if (cpus < 3) {
        test_skip("fewer than three CPUs");
        return;
    }
    stay_on(0);
    for (uint64_t round = 0; round < ROUNDS; round++) {
        hop(1, cpus, round);
        hop(HOLDERS, cpus, round);
    }
    go_anywhere();
}

/* Kills a thread that has loaded a state, while it waits or while it runs. */
static void kill_holder(uint64_t seed)
{
    struct fpu_thread *thread = &threads[0];
    bool waits = seed % 2 == 0;
    prepare(thread, ~0ull, seed);
    if (waits) {
        thread->jobs[0].calls[0].arguments[0] = j6_deadline_never;
    }
    start_on(far_cpu(), thread, fpu_hold_thread);
    sleep_for(1);
    expect_ok(j6_thread_kill(thread->handle, 0));
    finish(thread);
}

/* The new one has, in all likelihood, the memory of the dead one, and runs on the same CPU next. */
SAMPLE_TEST(a_new_thread_finds_nothing_of_a_dead_one_in_the_floating_point_registers)
{
    stay_on(0);
    for (uint64_t i = 0; i < 4 * ROUNDS; i++) {
        kill_holder(i);
        prepare(&threads[1], 0, i);
        start_on(far_cpu(), &threads[1], fpu_look_thread);
        finish(&threads[1]);
        expect(fpu_job_found_nothing(&threads[1].jobs[0]));
    }
    go_anywhere();
}

static void set_own_priority(uint64_t priority)
{
    uint64_t value = priority | j6_priority_constant;
    expect_ok(j6_thread_control(j6_handle_self_thread, j6_control_priority, &value, sizeof(value)));
}

/*
 * How often the CPU loads a state while threads with these entries take turns on it. They begin when both are
 * ready, since the one that starts them is more urgent, on the same CPU.
 */
static uint64_t loads_during(void (*one)(struct fpu_job *job), void (*other)(struct fpu_job *job))
{
    stay_on(far_cpu());
    set_own_priority(3);
    struct j6_cpu_info before = cpu_row((uint32_t)far_cpu());
    for (uint64_t i = 0; i < 2; i++) {
        prepare(&threads[i], YIELDS, i);
        start_on(far_cpu(), &threads[i], i == 0 ? one : other);
    }
    finish(&threads[0]);
    finish(&threads[1]);
    struct j6_cpu_info after = cpu_row((uint32_t)far_cpu());
    expect(after.switches - before.switches >= YIELDS);
    set_own_priority(4);
    go_anywhere();
    return after.fpu_loads - before.fpu_loads;
}

/* A few loads are of the test itself. */
SAMPLE_TEST(threads_that_use_no_floating_point_registers_never_load_any)
{
    expect(loads_during(fpu_not_thread, fpu_not_thread) <= 10);
}

SAMPLE_TEST(the_only_thread_of_a_cpu_that_uses_floating_point_registers_loads_them_once)
{
    expect(loads_during(fpu_hold_thread, fpu_not_thread) <= 10);
    expect(loads_during(fpu_hold_thread, fpu_hold_thread) >= YIELDS);
}

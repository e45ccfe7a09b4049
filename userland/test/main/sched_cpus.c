/* SPDX-License-Identifier: MIT */
/* On which CPU threads run: affinity, stealing, servers that come to their callers, CPUs that are left alone. */
#include "userland/test/main/ipc_peer.h"
#include "userland/test/main/sched.h"

SAMPLE_TEST(a_thread_runs_on_the_cpus_that_its_affinity_names)
{
    struct spinner spinner;
    uint64_t count = cpu_count();
    stay_on_first_cpu();
    spinner_start(&spinner, 1);
    for (uint64_t cpu = 0; cpu < count; cpu++) {
        expect_ok(set_affinity(spinner.thread.handle, 1ull << cpu));
        expect_soon(spinner_row(&spinner).cpu == cpu);
        uint64_t before = spinner.count;
        expect_soon(spinner.count > before);
        expect_equal(cpu, spinner_row(&spinner).cpu);
    }
    spinner_end(&spinner);
    leave_first_cpu();
}

/* As many spinners as CPUs: at some moment each is on one of its own. */
SAMPLE_TEST(idle_cpus_steal_threads_that_are_ready)
{
    static struct spinner spinners[CPUS_MAX];
    uint64_t count = cpu_count() < 8 ? cpu_count() : 8;
    uint64_t wanted = (1ull << count) - 1;
    uint64_t seen = 0;
    j6_time_t give_up = now() + PATIENCE;
    if (count < 2) {
        test_skip("one CPU");
        return;
    }
    for (uint64_t i = 0; i < count; i++) {
        spinner_start(&spinners[i], wanted);
    }
    while (seen != wanted && now() < give_up) {
        seen = 0;
        sleep_for(1);
        for (uint64_t i = 0; i < count; i++) {
            seen |= 1ull << spinner_row(&spinners[i]).cpu;
        }
    }
    expect_equal(wanted, seen);
    for (uint64_t i = 0; i < count; i++) {
        spinner_end(&spinners[i]);
    }
}

/* ---- servers --------------------------------------------------------------------------------- */

struct server {
    struct j6_thread thread;
    j6_koid_t koid;
    j6_handle_t endpoint;
};

static int64_t serve(void *arg)
{
    const struct server *server = arg;
    struct j6_call call = {0};
    j6_status_t status = j6_endpoint_receive(server->endpoint, &call, j6_deadline_never);
    while (status == j6_status_ok) {
        status = j6_endpoint_reply_receive(server->endpoint, &call, j6_deadline_never);
    }
    return (int64_t)status;
}

static void server_start(struct server *server)
{
    server->endpoint = endpoint_new();
    expect_ok(j6_thread_run(&server->thread, serve, server, SPINNER_STACK));
    server->koid = koid_of(server->thread.handle);
}

static void server_end(struct server *server)
{
    int64_t status = 0;
    expect_ok(j6_object_close(server->endpoint));
    expect_ok(j6_thread_join(&server->thread, &status));
    expect_status(j6_status_closed, (j6_status_t)status);
    expect_ok(j6_handle_close(server->endpoint));
}

/* Where a call finds it, or takes it, when it waits for one. */
static uint64_t cpu_after_call(const struct server *server)
{
    struct j6_call call = {0};
    thread_blocks(server->thread.handle, j6_wait_receive);
    expect_ok(j6_endpoint_call(server->endpoint, &call, j6_deadline_never));
    return thread_row(own_koid(), server->koid).cpu;
}

/* At once, but for what else is ready on this CPU, and for others that steal it on the way. */
TEST(a_server_comes_to_the_cpu_of_its_caller_if_it_may)
{
    struct server server;
    uint64_t cpu = 1;
    if (cpu_count() < 2) {
        test_skip("one CPU");
        return;
    }
    stay_on_first_cpu();
    server_start(&server);
    expect_ok(set_affinity(server.thread.handle, 2));
    expect_soon(cpu_after_call(&server) == 1);
    for (int i = 0; i < 20; i++) {
        expect_equal(1, cpu_after_call(&server));
    }
    expect_ok(set_affinity(server.thread.handle, cpus_all()));
    for (int i = 0; i < 20 && cpu != 0; i++) {
        cpu = cpu_after_call(&server);
    }
    expect_equal(0, cpu);
    server_end(&server);
    leave_first_cpu();
}

/* ---- a CPU that is busy, and one that isn't --------------------------------------------------- */

static const uint64_t GO = J6_SIGNAL(48), DONE = J6_SIGNAL(49);

/* A thread that tells when it was woken. */
struct sleeper {
    struct j6_thread thread;
    j6_handle_t event;
    j6_time_t woken;
};

static int64_t sleep_on(void *arg)
{
    struct sleeper *sleeper = arg;
    while (j6_object_wait(sleeper->event, GO, NULL, j6_deadline_never) == j6_status_ok) {
        sleeper->woken = now();
        expect_ok(j6_object_signal(sleeper->event, GO, DONE));
    }
    return 0;
}

/* How long it takes. This thread waits meanwhile, so its CPU has nothing to do. */
static j6_time_t wake(struct sleeper *sleeper)
{
    j6_time_t start = now();
    expect_ok(j6_object_signal(sleeper->event, DONE, GO));
    expect_ok(j6_object_wait(sleeper->event, DONE, NULL, j6_deadline_never));
    return sleeper->woken - start;
}

/* Waits until it is the other one's turn. */
static void await_turn(const struct spinner *other)
{
    uint64_t before = other->count;
    j6_time_t give_up = now() + PATIENCE;
    while (other->count == before && now() < give_up) {}
}

/* It waits on the second CPU, whose present turn has just begun. False: an idle CPU hasn't helped. */
static bool is_woken_soon(struct sleeper *sleeper, const struct spinner spinners[2])
{
    expect_ok(set_affinity(sleeper->thread.handle, 2));
    wake(sleeper);
    expect(thread_blocks(sleeper->thread.handle, j6_wait_object));
    expect_ok(set_affinity(sleeper->thread.handle, cpus_all()));
    await_turn(&spinners[0]);
    await_turn(&spinners[1]);
    return wake(sleeper) < 6000000; /* half a turn */
}

/* An emulator's CPUs may stand still at any moment, and then that takes longer: but not each time. */
TEST(nobody_waits_for_the_turn_of_a_busy_cpu_while_another_idles)
{
    struct spinner spinners[2];
    struct sleeper sleeper;
    int soon = 0;
    if (cpu_count() < 2) {
        test_skip("one CPU");
        return;
    }
    stay_on_first_cpu();
    sleeper.event = event_new();
    expect_ok(j6_thread_run(&sleeper.thread, sleep_on, &sleeper, SPINNER_STACK));
    for (int i = 0; i < 2; i++) {
        spinner_start(&spinners[i], 2);
        expect_ok(set_priority(spinners[i].thread.handle, 4 | j6_priority_constant));
    }
    for (int i = 0; i < 6; i++) {
        soon += is_woken_soon(&sleeper, spinners);
    }
    expect(soon >= 2);
    spinner_end(&spinners[0]);
    spinner_end(&spinners[1]);
    expect_ok(j6_object_close(sleeper.event));
    expect_ok(j6_thread_join(&sleeper.thread, NULL));
    expect_ok(j6_handle_close(sleeper.event));
    leave_first_cpu();
}

/* ---- CPUs that are left alone ----------------------------------------------------------------- */

static bool is_debug_kernel(void)
{
    uint64_t failed;
    return j6_system_fail_nth(system_handle(), 0, 0, &failed) != j6_err_nyi;
}

/* What was set for the past may still go off once. */
SAMPLE_TEST(nothing_ticks_on_a_cpu_that_idles_or_runs_one_thread)
{
    struct spinner spinner;
    if (cpu_count() < 2 || is_debug_kernel()) {
        test_skip("one CPU, or a kernel that watches them");
        return;
    }
    stay_on_first_cpu();
    sleep_for(50);
    uint64_t idle = cpu_row(1).alarms;
    sleep_for(200);
    expect(cpu_row(1).alarms - idle <= 1);
    spinner_start(&spinner, 2);
    expect_soon(spinner_row(&spinner).cpu == 1);
    sleep_for(50);
    uint64_t alone = cpu_row(1).alarms;
    sleep_for(200);
    expect(cpu_row(1).alarms - alone <= 1);
    expect_equal(1, spinner_row(&spinner).cpu);
    spinner_end(&spinner);
    leave_first_cpu();
}

static int64_t spin_for_ever(void *arg)
{
    while (arg != NULL) {
        ++*(volatile uint64_t *)arg;
    }
    return 0;
}

TEST(a_thread_that_spins_is_killed_wherever_it_runs)
{
    static volatile uint64_t counts[CPUS_MAX];
    uint64_t cpus = cpu_count();
    stay_on_first_cpu();
    for (uint64_t cpu = 0; cpu < cpus; cpu++) {
        struct j6_thread thread;
        int64_t code = 0;
        counts[cpu] = 0;
        expect_ok(j6_thread_run(&thread, spin_for_ever, (void *)&counts[cpu], SPINNER_STACK));
        expect_ok(set_affinity(thread.handle, 1ull << cpu));
        expect_soon(counts[cpu] != 0);
        expect_ok(j6_thread_kill(thread.handle, -7));
        expect_ok(j6_thread_join(&thread, &code));
        expect_equal(-7, code);
    }
    leave_first_cpu();
}

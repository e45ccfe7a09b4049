/* SPDX-License-Identifier: MIT */
/* A CPU without a thread to run: it looks for one, here and elsewhere, and sleeps when there is none. */
#include "arch/arch.h"
#include "kernel/base/cpu_counts.h"
#include "kernel/base/grace.h"
#include "kernel/cpu_call.h"
#include "kernel/log_reader.h"
#include "kernel/power.h"
#include "kernel/sched_cpu.h"
#include "kernel/sched_switch.h"

_Atomic uint64_t sched_idle_cpus;

/* A CPU that lets threads wait in its inbox makes them ready now: there is one more to run them. */
static void hurry(uint32_t index)
{
    const struct sched *busy = sched_of(index);
    if (run_queue_is_sent_some(&busy->queue) && !sched_looks_soon(busy)) {
        cpu_kick(index);
    }
}

/* From the nearest CPU that has threads to spare: CPUs that share caches have near numbers. */
static struct thread *steal(void)
{
    uint64_t others = cpus_online() & ~cpu_bit(cpu_index());
    struct thread *thread = NULL;
    for (uint32_t distance = 1; distance < CPU_MAX && thread == NULL; distance++) {
        uint32_t victim = cpu_index() ^ distance;
        if (others & cpu_bit(victim)) {
            thread = run_queue_steal(&sched_of(victim)->queue, cpu_index());
            if (thread == NULL) {
                hurry(victim);
            }
        }
    }
    return thread;
}

static struct thread *find_work(struct sched *mine)
{
    spinlock_lock(&mine->queue.lock);
    struct thread *thread = run_queue_pop_locked(&mine->queue, PRIORITIES);
    spinlock_unlock(&mine->queue.lock);
    return thread != NULL ? thread : steal();
}

static void sleep_until_interrupt(void)
{
    grace_idle_begin();
    if (this_cpu_read(cpu.pending) == 0) {
        cpu_count_idle_begin();
        arch_idle();
        cpu_count_idle_end();
    }
    grace_idle_end();
}

struct thread *sched_idle(struct sched *mine)
{
    uint64_t bit = cpu_bit(cpu_index());
    struct thread *next;
    sched_set_attention(mine, PRIORITIES);
    do {
        /* Meant a thread that has left: what pends keeps this CPU from sleeping, with interrupts off. */
        cpu_unpend(CPU_PENDING_SCHEDULE | CPU_PENDING_END);
        sched_pass_grace(); /* may wake threads, as interrupts do */
        cpu_calls_run();
        log_readers_wake();
        power_when_idle();
        atomic_fetch_or(&sched_idle_cpus, bit); /* I1 */
        sched_empty_inbox(mine);
        next = find_work(mine); /* I2 */
        if (next == NULL) {
            sleep_until_interrupt();
        }
        atomic_fetch_and(&sched_idle_cpus, ~bit); /* unless who kicked us did */
    } while (next == NULL);
    switch_charge(mine, NULL, clock_now());
    return next;
}

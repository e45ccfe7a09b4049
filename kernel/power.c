/* SPDX-License-Identifier: MIT */
/* Switching off in order, as described in power.h. */
#include "kernel/power.h"
#include "arch/arch.h"
#include "kernel/base/debug/lock_times.h"
#include "kernel/base/debug/race_delay.h"
#include "kernel/base/grace.h"
#include "kernel/base/kobject.h"
#include "kernel/base/log.h"
#include "kernel/memory_count.h"
#include "kernel/process.h"
#include <j6/flags.h>

static struct {
    uint64_t frames;
    uint64_t objects[j6_type_count];
    bool verdict; /* the first process's end is one */
    bool (*audit)(void);
    bool audit_failed;
    _Atomic bool taken;     /* the first request counts … */
    _Atomic bool requested; /* … and has been written down */
    uint64_t action;
    int64_t code;
    struct grace_item others;
} power;

void power_start(uint64_t extra_frames, bool verdict)
{
    power.verdict = verdict;
    power.frames = memory_free_frames() + extra_frames;
    for (unsigned type = 0; type < j6_type_count; type++) {
        power.objects[type] = kobject_live(type);
    }
}

static const char *reason_text(uint32_t reason)
{
    static const char *const texts[] = {
        [j6_reason_running] = "running",         [j6_reason_exited] = "exited",
        [j6_reason_killed] = "killed",           [j6_reason_fault] = "fault",
        [j6_reason_no_memory] = "out of memory",
    };
    return texts[reason];
}

static bool request(uint64_t action, int64_t code)
{
    if (atomic_exchange(&power.taken, true)) {
        return false;
    }
    power.action = action;
    power.code = code;
    process_end_new_ones();
    return true;
}

void power_set_audit(bool (*audit)(void))
{
    power.audit = audit;
}

void power_request(uint64_t action, int64_t code)
{
    if (request(action, code)) {
        power.audit_failed = power.audit != NULL && !power.audit();
        atomic_store(&power.requested, true); /* with the action and the code */
    }
    process_end_all();
}

static void end_others(struct grace_item *item)
{
    (void)item;
    process_end_all();
}

/* The others end a little later: this is called from within the end of a process. */
void power_init_ended(const struct j6_end_info *end)
{
    bool exited = end->reason == j6_reason_exited;
    uint64_t action = power.verdict ? j6_power_verdict : j6_power_halt;
    if (request(action, exited ? end->code : 1)) {
        atomic_store(&power.requested, true);
        log_error("init    has ended: %s, code %ld", reason_text(end->reason), end->code);
        grace_defer(&power.others, end_others);
    }
}

static bool everything_came_back(void)
{
    bool same = true;
    uint64_t frames = memory_free_frames();
    if (frames != power.frames) {
        log_error("power   %lu frames are free, %lu were at the start", frames, power.frames);
        same = false;
    }
    for (unsigned type = 0; type < j6_type_count; type++) {
        if (kobject_live(type) != power.objects[type]) {
            log_error("power   %lu objects of type %u are alive, %lu were at the start",
                      kobject_live(type), type, power.objects[type]);
            same = false;
        }
    }
    return same;
}

void power_when_idle(void)
{
    if (!atomic_load(&power.requested)) {
        return;
    }
    if (cpu_index() != 0) {
        cpu_kick(0); /* this CPU may have been the last with something to do */
        return;
    }
    if (process_any()) {
        return;
    }
    memory_settle(); /* the last thread may still be on its way out, elsewhere */
    bool same = everything_came_back();
    if (KERNEL_DEBUG) {
        lock_times_show();
        race_delays_show();
    }
    log_info("power   all processes have ended%s", same ? "; nothing was lost" : "");
    switch (power.action) {
    case j6_power_off: arch_power_off();
    case j6_power_reset: arch_reset();
    case j6_power_verdict: arch_verdict(same && !power.audit_failed && power.code == 0 ? 0 : 1);
    default: arch_halt();
    }
}

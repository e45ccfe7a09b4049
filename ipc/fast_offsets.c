/* SPDX-License-Identifier: MIT */
/*
 * Numbers that ipc/fast_path.asm shares with C, made like those of arch/x86_64/offsets.c. What lies in a
 * thread is reckoned from its tcb.
 */
#include "arch/page_table.h"
#include "ipc/fast_path.h"
#include "ipc/service.h"
#include "kernel/base/cpu_counts.h"
#include "kernel/handle_slots.h"
#include "kernel/sched_cpu.h"
#include "kernel/thread_slot.h"
#include <stddef.h>

#define EXPORT(name, value) __asm__ volatile("->" #name " %c0" ::"i"(value))
#define THREAD_EXPORT(name, member) \
    EXPORT(name, (long)offsetof(struct thread, member) - (long)offsetof(struct thread, tcb))

void fast_offsets(void);
void fast_offsets(void)
{
    EXPORT(THREAD_TCB, offsetof(struct thread, tcb));
    EXPORT(TCB_FROM_ITEM,
           (long)offsetof(struct thread, tcb) - (long)offsetof(struct thread, ipc.item.node));
    THREAD_EXPORT(THREAD_WAIT_TYPE, wait.type);
    THREAD_EXPORT(THREAD_WAIT_LOCK, wait.lock);
    THREAD_EXPORT(THREAD_WAIT_LATE, wait.late);
    THREAD_EXPORT(THREAD_KILLED, killed);
    THREAD_EXPORT(THREAD_AFFINITY, affinity);
    THREAD_EXPORT(THREAD_STATE, state);
    THREAD_EXPORT(THREAD_LEVEL, level);
    THREAD_EXPORT(THREAD_OWN_LEVEL, own_level);
    THREAD_EXPORT(THREAD_RUN_TICKS, run_ticks);
    THREAD_EXPORT(THREAD_RUN_BASE, run_base);
    THREAD_EXPORT(THREAD_SLOT, slot);
    THREAD_EXPORT(THREAD_SERVES, boost.serves);
    THREAD_EXPORT(THREAD_SERVES_LEVEL, boost.serves_level);
    THREAD_EXPORT(THREAD_OTHERS_LEVEL, boost.others_level);
    THREAD_EXPORT(THREAD_HOLDER, boost.holder);
    THREAD_EXPORT(THREAD_SERVICE, ipc.service);
    THREAD_EXPORT(THREAD_OWN_SERVICE, ipc.own);
    THREAD_EXPORT(THREAD_MESSAGE_CAP, ipc.message.cap);
    THREAD_EXPORT(THREAD_MESSAGE_HANDLE_CAP, ipc.message.handle_cap);
    THREAD_EXPORT(THREAD_CALLS, ipc.calls);
    THREAD_EXPORT(THREAD_ANSWERED, ipc.answered);
    THREAD_EXPORT(THREAD_TOKEN, ipc.token);
    THREAD_EXPORT(THREAD_SEND_HANDLE, ipc.send_handle);
    THREAD_EXPORT(THREAD_RECEIVE_HANDLE, ipc.receive_handle);
    THREAD_EXPORT(THREAD_FAST_CPU, ipc.fast_cpu);
    EXPORT(THREAD_IS_BLOCKED, THREAD_BLOCKED);
    EXPORT(THREAD_IS_RUNNING, THREAD_RUNNING);
    EXPORT(THREAD_SLOT_BITS, THREAD_SLOT_BITS);
    EXPORT(BOOST_NONE, BOOST_NONE);

    EXPORT(FAST_HANDLE_VALUE, offsetof(struct fast_handle, value));
    EXPORT(FAST_HANDLE_ENTRY, offsetof(struct fast_handle, entry));
    EXPORT(ENTRY_VALUE, offsetof(struct handle_entry, value));
    EXPORT(ENTRY_TARGET, offsetof(struct handle_entry, target));
    EXPORT(BADGE_OBJECT, offsetof(struct badge, object));
    EXPORT(BADGE_VALUE, offsetof(struct badge, value));

    _Static_assert(offsetof(struct endpoint, object) == 0, "a badge's object is the endpoint");
    EXPORT(ENDPOINT_LOCK, offsetof(struct endpoint, object.lock.held));
    EXPORT(ENDPOINT_SIGNALS, offsetof(struct endpoint, object.signals));
    EXPORT(ENDPOINT_WAITERS, offsetof(struct endpoint, object.waiters));
    EXPORT(ENDPOINT_RECEIVERS, offsetof(struct endpoint, receivers));
    EXPORT(ENDPOINT_QUEUE_MASK, offsetof(struct endpoint, queue.mask));
    EXPORT(SIGNAL_CLOSED, 1 << 1);
    _Static_assert(offsetof(struct spinlock, held) == 0,
                   "a wait's lock is found by that of its endpoint");
    EXPORT(SERVICE_CALLERS, offsetof(struct service, callers));

    EXPORT(SCHED_OWN, offsetof(struct sched, queue.own));
    EXPORT(SCHED_CURRENT, offsetof(struct sched, current));
    EXPORT(SCHED_ATTENTION, offsetof(struct sched, attention));
    EXPORT(SCHED_READY_MASK, offsetof(struct sched, queue.ready_mask));
    EXPORT(ATTENTION_LEVEL, ATTENTION_LEVEL);
    EXPORT(COUNT_SWITCHES, offsetof(struct cpu_counts, switches));
    EXPORT(PAGE_TABLE_ROOT, offsetof(struct page_table, root));
    EXPORT(PAGE_TABLE_IO_VERSION, offsetof(struct page_table, io_version));
}

/* SPDX-License-Identifier: MIT */
#include "ipc/fast_path.h"
#include "arch/arch.h"
#include "kernel/base/log.h"
#include "kernel/handle_slots.h"
#include "kernel/process.h"
#include "lib/string.h"
#include <j6/flags.h>

static bool enabled;

void fast_path_init(const char *option)
{
    enabled = arch_has_fast_switch() && (option == NULL || !string_equal(option, "slow"));
    if (!enabled) {
        log_info("calls   none is fast");
    }
}

static void remember(struct fast_handle *known, const struct thread *thread, j6_handle_t handle)
{
    if (enabled && known->value != handle) {
        known->value = handle;
        known->entry = handle_entry_at(&thread->process->handles, j6_handle_index(handle));
    }
}

void fast_path_remember_send(struct thread *thread, j6_handle_t handle)
{
    remember(&thread->ipc.send_handle, thread, handle);
}

void fast_path_remember_receive(struct thread *thread, j6_handle_t handle)
{
    remember(&thread->ipc.receive_handle, thread, handle);
}

void fast_path_receive_locked(struct thread *thread, j6_time_t deadline)
{
    bool fast = enabled && deadline == j6_deadline_never;
    thread->ipc.fast_cpu = fast ? 1 + cpu_index() : 0;
}

/* SPDX-License-Identifier: MIT */
/*
 * Rows for system_info: what can be seen of a process, a thread, a handle, a CPU. They name objects by
 * koid and never hold an address of the kernel's.
 *
 * Rules: a row shows one moment, as far as its members hang together. The caller holds references to the
 * objects that it asks about, and no lock.
 */
#pragma once
#include "kernel/process.h"
#include <j6/info.h>

/* What is left in an account. */
void account_info(struct account *account, struct j6_account_info *out_info);

/* May come to step points: it counts what the process has mapped. */
void process_info(struct process *process, struct j6_process_info *out_row);

void thread_info(struct thread *thread, struct j6_thread_info *out_row);

/* False if the handle has been closed. process_space_get keeps the table there. */
bool handle_info(const struct handle_table *table, j6_handle_t handle,
                 struct j6_handle_info *out_row);

/* Of a CPU that is online. */
void cpu_info(uint32_t index, struct j6_cpu_info *out_row);

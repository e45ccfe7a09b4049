/* SPDX-License-Identifier: MIT */
/*
 * Interrupts that arrive at an endpoint. A binding is a line (kernel/irq.h) with a packet. It ends with its
 * endpoint, or with the system object that it was made through: the line is masked then, and free.
 */
#pragma once
#include "ipc/endpoint.h"
#include "kernel/system.h"

/*
 * Binds the line with that number, which the system object is known to hold. not_found (no such line),
 * closed (either object), exists (it is bound), quota, no_memory.
 */
j6_status_t interrupt_bind(struct system *system, struct endpoint *endpoint,
                           struct account *account, uint64_t number) J6_MUST_USE;

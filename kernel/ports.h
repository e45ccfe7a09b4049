/* SPDX-License-Identifier: MIT */
/*
 * Grants of I/O ports to processes. A grant ends with the process, or with the system object that it
 * came through; a port may be used as long as one that holds it stands.
 *
 * Rules: no lock is held, since other CPUs are waited for: a grant, and the end of one by a system
 * object, has reached all of them on return.
 */
#pragma once
#include "kernel/system.h"

struct process;

enum { PORT_GRANTS_MAX = 64 }; /* of a process: so many are looked at when it gets a CPU */

/*
 * Lets user code of the process use the ports, which the system object is known to hold. A grant through
 * that object which holds them all already is enough. The process pays. bad_state (it has ended),
 * closed, quota (too many grants, too), no_memory.
 */
j6_status_t ports_grant(struct system *system, struct process *process, uint32_t first,
                        uint32_t count) J6_MUST_USE;

/* The process, which has no threads any more, gives up its grants and gets no others. */
void ports_end(struct process *process);

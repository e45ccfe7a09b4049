/* SPDX-License-Identifier: MIT */
/*
 * libdriver: what the drivers of all devices have in common. A driver claims its device with the handles that
 * it was started with, and then runs one loop, in which everything that it waits for arrives.
 *
 *     static struct driver driver = {.name = "thing"};
 *     static struct driver_interrupt interrupt = {.line = 3, .serve = serve};
 *
 *     if (driver_open(&driver) == j6_status_ok &&
 *         driver_claim_ports(&driver, 0x2f8, 8) == j6_status_ok &&
 *         driver_claim_interrupt(&driver, &interrupt) == j6_status_ok) {
 *         driver_run(&driver);
 *     }
 *
 * Rules: a driver has one thread in all of this. What is handed in (drivers, interrupts, watches) stays where
 * it is as long as the driver runs. What was claimed comes back when the process ends; there is no other way to
 * give it up. denied: the system object doesn't have that.
 */
#pragma once
#include <j6/j6.h>

struct driver {
    const char *name;   /* stands before what it logs */
    j6_handle_t system; /* driver_open: the one with the role `system` */
    /* driver_open: a new one without data and handles, unless it is set already */
    j6_handle_t endpoint;
    /*
     * For calls, notifications and badges that have gone; it replies itself. NULL: calls are answered by nyi, the
     * rest is dropped.
     */
    void (*message)(struct driver *driver, const struct j6_call *call);
    struct driver_interrupt *interrupts; /* libdriver's */
    struct driver_watch *watches;        /* likewise */
};

/*
 * An endpoint that is set already may have been another driver's; what that one was told of and didn't take, is
 * dropped. not_found: it was given no system object; quota, no_memory.
 */
J6_MUST_USE j6_status_t driver_open(struct driver *driver);

/* ---- the device ----------------------------------------------------------------------------- */

/* From now on <j6/ports.h> may be used for these ports: denied, closed, quota, no_memory. */
J6_MUST_USE j6_status_t driver_claim_ports(struct driver *driver, uint64_t first, uint64_t count);

/* Device memory, mapped for reading and writing. */
struct driver_memory {
    j6_handle_t area;
    void *address;
    uint64_t size;
};

/* Whole pages; the flag is j6_vma_flag_uncached or j6_vma_flag_write_combine. What system_map_phys says. */
J6_MUST_USE j6_status_t driver_claim_memory(struct driver *driver, uint64_t phys, uint64_t size,
                                            uint64_t flag, struct driver_memory *out_memory);

/*
 * An interrupt line. `serve` lets the device have its say until it wants nothing more: only then do edges come
 * again. Afterwards libdriver acknowledges.
 */
struct driver_interrupt {
    uint64_t line;
    void (*serve)(void *context);
    void *context;
    struct driver_interrupt *next; /* libdriver's */
};

/* denied, closed, not_found (the machine has no such line), exists (it is somebody's), quota, no_memory. */
J6_MUST_USE j6_status_t driver_claim_interrupt(struct driver *driver,
                                               struct driver_interrupt *interrupt);

/* ---- the loop ------------------------------------------------------------------------------- */

/*
 * Signals of an object: a channel, an event with a timer, a process, the log. `serve` runs while one of the mask
 * is set, again and again. An object that has closed tells so once, by j6_signal_closed, and isn't watched any
 * more.
 */
struct driver_watch {
    j6_handle_t object;
    uint64_t mask;
    void (*serve)(void *context, uint64_t signals);
    void *context;
    j6_koid_t koid; /* libdriver's */
    struct driver_watch *next;
};

/* What object_bind says. Not for one that is watched already. */
J6_MUST_USE j6_status_t driver_watch(struct driver *driver, struct driver_watch *watch);

/* `serve` doesn't run any more; for one that isn't watched this does nothing. */
void driver_unwatch(struct driver *driver, struct driver_watch *watch);

/*
 * Serves what has been received, by the function that it is for: for who has another loop, as the `notice` of a
 * j6_server. What system_ack_irq or object_bind says, if the driver can't go on.
 */
J6_MUST_USE j6_status_t driver_serve(struct driver *driver, const struct j6_call *call);

/* Receives and serves until that fails: `closed` when the endpoint has been closed. */
j6_status_t driver_run(struct driver *driver);

/* ---- words ---------------------------------------------------------------------------------- */

/*
 * Writes a line, with the driver's name before it, to the log. It never waits: would_block if the log takes no
 * more at the moment. A line that is too long is cut off.
 */
j6_status_t driver_log(const struct driver *driver, enum j6_log_severity severity,
                       const char *format, ...) __attribute__((__format__(__printf__, 3, 4)));

/* The number n of the argument `name=n`, decimal or from 0x on hexadecimal. False: there is none. */
bool driver_argument(char *const *argv, const char *name, uint64_t *out_number);

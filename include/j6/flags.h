/* SPDX-License-Identifier: MIT */
/*
 * Flags, sub-operations and deadlines of the calls. A bit that a call doesn't know is
 * `j6_err_invalid_arg`.
 */
#pragma once
#include <stdint.h>

/* Deadlines are absolute monotonic nanoseconds. */
static const uint64_t j6_deadline_poll = 0;
static const uint64_t j6_deadline_never = ~0ull;

/* vma_create, system_map_phys. */
enum {
    j6_vma_flag_resizable = 1 << 0,
    j6_vma_flag_revocable = 1 << 1,
    j6_vma_flag_large = 1 << 2,
    j6_vma_flag_write_combine = 1 << 3, /* system_map_phys only */
    j6_vma_flag_uncached = 1 << 4,      /* system_map_phys only */
    j6_vma_flag_dma = 1 << 5,           /* system_map_phys only */
};

/* vma_map, vma_create_map, vma_protect. */
enum {
    j6_map_read = 1 << 0,
    j6_map_write = 1 << 1,
    j6_map_exec = 1 << 2,
    j6_map_exact = 1 << 3,
    j6_map_fixed_size = 1 << 4,
    j6_map_guard = 1 << 5, /* the mapping's first page allows no access; not for vma_protect */
};

/* process_create. */
enum {
    j6_process_flag_hold_faults = 1 << 0, /* a fault stops its thread, not the process */
};

/* vma_op_range. */
enum {
    j6_op_commit = 0,
    j6_op_decommit = 1,
    j6_op_zero = 2,
};

/* system_power. */
enum {
    j6_power_off = 0,
    j6_power_reset = 1,
    j6_power_halt = 2,
    j6_power_verdict = 3,
};

/* thread_control: what *value holds; len is its size. */
enum {
    /* uint64_t: the most urgent priority that it has, 0 to 7, maybe with j6_priority_constant */
    j6_control_priority = 0,
    /* uint64_t: a mask of the CPUs that may run it; those that there aren't don't count */
    j6_control_affinity = 1,
    /* uint64_t: the FS base. For the caller, a thread that hasn't started, or one that is stopped. */
    j6_control_tls_base = 2,
    /* up to j6_thread_name_max bytes, without a NUL */
    j6_control_name = 3,
    /* uint64_t: where the thread goes on after a system call with a foreign number; 0: `nyi` */
    j6_control_foreign_call = 4,
    /* nothing, len 0: a stopped thread goes on */
    j6_control_resume = 5,
    /* struct j6_thread_registers of a stopped thread */
    j6_control_registers = 6,
};

/* The priority never changes: by default who uses up its turns becomes less urgent for a while. */
static const uint64_t j6_priority_constant = 1 << 8;

enum { j6_thread_name_max = 31 };

/*
 * system_restrict: what a range of a system object stands for. Those without numbers have one
 * number, 0.
 */
enum {
    j6_range_irq = 1,   /* interrupts: system_bind_irq, system_ack_irq */
    j6_range_port = 2,  /* I/O ports: system_grant_ports */
    j6_range_phys = 3,  /* physical addresses: system_map_phys */
    j6_range_log = 4,   /* no numbers: system_get_log */
    j6_range_info = 5,  /* no numbers: system_info */
    j6_range_power = 6, /* no numbers: system_power */
    j6_range_clock = 7, /* no numbers: system_set_clock */
    j6_range_dma = 8,   /* no numbers: system_map_phys with j6_vma_flag_dma */
};

enum { j6_ranges_max = 64 }; /* ranges that one call takes */

struct j6_range {
    uint32_t kind; /* j6_range_… */
    uint32_t zero;
    uint64_t first;
    uint64_t count;
};

/* system_fail_nth: every allocation after the nth. */
#define j6_fail_all (~0ull)

/* Threads may have a constant priority (thread_control). */
static const uint64_t j6_limits_flag_constant = 1 << 0;

/* What a process may use; cut out of its creator's account by process_create. */
struct j6_limits {
    uint64_t pages;
    uint64_t handles;
    uint64_t threads;
    uint64_t processes;
    uint64_t priority; /* the most urgent one allowed, 0 to 7 */
    uint64_t flags;    /* j6_limits_flag_… */
};

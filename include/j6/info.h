/* SPDX-License-Identifier: MIT */
/*
 * What object_info and system_info tell: topics and the structs that they fill. A buffer that is
 * too small is `j6_err_insufficient` with the size needed in *len.
 */
#pragma once
#include <j6/types.h>
#include <stdint.h>

enum {
    j6_topic_physical = 0,     /* object_info of a vma: struct j6_physical_info */
    j6_topic_end = 1,          /* object_info of a process or thread: struct j6_end_info */
    j6_topic_objects = 2,      /* system_info: struct j6_objects_info */
    j6_topic_frames = 3,       /* system_info: struct j6_frames_info */
    j6_topic_slabs = 4,        /* system_info: an array of struct j6_slab_info */
    j6_topic_cpus = 5,         /* system_info */
    j6_topic_processes = 6,    /* system_info */
    j6_topic_threads = 7,      /* system_info */
    j6_topic_handles = 8,      /* system_info */
    j6_topic_mappings = 9,     /* system_info */
    j6_topic_layout = 10,      /* object_info of a process: struct j6_layout_info */
    j6_topic_allocations = 11, /* system_info, test builds: an array of struct j6_allocation_info */
    j6_topic_account = 12,     /* object_info of a process: struct j6_account_info */
    j6_topic_fault = 13,       /* object_info of a stopped thread: struct j6_fault_info */
    j6_topic_registers = 14,   /* object_info of a stopped thread: struct j6_thread_registers */
};

/* Topic `physical`: where an area made by system_map_phys lies. */
struct j6_physical_info {
    uint64_t phys;
    uint64_t size;
};

/* How a process or a thread ended. */
enum {
    j6_reason_running = 0,
    j6_reason_exited = 1,
    j6_reason_killed = 2,
    j6_reason_fault = 3,
    j6_reason_no_memory = 4,
};

/* What a thread waits for. */
enum {
    j6_wait_none = 0,
    j6_wait_object = 1, /* a signal of the object */
    j6_wait_sleep = 2,
    j6_wait_many = 3,  /* signals of several objects */
    j6_wait_futex = 4, /* a word of the area */
    j6_wait_log = 5,
    j6_wait_fault = 6, /* a debugger: it has faulted, and is held */
    j6_wait_send = 7,  /* a receiver at the endpoint */
    j6_wait_reply = 8,
    j6_wait_receive = 9,
    j6_wait_channel = 10,
};

/* Topic `end`. Without the right `debug` everything from address on is 0. */
struct j6_end_info {
    uint32_t reason; /* j6_reason_… */
    uint32_t vector; /* of the fault (Intel SDM vol. 3, table 6-1) */
    int64_t code;    /* exit code */
    uint64_t address;
    uint64_t rip;
    uint64_t rsp;
    uint64_t rflags;
    uint64_t regs[16]; /* rax rcx rdx rbx rsp rbp rsi rdi r8 … r15: the CPU's own numbering */
};

/* Topic `fault`, with the right `debug`: why a thread is stopped. */
struct j6_fault_info {
    uint32_t reason;  /* j6_reason_fault, or j6_reason_no_memory */
    uint32_t vector;  /* as in struct j6_end_info */
    uint64_t error;   /* the CPU's error code */
    uint64_t address; /* of a page fault */
};

/*
 * Topic `registers`, with the right `debug`, and thread_control: what a stopped thread goes on with. The
 * general registers are in the CPU's own numbering.
 */
struct j6_thread_registers {
    uint64_t rax, rcx, rdx, rbx, rsp, rbp, rsi, rdi;
    uint64_t r8, r9, r10, r11, r12, r13, r14, r15;
    uint64_t rip;
    uint64_t rflags;
    uint64_t fs_base;
};

/* Topic `objects`: how many objects of each type are alive, indexed by j6_type_…; [0] is 0. */
struct j6_objects_info {
    uint64_t live[8];
};

/* Topic `frames`: the machine's memory in 4 KiB frames. */
struct j6_frames_info {
    uint64_t total; /* the machine's memory, with the kernel's image and tables */
    uint64_t free;
};

/* Topic `slabs`: one row for each cache. */
struct j6_slab_info {
    char name[24];
    uint64_t object_size;
    uint64_t live;  /* objects handed out */
    uint64_t slabs; /* runs of frames held */
    uint64_t frames;
};

/* Topic `layout`: where things lie in the address space of a process. */
struct j6_layout_info {
    uint64_t window; /* start of the stretch in which the kernel and spawners place mappings */
    uint64_t window_size;
    uint64_t clock_page; /* 0 while there is none */
};

/* Topic `allocations`: one row for each place in the kernel that asks for memory or quota. */
struct j6_allocation_info {
    char file[40];
    char function[40];
    uint32_t line;
    uint32_t hits;     /* how often it asked */
    uint32_t failures; /* how often that was made to fail */
    uint32_t zero;
};

/* Topic `account`: what is left in the account that pays for the process. */
struct j6_account_info {
    uint64_t memory; /* bytes */
    uint64_t handles;
    uint64_t threads;
    uint64_t processes;
};

/* SPDX-License-Identifier: MIT */
/*
 * What object_info and system_info tell: topics and the structs that they fill. A buffer that is
 * too small is `j6_err_insufficient` with the size needed in *len.
 *
 * Rows that begin with row_size are as far apart as that says: later kernels may add members at the
 * end. Each row shows one moment; between two of them others go on. If the list grows meanwhile, so
 * that the buffer turns out too small, the answer is `j6_err_insufficient` and what has been written to
 * the buffer means nothing.
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
    j6_topic_cpus = 5,         /* system_info: rows of struct j6_cpu_info */
    j6_topic_processes = 6,    /* system_info: rows of struct j6_process_info */
    j6_topic_threads = 7,      /* system_info of a process: rows of struct j6_thread_info */
    j6_topic_handles = 8,      /* system_info of a process: rows of struct j6_handle_info */
    j6_topic_mappings = 9,     /* system_info of a process: rows of struct j6_mapping_info */
    j6_topic_layout = 10,      /* object_info of a process: struct j6_layout_info */
    j6_topic_allocations = 11, /* system_info, test builds: an array of struct j6_allocation_info */
    j6_topic_account = 12,     /* object_info of a process: struct j6_account_info */
    j6_topic_fault = 13,       /* object_info of a stopped thread: struct j6_fault_info */
    j6_topic_registers = 14,   /* object_info of a stopped thread: struct j6_thread_registers */
    j6_topic_timer = 15,       /* object_info of an event: struct j6_timer_info */
    j6_topic_shown = 16,       /* object_info of a system object: struct j6_shown_info */
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

/*
 * Topic `shown`: what the kernel has shown of its log on the device whose ports or memory a system object has.
 * Whoever takes the device goes on behind that. bad_state: the kernel doesn't show the log there.
 */
struct j6_shown_info {
    uint64_t entry; /* id of the last one; 0: none */
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
    uint64_t clock_page; /* <j6/clock.h> */
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

/* Topic `cpus`: what has happened on each CPU that runs, since it started. */
struct j6_cpu_info {
    uint32_t row_size;
    uint32_t index;
    uint64_t switches;   /* from a thread or from idling to a thread */
    uint64_t interrupts; /* of all kinds, also: */
    uint64_t alarms;     /*   its timer */
    uint64_t kicks;      /*   other CPUs, to have it look at what is pending */
    uint64_t shootdowns; /*   other CPUs, to have it forget pages */
    uint64_t lock_waits; /* for locks of the kernel that another CPU had */
    uint64_t fpu_loads;  /* of the floating-point state of a thread */
    j6_time_t idle_time;
    uint64_t device_interrupts; /* of lines of devices */
    uint64_t spurious;          /* interrupts that were nobody's */
};

enum {
    j6_process_state_new = 0, /* not started */
    j6_process_state_running = 1,
    j6_process_state_ending = 2,
};

enum { j6_name_size = 32 }; /* bytes for a name, which ends in NUL */

/* Topic `processes`: all that haven't ended, the kernel as the first, in the order of their koids. */
struct j6_process_info {
    uint32_t row_size;
    uint32_t state; /* j6_process_state_… */
    j6_koid_t koid;
    j6_koid_t maker; /* 0: nobody made the kernel */
    char name[j6_name_size];
    uint64_t threads;
    uint64_t handles;
    uint64_t mappings; /* the kernel's aren't told, nor what they hold */
    uint64_t pages;    /* that are there in what it maps, shared ones too */
    uint64_t tables;   /* pages of page tables */
    uint32_t limited;  /* 1: it has an account of its own; 0: it draws on its maker's */
    uint32_t zero;
    struct j6_account_info left; /* in the account that pays for it */
};

enum {
    j6_thread_state_ready = 0,
    j6_thread_state_running = 1,
    j6_thread_state_blocked = 2,
    j6_thread_state_exited = 3,
};

/* What a blocked thread waits for. */
enum {
    j6_wait_none = 0,
    j6_wait_start = 1,   /* thread_start, or process_start */
    j6_wait_sleep = 2,   /* a deadline, if any */
    j6_wait_object = 3,  /* signals of the object */
    j6_wait_many = 4,    /* signals of several objects */
    j6_wait_futex = 5,   /* a word of the area */
    j6_wait_fault = 6,   /* whoever debugs it: it has faulted, and is held */
    j6_wait_send = 7,    /* somebody who receives at the endpoint */
    j6_wait_reply = 8,   /* the reply to its call, which was received at the endpoint */
    j6_wait_receive = 9, /* something to receive at the endpoint */
    j6_wait_copy = 10,   /* another thread, which copies a message from or to it */
};

/* Topic `threads`: in the order of their koids. */
struct j6_thread_info {
    uint32_t row_size;
    uint32_t state; /* j6_thread_state_… */
    j6_koid_t koid;
    j6_koid_t process;
    char name[j6_name_size];
    uint32_t priority; /* 0 is the most urgent */
    uint32_t cpu;      /* that it runs on, or ran on last */
    j6_time_t cpu_time;
    uint32_t wait; /* j6_wait_… */
    uint32_t
        level; /* how urgent it is at the moment: less than its priority when it uses up turns */
    j6_koid_t wait_koid; /* the object that it waits for, or 0 */
};

/* Topic `handles`: in the order of their places in the table. */
struct j6_handle_info {
    uint32_t row_size;
    uint32_t type; /* j6_type_… */
    j6_handle_t handle;
    uint64_t rights; /* as masks, like j6_right_… */
    j6_koid_t koid;  /* of the object */
    uint64_t badge;
};

/* Topic `mappings`: in the order of their addresses. */
struct j6_mapping_info {
    uint32_t row_size;
    uint32_t flags; /* j6_map_… */
    uint64_t address;
    uint64_t len;
    uint64_t offset; /* into the area */
    j6_koid_t area;
    uint64_t pages; /* that the area has there */
};

/* Topic `timer`: of an event, since event_set_timer. */
struct j6_timer_info {
    j6_time_t deadline; /* when it is due next; never: not at all */
    j6_time_t period;   /* 0: it is due once */
    uint64_t count;     /* how often it has come due … */
    uint64_t missed;    /* … and how often of these it found its signal still set */
};

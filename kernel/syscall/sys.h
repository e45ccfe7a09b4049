/* SPDX-License-Identifier: MIT */
/*
 * The implementations of the calls: one function sys_NAME for each J6_CALL row, with a prototype
 * made from the row. The gate has checked the handles; a sys function checks the other arguments,
 * calls the object, and copies out.
 *
 * Errors come in this order: invalid_arg, out_of_range, bad_address (user_probe_out for results), and
 * then what the state of things forbids: so nothing has been done when a pointer is refused.
 *
 * Rules: the caller is the running thread. Objects are good until the call blocks or comes to a step
 * point (arch/upcall.h). Results are
 * written last, and what was made is taken back if they can't be.
 */
#pragma once
#include "ipc/channel.h"
#include "ipc/endpoint.h"
#include "ipc/event.h"
#include "kernel/process.h"
#include "kernel/system.h"
#include "kernel/thread.h"
#include "mm/user_copy.h"
#include "mm/vm_area.h"
#include <j6/flags.h>
#include <j6/rights.h>
#include <j6/syscall_args.h>

typedef struct kobject object_any;
typedef struct system object_system;
typedef struct event object_event;
typedef struct channel object_channel;
typedef struct endpoint object_endpoint;
typedef struct vm_area object_vma;
typedef struct process object_process;
typedef struct thread object_thread;

/* clang-format off */
enum call_number {
#define J6_CALL(number, name, ...)  CALL_##name = (number),
#define J6_LATER(number, name, ...) CALL_##name = (number),
#define J6_OP(...)
#include <j6/syscalls.def>
#undef J6_CALL
#undef J6_LATER
#undef J6_OP
};
/* clang-format on */

#define PARAM(i, arg)                       , J6_ARG(PARAM_, i, arg)
#define PARAM_HANDLE(i, type, name, rights) object_##type *name
#define PARAM_ENTRY(i, type, name, rights)  object_##type *name, j6_handle_t name##_handle
#define PARAM_VALUE(i, ctype, name)         ctype name
#define PARAM_OP(i, ctype, name)            ctype name
#define PARAM_IN(i, ctype, name)            struct user_ptr name
#define PARAM_OUT(i, ctype, name)           struct user_ptr name
#define PARAM_INOUT(i, ctype, name)         struct user_ptr name
#define PARAM_RESULT(i, ctype, name)        ctype *name

#define J6_CALL(number, name, summary, errors, ...) \
    j6_status_t sys_##name(struct thread *caller J6_EACH(PARAM, __VA_ARGS__));
#define J6_LATER(...)
#define J6_OP(...)
#include <j6/syscalls.def>
#undef J6_CALL
#undef J6_LATER
#undef J6_OP

/* The gate's door for handles that lie in memory: the object, NULL if the handle is none. */
struct kobject *sys_object_of(struct thread *caller, j6_handle_t handle);

/* Opens a handle in the table and writes its value out. What fails leaves no handle. */
j6_status_t sys_handle_out(struct handle_table *table, struct kobject *object, uint64_t rights,
                           struct user_ptr out);

/* The same to what may have a badge. */
j6_status_t sys_target_out(struct handle_table *table, handle_target_t target, uint64_t rights,
                           struct user_ptr out);

/* A copy of a handle of the caller, in a table. */
j6_status_t sys_handle_copy_out(struct thread *caller, j6_handle_t handle,
                                struct handle_table *table, uint64_t rights, struct user_ptr out);

/* The first handle with a new badge, in the caller's table. */
j6_status_t sys_badge_out(struct thread *caller, struct endpoint *endpoint, uint64_t rights,
                          uint64_t badge, struct user_ptr out);

/* The same with all rights, in the caller's table: for what was just made. */
j6_status_t sys_new_handle_out(struct thread *caller, struct kobject *object, struct user_ptr out);

/*
 * Writes `size` bytes of information to buf and the size to *len; insufficient, with the size in
 * *len, if that said less.
 */
j6_status_t sys_info_out(const void *info, uint64_t size, struct user_ptr buf, struct user_ptr len);

/* Writes how far a call came, and passes its status on; what goes wrong here counts after that. */
j6_status_t sys_done_out(j6_status_t status, uint64_t done, struct user_ptr out);

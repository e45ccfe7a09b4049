/* SPDX-License-Identifier: MIT */
/*
 * From a number to an implementation, through the one gate. Everything here is made from the rows of
 * syscalls.def: a call can't be built without saying which handles it takes.
 */
#include "arch/arch.h"
#include "arch/upcall.h"
#include "kernel/syscall/sys.h"

#define ARGS_MAX 6

/* Tables made of macros. clang-format would break them up. */
/* clang-format off */
/* What an implementation gets for each argument. */
#define TAKE(i, arg) , J6_ARG(TAKE_, i, arg)
#define TAKE_HANDLE(i, type, name, rights) to_##type(object[i])
#define TAKE_ENTRY(i, type, name, rights) to_##type(object[i]), arg[i]
#define TAKE_VALUE(i, ctype, name) (ctype)arg[i]
#define TAKE_OP(i, ctype, name) (ctype)arg[i]
#define TAKE_IN(i, ctype, name) (struct user_ptr){arg[i]}
#define TAKE_OUT(i, ctype, name) (struct user_ptr){arg[i]}
#define TAKE_INOUT(i, ctype, name) (struct user_ptr){arg[i]}
#define TAKE_RESULT(i, ctype, name) &arg[TCB_RDX]

#define to_any(object)     (object)
#define to_system(object)  system_of(object)
#define to_event(object)   event_of(object)
#define to_channel(object) channel_of(object)
#define to_endpoint(object) endpoint_of(object)
#define to_vma(object)     vm_area_of(object)
#define to_process(object) process_of(object)
#define to_thread(object)  thread_of(object)

/* What an argument is to the gate. */
#define GATE_HANDLE(...) HANDLE
#define GATE_ENTRY(...)  HANDLE
#define GATE_OP(...)     OP
#define GATE_VALUE(...)  OTHER
#define GATE_IN(...)     OTHER
#define GATE_OUT(...)    OTHER
#define GATE_INOUT(...)  OTHER
#define GATE_RESULT(...) OTHER
#define BY_GATE(prefix, i, arg) \
    J6_APPLY(J6_PASTE(prefix, J6_ARG(GATE_, i, arg)), i, J6_ARG_UNPACK arg)

/* Statements of a call's function: the gate looks at the sub-operation, then at each handle. */
#define CHECK_OPS(i, arg) BY_GATE(CHECK_OPS_, i, arg)
#define CHECK_OPS_HANDLE(...)
#define CHECK_OPS_OP(i, ...) gate_check_op(&gate, arg[i]);
#define CHECK_OPS_OTHER(...)

#define CHECK_HANDLES(i, arg) BY_GATE(CHECK_HANDLES_, i, arg)
#define CHECK_HANDLES_HANDLE(i, kind, type, name, rights) \
    object[i] = gate_check(&gate, arg[i], TYPE_##type, (rights) | ((i) == 0 ? gate.op_rights : 0));
#define CHECK_HANDLES_OP(...)
#define CHECK_HANDLES_OTHER(...)
enum {
    TYPE_any = j6_type_none,
    TYPE_system = j6_type_system,
    TYPE_event = j6_type_event,
    TYPE_channel = j6_type_channel,
    TYPE_endpoint = j6_type_endpoint,
    TYPE_vma = j6_type_vma,
    TYPE_process = j6_type_process,
    TYPE_thread = j6_type_thread,
};

/* clang-format on */

/* The rights that a sub-operation asks of the first handle. False: there is no such one. */
static bool op_find(uint32_t number, uint64_t op, uint64_t *out_rights)
{
    if (op > UINT32_MAX) {
        return false;
    }
    switch ((uint64_t)number << 32 | op) {
/* clang-format off */
#define J6_CALL(...)
#define J6_LATER(...)
#define J6_OP(call, value, name, rights, errors)                                                   \
    case (uint64_t)CALL_##call << 32 | (value):                                                    \
        *out_rights = (rights);                                                                    \
        return true;
#include <j6/syscalls.def>
#undef J6_CALL
#undef J6_LATER
#undef J6_OP
        /* clang-format on */
    default: return false;
    }
}

struct kobject *sys_object_of(struct thread *caller, j6_handle_t handle)
{
    if (handle == j6_handle_self_process) {
        return &caller->process->object;
    }
    if (handle == j6_handle_self_thread) {
        return &caller->object;
    }
    return handle_find(&caller->process->handles, handle);
}

/* What the gate has found wrong so far. */
struct gate {
    struct thread *caller;
    uint32_t call;
    uint64_t op_rights; /* that the sub-operation asks of the first handle */
    bool bad_handle;
    bool wrong_type;
    bool denied;
    bool bad_op;
};

static inline void gate_check_op(struct gate *gate, uint64_t op)
{
    gate->bad_op = !op_find(gate->call, op, &gate->op_rights);
}

/*
 * A type of j6_type_none: any. Type and rights are constants of the row: inline, few instructions are
 * left of them.
 */
static inline __attribute__((always_inline)) struct kobject *
gate_check(struct gate *gate, j6_handle_t handle, uint64_t type, uint64_t rights)
{
    struct kobject *object = sys_object_of(gate->caller, handle);
    gate->bad_handle |= object == NULL;
    gate->wrong_type |= type != j6_type_none && j6_handle_type(handle) != type;
    gate->denied |= (rights & ~handle) != 0;
    return object;
}

/* What is wrong with any handle comes in this order, whichever it is; then the sub-operation. */
static inline j6_status_t gate_status(const struct gate *gate)
{
    if (gate->bad_handle) {
        return j6_err_bad_handle;
    }
    if (gate->wrong_type) {
        return j6_err_wrong_type;
    }
    if (gate->denied) {
        return j6_err_denied;
    }
    return gate->bad_op ? j6_err_invalid_arg : j6_status_ok;
}

/* clang-format off */
/* One function for each call: gate, then implementation, with the arguments taken apart. */
#define J6_CALL(number, name, summary, errors, ...)                                \
    static j6_status_t run_##name(struct thread *caller,                           \
                                  __attribute__((unused)) uint64_t *arg)           \
    {                                                                              \
        __attribute__((unused)) struct kobject *object[ARGS_MAX];                  \
        struct gate gate = {.caller = caller, .call = (number)};                   \
        J6_EACH(CHECK_OPS, __VA_ARGS__)                                            \
        J6_EACH(CHECK_HANDLES, __VA_ARGS__)                                        \
        j6_status_t status = gate_status(&gate);                                   \
        if (status != j6_status_ok) {                                              \
            return status;                                                         \
        }                                                                          \
        return sys_##name(caller J6_EACH(TAKE, __VA_ARGS__));                      \
    }
#define J6_LATER(...)
#define J6_OP(...)
#include <j6/syscalls.def>
#undef J6_CALL
#undef J6_LATER
#undef J6_OP

static j6_status_t (*const run[])(struct thread *caller, uint64_t *arg) = {
#define J6_CALL(number, name, ...) [number] = run_##name,
#define J6_LATER(...)
#define J6_OP(...)
#include <j6/syscalls.def>
#undef J6_CALL
#undef J6_LATER
#undef J6_OP
};

/* clang-format on */

/* A number that is none of ours is for the thread's own entry, if it has set one. */
static __attribute__((noinline, cold)) j6_status_t not_served(struct tcb *tcb, uint64_t n)
{
    uint64_t entry = atomic_load_explicit(&thread_of_tcb(tcb)->foreign_entry, memory_order_relaxed);
    if (n < J6_CALL_COUNT || entry == 0) {
        return j6_err_nyi;
    }
    tcb_foreign_call(tcb, J6_CALL_BASE + n, entry);
    kernel_leave();
}

j6_status_t syscall_dispatch(struct tcb *tcb, uint64_t number)
{
    uint64_t n = number - J6_CALL_BASE;
    if (n >= sizeof(run) / sizeof(run[0]) || run[n] == NULL) {
        return not_served(tcb, n);
    }
    j6_status_t status = run[n](thread_of_tcb(tcb), tcb->arg);
    spinlock_check_none_held();
    return status;
}

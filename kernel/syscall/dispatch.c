/* SPDX-License-Identifier: MIT */
/*
 * From a number to an implementation, through the one gate. Everything here is made from the rows of
 * syscalls.def: a call can't be built without saying which handles it takes.
 */
#include "arch/upcall.h"
#include "kernel/syscall/sys.h"

#define ARGS_MAX 6

/* What the gate asks of a handle. */
struct handle_check {
    uint64_t type; /* j6_type_none: any */
    uint64_t rights;
};

struct call {
    uint32_t number;
    uint8_t handles; /* bit n: argument n is a handle */
    uint8_t op_arg;  /* 1 + the argument that selects a sub-operation; 0: none */
    struct handle_check check[ARGS_MAX];
};

/* Tables made of macros. clang-format would break them up. */
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

#define HANDLE_BIT(i, arg)        BY_GATE(HANDLE_BIT_, i, arg)
#define HANDLE_BIT_HANDLE(i, ...) | 1u << i
#define HANDLE_BIT_OP(...)
#define HANDLE_BIT_OTHER(...)

#define OP_PLACE(i, arg) BY_GATE(OP_PLACE_, i, arg)
#define OP_PLACE_HANDLE(...)
#define OP_PLACE_OP(i, ...) +i + 1
#define OP_PLACE_OTHER(...)

#define CHECK(i, arg) BY_GATE(CHECK_, i, arg)
#define CHECK_HANDLE(i, kind, the_type, name, the_rights) \
    [i] = {.type = CHECK_TYPE_##the_type, .rights = (the_rights)},
#define CHECK_OP(...)
#define CHECK_OTHER(...)
enum {
    CHECK_TYPE_any = j6_type_none,
    CHECK_TYPE_system = j6_type_system,
    CHECK_TYPE_vma = j6_type_vma,
    CHECK_TYPE_process = j6_type_process,
    CHECK_TYPE_thread = j6_type_thread,
};

static const struct call calls[] = {
#define J6_CALL(the_number, name, summary, errors, ...)            \
    [the_number] = {.number = (the_number),                        \
                    .handles = 0 J6_EACH(HANDLE_BIT, __VA_ARGS__), \
                    .op_arg = 0 J6_EACH(OP_PLACE, __VA_ARGS__),    \
                    .check = {J6_EACH(CHECK, __VA_ARGS__)}},
#define J6_LATER(...)
#define J6_OP(...)
#include <j6/syscalls.def>
#undef J6_CALL
#undef J6_LATER
#undef J6_OP
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

static struct kobject *object_of(struct thread *caller, j6_handle_t handle)
{
    struct kobject *object = handle_find(&caller->process->handles, handle);
    if (object != NULL) {
        return object;
    }
    if (handle == j6_handle_self_process) {
        return &caller->process->object;
    }
    return handle == j6_handle_self_thread ? &caller->object : NULL;
}

/* Checks every handle of the call: bad_handle before wrong_type before denied. */
static j6_status_t gate(struct thread *caller, const struct call *call, const uint64_t *arg,
                        struct kobject **object)
{
    uint64_t op_rights = 0;
    bool op_known = call->op_arg == 0 || op_find(call->number, arg[call->op_arg - 1], &op_rights);
    bool wrong_type = false;
    bool denied = false;
    for (unsigned left = call->handles; left != 0; left &= left - 1) {
        unsigned i = (unsigned)__builtin_ctz(left);
        const struct handle_check *check = &call->check[i];
        object[i] = object_of(caller, arg[i]);
        if (object[i] == NULL) {
            return j6_err_bad_handle;
        }
        uint64_t rights = check->rights | (i == 0 ? op_rights : 0);
        wrong_type |= check->type != j6_type_none && check->type != object[i]->type->number;
        denied |= (rights & ~arg[i]) != 0;
    }
    if (wrong_type) {
        return j6_err_wrong_type;
    }
    if (denied) {
        return j6_err_denied;
    }
    return op_known ? j6_status_ok : j6_err_invalid_arg;
}

/* clang-format off */
/* One function for each call: gate, then implementation, with the arguments taken apart. */
#define J6_CALL(number, name, summary, errors, ...)                                                \
    static j6_status_t run_##name(struct thread *caller,                                           \
                                  __attribute__((unused)) uint64_t *arg)                           \
    {                                                                                              \
        __attribute__((unused)) struct kobject *object[ARGS_MAX];                                  \
        if (calls[number].handles != 0) {                                                           \
            j6_status_t status = gate(caller, &calls[number], arg, object);                        \
            if (status != j6_status_ok) {                                                          \
                return status;                                                                     \
            }                                                                                      \
        }                                                                                          \
        return sys_##name(caller J6_EACH(TAKE, __VA_ARGS__));                                      \
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

j6_status_t syscall_dispatch(struct tcb *tcb, uint64_t number)
{
    uint64_t n = number - J6_CALL_BASE;
    if (n >= sizeof(run) / sizeof(run[0]) || run[n] == NULL) {
        return j6_err_nyi;
    }
    return run[n](thread_of_tcb(tcb), tcb->arg);
}

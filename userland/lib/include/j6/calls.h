/* SPDX-License-Identifier: MIT */
/*
 * A stub for each row of <j6/syscalls.def>: `j6_` and the call's name, arguments in the row's
 * order. A stub is the loads of its arguments and the instruction `syscall`, nothing more; a
 * result that comes in a register is stored unless the call failed or nobody wants it (NULL).
 * Calls that the kernel doesn't serve yet answer j6_err_nyi. That of `clock` is j6_clock_call.
 */
#pragma once
#include <j6/flags.h>
#include <j6/info.h>
#include <j6/message.h>
#include <j6/status.h>
#include <j6/syscall_args.h>
#include <j6/types.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* An argument as a parameter of the stub; `void` when there is none. */
#define J6_PARAM(i, arg)                       J6_ARG(J6_PARAM_, i, arg)
#define J6_PARAM_HANDLE(i, type, name, rights) j6_handle_t name
#define J6_PARAM_ENTRY(i, type, name, rights)  j6_handle_t name
#define J6_PARAM_VALUE(i, ctype, name)         ctype name
#define J6_PARAM_OP(i, ctype, name)            ctype name
#define J6_PARAM_IN(i, ctype, name)            const ctype *name
#define J6_PARAM_OUT(i, ctype, name)           ctype *name
#define J6_PARAM_INOUT(i, ctype, name)         ctype *name
#define J6_PARAM_RESULT(i, ctype, name)        ctype *name
#define J6_VOID_UNLESS(...)                    J6_VOID_UNLESS_##__VA_OPT__(ANY)
#define J6_VOID_UNLESS_                        void
#define J6_VOID_UNLESS_ANY

/* All kinds but one travel to the kernel alike: SENT. */
#define J6_WAY_HANDLE(...) SENT
#define J6_WAY_ENTRY(...)  SENT
#define J6_WAY_VALUE(...)  SENT
#define J6_WAY_OP(...)     SENT
#define J6_WAY_IN(...)     SENT
#define J6_WAY_OUT(...)    SENT
#define J6_WAY_INOUT(...)  SENT
#define J6_WAY_RESULT(...) RESULT

#define J6_BY_WAY(prefix, i, arg) \
    J6_APPLY(J6_PASTE(prefix, J6_ARG(J6_WAY_, i, arg)), i, J6_ARG_UNPACK arg)

/* An argument sent goes into the register of its place before the instruction … */
#define J6_REGISTER_0   "rdi"
#define J6_REGISTER_1   "rsi"
#define J6_REGISTER_2   "rdx"
#define J6_REGISTER_3   "r10"
#define J6_REGISTER_4   "r8"
#define J6_REGISTER_5   "r9"
#define J6_LOAD(i, arg) J6_BY_WAY(J6_LOAD_, i, arg)
#define J6_LOAD_SENT(i, kind, type, name, ...) \
    register uint64_t j6_sent_##i __asm__(J6_REGISTER_##i) = (uint64_t)name;
#define J6_LOAD_RESULT(i, kind, ctype, name) ctype j6_result;

/* … is one of its inputs … */
#define J6_INPUT(i, arg)      J6_BY_WAY(J6_INPUT_, i, arg)
#define J6_INPUT_SENT(i, ...) , "r"(j6_sent_##i)
#define J6_INPUT_RESULT(...)

/* … and a result is an output, stored behind it. */
#define J6_OUTPUT(i, arg) J6_BY_WAY(J6_OUTPUT_, i, arg)
#define J6_OUTPUT_SENT(...)
#define J6_OUTPUT_RESULT(...) , "=d"(j6_result)
#define J6_STORE(i, arg)      J6_BY_WAY(J6_STORE_, i, arg)
#define J6_STORE_SENT(...)
#define J6_STORE_RESULT(i, kind, ctype, name)      \
    if (name != NULL && !j6_is_error(j6_status)) { \
        *name = j6_result;                         \
    }

/* clang-format off */
#define J6_CALL(number, name, summary, errors, ...)                                                \
    static inline j6_status_t j6_##name(                                                           \
        J6_VOID_UNLESS(__VA_ARGS__) J6_LIST(J6_PARAM __VA_OPT__(, ) __VA_ARGS__))                  \
    {                                                                                              \
        j6_status_t j6_status;                                                                     \
        J6_EACH(J6_LOAD __VA_OPT__(, ) __VA_ARGS__)                                                \
        __asm__ volatile("syscall"                                                                 \
                         : "=a"(j6_status) J6_EACH(J6_OUTPUT __VA_OPT__(, ) __VA_ARGS__)           \
                         : "a"(J6_CALL_BASE + number) J6_EACH(J6_INPUT __VA_OPT__(, ) __VA_ARGS__) \
                         : "rcx", "r11", "memory");                                                \
        J6_EACH(J6_STORE __VA_OPT__(, ) __VA_ARGS__)                                               \
        return j6_status;                                                                          \
    }
/* clang-format on */
#define J6_LATER J6_CALL
#define J6_OP(...)

/*
 * Calls by the register map of syscalls.def. What comes back is written to *c when something was received;
 * a call that only sends leaves it as it is.
 */
#define J6_IPC(number, name, summary, errors, rights)                                        \
    static inline j6_status_t j6_##name(j6_handle_t endpoint, struct j6_call *c,             \
                                        j6_time_t deadline)                                  \
    {                                                                                        \
        return j6_ipc(J6_CALL_BASE + number, endpoint, c, deadline, J6_IPC_RECEIVES_##name); \
    }
#define J6_IPC_RECEIVES_endpoint_send          false
#define J6_IPC_RECEIVES_endpoint_receive       true
#define J6_IPC_RECEIVES_endpoint_call          true
#define J6_IPC_RECEIVES_endpoint_reply         false
#define J6_IPC_RECEIVES_endpoint_reply_receive true

static inline __attribute__((always_inline)) j6_status_t
j6_ipc(uint64_t number, j6_handle_t endpoint, struct j6_call *c, j6_time_t deadline, bool receives)
{
    j6_status_t status = number;
    uint64_t badge = endpoint;
    uint64_t tag = c->tag;
    uint64_t word0 = c->word[0];
    register uint64_t word1 __asm__("r10") = c->word[1];
    register uint64_t word2 __asm__("r8") = c->word[2];
    register uint64_t word3 __asm__("r9") = c->word[3];
    register uint64_t bytes __asm__("r12") = deadline;
    register uint64_t handles __asm__("r13") = (uint64_t)c->message;
    register uint64_t token __asm__("r14") = c->token;
    __asm__ volatile("syscall"
                     : "+a"(status), "+D"(badge), "+S"(tag), "+d"(word0), "+r"(word1), "+r"(word2),
                       "+r"(word3), "+r"(bytes), "+r"(handles), "+r"(token)
                     :
                     : "rcx", "r11", "r15", "memory");
    if (receives && status == j6_status_ok) {
        c->tag = tag;
        c->word[0] = word0;
        c->word[1] = word1;
        c->word[2] = word2;
        c->word[3] = word3;
        c->badge = badge;
        c->token = token;
    }
    if (receives && (status == j6_status_ok || status == j6_err_insufficient)) {
        c->bytes = bytes;
        c->handles = handles;
    }
    return status;
}

/* j6_clock itself mostly needs no call (j6.h). */
#define j6_clock j6_clock_call

#include <j6/syscalls.def>

#undef j6_clock
#undef J6_CALL
#undef J6_LATER
#undef J6_OP

/* SPDX-License-Identifier: MIT */
/* The rows of <j6/syscalls.def> as data, for tests that try the same on every call. */
#pragma once
#include <j6/j6.h>

enum argument_kind {
    ARGUMENT_NONE,
    ARGUMENT_HANDLE,
    ARGUMENT_VALUE,
    ARGUMENT_POINTER,
    ARGUMENT_RESULT,
};

struct argument {
    enum argument_kind kind;
    enum j6_type type; /* of a handle; none: any */
    uint64_t rights;
};

enum { CALL_ARGUMENTS = 6 };

struct call_row {
    const char *name;
    uint64_t number;
    bool served;
    struct argument arguments[CALL_ARGUMENTS];
};

/* call_log, call_clock …: the numbers. */
#define J6_CALL(number, name, ...) call_##name = J6_CALL_BASE + number,
#define J6_LATER                   J6_CALL
#define J6_OP(...)
enum {
#include <j6/syscalls.def>
};
#undef J6_CALL
#undef J6_LATER
#undef J6_OP

/* Calls `visit` with each row. */
void calls_each(void (*visit)(const struct call_row *row));

/* Any number with any arguments. */
static inline j6_status_t raw_call(uint64_t number, const uint64_t arguments[CALL_ARGUMENTS])
{
    j6_status_t status = number;
    uint64_t third = arguments[2];
    register uint64_t fourth __asm__("r10") = arguments[3];
    register uint64_t fifth __asm__("r8") = arguments[4];
    register uint64_t sixth __asm__("r9") = arguments[5];
    __asm__ volatile("syscall"
                     : "+a"(status), "+d"(third)
                     : "D"(arguments[0]), "S"(arguments[1]), "r"(fourth), "r"(fifth), "r"(sixth)
                     : "rcx", "r11", "r12", "r13", "r14", "r15", "memory");
    return status;
}

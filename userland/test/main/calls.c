/* SPDX-License-Identifier: MIT */
/* Turns the table of system calls into data. */
#include "userland/test/main/calls.h"

static const enum j6_type j6_type_any = j6_type_none;

/* clang-format off */
#define ARGUMENT(i, arg) J6_ARG(ARGUMENT_, i, arg)
#define ARGUMENT_HANDLE(i, t, name, r)   {.kind = ARGUMENT_HANDLE, .type = j6_type_##t, .rights = r}
#define ARGUMENT_ENTRY(i, t, name, r)    {.kind = ARGUMENT_HANDLE, .type = j6_type_##t, .rights = r}
#define ARGUMENT_VALUE(i, ctype, name)   {.kind = ARGUMENT_VALUE}
#define ARGUMENT_OP(i, ctype, name)      {.kind = ARGUMENT_VALUE}
#define ARGUMENT_IN(i, ctype, name)      {.kind = ARGUMENT_POINTER}
#define ARGUMENT_OUT(i, ctype, name)     {.kind = ARGUMENT_POINTER}
#define ARGUMENT_INOUT(i, ctype, name)   {.kind = ARGUMENT_POINTER}
#define ARGUMENT_RESULT(i, ctype, name)  {.kind = ARGUMENT_RESULT}
/* clang-format on */

#define ROW(number_, name_, served_, ...)                            \
    visit(&(struct call_row){                                        \
        .name = #name_,                                              \
        .number = J6_CALL_BASE + number_,                            \
        .served = served_,                                           \
        .arguments = {J6_LIST(ARGUMENT __VA_OPT__(, ) __VA_ARGS__)}, \
    });
#define J6_CALL(number, name, summary, errors, ...)  ROW(number, name, true, __VA_ARGS__)
#define J6_LATER(number, name, summary, errors, ...) ROW(number, name, false, __VA_ARGS__)
#define J6_OP(...)

void calls_each(void (*visit)(const struct call_row *row))
{
#include <j6/syscalls.def>
}

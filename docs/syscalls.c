/* SPDX-License-Identifier: MIT */
/*
 * Prints the reference of the system calls, in Markdown, out of include/j6/syscalls.def: `make docs`
 * writes it to build/docs/syscalls.md. It runs on the host, and fails if a number is used twice or
 * an error is none of <j6/status.h>, so that the table can't say what nobody could mean.
 */
#include <j6/flags.h>
#include <j6/info.h>
#include <j6/status.h>
#include <j6/syscall_args.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ARGS_MAX = 6, TEXT_MAX = 64 };

enum kind { KIND_HANDLE = 1, KIND_VALUE, KIND_OP, KIND_IN, KIND_OUT, KIND_INOUT, KIND_RESULT };

struct argument {
    enum kind kind; /* 0: no argument */
    const char *type;
    const char *name;
    const char *rights;
};

/* A call, or a sub-operation of the call before it. */
struct row {
    const char *name;
    bool is_op;
    bool served;
    unsigned long number; /* of a sub-operation: its value */
    const char *call;     /* of a sub-operation */
    const char *summary;
    const char *rights; /* of a sub-operation */
    const char *errors; /* in parentheses */
    struct argument arguments[ARGS_MAX];
};

/* clang-format off */
#define ARGUMENT(i, arg) J6_ARG(ARGUMENT_, i, arg)
#define ARGUMENT_HANDLE(i, type, name, rights) {KIND_HANDLE, #type, #name, #rights}
#define ARGUMENT_ENTRY(i, type, name, rights)  {KIND_HANDLE, #type, #name, #rights}
#define ARGUMENT_VALUE(i, type, name)          {KIND_VALUE, #type, #name, NULL}
#define ARGUMENT_OP(i, type, name)             {KIND_OP, #type, #name, NULL}
#define ARGUMENT_IN(i, type, name)             {KIND_IN, #type, #name, NULL}
#define ARGUMENT_OUT(i, type, name)            {KIND_OUT, #type, #name, NULL}
#define ARGUMENT_INOUT(i, type, name)          {KIND_INOUT, #type, #name, NULL}
#define ARGUMENT_RESULT(i, type, name)         {KIND_RESULT, #type, #name, NULL}

#define ROW(the_number, the_name, is_served, the_summary, the_errors, ...)                         \
    {.name = #the_name, .served = is_served, .number = (the_number), .summary = the_summary,       \
     .errors = #the_errors, .arguments = {J6_LIST(ARGUMENT __VA_OPT__(, ) __VA_ARGS__)}},
#define J6_CALL(number, name, summary, errors, ...) ROW(number, name, true, summary, errors, __VA_ARGS__)
#define J6_LATER(number, name, summary, errors, ...) ROW(number, name, false, summary, errors, __VA_ARGS__)
#define J6_OP(the_call, value, the_name, the_rights, the_errors)                                   \
    {.name = #value, .is_op = true, .number = (value), .call = #the_call, .rights = #the_rights,   \
     .errors = #the_errors},
/* clang-format on */

static const struct row rows[] = {
#include <j6/syscalls.def>
};

enum { ROWS = sizeof(rows) / sizeof(rows[0]) };

static const char *const known_errors[] = {
    "closed",     "destroyed", "exists",     "would_block",  "timed_out",   "futex_changed",
    "cancelled",  "nyi",       "unexpected", "invalid_arg",  "not_ready",   "insufficient",
    "denied",     "collision", "no_memory",  "quota",        "bad_address", "bad_handle",
    "wrong_type", "bad_state", "not_found",  "out_of_range",
};

static void fail(const char *what, const char *name)
{
    fprintf(stderr, "syscalls.def: %s: %s\n", what, name);
    exit(1);
}

/* Calls visit(word, len) for each name in "(a, b)". */
static void each_word(const char *list, void (*visit)(const char *word, size_t len))
{
    for (const char *at = list; *at != '\0';) {
        size_t len = strcspn(at, "(), ");
        if (len != 0) {
            visit(at, len);
        }
        at += len + (at[len] != '\0');
    }
}

static void check_error(const char *word, size_t len)
{
    for (size_t i = 0; i < sizeof(known_errors) / sizeof(known_errors[0]); i++) {
        if (strlen(known_errors[i]) == len && memcmp(known_errors[i], word, len) == 0) {
            return;
        }
    }
    fail("no status of that name", word);
}

static void check_rows(void)
{
    for (size_t i = 0; i < ROWS; i++) {
        each_word(rows[i].errors, check_error);
        for (size_t j = 0; j < i; j++) {
            if (!rows[i].is_op && !rows[j].is_op && rows[i].number == rows[j].number) {
                fail("a number stands twice", rows[i].name);
            }
        }
    }
}

static void print_error(const char *word, size_t len)
{
    printf(" `%.*s`", (int)len, word);
}

/* "0", or "j6_right_a | j6_right_b" as names without their prefix. */
static void print_right(const char *word, size_t len)
{
    const char *prefix = "j6_right_";
    if (len > strlen(prefix) && memcmp(word, prefix, strlen(prefix)) == 0) {
        printf(" `%.*s`", (int)(len - strlen(prefix)), word + strlen(prefix));
    }
}

static void print_rights(const char *rights)
{
    if (strcmp(rights, "0") == 0) {
        printf(" none");
    } else {
        each_word(rights, print_right);
    }
}

static void print_parameter(const struct argument *argument)
{
    switch (argument->kind) {
    case KIND_HANDLE: printf("j6_handle_t %s", argument->name); break;
    case KIND_VALUE:
    case KIND_OP: printf("%s %s", argument->type, argument->name); break;
    case KIND_IN: printf("const %s *%s", argument->type, argument->name); break;
    default: printf("%s *%s", argument->type, argument->name); break;
    }
}

static void print_stub(const struct row *row)
{
    printf("```c\nj6_status_t j6_%s(", row->name);
    for (size_t i = 0; i < ARGS_MAX && row->arguments[i].kind != 0; i++) {
        printf("%s", i > 0 ? ", " : "");
        print_parameter(&row->arguments[i]);
    }
    printf("%s);\n```\n", row->arguments[0].kind == 0 ? "void" : "");
}

static void print_argument(const struct argument *argument, const char *reg)
{
    static const char *const texts[] = {
        [KIND_VALUE] = "a number",
        [KIND_OP] = "selects a sub-operation",
        [KIND_IN] = "read",
        [KIND_OUT] = "written",
        [KIND_INOUT] = "read, then written",
        [KIND_RESULT] = "comes back in rdx; the stub stores it, and takes NULL too",
    };
    printf("| %s | `%s` | ", argument->kind == KIND_RESULT ? "" : reg, argument->name);
    if (argument->kind == KIND_HANDLE) {
        printf("handle, %s; rights:",
               strcmp(argument->type, "any") == 0 ? "any type" : argument->type);
        print_rights(argument->rights);
    } else {
        printf("%s", texts[argument->kind]);
    }
    printf(" |\n");
}

static void print_call(const struct row *row)
{
    static const char *const registers[ARGS_MAX] = {"rdi", "rsi", "rdx", "r10", "r8", "r9"};
    printf("\n### %s\n\n%s%s\n\n", row->name, row->summary,
           row->served ? "" : " **Not served yet: answers `nyi`.**");
    print_stub(row);
    if (row->arguments[0].kind != 0) {
        printf("\n| register | argument | |\n|---|---|---|\n");
    }
    for (size_t i = 0; i < ARGS_MAX && row->arguments[i].kind != 0; i++) {
        print_argument(&row->arguments[i], registers[i]);
    }
    printf("\nErrors of its own:");
    each_word(row->errors, print_error);
    printf("%s\n", strcmp(row->errors, "()") == 0 ? " none" : "");
}

static void print_op(const struct row *row, bool first)
{
    if (first) {
        printf("\n| sub-operation | value | rights that the first handle needs besides | errors |\n"
               "|---|---|---|---|\n");
    }
    printf("| `%s` | %lu |", row->name, row->number);
    print_rights(row->rights);
    printf(" |");
    each_word(row->errors, print_error);
    printf(" |\n");
}

static void print_list(void)
{
    printf("| number | call | what it does |\n|---|---|---|\n");
    for (size_t i = 0; i < ROWS; i++) {
        if (!rows[i].is_op) {
            printf("| 0x%02lx | [%s](#%s) | %s%s |\n", rows[i].number, rows[i].name, rows[i].name,
                   rows[i].summary, rows[i].served ? "" : " *(later)*");
        }
    }
}

static void print_head(void)
{
    printf(
        "<!-- Generated from include/j6/syscalls.def by docs/syscalls.c. -->\n"
        "# System calls\n\n"
        "The instruction is `syscall`. rax holds %#x + number, the arguments are in rdi, rsi, rdx,\n"
        "r10, r8, r9. The status comes back in rax; rcx and r11 are lost, all other registers keep\n"
        "their values unless a call says otherwise. Programs use the stubs of `<j6/j6.h>`.\n\n"
        "A call checks its handles first, all of them: `bad_handle` (of any), then `wrong_type`, then\n"
        "`denied` (a right is missing; the ranges of a system object don't hold what the call\n"
        "touches). These, `bad_address` for a pointer and `invalid_arg` for an\n"
        "unknown sub-operation aren't repeated below. A number that no call has, or a call that isn't\n"
        "served yet, is `nyi`; numbers from %#x on and below %#x go to the thread's foreign entry, if it\n"
        "has one. What the statuses mean: `include/j6/status.h`.\n\n",
        J6_CALL_BASE, J6_CALL_BASE + J6_CALL_COUNT, J6_CALL_BASE);
}

int main(void)
{
    check_rows();
    print_head();
    print_list();
    for (size_t i = 0; i < ROWS; i++) {
        if (rows[i].is_op) {
            print_op(&rows[i], !rows[i - 1].is_op);
        } else {
            print_call(&rows[i]);
        }
    }
    return fflush(stdout) == 0 && !ferror(stdout) ? 0 : 1;
}

/* SPDX-License-Identifier: MIT */
/*
 * Checks what a process finds on its stack at the start; used by the test program, which the kernel
 * started, and by the victim, which libj6 started.
 */
#pragma once
#include "lib/auxv.h"
#include "lib/elf_format.h"
#include "lib/string.h"
#include <j6/j6.h>

extern const char __ehdr_start[] __attribute__((visibility("hidden")));

/* The value of an entry of the auxiliary vector; `missing` when there is none. */
static uint64_t auxv_value(char **envp, uint64_t kind, uint64_t missing)
{
    while (*envp) {
        envp++;
    }
    for (const uint64_t *pair = (const uint64_t *)(envp + 1); pair[0] != AT_NULL; pair += 2) {
        if (pair[0] == kind) {
            return pair[1];
        }
    }
    return missing;
}

static bool check_self_row(const struct j6_start_handle *row, const char *role, j6_handle_t handle)
{
    return row->kind == j6_start_self && row->type == j6_handle_type(handle) &&
           string_equal(row->role, role) && row->handle == handle;
}

static bool check_random(const uint8_t *random)
{
    uint8_t any = 0;
    for (int i = 0; i < 16; i++) {
        any |= random[i];
    }
    return any != 0;
}

/* NULL when all is right, else what isn't. */
static const char *start_check(int argc, char **argv, char **envp)
{
    const struct elf_file_header *file = (const struct elf_file_header *)__ehdr_start;
    size_t count;
    const struct j6_start_handle *rows = j6_start_rows(&count);
    const struct {
        const char *name;
        bool right;
    } checks[] = {
        {"rsp is a multiple of 16", (uint64_t)(argv - 1) % 16 == 0},
        {"argv ends in NULL, envp follows", argv[argc] == NULL && envp == argv + argc + 1},
        {"AT_PHDR", auxv_value(envp, AT_PHDR, 0) == (uint64_t)__ehdr_start + file->phoff},
        {"AT_PHENT", auxv_value(envp, AT_PHENT, 0) == file->phentsize},
        {"AT_PHNUM", auxv_value(envp, AT_PHNUM, 0) == file->phnum},
        {"AT_PAGESZ", auxv_value(envp, AT_PAGESZ, 0) == j6_page_size},
        {"AT_ENTRY", auxv_value(envp, AT_ENTRY, 0) == (uint64_t)__ehdr_start + file->entry},
        {"AT_RANDOM", check_random((const uint8_t *)auxv_value(envp, AT_RANDOM, (uint64_t)argv))},
        {"AT_EXECFN", auxv_value(envp, AT_EXECFN, 0) != 0},
        {"AT_SECURE", auxv_value(envp, AT_SECURE, 1) == 0},
        {"no foreign vDSO", auxv_value(envp, 32, 0) == 0 && auxv_value(envp, 33, 0) == 0},
        {"J6_AT_HANDLES", auxv_value(envp, J6_AT_HANDLES, 0) == (uint64_t)rows},
        {"J6_AT_SYSINFO", auxv_value(envp, J6_AT_SYSINFO, 0) == (uint64_t)j6_clock_page()},
        {"J6_AT_HANDLE_COUNT", auxv_value(envp, J6_AT_HANDLE_COUNT, 0) == count},
        {"row process", count >= 2 && check_self_row(&rows[0], "process", j6_handle_self_process)},
        {"row thread", count >= 2 && check_self_row(&rows[1], "thread", j6_handle_self_thread)},
    };
    for (size_t i = 0; i < sizeof(checks) / sizeof(checks[0]); i++) {
        if (!checks[i].right) {
            return checks[i].name;
        }
    }
    return NULL;
}

/* SPDX-License-Identifier: MIT */
/*
 * Prints the table of Linux's system calls that are served, in Markdown, out of userland/linux/calls.def:
 * `make docs` writes it to build/docs/linux_calls.md. Fails if a call stands there twice.
 */
#include <asm/unistd_64.h>
#include <stdio.h>
#include <stdlib.h>

static const struct row {
    unsigned number;
    const char *name;
    const char *how_far;
} rows[] = {
#define LINUX_CALL(name, arguments, how_far) {__NR_##name, #name, how_far},
#include "userland/linux/calls.def"
#undef LINUX_CALL
};

enum { ROWS = sizeof(rows) / sizeof(rows[0]) };

static void check_rows(void)
{
    for (int i = 0; i < ROWS; i++) {
        for (int j = 0; j < i; j++) {
            if (rows[i].number == rows[j].number) {
                fprintf(stderr, "calls.def: a call stands twice: %s\n", rows[i].name);
                exit(1);
            }
        }
    }
}

int main(void)
{
    check_rows();
    printf(
        "<!-- Generated from userland/linux/calls.def by docs/linux_calls.c. -->\n"
        "# Linux's system calls that are served\n\n"
        "%d calls, in the order of what they are about. *Likewise* refers to the row above. Every other "
        "call\nis answered by `ENOSYS`, and noted in the log once. What holds for all of them: "
        "docs/c-library.md.\n\n"
        "| number | call | how far |\n|---|---|---|\n",
        ROWS);
    for (int i = 0; i < ROWS; i++) {
        printf("| %u | `%s` | %s |\n", rows[i].number, rows[i].name, rows[i].how_far);
    }
    return fflush(stdout) == 0 && !ferror(stdout) ? 0 : 1;
}

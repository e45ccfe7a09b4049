/* SPDX-License-Identifier: MIT */
/*
 * pingpong [fpu] WAY: one side of a round trip (pingpong.h). `fpu`: it uses the floating-point unit before
 * that. The endpoints have the roles `theirs` and `mine`.
 */
#include "userland/test/pingpong/pingpong.h"
#include "lib/string.h"

static const struct {
    const char *name;
    int64_t (*go)(j6_handle_t theirs, j6_handle_t mine);
} ways[] = {
    {"serve_words", serve_words},
    {"serve_messages", serve_messages},
    {"serve_notices", serve_notices},
    {"serve_interrupts", serve_interrupts},
    {"ipc_call_0w", call_0w},
    {"ipc_call_4w", call_4w},
    {"ipc_call_deadline", call_deadline},
    {"ipc_call_64b", call_64b},
    {"ipc_call_512b", call_512b},
    {"ipc_call_4k", call_4k},
    {"ipc_call_64k", call_64k},
    {"ipc_call_handle", call_handle},
    {"call_for_ever", call_for_ever},
    {"notify_pingpong", notify_pingpong},
};

int main(int argc, char **argv)
{
    const char *way = argv[argc - 1];
    if (argc == 3 && strcmp(argv[1], "fpu") == 0) {
        __asm__ volatile("pxor %xmm0, %xmm0"); /* the compiler doesn't use it */
    }
    for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
        if (strcmp(way, ways[i].name) == 0) {
            return (int)ways[i].go(j6_find("theirs"), j6_find("mine"));
        }
    }
    return -1;
}

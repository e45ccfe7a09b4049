/* SPDX-License-Identifier: MIT */
/*
 * A small program to start others with: greets whoever its argument names, on its `stdout` if it has one and on the
 * page with the role `page` where there is one, else in the log. There it also shows what it was given.
 */
#include "lib/format.h"
#include <j6/j6.h>

int main(int argc, char **argv)
{
    const char *name = argc > 1 ? argv[1] : "world";
    j6_handle_t out = j6_find("stdout");
    if (out != j6_handle_none) {
        j6_channel_printf(out, "hello, %s\n", name);
    } else {
        j6_print_rows("hello");
    }
    j6_handle_t page = j6_find("page");
    if (page == j6_handle_none) {
        return out != j6_handle_none || j6_printf("hello, %s", name) == j6_status_ok ? 0 : 1;
    }
    uint64_t address = 0;
    j6_status_t status = j6_vma_map(page, j6_handle_self_process, &address, 0, j6_page_size,
                                    j6_map_read | j6_map_write);
    if (status != j6_status_ok) {
        j6_printf("hello: page: %s", j6_status_text(status));
        return 1;
    }
    format((char *)address, j6_page_size, "hello, %s", name);
    return 0;
}

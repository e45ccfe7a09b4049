/* SPDX-License-Identifier: MIT */
/*
 * A program from outside of the tree, built by the SDK's j6-cc alone. It is on the image twice: as
 * init, which starts the module `outside` and prints what became of it, and as that module.
 */
#include <j6/j6.h>

static int run_child(void)
{
    j6_handle_t process = 0;
    struct j6_end_info end = {0};
    j6_status_t status = j6_spawn(j6_find_module("outside"), "outside", NULL, NULL, NULL, 0, &process);
    if (status == j6_status_ok) {
        status = j6_wait_end(process, &end);
    }
    j6_printf("outside: the module ended with %lld, %s", (long long)end.code,
              j6_status_text(status));
    return status == j6_status_ok && end.code == 7 ? 0 : 1;
}

int main(void)
{
    if (j6_find("boot") == 0) {
        j6_printf("outside: hello from a module");
        return 7;
    }
    j6_printf("outside: hello from init");
    return run_child();
}

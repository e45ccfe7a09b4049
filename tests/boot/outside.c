/* SPDX-License-Identifier: MIT */
/*
 * A program from outside of the tree, built by the SDK's j6-cc alone. It is on the image twice: as
 * init, which starts the program `outside` of the boot archive, prints what became of it and turns the
 * machine off, and as that program.
 */
#include <j6/archive.h>
#include <j6/j6.h>

/* How a machine shall end after this: an orderly power-off tells the runner that all went well. */
static int end_machine(bool well)
{
    j6_printf("outside: %s", well ? "all is well" : "failed");
    j6_status_t status = j6_system_power(j6_find("system"), well ? j6_power_off : j6_power_halt, 0);
    j6_printf("outside: still there: %s", j6_status_text(status));
    return 1;
}

static int run_child(void)
{
    j6_handle_t elf = 0;
    j6_handle_t process = 0;
    struct j6_end_info end = {0};
    j6_status_t status = j6_boot_file("bin/outside", &elf);
    if (status == j6_status_ok) {
        status = j6_spawn(elf, "outside", NULL, NULL, NULL, 0, &process);
    }
    if (status == j6_status_ok) {
        status = j6_wait_end(process, &end);
    }
    j6_printf("outside: the program ended with %lld, %s", (long long)end.code,
              j6_status_text(status));
    return end_machine(status == j6_status_ok && end.code == 7);
}

int main(void)
{
    if (j6_find("boot") == 0) {
        j6_printf("outside: hello from the archive");
        return 7;
    }
    j6_printf("outside: hello from init");
    return run_child();
}

/* SPDX-License-Identifier: MIT */
/* Runs on the test image in init's place, and ends the machine with the verdict. */
#include "userland/test/main/console_shell.h"
#include "userland/test/main/ending.h"
#include "userland/test/main/failures.h"
#include "userland/test/main/linux.h"
#include "userland/test/main/test.h"
#include "userland/test/main/util.h"
#include "userland/test/start_check.h"

/* What the kernel put on the stack: looked at in main alone, judged by a test. */
static const char *start_found;

SAMPLE_TEST(init_starts_with_the_stack_that_the_system_v_abi_describes)
{
    test_expect(start_found == NULL, start_found, TEST_HERE);
}

int main(int argc, char **argv, char **envp)
{
    start_found = start_check(argc, argv, envp);
    j6_boot_info(); /* mapped once, before anything is counted */
    linux_layer_load();
    int code;
    if (ending_take(&code)) {
        return code;
    }
    int64_t failures = j6_boot_word("terminal") ? console_shell_run() : test_run_all();
    failures_report();
    ending_leave_memory();
    j6_status_t status = j6_system_power(system_handle(), j6_power_verdict, failures);
    j6_printf("tests: no verdict: %s", j6_status_text(status));
    return 1;
}

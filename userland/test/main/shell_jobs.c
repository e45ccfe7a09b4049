/* SPDX-License-Identifier: MIT */
/* Jobs of the shell: in the background, ended by kill, by Ctrl-C, or with the shell; and that nothing stays of them. */
#include "userland/test/main/shell.h"
#include "userland/test/main/channel.h"
#include "userland/test/main/look.h"

#define NO_SLEEP "ps | grep -c ' sleep$'; true"

SCRIPT_TEST(jobs_run_in_the_background_and_are_waited_for,
            {"until [ -e /tmp/go ]; do sleep 0.01; done & jobs; : > /tmp/go; wait; jobs", 0,
             "[1] runs  until [ -e /tmp/go ]; do sleep 0.01; done\n"},
            {"(exit 6) & wait 1; echo $?", 0, "6\n"},
            {"{ echo in; } & wait; echo out", 0, "in\nout\n"},
            {"(exit 3) & a=$!; (exit 4) & wait $! $a; echo $?; wait 77; echo $?", 0,
             "3\nsh: wait: 77: there is no such job\n127\n"},
            {"sleep 100 & fg x", 1, "sh: fg: x: there is no such job\n"},
            {"exit 9 & fg; echo $?", 0, "exit 9\n9\n"})

SCRIPT_TEST(kill_ends_jobs_and_what_they_have_started,
            {"sleep 100 & kill $!; wait 1; echo $?", 0, "143\n"},
            {"sleep 100 & kill %1; wait; echo on", 0, "on\n"},
            {"{ sleep 100; echo no; } & kill %1; wait %1; echo $?; " NO_SLEEP, 0, "143\n0\n"},
            {"true | (sleep 100) & kill $!; wait; " NO_SLEEP, 0, "0\n"},
            {"sleep 100 | sleep 100 & kill %1; wait %1; echo $?; " NO_SLEEP, 0, "143\n0\n"},
            {"sleep 100 & kill $!; kill $! 2> /tmp/e; echo $?; grep -c 'has ended' /tmp/e", 0,
             "1\n1\n"},
            {"sleep 100 & sleep 100 & x=$!; kill %1; [ $x = $! ] && sleep 100 & jobs", 0,
             "[1] has ended  sleep 100\n[2] runs  sleep 100\n[3] runs  [ $x = $! ] && sleep 100\n"},
            {"kill 1", 1, "sh: kill: 1: neither this shell nor init has started that\n"},
            {"kill x %2", 1, "sh: usage: kill PID|%JOB...\nsh: kill: %2: there is no such job\n"})

SCRIPT_TEST(jobs_end_with_their_shell, {"sleep 100 & exit 2", 2, ""},
            {"{ sleep 100; } & { sleep 100; } & sleep 100 | cat & exit 3", 3, ""},
            {NO_SLEEP, 0, "0\n"})

/* What is typed while something runs. */
static void expect_interrupted(struct shell_test *shell, const char *script)
{
    const char *const arguments[] = {"-c", script, NULL};
    char byte;
    uint64_t len = 1;
    j6_handle_t in = channel_new();
    shell->in = narrowed(in, J6_RIGHT(40) | J6_RIGHT(41) | RECEIVE | j6_right_wait);
    shell->interrupt = event_new();
    shell_start(shell, arguments);
    expect_ok(j6_channel_receive(shell->out, &len, &byte, now() + PATIENCE));
    expect_ok(j6_object_signal(shell->interrupt, 0, J6_SIGNAL(48)));
    shell_finish(shell);
    test_expect(shell->status == 130, script, TEST_HERE);
    expect_ok(j6_handle_close(shell->interrupt));
    expect_ok(j6_handle_close(in));
    shell->interrupt = 0;
}

SYSTEM_TEST(ctrl_c_ends_what_runs_and_what_that_has_started)
{
    struct shell_test *shell = shell_begin();
    expect_interrupted(shell, "echo x; sleep 1000");
    expect_interrupted(shell, "echo x; while true; do :; done");
    expect_interrupted(shell, "(echo x; (sleep 1000))");
    expect_interrupted(shell, "echo x; sleep 1000 | cat");
    expect_interrupted(shell, "echo x; y=$(sleep 1000); echo $y");
    expect_interrupted(shell, "echo x; echo y > $(sleep 1000)");
    expect_interrupted(shell, "echo x; read y; echo no");
    expect_interrupted(shell, "echo x; (read y; echo no) | cat");
    expect_interrupted(shell, "echo x; sleep 1000 & wait; echo no");
    shell_expect(shell, NO_SLEEP, 0, "0\n");
    shell_end(shell);
}

/* Runs commands; gives how many handles the shell has when it waits for more. */
static uint64_t handles_after(const struct shell_test *shell, j6_handle_t keyboard,
                              const char *commands)
{
    shell_type(shell, keyboard, commands, "done\n");
    threads_block(shell->process, 1, j6_wait_object);
    return process_row(koid_of(shell->process)).handles;
}

/* Each round does once whatever the shell holds handles for. */
SYSTEM_TEST(a_shell_keeps_nothing_of_the_commands_that_it_has_run)
{
    struct shell_test *shell = shell_begin();
    j6_handle_t keyboard = shell_start_typed(shell);
    send_text(keyboard,
              "round='ls / > /tmp/x; (true); x=$(echo a); echo a | cat > /tmp/x; cd /tmp; "
              "nothing 2> /tmp/x; nothing | cat 2> /tmp/x; read y < /tmp/x; sleep 0 & wait; "
              "cat < /none; echo > /none/x; { echo a; } > /tmp/x 2>&1; . /tmp/x'\n"
              "echo \"$round\" > /tmp/r\n");
    uint64_t handles = handles_after(shell, keyboard, ". /tmp/r 2> /tmp/e; echo done\n");
    expect_equal(
        handles,
        handles_after(shell, keyboard, "for i in 1 2 3; do . /tmp/r 2> /tmp/e; done; echo done\n"));
    expect_ok(j6_handle_close(keyboard));
    shell_finish(shell);
    shell_end(shell);
}

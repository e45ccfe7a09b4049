/* SPDX-License-Identifier: MIT */
/* The language of the shell, as somebody uses it: scripts, and what they print. */
#include "userland/test/main/shell.h"
#include "lib/string.h"
#include "userland/test/main/channel.h"

SCRIPT_TEST(commands_run_one_after_the_other_or_as_the_last_one_ended,
            {"echo a; echo b", 0, "a\nb\n"}, {"true && echo yes || echo no", 0, "yes\n"},
            {"false && echo yes || echo no", 0, "no\n"}, {"! false", 0, ""}, {"! true", 1, ""},
            {"exit 7", 7, ""}, {"false; echo $?; true; echo $?", 0, "1\n0\n"},
            {"nothing_like_that", 127,
             "sh: nothing_like_that: there is no such command (try `help`)\n"},
            {"/etc/motd", 126, "sh: /etc/motd: that isn't a program\n"})

SCRIPT_TEST(variables_quotes_and_sums_are_expanded,
            {"a='x  y'; echo $a \"$a\" '$a' ${b:-none} ${#a}", 0, "x y x  y $a none 4\n"},
            {"i=0; while [ $i -lt 3 ]; do i=$((i + 1)); echo -n $i; done", 0, "123"},
            {"X=1 sh -c 'echo $X'; echo \"[$X]\"", 0, "1\n[]\n"},
            {"export Y=2; Z=3; sh -c 'echo $Y$Z'; (echo $Z; sh -c 'echo $Y$Z')", 0, "2\n3\n2\n"},
            {"echo a | read v; echo \"[$v]\"", 0, "[]\n"},
            {"echo \\$HOME \"\\\"\"", 0, "$HOME \"\n"},
            {"echo $((1 / 0)); echo on", 0, "sh: that can't be computed: '1 / 0'\non\n"})

SCRIPT_TEST(loops_and_conditions_run_what_they_hold,
            {"for x in 1 2 3; do if [ $x = 2 ]; then continue; fi; echo $x; done", 0, "1\n3\n"},
            {"for x in a b; do for y in c d; do echo $x$y; break 2; done; done", 0, "ac\n"},
            {"until [ \"$n\" = xx ]; do n=x$n; done; echo $n", 0, "xx\n"},
            {"if false; then echo 1; elif true; then echo 2; else echo 3; fi", 0, "2\n"},
            {"if false; then echo 1; fi", 0, ""}, {"{ echo a; exit 4; echo b; }", 4, "a\n"},
            {"(a=1; exit 5); echo $? [$a]", 0, "5 []\n"})

SCRIPT_TEST(pipes_carry_what_one_writes_to_what_another_reads, {"echo one two | wc -w", 0, "2\n"},
            {"ls /bin | grep -c '^sh$'", 0, "1\n"},
            {"for i in 3 1 2; do echo $i; done | sort | head -n 2", 0, "1\n2\n"},
            {"echo a | while read x; do echo got $x; done", 0, "got a\n"},
            {"false | true; echo $?; true | false; echo $?", 0, "0\n1\n"},
            {"nothing_here | cat; echo on", 0,
             "sh: nothing_here: there is no such command (try `help`)\non\n"},
            {"while true; do echo y; done | head -n 1", 0, "y\n"})

SCRIPT_TEST(what_a_command_prints_becomes_words, {"echo $(echo a; echo b)", 0, "a b\n"},
            {"echo \"$(echo a; echo b)\"", 0, "a\nb\n"}, {"x=$(false); echo $?", 0, "1\n"},
            {"echo $(echo $(echo deep))", 0, "deep\n"})

SCRIPT_TEST(input_and_output_go_to_files,
            {"echo one > /tmp/f; echo two >> /tmp/f; cat < /tmp/f", 0, "one\ntwo\n"},
            {"nothing 2> /tmp/e; cat /tmp/e", 0,
             "sh: nothing: there is no such command (try `help`)\n"},
            {"{ echo a; ls /none; } > /tmp/f 2>&1; wc -l < /tmp/f", 0, "2\n"},
            {"for i in 1 2; do echo $i; done > /tmp/g; while read x; do echo -$x; done < /tmp/g", 0,
             "-1\n-2\n"},
            {"cat < /none", 1, "sh: /none: there is no such file or directory\n"},
            {"echo x > /bin", 1, "sh: /bin: that is a directory\n"},
            {"cd /tmp; echo 1 > p; (cd /; pwd); pwd; cat p", 0, "/\n/tmp\n1\n"})

SCRIPT_TEST(a_command_starts_in_no_other_directory_if_that_of_the_shell_was_removed,
            {"mkdir /tmp/d; cd /tmp/d; rm -r ../d; ls; echo $?; cd ..; ls; pwd", 0,
             "sh: /tmp/d: there is no such file or directory\n126\n/tmp\n"})

SCRIPT_TEST(names_of_files_are_found_by_patterns,
            {"cd /tmp; mkdir d; : > d/b.c; : > d/a.c; : > d/x; echo d/*.c *.none", 0,
             "d/a.c d/b.c *.none\n"},
            {"echo /e?c/m[n-p]td '*'", 0, "/etc/motd *\n"})

SCRIPT_TEST(what_is_no_command_is_named_and_the_rest_runs,
            {"echo a; )\necho b", 0, "sh: sh: line 1: not expected here: ')'\nb\n"},
            {"echo a >\necho b", 0, "sh: sh: line 1: a file is missing at the end\nb\n"},
            {"fi", 2, "sh: sh: line 1: a command is missing before: 'fi'\n"},
            {"echo 'open", 2, "sh: sh: line 1: the end of the command is missing\n"},
            {"cd /nowhere; pwd", 0, "sh: cd: /nowhere: there is no such file or directory\n/\n"},
            {"[ 1 -eq x ]", 2,
             "sh: test: x: that isn't a number\nsh: test: that isn't an expression\n"},
            {"break x", 2, "sh: usage: break [LOOPS]\n"})

SCRIPT_TEST(
    scripts_have_arguments_and_read_others,
    {"echo 'echo $0 $# $2; shift; echo \"$@\"; exit 3' > /tmp/s; sh /tmp/s a 'b c'; echo $?", 0,
     "/tmp/s 2 b c\nb c\n3\n"},
    {"echo 'x=5' > /tmp/s; . /tmp/s; echo $x", 0, "5\n"},
    {"echo '. /tmp/s' > /tmp/s; . /tmp/s", 1, "sh: /tmp/s: too many files read each other\n"},
    {"sh /none", 127, "sh: /none: there is no such file or directory\n"},
    {"sh -x", 2, "sh: usage: sh [FILE [ARGUMENT...] | -c TEXT [NAME [ARGUMENT...]] | -i]\n"})

/* In loops, and not deeper and deeper. */
#define TWICE(n) "for i in " n "; do x=$x$x; done; "

SCRIPT_TEST(a_script_may_be_long_and_its_nesting_has_an_end,
            {"x=':; '; " TWICE("1 2 3 4 5 6 7 8 9 10 11") "sh -c \"$x echo on\"", 0, "on\n"},
            {"x='true && '; " TWICE("1 2 3 4 5 6 7 8 9 10") "sh -c \"$x echo on\"", 0, "on\n"},
            {"x='elif false; then :; '; " TWICE(
                 "1 2 3 4 5 6 7 8 9") "sh -c \"if false; then :; $x fi; echo on\"",
             0, "on\n"},
            {"x='a=1 '; " TWICE("1 2 3 4 5 6 7 8 9 10") "sh -c \"$x echo on\"", 0, "on\n"},
            {"x='a/'; " TWICE("1 2 3 4 5 6 7 8 9 10 11 12 13") "sh -c \"echo /b*/$x | wc -c\"", 0,
             "16389\n"},
            {"x='( '; " TWICE("1 2 3 4 5 6 7") "sh -c \"$x\"", 2,
             "sh: sh: line 1: too deep: '('\n"},
            {"x='{ '; " TWICE("1 2 3 4 5 6 7") "sh -c \"$x\"", 2,
             "sh: sh: line 1: too deep: '{'\n"},
            {"x='$('; " TWICE("1 2 3 4 5 6 7") "sh -c \"$x\"", 2,
             "sh: sh: line 1: the end of the command is missing\n"},
            {"x='a|'; " TWICE("1 2 3 4 5") "sh -c \"$x cat\"", 1,
             "sh: that is too long a pipeline: 32 commands at most\n"})

SYSTEM_TEST(commands_come_from_the_input_which_they_read_on)
{
    struct shell_test *shell = shell_begin();
    static const char *const arguments[] = {NULL};
    shell_input(shell, "echo begin; read x\nline\necho $x\nif true\nthen echo if\nfi\nhead -n 1\n"
                       "not a command\necho end");
    shell_start(shell, arguments);
    shell_finish(shell);
    expect_equal(0, shell->status);
    expect(strcmp(shell->text, "begin\nline\nif\nnot a command\nend\n") == 0);
    shell_end(shell);
}

SYSTEM_TEST(a_person_edits_completes_and_repeats_commands)
{
    struct shell_test *shell = shell_begin();
    static const char *const arguments[] = {"-i", NULL};
    /* Completes `/et`; goes up in the history; an unfinished command goes on; the end. */
    shell_input(shell,
                "cd /et\t\rpwd\recho b\033[D\033[Da\r\033[A\033[A\rif true\rthen echo deep\rfi\r"
                "exit 3\r");
    shell_start(shell, arguments);
    shell_finish(shell);
    expect_equal(3, shell->status);
    static const char *const wanted[] = {"cd /etc/", "\r\n/etc\n", "\r\ndeep\n"};
    for (size_t i = 0; i < 3; i++) {
        const char *at = shell->text;
        while (*at != '\0' && strncmp(at, wanted[i], strlen(wanted[i])) != 0) {
            at++;
        }
        test_expect(*at != '\0', wanted[i], TEST_HERE);
    }
    shell_end(shell);
}

SYSTEM_TEST(a_shell_without_files_says_so_and_goes_on)
{
    struct shell_test *shell = shell_begin();
    j6_handle_t files = shell->files;
    shell->files = 0;
    shell_expect(shell, "ls; cat < x; cd /; echo *", 0,
                 "sh: ls: there is no such command (try `help`)\nsh: x: there are no files\n"
                 "sh: cd: /: there are no files\n*\n");
    shell->files = files;
    shell_end(shell);
}

/* SPDX-License-Identifier: MIT */
/* The commands (userland/bin/commands), each with what it shows and what it refuses. */
#include "userland/test/main/shell.h"
#include "lib/string.h"
#include "userland/test/main/look.h"
#include <proto/services.h>

SCRIPT_TEST(commands_about_files_do_what_they_say,
            {"cd /tmp; mkdir -p a/b; echo x > a/b/f; cp -r a c; find c; ls a c/b", 0,
             "c\nc/b\nc/b/f\na:\nb/\nc/b:\nf\n"},
            {"cd /tmp; mv c/b/f g; cat g; ls c/b; rm -r a c; ls", 0, "x\ng\n"},
            {"cd /tmp; mkdir d; cp g d; mv g d/h; ls d; find d -name 'h*' -type f", 0,
             "g\nh\nd/h\n"},
            {"cat /none", 1, "cat: /none: No such file or directory\n"},
            {"ls /none", 1, "ls: /none: No such file or directory\n"},
            {"cp /tmp /x", 1, "cp: /tmp is a directory, which -r copies\n"},
            {"cp -r /tmp /tmp/in", 1, "cp: /tmp would be within itself\n"},
            {"cp /etc/motd /etc/motd", 1, "cp: /etc/motd and /etc/motd are the same file\n"},
            {"cd /tmp; mkdir -p k/in; cp -r . k/in", 1, "cp: . would be within itself\n"},
            {"cd /tmp; cp -r k/ k/in; cp -r k k/in/../in2; rm -r k/", 0,
             "cp: k would be within itself\ncp: k would be within itself\n"},
            {"cd /tmp; mkdir e; echo v > e/f; mkdir u; cp -r /tmp/e/ u; cat u/e/f; mv e/f e/f; "
             "cat e/f; rm -r e u",
             0, "v\nv\n"},
            {"rm -r / .. /tmp/. 2> /tmp/x; wc -l < /tmp/x; ls -a / | grep -c tmp; rm /tmp/x", 0,
             "3\n1\n"},
            {"rm -r //", 1, "rm: / stays: it is the top of the tree\n"},
            {"mv /none /tmp/x", 1, "mv: /none: No such file or directory\n"},
            {"rm /none; rm -f /none; rm /tmp", 1,
             "rm: /none: No such file or directory\nrm: /tmp is a directory, which -r removes\n"},
            {"mkdir /tmp", 1, "mkdir: /tmp: File exists\n"},
            {"find /none", 1, "find: /none: No such file or directory\n"},
            {"ls -q", 2, "usage: ls [-l] [-a] [FILE…]: lists directories\n"})

SCRIPT_TEST(
    commands_about_text_do_what_they_say,
    {"for i in 1 2 3 4; do echo l$i; done > /tmp/t; head -n 2 /tmp/t; tail -n 1 /tmp/t", 0,
     "l1\nl2\nl4\n"},
    {"wc /tmp/t; wc -c < /tmp/t", 0, "       4       4      12 /tmp/t\n12\n"},
    {"grep -n 'l[23]' /tmp/t; grep -vc 1 /tmp/t; grep -i L1 /tmp/t", 0, "2:l2\n3:l3\n3\nl1\n"},
    {"grep none /tmp/t", 1, ""}, {"grep '(' /tmp/t", 2, "grep: (: Missing ')'\n"},
    {"(echo 10; echo 9; echo 10) | sort -nu; (echo b; echo a) | sort -r", 0, "9\n10\nb\na\n"},
    {"echo 0123456789abcdefg | hexdump", 0,
     "00000000  30 31 32 33 34 35 36 37  38 39 61 62 63 64 65 66  |0123456789abcdef|\n"
     "00000010  67 0a                                             |g.|\n00000012\n"},
    {"head -n 0 /tmp/t; tail -n 0 /tmp/t; tail -n 9 /tmp/t | wc -l; head -n -1 /tmp/t", 2,
     "4\nusage: head [-n LINES] [FILE…]: shows the first lines, 10 of them\n"},
    {"(echo 1; echo 01; echo 2) | sort -nu; : > /tmp/t0; sort /tmp/t0; head /tmp/t0; wc /tmp/t0", 0,
     "01\n2\n       0       0       0 /tmp/t0\n"},
    {"cat & wait; grep x & wait; sort & wait; hexdump & wait", 0, "00000000\n"},
    {"while true; do echo x; done | grep x | head -n 1", 0, "x\n"},
    {"cat /bin/commands | head -n 1 | wc -l", 0, "1\n"},
    {"hexdump /bin/commands | head -n 1 | grep -c ELF", 0, "1\n"},
    {"head -n x", 2, "usage: head [-n LINES] [FILE…]: shows the first lines, 10 of them\n"},
    {"cat /tmp", 1, "cat: /tmp: Is a directory\n"}, {"sleep x", 2, "usage: sleep SECONDS: waits\n"})

SYSTEM_TEST(who_writes_is_told_that_there_is_no_room)
{
    struct shell_test *shell = shell_begin();
    j6_handle_t files = shell->files;
    shell->files = client_new(files, 0, 256, 256 << 10);
    shell_expect(
        shell,
        "cd /tmp; x=0123456789abcdef; for i in 1 2 3 4 5 6 7 8 9 10 11 12; do x=$x$x; done; "
        "echo $x > f; cat f f f f f > g; echo $?; : > g; "
        "while echo $x >> f; do :; done; echo $?",
        0,
        "cat: stdout: No space left on device\n1\n"
        "sh: that can't be written: there is no room\n0\n");
    expect_ok(j6_handle_close(shell->files));
    shell->files = files;
    shell_end(shell);
}

/* What --help says of each: its name, and its arguments if it has some. */
static const struct {
    const char *script, *with_arguments, *alone;
    bool has_arguments;
} explanations[] = {
#define COMMAND(name, needs, usage, summary)                                      \
    {#name " --help", #name " " usage ": " summary "\n", #name ": " summary "\n", \
     sizeof(usage) > 1},
#include "userland/bin/commands/commands.def"
#undef COMMAND
};

SYSTEM_TEST(every_command_explains_itself_in_a_line)
{
    struct shell_test *shell = shell_begin();
    for (size_t i = 0; i < sizeof(explanations) / sizeof(explanations[0]); i++) {
        shell_expect(shell, explanations[i].script, 0,
                     explanations[i].has_arguments ? explanations[i].with_arguments
                                                   : explanations[i].alone);
    }
    shell_expect(
        shell, "help ls; help cd; help nothing", 1,
        "ls [-l] [-a] [FILE…]: lists directories\nA program, which gets its streams, and the "
        "files for reading.\ncd [DIRECTORY]: goes to a directory\nA command of the shell "
        "itself.\nsh: help: nothing: nothing is known about that; a program may say more by "
        "--help\n");
    shell_expect_words(shell, "help",
                       "Programs|tree|Commands of the shell|poweroff|`help language`|");
    shell_expect_words(shell, "help all", "tree  |shows who made whom|poweroff|switches|");
    shell_expect_words(shell, "help language; help keys",
                       "a && b|in the background|done|Tab|^R|Return|");
    shell_expect_words(shell, "tour", "[1/9]|[9/9]|`help` lists all commands|");
    shell_end(shell);
}

SYSTEM_TEST(commands_look_at_the_system)
{
    struct shell_test *shell = shell_begin();
    shell_expect_words(shell, "ps", "PID|kernel|init|files|sh|ps|");
    shell_expect_words(shell, "handles $$", "HANDLE|channel|send|endpoint|system|");
    shell_expect_words(shell, "maps $$", "ADDRESS|r-x|rw-|");
    shell_expect_words(shell, "tree", "kernel|init|files|serves at endpoint|sh(|tree|");
    shell_expect_words(shell, "top -n 2 -d 0.05", "CPU|%CPU|top|CPU|");
    shell_expect_words(shell, "mem", "memory|free|objects|process|kernel's caches|");
    shell_expect_words(shell, "mem -d 0.05", "memory|free|objects|process|kernel's caches|");
    shell_expect_words(shell, "irq", "CPU|timer|");
    shell_expect_words(shell, "log | tail -n 3", "[|");
    shell_expect_words(shell, "about", "Senary|commit|CPUs|memory|");
    shell_expect_words(shell, "uptime", "up 0:|CPU|");
    shell_expect_words(shell, "bench", "does nothing|ns  a call of Linux|opening a file|");
    shell_expect_words(shell, "test", "ok     the clock runs|ok     a file keeps|");
    shell_expect_words(shell, "time true", " s|");
    shell_expect_words(shell, "clear", "\033[2J|");
    shell_expect(shell, "handles 999999", 1, "handles: there is no such process\n");
    shell_expect(shell, "maps x", 2, "usage: maps PID: lists the mappings of a process\n");
    shell_expect(
        shell, "mem -d -1", 2,
        "usage: mem [-d SECONDS]: shows what memory is used for, with -d after that time\n");
    shell_end(shell);
}

SYSTEM_TEST(a_command_gets_no_more_than_it_needs)
{
    struct shell_test *shell = shell_begin();
    /* One that only reads can't write; one by another name than that in bin gets no system object. */
    shell_expect(shell, "cp /bin/commands /tmp/ps; cd /tmp; ./ps", 1,
                 "ps: no system object was given to this program\n");
    shell_expect(shell, "cp /bin/commands /tmp/ps; cd /tmp; with system ./ps | head -n 1", 0,
                 "   PID  MAKER STATE    THREADS HANDLES   MEMORY     CPU ms  NAME\n");
    shell_expect(shell, "with nothing ps", 1,
                 "sh: with: the shell has no handle with the role nothing\n");
    shell_end(shell);
}

/* ---- services, as init would serve them ------------------------------------------------------------- */

static struct {
    char restarted[services_name_size];
    j6_koid_t killed;
    uint64_t action;
} served;

static j6_status_t serve_list(struct j6_request *request)
{
    const struct services_row row = {.row_size = sizeof(row),
                                     .state = services_state_running,
                                     .starts = 2,
                                     .deaths = 1,
                                     .name = "files"};
    memcpy(request->data, &row, sizeof(row));
    request->answer_len = sizeof(row);
    return j6_status_ok;
}

static j6_status_t serve_restart(struct j6_request *request)
{
    memcpy(served.restarted, request->data, request->len);
    return request->len == 5 ? j6_status_ok : j6_err_not_found;
}

static j6_status_t serve_kill_process(struct j6_request *request)
{
    served.killed = request->fields[0];
    return j6_status_ok;
}

static j6_status_t serve_power(struct j6_request *request)
{
    served.action = request->fields[0];
    return j6_status_ok;
}

static int64_t serve(void *endpoint)
{
    static const struct j6_method methods[] = {
        {.code = services_code_list, .max = 0, .serve = serve_list},
        {.code = services_code_restart, .max = 31, .serve = serve_restart},
        {.code = services_code_kill_process, .max = 0, .serve = serve_kill_process},
        {.code = services_code_power, .max = 0, .serve = serve_power},
    };
    const struct j6_server server = {
        .endpoint = *(j6_handle_t *)endpoint, .methods = methods, .count = 4};
    return (int64_t)j6_serve(&server);
}

SYSTEM_TEST(services_and_power_are_asked_of_init)
{
    struct shell_test *shell = shell_begin();
    struct j6_thread thread;
    expect_ok(j6_endpoint_create(j6_data_max, 1, 0, &shell->services));
    expect_ok(j6_thread_run(&thread, serve, &shell->services, 16 * PAGE));
    shell_expect_words(shell, "svc list", "SERVICE|files|running|2|1|");
    shell_expect(shell, "svc restart files; svc restart no; svc what", 2,
                 "sh: svc: no: there is no such service\n"
                 "sh: usage: svc list | restart NAME | stop NAME | kill NAME\n");
    expect(strcmp(served.restarted, "noles") == 0 || strcmp(served.restarted, "files") == 0);
    shell_expect(shell, "kill 12345", 0, "");
    expect_equal(6ull << 60 | 12345, served.killed);
    shell_expect(shell, "reboot; echo more", 0, "");
    expect_equal(j6_power_reset, served.action);
    served.action = ~0ull;
    shell_expect(shell, "echo a; poweroff; echo more", 0, "a\n");
    expect_equal(j6_power_off, served.action);
    expect_ok(j6_object_close(shell->services));
    expect_ok(j6_thread_join(&thread, NULL));
    expect_ok(j6_handle_close(shell->services));
    shell->services = 0;
    shell_expect(shell, "poweroff", 1,
                 "sh: poweroff: this shell was given no handle for that (role services)\n");
    shell_end(shell);
}

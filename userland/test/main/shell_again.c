/* SPDX-License-Identifier: MIT */
/* A shell whose file service dies finds the next one by the name service, which this test serves. */
#include "userland/test/main/shell.h"
#include "lib/string.h"
#include "userland/test/main/channel.h"
#include <proto/names.h>

static j6_status_t serve_wait(struct j6_request *request)
{
    const j6_handle_t *service = request->server->context;
    return j6_handle_duplicate(*service, names_rights, 0, &request->answer_handle);
}

struct names_service {
    j6_handle_t endpoint;
    j6_handle_t files; /* that it gives to whoever asks */
    struct j6_thread thread;
};

static int64_t serve(void *argument)
{
    static const struct j6_method methods[] = {{.code = names_code_wait, .serve = serve_wait}};
    struct names_service *names = argument;
    const struct j6_server server = {
        .endpoint = names->endpoint, .methods = methods, .count = 1, .context = &names->files};
    return (int64_t)j6_serve(&server);
}

static void end_service(struct file_service *service)
{
    expect_ok(j6_process_kill(service->process, 1));
    process_finish(service->process);
    expect_ok(j6_handle_close(service->endpoint));
}

/* A shell that reads what is typed, and can find `next` when its own file service has died. */
static j6_handle_t begin(struct shell_test **out_shell, struct file_service *next,
                         struct names_service *names)
{
    struct shell_test *shell = *out_shell = shell_begin();
    names->files = files_begin_small(next);
    expect_ok(j6_endpoint_create(64, 1, 0, &names->endpoint));
    expect_ok(j6_thread_run(&names->thread, serve, names, 16 * PAGE));
    shell->names = names->endpoint;
    return shell_start_typed(shell);
}

static void end(struct shell_test *shell, j6_handle_t in, struct file_service *next,
                struct names_service *names)
{
    expect_ok(j6_handle_close(in));
    shell_finish(shell);
    expect_equal(0, shell->status);
    expect_ok(j6_object_close(names->endpoint));
    expect_ok(j6_thread_join(&names->thread, NULL));
    expect_ok(j6_handle_close(names->endpoint));
    expect_ok(j6_handle_close(shell->files));
    files_end(next);
}

SYSTEM_TEST(a_shell_finds_the_file_service_again_when_that_has_died)
{
    struct shell_test *shell;
    struct file_service next;
    struct names_service names;
    j6_handle_t in = begin(&shell, &next, &names);
    shell_type(shell, in, "cd /etc; grep -c . motd > /tmp/x; cat /tmp/x; pwd\n", "1\n/etc\n");
    end_service(&shell->service);
    shell_type(shell, in, "cat motd > /tmp/x; wc -l < /tmp/x; pwd\n", "1\n/etc\n");
    shell_type(shell, in, "ls /tmp\n", "x\n");
    end(shell, in, &next, &names);
}

/* `go` comes when grep runs: before, the pipe is full. */
SYSTEM_TEST(a_command_whose_file_service_dies_fails_and_the_next_one_has_files)
{
    struct shell_test *shell;
    struct file_service next;
    struct names_service names;
    j6_handle_t in = begin(&shell, &next, &names);
    shell_type(shell, in,
               "{ cat /bin/commands; echo go >&2; read x; } | grep nowhere - /etc/motd\n", "go\n");
    end_service(&shell->service);
    shell_type(shell, in, "x\ncat /etc/motd | wc -l\n",
               "grep: /etc/motd: I/O error\n"
               "1\n");
    end(shell, in, &next, &names);
}

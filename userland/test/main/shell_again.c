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

SYSTEM_TEST(a_shell_finds_the_file_service_again_when_that_has_died)
{
    struct shell_test *shell = shell_begin();
    struct file_service next;
    struct names_service names = {.files = files_begin_small(&next)};
    expect_ok(j6_endpoint_create(64, 1, 0, &names.endpoint));
    expect_ok(j6_thread_run(&names.thread, serve, &names, 16 * PAGE));
    shell->names = names.endpoint;
    j6_handle_t in = shell_start_typed(shell);
    shell_type(shell, in, "cd /etc; grep -c . motd > /tmp/x; cat /tmp/x; pwd\n", "1\n/etc\n");
    end_service(&shell->service);
    shell_type(shell, in, "cat motd > /tmp/x; wc -l < /tmp/x; pwd\n", "1\n/etc\n");
    shell_type(shell, in, "ls /tmp\n", "x\n");
    expect_ok(j6_handle_close(in));
    shell_finish(shell);
    expect_equal(0, shell->status);
    expect_ok(j6_object_close(names.endpoint));
    expect_ok(j6_thread_join(&names.thread, NULL));
    expect_ok(j6_handle_close(names.endpoint));
    expect_ok(j6_handle_close(shell->files));
    files_end(&next);
}

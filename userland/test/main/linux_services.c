/* SPDX-License-Identifier: MIT */
/* Programs for Linux whose file service dies (tests/linux/musl/services.c), and what else they know of the tree. */
#include "userland/test/main/channel.h"
#include "userland/test/main/files.h"
#include "userland/test/main/linux.h"
#include "userland/test/main/services.h"

static const char manifest[] = "service files\n program bin/files\n serves files\n"
                               " endpoint 65536 1 badges\n handle archive module boot.tar\n";

static const uint64_t CLIENT_RIGHTS =
    J6_RIGHT(40) | J6_RIGHT(41) | J6_RIGHT(48); /* duplicate, transfer, send */

/* A check that says when the service shall die, and is told when it has. */
struct run {
    j6_handle_t in;
    j6_handle_t out;
    j6_handle_t process;
};

static void run_begin(struct run *run, const char *check, j6_handle_t files, j6_handle_t names)
{
    run->in = channel_new();
    run->out = channel_new();
    const struct j6_spawn_row rows[] = {{"stdin", run->in, j6_right_wait | RECEIVE},
                                        {"stdout", run->out, j6_right_wait | SEND},
                                        {"files", files, CLIENT_RIGHTS},
                                        {"names", names, CLIENT_RIGHTS}};
    run->process = linux_start("musl", check, rows, names != 0 ? 4 : 3);
}

/* False: the program has ended. */
static bool run_asks(const struct run *run)
{
    char byte;
    uint64_t len = 1;
    struct j6_wait_item items[] = {{run->out, CAN_RECEIVE, 0}, {run->process, j6_signal_closed, 0}};
    return expect_ok(j6_object_wait_many(items, 2, now() + PATIENCE)) &&
           (items[0].signals & CAN_RECEIVE) && expect_ok(try_receive(run->out, &byte, &len));
}

static void run_end(struct run *run)
{
    expect_equal(0, process_finish(run->process).code);
    expect_ok(j6_handle_close(run->in));
    expect_ok(j6_handle_close(run->out));
}

static void restart(const struct manager *manager)
{
    uint64_t starts = service_row(manager, "files").starts;
    expect_ok(services_restart(manager->endpoint, "files"));
    expect_soon(service_row(manager, "files").starts > starts);
}

SYSTEM_TEST(a_musl_program_goes_on_when_its_file_service_was_replaced)
{
    enum { CALLS = 12 };
    struct manager manager;
    struct run run;
    uint64_t asked = 0;
    manager_begin(&manager, manifest);
    j6_handle_t files = service_open(&manager, "files");
    run_begin(&run, "service_replaced", files, manager.endpoint);
    while (run_asks(&run)) {
        asked++;
        restart(&manager);
        send_text(run.in, ".");
    }
    expect_equal(CALLS, asked);
    run_end(&run);
    expect_ok(j6_handle_close(files));
    manager_end(&manager);
}

SYSTEM_TEST(calls_to_a_file_service_that_has_gone_for_good_are_eio)
{
    struct file_service service;
    struct run run;
    j6_handle_t client = client_new(files_begin(&service), 0, 64, files_no_limit);
    run_begin(&run, "service_gone", client, j6_handle_none);
    expect(run_asks(&run));
    files_end(&service);
    send_text(run.in, ".");
    run_end(&run);
    expect_ok(j6_handle_close(client));
}

SYSTEM_TEST(a_musl_program_begins_in_the_directory_that_it_was_given)
{
    static const char *const argv[] = {"musl", "directory_given", NULL};
    static const char *const environment[] = {"HOME=/", "PWD=/etc", NULL};
    struct file_service service;
    j6_handle_t process = j6_handle_none;
    j6_handle_t client = client_new(files_begin(&service), 0, 64, files_no_limit);
    j6_handle_t directory = file_open(client, "etc", files_open_read);
    const struct j6_spawn_row rows[] = {{"files", client, CLIENT_RIGHTS},
                                        {"directory", directory, CLIENT_RIGHTS}};
    expect_ok(j6_spawn(j6_find_module("musl"), "musl", argv, environment, rows, 2, &process));
    expect_equal(0, process_finish(process).code);
    expect_ok(j6_handle_close(directory));
    expect_ok(j6_handle_close(client));
    files_end(&service);
}

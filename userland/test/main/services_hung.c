/* SPDX-License-Identifier: MIT */
/* A file service that takes its time, played by the test: init asks it for others, and waits for nothing. */
#include "userland/test/main/services.h"
#include "lib/string.h"
#include <proto/files.h>

/* It answers when the test likes. */
#define PATIENT "times pause=1 answer=60000\n"

#define USER SERVE("user") " handle files files bin\n handle names names *\n"

static j6_handle_t files_begin(struct manager *manager, const char *manifest)
{
    j6_handle_t files = 0;
    expect_ok(j6_endpoint_create(64, 1, 0, &files));
    manager_begin(manager, manifest);
    expect_ok(names_register(manager->endpoint, "files", copy_of(files)));
    return files;
}

/* The token of the next question, which is for a client. */
static uint64_t question(j6_handle_t files)
{
    char top[64];
    struct j6_message message = {.data = top, .cap = sizeof(top)};
    struct j6_call call = {.message = &message};
    expect_ok(j6_endpoint_receive(files, &call, now() + PATIENCE));
    expect_equal(files_code_client, call.tag);
    return call.token;
}

static void give_client(j6_handle_t files, uint64_t token)
{
    expect_ok(j6_answer(files, token, j6_status_ok, NULL, 0, copy_of(files)));
}

static void files_end(j6_handle_t files, struct manager *manager)
{
    manager_end(manager);
    expect_ok(j6_handle_close(files));
}

SYSTEM_TEST(init_goes_on_while_a_service_that_hangs_is_asked_for_another_one)
{
    struct manager manager;
    j6_handle_t files = files_begin(&manager, PATIENT USER SERVE("one"));
    uint64_t token = question(files);
    expect_equal(services_state_starting, service_state(&manager, "user"));
    expect_equal(0, service_row(&manager, "user").process);
    expect_ok(j6_handle_close(service_open(&manager, "one")));
    give_client(files, token);
    expect_ok(j6_handle_close(service_open(&manager, "user")));
    files_end(files, &manager);
}

static int64_t look_up_files(void *argument)
{
    uint64_t none;
    return (int64_t)server_ask_name(*(j6_handle_t *)argument, server_code_look_up, "files", &none);
}

SYSTEM_TEST(init_goes_on_while_a_service_that_hangs_is_asked_for_who_looks_it_up)
{
    struct manager manager;
    struct j6_thread thread;
    int64_t status = -1;
    j6_handle_t files = files_begin(&manager, PATIENT USER);
    give_client(files, question(files));
    j6_handle_t user = service_open(&manager, "user");
    expect_ok(j6_thread_run(&thread, look_up_files, &user, 4 * PAGE));
    uint64_t token = question(files);
    expect_equal(services_state_running, service_state(&manager, "user"));
    give_client(files, token);
    expect_ok(j6_thread_join(&thread, &status));
    expect_status(j6_status_ok, (j6_status_t)status);
    expect_ok(j6_handle_close(user));
    files_end(files, &manager);
}

SYSTEM_TEST(what_a_service_was_asked_for_a_life_before_is_not_for_the_next_one)
{
    struct manager manager;
    j6_handle_t files = files_begin(&manager, PATIENT USER);
    uint64_t token = question(files);
    expect_ok(services_restart(manager.endpoint, "user"));
    expect_equal(2, service_row(&manager, "user").starts);
    give_client(files, token);
    expect_equal(services_state_starting, service_state(&manager, "user"));
    give_client(files, question(files));
    expect_ok(j6_handle_close(service_open(&manager, "user")));
    files_end(files, &manager);
}

SYSTEM_TEST(a_service_is_stopped_while_others_are_asked_for_what_it_needs)
{
    struct manager manager;
    j6_handle_t files = files_begin(&manager, PATIENT USER);
    uint64_t token = question(files);
    expect_ok(services_stop(manager.endpoint, "user"));
    give_client(files, token);
    leave_time();
    expect_equal(services_state_stopped, service_state(&manager, "user"));
    files_end(files, &manager);
}

SYSTEM_TEST(a_service_waits_again_when_what_it_needs_closes_instead_of_answering)
{
    struct manager manager;
    j6_handle_t files = files_begin(&manager, PATIENT USER), next = 0;
    question(files);
    expect_ok(j6_object_close(files));
    expect_state(&manager, "user", services_state_waiting);
    expect_equal(0, service_row(&manager, "user").deaths);
    expect_ok(j6_endpoint_create(64, 1, 0, &next));
    expect_ok(names_register(manager.endpoint, "files", copy_of(next)));
    give_client(next, question(next));
    expect_ok(j6_handle_close(service_open(&manager, "user")));
    expect_ok(j6_handle_close(next));
    files_end(files, &manager);
}

SYSTEM_TEST(a_service_is_given_up_when_what_it_needs_never_answers)
{
    struct manager manager;
    j6_handle_t files = files_begin(&manager, "times pause=1 answer=1\n" USER);
    expect_state(&manager, "user", services_state_failed);
    expect(string_starts_with(service_row(&manager, "user").detail,
                              "given up: 8 times in a row the handle files can't"));
    files_end(files, &manager);
}

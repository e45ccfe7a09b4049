/* SPDX-License-Identifier: MIT */
/* Clients of the file service: what they may do, their limits, and their end. */
#include "userland/test/main/files.h"

enum { READ_AND_WRITE = files_open_read | files_open_write };

static struct files_space space_of(j6_handle_t at)
{
    struct files_space space = {0};
    expect_ok(files_space(at, &space));
    return space;
}

SYSTEM_TEST(a_client_that_only_reads_changes_nothing)
{
    struct file_service service;
    struct files_stat stat;
    struct files_map_answer map;
    j6_handle_t open = 0;
    j6_handle_t root = files_begin(&service);
    j6_handle_t reader = client_new(root, files_client_read_only, files_no_limit, files_no_limit);
    j6_handle_t heir = client_new(reader, 0, files_no_limit, files_no_limit);
    j6_handle_t etc = file_open(heir, "etc", files_open_directory);
    expect_status(j6_err_denied, files_open(etc, "motd", files_open_write, 0, &stat, &open));
    expect_status(j6_err_denied, files_open(etc, "new", files_open_create, 0, &stat, &open));
    expect_status(j6_err_denied, files_truncate(etc, "motd", 0));
    expect_status(j6_err_denied, files_map(etc, "motd", files_map_write, &map, &open));
    expect_status(j6_err_denied, files_set_modified(etc, "motd", 0, 1));
    expect_status(j6_err_denied, files_set_mode(etc, "motd", 0));
    expect_status(j6_err_denied, files_make_directory(etc, "new"));
    expect_status(j6_err_denied, files_make_link(etc, "motd", "new"));
    expect_status(j6_err_denied, files_remove(etc, "motd", 0));
    expect_status(j6_err_denied, files_rename(etc, "motd", "new", 0));
    expect_ok(files_open(etc, "motd", files_open_read | files_open_create, 0, &stat, &open));
    expect_ok(j6_handle_close(open));
    expect_ok(j6_handle_close(etc));
    expect_ok(j6_handle_close(heir));
    expect_ok(j6_handle_close(reader));
    files_end(&service);
}

SYSTEM_TEST(a_client_opens_as_much_as_its_limit_says_and_again_when_it_has_closed)
{
    struct file_service service;
    struct files_stat stat;
    j6_handle_t first = 0, second = 0, third = 0;
    j6_handle_t root = files_begin(&service);
    j6_handle_t client = client_new(root, 0, 3, files_no_limit); /* its top is one */
    expect_ok(files_open(client, "etc/motd", files_open_read, 0, &stat, &first));
    expect_ok(files_open(client, "etc/motd", files_open_read, 0, &stat, &second));
    expect_status(j6_err_quota, files_open(client, "etc/motd", files_open_read, 0, &stat, &third));
    expect_status(j6_err_quota, files_open(client, "tmp/new", files_open_create, 0, &stat, &third));
    expect(!file_is_there(root, "tmp/new"));
    expect_equal(0, space_of(client).open_left);
    expect_equal(3, space_of(client).open_used);
    expect_ok(j6_handle_close(first));
    expect_ok(files_open(client, "etc/motd", files_open_read, 0, &stat, &first));
    expect_ok(j6_handle_close(first));
    expect_ok(j6_handle_close(second));
    expect_ok(j6_handle_close(client));
    files_end(&service);
}

SYSTEM_TEST(a_client_has_as_many_bytes_as_its_limit_says_and_again_when_it_has_removed_some)
{
    static const char page[PAGE];
    struct file_service service;
    struct files_write_answer answer;
    struct files_stat stat;
    struct files_map_answer map;
    j6_handle_t open = 0;
    j6_handle_t root = files_begin(&service);
    j6_handle_t client = client_new(root, 0, files_no_limit, 2 * PAGE + 2 * files_node_cost);
    j6_handle_t file = file_open(client, "tmp/file", files_open_write | files_open_create);
    expect_ok(files_write(file, 0, page, PAGE, &answer));
    expect_ok(files_write(file, PAGE, "x", 1, &answer));
    expect_equal(2 * PAGE + files_node_cost, space_of(client).bytes_used);
    expect_status(j6_err_quota, files_write(file, 2 * PAGE, "x", 1, &answer));
    expect_status(j6_err_quota, files_truncate(file, "", 2 * PAGE + 1));
    expect_equal(PAGE + 1, file_size(file, ""));
    expect_status(j6_err_quota, files_map(client, "etc/motd", files_map_write, &map, &open));
    expect_ok(files_make_directory(client, "tmp/dir"));
    expect_equal(0, space_of(client).bytes_left);
    expect_status(j6_err_quota, files_make_directory(client, "tmp/more"));
    expect_status(j6_err_quota, files_make_link(client, "file", "tmp/more"));
    expect_status(j6_err_quota, files_open(client, "tmp/more", files_open_create, 0, &stat, &open));
    expect(!file_is_there(root, "tmp/more"));
    expect_ok(files_remove(client, "tmp/dir", files_remove_directory));
    expect_status(j6_err_quota, files_make_link(client, "file", "tmp/link")); /* its path counts */
    expect_ok(files_truncate(file, "", 0));
    expect_ok(files_make_link(client, "file", "tmp/link"));
    expect_equal(2 * files_node_cost + 4, space_of(client).bytes_used);
    expect_ok(files_remove(client, "tmp/link", 0));
    expect_equal(files_node_cost, space_of(client).bytes_used);
    expect_ok(files_remove(root, "tmp/file", 0));
    expect_ok(j6_handle_close(file));
    expect_soon(space_of(client).bytes_used == 0);
    expect_ok(j6_handle_close(client));
    files_end(&service);
}

SYSTEM_TEST(what_a_client_uses_counts_for_those_that_it_comes_from)
{
    struct file_service service;
    struct files_stat stat;
    j6_handle_t open = 0, more = 0;
    j6_handle_t root = files_begin(&service);
    j6_handle_t parent = client_new(root, 0, 4, 2 * files_node_cost);
    j6_handle_t child = client_new(parent, 0, files_no_limit, files_no_limit);
    expect_ok(files_make_directory(child, "tmp/one"));
    expect_ok(files_make_directory(parent, "tmp/two"));
    expect_equal(0, space_of(child).bytes_left);
    expect_status(j6_err_quota, files_make_directory(child, "tmp/three"));
    expect_ok(files_open(child, "etc/motd", files_open_read, 0, &stat, &open));
    expect_equal(1, space_of(child).open_left);
    expect_ok(files_client(child, "", 0, 1, 0, &more));
    expect_status(j6_err_quota, files_client(child, "", 0, 1, 0, &more));
    expect_ok(j6_handle_close(more));
    expect_ok(j6_handle_close(open));
    expect_ok(j6_handle_close(child));
    expect_soon(space_of(parent).open_used == 1);
    expect_equal(2 * files_node_cost, space_of(parent).bytes_used); /* they are still there */
    expect_ok(files_remove(root, "tmp/one", files_remove_directory));
    expect_equal(files_node_cost, space_of(parent).bytes_used);
    expect_ok(j6_handle_close(parent));
    files_end(&service);
}

SYSTEM_TEST(the_limits_of_all_clients_together_are_those_of_the_service)
{
    struct file_service service;
    struct files_stat stat;
    j6_handle_t open = 0;
    j6_handle_t root = files_begin_limited(&service, "2", "512");
    j6_handle_t client = client_new(root, 0, files_no_limit, files_no_limit);
    expect_status(j6_err_quota, files_open(client, "etc/motd", files_open_read, 0, &stat, &open));
    expect_ok(files_make_directory(client, "tmp/one"));
    expect_status(j6_err_quota, files_make_directory(root, "tmp/two"));
    expect_ok(j6_handle_close(client));
    files_end(&service);
}

SYSTEM_TEST(clients_come_from_each_other_no_further_than_16_times)
{
    struct file_service service;
    j6_handle_t clients[17], more = 0;
    j6_handle_t root = files_begin(&service);
    clients[0] = root;
    for (int i = 1; i <= 16; i++) {
        clients[i] = client_new(clients[i - 1], 0, files_no_limit, files_no_limit);
    }
    expect_status(j6_err_quota, files_client(clients[16], "", 0, 1, 1, &more));
    expect_status(j6_err_wrong_type, files_client(root, "etc/motd", 0, 1, 1, &more));
    expect_status(j6_err_not_found, files_client(root, "none", 0, 1, 1, &more));
    expect_status(j6_err_quota, files_client(root, "", 0, 0, 1, &more));
    for (int i = 1; i <= 16; i++) {
        expect_ok(j6_handle_close(clients[i]));
    }
    expect_soon(space_of(root).open_used == 1);
    files_end(&service);
}

SYSTEM_TEST(what_is_open_can_be_handed_on_and_used_there)
{
    struct file_service service;
    j6_handle_t copy = 0;
    j6_handle_t root = files_begin(&service);
    j6_handle_t file = file_open(root, "tmp/file", READ_AND_WRITE | files_open_create);
    expect_ok(j6_handle_duplicate(file, j6_handle_rights(file), 0, &copy));
    expect_ok(j6_handle_close(file));
    file_write(copy, 0, "by the copy");
    expect_file(root, "tmp/file", "by the copy");
    expect_equal(2, space_of(root).open_used);
    expect_ok(j6_handle_close(copy));
    expect_soon(space_of(root).open_used == 1);
    files_end(&service);
}

SYSTEM_TEST(an_open_file_that_its_client_cannot_take_is_closed_again)
{
    struct file_service service;
    struct files_stat stat;
    char path[] = "etc/motd";
    const struct files_request request = {files_open_read, 0, 0};
    j6_handle_t root = files_begin(&service);
    const struct j6_ask ask = {.code = files_code_open, /* without a place for the handle */
                               .fields = &request,
                               .size = sizeof(request),
                               .answer = &stat,
                               .answer_size = sizeof(stat),
                               .data = path,
                               .len = 8};
    expect_status(j6_err_unexpected, j6_ask(root, &ask, j6_deadline_never));
    expect_soon(space_of(root).open_used == 1);
    files_end(&service);
}

/* ---- at once ---------------------------------------------------------------------------------- */

enum { AT_ONCE = 8, ROUNDS = 20 };

struct worker {
    j6_handle_t client;
    char name[8];
    struct j6_thread thread;
};

/* Makes a file, moves it, reads what it wrote, removes it; and tells how often that went wrong. */
static int64_t work(void *arg)
{
    struct worker *worker = arg;
    static const uint64_t make = READ_AND_WRITE | files_open_create | files_open_exclusive;
    int64_t wrong = 0;
    for (uint64_t i = 0; i < ROUNDS; i++) {
        struct files_stat stat;
        struct files_write_answer answer;
        j6_handle_t file = 0;
        uint64_t number = 0;
        size_t len = 0;
        wrong += files_open(worker->client, worker->name, make, 0, &stat, &file) != j6_status_ok ||
                 files_write(file, i * 1000, &i, sizeof(i), &answer) != j6_status_ok ||
                 files_rename(worker->client, worker->name, "moved", 0) != j6_status_ok ||
                 files_read(file, i * 1000, &number, sizeof(number), &len) != j6_status_ok ||
                 len != sizeof(number) || number != i ||
                 files_remove(worker->client, "moved", 0) != j6_status_ok;
        j6_handle_close(file);
    }
    return wrong;
}

SYSTEM_TEST(many_clients_at_once_find_what_they_made)
{
    struct file_service service;
    struct worker workers[AT_ONCE];
    int64_t wrong;
    j6_handle_t root = files_begin(&service);
    for (int i = 0; i < AT_ONCE; i++) {
        struct worker *worker = &workers[i];
        char path[] = "tmp/0";
        path[4] = (char)('0' + i);
        *worker = (struct worker){.name = "file"};
        expect_ok(files_make_directory(root, path));
        expect_ok(files_client(root, path, 0, 4, 1 << 20, &worker->client));
        expect_ok(j6_thread_run(&worker->thread, work, worker, 4 * PAGE));
    }
    for (int i = 0; i < AT_ONCE; i++) {
        expect_ok(j6_thread_join(&workers[i].thread, &wrong));
        expect_equal(0, wrong);
        expect_ok(j6_handle_close(workers[i].client));
    }
    expect_soon(space_of(root).open_used == 1);
    files_end(&service);
}

/* ---- the end --------------------------------------------------------------------------------- */

enum { CLIENTS_AT_ONCE = 25 };

static void give(j6_handle_t process, j6_handle_t handle)
{
    j6_handle_t there;
    expect_ok(j6_process_give_handle(process, handle, j6_handle_rights(handle), &there));
    expect_ok(j6_handle_close(handle));
}

/* A client with an open file that has no name, and an open directory; all of it is the process's. */
static void give_client(j6_handle_t process, j6_handle_t root)
{
    static const uint64_t make = READ_AND_WRITE | files_open_create | files_open_exclusive;
    j6_handle_t client = client_new(root, 0, 8, 1 << 20);
    j6_handle_t file = file_open(client, "tmp/file", make);
    file_write(file, 5000, "some bytes");
    expect_ok(files_remove(client, "tmp/file", 0));
    give(process, file_open(client, "tmp", files_open_directory));
    give(process, file);
    give(process, client);
}

/* A process that has some, and dies. */
static void live_and_die(j6_handle_t root)
{
    j6_handle_t process = process_new();
    for (int i = 0; i < CLIENTS_AT_ONCE; i++) {
        give_client(process, root);
    }
    process_drop(process);
}

SYSTEM_TEST(a_thousand_clients_that_die_leave_nothing_behind)
{
    struct file_service service;
    stay_on_first_cpu(); /* thousands of calls from CPU to CPU take their time */
    j6_handle_t root = files_begin(&service);
    for (int i = 0; i < 2; i++) {
        live_and_die(root); /* the service gets the memory that it keeps */
    }
    expect_soon(space_of(root).open_used == 1 && space_of(root).bytes_used == 0);
    uint64_t memory = files_memory(&service);
    uint64_t handles = process_row(koid_of(service.process)).handles;
    for (int i = 0; i < 1000 && !test_has_failed(); i += CLIENTS_AT_ONCE) {
        live_and_die(root);
    }
    expect_soon(space_of(root).open_used == 1 && space_of(root).bytes_used == 0);
    expect_equal(handles, process_row(koid_of(service.process)).handles);
    expect_soon(files_memory(&service) >= memory);
    expect_file(root, "bin/../tmp/../etc/../etc/motd",
                "Senary: a capability microkernel. Type "
                "help or tour.\n");
    files_end(&service);
    leave_first_cpu();
}

SYSTEM_TEST(what_is_open_is_closed_when_the_service_has_gone_and_a_new_one_begins_again)
{
    struct file_service service;
    char byte;
    size_t len = 0;
    j6_handle_t root = files_begin(&service);
    j6_handle_t file = file_open(root, "tmp/file", READ_AND_WRITE | files_open_create);
    file_write(file, 0, "lost");
    expect_ok(j6_process_kill(service.process, 0));
    process_finish(service.process);
    expect_ok(j6_object_close(service.endpoint));
    expect_status(j6_status_closed, files_read(file, 0, &byte, 1, &len));
    expect_ok(j6_handle_close(file));
    expect_ok(j6_handle_close(root));
    root = files_begin(&service);
    expect(!file_is_there(root, "tmp/file"));
    expect(file_is_there(root, "etc/motd"));
    files_end(&service);
}

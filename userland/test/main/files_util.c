/* SPDX-License-Identifier: MIT */
#include "userland/test/main/files.h"
#include "lib/string.h"
#include "userland/test/main/ipc_peer.h"
#include <j6/archive.h>

/* ---- the service ----------------------------------------------------------------------------- */

enum { PAGES = 1536, SMALL_PAGES = 192 };

/* With an account of its own, which shows what it uses. */
static j6_handle_t begin(struct file_service *service, j6_handle_t archive, const char *const *argv,
                         uint64_t pages)
{
    const struct j6_limits limits = {.pages = pages, .handles = 1024, .threads = 4, .priority = 1};
    j6_handle_t elf = 0;
    service->endpoint = endpoint_new();
    const struct j6_spawn_row rows[] = {
        {"endpoint", service->endpoint, j6_handle_rights(service->endpoint)},
        {"archive", archive, j6_right_vma_read},
    };
    const struct j6_program program = {
        .name = "files", .argv = argv, .rows = rows, .row_count = archive != 0 ? 2 : 1};
    expect_ok(j6_boot_file("bin/files", &elf));
    struct j6_program started = program;
    started.elf = elf;
    if (!expect_ok(j6_process_create("files", 5, &limits, 0, &service->process)) ||
        !expect_ok(j6_start_program(service->process, &started))) {
        expect_ok(j6_object_close(service->endpoint)); /* nobody waits for its answers */
    }
    expect_ok(j6_handle_close(elf));
    return service->endpoint;
}

j6_handle_t files_begin_on(struct file_service *service, j6_handle_t archive)
{
    static const char *const argv[] = {"files", NULL};
    return begin(service, archive, argv, PAGES);
}

j6_handle_t files_begin_small(struct file_service *service)
{
    static const char *const argv[] = {"files", NULL};
    return begin(service, j6_find_module("boot.tar"), argv, SMALL_PAGES);
}

j6_handle_t files_begin(struct file_service *service)
{
    return files_begin_on(service, j6_find_module("boot.tar"));
}

j6_handle_t files_begin_limited(struct file_service *service, const char *open, const char *bytes)
{
    const char *const argv[] = {"files", open, bytes, NULL};
    return begin(service, j6_find_module("boot.tar"), argv, PAGES);
}

void files_end(struct file_service *service)
{
    expect_ok(j6_object_close(service->endpoint));
    struct j6_end_info end = process_finish(service->process);
    expect_equal(j6_reason_exited, end.reason);
    expect_equal(0, end.code);
    expect_ok(j6_handle_close(service->endpoint));
}

uint64_t files_memory(const struct file_service *service)
{
    return process_row(koid_of(service->process)).left.memory;
}

/* ---- files ----------------------------------------------------------------------------------- */

j6_handle_t file_open(j6_handle_t at, const char *path, uint64_t flags)
{
    struct files_stat stat;
    j6_handle_t file = 0;
    expect_ok(files_open(at, path, flags, files_mode_write, &stat, &file));
    return file;
}

void file_write(j6_handle_t file, uint64_t offset, const char *text)
{
    struct files_write_answer answer = {0};
    expect_ok(files_write(file, offset, text, strlen(text), &answer));
    expect_equal(strlen(text), answer.written);
}

void file_make(j6_handle_t at, const char *path, const char *text)
{
    j6_handle_t file =
        file_open(at, path, files_open_write | files_open_create | files_open_truncate);
    file_write(file, 0, text);
    expect_ok(j6_handle_close(file));
}

uint64_t file_size(j6_handle_t at, const char *path)
{
    struct files_stat stat = {0};
    expect_ok(files_stat(at, path, 0, &stat));
    return stat.size;
}

j6_handle_t client_new(j6_handle_t at, uint64_t flags, uint64_t open, uint64_t bytes)
{
    j6_handle_t client = 0;
    expect_ok(files_client(at, "", flags, open, bytes, &client));
    return client;
}

void expect_file(j6_handle_t at, const char *path, const char *text)
{
    char bytes[256];
    size_t len = 0;
    j6_handle_t file = file_open(at, path, files_open_read);
    expect_ok(files_read(file, 0, bytes, sizeof(bytes), &len));
    expect_equal(strlen(text), len);
    expect(memcmp(bytes, text, len) == 0);
    expect_ok(j6_handle_close(file));
}

bool file_is_there(j6_handle_t at, const char *path)
{
    struct files_stat stat;
    return files_stat(at, path, files_no_follow, &stat) == j6_status_ok;
}

/* SPDX-License-Identifier: MIT */
/* The tree of the file service: making, removing, moving. */
#include "lib/string.h"
#include "userland/test/main/files.h"

static j6_status_t open_status(j6_handle_t at, const char *path, uint64_t flags)
{
    struct files_stat stat;
    j6_handle_t open = 0;
    j6_status_t status = files_open(at, path, flags, 0, &stat, &open);
    if (status == j6_status_ok) {
        expect_ok(j6_handle_close(open));
    }
    return status;
}

SYSTEM_TEST(the_tree_begins_with_what_the_boot_archive_holds)
{
    struct file_service service;
    struct files_stat stat = {0};
    j6_handle_t root = files_begin(&service);
    expect_ok(files_stat(root, "/", 0, &stat));
    expect_equal(files_type_directory, stat.type);
    expect_ok(files_stat(root, "bin/hello", 0, &stat));
    expect_equal(files_type_file, stat.type);
    expect_equal(files_mode_write | files_mode_exec, stat.mode);
    expect(stat.size > PAGE && stat.modified > 0);
    expect_ok(files_stat(root, "etc/motd", 0, &stat));
    expect_equal(files_mode_write, stat.mode);
    files_end(&service);
}

SYSTEM_TEST(a_service_without_an_archive_begins_empty)
{
    struct file_service service;
    struct files_list_answer answer = {1, 1};
    char rows[512];
    size_t len = 1;
    j6_handle_t root = files_begin_on(&service, 0);
    expect_ok(files_list(root, 0, rows, sizeof(rows), &len, &answer));
    expect_equal(0, answer.count);
    expect_equal(0, len);
    file_make(root, "first", "text");
    expect_file(root, "first", "text");
    files_end(&service);
}

SYSTEM_TEST(a_service_on_a_damaged_archive_ends_at_once)
{
    struct file_service service;
    j6_handle_t area = area_new(1, 0);
    uint64_t len = 7;
    expect_ok(j6_vma_write(area, 0, "damaged", &len));
    files_begin_on(&service, area);
    struct j6_end_info end = process_finish(service.process);
    expect_equal(j6_reason_exited, end.reason);
    expect_equal(2, end.code);
    expect_ok(j6_handle_close(service.endpoint));
    expect_ok(j6_handle_close(area));
}

/* ---- making ---------------------------------------------------------------------------------- */

SYSTEM_TEST(directories_are_made_and_what_is_there_exists)
{
    struct file_service service;
    j6_handle_t root = files_begin(&service);
    expect_ok(files_make_directory(root, "tmp/one"));
    expect_ok(files_make_directory(root, "tmp/one/two/"));
    file_make(root, "tmp/one/two/file", "deep");
    expect_file(root, "tmp/one/two/file", "deep");
    expect_status(j6_status_exists, files_make_directory(root, "tmp/one"));
    expect_status(j6_status_exists, files_make_directory(root, "tmp/one/two/file"));
    expect_status(j6_status_exists, files_make_directory(root, ""));
    expect_status(j6_status_exists, files_make_directory(root, "/"));
    expect_status(j6_err_not_found, files_make_directory(root, "tmp/none/two"));
    expect_status(j6_err_wrong_type, files_make_directory(root, "etc/motd/two"));
    files_end(&service);
}

SYSTEM_TEST(files_are_made_and_opened_as_the_flags_say)
{
    const uint64_t make = files_open_create | files_open_write;
    struct file_service service;
    struct files_stat stat = {0};
    j6_handle_t open = 0;
    j6_handle_t root = files_begin(&service);
    expect_status(j6_err_not_found, open_status(root, "tmp/file", files_open_read));
    expect_ok(files_open(root, "tmp/file", make, files_mode_write | files_mode_exec, &stat, &open));
    expect_equal(files_type_file, stat.type);
    expect_equal(0, stat.size);
    expect_equal(files_mode_write | files_mode_exec, stat.mode);
    file_write(open, 0, "text");
    expect_ok(j6_handle_close(open));
    expect_ok(files_open(root, "tmp/file", make, 0, &stat, &open));
    expect_equal(4, stat.size);
    expect_ok(j6_handle_close(open));
    expect_status(j6_status_exists, open_status(root, "tmp/file", make | files_open_exclusive));
    expect_ok(open_status(root, "tmp/file", files_open_write | files_open_truncate));
    expect_equal(0, file_size(root, "tmp/file"));
    expect_ok(open_status(root, "tmp", files_open_read | files_open_directory));
    expect_ok(open_status(root, "tmp", files_open_read));
    expect_status(j6_err_wrong_type, open_status(root, "tmp/file", files_open_directory));
    expect_status(j6_err_bad_state, open_status(root, "tmp", make));
    expect_status(j6_err_bad_state, open_status(root, "tmp/new/", make));
    expect_status(j6_err_wrong_type, open_status(root, "tmp/file/", files_open_read));
    files_end(&service);
}

SYSTEM_TEST(flags_that_contradict_each_other_or_mean_nothing_are_refused)
{
    static const uint64_t wrong[] = {
        files_open_append,
        files_open_read | files_open_truncate,
        files_open_write | files_open_exclusive,
        files_open_write | files_open_create | files_open_directory,
        files_open_no_follow << 1,
        1ull << 63,
    };
    struct file_service service;
    struct files_stat stat;
    j6_handle_t open = 0;
    j6_handle_t root = files_begin(&service);
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        expect_status(j6_err_invalid_arg, open_status(root, "etc/motd", wrong[i]));
    }
    expect_status(j6_err_invalid_arg, files_open(root, "etc/motd", 0, 4, &stat, &open));
    expect_status(j6_err_invalid_arg, files_stat(root, "etc/motd", 2, &stat));
    expect_status(j6_err_invalid_arg, files_remove(root, "etc/motd", 2));
    expect_status(j6_err_invalid_arg, files_rename(root, "etc/motd", "etc/x", 2));
    expect_status(j6_err_invalid_arg, files_set_mode(root, "etc/motd", 4));
    expect_status(j6_err_invalid_arg, files_set_modified(root, "etc/motd", 2, 1));
    expect_status(j6_err_invalid_arg, files_client(root, "", 2, 1, 1, &open));
    expect(file_is_there(root, "etc/motd"));
    files_end(&service);
}

/* ---- removing -------------------------------------------------------------------------------- */

SYSTEM_TEST(what_is_removed_is_not_found)
{
    struct file_service service;
    j6_handle_t root = files_begin(&service);
    expect_ok(files_remove(root, "etc/motd", 0));
    expect(!file_is_there(root, "etc/motd"));
    expect_status(j6_err_not_found, files_remove(root, "etc/motd", 0));
    expect_ok(files_remove(root, "etc/services", 0));
    expect_status(j6_err_bad_state, files_remove(root, "etc", 0));
    expect_ok(files_remove(root, "etc/", files_remove_directory));
    expect(!file_is_there(root, "etc"));
    expect_status(j6_err_wrong_type, files_remove(root, "bin/hello", files_remove_directory));
    expect_status(j6_status_exists, files_remove(root, "bin", files_remove_directory));
    expect_status(j6_err_invalid_arg, files_remove(root, "", files_remove_directory));
    expect_status(j6_err_invalid_arg, files_remove(root, "/", files_remove_directory));
    expect_status(j6_err_invalid_arg, files_remove(root, "tmp/.", files_remove_directory));
    files_end(&service);
}

SYSTEM_TEST(a_file_that_was_removed_lives_as_long_as_it_is_open)
{
    struct file_service service;
    char bytes[8];
    size_t len = 0;
    j6_handle_t root = files_begin(&service);
    file_make(root, "tmp/file", "before");
    j6_handle_t file = file_open(root, "tmp/file", files_open_read | files_open_write);
    expect_ok(files_remove(root, "tmp/file", 0));
    file_write(file, 0, "after!");
    expect_ok(files_read(file, 0, bytes, sizeof(bytes), &len));
    expect(len == 6 && memcmp(bytes, "after!", 6) == 0);
    file_make(root, "tmp/file", "another");
    expect_equal(6, file_size(file, ""));
    expect_file(root, "tmp/file", "another");
    expect_ok(j6_handle_close(file));
    files_end(&service);
}

SYSTEM_TEST(nothing_is_made_in_a_directory_that_was_removed)
{
    struct file_service service;
    struct files_list_answer answer = {1, 1};
    char rows[64];
    size_t len;
    j6_handle_t root = files_begin(&service);
    expect_ok(files_make_directory(root, "tmp/gone"));
    j6_handle_t gone = file_open(root, "tmp/gone", files_open_directory);
    expect_ok(files_remove(root, "tmp/gone", files_remove_directory));
    expect_status(j6_err_not_found, files_make_directory(gone, "new"));
    expect_status(j6_err_not_found, open_status(gone, "new", files_open_write | files_open_create));
    expect_status(j6_err_not_found, files_make_link(gone, "target", "new"));
    expect_status(j6_err_not_found, files_rename(gone, "/etc/motd", "new", 0));
    expect_status(j6_err_not_found, open_status(gone, "..", 0));
    expect_ok(files_list(gone, 0, rows, sizeof(rows), &len, &answer));
    expect_equal(0, answer.count);
    expect(file_is_there(root, "etc/motd"));
    expect_ok(j6_handle_close(gone));
    files_end(&service);
}

/* ---- moving ---------------------------------------------------------------------------------- */

SYSTEM_TEST(what_is_renamed_has_the_other_name_and_takes_the_place_of_what_was_there)
{
    struct file_service service;
    struct files_stat before = {0}, after = {0};
    j6_handle_t root = files_begin(&service);
    file_make(root, "tmp/one", "first");
    file_make(root, "tmp/two", "second");
    expect_ok(files_stat(root, "tmp/one", 0, &before));
    expect_status(j6_status_exists, files_rename(root, "tmp/one", "tmp/two", files_rename_keep));
    expect_ok(files_rename(root, "tmp/one", "tmp/two", 0));
    expect(!file_is_there(root, "tmp/one"));
    expect_file(root, "tmp/two", "first");
    expect_ok(files_stat(root, "tmp/two", 0, &after));
    expect_equal(before.id, after.id);
    expect_ok(files_rename(root, "tmp/two", "tmp/two", 0));
    expect_ok(files_rename(root, "tmp/two", "etc/three", files_rename_keep));
    expect_file(root, "etc/three", "first");
    expect_ok(files_make_directory(root, "tmp/empty"));
    expect_ok(files_rename(root, "etc", "tmp/empty/", 0));
    expect_file(root, "tmp/empty/three", "first");
    expect(!file_is_there(root, "etc"));
    files_end(&service);
}

SYSTEM_TEST(what_cannot_be_renamed_stays_where_it_is)
{
    struct file_service service;
    j6_handle_t root = files_begin(&service);
    expect_ok(files_make_directory(root, "tmp/dir"));
    file_make(root, "tmp/file", "file");
    expect_status(j6_err_not_found, files_rename(root, "tmp/none", "tmp/new", 0));
    expect_status(j6_err_not_found, files_rename(root, "tmp/file", "tmp/none/new", 0));
    expect_status(j6_err_bad_state, files_rename(root, "tmp/file", "tmp/dir", 0));
    expect_status(j6_err_wrong_type, files_rename(root, "tmp/dir", "tmp/file", 0));
    expect_status(j6_err_wrong_type, files_rename(root, "tmp/file", "tmp/new/", 0));
    expect_status(j6_status_exists, files_rename(root, "tmp/dir", "bin", 0));
    expect_status(j6_err_invalid_arg, files_rename(root, "tmp", "tmp/dir/tmp", 0));
    expect_status(j6_err_invalid_arg, files_rename(root, "tmp", "tmp/new", 0));
    expect_status(j6_err_invalid_arg, files_rename(root, "", "tmp/new", 0));
    expect_status(j6_err_invalid_arg, files_rename(root, "tmp/file", "/", 0));
    expect_file(root, "tmp/file", "file");
    expect(file_is_there(root, "tmp/dir"));
    files_end(&service);
}

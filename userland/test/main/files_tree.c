/* SPDX-License-Identifier: MIT */
/* The tree of the file service: making, removing, moving, listing. */
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

TEST(the_tree_begins_with_what_the_boot_archive_holds)
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

TEST(a_service_without_an_archive_begins_empty)
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

TEST(a_service_on_a_damaged_archive_ends_at_once)
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

/* ---- making ----------------------------------------------------------------------------------- */

TEST(directories_are_made_and_what_is_there_exists)
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

TEST(files_are_made_and_opened_as_the_flags_say)
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

TEST(flags_that_contradict_each_other_or_mean_nothing_are_refused)
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

/* ---- removing --------------------------------------------------------------------------------- */

TEST(what_is_removed_is_not_found)
{
    struct file_service service;
    j6_handle_t root = files_begin(&service);
    expect_ok(files_remove(root, "etc/motd", 0));
    expect(!file_is_there(root, "etc/motd"));
    expect_status(j6_err_not_found, files_remove(root, "etc/motd", 0));
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

TEST(a_file_that_was_removed_lives_as_long_as_it_is_open)
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

TEST(nothing_is_made_in_a_directory_that_was_removed)
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

/* ---- moving ----------------------------------------------------------------------------------- */

TEST(what_is_renamed_has_the_other_name_and_takes_the_place_of_what_was_there)
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

TEST(what_cannot_be_renamed_stays_where_it_is)
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

/* ---- looking ---------------------------------------------------------------------------------- */

enum { NAMES = 100 };

static void numbered(char *name, int i)
{
    memcpy(name, "tmp/name-00", 12);
    name[9] = (char)('0' + i / 10);
    name[10] = (char)('0' + i % 10);
}

/* Lists what is in tmp, some rows at a time; counts those with a number, and how often each came. */
static void list_names(j6_handle_t directory, size_t cap, uint8_t *seen,
                       void (*between)(j6_handle_t))
{
    char rows[1024];
    struct files_list_answer answer = {.next = 0};
    do {
        size_t len = 0;
        expect_ok(files_list(directory, answer.next, rows, cap, &len, &answer));
        for (size_t at = 0; at < len;) {
            const struct files_entry *row = (const struct files_entry *)&rows[at];
            expect_equal(files_type_file, row->type);
            expect(row->id == row->next && row->row_size % 8 == 0);
            if (expect(string_starts_with(row->name, "name-"))) {
                seen[(row->name[5] - '0') * 10 + row->name[6] - '0']++;
            }
            at += row->row_size;
        }
        if (between != NULL) {
            between(directory);
        }
    } while (answer.count != 0 && !test_has_failed());
}

TEST(a_directory_lists_each_name_once_however_few_at_a_time)
{
    struct file_service service;
    char name[12];
    j6_handle_t root = files_begin(&service);
    for (int i = NAMES; i-- > 0;) {
        numbered(name, i);
        file_make(root, name, "x");
    }
    j6_handle_t directory = file_open(root, "tmp", files_open_directory);
    for (size_t cap = 32; cap <= 1024; cap *= 2) {
        uint8_t seen[NAMES] = {0};
        list_names(directory, cap, seen, NULL);
        for (int i = 0; i < NAMES; i++) {
            expect_equal(1, seen[i]);
        }
    }
    expect_ok(j6_handle_close(directory));
    files_end(&service);
}

/* Others remove what was seen or wasn't, and make new ones; those with 5 at the end stay. */
static void disturb(j6_handle_t directory)
{
    static int next;
    char name[12];
    for (int i = 0; i < 4; i++) {
        numbered(name, next++ % NAMES);
        if (name[10] != '5' && files_remove(directory, name + 4, 0) != j6_status_ok) {
            file_make(directory, name + 4, "new");
        }
    }
}

TEST(a_list_has_what_is_there_all_the_while_once)
{
    struct file_service service;
    uint8_t seen[NAMES] = {0};
    char name[12];
    j6_handle_t root = files_begin(&service);
    for (int i = 0; i < NAMES; i++) {
        numbered(name, i);
        file_make(root, name, "x");
    }
    j6_handle_t directory = file_open(root, "tmp", files_open_directory);
    list_names(directory, 256, seen, disturb);
    for (int i = 5; i < NAMES; i += 10) {
        expect_equal(1, seen[i]);
    }
    expect_ok(j6_handle_close(directory));
    files_end(&service);
}

TEST(a_list_that_has_no_room_or_is_of_no_directory_is_refused)
{
    struct file_service service;
    struct files_list_answer answer;
    char rows[64];
    size_t len = 0;
    j6_handle_t root = files_begin(&service);
    j6_handle_t file = file_open(root, "etc/motd", files_open_read);
    expect_status(j6_err_wrong_type, files_list(file, 0, rows, 64, &len, &answer));
    expect_status(j6_err_invalid_arg, files_list(root, 0, rows, 23, &len, &answer));
    expect_status(j6_err_invalid_arg, files_list(root, 0, rows, files_data_max + 1, &len, &answer));
    expect_ok(files_list(root, ~0ull, rows, 0, &len, &answer));
    expect_equal(0, answer.count);
    expect_ok(j6_handle_close(file));
    files_end(&service);
}

TEST(times_and_modes_are_what_they_were_set_to)
{
    struct file_service service;
    struct files_stat stat = {0};
    j6_handle_t root = files_begin(&service);
    expect_ok(files_set_modified(root, "etc/motd", 0, 12345));
    expect_ok(files_stat(root, "etc/motd", 0, &stat));
    expect_equal(12345, stat.modified);
    j6_handle_t file = file_open(root, "etc/motd", files_open_write);
    file_write(file, 0, "x");
    expect_ok(files_stat(file, "", 0, &stat));
    expect(stat.modified != 12345);
    expect_ok(files_set_mode(file, "", files_mode_exec));
    expect_ok(files_stat(root, "etc/motd", 0, &stat));
    expect_equal(files_mode_exec, stat.mode);
    file_write(file, 0, "y"); /* it is open for that */
    expect_status(j6_err_denied, open_status(root, "etc/motd", files_open_write));
    expect_status(j6_err_denied, files_truncate(root, "etc/motd", 0));
    expect_ok(open_status(root, "etc/motd", files_open_read));
    expect_status(j6_err_not_found, files_set_mode(root, "etc/none", 0));
    expect_status(j6_err_not_found, files_set_modified(root, "etc/none", 0, 0));
    expect_ok(j6_handle_close(file));
    files_end(&service);
}

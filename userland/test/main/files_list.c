/* SPDX-License-Identifier: MIT */
/* What the file service tells of directories and files, and what they are set to. */
#include "lib/string.h"
#include "userland/test/main/files.h"

enum { NAMES = 100 };

static void numbered(char *name, int i)
{
    memcpy(name, "tmp/name-00", 12);
    name[9] = (char)('0' + i / 10);
    name[10] = (char)('0' + i % 10);
}

/*
 * Lists what is in tmp, some rows at a time; counts those with a number, and how often each came.
 */
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

SYSTEM_TEST(a_directory_lists_each_name_once_however_few_at_a_time)
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

SYSTEM_TEST(a_list_has_what_is_there_all_the_while_once)
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

SYSTEM_TEST(a_list_that_has_no_room_or_is_of_no_directory_is_refused)
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

SYSTEM_TEST(times_and_modes_are_what_they_were_set_to)
{
    struct file_service service;
    struct files_stat stat = {0};
    j6_handle_t open = 0;
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
    expect_status(j6_err_denied, files_open(root, "etc/motd", files_open_write, 0, &stat, &open));
    expect_status(j6_err_denied, files_truncate(root, "etc/motd", 0));
    expect_ok(j6_handle_close(file_open(root, "etc/motd", files_open_read)));
    expect_status(j6_err_not_found, files_set_mode(root, "etc/none", 0));
    expect_status(j6_err_not_found, files_set_modified(root, "etc/none", 0, 0));
    expect_ok(j6_handle_close(file));
    files_end(&service);
}

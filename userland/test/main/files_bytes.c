/* SPDX-License-Identifier: MIT */
/* What is in files: read, written, cut off, by <proto/files.h>. */
#include "lib/string.h"
#include "userland/test/main/files.h"
#include "userland/test/main/memory.h"
#include <j6/archive.h>
#include <proto/text.h>

enum { READ_AND_WRITE = files_open_read | files_open_write };

SYSTEM_TEST(what_is_written_to_a_file_is_read_from_it)
{
    struct file_service service;
    struct files_write_answer answer = {0};
    char bytes[16];
    size_t len = 0;
    j6_handle_t root = files_begin(&service);
    j6_handle_t file = file_open(root, "tmp/file", READ_AND_WRITE | files_open_create);
    expect_ok(files_write(file, 0, "hello, file", 11, &answer));
    expect_equal(11, answer.written);
    expect_equal(11, answer.end);
    expect_ok(files_read(file, 7, bytes, sizeof(bytes), &len));
    expect_equal(4, len);
    expect(memcmp(bytes, "file", 4) == 0);
    expect_ok(files_read(file, 11, bytes, sizeof(bytes), &len));
    expect_equal(0, len);
    expect_ok(files_read(file, files_at_end, bytes, sizeof(bytes), &len));
    expect_equal(0, len);
    expect_ok(j6_handle_close(file));
    expect_file(root, "/tmp/file", "hello, file");
    files_end(&service);
}

SYSTEM_TEST(a_file_takes_64_KiB_at_once_across_its_pages)
{
    struct file_service service;
    j6_handle_t memory = area_new(2 * files_data_max / PAGE, 0);
    char *out = area_map(memory, READ_WRITE);
    char *in = out + files_data_max;
    struct files_write_answer answer = {0};
    size_t len = 0;
    j6_handle_t root = files_begin(&service);
    j6_handle_t file = file_open(root, "tmp/file", READ_AND_WRITE | files_open_create);
    for (size_t i = 0; i < files_data_max; i++) {
        out[i] = (char)(i * 7 + i / PAGE);
    }
    expect_ok(files_write(file, 1000, out, files_data_max, &answer));
    expect_equal(files_data_max, answer.written);
    expect_equal(1000 + files_data_max, file_size(file, ""));
    expect_ok(files_read(file, 1000, in, files_data_max, &len));
    expect_equal(files_data_max, len);
    expect(memcmp(in, out, files_data_max) == 0);
    expect_ok(files_read(file, 0, in, 1000, &len));
    expect(is_zero(in, 1000));
    expect_status(j6_err_invalid_arg, files_read(file, 0, in, files_data_max + 1, &len));
    expect_ok(j6_handle_close(file));
    area_unmap(memory, out);
    expect_ok(j6_handle_close(memory));
    files_end(&service);
}

SYSTEM_TEST(the_file_that_is_nothing_takes_all_and_stays_empty)
{
    struct file_service service;
    struct files_write_answer answer = {0};
    struct files_map_answer map;
    struct files_stat stat = {0};
    char bytes[64];
    size_t len = 0;
    j6_handle_t area;
    j6_handle_t root = files_begin(&service);
    j6_handle_t null = file_open(root, "dev/null", READ_AND_WRITE | files_open_truncate);
    file_write(null, 0, "whatever");
    expect_ok(files_write(null, 1ull << 39, "it is", 5, &answer));
    expect_equal(5, answer.written);
    expect_ok(files_truncate(null, "", 1000));
    expect_ok(files_stat(null, "", 0, &stat));
    expect_equal(files_type_nothing, stat.type);
    expect_equal(0, stat.size);
    expect_ok(files_read(null, 0, bytes, sizeof(bytes), &len));
    expect_equal(0, len);
    expect_status(j6_err_out_of_range, files_write(null, files_size_max, "x", 1, &answer));
    expect_status(j6_err_bad_state, files_map(root, "dev/null", 0, &map, &area));
    expect_status(j6_err_wrong_type,
                  files_open(root, "dev/null/x", files_open_read, 0, &stat, &area));
    expect_ok(j6_handle_close(null));
    files_end(&service);
}

SYSTEM_TEST(what_lies_before_an_offset_that_is_written_to_is_zero)
{
    struct file_service service;
    char bytes[64];
    size_t len = 0;
    j6_handle_t root = files_begin(&service);
    j6_handle_t file = file_open(root, "tmp/file", READ_AND_WRITE | files_open_create);
    file_write(file, 0, "front");
    file_write(file, 1 << 20, "back");
    expect_equal((1 << 20) + 4, file_size(file, ""));
    expect_ok(files_read(file, (1 << 20) - 60, bytes, 64, &len));
    expect_equal(64, len);
    expect(is_zero(bytes, 60) && memcmp(bytes + 60, "back", 4) == 0);
    expect_ok(j6_handle_close(file));
    files_end(&service);
}

SYSTEM_TEST(what_is_appended_goes_to_the_end_whoever_writes)
{
    struct file_service service;
    struct files_write_answer answer = {0};
    struct text_write_answer text = {0};
    j6_handle_t root = files_begin(&service);
    j6_handle_t one =
        file_open(root, "tmp/log", files_open_write | files_open_append | files_open_create);
    j6_handle_t other = file_open(root, "tmp/log", files_open_write);
    file_write(one, 0, "one, ");
    file_write(other, files_at_end, "two, ");
    expect_ok(files_write(one, 0, "three", 5, &answer));
    expect_equal(15, answer.end);
    expect_ok(text_write(other, ", four", 6, &text));
    expect_equal(6, text.written);
    expect_file(root, "tmp/log", "one, two, three, four");
    expect_ok(j6_handle_close(one));
    expect_ok(j6_handle_close(other));
    files_end(&service);
}

SYSTEM_TEST(a_file_that_is_cut_off_and_grows_again_has_zeros_there)
{
    struct file_service service;
    char bytes[32];
    size_t len = 0;
    j6_handle_t root = files_begin(&service);
    file_make(root, "tmp/file", "a text that is long enough");
    expect_ok(files_truncate(root, "tmp/file", 6));
    expect_file(root, "tmp/file", "a text");
    expect_ok(files_truncate(root, "tmp/file", 3 * PAGE + 1));
    j6_handle_t file = file_open(root, "tmp/file", READ_AND_WRITE);
    expect_ok(files_read(file, 0, bytes, sizeof(bytes), &len));
    expect_equal(sizeof(bytes), len);
    expect(memcmp(bytes, "a text", 6) == 0 && is_zero(bytes + 6, sizeof(bytes) - 6));
    expect_ok(files_truncate(file, "", 0));
    expect_ok(files_truncate(file, "", 4));
    expect_ok(files_read(file, 0, bytes, sizeof(bytes), &len));
    expect_equal(4, len);
    expect(is_zero(bytes, 4));
    expect_ok(j6_handle_close(file));
    files_end(&service);
}

SYSTEM_TEST(no_file_gets_larger_than_it_may_be)
{
    struct file_service service;
    struct files_write_answer answer;
    j6_handle_t root = files_begin(&service);
    j6_handle_t file = file_open(root, "tmp/file", READ_AND_WRITE | files_open_create);
    expect_status(j6_err_out_of_range, files_write(file, files_size_max, "x", 1, &answer));
    expect_status(j6_err_out_of_range, files_write(file, files_at_end - 1, "x", 1, &answer));
    expect_status(j6_err_out_of_range, files_truncate(file, "", files_size_max + 1));
    expect_ok(files_write(file, files_size_max, "", 0, &answer));
    expect_equal(0, file_size(file, ""));
    expect_ok(j6_handle_close(file));
    files_end(&service);
}

SYSTEM_TEST(what_a_file_is_not_open_for_is_denied)
{
    struct file_service service;
    struct files_write_answer answer;
    struct text_write_answer text;
    char byte;
    size_t len;
    j6_handle_t root = files_begin(&service);
    j6_handle_t reader = file_open(root, "etc/motd", files_open_read);
    j6_handle_t writer = file_open(root, "etc/motd", files_open_write);
    j6_handle_t looker = file_open(root, "etc/motd", 0);
    expect_status(j6_err_denied, files_write(reader, 0, "x", 1, &answer));
    expect_status(j6_err_denied, text_write(reader, "x", 1, &text));
    expect_status(j6_err_denied, files_truncate(reader, "", 0));
    expect_status(j6_err_denied, files_read(writer, 0, &byte, 1, &len));
    expect_status(j6_err_denied, files_read(looker, 0, &byte, 1, &len));
    expect_status(j6_err_denied, files_write(looker, 0, "x", 1, &answer));
    expect(file_size(looker, "") > 0);
    expect_ok(j6_handle_close(reader));
    expect_ok(j6_handle_close(writer));
    expect_ok(j6_handle_close(looker));
    files_end(&service);
}

SYSTEM_TEST(a_directory_has_no_bytes)
{
    struct file_service service;
    struct files_write_answer answer;
    struct files_map_answer map;
    struct files_stat stat;
    struct text_write_answer text;
    j6_handle_t area = 0, open = 0;
    char byte;
    size_t len;
    j6_handle_t root = files_begin(&service);
    expect_status(j6_err_bad_state, files_read(root, 0, &byte, 1, &len));
    expect_status(j6_err_bad_state, files_write(root, 0, "x", 1, &answer));
    expect_status(j6_err_bad_state, text_write(root, "x", 1, &text));
    expect_status(j6_err_bad_state, files_truncate(root, "etc", 0));
    expect_status(j6_err_bad_state, files_map(root, "etc", 0, &map, &area));
    expect_status(j6_err_bad_state, files_open(root, "etc", files_open_write, 0, &stat, &open));
    files_end(&service);
}

SYSTEM_TEST(a_boot_file_is_written_to_without_the_archive)
{
    struct file_service service;
    char before[8], after[8];
    uint64_t len = sizeof(before);
    struct j6_archive_entry entry = {.size = 0};
    j6_handle_t archive = j6_find_module("boot.tar");
    j6_handle_t root = files_begin(&service);
    expect_ok(j6_archive_find(archive, "etc/motd", &entry));
    expect_ok(j6_vma_read(archive, entry.offset, before, &len));
    j6_handle_t file = file_open(root, "etc/motd", files_open_write);
    file_write(file, 0, "changed!");
    expect_ok(j6_handle_close(file));
    expect_equal(entry.size, file_size(root, "etc/motd"));
    expect_ok(j6_vma_read(archive, entry.offset, after, &len));
    expect(memcmp(before, after, sizeof(before)) == 0);
    expect_ok(files_truncate(root, "etc/motd", 7));
    expect_file(root, "etc/motd", "changed");
    files_end(&service);
}

SYSTEM_TEST(a_write_that_memory_ends_in_tells_how_far_it_came)
{
    struct file_service service;
    j6_handle_t memory = area_new(files_data_max / PAGE, 0);
    const char *bytes = area_map(memory, READ_WRITE);
    struct files_write_answer answer = {0};
    uint64_t size = 0;
    j6_status_t status;
    j6_handle_t root = files_begin(&service);
    j6_handle_t file = file_open(root, "tmp/large", files_open_write | files_open_create);
    while ((status = files_write(file, size, bytes, files_data_max, &answer)) == j6_status_ok) {
        expect(answer.written > 0 && answer.written <= files_data_max);
        size += answer.written;
        expect_equal(size, answer.end);
    }
    expect_status(j6_err_quota, status);
    expect(size > 16 * files_data_max);
    expect_equal(size, file_size(root, "tmp/large"));
    expect_ok(files_remove(root, "tmp/large", 0));
    expect_ok(j6_handle_close(file));
    area_unmap(memory, bytes);
    expect_ok(j6_handle_close(memory));
    file_make(root, "tmp/small", "there is memory again");
    expect_file(root, "tmp/small", "there is memory again");
    files_end(&service);
}

/* Until there is no memory for more; how many were made. */
static int fill_with_directories(j6_handle_t root)
{
    j6_status_t status = j6_status_ok;
    char name[] = "tmp/0000";
    int count = 0;
    for (; status == j6_status_ok && count < 10000; count++) {
        for (int n = count, i = 7; i > 3; i--, n /= 10) {
            name[i] = (char)('0' + n % 10);
        }
        status = files_make_directory(root, name);
    }
    expect_status(j6_err_quota, status);
    return count - 1;
}

SYSTEM_TEST(a_service_whose_memory_is_used_up_goes_on_with_what_it_has)
{
    char rows[512], bytes[PAGE] = {0};
    struct file_service service;
    struct files_list_answer answer = {0};
    struct files_write_answer written;
    struct files_stat stat;
    size_t len = 0;
    j6_status_t status = j6_status_ok;
    j6_handle_t root = files_begin_small(&service);
    j6_handle_t file = file_open(root, "tmp/file", READ_AND_WRITE | files_open_create);
    j6_handle_t directory = file_open(root, "tmp", files_open_directory);
    expect(fill_with_directories(root) > 0);
    for (uint64_t page = 0; status == j6_status_ok; page++) {
        status = files_write(file, page * PAGE, bytes, PAGE, &written);
    }
    expect_status(j6_err_quota, status);
    expect_ok(files_stat(root, "tmp/0000", 0, &stat));
    expect_ok(files_list(directory, 0, rows, sizeof(rows), &len, &answer));
    expect(answer.count > 1);
    expect_ok(files_read(file, 0, bytes, 1, &len));
    expect_ok(files_remove(root, "tmp/0001", files_remove_directory));
    expect_ok(files_rename(root, "tmp/0000", "tmp/file2", 0)); /* in the place of that name */
    expect_ok(files_make_directory(root, "tmp/0001"));
    expect_ok(j6_handle_close(directory));
    expect_ok(j6_handle_close(file));
    files_end(&service);
}

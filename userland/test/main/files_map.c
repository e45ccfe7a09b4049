/* SPDX-License-Identifier: MIT */
/* The areas of files (files_map): what they show, and what they allow. */
#include "lib/string.h"
#include "userland/test/main/files.h"
#include "userland/test/main/memory.h"

enum { READ_AND_WRITE = files_open_read | files_open_write };

static j6_handle_t map_file(j6_handle_t at, const char *path, uint64_t flags)
{
    struct files_map_answer answer = {0};
    j6_handle_t area = 0;
    expect_ok(files_map(at, path, flags, &answer, &area));
    expect_equal(file_size(at, path), answer.size);
    return area;
}

SYSTEM_TEST(who_maps_a_file_sees_what_others_write_and_they_see_what_he_writes)
{
    struct file_service service;
    j6_handle_t root = files_begin(&service);
    file_make(root, "tmp/file", "written by a call");
    j6_handle_t area = map_file(root, "tmp/file", files_map_write);
    char *bytes = area_map(area, READ_WRITE);
    expect(string_equal("written by a call", bytes));
    memcpy(bytes, "WRITTEN", 7);
    expect_file(root, "tmp/file", "WRITTEN by a call");
    j6_handle_t file = file_open(root, "tmp/file", READ_AND_WRITE);
    file_write(file, 11, "a handle");
    expect(string_equal("WRITTEN by a handle", bytes));
    expect_ok(j6_handle_close(file));
    area_unmap(area, bytes);
    expect_ok(j6_handle_close(area));
    files_end(&service);
}

SYSTEM_TEST(a_program_is_started_from_the_area_of_its_file)
{
    struct file_service service;
    struct files_map_answer answer;
    j6_handle_t area = 0, process = 0;
    j6_handle_t root = files_begin(&service);
    expect_ok(files_map(root, "/bin/hello", files_map_exec, &answer, &area));
    expect(j6_handle_rights(area) & j6_right_vma_exec);
    expect_ok(j6_spawn(area, "hello", NULL, NULL, NULL, 0, &process));
    expect_ok(j6_handle_close(area));
    struct j6_end_info end = process_finish(process);
    expect_equal(j6_reason_exited, end.reason);
    expect_equal(0, end.code);
    files_end(&service);
}

SYSTEM_TEST(the_area_of_a_file_allows_what_was_asked_for_and_may_be)
{
    struct file_service service;
    struct files_map_answer answer;
    uint64_t size = 2 * PAGE;
    j6_handle_t area = 0;
    j6_handle_t root = files_begin(&service);
    file_make(root, "tmp/file", "text");
    j6_handle_t reads = map_file(root, "tmp/file", 0);
    expect(!(j6_handle_rights(reads) &
             (j6_right_vma_write | j6_right_vma_exec | j6_right_vma_resize | j6_right_close)));
    expect_status(j6_err_denied, j6_vma_resize(reads, &size));
    expect_ok(j6_handle_close(reads));
    expect_status(j6_err_denied, files_map(root, "tmp/file", files_map_exec, &answer, &area));
    j6_handle_t reader = file_open(root, "tmp/file", files_open_read);
    j6_handle_t writer = file_open(root, "tmp/file", files_open_write);
    expect_status(j6_err_denied, files_map(reader, "", files_map_write, &answer, &area));
    expect_status(j6_err_denied, files_map(writer, "", 0, &answer, &area));
    expect_status(j6_err_invalid_arg, files_map(reader, "", 4, &answer, &area));
    expect_ok(files_set_mode(root, "tmp/file", 0));
    expect_status(j6_err_denied, files_map(root, "tmp/file", files_map_write, &answer, &area));
    expect_equal(0, area);
    expect_ok(j6_handle_close(reader));
    expect_ok(j6_handle_close(writer));
    files_end(&service);
}

SYSTEM_TEST(what_is_written_behind_the_end_of_a_mapped_file_never_becomes_part_of_it)
{
    struct file_service service;
    char bytes[16];
    size_t len = 0;
    j6_handle_t root = files_begin(&service);
    file_make(root, "tmp/file", "1234");
    j6_handle_t area = map_file(root, "tmp/file", files_map_write);
    char *memory = area_map(area, READ_WRITE);
    memcpy(memory + 4, "behind", 6);
    j6_handle_t file = file_open(root, "tmp/file", READ_AND_WRITE);
    file_write(file, 8, "9");
    expect_ok(files_read(file, 0, bytes, sizeof(bytes), &len));
    expect_equal(9, len);
    expect(memcmp(bytes,
                  "1234\0\0\0\0"
                  "9",
                  9) == 0);
    expect_ok(files_truncate(file, "", 0));
    expect_equal(0, memory[0]);
    memcpy(memory, "behind", 6);
    expect_ok(files_truncate(file, "", 6));
    expect(is_zero(memory, 6));
    expect_ok(j6_handle_close(file));
    area_unmap(area, memory);
    expect_ok(j6_handle_close(area));
    files_end(&service);
}

SYSTEM_TEST(a_file_grows_though_its_mapping_cannot)
{
    struct file_service service;
    j6_handle_t root = files_begin(&service);
    file_make(root, "tmp/file", "begin");
    j6_handle_t area = map_file(root, "tmp/file", files_map_write);
    uint64_t place = far_place();
    char *memory = area_map_at(area, place, READ_WRITE);
    j6_handle_t wall = area_new(1, 0);
    char *behind = area_map_at(wall, place + PAGE, READ_WRITE);
    expect_ok(files_truncate(root, "tmp/file", 3 * PAGE));
    expect_equal(3 * PAGE, file_size(root, "tmp/file"));
    expect(string_equal("begin", memory));
    expect_ok(files_truncate(root, "tmp/file", 5));
    expect_file(root, "tmp/file", "begin");
    area_unmap(wall, behind);
    area_unmap(area, memory);
    expect_ok(j6_handle_close(wall));
    expect_ok(j6_handle_close(area));
    files_end(&service);
}

SYSTEM_TEST(the_area_of_a_file_outlives_its_name_its_handles_and_its_service)
{
    struct file_service service;
    j6_handle_t root = files_begin(&service);
    file_make(root, "tmp/file", "still here");
    j6_handle_t area = map_file(root, "tmp/file", 0);
    char *memory = area_map(area, j6_map_read);
    expect_ok(files_remove(root, "tmp/file", 0));
    expect(string_equal("still here", memory));
    files_end(&service);
    expect(string_equal("still here", memory));
    area_unmap(area, memory);
    expect_ok(j6_handle_close(area));
}

SYSTEM_TEST(a_boot_file_that_is_mapped_has_zeros_behind_its_end)
{
    struct file_service service;
    struct files_map_answer answer = {0};
    j6_handle_t area = 0;
    j6_handle_t root = files_begin(&service);
    expect_ok(files_map(root, "etc/motd", 0, &answer, &area));
    char *memory = area_map(area, j6_map_read);
    expect(answer.size > 0 && memory[answer.size - 1] == '\n');
    expect(is_zero(memory + answer.size, PAGE - answer.size));
    area_unmap(area, memory);
    expect_ok(j6_handle_close(area));
    files_end(&service);
}

SYSTEM_TEST(an_empty_file_is_mapped_as_a_page_of_zeros)
{
    struct file_service service;
    j6_handle_t root = files_begin(&service);
    file_make(root, "tmp/file", "");
    j6_handle_t area = map_file(root, "tmp/file", 0);
    char *memory = area_map(area, j6_map_read);
    expect(is_zero(memory, PAGE));
    area_unmap(area, memory);
    expect_ok(j6_handle_close(area));
    files_end(&service);
}

/* SPDX-License-Identifier: MIT */
/* The boot archive (<j6/archive.h>): what it holds, as areas. */
#include "lib/string.h"
#include "userland/test/main/memory.h"
#include "userland/test/main/util.h"
#include <j6/archive.h>

TEST(every_entry_of_the_boot_archive_is_right)
{
    j6_handle_t area = j6_find_module("boot.tar");
    struct j6_archive archive = j6_archive_of_area(&area);
    struct j6_archive_entry entry;
    uint64_t programs = 0;
    enum j6_archive_result result;
    while ((result = j6_archive_next(&archive, &entry)) == j6_archive_ok) {
        programs += entry.type == j6_archive_file && string_starts_with(entry.path, "bin/");
    }
    expect(string_equal("the end", j6_archive_text(result)));
    expect(programs >= 2);
}

TEST(a_program_of_the_boot_archive_runs)
{
    static const char *const argv[] = {"hello", NULL};
    j6_handle_t process = 0;
    expect_ok(j6_boot_spawn("hello", "hello", argv, NULL, 0, &process));
    expect_equal(j6_reason_exited, process_finish(process).reason);
}

TEST(a_boot_file_is_followed_by_zeros_up_to_the_end_of_its_page)
{
    struct j6_archive_entry entry = {.size = 0};
    j6_handle_t archive = j6_find_module("boot.tar"), file = 0;
    char page[PAGE];
    uint64_t len = PAGE;
    expect_ok(j6_archive_find(archive, "etc/motd", &entry));
    expect(entry.size > 0 && entry.size < PAGE);
    expect_ok(j6_vma_read(archive, entry.offset, page, &len));
    expect(page[entry.size - 1] == '\n');
    expect(!is_zero(page + entry.size, PAGE - entry.size)); /* there are headers behind it */
    expect_ok(j6_archive_clone(archive, &entry, 0, &file));
    expect_ok(j6_vma_read(file, 0, page, &len));
    expect(page[entry.size - 1] == '\n');
    expect(is_zero(page + entry.size, PAGE - entry.size));
    expect_status(j6_err_out_of_range, j6_vma_read(file, PAGE, page, &len));
    expect_ok(j6_handle_close(file));
}

TEST(what_is_written_to_a_boot_file_stays_in_that_copy)
{
    j6_handle_t one = 0, other = 0;
    char first[8], again[8];
    uint64_t len = sizeof(first);
    expect_ok(j6_boot_file("etc/motd", &one));
    expect_ok(j6_vma_read(one, 0, first, &len));
    expect_ok(j6_vma_write(one, 0, "changed!", &len));
    expect_ok(j6_boot_file("etc/motd", &other));
    expect_ok(j6_vma_read(other, 0, again, &len));
    expect(memcmp(first, again, sizeof(first)) == 0);
    expect_ok(j6_handle_close(one));
    expect_ok(j6_handle_close(other));
}

TEST(what_the_boot_archive_does_not_hold_is_not_found)
{
    j6_handle_t file = 0;
    expect_status(j6_err_not_found, j6_boot_file("bin/nobody", &file));
    expect_status(j6_err_not_found, j6_boot_file("bin", &file));
    expect_status(j6_err_not_found, j6_boot_file("/etc/motd", &file));
    expect_status(j6_err_not_found, j6_boot_file("", &file));
    expect_equal(0, file);
}

TEST(nothing_is_found_in_an_area_that_is_no_archive)
{
    struct j6_archive_entry entry;
    j6_handle_t area = area_new(1, 0);
    uint64_t len = 3;
    expect_status(j6_err_not_found, j6_archive_find(area, "etc/motd", &entry)); /* all zeros */
    expect_ok(j6_vma_write(area, 0, "etc", &len));
    expect_status(j6_err_invalid_arg, j6_archive_find(area, "etc/motd", &entry));
    expect_ok(j6_handle_close(area));
}

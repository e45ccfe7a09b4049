/* SPDX-License-Identifier: MIT */
/* SOURCES: userland/lib/archive.c tests/host/archive_file.c lib/string.c */
/* Boot archives: what is in them, and each way in which one can be damaged. */
#include "tests/host/archive_file.h"
#include <test.h>

#include <stdlib.h>
#include <string.h>

static struct archive_file file;

static int begin(void **state)
{
    (void)state;
    memset(&file, 0, sizeof(file));
    return 0;
}

static enum j6_archive_result first(struct j6_archive_entry *out_entry)
{
    struct j6_archive archive = archive_open(&file);
    enum j6_archive_result result = j6_archive_next(&archive, out_entry);
    if (result != j6_archive_ok) {
        assert_int_equal(archive.next % ARCHIVE_BLOCK, 0);
    } else {
        archive_check_entry(&file, out_entry);
    }
    return result;
}

static void expect_first(enum j6_archive_result wanted)
{
    struct j6_archive_entry entry;
    assert_string_equal(j6_archive_text(first(&entry)), j6_archive_text(wanted));
}

/* ---- what is in them ------------------------------------------------------------------------ */

static void an_archive_tells_its_directories_files_and_links_in_order(void **state)
{
    (void)state;
    struct j6_archive_entry entry;
    archive_add_header(&file, "bin/", '5', 0);
    archive_add_file(&file, "bin/one", 5000, 'o');
    archive_add_file(&file, "bin/none", 0, 0);
    size_t link = archive_add_header(&file, "bin/two", '2', 0);
    strcpy((char *)&file.bytes[link + 157], "../bin/one");
    archive_sum(&file, link);
    archive_add_end(&file);
    struct j6_archive archive = archive_open(&file);
    assert_int_equal(j6_archive_next(&archive, &entry), j6_archive_ok);
    assert_string_equal(entry.path, "bin");
    assert_int_equal(entry.type, j6_archive_directory);
    assert_int_equal(entry.mode, 0755);
    assert_int_equal(entry.modified, 1000000);
    assert_int_equal(j6_archive_next(&archive, &entry), j6_archive_ok);
    assert_string_equal(entry.path, "bin/one");
    assert_int_equal(entry.type, j6_archive_file);
    assert_int_equal(entry.size, 5000);
    assert_int_equal(entry.offset % 4096, 0);
    assert_int_equal(file.bytes[entry.offset + 4999], 'o');
    assert_int_equal(j6_archive_next(&archive, &entry), j6_archive_ok);
    assert_string_equal(entry.path, "bin/none");
    assert_int_equal(entry.size, 0);
    assert_int_equal(j6_archive_next(&archive, &entry), j6_archive_ok);
    assert_int_equal(entry.type, j6_archive_link);
    assert_string_equal(entry.target, "../bin/one");
    for (int i = 0; i < 3; i++) {
        assert_int_equal(j6_archive_next(&archive, &entry), j6_archive_end);
    }
}

static void a_file_begins_on_a_page_wherever_the_last_one_ended(void **state)
{
    (void)state;
    for (uint64_t size = 1; size < 8192; size += 500) {
        struct j6_archive_entry entry;
        begin(NULL);
        archive_add_file(&file, "before", size, 'b');
        archive_add_file(&file, "after", 1, 'a');
        archive_add_end(&file);
        struct j6_archive archive = archive_open(&file);
        assert_int_equal(j6_archive_next(&archive, &entry), j6_archive_ok);
        assert_int_equal(j6_archive_next(&archive, &entry), j6_archive_ok);
        assert_string_equal(entry.path, "after");
        assert_int_equal(file.bytes[entry.offset], 'a');
    }
}

static void a_path_of_256_bytes_is_read(void **state)
{
    (void)state;
    struct j6_archive_entry entry;
    char name[101] = {0};
    memset(name, 'n', 100);
    size_t header = archive_add_header(&file, name, '0', 0);
    memset(&file.bytes[header + 345], 'p', 155);
    archive_sum(&file, header);
    archive_add_end(&file);
    assert_int_equal(first(&entry), j6_archive_ok);
    assert_int_equal(strlen(entry.path), 256);
    assert_int_equal(entry.path[155], '/');
}

/* ---- what is wrong -------------------------------------------------------------------------- */

static void an_archive_without_its_end_is_refused(void **state)
{
    (void)state;
    expect_first(j6_archive_truncated);
    archive_add_header(&file, "name", '0', 0);
    file.size = ARCHIVE_BLOCK - 1;
    expect_first(j6_archive_truncated);
    file.size = ARCHIVE_BLOCK;
    struct j6_archive_entry entry;
    struct j6_archive archive = archive_open(&file);
    assert_int_equal(j6_archive_next(&archive, &entry), j6_archive_ok);
    assert_int_equal(j6_archive_next(&archive, &entry), j6_archive_truncated);
    file.size += ARCHIVE_BLOCK;
    assert_int_equal(j6_archive_next(&archive, &entry), j6_archive_truncated);
}

static void an_archive_cut_off_at_each_byte_is_refused(void **state)
{
    (void)state;
    archive_add_header(&file, "bin/", '5', 0);
    archive_add_file(&file, "bin/one", 700, 'o');
    archive_add_end(&file);
    for (size_t whole = file.size; file.size > 0;) {
        struct j6_archive archive = archive_open(&file);
        struct j6_archive_entry entry;
        enum j6_archive_result result;
        while ((result = j6_archive_next(&archive, &entry)) == j6_archive_ok) {}
        assert_int_equal(result, file.size == whole ? j6_archive_end : j6_archive_truncated);
        file.size--;
    }
}

static void what_is_no_header_is_refused(void **state)
{
    (void)state;
    struct j6_archive_entry entry;
    memset(file.bytes, 0xa5, 4096);
    file.size = 4096;
    expect_first(j6_archive_no_header);
    begin(NULL);
    file.size = ARCHIVE_BLOCK; /* one block of zeros, and then more */
    archive_add_header(&file, "name", '0', 0);
    expect_first(j6_archive_no_header);
    begin(NULL);
    size_t header = archive_add_header(&file, "name", '0', 0);
    archive_add_end(&file);
    file.bytes[header + 263] = '1'; /* version */
    archive_sum(&file, header);
    assert_int_equal(first(&entry), j6_archive_no_header);
}

static void a_flipped_bit_in_a_header_is_noticed(void **state)
{
    (void)state;
    archive_add_header(&file, "bin/", '5', 0);
    archive_add_end(&file);
    for (size_t bit = 0; bit < 8 * ARCHIVE_BLOCK; bit++) {
        struct j6_archive_entry entry;
        file.bytes[bit / 8] ^= 1 << bit % 8;
        enum j6_archive_result result = first(&entry);
        bool in_end_of_sum = bit / 8 >= 154 && bit / 8 < 156; /* a space may be a zero */
        assert_true(result == j6_archive_bad_checksum || result == j6_archive_no_header ||
                    in_end_of_sum);
        file.bytes[bit / 8] ^= 1 << bit % 8;
    }
}

static void numbers_that_are_not_octal_are_refused(void **state)
{
    (void)state;
    static const size_t fields[] = {100, 124, 136}; /* mode, size, modified */
    for (size_t i = 0; i < 3; i++) {
        static const char *const texts[] = {"", "8", "12x", "-1", "1 1"};
        for (size_t j = 0; j < 5; j++) {
            begin(NULL);
            size_t header = archive_add_header(&file, "name", '0', 0);
            archive_add_end(&file);
            memset(&file.bytes[header + fields[i]], 0, 8);
            strcpy((char *)&file.bytes[header + fields[i]], texts[j]);
            if (texts[j][0] == 0) {
                memset(&file.bytes[header + fields[i]], 0, fields[i] == 100 ? 8 : 12);
            }
            archive_sum(&file, header);
            expect_first(j6_archive_bad_number);
        }
    }
}

static void directories_and_links_with_bytes_are_refused(void **state)
{
    (void)state;
    archive_add_header(&file, "bin/", '5', 512);
    file.size += 512;
    archive_add_end(&file);
    expect_first(j6_archive_bad_number);
}

static void paths_that_lead_out_or_nowhere_are_refused(void **state)
{
    (void)state;
    static const char *const paths[] = {"",      "/",   "/bin", "bin/", "a//b",
                                        ".",     "..",  "../a", "a/..", "a/../b",
                                        "a/./b", "./a", "a/.",  "//",   "a/b//"};
    for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
        begin(NULL);
        archive_add_header(&file, paths[i], '0', 0);
        archive_add_end(&file);
        expect_first(j6_archive_bad_path);
    }
    begin(NULL);
    archive_add_header(&file, "/", '5', 0);
    archive_add_end(&file);
    expect_first(j6_archive_bad_path);
}

static void a_link_without_a_target_is_refused(void **state)
{
    (void)state;
    archive_add_header(&file, "link", '2', 0);
    archive_add_end(&file);
    expect_first(j6_archive_bad_target);
}

static void entries_of_other_types_are_refused(void **state)
{
    (void)state;
    for (const char *type = "1346789gLKS"; *type != 0; type++) {
        begin(NULL);
        archive_add_header(&file, "name", *type, 0);
        archive_add_end(&file);
        expect_first(j6_archive_bad_type);
    }
}

static void records_other_than_comments_are_refused(void **state)
{
    (void)state;
    archive_add_record(&file, "path", 512);
    archive_add_end(&file);
    expect_first(j6_archive_bad_type);
    begin(NULL);
    archive_add_record(&file, "comment", 512);
    memcpy(&file.bytes[ARCHIVE_BLOCK], "511", 3); /* there may be another one behind it */
    archive_add_end(&file);
    expect_first(j6_archive_bad_type);
}

static void a_file_that_does_not_begin_on_a_page_is_refused(void **state)
{
    (void)state;
    archive_add_header(&file, "name", '0', 5);
    file.size += 512;
    archive_add_end(&file);
    expect_first(j6_archive_unaligned);
}

static void a_size_beyond_the_end_is_refused(void **state)
{
    (void)state;
    size_t header = archive_add_file(&file, "name", 512, 'x');
    archive_add_end(&file);
    memcpy(&file.bytes[header + 124], "777777777777", 12);
    archive_sum(&file, header);
    expect_first(j6_archive_truncated);
}

static void every_result_has_a_text_of_its_own(void **state)
{
    (void)state;
    for (int i = j6_archive_ok; i <= j6_archive_unaligned; i++) {
        for (int j = j6_archive_ok; j < i; j++) {
            assert_string_not_equal(j6_archive_text((enum j6_archive_result)i),
                                    j6_archive_text((enum j6_archive_result)j));
        }
    }
    assert_string_equal(j6_archive_text((enum j6_archive_result)99), "unknown result");
}

#define UNIT(test) cmocka_unit_test_setup(test, begin)

int main(void)
{
    const struct CMUnitTest tests[] = {
        UNIT(an_archive_tells_its_directories_files_and_links_in_order),
        UNIT(a_file_begins_on_a_page_wherever_the_last_one_ended),
        UNIT(a_path_of_256_bytes_is_read),
        UNIT(an_archive_without_its_end_is_refused),
        UNIT(an_archive_cut_off_at_each_byte_is_refused),
        UNIT(what_is_no_header_is_refused),
        UNIT(a_flipped_bit_in_a_header_is_noticed),
        UNIT(numbers_that_are_not_octal_are_refused),
        UNIT(directories_and_links_with_bytes_are_refused),
        UNIT(paths_that_lead_out_or_nowhere_are_refused),
        UNIT(a_link_without_a_target_is_refused),
        UNIT(entries_of_other_types_are_refused),
        UNIT(records_other_than_comments_are_refused),
        UNIT(a_file_that_does_not_begin_on_a_page_is_refused),
        UNIT(a_size_beyond_the_end_is_refused),
        UNIT(every_result_has_a_text_of_its_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

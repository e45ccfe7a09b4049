/* SPDX-License-Identifier: MIT */
/*
 * Paths and links of the file service, as clients see them; what they are made of is tested on the
 * host.
 */
#include "lib/string.h"
#include "userland/test/main/files.h"

static j6_status_t stat_of(j6_handle_t at, const char *path)
{
    struct files_stat stat;
    return files_stat(at, path, 0, &stat);
}

static j6_koid_t id_of(j6_handle_t at, const char *path)
{
    struct files_stat stat = {0};
    expect_ok(files_stat(at, path, 0, &stat));
    return stat.id;
}

SYSTEM_TEST(a_path_begins_at_the_directory_that_is_asked_or_at_its_top)
{
    struct file_service service;
    j6_handle_t root = files_begin(&service);
    j6_handle_t etc = file_open(root, "etc", files_open_directory);
    expect_equal(id_of(root, "etc/motd"), id_of(etc, "motd"));
    expect_equal(id_of(root, "etc/motd"), id_of(etc, "/etc/motd"));
    expect_equal(id_of(root, "etc/motd"), id_of(etc, "../etc/./motd"));
    expect_equal(id_of(root, "etc"), id_of(etc, ""));
    expect_equal(id_of(root, ""), id_of(etc, "../../.."));
    expect_status(j6_err_not_found, stat_of(etc, "etc/motd"));
    expect_status(j6_err_wrong_type, stat_of(etc, "motd/"));
    expect_status(j6_err_wrong_type, stat_of(etc, "motd/.."));
    expect_ok(j6_handle_close(etc));
    files_end(&service);
}

SYSTEM_TEST(a_path_that_is_asked_of_an_open_file_is_empty)
{
    struct file_service service;
    j6_handle_t root = files_begin(&service);
    j6_handle_t file = file_open(root, "etc/motd", files_open_read);
    expect_ok(stat_of(file, ""));
    expect_status(j6_err_wrong_type, stat_of(file, "motd"));
    expect_status(j6_err_wrong_type, stat_of(file, "/etc/motd"));
    expect_status(j6_err_wrong_type, stat_of(file, "."));
    expect_ok(j6_handle_close(file));
    files_end(&service);
}

SYSTEM_TEST(paths_and_names_that_are_too_long_are_out_of_range)
{
    struct file_service service;
    char path[3 * files_path_max] = {0};
    char *name = path + 4;
    j6_handle_t root = files_begin(&service);
    memcpy(path, "tmp/", 4);
    memset(name, 'n', files_name_max);
    file_make(root, path, "long");
    expect_file(root, path, "long");
    name[files_name_max] = 'n';
    expect_status(j6_err_out_of_range, stat_of(root, path));
    memset(path, '/', files_path_max);
    expect_ok(stat_of(root, path));
    path[files_path_max] = '/';
    expect_status(j6_err_out_of_range, stat_of(root, path));
    expect_status(j6_err_out_of_range, files_rename(root, "etc/motd", path, 0));
    expect_status(j6_err_out_of_range, files_make_link(root, path, "tmp/link"));
    memset(path, '/', sizeof(path) - 1);
    expect_status(j6_err_out_of_range, stat_of(root, path));
    files_end(&service);
}

SYSTEM_TEST(a_byte_of_0_is_in_no_path)
{
    struct file_service service;
    struct files_stat stat;
    char path[] = "etc\0motd";
    const struct files_request request = {0, 0, 0};
    j6_handle_t root = files_begin(&service);
    const struct j6_ask ask = {.code = files_code_stat,
                               .fields = &request,
                               .size = sizeof(request),
                               .answer = &stat,
                               .answer_size = sizeof(stat),
                               .data = path,
                               .len = 8};
    expect_status(j6_err_invalid_arg, j6_ask(root, &ask, j6_deadline_never));
    files_end(&service);
}

/* ---- links ----------------------------------------------------------------------------------- */

SYSTEM_TEST(a_link_leads_to_what_it_names)
{
    struct file_service service;
    struct files_stat stat = {0};
    char path[files_path_max] = "tmp/link";
    size_t len = 0;
    j6_handle_t root = files_begin(&service);
    expect_ok(files_make_link(root, "../etc/motd", "tmp/link"));
    expect_ok(files_make_link(root, "/etc", "tmp/etc"));
    expect_equal(id_of(root, "etc/motd"), id_of(root, "tmp/link"));
    expect_equal(id_of(root, "etc/motd"), id_of(root, "tmp/etc/motd"));
    expect_ok(files_stat(root, "tmp/link", files_no_follow, &stat));
    expect_equal(files_type_link, stat.type);
    expect_equal(11, stat.size);
    expect_ok(files_read_link(root, path, 8, &len));
    expect(len == 11 && memcmp(path, "../etc/motd", 11) == 0);
    memcpy(path, "etc/motd", 8);
    expect_status(j6_err_bad_state, files_read_link(root, path, 8, &len));
    expect_status(j6_status_exists, files_make_link(root, "etc", "tmp/link"));
    expect_status(j6_err_invalid_arg, files_make_link(root, "", "tmp/new"));
    expect_status(j6_err_wrong_type, files_make_link(root, "etc", "tmp/new/"));
    expect_ok(files_remove(root, "tmp/link", 0));
    expect(file_is_there(root, "etc/motd"));
    files_end(&service);
}

SYSTEM_TEST(a_link_that_leads_nowhere_is_where_a_file_is_made)
{
    struct file_service service;
    struct files_stat stat;
    j6_handle_t open = 0;
    const uint64_t make = files_open_write | files_open_create;
    j6_handle_t root = files_begin(&service);
    expect_ok(files_make_link(root, "/tmp/file", "etc/link"));
    expect_status(j6_err_not_found, stat_of(root, "etc/link"));
    expect_status(j6_status_exists,
                  files_open(root, "etc/link", make | files_open_exclusive, 0, &stat, &open));
    expect_status(j6_err_bad_state,
                  files_open(root, "etc/link", files_open_no_follow, 0, &stat, &open));
    file_make(root, "etc/link", "through a link");
    expect_file(root, "tmp/file", "through a link");
    files_end(&service);
}

SYSTEM_TEST(links_that_lead_in_circles_are_out_of_range)
{
    struct file_service service;
    char name[] = "tmp/a", target[] = "b";
    j6_handle_t root = files_begin(&service);
    expect_ok(files_make_link(root, "self", "tmp/self"));
    expect_status(j6_err_out_of_range, stat_of(root, "tmp/self"));
    expect_status(j6_err_out_of_range, stat_of(root, "tmp/self/more"));
    expect_ok(files_remove(root, "tmp/self", 0));
    for (; name[4] < 'a' + files_links_max; name[4]++, target[0]++) {
        expect_ok(files_make_link(root, target, name));
    }
    file_make(root, name, "the end");
    expect_file(root, "tmp/a", "the end");
    expect_ok(files_make_link(root, "tmp/a", "one_more"));
    expect_status(j6_err_out_of_range, stat_of(root, "one_more"));
    files_end(&service);
}

SYSTEM_TEST(no_path_leads_above_the_top)
{
    struct file_service service;
    j6_handle_t inner = 0;
    j6_handle_t root = files_begin(&service);
    expect_ok(files_make_directory(root, "tmp/top"));
    expect_ok(files_make_directory(root, "tmp/top/etc"));
    expect_ok(files_client(root, "tmp/top", 0, files_no_limit, files_no_limit, &inner));
    expect_equal(id_of(root, "tmp/top"), id_of(inner, "/"));
    expect_equal(id_of(root, "tmp/top"), id_of(inner, "../.."));
    expect_equal(id_of(root, "tmp/top"), id_of(inner, "etc/../../.."));
    expect_ok(files_make_link(inner, "/etc/motd", "absolute"));
    expect_ok(files_make_link(inner, "../../etc/motd", "relative"));
    expect_status(j6_err_not_found, stat_of(inner, "absolute"));
    expect_status(j6_err_not_found, stat_of(inner, "relative"));
    j6_handle_t moved = file_open(inner, "etc", files_open_directory);
    expect_ok(files_rename(root, "tmp/top/etc", "tmp/moved", 0));
    expect_ok(stat_of(moved, ""));
    expect_status(j6_err_not_found, stat_of(moved, ".."));
    expect_ok(j6_handle_close(moved));
    expect_ok(j6_handle_close(inner));
    files_end(&service);
}

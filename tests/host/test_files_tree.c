/* SPDX-License-Identifier: MIT */
/* SOURCES: userland/bin/files/path.c userland/bin/files/tree.c userland/bin/files/node.c userland/bin/files/client.c userland/bin/files/text.c lib/avl.c lib/string.c tests/host/files_memory.c */
/*
 * The tree of the file service: names, paths, links, and who is charged; with memory that is
 * refused.
 */
#include "tests/host/files_memory.h"
#include <test.h>

#include <stdio.h>
#include <string.h>

static struct files_host host;

static int begin(void **state)
{
    (void)state;
    host = files_host_begin();
    return 0;
}

static int end(void **state)
{
    (void)state;
    files_host_end(&host);
    return 0;
}

static void add(const char *path, enum files_type type)
{
    assert_int_equal(files_host_add(&host, path, type, NULL), j6_status_ok);
}

static void add_link(const char *path, const char *target)
{
    assert_int_equal(files_host_add(&host, path, files_type_link, target), j6_status_ok);
}

static struct node *node_at(const char *path)
{
    struct place place;
    return files_host_walk(&host, path, FOLLOW_ALWAYS, &place) == j6_status_ok ? place.node : NULL;
}

static void expect_walk(const char *path, j6_status_t wanted)
{
    struct place place;
    if (files_host_walk(&host, path, FOLLOW_ALWAYS, &place) != wanted) {
        fail_msg("%s", path);
    }
}

/* ---- paths ----------------------------------------------------------------------------------- */

static void a_path_ends_at_what_it_names_or_where_that_would_be(void **state)
{
    (void)state;
    struct place place;
    add("a", files_type_directory);
    add("a/b", files_type_directory);
    add("a/b/file", files_type_file);
    struct node *file = node_at("a/b/file");
    assert_non_null(file);
    static const char *const same[] = {"/a/b/file",          "a//b///file",    "./a/./b/./file",
                                       "a/../a/b/../b/file", "../../a/b/file", "//a/b/file"};
    for (size_t i = 0; i < sizeof(same) / sizeof(same[0]); i++) {
        assert_ptr_equal(node_at(same[i]), file);
    }
    assert_int_equal(files_host_walk(&host, "a/b/new", FOLLOW_ALWAYS, &place), j6_status_ok);
    assert_null(place.node);
    assert_ptr_equal(place.directory, node_at("a/b"));
    assert_int_equal(place.name.len, 3);
    assert_memory_equal(place.name.bytes, "new", 3);
    assert_false(place.is_slashed);
    assert_int_equal(files_host_walk(&host, "a/new/", FOLLOW_ALWAYS, &place), j6_status_ok);
    assert_true(place.is_slashed);
    assert_int_equal(files_host_walk(&host, "a/b/..", FOLLOW_ALWAYS, &place), j6_status_ok);
    assert_ptr_equal(place.node, node_at("a"));
    assert_null(place.directory);
}

static void a_path_that_leads_nowhere_tells_why(void **state)
{
    (void)state;
    add("file", files_type_file);
    add("a", files_type_directory);
    expect_walk("none/more", j6_err_not_found);
    expect_walk("a/none/..", j6_err_not_found);
    expect_walk("file/more", j6_err_wrong_type);
    expect_walk("file/", j6_err_wrong_type);
    expect_walk("file/.", j6_err_wrong_type);
    expect_walk("file/..", j6_err_wrong_type);
    expect_walk("a/", j6_status_ok);
}

static void names_and_paths_have_a_longest(void **state)
{
    (void)state;
    char path[files_path_max + 2] = {0};
    memset(path, 'n', files_name_max);
    expect_walk(path, j6_status_ok);
    path[files_name_max] = 'n';
    expect_walk(path, j6_err_out_of_range);
    for (size_t i = 0; i < files_path_max; i++) {
        path[i] = i % 2 ? '/' : '.';
    }
    expect_walk(path, j6_status_ok);
    path[files_path_max] = '.';
    expect_walk(path, j6_err_out_of_range);
}

static void links_are_followed_on_the_way_and_at_the_end_if_wanted(void **state)
{
    (void)state;
    struct place place;
    add("a", files_type_directory);
    add("a/file", files_type_file);
    add_link("to_a", "a");
    add_link("a/up", "../a/file");
    add_link("to_link", "to_a/");
    add_link("to_none", "a/none");
    assert_ptr_equal(node_at("to_a/file"), node_at("a/file"));
    assert_ptr_equal(node_at("to_link/up"), node_at("a/file"));
    assert_int_equal(files_host_walk(&host, "to_a", FOLLOW_SLASHED, &place), j6_status_ok);
    assert_int_equal(place.node->type, files_type_link);
    assert_int_equal(files_host_walk(&host, "to_a/", FOLLOW_SLASHED, &place), j6_status_ok);
    assert_ptr_equal(place.node, node_at("a"));
    assert_int_equal(files_host_walk(&host, "to_a/", FOLLOW_NEVER, &place), j6_err_wrong_type);
    assert_int_equal(files_host_walk(&host, "to_a/file", FOLLOW_NEVER, &place), j6_status_ok);
    assert_int_equal(files_host_walk(&host, "to_none", FOLLOW_ALWAYS, &place), j6_status_ok);
    assert_null(place.node);
    assert_ptr_equal(place.directory, node_at("a"));
    expect_walk("to_none/more", j6_err_not_found);
    expect_walk("a/up/", j6_err_wrong_type);
}

static void no_more_than_16_links_are_followed(void **state)
{
    (void)state;
    char name[16], target[16];
    add_link("self", "self");
    add_link("one", "other");
    add_link("other", "one/more");
    expect_walk("self", j6_err_out_of_range);
    expect_walk("one", j6_err_out_of_range);
    add("l0", files_type_directory);
    for (int i = 1; i <= files_links_max + 1; i++) {
        snprintf(name, sizeof(name), "l%d", i);
        snprintf(target, sizeof(target), "l%d", i - 1);
        add_link(name, target);
    }
    expect_walk("l16", j6_status_ok);
    expect_walk("l17", j6_err_out_of_range);
    expect_walk("l8/../l8", j6_status_ok);
    expect_walk("l8/../l9", j6_err_out_of_range);
}

static void the_top_is_never_left(void **state)
{
    (void)state;
    struct place place;
    add("a", files_type_directory);
    add("a/top", files_type_directory);
    add("a/top/b", files_type_directory);
    add_link("a/top/out", "/../../a");
    struct node *top = node_at("a/top");
    struct node *b = node_at("a/top/b");
    struct walk walk = {.top = top, .start = b, .follow = FOLLOW_ALWAYS};
    static const char *const paths[] = {"/", "..", "../..", "/..", "../../../..", "/./../b/.."};
    for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
        struct path path = {paths[i], strlen(paths[i])};
        assert_int_equal(path_walk(&walk, path, &place), j6_status_ok);
        assert_ptr_equal(place.node, top);
    }
    assert_int_equal(path_walk(&walk, (struct path){"/out", 4}, &place), j6_status_ok);
    assert_null(place.node); /* there is no `a` in the top */
    assert_ptr_equal(place.directory, top);
    assert_int_equal(tree_move(b, host.root, "b", 1), j6_status_ok);
    assert_int_equal(path_walk(&walk, (struct path){"..", 2}, &place), j6_err_not_found);
    assert_int_equal(path_walk(&walk, (struct path){".", 1}, &place), j6_status_ok);
}

/* ---- names ----------------------------------------------------------------------------------- */

static void ten_thousand_names_are_found_and_listed_in_order(void **state)
{
    (void)state;
    enum { NAMES = 10000 };
    char name[16];
    for (int i = 0; i < NAMES; i++) {
        snprintf(name, sizeof(name), "%d", i * 7919 % NAMES);
        add(name, files_type_file);
    }
    for (int i = 0; i < NAMES; i++) {
        snprintf(name, sizeof(name), "%d", i);
        struct node *node = tree_find(host.root, name, strlen(name));
        assert_non_null(node);
        assert_string_equal(node->name, name);
    }
    uint64_t id = 0;
    int count = 0;
    for (const struct node *node; (node = tree_next(host.root, id)) != NULL; count++) {
        assert_true(node->id > id);
        id = node->id;
    }
    assert_int_equal(count, NAMES);
}

static void names_of_every_length_are_kept(void **state)
{
    (void)state;
    char name[files_name_max + 1];
    for (size_t len = 1; len <= files_name_max; len++) {
        memset(name, 'a' + (int)(len % 26), len);
        name[len] = 0;
        add(name, files_type_file);
        add_link("link", name);
        assert_ptr_equal(node_at("link"), node_at(name));
        tree_remove(tree_find(host.root, "link", 4));
    }
}

static void a_node_that_was_moved_is_in_one_place_and_what_was_there_is_gone(void **state)
{
    (void)state;
    add("a", files_type_directory);
    add("one", files_type_file);
    add("a/two", files_type_file);
    struct node *one = node_at("one");
    uint64_t before = files_memory_used();
    assert_int_equal(tree_move(one, node_at("a"), "two", 3), j6_status_ok);
    assert_null(node_at("one"));
    assert_ptr_equal(node_at("a/two"), one);
    assert_int_equal(files_memory_used(), before - 2);
    assert_true(tree_is_below(one, node_at("a")));
}

/* ---- memory, limits -------------------------------------------------------------------------- */

static void what_fails_for_lack_of_memory_leaves_the_tree_as_it_was(void **state)
{
    (void)state;
    add("file", files_type_file);
    uint64_t before = files_memory_used();
    uint64_t charged = host.first->bytes.used;
    for (uint64_t nth = 1; nth <= 3; nth++) {
        files_memory_fail(nth);
        j6_status_t status = files_host_add(&host, "link", files_type_link, "file");
        assert_int_equal(status, j6_err_no_memory);
        assert_int_equal(files_memory_used(), before);
        assert_int_equal(host.first->bytes.used, charged);
        assert_null(tree_find(host.root, "link", 4));
    }
    files_memory_fail(1);
    assert_int_equal(tree_move(node_at("file"), host.root, "new", 3), j6_err_no_memory);
    assert_non_null(node_at("file"));
    files_memory_fail(0);
}

static void what_a_client_made_is_charged_until_it_is_gone(void **state)
{
    (void)state;
    struct client *client;
    struct node *node;
    assert_int_equal(client_new(host.first, host.root, &client), j6_status_ok);
    client->bytes.limit = 2 * files_node_cost + 4096;
    assert_int_equal(node_new(files_type_file, 0, client, &node), j6_status_ok);
    assert_int_equal(tree_add(host.root, "file", 4, node), j6_status_ok);
    node_put(node);
    assert_int_equal(node_charge(node, client, 8192), j6_err_quota);
    assert_int_equal(node_charge(node, client, 4096), j6_status_ok);
    assert_int_equal(client->bytes.used, files_node_cost + 4096);
    assert_int_equal(host.first->bytes.used, files_node_cost + 4096);
    assert_int_equal(client_open(client), j6_status_ok);
    client_close(client);
    client_put(client); /* it has ended, and what it made is still charged */
    assert_int_equal(host.first->bytes.used, files_node_cost + 4096);
    assert_int_equal(node_charge(node, host.first, 0), j6_status_ok);
    assert_int_equal(host.first->bytes.used, files_node_cost);
    tree_remove(node);
    assert_int_equal(host.first->bytes.used, 0);
}

static void a_boot_file_has_an_owner_once_one_has_paid(void **state)
{
    (void)state;
    struct client *poor;
    struct node *node;
    assert_int_equal(node_new(files_type_file, 0, NULL, &node), j6_status_ok);
    assert_int_equal(client_new(host.first, host.root, &poor), j6_status_ok);
    poor->bytes.limit = 100;
    assert_int_equal(node_charge(node, poor, 0), j6_err_quota);
    assert_null(node->owner);
    assert_int_equal(node_charge(node, host.first, 0), j6_status_ok);
    assert_int_equal(node_charge(node, poor, 4096), j6_status_ok); /* the owner pays */
    assert_int_equal(host.first->bytes.used, files_node_cost + 4096);
    node_put(node);
    client_put(poor);
    assert_int_equal(host.first->bytes.used, 0);
}

#define UNIT(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        UNIT(a_path_ends_at_what_it_names_or_where_that_would_be),
        UNIT(a_path_that_leads_nowhere_tells_why),
        UNIT(names_and_paths_have_a_longest),
        UNIT(links_are_followed_on_the_way_and_at_the_end_if_wanted),
        UNIT(no_more_than_16_links_are_followed),
        UNIT(the_top_is_never_left),
        UNIT(ten_thousand_names_are_found_and_listed_in_order),
        UNIT(names_of_every_length_are_kept),
        UNIT(a_node_that_was_moved_is_in_one_place_and_what_was_there_is_gone),
        UNIT(what_fails_for_lack_of_memory_leaves_the_tree_as_it_was),
        UNIT(what_a_client_made_is_charged_until_it_is_gone),
        UNIT(a_boot_file_has_an_owner_once_one_has_paid),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

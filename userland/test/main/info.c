/* SPDX-License-Identifier: MIT */
/* object_info: how a process or thread ended, and where things lie in a process. */
#include "userland/test/main/util.h"

TEST(object_info_of_a_process_that_runs_says_so)
{
    struct j6_end_info end = {.reason = 99};
    uint64_t len = sizeof(end);
    expect_ok(j6_object_info(j6_handle_self_process, j6_topic_end, &end, &len));
    expect_equal(sizeof(end), len);
    expect_equal(j6_reason_running, end.reason);
}

TEST(object_info_tells_the_size_that_a_small_buffer_lacks)
{
    struct j6_end_info end;
    uint64_t len = 8;
    expect_status(j6_err_insufficient,
                  j6_object_info(j6_handle_self_process, j6_topic_end, &end, &len));
    expect_equal(sizeof(end), len);
    len = 0;
    expect_status(j6_err_insufficient,
                  j6_object_info(j6_handle_self_process, j6_topic_layout, &end, &len));
    expect_equal(sizeof(struct j6_layout_info), len);
}

TEST(object_info_of_an_unknown_topic_is_invalid_arg)
{
    uint64_t word;
    uint64_t len = sizeof(word);
    expect_status(j6_err_invalid_arg, j6_object_info(j6_handle_self_process, 999, &word, &len));
    expect_status(j6_err_invalid_arg,
                  j6_object_info(j6_handle_self_process, j6_topic_objects, &word, &len));
}

TEST(object_info_of_a_topic_that_the_type_does_not_have_is_wrong_type)
{
    struct j6_end_info end;
    uint64_t len = sizeof(end);
    j6_handle_t area = area_new(1, 0);
    expect_status(j6_err_wrong_type, j6_object_info(area, j6_topic_end, &end, &len));
    expect_status(j6_err_wrong_type, j6_object_info(area, j6_topic_layout, &end, &len));
    expect_ok(j6_handle_close(area));
}

TEST(the_layout_names_a_window_that_holds_what_the_kernel_places)
{
    struct j6_layout_info layout = {0};
    uint64_t len = sizeof(layout);
    expect_ok(j6_object_info(j6_handle_self_process, j6_topic_layout, &layout, &len));
    expect(layout.window_size >= 1ull << 30);
    j6_handle_t area = area_new(1, 0);
    for (int i = 0; i < 20; i++) {
        char *memory = area_map(area, READ_WRITE);
        expect((uint64_t)memory - layout.window < layout.window_size);
        area_unmap(area, memory);
    }
    expect_ok(j6_handle_close(area));
}

static uint64_t window_of_new_process(void)
{
    struct j6_layout_info layout = {0};
    uint64_t len = sizeof(layout);
    j6_handle_t process = process_new();
    expect_ok(j6_object_info(process, j6_topic_layout, &layout, &len));
    expect_ok(j6_process_kill(process, 0));
    expect_ok(j6_handle_close(process));
    return layout.window;
}

TEST(windows_lie_at_random)
{
    uint64_t first = window_of_new_process();
    int same = 0;
    for (int i = 0; i < 4; i++) {
        same += window_of_new_process() == first;
    }
    expect(same < 4);
}

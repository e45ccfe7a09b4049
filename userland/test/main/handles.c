/* SPDX-License-Identifier: MIT */
/* handle_close, handle_duplicate, object_koid, and the handle values themselves. */
#include "userland/test/main/channel.h"

TEST(self_handles_carry_every_right_of_their_type_but_duplicate_and_transfer)
{
    const uint64_t common = j6_right_wait | j6_right_signal | j6_right_info | j6_right_close;
    expect_equal(j6_type_process, j6_handle_type(j6_handle_self_process));
    expect_equal(common | j6_right_process_kill | j6_right_process_start | j6_right_process_give |
                     j6_right_process_map | j6_right_process_debug,
                 j6_handle_rights(j6_handle_self_process));
    expect_equal(j6_type_thread, j6_handle_type(j6_handle_self_thread));
    expect_equal(common | j6_right_thread_kill | j6_right_thread_control | j6_right_thread_debug,
                 j6_handle_rights(j6_handle_self_thread));
}

TEST(self_handles_mean_the_caller)
{
    j6_koid_t process = 0;
    j6_koid_t thread = 0;
    expect_ok(j6_object_koid(j6_handle_self_process, &process));
    expect_ok(j6_object_koid(j6_handle_self_thread, &thread));
    expect(process != 0);
    expect(thread != 0);
    expect(process != thread);
}

TEST(self_handles_cannot_be_duplicated_or_given)
{
    j6_handle_t out;
    j6_handle_t process = process_new();
    expect_status(j6_err_denied, j6_handle_duplicate(j6_handle_self_process, 0, 0, &out));
    expect_status(j6_err_denied, j6_handle_duplicate(j6_handle_self_thread, 0, 0, &out));
    expect_status(j6_err_denied, j6_process_give_handle(process, j6_handle_self_process, 0, &out));
    expect_ok(j6_process_kill(process, 0));
    expect_ok(j6_handle_close(process));
}

TEST(create_calls_return_all_rights)
{
    const uint64_t common = j6_right_duplicate | j6_right_transfer | j6_right_wait |
                            j6_right_signal | j6_right_info | j6_right_close;
    j6_handle_t area = area_new(1, 0);
    j6_handle_t process = process_new();
    j6_handle_t channel = channel_new();
    expect_equal(j6_type_channel, j6_handle_type(channel));
    expect_equal(common | j6_right_channel_send | j6_right_channel_receive,
                 j6_handle_rights(channel));
    expect_equal(j6_type_vma, j6_handle_type(area));
    expect_equal(common | j6_right_vma_map | j6_right_vma_read | j6_right_vma_write |
                     j6_right_vma_exec | j6_right_vma_resize,
                 j6_handle_rights(area));
    expect_equal(j6_type_process, j6_handle_type(process));
    expect_equal(common | j6_right_process_kill | j6_right_process_start | j6_right_process_give |
                     j6_right_process_map | j6_right_process_debug,
                 j6_handle_rights(process));
    expect_ok(j6_handle_close(area));
    expect_ok(j6_handle_close(channel));
    expect_ok(j6_process_kill(process, 0));
    expect_ok(j6_handle_close(process));
}

TEST(a_closed_handle_is_bad_handle)
{
    j6_koid_t koid;
    j6_handle_t area = area_new(1, 0);
    expect_ok(j6_handle_close(area));
    expect_status(j6_err_bad_handle, j6_handle_close(area));
    expect_status(j6_err_bad_handle, j6_object_koid(area, &koid));
}

TEST(handle_close_needs_no_right)
{
    j6_handle_t area = area_new(1, 0);
    expect_ok(j6_handle_close(narrowed(area, 0)));
    expect_ok(j6_handle_close(area));
}

SAMPLE_TEST(a_duplicate_names_the_same_object_with_the_rights_asked_for)
{
    j6_koid_t first = 0;
    j6_koid_t second = 0;
    j6_handle_t area = area_new(1, 0);
    j6_handle_t copy = narrowed(area, j6_right_vma_map | j6_right_vma_read);
    expect(copy != area);
    expect_equal(j6_right_vma_map | j6_right_vma_read, j6_handle_rights(copy));
    expect_ok(j6_object_koid(area, &first));
    expect_ok(j6_object_koid(copy, &second));
    expect_equal(first, second);
    expect_ok(j6_handle_close(area));
    expect_ok(j6_object_koid(copy, &second));
    expect_equal(first, second);
    expect_ok(j6_handle_close(copy));
}

TEST(a_duplicate_never_has_more_rights_than_its_source)
{
    j6_handle_t out;
    j6_handle_t area = area_new(1, 0);
    j6_handle_t copy = narrowed(area, j6_right_duplicate | j6_right_vma_map);
    expect_status(j6_err_denied, j6_handle_duplicate(copy, j6_right_vma_write, 0, &out));
    expect_status(j6_err_denied, j6_handle_duplicate(copy, j6_handle_rights(area), 0, &out));
    expect_status(j6_err_denied, j6_handle_duplicate(area, 1ull << 59, 0, &out));
    expect(j6_is_error(j6_handle_duplicate(area, 1, 0, &out)));
    expect(j6_is_error(j6_handle_duplicate(area, 1ull << 60, 0, &out)));
    expect_ok(j6_handle_close(copy));
    expect_ok(j6_handle_close(area));
}

TEST(handle_duplicate_refuses_badges_for_types_that_have_none)
{
    j6_handle_t out;
    j6_handle_t area = area_new(1, 0);
    expect_status(j6_err_invalid_arg, j6_handle_duplicate(area, j6_right_wait, 7, &out));
    expect_ok(j6_handle_close(area));
}

TEST(koids_are_never_used_twice)
{
    enum { COUNT = 1000 };
    static j6_koid_t koids[COUNT];
    for (int i = 0; i < COUNT; i++) {
        j6_handle_t area = area_new(1, 0);
        expect_ok(j6_object_koid(area, &koids[i]));
        expect_ok(j6_handle_close(area));
        for (int j = 0; j < i; j++) {
            expect(koids[j] != koids[i]);
        }
    }
}

TEST(a_freed_slot_rests_until_64_others_were_used)
{
    j6_handle_t first = area_new(1, 0);
    expect_ok(j6_handle_close(first));
    for (int i = 0; i < 64; i++) {
        j6_handle_t area = area_new(1, 0);
        expect(j6_handle_index(area) != j6_handle_index(first));
        expect_ok(j6_handle_close(area));
    }
}

TEST(a_slot_that_is_used_again_has_a_new_generation)
{
    j6_koid_t koid;
    j6_handle_t first = area_new(1, 0);
    expect_ok(j6_handle_close(first));
    for (int i = 0; i < 10000; i++) {
        j6_handle_t area = area_new(1, 0);
        bool same_slot = j6_handle_index(area) == j6_handle_index(first);
        expect(area != first);
        if (same_slot) {
            expect_status(j6_err_bad_handle, j6_object_koid(first, &koid));
        }
        expect_ok(j6_handle_close(area));
        if (same_slot) {
            return;
        }
    }
    test_skip("the slot wasn't used again");
}

TEST(thousands_of_handles_can_be_open_at_once)
{
    enum { COUNT = 5000 };
    static j6_handle_t copies[COUNT];
    j6_handle_t area = area_new(1, 0);
    for (int i = 0; i < COUNT; i++) {
        expect_ok(j6_handle_duplicate(area, 0, 0, &copies[i]));
    }
    for (int i = 0; i < COUNT; i++) {
        expect_ok(j6_handle_close(copies[i]));
    }
    expect_ok(j6_handle_close(area));
}

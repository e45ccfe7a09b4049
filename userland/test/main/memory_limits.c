/* SPDX-License-Identifier: MIT */
/*
 * Calls on memory by a process whose account has nothing left: quota, nothing half done, and all
 * comes back at the end. What is tried lies in the victim.
 */
#include "userland/test/main/memory.h"

static const struct j6_limits limits = {
    .pages = 2500, .handles = 100, .threads = 4, .processes = 0, .priority = 4};

enum { SPARE = 500 }; /* pages of this program itself */

static struct j6_end_info run(const char *mode)
{
    uint64_t before = frames_free();
    j6_handle_t process = j6_handle_none;
    expect_ok(j6_process_create("short", 5, &limits, 0, &process));
    victim_start_in(process, mode, "");
    struct j6_end_info end = process_finish(process);
    frames_used_at_most(4, before); /* caches may have grown a little */
    return end;
}

/* Has the machine what the account and this program need? If not the test is skipped. */
static bool may_run(void)
{
    return test_has_frames(limits.pages + SPARE);
}

static void expect_shortage(const char *mode)
{
    if (!may_run()) {
        return;
    }
    struct j6_end_info end = run(mode);
    expect_equal(j6_reason_exited, end.reason);
    expect_equal(0, end.code); /* else a line of the victim's file */
}

TEST(mappings_that_the_account_has_no_memory_for_are_quota_and_whole_ones_still_go)
{
    expect_shortage("short_of_mappings");
}

TEST(a_call_that_uses_up_the_account_tells_how_far_it_came)
{
    expect_shortage("short_of_pages");
}

TEST(a_clone_is_charged_for_all_pages_that_it_starts_with)
{
    expect_shortage("short_of_pages_for_a_clone");
}

TEST(a_mapping_of_fixed_size_that_cannot_have_its_pages_is_not_made)
{
    expect_shortage("short_of_pages_for_fixed_size");
}

TEST(a_copy_to_memory_that_has_no_page_tables_is_quota)
{
    expect_shortage("short_of_tables");
}

TEST(shared_pages_that_cannot_be_made_ones_own_stay_as_they_are)
{
    expect_shortage("short_of_nodes");
}

TEST(a_channel_whose_creator_has_nothing_left_is_smaller_and_no_send_fails)
{
    expect_shortage("short_of_channels");
}

TEST(a_large_page_that_cannot_be_split_shows_no_old_bytes)
{
    expect_shortage("short_of_a_table_to_split");
}

SAMPLE_TEST(a_process_that_has_no_memory_for_page_tables_ends_by_a_fault_of_that_kind)
{
    if (may_run()) {
        expect_equal(j6_reason_no_memory, run("use_up_tables").reason);
    }
}

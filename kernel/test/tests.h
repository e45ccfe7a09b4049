/* SPDX-License-Identifier: MIT */
/* The self-tests, by file. Each leaves everything as it was and tells whether it passed. */
#pragma once
#include <stdbool.h>

/* test_page_tables.c */
bool self_test_nothing_is_writable_and_executable(void);
bool self_test_no_kernel_page_belongs_to_users(void);
bool self_test_no_page_has_two_caching_types(void);
bool self_test_kernel_text_is_read_only_and_executable(void);
bool self_test_caching_types_read_back_from_page_tables(void);
bool self_test_cleared_page_tables_leave_nothing_behind(void);
bool self_test_boot_memory_is_not_mapped_any_more(void);
bool self_test_memory_is_cached_as_the_command_line_says(void);

/* test_memory.c */
bool self_test_stacks_lie_in_their_region_behind_guard_pages(void);
bool self_test_sections_are_reused_and_give_frames_back(void);
bool self_test_sections_that_grow_reach_no_further_than_they_grew(void);
bool self_test_exhausted_sections_are_no_memory_and_lose_nothing(void);
bool self_test_large_pieces_lie_in_the_heap_region_behind_guard_pages(void);
bool self_test_an_exhausted_heap_is_no_memory_and_loses_nothing(void);
bool self_test_kernel_regions_are_taken(void);
bool self_test_freed_memory_comes_back_exactly(void);

/* test_user_pages.c */
bool self_test_a_plain_access_to_a_page_of_a_program_faults(void);

/* test_step.c */
bool self_test_a_step_point_without_a_thread_lets_interrupts_in(void);

/* test_objects.c */
bool self_test_a_thread_is_found_from_its_tcb(void);
bool self_test_koids_are_never_used_twice(void);
bool self_test_the_kernel_is_a_process_in_its_own_space(void);

/* test_cpus.c */
bool self_test_a_call_reaches_every_cpu(void);
bool self_test_a_call_reaches_no_cpu_that_is_not_meant(void);
bool self_test_every_cpu_has_its_block_and_runs_on_its_stack(void);
bool self_test_a_page_that_was_shot_down_is_seen_by_nobody_who_watches_it(void);
bool self_test_a_page_that_was_shot_down_is_seen_by_no_cpu(void);
bool self_test_all_cpus_shoot_at_each_other_at_once(void);
bool self_test_a_lock_has_one_holder_while_cpus_shoot_at_each_other(void);
bool self_test_a_cpu_that_spins_for_a_lock_answers(void);
bool self_test_memory_taken_on_one_cpu_and_freed_on_another_comes_back_exactly(void);
bool self_test_a_grace_period_waits_for_a_cpu_in_the_kernel(void);
bool self_test_what_a_cpu_puts_off_it_frees_itself(void);

/* test_clock.c */
bool self_test_no_cpu_is_told_less_time_than_another_before(void);

/* test_irq.c */
bool self_test_lines_have_the_wiring_that_the_firmware_tells(void);
bool self_test_an_edge_line_counts_what_nobody_takes(void);
bool self_test_a_level_line_stays_masked_until_it_is_acknowledged(void);
bool self_test_a_line_has_one_owner_and_without_one_it_is_masked(void);
bool self_test_a_line_that_storms_is_masked_until_it_is_acknowledged(void);
bool self_test_a_line_follows_who_takes_what_it_has_fired(void);
bool self_test_interrupts_that_are_nobodys_are_counted(void);
bool self_test_lines_come_and_go_more_often_than_there_are_vectors(void);

/* test_vm_stream.c */
bool self_test_memory_is_what_a_model_says_on_every_cpu_in_turn(void);
bool self_test_memory_is_what_a_model_says_on_all_cpus_at_once(void);

/* test_memory_cycles.c */
bool self_test_areas_and_spaces_that_come_and_go_lose_no_frame(void);

/* test_shootdown_tags.c */
bool self_test_nobody_writes_to_a_page_that_was_taken_away(void);

struct kernel_bug {
    const char *kind; /* NULL: the end of a table */
    void (*make)(void);
};

/* debug/lock_bugs.c: those that only the debug kernel notices, and has. */
extern const struct kernel_bug lock_bugs[];

/* bug.c: makes a kernel bug, so that tests can see how it ends. NULL or an unknown kind: nothing. */
void bug_on_request(const char *kind);

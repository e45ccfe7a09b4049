/* SPDX-License-Identifier: MIT */
/* The list of self-tests; each prints one line `TEST kernel.name PASS|FAIL|SKIP reason`. */
#include "kernel/test/self_test.h"
#include "arch/irq.h"
#include "arch/x86_64/cpu.h"
#include "kernel/base/debug/lock_times.h"
#include "kernel/base/debug/race_delay.h"
#include "kernel/base/log.h"
#include "kernel/power.h"
#include "kernel/test/memory_audit.h"
#include "kernel/test/test_options.h"
#include "kernel/test/tests.h"

#define RUN(name) \
    log_write(j6_log_output, "TEST kernel." #name " %s", self_test_##name() ? "PASS" : "FAIL")
#define SKIP(name, reason) log_write(j6_log_output, "TEST kernel." #name " SKIP " reason)

static void debug_options_use(const struct boot_info *boot)
{
    lock_times_set_limit(test_option("lock_limit", LOCK_LIMIT_US));
    if (boot_option(boot, "delays") != NULL) {
        race_delays_start(test_option("delays", 0));
    }
}

/* Without ACPI nothing tells where the I/O APICs are. */
static void run_on_lines(void)
{
    struct irq_wiring wiring;
    RUN(interrupts_that_are_nobodys_are_counted);
    if (irq_wiring_of(0, &wiring) != j6_status_ok) {
        SKIP(lines_have_the_wiring_that_the_firmware_tells, "no I/O APIC");
        SKIP(an_edge_line_counts_what_nobody_takes, "no I/O APIC");
        SKIP(a_level_line_stays_masked_until_it_is_acknowledged, "no I/O APIC");
        SKIP(a_line_has_one_owner_and_without_one_it_is_masked, "no I/O APIC");
        SKIP(a_line_that_storms_is_masked_until_it_is_acknowledged, "no I/O APIC");
        SKIP(a_line_follows_who_takes_what_it_has_fired, "no I/O APIC");
        SKIP(lines_come_and_go_more_often_than_there_are_vectors, "no I/O APIC");
        return;
    }
    RUN(lines_have_the_wiring_that_the_firmware_tells);
    RUN(an_edge_line_counts_what_nobody_takes);
    RUN(a_level_line_stays_masked_until_it_is_acknowledged);
    RUN(a_line_has_one_owner_and_without_one_it_is_masked);
    RUN(a_line_that_storms_is_masked_until_it_is_acknowledged);
    RUN(a_line_follows_who_takes_what_it_has_fired);
    RUN(lines_come_and_go_more_often_than_there_are_vectors);
}

void self_test(const struct boot_info *boot)
{
    test_options_set(boot);
    if (KERNEL_DEBUG) {
        debug_options_use(boot);
    }
    bug_on_request(boot_option(boot, "bug"));
    if (boot_option(boot, "test") == NULL) {
        return;
    }
    power_set_audit(memory_audit);
    RUN(nothing_is_writable_and_executable);
    RUN(no_kernel_page_belongs_to_users);
    RUN(no_page_has_two_caching_types);
    RUN(kernel_text_is_read_only_and_executable);
    RUN(caching_types_read_back_from_page_tables);
    RUN(cleared_page_tables_leave_nothing_behind);
    RUN(stacks_lie_in_their_region_behind_guard_pages);
    RUN(sections_are_reused_and_give_frames_back);
    RUN(sections_that_grow_reach_no_further_than_they_grew);
    RUN(exhausted_sections_are_no_memory_and_lose_nothing);
    RUN(large_pieces_lie_in_the_heap_region_behind_guard_pages);
    RUN(an_exhausted_heap_is_no_memory_and_loses_nothing);
    RUN(memory_is_cached_as_the_command_line_says);
    RUN(a_thread_is_found_from_its_tcb);
    RUN(kernel_regions_are_taken);
    RUN(freed_memory_comes_back_exactly);
    RUN(koids_are_never_used_twice);
    RUN(the_kernel_is_a_process_in_its_own_space);
    RUN(boot_memory_is_not_mapped_any_more);
    if (cpu_features.smap) {
        RUN(a_plain_access_to_a_page_of_a_program_faults);
    } else {
        SKIP(a_plain_access_to_a_page_of_a_program_faults, "this CPU has no SMAP");
    }
    RUN(a_step_point_without_a_thread_lets_interrupts_in);
    RUN(a_call_reaches_every_cpu);
    RUN(a_call_reaches_no_cpu_that_is_not_meant);
    RUN(every_cpu_has_its_block_and_runs_on_its_stack);
    RUN(a_page_that_was_shot_down_is_seen_by_nobody_who_watches_it);
    RUN(a_page_that_was_shot_down_is_seen_by_no_cpu);
    RUN(all_cpus_shoot_at_each_other_at_once);
    RUN(a_lock_has_one_holder_while_cpus_shoot_at_each_other);
    RUN(a_cpu_that_spins_for_a_lock_answers);
    RUN(memory_taken_on_one_cpu_and_freed_on_another_comes_back_exactly);
    RUN(a_grace_period_waits_for_a_cpu_in_the_kernel);
    RUN(what_a_cpu_puts_off_it_frees_itself);
    RUN(no_cpu_is_told_less_time_than_another_before);
    run_on_lines();
    RUN(areas_and_spaces_that_come_and_go_lose_no_frame);
    RUN(nobody_writes_to_a_page_that_was_taken_away);
    RUN(memory_is_what_a_model_says_on_every_cpu_in_turn);
    RUN(memory_is_what_a_model_says_on_all_cpus_at_once);
}

/* SPDX-License-Identifier: MIT */
/* Whatever a process does wrong ends that process alone, and its parent can read how. */
#include "userland/test/main/util.h"
#include "userland/test/report.h"

enum {
    NOTHING = 0,
    ADDRESS = 1 << 0,
    RIP = 1 << 1,
    GUARD = 1 << 2,
    MAYBE = 1 << 3,
};

static void expect_fault(const char *mode, uint32_t vector, int known)
{
    j6_handle_t area = area_new(1, 0);
    struct report *report = (struct report *)area_map(area, READ_WRITE);
    const struct j6_spawn_row row = {"report", area,
                                     j6_right_vma_map | j6_right_vma_read | j6_right_vma_write};
    struct j6_end_info end = process_finish(victim_start(mode, "", &row, 1));
    if ((known & MAYBE) && end.reason == j6_reason_exited) {
        test_skip("this machine doesn't raise it");
    } else if (report != NULL) {
        expect_equal(j6_reason_fault, end.reason);
        expect_equal(vector, end.vector);
        expect(!(known & ADDRESS) || expect_equal(report->address, end.address));
        expect(!(known & RIP) || expect_equal(report->rip, end.rip));
        expect(!(known & GUARD) || end.rsp - end.address < PAGE || end.address - end.rsp < PAGE);
        expect(end.rsp != 0);
        expect_equal(end.rsp, end.regs[4]);
    }
    area_unmap(area, report);
    expect_ok(j6_handle_close(area));
}

#define FAULT(mode, vector, known)                 \
    SAMPLE_TEST(a_##mode##_ends_the_process_alone) \
    {                                              \
        expect_fault(#mode, vector, known);        \
    }
#include "userland/test/faults.def"
#undef FAULT

TEST(address_and_registers_of_a_fault_need_the_right_debug)
{
    struct j6_end_info end = {0};
    uint64_t len = sizeof(end);
    j6_handle_t victim = victim_start("write_to_code", "", NULL, 0);
    j6_handle_t copy = narrowed(victim, j6_right_info | j6_right_wait);
    expect_ok(j6_wait_end(copy, &end));
    expect_equal(j6_reason_fault, end.reason);
    expect_equal(14, end.vector);
    uint64_t any = end.address | end.rip | end.rsp | end.rflags;
    for (int i = 0; i < 16; i++) {
        any |= end.regs[i];
    }
    expect_equal(0, any);
    expect_ok(j6_object_info(victim, j6_topic_end, &end, &len));
    expect(end.rip != 0);
    expect_ok(j6_handle_close(copy));
    expect_ok(j6_handle_close(victim));
}

SAMPLE_TEST(flags_that_user_code_sets_neither_reach_the_kernel_nor_get_lost)
{
    expect_equal(0, victim_run("flags", ""));
}

SAMPLE_TEST(a_call_works_wherever_the_stack_pointer_points)
{
    expect_equal(0, victim_run("wild_stack", ""));
}

/* SPDX-License-Identifier: MIT */
/*
 * A debugger that doesn't wait: it looks, sets and resumes as soon as a thread has stopped, maybe while
 * that is still on its way off another CPU, and kills it at any moment.
 */
#include "userland/test/main/debuggee.h"

enum { ROUNDS = 2000, KILLS = 200, THREADS = 3, LENGTH_OF_UD2 = 2 };

/* Lets the thread do its next round, with an FS base that changes each time. False: not stopped. */
static bool next_round(const struct debuggee *debuggee, j6_handle_t thread, uint64_t round)
{
    struct j6_thread_registers registers;
    uint64_t len = sizeof(registers);
    if (j6_object_info(thread, j6_topic_registers, &registers, &len) != j6_status_ok) {
        return false;
    }
    uint64_t offset = round % 8 * sizeof(uint64_t);
    registers.rip += LENGTH_OF_UD2;
    registers.fs_base = debuggee->stacks + offset;
    registers.rbx = *(const uint64_t *)(debuggee->stacks_here + offset);
    debuggee_set_registers(thread, &registers);
    debuggee_resume(thread);
    return true;
}

static void open_with_words(struct debuggee *debuggee)
{
    debuggee_open(debuggee, j6_process_flag_hold_faults);
    for (uint64_t i = 0; i < 8; i++) {
        ((uint64_t *)debuggee->stacks_here)[i] = 1000 + i;
    }
}

TEST(threads_that_stop_all_the_time_go_on_with_what_a_debugger_set)
{
    struct debuggee debuggee;
    uint64_t wanted = race_rounds(400);
    uint64_t rounds[THREADS] = {0};
    open_with_words(&debuggee);
    for (int i = 0; i < THREADS; i++) {
        debuggee_run(&debuggee, debuggee_rounds, wanted);
    }
    j6_time_t give_up = now() + PATIENCE; /* with the next round */
    for (uint64_t done = 0; done < THREADS * wanted && now() < give_up;) {
        uint64_t before = done;
        for (int i = 0; i < THREADS; i++) {
            bool went_on = next_round(&debuggee, debuggee.threads[i], rounds[i]);
            rounds[i] += went_on;
            done += went_on;
        }
        if (done == before) {
            j6_thread_sleep(0);
        } else {
            give_up = now() + PATIENCE;
        }
    }
    for (int i = 0; i < THREADS; i++) {
        expect_equal(wanted, rounds[i]);
        expect_equal(0, debuggee_exit_code(debuggee.threads[i]));
    }
    debuggee_close(&debuggee);
}

TEST(a_thread_can_be_killed_at_any_moment_of_a_stop)
{
    struct debuggee debuggee;
    struct j6_end_info end;
    open_with_words(&debuggee);
    debuggee_run(&debuggee, debuggee_sleep, 0);
    for (int i = 0; i < KILLS && !test_has_failed(); i++) {
        j6_handle_t thread = debuggee_run(&debuggee, debuggee_rounds, ROUNDS);
        for (int look = 0; look < i % 20; look++) {
            next_round(&debuggee, thread, (uint64_t)look);
        }
        expect_ok(j6_thread_kill(thread, i));
        expect_ok(j6_wait_end(thread, &end));
        expect_equal(j6_reason_killed, end.reason);
        expect_equal(i, end.code);
        expect(!debuggee_has_faulted(&debuggee));
        expect_ok(j6_handle_close(thread));
        debuggee.count--;
    }
    debuggee_close(&debuggee);
}

/* SPDX-License-Identifier: MIT */
/* thread_control: sizes, rights, names, FS bases. Foreign calls and registers have files of their own. */
#include "userland/test/main/debuggee.h"
#include "userland/test/main/look.h"

static j6_status_t set(j6_handle_t thread, uint64_t what, uint64_t value)
{
    return j6_thread_control(thread, what, &value, sizeof(value));
}

TEST(thread_control_refuses_lengths_that_the_property_does_not_have)
{
    static const char zeros[PAGE];
    const struct {
        uint64_t what;
        uint64_t len;
    } lengths[] = {
        {j6_control_tls_base, sizeof(uint64_t)},
        {j6_control_foreign_call, sizeof(uint64_t)},
        {j6_control_registers, sizeof(struct j6_thread_registers)},
        {j6_control_resume, 0},
    };
    const j6_handle_t self = j6_handle_self_thread;
    for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
        for (uint64_t len = 0; len < 2 * sizeof(struct j6_thread_registers); len++) {
            if (len != lengths[i].len) {
                expect_status(j6_err_out_of_range,
                              j6_thread_control(self, lengths[i].what, zeros, len));
            }
        }
        expect_status(j6_err_out_of_range, j6_thread_control(self, lengths[i].what, zeros, ~0ull));
    }
}

TEST(a_thread_has_a_name_of_at_most_31_bytes)
{
    static const char name[] = "a name of as many as 31 letters";
    const j6_handle_t self = j6_handle_self_thread;
    for (uint64_t len = j6_thread_name_max + 1; len-- > 0;) {
        expect_ok(j6_thread_control(self, j6_control_name, name, len));
    }
    expect_equal(j6_thread_name_max, sizeof(name) - 1);
    expect_status(j6_err_out_of_range,
                  j6_thread_control(self, j6_control_name, name, sizeof(name)));
    expect_status(j6_err_out_of_range, j6_thread_control(self, j6_control_name, name, ~0ull));
}

TEST(thread_control_of_an_unknown_property_is_invalid_arg)
{
    expect_status(j6_err_invalid_arg, set(j6_handle_self_thread, j6_control_registers + 1, 0));
    expect_status(j6_err_invalid_arg, set(j6_handle_self_thread, 1ull << 32, 0));
    expect_status(j6_err_invalid_arg, set(j6_handle_self_thread, ~0ull, 0));
}

/* Asked for what it doesn't do: so the right is all that can be wrong. */
TEST(each_property_of_a_thread_needs_its_right)
{
    struct debuggee debuggee;
    debuggee_open(&debuggee, 0);
    j6_handle_t thread = debuggee_thread(&debuggee, debuggee_exit, 0);
    j6_handle_t control = narrowed(thread, j6_right_thread_control);
    j6_handle_t debug = narrowed(thread, j6_right_thread_debug);
    expect_ok(set(control, j6_control_tls_base, 0));
    expect_ok(set(control, j6_control_foreign_call, 0));
    expect_ok(j6_thread_control(control, j6_control_name, "n", 1));
    expect_status(j6_err_denied, set(debug, j6_control_tls_base, 0));
    expect_status(j6_err_denied, set(debug, j6_control_foreign_call, 0));
    expect_status(j6_err_denied, set(debug, j6_control_name, 0));
    expect_status(j6_err_denied, set(debug, j6_control_priority, 0));
    expect_status(j6_err_denied, set(debug, j6_control_affinity, 0));
    expect_status(j6_err_bad_state, j6_thread_control(debug, j6_control_resume, NULL, 0));
    expect_status(j6_err_denied, j6_thread_control(control, j6_control_resume, NULL, 0));
    expect_status(j6_err_denied, set(control, j6_control_registers, 0));
    expect_ok(j6_handle_close(control));
    expect_ok(j6_handle_close(debug));
    debuggee_close(&debuggee);
}

static uint64_t read_fs(void)
{
    uint64_t word;
    __asm__ volatile("mov %%fs:0, %0" : "=r"(word));
    return word;
}

/* In a thread of its own, which ends before it needs its old FS base. */
static int64_t move_fs_base(void *arg)
{
    (void)arg;
    static const uint64_t words[2] = {0x1122334455667788, 0x99aabbccddeeff00};
    bool right = true;
    for (int i = 0; i < 6; i++) {
        right &= set(j6_handle_self_thread, j6_control_tls_base, (uint64_t)&words[i % 2]) ==
                 j6_status_ok;
        right &= read_fs() == words[i % 2];
        j6_thread_sleep(i < 3 ? 0 : now() + 1000000);
        right &= read_fs() == words[i % 2];
    }
    j6_thread_exit(right);
    return 0;
}

TEST(threads_set_their_fs_bases_and_keep_them)
{
    struct j6_thread threads[2];
    for (int i = 0; i < 2; i++) {
        expect_ok(j6_thread_run(&threads[i], move_fs_base, NULL, 4 * PAGE));
    }
    for (int i = 0; i < 2; i++) {
        int64_t right = 0;
        expect_ok(j6_thread_join(&threads[i], &right));
        expect(right);
    }
}

TEST(a_thread_starts_with_the_fs_base_that_was_set_before)
{
    struct debuggee debuggee;
    debuggee_open(&debuggee, 0);
    j6_handle_t thread = debuggee_thread(&debuggee, debuggee_read_fs, 0);
    *(uint64_t *)debuggee.stacks_here = 55;
    expect_ok(set(thread, j6_control_tls_base, debuggee.stacks));
    debuggee_run(&debuggee, debuggee_spin, 0);
    expect_ok(j6_thread_start(thread));
    expect_equal(55, debuggee_exit_code(thread));
    debuggee_close(&debuggee);
}

TEST(the_fs_base_of_a_stopped_thread_can_be_set)
{
    struct debuggee debuggee;
    debuggee_open(&debuggee, j6_process_flag_hold_faults);
    j6_handle_t thread = debuggee_run(&debuggee, debuggee_read_fs, 0);
    debuggee_stop(&debuggee, thread);
    *(uint64_t *)debuggee.stacks_here = 56;
    expect_ok(set(thread, j6_control_tls_base, debuggee.stacks));
    expect_equal(debuggee.stacks, debuggee_registers_of(thread).fs_base);
    debuggee_resume(thread);
    expect_equal(56, debuggee_exit_code(thread));
    debuggee_close(&debuggee);
}

TEST(the_fs_base_of_another_thread_that_runs_is_bad_state)
{
    struct debuggee debuggee;
    debuggee_open(&debuggee, 0);
    j6_handle_t spinner = debuggee_run(&debuggee, debuggee_spin, 0);
    j6_handle_t sleeper = debuggee_run(&debuggee, debuggee_sleep, 0);
    j6_handle_t ended = debuggee_run(&debuggee, debuggee_exit, 0);
    expect_soon(thread_waits(debuggee.process, sleeper, j6_wait_sleep));
    expect_ok(j6_object_wait(ended, j6_signal_closed, NULL, j6_deadline_never));
    expect_status(j6_err_bad_state, set(spinner, j6_control_tls_base, 0));
    expect_status(j6_err_bad_state, set(sleeper, j6_control_tls_base, 0));
    expect_status(j6_err_bad_state, set(ended, j6_control_tls_base, 0));
    debuggee_close(&debuggee);
}

TEST(addresses_beyond_the_user_half_are_no_fs_base_and_no_foreign_entry)
{
    const uint64_t bad[] = {1,
                            0xffff,
                            0x00007fffffff0000,
                            0x00007fffffffffff,
                            0x0000800000000000,
                            0xffff7fffffffffff,
                            0xffff800000000000,
                            0xffffffff80000000,
                            0x8000000000000000,
                            0xffffffffffffffff};
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        const j6_handle_t self = j6_handle_self_thread;
        expect_status(j6_err_invalid_arg, set(self, j6_control_tls_base, bad[i]));
        expect_status(j6_err_invalid_arg, set(self, j6_control_foreign_call, bad[i]));
    }
}

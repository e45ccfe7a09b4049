/* SPDX-License-Identifier: MIT */
/* Thread-local variables: each thread has its own, which begin as the program says. */
#include "lib/string.h"
#include "userland/test/main/util.h"

static __thread uint64_t number = 42;
static __thread char text[24] = "as the program says";
static __thread uint8_t zeros[300];
static __thread struct {
    char bytes[64];
} wide __attribute__((aligned(256)));

static bool is_new(void)
{
    for (size_t i = 0; i < sizeof(zeros); i++) {
        if (zeros[i] != 0) {
            return false;
        }
    }
    return number == 42 && string_equal(text, "as the program says") && (uint64_t)&wide % 256 == 0;
}

/* Two threads' variables must lie apart, and change by nobody else's doing. */
static int64_t use_own(void *arg)
{
    uint64_t mine = (uint64_t)arg;
    if (!is_new()) {
        return -1;
    }
    number = mine;
    memset(zeros, (int)mine, sizeof(zeros));
    memset(&wide, (int)mine, sizeof(wide));
    for (int i = 0; i < 20; i++) {
        j6_thread_sleep(i % 2 == 0 ? 0 : now() + 100000);
        if (number != mine + (uint64_t)i || zeros[299] != mine || wide.bytes[63] != (char)mine) {
            return -2;
        }
        number++;
    }
    return 0;
}

SAMPLE_TEST(every_thread_has_variables_of_its_own)
{
    enum { THREADS = 6 };
    struct j6_thread threads[THREADS];
    number = 1000;
    for (uint64_t i = 0; i < THREADS; i++) {
        expect_ok(j6_thread_run(&threads[i], use_own, (void *)(i + 1), 2 * PAGE));
    }
    for (int i = 0; i < THREADS; i++) {
        int64_t wrong = -1;
        expect_ok(j6_thread_join(&threads[i], &wrong));
        expect_equal(0, wrong);
    }
    expect_equal(1000, number);
    expect(zeros[0] == 0);
    number = 42;
}

TEST(a_thread_on_a_stack_that_was_used_before_finds_its_variables_new)
{
    for (uint64_t i = 1; i < 8; i++) {
        struct j6_thread thread;
        int64_t wrong = -1;
        expect_ok(j6_thread_run(&thread, use_own, (void *)i, 2 * PAGE));
        expect_ok(j6_thread_join(&thread, &wrong));
        expect_equal(0, wrong);
    }
}

static uint64_t areas_live(void)
{
    struct j6_objects_info info = {0};
    uint64_t len = sizeof(info);
    expect_ok(j6_system_info(system_handle(), j6_topic_objects, 0, &info, &len));
    return info.live[j6_type_vma];
}

TEST(stacks_that_are_kept_for_the_next_threads_can_be_given_back)
{
    struct j6_thread thread;
    j6_thread_trim();
    uint64_t before = areas_live();
    for (int i = 0; i < 20; i++) {
        expect_ok(j6_thread_run(&thread, use_own, (void *)1, 2 * PAGE));
        expect_ok(j6_thread_join(&thread, NULL));
    }
    expect(areas_live() <= before + 1);
    j6_thread_trim();
    for (int i = 0; i < 1000 && areas_live() > before; i++) {
        sleep_for(1); /* objects go a little after their end */
    }
    expect_equal(before, areas_live());
}

TEST(the_first_threads_variables_begin_as_the_program_says)
{
    expect(is_new());
}

SAMPLE_TEST(fs_points_at_a_word_that_points_at_itself)
{
    uint64_t self;
    __asm__("mov %%fs:0, %0" : "=r"(self));
    expect_equal(self, *(uint64_t *)self);
    expect_equal(0, self % 16);
}

TEST(j6_thread_run_refuses_stacks_that_no_thread_can_have)
{
    struct j6_thread thread;
    expect_status(j6_err_out_of_range, j6_thread_run(&thread, use_own, NULL, 0));
    expect_status(j6_err_out_of_range, j6_thread_run(&thread, use_own, NULL, SIZE_MAX));
    expect_status(j6_err_out_of_range, j6_thread_run(&thread, use_own, NULL, 1ull << 31));
}

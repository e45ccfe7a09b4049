/* SPDX-License-Identifier: MIT */
/*
 * The frame of the in-system tests. A test is a function whose name is a sentence:
 *
 *   TEST(handle_close_of_0_is_bad_handle)
 *   {
 *       expect_status(j6_err_bad_handle, j6_handle_close(0));
 *   }
 *
 * Rules for tests: the first expectation that isn't met is the reason of the failure; the test goes
 * on, so check a pointer before using it. A test gives back all objects that it makes: the frame
 * counts them before and after. None counts on another having run before it: the compiler and the
 * linker choose the order. Output is one line for each: TEST name PASS|FAIL|SKIP reason.
 */
#pragma once
#include <j6/j6.h>

/* Which boots run it. */
enum test_set {
    TEST_EVERYWHERE, /* all: a sample, too */
    TEST_OF_KERNEL,  /* all but those of a sample */
    TEST_OF_SYSTEM,  /* those of all tests alone */
};

struct test {
    const char *name;
    void (*run)(void);
    enum test_set set;
};

/* Of a call, or of what else the kernel does for a process; of libj6. */
#define TEST(sentence) TEST_DEFINE(sentence, TEST_OF_KERNEL)

/*
 * The same, for tests that boots with the word `sample` run too: all whose result hangs on the
 * machine, its firmware or its CPU, and of the rest one of a kind. All of them together take
 * seconds.
 */
#define SAMPLE_TEST(sentence) TEST_DEFINE(sentence, TEST_EVERYWHERE)

/* Of what stands on the kernel, programs and services: boots with the word `kernel` leave it out. */
#define SYSTEM_TEST(sentence) TEST_DEFINE(sentence, TEST_OF_SYSTEM)

/* Aligned on request: else the compiler may leave gaps between what is to be an array. */
#define TEST_DEFINE(sentence, set)                                                                 \
    static void sentence(void);                                                                    \
    static const struct test sentence##_test                                                       \
        __attribute__((section("tests"), used, aligned(_Alignof(struct test)))) = {#sentence,      \
                                                                                   sentence, set}; \
    static void sentence(void)

/* Each tells whether it was met. */
#define expect(condition) test_expect(condition, #condition, TEST_HERE)
#define expect_equal(wanted, value) \
    test_expect_equal((uint64_t)(wanted), (uint64_t)(value), #value, TEST_HERE)
#define expect_status(wanted, call) test_expect_status(wanted, call, #call, TEST_HERE)
#define expect_ok(call)             expect_status(j6_status_ok, call)

struct test_place {
    const char *file;
    int line;
};

#define TEST_HERE ((struct test_place){__FILE_NAME__, __LINE__})

bool test_expect(bool met, const char *text, struct test_place place);
bool test_expect_equal(uint64_t wanted, uint64_t value, const char *text, struct test_place place);
bool test_expect_status(j6_status_t wanted, j6_status_t status, const char *text,
                        struct test_place place);

/* Has an expectation of the running test not been met? */
bool test_has_failed(void);

/* This machine can't show it. */
void test_skip(const char *reason);

/* Runs those that the kernel's command line asks for; returns how many failed. */
int64_t test_run_all(void);

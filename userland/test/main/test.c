/* SPDX-License-Identifier: MIT */
/* Runs the tests, judges each, and looks for objects that it has left behind. */
#include "userland/test/main/test.h"
#include "lib/format.h"
#include "lib/string.h"
#include "userland/test/main/util.h"

/* The linker collects the section that TEST fills. */
extern const struct test __start_tests[] __attribute__((visibility("hidden")));
extern const struct test __stop_tests[] __attribute__((visibility("hidden")));

/* Of the test that runs; the first reason stays. */
static struct {
    const char *verdict;
    char reason[192];
} result = {.verdict = "PASS"};

static void judge(const char *verdict, struct test_place place, const char *text)
{
    if (string_equal(result.verdict, "PASS")) {
        result.verdict = verdict;
        format(result.reason, sizeof(result.reason), " %s:%d: %s", place.file, place.line, text);
    }
}

bool test_expect(bool met, const char *text, struct test_place place)
{
    if (!met) {
        judge("FAIL", place, text);
    }
    return met;
}

bool test_expect_equal(uint64_t wanted, uint64_t value, const char *text, struct test_place place)
{
    if (value != wanted) {
        char line[160];
        format(line, sizeof(line), "%s is %#llx, not %#llx", text, (unsigned long long)value,
               (unsigned long long)wanted);
        judge("FAIL", place, line);
    }
    return value == wanted;
}

bool test_expect_status(j6_status_t wanted, j6_status_t status, const char *text,
                        struct test_place place)
{
    if (status != wanted) {
        char line[160];
        format(line, sizeof(line), "%s, not %s: %s", j6_status_text(status), j6_status_text(wanted),
               text);
        judge("FAIL", place, line);
    }
    return status == wanted;
}

bool test_has_failed(void)
{
    return string_equal(result.verdict, "FAIL");
}

void test_skip(const char *reason)
{
    if (string_equal(result.verdict, "PASS")) {
        result.verdict = "SKIP";
        format(result.reason, sizeof(result.reason), " %s", reason);
    }
}

/* Objects go a grace period after their last handle: so wait for it. */
static void expect_objects(const struct j6_objects_info *before)
{
    struct j6_objects_info after = objects_live();
    j6_time_t give_up = now() + PATIENCE;
    while (memcmp(&after, before, sizeof(after)) != 0 && now() < give_up) {
        sleep_for(1);
        after = objects_live();
    }
    for (enum j6_type type = j6_type_none; type < j6_type_count; type++) {
        if (after.live[type] != before->live[type]) {
            char line[96];
            format(line, sizeof(line), "%llu objects of type %s before, %llu after",
                   (unsigned long long)before->live[type], j6_type_text(type),
                   (unsigned long long)after.live[type]);
            judge("FAIL", TEST_HERE, line);
        }
    }
}

/*
 * Every test begins as urgent as the threads that it starts, and stays so however much it computes:
 * else some of them together could keep it from running for most of a second, time and again.
 */
static void priority_begin(void)
{
    uint64_t priority = 4 | j6_priority_constant;
    expect_ok(
        j6_thread_control(j6_handle_self_thread, j6_control_priority, &priority, sizeof(priority)));
}

/* The kernel's command line may name the tests to run, only=NAME, once for each, or a set. */
static bool is_wanted(const struct test *test)
{
    char word[128];
    uint64_t ignored;
    if (boot_number("only=", &ignored)) {
        format(word, sizeof(word), "only=%s", test->name);
        return j6_boot_word(word);
    }
    return test->set <= (j6_boot_word("sample")   ? TEST_EVERYWHERE
                         : j6_boot_word("kernel") ? TEST_OF_KERNEL
                                                  : TEST_OF_SYSTEM);
}

static int64_t run(const struct test *test)
{
    struct j6_objects_info before = objects_live();
    result.verdict = "PASS";
    result.reason[0] = '\0';
    priority_begin();
    test->run();
    expect_objects(&before);
    j6_printf("TEST %s %s%s", test->name, result.verdict, result.reason);
    return string_equal(result.verdict, "FAIL");
}

int64_t test_run_all(void)
{
    int64_t failures = 0;
    uint64_t run_count = 0;
    uint64_t left_out = 0;
    for (const struct test *test = __start_tests; test != __stop_tests; test++) {
        if (is_wanted(test)) {
            failures += run(test);
            run_count++;
        } else {
            left_out++;
        }
    }
    j6_printf("tests: %llu run, %llu left out, %lld failed", (unsigned long long)run_count,
              (unsigned long long)left_out, (long long)failures);
    return failures;
}

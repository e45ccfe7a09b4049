/* SPDX-License-Identifier: MIT */
/* What processes write to the log, how much of it, and how far the kernel has shown it. */
#include "lib/format.h"
#include "userland/test/main/devices.h"
#include "userland/test/main/linux.h"
#include "userland/test/main/log.h"
#include "userland/test/main/look.h"

static bool is_limited(void)
{
    bool limited = j6_boot_word("log_limit");
    if (!limited) {
        test_skip("processes aren't limited in this boot");
    }
    return limited;
}

TEST(a_process_logs_200_lines_at_once_and_then_one_each_5_ms)
{
    if (is_limited()) {
        expect_equal(0, victim_run("log_flood", ""));
    }
}

TEST(the_first_process_logs_as_much_as_it_likes)
{
    for (int i = 0; i < 500; i++) {
        log_line("and again");
    }
}

TEST(what_is_printed_beyond_the_limit_comes_later_and_is_not_lost)
{
    struct log_reader reader;
    char wanted[32];
    if (!is_limited()) {
        return;
    }
    log_open(&reader);
    j6_time_t before = now();
    expect_equal(0, victim_run("print", "220"));
    expect(now() - before >= 20 * 5000000ull);
    for (int i = 0; i < 220 && !test_has_failed();) {
        expect_ok(log_read_next(&reader));
        if (reader.last.entry.severity == j6_log_output) {
            format(wanted, sizeof(wanted), "printed %d", i++);
            expect(log_has_text(&reader, wanted));
        }
    }
    log_close(&reader);
}

/* All that a program for Linux leaves in the log. */
static void expect_lines(const char *check, const char *const *lines, size_t count,
                         uint32_t severity)
{
    struct log_reader reader;
    size_t found = 0;
    log_open(&reader);
    j6_handle_t process = linux_start("musl", check, NULL, 0);
    j6_koid_t koid = koid_of(process);
    expect_equal(0, process_finish(process).code);
    while (log_read_next(&reader) == j6_status_ok) {
        if (reader.last.entry.process == koid && expect(found < count)) {
            expect(log_has_text(&reader, lines[found++]));
            expect_equal(severity, reader.last.entry.severity);
        }
    }
    expect_equal(count, found);
    log_close(&reader);
}

/* What it writes, and in which order, is in tests/linux/musl/text.c. */
SYSTEM_TEST(a_program_for_linux_without_stdout_writes_lines_to_the_log)
{
    static const char *const lines[] = {"a line 2.50", "an error", "the end of a line waits",
                                        "for the exit"};
    expect_lines("output", lines, 4, j6_log_output);
}

/* Which calls those are: tests/linux/musl/system.c. */
SYSTEM_TEST(a_linux_call_that_is_not_served_is_logged_once)
{
    static const char *const lines[] = {"linux: system call 57 isn't served",
                                        "linux: system call 101 isn't served",
                                        "linux: system call 100000 isn't served",
                                        "linux: system call 56 isn't served for processes"};
    expect_lines("unserved", lines, 4, j6_log_warning);
}

/* ---- what the kernel has shown -------------------------------------------------------------- */

static j6_status_t shown_through(uint64_t first, uint64_t count, struct j6_shown_info *info)
{
    j6_handle_t system = restricted(system_handle(), j6_range_port, first, count);
    uint64_t len = sizeof(*info);
    j6_status_t status = j6_object_info(system, j6_topic_shown, info, &len);
    expect_ok(j6_handle_close(system));
    return status;
}

TEST(a_system_object_tells_which_entry_the_kernel_has_shown_on_its_device)
{
    enum { COM1 = 0x3f8, UNUSED = 0x2e8, COUNT = 8 };
    struct j6_shown_info info = {0};
    if (shown_through(COM1, COUNT, &info) != j6_status_ok) {
        test_skip("no COM1");
        return;
    }
    uint64_t before = info.entry;
    expect(before > 0);
    expect_ok(j6_log(j6_log_info, "shown", 5));
    expect_soon(shown_through(COM1, COUNT, &info) == j6_status_ok && info.entry > before);
    expect_status(j6_err_bad_state, shown_through(COM1, COUNT - 1, &info));
    expect_status(j6_err_bad_state, shown_through(UNUSED, COUNT, &info));
    uint64_t len = sizeof(info);
    j6_handle_t event = event_new();
    expect_status(j6_err_wrong_type, j6_object_info(event, j6_topic_shown, &info, &len));
    expect_ok(j6_handle_close(event));
}

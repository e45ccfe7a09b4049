/* SPDX-License-Identifier: MIT */
/* SOURCES: kernel/base/log.c kernel/base/console.c lib/format.c lib/log_line.c */
/* Consoles: which entries they show, how, and until when. */
#include "kernel/base/console.h"
#include "kernel/base/log.h"

#include <string.h>
#include <test.h>

struct recorder {
    struct console console;
    char text[256 * 1024];
    size_t len;
    unsigned resets;
    enum j6_log_severity severity; /* of the last write */
};

static struct recorder first;
static struct recorder second;

static void record(void *context, enum j6_log_severity severity, const char *text, size_t len)
{
    struct recorder *recorder = context;
    assert_true(recorder->len + len < sizeof(recorder->text));
    memcpy(recorder->text + recorder->len, text, len);
    recorder->len += len;
    recorder->text[recorder->len] = '\0';
    recorder->severity = severity;
}

static void reset(void *context)
{
    struct recorder *recorder = context;
    recorder->resets++;
}

static void add(struct recorder *recorder)
{
    recorder->console = (struct console){.write = record, .reset = reset, .context = recorder};
    console_add(&recorder->console);
}

static uint64_t now;
static uint32_t cpu;

static uint64_t test_clock(void)
{
    return now;
}

static uint32_t test_cpu(void)
{
    return cpu;
}

static void assert_shown(struct recorder *recorder, const char *text)
{
    assert_string_equal(recorder->text, text);
    recorder->len = 0;
    recorder->text[0] = '\0';
}

/* The tests are steps of one life: a console stays for ever. */

static void entry_before_any_console_is_shown_when_it_comes(void **state)
{
    (void)state;
    log_info("memory  %u MiB", 255);
    add(&first);
    assert_shown(&first, "[    0.000000] memory  255 MiB\n");
}

static void entry_is_shown_with_time_cpu_and_severity(void **state)
{
    (void)state;
    log_set_sources(test_clock, test_cpu);
    now = 1234567;
    log_warning("odd");
    assert_int_equal(first.severity, j6_log_warning);
    assert_shown(&first, "[    0.001234] warning: odd\n");
    now = 98765432109876;
    cpu = 2;
    log_error("bad");
    assert_shown(&first, "[98765.432109 cpu2] error: bad\n");
    now = 0;
    cpu = 0;
}

static void entry_below_the_verbosity_is_not_shown(void **state)
{
    (void)state;
    log_debug("hidden");
    assert_shown(&first, "");
    console_set_verbosity(j6_log_debug);
    log_debug("seen");
    assert_shown(&first, "[    0.000000] debug: seen\n");
    console_set_verbosity(j6_log_error);
    log_warning("hidden");
    log_error("seen");
    assert_shown(&first, "[    0.000000] error: seen\n");
    console_set_verbosity(j6_log_info);
}

static void output_is_bare_text_on_lines_of_its_own(void **state)
{
    (void)state;
    log_append_user(j6_log_output, 1, 1, "init: ready", 11);
    log_append_user(j6_log_output, 1, 1, "two\nlines\n", 10);
    log_append_user(j6_log_output, 1, 1, "", 0);
    assert_shown(&first, "init: ready\ntwo\nlines\n\n");
}

static void entry_of_a_process_names_it_and_stays_one_line(void **state)
{
    (void)state;
    log_append_user(j6_log_info, 0x6000000000000011, 1, "one\nPANIC\x1b[2J\x7f", 14);
    assert_shown(&first, "[    0.000000] process 17: one PANIC [2J \n");
}

static void console_added_late_shows_all_from_the_first_entry(void **state)
{
    (void)state;
    add(&second);
    assert_int_equal(strncmp(second.text, "[    0.000000] memory  255 MiB\n", 31), 0);
    assert_non_null(strstr(second.text, "init: ready\n"));
    assert_shown(&first, "");
    second.len = 0;
    log_info("both");
    assert_shown(&first, "[    0.000000] both\n");
    assert_shown(&second, "[    0.000000] both\n");
}

static struct recorder *nested;

static void log_while_writing(void *context, enum j6_log_severity severity, const char *text,
                              size_t len)
{
    if (nested != NULL) {
        nested = NULL;
        log_info("from an interrupt");
    }
    record(context, severity, text, len);
}

static void entry_logged_while_a_console_is_written_comes_after(void **state)
{
    (void)state;
    first.console.write = log_while_writing;
    nested = &first;
    log_info("interrupted");
    assert_shown(&first, "[    0.000000] interrupted\n[    0.000000] from an interrupt\n");
    assert_shown(&second, "[    0.000000] interrupted\n[    0.000000] from an interrupt\n");
    first.console.write = record;
}

static void log_many_while_writing(void *context, enum j6_log_severity severity, const char *text,
                                   size_t len)
{
    if (nested != NULL) {
        nested = NULL;
        for (int i = 0; i < 1030; i++) {
            log_info("many");
        }
    }
    record(context, severity, text, len);
}

static void console_that_is_too_slow_tells_what_it_missed(void **state)
{
    (void)state;
    first.console.write = log_many_while_writing;
    nested = &first;
    log_info("slow");
    assert_int_equal(strncmp(first.text,
                             "[    0.000000] slow\n(6 entries of the log are lost)\n"
                             "[    0.000000] many\n",
                             72),
                     0);
    first.console.write = record;
    first.len = 0;
    second.len = 0;
    second.text[0] = '\0';
    first.text[0] = '\0';
}

static void console_released_is_silent(void **state)
{
    (void)state;
    log_info("before");
    console_release(&first.console);
    assert_shown(&first, "[    0.000000] before\n");
    log_info("after");
    assert_shown(&first, "");
    assert_shown(&second, "[    0.000000] before\n[    0.000000] after\n");
}

static void consoles_are_released_by_any_of_their_ports(void **state)
{
    (void)state;
    first.console.seen = log_last();
    first.console.released = false; /* by the test before */
    first.console.first_port = 0x3f8;
    first.console.port_count = 8;
    console_release_ports(0x3f0, 8);
    console_release_ports(0x400, 1);
    log_info("before");
    assert_shown(&first, "[    0.000000] before\n");
    console_release_ports(0x3ff, 0x10000 - 0x3ff);
    log_info("after");
    assert_shown(&first, "");
    assert_shown(&second, "[    0.000000] before\n[    0.000000] after\n");
}

static void consoles_are_released_by_any_of_their_memory(void **state)
{
    (void)state;
    first.console.seen = log_last();
    first.console.released = false;
    first.console.first_phys = 0xfd000000;
    first.console.phys_size = 0x300000;
    console_release_phys(0xfcfff000, 0x1000);
    console_release_phys(0xfd300000, 0x1000);
    log_info("before");
    assert_shown(&first, "[    0.000000] before\n");
    console_release_phys(0xfd2ff000, 0x2000);
    log_info("after");
    assert_shown(&first, "");
    assert_shown(&second, "[    0.000000] before\n[    0.000000] after\n");
}

static void panic_takes_all_consoles_back(void **state)
{
    (void)state;
    log_append_user(j6_log_output, 1, 1, "PANIC", 5);
    second.len = 0;
    console_panic_begin();
    assert_int_equal(first.resets, 1);
    assert_int_equal(second.resets, 1);
    log_info("after");
    console_panic_write("text\n", 5);
    console_panic_tail(3);
    const char *expected = "text\n  [    0.000000] after\n  [    0.000000] process 1: PANIC\n"
                           "  [    0.000000] after\n";
    assert_shown(&first, expected);
    assert_shown(&second, expected);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(entry_before_any_console_is_shown_when_it_comes),
        cmocka_unit_test(entry_is_shown_with_time_cpu_and_severity),
        cmocka_unit_test(entry_below_the_verbosity_is_not_shown),
        cmocka_unit_test(output_is_bare_text_on_lines_of_its_own),
        cmocka_unit_test(entry_of_a_process_names_it_and_stays_one_line),
        cmocka_unit_test(console_added_late_shows_all_from_the_first_entry),
        cmocka_unit_test(entry_logged_while_a_console_is_written_comes_after),
        cmocka_unit_test(console_that_is_too_slow_tells_what_it_missed),
        cmocka_unit_test(console_released_is_silent),
        cmocka_unit_test(consoles_are_released_by_any_of_their_ports),
        cmocka_unit_test(consoles_are_released_by_any_of_their_memory),
        cmocka_unit_test(panic_takes_all_consoles_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

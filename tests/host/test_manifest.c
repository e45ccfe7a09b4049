/* SPDX-License-Identifier: MIT */
/* SOURCES: userland/init/manifest.c userland/init/manifest_entry.c userland/init/manifest_handle.c userland/init/manifest_words.c lib/string.c */
/* Manifests of services: what their words mean, and what each mistake is told as. */
#include "userland/init/manifest.h"
#include <test.h>

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct manifest manifest;
static char text[4096];
static char reports[4096];

static void report(unsigned line, const char *what, const char *word)
{
    size_t len = strlen(reports);
    snprintf(reports + len, sizeof(reports) - len, "%u: %s %s\n", line, word, what);
}

static int begin(void **state)
{
    (void)state;
    memset(&manifest, 0, sizeof(manifest));
    manifest.report = report;
    reports[0] = '\0';
    return 0;
}

/* On a copy that ends where the text does, but for the one byte. */
static const struct manifest_entry *read_text(const char *source)
{
    size_t len = strlen(source);
    char *exact = malloc(len + 1);
    assert_non_null(exact);
    memcpy(exact, source, len);
    manifest_read(&manifest, exact, len);
    assert_true(len < sizeof(text));
    /* What was read points into it until the test has ended. */
    static char *kept;
    free(kept);
    kept = exact;
    return &manifest.entries[0];
}

static void expect_report(const char *source, const char *wanted)
{
    begin(NULL);
    read_text(source);
    assert_string_equal(reports, wanted);
}

/* ---- what the words mean --------------------------------------------------------------------- */

static void a_service_has_a_program_with_its_name_and_arguments(void **state)
{
    (void)state;
    const struct manifest_entry *entry =
        read_text("# All of them\n\nservice com2\n\tprogram  bin/serial port=0x2f8\tirq=3 \r\n");
    assert_string_equal(reports, "");
    assert_int_equal(manifest.count, 1);
    assert_string_equal(entry->name, "com2");
    assert_string_equal(entry->program, "bin/serial");
    assert_string_equal(entry->argv[0], "com2");
    assert_string_equal(entry->argv[1], "port=0x2f8");
    assert_string_equal(entry->argv[2], "irq=3");
    assert_null(entry->argv[3]);
    assert_int_equal(entry->line, 3);
    assert_int_equal(entry->bad_line, 0);
    assert_null(entry->serves);
    assert_false(entry->has_endpoint || entry->has_limits || entry->has_absent || entry->is_last ||
                 entry->ends_system || entry->is_ready_when_started);
    assert_int_equal(entry->restart, manifest_restart_always);
}

static void the_last_line_needs_no_newline(void **state)
{
    (void)state;
    const struct manifest_entry *entry = read_text("service a\nprogram b");
    assert_string_equal(reports, "");
    assert_string_equal(entry->program, "b");
}

static void all_that_a_service_may_have_is_read(void **state)
{
    (void)state;
    const struct manifest_entry *entry = read_text("service a\n"
                                                   "program b\n"
                                                   "when log=debug log=4 loud\n"
                                                   "needs framebuffer program\n"
                                                   "serves one two\n"
                                                   "endpoint 65536 16 kept badges\n"
                                                   "after three four\n"
                                                   "restart failure\n"
                                                   "absent 7\n"
                                                   "end poweroff\n"
                                                   "start last\n"
                                                   "ready started\n"
                                                   "limits pages=100 handles=20 threads=3 "
                                                   "processes=4 priority=5\n");
    assert_string_equal(reports, "");
    assert_string_equal(entry->when[0], "log=debug");
    assert_string_equal(entry->when[2], "loud");
    assert_null(entry->when[3]);
    assert_string_equal(entry->serves[1], "two");
    assert_null(entry->serves[2]);
    assert_string_equal(entry->after[0], "three");
    assert_true(entry->has_endpoint && entry->keeps_endpoint && entry->makes_badges);
    assert_int_equal(entry->endpoint_bytes, 65536);
    assert_int_equal(entry->endpoint_handles, 16);
    assert_int_equal(entry->restart, manifest_restart_failure);
    assert_true(entry->has_absent && entry->absent == 7);
    assert_true(entry->needs_framebuffer && entry->needs_program);
    assert_true(entry->ends_system && entry->is_last && entry->is_ready_when_started &&
                entry->has_limits);
    assert_int_equal(entry->limits.pages, 100);
    assert_int_equal(entry->limits.handles, 20);
    assert_int_equal(entry->limits.threads, 3);
    assert_int_equal(entry->limits.processes, 4);
    assert_int_equal(entry->limits.priority, 5);
}

static void times_stand_before_the_services(void **state)
{
    (void)state;
    manifest.times = (struct manifest_times){.pause = 7, .life = 8};
    read_text("# first\ntimes pause=1 ready=3 end=4 answer=5\nservice a\nprogram b\n");
    const struct manifest_times wanted = {.pause = 1, .life = 8, .ready = 3, .end = 4, .answer = 5};
    assert_string_equal(reports, "");
    assert_memory_equal(&manifest.times, &wanted, sizeof(wanted));
}

static void parts_of_the_system_are_ranges(void **state)
{
    (void)state;
    static const struct j6_range wanted[] = {
        {.kind = j6_range_irq, .first = 4, .count = 1},
        {.kind = j6_range_port, .first = 0x3f8, .count = 8},
        {.kind = j6_range_phys, .first = 0xfee00000, .count = 4096},
        {.kind = j6_range_log, .count = 1},
        {.kind = j6_range_info, .count = 1},
        {.kind = j6_range_power, .count = 1},
        {.kind = j6_range_clock, .count = 1},
        {.kind = j6_range_dma, .count = 1},
        {.kind = MANIFEST_RANGE_FRAMEBUFFER, .count = 1},
    };
    const struct manifest_entry *entry =
        read_text("service a\nprogram b\nhandle system system irq=4 port=0x3f8-0x3ff "
                  "phys=0xfee00000-0xfee00fff log info power clock dma framebuffer\n");
    assert_string_equal(reports, "");
    assert_int_equal(entry->handle_count, 1);
    assert_string_equal(entry->handles[0].role, "system");
    assert_int_equal(entry->handles[0].kind, manifest_system);
    assert_int_equal(entry->handles[0].range_count, 9);
    assert_memory_equal(entry->handles[0].ranges, wanted, sizeof(wanted));
}

static void handles_of_every_kind_are_read_and_stay_with_their_service(void **state)
{
    (void)state;
    const struct manifest_entry *entry = read_text("service a\nprogram b\n"
                                                   "handle one service x\n"
                                                   "handle stdout text screen\n"
                                                   "handle files files /home read-only bytes=4096\n"
                                                   "handle names names x +y *\n"
                                                   "service c\nprogram d\n"
                                                   "handle all services control\n"
                                                   "handle archive module boot.tar\n"
                                                   "handle linux file lib/linux\n"
                                                   "handle fb framebuffer\n"
                                                   "service e\nprogram f\n"
                                                   "handle kept memory 3\n");
    static const enum manifest_kind kinds[] = {
        manifest_service,  manifest_text,   manifest_files, manifest_names,
        manifest_services, manifest_module, manifest_file,  manifest_framebuffer};
    assert_string_equal(reports, "");
    assert_int_equal(entry[0].handle_count, 4);
    assert_int_equal(entry[1].handle_count, 4);
    assert_int_equal(entry[2].handles[0].kind, manifest_memory);
    assert_int_equal(entry[2].handles[0].pages, 3);
    for (size_t i = 0; i < 8; i++) {
        assert_int_equal(entry[i / 4].handles[i % 4].kind, kinds[i]);
    }
    assert_true(entry->handles[2].read_only);
    assert_int_equal(entry->handles[2].bytes, 4096);
    assert_int_equal(entry->handles[2].open, UINT64_MAX);
    assert_string_equal(entry->handles[2].words[0], "/home");
    assert_string_equal(entry->handles[3].words[1], "+y");
    assert_null(entry->handles[3].words[3]);
}

/* ---- mistakes -------------------------------------------------------------------------------- */

#define SERVICE "service a\nprogram b\n"

/* A line of a service that is right otherwise, and what is told of it. */
struct mistake {
    const char *line;
    const char *told;
};

static void expect_mistakes(const struct mistake *mistakes, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        char source[128], wanted[128];
        snprintf(source, sizeof(source), SERVICE "%s\n", mistakes[i].line);
        snprintf(wanted, sizeof(wanted), "3: %s\n", mistakes[i].told);
        expect_report(source, wanted);
    }
}

static void mistakes_in_lines_are_told(void **state)
{
    (void)state;
    static const struct mistake mistakes[] = {
        {"restrat never", "restrat isn't a word of manifests"},
        {"restart", "restart lacks a word behind it"},
        {"restart never ever", "ever is too much"},
        {"restart sometimes", "sometimes isn't known here"},
        {"program c", "program stands here twice"},
        {"times end=1", "times stands behind a service"},
        {"serves a_name_of_more_than_31_characters",
         "a_name_of_more_than_31_characters is too long for a name"},
        {"endpoint many 1", "many isn't a number"},
        {"endpoint 1 1 lost", "lost isn't known here"},
        {"absent 99999999999999999999", "99999999999999999999 isn't a number"},
        {"absent 0x", "0x isn't a number"},
        {"limits pages", "pages isn't known here"},
        {"limits pages=", "pages= isn't a number"},
        {"needs luck", "luck isn't known here"},
        {"end badly", "badly isn't known here"},
        {"start first", "first isn't known here"},
        {"ready never", "never isn't known here"},
    };
    expect_mistakes(mistakes, sizeof(mistakes) / sizeof(mistakes[0]));
}

static void mistakes_in_handles_are_told(void **state)
{
    (void)state;
    static const struct mistake mistakes[] = {
        {"handle x", "handle lacks a word behind it"},
        {"handle x y", "y isn't a kind of handle"},
        {"handle a_role_of_24_characters_ text x",
         "a_role_of_24_characters_ is too long for a role"},
        {"handle x system", "system lacks a word behind it"},
        {"handle x system all", "all isn't a part of the system"},
        {"handle x system irq=", "irq= isn't a number"},
        {"handle x system port=9-8", "port=9-8 isn't a range"},
        {"handle x system phys=0-0xffffffffffffffff", "phys=0-0xffffffffffffffff isn't a range"},
        {"handle x service y z", "z is too much"},
        {"handle x files / often", "often isn't known here"},
        {"handle x services some", "some isn't known here"},
    };
    expect_mistakes(mistakes, sizeof(mistakes) / sizeof(mistakes[0]));
}

static void mistakes_are_told_with_their_line(void **state)
{
    (void)state;
    expect_report("program b\n", "1: program belongs to no service\n");
    expect_report("service a\n# nothing\nservice c\nprogram d\n", "1: a has no program\n");
    expect_report("service a\n", "1: a has no program\n");
    expect_report(SERVICE "serves x\n", "1: a serves without an endpoint\n");
    expect_report("times end\n", "1: end isn't known here\n");
    expect_report("times end=1\ntimes end=1\n", "2: times stands here twice\n");
}

static void a_service_with_a_mistake_is_bad_and_the_others_are_read(void **state)
{
    (void)state;
    const struct manifest_entry *entry =
        read_text("service a\nprogram b\nrestrat\nrestart no\nservice c\nprogram d\n");
    assert_string_equal(reports, "3: restrat isn't a word of manifests\n4: no isn't known here\n");
    assert_int_equal(manifest.count, 2);
    assert_int_equal(entry[0].bad_line, 3);
    assert_int_equal(entry[1].bad_line, 0);
}

static void the_second_service_of_a_name_is_told_once(void **state)
{
    (void)state;
    expect_report(SERVICE "service a\nprogram c\nrestart never\nservice d\nprogram e\n",
                  "3: a is the name of another service already\n");
    assert_int_equal(manifest.count, 2);
    assert_int_equal(manifest.entries[0].bad_line, 0);
    assert_string_equal(manifest.entries[1].name, "d");
}

static void a_name_is_served_by_one_service(void **state)
{
    (void)state;
    expect_report(SERVICE "serves x\nendpoint 0 0\nservice c\nprogram d\nendpoint 0 0\nserves x\n",
                  "8: x is served by another service already\n");
}

/* ---- too much -------------------------------------------------------------------------------- */

static void repeat(char *out, size_t cap, const char *before, const char *format, int count)
{
    size_t len = (size_t)snprintf(out, cap, "%s", before);
    for (int i = 0; i < count; i++) {
        len += (size_t)snprintf(out + len, cap - len, format, i);
    }
}

static void expect_no_room(const char *source, const char *what)
{
    char wanted[64];
    begin(NULL);
    read_text(source);
    snprintf(wanted, sizeof(wanted), "%s has no room left", what);
    assert_non_null(strstr(reports, wanted));
}

static void more_than_there_is_room_for_is_told(void **state)
{
    (void)state;
    static char source[4096];
    repeat(source, sizeof(source), SERVICE "program", " %d", MANIFEST_LINE_WORDS_MAX);
    begin(NULL);
    read_text(source);
    assert_non_null(strstr(reports, "program has too many words behind it"));
    repeat(source, sizeof(source), "", "service %d\nprogram x\n", MANIFEST_SERVICES_MAX + 2);
    expect_report(source, "65: 32 is one service too many\n67: 33 is one service too many\n");
    repeat(source, sizeof(source), SERVICE, "handle %d file x\n", MANIFEST_SERVICE_HANDLES_MAX + 1);
    expect_report(source, "27: 24 has no room left\n");
}

/* Each service has as much as it may have, but all of them together have too much. */
static void more_than_there_is_room_for_in_all_services_is_told(void **state)
{
    (void)state;
    static char source[4096];
    repeat(source, sizeof(source), "",
           "service %d\nprogram x\nhandle a file x\nhandle b file x\nhandle c file x\n"
           "handle d file x\nhandle e file x\nhandle f file x\nhandle g file x\n",
           MANIFEST_HANDLES_MAX / 7 + 1);
    expect_no_room(source, "g");
    repeat(source, sizeof(source), "",
           "service %d\nprogram x\nhandle x system irq=1 irq=2 irq=3 irq=4 irq=5 irq=6 irq=7\n",
           MANIFEST_RANGES_MAX / 7 + 1);
    expect_no_room(source, "irq=6");
    repeat(source, sizeof(source), "",
           "service %d\nprogram x\nafter 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 "
           "23 24 25 26 27 28 29 30\n",
           MANIFEST_WORDS_MAX / 33 + 1); /* 2 and 31, with the NULLs */
    expect_no_room(source, "after");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_service_has_a_program_with_its_name_and_arguments, begin),
        cmocka_unit_test_setup(the_last_line_needs_no_newline, begin),
        cmocka_unit_test_setup(all_that_a_service_may_have_is_read, begin),
        cmocka_unit_test_setup(times_stand_before_the_services, begin),
        cmocka_unit_test_setup(parts_of_the_system_are_ranges, begin),
        cmocka_unit_test_setup(handles_of_every_kind_are_read_and_stay_with_their_service, begin),
        cmocka_unit_test_setup(mistakes_in_lines_are_told, begin),
        cmocka_unit_test_setup(mistakes_in_handles_are_told, begin),
        cmocka_unit_test_setup(mistakes_are_told_with_their_line, begin),
        cmocka_unit_test_setup(a_service_with_a_mistake_is_bad_and_the_others_are_read, begin),
        cmocka_unit_test_setup(the_second_service_of_a_name_is_told_once, begin),
        cmocka_unit_test_setup(a_name_is_served_by_one_service, begin),
        cmocka_unit_test_setup(more_than_there_is_room_for_is_told, begin),
        cmocka_unit_test_setup(more_than_there_is_room_for_in_all_services_is_told, begin),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

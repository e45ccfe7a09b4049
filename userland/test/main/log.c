/* SPDX-License-Identifier: MIT */
/*
 * system_get_log and the signal has_log: each reader of the log has a system object of its own, and
 * misses nothing that isn't overwritten.
 */
#include "userland/test/main/log.h"
#include "lib/format.h"
#include "lib/string.h"
#include "userland/test/main/devices.h"
#include "userland/test/main/look.h"

enum { LINES = 20, RING_ENTRIES = 1024 };

j6_status_t log_read_next(struct log_reader *reader)
{
    uint64_t len = sizeof(reader->last);
    j6_status_t status =
        j6_system_get_log(reader->system, &reader->seen, &reader->last, &len, j6_deadline_poll);
    if (status == j6_status_ok) {
        expect_equal(reader->seen, reader->last.entry.id);
        expect_equal(len, sizeof(reader->last.entry) + reader->last.entry.len);
    }
    return status;
}

void log_open(struct log_reader *reader)
{
    j6_status_t status;
    *reader = (struct log_reader){.system = restricted(system_handle(), j6_range_log, 0, 1)};
    do {
        status = log_read_next(reader);
    } while (status == j6_status_ok);
    expect_status(j6_status_would_block, status);
}

void log_close(struct log_reader *reader)
{
    expect_ok(j6_handle_close(reader->system));
}

bool log_has_text(const struct log_reader *reader, const char *text)
{
    size_t len = strlen(text);
    return reader->last.entry.len == len && memcmp(reader->last.text, text, len) == 0;
}

bool log_is_new(const struct log_reader *reader)
{
    uint64_t signals = 0;
    j6_status_t status =
        j6_object_wait(reader->system, j6_signal_system_has_log, &signals, j6_deadline_poll);
    return status == j6_status_ok && (signals & j6_signal_system_has_log);
}

void log_line(const char *text)
{
    expect_ok(j6_log(j6_log_debug, text, strlen(text)));
}

/* What the victim writes in its mode "log". */
static void expect_lines_of_victim(struct log_reader *reader, j6_koid_t victim)
{
    char wanted[32];
    for (int i = 0; i < LINES && !test_has_failed();) {
        expect_ok(log_read_next(reader));
        if (reader->last.entry.process == victim) {
            format(wanted, sizeof(wanted), "line %d", i++);
            expect(log_has_text(reader, wanted));
        }
    }
    expect_status(j6_status_would_block, log_read_next(reader));
}

TEST(an_entry_of_the_log_tells_who_wrote_what_and_when)
{
    struct log_reader reader;
    j6_koid_t process = 0;
    j6_koid_t thread = 0;
    log_open(&reader);
    j6_time_t before = now();
    expect_ok(j6_log(j6_log_debug, "somebody was here, and more", 17));
    j6_time_t after = now();
    expect_ok(j6_object_koid(j6_handle_self_process, &process));
    expect_ok(j6_object_koid(j6_handle_self_thread, &thread));
    expect_ok(log_read_next(&reader));
    expect(log_has_text(&reader, "somebody was here"));
    expect(reader.last.entry.time >= before && reader.last.entry.time <= after);
    expect_equal(process, reader.last.entry.process);
    expect_equal(thread, reader.last.entry.thread);
    expect_equal(j6_log_debug, reader.last.entry.severity);
    expect(reader.last.entry.cpu < 64);
    expect_status(j6_status_would_block, log_read_next(&reader));
    log_close(&reader);
}

TEST(has_log_is_set_by_each_entry_and_cleared_when_all_were_read)
{
    struct log_reader reader;
    log_open(&reader);
    for (int i = 0; i < 3; i++) {
        expect(!log_is_new(&reader));
        log_line("one");
        expect(log_is_new(&reader));
        log_line("two");
        expect_ok(log_read_next(&reader));
        expect(log_is_new(&reader));
        expect_ok(log_read_next(&reader));
        expect(log_has_text(&reader, "two"));
        expect_status(j6_status_would_block, log_read_next(&reader));
    }
    log_close(&reader);
}

SAMPLE_TEST(a_new_reader_of_the_log_finds_what_was_written_before)
{
    log_line("before the reader was there");
    struct log_reader reader = {.system = restricted(system_handle(), j6_range_log, 0, 1)};
    bool found = false;
    expect(log_is_new(&reader));
    while (log_read_next(&reader) == j6_status_ok) {
        found |= log_has_text(&reader, "before the reader was there");
    }
    expect(found);
    log_close(&reader);
}

TEST(two_readers_of_the_log_both_see_every_entry)
{
    struct log_reader readers[2];
    j6_koid_t victim = 0;
    log_open(&readers[0]);
    log_open(&readers[1]);
    j6_handle_t process = victim_start("log", "20", NULL, 0);
    expect_ok(j6_object_koid(process, &victim));
    expect_equal(0, process_finish(process).code);
    for (int i = 0; i < 2; i++) {
        expect(log_is_new(&readers[i]));
        expect_lines_of_victim(&readers[i], victim);
        expect(!log_is_new(&readers[i]));
        log_close(&readers[i]);
    }
}

TEST(entries_of_the_log_that_were_overwritten_show_as_a_jump_of_ids)
{
    struct log_reader reader;
    log_open(&reader);
    uint64_t before = reader.seen;
    for (int i = 0; i < RING_ENTRIES + 10; i++) {
        log_line("again");
    }
    log_line("the last one");
    expect_ok(log_read_next(&reader));
    expect(reader.seen >= before + 11);
    uint64_t left = before + RING_ENTRIES + 11 - reader.seen;
    expect(left >= RING_ENTRIES / 2);
    for (uint64_t id = reader.seen + 1; left > 0; left--, id++) {
        expect_ok(log_read_next(&reader));
        expect_equal(id, reader.seen);
    }
    expect(log_has_text(&reader, "the last one"));
    log_close(&reader);
}

TEST(system_get_log_tells_the_size_that_a_small_buffer_lacks)
{
    struct log_reader reader;
    log_open(&reader);
    uint64_t before = reader.seen;
    log_line("0123456789");
    const uint64_t wanted = sizeof(struct j6_log_entry) + 10;
    for (uint64_t room = 0; room < wanted; room += 7) {
        uint64_t len = room;
        reader.last.entry.id = 99;
        expect_status(j6_err_insufficient, j6_system_get_log(reader.system, &reader.seen,
                                                             &reader.last, &len, j6_deadline_poll));
        expect_equal(wanted, len);
        expect_equal(before, reader.seen);
        expect_equal(99, reader.last.entry.id);
    }
    uint64_t len = wanted;
    expect_ok(j6_system_get_log(reader.system, &reader.seen, &reader.last, &len, 0));
    expect(log_has_text(&reader, "0123456789"));
    log_close(&reader);
}

TEST(there_is_nothing_to_read_in_the_log_beyond_its_end)
{
    struct log_reader reader;
    log_open(&reader);
    log_line("newer than what was seen");
    const uint64_t beyond[] = {reader.seen + 1, reader.seen + 1000, ~0ull - 1, ~0ull};
    for (size_t i = 0; i < sizeof(beyond) / sizeof(beyond[0]); i++) {
        reader.seen = beyond[i];
        expect_status(j6_status_would_block, log_read_next(&reader));
        expect_equal(beyond[i], reader.seen);
    }
    log_close(&reader);
}

TEST(system_get_log_times_out_at_a_deadline_that_has_passed)
{
    struct log_reader reader;
    uint64_t len = sizeof(reader.last);
    log_open(&reader);
    expect_status(j6_status_timed_out,
                  j6_system_get_log(reader.system, &reader.seen, &reader.last, &len, 1));
    log_line("there it is");
    expect_ok(j6_system_get_log(reader.system, &reader.seen, &reader.last, &len, 1));
    log_close(&reader);
}

TEST(reading_the_log_needs_the_range_log)
{
    struct log_reader reader = {.system = restricted(system_handle(), j6_range_info, 0, 1)};
    expect_status(j6_err_denied, log_read_next(&reader));
    expect(!log_is_new(&reader));
    log_line("not for everybody");
    expect(!log_is_new(&reader));
    log_close(&reader);
}

TEST(a_closed_system_object_tells_nothing_of_the_log_any_more)
{
    struct log_reader reader;
    uint64_t signals = 0;
    for (int read_first = 0; read_first < 2; read_first++) {
        log_open(&reader);
        if (read_first == 0) {
            log_line("not read yet");
        }
        expect_ok(j6_object_close(reader.system));
        log_line("too late");
        expect_status(j6_status_closed, log_read_next(&reader));
        expect_status(j6_status_closed, j6_object_wait(reader.system, j6_signal_system_has_log,
                                                       &signals, j6_deadline_never));
        expect_equal(j6_signal_closed, signals);
        log_close(&reader);
    }
}

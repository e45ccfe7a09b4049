/* SPDX-License-Identifier: MIT */
/*
 * system_get_log and the signal has_log: each reader of the log has a system object of its own, and
 * misses nothing that isn't overwritten.
 */
#include "lib/format.h"
#include "lib/string.h"
#include "userland/test/main/devices.h"
#include "userland/test/main/linux.h"
#include "userland/test/main/look.h"

enum { LINES = 20, RING_ENTRIES = 1024 };

/* One who reads the log, and what came last. */
struct reader {
    j6_handle_t system;
    uint64_t seen;
    struct {
        struct j6_log_entry entry;
        char text[j6_log_text_max];
    } last;
};

static j6_status_t read_next(struct reader *reader)
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

/* A reader that has read all that there is. */
static void reader_open(struct reader *reader)
{
    j6_status_t status;
    *reader = (struct reader){.system = restricted(system_handle(), j6_range_log, 0, 1)};
    do {
        status = read_next(reader);
    } while (status == j6_status_ok);
    expect_status(j6_status_would_block, status);
}

static void reader_close(struct reader *reader)
{
    expect_ok(j6_handle_close(reader->system));
}

static bool has_text(const struct reader *reader, const char *text)
{
    size_t len = strlen(text);
    return reader->last.entry.len == len && memcmp(reader->last.text, text, len) == 0;
}

static bool has_log(const struct reader *reader)
{
    uint64_t signals = 0;
    j6_status_t status =
        j6_object_wait(reader->system, j6_signal_system_has_log, &signals, j6_deadline_poll);
    return status == j6_status_ok && (signals & j6_signal_system_has_log);
}

static void log_line(const char *text)
{
    expect_ok(j6_log(j6_log_debug, text, strlen(text)));
}

/* What the victim writes in its mode "log". */
static void expect_lines_of_victim(struct reader *reader, j6_koid_t victim)
{
    char wanted[32];
    for (int i = 0; i < LINES && !test_has_failed();) {
        expect_ok(read_next(reader));
        if (reader->last.entry.process == victim) {
            format(wanted, sizeof(wanted), "line %d", i++);
            expect(has_text(reader, wanted));
        }
    }
    expect_status(j6_status_would_block, read_next(reader));
}

TEST(an_entry_of_the_log_tells_who_wrote_what_and_when)
{
    struct reader reader;
    j6_koid_t process = 0;
    j6_koid_t thread = 0;
    reader_open(&reader);
    j6_time_t before = now();
    expect_ok(j6_log(j6_log_debug, "somebody was here, and more", 17));
    j6_time_t after = now();
    expect_ok(j6_object_koid(j6_handle_self_process, &process));
    expect_ok(j6_object_koid(j6_handle_self_thread, &thread));
    expect_ok(read_next(&reader));
    expect(has_text(&reader, "somebody was here"));
    expect(reader.last.entry.time >= before && reader.last.entry.time <= after);
    expect_equal(process, reader.last.entry.process);
    expect_equal(thread, reader.last.entry.thread);
    expect_equal(j6_log_debug, reader.last.entry.severity);
    expect(reader.last.entry.cpu < 64);
    expect_status(j6_status_would_block, read_next(&reader));
    reader_close(&reader);
}

TEST(has_log_is_set_by_each_entry_and_cleared_when_all_were_read)
{
    struct reader reader;
    reader_open(&reader);
    for (int i = 0; i < 3; i++) {
        expect(!has_log(&reader));
        log_line("one");
        expect(has_log(&reader));
        log_line("two");
        expect_ok(read_next(&reader));
        expect(has_log(&reader));
        expect_ok(read_next(&reader));
        expect(has_text(&reader, "two"));
        expect_status(j6_status_would_block, read_next(&reader));
    }
    reader_close(&reader);
}

SAMPLE_TEST(a_new_reader_of_the_log_finds_what_was_written_before)
{
    log_line("before the reader was there");
    struct reader reader = {.system = restricted(system_handle(), j6_range_log, 0, 1)};
    bool found = false;
    expect(has_log(&reader));
    while (read_next(&reader) == j6_status_ok) {
        found |= has_text(&reader, "before the reader was there");
    }
    expect(found);
    reader_close(&reader);
}

TEST(two_readers_of_the_log_both_see_every_entry)
{
    struct reader readers[2];
    j6_koid_t victim = 0;
    reader_open(&readers[0]);
    reader_open(&readers[1]);
    j6_handle_t process = victim_start("log", "20", NULL, 0);
    expect_ok(j6_object_koid(process, &victim));
    expect_equal(0, process_finish(process).code);
    for (int i = 0; i < 2; i++) {
        expect(has_log(&readers[i]));
        expect_lines_of_victim(&readers[i], victim);
        expect(!has_log(&readers[i]));
        reader_close(&readers[i]);
    }
}

/* Reads until the victim's last line has come, and waits whenever there is nothing to read. */
static int64_t read_along(void *arg)
{
    struct reader *reader = arg;
    int64_t waits = 0;
    while (!has_text(reader, "line 19")) {
        j6_status_t status = read_next(reader);
        if (status == j6_status_would_block) {
            status =
                j6_object_wait(reader->system, j6_signal_system_has_log, NULL, now() + PATIENCE);
            waits++;
        }
        if (!expect_ok(status)) {
            break;
        }
    }
    return waits;
}

SAMPLE_TEST(readers_of_the_log_that_wait_wake_when_another_process_logs)
{
    struct reader readers[2];
    struct j6_thread threads[2];
    for (int i = 0; i < 2; i++) {
        reader_open(&readers[i]);
        expect_ok(j6_thread_run(&threads[i], read_along, &readers[i], 4 * PAGE));
    }
    for (int i = 0; i < 2; i++) {
        thread_blocks(threads[i].handle, j6_wait_object);
    }
    expect_equal(0, victim_run("log", "20"));
    for (int i = 0; i < 2; i++) {
        int64_t waits = 0;
        expect_ok(j6_thread_join(&threads[i], &waits));
        expect(waits > 0);
        reader_close(&readers[i]);
    }
}

TEST(entries_of_the_log_that_were_overwritten_show_as_a_jump_of_ids)
{
    struct reader reader;
    reader_open(&reader);
    uint64_t before = reader.seen;
    for (int i = 0; i < RING_ENTRIES + 10; i++) {
        log_line("again");
    }
    log_line("the last one");
    expect_ok(read_next(&reader));
    expect(reader.seen >= before + 11);
    uint64_t left = before + RING_ENTRIES + 11 - reader.seen;
    expect(left >= RING_ENTRIES / 2);
    for (uint64_t id = reader.seen + 1; left > 0; left--, id++) {
        expect_ok(read_next(&reader));
        expect_equal(id, reader.seen);
    }
    expect(has_text(&reader, "the last one"));
    reader_close(&reader);
}

TEST(system_get_log_tells_the_size_that_a_small_buffer_lacks)
{
    struct reader reader;
    reader_open(&reader);
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
    expect(has_text(&reader, "0123456789"));
    reader_close(&reader);
}

TEST(there_is_nothing_to_read_in_the_log_beyond_its_end)
{
    struct reader reader;
    reader_open(&reader);
    log_line("newer than what was seen");
    const uint64_t beyond[] = {reader.seen + 1, reader.seen + 1000, ~0ull - 1, ~0ull};
    for (size_t i = 0; i < sizeof(beyond) / sizeof(beyond[0]); i++) {
        reader.seen = beyond[i];
        expect_status(j6_status_would_block, read_next(&reader));
        expect_equal(beyond[i], reader.seen);
    }
    reader_close(&reader);
}

TEST(system_get_log_times_out_at_a_deadline_that_has_passed)
{
    struct reader reader;
    uint64_t len = sizeof(reader.last);
    reader_open(&reader);
    expect_status(j6_status_timed_out,
                  j6_system_get_log(reader.system, &reader.seen, &reader.last, &len, 1));
    log_line("there it is");
    expect_ok(j6_system_get_log(reader.system, &reader.seen, &reader.last, &len, 1));
    reader_close(&reader);
}

TEST(reading_the_log_needs_the_range_log)
{
    struct reader reader = {.system = restricted(system_handle(), j6_range_info, 0, 1)};
    expect_status(j6_err_denied, read_next(&reader));
    expect(!has_log(&reader));
    log_line("not for everybody");
    expect(!has_log(&reader));
    reader_close(&reader);
}

TEST(a_closed_system_object_tells_nothing_of_the_log_any_more)
{
    struct reader reader;
    uint64_t signals = 0;
    for (int read_first = 0; read_first < 2; read_first++) {
        reader_open(&reader);
        if (read_first == 0) {
            log_line("not read yet");
        }
        expect_ok(j6_object_close(reader.system));
        log_line("too late");
        expect_status(j6_status_closed, read_next(&reader));
        expect_status(j6_status_closed, j6_object_wait(reader.system, j6_signal_system_has_log,
                                                       &signals, j6_deadline_never));
        expect_equal(j6_signal_closed, signals);
        reader_close(&reader);
    }
}

/* ---- readers that wait in the call itself ---------------------------------------------------- */

/* A reader whose thread waits for the next entry. */
struct waiting_reader {
    struct reader reader;
    j6_time_t deadline;
    uint64_t room;
    struct j6_thread thread;
};

static int64_t read_later(void *arg)
{
    struct waiting_reader *waiting = arg;
    struct reader *reader = &waiting->reader;
    return (int64_t)j6_system_get_log(reader->system, &reader->seen, &reader->last, &waiting->room,
                                      waiting->deadline);
}

static void waiting_open(struct waiting_reader *waiting, j6_time_t deadline)
{
    reader_open(&waiting->reader);
    waiting->deadline = deadline;
    waiting->room = sizeof(waiting->reader.last);
    expect_ok(j6_thread_run(&waiting->thread, read_later, waiting, 4 * PAGE));
    expect(thread_blocks(waiting->thread.handle, j6_wait_object));
}

static void expect_read(struct waiting_reader *waiting, j6_status_t wanted)
{
    int64_t status = -1;
    expect_ok(j6_thread_join(&waiting->thread, &status));
    expect_status(wanted, (j6_status_t)status);
}

TEST(system_get_log_waits_for_the_next_entry)
{
    struct waiting_reader waiting;
    const j6_time_t deadlines[] = {j6_deadline_never, now() + PATIENCE};
    for (int i = 0; i < 2; i++) {
        waiting_open(&waiting, deadlines[i]);
        uint64_t before = waiting.reader.seen;
        log_line("there it comes");
        log_line("and one more");
        expect_read(&waiting, j6_status_ok);
        expect(has_text(&waiting.reader, "there it comes"));
        expect_equal(before + 1, waiting.reader.seen);
        expect_equal(sizeof(struct j6_log_entry) + waiting.reader.last.entry.len, waiting.room);
        expect_ok(read_next(&waiting.reader));
        expect(has_text(&waiting.reader, "and one more"));
        reader_close(&waiting.reader);
    }
}

TEST(system_get_log_waits_until_its_deadline)
{
    struct reader reader;
    uint64_t len = sizeof(reader.last);
    reader_open(&reader);
    j6_time_t deadline = now() + 50000000;
    expect_status(j6_status_timed_out,
                  j6_system_get_log(reader.system, &reader.seen, &reader.last, &len, deadline));
    expect(now() >= deadline);
    reader_close(&reader);
}

TEST(a_wait_for_the_log_ends_with_its_object_its_handle_and_its_thread)
{
    struct waiting_reader waiting;
    waiting_open(&waiting, j6_deadline_never);
    expect_ok(j6_object_close(waiting.reader.system));
    expect_read(&waiting, j6_status_closed);
    reader_close(&waiting.reader);

    waiting_open(&waiting, j6_deadline_never);
    reader_close(&waiting.reader);
    expect_read(&waiting, j6_status_destroyed);

    waiting_open(&waiting, j6_deadline_never);
    expect_ok(j6_thread_kill(waiting.thread.handle, 4));
    expect_ok(j6_thread_join(&waiting.thread, NULL));
    reader_close(&waiting.reader);
}

TEST(closing_its_handle_does_not_disturb_a_wait_for_the_log_while_the_object_lives)
{
    struct waiting_reader waiting;
    waiting_open(&waiting, j6_deadline_never);
    j6_handle_t another = narrowed(waiting.reader.system, 0);
    reader_close(&waiting.reader);
    log_line("it comes all the same");
    expect_read(&waiting, j6_status_ok);
    expect(has_text(&waiting.reader, "it comes all the same"));
    expect_ok(j6_handle_close(another));
}

TEST(a_reader_that_has_seen_what_is_not_there_yet_waits_on)
{
    struct reader reader;
    uint64_t room = sizeof(reader.last);
    reader_open(&reader);
    struct waiting_reader waiting = {.reader = reader, .room = room, .deadline = now() + 50000000};
    waiting.reader.seen += 1000;
    expect_ok(j6_thread_run(&waiting.thread, read_later, &waiting, 4 * PAGE));
    expect_soon(thread_waits(j6_handle_self_process, waiting.thread.handle, j6_wait_object) ||
                now() >= waiting.deadline);
    log_line("not far enough");
    expect_read(&waiting, j6_status_timed_out);
    expect(now() >= waiting.deadline);
    reader_close(&reader);
}

/* What is longer than there is room is looked at when it comes, not when the wait begins. */
TEST(an_entry_that_a_waiting_reader_has_no_room_for_stays)
{
    struct waiting_reader waiting;
    waiting_open(&waiting, j6_deadline_never);
    uint64_t before = waiting.reader.seen;
    waiting.room = 3; /* the call reads it again */
    log_line("too long");
    expect_read(&waiting, j6_err_insufficient);
    expect_equal(sizeof(struct j6_log_entry) + strlen("too long"), waiting.room);
    expect_equal(before, waiting.reader.seen);
    expect_ok(read_next(&waiting.reader));
    expect(has_text(&waiting.reader, "too long"));
    reader_close(&waiting.reader);
}

/* ---- how much a process may log ------------------------------------------------------------- */

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
    struct reader reader;
    char wanted[32];
    if (!is_limited()) {
        return;
    }
    reader_open(&reader);
    j6_time_t before = now();
    expect_equal(0, victim_run("print", "220"));
    expect(now() - before >= 20 * 5000000ull);
    for (int i = 0; i < 220 && !test_has_failed();) {
        expect_ok(read_next(&reader));
        if (reader.last.entry.severity == j6_log_output) {
            format(wanted, sizeof(wanted), "printed %d", i++);
            expect(has_text(&reader, wanted));
        }
    }
    reader_close(&reader);
}

/* All that a program for Linux leaves in the log. */
static void expect_lines(const char *check, const char *const *lines, size_t count,
                         uint32_t severity)
{
    struct reader reader;
    size_t found = 0;
    reader_open(&reader);
    j6_handle_t process = linux_start("musl", check, NULL, 0);
    j6_koid_t koid = koid_of(process);
    expect_equal(0, process_finish(process).code);
    while (read_next(&reader) == j6_status_ok) {
        if (reader.last.entry.process == koid && expect(found < count)) {
            expect(has_text(&reader, lines[found++]));
            expect_equal(severity, reader.last.entry.severity);
        }
    }
    expect_equal(count, found);
    reader_close(&reader);
}

/* What it writes, and in which order, is in tests/linux/musl/text.c. */
TEST(a_program_for_linux_without_stdout_writes_lines_to_the_log)
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

/* SPDX-License-Identifier: MIT */
/* Readers that wait for the next entry: by the signal, and in system_get_log itself; all that ends such a wait. */
#include "lib/string.h"
#include "userland/test/main/devices.h"
#include "userland/test/main/log.h"
#include "userland/test/main/look.h"

/* Reads until the victim's last line has come, and waits whenever there is nothing to read. */
static int64_t read_along(void *arg)
{
    struct log_reader *reader = arg;
    int64_t waits = 0;
    while (!log_has_text(reader, "line 19")) {
        j6_status_t status = log_read_next(reader);
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
    struct log_reader readers[2];
    struct j6_thread threads[2];
    for (int i = 0; i < 2; i++) {
        log_open(&readers[i]);
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
        log_close(&readers[i]);
    }
}

/* ---- in the call itself ---------------------------------------------------------------------- */

/* A reader whose thread waits for the next entry. */
struct waiting_reader {
    struct log_reader reader;
    j6_time_t deadline;
    uint64_t room;
    struct j6_thread thread;
};

static int64_t read_later(void *arg)
{
    struct waiting_reader *waiting = arg;
    struct log_reader *reader = &waiting->reader;
    return (int64_t)j6_system_get_log(reader->system, &reader->seen, &reader->last, &waiting->room,
                                      waiting->deadline);
}

static void waiting_open(struct waiting_reader *waiting, j6_time_t deadline)
{
    log_open(&waiting->reader);
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
        expect(log_has_text(&waiting.reader, "there it comes"));
        expect_equal(before + 1, waiting.reader.seen);
        expect_equal(sizeof(struct j6_log_entry) + waiting.reader.last.entry.len, waiting.room);
        expect_ok(log_read_next(&waiting.reader));
        expect(log_has_text(&waiting.reader, "and one more"));
        log_close(&waiting.reader);
    }
}

TEST(system_get_log_waits_until_its_deadline)
{
    struct log_reader reader;
    uint64_t len = sizeof(reader.last);
    log_open(&reader);
    j6_time_t deadline = now() + 50000000;
    expect_status(j6_status_timed_out,
                  j6_system_get_log(reader.system, &reader.seen, &reader.last, &len, deadline));
    expect(now() >= deadline);
    log_close(&reader);
}

TEST(a_wait_for_the_log_ends_with_its_object_its_handle_and_its_thread)
{
    struct waiting_reader waiting;
    waiting_open(&waiting, j6_deadline_never);
    expect_ok(j6_object_close(waiting.reader.system));
    expect_read(&waiting, j6_status_closed);
    log_close(&waiting.reader);

    waiting_open(&waiting, j6_deadline_never);
    log_close(&waiting.reader);
    expect_read(&waiting, j6_status_destroyed);

    waiting_open(&waiting, j6_deadline_never);
    expect_ok(j6_thread_kill(waiting.thread.handle, 4));
    expect_ok(j6_thread_join(&waiting.thread, NULL));
    log_close(&waiting.reader);
}

TEST(closing_its_handle_does_not_disturb_a_wait_for_the_log_while_the_object_lives)
{
    struct waiting_reader waiting;
    waiting_open(&waiting, j6_deadline_never);
    j6_handle_t another = narrowed(waiting.reader.system, 0);
    log_close(&waiting.reader);
    log_line("it comes all the same");
    expect_read(&waiting, j6_status_ok);
    expect(log_has_text(&waiting.reader, "it comes all the same"));
    expect_ok(j6_handle_close(another));
}

TEST(a_reader_that_has_seen_what_is_not_there_yet_waits_on)
{
    struct log_reader reader;
    uint64_t room = sizeof(reader.last);
    log_open(&reader);
    struct waiting_reader waiting = {.reader = reader, .room = room, .deadline = now() + 50000000};
    waiting.reader.seen += 1000;
    expect_ok(j6_thread_run(&waiting.thread, read_later, &waiting, 4 * PAGE));
    expect_soon(thread_waits(j6_handle_self_process, waiting.thread.handle, j6_wait_object) ||
                now() >= waiting.deadline);
    log_line("not far enough");
    expect_read(&waiting, j6_status_timed_out);
    expect(now() >= waiting.deadline);
    log_close(&reader);
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
    expect_ok(log_read_next(&waiting.reader));
    expect(log_has_text(&waiting.reader, "too long"));
    log_close(&waiting.reader);
}

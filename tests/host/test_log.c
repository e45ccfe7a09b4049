/* SPDX-License-Identifier: MIT */
/* SOURCES: kernel/base/log.c kernel/base/console.c lib/log_line.c lib/format.c */
/* The log's ring: ids, overwriting, and writers that interrupt each other and themselves. */
#include "kernel/base/log.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <test.h>
#include <test_random.h>

enum { RING_SIZE = 64 * 1024, SLOTS = 1024, TEXT_ROUNDS = 20000 };

static uint64_t now;

static uint64_t test_clock(void)
{
    return now;
}

static __thread uint32_t cpu;

static uint32_t test_cpu(void)
{
    return cpu;
}

static int set_up(void **state)
{
    (void)state;
    now = 0;
    cpu = 0;
    log_set_sources(test_clock, test_cpu);
    return 0;
}

static void entry_reads_back_as_written(void **state)
{
    (void)state;
    struct j6_log_entry entry;
    char text[LOG_TEXT_MAX];
    uint64_t seen = log_last();
    uint64_t first = seen + 1;
    now = 1234567890;
    cpu = 3;
    log_warning("%d frames at 0x%lx", 7, 0xabcul);
    log_append_user(j6_log_output, 0x6000000000000001, 0x7000000000000002, "hello world", 5);
    assert_true(log_read(&seen, &entry, text, sizeof(text)));
    assert_int_equal(seen, first);
    assert_int_equal(entry.id, first);
    assert_int_equal(entry.time, 1234567890);
    assert_int_equal(entry.cpu, 3);
    assert_int_equal(entry.severity, j6_log_warning);
    assert_int_equal(entry.process, 0);
    assert_int_equal(entry.len, strlen("7 frames at 0xabc"));
    assert_memory_equal(text, "7 frames at 0xabc", entry.len);
    assert_true(log_read(&seen, &entry, text, sizeof(text)));
    assert_int_equal(entry.id, first + 1);
    assert_int_equal(entry.process, 0x6000000000000001);
    assert_int_equal(entry.thread, 0x7000000000000002);
    assert_int_equal(entry.len, 5);
    assert_memory_equal(text, "hello", 5);
    assert_false(log_read(&seen, &entry, text, sizeof(text)));
    assert_int_equal(seen, log_last());
}

static void entry_without_sources_has_no_time(void **state)
{
    (void)state;
    struct j6_log_entry entry;
    char text[1];
    uint64_t seen = log_last();
    log_set_sources(NULL, NULL);
    log_info("early");
    assert_true(log_read(&seen, &entry, text, 0));
    assert_int_equal(entry.time, 0);
    assert_int_equal(entry.len, 5);
}

static void entry_longer_than_the_buffer_tells_its_length(void **state)
{
    (void)state;
    struct j6_log_entry entry;
    char text[8] = "XXXXXXX";
    uint64_t seen = log_last();
    log_info("0123456789");
    assert_true(log_read(&seen, &entry, text, 4));
    assert_int_equal(entry.len, 10);
    assert_string_equal(text, "0123XXX");
}

static void log_has_nothing_beyond_its_last_entry(void **state)
{
    (void)state;
    struct j6_log_entry entry;
    char text[1];
    log_info("the last");
    const uint64_t beyond[] = {log_last(), log_last() + 1, ~0ull - 1, ~0ull};
    for (size_t i = 0; i < sizeof(beyond) / sizeof(beyond[0]); i++) {
        uint64_t seen = beyond[i];
        assert_false(log_read(&seen, &entry, text, sizeof(text)));
        assert_int_equal(seen, beyond[i]);
    }
}

static void entry_too_long_is_cut(void **state)
{
    (void)state;
    static char text[2 * LOG_TEXT_MAX];
    struct j6_log_entry entry;
    uint64_t seen = log_last();
    memset(text, 'x', sizeof(text) - 1);
    log_info("%s", text);
    log_append_user(j6_log_info, 1, 1, text, sizeof(text) - 1);
    assert_true(log_read(&seen, &entry, text, 0));
    assert_int_equal(entry.len, LOG_LINE_MAX - 1);
    assert_true(log_read(&seen, &entry, text, 0));
    assert_int_equal(entry.len, LOG_TEXT_MAX);
}

static void entries_overwritten_show_as_a_jump_of_ids(void **state)
{
    (void)state;
    struct j6_log_entry entry;
    char text[LOG_TEXT_MAX];
    uint64_t fast = log_last();
    uint64_t slow = fast;
    uint64_t start = fast;
    for (uint64_t i = 0; i < 3 * SLOTS; i++) {
        log_info("%lu", i);
        assert_true(log_read(&fast, &entry, text, sizeof(text)));
        assert_int_equal(fast, start + 1 + i);
    }
    assert_true(log_read(&slow, &entry, text, sizeof(text)));
    assert_int_equal(slow, start + 1 + 2 * SLOTS);
    assert_int_equal(strtoul(text, NULL, 10), 2 * SLOTS);
    uint64_t read = 1;
    while (log_read(&slow, &entry, text, sizeof(text))) {
        read++;
    }
    assert_int_equal(read, SLOTS);
}

/* A text that tells by itself whether it is whole. */
static size_t make_text(char *text, uint64_t seed, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        text[i] = (char)('a' + (seed + i * (seed % 7 + 1)) % 26);
    }
    return len;
}

static void texts_of_all_lengths_stay_whole(void **state)
{
    (void)state;
    static size_t lens[TEXT_ROUNDS];
    char text[LOG_TEXT_MAX];
    char expected[LOG_TEXT_MAX];
    uint64_t first = log_last() + 1;
    test_random_begin();
    for (uint64_t i = 0; i < TEXT_ROUNDS; i++) {
        lens[i] = test_random_below(test_random_below(8) == 0 ? LOG_TEXT_MAX + 1 : 100);
        log_append_user(j6_log_info, i, 0, text, make_text(text, i, lens[i]));
        if (i % 100 != 99) {
            continue;
        }
        struct j6_log_entry entry;
        uint64_t seen = 0;
        uint64_t bytes = 0;
        while (log_read(&seen, &entry, text, sizeof(text))) {
            if (seen >= first) {
                assert_int_equal(entry.process, seen - first);
                assert_int_equal(entry.len, lens[entry.process]);
                make_text(expected, entry.process, entry.len);
                assert_memory_equal(text, expected, entry.len);
                bytes += entry.len;
            }
        }
        assert_int_equal(seen, log_last());
        assert_true(bytes <= RING_SIZE);
        assert_true(i < 3000 || bytes > RING_SIZE - LOG_TEXT_MAX);
    }
}

enum { WRITERS = 3, WRITES = 30000 };

static uint64_t written;

static void write_one(void)
{
    char text[200];
    uint64_t seed = __atomic_add_fetch(&written, 1, __ATOMIC_RELAXED);
    log_append_user(j6_log_debug, seed, 0, text, make_text(text, seed, seed % sizeof(text)));
}

/* What an NMI is to the writer that it interrupts; more entries than can be put aside. */
static void on_signal(int number)
{
    (void)number;
    for (int i = 0; i < 12; i++) {
        write_one();
    }
}

static void *writer(void *argument)
{
    cpu = (uint32_t)(uintptr_t)argument;
    for (int i = 0; i < WRITES; i++) {
        write_one();
    }
    return NULL;
}

static bool writers_done;

static void *reader(void *argument)
{
    uint64_t *read = argument;
    struct j6_log_entry entry;
    char text[LOG_TEXT_MAX];
    char expected[LOG_TEXT_MAX];
    uint64_t seen = log_last();
    uint64_t last = seen;
    bool done;
    cpu = 99;
    do {
        done = __atomic_load_n(&writers_done, __ATOMIC_ACQUIRE);
        while (log_read(&seen, &entry, text, sizeof(text))) {
            make_text(expected, entry.process, entry.len);
            if (entry.id != seen || seen <= last || entry.len != entry.process % 200 ||
                memcmp(text, expected, entry.len) != 0) {
                fprintf(stderr, "entry %lu is damaged\n", entry.id);
                abort();
            }
            last = seen;
            ++*read;
        }
    } while (!done);
    return NULL;
}

static void writers_that_interrupt_each_other_damage_nothing(void **state)
{
    (void)state;
    pthread_t threads[WRITERS];
    pthread_t reading;
    uint64_t read = 0;
    struct itimerval often = {{0, 100}, {0, 100}};
    struct itimerval never = {{0, 0}, {0, 0}};
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_RESTART};
    uint64_t start = log_last();
    writers_done = false;
    written = 0;
    assert_int_equal(pthread_create(&reading, NULL, reader, &read), 0);
    sigaction(SIGALRM, &action, NULL);
    setitimer(ITIMER_REAL, &often, NULL);
    for (uintptr_t i = 0; i < WRITERS; i++) {
        assert_int_equal(pthread_create(&threads[i], NULL, writer, (void *)(i + 1)), 0);
    }
    for (int i = 0; i < WRITERS; i++) {
        pthread_join(threads[i], NULL);
    }
    setitimer(ITIMER_REAL, &never, NULL);
    write_one();
    __atomic_store_n(&writers_done, true, __ATOMIC_RELEASE);
    pthread_join(reading, NULL);
    assert_int_equal(log_last() - start, written);
    assert_true(read > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(entry_reads_back_as_written, set_up),
        cmocka_unit_test_setup(entry_without_sources_has_no_time, set_up),
        cmocka_unit_test_setup(entry_longer_than_the_buffer_tells_its_length, set_up),
        cmocka_unit_test_setup(log_has_nothing_beyond_its_last_entry, set_up),
        cmocka_unit_test_setup(entry_too_long_is_cut, set_up),
        cmocka_unit_test_setup(entries_overwritten_show_as_a_jump_of_ids, set_up),
        cmocka_unit_test_setup(texts_of_all_lengths_stay_whole, set_up),
        cmocka_unit_test_setup(writers_that_interrupt_each_other_damage_nothing, set_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

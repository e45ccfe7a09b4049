/* SPDX-License-Identifier: MIT */
/* SOURCES: kernel/log_reader.c kernel/base/log.c kernel/base/console.c kernel/base/spinlock.c lib/format.c tests/host/shim_machine.c lib/log_line.c */
/* Readers of the log that wait: no entry comes without waking them, whenever it comes. */
#include "kernel/log_reader.h"
#include "arch/arch.h"
#include "arch/cpu.h"
#include "kernel/base/log.h"
#include "kernel/signal.h"
#include <pthread.h>
#include <sched.h>
#include <test.h>
#include <test_machine.h>

enum { READERS = 2, ROUNDS = 500000, DELAYS = 100 };

static uint32_t writer_cpu(void)
{
    static __thread uint32_t number;
    static _Atomic uint32_t last;
    if (number == 0) {
        number = ++last;
    }
    return number;
}

/* In place of the wait layer: signals, and nobody to wake. */
void kobject_signal(struct kobject *object, uint64_t clear, uint64_t set)
{
    spinlock_lock(&object->lock);
    object->signals = (object->signals & ~clear) | set;
    spinlock_unlock(&object->lock);
}

static bool has_log(struct kobject *object)
{
    spinlock_lock(&object->lock);
    bool set = object->signals & j6_signal_system_has_log;
    spinlock_unlock(&object->lock);
    return set;
}

static struct reader {
    struct kobject object;
    struct log_reader reader;
    uint64_t seen;
} readers[READERS];

static bool read_one(struct reader *reader)
{
    struct j6_log_entry entry;
    char text[LOG_TEXT_MAX];
    return log_reader_next(&reader->reader, &reader->seen, &entry, text);
}

static void reader_open(struct reader *reader)
{
    *reader = (struct reader){.object.refs = 1};
    spinlock_init(&reader->object.lock, RANK_OBJECT);
    log_reader_init(&reader->reader, &reader->object);
    assert_true(has_log(&reader->object));
    while (read_one(reader)) {}
    assert_false(has_log(&reader->object));
}

static int set_up(void **state)
{
    (void)state;
    test_kernel_debug = false; /* the CPUs of the threads are one: no order of locks */
    log_set_sources(NULL, writer_cpu);
    for (int i = 0; i < READERS; i++) {
        reader_open(&readers[i]);
    }
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    for (int i = 0; i < READERS; i++) {
        log_reader_end(&readers[i].reader);
    }
    return 0;
}

static void log_entry_sets_has_log_when_the_cpu_leaves_the_kernel(void **state)
{
    (void)state;
    log_info("news");
    assert_true(this_cpu(cpu)->pending & CPU_PENDING_LOG);
    assert_false(has_log(&readers[0].object));
    log_readers_wake();
    assert_int_equal(this_cpu(cpu)->pending, 0);
    assert_true(has_log(&readers[0].object));
    assert_true(has_log(&readers[1].object));
}

static void log_entry_that_nobody_waits_for_leaves_nothing_to_do(void **state)
{
    (void)state;
    log_info("news");
    log_readers_wake();
    log_info("more news");
    assert_int_equal(this_cpu(cpu)->pending, 0);
    assert_true(read_one(&readers[0]) && read_one(&readers[0]));
    assert_false(read_one(&readers[0]));
    assert_false(has_log(&readers[0].object));
    assert_true(has_log(&readers[1].object));
    log_info("for the first one");
    assert_true(this_cpu(cpu)->pending & CPU_PENDING_LOG);
    log_readers_wake();
    assert_true(read_one(&readers[0]));
}

static void log_reader_that_ended_is_told_nothing(void **state)
{
    (void)state;
    log_reader_end(&readers[0].reader);
    log_info("news");
    log_readers_wake();
    assert_false(has_log(&readers[0].object));
    assert_true(has_log(&readers[1].object));
    assert_true(read_one(&readers[0]));
    assert_false(read_one(&readers[0]));
    log_info("more news");
    log_readers_wake();
    assert_false(has_log(&readers[0].object));
}

static _Atomic int round_begun;
static _Atomic int round_written;

static void await(const _Atomic int *count, int wanted)
{
    while (atomic_load(count) < wanted) {
        sched_yield();
    }
}

static void write_line(void)
{
    log_append_user(j6_log_debug, 0, 0, "line", 4);
    log_readers_wake(); /* on the way out of the kernel */
}

/* The first line of a round wakes the reader, the second comes as it goes to sleep again. */
static void *write_lines(void *arg)
{
    for (int round = 1; round <= ROUNDS; round++) {
        await(&round_begun, round);
        write_line();
        for (int i = round % DELAYS; i > 0; i--) {
            arch_pause();
        }
        write_line();
        atomic_store(&round_written, round);
    }
    return arg;
}

static void log_reader_is_woken_by_an_entry_that_comes_as_it_goes_to_sleep(void **state)
{
    (void)state;
    pthread_t writer;
    struct reader *reader = &readers[0];
    assert_int_equal(pthread_create(&writer, NULL, write_lines, NULL), 0);
    for (int round = 1; round <= ROUNDS; round++) {
        atomic_store(&round_begun, round);
        while (atomic_load(&round_written) < round) {
            while (has_log(&reader->object) && read_one(reader)) {}
            sched_yield();
        }
        assert_true(reader->seen == log_last() || has_log(&reader->object));
        while (read_one(reader)) {}
        assert_int_equal(reader->seen, log_last());
        assert_false(has_log(&reader->object));
    }
    pthread_join(writer, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(log_entry_sets_has_log_when_the_cpu_leaves_the_kernel,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(log_entry_that_nobody_waits_for_leaves_nothing_to_do,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(log_reader_that_ended_is_told_nothing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(
            log_reader_is_woken_by_an_entry_that_comes_as_it_goes_to_sleep, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

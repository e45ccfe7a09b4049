/* SPDX-License-Identifier: MIT */
/* SOURCES: tests/host/handle_model.c kernel/handle.c kernel/handle_slots.c kernel/base/account.c kernel/base/grace.c kernel/base/kobject.c kernel/base/spinlock.c kernel/base/debug/lock_check.c lib/string.c tests/host/shim_machine.c */
/*
 * Handles looked up without a lock, beside one writer that makes and ends them and grows the table.
 * Replaced directories stay, as no grace period passes. A handle's type tells which object is its.
 */
#include "tests/host/handle_model.h"
#include "kernel/base/cpu_counts.h"
#include <pthread.h>
#include <sched.h>
#include <test.h>
#include <test_assert.h>
#include <test_machine.h>
#include <test_random.h>

enum { READERS = 2, SHARED = 32, WRITES = 200000, GROWN = 5000 };

static _Atomic j6_handle_t shared[SHARED];
static _Atomic bool finished;
static _Atomic uint64_t found;

static void *read_along(void *seed)
{
    uint64_t random = (uintptr_t)seed;
    uintptr_t bad = 0;
    while (!atomic_load(&finished)) {
        random = random * 6364136223846793005 + 1442695040888963407;
        j6_handle_t handle = atomic_load(&shared[(random >> 40) % SHARED]);
        const struct kobject *object = handle_find(&table, handle);
        bad += object != NULL && object != object_number(j6_handle_type(handle) - 1);
        atomic_fetch_add(&found, object != NULL);
    }
    return (void *)bad;
}

/* Ends the shared handle and puts another one, of any type, in its place. */
static void replace(unsigned which)
{
    j6_handle_t old = atomic_load(&shared[which]);
    if (old != j6_handle_none) {
        remove_handle(old);
    }
    atomic_store(&shared[which], insert(test_random()));
}

static void handle_find_gives_the_object_or_nothing_while_the_table_changes(void **state)
{
    (void)state;
    pthread_t readers[READERS];
    handle_model_begin();
    for (uintptr_t i = 0; i < READERS; i++) {
        assert_int_equal(pthread_create(&readers[i], NULL, read_along, (void *)(i + 1)), 0);
    }
    for (unsigned i = 0; i < WRITES; i++) {
        replace((unsigned)test_random_below(SHARED));
        if (i % (WRITES / GROWN) == 0) {
            insert(i);
        }
    }
    while (atomic_load(&found) == 0) {
        sched_yield();
    }
    atomic_store(&finished, true);
    for (int i = 0; i < READERS; i++) {
        void *bad;
        pthread_join(readers[i], &bad);
        assert_null(bad);
    }
    handle_model_end();
}

static void *destroy_table(void *unused)
{
    handle_table_destroy(&table);
    return unused;
}

static bool is_destroyed(void)
{
    return atomic_load(&table.directory) == NULL;
}

/* One who gave the process a handle, and takes it back, may hold it. */
static void handle_table_is_not_destroyed_under_who_has_its_lock(void **state)
{
    (void)state;
    pthread_t destroyer;
    handle_model_begin();
    insert(0);
    handle_table_close(&table);
    test_kernel_debug = false; /* locks held are noted per CPU, and the threads are on one */
    spinlock_lock(&table.lock);
    uint64_t before = atomic_load(&this_cpu(cpu_counts)->lock_waits);
    assert_int_equal(pthread_create(&destroyer, NULL, destroy_table, NULL), 0);
    while (atomic_load(&this_cpu(cpu_counts)->lock_waits) == before && !is_destroyed()) {
        sched_yield();
    }
    bool stands = !is_destroyed();
    spinlock_unlock(&table.lock);
    pthread_join(destroyer, NULL);
    test_kernel_debug = true;
    assert_true(stands);
    handle_model_end();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(handle_find_gives_the_object_or_nothing_while_the_table_changes),
        cmocka_unit_test(handle_table_is_not_destroyed_under_who_has_its_lock),
    };
    test_random_begin();
    return cmocka_run_group_tests(tests, NULL, NULL);
}

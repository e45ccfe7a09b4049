/* SPDX-License-Identifier: MIT */
/* SOURCES: mm/slab.c mm/frame.c tests/host/shim_frames.c tests/host/shim_machine.c kernel/base/spinlock.c kernel/base/debug/lock_check.c lib/string.c */
/* Slab caches of many sizes over a small memory: what objects hold, and where frames go. */
#include "mm/slab.h"
#include "mm/frame.h"
#include <string.h>
#include <test.h>
#include <test_assert.h>
#include <test_frames.h>
#include <test_machine.h>
#include <test_random.h>

enum { FRAMES = 2048, OBJECTS = 3000 };

/* clang-format off */
#define SIZES(X)                                                                 \
    X(1) X(16) X(24) X(48) X(64) X(100) X(128) X(192) X(400) X(512) X(520) X(1000) \
    X(1024) X(1500) X(2048) X(2064) X(3000) X(4096) X(30000)
/* clang-format on */

#define CACHE(size) SLAB_CACHE_SIZED(cache_##size, "cache of " #size, size);
SIZES(CACHE)

#define POINTER(size) &cache_##size,
static struct slab_cache *const caches[] = {SIZES(POINTER)};

#define SIZE(size) size,
static const uint32_t sizes[] = {SIZES(SIZE)};

enum { CACHES = sizeof(caches) / sizeof(caches[0]) };

/* Objects that are out, each full of a byte of its own. */
static struct {
    struct slab_cache *cache;
    uint8_t *bytes;
    uint8_t fill;
} objects[OBJECTS];
static size_t object_count;
static uint64_t frames_at_start;

static bool object_alloc(struct slab_cache *cache)
{
    uint8_t *bytes = slab_alloc(cache);
    if (bytes == NULL) {
        return false;
    }
    assert_int_equal((uint64_t)bytes % (cache->object_size % 64 == 0 ? 64 : 16), 0);
    objects[object_count].cache = cache;
    objects[object_count].bytes = bytes;
    objects[object_count].fill = (uint8_t)test_random();
    memset(bytes, objects[object_count].fill, cache->object_size);
    object_count++;
    return true;
}

static void object_free(size_t which)
{
    struct slab_cache *cache = objects[which].cache;
    uint8_t *bytes = objects[which].bytes;
    assert_ptr_equal(slab_cache_of(bytes), cache);
    assert_ptr_equal(slab_cache_of(bytes + cache->object_size - 1), cache);
    for (uint32_t i = 0; i < cache->object_size; i++) {
        assert_int_equal(bytes[i], objects[which].fill);
    }
    slab_free(cache, bytes);
    objects[which] = objects[--object_count];
}

static void free_all(void)
{
    while (object_count > 0) {
        object_free(test_random_below(object_count));
    }
}

static struct j6_slab_info info_of(const struct slab_cache *cache)
{
    struct j6_slab_info rows[CACHES];
    size_t count = slab_info(rows, CACHES);
    assert_true(count <= CACHES);
    for (size_t i = 0; i < count; i++) {
        if (strcmp(rows[i].name, cache->name) == 0) {
            return rows[i];
        }
    }
    fail_msg("no row for %s", cache->name);
    return (struct j6_slab_info){0};
}

/* What every test leaves behind. */
static void check_empty(void)
{
    assert_int_equal(object_count, 0);
    for (unsigned number = TEST_CPUS; number-- > 0;) {
        test_cpu_switch(number);
        slab_drain();
    }
    for (unsigned i = 0; i < CACHES; i++) {
        assert_int_equal(caches[i]->slab_count, 0);
        assert_int_equal(caches[i]->used, 0);
        assert_true(list_is_empty(&caches[i]->partial));
    }
    frame_drain();
    assert_int_equal(frames_free(), frames_at_start);
}

static void slab_caches_are_listed_once_they_are_used(void **state)
{
    (void)state;
    assert_int_equal(slab_info(NULL, 0), 0);
    for (unsigned i = 0; i < CACHES; i++) {
        assert_true(object_alloc(caches[i]));
        assert_int_equal(slab_info(NULL, 0), i + 1);
    }
    free_all();
    assert_int_equal(slab_info(NULL, 0), CACHES);
    struct j6_slab_info rows[3];
    memset(rows, 0x77, sizeof(rows));
    assert_int_equal(slab_info(rows, 2), CACHES);
    assert_int_equal(rows[2].live, 0x7777777777777777);
    check_empty();
}

static void slab_info_counts_objects_slabs_and_frames(void **state)
{
    (void)state;
    for (unsigned i = 0; i < CACHES; i++) {
        const unsigned count = 30;
        for (unsigned n = 0; n < count; n++) {
            assert_true(object_alloc(caches[i]));
            assert_int_equal(info_of(caches[i]).live, n + 1);
        }
        struct j6_slab_info info = info_of(caches[i]);
        uint64_t frames = 1ull << caches[i]->order;
        uint64_t capacity = (frames * PAGE_SIZE - 64) / info.object_size;
        assert_true(info.object_size >= sizes[i] && info.object_size < sizes[i] + 16);
        assert_in_range(info.slabs, (count + capacity - 1) / capacity,
                        (count + MAGAZINE_SIZE + capacity - 1) / capacity);
        assert_int_equal(info.frames, info.slabs * frames);
        frame_drain();
        assert_int_equal(frames_free(), frames_at_start - info.frames);
        free_all();
        assert_int_equal(info_of(caches[i]).live, 0);
        check_empty();
    }
}

static void slab_wastes_at_most_an_eighth_of_itself(void **state)
{
    (void)state;
    for (unsigned i = 0; i < CACHES; i++) {
        uint64_t bytes = PAGE_SIZE << caches[i]->order;
        uint64_t used = (bytes - 64) / caches[i]->object_size * caches[i]->object_size;
        assert_true(bytes - used <= bytes / 8);
    }
}

static void slab_objects_keep_what_is_written_to_them(void **state)
{
    (void)state;
    for (unsigned i = 0; i < CACHES; i++) {
        size_t count = sizes[i] > 4096 ? 40 : 300;
        while (object_count < count) {
            assert_true(object_alloc(caches[i]));
        }
        free_all();
        check_empty();
    }
}

static void slab_alloc_zeroed_clears_what_was_there(void **state)
{
    (void)state;
    assert_true(object_alloc(&cache_400));
    free_all();
    const uint8_t *bytes = slab_alloc_zeroed(&cache_400);
    for (uint32_t i = 0; i < cache_400.object_size; i++) {
        assert_int_equal(bytes[i], 0);
    }
    slab_free(&cache_400, (void *)bytes);
    check_empty();
}

static void slab_that_is_new_tells_nothing_of_who_had_its_frames(void **state)
{
    (void)state;
    for (unsigned i = 0; i < CACHES; i++) {
        const uint8_t *bytes = slab_alloc(caches[i]);
        for (uint32_t n = 0; n < caches[i]->object_size; n++) {
            assert_int_equal(bytes[n], 0);
        }
        slab_free(caches[i], (void *)bytes);
        check_empty();
    }
}

static void slab_object_is_filled_when_it_is_freed(void **state)
{
    (void)state;
    uint8_t *bytes = slab_alloc_zeroed(&cache_128);
    slab_free(&cache_128, bytes);
    for (unsigned i = 0; i < 128; i++) {
        assert_int_equal(bytes[i], 0xd5);
    }
    check_empty();
}

static void slab_object_given_to_another_cache_is_caught(void **state)
{
    (void)state;
    void *object = slab_alloc(&cache_64);
    expect_assert_failure(slab_free(&cache_48, object));
    slab_free(&cache_64, object);
    check_empty();
}

/* With 0, 1, 2 … slabs to be had: what comes is good, what doesn't is NULL, all goes back. */
static void slab_runs_out_in_the_middle_and_recovers(void **state)
{
    (void)state;
    for (unsigned i = 0; i < CACHES; i++) {
        uint64_t capacity = ((PAGE_SIZE << caches[i]->order) - 64) / caches[i]->object_size;
        for (uint64_t slabs = 0; slabs * capacity < OBJECTS && slabs < 5; slabs++) {
            test_frames_leave(caches[i]->order, slabs);
            while (object_alloc(caches[i])) {}
            assert_int_equal(object_count, slabs * capacity);
            assert_int_equal(frames_free(), 0);
            assert_int_equal(caches[i]->slab_count, slabs);
            assert_null(slab_alloc_zeroed(caches[i]));
            if (object_count > 0) {
                object_free(test_random_below(object_count));
                assert_true(object_alloc(caches[i]));
                assert_false(object_alloc(caches[i]));
            }
            test_frames_restore();
            assert_true(object_alloc(caches[i]));
            free_all();
            check_empty();
        }
    }
}

static void slab_that_becomes_empty_gives_its_frames_back(void **state)
{
    (void)state;
    const uint64_t capacity = (PAGE_SIZE - 64) / 64;
    while (object_count < 10 * capacity) {
        assert_true(object_alloc(&cache_64));
    }
    assert_true(cache_64.slab_count >= 10);
    while (object_count > 0) {
        object_free(object_count - 1);
    }
    /* Only the magazine's objects are still out of their slabs. */
    assert_true(cache_64.used <= MAGAZINE_SIZE);
    assert_true(cache_64.slab_count <= MAGAZINE_SIZE);
    check_empty();
}

static void slab_most_calls_touch_no_slab(void **state)
{
    (void)state;
    assert_true(object_alloc(&cache_64));
    uint64_t used = cache_64.used;
    for (int i = 0; i < 100; i++) {
        assert_true(object_alloc(&cache_64));
        object_free(object_count - 1);
        assert_int_equal(cache_64.used, used);
    }
    free_all();
    check_empty();
}

static void slab_objects_freed_on_another_cpu_come_back(void **state)
{
    (void)state;
    for (int round = 0; round < 20; round++) {
        test_cpu_switch(round % TEST_CPUS);
        for (int i = 0; i < 50; i++) {
            assert_true(object_alloc(&cache_192));
        }
        test_cpu_switch((round + 1) % TEST_CPUS);
        for (int i = 0; i < 40; i++) {
            object_free(test_random_below(object_count));
        }
    }
    free_all();
    check_empty();
}

/* Objects that are handed out, whichever CPU did it. */
static uint32_t live_now(void)
{
    uint32_t live = 0;
    for (unsigned i = 0; i < CACHES; i++) {
        live += (uint32_t)info_of(caches[i]).live;
    }
    return live;
}

static void random_operations(int count)
{
    uint32_t live = live_now();
    for (int i = 0; i < count; i++) {
        uint64_t share = i / (count / 4) % 2 == 0 ? 60 : 40;
        if (object_count < OBJECTS && test_random_below(100) < share) {
            unsigned cache = (unsigned)test_random_below(CACHES);
            if (!object_alloc(caches[cache])) {
                frame_drain();
                assert_int_equal(frame_alloc_block(caches[cache]->order), 0);
            }
        } else if (object_count > 0) {
            object_free(test_random_below(object_count));
        }
        if (test_random_below(1000) == 0) {
            slab_drain();
        }
    }
    assert_int_equal(live_now() - live, object_count);
}

static void slab_objects_freed_on_another_cpu_are_counted_exactly(void **state)
{
    (void)state;
    void *taken[40];
    uint32_t before = live_now();
    for (unsigned i = 0; i < 40; i++) {
        test_cpu_switch(i % TEST_CPUS);
        taken[i] = slab_alloc(caches[0]);
        assert_non_null(taken[i]);
        assert_int_equal(live_now() - before, i + 1);
    }
    for (unsigned i = 0; i < 40; i++) {
        test_cpu_switch((i + 1) % TEST_CPUS);
        slab_free(caches[0], taken[i]);
        assert_int_equal(live_now() - before, 39 - i);
    }
    for (unsigned number = TEST_CPUS; number-- > 0;) {
        test_cpu_switch(number);
        slab_drain();
        frame_drain();
    }
    check_empty();
}

static void slab_caches_share_a_memory_that_runs_out_now_and_then(void **state)
{
    (void)state;
    for (int round = 0; round < 3; round++) {
        random_operations(12000);
        free_all();
        check_empty();
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(slab_caches_are_listed_once_they_are_used),
        cmocka_unit_test(slab_info_counts_objects_slabs_and_frames),
        cmocka_unit_test(slab_wastes_at_most_an_eighth_of_itself),
        cmocka_unit_test(slab_objects_keep_what_is_written_to_them),
        cmocka_unit_test(slab_alloc_zeroed_clears_what_was_there),
        cmocka_unit_test(slab_that_is_new_tells_nothing_of_who_had_its_frames),
        cmocka_unit_test(slab_object_is_filled_when_it_is_freed),
        cmocka_unit_test(slab_object_given_to_another_cache_is_caught),
        cmocka_unit_test(slab_runs_out_in_the_middle_and_recovers),
        cmocka_unit_test(slab_that_becomes_empty_gives_its_frames_back),
        cmocka_unit_test(slab_most_calls_touch_no_slab),
        cmocka_unit_test(slab_objects_freed_on_another_cpu_come_back),
        cmocka_unit_test(slab_objects_freed_on_another_cpu_are_counted_exactly),
        cmocka_unit_test(slab_caches_share_a_memory_that_runs_out_now_and_then),
    };
    test_random_begin();
    test_frames_start(FRAMES, 0);
    frames_at_start = frames_free();
    return cmocka_run_group_tests(tests, NULL, NULL);
}

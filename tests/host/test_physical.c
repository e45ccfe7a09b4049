/* SPDX-License-Identifier: MIT */
/* SOURCES: mm/physical.c mm/slab.c mm/frame.c tests/host/shim_frames.c tests/host/shim_machine.c kernel/base/spinlock.c kernel/base/debug/lock_check.c lib/avl.c lib/string.c */
/* Who may map which physical addresses, and the claims beside an array of pages. */
#include "mm/physical.h"
#include "arch/page_table.h"
#include "arch/upcall.h"
#include <test.h>
#include <test_frames.h>
#include <test_random.h>

enum { PAGES = 64, CLAIMS = 40, MIB = 1 << 20 };

static const paddr_t DEVICES = 0xf0000000;
static const paddr_t LIMIT = 1ull << 40;

uint32_t page_memory_caching = PAGE_WRITE_BACK;

static const struct boot_info boot = {
    .range_count = 4,
    .ranges = {{0, MIB, BOOT_RANGE_AVAILABLE},
               {MIB, 2 * MIB, BOOT_RANGE_RESERVED},
               {2 * MIB, 3 * MIB, BOOT_RANGE_ACPI_RECLAIMABLE},
               {3 * MIB, 4 * MIB, BOOT_RANGE_NVS}},
};

static int start(void **state)
{
    (void)state;
    physical_init(&boot, LIMIT);
    return 0;
}

static j6_status_t claim_pages(struct physical_claim *claim, uint64_t first, uint64_t count,
                               uint32_t caching)
{
    paddr_t from = DEVICES + first * PAGE_SIZE;
    return physical_claim(claim, from, from + count * PAGE_SIZE, caching);
}

static void physical_limit_is_what_boot_said(void **state)
{
    (void)state;
    assert_int_equal(physical_limit, LIMIT);
}

static void physical_kind_follows_the_boot_loaders_map(void **state)
{
    (void)state;
    assert_int_equal(physical_kind(0, MIB), PHYSICAL_KERNEL);
    assert_int_equal(physical_kind(MIB, 2 * MIB), PHYSICAL_DEVICE);
    assert_int_equal(physical_kind(2 * MIB, 3 * MIB), PHYSICAL_TABLES);
    assert_int_equal(physical_kind(3 * MIB, 4 * MIB), PHYSICAL_TABLES);
    assert_int_equal(physical_kind(2 * MIB, 4 * MIB), PHYSICAL_TABLES);
    assert_int_equal(physical_kind(4 * MIB, LIMIT), PHYSICAL_DEVICE);
}

static void physical_kind_of_a_mixture_is_the_strictest(void **state)
{
    (void)state;
    assert_int_equal(physical_kind(MIB - PAGE_SIZE, MIB + PAGE_SIZE), PHYSICAL_KERNEL);
    assert_int_equal(physical_kind(2 * MIB - PAGE_SIZE, 2 * MIB + PAGE_SIZE), PHYSICAL_TABLES);
    assert_int_equal(physical_kind(4 * MIB - PAGE_SIZE, 4 * MIB + PAGE_SIZE), PHYSICAL_TABLES);
    assert_int_equal(physical_kind(0, LIMIT), PHYSICAL_KERNEL);
}

static void physical_addresses_of_controllers_are_the_kernels(void **state)
{
    (void)state;
    upcall_device_reserve(0xfec00000, 0xfec01000);
    assert_int_equal(physical_kind(0xfec00000, 0xfec01000), PHYSICAL_KERNEL);
    assert_int_equal(physical_kind(0xfebff000, 0xfec01000), PHYSICAL_KERNEL);
    assert_int_equal(physical_kind(0xfec01000, 0xfec02000), PHYSICAL_DEVICE);
}

static void physical_tables_outside_of_the_map_are_noted_once(void **state)
{
    (void)state;
    struct physical_claim claim;
    for (int i = 0; i < 1000; i++) {
        physical_add_tables(MIB, MIB + 2 * PAGE_SIZE);
    }
    physical_add_tables(MIB + 8 * PAGE_SIZE, MIB + 9 * PAGE_SIZE);
    assert_int_equal(physical_kind(MIB + PAGE_SIZE, MIB + 2 * PAGE_SIZE), PHYSICAL_TABLES);
    assert_int_equal(physical_kind(MIB + 8 * PAGE_SIZE, MIB + 9 * PAGE_SIZE), PHYSICAL_TABLES);
    assert_int_equal(physical_claim(&claim, MIB, MIB + PAGE_SIZE, PAGE_WRITE_BACK),
                     j6_err_collision);
    assert_int_equal(physical_claim(&claim, MIB, MIB + PAGE_SIZE, PAGE_WRITE_THROUGH),
                     j6_status_ok);
    physical_release(&claim);
}

static void more_tables_than_there_is_room_for_leave_room_for_controllers(void **state)
{
    (void)state;
    for (paddr_t i = 0; i < 1000; i++) {
        physical_add_tables(DEVICES + 2 * i * PAGE_SIZE, DEVICES + (2 * i + 1) * PAGE_SIZE);
    }
    for (paddr_t i = 0; i < 17; i++) {
        upcall_device_reserve(0xfec00000 + i * PAGE_SIZE, 0xfec01000 + i * PAGE_SIZE);
    }
    assert_int_equal(physical_kind(0xfec10000, 0xfec11000), PHYSICAL_KERNEL);
    assert_int_equal(physical_kind(DEVICES, DEVICES + PAGE_SIZE), PHYSICAL_TABLES);
}

static void claim_of_memory_and_tables_has_the_type_of_the_offset_map(void **state)
{
    (void)state;
    struct physical_claim claim;
    assert_int_equal(physical_claim(&claim, 0, PAGE_SIZE, PAGE_UNCACHED), j6_err_collision);
    assert_int_equal(physical_claim(&claim, 2 * MIB, 3 * MIB, PAGE_WRITE_BACK), j6_err_collision);
    assert_int_equal(physical_claim(&claim, MIB, 3 * MIB, PAGE_UNCACHED), j6_err_collision);
    assert_int_equal(physical_claim(&claim, 2 * MIB, 4 * MIB, PAGE_WRITE_THROUGH), j6_status_ok);
    physical_release(&claim);
    assert_int_equal(physical_claim(&claim, 0, PAGE_SIZE, PAGE_WRITE_BACK), j6_status_ok);
    physical_release(&claim);
}

static void claims_of_one_type_share_pages(void **state)
{
    (void)state;
    struct physical_claim claims[3];
    struct physical_claim other;
    assert_int_equal(claim_pages(&claims[0], 2, 4, PAGE_WRITE_COMBINE), j6_status_ok);
    assert_int_equal(claim_pages(&claims[1], 2, 4, PAGE_WRITE_COMBINE), j6_status_ok);
    assert_int_equal(claim_pages(&claims[2], 5, 4, PAGE_WRITE_COMBINE), j6_status_ok);
    physical_release(&claims[0]);
    assert_int_equal(claim_pages(&other, 3, 1, PAGE_UNCACHED), j6_err_collision);
    physical_release(&claims[1]);
    assert_int_equal(claim_pages(&other, 3, 2, PAGE_UNCACHED), j6_status_ok);
    physical_release(&other);
    assert_int_equal(claim_pages(&other, 3, 3, PAGE_UNCACHED), j6_err_collision);
    physical_release(&claims[2]);
}

static void claims_of_other_types_may_touch_but_not_overlap(void **state)
{
    (void)state;
    struct physical_claim middle;
    struct physical_claim other;
    assert_int_equal(claim_pages(&middle, 10, 10, PAGE_UNCACHED), j6_status_ok);
    assert_int_equal(claim_pages(&other, 5, 6, PAGE_WRITE_BACK), j6_err_collision);
    assert_int_equal(claim_pages(&other, 19, 1, PAGE_WRITE_BACK), j6_err_collision);
    assert_int_equal(claim_pages(&other, 12, 2, PAGE_WRITE_BACK), j6_err_collision);
    assert_int_equal(claim_pages(&other, 0, 60, PAGE_WRITE_BACK), j6_err_collision);
    assert_int_equal(claim_pages(&other, 5, 5, PAGE_WRITE_BACK), j6_status_ok);
    physical_release(&other);
    assert_int_equal(claim_pages(&other, 20, 1, PAGE_WRITE_BACK), j6_status_ok);
    physical_release(&other);
    physical_release(&middle);
}

static void claim_for_good_holds_against_others(void **state)
{
    (void)state;
    struct physical_claim claim;
    const paddr_t there = 0xe0000000;
    assert_int_equal(physical_claim_for_good(there, there + PAGE_SIZE, PAGE_UNCACHED),
                     j6_status_ok);
    assert_int_equal(physical_claim_for_good(there, there + PAGE_SIZE, PAGE_UNCACHED),
                     j6_status_ok);
    assert_int_equal(physical_claim_for_good(there, there + PAGE_SIZE, PAGE_WRITE_BACK),
                     j6_err_collision);
    assert_int_equal(physical_claim(&claim, there, there + PAGE_SIZE, PAGE_WRITE_COMBINE),
                     j6_err_collision);
}

static const uint32_t types[] = {PAGE_WRITE_BACK, PAGE_WRITE_THROUGH, PAGE_UNCACHED,
                                 PAGE_WRITE_COMBINE};

/* A claim, and what it should be. */
static struct {
    struct physical_claim claim;
    bool stands;
    uint64_t first;
    uint64_t count;
    uint32_t type;
} model[CLAIMS];

static bool model_collides(uint64_t first, uint64_t count, uint32_t type)
{
    bool collides = false;
    for (unsigned i = 0; i < CLAIMS; i++) {
        collides |= model[i].stands && model[i].type != type && model[i].first < first + count &&
                    first < model[i].first + model[i].count;
    }
    return collides;
}

static void random_step(void)
{
    unsigned i = (unsigned)test_random_below(CLAIMS);
    if (model[i].stands) {
        physical_release(&model[i].claim);
        model[i].stands = false;
        return;
    }
    model[i].first = test_random_below(PAGES);
    model[i].count = 1 + test_random_below(test_random_below(4) == 0 ? 32 : 4);
    model[i].type = types[test_random_below(4)];
    bool collides = model_collides(model[i].first, model[i].count, model[i].type);
    j6_status_t status =
        claim_pages(&model[i].claim, model[i].first, model[i].count, model[i].type);
    assert_int_equal(status, collides ? j6_err_collision : j6_status_ok);
    model[i].stands = !collides;
}

static void claims_do_what_an_array_of_claims_does(void **state)
{
    (void)state;
    for (int i = 0; i < 200000; i++) {
        random_step();
    }
    for (unsigned i = 0; i < CLAIMS; i++) {
        if (model[i].stands) {
            physical_release(&model[i].claim);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(physical_limit_is_what_boot_said, start),
        cmocka_unit_test_setup(physical_kind_follows_the_boot_loaders_map, start),
        cmocka_unit_test_setup(physical_kind_of_a_mixture_is_the_strictest, start),
        cmocka_unit_test_setup(physical_addresses_of_controllers_are_the_kernels, start),
        cmocka_unit_test_setup(physical_tables_outside_of_the_map_are_noted_once, start),
        cmocka_unit_test_setup(more_tables_than_there_is_room_for_leave_room_for_controllers,
                               start),
        cmocka_unit_test_setup(claim_of_memory_and_tables_has_the_type_of_the_offset_map, start),
        cmocka_unit_test_setup(claims_of_one_type_share_pages, start),
        cmocka_unit_test_setup(claims_of_other_types_may_touch_but_not_overlap, start),
        cmocka_unit_test_setup(claim_for_good_holds_against_others, start),
        cmocka_unit_test_setup(claims_do_what_an_array_of_claims_does, start),
    };
    test_random_begin();
    test_frames_start(64, 0);
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: MIT */
/* SOURCES: arch/x86_64/multiboot2.c arch/x86_64/multiboot2_map.c */
/* The memory map: whatever the entries, the ranges are sorted, whole pages and right. */
#include <test_multiboot2.h>
#include <test_random.h>

static void assert_range(uint32_t index, uint64_t start, uint64_t end, enum boot_range_type type)
{
    assert_true(index < info.range_count);
    assert_int_equal(info.ranges[index].start, start);
    assert_int_equal(info.ranges[index].end, end);
    assert_int_equal(info.ranges[index].type, type);
}

static void memory_map_of_a_pc_comes_out_sorted(void **state)
{
    (void)state;
    size_t tag = map_begin(24);
    put_range(0x7fe0000, 0x20000, RESERVED);
    put_range(0x100000, 0x7ee0000, AVAILABLE);
    put_range(0xfffc0000, 0x40000, RESERVED);
    put_range(0, 0x9fc00, AVAILABLE);
    put_range(0x9fc00, 0x400, RESERVED);
    put_range(0xf0000, 0x10000, RESERVED);
    tag_end(tag);
    read_all();
    assert_int_equal(warnings, 0);
    assert_int_equal(info.range_count, 6);
    assert_range(0, 0, 0x9f000, BOOT_RANGE_AVAILABLE);
    assert_range(1, 0x9f000, 0xa0000, BOOT_RANGE_RESERVED);
    assert_range(2, 0xf0000, 0x100000, BOOT_RANGE_RESERVED);
    assert_range(3, 0x100000, 0x7fe0000, BOOT_RANGE_AVAILABLE);
    assert_range(4, 0x7fe0000, 0x8000000, BOOT_RANGE_RESERVED);
    assert_range(5, 0xfffc0000, 0x100000000, BOOT_RANGE_RESERVED);
}

static void memory_map_overlap_goes_to_the_more_restrictive_type(void **state)
{
    (void)state;
    size_t tag = map_begin(24);
    put_range(0, 16 * MIB, AVAILABLE);
    put_range(1 * MIB, 4 * MIB, ACPI);
    put_range(2 * MIB, 2 * MIB, NVS);
    put_range(2 * MIB, 1 * MIB, RESERVED);
    put_range(2 * MIB, 4 * KIB, BAD);
    put_range(15 * MIB, 1 * MIB, 77);
    tag_end(tag);
    read_all();
    assert_int_equal(info.range_count, 8);
    assert_range(0, 0, 1 * MIB, BOOT_RANGE_AVAILABLE);
    assert_range(1, 1 * MIB, 2 * MIB, BOOT_RANGE_ACPI_RECLAIMABLE);
    assert_range(2, 2 * MIB, 2 * MIB + 4 * KIB, BOOT_RANGE_BAD);
    assert_range(3, 2 * MIB + 4 * KIB, 3 * MIB, BOOT_RANGE_RESERVED);
    assert_range(4, 3 * MIB, 4 * MIB, BOOT_RANGE_NVS);
    assert_range(5, 4 * MIB, 5 * MIB, BOOT_RANGE_ACPI_RECLAIMABLE);
    assert_range(6, 5 * MIB, 15 * MIB, BOOT_RANGE_AVAILABLE);
    assert_range(7, 15 * MIB, 16 * MIB, BOOT_RANGE_RESERVED);
}

static void memory_map_neighbours_and_doubles_of_one_type_are_one_range(void **state)
{
    (void)state;
    size_t tag = map_begin(32);
    for (int i = 0; i < 3; i++) {
        put_range(4 * MIB, 4 * MIB, AVAILABLE);
        put_u64(0x1234);
        put_range(0, 4 * MIB, AVAILABLE);
        put_u64(0x1234);
        put_range(3 * MIB, 2 * MIB, AVAILABLE);
        put_u64(0x1234);
    }
    tag_end(tag);
    read_all();
    assert_int_equal(info.range_count, 1);
    assert_range(0, 0, 8 * MIB, BOOT_RANGE_AVAILABLE);
}

static void memory_map_rounds_available_inward_and_the_rest_outward(void **state)
{
    (void)state;
    size_t tag = map_begin(24);
    put_range(0x1001, 0x2ffe, AVAILABLE);
    put_range(0x8fff, 2, RESERVED);
    put_range(0x10001, 0xffe, AVAILABLE);
    put_range(0x20000, 0, RESERVED);
    tag_end(tag);
    read_all();
    assert_int_equal(info.range_count, 2);
    assert_range(0, 0x2000, 0x3000, BOOT_RANGE_AVAILABLE);
    assert_range(1, 0x8000, 0xa000, BOOT_RANGE_RESERVED);
}

static void memory_map_with_bad_entry_size_gives_no_ranges(void **state)
{
    (void)state;
    static const uint32_t sizes[] = {0, 8, 23, 25, 28, 0xffffffff};
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        set_up(NULL);
        size_t tag = map_begin(sizes[i]);
        put_range(0, 16 * MIB, AVAILABLE);
        tag_end(tag);
        read_all();
        assert_int_equal(info.range_count, 0);
        assert_int_equal(warnings, 1);
    }
}

static void memory_map_larger_entry_than_tag_gives_no_ranges(void **state)
{
    (void)state;
    size_t tag = map_begin(0xfffffff8);
    put_range(0, 16 * MIB, AVAILABLE);
    tag_end(tag);
    read_all();
    assert_int_equal(info.range_count, 0);
}

static void memory_map_half_an_entry_at_the_end_is_ignored(void **state)
{
    (void)state;
    size_t tag = map_begin(24);
    put_range(0, 16 * MIB, AVAILABLE);
    put_u64(16 * MIB);
    put_u64(16 * MIB);
    tag_end(tag);
    read_all();
    assert_int_equal(info.range_count, 1);
}

static void memory_map_entry_that_wraps_is_no_memory(void **state)
{
    (void)state;
    size_t tag = map_begin(24);
    put_range(0, 1 * MIB, AVAILABLE);
    put_range(2 * MIB, ~0ull, AVAILABLE);
    put_range(~0ull, 2, AVAILABLE);
    put_range(1ull << 60, 4 * KIB, AVAILABLE);
    tag_end(tag);
    read_all();
    assert_int_equal(info.range_count, 1);
    assert_int_equal(warnings, 3);
}

static void memory_map_reserved_entry_that_wraps_reaches_the_end(void **state)
{
    (void)state;
    size_t tag = map_begin(24);
    put_range(0, 4 * MIB, AVAILABLE);
    put_range(2 * MIB, ~0ull, RESERVED);
    put_range(~0ull, 2, RESERVED);
    tag_end(tag);
    read_all();
    assert_int_equal(info.range_count, 2);
    assert_range(0, 0, 2 * MIB, BOOT_RANGE_AVAILABLE);
    assert_range(1, 2 * MIB, BOOT_PADDR_LIMIT, BOOT_RANGE_RESERVED);
}

static void memory_map_of_1000_entries_keeps_the_largest_available(void **state)
{
    (void)state;
    size_t tag = map_begin(24);
    for (uint64_t i = 1000; i-- > 0;) {
        put_range(i * MIB, (i + 1) * 4 * KIB % MIB + 4 * KIB, i % 2 == 0 ? AVAILABLE : RESERVED);
    }
    tag_end(tag);
    read_all();
    assert_int_equal(info.range_count, BOOT_RANGES_MAX);
    assert_int_equal(warnings, 1);
    uint64_t smallest = ~0ull;
    for (uint32_t i = 0; i < info.range_count; i++) {
        assert_int_equal(info.ranges[i].type, BOOT_RANGE_AVAILABLE);
        assert_true(i == 0 || info.ranges[i - 1].end < info.ranges[i].start);
        uint64_t size = info.ranges[i].end - info.ranges[i].start;
        smallest = size < smallest ? size : smallest;
    }
    unsigned larger = 0;
    for (uint64_t i = 0; i < 1000; i += 2) {
        larger += (i + 1) * 4 * KIB % MIB + 4 * KIB > smallest;
    }
    assert_true(larger <= BOOT_RANGES_MAX);
}

static void memory_map_beyond_any_reason_is_cut(void **state)
{
    (void)state;
    size_t tag = map_begin(24);
    for (uint64_t i = 0; i < 5000; i++) {
        put_range(0, 4 * KIB, AVAILABLE);
    }
    tag_end(tag);
    read_all();
    assert_int_equal(info.range_count, 1);
    assert_int_equal(warnings, 1);
}

enum { MODEL_PAGES = 64, MODEL_ENTRIES = 12 };

/* For each page: 0 nothing, else 1 + the type that must come out. */
static void model_paint(uint8_t *model, uint64_t start, uint64_t size, uint32_t type)
{
    static const uint8_t rank[] = {4, 1, 4, 2, 3, 5};
    for (uint64_t page = 0; size != 0 && page < MODEL_PAGES; page++) {
        uint64_t from = page * PAGE_SIZE;
        uint64_t to = from + PAGE_SIZE;
        bool whole = start <= from && to <= start + size;
        bool touched = start < to && from < start + size;
        if ((type == AVAILABLE ? whole : touched) && rank[type] > model[page]) {
            model[page] = rank[type];
        }
    }
}

static void memory_map_at_random_agrees_with_a_model(void **state)
{
    (void)state;
    test_random_begin();
    for (int round = 0; round < 5000; round++) {
        uint8_t model[MODEL_PAGES + 1] = {0};
        set_up(NULL);
        size_t tag = map_begin(24);
        for (uint64_t i = test_random_below(MODEL_ENTRIES); i > 0; i--) {
            uint64_t start = test_random_below(MODEL_PAGES * PAGE_SIZE);
            uint64_t size = test_random_below(MODEL_PAGES * PAGE_SIZE - start);
            start &= test_random_below(2) ? ~0ull : ~(PAGE_SIZE - 1);
            uint32_t type = (uint32_t)test_random_below(6);
            put_range(start, size, type);
            model_paint(model, start, size, type);
        }
        tag_end(tag);
        read_all();
        uint32_t index = 0;
        for (uint64_t page = 0; page < MODEL_PAGES;) {
            uint64_t end = page + 1;
            while (model[end] == model[page] && end < MODEL_PAGES) {
                end++;
            }
            if (model[page] != 0) {
                assert_range(index++, page * PAGE_SIZE, end * PAGE_SIZE, model[page] - 1u);
            }
            page = end;
        }
        assert_int_equal(info.range_count, index);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(memory_map_of_a_pc_comes_out_sorted, set_up),
        cmocka_unit_test_setup(memory_map_overlap_goes_to_the_more_restrictive_type, set_up),
        cmocka_unit_test_setup(memory_map_neighbours_and_doubles_of_one_type_are_one_range, set_up),
        cmocka_unit_test_setup(memory_map_rounds_available_inward_and_the_rest_outward, set_up),
        cmocka_unit_test_setup(memory_map_with_bad_entry_size_gives_no_ranges, set_up),
        cmocka_unit_test_setup(memory_map_larger_entry_than_tag_gives_no_ranges, set_up),
        cmocka_unit_test_setup(memory_map_half_an_entry_at_the_end_is_ignored, set_up),
        cmocka_unit_test_setup(memory_map_entry_that_wraps_is_no_memory, set_up),
        cmocka_unit_test_setup(memory_map_reserved_entry_that_wraps_reaches_the_end, set_up),
        cmocka_unit_test_setup(memory_map_of_1000_entries_keeps_the_largest_available, set_up),
        cmocka_unit_test_setup(memory_map_beyond_any_reason_is_cut, set_up),
        cmocka_unit_test_setup(memory_map_at_random_agrees_with_a_model, set_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

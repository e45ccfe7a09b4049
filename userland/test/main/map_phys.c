/* SPDX-License-Identifier: MIT */
/* system_map_phys and the topic `physical`: device memory, and memory for DMA. */
#include "lib/string.h"
#include "userland/test/main/devices.h"

static const uint64_t CACHING = j6_vma_flag_write_combine | j6_vma_flag_uncached;
static const uint64_t LOW_16M = 16 << 20;

static struct j6_physical_info physical_of(j6_handle_t area)
{
    struct j6_physical_info info = {0};
    uint64_t len = sizeof(info);
    expect_ok(j6_object_info(area, j6_topic_physical, &info, &len));
    expect_equal(sizeof(info), len);
    return info;
}

/* ---- device memory -------------------------------------------------------------------------- */

TEST(map_phys_refuses_what_is_no_range_of_pages)
{
    const j6_handle_t system = system_handle();
    expect_status(j6_err_invalid_arg, try_map_phys(system, PHYS_VGA, 0, 0));
    expect_status(j6_err_invalid_arg, try_map_phys(system, PHYS_VGA + 1, PAGE, 0));
    expect_status(j6_err_invalid_arg, try_map_phys(system, PHYS_VGA, PAGE - 1, 0));
    expect_status(j6_err_invalid_arg, try_map_phys(system, PHYS_VGA, 1, 0));
    expect_status(j6_err_invalid_arg, try_map_phys(system, 0, 0, j6_vma_flag_dma));
    expect_status(j6_err_invalid_arg, try_map_phys(system, 0, PAGE + 8, j6_vma_flag_dma));
    expect_status(j6_err_invalid_arg, try_map_phys(system, LOW_16M - 1, PAGE, j6_vma_flag_dma));
}

TEST(map_phys_refuses_flags_that_are_unknown_or_contradict_each_other)
{
    const uint64_t flags[] = {
        CACHING,
        CACHING | j6_vma_flag_revocable,
        j6_vma_flag_resizable,
        j6_vma_flag_large,
        1 << 6,
        1ull << 63,
        j6_vma_flag_dma | j6_vma_flag_write_combine,
        j6_vma_flag_dma | j6_vma_flag_uncached,
        j6_vma_flag_dma | CACHING,
        j6_vma_flag_dma | j6_vma_flag_resizable,
    };
    for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
        expect_status(j6_err_invalid_arg, try_map_phys(system_handle(), PHYS_VGA, PAGE, flags[i]));
    }
    expect_ok(try_map_phys(system_handle(), PHYS_VGA, PAGE, j6_vma_flag_revocable));
}

TEST(map_phys_refuses_addresses_that_no_cpu_has)
{
    const j6_handle_t system = system_handle();
    const uint64_t end = 1ull << 52;
    expect_status(j6_err_out_of_range, try_map_phys(system, end, PAGE, 0));
    expect_status(j6_err_out_of_range, try_map_phys(system, end - PAGE, 2 * PAGE, 0));
    expect_status(j6_err_out_of_range, try_map_phys(system, PHYS_VGA, end, 0));
    expect_status(j6_err_out_of_range, try_map_phys(system, PHYS_VGA, -(uint64_t)PAGE, 0));
    expect_status(j6_err_out_of_range, try_map_phys(system, -(uint64_t)PAGE, PAGE, 0));
}

SAMPLE_TEST(map_phys_refuses_memory_and_interrupt_controllers)
{
    const j6_handle_t system = system_handle();
    const uint64_t ioapic = 0xfec00000;
    expect_status(j6_err_denied, try_map_phys(system, PHYS_RAM, PAGE, 0));
    expect_status(j6_err_denied, try_map_phys(system, PHYS_RAM - PAGE, 2 * PAGE, 0));
    expect_status(j6_err_denied, try_map_phys(system, PHYS_RAM, PAGE, j6_vma_flag_uncached));
    expect_status(j6_err_denied, try_map_phys(system, PAGE, PAGE, 0));
    expect_status(j6_err_denied, try_map_phys(system, 0, PHYS_APIC, 0));
    expect_status(j6_err_denied, try_map_phys(system, PHYS_APIC, PAGE, j6_vma_flag_uncached));
    expect_status(j6_err_denied, try_map_phys(system, PHYS_APIC - PAGE, 2 * PAGE, 0));
    expect_status(j6_err_denied, try_map_phys(system, PHYS_APIC + 0xff000, PAGE, 0));
    expect_status(j6_err_denied, try_map_phys(system, ioapic, PAGE, j6_vma_flag_uncached));
}

TEST(object_info_tells_where_device_memory_lies)
{
    j6_handle_t area = phys_area(system_handle(), PHYS_VGA, 3, 0);
    struct j6_physical_info info = physical_of(area);
    expect_equal(PHYS_VGA, info.phys);
    expect_equal(3 * PAGE, info.size);
    expect_ok(j6_handle_close(area));
}

TEST(memory_that_is_not_at_a_fixed_place_has_no_physical_address)
{
    struct j6_physical_info info;
    uint64_t len = sizeof(info);
    j6_handle_t area = area_new(1, 0);
    expect_status(j6_err_bad_state, j6_object_info(area, j6_topic_physical, &info, &len));
    expect_status(j6_err_wrong_type,
                  j6_object_info(system_handle(), j6_topic_physical, &info, &len));
    expect_ok(j6_handle_close(area));
}

SAMPLE_TEST(a_page_of_device_memory_has_one_caching_type)
{
    const j6_handle_t system = system_handle();
    j6_handle_t area = phys_area(system, PHYS_VGA + PAGE, 2, j6_vma_flag_write_combine);
    expect_status(j6_err_collision, try_map_phys(system, PHYS_VGA, 2 * PAGE, j6_vma_flag_uncached));
    expect_status(j6_err_collision, try_map_phys(system, PHYS_VGA + 2 * PAGE, PAGE, 0));
    expect_ok(try_map_phys(system, PHYS_VGA, PAGE, j6_vma_flag_uncached));
    expect_ok(try_map_phys(system, PHYS_VGA + 3 * PAGE, PAGE, 0));
    expect_ok(try_map_phys(system, PHYS_VGA, 4 * PAGE, j6_vma_flag_write_combine));
    expect_ok(j6_handle_close(area));
    expect_ok(try_map_phys(system, PHYS_VGA, 4 * PAGE, j6_vma_flag_uncached));
}

TEST(a_caching_type_stays_as_long_as_anybody_maps_the_page)
{
    const j6_handle_t system = system_handle();
    j6_handle_t first = phys_area(system, PHYS_VGA, 1, j6_vma_flag_uncached);
    j6_handle_t second = phys_area(system, PHYS_VGA, 1, j6_vma_flag_uncached);
    expect_ok(j6_handle_close(first));
    expect_status(j6_err_collision, try_map_phys(system, PHYS_VGA, PAGE, 0));
    expect_ok(j6_handle_close(second));
    expect_ok(try_map_phys(system, PHYS_VGA, PAGE, 0));
}

/* The last page that the picture lies in; 0 when there is no picture. */
static uint64_t screen_page(void)
{
    const struct j6_framebuffer *screen = &j6_boot_info()->framebuffer;
    uint64_t end = screen->address + (uint64_t)screen->pitch * screen->height;
    return screen->width != 0 ? (end - 1) & -(uint64_t)PAGE : 0;
}

SAMPLE_TEST(the_framebuffer_is_write_combining_for_everybody)
{
    const uint64_t page = screen_page();
    if (page == 0) {
        test_skip("no framebuffer");
        return;
    }
    expect_status(j6_err_collision, try_map_phys(system_handle(), page, PAGE, 0));
    expect_status(j6_err_collision,
                  try_map_phys(system_handle(), page, PAGE, j6_vma_flag_uncached));
    expect_ok(try_map_phys(system_handle(), page, PAGE, j6_vma_flag_write_combine));
}

SAMPLE_TEST(what_is_written_to_the_framebuffer_is_read_back)
{
    const uint64_t page = screen_page();
    if (page == 0) {
        test_skip("no framebuffer");
        return;
    }
    j6_handle_t area = phys_area(system_handle(), page, 1, j6_vma_flag_write_combine);
    j6_handle_t again = phys_area(system_handle(), page, 1, j6_vma_flag_write_combine);
    volatile uint32_t *pixels = (volatile uint32_t *)area_map(area, READ_WRITE);
    volatile uint32_t *other = (volatile uint32_t *)area_map(again, j6_map_read);
    for (uint32_t i = 0; i < 16; i++) {
        uint32_t before = pixels[i];
        pixels[i] = 0x00123456 + i;
        expect_equal(0x00123456 + i, pixels[i]);
        expect_equal(0x00123456 + i, other[i]);
        pixels[i] = before;
    }
    area_unmap(area, (void *)pixels);
    area_unmap(again, (void *)other);
    expect_ok(j6_handle_close(area));
    expect_ok(j6_handle_close(again));
}

static uint64_t number_at(const uint8_t *bytes, size_t size)
{
    uint64_t number = 0;
    memcpy(&number, bytes, size);
    return number;
}

/* Where the root table lies (ACPI 6.4, table 5.3); 0 when there is none. */
static uint64_t root_table(void)
{
    const struct j6_boot_info *boot = j6_boot_info();
    uint64_t extended = boot->rsdp_len >= 36 ? number_at(boot->rsdp + 24, 8) : 0;
    return extended != 0 ? extended : boot->rsdp_len >= 20 ? number_at(boot->rsdp + 16, 4) : 0;
}

SAMPLE_TEST(acpi_tables_can_be_read_and_not_written)
{
    const uint64_t table = root_table();
    const uint64_t page = table & -(uint64_t)PAGE;
    if (table == 0) {
        test_skip("no ACPI tables");
        return;
    }
    uint64_t address = 0;
    j6_handle_t area = phys_area(system_handle(), page, 1, 0);
    expect_equal(0, area & (j6_right_vma_write | j6_right_vma_exec));
    expect_status(j6_err_denied,
                  j6_vma_map(area, j6_handle_self_process, &address, 0, 0, READ_WRITE));
    expect_status(j6_err_denied, j6_vma_map(area, j6_handle_self_process, &address, 0, 0,
                                            j6_map_read | j6_map_exec));
    const char *memory = area_map(area, j6_map_read);
    const char *signature = memory + (table - page);
    expect(memcmp(signature, "RSDT", 4) == 0 || memcmp(signature, "XSDT", 4) == 0);
    expect(!can_write((char *)memory));
    expect_status(j6_err_collision,
                  try_map_phys(system_handle(), page, PAGE, j6_vma_flag_write_combine));
    expect_status(j6_err_collision,
                  try_map_phys(system_handle(), page, PAGE, j6_vma_flag_uncached));
    area_unmap(area, memory);
    expect_ok(j6_handle_close(area));
}

/* ---- DMA ------------------------------------------------------------------------------------ */

SAMPLE_TEST(dma_memory_is_contiguous_and_zero_each_time)
{
    enum { PAGES = 5 };
    static const char zeros[PAGE];
    for (int round = 0; round < 3; round++) {
        j6_handle_t area = phys_area(system_handle(), 0, PAGES, j6_vma_flag_dma);
        struct j6_physical_info info = physical_of(area);
        char *memory = area_map(area, READ_WRITE);
        expect(info.phys != 0 && info.phys % PAGE == 0);
        expect_equal(PAGES * PAGE, info.size);
        for (size_t i = 0; memory != NULL && i < PAGES; i++) {
            expect(memcmp(memory + i * PAGE, zeros, PAGE) == 0);
            memset(memory + i * PAGE, 0xa5, PAGE);
        }
        area_unmap(area, memory);
        expect_ok(j6_handle_close(area));
    }
}

SAMPLE_TEST(dma_memory_ends_at_or_below_the_limit)
{
    const uint64_t limits[] = {LOW_16M, LOW_16M / 2, LOW_16M - 3 * PAGE, 1ull << 32, 1ull << 51};
    for (size_t i = 0; i < sizeof(limits) / sizeof(limits[0]); i++) {
        j6_handle_t area = phys_area(system_handle(), limits[i], 3, j6_vma_flag_dma);
        struct j6_physical_info info = physical_of(area);
        expect(info.phys != 0 && info.phys + info.size <= limits[i]);
        expect_ok(j6_handle_close(area));
    }
}

TEST(dma_memory_that_there_is_not_is_no_memory)
{
    const j6_handle_t system = system_handle();
    expect_status(j6_err_no_memory, try_map_phys(system, PAGE, PAGE, j6_vma_flag_dma));
    expect_status(j6_err_no_memory, try_map_phys(system, PAGE, 2 * PAGE, j6_vma_flag_dma));
    expect_status(j6_err_no_memory,
                  try_map_phys(system, 1 << 20, (1 << 20) + PAGE, j6_vma_flag_dma));
    expect_status(j6_err_quota, try_map_phys(system, 0, 1ull << 51, j6_vma_flag_dma));
}

TEST(two_dma_areas_share_no_memory_and_their_mappings_show_the_same_bytes)
{
    j6_handle_t one = phys_area(system_handle(), 0, 2, j6_vma_flag_dma);
    j6_handle_t two = phys_area(system_handle(), 0, 2, j6_vma_flag_dma);
    struct j6_physical_info first = physical_of(one);
    struct j6_physical_info second = physical_of(two);
    expect(first.phys + first.size <= second.phys || second.phys + second.size <= first.phys);
    char *memory = area_map(one, READ_WRITE);
    char *again = area_map(one, READ_WRITE);
    char *other = area_map(two, READ_WRITE);
    memory[PAGE] = 7;
    expect_equal(7, again[PAGE]);
    expect_equal(0, other[PAGE]);
    area_unmap(one, memory);
    area_unmap(one, again);
    area_unmap(two, other);
    expect_ok(j6_handle_close(one));
    expect_ok(j6_handle_close(two));
}

TEST(dma_memory_comes_back_when_the_area_ends_or_is_revoked)
{
    const uint64_t before = frames_free();
    for (int i = 0; i < 100; i++) {
        j6_handle_t area = phys_area(system_handle(), 0, 33, j6_vma_flag_dma);
        if (i == 0) {
            expect(frames_free() <= before - 33);
        }
        if (i % 2 == 0) {
            expect_ok(j6_object_close(area));
        }
        expect_ok(j6_handle_close(area));
    }
    expect(frames_settle(before));
}

TEST(dma_memory_is_charged_to_who_asks_for_it)
{
    expect_charged("use_up_pages_by_dma", 0);
}

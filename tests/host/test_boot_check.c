/* SPDX-License-Identifier: MIT */
/* SOURCES: kernel/boot/boot_check.c lib/string.c */
/* What the boot loader's tags may not say together. */
#include "kernel/boot/boot_check.h"
#include "test.h"

#define MIB          (1ull << 20)
#define LIMIT        (1ull << 40)
#define KERNEL_START (1 * MIB)
#define KERNEL_END   (2 * MIB)

/* Memory up to 64 MiB and above 4 GiB, one good module, a framebuffer in a hole. */
static struct boot_info good(void)
{
    return (struct boot_info){
        .range_count = 3,
        .module_count = 1,
        .ranges = {{0, 64 * MIB, BOOT_RANGE_AVAILABLE},
                   {64 * MIB, 65 * MIB, BOOT_RANGE_ACPI_RECLAIMABLE},
                   {4096 * MIB, 8192 * MIB, BOOT_RANGE_AVAILABLE}},
        .modules = {{.start = 4 * MIB, .end = 4 * MIB + 5, .name = "good"}},
        .framebuffer = {.kind = BOOT_FRAMEBUFFER_RGB,
                        .address = 0xfd000000,
                        .width = 1024,
                        .height = 768,
                        .pitch = 4096,
                        .bits_per_pixel = 32},
    };
}

static void check(struct boot_info *boot)
{
    boot_info_check(boot, LIMIT, KERNEL_START, KERNEL_END);
}

static void what_makes_sense_stays_as_it_is(void **state)
{
    (void)state;
    struct boot_info boot = good();
    check(&boot);
    assert_int_equal(boot.range_count, 3);
    assert_int_equal(boot.module_count, 1);
    assert_int_equal(boot.framebuffer.kind, BOOT_FRAMEBUFFER_RGB);
}

static void range_out_of_reach_is_cut_or_left_out(void **state)
{
    (void)state;
    struct boot_info boot = good();
    boot_info_check(&boot, 6144 * MIB, KERNEL_START, KERNEL_END);
    assert_int_equal(boot.range_count, 3);
    assert_int_equal(boot.ranges[2].end, 6144 * MIB);
    boot_info_check(&boot, 4096 * MIB, KERNEL_START, KERNEL_END);
    assert_int_equal(boot.range_count, 2);
}

/* Puts the module first, so that the good one has to move up, and expects it to go. */
static void expect_left_out(paddr_t start, paddr_t end)
{
    struct boot_info boot = good();
    boot.modules[1] = boot.modules[0];
    boot.modules[0] = (struct boot_module){.start = start, .end = end, .name = "bad"};
    boot.module_count = 2;
    check(&boot);
    assert_int_equal(boot.module_count, 1);
    assert_string_equal(boot.modules[0].name, "good");
}

static void empty_module_is_left_out(void **state)
{
    (void)state;
    expect_left_out(8 * MIB, 8 * MIB);
    expect_left_out(8 * MIB, 8 * MIB - 1);
}

static void module_off_a_page_boundary_is_left_out(void **state)
{
    (void)state;
    expect_left_out(8 * MIB + 8, 9 * MIB);
}

static void module_outside_of_memory_is_left_out(void **state)
{
    (void)state;
    expect_left_out(0xf0000000, 0xf0001000);
    expect_left_out(63 * MIB, 64 * MIB + 1);
    expect_left_out(64 * MIB, 64 * MIB + 4096);
}

static void module_over_the_kernel_is_left_out(void **state)
{
    (void)state;
    expect_left_out(KERNEL_END - 4096, KERNEL_END);
    expect_left_out(0, 3 * MIB);
}

static void module_over_another_is_left_out(void **state)
{
    (void)state;
    struct boot_info boot = good();
    boot.modules[1] = (struct boot_module){.start = 4 * MIB, .end = 4 * MIB + 1, .name = "bad"};
    boot.module_count = 2;
    check(&boot);
    assert_int_equal(boot.module_count, 1);
    assert_string_equal(boot.modules[0].name, "good");
}

static void expect_no_screen(paddr_t address, uint32_t pitch, uint32_t height)
{
    struct boot_info boot = good();
    boot.framebuffer.address = address;
    boot.framebuffer.pitch = pitch;
    boot.framebuffer.height = height;
    check(&boot);
    assert_int_equal(boot.framebuffer.kind, BOOT_FRAMEBUFFER_NONE);
}

static void framebuffer_in_memory_is_left_out(void **state)
{
    (void)state;
    expect_no_screen(KERNEL_START, 4096, 768);
    expect_no_screen(65 * MIB - 4096, 4096, 768);
}

static void framebuffer_that_is_huge_or_out_of_reach_is_left_out(void **state)
{
    (void)state;
    expect_no_screen(0x80000000, 1 << 20, 257);
    expect_no_screen(LIMIT - 4096, 4096, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_makes_sense_stays_as_it_is),
        cmocka_unit_test(range_out_of_reach_is_cut_or_left_out),
        cmocka_unit_test(empty_module_is_left_out),
        cmocka_unit_test(module_off_a_page_boundary_is_left_out),
        cmocka_unit_test(module_outside_of_memory_is_left_out),
        cmocka_unit_test(module_over_the_kernel_is_left_out),
        cmocka_unit_test(module_over_another_is_left_out),
        cmocka_unit_test(framebuffer_in_memory_is_left_out),
        cmocka_unit_test(framebuffer_that_is_huge_or_out_of_reach_is_left_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

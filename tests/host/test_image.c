/* SPDX-License-Identifier: MIT */
/* SOURCES: userland/lib/image.c lib/string.c tests/host/elf_file.c lib/elf.c */
/* Where a program goes: how much of a file its headers speak of, and the base of a PIE. */
#include "tests/host/elf_file.h"
#include "userland/lib/image.h"
#include <test.h>

#define PAGE        4096ull
#define WINDOW      0x40000000ull
#define WINDOW_SIZE 0x40000000ull

static void image_file_size_is_the_end_of_the_last_segment(void **state)
{
    (void)state;
    struct elf_file file;
    elf_file_init(&file);
    assert_int_equal(image_file_size(&file, sizeof(file)), sizeof(file));
    file.segments[CODE].filesz = 0x10000;
    assert_int_equal(image_file_size(&file, sizeof(file)), file.segments[CODE].offset + 0x10000);
}

static void image_file_size_of_headers_that_lie_elsewhere_is_0(void **state)
{
    (void)state;
    struct elf_file file;
    elf_file_init(&file);
    for (size_t size = 0; size < sizeof(file.header) + sizeof(file.segments); size++) {
        assert_int_equal(image_file_size(&file, size), 0);
    }
    file.header.phoff = ~0ull;
    assert_int_equal(image_file_size(&file, sizeof(file)), 0);
    elf_file_init(&file);
    file.header.phnum = 0xffff;
    assert_int_equal(image_file_size(&file, sizeof(file)), 0);
}

static void image_file_size_does_not_wrap(void **state)
{
    (void)state;
    struct elf_file file;
    elf_file_init(&file);
    file.segments[DATA].filesz = ~0ull;
    assert_int_equal(image_file_size(&file, sizeof(file)), 0);
}

static void expect_inside(const struct elf_image *image, const struct j6_layout_info *layout,
                          uint64_t base)
{
    assert_int_equal(base % image->align, 0);
    assert_true(base >= layout->window);
    assert_true(base + image->high <= layout->window + layout->window_size);
    if (layout->clock_page != 0) {
        assert_true(base + image->high <= layout->clock_page || base >= layout->clock_page + PAGE);
    }
}

static void image_base_lies_in_the_window_beside_the_clock_page(void **state)
{
    (void)state;
    static const uint64_t clock_pages[] = {0, WINDOW, WINDOW + 77 * PAGE,
                                           WINDOW + WINDOW_SIZE - PAGE};
    static const uint64_t aligns[] = {PAGE, 16 * PAGE, 0x200000};
    struct j6_layout_info layout = {.window = WINDOW, .window_size = WINDOW_SIZE};
    for (size_t c = 0; c < 4; c++) {
        layout.clock_page = clock_pages[c];
        for (size_t a = 0; a < 3; a++) {
            struct elf_image image = {.pie = true, .high = 9 * PAGE, .align = aligns[a]};
            for (uint64_t random = 0; random < 500; random++) {
                expect_inside(&image, &layout, image_base(&image, &layout, random));
                expect_inside(&image, &layout, image_base(&image, &layout, ~random * 0x9e3779b97f));
            }
        }
    }
}

static void image_base_takes_every_place_of_a_small_window(void **state)
{
    (void)state;
    struct j6_layout_info layout = {.window = WINDOW, .window_size = 8 * PAGE};
    struct elf_image image = {.pie = true, .high = 5 * PAGE, .align = PAGE};
    for (uint64_t random = 0; random < 4; random++) {
        assert_int_equal(image_base(&image, &layout, random), WINDOW + random * PAGE);
    }
    assert_int_equal(image_base(&image, &layout, 4), WINDOW);
}

static void image_base_without_room_is_0(void **state)
{
    (void)state;
    struct j6_layout_info layout = {.window = WINDOW, .window_size = 8 * PAGE};
    struct elf_image image = {.pie = true, .high = 9 * PAGE, .align = PAGE};
    assert_int_equal(image_base(&image, &layout, 1), 0);
    image.high = 5 * PAGE;
    layout.clock_page = WINDOW + 4 * PAGE;
    for (uint64_t random = 0; random < 8; random++) {
        assert_int_equal(image_base(&image, &layout, random), 0);
    }
}

static struct elf_image two_segments(uint64_t a, uint64_t a_size, uint64_t b, uint64_t b_size)
{
    return (struct elf_image){
        .segment_count = 2,
        .segments = {{.file_offset = a, .file_size = a_size},
                     {.file_offset = b, .file_size = b_size}},
    };
}

static void image_pages_are_apart_if_no_page_has_bytes_of_two_segments(void **state)
{
    (void)state;
    static const struct {
        uint64_t a, a_size, b, b_size;
        bool apart;
    } cases[] = {
        {0, PAGE, PAGE, 1, true},
        {0, PAGE + 1, PAGE, 1, false},
        {0, PAGE + 1, 2 * PAGE - 1, 1, false},
        {0, PAGE + 1, 2 * PAGE, 9, true},
        {5 * PAGE + 3, 1, 5 * PAGE + 4, 1, false},
        {0, 9 * PAGE, 4 * PAGE, PAGE, false},
        {0, 9 * PAGE, 4 * PAGE, 0, true}, /* nothing there */
        {0, 0, 0, 0, true},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct elf_image image =
            two_segments(cases[i].a, cases[i].a_size, cases[i].b, cases[i].b_size);
        assert_int_equal(image_pages_are_apart(&image), cases[i].apart);
        image = two_segments(cases[i].b, cases[i].b_size, cases[i].a, cases[i].a_size);
        assert_int_equal(image_pages_are_apart(&image), cases[i].apart);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(image_file_size_is_the_end_of_the_last_segment),
        cmocka_unit_test(image_file_size_of_headers_that_lie_elsewhere_is_0),
        cmocka_unit_test(image_file_size_does_not_wrap),
        cmocka_unit_test(image_base_lies_in_the_window_beside_the_clock_page),
        cmocka_unit_test(image_base_takes_every_place_of_a_small_window),
        cmocka_unit_test(image_base_without_room_is_0),
        cmocka_unit_test(image_pages_are_apart_if_no_page_has_bytes_of_two_segments),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: MIT */
/* SOURCES: arch/x86_64/multiboot2.c arch/x86_64/multiboot2_map.c */
/* The boot information: what is right comes out, what is damaged is left out with a warning. */
#include <test_multiboot2.h>

static void modules_come_in_order_with_names(void **state)
{
    (void)state;
    put_module(0x1000, 0x2345, "init first second");
    put_module(0x3000, 0x3000, "  empty");
    put_module(0x5000, 0x6000, "");
    read_all();
    assert_int_equal(warnings, 0);
    assert_int_equal(info.module_count, 3);
    assert_int_equal(info.modules[0].start, 0x1000);
    assert_int_equal(info.modules[0].end, 0x2345);
    assert_string_equal(info.modules[0].command_line, "init first second");
    assert_string_equal(info.modules[0].name, "init");
    assert_string_equal(info.modules[1].name, "empty");
    assert_string_equal(info.modules[2].name, "");
}

static void module_that_ends_before_its_start_is_left_out(void **state)
{
    (void)state;
    put_module(0x2000, 0x1fff, "wrong");
    put_module(0x3000, 0x4000, "right");
    read_all();
    assert_int_equal(warnings, 1);
    assert_int_equal(info.module_count, 1);
    assert_string_equal(info.modules[0].name, "right");
}

static void modules_beyond_the_maximum_are_left_out(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < BOOT_MODULES_MAX + 3; i++) {
        put_module(i * 0x1000, (i + 1) * 0x1000, "module");
    }
    read_all();
    assert_int_equal(info.module_count, BOOT_MODULES_MAX);
    assert_int_equal(warnings, 3);
}

static void module_with_long_or_endless_line_is_cut(void **state)
{
    (void)state;
    char line[400];
    memset(line, 'x', sizeof(line));
    size_t tag = tag_begin(3);
    put_u32(0x1000);
    put_u32(0x2000);
    put(line, sizeof(line));
    tag_end(tag);
    tag = tag_begin(3);
    put_u32(0x1000);
    put_u32(0x2000);
    tag_end(tag);
    read_all();
    assert_int_equal(info.module_count, 2);
    assert_int_equal(strlen(info.modules[0].command_line), BOOT_MODULE_LINE_MAX - 1);
    assert_int_equal(strlen(info.modules[0].name), BOOT_NAME_MAX - 1);
    assert_string_equal(info.modules[1].command_line, "");
    assert_int_equal(warnings, 4);
}

static void command_line_is_split_into_options(void **state)
{
    (void)state;
    put_tag(1, "  log=debug pti  a=1 a=2 verdict=0xf4 empty= ", 46);
    put_tag(2, "GRUB 2.06", 10);
    read_all();
    assert_int_equal(warnings, 0);
    assert_string_equal(info.loader, "GRUB 2.06");
    assert_string_equal(boot_option(&info, "log"), "debug");
    assert_string_equal(boot_option(&info, "pti"), "");
    assert_string_equal(boot_option(&info, "a"), "2");
    assert_string_equal(boot_option(&info, "verdict"), "0xf4");
    assert_string_equal(boot_option(&info, "empty"), "");
    assert_null(boot_option(&info, "lo"));
    assert_null(boot_option(&info, "logs"));
    assert_null(boot_option(&info, "debug"));
}

static void command_line_that_is_missing_has_no_options(void **state)
{
    (void)state;
    read_all();
    assert_null(boot_option(&info, "log"));
    assert_string_equal(info.command_line, "");
}

static void command_line_of_64_kib_is_cut(void **state)
{
    (void)state;
    static char line[64 * KIB];
    for (size_t i = 0; i + 2 < sizeof(line); i += 2) {
        memcpy(line + i, "x ", 2);
    }
    memcpy(line, "log=debug", 9);
    put_tag(1, line, sizeof(line));
    read_all();
    assert_int_equal(warnings, 1);
    assert_int_equal(strlen(info.command_line), BOOT_COMMAND_LINE_MAX - 1);
    assert_string_equal(boot_option(&info, "log"), "debug");
    assert_string_equal(boot_option(&info, "x"), "");
}

static void command_line_full_of_one_letter_words_fits(void **state)
{
    (void)state;
    char line[BOOT_COMMAND_LINE_MAX];
    memset(line, 'x', sizeof(line));
    line[sizeof(line) - 1] = '\0';
    put_tag(1, line, sizeof(line));
    read_all();
    assert_string_equal(info.options, line);
    assert_int_equal(info.options[BOOT_COMMAND_LINE_MAX], '\0');
}

static void command_line_without_end_is_taken_as_far_as_its_tag(void **state)
{
    (void)state;
    put_tag(1, "a b=c", 5);
    read_all();
    assert_int_equal(warnings, 1);
    assert_string_equal(info.command_line, "a b=c");
}

static void framebuffer_rgb_is_read(void **state)
{
    (void)state;
    put_framebuffer(0xfd000000, 1024, 768, 32, 4096, 1);
    read_all();
    assert_int_equal(warnings, 0);
    assert_int_equal(info.framebuffer.kind, BOOT_FRAMEBUFFER_RGB);
    assert_int_equal(info.framebuffer.address, 0xfd000000);
    assert_int_equal(info.framebuffer.width, 1024);
    assert_int_equal(info.framebuffer.height, 768);
    assert_int_equal(info.framebuffer.pitch, 4096);
    assert_int_equal(info.framebuffer.bits_per_pixel, 32);
    assert_int_equal(info.framebuffer.red.position, 16);
    assert_int_equal(info.framebuffer.green.position, 8);
    assert_int_equal(info.framebuffer.blue.size, 8);
}

static void framebuffer_text_is_read(void **state)
{
    (void)state;
    put_framebuffer(0xb8000, 80, 25, 16, 160, 2);
    read_all();
    assert_int_equal(info.framebuffer.kind, BOOT_FRAMEBUFFER_TEXT);
    assert_int_equal(info.framebuffer.width, 80);
}

static void framebuffer_that_makes_no_sense_is_left_out(void **state)
{
    (void)state;
    static const struct {
        uint64_t address;
        uint32_t width, height;
        uint8_t bits;
        uint32_t pitch;
        uint8_t type;
    } bad[] = {
        {0xfd000000, 0, 768, 32, 4096, 1},    {0xfd000000, 1024, 0, 32, 4096, 1},
        {0xfd000000, 1024, 768, 32, 4095, 1}, {0xfd000000, 1024, 768, 33, 8192, 1},
        {0xfd000000, 1024, 768, 8, 4096, 1},  {~0ull - 4096, 1024, 768, 32, 4096, 1},
        {1ull << 52, 1024, 768, 32, 4096, 1}, {0xfd000000, 1u << 31, 768, 32, 4096, 1},
        {0xfd000000, 1024, 768, 16, 4096, 1}, {0xb8000, 80, 25, 8, 160, 2},
        {0xfd000000, 1024, 768, 32, 4096, 3},
    };
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        set_up(NULL);
        put_framebuffer(bad[i].address, bad[i].width, bad[i].height, bad[i].bits, bad[i].pitch,
                        bad[i].type);
        read_all();
        assert_int_equal(info.framebuffer.kind, BOOT_FRAMEBUFFER_NONE);
        assert_int_equal(warnings, 1);
    }
}

static void framebuffer_without_its_colours_is_left_out(void **state)
{
    (void)state;
    put_framebuffer(0xfd000000, 1024, 768, 32, 4096, 1);
    uint32_t size = 37;
    memcpy(bytes + 12, &size, sizeof(size));
    read_all();
    assert_int_equal(info.framebuffer.kind, BOOT_FRAMEBUFFER_NONE);
}

static void framebuffer_with_palette_is_left_unused(void **state)
{
    (void)state;
    put_framebuffer(0xfd000000, 1024, 768, 8, 1024, 0);
    read_all();
    assert_int_equal(info.framebuffer.kind, BOOT_FRAMEBUFFER_NONE);
    assert_int_equal(warnings, 0);
}

static void rsdp_newer_one_wins_in_either_order(void **state)
{
    (void)state;
    char old[20];
    char new[36];
    memset(old, 'o', sizeof(old));
    memset(new, 'n', sizeof(new));
    for (int order = 0; order < 2; order++) {
        set_up(NULL);
        put_tag(order == 0 ? 14 : 15, order == 0 ? old : new, order == 0 ? 20 : 36);
        put_tag(order == 0 ? 15 : 14, order == 0 ? new : old, order == 0 ? 36 : 20);
        read_all();
        assert_int_equal(info.rsdp_len, 36);
        assert_memory_equal(info.rsdp, new, 36);
    }
    set_up(NULL);
    put_tag(14, old, sizeof(old));
    read_all();
    assert_int_equal(info.rsdp_len, 20);
    assert_memory_equal(info.rsdp, old, 20);
}

static void tags_unknown_are_skipped(void **state)
{
    (void)state;
    put_tag(4, "12345678", 8);
    put_tag(5, "", 0);
    put_tag(7, zeros, sizeof(zeros));
    put_tag(21, "abc", 3);
    put_tag(0xffffffff, "abcde", 5);
    put_tag(32 + 6, "abcde", 5);
    put_module(0x1000, 0x2000, "init");
    read_all();
    assert_int_equal(warnings, 0);
    assert_int_equal(info.module_count, 1);
}

static void tags_repeated_count_once(void **state)
{
    (void)state;
    put_tag(1, "first", 6);
    put_tag(1, "second", 7);
    for (int i = 0; i < 2; i++) {
        size_t tag = map_begin(24);
        put_range(0, (uint64_t)(i + 1) * MIB, AVAILABLE);
        tag_end(tag);
    }
    put_framebuffer(0xb8000, 80, 25, 16, 160, 2);
    put_framebuffer(0xfd000000, 1024, 768, 32, 4096, 1);
    read_all();
    assert_int_equal(warnings, 3);
    assert_string_equal(info.command_line, "first");
    assert_int_equal(info.range_count, 1);
    assert_int_equal(info.ranges[0].end, 1 * MIB);
    assert_int_equal(info.framebuffer.kind, BOOT_FRAMEBUFFER_TEXT);
}

static void tags_too_short_for_their_type_are_skipped(void **state)
{
    (void)state;
    put_tag(3, "1234567", 7);
    put_tag(6, "1234567", 7);
    put_tag(8, zeros, 23);
    put_tag(1, "", 0);
    put_module(0x1000, 0x2000, "init");
    read_all();
    assert_int_equal(info.module_count, 1);
    assert_int_equal(info.range_count, 0);
    assert_int_equal(warnings, 4);
}

static void tag_of_impossible_size_ends_the_reading(void **state)
{
    (void)state;
    static const uint32_t sizes[] = {0, 1, 7, 4096, 0x80000000, 0xfffffff9, 0xffffffff};
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        set_up(NULL);
        put_module(0x1000, 0x2000, "init");
        size_t tag = tag_begin(3);
        put("12345678", 9);
        memcpy(bytes + tag + 4, &sizes[i], sizeof(sizes[i]));
        put_module(0x3000, 0x4000, "unseen");
        read_all();
        assert_int_equal(info.module_count, 1);
        assert_int_equal(warnings, 1);
    }
}

static void information_without_end_tag_is_read_to_its_end(void **state)
{
    (void)state;
    put_module(0x1000, 0x2000, "init");
    uint32_t total = (uint32_t)len;
    memcpy(bytes, &total, sizeof(total));
    assert_int_equal(read_exactly(len), j6_status_ok);
    assert_int_equal(info.module_count, 1);
    assert_int_equal(warnings, 1);
}

static void information_cut_anywhere_is_read_without_harm(void **state)
{
    (void)state;
    put_module(0x1000, 0x2000, "init");
    put_tag(1, "log=debug", 10);
    size_t tag = map_begin(24);
    put_range(0, 1 * MIB, AVAILABLE);
    tag_end(tag);
    put_framebuffer(0xfd000000, 1024, 768, 32, 4096, 1);
    put_tag(15, zeros, 36);
    read_all();
    for (size_t cut = 0; cut <= len; cut++) {
        j6_status_t status = read_exactly(cut);
        assert_int_equal(status, cut < 8 ? j6_err_invalid_arg : j6_status_ok);
        assert_true(cut < 8 || cut == len || warnings > 0);
    }
}

static void information_without_head_is_refused(void **state)
{
    (void)state;
    for (uint32_t total = 0; total < 8; total++) {
        memcpy(bytes, &total, sizeof(total));
        assert_int_equal(read_exactly(16), j6_err_invalid_arg);
        assert_int_equal(info.range_count, 0);
        assert_int_equal(info.module_count, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(modules_come_in_order_with_names, set_up),
        cmocka_unit_test_setup(module_that_ends_before_its_start_is_left_out, set_up),
        cmocka_unit_test_setup(modules_beyond_the_maximum_are_left_out, set_up),
        cmocka_unit_test_setup(module_with_long_or_endless_line_is_cut, set_up),
        cmocka_unit_test_setup(command_line_is_split_into_options, set_up),
        cmocka_unit_test_setup(command_line_that_is_missing_has_no_options, set_up),
        cmocka_unit_test_setup(command_line_of_64_kib_is_cut, set_up),
        cmocka_unit_test_setup(command_line_full_of_one_letter_words_fits, set_up),
        cmocka_unit_test_setup(command_line_without_end_is_taken_as_far_as_its_tag, set_up),
        cmocka_unit_test_setup(framebuffer_rgb_is_read, set_up),
        cmocka_unit_test_setup(framebuffer_text_is_read, set_up),
        cmocka_unit_test_setup(framebuffer_that_makes_no_sense_is_left_out, set_up),
        cmocka_unit_test_setup(framebuffer_without_its_colours_is_left_out, set_up),
        cmocka_unit_test_setup(framebuffer_with_palette_is_left_unused, set_up),
        cmocka_unit_test_setup(rsdp_newer_one_wins_in_either_order, set_up),
        cmocka_unit_test_setup(tags_unknown_are_skipped, set_up),
        cmocka_unit_test_setup(tags_repeated_count_once, set_up),
        cmocka_unit_test_setup(tags_too_short_for_their_type_are_skipped, set_up),
        cmocka_unit_test_setup(tag_of_impossible_size_ends_the_reading, set_up),
        cmocka_unit_test_setup(information_without_end_tag_is_read_to_its_end, set_up),
        cmocka_unit_test_setup(information_cut_anywhere_is_read_without_harm, set_up),
        cmocka_unit_test_setup(information_without_head_is_refused, set_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: MIT */
/* SOURCES: kernel/base/screen.c lib/font.c lib/log_line.c lib/sgr.c lib/format.c */
/* The early screen, read back from the framebuffer as characters and as pixels. */
#include "kernel/base/screen.h"

#include <stdlib.h>
#include <string.h>
#include <test.h>

enum { FONT_HEIGHT = 10, GLYPHS = 256, PSF1_HEAD = 4, PSF2_HEAD = 32 };

/* Every glyph shows its number in its rows, and no two are alike; the blank is blank. */
static uint8_t psf[PSF2_HEAD + GLYPHS * FONT_HEIGHT];
static struct font font;

static void make_glyphs(uint8_t *glyphs)
{
    for (uint32_t glyph = 0; glyph < GLYPHS; glyph++) {
        for (uint32_t row = 0; row < FONT_HEIGHT; row++) {
            uint8_t bits = row == 0 ? 0x81 : (uint8_t)(glyph * (row % 3 == 1));
            glyphs[glyph * FONT_HEIGHT + row] = glyph == ' ' ? 0 : bits;
        }
    }
}

static void make_psf1(void)
{
    memcpy(psf, (uint8_t[]){0x36, 0x04, 0, FONT_HEIGHT}, PSF1_HEAD);
    make_glyphs(psf + PSF1_HEAD);
}

static struct screen screen;
static uint8_t *memory;

static int set_up(void **state)
{
    (void)state;
    make_psf1();
    assert_int_equal(font_read(psf, sizeof(psf), &font), j6_status_ok);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    free(memory);
    memory = NULL;
    return 0;
}

static struct boot_framebuffer rgb(uint32_t width, uint32_t height, uint32_t bits, uint32_t pitch)
{
    bool high = bits > 16;
    struct boot_framebuffer framebuffer = {
        .kind = BOOT_FRAMEBUFFER_RGB,
        .width = width,
        .height = height,
        .bits_per_pixel = bits,
        .pitch = pitch,
        .red = {high         ? 16
                : bits == 16 ? 11
                             : 10,
                high ? 8 : 5},
        .green = {high ? 8 : 5, high         ? 8
                                : bits == 16 ? 6
                                             : 5},
        .blue = {0, high ? 8 : 5},
    };
    return framebuffer;
}

/* Begins with garbage in exactly as much memory as there may be. */
static j6_status_t begin(const struct boot_framebuffer *framebuffer)
{
    size_t size = (size_t)framebuffer->pitch * framebuffer->height;
    free(memory);
    memory = malloc(size);
    memset(memory, 0xa5, size);
    return screen_init(&screen, memory, framebuffer, &font);
}

static void write_text(enum j6_log_severity severity, const char *text)
{
    screen.console.write(screen.console.context, severity, text, strlen(text));
}

static uint32_t pixel(uint32_t x, uint32_t y)
{
    uint32_t value = 0;
    uint32_t size = (screen.framebuffer.bits_per_pixel + 7) / 8;
    memcpy(&value, memory + (size_t)y * screen.framebuffer.pitch + (size_t)x * size, size);
    return value;
}

/* The character in a cell, 0 for what no glyph looks like. */
static char cell(uint32_t row, uint32_t column)
{
    uint8_t seen[FONT_HEIGHT] = {0};
    for (uint32_t y = 0; y < FONT_HEIGHT; y++) {
        for (uint32_t x = 0; x < 8; x++) {
            seen[y] |= (uint8_t)((pixel(column * 8 + x, row * FONT_HEIGHT + y) != 0) << (7 - x));
        }
    }
    for (char c = ' '; c <= '~'; c++) {
        if (memcmp(seen, font_glyph(&font, c), FONT_HEIGHT) == 0) {
            return c;
        }
    }
    return 0;
}

static void assert_row(uint32_t row, const char *text)
{
    size_t len = strlen(text);
    for (uint32_t column = 0; column < screen.columns; column++) {
        assert_int_equal(cell(row, column), column < len ? text[column] : ' ');
    }
}

static void font_of_both_versions_is_read(void **state)
{
    (void)state;
    assert_int_equal(font.count, 256);
    assert_int_equal(font.height, FONT_HEIGHT);
    assert_ptr_equal(font_glyph(&font, 'A'), psf + PSF1_HEAD + 'A' * FONT_HEIGHT);
    assert_ptr_equal(font_glyph(&font, '\x80'), font_glyph(&font, '?'));
    assert_ptr_equal(font_glyph(&font, '\x7f'), font_glyph(&font, '?'));

    uint32_t head[] = {0x864ab572, 0, PSF2_HEAD, 0, GLYPHS, FONT_HEIGHT, FONT_HEIGHT, 8};
    memcpy(psf, head, sizeof(head));
    assert_int_equal(font_read(psf, sizeof(psf), &font), j6_status_ok);
    assert_int_equal(font.count, GLYPHS);
    assert_ptr_equal(font_glyph(&font, 'A'), psf + PSF2_HEAD + 'A' * FONT_HEIGHT);
}

static void font_that_is_damaged_is_refused(void **state)
{
    (void)state;
    struct font unchanged = font;
    size_t size = PSF1_HEAD + GLYPHS * FONT_HEIGHT;
    for (size_t len = 0; len < size; len++) {
        assert_int_equal(font_read(psf, len, &font), j6_err_invalid_arg);
    }
    psf[2] = 1; /* 512 glyphs */
    assert_int_equal(font_read(psf, size, &font), j6_err_invalid_arg);
    psf[2] = 0;
    psf[3] = 0;
    assert_int_equal(font_read(psf, size, &font), j6_err_invalid_arg);
    for (uint32_t field = 0; field < 8; field++) {
        uint32_t head[] = {0x864ab572, 0, PSF2_HEAD, 0, GLYPHS, FONT_HEIGHT, FONT_HEIGHT, 8};
        head[field] = field == 1 || field == 3 ? 0 : 0x7fffffff;
        memcpy(psf, head, sizeof(head));
        assert_int_equal(font_read(psf, sizeof(psf), &font),
                         field == 1 || field == 3 ? j6_status_ok : j6_err_invalid_arg);
    }
    assert_memory_equal(&unchanged.height, &font.height, sizeof(font.height));
}

static void text_appears_in_every_pixel_format(void **state)
{
    (void)state;
    static const struct {
        uint32_t bits, pitch;
        uint32_t warning; /* 0xffd75f in this format */
    } formats[] = {
        {32, 100 * 4, 0xffd75f},
        {32, 103 * 4 + 1, 0xffd75f},
        {24, 100 * 3, 0xffd75f},
        {24, 100 * 3 + 20, 0xffd75f},
        {16, 100 * 2, 0x1f << 11 | 0x35 << 5 | 0x0b},
        {15, 100 * 2 + 2, 0x1f << 10 | 0x1a << 5 | 0x0b},
    };
    for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++) {
        struct boot_framebuffer framebuffer = rgb(100, 57, formats[i].bits, formats[i].pitch);
        assert_int_equal(begin(&framebuffer), j6_status_ok);
        assert_int_equal(screen.columns, 12);
        assert_int_equal(screen.rows, 5);
        write_text(j6_log_output, "Hi, you!\n");
        write_text(j6_log_warning, "~~");
        assert_row(0, "Hi, you!");
        assert_row(1, "~~");
        for (uint32_t row = 2; row < 5; row++) {
            assert_row(row, "");
        }
        assert_int_equal(pixel(0, FONT_HEIGHT), formats[i].warning);
    }
}

static void colours_may_lie_anywhere_in_a_pixel(void **state)
{
    (void)state;
    struct boot_framebuffer framebuffer = rgb(80, 20, 32, 320);
    framebuffer.red = (struct boot_colour){0, 10};
    framebuffer.green = (struct boot_colour){10, 10};
    framebuffer.blue = (struct boot_colour){20, 10};
    assert_int_equal(begin(&framebuffer), j6_status_ok);
    write_text(j6_log_error, "A");
    assert_int_equal(pixel(0, 0), (0x6bu << 2) << 20 | (0x6bu << 2) << 10 | 0xff << 2);
}

static void screen_begins_black(void **state)
{
    (void)state;
    struct boot_framebuffer framebuffer = rgb(83, 47, 32, 83 * 4 + 12);
    assert_int_equal(begin(&framebuffer), j6_status_ok);
    for (size_t i = 0; i < (size_t)framebuffer.pitch * framebuffer.height; i++) {
        assert_int_equal(memory[i], 0);
    }
}

static void line_longer_than_the_screen_goes_on_below(void **state)
{
    (void)state;
    struct boot_framebuffer framebuffer = rgb(80, 50, 32, 320);
    assert_int_equal(begin(&framebuffer), j6_status_ok);
    write_text(j6_log_info, "0123456789\nabcdefghijklm\n-");
    assert_row(0, "0123456789");
    assert_row(1, "abcdefghij");
    assert_row(2, "klm");
    assert_row(3, "-");
}

static void controls_move_or_show_as_a_question_mark(void **state)
{
    (void)state;
    struct boot_framebuffer framebuffer = rgb(160, 30, 32, 640);
    assert_int_equal(begin(&framebuffer), j6_status_ok);
    write_text(j6_log_info, "a\tb\r\x1b\xc3z\n\t\t\tc");
    assert_row(0, "a       b?z");
    assert_row(1, "");
    assert_row(2, "c");
}

static void full_page_goes_on_at_the_top_over_cleared_lines(void **state)
{
    (void)state;
    struct boot_framebuffer framebuffer = rgb(80, 50, 32, 320);
    assert_int_equal(begin(&framebuffer), j6_status_ok);
    write_text(j6_log_info, "0000000000\n1111111111\n2222222222\n3333333333\n4444444444");
    assert_row(0, "0000000000");
    write_text(j6_log_info, "\n5");
    assert_row(0, "5");
    assert_row(1, "");
    assert_row(2, "2222222222");
    assert_row(4, "4444444444");
    write_text(j6_log_info, "\n6\n7\n8\n9");
    assert_row(0, "5");
    assert_row(3, "8");
    assert_row(4, "9");
    write_text(j6_log_info, "\nX");
    assert_row(0, "X");
    assert_row(1, "");
    assert_row(2, "7");
}

static void reset_begins_the_last_page(void **state)
{
    (void)state;
    struct boot_framebuffer framebuffer = rgb(80, 55, 32, 320);
    assert_int_equal(begin(&framebuffer), j6_status_ok);
    write_text(j6_log_info, "some\ntext");
    memset(memory, 0x77, 320 * 55);
    screen.console.reset(screen.console.context);
    write_text(j6_log_info, "PANIC");
    assert_row(0, "PANIC");
    assert_row(1, "");
    assert_int_equal(pixel(79, 54), 0);
    write_text(j6_log_info, "\n1\n2\n3\n444444444455\n6\n7");
    assert_row(0, "PANIC");
    assert_row(1, "1");
    assert_row(4, "4444444444");
}

static void ega_text_is_written_as_cells(void **state)
{
    (void)state;
    struct boot_framebuffer framebuffer = {
        .kind = BOOT_FRAMEBUFFER_TEXT, .width = 10, .height = 3, .pitch = 24, .bits_per_pixel = 16};
    assert_int_equal(begin(&framebuffer), j6_status_ok);
    write_text(j6_log_info, "info \n");
    write_text(j6_log_error, "e\n");
    write_text(j6_log_output, "0123456789X");
    const uint16_t *row = (const uint16_t *)memory;
    assert_int_equal(row[0], 0x0f00 | 'X');
    assert_int_equal(row[1], 0x0720);
    row = (const uint16_t *)(memory + 24);
    assert_int_equal(row[0], 0x0720);
    row = (const uint16_t *)(memory + 48);
    assert_int_equal(row[0], 0x0f00 | '0');
    assert_int_equal(row[9], 0x0f00 | '9');
    assert_int_equal(row[10], 0xa5a5);
}

static void nothing_is_shown_while_the_memory_is_not_mapped(void **state)
{
    (void)state;
    struct boot_framebuffer framebuffer = rgb(80, 40, 32, 320);
    assert_int_equal(begin(&framebuffer), j6_status_ok);
    screen.memory = NULL;
    screen.console.write(screen.console.context, j6_log_info, "x\n", 2);
    screen.console.reset(screen.console.context);
    screen.console.write(screen.console.context, j6_log_error, "y", 1);
}

static void sequences_colour_a_text_and_are_not_shown(void **state)
{
    (void)state;
    struct boot_framebuffer framebuffer = rgb(80, FONT_HEIGHT, 32, 320);
    framebuffer.kind = BOOT_FRAMEBUFFER_TEXT;
    framebuffer.pitch = 160;
    assert_int_equal(begin(&framebuffer), j6_status_ok);
    write_text(j6_log_output, "a\x1b[31mb\x1b[0mc\x1b[32md");
    write_text(j6_log_output, "e");
    const uint16_t *row = (const uint16_t *)memory;
    assert_int_equal(row[0], 0x0f00 | 'a');
    assert_int_equal(row[1], 0x0c00 | 'b');
    assert_int_equal(row[2], 0x0f00 | 'c');
    assert_int_equal(row[3], 0x0a00 | 'd');
    assert_int_equal(row[4], 0x0f00 | 'e');
}

static void screen_without_room_for_a_character_is_refused(void **state)
{
    (void)state;
    struct boot_framebuffer narrow = rgb(7, 100, 32, 28);
    struct boot_framebuffer low = rgb(100, FONT_HEIGHT - 1, 32, 400);
    struct boot_framebuffer none = rgb(100, 100, 32, 400);
    none.kind = BOOT_FRAMEBUFFER_NONE;
    assert_int_equal(begin(&narrow), j6_err_invalid_arg);
    assert_int_equal(begin(&low), j6_err_invalid_arg);
    assert_int_equal(begin(&none), j6_err_invalid_arg);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(font_of_both_versions_is_read, set_up, tear_down),
        cmocka_unit_test_setup_teardown(font_that_is_damaged_is_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(text_appears_in_every_pixel_format, set_up, tear_down),
        cmocka_unit_test_setup_teardown(colours_may_lie_anywhere_in_a_pixel, set_up, tear_down),
        cmocka_unit_test_setup_teardown(screen_begins_black, set_up, tear_down),
        cmocka_unit_test_setup_teardown(line_longer_than_the_screen_goes_on_below, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(controls_move_or_show_as_a_question_mark, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(full_page_goes_on_at_the_top_over_cleared_lines, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(reset_begins_the_last_page, set_up, tear_down),
        cmocka_unit_test_setup_teardown(ega_text_is_written_as_cells, set_up, tear_down),
        cmocka_unit_test_setup_teardown(nothing_is_shown_while_the_memory_is_not_mapped, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(sequences_colour_a_text_and_are_not_shown, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(screen_without_room_for_a_character_is_refused, set_up,
                                        tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

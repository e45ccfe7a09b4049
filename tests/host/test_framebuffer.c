/* SPDX-License-Identifier: MIT */
/* SOURCES: drivers/framebuffer/glyphs.c drivers/framebuffer/grid.c drivers/framebuffer/log_view.c drivers/framebuffer/picture.c drivers/framebuffer/terminal.c drivers/framebuffer/utf8.c lib/format.c lib/log_line.c lib/sgr.c tests/host/picture_model.c */
/* The framebuffer's driver without its handles: text to cells, and cells to pixels. */
#include "drivers/framebuffer/log_view.h"
#include "picture_model.h"

#include <stdlib.h>
#include <string.h>
#include <test.h>

static struct font font;
static struct glyphs glyphs;
static struct picture picture;
static struct grid grid;
static struct terminal terminal;
static struct utf8 utf8;
static uint8_t *memory;
static void *cells;

static int set_up(void **state)
{
    (void)state;
    font = model_font(NULL, 0, false);
    glyphs_init(&glyphs, &font);
    utf8 = (struct utf8){0};
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    free(memory);
    free(cells);
    memory = NULL;
    cells = NULL;
    return 0;
}

static void begin(const struct j6_framebuffer *format, uint32_t width, uint32_t height)
{
    struct j6_framebuffer framebuffer = model_framebuffer(format, width, height);
    tear_down(NULL);
    memory = model_memory(&framebuffer);
    assert_int_equal(picture_init(&picture, memory, &framebuffer, &glyphs), j6_status_ok);
    cells = malloc(grid_size(&picture));
    picture_clear_margins(&picture);
    grid_init(&grid, &picture, cells);
    terminal_init(&terminal, &grid);
}

/* So many columns and rows, and some pixels that no cell covers. */
static void begin_cells(uint32_t columns, uint32_t rows)
{
    begin(&model_formats[0], columns * GLYPH_WIDTH + 5, rows * MODEL_FONT_HEIGHT + 3);
}

static void write_as(uint32_t severity, const char *text)
{
    terminal_write(&terminal, &utf8, severity, text, strlen(text));
}

static void write_text(const char *text)
{
    write_as(j6_log_output, text);
}

static uint32_t cell(uint32_t row, uint32_t column)
{
    return grid.wanted[(grid.top + row) % grid.rows * grid.columns + column];
}

static void assert_row(uint32_t row, const char *text)
{
    size_t len = strlen(text);
    for (uint32_t column = 0; column < grid.columns; column++) {
        assert_int_equal(cell(row, column) & 0xffff, column < len ? text[column] : ' ');
    }
}

static void assert_drawn(void)
{
    grid_flush(&grid);
    assert_int_equal(model_difference(&grid), -1);
}

/* ---- pixels --------------------------------------------------------------------------------- */

static void text_is_drawn_in_pixels_of_every_kind(void **state)
{
    (void)state;
    for (const struct j6_framebuffer *format = model_formats; format->width != 0; format++) {
        begin(format, 40 * GLYPH_WIDTH + 3, 6 * MODEL_FONT_HEIGHT + 7);
        for (uint32_t severity = 0; severity < j6_log_count; severity++) {
            write_as(severity, "Text of 40 characters goes to the end. !\xe2\x82\xac\n");
        }
        assert_drawn();
    }
}

static void pictures_of_any_size_are_drawn_whole(void **state)
{
    (void)state;
    const uint32_t sizes[][2] = {{8, 10}, {9, 11}, {15, 200}, {7000, 19}, {1366, 768}};
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        begin(&model_formats[i % 2 == 0 ? 0 : 4], sizes[i][0], sizes[i][1]);
        for (uint32_t j = 0; j < 2 * grid.rows; j++) {
            write_text("a line\nanother");
        }
        assert_drawn();
    }
}

static void a_picture_too_small_or_of_unknown_pixels_is_refused(void **state)
{
    (void)state;
    const uint32_t wrong[][3] = {{7, 10, 32}, {8, 9, 32}, {0, 0, 32}, {80, 80, 8}, {80, 80, 48}};
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        struct j6_framebuffer framebuffer =
            model_framebuffer(&model_formats[0], wrong[i][0], wrong[i][1]);
        framebuffer.bits_per_pixel = wrong[i][2];
        assert_int_equal(picture_init(&picture, NULL, &framebuffer, &glyphs), j6_err_invalid_arg);
    }
}

/* What is drawn shows where the framebuffer isn't as it was left. */
static void only_cells_that_have_changed_are_drawn(void **state)
{
    (void)state;
    begin_cells(20, 4);
    write_text("some text\nmore text\nand more");
    assert_drawn();
    size_t size = (size_t)picture.framebuffer.pitch * picture.framebuffer.height;
    memset(memory, 0x5a, size);
    write_text("\rand less");
    grid_flush(&grid);
    uint32_t changed = 0;
    for (size_t i = 0; i < size; i++) {
        uint32_t x = (uint32_t)(i % picture.framebuffer.pitch) / picture.pixel_size;
        uint32_t y = (uint32_t)(i / picture.framebuffer.pitch);
        bool in = y / MODEL_FONT_HEIGHT == 2 && x / GLYPH_WIDTH >= 4 && x / GLYPH_WIDTH < 8;
        assert_true(in || memory[i] == 0x5a);
        changed += memory[i] != 0x5a;
    }
    assert_int_equal(changed, 4 * GLYPH_WIDTH * MODEL_FONT_HEIGHT * picture.pixel_size);
}

static void text_that_is_written_again_is_not_drawn_again(void **state)
{
    (void)state;
    begin_cells(20, 4);
    write_text("same\nsame\nsame\nsame");
    assert_drawn();
    memset(memory, 0x5a, (size_t)picture.framebuffer.pitch * picture.framebuffer.height);
    write_text("\nsame");
    assert_true(grid_is_dirty(&grid));
    grid_flush(&grid);
    assert_false(grid_is_dirty(&grid));
    for (size_t i = 0; i < (size_t)picture.framebuffer.pitch * picture.framebuffer.height; i++) {
        assert_int_equal(memory[i], 0x5a);
    }
}

static void blanks_are_alike_whatever_their_colour(void **state)
{
    (void)state;
    assert_int_equal(cell_make(' ', j6_log_error), cell_make(' ', j6_log_output));
    assert_int_not_equal(cell_make('a', j6_log_error), cell_make('a', j6_log_output));
}

/* ---- text ----------------------------------------------------------------------------------- */

static void lines_wrap_when_more_comes_than_fits(void **state)
{
    (void)state;
    begin_cells(5, 4);
    write_text("12345\nabcdefg");
    assert_row(0, "12345");
    assert_row(1, "abcde");
    assert_row(2, "fg");
    assert_row(3, "");
    assert_drawn();
}

static void a_full_screen_scrolls(void **state)
{
    (void)state;
    begin_cells(8, 3);
    write_text("one\ntwo\nthree\nfour\nfive");
    assert_row(0, "three");
    assert_row(1, "four");
    assert_row(2, "five");
    assert_drawn();
    write_text("\n");
    assert_row(2, "");
    assert_drawn();
}

static void control_characters_move_or_do_nothing(void **state)
{
    (void)state;
    begin_cells(20, 6);
    write_text("over\rO\n");
    write_text("a\tb\t\tc\n");
    write_text("ab\b\bAB\b\b\b\bx\n");
    write_text("\x1b[1m\x1b\x07q\x7f\xc2\x85r\n");
    assert_row(0, "Over");
    assert_row(1, "a       b           ");
    assert_row(2, "c");
    assert_row(3, "xB");
    assert_row(4, "qr");
}

static void a_tab_at_the_end_of_a_line_stays_in_it(void **state)
{
    (void)state;
    begin_cells(10, 3);
    write_text("123456789\t\t\b!\n2");
    assert_row(0, "123456789!");
    assert_row(1, "2");
}

static void characters_that_come_in_pieces_are_put_together(void **state)
{
    (void)state;
    const uint8_t names[] = {0xac, 0x20, 0xff, 0xff};
    begin_cells(10, 2);
    font = model_font(names, sizeof(names), false);
    glyphs_init(&glyphs, &font);
    write_text("\xe2");
    write_text("\x82");
    write_text("\xac");
    assert_int_equal(cell(0, 0), cell_make(0, j6_log_output));
    assert_int_equal(terminal.column, 1);
    write_text("\xe2\x82");
    assert_int_equal(terminal.column, 1);
    terminal_end(&terminal, &utf8, j6_log_output);
    assert_int_equal(cell(0, 1) & 0xffff, GLYPH_BOX);
    terminal_end(&terminal, &utf8, j6_log_output);
    assert_int_equal(terminal.column, 2);
}

static void a_writer_that_was_not_the_last_one_begins_a_line(void **state)
{
    (void)state;
    static const char one, other;
    begin_cells(10, 6);
    terminal_begin(&terminal, &one);
    write_text("first");
    terminal_begin(&terminal, &one);
    write_text(" on");
    terminal_begin(&terminal, &other);
    write_text("second\n");
    terminal_begin(&terminal, &one);
    write_text("third");
    assert_row(0, "first on");
    assert_row(1, "second");
    assert_row(2, "third");
}

static void a_writer_chooses_colours_until_another_one_writes(void **state)
{
    (void)state;
    static const char one, other;
    begin_cells(10, 6);
    terminal_begin(&terminal, &one);
    write_text("a\x1b[31mb\x1b[32mc\x1b[0md\x1b[33m");
    terminal_begin(&terminal, &one);
    write_text("e");
    terminal_begin(&terminal, &other);
    write_text("f");
    assert_row(0, "abcde");
    assert_row(1, "f");
    static const uint32_t wanted[] = {j6_log_output, j6_log_error, LOG_COLOUR_GREEN, j6_log_output,
                                      j6_log_warning};
    for (uint32_t column = 0; column < 5; column++) {
        assert_int_equal(cell(0, column) >> 16, wanted[column]);
    }
    assert_int_equal(cell(1, 0) >> 16, j6_log_output);
    grid_flush(&grid);
    assert_int_equal(model_difference(&grid), -1);
}

static void whoever_comes_after_a_writer_that_has_left_begins_a_line(void **state)
{
    (void)state;
    static const char one, other;
    begin_cells(10, 6);
    terminal_begin(&terminal, &one);
    write_text("first");
    terminal_leave(&terminal, &other);
    terminal_begin(&terminal, &one);
    write_text(" on");
    terminal_leave(&terminal, &one);
    terminal_begin(&terminal, &one);
    write_text("second");
    assert_row(0, "first on");
    assert_row(1, "second");
}

/* ---- glyphs --------------------------------------------------------------------------------- */

static void ascii_is_where_the_font_has_it_and_what_it_lacks_is_a_box(void **state)
{
    (void)state;
    for (uint32_t character = ' '; character <= '~'; character++) {
        assert_int_equal(glyphs_find(&glyphs, character), character);
    }
    assert_int_equal(glyphs_find(&glyphs, 0xe4), GLYPH_BOX);
    assert_int_equal(glyphs_find(&glyphs, 0x10ffff), GLYPH_BOX);
    const uint8_t *box = glyphs_rows(&glyphs, GLYPH_BOX);
    assert_int_equal(box[0], 0);
    assert_int_equal(box[1], 0x7e);
    assert_int_equal(box[5], 0x42);
    assert_int_equal(box[MODEL_FONT_HEIGHT - 1], 0);
}

static void the_unicode_table_of_both_versions_is_read(void **state)
{
    (void)state;
    const uint8_t words[] = {'A',  0,    0x91, 0x03, 0xff, 0xff, /* A, Α */
                             0xe4, 0,    0xfe, 0xff, 'a',  0,
                             8,    3,    0xff, 0xff, /* ä; a with dots */
                             0x91, 0x03, 0x02, 0x26, 0xff, 0xff};
    const uint8_t bytes[] = {'A',  0xce, 0x91, 0xff, 0xc3, 0xa4, 0xfe, 'a', 0xcc,
                             0x88, 0xff, 0xce, 0x91, 0xe2, 0x98, 0x82, 0xff};
    for (int utf = 0; utf < 2; utf++) {
        font =
            utf ? model_font(bytes, sizeof(bytes), true) : model_font(words, sizeof(words), false);
        glyphs_init(&glyphs, &font);
        assert_int_equal(glyphs.name_count, 3);
        assert_int_equal(glyphs_find(&glyphs, 'A'), 'A');
        assert_int_equal(glyphs_find(&glyphs, 0x391), 0);
        assert_int_equal(glyphs_find(&glyphs, 0xe4), 1);
        assert_int_equal(glyphs_find(&glyphs, 0x2602), 2);
        assert_int_equal(glyphs_find(&glyphs, 0x308), GLYPH_BOX);
    }
}

/* More names than there is room for, for more glyphs than there are, and cut off anywhere. */
static void a_damaged_unicode_table_does_no_harm(void **state)
{
    (void)state;
    static uint8_t words[20000];
    for (size_t i = 0; i < sizeof(words); i += 2) {
        words[i] = (uint8_t)(i / 2);
        words[i + 1] = (uint8_t)((i / 2 >> 8) + 1);
    }
    font = model_font(words, sizeof(words) - 1, false);
    glyphs_init(&glyphs, &font);
    assert_int_equal(glyphs.name_count, GLYPH_NAMES_MAX);
    assert_int_equal(glyphs_find(&glyphs, 0x100), 0);
    assert_int_equal(glyphs_find(&glyphs, 0xffff), GLYPH_BOX);
    memset(words, 0xff, sizeof(words));
    words[sizeof(words) - 2] = 0xe4;
    words[sizeof(words) - 1] = 0;
    for (int utf = 0; utf < 2; utf++) {
        font = model_font(words, sizeof(words), utf != 0);
        glyphs_init(&glyphs, &font);
        assert_int_equal(glyphs.name_count, 0);
    }
}

/* ---- the log -------------------------------------------------------------------------------- */

static void log_text(struct log_view *view, uint64_t id, uint16_t severity, const char *text)
{
    char copy[64];
    struct j6_log_entry entry = {.id = id, .severity = severity, .len = (uint32_t)strlen(text)};
    memcpy(copy, text, entry.len);
    log_view_show(view, &entry, copy);
}

static void entries_are_lines_in_the_colour_of_their_severity(void **state)
{
    (void)state;
    struct log_view view = {.terminal = &terminal, .verbosity = j6_log_info};
    begin_cells(40, 10);
    log_text(&view, 1, j6_log_info, "news\nwith\ta break");
    log_text(&view, 2, j6_log_error, "bad");
    log_text(&view, 3, j6_log_debug, "unseen");
    log_text(&view, 4, j6_log_output, "bare\ttext\n");
    log_text(&view, 5, j6_log_output, "more\xc3");
    log_text(&view, 6, j6_log_output, "");
    log_text(&view, 7, j6_log_warning, "end");
    assert_row(0, "[    0.000000] news with a break");
    assert_row(1, "[    0.000000] error: bad");
    assert_row(2, "bare    text");
    assert_int_equal(cell(3, 4) & 0xffff, GLYPH_BOX);
    assert_row(4, "");
    assert_row(5, "[    0.000000] warning: end");
    assert_int_equal(cell(0, 0) >> 16, j6_log_info);
    assert_int_equal(cell(1, 24) >> 16, j6_log_error);
    assert_int_equal(cell(2, 0) >> 16, j6_log_output);
    assert_int_equal(cell(5, 26) >> 16, j6_log_warning);
    assert_drawn();
}

static void entries_that_were_missed_are_counted(void **state)
{
    (void)state;
    struct log_view view = {.terminal = &terminal, .verbosity = j6_log_debug};
    begin_cells(40, 5);
    log_text(&view, 1, j6_log_debug, "first");
    log_text(&view, 10, j6_log_output, "tenth");
    assert_row(0, "[    0.000000] debug: first");
    assert_row(1, "(8 entries of the log are lost)");
    assert_row(2, "tenth");
}

static void the_log_begins_at_the_start_of_a_line(void **state)
{
    (void)state;
    static const char program;
    struct log_view view = {.terminal = &terminal, .verbosity = j6_log_info};
    begin_cells(40, 5);
    terminal_begin(&terminal, &program);
    write_text("a prompt $ ");
    log_text(&view, 1, j6_log_output, "news");
    terminal_begin(&terminal, &program);
    write_text("more");
    assert_row(0, "a prompt $ ");
    assert_row(1, "news");
    assert_row(2, "more");
}

#define FRAMEBUFFER_TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        FRAMEBUFFER_TEST(text_is_drawn_in_pixels_of_every_kind),
        FRAMEBUFFER_TEST(pictures_of_any_size_are_drawn_whole),
        FRAMEBUFFER_TEST(a_picture_too_small_or_of_unknown_pixels_is_refused),
        FRAMEBUFFER_TEST(only_cells_that_have_changed_are_drawn),
        FRAMEBUFFER_TEST(text_that_is_written_again_is_not_drawn_again),
        FRAMEBUFFER_TEST(blanks_are_alike_whatever_their_colour),
        FRAMEBUFFER_TEST(lines_wrap_when_more_comes_than_fits),
        FRAMEBUFFER_TEST(a_full_screen_scrolls),
        FRAMEBUFFER_TEST(control_characters_move_or_do_nothing),
        FRAMEBUFFER_TEST(a_tab_at_the_end_of_a_line_stays_in_it),
        FRAMEBUFFER_TEST(characters_that_come_in_pieces_are_put_together),
        FRAMEBUFFER_TEST(a_writer_that_was_not_the_last_one_begins_a_line),
        FRAMEBUFFER_TEST(a_writer_chooses_colours_until_another_one_writes),
        FRAMEBUFFER_TEST(whoever_comes_after_a_writer_that_has_left_begins_a_line),
        FRAMEBUFFER_TEST(ascii_is_where_the_font_has_it_and_what_it_lacks_is_a_box),
        FRAMEBUFFER_TEST(the_unicode_table_of_both_versions_is_read),
        FRAMEBUFFER_TEST(a_damaged_unicode_table_does_no_harm),
        FRAMEBUFFER_TEST(entries_are_lines_in_the_colour_of_their_severity),
        FRAMEBUFFER_TEST(entries_that_were_missed_are_counted),
        FRAMEBUFFER_TEST(the_log_begins_at_the_start_of_a_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

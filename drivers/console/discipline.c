/* SPDX-License-Identifier: MIT */
#include "drivers/console/discipline.h"
#include <proto/terminal.h>

enum {
    CTRL_C = 0x03,
    CTRL_D = 0x04,
    CTRL_H = 0x08,
    CTRL_R = 0x12,
    CTRL_U = 0x15,
    CTRL_V = 0x16,
    CTRL_W = 0x17,
    DELETE = 0x7f,
};

enum {
    TAB_WIDTH = 8,
    SHOWN_MAX = 512,  /* bytes of a line that are shown again */
    ERASED_MAX = 256, /* columns that are erased one by one */
};
_Static_assert(2 * SHOWN_MAX + 8 <= ECHO_MAX && 3 * ERASED_MAX <= ECHO_MAX, "an echo has room");

/* ---- what is shown -------------------------------------------------------------------------- */

static void echo_put(struct echo *echo, char character)
{
    if (echo->len < sizeof(echo->bytes)) {
        echo->bytes[echo->len++] = character;
    }
}

static void echo_text(struct echo *echo, const char *text)
{
    for (; *text != 0; text++) {
        echo_put(echo, *text);
    }
}

static bool is_control(uint8_t byte)
{
    return (byte < ' ' && byte != '\t') || byte == DELETE;
}

static void echo_byte(struct echo *echo, uint8_t byte)
{
    if (is_control(byte)) {
        echo_put(echo, '^');
        echo_put(echo, (char)(byte ^ 0x40));
    } else {
        echo_put(echo, (char)byte);
    }
}

void discipline_show(const struct discipline *discipline, struct echo *echo)
{
    size_t from = discipline->len > SHOWN_MAX ? discipline->len - SHOWN_MAX : 0;
    for (size_t i = from; i < discipline->len; i++) {
        echo_byte(echo, discipline->line[i]);
    }
}

static void echo_if(const struct discipline *discipline, struct echo *echo, const char *text)
{
    if ((discipline->mode & terminal_mode_echo) != 0) {
        echo_text(echo, text);
    }
}

/* ---- columns -------------------------------------------------------------------------------- */

static bool is_inside(uint8_t byte)
{
    return (byte & 0xc0) == 0x80;
}

static uint32_t column_behind(uint32_t column, uint8_t byte)
{
    if (byte == '\t') {
        return (column / TAB_WIDTH + 1) * TAB_WIDTH;
    }
    return column + (is_control(byte) ? 2 : is_inside(byte) ? 0 : 1);
}

static uint32_t column_at(const struct discipline *discipline, size_t len)
{
    uint32_t column = discipline->left;
    for (size_t i = 0; i < len; i++) {
        column = column_behind(column, discipline->line[i]);
    }
    return column;
}

/* ---- erasing -------------------------------------------------------------------------------- */

/* Cuts the line off; too much of it isn't erased on the screen, but begun anew below. */
static void cut(struct discipline *discipline, size_t len, struct echo *echo)
{
    uint32_t columns = column_at(discipline, discipline->len) - column_at(discipline, len);
    discipline->len = len;
    if ((discipline->mode & terminal_mode_echo) == 0) {
        return;
    }
    if (columns > ERASED_MAX) {
        echo_text(echo, "^U\r\n");
        discipline->left = 0;
        discipline_show(discipline, echo);
        return;
    }
    for (uint32_t i = 0; i < columns; i++) {
        echo_text(echo, "\b \b");
    }
}

static size_t before_character(const struct discipline *discipline, size_t len)
{
    while (len > 0 && is_inside(discipline->line[len - 1])) {
        len--;
    }
    return len > 0 ? len - 1 : 0;
}

static bool is_blank(uint8_t byte)
{
    return byte == ' ' || byte == '\t';
}

static size_t before_word(const struct discipline *discipline)
{
    size_t len = discipline->len;
    while (len > 0 && is_blank(discipline->line[len - 1])) {
        len--;
    }
    while (len > 0 && !is_blank(discipline->line[len - 1])) {
        len--;
    }
    return len;
}

/* ---- bytes ---------------------------------------------------------------------------------- */

void discipline_next(struct discipline *discipline)
{
    discipline->len = 0;
    discipline->literal = false;
}

bool discipline_set_mode(struct discipline *discipline, uint32_t mode)
{
    discipline->mode = mode;
    discipline->literal = false;
    return (mode & terminal_mode_lines) == 0 && discipline->len > 0;
}

/* A byte that means nothing but itself. */
static enum typed add(struct discipline *discipline, uint8_t byte, struct echo *echo)
{
    discipline->literal = false;
    discipline->line[discipline->len++] = byte;
    if ((discipline->mode & terminal_mode_echo) != 0) {
        echo_byte(echo, byte);
    }
    return discipline->len == LINE_MAX ? TYPED_BYTES : TYPED_MORE;
}

static enum typed end_line(struct discipline *discipline, struct echo *echo)
{
    echo_if(discipline, echo, "\r\n");
    discipline->line[discipline->len++] = '\n';
    return TYPED_BYTES;
}

static enum typed interrupt(struct discipline *discipline, struct echo *echo)
{
    echo_if(discipline, echo, "^C\r\n");
    discipline_next(discipline);
    return TYPED_INTERRUPT;
}

static void show_again(struct discipline *discipline, struct echo *echo)
{
    if ((discipline->mode & terminal_mode_echo) != 0) {
        echo_text(echo, "^R\r\n");
        discipline->left = 0;
        discipline_show(discipline, echo);
    }
}

static enum typed edit(struct discipline *discipline, uint8_t byte, struct echo *echo)
{
    switch (byte) {
    case '\n': return end_line(discipline, echo);
    case CTRL_D: return discipline->len > 0 ? TYPED_BYTES : TYPED_END;
    case CTRL_H:
    case DELETE: cut(discipline, before_character(discipline, discipline->len), echo); break;
    case CTRL_W: cut(discipline, before_word(discipline), echo); break;
    case CTRL_U: cut(discipline, 0, echo); break;
    case CTRL_R: show_again(discipline, echo); break;
    case CTRL_V: discipline->literal = true; break;
    default: return add(discipline, byte, echo);
    }
    return TYPED_MORE;
}

static enum typed pass_on(struct discipline *discipline, uint8_t byte, struct echo *echo)
{
    add(discipline, byte, echo);
    return TYPED_BYTES;
}

enum typed discipline_type(struct discipline *discipline, uint8_t byte, uint32_t column,
                           struct echo *echo)
{
    uint32_t mode = discipline->mode;
    if (discipline->len == 0) {
        discipline->left = column;
    }
    if (discipline->literal) {
        return add(discipline, byte, echo);
    }
    if (byte == CTRL_C && (mode & terminal_mode_interrupt) != 0) {
        return interrupt(discipline, echo);
    }
    if (byte == '\r' && (mode & terminal_mode_return) != 0) {
        byte = '\n';
    }
    if ((mode & terminal_mode_lines) != 0) {
        return edit(discipline, byte, echo);
    }
    if (byte == '\n') {
        return end_line(discipline, echo);
    }
    return pass_on(discipline, byte, echo);
}

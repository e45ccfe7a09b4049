/* SPDX-License-Identifier: MIT */
#include "lib/sgr.h"

enum state { STATE_TEXT, STATE_ESCAPE, STATE_NUMBERS };
enum colour { COLOUR_PLAIN, COLOUR_RED, COLOUR_GREEN, COLOUR_YELLOW };
enum { ESCAPE = 0x1b, FIRST_FINAL = 0x40, LAST_FINAL = 0x7e, FIRST_INSIDE = 0x20 };
enum { NUMBER_PLAIN = 0, NUMBER_RED = 31, NUMBER_GREEN, NUMBER_YELLOW, NUMBER_DEFAULT = 39 };

/* A number has ended. */
static void select_colour(struct sgr *sgr)
{
    switch (sgr->number) {
    case NUMBER_PLAIN:
    case NUMBER_DEFAULT: sgr->next = COLOUR_PLAIN; break;
    case NUMBER_RED: sgr->next = COLOUR_RED; break;
    case NUMBER_GREEN: sgr->next = COLOUR_GREEN; break;
    case NUMBER_YELLOW: sgr->next = COLOUR_YELLOW; break;
    }
    sgr->number = 0;
}

static bool take_inside(struct sgr *sgr, uint32_t character)
{
    if (character < FIRST_INSIDE || character > LAST_FINAL) {
        sgr->state = STATE_TEXT;
        return false;
    }
    if (character >= '0' && character <= '9') {
        uint32_t number = sgr->number * 10u + (character - '0');
        sgr->number = number < UINT8_MAX ? (uint8_t)number : UINT8_MAX;
    } else {
        select_colour(sgr);
    }
    if (character >= FIRST_FINAL) {
        sgr->state = STATE_TEXT;
        sgr->colour = character == 'm' ? sgr->next : sgr->colour;
    }
    return true;
}

bool sgr_take(struct sgr *sgr, uint32_t character)
{
    if (character == ESCAPE) {
        sgr->state = STATE_ESCAPE;
        return true;
    }
    if (sgr->state == STATE_ESCAPE && character == '[') {
        sgr->state = STATE_NUMBERS;
        sgr->number = 0;
        sgr->next = sgr->colour;
        return true;
    }
    if (sgr->state == STATE_NUMBERS) {
        return take_inside(sgr, character);
    }
    sgr->state = STATE_TEXT;
    return false;
}

uint32_t sgr_shade(const struct sgr *sgr, uint32_t severity)
{
    switch (sgr->colour) {
    case COLOUR_RED: return j6_log_error;
    case COLOUR_GREEN: return LOG_COLOUR_GREEN;
    case COLOUR_YELLOW: return j6_log_warning;
    default: return severity;
    }
}

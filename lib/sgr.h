/* SPDX-License-Identifier: MIT */
/*
 * Colours in text that is shown line by line: ECMA-48's SELECT GRAPHIC RENDITION, `ESC [ 31 m` and the like, as
 * far as lines need it. Of sequences with other meanings nothing is shown either; they change nothing.
 */
#pragma once
#include "lib/log_line.h"
#include <stdbool.h>
#include <stdint.h>

/* Begins as zero: no sequence, no colour. */
struct sgr {
    uint8_t state;
    uint8_t number; /* so far */
    uint8_t next;   /* the colour that the sequence selects so far */
    uint8_t colour;
};

/* Takes a character. True: it is of a sequence, and isn't shown. */
bool sgr_take(struct sgr *sgr, uint32_t character);

/* The row of log_colours for what is shown now, in text of that severity. */
uint32_t sgr_shade(const struct sgr *sgr, uint32_t severity);

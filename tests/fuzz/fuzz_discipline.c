/* SPDX-License-Identifier: MIT */
/* SOURCES: drivers/console/discipline.c drivers/console/shown.c */
/* Any bytes typed in any modes, amid what others write: echoes stay within their bounds, and nothing is lost. */
#include "drivers/console/discipline.h"
#include "drivers/console/shown.h"
#include "kernel/base/assert.h"
#include <proto/terminal.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct fuzzed {
    struct discipline discipline;
    struct ring ring;
    struct shown shown;
    struct author front, back;
};

static void empty(struct fuzzed *fuzzed)
{
    fuzzed->ring.taken = fuzzed->ring.put;
}

/* Raw bytes come out as they went in. */
static void type(struct fuzzed *fuzzed, uint8_t byte)
{
    struct discipline *discipline = &fuzzed->discipline;
    struct echo echo;
    echo.len = 0;
    size_t before = discipline->len;
    enum typed typed = discipline_type(discipline, byte, fuzzed->shown.column, &echo);
    assert(echo.len <= ECHO_MAX && discipline->len <= LINE_MAX);
    if (discipline->mode == 0) {
        assert(typed == TYPED_BYTES && discipline->len == before + 1 &&
               discipline->line[before] == byte);
    }
    if (typed == TYPED_BYTES) {
        assert(discipline->len > 0);
        discipline_next(discipline);
    }
    shown_echo(&fuzzed->shown, echo.bytes, echo.len);
}

/* A byte of 0xfe is followed by another mode, one of 0xff by a line of somebody else. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzzed *fuzzed = calloc(1, sizeof(*fuzzed));
    fuzzed->shown.out = &fuzzed->ring;
    fuzzed->discipline.mode = terminal_mode_usual;
    shown_set_foreground(&fuzzed->shown, &fuzzed->front);
    for (size_t i = 0; i < size; i++) {
        if (data[i] == 0xfe && i + 1 < size) {
            if (discipline_set_mode(&fuzzed->discipline, data[++i] & terminal_mode_usual)) {
                discipline_next(&fuzzed->discipline);
            }
        } else if (data[i] == 0xff) {
            shown_write(&fuzzed->shown, (const char *)data, i < 100 ? i : 100, true);
            shown_write_lines(&fuzzed->shown, &fuzzed->back, (const char *)data + i,
                              size - i > 9 ? 9 : size - i);
        } else {
            type(fuzzed, data[i]);
        }
        empty(fuzzed);
    }
    free(fuzzed);
    return 0;
}

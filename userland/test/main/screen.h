/* SPDX-License-Identifier: MIT */
/*
 * The screen, and drivers of it: what the tests of drivers/framebuffer share. The picture is read back through a
 * mapping of our own; boots compare it pixel by pixel (tests/boot/screens.ini).
 */
#pragma once
#include "userland/test/main/util.h"

/* ---- the picture ---- */

/* Maps the framebuffer; false, and the test is skipped, when there is none. */
bool screen_open(void);
void screen_close(void);

void screen_fill(uint64_t value);
bool screen_is(uint64_t value);

/* Cells of text. */
uint32_t screen_columns(void);
uint32_t screen_rows(void);

/* A number for what is seen in a cell; 0: it is black. */
uint64_t screen_cell(uint32_t row, uint32_t column);

/* How many cells of a row aren't black. */
uint32_t screen_cells_drawn(uint32_t row);
bool screen_is_blank_from(uint32_t row);

/* The character that fills the last row that is full of one character; 0: there is none. */
uint64_t screen_last_line(void);

/* ---- a driver ---- */

struct screen_driver {
    j6_handle_t process;
    j6_handle_t text; /* its service, with all rights: it outlives the driver */
};

/* Starts one, with the service `text`; all else that it needs is there but for the system object. */
j6_handle_t screen_driver_process(j6_handle_t system, j6_handle_t text);

/*
 * Opens the screen and starts one, which shows the log as well, if that is asked for; false, and the test is
 * skipped, when there is no screen.
 */
bool screen_driver_start(struct screen_driver *driver, bool log);

/* Kills it, if there is one, and starts another in its place. */
void screen_driver_restart(struct screen_driver *driver, bool log);

/* Waits until it has nothing to do. */
void screen_driver_rests(const struct screen_driver *driver);

/* Kills it, closes all. */
void screen_driver_end(struct screen_driver *driver);

/* A channel: our end, which can't receive, and one to be attached. */
void screen_channel_new(j6_handle_t *out_sender, j6_handle_t *out_receiver);

/* A channel whose text it shows: our end. */
j6_handle_t screen_channel(const struct screen_driver *driver);

/* Sends text to a channel. */
void screen_print(j6_handle_t channel, const char *text);

/* SPDX-License-Identifier: MIT */
/* What many tests need: objects to play with, memory probes, and an assisting process. */
#pragma once
#include "userland/test/main/test.h"
#include <j6/j6.h>

enum { PAGE = j6_page_size };

static const uint64_t READ_WRITE = j6_map_read | j6_map_write;

/* ---- time ----------------------------------------------------------------------------------- */

/*
 * Rules: no test counts on how fast another thread is. An emulator's CPU may stand still for a while,
 * and any other goes on meanwhile. What another thread is to have done is waited for, by an event, by
 * the word that it sets, or by what look.h shows of it.
 */

/* ns: what doesn't come by then doesn't come. */
static const uint64_t PATIENCE = 20000000000;

j6_time_t now(void);
void sleep_for(uint64_t milliseconds);

/* Waits for what comes sooner or later and can only be seen by looking. */
#define expect_soon(condition)                                                   \
    test_expect(({                                                               \
                    j6_time_t patience_ends = now() + PATIENCE;                  \
                    bool met_soon;                                               \
                    while (!(met_soon = (condition)) && now() < patience_ends) { \
                        sleep_for(1);                                            \
                    }                                                            \
                    met_soon;                                                    \
                }),                                                              \
                #condition, TEST_HERE)

/* Leaves some time to what must not happen. That it happens later than that isn't seen. */
void leave_time(void);

/* ---- the machine ---------------------------------------------------------------------------- */

j6_handle_t system_handle(void);
struct j6_objects_info objects_live(void);
uint64_t frames_free(void);

/* Whether the free frames come back to that number; frames are given back in the background. */
bool frames_settle(uint64_t wanted);

/* The free frames, when nothing has been given back for a while. */
uint64_t frames_at_rest(void);

/* The number behind `name` ("seed=") on the kernel's command line; false: it isn't there. */
bool boot_number(const char *name, uint64_t *out_number);

/* How often a race is run: so many times, or `races=` times as often. */
uint64_t race_rounds(uint64_t usual);

/* ---- handles -------------------------------------------------------------------------------- */

/* A copy with those rights alone, or with all but those. */
j6_handle_t narrowed(j6_handle_t handle, uint64_t rights);
j6_handle_t without(j6_handle_t handle, uint64_t rights);

/* ---- events --------------------------------------------------------------------------------- */

j6_handle_t event_new(void);

/* The signals that are set. */
uint64_t signals_of(j6_handle_t object);

/* ---- areas ---------------------------------------------------------------------------------- */

j6_handle_t area_new(uint64_t pages, uint64_t flags);

/* Maps all of an area where the kernel likes; NULL after a failed expectation. */
char *area_map(j6_handle_t area, uint64_t flags);
void area_unmap(j6_handle_t area, const void *address);

/* A page-aligned address with nothing mapped for many GiB around. */
uint64_t far_place(void);

/*
 * Whether a byte of the caller's memory can be read, or written (with a random value): found out
 * by letting the kernel do it.
 */
bool can_read(const void *address);
bool can_write(void *address);

/* ---- processes ------------------------------------------------------------------------------ */

/* A process that nothing was started in, and one that has ended. */
j6_handle_t process_new(void);
j6_handle_t process_ended(void);

/* Starts `victim mode argument` with the handles of `rows`; 0 after a failed expectation. */
j6_handle_t victim_start(const char *mode, const char *argument, const struct j6_spawn_row *rows,
                         size_t count);

/* With an area as `shared`, to be mapped, read and written. */
j6_handle_t victim_start_sharing(const char *mode, const char *argument, j6_handle_t area);

/* In a process that the caller has made. */
void victim_start_in(j6_handle_t process, const char *mode, const char *argument);

/* Waits for the end, closes the handle, tells how it ended. */
struct j6_end_info process_finish(j6_handle_t process);

/* Start and finish: the exit code. */
int64_t victim_run(const char *mode, const char *argument);

/* Are so many frames free? If not the test is skipped. */
bool test_has_frames(uint64_t count);

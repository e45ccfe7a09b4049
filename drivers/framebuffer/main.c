/* SPDX-License-Identifier: MIT */
/*
 * The driver of the framebuffer: shows the kernel's log, and what programs write to their `stdout`, as text.
 * `framebuffer log=4` also shows what is logged for debugging.
 *
 *   system       a system object with the framebuffer's physical range, and the range `log`
 *   framebuffer  an area that begins with a struct j6_framebuffer
 *   output       any number of channels: receives what others send as their `stdout`
 *
 * All that has come is taken before anything is drawn; while more and more comes, that is drawn 50 times a second.
 */
#include "drivers/framebuffer/log_view.h"
#include "drivers/framebuffer/screen.h"

enum { STREAMS_MAX = 16, RECEIVE_MAX = 4096, EXIT_FAILURE = 1 };

static const j6_time_t DRAWN_WITHIN = 20000000; /* 20 ms */

struct stream {
    struct driver_watch watch;
    struct utf8 utf8;
};

static struct driver driver = {.name = "framebuffer"};
static struct screen screen;
static struct log_view view = {.terminal = &screen.terminal, .verbosity = j6_log_info};
static struct driver_watch log_watch;
static struct stream streams[STREAMS_MAX];

/* ---- what it shows -------------------------------------------------------------------------- */

/* Up to a screen of entries: then others have their turn. */
static void show_log(void *context, uint64_t signals)
{
    static struct {
        struct j6_log_entry entry;
        char text[j6_log_text_max];
    } record;
    (void)context;
    (void)signals;
    uint64_t seen = view.seen;
    for (uint32_t i = 0; i < screen.grid.rows; i++) {
        uint64_t len = sizeof(record);
        if (j6_system_get_log(driver.system, &seen, &record, &len, j6_deadline_poll) !=
            j6_status_ok) {
            return;
        }
        log_view_show(&view, &record.entry, record.text);
    }
}

static void show_output(void *context, uint64_t signals)
{
    static char text[RECEIVE_MAX];
    struct stream *stream = context;
    uint64_t len = sizeof(text);
    terminal_begin(&screen.terminal, stream);
    if (j6_channel_receive(stream->watch.object, &len, text, j6_deadline_poll) == j6_status_ok) {
        terminal_write(&screen.terminal, &stream->utf8, j6_log_output, text, len);
    } else if ((signals & j6_signal_closed) != 0) {
        terminal_end(&screen.terminal, &stream->utf8, j6_log_output);
    }
}

/* ---- the loop ------------------------------------------------------------------------------- */

static j6_status_t run(void)
{
    struct grid *grid = &screen.grid;
    j6_time_t due = 0;
    for (;;) {
        struct j6_call call = {0};
        bool dirty = grid_is_dirty(grid);
        j6_time_t now = 0;
        j6_status_t status = j6_endpoint_receive(driver.endpoint, &call,
                                                 dirty ? j6_deadline_poll : j6_deadline_never);
        if (status == j6_status_ok) {
            status = driver_serve(&driver, &call);
        }
        j6_clock(&now);
        if (!dirty) {
            due = now + DRAWN_WITHIN;
        }
        if (status == j6_status_would_block || now >= due) {
            grid_flush(grid);
        }
        if (status != j6_status_ok && status != j6_status_would_block) {
            return status;
        }
    }
}

/* ---- the start ------------------------------------------------------------------------------ */

static j6_status_t open_screen(void)
{
    struct j6_framebuffer framebuffer;
    uint64_t len = sizeof(framebuffer);
    j6_handle_t area = j6_find("framebuffer");
    j6_status_t status = driver_open(&driver);
    if (status == j6_status_ok) {
        status = j6_vma_read(area, 0, &framebuffer, &len);
    }
    if (status == j6_status_ok) {
        j6_handle_close(area);
        status = screen_open(&screen, &driver, &framebuffer);
    }
    return status;
}

static j6_status_t watch_log(void)
{
    log_watch = (struct driver_watch){
        .object = driver.system, .mask = j6_signal_system_has_log, .serve = show_log};
    return driver_watch(&driver, &log_watch);
}

static j6_status_t watch_streams(void)
{
    j6_status_t status = j6_status_ok;
    j6_handle_t channel;
    for (size_t i = 0; i < STREAMS_MAX && status == j6_status_ok &&
                       (channel = j6_find_nth("output", i)) != j6_handle_none;
         i++) {
        struct stream *stream = &streams[i];
        stream->watch = (struct driver_watch){
            .object = channel,
            .mask = j6_signal_channel_can_recv | j6_signal_closed,
            .serve = show_output,
            .context = stream,
        };
        status = driver_watch(&driver, &stream->watch);
    }
    return status;
}

int main(int argc, char **argv)
{
    (void)argc;
    uint64_t verbosity;
    if (driver_argument(argv, "log", &verbosity) && verbosity < j6_log_count) {
        view.verbosity = (uint32_t)verbosity;
    }
    j6_status_t status = open_screen();
    if (status == j6_status_ok) {
        status = watch_log();
    }
    if (status == j6_status_ok) {
        status = watch_streams();
    }
    if (status == j6_status_ok) {
        status = run();
    }
    driver_log(&driver, j6_log_error, "stopped: %s", j6_status_text(status));
    return EXIT_FAILURE;
}

/* SPDX-License-Identifier: MIT */
/*
 * The driver of the framebuffer: shows the kernel's log, and what programs write, as text.
 * `framebuffer log=4` also shows what is logged for debugging.
 *
 *   system       a system object with the framebuffer's physical range, and the range `log`
 *   framebuffer  an area that begins with a struct j6_framebuffer
 *   endpoint     serves <proto/text.h> there
 *
 * All that has come is taken before anything is drawn; while more and more comes, that is drawn 50 times a second.
 * It keeps nothing that another one couldn't begin with: the next driver shows what is in the log.
 */
#include "drivers/framebuffer/log_view.h"
#include "drivers/framebuffer/outputs.h"
#include "drivers/framebuffer/screen.h"
#include "lib/string.h"
#include <proto/text.h>

enum { EXIT_FAILURE = 1 };

static const j6_time_t DRAWN_WITHIN = 20000000; /* 20 ms */

static struct driver driver = {.name = "framebuffer"};
static struct screen screen;
static struct log_view view = {.terminal = &screen.terminal, .verbosity = j6_log_info};
static struct driver_watch log_watch;
static struct outputs outputs;

static int stop(j6_status_t status)
{
    driver_log(&driver, j6_log_error, "stopped: %s", j6_status_text(status));
    return EXIT_FAILURE;
}

/* ---- when it draws -------------------------------------------------------------------------- */

static j6_time_t due; /* what has changed is drawn by then; 0: nothing has */

static void draw(const struct j6_server *server)
{
    (void)server;
    grid_flush(&screen.grid);
    due = 0;
}

/* After everything that may have changed something. */
static void draw_if_due(void)
{
    j6_time_t now = 0;
    if (!grid_is_dirty(&screen.grid)) {
        return;
    }
    j6_clock(&now);
    if (due == 0) {
        due = now + DRAWN_WITHIN;
    } else if (now >= due) {
        draw(NULL);
    }
}

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

static j6_status_t serve_write(struct j6_request *request)
{
    const struct text_write_answer answer = {request->len};
    struct utf8 utf8 = {0};
    terminal_begin(&screen.terminal, request->server);
    terminal_write(&screen.terminal, &utf8, j6_log_output, request->data, request->len);
    terminal_end(&screen.terminal, &utf8, j6_log_output);
    draw_if_due();
    memcpy(request->answer, &answer, sizeof(answer));
    return j6_status_ok;
}

static j6_status_t serve_attach(struct j6_request *request)
{
    j6_status_t status =
        outputs_attach(&outputs, &driver, &screen.terminal, request->badge, request->handle);
    if (status == j6_status_ok) {
        request->handle = j6_handle_none;
    }
    return status;
}

/* The log, or a channel. */
static void serve_notice(const struct j6_server *server, const struct j6_call *notice)
{
    (void)server;
    j6_status_t status = driver_serve(&driver, notice);
    if (status != j6_status_ok) {
        j6_exit(stop(status));
    }
    draw_if_due();
}

static j6_status_t serve(void)
{
    static const struct j6_method methods[] = {
        {.code = text_code_write, .max = text_write_max, .serve = serve_write},
        {.code = text_code_attach, .has_handle = true, .serve = serve_attach},
    };
    const struct j6_server server = {
        .endpoint = driver.endpoint,
        .methods = methods,
        .count = sizeof(methods) / sizeof(methods[0]),
        .notice = serve_notice,
        .idle = draw,
    };
    return j6_serve(&server);
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

int main(int argc, char **argv)
{
    (void)argc;
    uint64_t verbosity;
    if (driver_argument(argv, "log", &verbosity) && verbosity < j6_log_count) {
        view.verbosity = (uint32_t)verbosity;
    }
    driver.endpoint = j6_find("endpoint");
    j6_status_t status = open_screen();
    if (status == j6_status_ok) {
        status = watch_log();
    }
    if (status == j6_status_ok) {
        status = serve();
    }
    return stop(status);
}

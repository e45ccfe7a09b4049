/* SPDX-License-Identifier: MIT */
/* The loop of libdriver, here without a device: that of the test's own driver is run one step at a time. */
#include "userland/test/main/devices.h"
#include "userland/test/main/look.h"
#include <j6/driver.h>
#include <j6/protocol.h>

static const uint64_t FIRST = J6_SIGNAL(48);
static const uint64_t SECOND = J6_SIGNAL(49);

/* What has been served. */
struct served {
    struct driver *driver;
    struct driver_watch watch;
    uint64_t times;
    uint64_t signals; /* the last ones */
    bool unwatches;
};

static void driver_new(struct driver *driver)
{
    *driver = (struct driver){.name = "driver"};
    expect_ok(driver_open(driver));
}

static void driver_drop(struct driver *driver)
{
    expect_ok(j6_handle_close(driver->endpoint));
}

/* Receives once, if there is something, and serves it. */
static j6_status_t step(struct driver *driver)
{
    struct j6_call call = {0};
    j6_status_t status = j6_endpoint_receive(driver->endpoint, &call, j6_deadline_poll);
    return status == j6_status_ok ? driver_serve(driver, &call) : status;
}

static void serve(void *context, uint64_t signals)
{
    struct served *served = context;
    served->times++;
    served->signals = signals;
    if (served->unwatches) {
        driver_unwatch(served->driver, &served->watch);
    }
}

/* A watch of an event of its own. */
static void watch_new(struct served *served, struct driver *driver)
{
    *served = (struct served){
        .driver = driver,
        .watch = {.object = event_new(), .mask = FIRST, .serve = serve, .context = served},
    };
    expect_ok(driver_watch(driver, &served->watch));
}

/* ---- interrupts ----------------------------------------------------------------------------- */

static void count_up(void *context)
{
    ++*(uint64_t *)context;
}

/* A storm may have masked the line: what came between the first look and the acknowledgement has no edge. */
TEST(an_interrupt_that_came_more_than_once_is_served_once_more)
{
    enum { COM2_LINE = 3 };
    uint64_t times = 0;
    struct driver driver;
    struct driver_interrupt interrupt = {.line = COM2_LINE, .serve = count_up, .context = &times};
    driver_new(&driver);
    j6_handle_t system = driver.system;
    driver.system = restricted(system_handle(), j6_range_irq, COM2_LINE, 1);
    expect_ok(driver_claim_interrupt(&driver, &interrupt));
    struct j6_call call = {.tag = j6_tag_irq + COM2_LINE, .word = {1}};
    expect_ok(driver_serve(&driver, &call));
    expect_equal(1, times);
    call.word[0] = 2;
    expect_ok(driver_serve(&driver, &call));
    expect_equal(3, times);
    expect_ok(j6_object_close(driver.system));
    expect_ok(j6_handle_close(driver.system));
    driver.system = system;
    driver_drop(&driver);
}

/* ---- watches -------------------------------------------------------------------------------- */

TEST(a_watch_serves_as_long_as_its_signal_is_set)
{
    struct driver driver;
    struct served served;
    driver_new(&driver);
    watch_new(&served, &driver);
    expect_status(j6_status_would_block, step(&driver));
    expect_ok(j6_object_signal(served.watch.object, 0, FIRST | SECOND));
    expect_ok(step(&driver));
    expect_ok(step(&driver));
    expect_equal(2, served.times);
    expect_equal(FIRST | SECOND, served.signals);
    expect_ok(j6_object_signal(served.watch.object, FIRST, 0));
    expect_ok(step(&driver)); /* that it was set, is told */
    expect_status(j6_status_would_block, step(&driver));
    expect_equal(3, served.times);
    expect_ok(j6_handle_close(served.watch.object));
    driver_drop(&driver);
}

TEST(what_is_not_watched_any_more_is_not_served)
{
    struct driver driver;
    struct served served;
    driver_new(&driver);
    watch_new(&served, &driver);
    expect_ok(j6_object_signal(served.watch.object, 0, FIRST));
    driver_unwatch(&driver, &served.watch);
    driver_unwatch(&driver, &served.watch);
    expect_status(j6_status_would_block, step(&driver));
    served.unwatches = true;
    expect_ok(driver_watch(&driver, &served.watch));
    expect_ok(step(&driver));
    expect_status(j6_status_would_block, step(&driver));
    expect_equal(1, served.times);
    expect_ok(j6_handle_close(served.watch.object));
    driver_drop(&driver);
}

TEST(a_watch_tells_once_that_its_object_has_closed)
{
    struct driver driver;
    struct served served;
    driver_new(&driver);
    watch_new(&served, &driver);
    expect_ok(j6_object_close(served.watch.object));
    expect_ok(step(&driver));
    expect_status(j6_status_would_block, step(&driver));
    expect_equal(1, served.times);
    expect(served.signals & j6_signal_closed);
    expect_ok(j6_handle_close(served.watch.object));
    driver_drop(&driver);
}

TEST(each_watch_serves_what_it_watches)
{
    struct driver driver;
    struct served served[3];
    driver_new(&driver);
    for (int i = 0; i < 3; i++) {
        watch_new(&served[i], &driver);
    }
    expect_ok(j6_object_signal(served[1].watch.object, 0, FIRST));
    expect_ok(step(&driver));
    for (int i = 0; i < 3; i++) {
        expect_equal(i == 1, served[i].times);
        expect_ok(j6_handle_close(served[i].watch.object));
    }
    driver_drop(&driver);
}

/* An endpoint may be older than its driver, and what was bound to it as well. */
TEST(a_driver_serves_no_signal_that_it_does_not_watch)
{
    struct driver driver;
    struct served served;
    j6_handle_t others = event_new();
    driver_new(&driver);
    watch_new(&served, &driver);
    expect_ok(j6_object_bind(others, FIRST, driver.endpoint, 8));
    expect_ok(j6_object_bind(others, FIRST, driver.endpoint, (uint64_t)&served.watch));
    expect_ok(j6_object_signal(others, 0, FIRST));
    expect_ok(step(&driver));
    expect_ok(step(&driver));
    expect_status(j6_status_would_block, step(&driver));
    expect_equal(0, served.times);
    expect_ok(j6_object_signal(served.watch.object, 0, FIRST));
    expect_ok(step(&driver));
    expect_equal(1, served.times);
    expect_ok(j6_handle_close(served.watch.object));
    expect_ok(j6_handle_close(others));
    driver_drop(&driver);
}

/* ---- messages ------------------------------------------------------------------------------- */

static struct j6_call last;

static void take_message(struct driver *driver, const struct j6_call *call)
{
    (void)driver;
    last = *call;
}

static int64_t ask(void *arg)
{
    const struct j6_ask request = {.code = 1};
    return (int64_t)j6_ask(*(const j6_handle_t *)arg, &request, j6_deadline_never);
}

TEST(a_driver_that_takes_no_messages_answers_calls)
{
    struct driver driver;
    struct j6_thread client;
    int64_t status = 0;
    driver_new(&driver);
    expect_ok(j6_thread_run(&client, ask, &driver.endpoint, 4 * PAGE));
    thread_blocks(client.handle, j6_wait_send);
    expect_ok(step(&driver));
    expect_ok(j6_thread_join(&client, &status));
    expect_equal(j6_err_nyi, status);
    driver_drop(&driver);
}

TEST(what_is_no_interrupt_and_no_watch_is_a_message)
{
    struct driver driver;
    j6_handle_t client = j6_handle_none;
    driver_new(&driver);
    expect_ok(j6_handle_duplicate(driver.endpoint, j6_right_endpoint_send, 7, &client));
    expect_ok(j6_endpoint_notify(client, 5));
    expect_ok(step(&driver));
    expect_status(j6_status_would_block, step(&driver));
    driver.message = take_message;
    expect_ok(j6_endpoint_notify(client, 6));
    expect_ok(step(&driver));
    expect_equal(j6_tag_notify, last.tag);
    expect_equal(7, last.badge);
    expect_equal(6, last.word[0]);
    expect_ok(j6_handle_close(client));
    driver_drop(&driver);
}

TEST(the_loop_of_a_driver_ends_when_its_endpoint_is_closed)
{
    struct driver driver;
    driver_new(&driver);
    expect_ok(j6_object_close(driver.endpoint));
    expect_status(j6_status_closed, driver_run(&driver));
    driver_drop(&driver);
}

/* SPDX-License-Identifier: MIT */
/*
 * The loop of a driver. The key of a watch is its address: nobody else has the right to bind something to the
 * driver's endpoint.
 */
#include <j6/driver.h>
#include <j6/protocol.h>

/* ---- interrupts ----------------------------------------------------------------------------- */

static bool is_interrupt(const struct j6_call *call)
{
    return call->tag >= j6_tag_irq;
}

/*
 * Lines that devices tell by a level stay masked until the acknowledgement. Those by an edge need one after a
 * storm alone, but nobody can tell the driver which it has, or that there was one.
 */
static j6_status_t serve_interrupt(struct driver *driver, const struct j6_call *call)
{
    uint64_t line = call->tag - j6_tag_irq;
    struct driver_interrupt *interrupt = driver->interrupts;
    while (interrupt != NULL && interrupt->line != line) {
        interrupt = interrupt->next;
    }
    if (interrupt == NULL) {
        return j6_status_ok;
    }
    interrupt->serve(interrupt->context);
    return j6_system_ack_irq(driver->system, line);
}

/* ---- signals -------------------------------------------------------------------------------- */

static j6_status_t bind(struct driver *driver, struct driver_watch *watch)
{
    return j6_object_bind(watch->object, watch->mask, driver->endpoint, (uint64_t)watch);
}

j6_status_t driver_watch(struct driver *driver, struct driver_watch *watch)
{
    j6_status_t status = bind(driver, watch);
    watch->watched = status == j6_status_ok;
    return status;
}

void driver_unwatch(struct driver *driver, struct driver_watch *watch)
{
    if (watch->watched) {
        watch->watched = false;
        j6_object_unbind(watch->object, driver->endpoint, (uint64_t)watch);
    }
}

/*
 * A registration is for once; the next one tells at once what is set by then, so nothing is lost. The function may
 * have made it itself.
 */
static j6_status_t serve_signal(struct driver *driver, const struct j6_call *call)
{
    struct driver_watch *watch = (struct driver_watch *)call->word[0];
    uint64_t signals = call->word[1];
    watch->watched = (signals & j6_signal_closed) == 0;
    watch->serve(watch->context, signals);
    j6_status_t status = watch->watched ? bind(driver, watch) : j6_status_ok;
    return status == j6_status_exists ? j6_status_ok : status;
}

/* ---- all of it ------------------------------------------------------------------------------ */

j6_status_t driver_serve(struct driver *driver, const struct j6_call *call)
{
    if (is_interrupt(call)) {
        return serve_interrupt(driver, call);
    }
    if (call->tag == j6_tag_signal) {
        return serve_signal(driver, call);
    }
    if (driver->message != NULL) {
        driver->message(driver, call);
    } else if (call->token != 0) {
        j6_answer(driver->endpoint, call->token, j6_err_nyi, NULL, 0, 0);
    }
    return j6_status_ok;
}

j6_status_t driver_run(struct driver *driver)
{
    j6_status_t status;
    do {
        struct j6_call call = {0};
        status = j6_endpoint_receive(driver->endpoint, &call, j6_deadline_never);
        if (status == j6_status_ok) {
            status = driver_serve(driver, &call);
        }
    } while (status == j6_status_ok);
    return status;
}

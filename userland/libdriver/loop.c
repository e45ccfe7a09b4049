/* SPDX-License-Identifier: MIT */
/*
 * The loop of a driver. The key of a watch is its address. That alone proves nothing: an endpoint that is older than
 * its driver may also tell of what the one before it had bound.
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
 * storm alone, but nobody can tell the driver which it has, or that there was one: it may have been if the line fired
 * more than once. Then the edges are lost that came between the device's last word and the acknowledgement.
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
    j6_status_t status = j6_system_ack_irq(driver->system, line);
    if (status == j6_status_ok && call->word[0] > 1) {
        interrupt->serve(interrupt->context);
    }
    return status;
}

/* ---- signals -------------------------------------------------------------------------------- */

/* The link that leads to the watch; one that is NULL if it isn't watched. */
static struct driver_watch **find(struct driver *driver, const struct driver_watch *watch)
{
    struct driver_watch **link = &driver->watches;
    while (*link != NULL && *link != watch) {
        link = &(*link)->next;
    }
    return link;
}

static bool forget(struct driver *driver, const struct driver_watch *watch)
{
    struct driver_watch **link = find(driver, watch);
    bool found = *link != NULL;
    if (found) {
        *link = watch->next;
    }
    return found;
}

static j6_status_t bind(struct driver *driver, struct driver_watch *watch)
{
    return j6_object_bind(watch->object, watch->mask, driver->endpoint, (uint64_t)watch);
}

j6_status_t driver_watch(struct driver *driver, struct driver_watch *watch)
{
    j6_status_t status = j6_object_koid(watch->object, &watch->koid);
    if (status != j6_status_ok) {
        return status;
    }
    status = bind(driver, watch);
    if (status == j6_status_ok) {
        watch->next = driver->watches;
        driver->watches = watch;
    }
    return status;
}

void driver_unwatch(struct driver *driver, struct driver_watch *watch)
{
    if (forget(driver, watch)) {
        j6_object_unbind(watch->object, driver->endpoint, (uint64_t)watch);
    }
}

/*
 * A registration is for once; the next one tells at once what is set by then, so nothing is lost. The function may
 * have made it itself.
 */
static j6_status_t serve_signal(struct driver *driver, const struct j6_call *call)
{
    struct driver_watch *watch = *find(driver, (const struct driver_watch *)call->word[0]);
    uint64_t signals = call->word[1];
    if (watch == NULL || watch->koid != call->word[2]) {
        return j6_status_ok;
    }
    if ((signals & j6_signal_closed) != 0) {
        forget(driver, watch);
    }
    watch->serve(watch->context, signals);
    if (*find(driver, watch) == NULL) {
        return j6_status_ok;
    }
    j6_status_t status = bind(driver, watch);
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
    j6_ready();
    do {
        struct j6_call call = {0};
        status = j6_endpoint_receive(driver->endpoint, &call, j6_deadline_never);
        if (status == j6_status_ok) {
            status = driver_serve(driver, &call);
        }
    } while (status == j6_status_ok);
    return status;
}

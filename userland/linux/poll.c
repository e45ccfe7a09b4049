/* SPDX-License-Identifier: MIT */
/*
 * poll: what may have to be waited for is an object with signals; all else is ready. Looks first, waits for
 * all that weren't ready at once, and looks again.
 */
#include "lib/string.h"
#include "userland/linux/calls.h"
#include "userland/linux/clocks.h"
#include "userland/linux/descriptors.h"
#include "userland/linux/polling.h"
#include <linux/fcntl.h>

enum { READING = POLLIN | POLLRDNORM, WRITING = POLLOUT | POLLWRNORM };

/* Can it be that it isn't ready? */
static bool waits(const struct file *file)
{
    return (file->kind->readable | file->kind->writable) != 0;
}

static bool is_end(const struct file *file, uint32_t access)
{
    return (__atomic_load_n(&file->flags, __ATOMIC_RELAXED) & O_ACCMODE) == access;
}

/* The object's signals that matter: both ends of a pipe have the same object. */
static uint64_t mask_of(const struct file *file, int16_t events)
{
    return ((events & READING) && !is_end(file, O_WRONLY) ? file->kind->readable : 0) |
           ((events & WRITING) && !is_end(file, O_RDONLY) ? file->kind->writable : 0);
}

/* The other end of a pipe has gone: what is written is refused at once. */
static int hang_up_of(const struct file *file)
{
    return is_end(file, O_WRONLY) ? POLLERR | WRITING : POLLHUP;
}

/* What the signals of a file's object mean to who asked for these events. */
static int16_t events_of(const struct file *file, int16_t events, uint64_t signals)
{
    const struct file_kind *kind = file->kind;
    bool always = !waits(file);
    int found = !always && (signals & j6_signal_closed) ? hang_up_of(file) : 0;
    signals &= mask_of(file, events);
    found |= always || (signals & kind->readable) ? READING : 0;
    found |= always || (signals & kind->writable) ? WRITING : 0;
    return (int16_t)(found & (events | POLLHUP | POLLERR));
}

static uint64_t signals_of(const struct file *file, uint64_t mask)
{
    uint64_t signals = 0;
    if (waits(file)) {
        j6_status_t status =
            j6_object_wait(file->handle, mask | j6_signal_closed, &signals, j6_deadline_poll);
        (void)status; /* the signals tell */
    }
    return signals;
}

/* How many are ready; the others become what is waited for. */
static int64_t look(struct polling *polling)
{
    int64_t ready = 0;
    polling->waits = 0;
    for (unsigned i = 0; i < polling->count; i++) {
        struct pollfd *entry = &polling->entries[i];
        const struct file *file = polling->files[i];
        entry->revents = 0;
        if (entry->fd < 0) {
            continue;
        }
        uint64_t mask = file != NULL ? mask_of(file, entry->events) : 0;
        entry->revents =
            file != NULL ? events_of(file, entry->events, signals_of(file, mask)) : POLLNVAL;
        ready += entry->revents != 0;
        if (entry->revents == 0 && waits(file)) {
            polling->items[polling->waits++] =
                (struct j6_wait_item){file->handle, mask | j6_signal_closed, 0};
        }
    }
    return ready;
}

static j6_status_t wait_for_any(struct polling *polling, j6_time_t deadline)
{
    if (polling->waits == 0) {
        return deadline == j6_deadline_poll ? j6_status_ok : j6_thread_sleep(deadline);
    }
    return j6_object_wait_many(polling->items, polling->waits, deadline);
}

static int64_t run(struct polling *polling, j6_time_t deadline)
{
    int64_t ready = look(polling);
    j6_time_t now = 0;
    while (ready == 0 && deadline != j6_deadline_poll && now < deadline) {
        j6_status_t status = wait_for_any(polling, deadline);
        if (j6_is_error(status)) {
            return linux_error(status);
        }
        ready = look(polling);
        j6_clock(&now);
    }
    return ready;
}

int64_t polling_run(struct polling *polling, j6_time_t deadline)
{
    for (unsigned i = 0; i < polling->count; i++) {
        polling->files[i] = descriptor_file(polling->entries[i].fd);
    }
    int64_t result = run(polling, deadline);
    for (unsigned i = 0; i < polling->count; i++) {
        if (polling->files[i] != NULL) {
            file_put(polling->files[i]);
        }
    }
    return result;
}

static int64_t poll_until(user_ptr_t entries, unsigned count, j6_time_t deadline)
{
    struct polling polling = {.count = count};
    if (count > POLLING_MAX) {
        return -EINVAL;
    }
    size_t size = count * sizeof(polling.entries[0]);
    int64_t result = user_read(polling.entries, entries, size);
    if (result == 0) {
        result = polling_run(&polling, deadline);
    }
    int64_t error = result >= 0 ? user_write(entries, polling.entries, size) : 0;
    return error != 0 ? error : result;
}

int64_t linux_poll(user_ptr_t entries, unsigned count, int milliseconds)
{
    j6_time_t deadline = milliseconds < 0    ? j6_deadline_never
                         : milliseconds == 0 ? j6_deadline_poll
                                             : deadline_after((uint64_t)milliseconds * 1000000);
    return poll_until(entries, count, deadline);
}

int64_t polling_deadline(user_ptr_t time, j6_time_t *out_deadline)
{
    uint64_t ns = 0;
    int64_t error = time != 0 ? time_read(time, &ns) : 0;
    *out_deadline = time == 0 ? j6_deadline_never : ns == 0 ? j6_deadline_poll : deadline_after(ns);
    return error;
}

int64_t linux_ppoll(user_ptr_t entries, unsigned count, user_ptr_t time, user_ptr_t mask,
                    uint64_t mask_size)
{
    j6_time_t deadline;
    (void)mask;
    (void)mask_size;
    int64_t error = polling_deadline(time, &deadline);
    return error != 0 ? error : poll_until(entries, count, deadline);
}

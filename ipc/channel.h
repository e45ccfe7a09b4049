/* SPDX-License-Identifier: MIT */
/*
 * Channels: streams of bytes in the kernel's memory. What is sent is received once, in order, in pieces
 * of any size. A call copies what there is room for, or what is there, at least one byte; it waits only
 * while that is none.
 *
 * An end is open while there is a handle with its right, `send` or `receive`. When the senders' end
 * closes, receivers get what is left, then the channel is closed; when the receivers' does, it is closed at
 * once, and what is in it is lost.
 *
 * Whenever there is something to do at an end, the thread that has waited there longest is called: it makes
 * its call again (kernel/wait.h), and when that has been done the next one is called. Another call may come
 * before it; if that leaves nothing, the thread waits once more, before those that weren't called.
 *
 * Of the memory one page is there from the start; more comes when a sender first has so much to send, and
 * stays. What can't be had makes the channel smaller until it has been empty: no send fails for that.
 *
 * Rules: a channel that was found through a handle is good until the call ends or waits. Who is called gets
 * a reference. Between channel_reserve and channel_finish the thread copies, with no lock held, without
 * waiting and without step points.
 */
#pragma once
#include "ipc/stream_buffer.h"
#include "kernel/base/kobject.h"
#include "lib/container.h"

struct thread;

/* Those who send, or those who receive. */
struct channel_end {
    uint64_t handles; /* with their right; 0: it isn't open */
    struct list waiting;
};

struct channel {
    struct kobject object;
    /* Guarded by the object's lock */
    struct stream_buffer stream;
    struct channel_end ends[STREAM_WAYS];
    bool grows;       /* a sender gets more pages … */
    bool cannot_grow; /* … or didn't get all, and the stream wasn't empty since */
    bool wanted;      /* somebody has asked for bytes since the last ones were sent */
};

/* How a call waits. */
struct channel_wait {
    j6_time_t deadline;
    void (*again)(struct thread *thread); /* makes it again, if it is called, in its own space */
    bool called; /* that was so before: it gives up its reference to wait */
};

static inline struct channel *channel_of(struct kobject *object)
{
    return container_of(object, struct channel, object);
}

/* quota, no_memory. The caller gets a reference. */
j6_status_t channel_create(struct account *account, struct channel **out_channel) J6_MUST_USE;

/* Ends it for everybody; what is in it is lost. closed: that was so before. */
j6_status_t channel_close(struct channel *channel) J6_MUST_USE;

/* closed: nothing can be sent, or received, any more. */
j6_status_t channel_state(struct channel *channel, enum stream_way way);

/*
 * For the running thread: a stretch of up to `len` bytes, at least one, to be copied. closed, would_block
 * (a poll), timed_out; or leaves the kernel to wait.
 */
j6_status_t channel_reserve(struct channel *channel, enum stream_way way, uint64_t len,
                            const struct channel_wait *wait, struct stream_stretch *out_stretch);

/* The first `done` bytes of it were copied. */
void channel_finish(struct channel *channel, enum stream_way way, struct stream_stretch *stretch,
                    uint64_t done);

/* In `again`, with the status ok: the channel on which the thread was called. */
struct channel *channel_called_on(struct thread *thread);

/* A call comes to nothing: another may be called. */
void channel_pass(struct channel *channel);

/* SPDX-License-Identifier: MIT */
/* Sending and receiving: who gets which stretch, and who waits for one. */
#include "arch/arch.h"
#include "arch/upcall.h"
#include "ipc/channel.h"
#include "ipc/channel_state.h"
#include "ipc/stream_memory.h"
#include "kernel/thread.h"

/* ---- those who wait ------------------------------------------------------------------------- */

static void take_out_locked(struct thread *thread)
{
    list_remove(&thread->waiter.node);
}

static const struct wait_type channel_wait = {
    .kind = j6_wait_object, .timed_out = j6_status_timed_out, .undo = take_out_locked};

static struct thread *first_waiting(const struct channel_end *end)
{
    struct list_node *node = list_first(&end->waiting);
    return node != NULL ? container_of(node, struct thread, waiter.node) : NULL;
}

static void end_wait_locked(struct thread *thread, j6_status_t status)
{
    take_out_locked(thread);
    wait_end_locked(thread, status);
}

void channel_waits_end_locked(struct channel_end *end)
{
    struct thread *thread;
    while ((thread = first_waiting(end)) != NULL) {
        end_wait_locked(thread, j6_status_closed);
    }
}

/* The end is open, since somebody waits there: so there is a handle, and its reference. */
static inline void call_first_locked(struct channel *channel, enum stream_way way)
{
    struct thread *first = first_waiting(&channel->ends[way]);
    if (first != NULL && channel_is_ready_locked(channel, way)) {
        kobject_get(&channel->object);
        end_wait_locked(first, j6_status_ok);
    }
}

void channel_tell_all_locked(struct channel *channel)
{
    bool drained = stream_is_empty(&channel->stream) && channel->ends[STREAM_SEND].handles == 0;
    if (drained && !channel_is_closed_locked(channel)) {
        channel_close_locked(channel);
        return;
    }
    call_first_locked(channel, STREAM_SEND);
    call_first_locked(channel, STREAM_RECEIVE);
    if (!list_is_empty(&channel->object.waiters)) {
        kobject_signal_locked(&channel->object, 0, 0);
    }
}

void channel_want_locked(struct channel *channel)
{
    channel->wanted = true;
    if (!list_is_empty(&channel->object.waiters)) {
        kobject_signal_locked(&channel->object, 0, 0);
    }
}

void channel_pass(struct channel *channel)
{
    spinlock_lock(&channel->object.lock);
    channel_tell_locked(channel);
    spinlock_unlock(&channel->object.lock);
}

struct channel *channel_called_on(struct thread *thread)
{
    return channel_of(atomic_load_explicit(&thread->waiter.object, memory_order_relaxed));
}

/*
 * The reference that is given up isn't the last: the end is open, so there is a handle, and its reference
 * goes after channel_handle_gone.
 */
static _Noreturn void wait_and_unlock(struct channel *channel, enum stream_way way,
                                      const struct channel_wait *wait)
{
    struct thread *thread = sched_current();
    struct kobject *object = &channel->object;
    struct list *waiting = &channel->ends[way].waiting;
    atomic_store_explicit(&thread->waiter.object, object, memory_order_relaxed);
    thread->resume = wait->again;
    list_insert_before(wait->called ? waiting->head.next : &waiting->head, &thread->waiter.node);
    wait_begin_locked(thread, &object->lock, &channel_wait, object->koid, wait->deadline);
    if (wait->called) {
        kobject_put(object);
    }
    spinlock_unlock(&object->lock);
    kernel_leave();
}

/* ---- stretches ------------------------------------------------------------------------------ */

/*
 * The pages that `len` bytes take, as far as they can be had. One sender at a time does this, without the
 * lock; others make do with what is there.
 */
static void grow_locked(struct channel *channel, uint64_t len)
{
    struct stream_buffer *stream = &channel->stream;
    uint64_t room = stream_room(stream);
    if (len <= room || !channel_may_grow_locked(channel)) {
        return;
    }
    uint64_t size = stream->size;
    uint64_t wanted = len - room < STREAM_SIZE - size ? page_up(size + len - room) : STREAM_SIZE;
    channel->grows = true;
    spinlock_unlock(&channel->object.lock);
    size = stream_memory_grow(channel->object.account, stream->bytes, size, wanted);
    spinlock_lock(&channel->object.lock);
    stream->size = size;
    channel->grows = false;
    channel->cannot_grow = size < wanted;
    channel_tell_locked(channel);
}

/* Some of what is there; would_block: there is nothing. */
static j6_status_t reserve_some_locked(struct channel *channel, enum stream_way way, uint64_t len,
                                       struct stream_stretch *out_stretch)
{
    j6_status_t status = channel_state_locked(channel, way);
    if (status == j6_status_ok && way == STREAM_SEND) {
        grow_locked(channel, len);
        status = channel_state_locked(channel, way);
    }
    uint64_t ready = stream_ready(&channel->stream, way);
    if (status == j6_status_ok && ready > 0) {
        stream_reserve(&channel->stream, way, len < ready ? len : ready, out_stretch);
    }
    return status == j6_status_ok && ready == 0 ? j6_status_would_block : status;
}

/* Where there may be too little. */
static __attribute__((noinline)) j6_status_t reserve_and_unlock(struct channel *channel,
                                                                enum stream_way way, uint64_t len,
                                                                const struct channel_wait *wait,
                                                                struct stream_stretch *out_stretch)
{
    j6_status_t status = reserve_some_locked(channel, way, len, out_stretch);
    if (status == j6_status_would_block && way == STREAM_RECEIVE) {
        channel_want_locked(channel);
    }
    if (status == j6_status_would_block && wait->deadline != j6_deadline_poll) {
        if (!deadline_is_over(wait->deadline)) {
            wait_and_unlock(channel, way, wait);
        }
        status = j6_status_timed_out;
    }
    spinlock_unlock(&channel->object.lock);
    return status;
}

/* The usual case: all of it. The way is a constant: inline, little is left of what depends on it. */
static inline __attribute__((always_inline)) bool
reserve_all_locked(struct channel *channel, enum stream_way way, uint64_t len,
                   struct stream_stretch *out_stretch)
{
    bool there = len <= stream_ready(&channel->stream, way) && !channel_is_closed_locked(channel);
    if (there) {
        stream_reserve(&channel->stream, way, len, out_stretch);
    }
    return there;
}

j6_status_t channel_reserve(struct channel *channel, enum stream_way way, uint64_t len,
                            const struct channel_wait *wait, struct stream_stretch *out_stretch)
{
    spinlock_lock(&channel->object.lock);
    bool reserved = way == STREAM_SEND
                        ? reserve_all_locked(channel, STREAM_SEND, len, out_stretch)
                        : reserve_all_locked(channel, STREAM_RECEIVE, len, out_stretch);
    if (!reserved) {
        return reserve_and_unlock(channel, way, len, wait, out_stretch);
    }
    spinlock_unlock(&channel->object.lock);
    return j6_status_ok;
}

void channel_finish(struct channel *channel, enum stream_way way, struct stream_stretch *stretch,
                    uint64_t done)
{
    spinlock_lock(&channel->object.lock);
    if (!stream_finish_alone(&channel->stream, way, done)) {
        stream_finish(&channel->stream, way, stretch, done);
    }
    if (way == STREAM_SEND && done > 0) {
        channel->wanted = false;
    }
    channel_tell_locked(channel);
    spinlock_unlock(&channel->object.lock);
}

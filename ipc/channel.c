/* SPDX-License-Identifier: MIT */
/* The life of channels, and what their signals say; channel_transfer.c sends and receives. */
#include "ipc/channel.h"
#include "arch/arch.h"
#include "ipc/channel_state.h"
#include "ipc/stream_memory.h"
#include "kernel/signal.h"
#include "mm/slab.h"
#include <j6/rights.h>

SLAB_CACHE(channel_cache, "channel", struct channel);

static const uint64_t end_rights[STREAM_WAYS] = {
    [STREAM_SEND] = j6_right_channel_send,
    [STREAM_RECEIVE] = j6_right_channel_receive,
};

static uint64_t channel_levels(const struct kobject *object)
{
    const struct channel *channel = container_of(object, const struct channel, object);
    bool can_send = channel_is_ready_locked(channel, STREAM_SEND);
    bool can_receive = channel_is_ready_locked(channel, STREAM_RECEIVE);
    bool wanted = channel_is_wanted_locked(channel);
    return (can_send ? j6_signal_channel_can_send : 0) |
           (can_receive ? j6_signal_channel_can_recv : 0) | (wanted ? j6_signal_channel_wanted : 0);
}

/* Whoever waits for bytes by their signal wants them as well, unless it waits for others to do so. */
static void channel_awaited(struct kobject *object, uint64_t mask)
{
    const uint64_t can_recv = j6_signal_channel_can_recv;
    if ((mask & (can_recv | j6_signal_channel_wanted)) == can_recv) {
        channel_want_locked(channel_of(object));
    }
}

j6_status_t channel_state(struct channel *channel, enum stream_way way)
{
    spinlock_lock(&channel->object.lock);
    j6_status_t status = channel_state_locked(channel, way);
    spinlock_unlock(&channel->object.lock);
    return status;
}

/* ---- the end -------------------------------------------------------------------------------- */

void channel_close_locked(struct channel *channel)
{
    kobject_signal_locked(&channel->object, 0, j6_signal_closed);
    channel_waits_end_locked(&channel->ends[STREAM_SEND]);
    channel_waits_end_locked(&channel->ends[STREAM_RECEIVE]);
}

j6_status_t channel_close(struct channel *channel)
{
    spinlock_lock(&channel->object.lock);
    bool closed = channel_is_closed_locked(channel);
    if (!closed) {
        channel_close_locked(channel);
    }
    spinlock_unlock(&channel->object.lock);
    return closed ? j6_status_closed : j6_status_ok;
}

static void channel_handle_added(struct kobject *object, uint64_t rights)
{
    struct channel_end *ends = channel_of(object)->ends;
    spinlock_lock(&object->lock);
    for (int way = 0; way < STREAM_WAYS; way++) {
        ends[way].handles += (rights & end_rights[way]) != 0;
    }
    spinlock_unlock(&object->lock);
}

static void handle_lost_locked(struct channel *channel, enum stream_way way)
{
    if (--channel->ends[way].handles > 0 || channel_is_closed_locked(channel)) {
        return;
    }
    if (way == STREAM_RECEIVE) {
        channel_close_locked(channel);
    } else {
        channel_waits_end_locked(&channel->ends[way]);
        channel_tell_all_locked(channel);
    }
}

static void channel_handle_gone(struct kobject *object, uint64_t rights)
{
    spinlock_lock(&object->lock);
    for (int way = 0; way < STREAM_WAYS; way++) {
        if (rights & end_rights[way]) {
            handle_lost_locked(channel_of(object), way);
        }
    }
    spinlock_unlock(&object->lock);
}

static bool is_in_use(struct channel *channel)
{
    spinlock_lock(&channel->object.lock);
    bool used = channel->grows || stream_is_copied(&channel->stream);
    spinlock_unlock(&channel->object.lock);
    return used;
}

/*
 * Another CPU may be in the middle of a call that found the channel while it had a handle: it doesn't
 * wait, so it is waited for. Who comes later finds the channel closed.
 */
static void channel_destroy(struct kobject *object)
{
    struct channel *channel = channel_of(object);
    while (is_in_use(channel)) {
        arch_let_interrupts_in();
    }
    if (channel->stream.size > 0) {
        stream_memory_free(object->account, channel->stream.bytes, channel->stream.size);
    }
}

static void channel_free(struct kobject *object)
{
    slab_free(&channel_cache, channel_of(object));
}

/* ---- the beginning -------------------------------------------------------------------------- */

static const struct kobject_type channel_type = {
    .name = "channel",
    .number = j6_type_channel,
    .rank = RANK_OBJECT,
    .size = SLAB_COST(sizeof(struct channel)),
    .destroy = channel_destroy,
    .free = channel_free,
    .handle_added = channel_handle_added,
    .handle_gone = channel_handle_gone,
    .levels = channel_levels,
    .awaited = channel_awaited,
};

static j6_status_t channel_init(struct channel *channel)
{
    for (int way = 0; way < STREAM_WAYS; way++) {
        list_init(&channel->ends[way].waiting);
    }
    stream_init(&channel->stream, NULL, 0);
    uint8_t *bytes;
    j6_status_t status = stream_memory_alloc(channel->object.account, &bytes);
    if (status == j6_status_ok) {
        stream_init(&channel->stream, bytes, PAGE_SIZE);
    }
    return status;
}

j6_status_t channel_create(struct account *account, struct channel **out_channel)
{
    struct channel *channel = slab_alloc_zeroed(&channel_cache);
    if (channel == NULL) {
        return j6_err_no_memory;
    }
    j6_status_t status = kobject_init(&channel->object, &channel_type, account);
    if (status != j6_status_ok) {
        slab_free(&channel_cache, channel);
        return status;
    }
    status = channel_init(channel);
    if (status != j6_status_ok) {
        kobject_put(&channel->object);
        return status;
    }
    *out_channel = channel;
    return j6_status_ok;
}

/* SPDX-License-Identifier: MIT */
/* What the files of channels say to each other. The object's lock is held. */
#pragma once
#include "ipc/channel.h"
#include <j6/signals.h>
#include <j6/status.h>

static inline bool channel_is_closed_locked(const struct channel *channel)
{
    return channel->object.signals & j6_signal_closed;
}

static inline j6_status_t channel_state_locked(const struct channel *channel, enum stream_way way)
{
    bool over = channel_is_closed_locked(channel) || channel->ends[way].handles == 0;
    return over ? j6_status_closed : j6_status_ok;
}

/* Can a sender try to get more memory for it? */
static inline bool channel_may_grow_locked(const struct channel *channel)
{
    return channel->stream.size < STREAM_SIZE && !channel->grows && !channel->cannot_grow;
}

/* Would a call do anything but wait? */
static inline bool channel_is_ready_locked(const struct channel *channel, enum stream_way way)
{
    bool ready = stream_ready(&channel->stream, way) > 0 ||
                 (way == STREAM_SEND && channel_may_grow_locked(channel));
    return ready && channel_state_locked(channel, way) == j6_status_ok;
}

/* Has somebody asked for bytes since the last ones were sent, which have all been received? */
static inline bool channel_is_wanted_locked(const struct channel *channel)
{
    bool asked = channel->wanted || !list_is_empty(&channel->ends[STREAM_RECEIVE].waiting);
    return asked && stream_is_empty(&channel->stream) && !channel_is_closed_locked(channel);
}

/* Somebody asks for bytes, of which there are none. */
void channel_want_locked(struct channel *channel);

/* Ends it, and all waits. */
void channel_close_locked(struct channel *channel);

/* Something has changed for those who wait, or since there is no sender. */
void channel_tell_all_locked(struct channel *channel);

/* Bytes have come or gone, or memory. */
static inline void channel_tell_locked(struct channel *channel)
{
    const struct channel_end *ends = channel->ends;
    if (stream_begin_anew(&channel->stream)) {
        channel->cannot_grow = false;
    }
    if (!list_is_empty(&ends[STREAM_SEND].waiting) ||
        !list_is_empty(&ends[STREAM_RECEIVE].waiting) || !list_is_empty(&channel->object.waiters) ||
        ends[STREAM_SEND].handles == 0) {
        channel_tell_all_locked(channel);
    }
}

/* All waits at an end that isn't open any more are over. */
void channel_waits_end_locked(struct channel_end *end);

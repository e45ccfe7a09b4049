/* SPDX-License-Identifier: MIT */
/*
 * Calls on channels. What is copied goes between the caller's memory and a stretch of the stream that
 * nobody else touches. A copy that breaks off counts as far as it came; if it didn't come to one byte, or
 * the number can't be told, nothing was sent or received.
 */
#include "kernel/syscall/sys.h"

j6_status_t sys_channel_create(struct thread *caller, uint64_t flags, struct user_ptr h)
{
    if (flags != 0) {
        return j6_err_invalid_arg;
    }
    j6_status_t status = user_probe_out(h, sizeof(j6_handle_t));
    struct channel *channel;
    if (status == j6_status_ok) {
        status = channel_create(caller->process->account, &channel);
    }
    if (status != j6_status_ok) {
        return status;
    }
    status = sys_new_handle_out(caller, &channel->object, h);
    kobject_put(&channel->object);
    return status;
}

/* Copies what lies in one piece behind the `done` bytes of the stretch that were copied. */
static inline j6_status_t piece_copy(const struct channel *channel, enum stream_way way,
                                     const struct stream_stretch *stretch, struct user_ptr data,
                                     uint64_t *done)
{
    uint8_t *bytes;
    uint64_t piece;
    uint64_t len = stream_piece(&channel->stream, stretch, *done, &bytes);
    struct user_ptr user = user_ptr_add(data, *done);
    j6_status_t status = way == STREAM_SEND ? user_copy_in_part(bytes, user, len, &piece)
                                            : user_copy_out_part(user, bytes, len, &piece);
    *done += piece;
    return status;
}

/* It may go over the end of the ring, and lies in two pieces then. ok: at least one byte was copied. */
static inline j6_status_t stretch_copy(const struct channel *channel, enum stream_way way,
                                       const struct stream_stretch *stretch, struct user_ptr data,
                                       uint64_t *out_done)
{
    uint64_t done = 0;
    j6_status_t status = piece_copy(channel, way, stretch, data, &done);
    if (status == j6_status_ok && done < stretch->size) {
        status = piece_copy(channel, way, stretch, data, &done);
    }
    *out_done = done;
    return done > 0 ? j6_status_ok : status;
}

/* A pointer is bad, or nothing is asked for but whether something could be: what there is is others'. */
static __attribute__((noinline)) j6_status_t
transfer_nothing(struct channel *channel, enum stream_way way, j6_status_t status)
{
    channel_pass(channel);
    return status == j6_status_ok ? channel_state(channel, way) : status;
}

/* The way is a constant: inline, little is left of what depends on it. */
static inline __attribute__((always_inline)) j6_status_t
transfer(struct channel *channel, enum stream_way way, struct user_ptr len_inout,
         struct user_ptr data, const struct channel_wait *wait)
{
    uint64_t len;
    j6_status_t status = user_load_inout(len_inout, &len);
    if (status == j6_status_ok && !user_range_ok(data, len)) {
        status = j6_err_bad_address;
    }
    if (status != j6_status_ok || len == 0) {
        return transfer_nothing(channel, way, status);
    }
    struct stream_stretch stretch;
    status = channel_reserve(channel, way, len, wait, &stretch);
    if (status != j6_status_ok) {
        return status;
    }
    uint64_t done;
    status = stretch_copy(channel, way, &stretch, data, &done);
    if (status == j6_status_ok && done != len) {
        status = user_store(len_inout, done);
    }
    channel_finish(channel, way, &stretch, status == j6_status_ok ? done : 0);
    return status;
}

static void send_again(struct thread *thread);
static void receive_again(struct thread *thread);

j6_status_t sys_channel_send(struct thread *caller, struct channel *channel, struct user_ptr len,
                             struct user_ptr data, j6_time_t deadline)
{
    (void)caller;
    struct channel_wait wait = {.deadline = deadline, .again = send_again};
    return transfer(channel, STREAM_SEND, len, data, &wait);
}

j6_status_t sys_channel_receive(struct thread *caller, struct channel *channel, struct user_ptr len,
                                struct user_ptr data, j6_time_t deadline)
{
    (void)caller;
    struct channel_wait wait = {.deadline = deadline, .again = receive_again};
    return transfer(channel, STREAM_RECEIVE, len, data, &wait);
}

/* ---- after a wait --------------------------------------------------------------------------- */

/* If the thread was called, it has a reference: the handle may be closed by now. */
static inline __attribute__((always_inline)) void
transfer_again(struct thread *thread, enum stream_way way, void (*again)(struct thread *thread))
{
    const uint64_t *arg = thread->tcb.arg;
    if (thread->tcb.rax != j6_status_ok) {
        return;
    }
    struct channel *channel = channel_called_on(thread);
    struct channel_wait wait = {.deadline = arg[3], .again = again, .called = true};
    struct user_ptr len = {arg[1]};
    struct user_ptr data = {arg[2]};
    thread->tcb.rax = atomic_load_explicit(&thread->killed, memory_order_acquire)
                          ? transfer_nothing(channel, way, j6_status_cancelled)
                          : transfer(channel, way, len, data, &wait);
    kobject_put(&channel->object);
}

static void send_again(struct thread *thread)
{
    transfer_again(thread, STREAM_SEND, send_again);
}

static void receive_again(struct thread *thread)
{
    transfer_again(thread, STREAM_RECEIVE, receive_again);
}

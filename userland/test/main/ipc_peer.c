/* SPDX-License-Identifier: MIT */
#include "userland/test/main/ipc_peer.h"

j6_handle_t endpoint_new(void)
{
    j6_handle_t endpoint = j6_handle_none;
    expect_ok(j6_endpoint_create(IPC_DATA, IPC_HANDLES, 0, &endpoint));
    return endpoint;
}

struct j6_call words(uint64_t first)
{
    return (struct j6_call){.tag = first, .word = {first, first + 1, first + 2, first + 3}};
}

void expect_words(uint64_t first, const struct j6_call *call)
{
    expect_equal(first, call->tag);
    for (uint64_t i = 0; i < 4; i++) {
        expect_equal(first + i, call->word[i]);
    }
}

static int64_t peer_main(void *arg)
{
    struct ipc_peer *peer = arg;
    j6_status_t status = peer->make(peer->endpoint, &peer->call, peer->deadline);
    __atomic_store_n(&peer->status, status, __ATOMIC_RELEASE);
    return 0;
}

void ipc_peer_begin(struct ipc_peer *peer, uint32_t wait)
{
    peer->status = j6_err_unexpected;
    expect_ok(j6_thread_run(&peer->thread, peer_main, peer, 4 * PAGE));
    thread_blocks(peer->thread.handle, wait);
}

void sender_start(struct ipc_peer *peer, j6_handle_t endpoint, uint64_t first)
{
    *peer = (struct ipc_peer){.endpoint = endpoint,
                              .make = j6_endpoint_send,
                              .call = words(first),
                              .deadline = j6_deadline_never};
    ipc_peer_begin(peer, j6_wait_send);
}

void caller_start(struct ipc_peer *peer, j6_handle_t endpoint, uint64_t first)
{
    *peer = (struct ipc_peer){.endpoint = endpoint,
                              .make = j6_endpoint_call,
                              .call = words(first),
                              .deadline = j6_deadline_never};
    ipc_peer_begin(peer, j6_wait_send);
}

void receiver_start(struct ipc_peer *peer, j6_handle_t endpoint)
{
    *peer = (struct ipc_peer){
        .endpoint = endpoint, .make = j6_endpoint_receive, .deadline = j6_deadline_never};
    ipc_peer_begin(peer, j6_wait_receive);
}

void message_start(struct ipc_peer *peer, j6_handle_t endpoint, endpoint_call *make,
                   struct j6_message *message, uint32_t wait)
{
    *peer = (struct ipc_peer){.endpoint = endpoint,
                              .make = make,
                              .call = {.tag = 1, .message = message},
                              .deadline = j6_deadline_never};
    ipc_peer_begin(peer, wait);
}

void ipc_peer_kill(struct ipc_peer *peer)
{
    expect_ok(j6_thread_kill(peer->thread.handle, 0));
    expect_ok(j6_thread_join(&peer->thread, NULL));
}

bool ipc_peer_waits(const struct ipc_peer *peer)
{
    return __atomic_load_n(&peer->status, __ATOMIC_ACQUIRE) == j6_err_unexpected;
}

void ipc_peer_finish(struct ipc_peer *peer, j6_status_t wanted)
{
    expect_ok(j6_thread_join(&peer->thread, NULL));
    expect_status(wanted, peer->status);
}

struct j6_call receive_now(j6_handle_t endpoint)
{
    struct j6_call call = {0};
    expect_ok(j6_endpoint_receive(endpoint, &call, j6_deadline_poll));
    return call;
}

void expect_nothing(j6_handle_t endpoint)
{
    struct j6_call call = {0};
    expect_status(j6_status_would_block, j6_endpoint_receive(endpoint, &call, j6_deadline_poll));
}

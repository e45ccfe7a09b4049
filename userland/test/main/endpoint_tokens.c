/* SPDX-License-Identifier: MIT */
/* Reply tokens: whose they are, how often they are good, and what one learns who has none. */
#include "userland/test/main/puppeteer.h"

static j6_status_t reply(j6_handle_t endpoint, uint64_t token, uint64_t first)
{
    struct j6_call call = words(first);
    call.token = token;
    return j6_endpoint_reply(endpoint, &call, 0);
}

struct replier {
    j6_handle_t endpoint;
    uint64_t token;
};

static int64_t reply_elsewhere(void *arg)
{
    const struct replier *replier = arg;
    return (int64_t)reply(replier->endpoint, replier->token, 50);
}

TEST(any_thread_of_the_process_that_received_a_call_may_reply)
{
    struct ipc_peer caller;
    struct j6_thread thread;
    int64_t status;
    struct replier replier = {.endpoint = endpoint_new()};
    caller_start(&caller, replier.endpoint, 1);
    replier.token = receive_now(replier.endpoint).token;
    expect_ok(j6_thread_run(&thread, reply_elsewhere, &replier, 4 * PAGE));
    expect_ok(j6_thread_join(&thread, &status));
    expect_status(j6_status_ok, (j6_status_t)status);
    ipc_peer_finish(&caller, j6_status_ok);
    expect_words(50, &caller.call);
    expect_ok(j6_handle_close(replier.endpoint));
}

static int64_t receive_and_end(void *arg)
{
    struct replier *replier = arg;
    struct j6_call call = {0};
    j6_status_t status = j6_endpoint_receive(replier->endpoint, &call, j6_deadline_never);
    replier->token = call.token;
    return (int64_t)status;
}

TEST(a_token_outlives_the_thread_that_received_the_call)
{
    struct ipc_peer caller;
    struct j6_thread thread;
    struct replier replier = {.endpoint = endpoint_new()};
    expect_ok(j6_thread_run(&thread, receive_and_end, &replier, 4 * PAGE));
    caller = (struct ipc_peer){.endpoint = replier.endpoint,
                               .make = j6_endpoint_call,
                               .call = words(1),
                               .deadline = j6_deadline_never};
    thread_blocks(thread.handle, j6_wait_receive);
    ipc_peer_begin(&caller, j6_wait_reply);
    expect_ok(j6_thread_join(&thread, NULL));
    expect_ok(reply(replier.endpoint, replier.token, 60));
    ipc_peer_finish(&caller, j6_status_ok);
    expect_words(60, &caller.call);
    expect_ok(j6_handle_close(replier.endpoint));
}

TEST(calls_may_be_answered_in_any_order)
{
    enum { CALLERS = 8 };
    struct ipc_peer callers[CALLERS];
    uint64_t tokens[CALLERS];
    j6_handle_t endpoint = endpoint_new();
    for (uint64_t i = 0; i < CALLERS; i++) {
        caller_start(&callers[i], endpoint, i);
        tokens[i] = receive_now(endpoint).token;
    }
    for (uint64_t i = 0; i < CALLERS; i++) {
        uint64_t chosen = (i * 5 + 3) % CALLERS;
        expect_ok(reply(endpoint, tokens[chosen], 100 + chosen));
        ipc_peer_finish(&callers[chosen], j6_status_ok);
        expect_words(100 + chosen, &callers[chosen].call);
    }
    expect_ok(j6_handle_close(endpoint));
}

/* ---- tokens that aren't good ---- */

TEST(a_token_is_good_at_the_endpoint_that_it_came_from_alone)
{
    struct ipc_peer caller;
    struct ipc_peer other;
    j6_handle_t endpoints[2] = {endpoint_new(), endpoint_new()};
    caller_start(&caller, endpoints[0], 1);
    caller_start(&other, endpoints[1], 1);
    uint64_t tokens[2] = {receive_now(endpoints[0]).token, receive_now(endpoints[1]).token};
    expect_status(j6_err_not_found, reply(endpoints[0], tokens[1], 1));
    expect_status(j6_err_not_found, reply(endpoints[1], tokens[0], 1));
    expect_ok(reply(endpoints[0], tokens[0], 7));
    expect_ok(reply(endpoints[1], tokens[1], 8));
    ipc_peer_finish(&caller, j6_status_ok);
    ipc_peer_finish(&other, j6_status_ok);
    expect_words(7, &caller.call);
    expect_words(8, &other.call);
    for (int i = 0; i < 2; i++) {
        expect_ok(j6_handle_close(endpoints[i]));
    }
}

TEST(a_token_is_good_for_the_process_that_received_the_call_alone)
{
    struct puppet puppet;
    struct ipc_peer caller;
    j6_handle_t endpoint = endpoint_new();
    puppet_open(&puppet, 1, NULL);
    j6_handle_t theirs = puppet_give_all(&puppet, endpoint);
    caller_start(&caller, endpoint, 1);
    struct puppet_slot *slot = puppet_slot(&puppet, 0, PUPPET_RECEIVE, theirs);
    expect_ok(puppet_do(slot));
    uint64_t token = slot->call.token;
    expect_status(j6_err_not_found, reply(endpoint, token, 1));
    expect(ipc_peer_waits(&caller));
    slot = puppet_slot(&puppet, 0, PUPPET_REPLY, theirs);
    slot->call = words(9);
    slot->call.token = token;
    expect_ok(puppet_do(slot));
    ipc_peer_finish(&caller, j6_status_ok);
    expect_words(9, &caller.call);
    puppet_close(&puppet);
    expect_ok(j6_handle_close(endpoint));
}

TEST(guessed_tokens_are_not_found)
{
    struct ipc_peer queued;
    struct ipc_peer served;
    j6_handle_t endpoint = endpoint_new();
    caller_start(&served, endpoint, 1);
    uint64_t token = receive_now(endpoint).token;
    caller_start(&queued, endpoint, 2);
    const uint64_t guesses[] = {0,          1,          token + 1,         token ^ 1ull << 63,
                                0xfffff,    1ull << 63, token + (1 << 20), ~0ull,
                                ~0ull << 20};
    for (unsigned i = 0; i < sizeof(guesses) / sizeof(guesses[0]); i++) {
        expect_status(j6_err_not_found, reply(endpoint, guesses[i], 1));
    }
    expect(ipc_peer_waits(&queued));
    expect(ipc_peer_waits(&served));
    expect_ok(reply(endpoint, token, 3));
    ipc_peer_finish(&served, j6_status_ok);
    token = receive_now(endpoint).token;
    expect_ok(reply(endpoint, token, 3));
    ipc_peer_finish(&queued, j6_status_ok);
    expect_ok(j6_handle_close(endpoint));
}

/* Calls as often as it is answered, and takes no data. */
static int64_t call_again(void *arg)
{
    struct j6_call call = words(1);
    while (j6_endpoint_call(*(j6_handle_t *)arg, &call, j6_deadline_never) != j6_status_closed) {}
    return 0;
}

TEST(a_token_is_used_up_by_its_reply_whatever_comes_of_it)
{
    static char data[10];
    struct j6_thread caller;
    struct j6_message message = {.data = data, .len = 10};
    j6_handle_t endpoint = endpoint_new();
    expect_ok(j6_thread_run(&caller, call_again, &endpoint, 4 * PAGE));
    for (int i = 0; i < 100; i++) {
        struct j6_call call = {0};
        expect_ok(j6_endpoint_receive(endpoint, &call, j6_deadline_never));
        call.message = i % 2 ? &message : NULL;
        expect_status(i % 2 ? j6_status_cancelled : j6_status_ok,
                      j6_endpoint_reply(endpoint, &call, 0));
        expect_status(j6_err_not_found, j6_endpoint_reply(endpoint, &call, 0));
        if (i % 3 == 0) { /* it has called again by now */
            thread_blocks(caller.handle, j6_wait_send);
            expect_status(j6_err_not_found, j6_endpoint_reply(endpoint, &call, 0));
        }
    }
    expect_ok(j6_object_close(endpoint));
    expect_ok(j6_thread_join(&caller, NULL));
    expect_ok(j6_handle_close(endpoint));
}

TEST(a_reply_to_a_caller_that_has_gone_is_cancelled)
{
    struct ipc_peer caller;
    j6_handle_t endpoint = endpoint_new();
    for (int i = 0; i < 3; i++) {
        caller_start(&caller, endpoint, 1);
        uint64_t token = receive_now(endpoint).token;
        thread_blocks(caller.thread.handle, j6_wait_reply);
        ipc_peer_kill(&caller);
        expect_status(j6_status_cancelled, reply(endpoint, token, 1));
    }
    expect_ok(j6_handle_close(endpoint));
}

/* SPDX-License-Identifier: MIT */
/* The register map of endpoint calls: each register, whatever comes of the call. */
#include "lib/string.h"
#include "userland/test/main/calls.h"
#include "userland/test/main/ipc_peer.h"

/* As endpoint_registers.asm orders them. */
struct raw {
    uint64_t rax, rdi, rsi, rdx, r10, r8, r9, r12, r13, r14, r15, rbx, rbp, rcx, r11;
};

void endpoint_raw(struct raw *registers);

static const uint64_t MINE = 0xb0b1b2b3b4b5b6b7;

/* Every register that says nothing has that value. */
static struct raw raw_of(uint64_t number, j6_handle_t endpoint, j6_time_t deadline)
{
    struct raw raw;
    uint64_t *value = &raw.rax;
    for (unsigned i = 0; i < sizeof(raw) / sizeof(*value); i++) {
        value[i] = MINE + ((uint64_t)i << 56);
    }
    raw.rax = number;
    raw.rdi = endpoint;
    raw.rsi = 1;
    raw.r12 = deadline;
    raw.r13 = 0;
    return raw;
}

/* What the kernel loses by itself: where it returns to, and the flags. */
static void forget_return(struct raw *raw)
{
    expect(raw->rcx != 0 && raw->rcx < 1ull << 47);
    expect_equal(0x202, raw->r11 & ~0x8d5ull);
    raw->rcx = 0;
    raw->r11 = 0;
}

/* Makes the call, which must leave all registers as they were but rax and r15. */
static void expect_unchanged(uint64_t number, j6_handle_t endpoint, j6_time_t deadline,
                             j6_status_t wanted)
{
    struct raw raw = raw_of(number, endpoint, deadline);
    struct raw before = raw;
    endpoint_raw(&raw);
    forget_return(&raw);
    before.rcx = 0;
    before.r11 = 0;
    before.rax = wanted;
    before.r15 = 0;
    expect_status(wanted, raw.rax);
    expect_equal(0, memcmp(&before, &raw, sizeof(raw)));
}

TEST(an_endpoint_call_that_receives_nothing_changes_no_register)
{
    static const uint64_t numbers[] = {call_endpoint_send, call_endpoint_receive,
                                       call_endpoint_call};
    struct ipc_peer receiver;
    j6_handle_t endpoint = endpoint_new();
    for (int i = 0; i < 3; i++) {
        expect_unchanged(numbers[i], endpoint, j6_deadline_poll, j6_status_would_block);
        expect_unchanged(numbers[i], endpoint, 1, j6_status_timed_out);
        expect_unchanged(numbers[i], endpoint, now() + 1000000, j6_status_timed_out);
    }
    expect_unchanged(call_endpoint_reply, endpoint, 0, j6_err_not_found);
    expect_unchanged(call_endpoint_reply_receive, endpoint, 0, j6_err_not_found);
    receiver_start(&receiver, endpoint);
    expect_unchanged(call_endpoint_send, endpoint, j6_deadline_never, j6_status_ok);
    ipc_peer_finish(&receiver, j6_status_ok);
    expect_ok(j6_object_close(endpoint));
    expect_unchanged(call_endpoint_receive, endpoint, j6_deadline_never, j6_status_closed);
    expect_ok(j6_handle_close(endpoint));
}

static void expect_received(const struct raw *raw, const struct raw *wanted)
{
    expect_status(wanted->rax, raw->rax);
    expect_equal(wanted->rdi, raw->rdi);
    expect_equal(wanted->rsi, raw->rsi);
    expect_equal(wanted->rdx, raw->rdx);
    expect_equal(wanted->r10, raw->r10);
    expect_equal(wanted->r8, raw->r8);
    expect_equal(wanted->r9, raw->r9);
    expect_equal(wanted->r12, raw->r12);
    expect_equal(wanted->r13, raw->r13);
    expect_equal(0, raw->r15);
    expect_equal(MINE + (11ull << 56), raw->rbx);
    expect_equal(MINE + (12ull << 56), raw->rbp);
}

/* Receives, or calls, in a thread of its own. */
static int64_t raw_thread(void *arg)
{
    endpoint_raw(arg);
    return 0;
}

TEST(every_register_of_a_receiver_is_what_the_map_says)
{
    struct j6_thread thread;
    struct ipc_peer sender;
    struct j6_call message = words(1000);
    j6_handle_t endpoint = endpoint_new();
    struct raw wanted = {.rsi = 1000, .rdx = 1000, .r10 = 1001, .r8 = 1002, .r9 = 1003};
    struct raw raw = raw_of(call_endpoint_receive, endpoint, j6_deadline_never);
    expect_ok(j6_thread_run(&thread, raw_thread, &raw, 4 * PAGE)); /* first the receiver */
    thread_blocks(thread.handle, j6_wait_receive);
    expect_ok(j6_endpoint_send(endpoint, &message, j6_deadline_never));
    expect_ok(j6_thread_join(&thread, NULL));
    expect_received(&raw, &wanted);
    expect_equal(0, raw.r14);
    sender_start(&sender, endpoint, 1000); /* first the sender */
    raw = raw_of(call_endpoint_receive, endpoint, j6_deadline_poll);
    endpoint_raw(&raw);
    expect_received(&raw, &wanted);
    expect_equal(0, raw.r14);
    ipc_peer_finish(&sender, j6_status_ok);
    expect_ok(j6_endpoint_notify(endpoint, 0x55)); /* a packet */
    raw = raw_of(call_endpoint_receive, endpoint, j6_deadline_poll);
    endpoint_raw(&raw);
    expect_received(&raw, &(struct raw){.rsi = j6_tag_notify, .rdx = 0x55});
    expect_equal(0, raw.r14);
    expect_ok(j6_handle_close(endpoint));
}

TEST(every_register_of_a_caller_is_what_the_map_says)
{
    struct j6_thread thread;
    j6_handle_t endpoint = endpoint_new();
    struct raw raw = raw_of(call_endpoint_call, endpoint, j6_deadline_never);
    expect_ok(j6_thread_run(&thread, raw_thread, &raw, 4 * PAGE));
    thread_blocks(thread.handle, j6_wait_send);
    struct j6_call reply = words(7);
    reply.token = receive_now(endpoint).token;
    expect_ok(j6_endpoint_reply(endpoint, &reply, 0));
    expect_ok(j6_thread_join(&thread, NULL));
    expect_received(&raw, &(struct raw){.rsi = 7, .rdx = 7, .r10 = 8, .r8 = 9, .r9 = 10});
    expect_equal(0, raw.r14);
    expect_ok(j6_handle_close(endpoint));
}

TEST(a_short_message_shows_nothing_of_the_long_one_before_it)
{
    static char data[100];
    static char room[100];
    struct ipc_peer sender = {.endpoint = endpoint_new(),
                              .make = j6_endpoint_send,
                              .call = words(5),
                              .deadline = j6_deadline_never};
    struct j6_message out = {.data = data, .len = 100};
    struct j6_message in = {.data = room, .cap = 100};
    memset(data, 0x77, sizeof(data));
    sender.call.message = &out;
    ipc_peer_begin(&sender, j6_wait_send);
    struct raw raw = raw_of(call_endpoint_receive, sender.endpoint, j6_deadline_poll);
    raw.r13 = (uint64_t)&in;
    endpoint_raw(&raw);
    ipc_peer_finish(&sender, j6_status_ok);
    struct raw wanted = {.rsi = 5, .rdx = 5, .r10 = 6, .r8 = 7, .r9 = 8, .r12 = 100};
    expect_received(&raw, &wanted);
    expect_equal(0x77, room[99]);
    memset(room, 0, sizeof(room));
    out.len = 1;
    sender.call = (struct j6_call){.tag = 2, .message = &out};
    ipc_peer_begin(&sender, j6_wait_send);
    raw = raw_of(call_endpoint_receive, sender.endpoint, j6_deadline_poll);
    raw.r13 = (uint64_t)&in;
    endpoint_raw(&raw);
    ipc_peer_finish(&sender, j6_status_ok);
    expect_received(&raw, &(struct raw){.rsi = 2, .r12 = 1});
    expect_equal(0x77, room[0]);
    expect_equal(0, room[1]);
    expect_ok(j6_handle_close(sender.endpoint));
}

TEST(who_offers_too_little_learns_the_sizes_and_nothing_else)
{
    static char data[100];
    j6_handle_t event = event_new();
    struct j6_message out = {.data = data, .len = 99, .handles = &event, .handle_count = 1};
    struct ipc_peer sender = {.endpoint = endpoint_new(),
                              .make = j6_endpoint_send,
                              .call = words(5),
                              .deadline = j6_deadline_never};
    sender.call.message = &out;
    ipc_peer_begin(&sender, j6_wait_send);
    struct raw raw = raw_of(call_endpoint_receive, sender.endpoint, j6_deadline_poll);
    struct raw wanted = raw;
    endpoint_raw(&raw);
    wanted.rax = j6_err_insufficient;
    wanted.r12 = 99;
    wanted.r13 = 1;
    expect_received(&raw, &wanted);
    expect_equal(wanted.r14, raw.r14);
    ipc_peer_kill(&sender);
    expect_ok(j6_handle_close(event));
    expect_ok(j6_handle_close(sender.endpoint));
}

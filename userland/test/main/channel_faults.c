/* SPDX-License-Identifier: MIT */
/*
 * Copies to and from channels that break off, by a page that isn't there or by the end of their thread,
 * alone and beside others. Each byte says which sender it is from and which of that one's it is: so a
 * byte that is lost, doubled or out of order shows.
 */
#include "lib/string.h"
#include "userland/test/main/channel.h"
#include "userland/test/main/memory.h"

enum { SENDERS = 3, RECEIVERS = 3, NUMBERS = 32, BREAK = 1000, STACK = 16 * PAGE };

static char byte_of(unsigned sender, uint64_t number)
{
    return (char)(sender * NUMBERS + number % NUMBERS);
}

/* So many bytes, the last one in front of a page that isn't there. */
struct broken {
    j6_handle_t area;
    char *memory;
    uint64_t size;
};

static struct broken broken_open(uint64_t pages, uint64_t place)
{
    struct broken broken = {.area = area_new(pages, 0), .size = pages * PAGE};
    broken.memory = area_map_at(broken.area, far_place() + place, READ_WRITE);
    return broken;
}

static void broken_close(const struct broken *broken)
{
    area_unmap(broken->area, broken->memory);
    expect_ok(j6_handle_close(broken->area));
}

static char *last_bytes(const struct broken *broken, uint64_t count)
{
    return broken->memory + broken->size - count;
}

TEST(a_send_whose_source_breaks_off_sends_what_is_there)
{
    struct broken source = broken_open(1, 0);
    j6_handle_t channel = channel_new();
    uint64_t len = 300;
    memcpy(last_bytes(&source, 13), "all there was", 13);
    expect_ok(try_send(channel, last_bytes(&source, 13), &len));
    expect_equal(13, len);
    expect_text(channel, "all there was");
    len = 300;
    expect_status(j6_err_bad_address, try_send(channel, last_bytes(&source, 0), &len));
    expect_equal(300, len);
    expect_equal(CAN_SEND, signals_of(channel));
    expect_ok(j6_handle_close(channel));
    broken_close(&source);
}

TEST(a_receive_whose_target_breaks_off_leaves_the_rest_to_the_next)
{
    struct broken target = broken_open(1, 0);
    j6_handle_t channel = channel_new();
    uint64_t len = 300;
    send_text(channel, "the beginning and the rest");
    expect_ok(try_receive(channel, last_bytes(&target, 13), &len));
    expect_equal(13, len);
    expect_equal(0, memcmp(last_bytes(&target, 13), "the beginning", 13));
    len = 300;
    expect_status(j6_err_bad_address, try_receive(channel, last_bytes(&target, 0), &len));
    expect_equal(300, len);
    expect_text(channel, " and the rest");
    expect_ok(j6_handle_close(channel));
    broken_close(&target);
}

TEST(what_is_received_goes_to_no_page_that_is_read_only)
{
    j6_handle_t area = area_new(2, 0);
    char *memory = area_map(area, READ_WRITE);
    j6_handle_t channel = channel_new();
    uint64_t len = 300;
    expect_ok(protect(area, memory + PAGE, 1, j6_map_read));
    send_text(channel, "12345");
    expect_ok(try_receive(channel, memory + PAGE - 2, &len));
    expect_equal(2, len);
    expect_equal(0, memory[PAGE]);
    expect_text(channel, "345");
    expect_ok(j6_handle_close(channel));
    expect_ok(unmap(area, memory, 1));
    expect_ok(unmap(area, memory + PAGE, 1));
    expect_ok(j6_handle_close(area));
}

/* Over the end of the ring, in both pieces. */
TEST(a_receive_that_breaks_off_loses_nothing_wherever_in_the_ring_that_is)
{
    struct broken target = broken_open(1, 0);
    j6_handle_t channel = channel_new();
    uint64_t received = 0;
    uint64_t sent = fill(channel);
    expect_filling(channel, 0, sent - 100);
    received = sent - 100;
    for (uint64_t more = 0; more < 400; more++) {
        char byte = filling_at(sent++);
        uint64_t one = 1;
        expect_ok(try_send(channel, &byte, &one));
    }
    for (uint64_t count = 1; received + count < sent && !test_has_failed(); count += 7) {
        uint64_t len = 1000;
        expect_ok(try_receive(channel, last_bytes(&target, count), &len));
        expect_equal(count, len);
        expect_equal(filling_at(received), last_bytes(&target, count)[0]);
        expect_equal(filling_at(received + count - 1), last_bytes(&target, 1)[0]);
        received += count;
    }
    expect_filling(channel, received, sent - received);
    expect_ok(j6_handle_close(channel));
    broken_close(&target);
}

/* ---- beside others -------------------------------------------------------------------------- */

/* One of several that send or receive on the same channel. */
struct copier {
    j6_handle_t channel;
    unsigned number;
    uint64_t rounds;
    uint64_t bytes;                    /* sent */
    uint64_t found[SENDERS * NUMBERS]; /* received, of each value */
    bool wrong;
    struct broken buffer;
    struct j6_thread thread;
};

/* Every other call asks for more than there is; pages are brought in anew each time. */
static int64_t send_brokenly(void *arg)
{
    struct copier *copier = arg;
    for (uint64_t round = 0; round < copier->rounds; round++) {
        uint64_t count = 1 + round * 977 % copier->buffer.size;
        uint64_t len = count + (round % 2) * BREAK;
        char *data = last_bytes(&copier->buffer, count);
        for (uint64_t i = 0; i < count; i++) {
            data[i] = byte_of(copier->number, copier->bytes + i);
        }
        if (j6_channel_send(copier->channel, &len, data, j6_deadline_never) != j6_status_ok ||
            len > count) {
            copier->wrong = true;
        }
        copier->bytes += len;
    }
    return (int64_t)j6_handle_close(copier->channel);
}

static int64_t receive_brokenly(void *arg)
{
    struct copier *copier = arg;
    for (uint64_t round = 0;; round++) {
        uint64_t count = 1 + round * 1231 % copier->buffer.size;
        uint64_t len = count + (round % 2) * BREAK;
        uint64_t all = copier->buffer.size;
        const char *data = last_bytes(&copier->buffer, count);
        j6_vma_op_range(copier->buffer.area, j6_op_decommit, 0, &all);
        j6_status_t status =
            j6_channel_receive(copier->channel, &len, (void *)data, j6_deadline_never);
        if (status != j6_status_ok) {
            copier->wrong |= status != j6_status_closed;
            return 0;
        }
        for (uint64_t i = 0; i < len; i++) {
            copier->found[(uint8_t)data[i] % (SENDERS * NUMBERS)]++;
        }
    }
}

static void copier_start(struct copier *copier, bool sends, unsigned number, j6_handle_t channel,
                         uint64_t rounds)
{
    *copier = (struct copier){.number = number, .rounds = rounds};
    copier->channel = narrowed(channel, sends ? SEND : RECEIVE);
    copier->buffer = broken_open(8, (2 * number + sends) * 32 * PAGE);
    expect_ok(
        j6_thread_run(&copier->thread, sends ? send_brokenly : receive_brokenly, copier, STACK));
}

static void copier_finish(struct copier *copier)
{
    expect_ok(j6_thread_join(&copier->thread, NULL));
    expect(!copier->wrong);
    broken_close(&copier->buffer);
}

static void expect_all_found(const struct copier *senders, const struct copier *receivers)
{
    for (unsigned sender = 0; sender < SENDERS; sender++) {
        for (uint64_t number = 0; number < NUMBERS; number++) {
            uint64_t found = 0;
            for (unsigned i = 0; i < RECEIVERS; i++) {
                found += receivers[i].found[sender * NUMBERS + number];
            }
            uint64_t bytes = senders[sender].bytes;
            expect_equal(bytes / NUMBERS + (number < bytes % NUMBERS), found);
        }
    }
}

TEST(many_who_copy_at_once_and_break_off_lose_and_double_nothing)
{
    static struct copier senders[SENDERS];
    static struct copier receivers[RECEIVERS];
    j6_handle_t channel = channel_new();
    for (unsigned i = 0; i < SENDERS; i++) {
        copier_start(&senders[i], true, i, channel, race_rounds(200));
    }
    for (unsigned i = 0; i < RECEIVERS; i++) {
        copier_start(&receivers[i], false, i, channel, 0);
    }
    expect_ok(j6_handle_close(channel));
    for (unsigned i = 0; i < SENDERS; i++) {
        copier_finish(&senders[i]);
    }
    for (unsigned i = 0; i < RECEIVERS; i++) {
        copier_finish(&receivers[i]);
        expect_ok(j6_handle_close(receivers[i].channel));
    }
    expect_all_found(senders, receivers);
}

/* ---- whoever is killed ---------------------------------------------------------------------- */

/* What came from one sender is in order, from whichever byte on. */
static int64_t receive_in_order(void *arg)
{
    static char data[STREAM_MAX];
    struct copier *copier = arg;
    uint64_t len = sizeof(data);
    bool first = true;
    while (j6_channel_receive(copier->channel, &len, data, j6_deadline_never) == j6_status_ok) {
        for (uint64_t i = 0; i < len; i++) {
            copier->bytes = first ? (uint8_t)data[i] : copier->bytes;
            copier->wrong |= data[i] != byte_of(0, copier->bytes);
            copier->bytes++;
            first = false;
        }
        len = sizeof(data);
    }
    return 0;
}

static void kill_and_join(struct copier *copier)
{
    expect_ok(j6_thread_kill(copier->thread.handle, 5));
    expect_ok(j6_thread_join(&copier->thread, NULL));
    broken_close(&copier->buffer);
}

static void kill_while_copying(uint64_t round)
{
    static struct copier sender;
    static struct copier victim;
    static struct copier receiver;
    j6_handle_t channel = channel_new();
    receiver = (struct copier){.channel = narrowed(channel, RECEIVE)};
    copier_start(&sender, true, 0, channel, ~0ull);
    copier_start(&victim, false, 0, channel, 0);
    expect_ok(j6_handle_close(channel));
    expect_ok(j6_thread_sleep(now() + round % 7 * 100000));
    kill_and_join(&victim);
    expect_ok(j6_handle_close(victim.channel));
    expect_ok(j6_thread_run(&receiver.thread, receive_in_order, &receiver, STACK));
    expect_ok(j6_thread_sleep(now() + round % 5 * 100000));
    kill_and_join(&sender);
    expect_ok(j6_handle_close(sender.channel));
    expect_ok(j6_thread_join(&receiver.thread, NULL));
    expect(!receiver.wrong);
    expect_ok(j6_handle_close(receiver.channel));
}

TEST(whoever_is_killed_while_copying_leaves_a_stream_that_is_whole)
{
    for (uint64_t round = 0; round < race_rounds(20) && !test_has_failed(); round++) {
        kill_while_copying(round);
    }
}

/* ---- handles that go ------------------------------------------------------------------------ */

static int64_t close_it(void *arg)
{
    return (int64_t)j6_handle_close(*(j6_handle_t *)arg);
}

/* The last handle is closed while a call through it is under way. */
TEST(a_channel_whose_last_handle_goes_while_it_is_copied_leaves_nothing)
{
    static char data[STREAM_MAX];
    for (uint64_t round = 0; round < race_rounds(50) && !test_has_failed(); round++) {
        struct j6_thread thread;
        j6_handle_t channel = channel_new();
        j6_status_t status = j6_status_ok;
        expect_ok(j6_thread_run(&thread, close_it, &channel, STACK));
        while (status == j6_status_ok) {
            uint64_t len = sizeof(data);
            status = try_send(channel, data, &len);
            len = sizeof(data);
            status = status == j6_status_ok ? try_receive(channel, data, &len) : status;
        }
        expect(status == j6_err_bad_handle || status == j6_status_closed);
        expect_ok(j6_thread_join(&thread, NULL));
    }
}

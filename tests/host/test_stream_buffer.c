/* SPDX-License-Identifier: MIT */
/* SOURCES: ipc/stream_buffer.c lib/string.c */
/*
 * The ring of a channel: whoever copies beside whom, and wherever a copy breaks off, no byte is lost,
 * doubled or out of order.
 */
#include "ipc/stream_buffer.h"
#include <string.h>
#include <test.h>
#include <test_random.h>

enum { COPIERS = 5, ROUNDS = 200000 };

static uint8_t ring[STREAM_SIZE];
static struct stream_buffer stream;

static int set_up(void **state)
{
    (void)state;
    memset(ring, 0xee, sizeof(ring));
    stream_init(&stream, ring, STREAM_SIZE);
    return 0;
}

/* ---- copies --------------------------------------------------------------------------------- */

static void put(const struct stream_stretch *stretch, const uint8_t *from, uint64_t len)
{
    uint8_t *there;
    for (uint64_t at = 0, piece; at < len; at += piece) {
        piece = stream_piece(&stream, stretch, at, &there);
        piece = piece < len - at ? piece : len - at;
        memcpy(there, from + at, piece);
    }
}

static void get(const struct stream_stretch *stretch, uint8_t *to, uint64_t len)
{
    uint8_t *there;
    for (uint64_t at = 0, piece; at < len; at += piece) {
        piece = stream_piece(&stream, stretch, at, &there);
        piece = piece < len - at ? piece : len - at;
        memcpy(to + at, there, piece);
    }
}

/* In either way, as the owner does. */
static void finish(enum stream_way way, struct stream_stretch *stretch, uint64_t done)
{
    if (!stream_finish_alone(&stream, way, done)) {
        stream_finish(&stream, way, stretch, done);
    }
    stream_begin_anew(&stream);
}

static void send(const char *text)
{
    struct stream_stretch stretch;
    stream_reserve(&stream, STREAM_SEND, strlen(text), &stretch);
    put(&stretch, (const uint8_t *)text, strlen(text));
    finish(STREAM_SEND, &stretch, strlen(text));
}

static void expect_received(const char *text)
{
    struct stream_stretch stretch;
    char found[100] = {0};
    assert_int_equal(stream_ready(&stream, STREAM_RECEIVE), strlen(text));
    stream_reserve(&stream, STREAM_RECEIVE, strlen(text), &stretch);
    get(&stretch, (uint8_t *)found, strlen(text));
    finish(STREAM_RECEIVE, &stretch, strlen(text));
    assert_string_equal(found, text);
}

/* So that what comes next goes over the end of the ring. */
static void go_near_the_end(uint64_t left)
{
    struct stream_stretch stretch;
    struct stream_stretch taken;
    stream_reserve(&stream, STREAM_SEND, STREAM_SIZE - left, &stretch);
    finish(STREAM_SEND, &stretch, STREAM_SIZE - left);
    stream_reserve(&stream, STREAM_RECEIVE, STREAM_SIZE - left - 1, &taken);
    finish(STREAM_RECEIVE, &taken, STREAM_SIZE - left - 1);
}

/* ---- one after the other -------------------------------------------------------------------- */

static void stream_is_received_as_it_was_sent(void **state)
{
    (void)state;
    assert_true(stream_is_empty(&stream));
    assert_int_equal(stream_ready(&stream, STREAM_SEND), STREAM_SIZE);
    send("one ");
    send("two");
    assert_int_equal(stream_ready(&stream, STREAM_SEND), STREAM_SIZE - 7);
    expect_received("one two");
    assert_true(stream_is_empty(&stream));
}

static void stream_goes_over_the_end_of_its_ring(void **state)
{
    (void)state;
    struct stream_stretch first;
    go_near_the_end(3);
    stream_reserve(&stream, STREAM_RECEIVE, 1, &first);
    finish(STREAM_RECEIVE, &first, 0);
    send("over the end");
    stream_reserve(&stream, STREAM_RECEIVE, 1, &first);
    finish(STREAM_RECEIVE, &first, 1);
    expect_received("over the end");
}

static void stream_that_is_full_takes_nothing_more(void **state)
{
    (void)state;
    struct stream_stretch stretch;
    stream_reserve(&stream, STREAM_SEND, STREAM_SIZE, &stretch);
    assert_int_equal(stream_ready(&stream, STREAM_SEND), 0);
    assert_int_equal(stream_ready(&stream, STREAM_RECEIVE), 0);
    finish(STREAM_SEND, &stretch, STREAM_SIZE);
    assert_int_equal(stream_ready(&stream, STREAM_SEND), 0);
    assert_int_equal(stream_ready(&stream, STREAM_RECEIVE), STREAM_SIZE);
}

static void stream_that_is_small_yet_ends_there_and_begins_anew_when_empty(void **state)
{
    (void)state;
    struct stream_stretch stretch;
    stream.size = 8;
    send("123456");
    assert_int_equal(stream_ready(&stream, STREAM_SEND), 2);
    stream_reserve(&stream, STREAM_RECEIVE, 4, &stretch);
    finish(STREAM_RECEIVE, &stretch, 4);
    assert_int_equal(stream_ready(&stream, STREAM_SEND), 2);
    stream.size = 16;
    assert_int_equal(stream_ready(&stream, STREAM_SEND), 10);
    expect_received("56");
    assert_int_equal(stream_ready(&stream, STREAM_SEND), 16);
}

/* ---- several at once ------------------------------------------------------------------------ */

static void bytes_sent_behind_a_copy_that_goes_on_wait_for_it(void **state)
{
    (void)state;
    struct stream_stretch slow;
    stream_reserve(&stream, STREAM_SEND, 4, &slow);
    send("behind");
    assert_int_equal(stream_ready(&stream, STREAM_RECEIVE), 0);
    put(&slow, (const uint8_t *)"slow", 4);
    finish(STREAM_SEND, &slow, 4);
    expect_received("slowbehind");
}

static void copy_that_breaks_off_leaves_no_gap_between_what_was_sent(void **state)
{
    (void)state;
    struct stream_stretch slow;
    struct stream_stretch last;
    go_near_the_end(5);
    stream_reserve(&stream, STREAM_SEND, 8, &slow);
    send("behind ");
    stream_reserve(&stream, STREAM_SEND, 4, &last);
    put(&slow, (const uint8_t *)"slow", 4);
    finish(STREAM_SEND, &slow, 4);
    put(&last, (const uint8_t *)"last", 4);
    finish(STREAM_SEND, &last, 4);
    stream_reserve(&stream, STREAM_RECEIVE, 1, &slow);
    finish(STREAM_RECEIVE, &slow, 1);
    expect_received("slowbehind last");
    assert_int_equal(stream_ready(&stream, STREAM_SEND), STREAM_SIZE);
}

static void bytes_that_did_not_get_out_are_received_next(void **state)
{
    (void)state;
    struct stream_stretch first;
    struct stream_stretch second;
    char found[4] = {0};
    send("abcdefghi");
    stream_reserve(&stream, STREAM_RECEIVE, 3, &first);
    stream_reserve(&stream, STREAM_RECEIVE, 3, &second);
    finish(STREAM_RECEIVE, &first, 1);
    assert_int_equal(stream_ready(&stream, STREAM_RECEIVE), 0); /* ghi comes later */
    get(&second, (uint8_t *)found, 3);
    assert_string_equal(found, "def");
    finish(STREAM_RECEIVE, &second, 3);
    expect_received("bcghi");
}

/* ---- at random, beside a model -------------------------------------------------------------- */

struct copier {
    bool busy;
    struct stream_stretch stretch;
    uint64_t serial; /* of the reservation */
    uint64_t done;   /* when it has finished */
    bool finished;
};

/*
 * Senders write random bytes; which numbers they have is clear only when their turn comes. So the
 * model keeps reservations in order, and the bytes of each.
 */
struct piece {
    uint8_t *bytes;
    uint64_t len;
    bool finished;
};

enum { PIECES = 4096 };

static struct {
    struct piece pieces[PIECES]; /* a queue by serial */
    uint64_t first;
    uint64_t next;
    uint8_t sent[4 * STREAM_SIZE]; /* what can be received, in order … */
    uint64_t sent_len;
} model;

static struct copier senders[COPIERS];
static struct copier receivers[COPIERS];

static uint64_t random_len(uint64_t ready)
{
    uint64_t len = test_random_below(8) == 0 ? 1 + test_random_below(ready)
                                             : 1 + test_random_below(ready < 300 ? ready : 300);
    return len;
}

static uint64_t random_done(uint64_t size)
{
    uint64_t kind = test_random_below(8);
    return kind == 0 ? 0 : kind == 1 ? test_random_below(size) : size;
}

static void begin_send(struct copier *copier)
{
    uint64_t ready = stream_ready(&stream, STREAM_SEND);
    if (ready == 0) {
        return;
    }
    uint64_t len = random_len(ready);
    stream_reserve(&stream, STREAM_SEND, len, &copier->stretch);
    struct piece *piece = &model.pieces[model.next % PIECES];
    assert_true(model.next - model.first < PIECES);
    *piece = (struct piece){.bytes = malloc(len), .len = len};
    for (uint64_t i = 0; i < len; i++) {
        piece->bytes[i] = (uint8_t)test_random();
    }
    put(&copier->stretch, piece->bytes, len);
    copier->serial = model.next++;
    copier->busy = true;
}

/* Pieces that have come in order are there to be received. */
static void settle_sent(void)
{
    while (model.first < model.next && model.pieces[model.first % PIECES].finished) {
        struct piece *piece = &model.pieces[model.first++ % PIECES];
        assert_true(model.sent_len + piece->len <= sizeof(model.sent));
        memcpy(model.sent + model.sent_len, piece->bytes, piece->len);
        model.sent_len += piece->len;
        free(piece->bytes);
    }
}

static void end_send(struct copier *copier)
{
    struct piece *piece = &model.pieces[copier->serial % PIECES];
    piece->len = random_done(piece->len);
    piece->finished = true;
    finish(STREAM_SEND, &copier->stretch, piece->len);
    copier->busy = false;
    settle_sent();
}

/* What receivers took, in the order in which they did; and what of it they couldn't copy. */
static struct {
    struct copier *order[COPIERS];
    unsigned count;
    uint8_t taken[COPIERS][STREAM_SIZE];
    uint64_t size[COPIERS];
} out;

static void begin_receive(struct copier *copier)
{
    uint64_t ready = stream_ready(&stream, STREAM_RECEIVE);
    if (ready == 0) {
        return;
    }
    uint64_t len = random_len(ready);
    uint64_t which = (uint64_t)(copier - receivers);
    stream_reserve(&stream, STREAM_RECEIVE, len, &copier->stretch);
    assert_true(len <= model.sent_len);
    memcpy(out.taken[which], model.sent, len);
    out.size[which] = len;
    model.sent_len -= len;
    memmove(model.sent, model.sent + len, model.sent_len);
    copier->busy = true;
    copier->finished = false;
    out.order[out.count++] = copier;
}

static void put_before_the_rest(const uint8_t *bytes, uint64_t len)
{
    memmove(model.sent + len, model.sent, model.sent_len);
    memcpy(model.sent, bytes, len);
    model.sent_len += len;
}

static bool all_done(const struct copier *copier)
{
    return copier->finished && copier->done == out.size[copier - receivers];
}

/* From the last one on: what none that is busy stands behind is the next to be received. */
static void settle_received(void)
{
    unsigned kept = 0;
    for (unsigned i = 0; i < out.count; i++) {
        if (!all_done(out.order[i])) {
            out.order[kept++] = out.order[i];
        }
    }
    out.count = kept;
    while (out.count > 0 && out.order[out.count - 1]->finished) {
        const struct copier *copier = out.order[--out.count];
        uint64_t which = (uint64_t)(copier - receivers);
        put_before_the_rest(out.taken[which] + copier->done, out.size[which] - copier->done);
    }
}

static void end_receive(struct copier *copier)
{
    uint64_t which = (uint64_t)(copier - receivers);
    uint8_t found[STREAM_SIZE];
    copier->done = random_done(copier->stretch.size);
    get(&copier->stretch, found, copier->stretch.size);
    assert_memory_equal(found, out.taken[which], copier->stretch.size);
    finish(STREAM_RECEIVE, &copier->stretch, copier->done);
    copier->finished = true;
    settle_received();
    copier->busy = false;
}

static bool is_in_order(const struct copier *copier)
{
    for (unsigned i = 0; i < out.count; i++) {
        if (out.order[i] == copier) {
            return true;
        }
    }
    return false;
}

static void check(void)
{
    uint64_t ready = stream_ready(&stream, STREAM_RECEIVE);
    bool undone = stream.lanes[STREAM_RECEIVE].undone > 0;
    assert_int_equal(ready, undone ? 0 : model.sent_len);
}

static void stream_at_random_is_what_its_model_says(void **state)
{
    (void)state;
    test_random_begin();
    for (int round = 0; round < ROUNDS; round++) {
        struct copier *sender = &senders[test_random_below(COPIERS)];
        struct copier *receiver = &receivers[test_random_below(COPIERS)];
        if (test_random_below(2) == 0) {
            (sender->busy ? end_send : begin_send)(sender);
        } else if (receiver->busy) {
            end_receive(receiver);
        } else if (!is_in_order(receiver)) { /* else the model needs what it took still */
            begin_receive(receiver);
        }
        check();
    }
    for (int i = 0; i < COPIERS; i++) {
        if (senders[i].busy) {
            end_send(&senders[i]);
        }
        if (receivers[i].busy) {
            end_receive(&receivers[i]);
        }
    }
    check();
    assert_int_equal(out.count, 0);
    assert_true(list_is_empty(&stream.lanes[STREAM_SEND].stretches));
    assert_true(list_is_empty(&stream.lanes[STREAM_RECEIVE].stretches));
    assert_int_equal(stream_ready(&stream, STREAM_SEND), STREAM_SIZE - model.sent_len);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(stream_is_received_as_it_was_sent, set_up),
        cmocka_unit_test_setup(stream_goes_over_the_end_of_its_ring, set_up),
        cmocka_unit_test_setup(stream_that_is_full_takes_nothing_more, set_up),
        cmocka_unit_test_setup(stream_that_is_small_yet_ends_there_and_begins_anew_when_empty,
                               set_up),
        cmocka_unit_test_setup(bytes_sent_behind_a_copy_that_goes_on_wait_for_it, set_up),
        cmocka_unit_test_setup(copy_that_breaks_off_leaves_no_gap_between_what_was_sent, set_up),
        cmocka_unit_test_setup(bytes_that_did_not_get_out_are_received_next, set_up),
        cmocka_unit_test_setup(stream_at_random_is_what_its_model_says, set_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

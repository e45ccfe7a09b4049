/* SPDX-License-Identifier: MIT */
/* Where operations come from, and the life of a stream. What they are: vm_stream_state.h. */
#include "kernel/test/vm_stream_state.h"
#include "lib/string.h"

/* How often each is drawn, of the sum of all. */
static const struct {
    const char *name;
    void (*run)(struct vm_stream *stream);
    unsigned weight;
} operations[] = {
    {"touch", stream_touch, 60},
    {"sweep", stream_sweep, 12},
    {"map", stream_map, 26},
    {"unmap", stream_unmap, 16},
    {"protect", stream_protect, 16},
    {"clone", stream_clone, 14},
    {"create", stream_create, 10},
    {"drop", stream_drop, 5},
    {"range", stream_range, 18},
    {"copy_area", stream_copy_area, 22},
    {"copy_space", stream_copy_space, 16},
    {"resize", stream_resize, 10},
    {"load", stream_load, 4},
    {"create_fixed", stream_create_fixed, 2},
    {"revoke", stream_revoke, 2},
    {"renew", stream_renew, 1},
};

enum { OPERATIONS = sizeof(operations) / sizeof(operations[0]), CHECK_EVERY = 16 };

size_t vm_stream_size(void)
{
    return sizeof(struct vm_stream);
}

/* What the log needs to do it again; only what went wrong first is news. */
static bool is_first_wrong(struct vm_stream *stream)
{
    bool first = !stream->wrong;
    stream->wrong = true;
    if (first) {
        log_error("stream  seed %lu, operation %lu: %s", stream->source.seed, stream->operations,
                  stream->operation);
    }
    return first;
}

void stream_wrong(struct vm_stream *stream, const char *what, const char *file, int line)
{
    if (is_first_wrong(stream)) {
        log_error("stream  %s:%d: not so: %s", file, line, what);
    }
}

void stream_wrong_number(struct vm_stream *stream, const char *what, int line, uint64_t found,
                         uint64_t wanted)
{
    if (is_first_wrong(stream)) {
        log_error("stream  line %d: %s is %#lx, not %#lx", line, what, found, wanted);
    }
}

/* Marsaglia's xorshift64*; of bytes, two at a time, zeros behind the end. */
uint64_t stream_take(struct vm_stream *stream)
{
    struct vm_stream_source *source = &stream->source;
    if (source->bytes == NULL) {
        stream->state ^= stream->state >> 12;
        stream->state ^= stream->state << 25;
        stream->state ^= stream->state >> 27;
        return stream->state * 0x2545f4914f6cdd1dull >> 8;
    }
    uint64_t value = 0;
    for (unsigned i = 0; i < 2; i++) {
        stream->used_up |= stream->taken >= source->len;
        value = value << 8 | (stream->used_up ? 0 : source->bytes[stream->taken++]);
    }
    return value;
}

uint64_t stream_below(struct vm_stream *stream, uint64_t limit)
{
    return stream_take(stream) % limit;
}

bool stream_one_in(struct vm_stream *stream, uint64_t n)
{
    return stream_below(stream, n) == 0;
}

/* Not always the first: an operation that can do without that allocation isn't tried again. */
int64_t stream_first_failure(struct vm_stream *stream)
{
    if (stream->machine->fail_at == NULL) {
        return -1;
    }
    return stream_one_in(stream, 4) ? (int64_t)stream_below(stream, 12) : 0;
}

void stream_fail_at(struct vm_stream *stream, int64_t step)
{
    if (stream->machine->fail_at != NULL) {
        stream->machine->fail_at(step);
    }
}

bool stream_has_failed(struct vm_stream *stream, j6_status_t status, int64_t *step)
{
    bool failed = *step >= 0 && stream->machine->has_failed();
    stream_fail_at(stream, -1);
    /* What can do without a large page, or a table, goes on after the failure. */
    if (!failed || status == j6_status_ok || stream->wrong) {
        return false;
    }
    if (status != j6_err_quota && status != j6_err_no_memory) {
        return false; /* it ends as it would have done anyway */
    }
    stream->failures++;
    ++*step;
    return true;
}

bool vm_stream_begin(struct vm_stream *stream, const struct vm_stream_machine *machine,
                     const struct vm_stream_source *source, bool wide)
{
    memset(stream, 0, sizeof(*stream));
    stream->machine = machine;
    stream->source = *source;
    stream->state = source->seed * 0x9e3779b97f4a7c15ull | 1;
    stream->wide = wide;
    stream->operation = "begin";
    account_init_root(&stream->area_account, STREAM_LIMIT);
    account_init_root(&stream->space_account, STREAM_LIMIT);
    stream_frames_init(stream);
    for (unsigned i = 0; i < STREAM_SPACES; i++) {
        if (!stream_space_start(stream, i)) {
            while (i > 0) {
                vm_space_destroy(&stream->spaces[--i]);
            }
            return false;
        }
    }
    return true;
}

void vm_stream_load(struct vm_stream *stream)
{
    stream->machine->load(stream, &stream->spaces[stream->loaded]);
}

static void run_one(struct vm_stream *stream)
{
    unsigned sum = 0;
    for (unsigned i = 0; i < OPERATIONS; i++) {
        sum += operations[i].weight;
    }
    uint64_t draw = stream_below(stream, sum);
    unsigned choice = 0;
    while (draw >= operations[choice].weight) {
        draw -= operations[choice++].weight;
    }
    stream->operation = operations[choice].name;
    operations[choice].run(stream);
}

bool vm_stream_step(struct vm_stream *stream)
{
    if (stream->wrong || stream->used_up) {
        return false;
    }
    run_one(stream);
    stream->operations++;
    return !stream->wrong;
}

void vm_stream_turn(struct vm_stream *stream)
{
    if (stream->turn != NULL) {
        stream->turn(stream, stream->turn_space);
        stream->turn = NULL;
    }
    if (stream->operations % CHECK_EVERY == 0) {
        vm_stream_check(stream);
    }
}

void vm_stream_run(struct vm_stream *stream, uint64_t operations_left)
{
    while (operations_left-- > 0 && vm_stream_step(stream)) {
        vm_stream_turn(stream);
        vm_stream_probe(stream);
    }
}

static void drop_everything(struct vm_stream *stream)
{
    stream->machine->load(stream, NULL);
    for (unsigned i = 0; i < STREAM_AREAS; i++) {
        if (stream->areas[i].held) {
            stream->areas[i].held = false;
            kobject_put(&stream->areas[i].area->object);
        }
    }
    for (unsigned i = 0; i < STREAM_SPACES; i++) {
        stream_space_end(stream, i);
    }
}

void vm_stream_end(struct vm_stream *stream)
{
    vm_stream_check(stream);
    stream->operation = "end";
    drop_everything(stream);
    if (stream->machine->settle()) {
        STREAM_EXPECT_EQUAL(stream, STREAM_LIMIT - stream->area_account.left[ACCOUNT_MEMORY], 0);
        STREAM_EXPECT_EQUAL(stream, STREAM_LIMIT - stream->space_account.left[ACCOUNT_MEMORY], 0);
        STREAM_EXPECT_EQUAL(stream, stream->area_account.refs, 1);
        STREAM_EXPECT_EQUAL(stream, stream->space_account.refs, 1);
    }
}

bool vm_stream_ok(const struct vm_stream *stream)
{
    return !stream->wrong;
}

uint64_t vm_stream_operations(const struct vm_stream *stream)
{
    return stream->operations;
}

uint64_t vm_stream_failures(const struct vm_stream *stream)
{
    return stream->failures;
}

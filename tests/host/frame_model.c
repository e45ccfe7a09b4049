/* SPDX-License-Identifier: MIT */
/* Holds the allocator itself, to set it back between runs and to look into its lists. */
#include "tests/host/frame_model.h"

#include "mm/frame.c"
#include <stdlib.h>
#include <test_machine.h>

enum { TAGGED_FRAMES = 8, TAKEN_MAX = 1 + TEST_MEMORY_SIZE / (1 << 30) };

enum frame_kind { NO_MEMORY, NOT_ADDED, FREE, IN_USE };

struct used_block {
    paddr_t block;
    unsigned order;
};

static struct {
    uint64_t top; /* frame number behind the last */
    uint8_t *kinds;
    uint32_t *seen; /* the check that last met the frame in a list */
    uint32_t checks;
    uint64_t total;
    uint64_t free;
    struct used_block *used;
    size_t used_count;
    size_t used_cap;
    void *taken[TAKEN_MAX];
    size_t taken_sizes[TAKEN_MAX];
    size_t taken_count;
} model;

static void *take(size_t bytes)
{
    assert(model.taken_count < TAKEN_MAX);
    void *memory = calloc(1, bytes);
    assert(memory != NULL);
    model.taken_sizes[model.taken_count] = bytes;
    model.taken[model.taken_count++] = memory;
    return memory;
}

/* The frames of a range change from one kind to another. */
static void set_kind(paddr_t start, paddr_t end, enum frame_kind from, enum frame_kind to)
{
    for (uint64_t number = start >> PAGE_SHIFT; number < end >> PAGE_SHIFT; number++) {
        assert(number < model.top && model.kinds[number] == from);
        model.kinds[number] = to;
    }
}

static bool all_are(paddr_t block, unsigned order, enum frame_kind kind)
{
    for (uint64_t number = block >> PAGE_SHIFT; number < (block >> PAGE_SHIFT) + (1ull << order);
         number++) {
        if (number >= model.top || model.kinds[number] != kind) {
            return false;
        }
    }
    return true;
}

/* All is zero to begin with: boot clears it, and nobody walks it. */
static void check_cleared(void)
{
    for (size_t i = 1; i < model.taken_count; i++) {
        const char *bytes = model.taken[i];
        assert(bytes[0] == 0 && memcmp(bytes, bytes + 1, model.taken_sizes[i] - 1) == 0);
    }
}

void frame_model_start_empty(const struct frame_range *ranges, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        uint64_t end = ranges[i].end >> PAGE_SHIFT;
        model.top = end > model.top ? end : model.top;
    }
    model.kinds = calloc(model.top, sizeof(*model.kinds));
    model.seen = calloc(model.top, sizeof(*model.seen));
    assert(model.kinds != NULL && model.seen != NULL);
    for (size_t i = 0; i < count; i++) {
        test_memory_add(ranges[i].start, ranges[i].end);
        set_kind(ranges[i].start, ranges[i].end, NO_MEMORY, NOT_ADDED);
        model.total += (ranges[i].end - ranges[i].start) >> PAGE_SHIFT;
    }
    frame_init(ranges, count, take);
    check_cleared();
    assert(frames_total() == model.total && frames_free() == 0);
}

void frame_model_add(paddr_t start, paddr_t end)
{
    set_kind(start, end, NOT_ADDED, FREE);
    model.free += (end - start) >> PAGE_SHIFT;
    frame_add(start, end);
    frame_model_check();
}

void frame_model_start(const struct frame_range *ranges, size_t count)
{
    frame_model_start_empty(ranges, count);
    for (size_t i = 0; i < count; i++) {
        frame_model_add(ranges[i].start, ranges[i].end);
    }
}

/* A word that tells one frame of one block from all others, at either end of a frame. */
static uint64_t tag_of(paddr_t block, uint64_t frame, unsigned end)
{
    return (block + frame * PAGE_SIZE + end) * 0x9e3779b97f4a7c15 | 1;
}

/* The n-th frame to be tagged: of large blocks only the first and the last few. */
static uint64_t tagged_frame(unsigned order, uint64_t n)
{
    uint64_t count = 1ull << order;
    return count <= TAGGED_FRAMES || n < TAGGED_FRAMES / 2 ? n : count - TAGGED_FRAMES + n;
}

static void tag(paddr_t block, unsigned order, bool check)
{
    uint64_t count = 1ull << order < TAGGED_FRAMES ? 1ull << order : TAGGED_FRAMES;
    for (uint64_t n = 0; n < count; n++) {
        uint64_t frame = tagged_frame(order, n);
        uint64_t *words = phys_to_virt(block + frame * PAGE_SIZE);
        for (unsigned end = 0; end < 2; end++) {
            uint64_t *word = &words[end * (PAGE_SIZE / sizeof(*words) - 1)];
            assert(!check || *word == tag_of(block, frame, end));
            *word = tag_of(block, frame, end);
        }
    }
}

static void used_push(paddr_t block, unsigned order)
{
    if (model.used_count == model.used_cap) {
        model.used_cap = 2 * model.used_cap + 64;
        model.used = realloc(model.used, model.used_cap * sizeof(*model.used));
        assert(model.used != NULL);
    }
    model.used[model.used_count++] = (struct used_block){block, order};
}

void frame_model_adopt(paddr_t frame)
{
    set_kind(frame, frame + PAGE_SIZE, NOT_ADDED, IN_USE);
    frame_adopt(frame);
    tag(frame, 0, false);
    used_push(frame, 0);
}

static bool has_room(unsigned order)
{
    for (paddr_t block = 0; block >> PAGE_SHIFT < model.top; block += PAGE_SIZE << order) {
        if (all_are(block, order, FREE)) {
            return true;
        }
    }
    return false;
}

/* Frames that this CPU can have: what lies on the lists of others doesn't count. */
static uint64_t reachable_frames(void)
{
    return frames.free_count + this_cpu(frame_cache)->count;
}

/* Is there nothing to be had? */
static bool is_exhausted(unsigned order)
{
    uint64_t reachable = reachable_frames();
    return reachable == 0 || (order > 0 && (reachable < model.free || !has_room(order)));
}

paddr_t frame_model_alloc(unsigned order)
{
    bool single = order == FRAME_MODEL_CPU_ORDER;
    paddr_t block = single ? frame_alloc() : frame_alloc_block(order);
    order = single ? 0 : order;
    if (block == 0) {
        assert(is_exhausted(order));
        return 0;
    }
    const struct frame *frame = frame_of(block);
    assert((block & ((PAGE_SIZE << order) - 1)) == 0);
    assert(frame->state == FRAME_USED && frame->order == order && frame->refs == 1);
    set_kind(block, block + (PAGE_SIZE << order), FREE, IN_USE);
    model.free -= 1ull << order;
    tag(block, order, false);
    used_push(block, order);
    return block;
}

/* Is there nothing to be had, in a block of that order and below the limit? */
static bool is_exhausted_below(unsigned order, uint64_t count, paddr_t limit)
{
    if (reachable_frames() < model.free) {
        return true;
    }
    for (paddr_t block = 0; block >> PAGE_SHIFT < model.top; block += PAGE_SIZE << order) {
        if ((limit == 0 || block + count * PAGE_SIZE <= limit) && all_are(block, order, FREE)) {
            return false;
        }
    }
    return true;
}

paddr_t frame_model_alloc_below(uint64_t count, paddr_t limit)
{
    unsigned order = 0;
    while (1ull << order < count) {
        order++;
    }
    paddr_t first = frame_alloc_below(count, limit);
    if (first == 0) {
        assert(count == 0 || order > FRAME_MAX_ORDER || is_exhausted_below(order, count, limit));
        return 0;
    }
    paddr_t end = first + count * PAGE_SIZE;
    assert((first & (PAGE_SIZE - 1)) == 0 && (limit == 0 || end <= limit));
    set_kind(first, end, FREE, IN_USE);
    model.free -= count;
    for (paddr_t block = first; block < end; block += PAGE_SIZE) {
        const struct frame *frame = frame_of(block);
        assert(frame->state == FRAME_USED && frame->order == 0 && frame->refs == 1);
        tag(block, 0, false);
        used_push(block, 0);
    }
    return first;
}

void frame_model_free(size_t which)
{
    struct used_block used = model.used[which];
    model.used[which] = model.used[--model.used_count];
    tag(used.block, used.order, true);
    set_kind(used.block, used.block + (PAGE_SIZE << used.order), IN_USE, FREE);
    model.free += 1ull << used.order;
    if (used.order == 0 && used.block & 1ull << PAGE_SHIFT) {
        frame_put(used.block);
    } else if (used.order == 0 && used.block & 2ull << PAGE_SHIFT) {
        frame_free(used.block);
    } else {
        frame_free_block(used.block, used.order);
    }
}

size_t frame_model_used(void)
{
    return model.used_count;
}

uint64_t frame_model_free_frames(void)
{
    return model.free;
}

static void see(paddr_t block, unsigned order)
{
    for (uint64_t number = block >> PAGE_SHIFT; number < (block >> PAGE_SHIFT) + (1ull << order);
         number++) {
        assert(model.seen[number] != model.checks);
        model.seen[number] = model.checks;
    }
}

/* Free blocks are whole, of frames that are free, and none lies beside its equal. */
static uint64_t check_blocks(void)
{
    uint64_t count = 0;
    for (unsigned order = 0; order <= FRAME_MAX_ORDER; order++) {
        list_for_each(node, &frames.free[order]) {
            paddr_t block = virt_to_phys(node);
            paddr_t buddy = block ^ (PAGE_SIZE << order);
            assert((block & ((PAGE_SIZE << order) - 1)) == 0 && all_are(block, order, FREE));
            assert(is_free_block_locked(block, order));
            assert(order == FRAME_MAX_ORDER || !is_free_block_locked(buddy, order));
            see(block, order);
            count += 1ull << order;
        }
    }
    assert(count == frames.free_count);
    return count;
}

static uint64_t check_cache(void)
{
    uint64_t count = 0;
    const struct frame_cache *cache = this_cpu(frame_cache);
    for (struct cached_frame *cached = cache->first; cached != NULL; cached = cached->next) {
        paddr_t frame = virt_to_phys(cached);
        assert((frame & (PAGE_SIZE - 1)) == 0 && all_are(frame, 0, FREE));
        assert(frame_of(frame)->state == FRAME_UNKNOWN);
        see(frame, 0);
        count++;
    }
    assert(count == cache->count && count <= CACHE_MAX);
    return count;
}

void frame_model_check(void)
{
    uint64_t offset = test_cpu_offset;
    model.checks++;
    uint64_t count = check_blocks();
    for (unsigned number = 0; number < TEST_CPUS; number++) {
        test_cpu_switch(number);
        count += check_cache();
    }
    test_cpu_offset = offset;
    assert(count == model.free && frames_total() == model.total);
    assert(frames_free() == count);
    assert(frames.lock.held == 0);
}

/* Nothing is in use, and only first frames of free blocks and marks of the debug build are left. */
static void check_nothing_used(void)
{
    for (uint64_t i = 0; i < frames.section_count; i++) {
        for (uint64_t n = 0; n < frames.sections[i].count; n++) {
            const struct frame *frame = &frames.sections[i].frames[n];
            assert(frame->refs == 0 && frame->state <= FRAME_FREE_BLOCK);
            assert(frame->state == FRAME_FREE_BLOCK || frame->order == 0);
        }
    }
    for (uint64_t number = 0; number < model.top; number++) {
        assert(model.kinds[number] == NO_MEMORY || frame_is_memory(number << PAGE_SHIFT));
    }
    assert(!frame_is_memory(model.top << PAGE_SHIFT));
}

void frame_model_forget(void)
{
    while (model.taken_count > 0) {
        free(model.taken[--model.taken_count]);
    }
    free(model.kinds);
    free(model.seen);
    free(model.used);
    memset(&model, 0, sizeof(model));
    frames = (__typeof__(frames)){.lock = SPINLOCK_INIT(RANK_FRAMES)};
    for (unsigned number = TEST_CPUS; number-- > 0;) {
        test_cpu_switch(number);
        *this_cpu(frame_cache) = (struct frame_cache){0};
    }
    test_memory_clear();
}

void frame_model_end(void)
{
    while (model.used_count > 0) {
        frame_model_free(model.used_count - 1);
    }
    for (unsigned number = TEST_CPUS; number-- > 0;) {
        test_cpu_switch(number);
        frame_drain();
        assert(this_cpu(frame_cache)->count == 0);
    }
    frame_model_check();
    check_nothing_used();
    assert(frames.free_count == model.free);
    frame_model_forget();
}

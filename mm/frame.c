/* SPDX-License-Identifier: MIT */
/*
 * A buddy allocator below lists of single frames, one for each CPU. A free block's links lie in its
 * own first frame; what is known about a frame takes 8 bytes, in arrays of one for each GiB.
 */
#include "mm/frame.h"
#include "arch/cpu.h"
#include "kernel/base/spinlock.h"
#include "lib/list.h"
#include "lib/string.h"

#define SECTION_SHIFT     30 /* one array of struct frame for each GiB */
#define CACHE_BATCH_ORDER 5
#define CACHE_BATCH       (1u << CACHE_BATCH_ORDER)
#define CACHE_MAX         (4 * CACHE_BATCH)
#define SEARCH_STEP       1024
#define POISON            0xd5d5d5d5d5d5d5d5ull
#define POISONED          0xd5d5 /* as the place of a free frame: it is filled with POISON */

struct section {
    struct frame *frames; /* NULL: no memory here */
    uint64_t count;
};

/* A free frame on a CPU's list. */
struct cached_frame {
    struct cached_frame *next;
};

struct frame_cache {
    struct cached_frame *first;
    uint64_t count;
};

static PER_CPU(struct frame_cache, frame_cache);

static struct {
    /* Immutable after frame_init */
    struct section *sections;
    uint64_t section_count;
    /* Guarded by lock */
    struct spinlock lock;
    struct list free[FRAME_MAX_ORDER + 1];
    uint64_t free_count; /* without the CPUs' lists */
    uint64_t total;
} frames = {.lock = SPINLOCK_INIT(RANK_FRAMES)};

bool frame_is_memory(paddr_t address)
{
    uint64_t section = address >> SECTION_SHIFT;
    uint64_t place = address >> PAGE_SHIFT & ((1u << (SECTION_SHIFT - PAGE_SHIFT)) - 1);
    return section < frames.section_count && place < frames.sections[section].count;
}

bool frame_is_used(paddr_t address)
{
    return frame_is_memory(address) && frame_of(address)->state == FRAME_USED;
}

struct frame *frame_of(paddr_t address)
{
    uint64_t place = address >> PAGE_SHIFT & ((1u << (SECTION_SHIFT - PAGE_SHIFT)) - 1);
    return &frames.sections[address >> SECTION_SHIFT].frames[place];
}

void frame_init(const struct frame_range *ranges, size_t count, void *(*take)(size_t bytes))
{
    for (unsigned order = 0; order <= FRAME_MAX_ORDER; order++) {
        list_init(&frames.free[order]);
    }
    paddr_t top = 0;
    for (size_t i = 0; i < count; i++) {
        top = ranges[i].end > top ? ranges[i].end : top;
        frames.total += (ranges[i].end - ranges[i].start) >> PAGE_SHIFT;
    }
    frames.section_count = (top + (1ull << SECTION_SHIFT) - 1) >> SECTION_SHIFT;
    frames.sections = take(frames.section_count * sizeof(struct section));

    for (uint64_t i = 0; i < frames.section_count; i++) {
        paddr_t start = i << SECTION_SHIFT;
        paddr_t end = start;
        for (size_t r = 0; r < count; r++) {
            paddr_t stop = start + (1ull << SECTION_SHIFT);
            if (ranges[r].start < stop && ranges[r].end > end) {
                end = ranges[r].end < stop ? ranges[r].end : stop;
            }
        }
        frames.sections[i].count = (end - start) >> PAGE_SHIFT;
        if (end > start) {
            frames.sections[i].frames = take(frames.sections[i].count * sizeof(struct frame));
        }
    }
}

static void block_push_locked(paddr_t block, unsigned order)
{
    struct frame *frame = frame_of(block);
    frame->state = FRAME_FREE_BLOCK;
    frame->order = (uint8_t)order;
    list_push_front(&frames.free[order], phys_to_virt(block));
}

static void block_take_locked(paddr_t block)
{
    struct frame *frame = frame_of(block);
    frame->state = FRAME_UNKNOWN;
    frame->order = 0;
    list_remove(phys_to_virt(block));
}

static bool is_free_block_locked(paddr_t block, unsigned order)
{
    if (!frame_is_memory(block)) {
        return false;
    }
    const struct frame *frame = frame_of(block);
    return frame->state == FRAME_FREE_BLOCK && frame->order == order;
}

/* Joins the block with its free neighbour as often as there is one. */
static void block_release_locked(paddr_t block, unsigned order)
{
    frames.free_count += 1ull << order;
    while (order < FRAME_MAX_ORDER) {
        paddr_t buddy = block ^ (PAGE_SIZE << order);
        if (!is_free_block_locked(buddy, order)) {
            break;
        }
        block_take_locked(buddy);
        block &= ~(PAGE_SIZE << order);
        order++;
    }
    block_push_locked(block, order);
}

static paddr_t block_acquire_locked(unsigned order)
{
    unsigned found = order;
    while (found <= FRAME_MAX_ORDER && list_is_empty(&frames.free[found])) {
        found++;
    }
    if (found > FRAME_MAX_ORDER) {
        return 0;
    }
    paddr_t block = virt_to_phys(list_first(&frames.free[found]));
    block_take_locked(block);
    while (found > order) {
        found--;
        block_push_locked(block + (PAGE_SIZE << found), found);
    }
    frames.free_count -= 1ull << order;
    return block;
}

void frame_add(paddr_t start, paddr_t end)
{
    spinlock_lock(&frames.lock);
    while (start < end) {
        unsigned order = 0;
        while (order < FRAME_MAX_ORDER && (start & (PAGE_SIZE << order)) == 0 &&
               end - start >= PAGE_SIZE << (order + 1)) {
            order++;
        }
        block_release_locked(start, order);
        start += PAGE_SIZE << order;
    }
    spinlock_unlock(&frames.lock);
}

/*
 * The debug build fills what is freed, and looks at it again before it is handed out: all but the
 * links that a free frame may begin with. What was never in use yet isn't filled.
 */
static void poison(paddr_t block, unsigned order)
{
    memset((char *)phys_to_virt(block) + sizeof(struct list_node), (uint8_t)POISON,
           (PAGE_SIZE << order) - sizeof(struct list_node));
    for (paddr_t frame = block; frame < block + (PAGE_SIZE << order); frame += PAGE_SIZE) {
        frame_of(frame)->place = POISONED;
    }
}

static void poison_check(paddr_t block, unsigned order)
{
    for (paddr_t frame = block; frame < block + (PAGE_SIZE << order); frame += PAGE_SIZE) {
        const uint64_t *words = phys_to_virt(frame);
        bool filled = frame_of(frame)->place == POISONED;
        for (size_t i = sizeof(struct list_node) / 8; filled && i < PAGE_SIZE / 8; i++) {
            assert(words[i] == POISON); /* else somebody wrote to a frame that was free */
        }
        frame_of(frame)->place = 0;
    }
}

static inline void frame_mark_used(paddr_t block, unsigned order)
{
    struct frame *frame = frame_of(block);
    assert(frame->state == FRAME_UNKNOWN);
    if (KERNEL_DEBUG) {
        poison_check(block, order);
    }
    *frame = (struct frame){.state = FRAME_USED, .order = (uint8_t)order, .refs = 1};
}

void frame_adopt(paddr_t frame)
{
    frame_mark_used(frame, 0);
}

static void frame_mark_free(paddr_t block, unsigned order)
{
    struct frame *frame = frame_of(block);
    assert((block & ((PAGE_SIZE << order) - 1)) == 0);
    assert(frame->state == FRAME_USED && frame->order == order);
    *frame = (struct frame){0};
    if (KERNEL_DEBUG) {
        poison(block, order);
    }
}

static void cache_push(struct frame_cache *cache, paddr_t frame)
{
    struct cached_frame *cached = phys_to_virt(frame);
    cached->next = cache->first;
    cache->first = cached;
    cache->count++;
}

/* A whole block at once, or in a memory that has none left a single frame. */
static bool cache_fill(struct frame_cache *cache)
{
    spinlock_lock(&frames.lock);
    uint64_t count = CACHE_BATCH;
    paddr_t block = block_acquire_locked(CACHE_BATCH_ORDER);
    if (block == 0) {
        count = 1;
        block = block_acquire_locked(0);
    }
    spinlock_unlock(&frames.lock);
    for (uint64_t i = count; block != 0 && i-- > 0;) {
        cache_push(cache, block + i * PAGE_SIZE);
    }
    return block != 0;
}

static void cache_shrink(struct frame_cache *cache, uint64_t keep)
{
    spinlock_lock(&frames.lock);
    while (cache->count > keep) {
        struct cached_frame *cached = cache->first;
        cache->first = cached->next;
        cache->count--;
        block_release_locked(virt_to_phys(cached), 0);
    }
    spinlock_unlock(&frames.lock);
}

static inline paddr_t cache_pop(struct frame_cache *cache)
{
    struct cached_frame *cached = cache->first;
    cache->first = cached->next;
    cache->count--;
    paddr_t frame = virt_to_phys(cached);
    frame_mark_used(frame, 0);
    return frame;
}

/* Apart from frame_alloc, which saves no registers then. */
__attribute__((noinline)) static paddr_t alloc_refilled(struct frame_cache *cache)
{
    return cache_fill(cache) ? cache_pop(cache) : 0;
}

paddr_t(frame_alloc)(void)
{
    struct frame_cache *cache = this_cpu(frame_cache);
    return cache->count > 0 ? cache_pop(cache) : alloc_refilled(cache);
}

void frame_free(paddr_t frame)
{
    struct frame_cache *cache = this_cpu(frame_cache);
    frame_mark_free(frame, 0);
    cache_push(cache, frame);
    if (cache->count > CACHE_MAX) {
        cache_shrink(cache, CACHE_MAX - CACHE_BATCH);
    }
}

void frame_split(paddr_t block, unsigned order)
{
    assert(frame_of(block)->state == FRAME_USED && frame_of(block)->order == order);
    for (paddr_t frame = block; frame < block + (PAGE_SIZE << order); frame += PAGE_SIZE) {
        *frame_of(frame) = (struct frame){.state = FRAME_USED, .refs = 1};
    }
}

bool frame_is_shared(paddr_t frame)
{
    return __atomic_load_n(&frame_of(frame)->refs, __ATOMIC_ACQUIRE) != 1;
}

void frame_get(paddr_t frame)
{
    __atomic_add_fetch(&frame_of(frame)->refs, 1, __ATOMIC_RELAXED);
}

void frame_put(paddr_t frame)
{
    if (__atomic_sub_fetch(&frame_of(frame)->refs, 1, __ATOMIC_ACQ_REL) == 0) {
        frame_free(frame);
    }
}

static paddr_t block_acquire(unsigned order)
{
    spinlock_lock(&frames.lock);
    paddr_t block = block_acquire_locked(order);
    spinlock_unlock(&frames.lock);
    return block;
}

paddr_t(frame_alloc_block)(unsigned order)
{
    paddr_t block = block_acquire(order);
    if (block == 0 && this_cpu(frame_cache)->count > 0) {
        frame_drain(); /* what it needs may lie on this CPU's list */
        block = block_acquire(order);
    }
    if (block != 0) {
        frame_mark_used(block, order);
    }
    return block;
}

/* Takes the block at a place out of the free one around it, if that is free. */
static bool block_take_at_locked(paddr_t place, unsigned order)
{
    if (!frame_is_memory(place) || frame_of(place)->state >= FRAME_USED) {
        return false;
    }
    unsigned found = order;
    while (found <= FRAME_MAX_ORDER &&
           !is_free_block_locked(place & ~((PAGE_SIZE << found) - 1), found)) {
        found++;
    }
    if (found > FRAME_MAX_ORDER) {
        return false;
    }
    block_take_locked(place & ~((PAGE_SIZE << found) - 1));
    while (found > order) {
        found--;
        paddr_t half = place & ~((PAGE_SIZE << found) - 1);
        block_push_locked(half ^ (PAGE_SIZE << found), found);
    }
    frames.free_count -= 1ull << order;
    return true;
}

/* A block whose first `size` bytes end at or below the limit. */
static paddr_t block_acquire_below(unsigned order, uint64_t size, paddr_t limit)
{
    if (limit == 0 || limit >= frames.section_count << SECTION_SHIFT) {
        return block_acquire(order);
    }
    paddr_t place = limit < size ? 0 : (limit - size) & ~((PAGE_SIZE << order) - 1);
    bool taken = false;
    while (place != 0 && !taken) {
        spinlock_lock(&frames.lock);
        for (unsigned i = 0; i < SEARCH_STEP && place != 0 && !taken; i++) {
            taken = block_take_at_locked(place, order);
            place -= taken ? 0 : PAGE_SIZE << order;
        }
        spinlock_unlock(&frames.lock);
    }
    return place;
}

paddr_t(frame_alloc_below)(uint64_t count, paddr_t limit)
{
    unsigned order = 0;
    while (order < FRAME_MAX_ORDER && 1ull << order < count) {
        order++;
    }
    if (count == 0 || count > 1ull << order) {
        return 0;
    }
    uint64_t size = count * PAGE_SIZE;
    paddr_t block = block_acquire_below(order, size, limit);
    if (block == 0 && this_cpu(frame_cache)->count > 0) {
        frame_drain();
        block = block_acquire_below(order, size, limit);
    }
    if (block == 0) {
        return 0;
    }
    for (paddr_t frame = block; frame < block + size; frame += PAGE_SIZE) {
        frame_mark_used(frame, 0);
    }
    frame_add(block + size, block + (PAGE_SIZE << order));
    return block;
}

void frame_free_block(paddr_t block, unsigned order)
{
    frame_mark_free(block, order);
    spinlock_lock(&frames.lock);
    block_release_locked(block, order);
    spinlock_unlock(&frames.lock);
}

void frame_drain(void)
{
    cache_shrink(this_cpu(frame_cache), 0);
}

uint64_t frames_total(void)
{
    return frames.total;
}

uint64_t frames_free(void)
{
    spinlock_lock(&frames.lock);
    uint64_t count = frames.free_count;
    for (uint64_t left = cpus_online(); left != 0;) {
        count += cpu_of(cpu_block(cpu_mask_pop(&left)), frame_cache)->count;
    }
    spinlock_unlock(&frames.lock);
    return count;
}

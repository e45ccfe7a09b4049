/* SPDX-License-Identifier: MIT */
/*
 * The ring: LOG_SLOTS heads of entries, found by id, and their texts in a ring of bytes.
 *
 * Writers take turns by `owner`. A writer waits for another CPU's, which copies a line and goes. It
 * doesn't wait for one on its own CPU, which it has interrupted: that would never end. Such an
 * entry is put aside, and whoever gives the ring up takes it in:
 *
 *   aside writer: A1 fills a free aside    ring's owner: O1 gives the ring up
 *                 A2 sets its bit in full                O2 looks at full, and takes the ring
 *                 A3 tries to take the ring                 again if there is a bit
 *
 * If A3 fails, the owner was there still, so O1 comes after A2 and O2 sees the bit: A2, A3, O1 and
 * O2 are sequentially consistent. Nothing waits in an aside once the ring is free.
 *
 * Readers run beside the writers and check afterwards that what they copied was whole:
 *
 *   writer: W1 moves text_end, zeroes the slot's id   reader: R1 finds the slot's id to be wanted
 *           W2 writes head and text                           R2 copies head and text
 *           W3 sets the slot's id, then last_id               R3 looks at id and text_end again
 *
 * W3 releases to R1. The fences between W1 and W2 and between R2 and R3 pair: a reader whose R2 saw
 * anything of a later W2 sees that writer's W1 in R3 and knows that the entry is gone.
 */
#include "kernel/base/log.h"

#include <stdarg.h>

#include "kernel/base/console.h"
#include "lib/string.h"

enum {
    LOG_SLOTS = 1024,
    LOG_RING_SIZE = 64 * 1024,
    LOG_ASIDES = 8,
    LOG_SPINS_MAX = 1 << 20, /* then the owner's CPU must have been stopped */
};

struct log_slot {
    struct j6_log_entry entry; /* id 0: being written */
    uint64_t position;         /* of its text, in bytes since boot */
};

struct log_aside {
    struct j6_log_entry entry;
    char text[LOG_LINE_MAX];
};

static struct {
    uint32_t owner; /* CPU + 1 of the writer, 0: free */

    /* Written by the owner */
    uint64_t last_id;
    uint64_t text_end; /* bytes of text since boot */
    struct log_slot slots[LOG_SLOTS];
    char text[LOG_RING_SIZE];

    /* Each bit of `taken` guards its aside, from whoever set it on to whoever clears it */
    uint32_t taken;
    uint32_t full;
    struct log_aside asides[LOG_ASIDES];
    uint32_t lost; /* entries that found no aside */
} ring;

/* Immutable after boot */
static uint64_t (*source_clock)(void);
static uint32_t (*source_cpu)(void);

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

static bool ring_try_take(uint32_t cpu)
{
    uint32_t free = 0;
    return __atomic_compare_exchange_n(&ring.owner, &free, cpu + 1, false, __ATOMIC_SEQ_CST,
                                       __ATOMIC_SEQ_CST);
}

static bool ring_take(uint32_t cpu)
{
    for (uint32_t spins = 0; spins < LOG_SPINS_MAX; spins++) {
        uint32_t owner = __atomic_load_n(&ring.owner, __ATOMIC_RELAXED);
        if (owner == cpu + 1) {
            return false;
        }
        if (owner == 0 && ring_try_take(cpu)) {
            return true;
        }
        __builtin_ia32_pause();
    }
    return false;
}

static void ring_give_up(void)
{
    __atomic_store_n(&ring.owner, 0, __ATOMIC_SEQ_CST);
}

/* Appends an entry; the caller owns the ring. */
static void ring_append(const struct j6_log_entry *entry, const char *text)
{
    uint64_t id = ring.last_id + 1 + __atomic_exchange_n(&ring.lost, 0, __ATOMIC_RELAXED);
    uint64_t position = ring.text_end;
    struct log_slot *slot = &ring.slots[id % LOG_SLOTS];
    __atomic_store_n(&ring.text_end, position + entry->len, __ATOMIC_RELAXED);
    __atomic_store_n(&slot->entry.id, 0, __ATOMIC_RELAXED);
    __atomic_thread_fence(__ATOMIC_RELEASE);

    size_t start = position % LOG_RING_SIZE;
    size_t first = smaller(entry->len, LOG_RING_SIZE - start);
    memcpy(ring.text + start, text, first);
    memcpy(ring.text, text + first, entry->len - first);
    slot->entry = *entry;
    slot->position = position;
    __atomic_store_n(&slot->entry.id, id, __ATOMIC_RELEASE);
    __atomic_store_n(&ring.last_id, id, __ATOMIC_RELEASE);
}

static void aside_put(const struct j6_log_entry *entry, const char *text)
{
    for (uint32_t i = 0; i < LOG_ASIDES; i++) {
        uint32_t bit = 1u << i;
        if ((__atomic_fetch_or(&ring.taken, bit, __ATOMIC_ACQUIRE) & bit) != 0) {
            continue;
        }
        struct log_aside *aside = &ring.asides[i];
        aside->entry = *entry;
        aside->entry.len = (uint32_t)smaller(entry->len, sizeof(aside->text));
        memcpy(aside->text, text, aside->entry.len);
        __atomic_fetch_or(&ring.full, bit, __ATOMIC_SEQ_CST);
        return;
    }
    __atomic_fetch_add(&ring.lost, 1, __ATOMIC_RELAXED);
}

/* Takes in what was put aside; the caller owns the ring. */
static void asides_append(void)
{
    uint32_t full = __atomic_exchange_n(&ring.full, 0, __ATOMIC_SEQ_CST);
    for (uint32_t i = 0; i < LOG_ASIDES; i++) {
        if ((full & 1u << i) != 0) {
            ring_append(&ring.asides[i].entry, ring.asides[i].text);
            __atomic_fetch_and(&ring.taken, ~(1u << i), __ATOMIC_RELEASE);
        }
    }
}

static void append(enum j6_log_severity severity, j6_koid_t process, j6_koid_t thread,
                   const char *text, size_t len)
{
    uint32_t cpu = source_cpu != NULL ? source_cpu() : 0;
    struct j6_log_entry entry = {
        .time = source_clock != NULL ? source_clock() : 0,
        .process = process,
        .thread = thread,
        .len = (uint32_t)smaller(len, LOG_TEXT_MAX),
        .cpu = (uint16_t)cpu,
        .severity = (uint16_t)severity,
    };
    if (ring_take(cpu)) {
        ring_append(&entry, text);
        ring_give_up();
    } else {
        aside_put(&entry, text);
    }
    while (__atomic_load_n(&ring.full, __ATOMIC_SEQ_CST) != 0 && ring_try_take(cpu)) {
        asides_append();
        ring_give_up();
    }
    console_flush();
    log_written();
}

void log_write(enum j6_log_severity severity, const char *fmt, ...)
{
    char text[LOG_LINE_MAX];
    va_list args;
    va_start(args, fmt);
    size_t len = vformat(text, sizeof(text), fmt, args);
    va_end(args);
    append(severity, 0, 0, text, smaller(len, sizeof(text) - 1));
}

void log_append_user(enum j6_log_severity severity, j6_koid_t process, j6_koid_t thread,
                     const char *text, size_t len)
{
    append(severity, process, thread, text, len);
}

/* Copies the entry `id`, if it is there and stays there meanwhile. */
static bool ring_read(uint64_t id, struct j6_log_entry *out, char *text, size_t cap)
{
    const struct log_slot *slot = &ring.slots[id % LOG_SLOTS];
    if (__atomic_load_n(&slot->entry.id, __ATOMIC_ACQUIRE) != id) {
        return false;
    }
    *out = slot->entry;
    out->id = id;
    uint64_t position = slot->position;
    size_t len = smaller(smaller(out->len, LOG_TEXT_MAX), cap);
    size_t start = position % LOG_RING_SIZE;
    size_t first = smaller(len, LOG_RING_SIZE - start);
    memcpy(text, ring.text + start, first);
    memcpy(text + first, ring.text, len - first);
    __atomic_thread_fence(__ATOMIC_ACQUIRE);
    return __atomic_load_n(&slot->entry.id, __ATOMIC_RELAXED) == id &&
           __atomic_load_n(&ring.text_end, __ATOMIC_RELAXED) - position <= LOG_RING_SIZE;
}

bool log_read(uint64_t *seen, struct j6_log_entry *out, char *text, size_t cap)
{
    uint64_t last = log_last();
    if (*seen >= last) {
        return false;
    }
    uint64_t id = *seen + 1;
    if (last > LOG_SLOTS && id <= last - LOG_SLOTS) {
        id = last - LOG_SLOTS + 1;
    }
    for (; id <= last; id++) {
        if (ring_read(id, out, text, cap)) {
            *seen = id;
            return true;
        }
    }
    return false;
}

uint64_t log_last(void)
{
    return __atomic_load_n(&ring.last_id, __ATOMIC_ACQUIRE);
}

void log_set_sources(uint64_t (*clock)(void), uint32_t (*cpu)(void))
{
    source_clock = clock;
    source_cpu = cpu;
}

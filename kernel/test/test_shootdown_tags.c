/* SPDX-License-Identifier: MIT */
/*
 * Who may write to a page? Other CPUs write, all the time, to pages of a mapping; this one takes the
 * pages away from them in every way that there is, and marks each as its own when the call has
 * returned. A CPU whose TLB still knew the page then would write over the mark. Mostly one CPU writes,
 * each in turn, since an emulator may have to give each its share of few host CPUs; sometimes all do.
 *
 * Command line: shootdown=ROUNDS; without it as many as a moment allows.
 */
#include "arch/arch.h"
#include "arch/page_table.h"
#include "kernel/base/grace.h"
#include "kernel/base/log.h"
#include "kernel/cpu_call.h"
#include "kernel/memory_count.h"
#include "kernel/test/settle.h"
#include "kernel/test/test_options.h"
#include "kernel/test/tests.h"
#include "mm/frame.h"
#include "mm/user_copy.h"
#include "mm/vm_area.h"
#include "mm/vm_space.h"

#define PLACE 0x234500000000ull
#define OWNER 0x0123456789abcdefull /* no writer's tag */

#define TIME_NS 300000000ull

enum { PAGES = 4, RW = 3, WRITER_WORDS = 64, WRITERS_MAX = 4 };

/* Rounds before others write, and before all do. */
enum { SESSION_ROUNDS = 16, ALL_SESSION = 8 };

static const uint64_t all = PAGES * PAGE_SIZE;

static struct {
    struct account account;
    struct vm_space space;
    struct vm_area *area;  /* mapped at PLACE */
    struct vm_area *other; /* in its place sometimes */
    paddr_t page[PAGES];   /* of the area, when the round began */
    uint64_t writers;
    _Atomic bool over;
    _Atomic uint64_t turns[CPU_MAX]; /* how often each writer has been through all pages */
} tags;

/* One turn of a writer: its tag into its own words of each page. That may fail, as it should. */
static void write_tags(void)
{
    uint32_t self = cpu_index();
    uint64_t tag = self + 1;
    for (unsigned i = 0; i < PAGES; i++) {
        struct user_ptr to = {PLACE + i * PAGE_SIZE + self % WRITER_WORDS * sizeof(tag)};
        (void)!user_copy_out(to, &tag, sizeof(tag));
    }
    atomic_fetch_add(&tags.turns[self], 1);
}

static void write_until_over(void *context)
{
    (void)context;
    page_table_load(&tags.space.table);
    while (!tags.over) {
        write_tags();
        arch_let_interrupts_in();
    }
    page_table_load(&kernel_page_table);
}

/* Every writer has begun a turn since, and ended it. */
static void await_writers(void)
{
    uint64_t then[CPU_MAX];
    for (uint64_t left = tags.writers; left != 0;) {
        uint32_t writer = cpu_mask_pop(&left);
        then[writer] = tags.turns[writer];
    }
    for (uint64_t left = tags.writers; left != 0;) {
        uint32_t writer = cpu_mask_pop(&left);
        while (tags.turns[writer] < then[writer] + 2) {
            arch_let_interrupts_in();
        }
    }
    write_tags(); /* on this CPU as well, which is the only one maybe */
}

/* What the area's pages are; each is held, so that nobody else gets it meanwhile. */
static void pages_hold(void)
{
    vm_area_lock(tags.area);
    for (unsigned i = 0; i < PAGES; i++) {
        tags.page[i] = vm_area_peek_locked(tags.area, i * PAGE_SIZE);
        assert(tags.page[i] != 0);
        frame_get(tags.page[i]);
    }
    vm_area_unlock(tags.area);
}

static bool pages_put(bool right)
{
    for (unsigned i = 0; i < PAGES; i++) {
        frame_put(tags.page[i]);
    }
    return right;
}

static volatile uint64_t *words_of(unsigned page)
{
    return phys_to_virt(tags.page[page]);
}

/* From now on nobody else writes to the pages from `first` on. Is that so? */
static bool nobody_writes(unsigned first)
{
    for (unsigned i = first; i < PAGES; i++) {
        for (unsigned word = 0; word < WRITER_WORDS; word++) {
            words_of(i)[word] = OWNER;
        }
    }
    await_writers();
    bool right = true;
    for (unsigned i = first; i < PAGES; i++) {
        for (unsigned word = 0; word < WRITER_WORDS; word++) {
            right &= words_of(i)[word] == OWNER;
        }
    }
    if (!right) {
        log_error("tags    a CPU wrote to a page that was taken away from it");
    }
    return right;
}

static bool map(struct vm_area *area)
{
    vaddr_t place = PLACE;
    return vm_space_map(&tags.space, area, &place, 0, all, RW | j6_map_exact) == j6_status_ok;
}

static bool unmap(struct vm_area *area)
{
    return vm_space_unmap(&tags.space, area, PLACE, all) == j6_status_ok;
}

/* ---- the ways; each ends with the area mapped for all to write ---- */

static bool by_unmap(void)
{
    return unmap(tags.area) && nobody_writes(0) && map(tags.area);
}

static bool by_unmap_of_a_part(void)
{
    vaddr_t place = PLACE + PAGE_SIZE;
    uint64_t len = all - PAGE_SIZE;
    return vm_space_unmap(&tags.space, tags.area, place, len) == j6_status_ok && nobody_writes(1) &&
           vm_space_unmap(&tags.space, tags.area, PLACE, 0) == j6_status_ok && map(tags.area);
}

static bool by_protect(void)
{
    return vm_space_protect(&tags.space, tags.area, PLACE, 0, j6_map_read) == j6_status_ok &&
           nobody_writes(0) &&
           vm_space_protect(&tags.space, tags.area, PLACE, 0, RW) == j6_status_ok;
}

static bool by_reserve(void)
{
    return vm_space_protect(&tags.space, tags.area, PLACE, 0, 0) == j6_status_ok &&
           nobody_writes(0) &&
           vm_space_protect(&tags.space, tags.area, PLACE, 0, RW) == j6_status_ok;
}

static bool by_decommit(void)
{
    uint64_t done;
    return vm_area_decommit(tags.area, 0, all, &done) == j6_status_ok && nobody_writes(0);
}

static bool by_resize(void)
{
    return vm_area_resize(tags.area, PAGE_SIZE) == j6_status_ok && nobody_writes(1) &&
           vm_area_resize(tags.area, all) == j6_status_ok;
}

/* The pages are the clone's; who writes to the area gets copies. */
static bool by_clone(void)
{
    struct vm_area *clone;
    if (vm_area_clone(tags.area, &tags.account, 0, all, 0, &clone) != j6_status_ok) {
        return false;
    }
    bool right = nobody_writes(0);
    kobject_put(&clone->object);
    return right;
}

static bool by_remap(void)
{
    return unmap(tags.area) && map(tags.other) && nobody_writes(0) && unmap(tags.other) &&
           map(tags.area);
}

static const struct {
    const char *name;
    bool (*run)(void);
} ways[] = {
    {"unmap", by_unmap},       {"unmap of a part", by_unmap_of_a_part},
    {"protect", by_protect},   {"reserve", by_reserve},
    {"decommit", by_decommit}, {"resize", by_resize},
    {"clone", by_clone},       {"remap", by_remap},
};

enum { WAYS = sizeof(ways) / sizeof(ways[0]) };

static bool run_round(uint64_t round)
{
    uint64_t done;
    if (vm_area_commit(tags.area, 0, all, true, &done) != j6_status_ok) {
        return false;
    }
    await_writers();
    pages_hold();
    bool right = pages_put(ways[round % WAYS].run());
    if (!right) {
        log_error("tags    round %lu: %s", round, ways[round % WAYS].name);
    }
    grace_pass(); /* what the round has ended is free when the writers have gone */
    return right;
}

/* Rounds of the same writers. */
static bool run_session(uint64_t writers, uint64_t first, uint64_t rounds)
{
    bool right = true;
    tags.writers = writers;
    tags.over = false;
    cpu_call_start(writers, write_until_over, NULL);
    for (uint64_t round = first; right && round < first + rounds; round++) {
        right = run_round(round);
    }
    tags.over = true;
    cpu_call_wait();
    return right;
}

static uint64_t writers_of(uint64_t session)
{
    uint64_t others = cpus_online() & (cpu_bit(WRITERS_MAX) - 1) & ~cpu_bit(cpu_index());
    uint64_t count = cpu_mask_count(others);
    if (count == 0 || session % ALL_SESSION == ALL_SESSION - 1) {
        return others;
    }
    uint64_t skip = session % count;
    while (skip-- > 0) {
        cpu_mask_pop(&others);
    }
    return cpu_bit(cpu_mask_pop(&others));
}

/* So many rounds, or, of 0, as many as there is time for. */
static bool run_rounds(uint64_t wanted, uint64_t *out_rounds)
{
    uint64_t rounds = 0;
    bool right = true;
    j6_time_t end = clock_now() + TIME_NS;
    for (uint64_t session = 0; right && (wanted == 0 ? clock_now() < end : rounds < wanted);
         session++) {
        uint64_t count = writers_of(session) & (writers_of(session) - 1) ? 2 : SESSION_ROUNDS;
        right = run_session(writers_of(session), rounds, count);
        rounds += count;
    }
    *out_rounds = rounds;
    return right;
}

static bool begin(void)
{
    account_init_root(&tags.account, 1ull << 40);
    bool right = vm_space_init(&tags.space, &tags.account) == j6_status_ok;
    right = right && vm_area_create_open(&tags.account, all, j6_vma_flag_resizable, &tags.area) ==
                         j6_status_ok;
    right = right && vm_area_create_open(&tags.account, all, 0, &tags.other) == j6_status_ok;
    return right && map(tags.area);
}

static void end(void)
{
    page_table_load(&kernel_page_table);
    vm_space_destroy(&tags.space);
    kobject_put(&tags.area->object);
    kobject_put(&tags.other->object);
    settle();
}

bool self_test_nobody_writes_to_a_page_that_was_taken_away(void)
{
    uint64_t before = memory_free_frames();
    uint64_t rounds = 0;
    if (!begin()) {
        return false;
    }
    page_table_load(&tags.space.table);
    bool right = run_rounds(test_option("shootdown", 0), &rounds);
    end();
    log_info("tags    %lu rounds", rounds);
    return right && memory_free_frames() == before;
}

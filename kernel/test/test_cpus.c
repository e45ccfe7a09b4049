/* SPDX-License-Identifier: MIT */
/*
 * The other CPUs: calls, shootdowns, grace periods, memory that goes from one to another. With one CPU
 * most of it proves little, and passes. Rounds go on for a while, but not for long: an emulator may have
 * to give each CPU a turn of a host's CPU in each round.
 */
#include "arch/arch.h"
#include "arch/page_table.h"
#include "arch/tlb.h"
#include "kernel/base/grace.h"
#include "kernel/cpu_call.h"
#include "kernel/memory_count.h"
#include "kernel/test/tests.h"
#include "mm/frame.h"
#include "mm/guarded.h"
#include "mm/kalloc.h"
#include "mm/vm_space.h"

#define ROUNDS_NS 500000000ull

enum { FRAMES = 400, OBJECTS = 100, OBJECT_SIZE = 128, ROUNDS_MAX = 5000, FEW = 4 };

static struct {
    uint64_t cpus;
    j6_time_t end;
} rounds;

static void rounds_begin(uint64_t cpus)
{
    rounds.cpus = cpus;
    rounds.end = clock_now() + ROUNDS_NS;
}

/* Is there to be another one after so many? */
static bool rounds_go_on(uint64_t done)
{
    return done == 0 || (done < ROUNDS_MAX && clock_now() < rounds.end);
}

/* The lowest few CPUs that are online. */
static uint64_t few_cpus(void)
{
    return cpus_online() & (cpu_bit(FEW) - 1);
}

/* ---- calls ---- */

static void note_cpu(void *context)
{
    _Atomic uint64_t *seen = context;
    atomic_fetch_or(seen, cpu_bit(cpu_index()));
}

bool self_test_a_call_reaches_every_cpu(void)
{
    bool right = true;
    for (uint32_t round = 0; round < 100; round++) {
        _Atomic uint64_t seen = 0;
        cpu_call(cpus_online(), note_cpu, &seen);
        right &= seen == cpus_online();
    }
    return right;
}

bool self_test_a_call_reaches_no_cpu_that_is_not_meant(void)
{
    bool right = true;
    for (uint64_t left = cpus_online(); left != 0;) {
        uint32_t index = cpu_mask_pop(&left);
        _Atomic uint64_t seen = 0;
        cpu_call(cpu_bit(index), note_cpu, &seen);
        right &= seen == cpu_bit(index);
    }
    return right;
}

/* ---- each CPU has its own ---- */

static _Atomic bool stacks_wrong;

static void check_stacks(void *context)
{
    (void)context;
    vaddr_t here = (vaddr_t)__builtin_frame_address(0);
    const struct cpu *self = this_cpu(cpu);
    if (self != cpu_of(cpu_block(cpu_index()), cpu) || self->block != percpu_block() ||
        self->kernel_stack - here >= KERNEL_STACK_SIZE) {
        stacks_wrong = true;
    }
}

bool self_test_every_cpu_has_its_block_and_runs_on_its_stack(void)
{
    cpu_call(cpus_online(), check_stacks, NULL);
    return !stacks_wrong;
}

/* ---- shootdown ---- */

/*
 * A page that two frames take turns in. Its word is the number of the round in which the frame became
 * the page's; the frame that isn't the page's holds 0.
 */
static struct {
    vaddr_t page;
    paddr_t frame[2];
    _Atomic uint64_t round; /* every CPU must see this one, or a later one */
    _Atomic bool over;
    _Atomic uint64_t ready; /* CPUs that have touched the page */
    _Atomic bool stale;
} shot;

/* Nobody else is told: that is what is tested. */
static void put_page(paddr_t frame)
{
    struct page_batch batch;
    page_batch_init(&batch);
    spinlock_lock(&kernel_space.table_lock);
    j6_status_t status =
        page_table_set(&kernel_page_table, shot.page, frame,
                       page_bits(PAGE_WRITE | PAGE_GLOBAL | page_memory_caching), &batch);
    spinlock_unlock(&kernel_space.table_lock);
    assert(status == j6_status_ok);
}

/* The page belongs to a section of the buffers meanwhile, whose own frame is the first of the two. */
static bool page_begin(void)
{
    uint32_t flags;
    if (guarded_alloc(&kernel_buffers, &shot.page) != j6_status_ok) {
        return false;
    }
    page_table_find(&kernel_page_table, shot.page, &shot.frame[0], &flags);
    shot.frame[1] = frame_alloc();
    *(uint64_t *)phys_to_virt(shot.frame[0]) = 1;
    *(uint64_t *)phys_to_virt(shot.frame[1]) = 0;
    shot.round = 1;
    shot.ready = 0;
    shot.over = false;
    shot.stale = false;
    return shot.frame[1] != 0;
}

static void page_end(void)
{
    put_page(shot.frame[0]);
    tlb_shootdown(cpus_online(), &shot.page, 1);
    frame_free(shot.frame[1]);
    guarded_free(&kernel_buffers, shot.page);
}

static void page_switch(uint64_t round, unsigned count)
{
    paddr_t next = shot.frame[round % 2 == 0];
    paddr_t old = shot.frame[round % 2 != 0];
    *(volatile uint64_t *)phys_to_virt(next) = round;
    put_page(next);
    tlb_shootdown(cpus_online(), &shot.page, count);
    atomic_store(&shot.round, round);
    *(volatile uint64_t *)phys_to_virt(old) = 0;
}

static void look_at_page(void)
{
    uint64_t at_least = atomic_load(&shot.round);
    if (*(volatile uint64_t *)shot.page < at_least) {
        shot.stale = true;
    }
}

/* Answers by the loop of a lock that somebody else has, and every other time by an interrupt. */
static void watch_page(void *context)
{
    (void)context;
    look_at_page();
    atomic_fetch_or(&shot.ready, cpu_bit(cpu_index()));
    for (uint64_t turn = 0; !shot.over; turn++) {
        look_at_page();
        if (turn % 2 == 0) {
            arch_spin_pause();
        } else {
            arch_let_interrupts_in();
        }
    }
    look_at_page();
}

/* While other CPUs look at the page all the time. */
bool self_test_a_page_that_was_shot_down_is_seen_by_nobody_who_watches_it(void)
{
    uint64_t others = few_cpus() & ~cpu_bit(cpu_index());
    bool right = page_begin();
    cpu_call_start(others, watch_page, NULL);
    while (atomic_load(&shot.ready) != others) {
        arch_let_interrupts_in();
    }
    rounds_begin(others);
    /* The last round is an even one: then the page isn't what it was at first. */
    for (uint64_t round = 2; right && (round % 2 == 0 || rounds_go_on(round - 2)); round++) {
        page_switch(round, 1);
        look_at_page();
    }
    shot.over = true;
    cpu_call_wait();
    page_end();
    return right && !shot.stale;
}

static void look_once(void *context)
{
    (void)context;
    look_at_page();
}

/* All CPUs have the page in their TLBs, and idle; every third time they forget everything. */
bool self_test_a_page_that_was_shot_down_is_seen_by_no_cpu(void)
{
    bool right = page_begin();
    for (uint64_t round = 2; right && round < 40; round++) {
        cpu_call(cpus_online(), look_once, NULL);
        page_switch(round, round % 3 == 0 ? TLB_PAGES_MAX + 1 : 1);
        cpu_call(cpus_online(), look_once, NULL);
    }
    page_end();
    return right && !shot.stale;
}

static void shoot(void *context)
{
    (void)context;
    vaddr_t pages[TLB_PAGES_MAX];
    for (unsigned i = 0; i < TLB_PAGES_MAX; i++) {
        pages[i] = BUFFERS_BASE + i * PAGE_SIZE;
    }
    for (uint64_t round = 0; rounds_go_on(round); round++) {
        tlb_shootdown(rounds.cpus, pages, round % (TLB_PAGES_MAX + 2));
    }
}

bool self_test_all_cpus_shoot_at_each_other_at_once(void)
{
    rounds_begin(cpus_online());
    cpu_call(rounds.cpus, shoot, NULL);
    rounds_begin(few_cpus());
    cpu_call(rounds.cpus, shoot, NULL);
    return true;
}

/* ---- locks ---- */

static struct spinlock counter_lock = SPINLOCK_INIT(RANK_AREA);
static uint64_t counter; /* guarded by the lock */
static _Atomic uint64_t counted;

static void count_and_shoot(void *context)
{
    (void)context;
    for (uint64_t round = 0; rounds_go_on(round); round++) {
        spinlock_lock(&counter_lock);
        counter++;
        spinlock_unlock(&counter_lock);
        counted++;
        tlb_shootdown(rounds.cpus, &(vaddr_t){BUFFERS_BASE}, 1);
    }
}

bool self_test_a_lock_has_one_holder_while_cpus_shoot_at_each_other(void)
{
    counter = 0;
    counted = 0;
    rounds_begin(few_cpus());
    cpu_call(rounds.cpus, count_and_shoot, NULL);
    return counter == counted;
}

static struct {
    uint32_t holder; /* has the lock until the other CPU has answered */
    _Atomic bool held;
    _Atomic bool spins;
    _Atomic bool answered;
} spin;

static void hold_or_spin(void *context)
{
    (void)context;
    if (cpu_index() == spin.holder) {
        spinlock_lock(&counter_lock);
        spin.held = true;
        while (!spin.answered) {
            arch_pause();
        }
    } else {
        while (!spin.held) {
            arch_pause();
        }
        spin.spins = true;
        spinlock_lock(&counter_lock);
    }
    spinlock_unlock(&counter_lock);
}

/* If it didn't, this would never end. */
bool self_test_a_cpu_that_spins_for_a_lock_answers(void)
{
    uint64_t others = cpus_online() & ~cpu_bit(cpu_index());
    if (cpu_mask_count(others) < 2) {
        return true;
    }
    spin.holder = cpu_mask_pop(&others);
    uint64_t spinner = cpu_bit(cpu_mask_pop(&others));
    spin.held = spin.spins = spin.answered = false;
    cpu_call_start(cpu_bit(spin.holder) | spinner, hold_or_spin, NULL);
    while (!spin.spins) {
        arch_let_interrupts_in();
    }
    tlb_shootdown(spinner, &(vaddr_t){BUFFERS_BASE}, 1);
    spin.answered = true;
    cpu_call_wait();
    return true;
}

/* ---- memory ---- */

static struct {
    paddr_t frames[FRAMES];
    void *objects[OBJECTS];
} moved;

static void take_frames(void *context)
{
    (void)context;
    for (unsigned i = 0; i < FRAMES; i++) {
        moved.frames[i] = frame_alloc();
    }
}

static void take_objects(void *context)
{
    (void)context;
    for (unsigned i = 0; i < OBJECTS; i++) {
        moved.objects[i] = kalloc(OBJECT_SIZE);
    }
}

static void give_memory(void *context)
{
    (void)context;
    for (unsigned i = 0; i < FRAMES; i++) {
        if (moved.frames[i] != 0) {
            frame_free(moved.frames[i]);
        }
    }
    for (unsigned i = 0; i < OBJECTS; i++) {
        kfree(moved.objects[i]);
    }
}

/* Before anything is drained the counts over all CPUs are right as well. */
bool self_test_memory_taken_on_one_cpu_and_freed_on_another_comes_back_exactly(void)
{
    uint64_t left = cpus_online();
    uint32_t first = cpu_mask_pop(&left);
    uint32_t second = left != 0 ? cpu_mask_pop(&left) : first;
    uint64_t before = memory_free_frames();
    bool right = true;
    for (unsigned round = 0; round < 10; round++) {
        cpu_call(cpu_bit(round % 2 ? first : second), take_frames, NULL);
        right &= frames_free() == before - FRAMES;
        cpu_call(cpu_bit(round % 2 ? first : second), take_objects, NULL);
        cpu_call(cpu_bit(round % 2 ? second : first), give_memory, NULL);
        right &= memory_free_frames() == before;
    }
    return right;
}

/* ---- grace periods ---- */

static struct {
    _Atomic bool inside; /* a CPU is in the kernel … */
    _Atomic bool leave;  /* … until this is set */
    _Atomic bool ran;
    _Atomic uint32_t ran_on;
    struct grace_item item;
} period;

static void stay_inside(void *context)
{
    (void)context;
    period.inside = true;
    while (!period.leave) {
        arch_let_interrupts_in();
    }
}

static void item_run(struct grace_item *item)
{
    (void)item;
    period.ran_on = cpu_index();
    period.ran = true;
}

static void period_begin(void)
{
    period.inside = false;
    period.leave = false;
    period.ran = false;
}

static void await_run(void)
{
    while (!period.ran) {
        grace_pass();
        arch_let_interrupts_in();
    }
}

bool self_test_a_grace_period_waits_for_a_cpu_in_the_kernel(void)
{
    uint64_t others = cpus_online() & ~cpu_bit(cpu_index());
    uint64_t other = others != 0 ? cpu_bit(cpu_mask_pop(&others)) : 0;
    period_begin();
    cpu_call_start(other, stay_inside, NULL);
    while (other != 0 && !period.inside) {
        arch_let_interrupts_in();
    }
    grace_defer(&period.item, item_run);
    for (unsigned i = 0; i < 1000; i++) {
        grace_pass();
        arch_let_interrupts_in();
    }
    bool early = other != 0 && period.ran;
    period.leave = true;
    cpu_call_wait();
    await_run();
    return !early;
}

static void defer_item(void *context)
{
    (void)context;
    grace_defer(&period.item, item_run);
}

bool self_test_what_a_cpu_puts_off_it_frees_itself(void)
{
    bool right = true;
    for (uint64_t left = cpus_online(); left != 0;) {
        uint32_t index = cpu_mask_pop(&left);
        period_begin();
        cpu_call(cpu_bit(index), defer_item, NULL);
        await_run();
        right &= period.ran_on == index;
    }
    return right;
}

/* SPDX-License-Identifier: MIT */
/*
 * Allocations that fail: a scenario for each call, which is run with its first allocation failing,
 * then with its second, and so on until none is left to fail. Each failure must be told as such and
 * must leave everything as it was.
 *
 *   SCENARIO(vma_create_of_a_large_area, vma_create, .run = create, .undo = close_area)
 *
 * The linker collects the scenarios. The first run of each is one without failures, so that what it
 * touches of this program is there: a page fault while allocations fail would end us.
 */
#pragma once
#include "userland/test/main/calls.h"
#include "userland/test/main/util.h"

struct scenario {
    const char *name;
    uint64_t call;        /* that it is about */
    void (*set_up)(void); /* nothing fails in it; NULL: nothing to do */
    j6_status_t (*run)(void);
    void (*undo)(void);      /* what a run has done: after a success, and after a partial failure */
    void (*tear_down)(void); /* what set_up made; works with every allocation failing */
    bool partial;            /* a failed run may have done a part, which undo takes back */
} __attribute__((aligned(64)));

#define SCENARIO(sentence, the_call, ...)                            \
    static const struct scenario sentence##_scenario __attribute__(( \
        section("scenarios"), used)) = {.name = #sentence, .call = call_##the_call, __VA_ARGS__}

/* The linker collects the section that SCENARIO fills. */
extern const struct scenario __start_scenarios[] __attribute__((visibility("hidden")));
extern const struct scenario __stop_scenarios[] __attribute__((visibility("hidden")));

/* Can this kernel's allocations be made to fail? If not, the test is skipped. */
bool failures_offered(void);

/* From now on in this thread: the nth and the `then`th after it; the others tell how many have. */
void failures_arm(uint64_t n, uint64_t then);
uint64_t failures_disarm(void);

/* What must be the same after a failure as before. */
struct ledger {
    struct j6_objects_info objects;
    struct j6_account_info account;
    uint64_t frames;
    uint64_t slabs; /* bytes of all objects handed out: a slab may keep its frames without them */
};

struct ledger ledger_take(void);

/* Waits for what is freed in the background. */
bool expect_ledger(const struct ledger *wanted, const char *what);

/* After the tests: prints which places in the kernel never failed, and how many places there are. */
void failures_report(void);

/* Runs it without failures, so that all of this program that it touches is there. */
void scenario_warm_up(const struct scenario *scenario);

/*
 * Runs the scenario with those allocations failing, and looks for what is left over. Returns how
 * many have failed.
 */
uint64_t scenario_try(const struct scenario *scenario, uint64_t n, uint64_t then);

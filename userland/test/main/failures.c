/* SPDX-License-Identifier: MIT */
/* One try of a scenario, as described in failures.h. */
#include "userland/test/main/failures.h"
#include "lib/format.h"
#include "lib/string.h"

/* The stack that the scenarios may need. */
static void touch_stack(void)
{
    volatile char stack[16 * PAGE];
    for (size_t i = 0; i < sizeof(stack); i += PAGE) {
        stack[i] = 0;
    }
}

bool failures_offered(void)
{
    touch_stack();
    uint64_t failed;
    if (j6_system_fail_nth(system_handle(), 0, 0, &failed) == j6_err_nyi) {
        test_skip("allocations can't be made to fail in this kernel");
        return false;
    }
    return true;
}

void failures_arm(uint64_t n, uint64_t then)
{
    uint64_t failed;
    expect_ok(j6_system_fail_nth(system_handle(), n, then, &failed));
}

uint64_t failures_disarm(void)
{
    uint64_t failed = 0;
    expect_ok(j6_system_fail_nth(system_handle(), 0, 0, &failed));
    return failed;
}

static uint64_t slab_bytes(void)
{
    static struct j6_slab_info rows[64];
    uint64_t len = sizeof(rows);
    uint64_t bytes = 0;
    expect_ok(j6_system_info(system_handle(), j6_topic_slabs, 0, rows, &len));
    for (const struct j6_slab_info *row = rows; row != rows + len / sizeof(*row); row++) {
        bytes += row->live * row->object_size;
    }
    return bytes;
}

static struct ledger look(void)
{
    struct ledger ledger = {
        .objects = objects_live(), .slabs = slab_bytes(), .frames = frames_free()};
    uint64_t len = sizeof(ledger.account);
    expect_ok(j6_object_info(j6_handle_self_process, j6_topic_account, &ledger.account, &len));
    return ledger;
}

/* The second time all is there that looking touches of this program. */
struct ledger ledger_take(void)
{
    look();
    return look();
}

static void ledger_judge(const struct ledger *wanted, const struct ledger *found, const char *what)
{
    char text[160];
    size_t len = format(text, sizeof(text),
                        "after %s: frames %+lld, slabs %+lld, memory %+lld, handles %+lld", what,
                        (long long)(found->frames - wanted->frames),
                        (long long)(found->slabs - wanted->slabs),
                        (long long)(found->account.memory - wanted->account.memory),
                        (long long)(found->account.handles - wanted->account.handles));
    for (enum j6_type type = j6_type_none; type < j6_type_count && len < sizeof(text); type++) {
        if (found->objects.live[type] != wanted->objects.live[type]) {
            len += format(text + len, sizeof(text) - len, ", %s %+lld", j6_type_text(type),
                          (long long)(found->objects.live[type] - wanted->objects.live[type]));
        }
    }
    test_expect(false, text, TEST_HERE);
}

bool expect_ledger(const struct ledger *wanted, const char *what)
{
    struct ledger found = ledger_take();
    j6_time_t give_up = now() + PATIENCE;
    while (memcmp(&found, wanted, sizeof(found)) != 0 && now() < give_up) {
        sleep_for(1);
        found = ledger_take();
    }
    bool same = memcmp(&found, wanted, sizeof(found)) == 0;
    if (!same) {
        ledger_judge(wanted, &found, what);
    }
    return same;
}

static void step(void (*function)(void))
{
    if (function != NULL) {
        function();
    }
}

static bool is_shortage(j6_status_t status)
{
    return status == j6_err_no_memory || status == j6_err_quota;
}

/* A run has failed: everything is as it was, and the next run works. */
static void expect_nothing_done(const struct scenario *scenario, const struct ledger *before,
                                const char *what)
{
    if (scenario->partial) {
        step(scenario->undo);
    } else {
        expect_ledger(before, what);
    }
    test_expect_status(j6_status_ok, scenario->run(), what, TEST_HERE);
}

void scenario_warm_up(const struct scenario *scenario)
{
    step(scenario->set_up);
    expect_ok(scenario->run());
    step(scenario->undo);
    step(scenario->tear_down);
}

uint64_t scenario_try(const struct scenario *scenario, uint64_t n, uint64_t then)
{
    char what[96];
    format(what, sizeof(what), "%s %lld %lld", scenario->name, (long long)n, (long long)then);
    struct ledger before = ledger_take();
    step(scenario->set_up);
    struct ledger set_up = ledger_take();
    failures_arm(n, then);
    j6_status_t status = scenario->run();
    uint64_t failed = failures_disarm();
    if (status != j6_status_ok) {
        test_expect(failed > 0 && is_shortage(status), what, TEST_HERE);
        expect_nothing_done(scenario, &set_up, what);
    }
    step(scenario->undo);
    failures_arm(1, j6_fail_all);
    step(scenario->tear_down);
    failures_disarm();
    expect_ledger(&before, what);
    return failed;
}

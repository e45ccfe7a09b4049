/* SPDX-License-Identifier: MIT */
/* thread_pause: until a user signal of one's own thread, which is cleared. */
#include "userland/test/main/look.h"

static const uint64_t FIRST = J6_SIGNAL(48);
static const uint64_t LAST = J6_SIGNAL(63);

TEST(a_pause_ends_at_once_when_a_user_signal_is_set_and_clears_it)
{
    uint64_t signals = 0;
    expect_ok(j6_object_signal(j6_handle_self_thread, 0, FIRST | LAST));
    expect_ok(j6_thread_pause(&signals));
    expect_equal(FIRST | LAST, signals);
    expect_equal(0, signals_of(j6_handle_self_thread));
}

struct pauser {
    uint64_t times;
    volatile uint64_t paused; /* how often a pause has ended */
    uint64_t signals;         /* all that were seen */
    struct j6_thread thread;
};

static int64_t pause_often(void *arg)
{
    struct pauser *pauser = arg;
    for (uint64_t i = 0; i < pauser->times; i++) {
        uint64_t signals = 0;
        j6_status_t status = j6_thread_pause(&signals);
        if (status != j6_status_ok || (signals & j6_signal_user_mask) == 0) {
            return 1;
        }
        pauser->signals |= signals;
        pauser->paused = i + 1;
    }
    return 0;
}

static void pauser_start(struct pauser *pauser, uint64_t times)
{
    *pauser = (struct pauser){.times = times};
    expect_ok(j6_thread_run(&pauser->thread, pause_often, pauser, 4 * PAGE));
}

static void pauser_finish(struct pauser *pauser)
{
    int64_t failed = -1;
    expect_ok(j6_thread_join(&pauser->thread, &failed));
    expect_equal(0, failed);
    expect_equal(pauser->times, pauser->paused);
}

TEST(a_pause_lasts_until_a_user_signal_of_its_own_thread)
{
    struct pauser pauser;
    pauser_start(&pauser, 1);
    thread_blocks(pauser.thread.handle, j6_wait_object);
    expect_ok(j6_object_signal(j6_handle_self_process, 0, FIRST));
    expect_ok(j6_object_signal(j6_handle_self_thread, 0, FIRST));
    leave_time();
    expect_equal(0, pauser.paused);
    expect_ok(j6_object_signal(pauser.thread.handle, 0, LAST));
    pauser_finish(&pauser);
    expect_equal(LAST, pauser.signals);
    expect_ok(j6_object_signal(j6_handle_self_process, FIRST, 0));
    expect_ok(j6_object_signal(j6_handle_self_thread, FIRST, 0));
}

TEST(no_signal_to_a_thread_that_pauses_is_lost)
{
    struct pauser pauser;
    uint64_t times = race_rounds(100);
    pauser_start(&pauser, times);
    for (uint64_t i = 0; i < times; i++) {
        expect_ok(j6_object_signal(pauser.thread.handle, 0, J6_SIGNAL(48 + i % 16)));
        j6_time_t lost = now() + PATIENCE;
        while (pauser.paused <= i && now() < lost) {
            j6_thread_sleep(0);
        }
        if (!expect(pauser.paused > i)) {
            break;
        }
    }
    pauser_finish(&pauser);
    expect_equal(j6_signal_user_mask, pauser.signals);
}

TEST(who_pauses_ends_with_its_process)
{
    j6_handle_t process = victim_start("pause", "0", NULL, 0);
    threads_block(process, 1, j6_wait_object);
    expect_ok(j6_process_kill(process, 12));
    struct j6_end_info end = process_finish(process);
    expect_equal(j6_reason_killed, end.reason);
    expect_equal(12, end.code);
}

/* SPDX-License-Identifier: MIT */
/*
 * Which signal does what; a signal that comes is pending until its thread lets it through, which only calls
 * of that thread itself change.
 */
#include "userland/linux/signals.h"
#include "userland/linux/calls.h"
#include "userland/linux/descriptors.h"
#include <asm/unistd_64.h>
#include <j6/sync.h>

enum { SET_SIZE = 8, DEATH = 128 };

static struct {
    struct j6_mutex lock;
    struct sigaction of[SIGNALS]; /* signal 1 is the first */
} actions;

static struct sigaction action_get(int signal)
{
    j6_mutex_lock(&actions.lock);
    struct sigaction action = actions.of[signal - 1];
    j6_mutex_unlock(&actions.lock);
    return action;
}

static bool is_signal(int signal)
{
    return signal >= 1 && signal <= SIGNALS;
}

static const uint64_t unblockable = 1ull << (SIGKILL - 1) | 1ull << (SIGSTOP - 1);

/* What such a signal does unless the program says otherwise; nobody can be stopped here. */
static bool ends_process(int signal)
{
    switch (signal) {
    case SIGCHLD:
    case SIGCONT:
    case SIGURG:
    case SIGWINCH:
    case SIGSTOP:
    case SIGTSTP:
    case SIGTTIN:
    case SIGTTOU: return false;
    default: return true;
    }
}

int64_t linux_rt_sigaction(int signal, user_ptr_t action, user_ptr_t old, uint64_t set_size)
{
    struct sigaction new_action;
    if (!is_signal(signal) || set_size != SET_SIZE ||
        (action != 0 && (signal_bit(signal) & unblockable))) {
        return -EINVAL;
    }
    int64_t error = action != 0 ? user_read(&new_action, action, sizeof(new_action)) : 0;
    if (error != 0) {
        return error;
    }
    j6_mutex_lock(&actions.lock);
    struct sigaction old_action = actions.of[signal - 1];
    if (action != 0) {
        actions.of[signal - 1] = new_action;
    }
    j6_mutex_unlock(&actions.lock);
    return old != 0 ? user_write(old, &old_action, sizeof(old_action)) : 0;
}

static int64_t end_process(int signal)
{
    return linux_exit_group(DEATH + signal);
}

/* One signal that is let through; tells the result of the call then. */
static int64_t deliver(struct frame *frame, struct linux_thread *thread, int signal, int64_t result)
{
    struct sigaction action = action_get(signal);
    if (action.sa_handler == SIG_IGN || (action.sa_handler == SIG_DFL && !ends_process(signal))) {
        return result;
    }
    if (action.sa_handler == SIG_DFL ||
        signal_frame_push(frame, thread, signal, &action, result) != 0) {
        return end_process(action.sa_handler == SIG_DFL ? signal : SIGSEGV);
    }
    if (action.sa_flags & SA_RESETHAND) {
        j6_mutex_lock(&actions.lock);
        actions.of[signal - 1].sa_handler = SIG_DFL;
        j6_mutex_unlock(&actions.lock);
    }
    return 0; /* the handler takes no vector registers */
}

/* All that are let through; the last one's handler runs first. */
static int64_t deliver_pending(struct frame *frame, struct linux_thread *thread, int64_t result)
{
    uint64_t open;
    while ((open = thread->pending & ~thread->blocked) != 0) {
        int signal = __builtin_ctzll(open) + 1;
        thread->pending &= ~signal_bit(signal);
        result = deliver(frame, thread, signal, result);
    }
    return result;
}

/* rdi how, rsi set, rdx old set, r10 size of a set. */
int64_t linux_rt_sigprocmask(struct frame *frame)
{
    struct linux_thread *self = thread_self();
    uint64_t old = self->blocked;
    uint64_t blocked = old;
    uint64_t set = 0;
    if (frame->r10 != SET_SIZE) {
        return -EINVAL;
    }
    int64_t error = frame->rsi != 0 ? user_read(&set, frame->rsi, sizeof(set)) : 0;
    if (error == 0 && frame->rsi != 0) {
        switch ((int)frame->rdi) {
        case SIG_BLOCK: blocked = old | set; break;
        case SIG_UNBLOCK: blocked = old & ~set; break;
        case SIG_SETMASK: blocked = set; break;
        default: return -EINVAL;
        }
    }
    if (error == 0 && frame->rdx != 0) {
        error = user_write(frame->rdx, &old, sizeof(old));
    }
    if (error != 0) {
        return error;
    }
    self->blocked = blocked & ~unblockable;
    return deliver_pending(frame, self, 0);
}

int64_t linux_rt_sigreturn(struct frame *frame)
{
    int64_t result = 0;
    struct linux_thread *self = thread_self();
    if (signal_frame_pop(frame, self, &result) != 0) {
        return end_process(SIGSEGV);
    }
    self->blocked &= ~unblockable;
    return deliver_pending(frame, self, result);
}

static int64_t signal_self(struct frame *frame, int signal)
{
    struct linux_thread *self = thread_self();
    if (signal != 0) {
        self->pending |= signal_bit(signal);
    }
    return deliver_pending(frame, self, 0);
}

/* Another thread can't be made to run a handler; but that a signal ends all of them can be done. */
static int64_t signal_other(int32_t id, int signal)
{
    if (!thread_exists(id)) {
        return -ESRCH;
    }
    if (signal == 0) {
        return 0;
    }
    struct sigaction action = action_get(signal);
    if (action.sa_handler == SIG_DFL && ends_process(signal)) {
        return end_process(signal);
    }
    return action.sa_handler == SIG_DFL || action.sa_handler == SIG_IGN
               ? 0
               : call_not_served(__NR_tkill, " between threads");
}

static int64_t signal_thread(struct frame *frame, int32_t id, int signal)
{
    if (id <= 0 || (signal != 0 && !is_signal(signal))) {
        return -EINVAL;
    }
    return id == thread_self()->id ? signal_self(frame, signal) : signal_other(id, signal);
}

int64_t linux_tkill(struct frame *frame)
{
    return signal_thread(frame, (int32_t)frame->rdi, (int)frame->rsi);
}

int64_t linux_tgkill(struct frame *frame)
{
    return (int32_t)frame->rdi == process_id()
               ? signal_thread(frame, (int32_t)frame->rsi, (int)frame->rdx)
               : -ESRCH;
}

int64_t linux_kill(struct frame *frame)
{
    int32_t id = (int32_t)frame->rdi;
    int signal = (int)frame->rsi;
    if (signal != 0 && !is_signal(signal)) {
        return -EINVAL;
    }
    return id == 0 || id == process_id() ? signal_self(frame, signal) : -ESRCH;
}

void signal_broken_pipe(void)
{
    if (action_get(SIGPIPE).sa_handler == SIG_DFL &&
        !(thread_self()->blocked & signal_bit(SIGPIPE))) {
        end_process(SIGPIPE);
    }
}

/* SPDX-License-Identifier: MIT */
/*
 * The memory part of messages on the fast path: what ipc/message.c and ipc/transfer.c do, as far as all of
 * it is there. Nothing in here may wait for a lock: page tables are looked at (mm/vm_peek.h), and the
 * switch that follows goes by a page table that this CPU mustn't let go.
 */
#include "ipc/fast_path.h"
#include "arch/tlb.h"
#include "ipc/message.h"
#include "ipc/transfer.h"
#include "kernel/base/spinlock.h"
#include "mm/vm_peek.h"

/* More takes so long that the endpoint's lock isn't to be held meanwhile. */
enum { FAST_DATA_MAX = PAGE_SIZE };

static const uint64_t refused = ~0ull;

/* Is it far enough below the end of the user half for anything that a message has? */
static bool may_be_user_memory(const void *pointer)
{
    return (vaddr_t)pointer - USER_START <= USER_END - USER_START - ENDPOINT_DATA_MAX;
}

static bool may_be_message(const struct j6_message *message)
{
    return ((message->len | message->cap) == 0 || may_be_user_memory(message->data)) &&
           ((message->handle_count | message->handle_cap) == 0 ||
            may_be_user_memory(message->handles));
}

/* message_check, shorter: who offers more room than it can have is none of ours. */
static bool is_plain(const struct j6_message *message, const struct endpoint *endpoint)
{
    return message->len <= endpoint->max_data && message->len <= FAST_DATA_MAX &&
           message->cap <= ENDPOINT_DATA_MAX && message->handle_count <= endpoint->max_handles &&
           message->handle_cap <= IPC_HANDLES_MAX && may_be_message(message);
}

/* Copies what a user pointer, which has been looked at, points at, if it is there. */
static bool copy_in(void *to, const void *from, uint64_t len)
{
    return may_be_user_memory(from) && arch_user_copy_in_now(to, from, len) == 0;
}

/* The memory of a thread that waits, if it is there, and in one page. */
static j6_handle_t *place_of_handles(const struct thread *to, uint64_t count)
{
    vaddr_t at = (vaddr_t)to->ipc.message.handles;
    uint64_t room = PAGE_SIZE - (at & (PAGE_SIZE - 1));
    bool fits = count * sizeof(j6_handle_t) <= room && at % sizeof(j6_handle_t) == 0;
    return fits ? vm_peek(to->process->space, at, true) : NULL;
}

/* Reads the values, and looks whether there are such handles. */
static bool handles_read(struct thread *from)
{
    uint64_t count = from->ipc.message.handle_count;
    bool good =
        copy_in(from->ipc.handles, from->ipc.message.handles, count * sizeof(j6_handle_t)) &&
        message_values_check(from) == j6_status_ok;
    for (uint64_t i = 0; i < count && good; i++) {
        good = handle_find(&from->process->handles, from->ipc.handles[i]) != NULL;
    }
    return good;
}

static bool handles_pass(struct thread *from, const struct thread *to, j6_handle_t *place)
{
    struct handle_move move;
    transfer_move_init(&move, from, to);
    if (!handle_move_now(&move)) {
        return false;
    }
    for (uint64_t i = 0; i < move.count; i++) {
        place[i] = move.received[i];
    }
    return true;
}

static bool data_pass(const struct thread *from, const struct thread *to)
{
    const struct j6_message *message = &from->ipc.message;
    return message->len == 0 ||
           vm_push_now((struct user_ptr){(vaddr_t)message->data}, to->process->space,
                       (vaddr_t)to->ipc.message.data, message->len);
}

/* Data is written when all else has been looked at. */
static bool data_and_handles_pass(struct thread *from, const struct thread *to)
{
    j6_handle_t *place = place_of_handles(to, from->ipc.message.handle_count);
    return place != NULL && handles_read(from) && data_pass(from, to) &&
           handles_pass(from, to, place);
}

static inline uint64_t pass(struct thread *from, const struct thread *to,
                            const struct endpoint *endpoint, const void *pointer)
{
    struct j6_message *message = &from->ipc.message;
    if (!copy_in(message, pointer, sizeof(*message)) || !is_plain(message, endpoint) ||
        !message_fits(from, to)) {
        return refused;
    }
    bool passed =
        message->handle_count == 0 ? data_pass(from, to) : data_and_handles_pass(from, to);
    return passed ? message->len | message->handle_count << 32 : refused;
}

/* What was seen in page tables has to count up to the switch, and the switch to find the table in place. */
static uint64_t pass_and_check(struct thread *from, const struct thread *to,
                               const struct endpoint *endpoint, const void *pointer)
{
    uint64_t answers = tlb_answers_given();
    lock_check_must_not_wait();
    uint64_t passed = pass(from, to, endpoint, pointer);
    lock_check_may_wait();
    assert(tlb_answers_given() == answers);
    assert(page_table_is_near(&to->process->space->table));
    return passed;
}

uint64_t fast_message_pass(struct thread *from, struct thread *to, const struct endpoint *endpoint,
                           const void *pointer)
{
    return KERNEL_DEBUG ? pass_and_check(from, to, endpoint, pointer)
                        : pass(from, to, endpoint, pointer);
}

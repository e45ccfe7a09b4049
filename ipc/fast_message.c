/* SPDX-License-Identifier: MIT */
/* The memory part of messages on the fast path: what ipc/message.c and ipc/transfer.c do, as far as all of it is there. */
#include "ipc/fast_path.h"
#include "ipc/message.h"
#include "ipc/transfer.h"
#include "mm/vm_copy.h"

/* More takes so long that the endpoint's lock isn't to be held meanwhile. */
enum { FAST_DATA_MAX = 4096 };

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
    return fits ? vm_peek_writable(to->process->space, at) : NULL;
}

static bool handles_pass(struct thread *from, const struct thread *to)
{
    uint64_t count = from->ipc.message.handle_count;
    struct handle_move move;
    transfer_move_init(&move, from, to);
    j6_handle_t *place = place_of_handles(to, count);
    if (place == NULL ||
        !copy_in(from->ipc.handles, from->ipc.message.handles, count * sizeof(j6_handle_t)) ||
        message_values_check(from) != j6_status_ok || !handle_move_now(&move)) {
        return false;
    }
    for (uint64_t i = 0; i < count; i++) {
        place[i] = move.received[i];
    }
    return true;
}

static bool data_pass(const struct thread *from, const struct thread *to)
{
    const struct j6_message *message = &from->ipc.message;
    return vm_push_now((struct user_ptr){(vaddr_t)message->data}, to->process->space,
                       (vaddr_t)to->ipc.message.data, message->len);
}

uint64_t fast_message_pass(struct thread *from, struct thread *to, const struct endpoint *endpoint,
                           const void *pointer)
{
    struct j6_message *message = &from->ipc.message;
    if (!copy_in(message, pointer, sizeof(*message)) || !is_plain(message, endpoint) ||
        !message_fits(from, to) || (message->len != 0 && !data_pass(from, to)) ||
        (message->handle_count != 0 && !handles_pass(from, to))) {
        return refused;
    }
    return message->len | message->handle_count << 32;
}

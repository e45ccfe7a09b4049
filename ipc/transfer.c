/* SPDX-License-Identifier: MIT */
#include "ipc/transfer.h"
#include "mm/vm_copy.h"

static j6_status_t data_copy(struct thread *from, struct thread *to, bool *out_sender_failed)
{
    bool pushes = from == sched_current(); /* else the receiver fetches it */
    const struct thread *mine = pushes ? from : to;
    const struct thread *others = pushes ? to : from;
    struct vm_copy copy = {
        .user = {(vaddr_t)mine->ipc.message.data},
        .write = pushes,
        .len = from->ipc.message.len,
        .space = others->process->space,
        .start = (vaddr_t)others->ipc.message.data,
    };
    j6_status_t status = vm_copy_at_once(&copy);
    *out_sender_failed = copy.user_failed == pushes;
    return status;
}

/* T3 */
static j6_status_t values_write(const struct handle_move *move, const struct thread *to)
{
    struct vm_copy copy = {
        .user = {(vaddr_t)move->received},
        .user_is_kernel = true,
        .write = true,
        .len = move->count * sizeof(j6_handle_t),
        .space = to->process->space,
        .start = (vaddr_t)to->ipc.message.handles,
    };
    return vm_copy_at_once(&copy);
}

static j6_status_t handles_transfer(struct thread *from, struct thread *to, bool *out_sender_failed)
{
    struct handle_move move;
    transfer_move_init(&move, from, to);
    *out_sender_failed = false;
    j6_status_t status = handle_move_reserve(&move); /* T2 */
    if (status != j6_status_ok) {
        return status;
    }
    status = values_write(&move, to);
    if (status == j6_status_ok) {
        status = handle_move_finish(&move); /* T4 */
        *out_sender_failed = status != j6_status_ok;
    }
    if (status != j6_status_ok) {
        handle_move_cancel(&move);
    }
    return status;
}

j6_status_t transfer_message(struct thread *from, struct thread *to, bool *out_sender_failed)
{
    j6_status_t status = j6_status_ok;
    if (from->ipc.message.len > 0) {                     /* else `data` may point anywhere */
        status = data_copy(from, to, out_sender_failed); /* T1 */
    }
    if (status == j6_status_ok && from->ipc.message.handle_count > 0) {
        status = handles_transfer(from, to, out_sender_failed);
    }
    return status;
}

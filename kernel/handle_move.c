/* SPDX-License-Identifier: MIT */
#include "kernel/handle_move.h"
#include "kernel/handle_slots.h"

/* What stays of a handle's value when it moves. */
static const uint64_t kept = ~0ull << j6_handle_type_shift | j6_handle_rights_mask;

static void slots_release(struct handle_table *table, const j6_handle_t *handles, uint32_t count)
{
    spinlock_lock(&table->lock);
    for (uint32_t i = 0; i < count; i++) {
        handle_slot_release_locked(table, handles[i]);
    }
    spinlock_unlock(&table->lock);
}

/* Those that it had before one couldn't be had are given back. */
static j6_status_t slots_take(struct handle_move *move)
{
    struct handle_table *table = move->to;
    j6_status_t status = j6_status_ok;
    uint32_t taken = 0;
    spinlock_lock(&table->lock);
    for (; taken < move->count && status == j6_status_ok; taken++) {
        status = handle_slot_take_locked(table, move->sent[taken] & kept, &move->received[taken]);
    }
    spinlock_unlock(&table->lock);
    if (status != j6_status_ok) {
        slots_release(table, move->received, taken - 1);
    }
    return status;
}

j6_status_t handle_move_reserve(struct handle_move *move)
{
    j6_status_t status = account_charge(move->to->account, ACCOUNT_HANDLES, move->count);
    if (status != j6_status_ok) {
        return status;
    }
    status = slots_take(move);
    if (status != j6_status_ok) {
        account_uncharge(move->to->account, ACCOUNT_HANDLES, move->count);
    }
    return status;
}

void handle_move_cancel(struct handle_move *move)
{
    slots_release(move->to, move->received, move->count);
    account_uncharge(move->to->account, ACCOUNT_HANDLES, move->count);
}

static bool all_there_locked(const struct handle_move *move)
{
    for (uint32_t i = 0; i < move->count; i++) {
        if (handle_find(move->from, move->sent[i]) == NULL) {
            return false;
        }
    }
    return true;
}

/* Between the two locks the handles are nowhere, but in our hands. */
j6_status_t handle_move_finish(struct handle_move *move)
{
    handle_target_t targets[HANDLE_MOVE_MAX];
    spinlock_lock(&move->from->lock);
    bool there = all_there_locked(move);
    for (uint32_t i = 0; i < move->count && there; i++) {
        targets[i] = handle_entry_clear_locked(move->from, move->sent[i]);
        handle_slot_release_locked(move->from, move->sent[i]);
    }
    spinlock_unlock(&move->from->lock);
    if (!there) {
        return j6_err_bad_handle;
    }
    account_uncharge(move->from->account, ACCOUNT_HANDLES, move->count);
    spinlock_lock(&move->to->lock);
    for (uint32_t i = 0; i < move->count; i++) {
        handle_entry_set_locked(move->to, move->received[i], targets[i]);
    }
    spinlock_unlock(&move->to->lock);
    return j6_status_ok;
}

static void move_locked(struct handle_move *move)
{
    for (uint32_t i = 0; i < move->count; i++) {
        handle_target_t target = handle_entry_clear_locked(move->from, move->sent[i]);
        handle_slot_release_locked(move->from, move->sent[i]);
        j6_status_t status =
            handle_slot_take_locked(move->to, move->sent[i] & kept, &move->received[i]);
        assert(status == j6_status_ok);
        handle_entry_set_locked(move->to, move->received[i], target);
    }
}

static bool may_move_locked(const struct handle_move *move)
{
    return all_there_locked(move) && handle_slots_rest_locked(move->to, move->count) &&
           account_pass_now(move->from->account, move->to->account, ACCOUNT_HANDLES, move->count);
}

bool handle_move_now(struct handle_move *move)
{
    bool same = move->from == move->to;
    if (!spinlock_try(&move->from->lock)) {
        return false;
    }
    bool moved = false;
    if (same || spinlock_try(&move->to->lock)) {
        moved = may_move_locked(move);
        if (moved) {
            move_locked(move);
        }
        if (!same) {
            spinlock_end_try(&move->to->lock);
        }
    }
    spinlock_end_try(&move->from->lock);
    return moved;
}

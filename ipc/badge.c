/* SPDX-License-Identifier: MIT */
#include "ipc/badge.h"
#include "ipc/endpoint.h"
#include "kernel/run_queue.h"
#include "mm/kalloc.h"
#include <j6/message.h>

static struct endpoint_badge *badge_of_packet(struct packet *packet)
{
    return container_of(packet, struct endpoint_badge, packet);
}

static struct endpoint_badge *endpoint_badge_of(struct badge *badge)
{
    return container_of(badge, struct endpoint_badge, badge);
}

static void free_after_grace(struct grace_item *item)
{
    kfree(container_of(item, struct endpoint_badge, grace));
}

/* A lookup without a lock may still be at it. */
static void badge_free(struct endpoint_badge *record)
{
    account_uncharge(record->account, ACCOUNT_MEMORY, kalloc_cost(sizeof(*record)));
    account_put(record->account);
    grace_defer(&record->grace, free_after_grace);
}

static bool take(struct packet *packet, struct notice *out)
{
    struct endpoint_badge *record = badge_of_packet(packet);
    *out = (struct notice){.badge = record->badge.value};
    if (record->bits != 0) {
        out->tag = j6_tag_notify;
        out->word[0] = record->bits;
        record->bits = 0;
        return record->is_gone;
    }
    out->tag = j6_tag_badge_gone;
    badge_free(record);
    return false;
}

static const struct packet_type badge_packet = {.take = take};

static void init(struct endpoint_badge *record, struct endpoint *endpoint)
{
    *record = (struct endpoint_badge){.badge = {.object = &endpoint->object, .holders = 1}};
    packet_init(&record->packet, &badge_packet, endpoint);
}

void badge_init_own(struct endpoint_badge *own, struct endpoint *endpoint)
{
    init(own, endpoint);
}

j6_status_t badge_create(struct account *account, struct endpoint *endpoint, uint64_t value,
                         struct badge **out_badge)
{
    struct endpoint_badge *record;
    j6_status_t status = account_charge(account, ACCOUNT_MEMORY, kalloc_cost(sizeof(*record)));
    if (status != j6_status_ok) {
        return status;
    }
    record = kalloc(sizeof(*record));
    if (record == NULL) {
        account_uncharge(account, ACCOUNT_MEMORY, kalloc_cost(sizeof(*record)));
        return j6_err_no_memory;
    }
    account_get(account);
    init(record, endpoint);
    record->account = account;
    record->badge.value = value;
    *out_badge = &record->badge;
    return j6_status_ok;
}

/* How urgent it is that something is heard of. */
static uint32_t level_of_current(void)
{
    const struct thread *thread = sched_current();
    return thread != NULL ? message_level(thread) : PRIORITY_DEFAULT;
}

j6_status_t badge_notify(struct endpoint *endpoint, struct badge *badge, uint64_t bits)
{
    struct endpoint_badge *record = badge != NULL ? endpoint_badge_of(badge) : &endpoint->own_badge;
    endpoint_lock(endpoint);
    bool closed = endpoint_is_closed_locked(endpoint);
    if (!closed && bits != 0) {
        record->bits |= bits;
        packet_post_locked(&record->packet, level_of_current());
    }
    endpoint_unlock(endpoint);
    return closed ? j6_status_closed : j6_status_ok;
}

static void gone_locked(struct endpoint_badge *record)
{
    record->is_gone = true;
    packet_post_locked(&record->packet, level_of_current());
}

void badge_forget_locked(struct badge **badge)
{
    if (*badge != NULL && badge_drop(*badge)) {
        gone_locked(endpoint_badge_of(*badge));
    }
    *badge = NULL;
}

void badge_gone(struct badge *badge)
{
    struct endpoint *endpoint = endpoint_of(badge->object);
    endpoint_lock(endpoint);
    gone_locked(endpoint_badge_of(badge));
    endpoint_unlock(endpoint);
}

void badge_discard(struct badge *badge)
{
    if (badge_drop(badge)) {
        badge_free(endpoint_badge_of(badge));
    } /* else somebody has guessed the handle, and copied it */
}

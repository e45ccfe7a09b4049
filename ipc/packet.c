/* SPDX-License-Identifier: MIT */
#include "ipc/packet.h"
#include "ipc/deliver.h"
#include "ipc/endpoint.h"

j6_status_t packet_attach_locked(struct packet *packet, const struct packet_type *type,
                                 struct endpoint *endpoint)
{
    if (endpoint_is_closed_locked(endpoint)) {
        return j6_status_closed;
    }
    packet_init(packet, type, endpoint);
    list_push_back(&endpoint->sources, &packet->source_node);
    return j6_status_ok;
}

bool packet_detach_locked(struct packet *packet)
{
    if (!list_is_linked(&packet->source_node)) {
        return false;
    }
    list_remove(&packet->source_node);
    if (list_is_linked(&packet->item.node)) {
        ipc_queue_remove(&packet->endpoint->queue, &packet->item);
    }
    return true;
}

/* True: it is to be queued again. */
static bool give_locked(struct packet *packet, struct thread *receiver)
{
    struct notice notice = {.receiver = receiver};
    bool more = packet->type->take(packet, &notice);
    struct delivery delivery = {.tag = notice.tag, .badge = notice.badge};
    for (unsigned i = 0; i < NOTICE_WORDS; i++) {
        delivery.word[i] = notice.word[i];
    }
    deliver_registers(receiver, &delivery);
    return more;
}

static void push_locked(struct packet *packet, uint32_t level)
{
    struct endpoint *endpoint = packet->endpoint;
    ipc_queue_push(&endpoint->queue, &packet->item, level);
    endpoint_levels_rose_locked(endpoint);
}

static void drop_locked(struct packet *packet)
{
    struct notice notice = {0};
    while (packet->type->take(packet, &notice)) {}
}

void packet_drop_locked(struct packet *packet)
{
    ipc_queue_remove(&packet->endpoint->queue, &packet->item);
    drop_locked(packet);
}

void packet_post_locked(struct packet *packet, uint32_t level)
{
    struct endpoint *endpoint = packet->endpoint;
    bool attached = list_is_linked(&packet->source_node);
    if (list_is_linked(&packet->item.node) || (packet->type->ended != NULL && !attached)) {
        return;
    }
    if (endpoint_is_closed_locked(endpoint)) {
        drop_locked(packet);
        return;
    }
    bool more = true;
    struct thread *receiver;
    while (more && (receiver = endpoint_receiver_take_locked(endpoint)) != NULL) {
        more = give_locked(packet, receiver);
        wait_end_locked(receiver, j6_status_ok);
    }
    if (more) {
        push_locked(packet, packet->type->is_interrupt ? QUEUE_LEVEL_INTERRUPT : 1 + level);
    }
}

void packet_post(struct packet *packet, uint32_t level)
{
    endpoint_lock(packet->endpoint);
    packet_post_locked(packet, level);
    endpoint_unlock(packet->endpoint);
}

void packet_receive_locked(struct packet *packet, struct thread *receiver)
{
    uint32_t level = packet->item.level;
    ipc_queue_remove(&packet->endpoint->queue, &packet->item);
    if (give_locked(packet, receiver)) {
        push_locked(packet, level);
    }
}

/* SPDX-License-Identifier: MIT */
#include "ipc/queue.h"

void ipc_queue_init(struct ipc_queue *queue)
{
    for (unsigned i = 0; i < QUEUE_LEVELS; i++) {
        list_init(&queue->level[i]);
    }
    queue->mask = 0;
    queue->last_age = 0;
}

static struct ipc_item *item_of(struct list_node *node)
{
    return container_of(node, struct ipc_item, node);
}

struct ipc_item *ipc_queue_first(const struct ipc_queue *queue)
{
    return queue->mask == 0 ? NULL : item_of(list_first(&queue->level[__builtin_ctz(queue->mask)]));
}

void ipc_queue_push(struct ipc_queue *queue, struct ipc_item *item, uint32_t level)
{
    item->level = level;
    item->age = ++queue->last_age;
    list_push_back(&queue->level[level], &item->node);
    queue->mask |= 1u << level;
}

/* Only those that were taken out and put back likewise can stand before it. */
void ipc_queue_put_back(struct ipc_queue *queue, struct ipc_item *item)
{
    struct list *level = &queue->level[item->level];
    struct list_node *place = level->head.next;
    while (place != &level->head && item_of(place)->age < item->age) {
        place = place->next;
    }
    list_insert_before(place, &item->node);
    queue->mask |= 1u << item->level;
}

void ipc_queue_remove(struct ipc_queue *queue, struct ipc_item *item)
{
    list_remove(&item->node);
    if (list_is_empty(&queue->level[item->level])) {
        queue->mask &= ~(1u << item->level);
    }
}

/* SPDX-License-Identifier: MIT */
/*
 * An intrusive doubly linked list: the node lies in the thing that is listed, so nothing is
 * allocated and everything but walking is O(1).
 *
 * Rules for lists: a node is on at most one list at a time; a zeroed node is on none; a list is
 * initialised before use and never moves in memory. Locking is the owner's.
 */
#pragma once
#include "lib/container.h"
#include <stdbool.h>
#include <stddef.h>

struct list_node {
    struct list_node *next; /* NULL: on no list */
    struct list_node *prev;
};

/* A ring through `head`, which is no element. */
struct list {
    struct list_node head;
};

#define LIST_INITIALIZER(list)         \
    {                                  \
        {                              \
            &(list).head, &(list).head \
        }                              \
    }

static inline void list_init(struct list *list)
{
    list->head.next = &list->head;
    list->head.prev = &list->head;
}

static inline bool list_is_empty(const struct list *list)
{
    return list->head.next == &list->head;
}

static inline bool list_is_linked(const struct list_node *node)
{
    return node->next != NULL;
}

static inline void list_insert_before(struct list_node *place, struct list_node *node)
{
    node->next = place;
    node->prev = place->prev;
    place->prev->next = node;
    place->prev = node;
}

static inline void list_push_back(struct list *list, struct list_node *node)
{
    list_insert_before(&list->head, node);
}

static inline void list_push_front(struct list *list, struct list_node *node)
{
    list_insert_before(list->head.next, node);
}

static inline void list_remove(struct list_node *node)
{
    node->prev->next = node->next;
    node->next->prev = node->prev;
    node->next = NULL;
    node->prev = NULL;
}

/* First and last element, NULL when there is none. */
static inline struct list_node *list_first(const struct list *list)
{
    return list_is_empty(list) ? NULL : list->head.next;
}

static inline struct list_node *list_last(const struct list *list)
{
    return list_is_empty(list) ? NULL : list->head.prev;
}

static inline struct list_node *list_pop_front(struct list *list)
{
    struct list_node *node = list_first(list);
    if (node) {
        list_remove(node);
    }
    return node;
}

/* Moves all of `from` behind what is in `list`. */
static inline void list_append(struct list *list, struct list *from)
{
    if (list_is_empty(from)) {
        return;
    }
    from->head.next->prev = list->head.prev;
    from->head.prev->next = &list->head;
    list->head.prev->next = from->head.next;
    list->head.prev = from->head.prev;
    list_init(from);
}

/*
 * Walks front to back; `node` is declared by the macro. The body of the safe variants may remove
 * the element that it has in hand, and no other.
 */
#define list_for_each(node, list) \
    for (struct list_node *node = (list)->head.next; node != &(list)->head; node = node->next)

#define list_for_each_safe(node, list)                                          \
    for (struct list_node *node = (list)->head.next, *node##_next = node->next; \
         node != &(list)->head; node = node##_next, node##_next = node->next)

/* The same with `item`, a pointer that the caller has declared, to the struct around `member`. */
#define list_for_each_entry(item, list, member)                                   \
    for (struct list_node *item##_node = (list)->head.next;                       \
         item##_node != &(list)->head &&                                          \
         ((item) = container_of(item##_node, __typeof__(*(item)), member), true); \
         item##_node = item##_node->next)

#define list_for_each_entry_safe(item, list, member)                                          \
    for (struct list_node *item##_node = (list)->head.next, *item##_next = item##_node->next; \
         item##_node != &(list)->head &&                                                      \
         ((item) = container_of(item##_node, __typeof__(*(item)), member), true);             \
         item##_node = item##_next, item##_next = item##_node->next)

/* SPDX-License-Identifier: MIT */
/*
 * Packets: what arrives at an endpoint from others than threads that send. Each source (an interrupt line,
 * a binding, a badge) has its own, so delivery can't fail; what repeats before it is received merges
 * into it.
 *
 *   attached   its source is to be told when the endpoint closes   packet_attach_locked
 *   queued     it waits to be received                             packet_post
 *
 * Rules: guarded by the endpoint's lock. Who posts knows that the endpoint is there, or, by being
 * attached, that it was open; a packet that isn't attached, of a type that can be, isn't posted.
 */
#pragma once
#include "ipc/queue.h"
#include "lib/container.h"
#include <j6/status.h>

struct endpoint;
struct packet;
struct thread;

enum { NOTICE_WORDS = 3 };

/* What the receiver gets in its registers. */
struct notice {
    const struct thread *receiver; /* set before; NULL: nobody receives it any more */
    uint64_t tag;                  /* j6_tag_… */
    uint64_t badge;
    uint64_t word[NOTICE_WORDS];
};

struct packet_type {
    bool is_interrupt;
    /*
     * It is received, or dropped by an endpoint that is closed: says what, and starts anew; may free it. True:
     * there is more to receive, it is to be queued again. Locked.
     */
    bool (*take)(struct packet *packet, struct notice *out);
    /* Its endpoint has closed, and detached it. Nothing is held. NULL: it is never attached. */
    void (*ended)(struct packet *packet);
};

struct packet {
    /* Immutable */
    const struct packet_type *type;
    struct endpoint *endpoint;
    /* Guarded by the endpoint's lock */
    struct ipc_item item;
    struct list_node source_node; /* among the endpoint's sources */
};

static inline struct packet *packet_of_item(struct ipc_item *item)
{
    return container_of(item, struct packet, item);
}

/* One that isn't attached. */
static inline void packet_init(struct packet *packet, const struct packet_type *type,
                               struct endpoint *endpoint)
{
    *packet = (struct packet){.type = type, .endpoint = endpoint, .item.is_packet = true};
}

/* closed: the endpoint is. */
j6_status_t packet_attach_locked(struct packet *packet, const struct packet_type *type,
                                 struct endpoint *endpoint) J6_MUST_USE;

/* Takes it out of the queue as well. False: the endpoint has closed, and detached it before. */
bool packet_detach_locked(struct packet *packet);

/*
 * Something has happened: who waits to receive gets it at once, else it is queued, as urgent as that level,
 * unless it is queued already.
 */
void packet_post_locked(struct packet *packet, uint32_t level);
void packet_post(struct packet *packet, uint32_t level);

/* The running thread receives the packet, which is the first of the queue. */
void packet_receive_locked(struct packet *packet, struct thread *receiver);

/* It is in the queue of an endpoint that has closed: nobody will receive it. */
void packet_drop_locked(struct packet *packet);

/* SPDX-License-Identifier: MIT */
/*
 * Badges of endpoints (kernel/badge.h): who sends through a handle, and what was notified through it. When
 * nobody holds a badge any more, neither handle nor message, the endpoint receives "badge gone".
 *
 * Rules: pending bits and the end are guarded by the endpoint's lock. The last that a badge's packet tells is
 * its end; then, or when the endpoint has closed, it is freed.
 */
#pragma once
#include "ipc/packet.h"
#include "kernel/badge.h"

struct endpoint_badge {
    struct badge badge;
    struct account *account; /* that pays for it; NULL: it is part of the endpoint */
    struct packet packet;
    /* Guarded by the endpoint's lock */
    uint64_t bits; /* notified, and not received */
    bool is_gone;
    struct grace_item grace;
};

/* quota, no_memory. The caller holds it. */
j6_status_t badge_create(struct account *account, struct endpoint *endpoint, uint64_t value,
                         struct badge **out_badge) J6_MUST_USE;

/* Nobody has come to know of it: the holder, who made it, lets go, and the endpoint isn't told. */
void badge_discard(struct badge *badge);

/* The one that stands for handles without a badge; never gone. */
void badge_init_own(struct endpoint_badge *own, struct endpoint *endpoint);

/* Sets bits; the endpoint receives them, of all that come before that at once. closed. */
j6_status_t badge_notify(struct endpoint *endpoint, struct badge *badge, uint64_t bits) J6_MUST_USE;

/* The holder is done with it, if there is one: *badge is NULL then. The endpoint's lock is held. */
void badge_forget_locked(struct badge **badge);

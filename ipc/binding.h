/* SPDX-License-Identifier: MIT */
/*
 * Bindings: signals of an object that arrive at an endpoint, once: when a wait for them would end. One is
 * known by its object, its endpoint and a key.
 *
 *   object ── waiters ──> binding <── bindings ── endpoint
 *
 * It goes with delivery, by binding_remove, or when either end goes. Who takes it out of the endpoint owns
 * it, and frees it when it is out of the object as well.
 *
 * Rules: it keeps neither alive. The object's lock comes before the endpoint's.
 */
#pragma once
#include "ipc/endpoint.h"

/*
 * Makes a binding; delivers at once what is set already. exists, closed (the endpoint), quota, no_memory.
 */
j6_status_t binding_create(struct kobject *object, uint64_t mask, struct endpoint *endpoint,
                           uint64_t key) J6_MUST_USE;

/* Withdraws one, also a packet that wasn't received yet. not_found. */
j6_status_t binding_remove(struct kobject *object, struct endpoint *endpoint,
                           uint64_t key) J6_MUST_USE;

/* SPDX-License-Identifier: MIT */
/* The system object: the capability to power, interrupts, ports, device memory, log and information. */
#pragma once
#include "kernel/base/kobject.h"
#include "lib/container.h"

struct system {
    struct kobject object;
};

static inline struct system *system_of(struct kobject *object)
{
    return container_of(object, struct system, object);
}

/* The first one, with every range. The caller gets a reference. quota, no_memory. */
j6_status_t system_create(struct account *account, struct system **out_system) J6_MUST_USE;

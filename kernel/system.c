/* SPDX-License-Identifier: MIT */
/* Life of system objects; their calls are in kernel/syscall/sys_system.c. */
#include "kernel/system.h"
#include "mm/slab.h"

SLAB_CACHE(system_cache, "system", struct system);

static void system_free(struct kobject *object)
{
    slab_free(&system_cache, system_of(object));
}

static const struct kobject_type system_type = {
    .name = "system",
    .number = j6_type_system,
    .size = sizeof(struct system),
    .free = system_free,
};

j6_status_t system_create(struct account *account, struct system **out_system)
{
    struct system *system = slab_alloc_zeroed(&system_cache);
    if (system == NULL) {
        return j6_err_no_memory;
    }
    j6_status_t status = kobject_init(&system->object, &system_type, account);
    if (status != j6_status_ok) {
        slab_free(&system_cache, system);
        return status;
    }
    *out_system = system;
    return j6_status_ok;
}

/* SPDX-License-Identifier: MIT */
/*
 * Who may use which ports is said by the ranges on the page table (arch/io_ports.h). A grant is a range
 * with what it depends on; whoever takes it out of the process's list under the process's lock ends it.
 */
#include "kernel/ports.h"
#include "arch/io_ports.h"
#include "arch/page_table.h"
#include "kernel/cpu_call.h"
#include "kernel/process.h"
#include "mm/slab.h"

struct port_grant {
    struct io_range range;
    struct system *system; /* a reference */
    struct system_grant tie;
    struct list_node node; /* of the process's list */
};

SLAB_CACHE(grant_cache, "port_grant", struct port_grant);

#define GRANT_COST SLAB_COST(sizeof(struct port_grant))

/* CPUs that run the process go by its ranges from now on. */
static void tell_cpus(struct process *process)
{
    cpu_call(page_table_cpus(&process->space->table), io_ports_refresh, NULL);
}

static void grant_free(struct process *process, struct port_grant *grant)
{
    kobject_put(&grant->system->object);
    slab_free(&grant_cache, grant);
    account_uncharge(process->account, ACCOUNT_MEMORY, GRANT_COST);
}

/* Takes grants out of the list into another: all, or those of system objects that are closed. */
static void take_out(struct process *process, bool all, struct list *taken)
{
    struct port_grant *grant;
    list_init(taken);
    spinlock_lock(&process->lock);
    list_for_each_entry_safe(grant, &process->port_grants, node) {
        if (all || atomic_load_explicit(&grant->system->closed, memory_order_relaxed)) {
            list_remove(&grant->node);
            list_push_back(taken, &grant->node);
            io_ports_remove(&process->space->table, &grant->range);
            process->port_grant_count--;
        }
    }
    spinlock_unlock(&process->lock);
}

static void free_all(struct process *process, struct list *taken)
{
    struct list_node *node;
    while ((node = list_pop_front(taken)) != NULL) {
        struct port_grant *grant = container_of(node, struct port_grant, node);
        system_grant_remove(&grant->tie);
        grant_free(process, grant);
    }
}

/* Another CPU may have taken them out just now: its CPUs haven't heard of it yet, so ours are told. */
static void ports_revoke(struct kobject *owner)
{
    struct process *process = process_of(owner);
    struct list taken;
    take_out(process, false, &taken);
    tell_cpus(process);
    free_all(process, &taken);
}

void ports_end(struct process *process)
{
    struct list taken;
    take_out(process, true, &taken);
    free_all(process, &taken);
}

static j6_status_t grant_create(struct system *system, struct process *process, uint32_t first,
                                uint32_t count, struct port_grant **out_grant)
{
    j6_status_t status = account_charge(process->account, ACCOUNT_MEMORY, GRANT_COST);
    if (status != j6_status_ok) {
        return status;
    }
    struct port_grant *grant = slab_alloc_zeroed(&grant_cache);
    status = grant == NULL                       ? j6_err_no_memory
             : !kobject_try_get(&system->object) ? j6_status_closed
                                                 : j6_status_ok;
    if (status != j6_status_ok) {
        if (grant != NULL) {
            slab_free(&grant_cache, grant);
        }
        account_uncharge(process->account, ACCOUNT_MEMORY, GRANT_COST);
        return status;
    }
    grant->range = (struct io_range){.first = first, .count = count};
    grant->system = system;
    grant->tie = (struct system_grant){.owner = &process->object, .revoke = ports_revoke};
    *out_grant = grant;
    return status;
}

/* CPUs may not know that grant yet: the caller tells them. */
static bool is_granted_locked(struct process *process, const struct port_grant *wanted)
{
    const struct port_grant *grant;
    list_for_each_entry(grant, &process->port_grants, node) {
        if (grant->system == wanted->system && wanted->range.first >= grant->range.first &&
            wanted->range.first + wanted->range.count <= grant->range.first + grant->range.count) {
            return true;
        }
    }
    return false;
}

static j6_status_t grant_add_locked(struct process *process, struct port_grant *grant)
{
    if (process->state >= PROCESS_ENDING) {
        return j6_err_bad_state;
    }
    if (process->port_grant_count == PORT_GRANTS_MAX) {
        return j6_err_quota;
    }
    j6_status_t status = system_grant_add(grant->system, &grant->tie);
    if (status == j6_status_ok) {
        list_push_back(&process->port_grants, &grant->node);
        process->port_grant_count++;
        io_ports_add(&process->space->table, &grant->range);
    }
    return status;
}

j6_status_t ports_grant(struct system *system, struct process *process, uint32_t first,
                        uint32_t count)
{
    struct port_grant *grant;
    j6_status_t status = grant_create(system, process, first, count, &grant);
    if (status != j6_status_ok) {
        return status;
    }
    spinlock_lock(&process->lock);
    bool superfluous = is_granted_locked(process, grant);
    if (!superfluous) {
        status = grant_add_locked(process, grant);
    }
    spinlock_unlock(&process->lock);
    if (status == j6_status_ok) {
        tell_cpus(process);
    }
    if (superfluous || status != j6_status_ok) {
        grant_free(process, grant);
    }
    return status;
}

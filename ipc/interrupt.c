/* SPDX-License-Identifier: MIT */
/*
 * Bindings of lines to endpoints. A binding is ended by whoever detaches its packet: the end of the
 * endpoint, or that of the system object, which finds it in a list.
 */
#include "ipc/interrupt.h"
#include "arch/cpu.h"
#include "ipc/packet.h"
#include "kernel/irq.h"
#include "kernel/thread.h"
#include "mm/slab.h"
#include <j6/message.h>

struct interrupt {
    struct packet packet;
    struct irq_line line;
    struct account *account; /* a reference */
    struct system *system;   /* a reference */
    struct system_grant tie;
    struct list_node node;
    struct grace_item grace;
};

SLAB_CACHE(interrupt_cache, "interrupt", struct interrupt);

#define INTERRUPT_COST SLAB_COST(sizeof(struct interrupt))

/* Those that may have to be revoked. */
static struct spinlock list_lock = SPINLOCK_INIT(RANK_IRQ_LIST);
static struct list bindings = LIST_INITIALIZER(bindings);

static void interrupt_free(struct interrupt *interrupt)
{
    struct account *account = interrupt->account;
    kobject_put(&interrupt->system->object);
    slab_free(&interrupt_cache, interrupt);
    account_uncharge(account, ACCOUNT_MEMORY, INTERRUPT_COST);
    account_put(account);
}

static void interrupt_free_after_grace(struct grace_item *item)
{
    interrupt_free(container_of(item, struct interrupt, grace));
}

static void list_leave(struct interrupt *interrupt)
{
    spinlock_lock(&list_lock);
    if (list_is_linked(&interrupt->node)) {
        list_remove(&interrupt->node);
    }
    spinlock_unlock(&list_lock);
}

/* Its packet has been detached. A CPU may be in the middle of the last interrupt. */
static void ended(struct packet *packet)
{
    struct interrupt *interrupt = container_of(packet, struct interrupt, packet);
    list_leave(interrupt);
    irq_unbind(&interrupt->line);
    system_grant_remove(&interrupt->tie);
    grace_defer(&interrupt->grace, interrupt_free_after_grace);
}

/* The line follows who receives; an endpoint that is closed has nobody. */
static bool take(struct packet *packet, struct notice *notice)
{
    struct interrupt *interrupt = container_of(packet, struct interrupt, packet);
    const struct thread *receiver = notice->receiver;
    uint32_t home = receiver != NULL ? atomic_load_explicit(&receiver->home, memory_order_relaxed)
                                     : cpu_index();
    notice->tag = j6_tag_irq + interrupt->line.number;
    irq_take(&interrupt->line, home, &notice->word[0], &notice->word[1]);
    return false;
}

static const struct packet_type interrupt_packet = {
    .is_interrupt = true,
    .take = take,
    .ended = ended,
};

static void interrupt_raise(struct irq_line *line)
{
    packet_post(&container_of(line, struct interrupt, line)->packet, PRIORITY_MOST_URGENT);
}

/* Takes the next binding out of the list that is the endpoint's, and whose system object is closed. */
static struct interrupt *next_closed(const struct endpoint *endpoint)
{
    struct interrupt *interrupt;
    spinlock_lock(&list_lock);
    list_for_each_entry(interrupt, &bindings, node) {
        if (interrupt->packet.endpoint == endpoint &&
            atomic_load_explicit(&interrupt->system->closed, memory_order_relaxed)) {
            list_remove(&interrupt->node);
            spinlock_unlock(&list_lock);
            return interrupt;
        }
    }
    spinlock_unlock(&list_lock);
    return NULL;
}

/* The system object of some is closed. The end of the endpoint may be quicker. */
static void interrupts_revoke(struct kobject *owner)
{
    struct endpoint *endpoint = endpoint_of(owner);
    struct interrupt *interrupt;
    while ((interrupt = next_closed(endpoint)) != NULL) {
        endpoint_lock(endpoint);
        bool detached = packet_detach_locked(&interrupt->packet);
        endpoint_unlock(endpoint);
        if (detached) {
            ended(&interrupt->packet);
        }
    }
}

static j6_status_t interrupt_create(struct system *system, struct endpoint *endpoint,
                                    struct account *account, struct interrupt **out_interrupt)
{
    j6_status_t status = account_charge(account, ACCOUNT_MEMORY, INTERRUPT_COST);
    if (status != j6_status_ok) {
        return status;
    }
    struct interrupt *interrupt = slab_alloc_zeroed(&interrupt_cache);
    status = j6_err_no_memory;
    if (interrupt == NULL) {
        goto give_up_charge;
    }
    status = j6_status_closed;
    if (!kobject_try_get(&system->object)) {
        goto give_up_memory;
    }
    account_get(account);
    interrupt->account = account;
    interrupt->system = system;
    interrupt->tie = (struct system_grant){.owner = &endpoint->object, .revoke = interrupts_revoke};
    *out_interrupt = interrupt;
    return j6_status_ok;

give_up_memory:
    slab_free(&interrupt_cache, interrupt);
give_up_charge:
    account_uncharge(account, ACCOUNT_MEMORY, INTERRUPT_COST);
    return status;
}

/* All at once, or nothing: the endpoint doesn't close meanwhile, and what fires waits for its lock. */
static j6_status_t connect(struct interrupt *interrupt, struct endpoint *endpoint, uint32_t number,
                           const struct irq_wiring *wiring)
{
    endpoint_lock(endpoint);
    j6_status_t status = packet_attach_locked(&interrupt->packet, &interrupt_packet, endpoint);
    if (status == j6_status_ok) {
        status = irq_bind(&interrupt->line, number, wiring, interrupt_raise);
        if (status == j6_status_ok) {
            spinlock_lock(&list_lock);
            list_push_back(&bindings, &interrupt->node);
            spinlock_unlock(&list_lock);
        } else {
            packet_detach_locked(&interrupt->packet);
        }
    }
    endpoint_unlock(endpoint);
    return status;
}

/*
 * The tie comes first. Whoever closes the system object looks through the list after it has said that it is
 * closed: so either it finds the binding there, or that is seen here, after the binding has joined the list.
 */
j6_status_t interrupt_bind(struct system *system, struct endpoint *endpoint,
                           struct account *account, uint64_t number)
{
    struct irq_wiring wiring;
    struct interrupt *interrupt;
    j6_status_t status = irq_wiring_of(number, &wiring);
    if (status == j6_status_ok) {
        status = interrupt_create(system, endpoint, account, &interrupt);
    }
    if (status != j6_status_ok) {
        return status;
    }
    status = system_grant_add(system, &interrupt->tie);
    if (status == j6_status_ok) {
        status = connect(interrupt, endpoint, (uint32_t)number, &wiring);
    }
    if (status != j6_status_ok) {
        system_grant_remove(&interrupt->tie);
        interrupt_free(interrupt);
    } else if (atomic_load_explicit(&system->closed, memory_order_relaxed)) {
        interrupts_revoke(&endpoint->object);
        status = j6_status_closed;
    }
    return status;
}

/* SPDX-License-Identifier: MIT */
/*
 * Pages for page tables. An empty table is known to be zero, so it goes onto this CPU's list as it
 * is and comes off again without being cleared. The link to the next one lies in the first word,
 * which is cleared when the page leaves the list.
 */
#include "mm/table_pool.h"
#include "arch/percpu.h"
#include "arch/upcall.h"
#include "kernel/base/account.h"
#include "lib/container.h"
#include "lib/string.h"
#include "mm/frame.h"
#include "mm/vm_space.h"

enum { POOL_MAX = 64 };

struct pooled_table {
    struct pooled_table *next;
};

struct table_pool {
    struct pooled_table *first;
    uint64_t count;
};

static PER_CPU(struct table_pool, table_pool);

/* Who pays for a table; NULL: the kernel's own tables are nobody's. */
static struct account *payer(struct page_table *table)
{
    return table == &kernel_page_table ? NULL
                                       : container_of(table, struct vm_space, table)->account;
}

/* A zeroed page of this CPU's list, or 0. */
static paddr_t pool_take(struct table_pool *pool)
{
    struct pooled_table *first = pool->first;
    if (first == NULL) {
        return 0;
    }
    pool->first = first->next;
    pool->count--;
    first->next = NULL;
    return virt_to_phys(first);
}

static paddr_t table_take(void)
{
    paddr_t page = pool_take(this_cpu(table_pool));
    if (page != 0) {
        return page;
    }
    page = frame_alloc();
    if (page != 0) {
        page_clear(phys_to_virt(page));
    }
    return page;
}

j6_status_t upcall_table_alloc(struct page_table *table, paddr_t *out_page)
{
    struct account *account = payer(table);
    if (account != NULL) {
        j6_status_t status = account_charge(account, ACCOUNT_MEMORY, PAGE_SIZE);
        if (status != j6_status_ok) {
            return status;
        }
    }
    paddr_t page = table_take();
    if (page == 0) {
        if (account != NULL) {
            account_uncharge(account, ACCOUNT_MEMORY, PAGE_SIZE);
        }
        return j6_err_no_memory;
    }
    *out_page = page;
    return j6_status_ok;
}

void upcall_table_free(struct page_table *table, paddr_t page)
{
    struct account *account = payer(table);
    if (account != NULL) {
        account_uncharge(account, ACCOUNT_MEMORY, PAGE_SIZE);
    }
    struct table_pool *pool = this_cpu(table_pool);
    if (pool->count == POOL_MAX) {
        frame_free(page);
        return;
    }
    struct pooled_table *pooled = phys_to_virt(page);
    pooled->next = pool->first;
    pool->first = pooled;
    pool->count++;
}

void table_pool_drain(void)
{
    paddr_t page;
    while ((page = pool_take(this_cpu(table_pool))) != 0) {
        frame_free(page);
    }
}

/* SPDX-License-Identifier: MIT */
/* Allocation sites as described in alloc_site.h. */
#include "kernel/base/debug.h"

#if KERNEL_DEBUG
#include "kernel/base/alloc_site.h"
#include "kernel/base/log.h"
#include "lib/format.h"
#include "lib/string.h"
#include <j6/flags.h>

extern struct alloc_site alloc_sites_start[], alloc_sites_end[]; /* link.ld */

_Static_assert(sizeof(struct alloc_site) == 32, "an array of them has no gaps");

static struct alloc_site *boot_site;
static struct alloc_failures *(*current_failures)(void);

static struct alloc_site *site_find(const char *place)
{
    char text[sizeof(((struct j6_allocation_info *)0)->file) + 16];
    for (struct alloc_site *site = alloc_sites_start; site != alloc_sites_end; site++) {
        format(text, sizeof(text), "%s:%u", site->file, site->line);
        if (string_equal(text, place)) {
            return site;
        }
    }
    return NULL;
}

void alloc_sites_init(const char *fail_site, struct alloc_failures *(*current)(void))
{
    current_failures = current;
    boot_site = fail_site != NULL ? site_find(fail_site) : NULL;
}

uint64_t alloc_failures_set(struct alloc_failures *failures, uint64_t n, uint64_t then)
{
    uint64_t failed = failures->failed;
    *failures = (struct alloc_failures){.left = n, .then = then};
    return failed;
}

static bool fails_in_thread(struct alloc_failures *failures)
{
    if (failures->left == 0 || --failures->left != 0) {
        return false;
    }
    failures->failed++;
    if (failures->then == j6_fail_all) {
        failures->left = 1;
    } else {
        failures->left = failures->then;
        failures->then = 0;
    }
    return true;
}

/* Relaxed: a call that is lost among CPUs would only be missing from a count. */
bool alloc_site_fails(struct alloc_site *site)
{
    uint32_t before = atomic_fetch_add_explicit(&site->hits, 1, memory_order_relaxed);
    bool at_boot = site == boot_site && before == 0;
    struct alloc_failures *failures = current_failures != NULL ? current_failures() : NULL;
    if (!at_boot && (failures == NULL || !fails_in_thread(failures))) {
        return false;
    }
    if (at_boot) {
        log_info("alloc   %s:%u in %s fails", site->file, site->line, site->function);
    }
    atomic_fetch_add_explicit(&site->failures, 1, memory_order_relaxed);
    return true;
}

size_t alloc_sites_info(struct j6_allocation_info *rows, size_t max)
{
    size_t count = 0;
    for (struct alloc_site *site = alloc_sites_start; site != alloc_sites_end; site++, count++) {
        if (count < max) {
            rows[count] = (struct j6_allocation_info){
                .line = site->line,
                .hits = atomic_load_explicit(&site->hits, memory_order_relaxed),
                .failures = atomic_load_explicit(&site->failures, memory_order_relaxed),
            };
            string_copy(rows[count].file, sizeof(rows[count].file), site->file);
            string_copy(rows[count].function, sizeof(rows[count].function), site->function);
        }
    }
    return count;
}

#endif

/* SPDX-License-Identifier: MIT */
/*
 * SMAP: the kernel touches user memory by mistake, as a plain instruction does that is none of the
 * user-copy routines. The page is there and open to the program, so only SMAP can refuse.
 */
#include "arch/page_table.h"
#include "kernel/memory_count.h"
#include "kernel/test/settle.h"
#include "kernel/test/tests.h"
#include "mm/user_copy.h"
#include "mm/vm_area.h"
#include "mm/vm_space.h"

#define PLACE 0x456700000000ull
#define WORD  0x0fedcba987654321ull

/* One instruction that may fault: then it does nothing, and is_done stays false. Nothing is brought in. */
#define TRY(instruction, is_done, ...)                        \
    __asm__ volatile("1: " instruction "\n"                   \
                     "   movb $1, %[done]\n"                  \
                     "2:\n"                                   \
                     ".pushsection .exception_table, \"a\"\n" \
                     "   .quad 1b, 2b, 0\n"                   \
                     ".popsection"                            \
                     : [done] "+q"(is_done)                   \
                     : __VA_ARGS__                            \
                     : "memory", "cc")

static bool can_load(vaddr_t address)
{
    bool done = false;
    TRY("cmpb $0, (%[at])", done, [at] "r"(address));
    return done;
}

static bool can_store(vaddr_t address, uint64_t word)
{
    bool done = false;
    TRY("movq %[word], (%[at])", done, [at] "r"(address), [word] "r"(word));
    return done;
}

/* The routines that are for it open the page, and have closed it when they are back. */
static bool plain_access_is_refused(vaddr_t place)
{
    uint64_t word = WORD;
    uint64_t seen = 0;
    if (user_copy_out((struct user_ptr){place}, &word, sizeof(word)) != j6_status_ok) {
        return false;
    }
    bool refused = !can_load(place) && !can_store(place, 0);
    __asm__ volatile("stac" ::: "cc", "memory");
    bool open = can_load(place) && can_store(place + sizeof(word), ~word);
    __asm__ volatile("clac" ::: "cc", "memory");
    refused = refused && !can_load(place) && !can_store(place, 0);
    return open && refused &&
           user_copy_in(&seen, (struct user_ptr){place}, sizeof(seen)) == j6_status_ok &&
           seen == word &&
           user_copy_in(&seen, (struct user_ptr){place + sizeof(seen)}, sizeof(seen)) ==
               j6_status_ok &&
           seen == ~word;
}

bool self_test_a_plain_access_to_a_page_of_a_program_faults(void)
{
    static struct account account;
    static struct vm_space space;
    struct vm_area *area;
    vaddr_t place = PLACE;
    const uint64_t flags = j6_map_read | j6_map_write | j6_map_exact;
    uint64_t before = memory_free_frames();
    account_init_root(&account, 1ull << 40);
    if (vm_space_init(&space, &account) != j6_status_ok) {
        return false;
    }
    bool right = vm_area_create_open(&account, PAGE_SIZE, 0, &area) == j6_status_ok;
    if (right) {
        right = vm_space_map(&space, area, &place, 0, 0, flags) == j6_status_ok;
        page_table_load(&space.table);
        right = right && plain_access_is_refused(place);
        page_table_load(&kernel_page_table);
        kobject_put(&area->object);
    }
    vm_space_destroy(&space);
    settle();
    return right && memory_free_frames() == before;
}

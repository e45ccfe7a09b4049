/* SPDX-License-Identifier: MIT */
/* mm/user_copy.h without a CPU that walks page tables, see <test_user.h>. */
#include "arch/arch.h"
#include "arch/page_table.h"
#include "lib/page.h"
#include "mm/user_copy.h"
#include "mm/vm_space.h"
#include <string.h>
#include <test_user.h>

void *test_user_page(vaddr_t address, bool write)
{
    paddr_t page;
    uint32_t flags;
    uint32_t needed = PAGE_USER | (write ? PAGE_WRITE : 0);
    bool there =
        page_table_find(page_table_loaded(), address, &page, &flags) && (flags & needed) == needed;
    return there ? phys_to_virt(page) : NULL;
}

/* As many bytes as are there. */
static uint64_t copy_now(char *kernel, vaddr_t user, uint64_t len, bool to_user)
{
    uint64_t done = 0;
    while (done < len) {
        vaddr_t at = user + done;
        uint64_t piece = PAGE_SIZE - at % PAGE_SIZE;
        piece = piece < len - done ? piece : len - done;
        char *page = test_user_page(at, to_user);
        if (page == NULL) {
            break;
        }
        page += at % PAGE_SIZE;
        memmove(to_user ? page : kernel + done, to_user ? kernel + done : page, piece);
        done += piece;
    }
    return done;
}

static j6_status_t copy(char *kernel, vaddr_t user, uint64_t len, bool to_user, uint64_t *done)
{
    j6_status_t status = j6_status_ok;
    *done = 0;
    if (!user_range_ok((struct user_ptr){user}, len)) {
        return j6_err_bad_address;
    }
    while (status == j6_status_ok) {
        *done += copy_now(kernel + *done, user + *done, len - *done, to_user);
        if (*done == len) {
            break;
        }
        status = vm_space_fault_loaded(user + *done, to_user ? VM_ACCESS_WRITE : VM_ACCESS_READ);
    }
    return status;
}

j6_status_t user_copy_in_part(void *dst, struct user_ptr src, uint64_t len, uint64_t *done)
{
    return copy(dst, src.address, len, false, done);
}

j6_status_t user_copy_out_part(struct user_ptr dst, const void *src, uint64_t len, uint64_t *done)
{
    return copy((char *)(uintptr_t)src, dst.address, len, true, done);
}

j6_status_t user_copy_in(void *dst, struct user_ptr src, uint64_t len)
{
    uint64_t done;
    return user_copy_in_part(dst, src, len, &done);
}

j6_status_t user_copy_out(struct user_ptr dst, const void *src, uint64_t len)
{
    uint64_t done;
    return user_copy_out_part(dst, src, len, &done);
}

uint64_t arch_user_copy_in_now(void *dst, const void *src, uint64_t len)
{
    return len - copy_now(dst, (vaddr_t)src, len, false);
}

uint64_t arch_user_copy_out_now(void *dst, const void *src, uint64_t len)
{
    return len - copy_now((char *)(uintptr_t)src, (vaddr_t)dst, len, true);
}

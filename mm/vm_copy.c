/* SPDX-License-Identifier: MIT */
/* Copies as described in vm_copy.h. */
#include "mm/vm_copy.h"
#include "arch/arch.h"
#include "arch/upcall.h"
#include "lib/string.h"
#include "mm/page_batch.h"
#include "mm/vm_area.h"
#include "mm/vm_block.h"
#include "mm/vm_peek.h"

enum { LOCKED_PAGES = 16 }; /* copied under one lock */

static const uint8_t zero_page[PAGE_SIZE];

static enum vm_access access_of(const struct vm_copy *copy)
{
    return copy->write ? VM_ACCESS_WRITE : VM_ACCESS_READ;
}

static inline uint64_t smaller(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

/* The bytes at an offset of the area; holes read as zeros. */
static inline j6_status_t bytes_locked(struct vm_area *area, uint64_t offset, bool write,
                                       struct page_batch *batch, char **out_bytes)
{
    struct page_grant grant = {.page = vm_area_own_page_locked(area, offset)};
    if (grant.page == 0 && write) {
        struct page_request request = {.offset = offset, .write = true};
        j6_status_t status = vm_area_page_locked(area, &request, batch, &grant);
        if (status != j6_status_ok) {
            return status;
        }
    } else if (grant.page == 0) {
        grant.page = vm_area_peek_locked(area, offset);
    }
    char *page = grant.page != 0 ? phys_to_virt(grant.page) : (char *)zero_page;
    *out_bytes = page + (offset & (PAGE_SIZE - 1));
    return j6_status_ok;
}

/* May the copy go on at this offset? */
static inline j6_status_t check_locked(const struct vm_area *area, uint64_t offset)
{
    if (area->kind == VM_AREA_FIXED || area->revoked) {
        return j6_err_bad_state;
    }
    return offset < area->size ? j6_status_ok : j6_err_out_of_range;
}

/* Returns how many bytes are left. */
static inline uint64_t piece_copy(const struct vm_copy *copy, char *bytes, uint64_t piece)
{
    char *user = (char *)(copy->user.address + copy->done);
    if (copy->user_is_kernel) {
        memcpy(bytes, user, piece);
        return 0;
    }
    return copy->write ? arch_user_copy_in_now(bytes, user, piece)
                       : arch_user_copy_out_now(user, bytes, piece);
}

/* Copies until `end`, or until a page of the user isn't there. */
static inline j6_status_t pages_copy_locked(struct vm_copy *copy, struct vm_area *area,
                                            uint64_t offset, uint64_t end, struct page_batch *batch)
{
    j6_status_t status = check_locked(area, offset);
    end = smaller(end, copy->done + (area->size - offset));
    while (status == j6_status_ok && copy->done < end) {
        char *bytes;
        status = bytes_locked(area, offset, copy->write, batch, &bytes);
        if (status != j6_status_ok) {
            break;
        }
        uint64_t piece = smaller(PAGE_SIZE - (offset & (PAGE_SIZE - 1)), end - copy->done);
        uint64_t left = piece_copy(copy, bytes, piece);
        copy->done += piece - left;
        offset += piece;
        if (left != 0) {
            break;
        }
    }
    return status;
}

/* What the copy goes to next: where in which area, and how far one lock reaches. */
struct stretch {
    struct vm_mapping *mapping; /* of the space; NULL: it is an area's own */
    struct vm_area *area;
    uint64_t offset;
    uint64_t end;
};

static inline bool stretch_find(const struct vm_copy *copy, struct stretch *stretch)
{
    uint64_t at = copy->start + copy->done;
    stretch->end = smaller(copy->len, copy->done + LOCKED_PAGES * PAGE_SIZE);
    stretch->mapping = copy->area == NULL ? vm_space_find(copy->space, at, access_of(copy)) : NULL;
    stretch->area = copy->area;
    stretch->offset = at;
    if (stretch->mapping != NULL) {
        stretch->area = stretch->mapping->area;
    }
    return stretch->area != NULL;
}

/* Does the mapping still allow it? If so it says where in the area that is. */
static inline bool stretch_check_locked(const struct vm_copy *copy, struct stretch *stretch)
{
    const struct vm_mapping *mapping = stretch->mapping;
    vaddr_t address = stretch->offset;
    if (mapping == NULL) {
        return true;
    }
    if (!vm_mapping_allows_locked(mapping, address, access_of(copy))) {
        return false;
    }
    stretch->offset = address - mapping->start + mapping->offset;
    stretch->end = smaller(stretch->end, copy->done + (mapping->end - address));
    return true;
}

/* In a space, whatever is amiss with the area is a bad address. */
static j6_status_t as_seen(const struct vm_copy *copy, j6_status_t status)
{
    bool amiss = status == j6_err_out_of_range || status == j6_err_bad_state;
    return amiss && copy->area == NULL ? j6_err_bad_address : status;
}

/* One stretch; if need be the user's next page is brought in. */
static inline j6_status_t stretch_copy(struct vm_copy *copy)
{
    struct stretch stretch;
    if (!stretch_find(copy, &stretch)) {
        return j6_err_bad_address;
    }
    struct vm_area *area = stretch.area;
    struct page_batch batch;
    page_batch_init(&batch);
    if (copy->write && (area->flags & j6_vma_flag_large) && stretch.mapping == NULL) {
        vm_block_fill(area, stretch.offset);
    }
    j6_status_t status = j6_status_ok;
    vm_area_lock(area);
    bool stands = stretch_check_locked(copy, &stretch); /* else it is looked for again */
    if (stands) {
        status = pages_copy_locked(copy, area, stretch.offset, stretch.end, &batch);
    }
    vm_area_flush(area, &batch);
    if (stands && status == j6_status_ok && copy->done < stretch.end) {
        status = vm_space_fault_loaded(copy->user.address + copy->done,
                                       copy->write ? VM_ACCESS_READ : VM_ACCESS_WRITE);
        copy->user_failed = status != j6_status_ok;
        return status;
    }
    return status != j6_status_ok ? as_seen(copy, status) : status;
}

static bool user_is_ok(struct vm_copy *copy)
{
    copy->user_failed = !copy->user_is_kernel && !user_range_ok(copy->user, copy->len);
    return !copy->user_failed;
}

j6_status_t vm_copy(struct vm_copy *copy)
{
    j6_status_t status = j6_err_bad_address;
    if (user_is_ok(copy)) {
        status = copy->len > 0 ? stretch_copy(copy) : j6_status_ok;
        while (status == j6_status_ok && copy->done < copy->len) {
            status = kernel_step_point() ? stretch_copy(copy) : j6_status_cancelled;
        }
    }
    return status;
}

/* Copies as far as both sides are there, without the locks of areas; answers no shootdown in between. */
static inline void copy_what_is_there(struct vm_copy *copy)
{
    uint64_t left = 0;
    while (copy->done < copy->len && left == 0) {
        vaddr_t at = copy->start + copy->done;
        char *bytes = vm_peek(copy->space, at, copy->write);
        if (bytes == NULL) {
            return;
        }
        uint64_t piece = smaller(PAGE_SIZE - (at & (PAGE_SIZE - 1)), copy->len - copy->done);
        left = piece_copy(copy, bytes, piece);
        copy->done += piece - left;
    }
}

j6_status_t vm_copy_at_once(struct vm_copy *copy)
{
    assert(copy->len <= VM_COPY_AT_ONCE);
    j6_status_t status = user_is_ok(copy) ? j6_status_ok : j6_err_bad_address;
    if (status == j6_status_ok && copy->len <= PAGE_SIZE) { /* more is found faster by its area */
        copy_what_is_there(copy);
    }
    while (status == j6_status_ok && copy->done < copy->len) {
        status = stretch_copy(copy);
    }
    return status;
}

j6_status_t vm_area_write(struct vm_area *area, uint64_t offset, const void *data, uint64_t len)
{
    j6_status_t status = j6_status_ok;
    for (uint64_t done = 0, piece; done < len && status == j6_status_ok; done += piece) {
        struct page_batch batch;
        char *bytes;
        uint64_t in_page = PAGE_SIZE - ((offset + done) & (PAGE_SIZE - 1));
        piece = len - done < in_page ? len - done : in_page;
        page_batch_init(&batch);
        vm_area_lock(area);
        status = check_locked(area, offset + done);
        if (status == j6_status_ok) {
            status = bytes_locked(area, offset + done, true, &batch, &bytes);
        }
        if (status == j6_status_ok) {
            memcpy(bytes, (const char *)data + done, piece);
        }
        vm_area_flush(area, &batch);
    }
    return status;
}

/* SPDX-License-Identifier: MIT */
/* Copies as described in vm_copy.h. */
#include "mm/vm_copy.h"
#include "arch/upcall.h"
#include "lib/string.h"
#include "mm/page_batch.h"
#include "mm/vm_area.h"
#include "mm/vm_block.h"

enum { STEP_PAGES = 64 };

static const uint8_t zero_page[PAGE_SIZE];

/* A copy that is under way: user memory on one side, an area or a space on the other. */
struct copy {
    struct user_ptr user;
    bool write; /* from user memory into the area or space */
    uint64_t len;
    uint64_t done;
    struct vm_area *area;   /* NULL: a space */
    struct vm_space *space; /* NULL: an area */
    uint64_t start;         /* offset into the area, or address in the space */
};

static enum vm_access access_of(const struct copy *copy)
{
    return copy->write ? VM_ACCESS_WRITE : VM_ACCESS_READ;
}

/* The bytes at an offset of the area; holes read as zeros. */
static j6_status_t bytes_locked(struct vm_area *area, uint64_t offset, bool write,
                                struct page_batch *batch, char **out_bytes)
{
    if (area->kind == VM_AREA_FIXED || area->revoked) {
        return j6_err_bad_state;
    }
    if (offset >= area->size) {
        return j6_err_out_of_range;
    }
    struct page_grant grant = {.page = write ? 0 : vm_area_peek_locked(area, offset)};
    if (write) {
        struct page_request request = {.offset = offset, .write = true};
        j6_status_t status = vm_area_page_locked(area, &request, batch, &grant);
        if (status != j6_status_ok) {
            return status;
        }
    }
    char *page = grant.page != 0 ? phys_to_virt(grant.page) : (char *)zero_page;
    *out_bytes = page + (offset & (PAGE_SIZE - 1));
    return j6_status_ok;
}

/* Copies up to the end of the page; stops where the user's own page isn't there. */
static j6_status_t piece_copy_locked(struct copy *copy, struct vm_area *area, uint64_t offset,
                                     uint64_t piece, struct page_batch *batch)
{
    char *bytes;
    j6_status_t status = bytes_locked(area, offset, copy->write, batch, &bytes);
    if (status == j6_status_ok) {
        struct user_ptr user = user_ptr_add(copy->user, copy->done);
        copy->done += copy->write ? user_copy_in_now(bytes, user, piece)
                                  : user_copy_out_now(user, bytes, piece);
    }
    return status;
}

/* The same in an area, whose lock is taken. */
static j6_status_t area_piece(struct copy *copy, struct vm_area *area, uint64_t offset,
                              uint64_t piece)
{
    struct page_batch batch;
    page_batch_init(&batch);
    if (copy->write) {
        vm_block_fill(area, offset);
    }
    vm_area_lock(area);
    j6_status_t status = piece_copy_locked(copy, area, offset, piece, &batch);
    vm_area_flush(area, &batch);
    return status;
}

/* The same in a space: by way of the mapping, if that allows it. */
static j6_status_t space_piece(struct copy *copy, vaddr_t address, uint64_t piece)
{
    struct vm_mapping *mapping = vm_space_find(copy->space, address);
    if (mapping == NULL) {
        return j6_err_bad_address;
    }
    struct page_batch batch;
    page_batch_init(&batch);
    vm_area_lock(mapping->area);
    j6_status_t status = j6_err_bad_address;
    if (vm_mapping_allows_locked(mapping, address, access_of(copy))) {
        uint64_t offset = address - mapping->start + mapping->offset;
        status = piece_copy_locked(copy, mapping->area, offset, piece, &batch);
    }
    vm_area_flush(mapping->area, &batch);
    return status == j6_err_out_of_range || status == j6_err_bad_state ? j6_err_bad_address
                                                                      : status;
}

/* One page's part of the copy; if need be the user's page is brought in for the next try. */
static j6_status_t step(struct copy *copy)
{
    uint64_t at = copy->start + copy->done;
    uint64_t piece = PAGE_SIZE - (at & (PAGE_SIZE - 1));
    uint64_t left = copy->len - copy->done;
    uint64_t end = copy->done + (left < piece ? left : piece);
    j6_status_t status = copy->area != NULL ? area_piece(copy, copy->area, at, end - copy->done)
                                            : space_piece(copy, at, end - copy->done);
    if (status == j6_status_ok && copy->done < end) {
        status = vm_space_fault_loaded(copy->user.address + copy->done,
                                       copy->write ? VM_ACCESS_READ : VM_ACCESS_WRITE);
    }
    return status;
}

static j6_status_t run(struct copy *copy, uint64_t *done)
{
    j6_status_t status = j6_status_ok;
    if (!user_range_ok(copy->user, copy->len)) {
        status = j6_err_bad_address;
    }
    for (unsigned steps = 0; status == j6_status_ok && copy->done < copy->len; steps++) {
        bool killed = steps == STEP_PAGES && !kernel_step_point();
        steps = steps == STEP_PAGES ? 0 : steps;
        status = killed ? j6_status_cancelled : step(copy);
    }
    *done = copy->done;
    return status;
}

j6_status_t vm_area_read_user(struct vm_area *area, uint64_t offset, struct user_ptr to,
                              uint64_t len, uint64_t *done)
{
    struct copy copy = {.user = to, .len = len, .area = area, .start = offset};
    return run(&copy, done);
}

j6_status_t vm_area_write_user(struct vm_area *area, uint64_t offset, struct user_ptr from,
                               uint64_t len, uint64_t *done)
{
    struct copy copy = {.user = from, .write = true, .len = len, .area = area, .start = offset};
    return run(&copy, done);
}

j6_status_t vm_space_read_user(struct vm_space *space, vaddr_t address, struct user_ptr to,
                               uint64_t len, uint64_t *done)
{
    struct copy copy = {.user = to, .len = len, .space = space, .start = address};
    return run(&copy, done);
}

j6_status_t vm_space_write_user(struct vm_space *space, vaddr_t address, struct user_ptr from,
                                uint64_t len, uint64_t *done)
{
    struct copy copy = {.user = from, .write = true, .len = len, .space = space, .start = address};
    return run(&copy, done);
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
        status = bytes_locked(area, offset + done, true, &batch, &bytes);
        if (status == j6_status_ok) {
            memcpy(bytes, (const char *)data + done, piece);
        }
        vm_area_flush(area, &batch);
    }
    return status;
}

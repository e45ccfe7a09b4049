/* SPDX-License-Identifier: MIT */
/*
 * The file is mapped read-only here while it is loaded, and read by lib/elf.c, which trusts nothing
 * in it. What fails leaves nothing here; what is already in the process ends with the process.
 */
#include "userland/lib/load.h"
#include "lib/elf.h"
#include "lib/page.h"
#include "userland/lib/image.h"
#include <j6/j6.h>

/* A file, mapped; size 0: none. */
struct file {
    const char *data;
    uint64_t size;
};

static j6_status_t map_file(j6_handle_t elf, uint64_t size, struct file *out_file)
{
    uint64_t address = 0;
    j6_status_t status =
        j6_vma_map(elf, j6_handle_self_process, &address, 0, page_up(size), j6_map_read);
    if (status == j6_status_ok) {
        *out_file = (struct file){(const char *)address, size};
    }
    return status;
}

static void unmap_file(j6_handle_t elf, const struct file *file)
{
    j6_vma_unmap(elf, j6_handle_self_process, (uint64_t)file->data, 0);
}

/* An area doesn't tell its size, so the file's own headers say how much of it to map. */
static j6_status_t open_file(j6_handle_t elf, struct file *out_file)
{
    struct file headers;
    j6_status_t status = map_file(elf, PAGE_SIZE, &headers);
    if (status != j6_status_ok) {
        return status;
    }
    uint64_t size = image_file_size(headers.data, headers.size);
    unmap_file(elf, &headers);
    return size == 0 ? j6_err_invalid_arg : map_file(elf, size, out_file);
}

static j6_status_t choose_base(const struct elf_image *image, const struct j6_layout_info *layout,
                               uint64_t *out_base)
{
    uint64_t random;
    j6_status_t status = j6_random(&random, sizeof(random));
    if (status != j6_status_ok) {
        return status;
    }
    uint64_t base = image->pie ? image_base(image, layout, random) : 0;
    if (image->pie && base == 0) {
        return j6_err_no_memory;
    }
    *out_base = base;
    return j6_status_ok;
}

static j6_status_t write_all(j6_handle_t area, uint64_t offset, const char *data, uint64_t len)
{
    while (len != 0) {
        uint64_t written = len;
        j6_status_t status = j6_vma_write(area, offset, data, &written);
        if (status != j6_status_ok) {
            return status;
        }
        offset += written;
        data += written;
        len -= written;
    }
    return j6_status_ok;
}

static uint64_t map_flags(const struct elf_segment *segment)
{
    return j6_map_exact | (segment->read ? j6_map_read : 0) | (segment->write ? j6_map_write : 0) |
           (segment->exec ? j6_map_exec : 0);
}

static j6_status_t load_segment(j6_handle_t process, const struct file *file,
                                const struct elf_segment *segment, uint64_t base)
{
    uint64_t start = page_down(segment->vaddr);
    uint64_t in_page = segment->vaddr - start;
    j6_handle_t area;
    j6_status_t status = j6_vma_create(page_up(in_page + segment->mem_size), 0, &area);
    if (status != j6_status_ok) {
        return status;
    }
    status = write_all(area, in_page, file->data + segment->file_offset, segment->file_size);
    if (status == j6_status_ok) {
        uint64_t address = base + start;
        status = j6_vma_map(area, process, &address, 0, 0, map_flags(segment));
    }
    j6_handle_close(area);
    return status;
}

static j6_status_t load_file(j6_handle_t process, const struct j6_layout_info *layout,
                             const struct file *file, struct loaded *out_loaded)
{
    struct elf_image image;
    if (elf_read(file->data, file->size, &image) != ELF_OK) {
        return j6_err_invalid_arg;
    }
    uint64_t base;
    j6_status_t status = choose_base(&image, layout, &base);
    for (size_t i = 0; status == j6_status_ok && i < image.segment_count; i++) {
        status = load_segment(process, file, &image.segments[i], base);
    }
    if (status == j6_status_ok) {
        out_loaded->entry = base + image.entry;
        out_loaded->phdr = image.phdr == 0 ? 0 : base + image.phdr;
        out_loaded->phnum = image.phnum;
    }
    return status;
}

j6_status_t load_image(j6_handle_t process, const struct j6_layout_info *layout, j6_handle_t elf,
                       struct loaded *out_loaded)
{
    struct file file;
    j6_status_t status = open_file(elf, &file);
    if (status != j6_status_ok) {
        return status;
    }
    status = load_file(process, layout, &file, out_loaded);
    unmap_file(elf, &file);
    return status;
}

/* SPDX-License-Identifier: MIT */
#include "userland/init/inputs.h"
#include "lib/page.h"
#include "lib/string.h"
#include <j6/archive.h>

enum { MANIFEST_PAGES_MAX = 16 };

static const char MANIFEST[] = "etc/services";

j6_handle_t inputs_module(const char *name)
{
    j6_handle_t archive = j6_find("archive");
    bool is_archive = string_equal(name, "boot.tar");
    return is_archive && archive != 0 ? archive : j6_find_module(name);
}

j6_status_t inputs_file(const char *path, j6_handle_t *out_file)
{
    struct j6_archive_entry entry;
    j6_handle_t archive = inputs_module("boot.tar");
    if (archive == 0) {
        return j6_err_not_found;
    }
    j6_status_t status = j6_archive_find(archive, path, &entry);
    return status == j6_status_ok ? j6_archive_clone(archive, &entry, 0, out_file) : status;
}

/* Mapped as a copy, with a page of zeros behind it. */
static j6_status_t map(j6_handle_t area, uint64_t offset, uint64_t size, char **out_text)
{
    uint64_t address = 0;
    j6_handle_t copy;
    j6_status_t status = j6_vma_clone(area, offset, size, j6_vma_flag_resizable, &copy);
    if (status != j6_status_ok) {
        return status;
    }
    uint64_t room = size + PAGE_SIZE;
    status = j6_vma_resize(copy, &room);
    if (status == j6_status_ok) {
        status =
            j6_vma_map(copy, j6_handle_self_process, &address, 0, 0, j6_map_read | j6_map_write);
    }
    j6_handle_close(copy);
    *out_text = (char *)address;
    return status;
}

/* An area doesn't tell its size: as many of its pages as can be cloned. */
static j6_status_t map_given(j6_handle_t area, char **out_text, size_t *out_len)
{
    j6_status_t status = j6_err_out_of_range;
    for (uint64_t pages = MANIFEST_PAGES_MAX; pages > 0 && status != j6_status_ok; pages--) {
        status = map(area, 0, pages * PAGE_SIZE, out_text);
        *out_len = pages * PAGE_SIZE;
    }
    if (status == j6_status_ok) {
        *out_len = strnlen(*out_text, *out_len);
    }
    return status;
}

j6_status_t inputs_manifest(char **out_text, size_t *out_len)
{
    struct j6_archive_entry entry;
    j6_handle_t given = j6_find("manifest");
    j6_handle_t archive = inputs_module("boot.tar");
    if (given != 0) {
        return map_given(given, out_text, out_len);
    }
    if (archive == 0) {
        return j6_err_not_found;
    }
    j6_status_t status = j6_archive_find(archive, MANIFEST, &entry);
    if (status != j6_status_ok) {
        return status;
    }
    *out_len = entry.size;
    return map(archive, entry.offset, page_up(entry.size), out_text);
}

const struct j6_framebuffer *inputs_framebuffer(void)
{
    const struct j6_boot_info *boot = j6_boot_info();
    return boot != NULL && boot->framebuffer.width != 0 ? &boot->framebuffer : NULL;
}

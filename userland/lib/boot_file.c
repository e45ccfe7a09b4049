/* SPDX-License-Identifier: MIT */
/* Archives that lie in areas, and that of the boot modules. */
#include "lib/format.h"
#include "lib/page.h"
#include "lib/string.h"
#include "userland/lib/area.h"
#include <j6/archive.h>
#include <j6/j6.h>

static bool read_area(void *context, uint64_t offset, void *buf, size_t len)
{
    return area_read(*(const j6_handle_t *)context, offset, buf, len) == j6_status_ok;
}

struct j6_archive j6_archive_of_area(const j6_handle_t *area)
{
    return (struct j6_archive){.read = read_area, .context = (void *)area};
}

/* The headers that follow in the last page are nobody's business. */
static j6_status_t clear_tail(j6_handle_t file, uint64_t size)
{
    char page[PAGE_SIZE];
    uint64_t len = page_up(size) - size;
    size_t used = 0;
    j6_status_t status = area_read(file, size, page, len);
    while (status == j6_status_ok && used < len && page[used] == 0) {
        used++;
    }
    if (status != j6_status_ok || used == len) {
        return status;
    }
    memset(page, 0, len);
    return area_write(file, size, page, len);
}

j6_status_t j6_archive_clone(j6_handle_t area, const struct j6_archive_entry *entry, uint64_t flags,
                             j6_handle_t *out_file)
{
    j6_handle_t file;
    if (entry->size == 0) {
        return j6_vma_create(PAGE_SIZE, flags, out_file);
    }
    j6_status_t status = j6_vma_clone(area, entry->offset, page_up(entry->size), flags, &file);
    if (status != j6_status_ok) {
        return status;
    }
    status = clear_tail(file, entry->size);
    if (status != j6_status_ok) {
        j6_handle_close(file);
        return status;
    }
    *out_file = file;
    return j6_status_ok;
}

j6_status_t j6_archive_find(j6_handle_t area, const char *path, struct j6_archive_entry *out_entry)
{
    struct j6_archive archive = j6_archive_of_area(&area);
    struct j6_archive_entry entry;
    enum j6_archive_result result;
    while ((result = j6_archive_next(&archive, &entry)) == j6_archive_ok) {
        if (entry.type == j6_archive_file && string_equal(entry.path, path)) {
            *out_entry = entry;
            return j6_status_ok;
        }
    }
    return result == j6_archive_end ? j6_err_not_found : j6_err_invalid_arg;
}

j6_status_t j6_boot_file(const char *path, j6_handle_t *out_file)
{
    struct j6_archive_entry entry;
    j6_handle_t area = j6_find_module("boot.tar");
    if (area == 0) {
        return j6_err_not_found;
    }
    j6_status_t status = j6_archive_find(area, path, &entry);
    return status != j6_status_ok ? status : j6_archive_clone(area, &entry, 0, out_file);
}

j6_status_t j6_boot_spawn(const char *program, const char *name, const char *const *argv,
                          const struct j6_spawn_row *rows, size_t count, j6_handle_t *out_process)
{
    char path[j6_archive_path_max];
    j6_handle_t elf;
    format(path, sizeof(path), "bin/%s", program);
    j6_status_t status = j6_boot_file(path, &elf);
    if (status == j6_status_ok) {
        status = j6_spawn(elf, name, argv, NULL, rows, count, out_process);
        j6_handle_close(elf);
    }
    return status;
}

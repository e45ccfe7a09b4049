/* SPDX-License-Identifier: MIT */
/* Programs of the boot archive, started by name. */
#include <j6/archive.h>
#include <j6/j6.h>

j6_status_t j6_spawn_boot_file(const char *path, const char *const *argv,
                               const struct j6_spawn_row *rows, size_t count,
                               j6_handle_t *out_process)
{
    j6_handle_t file;
    j6_status_t status = j6_boot_file(path, &file);
    if (status != j6_status_ok) {
        return status;
    }
    status = j6_spawn(file, argv[0], argv, NULL, rows, count, out_process);
    j6_handle_close(file);
    return status;
}

/* SPDX-License-Identifier: MIT */
/* The layer that programs for Linux need: where its file is, and how it gets into a process. */
#include "userland/lib/layer.h"
#include <j6/j6.h>

/* Atomic; 0: that with the role `linux`. */
static j6_handle_t layer_file;

void j6_layer_set(j6_handle_t file)
{
    j6_handle_t old = __atomic_exchange_n(&layer_file, file, __ATOMIC_RELEASE);
    if (old != j6_handle_none) {
        j6_handle_close(old);
    }
}

static j6_handle_t layer_find(void)
{
    j6_handle_t file = __atomic_load_n(&layer_file, __ATOMIC_ACQUIRE);
    return file != j6_handle_none ? file : j6_find("linux");
}

j6_status_t layer_load(j6_handle_t process, const struct j6_layout_info *layout,
                       const struct loaded *program, uint64_t *out_entry)
{
    uint64_t place;
    struct loaded layer = {0};
    j6_handle_t file = layer_find();
    if (file == j6_handle_none) {
        return j6_err_not_found;
    }
    j6_status_t status = j6_random(&place, sizeof(place));
    if (status == j6_status_ok) {
        status = load_image(process, layout, file, place, program, &layer);
    }
    *out_entry = layer.entry;
    return status;
}

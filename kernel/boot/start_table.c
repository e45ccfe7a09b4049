/* SPDX-License-Identifier: MIT */
/* Rows: self process, self thread, system, boot, one for each module. */
#include "kernel/boot/start_table.h"
#include "arch/arch.h"
#include "arch/x86_64/clock.h"
#include "kernel/base/panic.h"
#include "kernel/system.h"
#include "lib/string.h"
#include "mm/frame.h"
#include "mm/kalloc.h"
#include "mm/vm_area.h"
#include "mm/vm_copy.h"
#include <j6/rights.h>

enum { ROWS_MAX = 4 + BOOT_MODULES_MAX };

static struct j6_start_handle rows[ROWS_MAX];

static void must(j6_status_t status)
{
    if (status != j6_status_ok) {
        panic("init: no memory for its handles (%#lx)", status);
    }
}

static void row_set(size_t i, uint32_t kind, enum j6_type type, const char *role,
                    j6_handle_t handle)
{
    rows[i] = (struct j6_start_handle){.kind = kind, .type = type, .handle = handle};
    string_copy(rows[i].role, sizeof(rows[i].role), role);
}

/* Opens a handle and gives up the caller's reference. */
static void row_give(size_t i, struct process *process, struct kobject *object, uint64_t rights,
                     const char *role)
{
    j6_handle_t handle;
    must(handle_insert(&process->handles, object, rights, &handle));
    kobject_put(object);
    row_set(i, j6_start_other, object->type->number, role, handle);
}

static void framebuffer_describe(const struct boot_info *boot, struct j6_framebuffer *to)
{
    const struct boot_framebuffer *from = &boot->framebuffer;
    if (from->kind != BOOT_FRAMEBUFFER_RGB || boot_option(boot, "nofb") != NULL) {
        return;
    }
    *to = (struct j6_framebuffer){
        .address = from->address,
        .width = from->width,
        .height = from->height,
        .pitch = from->pitch,
        .bits_per_pixel = from->bits_per_pixel,
        .red_position = from->red.position,
        .red_size = from->red.size,
        .green_position = from->green.position,
        .green_size = from->green.size,
        .blue_position = from->blue.position,
        .blue_size = from->blue.size,
    };
}

static struct vm_area *boot_area_make(struct account *account, const struct boot_info *boot)
{
    struct j6_boot_info *info = kalloc(sizeof(*info));
    struct vm_area *area;
    if (info == NULL) {
        panic("init: no memory for the boot description");
    }
    framebuffer_describe(boot, &info->framebuffer);
    info->rsdp_len = boot->rsdp_len;
    memcpy(info->rsdp, boot->rsdp, boot->rsdp_len);
    info->entry_tsc = clock_frame.page.entry_tsc;
    info->frames_at_start = frames_free();
    info->module_count = boot->module_count;
    string_copy(info->command_line, sizeof(info->command_line), boot->command_line);
    for (size_t i = 0; i < boot->module_count; i++) {
        string_copy(info->module_names[i], sizeof(info->module_names[i]), boot->modules[i].name);
        info->module_sizes[i] = boot->modules[i].end - boot->modules[i].start;
    }
    must(vm_area_create_open(account, sizeof(*info), 0, &area));
    must(vm_area_write(area, 0, info, sizeof(*info)));
    kfree(info);
    return area;
}

const struct j6_start_handle *start_table_make(struct process *process,
                                               const struct boot_info *boot, size_t *out_count)
{
    static const uint64_t module_rights = j6_right_duplicate | j6_right_transfer | j6_right_info |
                                          j6_right_vma_map | j6_right_vma_read;
    struct account *account = process->account;
    size_t count = 0;
    row_set(count++, j6_start_self, j6_type_process, "process", j6_handle_self_process);
    row_set(count++, j6_start_self, j6_type_thread, "thread", j6_handle_self_thread);

    struct system *system;
    must(system_create(account, &system));
    row_give(count++, process, &system->object, handle_all_rights(j6_type_system), "system");
    row_give(count++, process, &boot_area_make(account, boot)->object, module_rights, "boot");
    for (size_t i = 0; i < boot->module_count; i++) {
        const struct boot_module *module = &boot->modules[i];
        struct vm_area *area;
        must(vm_area_adopt(account, module->start, module->end - module->start, &area));
        row_give(count++, process, &area->object, module_rights, "module");
    }
    *out_count = count;
    return rows;
}

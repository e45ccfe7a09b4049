/* SPDX-License-Identifier: MIT */
/*
 * One area for each segment, a stack with nothing mapped below it, the System V start layout on it,
 * and a thread that enters user mode as any other. The kernel reads no other ELF file than this one.
 */
#include "kernel/boot/load_simple_process.h"
#include "arch/layout.h"
#include "kernel/base/log.h"
#include "kernel/base/panic.h"
#include "kernel/base/random.h"
#include "kernel/boot/start_table.h"
#include "kernel/system.h"
#include "lib/bits.h"
#include "lib/elf.h"
#include "lib/start_stack.h"
#include "lib/string.h"
#include "mm/kalloc.h"
#include "mm/vm_area.h"
#include "mm/vm_copy.h"

#define STACK_SIZE (256ull << 10)

_Static_assert(ELF_USER_START == USER_START && ELF_USER_END == USER_END, "one user half");

enum { ARGS_MAX = 32 };

static void must(j6_status_t status, const char *what)
{
    if (status != j6_status_ok) {
        panic("init: %s failed with %#lx%s", what, status,
              status == j6_err_no_memory ? ": no memory" : "");
    }
}

static const struct boot_module *find_init(const struct boot_info *boot)
{
    for (size_t i = 0; i < boot->module_count; i++) {
        if (string_equal(boot->modules[i].name, "init")) {
            return &boot->modules[i];
        }
    }
    panic("no module named init: nothing to run");
}

/*
 * The address in the space that the image's address 0 goes to: at random in the upper half of the
 * window. What the kernel has placed lies in the lower one.
 */
static vaddr_t base_choose(const struct process *process, const struct elf_image *image)
{
    if (!image->pie) {
        return 0;
    }
    uint64_t span = image->high + STACK_SIZE + image->align;
    if (span >= VM_WINDOW_SIZE / 2) {
        panic("init: %lu MiB are too large", span >> 20);
    }
    uint64_t room = VM_WINDOW_SIZE / 2 - span;
    vaddr_t half = process->space->window + VM_WINDOW_SIZE / 2;
    return align_up(half + random_u64() % room, image->align);
}

static void map_segment(struct process *process, vaddr_t base, const char *file,
                        const struct elf_segment *segment)
{
    vaddr_t start = page_down(segment->vaddr);
    uint64_t size = page_up(segment->vaddr + segment->mem_size) - start;
    struct vm_area *area;
    must(vm_area_create_open(process->account, size, 0, &area), "making an area");
    must(vm_area_write(area, segment->vaddr - start, file + segment->file_offset,
                       segment->file_size),
         "filling an area");
    vaddr_t address = base + start;
    uint32_t flags = j6_map_exact | (segment->read ? j6_map_read : 0) |
                     (segment->write ? j6_map_write : 0) | (segment->exec ? j6_map_exec : 0);
    must(vm_space_map(process->space, area, &address, 0, 0, flags), "mapping a segment");
    kobject_put(&area->object);
}

/* The upper end of the window; its lowest page allows no access. */
static struct vm_area *map_stack(struct process *process, vaddr_t *out_top)
{
    struct vm_area *area;
    must(vm_area_create_open(process->account, STACK_SIZE, 0, &area), "making the stack");
    vaddr_t stack = process->space->window + VM_WINDOW_SIZE - STACK_SIZE;
    must(vm_space_map(process->space, area, &stack, 0, 0,
                      j6_map_exact | j6_map_guard | j6_map_read | j6_map_write),
         "mapping the stack");
    *out_top = stack + STACK_SIZE;
    return area;
}

/* Cuts the module's command line into words, in place. */
static void split_words(char *line, const char **argv)
{
    size_t count = 0;
    bool in_word = false;
    for (; *line != '\0'; line++) {
        if (*line == ' ') {
            *line = '\0';
            in_word = false;
        } else if (!in_word && count < ARGS_MAX) {
            argv[count++] = line;
            in_word = true;
        }
    }
    argv[count] = NULL;
}

/* Returns the stack pointer to start with. */
static vaddr_t fill_stack(struct process *process, struct start_stack *start)
{
    vaddr_t top;
    struct vm_area *area = map_stack(process, &top);
    size_t size = start_stack_size(start);
    void *content = kalloc(size);
    if (content == NULL || size > STACK_SIZE / 2) {
        panic("init: no memory for its start stack");
    }
    start_stack_build(start, content, top - size);
    must(vm_area_write(area, STACK_SIZE - size, content, size), "filling the stack");
    kfree(content);
    kobject_put(&area->object);
    return top - size;
}

void load_simple_process(const struct boot_info *boot, struct account *account)
{
    const struct boot_module *module = find_init(boot);
    const char *file = phys_to_virt(module->start);
    struct elf_image image;
    enum elf_error error = elf_read(file, module->end - module->start, &image);
    if (error != ELF_OK) {
        panic("init: not a program that can run: %s", elf_error_text(error));
    }
    struct process *process;
    must(process_create(module->name, NULL, account, NULL, &process), "making the process");
    process->is_init = true;
    vaddr_t base = base_choose(process, &image);
    for (size_t i = 0; i < image.segment_count; i++) {
        map_segment(process, base, file, &image.segments[i]);
    }

    static char line[BOOT_MODULE_LINE_MAX];
    const char *argv[ARGS_MAX + 1];
    memcpy(line, module->command_line, sizeof(line));
    split_words(line, argv);
    struct start_stack start = {
        .name = module->name,
        .argv = argv,
        .phdr = image.phdr != 0 ? base + image.phdr : 0,
        .phnum = image.phnum,
        .entry = base + image.entry,
        .clock_page = process->clock_page,
    };
    start.rows = start_table_make(process, boot, &start.row_count);
    random_bytes(start.random, sizeof(start.random));
    vaddr_t stack = fill_stack(process, &start);

    struct thread *thread;
    must(thread_create(process, start.entry, stack, 0, &thread), "making its thread");
    must(process_start(process, thread), "starting it");
    log_info("init    %s at %#lx", module->name, start.entry);
    kobject_put(&thread->object);
    kobject_put(&process->object);
}

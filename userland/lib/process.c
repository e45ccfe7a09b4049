/* SPDX-License-Identifier: MIT */
/*
 * Starts programs: loads the image, copies the chosen handles, builds the start stack, starts the
 * first thread. Nothing else of the caller reaches the new process.
 */
#include "lib/page.h"
#include "lib/start_stack.h"
#include "lib/string.h"
#include "userland/lib/area.h"
#include "userland/lib/layer.h"
#include "userland/lib/load.h"
#include "userland/lib/stack.h"
#include <j6/j6.h>

enum {
    STACK_SIZE = 1 << 20,
    SHORT_STACK = 2048, /* a start stack up to that is built here, and written */
    SELF_ROWS = 2,      /* at the top of every start table */
};

/* What goes onto the start stack, as it is collected. */
struct contents {
    struct start_stack start;
    struct j6_start_handle rows[SELF_ROWS + LOADED_ROWS_MAX + j6_spawn_rows_max];
};

static bool set_row(struct j6_start_handle *row, uint32_t kind, const char *role,
                    j6_handle_t handle)
{
    *row = (struct j6_start_handle){.kind = kind, .type = j6_handle_type(handle), .handle = handle};
    return string_copy(row->role, sizeof(row->role), role);
}

/* Behind the rows that are there. */
static j6_status_t give_handles(j6_handle_t process, const struct j6_program *program, size_t there,
                                struct contents *contents)
{
    struct j6_start_handle *table = contents->rows;
    if (program->row_count > j6_spawn_rows_max) {
        return j6_err_out_of_range;
    }
    set_row(&table[0], j6_start_self, "process", j6_handle_self_process);
    set_row(&table[1], j6_start_self, "thread", j6_handle_self_thread);
    for (size_t i = 0; i < program->row_count; i++) {
        const struct j6_spawn_row *row = &program->rows[i];
        j6_handle_t given;
        j6_status_t status = j6_process_give_handle(process, row->handle, row->rights, &given);
        if (status != j6_status_ok) {
            return status;
        }
        if (!set_row(&table[there + i], j6_start_other, row->role, given)) {
            return j6_err_out_of_range;
        }
    }
    contents->start.rows = table;
    contents->start.row_count = there + program->row_count;
    return j6_status_ok;
}

/* For a long one: builds it in place, its pages are mapped here for a moment. */
static j6_status_t build_mapped(const struct stack *stack, const struct start_stack *start,
                                uint64_t size, uint64_t pointer)
{
    uint64_t mapped = page_up(size);
    uint64_t address = 0;
    j6_status_t status = j6_vma_map(stack->area, j6_handle_self_process, &address,
                                    stack->size - mapped, mapped, j6_map_read | j6_map_write);
    if (status != j6_status_ok) {
        return status;
    }
    start_stack_build(start, (char *)address + mapped - size, pointer);
    return j6_vma_unmap(stack->area, j6_handle_self_process, address, 0);
}

static j6_status_t fill_stack(const struct stack *stack, const struct start_stack *start,
                              uint64_t *out_pointer)
{
    uint64_t size = start_stack_size(start);
    uint64_t pointer = stack->base + stack->size - size;
    _Alignas(16) char content[SHORT_STACK];
    if (size > STACK_SIZE / 2) {
        return j6_err_out_of_range;
    }
    *out_pointer = pointer;
    if (size > sizeof(content)) {
        return build_mapped(stack, start, size, pointer);
    }
    start_stack_build(start, content, pointer);
    return area_write(stack->area, stack->size - size, content, size);
}

static j6_status_t make_stack(j6_handle_t process, const struct start_stack *start,
                              uint64_t *out_pointer)
{
    struct stack stack;
    j6_status_t status = stack_map(process, STACK_SIZE, &stack);
    if (status != j6_status_ok) {
        return status;
    }
    status = fill_stack(&stack, start, out_pointer);
    j6_handle_close(stack.area);
    return status;
}

/* Unguessable: where the image goes, and what the program finds at AT_RANDOM. */
struct chance {
    uint64_t place;
    uint8_t bytes[START_RANDOM_SIZE];
};

/*
 * Loads the program, and beside one of another system the layer that serves its calls, which is entered
 * first. Tells about the program, and where the process starts.
 */
static j6_status_t load(j6_handle_t process, const struct j6_program *program,
                        const struct j6_layout_info *layout, const struct chance *chance,
                        struct loaded *out_program, uint64_t *out_entry)
{
    j6_status_t status =
        load_image(process, layout, program->elf, chance->place, NULL, out_program);
    *out_entry = out_program->entry;
    if (status == j6_status_ok && !out_program->native) {
        status = layer_load(process, layout, out_program, out_entry);
    }
    return status;
}

/* Images, handles and random bytes: all that the start stack speaks of. */
static j6_status_t prepare(j6_handle_t process, const struct j6_program *program,
                           struct contents *out_contents, uint64_t *out_entry)
{
    struct start_stack *start = &out_contents->start;
    struct j6_layout_info layout;
    uint64_t len = sizeof(layout);
    j6_status_t status = j6_object_info(process, j6_topic_layout, &layout, &len);
    if (status != j6_status_ok) {
        return status;
    }
    struct chance chance;
    status = j6_random(&chance, sizeof(chance));
    if (status != j6_status_ok) {
        return status;
    }
    struct loaded loaded = {.rows = &out_contents->rows[SELF_ROWS]};
    status = load(process, program, &layout, &chance, &loaded, out_entry);
    if (status != j6_status_ok) {
        return status;
    }
    *start = (struct start_stack){
        .name = program->name,
        .argv = program->argv,
        .envp = program->envp,
        .phdr = loaded.phdr,
        .phnum = loaded.phnum,
        .entry = loaded.entry,
        .clock_page = layout.clock_page,
    };
    memcpy(start->random, chance.bytes, sizeof(start->random));
    return give_handles(process, program, SELF_ROWS + loaded.row_count, out_contents);
}

j6_status_t j6_start_program(j6_handle_t process, const struct j6_program *program)
{
    struct contents contents;
    uint64_t entry;
    uint64_t pointer;
    j6_status_t status = prepare(process, program, &contents, &entry);
    if (status != j6_status_ok) {
        return status;
    }
    status = make_stack(process, &contents.start, &pointer);
    if (status != j6_status_ok) {
        return status;
    }
    j6_handle_t thread;
    status = j6_process_start(process, entry, pointer, 0, &thread);
    if (status != j6_status_ok) {
        return status;
    }
    if (program->out_thread != NULL) {
        *program->out_thread = thread;
    } else {
        j6_handle_close(thread);
    }
    return j6_status_ok;
}

j6_status_t j6_spawn(j6_handle_t elf, const char *name, const char *const *argv,
                     const char *const *envp, const struct j6_spawn_row *rows, size_t count,
                     j6_handle_t *out_process)
{
    const struct j6_program program = {
        .elf = elf,
        .name = name,
        .argv = argv,
        .envp = envp,
        .rows = rows,
        .row_count = count,
    };
    j6_handle_t process;
    j6_status_t status = j6_process_create(name, strlen(name), NULL, 0, &process);
    if (status != j6_status_ok) {
        return status;
    }
    status = j6_start_program(process, &program);
    if (status != j6_status_ok) {
        j6_process_kill(process, -1);
        j6_handle_close(process);
        return status;
    }
    *out_process = process;
    return j6_status_ok;
}

j6_status_t j6_wait_end(j6_handle_t handle, struct j6_end_info *out_end)
{
    j6_status_t status = j6_object_wait(handle, j6_signal_closed, NULL, j6_deadline_never);
    if (status != j6_status_ok) {
        return status;
    }
    uint64_t len = sizeof(*out_end);
    return j6_object_info(handle, j6_topic_end, out_end, &len);
}

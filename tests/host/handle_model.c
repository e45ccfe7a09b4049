/* SPDX-License-Identifier: MIT */
/* The table looks for memory here, and its objects tell what becomes of them. */
#include "tests/host/handle_model.h"
#include "arch/layout.h"
#include "kernel/handle_slots.h"
#include "lib/container.h"
#include "mm/kalloc.h"
#include <stdlib.h>
#include <string.h>
#include <test.h>

#define MEMORY (64ull << 20)

_Static_assert(HANDLE_MODEL_FIRST_BYTES ==
                   PAGE_SIZE + sizeof(struct handle_directory) + 4 * sizeof(struct handle_entry *),
               "a page, and who knows it");

int64_t allocations_left = -1;
int64_t allocations_live;

void *(kalloc)(size_t size)
{
    if (allocations_left == 0) {
        return NULL;
    }
    allocations_left--;
    allocations_live++;
    return calloc(1, size);
}

void kfree(void *pointer)
{
    allocations_live -= pointer != NULL;
    free(pointer);
}

size_t kalloc_cost(size_t size)
{
    return size;
}

struct thing things[HANDLE_MODEL_KINDS];

static struct thing *thing_of(struct kobject *object)
{
    return container_of(object, struct thing, object);
}

static void note_added(struct kobject *object, uint64_t rights)
{
    thing_of(object)->rights_added += rights;
}

static void note_gone(struct kobject *object, uint64_t rights)
{
    thing_of(object)->rights_gone += rights;
}

static void note_last_handle(struct kobject *object)
{
    thing_of(object)->last_handles++;
}

static void note_destroy(struct kobject *object)
{
    spinlock_check_none_held();
    thing_of(object)->destroyed++;
}

static void note_free(struct kobject *object)
{
    thing_of(object)->freed++;
}

void kobject_waits_end(struct kobject *object, j6_status_t status)
{
    (void)object;
    assert_int_equal(status, j6_status_destroyed);
}

void kobject_tell_handles(struct kobject *object)
{
    (void)object;
}

void badge_gone(struct badge *badge)
{
    badge_of_test(badge)->gone++;
}

#define TYPE(the_number)                                                                    \
    {                                                                                       \
        .name = "thing", .number = (the_number), .rank = RANK_OBJECT,                       \
        .size = sizeof(struct thing), .handle_added = note_added, .handle_gone = note_gone, \
        .last_handle = note_last_handle, .destroy = note_destroy, .free = note_free         \
    }

static const struct kobject_type types[HANDLE_MODEL_KINDS] = {TYPE(1), TYPE(2), TYPE(3), TYPE(4),
                                                              TYPE(5), TYPE(6), TYPE(7)};

struct account account;
struct handle_table table;

j6_status_t thing_init(struct thing *thing, enum j6_type type)
{
    *thing = (struct thing){0};
    memset(&thing->object, 0xd5, sizeof(thing->object)); /* it mustn't count on zeros */
    return kobject_init(&thing->object, &types[type - 1], &account);
}

void handle_model_begin(void)
{
    account_init_root(&account, MEMORY);
    account.left[ACCOUNT_HANDLES] = HANDLE_MODEL_LIMIT;
    handle_table_init(&table, &account);
    for (unsigned i = 0; i < HANDLE_MODEL_KINDS; i++) {
        assert_int_equal(thing_init(&things[i], i + 1), j6_status_ok);
    }
}

void handle_model_end(void)
{
    handle_table_close(&table);
    handle_table_destroy(&table);
    for (unsigned i = 0; i < HANDLE_MODEL_KINDS; i++) {
        assert_int_equal(things[i].object.refs, 1);
        assert_int_equal(things[i].object.handles, 0);
        kobject_put(&things[i].object);
        assert_int_equal(things[i].destroyed, 1);
        assert_int_equal(things[i].freed, 0);
    }
    grace_pass();
    for (unsigned i = 0; i < HANDLE_MODEL_KINDS; i++) {
        assert_int_equal(things[i].freed, 1);
        assert_int_equal(kobject_live(types[i].number), 0);
    }
    assert_int_equal(allocations_live, 0);
    assert_int_equal(account.left[ACCOUNT_MEMORY], MEMORY);
    assert_int_equal(account.left[ACCOUNT_HANDLES], HANDLE_MODEL_LIMIT);
    assert_int_equal(account.refs, 1);
}

struct kobject *object_number(uint64_t i)
{
    return &things[i % HANDLE_MODEL_KINDS].object;
}

j6_handle_t insert(uint64_t i)
{
    j6_handle_t handle = j6_handle_none;
    struct kobject *object = object_number(i);
    uint64_t rights = handle_all_rights(object->type->number);
    assert_int_equal(handle_insert(&table, object, rights, &handle), j6_status_ok);
    return handle;
}

void remove_handle(j6_handle_t handle)
{
    assert_int_equal(handle_remove(&table, handle), j6_status_ok);
}

void preset_generation(uint32_t index, uint32_t generation)
{
    assert_int_equal(handle_entry_at(&table, index)->value, j6_handle_none);
    handle_entry_at(&table, index)->generation = generation;
}

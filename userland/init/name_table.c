/* SPDX-License-Identifier: MIT */
#include "userland/init/name_table.h"
#include "lib/string.h"

enum { NAMES = 256, NAMES_OF_ONE = 64 };

/* Free where the handle is 0. */
static struct {
    struct names_fields key;
    j6_handle_t endpoint;
    const struct service *service; /* that has registered it */
} table[NAMES];

bool name_is_same(const struct names_fields *one, const struct names_fields *other)
{
    return memcmp(one, other, sizeof(*one)) == 0;
}

bool name_is_right(const struct names_fields *key)
{
    size_t len = strnlen(key->name, sizeof(key->name));
    for (size_t i = len; i < sizeof(key->name); i++) {
        if (key->name[i] != 0) {
            return false;
        }
    }
    return len > 0 && len < sizeof(key->name);
}

bool name_has_closed(j6_handle_t endpoint)
{
    return j6_object_wait(endpoint, j6_signal_closed, NULL, j6_deadline_poll) == j6_status_ok;
}

static void forget(size_t i)
{
    j6_handle_close(table[i].endpoint);
    table[i].endpoint = 0;
}

j6_handle_t name_table_find(const struct names_fields *key)
{
    for (size_t i = 0; i < NAMES; i++) {
        if (table[i].endpoint == 0 || !name_is_same(&table[i].key, key)) {
            continue;
        }
        if (!name_has_closed(table[i].endpoint)) {
            return table[i].endpoint;
        }
        forget(i);
    }
    return 0;
}

static void forget_closed(void)
{
    for (size_t i = 0; i < NAMES; i++) {
        if (table[i].endpoint != 0 && name_has_closed(table[i].endpoint)) {
            forget(i);
        }
    }
}

bool name_table_add(const struct names_fields *key, j6_handle_t endpoint,
                    const struct service *service)
{
    size_t room = NAMES, count = 0;
    forget_closed();
    for (size_t i = 0; i < NAMES; i++) {
        count += table[i].endpoint != 0 && table[i].service == service;
        room = table[i].endpoint == 0 ? i : room;
    }
    if (room == NAMES || count == NAMES_OF_ONE) {
        return false;
    }
    table[room].key = *key;
    table[room].endpoint = endpoint;
    table[room].service = service;
    return true;
}

/* SPDX-License-Identifier: MIT */
/*
 * The names that were registered: which endpoint has which. A name whose endpoint has closed is free again.
 *
 * Rules for the table: its handles are its own. What it gives out is good until it is asked again.
 */
#pragma once
#include "userland/init/service.h"
#include <j6/j6.h>
#include <proto/names.h>
#include <stdbool.h>

/* Not empty, with an end, and nothing behind it: so names are equal if all their bytes are. */
bool name_is_right(const struct names_fields *key);
bool name_is_same(const struct names_fields *one, const struct names_fields *other);

/* 0: nobody serves it. */
j6_handle_t name_table_find(const struct names_fields *key);

/* Takes the handle over. False: it is full, or that service has its share, and the handle is still the caller's. */
bool name_table_add(const struct names_fields *key, j6_handle_t endpoint,
                    const struct service *service);

bool name_has_closed(j6_handle_t endpoint);

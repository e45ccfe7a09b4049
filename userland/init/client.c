/* SPDX-License-Identifier: MIT */
#include "userland/init/client.h"
#include "userland/init/manager.h"
#include <proto/names.h>

/* Bit 63 | life | service | line. */
enum { BADGE_LINE_BITS = 8, BADGE_SERVICE_BITS = 8 };

static const uint64_t BADGE = 1ull << 63;

j6_status_t client_create(const struct service *service, size_t line, j6_handle_t *out_handle)
{
    uint64_t slot = (uint64_t)(service - services);
    uint64_t badge = BADGE | service->starts << (BADGE_SERVICE_BITS + BADGE_LINE_BITS) |
                     slot << BADGE_LINE_BITS | line;
    return j6_handle_duplicate(manager_endpoint(), names_rights, badge, out_handle);
}

j6_status_t client_give(const struct service *client, j6_handle_t endpoint, j6_handle_t *out_handle)
{
    bool may = (j6_handle_rights(endpoint) & j6_right_endpoint_badge) != 0;
    uint64_t badge = may && client != NULL ? (uint64_t)(client - services) + 1 : 0;
    return j6_handle_duplicate(endpoint, names_rights, badge, out_handle);
}

bool client_find(uint64_t badge, struct client *out_client)
{
    *out_client = (struct client){NULL, NULL};
    if (badge == 0) {
        return true;
    }
    uint64_t line = badge & ((1 << BADGE_LINE_BITS) - 1);
    uint64_t slot = badge >> BADGE_LINE_BITS & ((1 << BADGE_SERVICE_BITS) - 1);
    if (slot >= service_count || line >= services[slot].entry->handle_count) {
        return false;
    }
    struct service *service = &services[slot];
    out_client->service = service;
    out_client->line = &service->entry->handles[line];
    return service->process != 0 &&
           service->starts == (badge & ~BADGE) >> (BADGE_SERVICE_BITS + BADGE_LINE_BITS);
}

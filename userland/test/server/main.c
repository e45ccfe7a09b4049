/* SPDX-License-Identifier: MIT */
/* A service for the tests of init (userland/test/server.h). */
#include "userland/test/server.h"
#include "lib/string.h"
#include <proto/services.h>
#include <proto/text.h>

static const char *const *arguments;

static int64_t number(size_t i)
{
    int64_t value = 0;
    for (const char *digit = arguments[i]; digit != NULL && *digit != '\0'; digit++) {
        value = value * 10 + (*digit - '0');
    }
    return value;
}

/* ---- requests -------------------------------------------------------------------------------- */

static j6_status_t add(struct j6_request *request)
{
    request->answer[0] = request->fields[0] + 1;
    return j6_status_ok;
}

static j6_status_t end(struct j6_request *request)
{
    j6_exit((int64_t)request->fields[0]);
}

static j6_status_t life(struct j6_request *request)
{
    return j6_object_koid(j6_handle_self_process, &request->answer[0]);
}

static const char *name_of(const struct j6_request *request)
{
    static struct names_fields fields;
    memcpy(&fields, request->fields, sizeof(fields));
    return fields.name;
}

static j6_status_t look_up(struct j6_request *request)
{
    j6_handle_t found;
    j6_status_t status = names_look_up(j6_find("names"), name_of(request), &found);
    return status == j6_status_ok ? j6_handle_close(found) : status;
}

static j6_status_t badge(struct j6_request *request)
{
    request->answer[0] = request->badge;
    return j6_status_ok;
}

static j6_status_t seen(struct j6_request *request)
{
    j6_handle_t found;
    j6_status_t status = names_look_up(j6_find("names"), name_of(request), &found);
    if (status == j6_status_ok) {
        status = server_ask(found, server_code_badge, 0, &request->answer[0]);
        j6_handle_close(found);
    }
    return status;
}

static j6_status_t await(struct j6_request *request)
{
    const j6_time_t patience = 30000000000;
    j6_time_t now = 0;
    j6_handle_t found;
    j6_clock(&now);
    j6_status_t status = names_wait(j6_find("names"), name_of(request), now + patience, &found);
    return status == j6_status_ok ? j6_handle_close(found) : status;
}

static j6_status_t enter(struct j6_request *request)
{
    j6_handle_t copy;
    j6_status_t status = j6_handle_duplicate(j6_find("copy"), names_rights, 0, &copy);
    if (status != j6_status_ok) {
        return status;
    }
    status = names_register(j6_find("names"), name_of(request), copy);
    j6_handle_close(copy);
    return status;
}

static j6_status_t role(struct j6_request *request)
{
    request->answer[0] = j6_find(name_of(request));
    return j6_status_ok;
}

static j6_status_t hand(struct j6_request *request)
{
    j6_handle_t handle = j6_find(name_of(request));
    return j6_handle_duplicate(handle, j6_handle_rights(handle), 0, &request->answer_handle);
}

static j6_status_t list(struct j6_request *request)
{
    static char rows[j6_data_max];
    size_t len = 0;
    j6_status_t status = services_list(j6_find("services"), rows, &len);
    request->answer[0] = len / sizeof(struct services_row);
    return status;
}

static j6_status_t restart(struct j6_request *request)
{
    return services_restart(j6_find("services"), name_of(request));
}

static j6_status_t print(struct j6_request *request)
{
    const char *text = name_of(request);
    return j6_channel_write(j6_find("stdout"), text, strlen(text));
}

static j6_handle_t attached;

static j6_status_t attach(struct j6_request *request)
{
    attached = request->handle;
    request->handle = 0;
    return j6_status_ok;
}

static j6_status_t shown(struct j6_request *request)
{
    uint64_t len = sizeof(request->answer[0]);
    return j6_channel_receive(attached, &len, &request->answer[0], j6_deadline_poll);
}

static j6_status_t count(struct j6_request *request)
{
    j6_handle_t memory = j6_find("memory");
    uint64_t len = sizeof(request->answer[0]);
    j6_status_t status = j6_vma_read(memory, 0, &request->answer[0], &len);
    uint64_t next = request->answer[0] + 1;
    return status == j6_status_ok ? j6_vma_write(memory, 0, &next, &len) : status;
}

/* Whole pages, then the rest by ever smaller things. */
static j6_status_t hoard(struct j6_request *request)
{
    enum { SPARE = 32 };
    const uint64_t pages = 1 << 20;
    static j6_handle_t spare[SPARE];
    j6_handle_t area, event;
    uint64_t len = 1;
    (void)request;
    for (size_t i = 0; i < SPARE; i++) {
        if (j6_event_create(0, &spare[i]) != j6_status_ok) {
            return j6_err_unexpected;
        }
    }
    if (j6_vma_create(pages * j6_page_size, 0, &area) != j6_status_ok) {
        return j6_err_unexpected;
    }
    for (uint64_t i = 0; j6_vma_write(area, i * j6_page_size, "", &len) == j6_status_ok; i++) {}
    while (j6_event_create(0, &event) == j6_status_ok) {}
    for (size_t i = 0; i < SPARE; i++) {
        j6_status_t status =
            j6_object_bind(spare[i], j6_signal_event_timer, j6_find("endpoint"), 0);
        if (status != j6_status_ok) {
            return status;
        }
    }
    return j6_status_ok;
}

static int serve(void)
{
    static const struct j6_method methods[] = {
        {.code = server_code_add, .serve = add},
        {.code = server_code_exit, .serve = end},
        {.code = server_code_life, .serve = life},
        {.code = server_code_look_up, .serve = look_up},
        {.code = server_code_wait, .serve = await},
        {.code = server_code_register, .serve = enter},
        {.code = server_code_role, .serve = role},
        {.code = server_code_hand, .serve = hand},
        {.code = server_code_list, .serve = list},
        {.code = server_code_restart, .serve = restart},
        {.code = server_code_print, .serve = print},
        {.code = text_code_attach, .has_handle = true, .serve = attach},
        {.code = server_code_shown, .serve = shown},
        {.code = server_code_badge, .serve = badge},
        {.code = server_code_seen, .serve = seen},
        {.code = server_code_count, .serve = count},
        {.code = server_code_hoard, .serve = hoard},
    };
    const struct j6_server server = {
        .endpoint = j6_find("endpoint"),
        .methods = methods,
        .count = sizeof(methods) / sizeof(methods[0]),
    };
    return j6_serve(&server) == j6_status_closed ? 0 : 1;
}

/* ---- the other modes ------------------------------------------------------------------------- */

static int end_at_once(void)
{
    return (int)number(2);
}

static int fault(void)
{
    __asm__ volatile("ud2");
    return 0;
}

static int silent(void)
{
    j6_thread_sleep(j6_deadline_never);
    return 0;
}

static int idle(void)
{
    j6_ready();
    return silent();
}

/* At the gate nobody answers. */
static int until(void)
{
    const struct j6_ask ask = {.code = 1};
    j6_ready();
    return j6_ask(j6_find("gate"), &ask, j6_deadline_never) == j6_status_closed ? 0 : 1;
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        int (*run)(void);
    } modes[] = {
        {"serve", serve},   {"exit", end_at_once}, {"fault", fault},
        {"silent", silent}, {"idle", idle},        {"until", until},
    };
    arguments = (const char *const *)argv;
    for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
        if (argc > 1 && string_equal(argv[1], modes[i].name)) {
            return modes[i].run();
        }
    }
    return -1;
}

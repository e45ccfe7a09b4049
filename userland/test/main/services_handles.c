/* SPDX-License-Identifier: MIT */
/* What services get from init: each the handles that its lines name, and no others. */
#include "userland/test/main/services.h"
#include "lib/string.h"
#include "userland/test/main/files.h"
#include <proto/text.h>

/* The handles of a service's process, as the kernel lists them: how many are of that type. */
static uint64_t handles_of_type(const struct manager *manager, const char *name, uint32_t type)
{
    struct j6_snapshot snapshot = take(j6_topic_handles, service_row(manager, name).process);
    const struct j6_handle_info *row;
    uint64_t count = 0;
    J6_SNAPSHOT_EACH(row, &snapshot) {
        count += row->type == type;
    }
    j6_snapshot_drop(&snapshot);
    return count;
}

/* Of its role: 0 if it has none. */
static j6_handle_t role_of(const struct manager *manager, const char *name, const char *role)
{
    uint64_t handle = 0;
    j6_handle_t service = service_open(manager, name);
    expect_ok(server_ask_name(service, server_code_role, role, &handle));
    expect_ok(j6_handle_close(service));
    return handle;
}

SYSTEM_TEST(a_service_has_its_endpoint_and_nothing_else_that_no_line_names)
{
    struct manager manager;
    manager_begin(&manager, SERVE("poor"));
    j6_handle_t endpoint = role_of(&manager, "poor", "endpoint");
    expect_equal(j6_type_endpoint, j6_handle_type(endpoint));
    expect((j6_handle_rights(endpoint) & j6_right_endpoint_badge) == 0);
    expect_equal(1, handles_of_type(&manager, "poor", j6_type_endpoint));
    expect_equal(0, handles_of_type(&manager, "poor", j6_type_system));
    expect_equal(0, handles_of_type(&manager, "poor", j6_type_channel));
    expect_equal(0, role_of(&manager, "poor", "system"));
    expect_equal(0, role_of(&manager, "poor", "names"));
    manager_end(&manager);
}

SYSTEM_TEST(a_service_gets_handles_of_every_kind_by_role)
{
    struct manager manager;
    manager_begin(
        &manager,
        SERVE(
            "one") "service files\n program bin/files\n serves files\n endpoint 65536 1 badges\n"
                   " handle archive module boot.tar\n" SERVE(
                       "rich") " handle device system port=0x2f8-0x2ff log\n handle one service one\n"
                               " handle files files bin read-only\n handle names names *\n"
                               " handle services services list\n handle module module boot.tar\n"
                               " handle program file bin/server\n");
    static const struct {
        const char *role;
        enum j6_type type;
    } roles[] = {
        {"device", j6_type_system},  {"one", j6_type_endpoint},      {"files", j6_type_endpoint},
        {"names", j6_type_endpoint}, {"services", j6_type_endpoint}, {"module", j6_type_vma},
        {"program", j6_type_vma},
    };
    for (size_t i = 0; i < sizeof(roles) / sizeof(roles[0]); i++) {
        expect_equal(roles[i].type, j6_handle_type(role_of(&manager, "rich", roles[i].role)));
    }
    expect((j6_handle_rights(role_of(&manager, "rich", "one")) & j6_right_endpoint_receive) == 0);
    manager_end(&manager);
}

SYSTEM_TEST(a_service_looks_up_and_registers_the_names_that_its_line_allows)
{
    struct manager manager;
    uint64_t none;
    manager_begin(&manager,
                  SERVE("one") SERVE("two")
                      SERVE("asks") " handle names names one +mine\n handle copy service one\n");
    j6_handle_t asks = service_open(&manager, "asks"), found = 0;
    expect_ok(j6_handle_close(service_open(&manager, "two")));
    expect_ok(server_ask_name(asks, server_code_look_up, "one", &none));
    expect_status(j6_err_denied, server_ask_name(asks, server_code_look_up, "two", &none));
    expect_status(j6_err_denied, server_ask_name(asks, server_code_register, "other", &none));
    expect_status(j6_err_denied, server_ask_name(asks, server_code_register, "one", &none));
    expect_status(j6_err_not_found, server_ask_name(asks, server_code_look_up, "mine", &none));
    expect_ok(server_ask_name(asks, server_code_register, "mine", &none));
    expect_ok(server_ask_name(asks, server_code_look_up, "mine", &none));
    expect_ok(names_look_up(manager.endpoint, "mine", &found));
    expect_ok(j6_handle_close(found));
    expect_ok(j6_handle_close(asks));
    manager_end(&manager);
}

SYSTEM_TEST(a_service_tells_by_badges_which_other_one_asks)
{
    struct manager manager;
    uint64_t first = 0, second = 0, again = 0, own = 1;
    manager_begin(&manager, SERVE("one") SERVE("two") " handle names names one\n" SERVE(
                                "three") " handle names names one\n");
    j6_handle_t one = service_open(&manager, "one"), two = service_open(&manager, "two");
    j6_handle_t three = service_open(&manager, "three");
    expect_ok(server_ask(one, server_code_badge, 0, &own));
    expect_ok(server_ask_name(two, server_code_seen, "one", &first));
    expect_ok(server_ask_name(two, server_code_seen, "one", &again));
    expect_ok(server_ask_name(three, server_code_seen, "one", &second));
    expect_equal(0, own);
    expect(first != 0 && second != 0 && first != second);
    expect_equal(first, again);
    expect_ok(j6_handle_close(one));
    expect_ok(j6_handle_close(two));
    expect_ok(j6_handle_close(three));
    manager_end(&manager);
}

SYSTEM_TEST(the_name_of_a_service_of_the_manifest_is_nobody_elses)
{
    struct manager manager;
    j6_handle_t mine = endpoint_new(), copy = 0;
    manager_begin(&manager, SERVE("one"));
    expect_state(&manager, "one", services_state_running);
    expect_ok(services_stop(manager.endpoint, "one"));
    expect_state(&manager, "one", services_state_stopped);
    expect_ok(j6_handle_duplicate(mine, names_rights, 0, &copy));
    expect_status(j6_err_denied, names_register(manager.endpoint, "one", copy));
    expect_ok(j6_handle_close(mine));
    manager_end(&manager);
}

#define FILES                                                                      \
    "service files\n program bin/files\n serves files\n endpoint 65536 1 badges\n" \
    " handle archive module boot.tar\n"

SYSTEM_TEST(who_looks_the_file_service_up_gets_what_its_line_says_and_without_one_nothing)
{
    struct manager manager;
    uint64_t none;
    manager_begin(&manager, FILES SERVE("with") " handle files files bin read-only\n"
                                                " handle names names files\n" SERVE(
                                                    "without") " handle names names *\n");
    j6_handle_t with = service_open(&manager, "with"), without = service_open(&manager, "without");
    j6_handle_t files = service_open(&manager, "files");
    expect(file_is_there(files, "bin/server"));
    expect_ok(server_ask_name(with, server_code_look_up, "files", &none));
    expect_status(j6_err_denied, server_ask_name(without, server_code_look_up, "files", &none));
    expect_ok(j6_handle_close(with));
    expect_ok(j6_handle_close(without));
    expect_ok(j6_handle_close(files));
    manager_end(&manager);
}

/* The handle itself; what the service does with its own is nobody's business. */
static j6_handle_t handed(const struct manager *manager, const char *name, const char *role)
{
    j6_handle_t handle = 0, service = service_open(manager, name);
    struct names_fields fields = names_fields(role);
    const struct j6_ask ask = {
        .code = server_code_hand, .fields = &fields, .size = sizeof(fields), .out_handle = &handle};
    expect_ok(j6_ask(service, &ask, j6_deadline_never));
    expect_ok(j6_handle_close(service));
    return handle;
}

SYSTEM_TEST(what_a_service_may_ask_of_init_ends_with_its_life)
{
    struct manager manager;
    static char rows[j6_data_max];
    j6_handle_t found = 0;
    size_t len;
    manager_begin(&manager, HASTE SERVE("one") SERVE("asks") " handle names names *\n"
                                                             " handle services services list\n");
    j6_handle_t names = handed(&manager, "asks", "names");
    j6_handle_t list = handed(&manager, "asks", "services");
    expect_ok(names_wait(names, "one", now() + PATIENCE, &found));
    expect_ok(services_list(list, rows, &len));
    service_replace(&manager, "asks", 1);
    expect_ok(j6_handle_close(found));
    expect_status(j6_err_denied, names_look_up(names, "one", &found));
    expect_status(j6_err_denied, names_wait(names, "one", now() + PATIENCE, &found));
    expect_status(j6_err_denied, services_list(list, rows, &len));
    expect_ok(j6_handle_close(names));
    expect_ok(j6_handle_close(list));
    manager_end(&manager);
}

/* ---- what outlives a service ----------------------------------------------------------------- */

/* What is written through the service `prints` comes to `shows`, which waits for it. */
static void expect_shown(const struct manager *manager, const char *text)
{
    uint64_t bytes = 0;
    char wanted[sizeof(bytes)] = "";
    j6_handle_t prints = service_open(manager, "prints"), shows = service_open(manager, "shows");
    expect_ok(server_ask_name(prints, server_code_print, text, &bytes));
    expect_soon(server_ask(shows, server_code_shown, 0, &bytes) == j6_status_ok);
    memcpy(wanted, text, strnlen(text, sizeof(wanted)));
    expect(memcmp(wanted, &bytes, sizeof(wanted)) == 0);
    expect_ok(j6_handle_close(prints));
    expect_ok(j6_handle_close(shows));
}

SYSTEM_TEST(what_a_service_prints_is_shown_by_the_service_that_replaces_the_one_that_showed_it)
{
    struct manager manager;
    manager_begin(&manager, SERVE("shows") SERVE("prints") " handle stdout text shows\n");
    expect_shown(&manager, "one");
    expect_ok(services_restart(manager.endpoint, "shows"));
    expect_soon(service_row(&manager, "shows").starts == 2);
    expect_shown(&manager, "two");
    expect_ok(services_restart(manager.endpoint, "prints"));
    expect_soon(service_row(&manager, "prints").starts == 2);
    expect_shown(&manager, "three");
    manager_end(&manager);
}

SYSTEM_TEST(the_memory_of_a_service_is_the_same_in_each_of_its_lives)
{
    struct manager manager;
    uint64_t count = 9;
    manager_begin(&manager, HASTE SERVE("one") " handle memory memory 1\n");
    for (uint64_t i = 0; i < 3; i++) {
        j6_handle_t one = service_open(&manager, "one");
        expect_ok(server_ask(one, server_code_count, 0, &count));
        expect_equal(i, count);
        expect_ok(j6_handle_close(one));
        service_replace(&manager, "one", 1);
    }
    manager_end(&manager);
}

/* SPDX-License-Identifier: MIT */
#include "userland/test/main/services.h"
#include "lib/format.h"
#include "lib/page.h"
#include "lib/string.h"
#include "userland/test/main/ipc_peer.h"
#include <j6/archive.h>

enum { BLOCK = 512, HEADER_NAME = 100, ARCHIVE_PAGES = 128 };

/* ---- a boot archive, as iso/archive.py makes them -------------------------------------------- */

struct archive {
    j6_handle_t area;
    char *bytes;
    size_t size;
};

/* POSIX.1-2017, pax, table 4-14. */
static void add_header(struct archive *archive, const char *path, char type, size_t size)
{
    char *header = archive->bytes + archive->size;
    uint32_t sum = 0;
    format(header, HEADER_NAME, "%s", path);
    format(header + 100, 8, "0000755");
    format(header + 108, 8, "0000000");
    format(header + 116, 8, "0000000");
    for (size_t i = 0; i < 11; i++) {
        header[124 + i] = (char)('0' + (size >> 3 * (10 - i) & 7));
        header[136 + i] = '0';
    }
    memset(header + 148, ' ', 8);
    header[156] = type;
    memcpy(header + 257, "ustar\00000", 8);
    for (size_t i = 0; i < BLOCK; i++) {
        sum += (unsigned char)header[i];
    }
    for (size_t i = 0; i < 6; i++) {
        header[148 + i] = (char)('0' + (sum >> 3 * (5 - i) & 7));
    }
    header[154] = '\0';
    archive->size += BLOCK;
}

/* Folders fill the page up to where its header goes. */
static void add_file(struct archive *archive, const char *path, j6_handle_t area, uint64_t size)
{
    char name[16];
    while (archive->size % PAGE != PAGE - BLOCK) {
        format(name, sizeof(name), "filling%zu/", archive->size / BLOCK);
        add_header(archive, name, '5', 0);
    }
    add_header(archive, path, '0', size);
    for (uint64_t done = 0, len; done < size; done += len) {
        len = size - done;
        expect_ok(j6_vma_read(area, done, archive->bytes + archive->size + done, &len));
    }
    archive->size += (size + BLOCK - 1) / BLOCK * BLOCK;
}

static uint64_t module_size(const char *name)
{
    const struct j6_boot_info *info = j6_boot_info();
    for (size_t i = 0; i < info->module_count; i++) {
        if (string_equal(info->module_names[i], name)) {
            return info->module_sizes[i];
        }
    }
    return 0;
}

static j6_handle_t archive_new(void)
{
    struct archive archive = {.area = area_new(ARCHIVE_PAGES, 0)};
    struct j6_archive_entry files = {.size = 0};
    j6_handle_t boot = j6_find_module("boot.tar"), program = 0;
    archive.bytes = area_map(archive.area, READ_WRITE);
    add_header(&archive, "bin/", '5', 0);
    add_file(&archive, "bin/server", j6_find_module("server"), module_size("server"));
    expect_ok(j6_archive_find(boot, "bin/files", &files));
    expect_ok(j6_archive_clone(boot, &files, 0, &program));
    add_file(&archive, "bin/files", program, files.size);
    expect_ok(j6_handle_close(program));
    expect(archive.size + 2 * BLOCK <= ARCHIVE_PAGES * PAGE);
    area_unmap(archive.area, archive.bytes);
    return archive.area;
}

/* ---- init ------------------------------------------------------------------------------------ */

/* All but what would end the tests. */
static j6_handle_t system_new(void)
{
    const struct j6_range ranges[] = {
        {.kind = j6_range_port, .first = 0, .count = 0x10000},
        {.kind = j6_range_log, .count = 1},
    };
    j6_handle_t system = 0;
    expect_ok(j6_system_restrict(system_handle(), ranges, 2, &system));
    return system;
}

static j6_handle_t manifest_new(const char *text)
{
    j6_handle_t area = area_new(2, 0);
    uint64_t len = strlen(text);
    expect_ok(j6_vma_write(area, 0, text, &len));
    return area;
}

void manager_begin(struct manager *manager, const char *manifest)
{
    static const char *const argv[] = {"init", NULL};
    const struct j6_limits limits = {
        .pages = 1024, .handles = 4096, .threads = 64, .processes = 32, .priority = 1};
    j6_handle_t text = manifest_new(manifest), system = system_new();
    manager->endpoint = endpoint_new();
    manager->archive = archive_new();
    const struct j6_spawn_row rows[] = {
        {"endpoint", manager->endpoint, j6_handle_rights(manager->endpoint)},
        {"archive", manager->archive, j6_handle_rights(manager->archive)},
        {"manifest", text, j6_right_vma_read},
        {"system", system, j6_handle_rights(system)},
    };
    const struct j6_program program = {.elf = j6_find_module("manager"),
                                       .name = "init",
                                       .argv = argv,
                                       .rows = rows,
                                       .row_count = 4};
    if (!expect_ok(j6_process_create("init", 4, &limits, 0, &manager->process)) ||
        !expect_ok(j6_start_program(manager->process, &program))) {
        expect_ok(j6_object_close(manager->endpoint)); /* nobody waits for its answers */
    }
    expect_ok(j6_handle_close(text));
    expect_ok(j6_handle_close(system));
}

void manager_end(struct manager *manager)
{
    expect_ok(services_power(manager->endpoint, j6_power_off));
    struct j6_end_info end = process_finish(manager->process);
    expect_equal(j6_reason_exited, end.reason);
    expect_equal(0, end.code);
    expect_ok(j6_handle_close(manager->endpoint));
    expect_ok(j6_handle_close(manager->archive));
}

j6_handle_t copy_of(j6_handle_t endpoint)
{
    j6_handle_t copy = 0;
    expect_ok(j6_handle_duplicate(endpoint, names_rights, 0, &copy));
    return copy;
}

/* ---- what it tells --------------------------------------------------------------------------- */

struct services_row service_row(const struct manager *manager, const char *name)
{
    static char buf[j6_data_max];
    size_t len = 0;
    expect_ok(services_list(manager->endpoint, buf, &len));
    for (size_t at = 0; at < len; at += ((struct services_row *)(buf + at))->row_size) {
        const struct services_row *row = (const struct services_row *)(buf + at);
        if (string_equal(row->name, name)) {
            return *row;
        }
    }
    return (struct services_row){.state = 0};
}

enum services_state service_state(const struct manager *manager, const char *name)
{
    return (enum services_state)service_row(manager, name).state;
}

j6_handle_t service_open(const struct manager *manager, const char *name)
{
    j6_handle_t endpoint = 0;
    expect_ok(names_wait(manager->endpoint, name, now() + PATIENCE, &endpoint));
    return endpoint;
}

void service_replace(const struct manager *manager, const char *name, uint64_t code)
{
    uint64_t answer, starts = service_row(manager, name).starts;
    j6_handle_t service = service_open(manager, name);
    expect_status(j6_status_closed, server_ask(service, server_code_exit, code, &answer));
    expect_ok(j6_handle_close(service));
    expect_soon(service_row(manager, name).starts > starts &&
                service_state(manager, name) == services_state_running);
}

struct j6_account_info manager_account(const struct manager *manager)
{
    struct j6_account_info account = {0}, before;
    uint64_t len;
    do {
        before = account;
        leave_time();
        len = sizeof(account);
        expect_ok(j6_object_info(manager->process, j6_topic_account, &account, &len));
    } while (memcmp(&before, &account, sizeof(account)) != 0 && !test_has_failed());
    return account;
}

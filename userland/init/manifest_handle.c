/* SPDX-License-Identifier: MIT */
/* A line `handle` of a manifest: its role, its kind, and what else the kind wants to know. */
#include "lib/string.h"
#include "userland/init/manifest_words.h"

static bool add_range(struct manifest_line *line, size_t word, struct j6_range range)
{
    struct manifest *manifest = line->manifest;
    if (manifest->range_count == MANIFEST_RANGES_MAX) {
        return manifest_fail(line, word, "has no room left");
    }
    manifest->ranges[manifest->range_count++] = range;
    return true;
}

/* `irq=4`, `port=0x3f8-0x3ff`: a kind with numbers, one or from one to the other. */
static bool read_numbered(struct manifest_line *line, size_t word, const char *numbers,
                          uint32_t kind)
{
    const char *dash = strchr(numbers, '-');
    size_t len = dash != NULL ? (size_t)(dash - numbers) : strlen(numbers);
    struct j6_range range = {.kind = kind, .count = 1};
    uint64_t last;
    if (!manifest_parse_number(numbers, len, &range.first)) {
        return manifest_fail(line, word, "isn't a number");
    }
    if (dash != NULL) {
        if (!manifest_parse_number(dash + 1, strlen(dash + 1), &last) || last < range.first ||
            last - range.first == UINT64_MAX) {
            return manifest_fail(line, word, "isn't a range");
        }
        range.count = last - range.first + 1;
    }
    return add_range(line, word, range);
}

static bool read_range(struct manifest_line *line, size_t word)
{
    static const struct {
        const char *word; /* one with numbers ends in `=` */
        uint32_t kind;
    } kinds[] = {
        {"irq=", j6_range_irq},
        {"port=", j6_range_port},
        {"phys=", j6_range_phys},
        {"log", j6_range_log},
        {"info", j6_range_info},
        {"power", j6_range_power},
        {"clock", j6_range_clock},
        {"dma", j6_range_dma},
        {"framebuffer", MANIFEST_RANGE_FRAMEBUFFER},
    };
    const char *text = line->words[word];
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        size_t len = strlen(kinds[i].word);
        if (kinds[i].word[len - 1] == '=' && string_starts_with(text, kinds[i].word)) {
            return read_numbered(line, word, text + len, kinds[i].kind);
        }
        if (string_equal(text, kinds[i].word)) {
            return add_range(line, word, (struct j6_range){.kind = kinds[i].kind, .count = 1});
        }
    }
    return manifest_fail(line, word, "isn't a part of the system");
}

static bool read_system(struct manifest_line *line, struct manifest_handle *handle)
{
    size_t before = line->manifest->range_count;
    handle->ranges = &line->manifest->ranges[before];
    for (size_t i = 3; i < line->count; i++) {
        if (!read_range(line, i)) {
            return false;
        }
    }
    handle->range_count = line->manifest->range_count - before;
    return true;
}

static bool read_files(struct manifest_line *line, struct manifest_handle *handle)
{
    const struct manifest_option options[] = {{"open", &handle->open}, {"bytes", &handle->bytes}};
    handle->open = UINT64_MAX;
    handle->bytes = UINT64_MAX;
    for (size_t i = 4; i < line->count; i++) {
        if (string_equal(line->words[i], "read-only")) {
            handle->read_only = true;
        } else if (!manifest_option(line, i, options, 2)) {
            return false;
        }
    }
    return true;
}

static bool read_memory(struct manifest_line *line, struct manifest_handle *handle)
{
    return manifest_number(line, 3, &handle->pages);
}

static bool read_services(struct manifest_line *line, struct manifest_handle *handle)
{
    static const char *const words[] = {"list", "control", NULL};
    size_t choice;
    (void)handle;
    return manifest_choice(line, 3, words, &choice);
}

static const struct {
    const char *word;
    size_t least; /* words behind it */
    size_t most;
    bool (*read)(struct manifest_line *line, struct manifest_handle *handle);
} kinds[] = {
    [manifest_system] = {"system", 1, MANIFEST_LINE_WORDS_MAX, read_system},
    [manifest_service] = {"service", 1, 1, NULL},
    [manifest_text] = {"text", 1, 1, NULL},
    [manifest_files] = {"files", 1, 4, read_files},
    [manifest_names] = {"names", 1, MANIFEST_LINE_WORDS_MAX, NULL},
    [manifest_services] = {"services", 1, 1, read_services},
    [manifest_module] = {"module", 1, 1, NULL},
    [manifest_file] = {"file", 1, 1, NULL},
    [manifest_memory] = {"memory", 1, 1, read_memory},
    [manifest_framebuffer] = {"framebuffer", 0, 0, NULL},
};

static bool read_kind(struct manifest_line *line, enum manifest_kind kind,
                      struct manifest_handle *handle)
{
    size_t count = line->count - 3;
    handle->kind = kind;
    if (count < kinds[kind].least) {
        return manifest_fail(line, 2, "lacks a word behind it");
    }
    if (count > kinds[kind].most) {
        return manifest_fail(line, 3 + kinds[kind].most, "is too much");
    }
    if (kinds[kind].read != NULL && !kinds[kind].read(line, handle)) {
        return false;
    }
    return manifest_keep(line, 3, &handle->words);
}

bool manifest_read_handle(struct manifest_line *line)
{
    struct manifest *manifest = line->manifest;
    struct manifest_handle handle = {.role = line->words[1]};
    if (strlen(handle.role) > MANIFEST_ROLE_MAX) {
        return manifest_fail(line, 1, "is too long for a role");
    }
    if (manifest->handle_count == MANIFEST_HANDLES_MAX ||
        line->entry->handle_count == MANIFEST_SERVICE_HANDLES_MAX) {
        return manifest_fail(line, 1, "has no room left");
    }
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        if (string_equal(line->words[2], kinds[i].word)) {
            if (!read_kind(line, (enum manifest_kind)i, &handle)) {
                return false;
            }
            manifest->handles[manifest->handle_count++] = handle;
            line->entry->handle_count++;
            return true;
        }
    }
    return manifest_fail(line, 2, "isn't a kind of handle");
}

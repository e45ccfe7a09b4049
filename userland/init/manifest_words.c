/* SPDX-License-Identifier: MIT */
#include "userland/init/manifest_words.h"
#include "lib/string.h"

bool manifest_fail(struct manifest_line *line, size_t word, const char *what)
{
    const char *about = word < line->count || word == 0 ? line->words[word] : "";
    line->manifest->report(line->number, what, about);
    if (line->entry != NULL && line->entry->bad_line == 0) {
        line->entry->bad_line = line->number;
    }
    return false;
}

bool manifest_keep(struct manifest_line *line, size_t first, const char ***out_words)
{
    struct manifest *manifest = line->manifest;
    size_t count = line->count - first;
    if (MANIFEST_WORDS_MAX - manifest->word_count < count + 1) {
        return manifest_fail(line, 0, "has no room left");
    }
    const char **list = &manifest->words[manifest->word_count];
    memcpy(list, &line->words[first], count * sizeof(list[0]));
    list[count] = NULL;
    manifest->word_count += count + 1;
    *out_words = list;
    return true;
}

bool manifest_has_word(const char *const *list, const char *word)
{
    for (; list != NULL && *list != NULL; list++) {
        if (string_equal(*list, word)) {
            return true;
        }
    }
    return false;
}

bool manifest_is_name(struct manifest_line *line, size_t word)
{
    return strlen(line->words[word]) <= MANIFEST_NAME_MAX ||
           manifest_fail(line, word, "is too long for a name");
}

static int digit_of(char character)
{
    if (character >= '0' && character <= '9') {
        return character - '0';
    }
    return character >= 'a' && character <= 'f' ? character - 'a' + 10 : 16;
}

/* True when all of it is a number that 64 bits hold. */
static bool parse(const char *text, size_t len, uint64_t *out_number)
{
    uint64_t base = len > 2 && text[0] == '0' && text[1] == 'x' ? 16 : 10;
    uint64_t number = 0;
    for (size_t i = base == 16 ? 2 : 0; i < len; i++) {
        uint64_t digit = (uint64_t)digit_of(text[i]);
        if (digit >= base || number > (UINT64_MAX - digit) / base) {
            return false;
        }
        number = number * base + digit;
    }
    *out_number = number;
    return len > 0;
}

bool manifest_number(struct manifest_line *line, size_t word, uint64_t *out_number)
{
    const char *text = line->words[word];
    return parse(text, strlen(text), out_number) || manifest_fail(line, word, "isn't a number");
}

bool manifest_choice(struct manifest_line *line, size_t word, const char *const *words,
                     size_t *out_choice)
{
    for (size_t i = 0; words[i] != NULL; i++) {
        if (string_equal(line->words[word], words[i])) {
            *out_choice = i;
            return true;
        }
    }
    return manifest_fail(line, word, "isn't known here");
}

bool manifest_option(struct manifest_line *line, size_t word, const struct manifest_option *options,
                     size_t count)
{
    const char *text = line->words[word];
    const char *equals = strchr(text, '=');
    size_t len = equals != NULL ? (size_t)(equals - text) : 0;
    for (size_t i = 0; i < count && equals != NULL; i++) {
        if (strlen(options[i].name) == len && memcmp(text, options[i].name, len) == 0) {
            return parse(equals + 1, strlen(equals + 1), options[i].number) ||
                   manifest_fail(line, word, "isn't a number");
        }
    }
    return manifest_fail(line, word, "isn't known here");
}

/* ---- handles --------------------------------------------------------------------------------- */

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
    if (!parse(numbers, len, &range.first)) {
        return manifest_fail(line, word, "isn't a number");
    }
    if (dash != NULL) {
        if (!parse(dash + 1, strlen(dash + 1), &last) || last < range.first ||
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

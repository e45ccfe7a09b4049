/* SPDX-License-Identifier: MIT */
/* SOURCES: userland/init/manifest.c userland/init/manifest_entry.c userland/init/manifest_handle.c userland/init/manifest_words.c lib/string.c */
/*
 * Any bytes as a manifest: what is right has a program and a name that ends, lists end, and a service that
 * isn't right has been reported with its line.
 */
#include "userland/init/manifest.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static unsigned last_line;
static unsigned reports;

static void require(bool condition)
{
    if (!condition) {
        abort();
    }
}

static void report(unsigned line, const char *what, const char *word)
{
    require(strlen(what) > 0 && strlen(word) < SIZE_MAX);
    last_line = line > last_line ? line : last_line;
    reports++;
}

static void check_list(const char *const *list)
{
    for (size_t i = 0; list != NULL && list[i] != NULL; i++) {
        require(strlen(list[i]) > 0);
        require(i < MANIFEST_LINE_WORDS_MAX);
    }
}

static void check_entry(const struct manifest_entry *entry)
{
    require(strlen(entry->name) > 0 && strlen(entry->name) <= MANIFEST_NAME_MAX);
    require(entry->handle_count <= MANIFEST_SERVICE_HANDLES_MAX);
    require(entry->bad_line != 0 || entry->program != NULL);
    require(entry->bad_line == 0 || (reports != 0 && entry->bad_line <= last_line));
    check_list(entry->argv);
    check_list(entry->when);
    check_list(entry->serves);
    check_list(entry->after);
    for (size_t i = 0; i < entry->handle_count; i++) {
        const struct manifest_handle *handle = &entry->handles[i];
        require(strlen(handle->role) <= MANIFEST_ROLE_MAX);
        require(handle->range_count <= MANIFEST_LINE_WORDS_MAX);
        check_list(handle->words);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct manifest manifest;
    memset(&manifest, 0, sizeof(manifest));
    manifest.report = report;
    last_line = 0;
    reports = 0;
    char *text = malloc(size + 1);
    require(text != NULL);
    memcpy(text, data, size);
    manifest_read(&manifest, text, size);
    for (size_t i = 0; i < manifest.count; i++) {
        check_entry(&manifest.entries[i]);
    }
    free(text);
    return 0;
}

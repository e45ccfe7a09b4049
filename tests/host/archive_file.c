/* SPDX-License-Identifier: MIT */
#include "tests/host/archive_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PAGE = 4096, MODE = 100, SIZE = 124, MODIFIED = 136, SUM = 148, TYPE = 156, MAGIC = 257 };

void archive_sum(struct archive_file *file, size_t header)
{
    uint8_t *block = &file->bytes[header];
    unsigned sum = 0;
    memset(&block[SUM], ' ', 8);
    for (size_t i = 0; i < ARCHIVE_BLOCK; i++) {
        sum += block[i];
    }
    snprintf((char *)&block[SUM], 8, "%06o", sum);
}

size_t archive_add_header(struct archive_file *file, const char *path, char type, uint64_t size)
{
    size_t header = file->size;
    char *block = (char *)&file->bytes[header];
    memset(block, 0, ARCHIVE_BLOCK);
    memcpy(block, path, strlen(path));
    snprintf(&block[MODE], 8, "%07o", 0755);
    snprintf(&block[SIZE], 12, "%011llo", (unsigned long long)size);
    snprintf(&block[MODIFIED], 12, "%011o", 1000000);
    block[TYPE] = type;
    memcpy(&block[MAGIC], "ustar\00000", 8);
    file->size += ARCHIVE_BLOCK;
    archive_sum(file, header);
    return header;
}

static void add_bytes(struct archive_file *file, uint64_t size, char byte)
{
    memset(&file->bytes[file->size], byte, size);
    file->size += (size + ARCHIVE_BLOCK - 1) / ARCHIVE_BLOCK * ARCHIVE_BLOCK;
}

void archive_add_record(struct archive_file *file, const char *key, uint64_t size)
{
    char text[64];
    archive_add_header(file, "filling", 'x', size);
    int len = snprintf(text, sizeof(text), "%llu %s=", (unsigned long long)size, key);
    size_t start = file->size;
    add_bytes(file, size, '.');
    memcpy(&file->bytes[start], text, (size_t)len < size ? (size_t)len : size);
}

size_t archive_add_file(struct archive_file *file, const char *path, uint64_t size, char byte)
{
    uint64_t room = (2 * PAGE - ARCHIVE_BLOCK - file->size % PAGE) % PAGE;
    if (size > 0 && room > ARCHIVE_BLOCK) {
        archive_add_record(file, "comment", room - ARCHIVE_BLOCK);
    } else if (size > 0 && room > 0) {
        archive_add_header(file, "filling", 'x', 0);
    }
    size_t header = archive_add_header(file, path, '0', size);
    add_bytes(file, size, byte);
    return header;
}

void archive_add_end(struct archive_file *file)
{
    add_bytes(file, 2 * ARCHIVE_BLOCK, 0);
}

static bool read_file(void *context, uint64_t offset, void *buf, size_t len)
{
    const struct archive_file *file = context;
    if (offset > file->size || len > file->size - offset) {
        return false;
    }
    memcpy(buf, &file->bytes[offset], len);
    return true;
}

struct j6_archive archive_open(struct archive_file *file)
{
    return (struct j6_archive){.read = read_file, .context = file};
}

static void require(bool condition)
{
    if (!condition) {
        abort();
    }
}

static void check_path(const char *path)
{
    char copy[j6_archive_path_max + 3];
    require(memchr(path, 0, j6_archive_path_max + 1) != NULL);
    snprintf(copy, sizeof(copy), "/%s/", path);
    require(path[0] != 0);
    require(strstr(copy, "//") == NULL && strstr(copy, "/./") == NULL);
    require(strstr(copy, "/../") == NULL);
}

void archive_check_entry(const struct archive_file *file, const struct j6_archive_entry *entry)
{
    check_path(entry->path);
    require(entry->type <= j6_archive_link);
    require(entry->type == j6_archive_file || entry->size == 0);
    require(entry->size == 0 || entry->offset % PAGE == 0);
    require(entry->offset <= file->size && entry->size <= file->size - entry->offset);
    require((entry->type == j6_archive_link) == (entry->target[0] != 0));
    require(memchr(entry->target, 0, sizeof(entry->target)) != NULL);
}

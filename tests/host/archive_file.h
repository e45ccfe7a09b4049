/* SPDX-License-Identifier: MIT */
/*
 * An archive in memory, made entry by entry as iso/archive.py makes it, and read through
 * <j6/archive.h>.
 */
#pragma once
#include <j6/archive.h>

enum { ARCHIVE_MAX = 65536, ARCHIVE_BLOCK = 512 };

struct archive_file {
    uint8_t bytes[ARCHIVE_MAX];
    size_t size;
};

/* A header alone; its offset. `type` is that of ustar. */
size_t archive_add_header(struct archive_file *file, const char *path, char type, uint64_t size);

/* Filling, header, and bytes that are all `byte`; the offset of the header. */
size_t archive_add_file(struct archive_file *file, const char *path, uint64_t size, char byte);

/* A record with that key and as much text as makes it so long. */
void archive_add_record(struct archive_file *file, const char *key, uint64_t size);

void archive_add_end(struct archive_file *file);

/* Makes the checksum right again after a change of the header there. */
void archive_sum(struct archive_file *file, size_t header);

struct j6_archive archive_open(struct archive_file *file);

/* Aborts if an entry isn't what the header promises. */
void archive_check_entry(const struct archive_file *file, const struct j6_archive_entry *entry);

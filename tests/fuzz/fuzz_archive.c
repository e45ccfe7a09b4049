/* SPDX-License-Identifier: MIT */
/* SOURCES: userland/lib/archive.c tests/host/archive_file.c lib/string.c */
/*
 * Any bytes as an archive: the reading ends, and what is let through keeps the reader's promises.
 * The checksums are put right, or nothing would get by them.
 */
#include "tests/host/archive_file.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct archive_file file;
    struct j6_archive archive = archive_open(&file);
    struct j6_archive_entry entry;
    file.size = size < ARCHIVE_MAX ? size : ARCHIVE_MAX;
    memcpy(file.bytes, data, file.size);
    for (;;) {
        uint64_t before = archive.next;
        if (before + ARCHIVE_BLOCK <= file.size) {
            archive_sum(&file, before);
        }
        enum j6_archive_result result = j6_archive_next(&archive, &entry);
        if (result == j6_archive_bad_checksum && archive.next != before) {
            continue; /* behind a comment */
        }
        if (result != j6_archive_ok) {
            return 0;
        }
        if (archive.next <= before) {
            abort();
        }
        archive_check_entry(&file, &entry);
    }
}

/* SPDX-License-Identifier: MIT */
/*
 * The boot archive: programs and data that came with the kernel, in one module. It is in the ustar
 * format (POSIX.1-2017, pax, "ustar Interchange Format"), with one thing more: the bytes of a file
 * start on a page.
 *
 *     header of a comment | filling | header of a file || bytes of the file | header …
 *                                                     page
 *
 * So a file is handed out as a copy-on-write clone of its pages. Nothing in an archive is trusted:
 * who reads it learns of the first entry that isn't right, and gets nothing from there on.
 */
#pragma once
#include <j6/status.h>
#include <j6/types.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct j6_spawn_row;

enum { j6_archive_path_max = 256, j6_archive_target_max = 100 };

enum j6_archive_type { j6_archive_file, j6_archive_directory, j6_archive_link };

struct j6_archive_entry {
    char path[j6_archive_path_max + 1];     /* from the root, without a / at either end */
    char target[j6_archive_target_max + 1]; /* of a link */
    enum j6_archive_type type;
    uint32_t mode;     /* as Unix has it */
    uint64_t size;     /* bytes of a file … */
    uint64_t offset;   /* … which begin there, on a page */
    uint64_t modified; /* seconds since 1970-01-01 UTC */
};

/* Where it comes from, and where the reading is; `next` begins as 0. */
struct j6_archive {
    bool (*read)(void *context, uint64_t offset, void *buf, size_t len); /* false: it ends before */
    void *context;
    uint64_t next;
};

enum j6_archive_result {
    j6_archive_ok,
    j6_archive_end,
    j6_archive_truncated,
    j6_archive_no_header,
    j6_archive_bad_checksum,
    j6_archive_bad_number,
    j6_archive_bad_path,
    j6_archive_bad_target,
    j6_archive_bad_type,
    j6_archive_unaligned,
};

/*
 * Reads the next entry; the archive goes on behind it. After anything but ok it stays where it is,
 * and *entry is as it was. A path is one of names, none of them empty, `.` or `..`.
 */
enum j6_archive_result j6_archive_next(struct j6_archive *archive, struct j6_archive_entry *entry);

/* What is wrong, for people. */
const char *j6_archive_text(enum j6_archive_result result);

/* ---- archives that lie in areas -------------------------------------------------------------- */

/* The area has the right read, and lives as long as the archive. */
struct j6_archive j6_archive_of_area(const j6_handle_t *area);

/*
 * The bytes of a file as an area of its own, and zeros behind them: a clone with all rights and the
 * given flags; only a last page that has other bytes too is copied. A file without bytes has one
 * page of zeros.
 */
J6_MUST_USE j6_status_t j6_archive_clone(j6_handle_t area, const struct j6_archive_entry *entry,
                                         uint64_t flags, j6_handle_t *out_file);

/*
 * Finds a file by its path. not_found; invalid_arg: the archive is damaged, as j6_archive_next
 * says.
 */
J6_MUST_USE j6_status_t j6_archive_find(j6_handle_t area, const char *path,
                                        struct j6_archive_entry *out_entry);

/*
 * For who was given the boot modules: the file of the boot archive with that path ("bin/hello"), as
 * j6_archive_clone has it. not_found also: there is no archive.
 */
J6_MUST_USE j6_status_t j6_boot_file(const char *path, j6_handle_t *out_file);

/* Starts its file bin/PROGRAM as j6_spawn does, with an empty environment. */
J6_MUST_USE j6_status_t j6_boot_spawn(const char *program, const char *name,
                                      const char *const *argv, const struct j6_spawn_row *rows,
                                      size_t count, j6_handle_t *out_process);

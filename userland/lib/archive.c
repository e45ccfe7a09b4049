/* SPDX-License-Identifier: MIT */
/* Reads an archive header by header; free of system calls, and trusting nothing. */
#include "lib/page.h"
#include "lib/string.h"
#include <j6/archive.h>

enum { BLOCK = 512, PREFIX_MAX = 155, COMMENT_MAX = 32 };

/* POSIX.1-2017, pax, table 4-14. */
struct header {
    char name[100];
    char mode[8];
    char uid[8];
    char gid[8];
    char size[12];
    char modified[12];
    char checksum[8];
    char type;
    char target[100];
    char magic[6];
    char version[2];
    char user[32];
    char group[32];
    char major[8];
    char minor[8];
    char prefix[PREFIX_MAX];
    char zero[12];
};
_Static_assert(sizeof(struct header) == BLOCK, "the header is a block");

/* ---- fields --------------------------------------------------------------------------------- */

/* Octal digits, then spaces or zeros up to the end of the field. */
static bool read_number(const char *field, size_t size, uint64_t *out_number)
{
    uint64_t number = 0;
    size_t i = 0;
    for (; i < size && field[i] >= '0' && field[i] <= '7'; i++) {
        number = number << 3 | (uint64_t)(field[i] - '0'); /* 12 digits at most: no overflow */
    }
    bool some = i > 0;
    while (i < size && (field[i] == ' ' || field[i] == 0)) {
        i++;
    }
    *out_number = number;
    return some && i == size;
}

/* The sum of all bytes, where those of the checksum itself count as spaces. */
static bool checksum_is_right(const struct header *header)
{
    const unsigned char *bytes = (const unsigned char *)header;
    uint64_t wanted;
    uint64_t sum = 8 * ' ';
    for (size_t i = 0; i < BLOCK; i++) {
        sum += bytes[i];
    }
    for (size_t i = 0; i < sizeof(header->checksum); i++) {
        sum -= (unsigned char)header->checksum[i];
    }
    return read_number(header->checksum, sizeof(header->checksum), &wanted) && wanted == sum;
}

static bool is_zero(const struct header *header)
{
    const char *bytes = (const char *)header;
    for (size_t i = 0; i < BLOCK; i++) {
        if (bytes[i] != 0) {
            return false;
        }
    }
    return true;
}

static bool is_name(const char *name, size_t len)
{
    bool dots = len <= 2 && name[0] == '.' && (len == 1 || name[1] == '.');
    return len > 0 && !dots;
}

static bool is_path(const char *path)
{
    const char *end;
    while ((end = strchr(path, '/')) != NULL) {
        if (!is_name(path, (size_t)(end - path))) {
            return false;
        }
        path = end + 1;
    }
    return is_name(path, strlen(path));
}

/* prefix/name; a directory may have a / behind it. */
static bool read_path(const struct header *header, struct j6_archive_entry *entry)
{
    size_t prefix_len = strnlen(header->prefix, sizeof(header->prefix));
    size_t name_len = strnlen(header->name, sizeof(header->name));
    char *end = entry->path;
    if (prefix_len > 0) {
        memcpy(end, header->prefix, prefix_len);
        end += prefix_len;
        *end++ = '/';
    }
    memcpy(end, header->name, name_len);
    end += name_len;
    if (entry->type == j6_archive_directory && name_len > 1 && end[-1] == '/') {
        end--;
    }
    *end = 0;
    return is_path(entry->path);
}

static bool read_target(const struct header *header, struct j6_archive_entry *entry)
{
    size_t len = strnlen(header->target, sizeof(header->target));
    memcpy(entry->target, header->target, len);
    entry->target[len] = 0;
    return len > 0;
}

static bool read_type(const struct header *header, struct j6_archive_entry *entry)
{
    switch (header->type) {
    case '0':
    case 0: entry->type = j6_archive_file; return true;
    case '2': entry->type = j6_archive_link; return true;
    case '5': entry->type = j6_archive_directory; return true;
    default: return false;
    }
}

/* ---- entries -------------------------------------------------------------------------------- */

static enum j6_archive_result read_header(const struct j6_archive *archive, struct header *header)
{
    if (!archive->read(archive->context, archive->next, header, BLOCK)) {
        return j6_archive_truncated;
    }
    if (is_zero(header)) {
        bool more = archive->read(archive->context, archive->next + BLOCK, header, BLOCK);
        return !more             ? j6_archive_truncated
               : is_zero(header) ? j6_archive_end
                                 : j6_archive_no_header;
    }
    if (memcmp(header->magic, "ustar", 6) != 0 || memcmp(header->version, "00", 2) != 0) {
        return j6_archive_no_header;
    }
    return checksum_is_right(header) ? j6_archive_ok : j6_archive_bad_checksum;
}

static enum j6_archive_result read_entry(const struct header *header,
                                         struct j6_archive_entry *entry)
{
    uint64_t mode;
    if (!read_type(header, entry)) {
        return j6_archive_bad_type;
    }
    if (!read_number(header->mode, sizeof(header->mode), &mode) ||
        !read_number(header->modified, sizeof(header->modified), &entry->modified)) {
        return j6_archive_bad_number;
    }
    entry->mode = (uint32_t)mode;
    if (entry->type == j6_archive_link && !read_target(header, entry)) {
        return j6_archive_bad_target;
    }
    return read_path(header, entry) ? j6_archive_ok : j6_archive_bad_path;
}

/* Is all of it there, up to the next header? */
static bool is_whole(const struct j6_archive *archive, uint64_t offset, uint64_t size)
{
    char last;
    return size == 0 || archive->read(archive->context, offset + size - 1, &last, 1);
}

/* One record, "LENGTH comment=…", that is all of it (POSIX.1-2017, pax, "pax Extended Header"). */
static bool is_comment_record(const char *text, uint64_t size)
{
    uint64_t len = 0;
    for (; *text >= '0' && *text <= '9'; text++) {
        len = len * 10 + (uint64_t)(*text - '0');
    }
    return len == size && string_starts_with(text, " comment=");
}

/* Extended headers say of files what isn't looked at here; only comments do no harm. */
static bool is_comment(const struct j6_archive *archive, const struct header *header, uint64_t size)
{
    char text[COMMENT_MAX + 1] = {0};
    uint64_t len = size < COMMENT_MAX ? size : COMMENT_MAX;
    return header->type == 'x' &&
           archive->read(archive->context, archive->next + BLOCK, text, len) &&
           (size == 0 || is_comment_record(text, size));
}

static uint64_t behind(uint64_t offset, uint64_t size)
{
    return offset + BLOCK + (size + BLOCK - 1) / BLOCK * BLOCK;
}

static enum j6_archive_result skip_comments(struct j6_archive *archive, struct header *header,
                                            uint64_t *out_size)
{
    for (;;) {
        enum j6_archive_result result = read_header(archive, header);
        if (result != j6_archive_ok) {
            return result;
        }
        if (!read_number(header->size, sizeof(header->size), out_size)) {
            return j6_archive_bad_number;
        }
        if (!is_whole(archive, archive->next + BLOCK, *out_size)) {
            return j6_archive_truncated;
        }
        if (!is_comment(archive, header, *out_size)) {
            return j6_archive_ok;
        }
        archive->next = behind(archive->next, *out_size);
    }
}

enum j6_archive_result j6_archive_next(struct j6_archive *archive, struct j6_archive_entry *entry)
{
    struct header header;
    uint64_t size;
    struct j6_archive_entry found = {.path = {0}};
    enum j6_archive_result result = skip_comments(archive, &header, &size);
    if (result == j6_archive_ok) {
        result = read_entry(&header, &found);
    }
    if (result != j6_archive_ok) {
        return result;
    }
    found.offset = archive->next + BLOCK;
    found.size = size;
    if (found.type != j6_archive_file && size != 0) {
        return j6_archive_bad_number;
    }
    if (size != 0 && found.offset != page_down(found.offset)) {
        return j6_archive_unaligned;
    }
    archive->next = behind(archive->next, size);
    *entry = found;
    return j6_archive_ok;
}

const char *j6_archive_text(enum j6_archive_result result)
{
    switch (result) {
    case j6_archive_ok: return "ok";
    case j6_archive_end: return "the end";
    case j6_archive_truncated: return "it ends too early";
    case j6_archive_no_header: return "no header";
    case j6_archive_bad_checksum: return "wrong checksum";
    case j6_archive_bad_number: return "no number";
    case j6_archive_bad_path: return "no path";
    case j6_archive_bad_target: return "a link that leads nowhere";
    case j6_archive_bad_type: return "an entry of another type";
    case j6_archive_unaligned: return "a file that doesn't start on a page";
    default: return "unknown result";
    }
}

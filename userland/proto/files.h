/* SPDX-License-Identifier: MIT */
/*
 * The file service: directories, files and symbolic links.
 *
 * What is open is a handle: of a directory or of a file, made by files_open or files_client, given
 * up by handle_close, passed on like any other. The service knows who asks by the handle's badge,
 * and forgets what was open when the last handle to it has gone, whoever had it.
 *
 *   client   a directory to start from (its *top*), what may be done below it, and limits; all that
 *            is opened through a handle of a client belongs to that client
 *   path     bytes without an end mark, relative to the directory that is asked; with a `/` in
 *            front, and in links likewise, to its top. `..` leads no higher than the top. An empty
 *            path is the open file or directory itself
 *   bytes    are copied by files_read and files_write, or are in an area that files_map hands out:
 *            all have the same one, so who maps it sees what others write
 *
 * Rules for files: positions are the client's own; every request tells its offset. Nothing is half
 * done, but a write, which tells how far it came. A file that was unlinked lives as long as it is
 * open. Names are any bytes but `/` and 0; `.` and `..` are no names.
 *
 * Errors of every call with a path, beyond those written with the calls:
 *
 *   not_found      a name isn't there
 *   wrong_type     what has to be a directory is none: something on the way, or with a `/` behind it,
 *                  or with files_open_directory; what is asked for more than an empty path
 *   out_of_range   longer than files_path_max, a name than files_name_max; more than files_links_max
 *                  links
 *   invalid_arg    bytes of 0, flags that there are not or that contradict each other
 *   denied         would change something, and the client only reads, or the file is read-only
 *   quota          over a limit of the client, or of one that it comes from, or of the service
 *   no_memory
 *   closed         the service has gone, and with it all that was open and written: begin with a new
 *                  client
 *
 * A new service may be asked again, after `closed`, what changes nothing, and what does the same
 * twice: open (but for files_open_exclusive), client, read, stat, list, read_link, map, space, and
 * write at an offset, truncate, set_modified, set_mode. Of the others nobody knows whether they
 * were done.
 */
#pragma once
#include <j6/protocol.h>

/*
 * Those below belong to others: an open file also understands <proto/text.h>, and writes at its
 * end.
 */
enum files_code {
    files_code_client = 16,
    files_code_open,
    files_code_read,
    files_code_write,
    files_code_stat,
    files_code_list,
    files_code_map,
    files_code_truncate,
    files_code_set_modified,
    files_code_set_mode,
    files_code_make_directory,
    files_code_make_link,
    files_code_read_link,
    files_code_remove,
    files_code_rename,
    files_code_space,
};

enum {
    files_path_max = 1024,
    files_name_max = 255,
    files_links_max = 16,
    files_data_max = j6_data_max, /* of a read, a write, a list */
};

/* The numbers that Unix has for them in directories. */
enum files_type {
    files_type_nothing = 2, /* /dev/null: empty, takes all that is written, and can't be mapped */
    files_type_directory = 4,
    files_type_file = 8,
    files_type_link = 10,
};

/* What may be done with a file; anybody may read it. A directory's are kept, and forbid nothing. */
enum {
    files_mode_write = 1 << 0,
    files_mode_exec = 1 << 1,
};

static const uint64_t files_size_max = 1ull << 40;
static const uint64_t files_at_end = ~0ull; /* an offset */
static const uint64_t files_no_limit = ~0ull;

/*
 * What all requests with a path say; which member means something, and which flags there are, the
 * call says.
 */
struct files_request {
    uint64_t flags;
    uint64_t value;
    uint64_t bytes;
};

/* ---- clients -------------------------------------------------------------------------------- */

enum {
    files_client_read_only = 1 << 0,
};

/*
 * Makes a client whose top is that directory, and gives its handle: for a program that is about to
 * start. It can do no more than the one that it is made through, and what it uses counts for that
 * one too. `open`: so many things at once, of which its top is one; `bytes`: of files (whole pages),
 * of links (their paths) and files_node_cost for each name, as long as what it has made is there,
 * also when the client has gone; both may be files_no_limit. wrong_type: that is no directory.
 */
J6_MUST_USE j6_status_t files_client(j6_handle_t directory, const char *path, uint64_t flags,
                                     uint64_t open, uint64_t bytes, j6_handle_t *out_top);

enum { files_node_cost = 512 };

/* ---- opening -------------------------------------------------------------------------------- */

enum {
    files_open_read = 1 << 0,
    files_open_write = 1 << 1,
    files_open_append = 1 << 2,    /* all writes go to the end */
    files_open_create = 1 << 3,    /* makes a file with `mode` if nothing is there */
    files_open_exclusive = 1 << 4, /* … and else it exists */
    files_open_truncate = 1 << 5,
    files_open_directory = 1 << 6, /* nothing but a directory will do */
    files_open_no_follow = 1 << 7, /* if that is a link: bad_state */
};

/* What a file, a directory or a link is. */
struct files_stat {
    uint64_t id; /* that nothing else had since the service began, or will have */
    uint64_t size;
    uint64_t
        modified; /* ns since 1970-01-01 UTC; what was written while nobody knew the time: since boot */
    uint32_t type; /* files_type_… */
    uint32_t mode; /* files_mode_… */
};

/*
 * Opens a file for what the flags say, or a directory, for what its client may do. exists:
 * files_open_exclusive; bad_state: a directory for writing, or a link; denied also: a file that is
 * read-only, for writing; quota also: too many are open.
 */
J6_MUST_USE j6_status_t files_open(j6_handle_t directory, const char *path, uint64_t flags,
                                   uint64_t mode, struct files_stat *out_stat,
                                   j6_handle_t *out_open);

/* ---- bytes ---------------------------------------------------------------------------------- */

struct files_read_request {
    uint64_t offset;
    uint64_t len;
};

/*
 * Reads up to len bytes, which are at most files_data_max, and tells how many: fewer at the file's
 * end, behind it none. bad_state: that is a directory; denied: it isn't open for reading;
 * invalid_arg: too many.
 */
J6_MUST_USE j6_status_t files_read(j6_handle_t file, uint64_t offset, void *buf, size_t len,
                                   size_t *out_len);

struct files_write_answer {
    uint64_t written;
    uint64_t end; /* the offset behind them */
};

/*
 * Writes up to files_data_max bytes at an offset or files_at_end; the file grows as needed, with
 * zeros before the offset. Fewer are written than there are when memory ends meanwhile. bad_state:
 * that is a directory; denied: it isn't open for writing; out_of_range: beyond files_size_max.
 */
J6_MUST_USE j6_status_t files_write(j6_handle_t file, uint64_t offset, const void *bytes,
                                    size_t len, struct files_write_answer *out_answer);

enum {
    files_map_write = 1 << 0,
    files_map_exec = 1 << 1,
};

struct files_map_answer {
    uint64_t size; /* bytes of the file */
};

/*
 * Gives the area that holds the file's bytes from offset 0 on, and zeros up to the end of a page,
 * with the rights map, read, duplicate, transfer, and what the flags say. It may be cloned, and
 * programs be started from it. It grows and shrinks with the file; with files_map_write all its
 * pages are there, as long as it doesn't. What is written through it to the last page behind the
 * end is nobody's. The area outlives the handle and the name. denied also: writing, where an open
 * file isn't open for it; executing, without files_mode_exec; with an empty path, reading, where it
 * isn't open for that. bad_state: that is a directory, or files_type_nothing.
 */
J6_MUST_USE j6_status_t files_map(j6_handle_t at, const char *path, uint64_t flags,
                                  struct files_map_answer *out_answer, j6_handle_t *out_area);

/*
 * Cuts a file off, or lengthens it with zeros. bad_state: that is a directory; out_of_range: above
 * files_size_max.
 */
J6_MUST_USE j6_status_t files_truncate(j6_handle_t at, const char *path, uint64_t size);

/* ---- looking -------------------------------------------------------------------------------- */

enum {
    files_no_follow = 1 << 0, /* if the path ends at a link: the link itself */
};

J6_MUST_USE j6_status_t files_stat(j6_handle_t at, const char *path, uint64_t flags,
                                   struct files_stat *out_stat);

/*
 * A row of a list, laid out as struct dirent64 of Linux. The next one is `row_size` bytes behind
 * it.
 */
struct files_entry {
    uint64_t id;
    uint64_t next; /* the cursor behind it */
    uint16_t row_size;
    uint8_t type;
    char name[]; /* with a 0 at its end */
};

struct files_list_request {
    uint64_t cursor;
    uint64_t cap;
};

struct files_list_answer {
    uint64_t count; /* of rows; 0: that was all */
    uint64_t next;  /* the cursor behind them */
};

/*
 * Lists the names of an open directory behind the cursor, which begins with 0: as many rows as
 * `cap` bytes (at most files_data_max) hold. A name that is there all the while comes once. `.` and
 * `..` don't. wrong_type: that is no directory; invalid_arg: not even one row has room, or cap is
 * too large.
 */
J6_MUST_USE j6_status_t files_list(j6_handle_t directory, uint64_t cursor, void *buf, size_t cap,
                                   size_t *out_len, struct files_list_answer *out_answer);

/*
 * Where a link leads, without an end mark. `buf` has files_path_max bytes: the path goes in it, and
 * what comes is in the same place. bad_state: that is no link.
 */
J6_MUST_USE j6_status_t files_read_link(j6_handle_t directory, char *buf, size_t path_len,
                                        size_t *out_len);

/* What the client may have, and has; the least that it or one that it comes from has left to it. */
struct files_space {
    uint64_t bytes_used;
    uint64_t bytes_left;
    uint64_t open_used;
    uint64_t open_left;
};

J6_MUST_USE j6_status_t files_space(j6_handle_t at, struct files_space *out_space);

/* ---- changing the tree ---------------------------------------------------------------------- */

/* A link at a path's end isn't followed here: with a `/` behind it, it is no directory (wrong_type). */

/* exists; not_found: the directory that it shall be in. */
J6_MUST_USE j6_status_t files_make_directory(j6_handle_t directory, const char *path);

enum {
    files_remove_directory = 1 << 0,
};

/*
 * Removes a file or a link, which isn't followed; with the flag, a directory. bad_state: it is a
 * directory; wrong_type: it is none, with the flag; exists: it isn't empty; invalid_arg also: the
 * path ends without a name.
 */
J6_MUST_USE j6_status_t files_remove(j6_handle_t directory, const char *path, uint64_t flags);

/*
 * Makes a link that leads to `target`, whatever is there. exists; invalid_arg: the target is empty.
 */
J6_MUST_USE j6_status_t files_make_link(j6_handle_t directory, const char *target,
                                        const char *path);

enum {
    files_rename_keep = 1 << 0, /* exists, if something is there */
};

/*
 * Moves what is at `from`, a link itself, to `to`, in one step. What was there is removed, if it is
 * of the same kind: bad_state: it is a directory, and `from` is none; wrong_type: the other way
 * round; exists: a directory that isn't empty. invalid_arg also: into itself; a path that ends
 * without a name.
 */
J6_MUST_USE j6_status_t files_rename(j6_handle_t directory, const char *from, const char *to,
                                     uint64_t flags);

/* Of a file or a directory: when it was written to, as in struct files_stat … */
J6_MUST_USE j6_status_t files_set_modified(j6_handle_t at, const char *path, uint64_t flags,
                                           uint64_t modified);

/* … and what may be done with it. It doesn't change what open ones may do. */
J6_MUST_USE j6_status_t files_set_mode(j6_handle_t at, const char *path, uint64_t mode);

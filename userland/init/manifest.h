/* SPDX-License-Identifier: MIT */
/*
 * The manifest: which services there are, and what each is given. Plain text; docs/services.md has the words.
 * Reading it touches nothing but the text and the struct, so host tests do it too.
 *
 * Rules for manifests: what was read points into the text, which lives as long and is changed. A bad line is
 * reported with its number, and the service that it is of doesn't start; all others do. Nothing that a text
 * holds can do more harm than that.
 */
#pragma once
#include <j6/flags.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    MANIFEST_SERVICES_MAX = 32,
    MANIFEST_HANDLES_MAX = 160,
    MANIFEST_RANGES_MAX = 96,
    MANIFEST_WORDS_MAX = 1024, /* of all services, with a NULL behind each list */
    MANIFEST_LINE_WORDS_MAX = 32,
    MANIFEST_SERVICE_HANDLES_MAX = 24,
    MANIFEST_NAME_MAX = 31, /* bytes of a name, as in <proto/names.h> */
    MANIFEST_ROLE_MAX = 23,
};

/* What a handle is of; what else its line says is in brackets. */
enum manifest_kind {
    manifest_system,      /* a part of the system object (ranges) */
    manifest_service,     /* another service (its name) */
    manifest_text,        /* a channel that a service shows (its name) */
    manifest_files,       /* the file service (the top, and options) */
    manifest_names,       /* the name service (names) */
    manifest_services,    /* the services themselves (`list` or `control`) */
    manifest_module,      /* a boot module (its name) */
    manifest_file,        /* a copy of a file of the boot archive (its path) */
    manifest_memory,      /* pages that all lives of the service have (how many) */
    manifest_framebuffer, /* the description of the framebuffer */
};

/* How long init has patience, and rests, in ms. */
struct manifest_times {
    uint64_t pause;  /* after a first death; after each one that follows, twice as long */
    uint64_t life;   /* a longer one makes up for the deaths before it */
    uint64_t ready;  /* what isn't ready so long after its start is killed */
    uint64_t end;    /* so is what doesn't end when it should */
    uint64_t answer; /* from a service that another one is to have a handle of */
};

/* In place of a j6_range_…: the memory of the framebuffer. */
enum { MANIFEST_RANGE_FRAMEBUFFER = 0 };

/* A line `handle`: the words are those behind the kind, with a NULL at their end. */
struct manifest_handle {
    const char *role;
    enum manifest_kind kind;
    const char **words;
    const struct j6_range *ranges;
    size_t range_count;
    uint64_t pages; /* of memory */
    /* Of files. */
    bool read_only;
    uint64_t open;
    uint64_t bytes;
};

enum manifest_restart { manifest_restart_always, manifest_restart_failure, manifest_restart_never };

/* Lists of words end in NULL; one without words is NULL itself. */
struct manifest_entry {
    const char *name;
    unsigned line;     /* where it begins */
    unsigned bad_line; /* 0: all are right */
    const char *program;
    const char **argv; /* the name first */
    const char **when; /* a word of the kernel's command line, and what it adds to argv */
    const char **serves;
    const char **after;
    struct manifest_handle *handles;
    size_t handle_count;
    bool has_endpoint;
    bool keeps_endpoint; /* it is the same for all lives of the service */
    bool makes_badges;
    uint64_t endpoint_bytes;
    uint64_t endpoint_handles;
    enum manifest_restart restart;
    bool has_absent;
    int64_t absent; /* the exit code that says that there is nothing to serve */
    bool needs_framebuffer;
    bool needs_program; /* without one it is left out */
    bool ends_system;
    bool is_last;
    bool is_ready_when_started;
    bool has_limits;
    struct j6_limits limits;
};

struct manifest {
    struct manifest_times times;
    struct manifest_entry entries[MANIFEST_SERVICES_MAX];
    size_t count;
    struct manifest_handle handles[MANIFEST_HANDLES_MAX];
    size_t handle_count;
    struct j6_range ranges[MANIFEST_RANGES_MAX];
    size_t range_count;
    const char *words[MANIFEST_WORDS_MAX];
    size_t word_count;
    /* Told of each line that isn't right: what is wrong, and the word that it is about, or "". */
    void (*report)(unsigned line, const char *what, const char *word);
};

/*
 * Reads a text of that many bytes, with room for one more behind them. `report` is set, and `times` to what holds
 * where the text says nothing; all else of the manifest is zero.
 */
void manifest_read(struct manifest *manifest, char *text, size_t len);

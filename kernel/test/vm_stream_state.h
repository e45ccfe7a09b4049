/* SPDX-License-Identifier: MIT */
/*
 * The model behind vm_stream.h. Areas are arrays of frames, which clones share and count as mm should;
 * a frame is its bytes, or none as long as they are all zero.
 *
 *   vm_stream.c        begin, step, end     vm_stream_frames.c  frames and pages of areas
 *   vm_stream_areas.c  operations on areas  vm_stream_maps.c    mapping, unmapping, protecting
 *   vm_stream_ranges.c ... on their ranges  vm_stream_spaces.c  the list of mappings, spaces
 *   vm_stream_touch.c  touches, copies      vm_stream_check.c   comparing
 *   vm_stream_copy.c   ... from view to view
 */
#pragma once
#include "arch/layout.h"
#include "kernel/base/account.h"
#include "kernel/base/log.h"
#include "kernel/test/vm_stream.h"
#include "lib/page.h"

enum {
    STREAM_SPACES = 3,
    STREAM_AREAS = 6,
    STREAM_MAPPINGS = 96,
    STREAM_PAGES = 40,        /* of an ordinary area */
    STREAM_PAGES_WIDE = 1100, /* of a wide one: two page tables, or pages of 2 MiB, and some more */
    STREAM_FRAMES = STREAM_AREAS * STREAM_PAGES_WIDE,
    STREAM_CONTENTS = 300, /* pages of bytes that aren't all zero */
    STREAM_FIXED_ORDER = 3,
    STREAM_COPY_MAX = 3 * PAGE_SIZE,
    STREAM_HOT = 16,
};

#define STREAM_LIMIT (1ull << 40)

struct stream_content {
    struct stream_content *next; /* while it is free */
    uint64_t words[PAGE_SIZE / 8];
};

struct stream_frame {
    uint32_t refs;                  /* areas that hold it; 0: free */
    paddr_t page;                   /* where it really is, 0: not yet looked */
    struct stream_content *content; /* NULL: zeros */
    struct stream_frame *next;      /* while it is free */
};

struct stream_area {
    struct vm_area *area; /* NULL: none here */
    bool held;            /* by its handle */
    bool fixed;
    paddr_t physical; /* fixed */
    bool revoked;
    uint32_t flags;
    uint64_t pages;
    struct stream_frame *page[STREAM_PAGES_WIDE];
};

struct stream_mapping {
    unsigned space, area;
    vaddr_t start, end;
    uint64_t offset;
    uint32_t flags;
    bool whole;
};

struct vm_stream {
    const struct vm_stream_machine *machine;
    /* the source */
    struct vm_stream_source source;
    size_t taken;
    uint64_t state; /* of the generator */
    bool used_up;
    /* how it goes */
    const char *operation;
    uint64_t operations, failures;
    bool wrong;
    bool wide;
    /* what mm has */
    struct account area_account, space_account;
    struct vm_space spaces[STREAM_SPACES];
    unsigned loaded;
    void (*turn)(struct vm_stream *stream, unsigned space); /* what is left to do, or NULL */
    unsigned turn_space;
    /* what the model has */
    struct stream_area areas[STREAM_AREAS];
    struct stream_mapping mappings[STREAM_MAPPINGS];
    unsigned mapping_count;
    vaddr_t hot[STREAM_HOT]; /* addresses touched lately in the loaded space */
    unsigned hot_next;
    struct stream_frame frames[STREAM_FRAMES];
    struct stream_frame *free_frames;
    struct stream_content contents[STREAM_CONTENTS];
    struct stream_content *free_contents;
    unsigned contents_left;
    uint8_t buffer[STREAM_COPY_MAX]; /* what the kernel's side of a touch has */
};

/* ---- disagreement (vm_stream.c) ---- */

#define STREAM_EXPECT(stream, condition)                          \
    do {                                                          \
        if (!(condition)) {                                       \
            stream_wrong(stream, #condition, __FILE__, __LINE__); \
        }                                                         \
    } while (0)

#define STREAM_EXPECT_EQUAL(stream, found, wanted)                                      \
    do {                                                                                \
        uint64_t stream_found = (found);                                                \
        uint64_t stream_wanted = (wanted);                                              \
        if (stream_found != stream_wanted) {                                            \
            stream_wrong_number(stream, #found, __LINE__, stream_found, stream_wanted); \
        }                                                                               \
    } while (0)

void stream_wrong(struct vm_stream *stream, const char *what, const char *file, int line);
void stream_wrong_number(struct vm_stream *stream, const char *what, int line, uint64_t found,
                         uint64_t wanted);

/* ---- the source (vm_stream.c) ---- */

uint64_t stream_take(struct vm_stream *stream);
uint64_t stream_below(struct vm_stream *stream, uint64_t limit);
bool stream_one_in(struct vm_stream *stream, uint64_t n);

/* ---- failing allocations (vm_stream.c) ---- */

/* Chooses a step, prepares a failure there; tells afterwards whether it came, and the next step. */
int64_t stream_first_failure(struct vm_stream *stream);
void stream_fail_at(struct vm_stream *stream, int64_t step);
bool stream_has_failed(struct vm_stream *stream, j6_status_t status, int64_t *step);

/*
 * Does the operation with a failure at one allocation after the other, where the machine can make them
 * fail, and at last without one. After a failed try `halfway` tells the model what that has left.
 */
#define STREAM_TRY(stream, status, operation, halfway)              \
    do {                                                            \
        int64_t stream_step = stream_first_failure(stream);         \
        for (;;) {                                                  \
            stream_fail_at(stream, stream_step);                    \
            (status) = (operation);                                 \
            if (!stream_has_failed(stream, status, &stream_step)) { \
                break;                                              \
            }                                                       \
            halfway;                                                \
            vm_stream_check(stream);                                \
        }                                                           \
    } while (0)

/* ---- frames, pages of areas (vm_stream_frames.c) ---- */

void stream_frames_init(struct vm_stream *stream);

/* Is there room for so many more pages of bytes? For all that the area may have to copy? */
bool stream_has_contents(const struct vm_stream *stream, unsigned count);
bool stream_can_own(const struct vm_stream *stream, const struct stream_area *area);

/* As mm should: made of zeros if there is none; made the area's own. */
struct stream_frame *stream_page_make(struct vm_stream *stream, struct stream_area *area,
                                      uint64_t number);
struct stream_frame *stream_page_own(struct vm_stream *stream, struct stream_area *area,
                                     uint64_t number);
void stream_page_drop(struct vm_stream *stream, struct stream_area *area, uint64_t number);
void stream_page_share(struct stream_area *area, uint64_t number, struct stream_frame *frame);

void stream_frame_write(struct vm_stream *stream, struct stream_frame *frame, uint64_t offset,
                        const void *data, uint64_t len);
void stream_frame_read(const struct stream_frame *frame, uint64_t offset, void *data, uint64_t len);
void stream_frame_clear(struct vm_stream *stream, struct stream_frame *frame);

/* mm may have made the page, or made it the area's own, before it failed: looks whether it has. */
void stream_page_settle(struct vm_stream *stream, struct stream_area *area, uint64_t number);

/* The same for pages that may have come along with others in an area of large pages. */
void stream_blocks_settle(struct vm_stream *stream, struct stream_area *area);

/* ---- areas (vm_stream_areas.c, vm_stream_ranges.c) ---- */

struct stream_area *stream_some_area(struct vm_stream *stream);
unsigned stream_area_number(const struct vm_stream *stream, const struct stream_area *area);
bool stream_is_wide(const struct stream_area *area);

/* A range of whole pages, in bytes, mostly inside; is it? */
void stream_some_range(struct vm_stream *stream, const struct stream_area *area, uint64_t *offset,
                       uint64_t *len);
bool stream_is_inside(const struct stream_area *area, uint64_t offset, uint64_t len);

/* ---- operations; each decodes itself from the source ---- */

void stream_create(struct vm_stream *stream);
void stream_create_fixed(struct vm_stream *stream);
void stream_clone(struct vm_stream *stream);
void stream_drop(struct vm_stream *stream);
void stream_resize(struct vm_stream *stream);
void stream_range(struct vm_stream *stream);
void stream_revoke(struct vm_stream *stream);

void stream_map(struct vm_stream *stream);
void stream_unmap(struct vm_stream *stream);
void stream_protect(struct vm_stream *stream);
void stream_load(struct vm_stream *stream);
void stream_renew(struct vm_stream *stream);

void stream_touch(struct vm_stream *stream);
void stream_sweep(struct vm_stream *stream);
void stream_copy_area(struct vm_stream *stream);
void stream_copy_space(struct vm_stream *stream);

/* ---- the model's mappings (vm_stream_spaces.c) ---- */

struct stream_mapping *stream_mapping_at(struct vm_stream *stream, unsigned space, vaddr_t address);
/* Does the address lie on the mapping's guard page? */
static inline bool stream_is_guard(const struct stream_mapping *mapping, vaddr_t address)
{
    return (mapping->flags & j6_map_guard) && address - mapping->start < PAGE_SIZE;
}

/* Does a mapping that shows any of the range have all of these flags? */
bool stream_has_view(const struct vm_stream *stream, const struct stream_area *area,
                     uint64_t offset, uint64_t len, uint32_t flags);

bool stream_is_taken(const struct vm_stream *stream, unsigned space, vaddr_t start, vaddr_t end,
                     const struct stream_mapping *but);

/* A mapping of the space (STREAM_SPACES: of any), or NULL. */
struct stream_mapping *stream_some_mapping(struct vm_stream *stream, unsigned space);

bool stream_space_start(struct vm_stream *stream, unsigned space);
void stream_space_end(struct vm_stream *stream, unsigned space);

/* The area leaves all spaces; `unmap`: it hasn't yet. The caller holds a reference then. */
void stream_unmap_all(struct vm_stream *stream, const struct stream_area *area, bool unmap);

/* Areas that nobody holds or maps have gone. */
void stream_forget_dead(struct vm_stream *stream);

/* ---- comparing (vm_stream_check.c) ---- */

void stream_check_area(struct vm_stream *stream, unsigned area);
void stream_check_space(struct vm_stream *stream, unsigned space);

/* SPDX-License-Identifier: MIT */
/* What test and victim say to each other when the victim takes all that it can get. */
#pragma once
#include <j6/types.h>
#include <stdint.h>

/* What there can be as much of as memory allows: a call of the victim's `hoard` for each. */
enum hoard_kind {
    HOARD_HANDLES,
    HOARD_AREAS,
    HOARD_PAGES,
    HOARD_SPARSE_PAGES, /* each needs nodes of its own in the area's tree */
    HOARD_CLONES,
    HOARD_MAPPINGS,
    HOARD_FAR_MAPPINGS, /* each needs page tables of its own */
    HOARD_THREADS,
    HOARD_PROCESSES,
    HOARD_ACCOUNTS, /* processes with limits of their own */
    HOARD_SYSTEMS,
    HOARD_CHANNELS, /* that are full */
    HOARD_KINDS,
};

/* A page that both have mapped. */
struct hoard_report {
    volatile uint64_t ready; /* how many victims wait for `go` */
    volatile uint64_t go;    /* written by the test */
    volatile uint64_t done;  /* how many victims have been refused */
    volatile uint64_t count; /* how often it worked, of the last to be refused */
    volatile j6_status_t status;
};

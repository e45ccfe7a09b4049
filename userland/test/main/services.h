/* SPDX-License-Identifier: MIT */
/*
 * An init of its own (userland/init), which looks after services for a test: with a manifest and a boot archive
 * of the test's, and a system object that can't switch the machine off. Its archive has bin/server
 * (userland/test/server.h) and bin/files.
 */
#pragma once
#include "userland/test/main/ipc_peer.h"
#include "userland/test/server.h"
#include <proto/services.h>

/* For services that die on purpose, or don't end: the first line of a manifest. */
#define HASTE "times pause=1 end=100\n"

/* The lines of a service that serves its own name. */
#define SERVE(name) \
    "service " name "\n program bin/server serve\n serves " name "\n endpoint 4096 1\n"

struct manager {
    j6_handle_t process;
    j6_handle_t endpoint; /* asks init for anything */
    j6_handle_t archive;
};

/* Starts one with that manifest. */
void manager_begin(struct manager *manager, const char *manifest);

/* Has it end its services and itself, and expects that it does so well. */
void manager_end(struct manager *manager);

/* A handle to register, which goes with that. */
j6_handle_t copy_of(j6_handle_t endpoint);

/* ---- what it tells --------------------------------------------------------------------------- */

/* The row of a service; all 0 if there is none. */
struct services_row service_row(const struct manager *manager, const char *name);
enum services_state service_state(const struct manager *manager, const char *name);

/* Waits until it is like that. */
#define expect_state(manager, name, wanted) expect_soon(service_state(manager, name) == (wanted))

/* The service with that name, once it serves. */
j6_handle_t service_open(const struct manager *manager, const char *name);

/*
 * Has it exit with that code, and waits until the next one runs. A client learns of a death before init does: what
 * it looks up at once may be the old endpoint.
 */
void service_replace(const struct manager *manager, const char *name, uint64_t code);

/* What is left in the account of this init, when nothing changes any more. */
struct j6_account_info manager_account(const struct manager *manager);

/* SPDX-License-Identifier: MIT */
/*
 * What init asks one service for the sake of another one: for a client of the file service, or to show a text. A
 * thread asks, so that init waits for nobody, and what comes of it arrives in init's loop, as all else does.
 *
 * Rules: a service has one question at a time. So who wants much, or wants it of a service that hangs, is in
 * nobody's way but its own. A question outlives the life that it was for, by no more than the manifest's time for
 * answers: the next life asks when it has ended.
 */
#pragma once
#include <j6/protocol.h>

struct service;

/* Told with the answer's handle, if the question has asked for one and the status is ok: it is the function's then. */
typedef void asking_done(struct service *service, j6_status_t status, j6_handle_t answer);

struct question {
    struct j6_thread thread; /* its handle is 0: there is no question */
    j6_handle_t endpoint;
    struct j6_ask ask;
    uint64_t fields[j6_fields_words];
    j6_time_t deadline;
    j6_status_t status;
    j6_handle_t answer;
    uint64_t life; /* the service's, when it began */
    asking_done *done;
};

bool asking_is_busy(const struct service *service);

/*
 * Asks at that endpoint. What the fields are is copied; the data stays until the end; the handle goes, whatever
 * comes of it. wants_handle: the answer brings one.
 */
void asking_begin(struct service *service, j6_handle_t endpoint, const struct j6_ask *ask,
                  bool wants_handle, asking_done *done);

/* The thread that asks has ended. */
void asking_end(struct service *service);

/* SPDX-License-Identifier: MIT */
/*
 * Requests to services, and their answers. A protocol is one header (<proto/….h>): a code for each request, and
 * structs for what it says and for what the answer says. A client fills in a struct j6_ask; a server has a
 * table of functions.
 *
 *            tag        four words            data             handles
 *   request  code       a struct, or nothing  bytes, or none   one, or none
 *   answer   status     likewise              likewise         likewise
 *
 * Rules: codes count from 1. A struct has at most j6_fields_size bytes; what is longer goes in the data. One
 * buffer holds the data of both directions. The handle of a request leaves the client as soon as it was received,
 * whatever the answer says.
 */
#pragma once
#include <j6/j6.h>

enum { j6_fields_words = 4, j6_fields_size = 32, j6_data_max = 65536, j6_handles_max = 16 };

/* ---- clients -------------------------------------------------------------------------------- */

/* What a client asks, and where it wants the answer. What isn't named isn't there. */
struct j6_ask {
    uint64_t code;
    const void *fields; /* the struct of the request … */
    size_t size;
    void *answer; /* … and that of the answer */
    size_t answer_size;
    void *data; /* len bytes that go; the answer's come to the same place */
    size_t len;
    size_t cap;      /* at most so many, or, without out_len, exactly so many */
    size_t *out_len; /* how many came */
    j6_handle_t handle;
    j6_handle_t *out_handle;
};

/*
 * Asks, and waits for the answer until the deadline. What the server says; what endpoint_call says, if there
 * is no answer: closed, timed_out and so on; unexpected: the answer isn't one of the protocol. Results are
 * written on ok alone, but for the bytes.
 */
J6_MUST_USE j6_status_t j6_ask(j6_handle_t service, const struct j6_ask *ask, j6_time_t deadline);

/*
 * A service by its name, for who goes on when it has died and was replaced. All but `names`, the name service,
 * and `name` is libj6's, and begins as 0.
 */
struct j6_service {
    j6_handle_t names;
    const char *name;
    j6_handle_t handle;
};

/*
 * The same for a service that may have to be found, or found again, until the deadline: a request that the
 * service didn't answer before it ended is repeated. So it must be one that does the same when it is done twice,
 * as the protocol tells. invalid_arg: it hands over a handle, or its data is where the answer's comes to. denied,
 * not_found: the name mustn't be looked up, or nobody is going to serve it.
 */
J6_MUST_USE j6_status_t j6_ask_service(struct j6_service *service, const struct j6_ask *ask,
                                       j6_time_t deadline);

/* Gives back what finding it has taken; it may be asked again. Nobody else uses it at that time. */
void j6_service_drop(struct j6_service *service);

/* ---- servers -------------------------------------------------------------------------------- */

struct j6_server;

/* A request in the hands of the function that serves it, which fills in the answer. */
struct j6_request {
    const struct j6_server *server;
    uint64_t badge;
    uint64_t token; /* to answer later: set it to 0, and call j6_answer */
    uint64_t fields[j6_fields_words];
    void *data; /* len bytes that came. Those of the answer go to the same place: of that many … */
    size_t len;
    j6_handle_t handle; /* that came: set it to 0 to keep it, else it is closed */
    /* The answer; of it nothing is sent but with ok */
    uint64_t answer[j6_fields_words];
    size_t answer_len; /* … bytes */
    j6_handle_t answer_handle;
};

/* A row of the table: when a request has so many bytes and handles, the function runs. */
struct j6_method {
    uint64_t code;
    size_t min, max; /* bytes of data */
    bool has_handle;
    j6_status_t (*serve)(struct j6_request *request);
};

struct j6_server {
    j6_handle_t endpoint;
    const struct j6_method *methods;
    size_t count;
    void *context; /* the server's own */
    /* For what isn't a request: signals, interrupts, the end of a badge. NULL: that is dropped. */
    void (*notice)(const struct j6_server *server, const struct j6_call *notice);
    /* For work that is best done once for many requests: runs when all that came is served. NULL: there is none. */
    void (*idle)(const struct j6_server *server);
    /* The memory for messages is there from the start: for who must not end when there is no more. */
    bool keeps_memory;
};

/*
 * Serves until the endpoint closes: closed. quota, no_memory: it couldn't begin. A code without a row is
 * answered by nyi, a request with too few or too many bytes or handles by invalid_arg. By as many threads
 * as there shall be.
 */
j6_status_t j6_serve(const struct j6_server *server);

/*
 * Answers a request whose token was kept, on ok with a struct and a handle, which may be 0. cancelled: the client
 * has gone, and the handle is closed.
 */
j6_status_t j6_answer(j6_handle_t endpoint, uint64_t token, j6_status_t status, const void *answer,
                      size_t size, j6_handle_t handle);

/* ---- how a status travels ------------------------------------------------------------------- */

/* Tags with bit 63 are the system's, so an error has bit 62 instead. */
static inline uint64_t j6_tag_of_status(j6_status_t status)
{
    return j6_is_error(status) ? (status & ~j6_tag_system) | j6_tag_system >> 1 : status;
}

static inline j6_status_t j6_status_of_tag(uint64_t tag)
{
    return tag & j6_tag_system >> 1 ? (tag & ~(j6_tag_system >> 1)) | j6_tag_system : tag;
}

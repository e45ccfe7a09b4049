/* SPDX-License-Identifier: MIT */
/* Requests and answers by <j6/protocol.h>: a table, what doesn't fit it, and answers that don't. */
#include "lib/string.h"
#include "userland/test/main/ipc_peer.h"
#include <proto/text.h>

/* ---- a server ------------------------------------------------------------------------------- */

enum { PAIR = 10, STORE, LEND, KEEP_NOTHING, BAD_HANDLE };

struct pair {
    uint64_t a, b;
};

/* What the server has, and how often its functions ran. */
struct desk {
    uint32_t runs;
    char text[64];
    j6_handle_t stored;
};

static struct desk *desk_of(struct j6_request *request)
{
    struct desk *desk = request->server->context;
    desk->runs++;
    return desk;
}

static j6_status_t serve_write(struct j6_request *request)
{
    struct desk *desk = desk_of(request);
    struct text_write_answer answer = {request->len};
    memcpy(desk->text, request->data, request->len);
    memcpy(request->answer, &answer, sizeof(answer));
    return j6_status_ok;
}

/* The two numbers swapped; the bytes too, if there are some. */
static j6_status_t serve_pair(struct j6_request *request)
{
    char *bytes = request->data;
    desk_of(request);
    request->answer[0] = request->fields[1];
    request->answer[1] = request->fields[0];
    request->answer_len = request->len;
    for (size_t i = 0, j = request->len; i + 1 < j; i++) {
        char byte = bytes[i];
        bytes[i] = bytes[--j];
        bytes[j] = byte;
    }
    return request->fields[0] == request->fields[1] ? j6_status_exists : j6_status_ok;
}

static j6_status_t serve_store(struct j6_request *request)
{
    desk_of(request)->stored = request->handle;
    request->handle = 0;
    return j6_status_ok;
}

static j6_status_t serve_lend(struct j6_request *request)
{
    struct desk *desk = desk_of(request);
    return j6_handle_duplicate(desk->stored, j6_handle_rights(desk->stored), 0,
                               &request->answer_handle);
}

static j6_status_t serve_nothing(struct j6_request *request)
{
    desk_of(request);
    return j6_err_bad_state;
}

/* One that mustn't be passed on. */
static j6_status_t serve_bad_handle(struct j6_request *request)
{
    j6_handle_t event;
    desk_of(request);
    expect_ok(j6_event_create(0, &event));
    expect_ok(j6_handle_duplicate(event, 0, 0, &request->answer_handle));
    return j6_handle_close(event);
}

static const struct j6_method methods[] = {
    {.code = text_code_write, .max = 64, .serve = serve_write},
    {.code = PAIR, .max = text_write_max, .serve = serve_pair},
    {.code = STORE, .has_handle = true, .serve = serve_store},
    {.code = LEND, .min = 8, .max = 8, .serve = serve_lend},
    {.code = KEEP_NOTHING, .has_handle = true, .serve = serve_nothing},
    {.code = BAD_HANDLE, .serve = serve_bad_handle},
};

struct service {
    struct desk desk;
    struct j6_server server;
    struct j6_thread thread;
};

static int64_t serve_main(void *arg)
{
    return (int64_t)j6_serve(arg);
}

static j6_handle_t service_open(struct service *service)
{
    *service = (struct service){.server = {.endpoint = endpoint_new(),
                                           .methods = methods,
                                           .count = sizeof(methods) / sizeof(methods[0]),
                                           .context = &service->desk}};
    expect_ok(j6_thread_run(&service->thread, serve_main, &service->server, 4 * PAGE));
    return service->server.endpoint;
}

static void service_close(struct service *service)
{
    int64_t status;
    expect_ok(j6_object_close(service->server.endpoint));
    expect_ok(j6_thread_join(&service->thread, &status));
    expect_status(j6_status_closed, (j6_status_t)status);
    expect_ok(j6_handle_close(service->server.endpoint));
}

static j6_status_t ask(j6_handle_t endpoint, struct j6_ask ask)
{
    return j6_ask(endpoint, &ask, now() + PATIENCE);
}

static uint64_t events_live(void)
{
    return objects_live().live[j6_type_event];
}

/* ---- what goes well ------------------------------------------------------------------------- */

TEST(a_text_that_is_written_arrives)
{
    struct service service;
    struct text_write_answer answer = {0};
    j6_handle_t text = service_open(&service);
    expect_ok(text_write(text, "hello", 5, &answer));
    expect_equal(5, answer.written);
    expect(memcmp(service.desk.text, "hello", 5) == 0);
    service_close(&service);
}

TEST(the_structs_and_the_bytes_of_requests_and_answers_arrive)
{
    struct service service;
    struct pair two = {3, 4}, swapped = {0, 0};
    char bytes[] = "stressed";
    size_t len = 0;
    j6_handle_t endpoint = service_open(&service);
    expect_ok(ask(endpoint, (struct j6_ask){.code = PAIR,
                                            .fields = &two,
                                            .size = sizeof(two),
                                            .answer = &swapped,
                                            .answer_size = sizeof(swapped),
                                            .data = bytes,
                                            .len = 8,
                                            .cap = 8,
                                            .out_len = &len}));
    expect_equal(4, swapped.a);
    expect_equal(3, swapped.b);
    expect_equal(8, len);
    expect(string_equal("desserts", bytes));
    service_close(&service);
}

TEST(a_status_of_the_server_is_that_of_the_request_and_nothing_else_comes)
{
    struct service service;
    struct pair same = {7, 7}, answer = {1, 2};
    j6_handle_t endpoint = service_open(&service);
    expect_status(j6_status_exists, ask(endpoint, (struct j6_ask){.code = PAIR,
                                                                  .fields = &same,
                                                                  .size = sizeof(same),
                                                                  .answer = &answer,
                                                                  .answer_size = sizeof(answer)}));
    expect_equal(1, answer.a);
    service_close(&service);
}

TEST(every_status_survives_its_journey_in_a_tag)
{
    for (uint64_t n = 0; n < 0x2000; n++) {
        j6_status_t error = n | 1ull << 63;
        expect_equal(n, j6_status_of_tag(j6_tag_of_status(n)));
        expect_equal(error, j6_status_of_tag(j6_tag_of_status(error)));
        expect((j6_tag_of_status(error) & j6_tag_system) == 0);
    }
}

TEST(a_handle_goes_with_a_request_and_another_comes_with_an_answer)
{
    struct service service;
    j6_handle_t event, lent = 0;
    j6_koid_t sent_koid, lent_koid;
    uint64_t reason = 0;
    j6_handle_t endpoint = service_open(&service);
    expect_ok(j6_event_create(0, &event));
    expect_ok(j6_object_koid(event, &sent_koid));
    expect_ok(ask(endpoint, (struct j6_ask){.code = STORE, .handle = event}));
    expect_status(j6_err_bad_handle, j6_handle_close(event));
    expect_ok(ask(endpoint,
                  (struct j6_ask){.code = LEND, .data = &reason, .len = 8, .out_handle = &lent}));
    expect_ok(j6_object_koid(lent, &lent_koid));
    expect_equal(sent_koid, lent_koid);
    expect_ok(j6_handle_close(lent));
    expect_ok(j6_handle_close(service.desk.stored));
    service_close(&service);
}

/* ---- what doesn't fit ----------------------------------------------------------------------- */

TEST(a_code_without_a_row_is_nyi)
{
    struct service service;
    j6_handle_t endpoint = service_open(&service);
    expect_status(j6_err_nyi, ask(endpoint, (struct j6_ask){.code = 99}));
    expect_status(j6_err_nyi, ask(endpoint, (struct j6_ask){.code = 0}));
    expect_equal(0, service.desk.runs);
    service_close(&service);
}

TEST(a_request_that_is_too_long_or_too_short_does_not_reach_its_function)
{
    struct service service;
    char bytes[65] = {0};
    struct text_write_answer answer;
    j6_handle_t lent;
    j6_handle_t endpoint = service_open(&service);
    expect_status(j6_err_invalid_arg, text_write(endpoint, bytes, 65, &answer));
    for (size_t len = 0; len < 10; len++) {
        if (len != 8) {
            expect_status(
                j6_err_invalid_arg,
                ask(endpoint,
                    (struct j6_ask){.code = LEND, .data = bytes, .len = len, .out_handle = &lent}));
        }
    }
    expect_equal(0, service.desk.runs);
    service_close(&service);
}

TEST(handles_that_a_request_should_not_have_are_closed)
{
    struct service service;
    j6_handle_t event;
    j6_handle_t endpoint = service_open(&service);
    uint64_t before = events_live();
    expect_ok(j6_event_create(0, &event));
    expect_status(j6_err_invalid_arg,
                  ask(endpoint, (struct j6_ask){.code = PAIR, .handle = event}));
    expect_status(j6_err_invalid_arg, ask(endpoint, (struct j6_ask){.code = STORE}));
    expect_ok(j6_event_create(0, &event));
    expect_status(j6_err_nyi, ask(endpoint, (struct j6_ask){.code = 99, .handle = event}));
    expect_equal(0, service.desk.runs);
    expect_equal(before, events_live());
    service_close(&service);
}

TEST(a_handle_that_a_server_does_not_keep_is_closed)
{
    struct service service;
    j6_handle_t event;
    j6_handle_t endpoint = service_open(&service);
    uint64_t before = events_live();
    expect_ok(j6_event_create(0, &event));
    expect_status(j6_err_bad_state,
                  ask(endpoint, (struct j6_ask){.code = KEEP_NOTHING, .handle = event}));
    expect_equal(1, service.desk.runs);
    expect_equal(before, events_live());
    service_close(&service);
}

TEST(who_sends_and_does_not_call_is_not_served)
{
    struct service service;
    struct j6_call call = {.tag = STORE};
    struct pair two = {3, 3};
    j6_handle_t event;
    struct j6_message message = {.handles = &event, .handle_count = 1};
    j6_handle_t endpoint = service_open(&service);
    uint64_t before = events_live();
    expect_ok(j6_event_create(0, &event));
    call.message = &message;
    expect_ok(j6_endpoint_send(endpoint, &call, j6_deadline_never));
    expect_ok(j6_endpoint_notify(endpoint, 1));
    expect_status(
        j6_status_exists,
        ask(endpoint, (struct j6_ask){.code = PAIR, .fields = &two, .size = sizeof(two)}));
    expect_equal(1, service.desk.runs);
    expect_equal(before, events_live());
    service_close(&service);
}

TEST(a_struct_that_words_do_not_hold_is_out_of_range)
{
    uint64_t five[5] = {0};
    expect_status(j6_err_out_of_range,
                  ask(0, (struct j6_ask){.code = PAIR, .fields = five, .size = sizeof(five)}));
    expect_status(
        j6_err_out_of_range,
        ask(0, (struct j6_ask){.code = PAIR, .answer = five, .answer_size = sizeof(five)}));
    expect_status(j6_err_bad_handle, ask(0, (struct j6_ask){.code = PAIR}));
}

/* ---- answers -------------------------------------------------------------------------------- */

TEST(an_answer_that_cannot_be_sent_is_unexpected_and_the_server_goes_on)
{
    struct service service;
    j6_handle_t given = 0;
    struct text_write_answer answer;
    j6_handle_t endpoint = service_open(&service);
    uint64_t before = events_live();
    expect_status(j6_err_unexpected,
                  ask(endpoint, (struct j6_ask){.code = BAD_HANDLE, .out_handle = &given}));
    expect_equal(0, given);
    expect_equal(before, events_live());
    expect_ok(text_write(endpoint, "more", 4, &answer));
    service_close(&service);
}

/* A server that has no table: it answers the next call by that. */
struct liar {
    j6_handle_t endpoint;
    uint64_t len, handles;
    struct j6_thread thread;
};

static int64_t liar_main(void *arg)
{
    struct liar *liar = arg;
    char bytes[16] = {0};
    j6_handle_t event = 0;
    struct j6_message message = {
        .data = bytes, .len = liar->len, .handles = &event, .handle_count = liar->handles};
    struct j6_call call = {0};
    expect_ok(j6_endpoint_receive(liar->endpoint, &call, j6_deadline_never));
    call = (struct j6_call){.token = call.token, .message = &message};
    if (liar->handles > 0) {
        expect_ok(j6_event_create(0, &event));
    }
    return (int64_t)j6_endpoint_reply(liar->endpoint, &call, j6_deadline_never);
}

static void expect_unexpected(uint64_t len, uint64_t handles, struct j6_ask asked)
{
    struct liar liar = {.endpoint = endpoint_new(), .len = len, .handles = handles};
    uint64_t before = events_live();
    expect_ok(j6_thread_run(&liar.thread, liar_main, &liar, 4 * PAGE));
    expect_status(j6_err_unexpected, ask(liar.endpoint, asked));
    expect_ok(j6_thread_join(&liar.thread, NULL));
    expect_equal(before, events_live());
    expect_ok(j6_handle_close(liar.endpoint));
}

TEST(an_answer_that_is_not_of_the_protocol_is_unexpected)
{
    char bytes[16];
    size_t len = 0;
    j6_handle_t handle = 0;
    expect_unexpected(0, 1, (struct j6_ask){.code = 1});
    expect_unexpected(0, 0, (struct j6_ask){.code = 1, .out_handle = &handle});
    expect_unexpected(8, 0, (struct j6_ask){.code = 1});
    expect_unexpected(8, 0, (struct j6_ask){.code = 1, .data = bytes, .cap = 16});
    expect_unexpected(8, 1,
                      (struct j6_ask){.code = 1, .data = bytes, .cap = 16, .out_handle = &handle});
    expect_unexpected(16, 0, (struct j6_ask){.code = 1, .data = bytes, .cap = 15, .out_len = &len});
    expect_equal(0, handle);
    expect_equal(0, len);
}

/* ---- several threads ------------------------------------------------------------------------ */

enum { CLIENTS = 8, REQUESTS = 100 };

static int64_t swap_often(void *arg)
{
    j6_handle_t endpoint = *(j6_handle_t *)arg;
    int64_t wrong = 0;
    for (uint64_t i = 1; i <= REQUESTS; i++) {
        struct pair two = {i, 0}, swapped = {0, 0};
        j6_status_t status = ask(endpoint, (struct j6_ask){.code = PAIR,
                                                           .fields = &two,
                                                           .size = sizeof(two),
                                                           .answer = &swapped,
                                                           .answer_size = sizeof(swapped)});
        wrong += status != j6_status_ok || swapped.a != 0 || swapped.b != i;
    }
    return wrong;
}

TEST(a_table_is_served_by_two_threads_at_once)
{
    struct service service;
    struct j6_thread second, client[CLIENTS];
    int64_t wrong;
    j6_handle_t endpoint = service_open(&service);
    expect_ok(j6_thread_run(&second, serve_main, &service.server, 4 * PAGE));
    for (int i = 0; i < CLIENTS; i++) {
        expect_ok(j6_thread_run(&client[i], swap_often, &endpoint, 4 * PAGE));
    }
    for (int i = 0; i < CLIENTS; i++) {
        expect_ok(j6_thread_join(&client[i], &wrong));
        expect_equal(0, wrong);
    }
    service_close(&service);
    expect_ok(j6_thread_join(&second, NULL));
}

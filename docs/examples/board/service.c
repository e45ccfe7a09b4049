/* SPDX-License-Identifier: MIT */
/*
 * The service of the board. Its text lies in an area that the manifest gives to each life of the
 * service, so it outlives the process; what else there is, those who wait, goes with it, and they
 * ask the next one.
 */
#include "board.h"
#include <string.h>

struct text {
    uint64_t len;
    char bytes[board_text_max];
};

/*
 * The text of a version is texts[version % 2]. The next one is written beside it before the version
 * says so: whenever the process is killed, there is one whole text.
 */
struct page {
    uint64_t version;
    struct text texts[2];
};

_Static_assert(sizeof(struct page) <= j6_page_size, "the manifest asks for one page");

enum { WAITERS_MAX = 32 };

static j6_handle_t endpoint;
static struct page *page;
static uint64_t waiters[WAITERS_MAX]; /* tokens of requests that aren't answered yet; 0: none */
static size_t next_waiter;

static const struct text *text(void)
{
    return &page->texts[page->version % 2];
}

/* That a client has gone is seen here, by a status that changes nothing. */
static void answer_waiter(uint64_t *token)
{
    const struct board_version answer = {page->version};
    if (*token != 0) {
        j6_answer(endpoint, *token, j6_status_ok, &answer, sizeof(answer), 0);
        *token = 0;
    }
}

static j6_status_t serve_write(struct j6_request *request)
{
    if (request->len == text()->len && memcmp(request->data, text()->bytes, request->len) == 0) {
        return j6_status_ok;
    }
    struct text *next = &page->texts[(page->version + 1) % 2];
    memcpy(next->bytes, request->data, request->len);
    next->len = request->len;
    __atomic_store_n(&page->version, page->version + 1, __ATOMIC_RELEASE);
    for (size_t i = 0; i < WAITERS_MAX; i++) {
        answer_waiter(&waiters[i]);
    }
    return j6_status_ok;
}

static j6_status_t serve_read(struct j6_request *request)
{
    request->answer[0] = page->version;
    memcpy(request->data, text()->bytes, text()->len);
    request->answer_len = text()->len;
    return j6_status_ok;
}

/* Answers later. When too many wait, who has waited longest is answered now, and asks again. */
static j6_status_t serve_wait(struct j6_request *request)
{
    request->answer[0] = page->version;
    if (request->fields[0] == page->version) {
        uint64_t *place = &waiters[next_waiter++ % WAITERS_MAX];
        answer_waiter(place);
        *place = request->token;
        request->token = 0;
    }
    return j6_status_ok;
}

int main(void)
{
    static const struct j6_method methods[] = {
        {.code = board_code_write, .max = board_text_max, .serve = serve_write},
        {.code = board_code_read, .serve = serve_read},
        {.code = board_code_wait, .serve = serve_wait},
    };
    uint64_t address = 0;
    endpoint = j6_find("endpoint");
    j6_status_t status = j6_vma_map(j6_find("memory"), j6_handle_self_process, &address, 0, 0,
                                    j6_map_read | j6_map_write);
    if (status != j6_status_ok) {
        j6_printf("board: memory: %s", j6_status_text(status));
        return 1;
    }
    page = (struct page *)address;
    const struct j6_server server = {
        .endpoint = endpoint, .methods = methods, .count = sizeof(methods) / sizeof(methods[0])};
    status = j6_serve(&server);
    return status == j6_status_closed ? 0 : 1;
}

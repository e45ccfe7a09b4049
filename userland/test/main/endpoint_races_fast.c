/* SPDX-License-Identifier: MIT */
/*
 * Fast calls between two processes that take turns on the first CPU, with data and handles, while other CPUs
 * want what these need: the locks of both tables of handles and of the accounts, and the pages to which messages
 * are written. The kernel waits for none of it there (ipc/fast_message.c): the debug kernel sees that it doesn't.
 */
#include "lib/string.h"
#include "userland/test/main/memory.h"
#include "userland/test/main/puppeteer.h"

enum { EVENTS = 3, LEN = 600, CALLS_BETWEEN = 8 };

static const uint64_t DATA = 0, HANDLES = 1; /* pages of the puppet's message */

static struct {
    struct puppet puppet;
    struct puppet_slot *server;
    struct puppet_slot *churner;
    j6_handle_t endpoint;
    j6_handle_t area; /* of the puppet's message … */
    char *there;
    j6_handle_t own_area; /* … and of the test's data */
    char *own;
    uint64_t calls;
    uint32_t stop;
} race;

/* ---- the other CPUs ---- */

static void leave_the_first_cpu_alone(void)
{
    uint64_t others = cpus_all() & ~1ull;
    expect_ok(
        j6_thread_control(j6_handle_self_thread, j6_control_affinity, &others, sizeof(others)));
}

/* Lets some calls be fast. False: it is over. */
static bool let_calls_pass(void)
{
    uint64_t start = __atomic_load_n(&race.calls, __ATOMIC_RELAXED);
    while (__atomic_load_n(&race.calls, __ATOMIC_RELAXED) - start < CALLS_BETWEEN) {
        if (__atomic_load_n(&race.stop, __ATOMIC_RELAXED) != 0) {
            return false;
        }
        j6_thread_sleep(0);
    }
    return true;
}

static int64_t use_handles(void *arg)
{
    (void)arg;
    leave_the_first_cpu_alone();
    while (__atomic_load_n(&race.stop, __ATOMIC_RELAXED) == 0) {
        expect_ok(j6_handle_close(event_new()));
    }
    return 0;
}

/* What is decommitted is empty, so that isn't done to the page that says which handles came. */
static void decommit(void)
{
    expect_ok(area_op(race.area, j6_op_decommit, DATA, 1));
    expect_ok(area_op(race.own_area, j6_op_decommit, 0, 1));
}

static void clone(void)
{
    j6_handle_t theirs = area_clone(race.area, DATA, 1 + HANDLES, 0);
    j6_handle_t own = area_clone(race.own_area, 0, 1, 0);
    let_calls_pass();
    expect_ok(j6_handle_close(theirs));
    expect_ok(j6_handle_close(own));
}

static void protect_there(uint64_t flags)
{
    expect_ok(j6_vma_protect(race.area, race.puppet.process, (uint64_t)race.there,
                             (1 + HANDLES) * PAGE, flags));
}

/* What the churner has closed is given back to their account a little later: until then there may be no room. */
static j6_status_t map_there(uint64_t address)
{
    j6_time_t give_up = now() + PATIENCE;
    j6_status_t status;
    do {
        j6_thread_sleep(0);
        status = j6_vma_map(race.area, race.puppet.process, &address, DATA, (1 + HANDLES) * PAGE,
                            READ_WRITE | j6_map_exact);
    } while (status == j6_err_quota && now() < give_up);
    return status;
}

static void map_again(void)
{
    uint64_t address = (uint64_t)race.there;
    expect_ok(j6_vma_unmap(race.area, race.puppet.process, address, (1 + HANDLES) * PAGE));
    if (!expect_ok(map_there(address))) {
        expect_ok(j6_object_close(race.endpoint)); /* nobody waits for a server without memory */
    }
}

static int64_t use_memory(void *arg)
{
    (void)arg;
    leave_the_first_cpu_alone();
    while (let_calls_pass()) {
        decommit();
        let_calls_pass();
        clone();
        let_calls_pass();
        protect_there(j6_map_read);
        protect_there(READ_WRITE);
        let_calls_pass();
        map_again();
    }
    return 0;
}

/* ---- the first CPU ---- */

static char byte_of(uint64_t round, uint64_t i)
{
    return (char)(1 + (round + i) % 255);
}

/* What somebody has decommitted is 0, all the rest what was sent. */
static bool is_right(uint64_t round)
{
    for (uint64_t i = 0; i < LEN; i++) {
        char byte = __atomic_load_n(&race.own[i], __ATOMIC_RELAXED);
        if (byte != byte_of(round, i) && byte != 0) {
            return false;
        }
    }
    return true;
}

/* They go there and come back. */
static void call(uint64_t round, j6_handle_t *handles, const j6_koid_t *koids)
{
    uint64_t count = 1 + round % EVENTS;
    struct j6_message message = {.data = race.own,
                                 .len = LEN,
                                 .cap = LEN,
                                 .handles = handles,
                                 .handle_count = count,
                                 .handle_cap = EVENTS};
    struct j6_call call = {.tag = round, .message = &message};
    for (uint64_t i = 0; i < LEN; i++) {
        race.own[i] = byte_of(round, i);
    }
    expect_ok(j6_endpoint_call(race.endpoint, &call, j6_deadline_never));
    expect_equal(LEN, call.bytes);
    expect_equal(count, call.handles);
    expect(is_right(round));
    for (uint64_t i = 0; i < EVENTS; i++) {
        expect_equal(koids[i], koid_of(handles[i]));
    }
    __atomic_add_fetch(&race.calls, 1, __ATOMIC_RELAXED);
}

static void call_all(void)
{
    j6_handle_t handles[EVENTS];
    j6_koid_t koids[EVENTS];
    for (uint64_t i = 0; i < EVENTS; i++) {
        handles[i] = event_new();
        koids[i] = koid_of(handles[i]);
    }
    for (uint64_t round = 0; round < race_rounds(3000); round++) {
        call(round, handles, koids);
    }
    for (uint64_t i = 0; i < EVENTS; i++) {
        expect_ok(j6_handle_close(handles[i]));
    }
}

/* ---- all of them ---- */

static void server_begin(void)
{
    race.server =
        puppet_slot(&race.puppet, 0, PUPPET_PERSIST, puppet_give_all(&race.puppet, race.endpoint));
    race.server->message = (struct j6_message){
        .data = race.there + DATA * PAGE,
        .cap = LEN,
        .handles = (j6_handle_t *)(race.there + HANDLES * PAGE),
        .handle_cap = EVENTS,
    };
    puppet_begin(race.server);
}

static void churner_begin(void)
{
    race.churner = puppet_slot(&race.puppet, 1, PUPPET_CHURN, 0);
    race.churner->call.word[1] = cpus_all() & ~1ull;
    puppet_begin(race.churner);
}

/* From here on this thread and the server are on the first CPU. */
static void race_begin(const struct j6_limits *limits)
{
    stay_on_first_cpu();
    race.stop = 0;
    race.endpoint = endpoint_new();
    race.area = area_new(1 + HANDLES, 0);
    race.own_area = area_new(1, 0);
    race.own = area_map(race.own_area, READ_WRITE);
    puppet_open(&race.puppet, 2, limits);
    race.there = puppet_map(&race.puppet, race.area, DATA, 1 + HANDLES, READ_WRITE);
    server_begin();
    churner_begin();
}

static void race_end(void)
{
    __atomic_store_n(&race.churner->call.word[0], 1, __ATOMIC_RELAXED);
    expect_ok(puppet_end(race.churner));
    expect_ok(j6_object_close(race.endpoint));
    expect_status(j6_status_closed, puppet_end(race.server));
    puppet_close(&race.puppet);
    area_unmap(race.own_area, race.own);
    expect_ok(j6_handle_close(race.own_area));
    expect_ok(j6_handle_close(race.area));
    expect_ok(j6_handle_close(race.endpoint));
    leave_first_cpu();
}

static void run(const struct j6_limits *limits)
{
    struct j6_thread threads[2];
    if (cpu_count() < 2) {
        test_skip("one CPU");
        return;
    }
    race_begin(limits);
    expect_ok(j6_thread_run(&threads[0], use_handles, NULL, 4 * PAGE));
    expect_ok(j6_thread_run(&threads[1], use_memory, NULL, 4 * PAGE));
    call_all();
    __atomic_store_n(&race.stop, 1, __ATOMIC_RELAXED);
    for (int i = 0; i < 2; i++) {
        expect_ok(j6_thread_join(&threads[i], NULL));
    }
    race_end();
}

TEST(fast_calls_lose_nothing_while_others_want_their_handles_and_pages)
{
    run(NULL);
}

TEST(fast_calls_between_accounts_lose_nothing_while_others_want_what_they_have)
{
    static const struct j6_limits limits = {
        .pages = 300, .handles = 1000, .threads = 3, .priority = 4};
    run(&limits);
}

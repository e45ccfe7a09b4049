/* SPDX-License-Identifier: MIT */
/* Makes the calls that a test asks for. */
#include "userland/test/puppet.h"
#include "userland/test/victim/victim.h"

static j6_status_t map(struct puppet_slot *slot)
{
    uint64_t address = 0;
    j6_handle_t area;
    j6_status_t status =
        j6_vma_create_map(slot->call.word[0], 0, j6_map_read | j6_map_write, &address, &area);
    slot->call.word[0] = address;
    return status;
}

static j6_status_t flood(const struct puppet_slot *slot)
{
    j6_status_t status = j6_status_ok;
    while (status == j6_status_ok) {
        struct j6_call call = slot->call;
        status = j6_endpoint_call(slot->handle, &call, slot->deadline);
    }
    return status;
}

static j6_status_t serve(struct puppet_slot *slot)
{
    struct j6_call call = slot->call;
    j6_status_t status = j6_endpoint_receive(slot->handle, &call, slot->deadline);
    while (status == j6_status_ok) {
        slot->message.len = call.bytes;
        slot->message.handle_count = call.handles;
        status = j6_endpoint_reply_receive(slot->handle, &call, slot->deadline);
    }
    return status;
}

static bool is_of_memory(j6_status_t status)
{
    return status == j6_err_bad_address || status == j6_err_quota || status == j6_err_no_memory;
}

/* Replies with all that has come, once it is there to be read; a reply that was given already isn't found. */
static void reply_at_last(const struct puppet_slot *slot, struct j6_call *call)
{
    while (is_of_memory(j6_endpoint_reply(slot->handle, call, slot->deadline))) {
        j6_thread_sleep(0);
    }
}

static j6_status_t persist(struct puppet_slot *slot)
{
    struct j6_call call = slot->call;
    j6_status_t status = j6_endpoint_receive(slot->handle, &call, slot->deadline);
    while (status == j6_status_ok || is_of_memory(status)) {
        if (status == j6_status_ok) {
            slot->message.len = call.bytes;
            slot->message.handle_count = call.handles;
            status = j6_endpoint_reply_receive(slot->handle, &call, slot->deadline);
        } else {
            reply_at_last(slot, &call);
            call.token = 0;
            status = j6_endpoint_receive(slot->handle, &call, slot->deadline);
        }
    }
    return status;
}

static j6_status_t churn(struct puppet_slot *slot)
{
    j6_handle_t event;
    uint64_t *cpus = &slot->call.word[1];
    j6_status_t status =
        j6_thread_control(j6_handle_self_thread, j6_control_affinity, cpus, sizeof(*cpus));
    while (status == j6_status_ok && __atomic_load_n(&slot->call.word[0], __ATOMIC_RELAXED) == 0) {
        status = j6_event_create(0, &event);
        if (status == j6_status_ok) {
            status = j6_handle_close(event);
        } else if (is_of_memory(status)) { /* what was closed is given back a little later */
            status = j6_thread_sleep(0);
        }
    }
    return status;
}

/* As tokens are made: number of the call, thread slot. */
static j6_status_t guess(const struct puppet_slot *slot)
{
    enum { NUMBERS = 64, SLOTS = 64 };
    for (uint64_t i = 0; i < NUMBERS * SLOTS; i++) {
        struct j6_call call = {.token = (i / SLOTS) << 20 | i % SLOTS};
        if (j6_endpoint_reply(slot->handle, &call, 0) == j6_status_ok) {
            return j6_status_ok;
        }
    }
    return j6_err_not_found;
}

static j6_status_t act(struct puppet_slot *slot)
{
    struct j6_call *call = &slot->call;
    call->message = call->message != NULL ? &slot->message : NULL;
    switch (slot->action) {
    case PUPPET_SEND: return j6_endpoint_send(slot->handle, call, slot->deadline);
    case PUPPET_RECEIVE: return j6_endpoint_receive(slot->handle, call, slot->deadline);
    case PUPPET_CALL: return j6_endpoint_call(slot->handle, call, slot->deadline);
    case PUPPET_REPLY: return j6_endpoint_reply(slot->handle, call, slot->deadline);
    case PUPPET_REPLY_RECEIVE: return j6_endpoint_reply_receive(slot->handle, call, slot->deadline);
    case PUPPET_NOTIFY: return j6_endpoint_notify(slot->handle, call->word[0]);
    case PUPPET_CLOSE: return j6_handle_close(slot->handle);
    case PUPPET_MAP: return map(slot);
    case PUPPET_FLOOD: return flood(slot);
    case PUPPET_SERVE: return serve(slot);
    case PUPPET_PERSIST: return persist(slot);
    case PUPPET_CHURN: return churn(slot);
    case PUPPET_GUESS: return guess(slot);
    case PUPPET_THREAD_EXIT: return j6_thread_exit(0);
    default: return j6_process_exit(0);
    }
}

_Noreturn static int64_t obey(void *arg)
{
    struct puppet_slot *slot = arg;
    for (uint32_t done = 0;; done++) {
        while (__atomic_load_n(&slot->asked, __ATOMIC_ACQUIRE) == done) {
            j6_futex_wait(&slot->asked, done, j6_deadline_never);
        }
        slot->status = act(slot);
        __atomic_store_n(&slot->done, done + 1, __ATOMIC_RELEASE);
        j6_futex_wake(&slot->done, 1);
    }
}

/* With so many threads. */
int64_t mode_puppet(int64_t threads)
{
    struct puppet_page *page = map_role("shared");
    struct j6_thread thread;
    __atomic_store_n(&page->here, page, __ATOMIC_RELEASE);
    for (int64_t i = 1; i < threads; i++) {
        if (j6_thread_run(&thread, obey, &page->slot[i], 4 * j6_page_size) != j6_status_ok) {
            return __LINE__;
        }
    }
    return obey(&page->slot[0]);
}

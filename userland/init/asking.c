/* SPDX-License-Identifier: MIT */
#include "userland/init/asking.h"
#include "lib/string.h"
#include "userland/init/manager.h"

enum { STACK_BYTES = 8192 };

bool asking_is_busy(const struct service *service)
{
    return service->question.thread.handle != 0;
}

/* The only one that has the question until it ends. */
static int64_t ask(void *arg)
{
    struct question *question = arg;
    question->status = j6_ask(question->endpoint, &question->ask, question->deadline);
    return 0;
}

static void finish(struct service *service, j6_status_t status)
{
    const struct question *question = &service->question;
    if (status != j6_status_ok && question->ask.handle != 0) {
        j6_handle_close(question->ask.handle);
    }
    question->done(service, status, question->answer);
}

void asking_end(struct service *service)
{
    struct question *question = &service->question;
    j6_thread_join(&question->thread, NULL);
    question->thread.handle = 0;
    j6_handle_close(question->endpoint);
    finish(service, question->status);
}

static j6_status_t run(struct question *question, j6_handle_t endpoint)
{
    j6_status_t status =
        j6_handle_duplicate(endpoint, j6_right_endpoint_send, 0, &question->endpoint);
    if (status != j6_status_ok) {
        return status;
    }
    status = j6_thread_run(&question->thread, ask, question, STACK_BYTES);
    if (status != j6_status_ok) {
        j6_handle_close(question->endpoint);
    }
    return status;
}

void asking_begin(struct service *service, j6_handle_t endpoint, const struct j6_ask *what,
                  bool wants_handle, asking_done *done)
{
    struct question *question = &service->question;
    *question = (struct question){
        .ask = *what,
        .deadline = manager_after(manager_now(), service_times.answer),
        .life = service->starts,
        .done = done,
    };
    if (what->size != 0) {
        memcpy(question->fields, what->fields, what->size);
    }
    question->ask.fields = question->fields;
    question->ask.out_handle = wants_handle ? &question->answer : NULL;
    j6_status_t status = run(question, endpoint);
    if (status != j6_status_ok) {
        finish(service, status);
    } else if (manager_bind_question(service) != j6_status_ok) {
        asking_end(service); /* which waits: its end would go unseen */
    }
}

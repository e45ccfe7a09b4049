/* SPDX-License-Identifier: MIT */
/*
 * A program with musl and libj6: takes lines from the channel with the role `lines`, sorts them, and answers
 * through it, from a thread of musl's that the first one wakes by an event of Senary's.
 */
#include <j6/j6.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LINES_MAX = 16, TEXT_MAX = 256 };

static char text[TEXT_MAX];
static j6_handle_t lines;
static j6_handle_t ready;

static int compare(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static void *answer(void *argument)
{
    char *line[LINES_MAX];
    size_t count = 0;
    char *sorted = calloc(1, TEXT_MAX);
    if (j6_object_wait(ready, J6_SIGNAL(48), NULL, j6_deadline_never) != j6_status_ok) {
        return argument;
    }
    for (char *next = strtok(text, "\n"); next != NULL; next = strtok(NULL, "\n")) {
        line[count++] = next;
    }
    qsort(line, count, sizeof(line[0]), compare);
    for (size_t i = 0; i < count; i++) {
        strcat(strcat(sorted, line[i]), "\n");
    }
    uint64_t len = strlen(sorted);
    j6_status_t status = j6_channel_send(lines, &len, sorted, j6_deadline_never);
    free(sorted);
    return status == j6_status_ok ? NULL : argument;
}

int main(void)
{
    pthread_t thread;
    void *wrong = NULL;
    uint64_t len = sizeof(text) - 1;
    j6_time_t now = 0;
    lines = j6_find("lines");
    if (j6_event_create(0, &ready) != j6_status_ok || j6_clock(&now) != j6_status_ok || now == 0 ||
        pthread_create(&thread, NULL, answer, &wrong) != 0 ||
        j6_channel_receive(lines, &len, text, j6_deadline_never) != j6_status_ok ||
        j6_object_signal(ready, 0, J6_SIGNAL(48)) != j6_status_ok ||
        pthread_join(thread, &wrong) != 0) {
        return 1;
    }
    printf("%s %.1f\n", j6_status_text(j6_err_denied), 0.5);
    return wrong != NULL;
}

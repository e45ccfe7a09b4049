/* SPDX-License-Identifier: MIT */
/* POSIX threads. */
#define _GNU_SOURCE
#include "check.h"
#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdint.h>
#include <time.h>
#include <unistd.h>

enum { THREADS = 8, ROUNDS = 2000 };

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t condition = PTHREAD_COND_INITIALIZER;
static long counter;

static void *count(void *argument)
{
    for (int i = 0; i < ROUNDS; i++) {
        pthread_mutex_lock(&mutex);
        counter++;
        pthread_mutex_unlock(&mutex);
    }
    return (char *)argument + 1;
}

int threads(void)
{
    pthread_t thread[THREADS];
    counter = 0;
    for (intptr_t i = 0; i < THREADS; i++) {
        check(pthread_create(&thread[i], NULL, count, (void *)i) == 0);
    }
    for (intptr_t i = 0; i < THREADS; i++) {
        void *value;
        check(pthread_join(thread[i], &value) == 0 && value == (void *)(i + 1));
    }
    check(counter == THREADS * ROUNDS);
    return 0;
}

static _Thread_local int local = 5;
static _Thread_local char zeros[300];

static void *change_local(void *argument)
{
    check(local == 5 && zeros[299] == 0);
    local = (int)(intptr_t)argument;
    zeros[299] = 1;
    sched_yield();
    check(local == (int)(intptr_t)argument);
    return NULL;
}

int thread_locals(void)
{
    pthread_t thread[THREADS];
    local = 77;
    for (intptr_t i = 0; i < THREADS; i++) {
        check(pthread_create(&thread[i], NULL, change_local, (void *)i) == 0);
    }
    for (int i = 0; i < THREADS; i++) {
        check(pthread_join(thread[i], NULL) == 0);
    }
    check(local == 77);
    return 0;
}

static int turn;

static void *take_turns(void *argument)
{
    int own = (int)(intptr_t)argument;
    for (int i = 0; i < 100; i++) {
        pthread_mutex_lock(&mutex);
        while (turn != own) {
            pthread_cond_wait(&condition, &mutex);
        }
        turn = (own + 1) % 3;
        pthread_cond_broadcast(&condition);
        pthread_mutex_unlock(&mutex);
    }
    return NULL;
}

int conditions(void)
{
    pthread_t thread[3];
    turn = 0;
    for (intptr_t i = 0; i < 3; i++) {
        check(pthread_create(&thread[i], NULL, take_turns, (void *)i) == 0);
    }
    for (int i = 0; i < 3; i++) {
        check(pthread_join(thread[i], NULL) == 0);
    }
    pthread_barrier_t barrier;
    check(turn == 0 && pthread_barrier_init(&barrier, NULL, 1) == 0);
    check(pthread_barrier_wait(&barrier) == PTHREAD_BARRIER_SERIAL_THREAD);
    return 0;
}

static int word, other_word;
static atomic_int woken;

static void *wait_for_word(void *argument)
{
    syscall(202, &word, 0, 0, NULL, NULL, 0);
    atomic_store(&woken, 1);
    return argument;
}

/* One is woken, and as many as there may be moved: here, woken too. */
int requeue(void)
{
    enum { REQUEUE = 3 };
    pthread_t thread;
    check(pthread_create(&thread, NULL, wait_for_word, NULL) == 0);
    while (!atomic_load(&woken)) {
        check(syscall(202, &word, REQUEUE, 1, INT_MAX, &other_word, 0) >= 0);
        sched_yield();
    }
    check_error(EINVAL, syscall(202, &word, REQUEUE, 1, -1, &other_word, 0));
    check_error(EINVAL, syscall(202, &word, REQUEUE, -1, 1, &other_word, 0));
    return pthread_join(thread, NULL);
}

static sem_t done;

static void *post(void *argument)
{
    (void)argument;
    sem_post(&done);
    return NULL;
}

/* Such a thread unmaps the stack that it stands on. */
int detached(void)
{
    pthread_attr_t attributes;
    check(sem_init(&done, 0, 0) == 0 && pthread_attr_init(&attributes) == 0);
    check(pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED) == 0);
    for (int i = 0; i < 200; i++) {
        pthread_t thread;
        check(pthread_create(&thread, &attributes, post, NULL) == 0);
        check(sem_wait(&done) == 0);
    }
    return 0;
}

static struct timespec soon(void)
{
    struct timespec time;
    clock_gettime(CLOCK_REALTIME, &time);
    time.tv_nsec += 20000000;
    time.tv_sec += time.tv_nsec / 1000000000;
    time.tv_nsec %= 1000000000;
    return time;
}

int timeouts(void)
{
    struct timespec time = soon();
    check(pthread_mutex_lock(&mutex) == 0);
    check(pthread_cond_timedwait(&condition, &mutex, &time) == ETIMEDOUT);
    check(pthread_mutex_unlock(&mutex) == 0);
    check(sem_init(&done, 0, 0) == 0);
    time = soon();
    check(sem_timedwait(&done, &time) == -1 && errno == ETIMEDOUT);
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    check(now.tv_sec > time.tv_sec || (now.tv_sec == time.tv_sec && now.tv_nsec >= time.tv_nsec));
    int word = 1;
    check_error(EAGAIN, syscall(202, &word, 0, 2, NULL, NULL, 0));
    check_error(EINVAL, syscall(202, (char *)&word + 1, 0, 1, NULL, NULL, 0));
    check_error(EFAULT, syscall(202, 8, 0, 1, NULL, NULL, 0));
    check_error(ENOSYS, syscall(202, &word, 6, 1, NULL, NULL, 0));
    return 0;
}

static atomic_int present;
static atomic_int leave;

static void *stay(void *argument)
{
    (void)argument;
    atomic_fetch_add(&present, 1);
    while (!atomic_load(&leave)) {
        usleep(1000);
    }
    return NULL;
}

int many_threads(void)
{
    enum { MANY = 100 };
    pthread_t thread[MANY];
    for (int i = 0; i < MANY; i++) {
        check(pthread_create(&thread[i], NULL, stay, NULL) == 0);
    }
    while (atomic_load(&present) < MANY) {
        usleep(1000);
    }
    atomic_store(&leave, 1);
    for (int i = 0; i < MANY; i++) {
        check(pthread_join(thread[i], NULL) == 0);
    }
    return 0;
}

/* The process may have so few threads that some fail. */
int thread_limit(void)
{
    enum { MANY = 20 };
    pthread_t thread[MANY];
    int made = 0;
    int error = 0;
    while (made < MANY && (error = pthread_create(&thread[made], NULL, stay, NULL)) == 0) {
        made++;
    }
    check(error == EAGAIN && made > 0);
    atomic_store(&leave, 1);
    for (int i = 0; i < made; i++) {
        check(pthread_join(thread[i], NULL) == 0);
    }
    while ((error = pthread_create(&thread[0], NULL, stay, NULL)) == EAGAIN) {
        usleep(1000); /* who was joined may still be on its way out */
    }
    check(error == 0 && pthread_join(thread[0], NULL) == 0);
    return made;
}

static void *tell_id(void *argument)
{
    *(pid_t *)argument = gettid();
    return NULL;
}

int ids(void)
{
    pid_t other = 0;
    pthread_t thread;
    check(getpid() > 0 && gettid() == getpid());
    check(pthread_create(&thread, NULL, tell_id, &other) == 0 && pthread_join(thread, NULL) == 0);
    check(other > 0 && other != getpid());
    check_error(ENOSYS, syscall(56, 17, 0, 0, 0, 0));
    pthread_attr_t attributes;
    size_t size;
    check(pthread_getattr_np(pthread_self(), &attributes) == 0);
    check(pthread_attr_getstacksize(&attributes, &size) == 0 && size > 1000000);
    cpu_set_t cpus;
    check(sched_getaffinity(0, sizeof(cpus), &cpus) == 0 && CPU_COUNT(&cpus) >= 1);
    check(sysconf(_SC_NPROCESSORS_ONLN) >= 1);
    return 0;
}

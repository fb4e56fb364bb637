/*
 * The threads that signing for many viewers starts. This program's own pthread_create() and pthread_join() take the
 * place of the C library's, for the library under test too, so that none is missed.
 */

#define _GNU_SOURCE /* RTLD_NEXT */

#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#include "api.h"
#include "harness.h"
#include "packing.h"

#define MANY 2600 /* enough for ten threads */

typedef int create(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);
typedef int join(pthread_t, void **);

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static unsigned started, joined, unblocked;
static unsigned most = UINT32_MAX; /* threads that the system has to give */

struct work {
    void *(*run)(void *);
    void *argument;
};

static unsigned unblocked_signals(void)
{
    const int signals[] = {SIGINT, SIGTERM, SIGHUP, SIGALRM, SIGCHLD, SIGPIPE, SIGUSR1, SIGUSR2, SIGPROF, SIGWINCH};
    sigset_t mask;
    unsigned count = 0;
    pthread_sigmask(SIG_BLOCK, NULL, &mask);
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
        count += sigismember(&mask, signals[i]) == 1 ? 0 : 1;
    return count;
}

/* Looks at the mask before the thread's own first instruction. */
static void *run_watched(void *argument)
{
    struct work work = *(struct work *)argument;
    free(argument);
    unsigned count = unblocked_signals();
    void *result = work.run(work.argument);
    count += unblocked_signals();
    pthread_mutex_lock(&lock);
    unblocked += count;
    pthread_mutex_unlock(&lock);
    return result;
}

int pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*run)(void *), void *argument)
{
    static create *real;
    struct work *work = malloc(sizeof *work);
    bool is_given = false;
    pthread_mutex_lock(&lock);
    if (real == NULL)
        *(void **)&real = dlsym(RTLD_NEXT, "pthread_create");
    if (started < most) {
        started++;
        is_given = true;
    }
    pthread_mutex_unlock(&lock);
    if (work == NULL || real == NULL)
        abort();
    work->run = run;
    work->argument = argument;
    int result = is_given ? real(thread, attributes, run_watched, work) : EAGAIN;
    if (result != 0)
        free(work);
    return result;
}

int pthread_join(pthread_t thread, void **result)
{
    static join *real;
    pthread_mutex_lock(&lock);
    if (real == NULL)
        *(void **)&real = dlsym(RTLD_NEXT, "pthread_join");
    joined++;
    pthread_mutex_unlock(&lock);
    if (real == NULL)
        abort();
    return real(thread, result);
}

static unsigned threads_there_are(void)
{
    DIR *tasks = opendir("/proc/self/task");
    unsigned count = 0;
    if (tasks == NULL)
        abort();
    for (struct dirent *entry = readdir(tasks); entry != NULL; entry = readdir(tasks))
        count += entry->d_name[0] != '.' ? 1 : 0;
    closedir(tasks);
    return count;
}

/* A thread that was joined is listed until the kernel has put it away. */
static bool is_alone(void)
{
    for (int i = 0; i < 1000000 && threads_there_are() > 1; i++)
        sched_yield();
    return CHECK_NUMBER(threads_there_are(), 1) && CHECK_NUMBER(joined, started);
}

struct bench {
    mct_signer *signer;
    mct_claims *claims;
    struct column *viewer_data, *addresses;
    struct room *expected; /* by one thread */
};

static struct viewers viewers_of(const struct bench *bench, size_t n, uint32_t threads)
{
    struct viewers viewers = {.n = n, .viewer_data = bench->viewer_data, .addresses = bench->addresses};
    viewers.threads = threads;
    return viewers;
}

static void bench_begin(struct bench *bench)
{
    bench->signer = api_signer();
    OK(mct_claims_new("camera", 60, &bench->claims, &failure));
    OK(mct_claims_set_issued_at(bench->claims, 1767268800, &failure));
    bench->viewer_data = column_made(viewer_data_at, MANY);
    bench->addresses = column_made(address_at, MANY);
    most = UINT32_MAX;
    started = joined = unblocked = 0;
    const struct viewers viewers = viewers_of(bench, MANY, 1);
    bench->expected = signed_for(bench->signer, bench->claims, &viewers);
    CHECK_NUMBER(started, 0);
}

/* Each thread that was started has ended, with every signal blocked from first to last, and is gone. */
static void bench_end(struct bench *bench)
{
    CHECK(is_alone());
    CHECK_NUMBER(unblocked, 0);
    room_free(bench->expected);
    column_free(bench->addresses);
    column_free(bench->viewer_data);
    mct_claims_free(bench->claims);
    mct_signer_free(bench->signer);
}

static void one_thread_starts_none(void)
{
    struct bench bench;
    bench_begin(&bench);
    const struct viewers viewers = viewers_of(&bench, MANY, 1);
    room_free(packed_for(bench.signer, bench.claims, &viewers));
    room_free(signed_for(bench.signer, bench.claims, &viewers));
    CHECK_NUMBER(started, 0);
    bench_end(&bench);
}

static void few_viewers_start_none(void)
{
    struct bench bench;
    bench_begin(&bench);
    for (uint32_t threads = 0; threads < 1000; threads += 333) {
        const struct viewers viewers = viewers_of(&bench, 256, threads), none = viewers_of(&bench, 0, threads);
        room_free(packed_for(bench.signer, bench.claims, &viewers));
        room_free(signed_for(bench.signer, bench.claims, &viewers));
        room_free(packed_for(bench.signer, bench.claims, &none));
    }
    CHECK_NUMBER(started, 0);
    bench_end(&bench);
}

/* Two rounds, measuring and writing, in each of the two calls that make a room of the right size: three in all. */
static void threads_are_as_many_as_was_said_and_gone_afterwards(void)
{
    const uint32_t threads[] = {2, 3, 5, 1000};
    const unsigned beside[] = {1, 2, 4, 10};
    struct bench bench;
    struct sigaction before, after;
    sigset_t mask, mask_after;
    bench_begin(&bench);
    sigaction(SIGUSR1, NULL, &before);
    pthread_sigmask(SIG_BLOCK, NULL, &mask);
    for (size_t i = 0; i < sizeof threads / sizeof *threads; i++) {
        const struct viewers viewers = viewers_of(&bench, MANY, threads[i]);
        started = joined = 0;
        struct room *room = signed_for(bench.signer, bench.claims, &viewers);
        CHECK_NUMBER(started, 3 * beside[i]);
        CHECK(is_alone());
        CHECK(same_tokens(room, bench.expected));
        room_free(room);
    }
    sigaction(SIGUSR1, NULL, &after);
    pthread_sigmask(SIG_BLOCK, NULL, &mask_after);
    CHECK(before.sa_handler == after.sa_handler);
    for (int number = 1; number <= 64; number++)
        CHECK_NUMBER(sigismember(&mask_after, number), sigismember(&mask, number));
    bench_end(&bench);
}

static void threads_are_gone_after_a_failure(void)
{
    struct bench bench;
    mct_error *error = NULL;
    size_t needed = 0;
    bench_begin(&bench);
    const struct viewers viewers = viewers_of(&bench, MANY, 5);
    column_replace(bench.addresses, 2000, "no address");
    column_replace(bench.addresses, 900, "no address");
    CHECK_STATUS(sign_for(bench.signer, bench.claims, &viewers, NULL, &needed, &error), MCT_ERR_INVALID_ARGUMENT);
    CHECK_NUMBER(mct_error_index(error), 900);
    CHECK_NUMBER(started, 4);
    CHECK(is_alone());
    mct_error_free(error);
    bench_end(&bench);
}

static void a_system_without_threads_is_no_failure(void)
{
    struct bench bench;
    bench_begin(&bench);
    for (most = 0; most < 3; most++) {
        const struct viewers viewers = viewers_of(&bench, MANY, 1000);
        started = joined = 0;
        struct room *room = signed_for(bench.signer, bench.claims, &viewers);
        CHECK_NUMBER(started, most);
        CHECK(same_tokens(room, bench.expected));
        room_free(room);
    }
    bench_end(&bench);
}

int main(void)
{
    const struct test tests[] = {
        {"one thread to sign with starts none", one_thread_starts_none},
        {"256 viewers start no thread, whatever is asked for", few_viewers_start_none},
        {"as many threads sign as was said, with every signal blocked, and are gone when the call returns",
         threads_are_as_many_as_was_said_and_gone_afterwards},
        {"after a failure the threads are gone too", threads_are_gone_after_a_failure},
        {"a system that has no threads to give has the caller's sign", a_system_without_threads_is_no_failure},
        {NULL, NULL},
    };
    harness_run(tests, NULL);
    return harness_end();
}

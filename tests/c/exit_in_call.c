/*
 * Ends the process, in every way, while other threads are in calls: in line, in a look-up, connecting and waiting for
 * the answer, or wherever they happen to be. Each is done by a child, which has to end by itself and with the right
 * status.
 */

#define _GNU_SOURCE /* quick_exit() */

#include <dirent.h>
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "api.h"
#include "harness.h"
#include "peer.h"

#define THREADS 4
#define STATUS 42
#define MOST_OPEN 200

static char *program;

/* The descriptors that are open, as texts. */
struct open_now {
    char texts[MOST_OPEN][16];
    size_t count;
};

static bool is_open(const struct open_now *open_now, const char *text)
{
    for (size_t i = 0; i < open_now->count; i++)
        if (strcmp(open_now->texts[i], text) == 0)
            return true;
    return false;
}

static void note_open(struct open_now *open_now)
{
    DIR *descriptors = opendir("/proc/self/fd");
    open_now->count = 0;
    if (descriptors == NULL)
        abort();
    for (struct dirent *entry = readdir(descriptors); entry != NULL; entry = readdir(descriptors))
        if (entry->d_name[0] != '.' && atoi(entry->d_name) != dirfd(descriptors) && open_now->count < MOST_OPEN)
            snprintf(open_now->texts[open_now->count++], 16, "%.15s", entry->d_name);
    closedir(descriptors);
}

/* What this program is after it has become itself anew: has it descriptors that are not among its arguments? */
static int look_at_inherited(char **allowed)
{
    struct open_now now, before = {.count = 0};
    int status = STATUS;
    for (; *allowed != NULL && before.count < MOST_OPEN; allowed++)
        snprintf(before.texts[before.count++], 16, "%.15s", *allowed);
    note_open(&now);
    for (size_t i = 0; i < now.count; i++) {
        char path[64], target[256] = "";
        snprintf(path, sizeof path, "/proc/self/fd/%s", now.texts[i]);
        if (!is_open(&before, now.texts[i])) {
            (void)!readlink(path, target, sizeof target - 1);
            printf("    inherited: %s, %s\n", now.texts[i], target);
            status = EXIT_FAILURE;
        }
    }
    fflush(stdout);
    return status;
}

static void become_itself(const struct open_now *before)
{
    char *arguments[MOST_OPEN + 3] = {program, "inherited"};
    struct open_now copy = *before;
    for (size_t i = 0; i < copy.count; i++)
        arguments[i + 2] = copy.texts[i];
    execv(program, arguments);
}

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static unsigned answers;

struct caller {
    pthread_t thread;
    pthread_barrier_t start;
    mct_client *client;
    bool goes_on;
    long number;
};

static void *call(void *argument)
{
    struct caller *caller = argument;
    mct_subscribe_token_list *list = NULL;
    caller->number = thread_number();
    pthread_barrier_wait(&caller->start);
    do {
        bool has_worked = mct_subscribe_token_list_page(caller->client, NULL, &list, NULL) == MCT_OK;
        mct_subscribe_token_list_free(list);
        pthread_mutex_lock(&lock);
        answers += has_worked ? 1 : 0;
        pthread_cond_broadcast(&changed);
        pthread_mutex_unlock(&lock);
    } while (caller->goes_on);
    return NULL;
}

static struct caller callers[THREADS];

static struct caller *start(size_t index, mct_client *client, bool goes_on)
{
    struct caller *caller = &callers[index];
    caller->client = client;
    caller->goes_on = goes_on;
    pthread_barrier_init(&caller->start, NULL, 2);
    if (pthread_create(&caller->thread, NULL, call, caller) != 0)
        abort();
    pthread_barrier_wait(&caller->start);
    return caller;
}

static mct_client *client_of(const char *host, unsigned port, uint32_t timeout_ms)
{
    char url[80];
    mct_client_config *config = NULL;
    mct_client *client = NULL;
    snprintf(url, sizeof url, "http://%s:%u", host, port);
    if (mct_client_config_new("secret", &config, NULL) != MCT_OK
        || mct_client_config_set_base_url(config, url, NULL) != MCT_OK
        || mct_client_config_set_allow_insecure_http(config, true, NULL) != MCT_OK
        || mct_client_config_set_max_connections(config, 1, NULL) != MCT_OK
        || mct_client_config_set_max_retries(config, 0, NULL) != MCT_OK
        || mct_client_config_set_timeout_ms(config, timeout_ms, NULL) != MCT_OK
        || mct_client_new(config, &client, NULL) != MCT_OK)
        abort();
    mct_client_config_free(config);
    return client;
}

/* One call waits for its answer, one for its connection, one in line and one for the address of a name. */
static void have_calls_wait(uint32_t timeout_ms)
{
    unsigned port, full;
    int listener = peer_listen(8, &port);
    (void)peer_listen(0, &full);
    (void)peer_fill(full);
    names_hold();
    mct_client *silent = client_of("127.0.0.1", port, timeout_ms);
    start(0, silent, false);
    if (!peer_read_head(peer_accept(listener)))
        abort();
    thread_wait_asleep(start(1, silent, false)->number);
    thread_wait_asleep(start(2, client_of("127.0.0.1", full, timeout_ms), false)->number);
    start(3, client_of(HELD_NAME, port, timeout_ms), false);
    names_wait(1);
}

/* Each thread makes one call after the other; `some` of them are done. */
static void have_calls_made(unsigned some)
{
    mct_client *client = api_client(NULL, NULL);
    for (size_t i = 0; i < THREADS; i++)
        start(i, client, true);
    pthread_mutex_lock(&lock);
    while (answers < some)
        pthread_cond_wait(&changed, &lock);
    pthread_mutex_unlock(&lock);
}

enum way {
    BY_EXIT,
    BY_EXIT_AT_ONCE,
    BY_QUICK_EXIT,
    BY_RETURN,
    BY_THREAD_EXIT,
    BY_BECOMING_ITSELF,
    BY_BECOMING_ANOTHER,
};

/* A child comes back from here only where it shall return from main(). */
static void end_by(enum way way, const struct open_now *before)
{
    char *const another[] = {"/bin/sh", "-c", "exit 42", NULL};
    switch (way) {
    case BY_EXIT:
        exit(STATUS);
    case BY_EXIT_AT_ONCE:
        _exit(STATUS);
    case BY_QUICK_EXIT:
        quick_exit(STATUS);
    case BY_RETURN:
        if (freopen("/dev/null", "w", stdout) == NULL) /* the way back leads through what reports to the parent's */
            break;
        return;
    case BY_THREAD_EXIT:
        names_release();
        pthread_exit(NULL);
    case BY_BECOMING_ITSELF:
        become_itself(before);
        break;
    case BY_BECOMING_ANOTHER:
        execv(another[0], another);
        break;
    }
    perror(program);
    _exit(EXIT_FAILURE);
}

static bool is_child;

/* True in a child that shall return from main(). */
static bool ends(enum way way, unsigned calls_made)
{
    int status = -1;
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        struct open_now before;
        is_child = true;
        note_open(&before);
        if (calls_made > 0)
            have_calls_made(calls_made);
        else
            have_calls_wait(way == BY_THREAD_EXIT ? 500 * (uint32_t)harness_slowness() : 600000);
        end_by(way, &before);
        return true;
    }
    CHECK(child > 0 && waitpid(child, &status, 0) == child);
    if (CHECK(WIFEXITED(status)))
        CHECK_NUMBER(WEXITSTATUS(status), way == BY_THREAD_EXIT ? 0 : STATUS);
    return false;
}

static enum way way_now;

static void in_calls_that_wait(void)
{
    for (int i = 0; i < (harness_slowness() > 1 ? 1 : 3) && !is_child; i++)
        ends(way_now, 0);
}

static void in_calls_that_are_made(void)
{
    for (unsigned i = 0; i < (harness_slowness() > 1 ? 1 : 20) && !is_child; i++)
        ends(way_now, 1 + i * 3);
}

struct variant {
    enum way way;
    struct test tests[3];
};

#define WAY(way, what)                                                                                                 \
    {                                                                                                                  \
        way,                                                                                                           \
        {                                                                                                              \
            {what " while calls wait", in_calls_that_wait}, {what " while calls are made", in_calls_that_are_made},    \
            {                                                                                                          \
                NULL, NULL                                                                                             \
            }                                                                                                          \
        }                                                                                                              \
    }

int main(int argc, char **argv)
{
    const struct variant variants[] = {
        WAY(BY_EXIT, "a process ends by exit()"),
        WAY(BY_EXIT_AT_ONCE, "a process ends by _exit()"),
        WAY(BY_QUICK_EXIT, "a process ends by quick_exit()"),
        WAY(BY_RETURN, "a process ends by returning from main()"),
        WAY(BY_BECOMING_ITSELF, "a process becomes a program, which inherits no descriptor of the library,"),
        WAY(BY_BECOMING_ANOTHER, "a process becomes another program"),
        {BY_THREAD_EXIT,
         {{"a process whose main thread is gone ends after the last call", in_calls_that_wait}, {NULL, NULL}}},
    };
    program = argv[0];
    if (argc > 1 && strcmp(argv[1], "inherited") == 0)
        return look_at_inherited(argv + 2);
    for (size_t i = 0; i < sizeof variants / sizeof *variants; i++) {
        for (const struct test *test = variants[i].tests; test->sentence != NULL; test++) {
            const struct test one[] = {*test, {NULL, NULL}};
            way_now = variants[i].way;
            harness_run(one, NULL);
            if (is_child)
                return STATUS;
        }
    }
    return harness_end();
}

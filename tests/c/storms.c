/* Signals that keep coming while calls are made: timers, and children that end. SIGPIPE is at its default. */

#define _XOPEN_SOURCE 700 /* setitimer() */

#include <signal.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "families.h"
#include "peer.h"

#define CALLERS 4
#define LATE_MS 100

static volatile sig_atomic_t signals_seen;

static void see(int number)
{
    (void)number;
    signals_seen = signals_seen + 1;
}

struct storm {
    int number;
    struct sigaction action;
    sigset_t mask;
    pthread_t parent; /* of the children that end */
    pthread_mutex_t lock;
    bool is_over;
};

static bool is_over(struct storm *storm)
{
    pthread_mutex_lock(&storm->lock);
    bool value = storm->is_over;
    pthread_mutex_unlock(&storm->lock);
    return value;
}

static void *have_children(void *argument)
{
    struct storm *storm = argument;
    while (!is_over(storm)) {
        pid_t child = fork();
        if (child == 0)
            child_end(0);
        CHECK(child > 0 && waitpid(child, NULL, 0) == child);
    }
    return NULL;
}

static void set_timer(long microseconds)
{
    const struct itimerval timer = {{0, microseconds}, {0, microseconds}};
    setitimer(ITIMER_REAL, &timer, NULL);
}

/* From here on the calling thread blocks the signal, so that the threads with the calls get it. */
static void storm_begin(struct storm *storm, int number, int flags)
{
    struct sigaction action;
    sigset_t blocked;
    signal(SIGPIPE, SIG_DFL);
    memset(storm, 0, sizeof *storm);
    memset(&action, 0, sizeof action);
    storm->number = number;
    action.sa_handler = see;
    action.sa_flags = flags;
    signals_seen = 0;
    sigaction(number, &action, &storm->action);
    pthread_mutex_init(&storm->lock, NULL);
    sigemptyset(&blocked);
    sigaddset(&blocked, number);
    pthread_sigmask(SIG_BLOCK, &blocked, &storm->mask);
    if (number == SIGALRM)
        set_timer(1000L * harness_slowness());
    else
        CHECK_NUMBER(pthread_create(&storm->parent, NULL, have_children, storm), 0);
}

static void storm_end(struct storm *storm)
{
    pthread_mutex_lock(&storm->lock);
    storm->is_over = true;
    pthread_mutex_unlock(&storm->lock);
    if (storm->number == SIGALRM)
        set_timer(0);
    else
        pthread_join(storm->parent, NULL);
    CHECK(signals_seen > 0);
    /* Those that still come are seen by nobody. */
    signal(storm->number, SIG_IGN);
    pthread_sigmask(SIG_SETMASK, &storm->mask, NULL);
    sigaction(storm->number, &storm->action, NULL);
    pthread_mutex_destroy(&storm->lock);
}

struct caller {
    pthread_t thread;
    mct_client *client;
    unsigned number;
    struct storm *storm;
    mct_status status;
    long long took;
};

static void start(struct caller *callers, mct_client *client, struct storm *storm, void *(*run)(void *))
{
    sigset_t mask, one;
    sigemptyset(&one);
    sigaddset(&one, storm->number);
    pthread_sigmask(SIG_UNBLOCK, &one, &mask);
    for (unsigned i = 0; i < CALLERS; i++) {
        callers[i] = (struct caller){.client = client, .number = i, .storm = storm};
        CHECK_NUMBER(pthread_create(&callers[i].thread, NULL, run, &callers[i]), 0);
    }
    pthread_sigmask(SIG_SETMASK, &mask, NULL);
}

static void finish(struct caller *callers)
{
    for (unsigned i = 0; i < CALLERS; i++)
        pthread_join(callers[i].thread, NULL);
}

#define WORKS(call) CHECK_STATUS(call, MCT_OK)

/* Every kind of call about one kind of token. */
#define TOKEN_CALLS(kind)                                                                                              \
    static uint64_t make_and_change_##kind(mct_client *client, const char *label)                                      \
    {                                                                                                                  \
        mct_##kind##_token_spec *spec = NULL;                                                                          \
        mct_##kind##_token_update *update = NULL;                                                                      \
        mct_##kind##_token *made = NULL, *read = NULL, *changed = NULL, *next = NULL;                                  \
        mct_##kind##_token_list *page = NULL, *all = NULL;                                                             \
        mct_##kind##_token_iter *walk = NULL;                                                                          \
        char renamed[80];                                                                                              \
        snprintf(renamed, sizeof renamed, "%s-renamed", label);                                                        \
        WORKS(mct_##kind##_token_spec_new(label, &spec, NULL));                                                        \
        WORKS(mct_##kind##_token_spec_add_stream(spec, label, false, NULL));                                           \
        WORKS(mct_##kind##_token_create(client, spec, &made, NULL));                                                   \
        const uint64_t id = mct_##kind##_token_id(made);                                                               \
        WORKS(mct_##kind##_token_read(client, id, &read, NULL));                                                       \
        CHECK_NUMBER(mct_##kind##_token_id(read), id);                                                                 \
        CHECK_TEXT(mct_##kind##_token_label(read), label);                                                             \
        WORKS(mct_##kind##_token_update_new(&update, NULL));                                                           \
        WORKS(mct_##kind##_token_update_set_label(update, renamed, NULL));                                             \
        WORKS(mct_##kind##_token_update_apply(client, id, update, &changed, NULL));                                    \
        CHECK_NUMBER(mct_##kind##_token_id(changed), id);                                                              \
        CHECK_TEXT(mct_##kind##_token_label(changed), renamed);                                                        \
        WORKS(mct_##kind##_token_list_page(client, NULL, &page, NULL));                                                \
        CHECK(mct_##kind##_token_list_len(page) > 0);                                                                  \
        WORKS(mct_##kind##_token_list_all(client, NULL, &all, NULL));                                                  \
        CHECK(mct_##kind##_token_list_len(all) > 0);                                                                   \
        WORKS(mct_##kind##_token_iter_new(client, NULL, &walk, NULL));                                                 \
        WORKS(mct_##kind##_token_iter_next(walk, &next, NULL));                                                        \
        CHECK(next != NULL);                                                                                           \
        mct_##kind##_token_iter_free(walk);                                                                            \
        mct_##kind##_token_list_free(all);                                                                             \
        mct_##kind##_token_list_free(page);                                                                            \
        mct_##kind##_token_free(next);                                                                                 \
        mct_##kind##_token_free(changed);                                                                              \
        mct_##kind##_token_free(read);                                                                                 \
        mct_##kind##_token_free(made);                                                                                 \
        mct_##kind##_token_update_free(update);                                                                        \
        mct_##kind##_token_spec_free(spec);                                                                            \
        return id;                                                                                                     \
    }

TOKEN_CALLS(publish)
TOKEN_CALLS(subscribe)

static void call_about_the_account(mct_client *client, uint64_t publish_id)
{
    mct_disable_result *disabled = NULL;
    mct_id_list *ids = NULL;
    mct_clusters *clusters = NULL;
    WORKS(mct_publish_token_sync_restream(client, publish_id, NULL));
    WORKS(mct_publish_token_disable(client, &publish_id, 1, &disabled, NULL));
    CHECK_NUMBER(mct_disable_result_success_id(disabled, 0), publish_id);
    WORKS(mct_publish_token_active_ids(client, NULL, &ids, NULL));
    WORKS(mct_cluster_list(client, &clusters, NULL));
    CHECK(mct_clusters_count(clusters) > 0);
    mct_clusters_free(clusters);
    mct_id_list_free(ids);
    mct_disable_result_free(disabled);
}

static void call_about_bandwidth(mct_client *client)
{
    for (int i = 0; i < 4; i++) {
        mct_bandwidth_query *query = NULL;
        mct_bandwidth_report *report = NULL;
        WORKS(mct_bandwidth_query_new("2026-01-01", "2026-01-03", &query, NULL));
        WORKS(i < 2 ? mct_bandwidth_query_add_tracking_id(query, "none", NULL)
                    : mct_bandwidth_query_add_stream_name(query, "none", NULL));
        if (i % 2 == 1)
            WORKS(mct_bandwidth_query_set_resolution(query, MCT_RESOLUTION_DAY, NULL));
        WORKS((i == 0       ? mct_analytics_tracking_total
                   : i == 1 ? mct_analytics_tracking_series
                   : i == 2 ? mct_analytics_tracking_streams_total
                            : mct_analytics_tracking_streams_series)(client, query, &report, NULL));
        mct_bandwidth_report_free(report);
        mct_bandwidth_query_free(query);
    }
}

static void *call_everything(void *argument)
{
    struct caller *caller = argument;
    char label[48];
    for (int i = 0; i < 20 / harness_slowness(); i++) {
        snprintf(label, sizeof label, "storm-%u-%d", caller->number, i);
        uint64_t publish = make_and_change_publish(caller->client, label);
        uint64_t subscribe = make_and_change_subscribe(caller->client, label);
        call_about_the_account(caller->client, publish);
        call_about_bandwidth(caller->client);
        WORKS(mct_publish_token_delete(caller->client, publish, NULL));
        WORKS(mct_subscribe_token_delete(caller->client, subscribe, NULL));
        CHECK_STATUS(mct_subscribe_token_delete(caller->client, subscribe, NULL), MCT_ERR_NOT_FOUND);
    }
    return NULL;
}

static mct_client *client_with(const char *url, uint32_t connections, uint32_t timeout_ms)
{
    mct_client *client = NULL;
    mct_client_config *config = api_config(url, NULL);
    OK(mct_client_config_set_max_connections(config, connections, &failure));
    OK(mct_client_config_set_timeout_ms(config, timeout_ms, &failure));
    OK(mct_client_config_set_max_retries(config, 0, &failure));
    OK(mct_client_new(config, &client, &failure));
    mct_client_config_free(config);
    return client;
}

static void calls_work_in(int number, int flags, uint32_t connections)
{
    struct storm storm;
    struct caller callers[CALLERS];
    mct_client *client = client_with(NULL, connections, 30000);
    storm_begin(&storm, number, flags);
    start(callers, client, &storm, call_everything);
    finish(callers);
    storm_end(&storm);
    mct_client_free(client);
}

static void *call_once(void *argument)
{
    struct caller *caller = argument;
    long long began = now_ms();
    caller->status = mct_subscribe_token_delete(caller->client, 1, NULL);
    caller->took = now_ms() - began;
    return NULL;
}

static void deadlines_hold_in(int number, int flags, uint32_t connections)
{
    const long long timeout = 300;
    struct storm storm;
    struct caller callers[CALLERS];
    struct server *server = server_start(BE_SILENT, NULL);
    mct_client *client = client_with(server_url(server), connections, (uint32_t)timeout);
    storm_begin(&storm, number, flags);
    start(callers, client, &storm, call_once);
    finish(callers);
    storm_end(&storm);
    for (unsigned i = 0; i < CALLERS; i++) {
        CHECK_STATUS(callers[i].status, MCT_ERR_TIMEOUT);
        CHECK(callers[i].took >= timeout && callers[i].took <= timeout + LATE_MS * harness_slowness());
    }
    mct_client_free(client);
    server_stop(server);
}

static void in_each_storm(void (*test)(int number, int flags, uint32_t connections), uint32_t connections)
{
    test(SIGALRM, 0, connections);
    test(SIGALRM, SA_RESTART, connections);
    test(SIGCHLD, 0, connections);
    test(SIGCHLD, SA_RESTART, connections);
}

static void calls_work_in_storms(void)
{
    in_each_storm(calls_work_in, 8);
}

static void calls_that_wait_in_line_work_in_storms(void)
{
    in_each_storm(calls_work_in, 1);
}

static void deadlines_hold_in_storms(void)
{
    in_each_storm(deadlines_hold_in, 8);
}

static void deadlines_of_those_that_wait_in_line_hold_in_storms(void)
{
    in_each_storm(deadlines_hold_in, 1);
}

const struct test storm_tests[] = {
    {"calls of every kind work while timers and children send signals", calls_work_in_storms},
    {"calls of every kind work over one connection while timers and children send signals",
     calls_that_wait_in_line_work_in_storms},
    {"deadlines hold while timers and children send signals", deadlines_hold_in_storms},
    {"deadlines of calls that wait in line hold while timers and children send signals",
     deadlines_of_those_that_wait_in_line_hold_in_storms},
    {NULL, NULL},
};

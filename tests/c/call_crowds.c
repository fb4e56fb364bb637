/* Many calls without blocking at once, what they leave behind, and a fork in their midst. */

#include <dirent.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ends.h"
#include "families.h"

#define THREADS 64
#define ROUNDS 2
#define CALLS 2000
#define TOO_LONG_MS 60000

/* How many threads or descriptors this process has; 0 where the system does not tell. */
static int count_of(const char *folder)
{
    DIR *entries = opendir(folder);
    int count = 0;
    if (entries == NULL)
        return 0;
    for (struct dirent *entry = readdir(entries); entry != NULL; entry = readdir(entries))
        count += entry->d_name[0] != '.';
    closedir(entries);
    return count;
}

struct counts {
    int threads, descriptors;
};

static struct counts counts_now(void)
{
    return (struct counts){count_of("/proc/self/task"), count_of("/proc/self/fd")};
}

/* What there is when the clients of the tests before this one are gone wholly. */
static struct counts counts_at_rest(void)
{
    await_end_of_library_threads();
    return counts_now();
}

/* A thread that is told to end does so a moment later, which nothing tells of. */
static void check_back_to(struct counts before)
{
    struct counts now = counts_now();
    for (long long end = clock_ms() + TOO_LONG_MS; clock_ms() < end; now = counts_now()) {
        if (now.threads == before.threads && now.descriptors == before.descriptors)
            return;
        poll(NULL, 0, 1);
    }
    CHECK_NUMBER(now.threads, before.threads);
    CHECK_NUMBER(now.descriptors, before.descriptors);
}

struct crowd {
    mct_client *client;
    pthread_barrier_t start;
};

/* A token's life, with two calls under way at a time. */
static void live_once(mct_client *client)
{
    mct_subscribe_token_spec *spec = NULL;
    mct_subscribe_token *made = NULL, *read = NULL;
    mct_clusters *clusters = NULL;
    mct_call *call = NULL, *other = NULL;
    CHECK_STATUS(mct_subscribe_token_spec_new("c-crowd", &spec, NULL), MCT_OK);
    CHECK_STATUS(mct_subscribe_token_spec_add_stream(spec, "camera", false, NULL), MCT_OK);
    CHECK_STATUS(mct_cluster_list_start(client, NULL, &other, NULL), MCT_OK);
    CHECK_STATUS(mct_subscribe_token_create_start(client, spec, NULL, &call, NULL), MCT_OK);
    mct_subscribe_token_spec_free(spec);
    CHECK_STATUS(mct_call_wait(call, UINT32_MAX, NULL), MCT_OK);
    CHECK_STATUS(mct_call_take_subscribe_token(call, &made, NULL), MCT_OK);
    mct_call_free(call);
    uint64_t id = mct_subscribe_token_id(made);
    CHECK_STATUS(mct_subscribe_token_read_start(client, id, NULL, &call, NULL), MCT_OK);
    CHECK_STATUS(mct_call_wait(call, UINT32_MAX, NULL), MCT_OK);
    CHECK_STATUS(mct_call_take_subscribe_token(call, &read, NULL), MCT_OK);
    CHECK_TEXT(mct_subscribe_token_value(read), mct_subscribe_token_value(made));
    mct_call_free(call);
    CHECK_STATUS(mct_subscribe_token_delete_start(client, id, NULL, &call, NULL), MCT_OK);
    CHECK_STATUS(mct_call_wait(call, UINT32_MAX, NULL), MCT_OK);
    CHECK_STATUS(mct_call_take_nothing(call, NULL), MCT_OK);
    mct_call_free(call);
    CHECK_STATUS(mct_call_wait(other, UINT32_MAX, NULL), MCT_OK);
    CHECK_STATUS(mct_call_take_clusters(other, &clusters, NULL), MCT_OK);
    mct_call_free(other);
    mct_clusters_free(clusters);
    mct_subscribe_token_free(read);
    mct_subscribe_token_free(made);
}

static void *live(void *argument)
{
    struct crowd *crowd = argument;
    pthread_barrier_wait(&crowd->start);
    for (int i = 0; i < ROUNDS; i++)
        live_once(crowd->client);
    return NULL;
}

static void many_threads_start_calls_on_one_client(void)
{
    struct crowd crowd;
    pthread_t threads[THREADS];
    crowd.client = api_client(NULL, NULL);
    pthread_barrier_init(&crowd.start, NULL, THREADS);
    for (int i = 0; i < THREADS; i++)
        CHECK_NUMBER(pthread_create(&threads[i], NULL, live, &crowd), 0);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    pthread_barrier_destroy(&crowd.start);
    mct_client_free(crowd.client);
}

static mct_client *client_of(const char *url, uint32_t connections)
{
    mct_client_config *config = api_config(url, NULL);
    mct_client *client = NULL;
    OK(mct_client_config_set_max_connections(config, connections, &failure));
    OK(mct_client_config_set_max_retries(config, 0, &failure));
    OK(mct_client_config_set_timeout_ms(config, 600000, &failure));
    OK(mct_client_new(config, &client, &failure));
    mct_client_config_free(config);
    return client;
}

static void many_calls_at_once_all_end_right(void)
{
    static struct ends ends = ENDS;
    static mct_call *calls[CALLS];
    struct server *server = server_start(BE_ANSWERING, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
                                                       "Content-Length: 36\r\n\r\n"
                                                       "{\"status\":\"success\",\"data\":{\"id\":1}}");
    struct counts before = counts_at_rest();
    mct_client *client = client_of(server_url(server), 5);
    mct_call_options *options = ends_options(&ends);
    for (int i = 0; i < CALLS; i++)
        OK(mct_publish_token_read_start(client, 1, options, &calls[i], &failure));
    mct_call_options_free(options);
    for (int i = 0; i < CALLS; i++) {
        mct_publish_token *token = NULL;
        OK(mct_call_wait(calls[i], UINT32_MAX, &failure));
        OK(mct_call_take_publish_token(calls[i], &token, &failure));
        CHECK_NUMBER(mct_publish_token_id(token), 1);
        mct_publish_token_free(token);
        mct_call_free(calls[i]);
    }
    ends_wait(&ends, CALLS, true);
    size_t most = server_most_connections(server);
    CHECK(most >= 2 && most <= 5);
    mct_client_free(client);
    /* Its server's ends of the connections are in this process too: they are closed when the client's are. */
    check_back_to(before);
    server_stop(server);
}

static void nothing_is_left_of_calls_and_their_client(void)
{
    static struct ends ends = ENDS;
    struct server *server = server_start(BE_SILENT, NULL);
    struct counts before = counts_at_rest();
    for (int round = 0; round < 3; round++) {
        mct_client *client = client_of(server_url(server), 8), *api = api_client(NULL, NULL);
        mct_call_options *options = ends_options(&ends);
        mct_call *calls[20], *done = NULL;
        OK(mct_cluster_list_start(api, options, &done, &failure));
        for (int i = 0; i < 20; i++) {
            calls[i] = start_delete(client, options);
            CHECK(mct_call_fd(calls[i]) >= 0);
        }
        CHECK(server_wait(server, 8 * ((unsigned)round + 1)));
        CHECK(before.threads == 0 || counts_now().threads == before.threads + 4); /* two for each client */
        OK(mct_call_wait(done, UINT32_MAX, &failure));
        for (int i = 0; i < 20; i += 2)
            mct_call_free(calls[i]);
        mct_client_free(api);
        mct_client_free(client);
        for (int i = 1; i < 20; i += 2)
            mct_call_free(calls[i]);
        mct_call_free(done);
        mct_call_options_free(options);
        ends_wait(&ends, 21, true);
        check_back_to(before);
    }
    server_stop(server);
}

struct family {
    mct_client *silent, *api;
    mct_call *with_fd, *without, *in_line, *done;
    mct_publish_token_iter *walk;
};

#define CHILD(condition)                                                                                               \
    do {                                                                                                               \
        if (!(condition))                                                                                              \
            return __LINE__;                                                                                 \
    } while (0)

static int forked(mct_call *call, bool is_done)
{
    mct_error *error = NULL;
    mct_clusters *clusters = harness_poison();
    CHILD(mct_call_wait(call, UINT32_MAX, &error) == MCT_ERR_FORKED);
    CHILD(mct_error_status(error) == MCT_ERR_FORKED);
    mct_error_free(error);
    CHILD(mct_call_wait(call, 0, NULL) == MCT_ERR_FORKED);
    CHILD(mct_call_take_nothing(call, NULL) == MCT_ERR_FORKED);
    CHILD(mct_call_take_clusters(call, &clusters, NULL) == MCT_ERR_FORKED);
    CHILD(clusters == NULL);
    CHILD(mct_call_is_done(call) == is_done);
    CHILD(mct_call_fd(call) == -1);
    mct_call_cancel(call);
    mct_call_free(call);
    return 0;
}

static int live_as_child(struct family *family)
{
    mct_call *call = NULL;
    mct_clusters *clusters = NULL;
    int failed;
    if ((failed = forked(family->with_fd, false)) != 0 || (failed = forked(family->without, false)) != 0
        || (failed = forked(family->in_line, false)) != 0 || (failed = forked(family->done, true)) != 0)
        return failed;
    CHILD(mct_cluster_list_start(family->api, NULL, &call, NULL) == MCT_ERR_FORKED && call == NULL);
    CHILD(mct_cluster_list_start(family->silent, NULL, &call, NULL) == MCT_ERR_FORKED && call == NULL);
    CHILD(mct_publish_token_iter_next_start(family->walk, NULL, &call, NULL) == MCT_ERR_FORKED && call == NULL);
    mct_publish_token_iter_free(family->walk);
    mct_client_free(family->silent);
    mct_client_free(family->api);
    mct_client *own = api_client(NULL, NULL);
    CHILD(mct_cluster_list_start(own, NULL, &call, NULL) == MCT_OK);
    CHILD(mct_call_wait(call, UINT32_MAX, NULL) == MCT_OK);
    CHILD(mct_call_take_clusters(call, &clusters, NULL) == MCT_OK);
    CHILD(mct_clusters_count(clusters) > 0);
    mct_clusters_free(clusters);
    mct_call_free(call);
    mct_client_free(own);
    return 0;
}

static void start_family(struct family *family, struct server *server, const mct_call_options *options)
{
    family->silent = client_of(server_url(server), 2);
    family->api = api_client(NULL, NULL);
    OK(mct_publish_token_iter_new(family->api, NULL, &family->walk, &failure));
    OK(mct_cluster_list_start(family->api, options, &family->done, &failure));
    OK(mct_call_wait(family->done, UINT32_MAX, &failure));
    CHECK(mct_call_fd(family->done) >= 0);
    family->with_fd = start_delete(family->silent, options);
    family->without = start_delete(family->silent, options);
    CHECK(server_wait(server, 2));
    family->in_line = start_delete(family->silent, options);
    CHECK(mct_call_fd(family->with_fd) >= 0);
}

/* What the child did not manage, as the number that it tells; 0 is all of it. It has a part of the parent's memory that
 * it can't free without harm to the parent, so it becomes another program, which no leak checker looks into. */
static int fork_with(struct family *family)
{
    int result[2], told = -1;
    if (pipe(result) != 0)
        abort();
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        told = live_as_child(family);
        fflush(NULL);
        (void)!write(result[1], &told, sizeof told);
        execlp("true", "true", (char *)NULL);
        _exit(EXIT_FAILURE);
    }
    close(result[1]);
    CHECK_NUMBER(read(result[0], &told, sizeof told), sizeof told);
    CHECK_NUMBER(waitpid(child, NULL, 0), child);
    close(result[0]);
    return told;
}

static void *wait_for_it(void *argument)
{
    struct family *family = argument;
    CHECK_STATUS(mct_call_wait(family->with_fd, UINT32_MAX, NULL), MCT_OK);
    return NULL;
}

static void a_fork_leaves_calls_to_the_parent(void)
{
    static struct ends ends = ENDS;
    struct server *server = server_start(BE_SILENT, NULL);
    struct family family;
    mct_call_options *options = ends_options(&ends);
    mct_clusters *clusters = NULL;
    pthread_t waiting;
    start_family(&family, server, options);
    mct_call_options_free(options);
    CHECK_NUMBER(pthread_create(&waiting, NULL, wait_for_it, &family), 0);
    ends_wait(&ends, 1, false);
    CHECK_NUMBER(fork_with(&family), 0);
    /* Nothing of it reached the parent's. */
    struct pollfd polled = {mct_call_fd(family.with_fd), POLLIN, 0};
    CHECK_NUMBER(poll(&polled, 1, 20), 0);
    CHECK(!mct_call_is_done(family.with_fd) && !mct_call_is_done(family.without) && !mct_call_is_done(family.in_line));
    CHECK_NUMBER(ends_so_far(&ends), 1);
    OK(mct_call_take_clusters(family.done, &clusters, &failure));
    CHECK(mct_clusters_count(clusters) > 0);
    mct_clusters_free(clusters);
    mct_call_cancel(family.with_fd);
    CHECK(server_wait(server, 3)); /* who was in line goes out now */
    pthread_join(waiting, NULL);
    CHECK_NUMBER(poll(&polled, 1, TOO_LONG_MS), 1);
    ends_as(family.with_fd, MCT_ERR_CANCELLED, MCT_OUTCOME_UNKNOWN);
    mct_client_cancel(family.silent);
    ends_as(family.without, MCT_ERR_CANCELLED, MCT_OUTCOME_UNKNOWN);
    ends_as(family.in_line, MCT_ERR_CANCELLED, MCT_OUTCOME_UNKNOWN);
    mct_call_free(family.done);
    ends_wait(&ends, 4, true);
    mct_call *call = NULL;
    OK(mct_publish_token_iter_next_start(family.walk, NULL, &call, &failure));
    OK(mct_call_wait(call, UINT32_MAX, &failure));
    mct_error *error = ends_error(call);
    CHECK(error == NULL);
    mct_error_free(error);
    mct_call_free(call);
    mct_publish_token_iter_free(family.walk);
    mct_client_free(family.api);
    mct_client_free(family.silent);
    server_stop(server);
}

const struct test call_crowd_tests[] = {
    {"64 threads start calls on one client, and each gets its own results", many_threads_start_calls_on_one_client},
    {"2,000 calls that are started at once all end right over no more connections than allowed",
     many_calls_at_once_all_end_right},
    {"threads and descriptors are gone with the calls and their client", nothing_is_left_of_calls_and_their_client},
    {"after a fork calls go on in the parent, and can be freed in the child", a_fork_leaves_calls_to_the_parent},
    {NULL, NULL},
};

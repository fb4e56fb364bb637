/* Forking a process in the middle of calls: the parent's go on, and the child starts anew. */

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "families.h"
#include "peer.h"

#define CALLERS 8
#define FORKS 20
#define AT_ONCE_MS 100

static mct_signer *signer;
static mct_claims *claims;
static char *signed_before;

static void signing_begin(void)
{
    signer = api_signer();
    OK(mct_claims_new("camera", 60, &claims, &failure));
    OK(mct_claims_set_issued_at(claims, 1767268800, &failure));
    OK(mct_signer_sign(signer, claims, &signed_before, NULL, &failure));
}

static void signing_end(void)
{
    mct_string_free(signed_before);
    mct_claims_free(claims);
    mct_signer_free(signer);
}

static bool signs_the_same(void)
{
    char *jwt = NULL;
    bool is_same = mct_signer_sign(signer, claims, &jwt, NULL, NULL) == MCT_OK && strcmp(jwt, signed_before) == 0;
    mct_string_free(jwt);
    return is_same;
}

/* Reads its own token, again and again, and signs. */
struct caller {
    pthread_t thread;
    mct_client *client;
    mct_subscribe_token *token;
    unsigned reads;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static bool is_over;
static unsigned reads_in_all;

static bool count_read(struct caller *caller)
{
    pthread_mutex_lock(&lock);
    caller->reads++;
    reads_in_all++;
    pthread_cond_broadcast(&changed);
    bool goes_on = !is_over;
    pthread_mutex_unlock(&lock);
    return goes_on;
}

static void wait_for_reads(unsigned more)
{
    pthread_mutex_lock(&lock);
    const unsigned wanted = reads_in_all + more;
    while (reads_in_all < wanted)
        pthread_cond_wait(&changed, &lock);
    pthread_mutex_unlock(&lock);
}

static void *read_own_token(void *argument)
{
    struct caller *caller = argument;
    do {
        mct_subscribe_token *token = NULL;
        CHECK_STATUS(mct_subscribe_token_read(caller->client, mct_subscribe_token_id(caller->token), &token, NULL),
                     MCT_OK);
        CHECK_NUMBER(mct_subscribe_token_id(token), mct_subscribe_token_id(caller->token));
        CHECK_TEXT(mct_subscribe_token_value(token), mct_subscribe_token_value(caller->token));
        mct_subscribe_token_free(token);
        CHECK(signs_the_same());
    } while (count_read(caller));
    return NULL;
}

static bool is_refused(mct_status status, long long began, const char *what)
{
    const long long took = now_ms() - began;
    bool is_right = status == MCT_ERR_FORKED && took < AT_ONCE_MS * harness_slowness();
    if (!is_right)
        printf("    in the child: %s after %lld ms: %s\n", mct_status_name(status), took, what);
    fflush(stdout);
    return is_right;
}

#define IS_REFUSED(call) (began = now_ms(), is_refused((call), began, #call))

/* In the child. Every kind of call of the parent's client. */
#define REFUSES_TOKEN_CALLS(kind)                                                                                      \
    static bool refuses_##kind(mct_client *client)                                                                     \
    {                                                                                                                  \
        mct_##kind##_token_spec *spec = NULL;                                                                          \
        mct_##kind##_token_update *update = NULL;                                                                      \
        mct_##kind##_token *token = NULL;                                                                              \
        mct_##kind##_token_list *list = NULL;                                                                          \
        mct_##kind##_token_iter *walk = NULL;                                                                          \
        long long began;                                                                                               \
        return mct_##kind##_token_spec_new("c-child", &spec, NULL) == MCT_OK                                           \
            && mct_##kind##_token_spec_add_stream(spec, "camera", false, NULL) == MCT_OK                               \
            && mct_##kind##_token_update_new(&update, NULL) == MCT_OK                                                  \
            && mct_##kind##_token_update_set_label(update, "c-child", NULL) == MCT_OK                                  \
            && IS_REFUSED(mct_##kind##_token_create(client, spec, &token, NULL))                                       \
            && IS_REFUSED(mct_##kind##_token_read(client, 1, &token, NULL))                                            \
            && IS_REFUSED(mct_##kind##_token_update_apply(client, 1, update, &token, NULL))                            \
            && IS_REFUSED(mct_##kind##_token_list_page(client, NULL, &list, NULL))                                     \
            && IS_REFUSED(mct_##kind##_token_list_all(client, NULL, &list, NULL))                                      \
            && mct_##kind##_token_iter_new(client, NULL, &walk, NULL) == MCT_OK                                        \
            && IS_REFUSED(mct_##kind##_token_iter_next(walk, &token, NULL))                                            \
            && IS_REFUSED(mct_##kind##_token_delete(client, 1, NULL));                                                 \
    }

REFUSES_TOKEN_CALLS(publish)
REFUSES_TOKEN_CALLS(subscribe)

static bool refuses_the_rest(mct_client *client)
{
    const uint64_t id = 1;
    mct_disable_result *disabled = NULL;
    mct_id_list *ids = NULL;
    mct_clusters *clusters = NULL;
    mct_bandwidth_query *query = NULL;
    mct_bandwidth_report *report = NULL;
    long long began;
    return mct_bandwidth_query_new("2026-01-01", "2026-01-03", &query, NULL) == MCT_OK
        && mct_bandwidth_query_add_tracking_id(query, "none", NULL) == MCT_OK
        && IS_REFUSED(mct_publish_token_disable(client, &id, 1, &disabled, NULL))
        && IS_REFUSED(mct_publish_token_active_ids(client, NULL, &ids, NULL))
        && IS_REFUSED(mct_publish_token_sync_restream(client, 1, NULL))
        && IS_REFUSED(mct_cluster_list(client, &clusters, NULL))
        && IS_REFUSED(mct_analytics_tracking_total(client, query, &report, NULL))
        && mct_bandwidth_query_set_resolution(query, MCT_RESOLUTION_DAY, NULL) == MCT_OK
        && IS_REFUSED(mct_analytics_tracking_series(client, query, &report, NULL));
}

static bool refuses_every_call(mct_client *client)
{
    return refuses_publish(client) && refuses_subscribe(client) && refuses_the_rest(client);
}

static bool makes_calls_of_its_own(uint64_t id, const char *value)
{
    mct_client *client = api_client(NULL, NULL);
    mct_subscribe_token *token = NULL;
    return mct_subscribe_token_read(client, id, &token, NULL) == MCT_OK && mct_subscribe_token_id(token) == id
        && strcmp(mct_subscribe_token_value(token), value) == 0;
}

/* What the child did not manage, as its exit status; 0 is all of it. */
static int live_as_child(mct_client *parents, const mct_subscribe_token *token)
{
    if (!refuses_every_call(parents))
        return 1;
    mct_client_cancel(parents);
    mct_client_resume(parents);
    mct_client_cancel(parents);
    if (!refuses_every_call(parents))
        return 2;
    mct_client_free(parents);
    if (!makes_calls_of_its_own(mct_subscribe_token_id(token), mct_subscribe_token_value(token)))
        return 3;
    return signs_the_same() ? 0 : 4;
}

/* 0, or what the child did not manage. */
static int result_of(pid_t child)
{
    int status = -1;
    if (child < 0 || waitpid(child, &status, 0) != child)
        return -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
}

static void forks_in_the_middle_of_calls(void)
{
    struct caller callers[CALLERS];
    mct_client *client = api_client(NULL, NULL);
    signing_begin();
    is_over = false;
    for (int i = 0; i < CALLERS; i++) {
        callers[i] = (struct caller){.client = client, .token = api_subscribe_token(client, "camera")};
        CHECK_NUMBER(pthread_create(&callers[i].thread, NULL, read_own_token, &callers[i]), 0);
    }
    for (int i = 0; i < FORKS / harness_slowness(); i++) {
        wait_for_reads(1);
        fflush(NULL);
        pid_t child = fork();
        if (child == 0)
            child_end(live_as_child(client, callers[0].token));
        wait_for_reads(CALLERS);
        CHECK_NUMBER(result_of(child), 0);
    }
    pthread_mutex_lock(&lock);
    is_over = true;
    pthread_mutex_unlock(&lock);
    for (int i = 0; i < CALLERS; i++) {
        pthread_join(callers[i].thread, NULL);
        CHECK(callers[i].reads > 0);
        OK(mct_subscribe_token_delete(client, mct_subscribe_token_id(callers[i].token), &failure));
        mct_subscribe_token_free(callers[i].token);
    }
    mct_client_free(client);
    signing_end();
}

/* A log that forks at each line that begins so, while there is a token to tell of. */
struct forking {
    mct_client *client;
    mct_subscribe_token *token;
    const char *line;
    bool child_returns;
    pid_t own;
    unsigned forks;
};

static void fork_in_line(void *user, mct_log_level level, const char *message)
{
    struct forking *forking = user;
    (void)level;
    if (forking->token == NULL || getpid() != forking->own
        || strncmp(message, forking->line, strlen(forking->line)) != 0)
        return;
    fflush(NULL);
    forking->forks++;
    pid_t child = fork();
    if (child == 0 && forking->child_returns)
        return;
    if (child == 0)
        child_end(live_as_child(forking->client, forking->token));
    CHECK_NUMBER(result_of(child), 0);
}

static void forking_begin(struct forking *forking, const char *line, bool child_returns)
{
    mct_client_config *config = api_config(NULL, NULL);
    memset(forking, 0, sizeof *forking);
    signing_begin();
    forking->own = getpid();
    forking->line = line;
    forking->child_returns = child_returns;
    OK(mct_client_config_set_log(config, MCT_LOG_TRACE, fork_in_line, forking, NULL, &failure));
    OK(mct_client_config_set_timeout_ms(config, 2000 * (uint32_t)harness_slowness(), &failure));
    OK(mct_client_config_set_max_retries(config, 0, &failure));
    OK(mct_client_new(config, &forking->client, &failure));
    mct_client_config_free(config);
    forking->token = api_subscribe_token(forking->client, "camera");
}

static void forking_end(struct forking *forking)
{
    mct_subscribe_token *token = forking->token;
    forking->token = NULL;
    OK(mct_subscribe_token_delete(forking->client, mct_subscribe_token_id(token), &failure));
    mct_subscribe_token_free(token);
    mct_client_free(forking->client);
    signing_end();
}

static void a_log_may_fork(void)
{
    struct forking forking;
    forking_begin(&forking, "", false);
    for (int i = 0; i < 2; i++) {
        mct_subscribe_token *again = NULL;
        OK(mct_subscribe_token_read(forking.client, mct_subscribe_token_id(forking.token), &again, &failure));
        CHECK_NUMBER(mct_subscribe_token_id(again), mct_subscribe_token_id(forking.token));
        mct_subscribe_token_free(again);
    }
    CHECK(forking.forks >= 4);
    forking_end(&forking);
}

static size_t tokens_with(mct_client *client, const char *label)
{
    mct_list_options *options = NULL;
    mct_subscribe_token_list *list = NULL;
    OK(mct_list_options_new(&options, &failure));
    OK(mct_list_options_set_name(options, label, MCT_FILTER_BY_TOKEN_NAME, &failure));
    OK(mct_subscribe_token_list_page(client, options, &list, &failure));
    size_t count = mct_subscribe_token_list_len(list);
    mct_subscribe_token_list_free(list);
    mct_list_options_free(options);
    return count;
}

/* The child comes back from the log into a call that is the parent's: it is told so, and sends nothing. */
static void the_childs_part_of_a_call_ends(const char *line)
{
    struct forking forking;
    struct unique label = api_unique("c-forked");
    mct_client *other = api_client(NULL, NULL);
    mct_subscribe_token_spec *spec = NULL;
    mct_subscribe_token *made = NULL, *read = NULL;
    forking_begin(&forking, line, true);
    OK(mct_subscribe_token_spec_new(label.text, &spec, &failure));
    OK(mct_subscribe_token_spec_add_stream(spec, "camera", false, &failure));
    mct_status status = mct_subscribe_token_create(forking.client, spec, &made, NULL);
    if (getpid() != forking.own)
        child_end(status == MCT_ERR_FORKED ? 0 : 100 + status);
    CHECK_STATUS(status, MCT_OK);
    CHECK_NUMBER(tokens_with(other, label.text), 1);
    const uint64_t id = mct_subscribe_token_id(forking.token);
    for (int i = 0; i < 2; i++) {
        status = mct_subscribe_token_read(forking.client, id, &read, NULL);
        if (getpid() != forking.own)
            child_end(status == MCT_ERR_FORKED ? 0 : 100 + status);
        CHECK_STATUS(status, MCT_OK);
        CHECK_NUMBER(mct_subscribe_token_id(read), id);
        mct_subscribe_token_free(read);
    }
    CHECK_NUMBER(forking.forks, 3);
    mct_subscribe_token_free(made);
    mct_subscribe_token_spec_free(spec);
    mct_client_free(other);
    forking_end(&forking);
}

static void a_call_is_the_parents_alone_before_it_is_sent(void)
{
    the_childs_part_of_a_call_ends("request: ");
}

const struct test fork_tests[] = {
    {"a process may fork while 8 threads are in calls: they go on, and the child makes its own client",
     forks_in_the_middle_of_calls},
    {"a log may fork: the child can do what any child can", a_log_may_fork},
    {"a call is the parent's alone once its log has forked", a_call_is_the_parents_alone_before_it_is_sent},
    {NULL, NULL},
};

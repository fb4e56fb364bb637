/* How calls without blocking end: their callbacks, waiting for them, cancelling them, their deadlines. */

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include "ends.h"
#include "families.h"

#define A_LONG_TIME 600000

/* A client whose calls take as long as they like, unless `timeout_ms` says so. */
static mct_client *patient_client(const char *url, uint32_t connections, uint32_t retries, uint32_t timeout_ms)
{
    mct_client_config *config = api_config(url, NULL);
    mct_client *client = NULL;
    OK(mct_client_config_set_max_connections(config, connections, &failure));
    OK(mct_client_config_set_max_retries(config, retries, &failure));
    OK(mct_client_config_set_timeout_ms(config, timeout_ms, &failure));
    OK(mct_client_new(config, &client, &failure));
    mct_client_config_free(config);
    return client;
}

static void done_is_called_once_for_each_end(void)
{
    static struct ends success = ENDS, failed = ENDS, late = ENDS, cancelled = ENDS, freed = ENDS, orphan = ENDS;
    char url[64];
    closed_port_url(url, sizeof url);
    struct server *server = server_start(BE_SILENT, NULL);
    mct_client *api = api_client(NULL, NULL), *nobody = api_client(url, NULL);
    mct_client *silent = patient_client(server_url(server), 8, 0, A_LONG_TIME);
    mct_call_options *options[] = {ends_options(&success),   ends_options(&failed), ends_options(&late),
                                   ends_options(&cancelled), ends_options(&freed),  ends_options(&orphan)};
    mct_call *calls[6] = {NULL};
    OK(mct_call_options_set_timeout_ms(options[2], (uint32_t)at_once_ms(), &failure));
    OK(mct_cluster_list_start(api, options[0], &calls[0], &failure));
    calls[1] = start_delete(nobody, options[1]);
    for (int i = 3; i < 6; i++)
        calls[i] = start_delete(silent, options[i]);
    CHECK(server_wait(server, 3));
    calls[2] = start_delete(silent, options[2]);
    CHECK_NUMBER(ends_so_far(&cancelled) + ends_so_far(&freed) + ends_so_far(&orphan), 0);
    for (int i = 0; i < 3; i++) /* a cancel of what is cancelled is nothing new */
        mct_call_cancel(calls[3]);
    mct_call_free(calls[4]);
    ends_wait(&success, 1, false);
    ends_wait(&failed, 1, false);
    ends_wait(&late, 1, false);
    ends_wait(&cancelled, 1, false);
    ends_wait(&freed, 1, false);
    mct_client_free(silent);
    ends_wait(&orphan, 1, false);
    for (int i = 0; i < 6; i++)
        mct_call_options_free(options[i]);
    ends_wait(&success, 1, true);
    mct_call_cancel(calls[0]); /* of what is done */
    mct_call_free(calls[0]);
    ends_as(calls[1], MCT_ERR_CONNECT, MCT_OUTCOME_NOT_SENT);
    FAILS(mct_call_take_nothing(calls[2], &failure), MCT_ERR_TIMEOUT, ANY_FIELD);
    mct_call_free(calls[2]);
    ends_as(calls[3], MCT_ERR_CANCELLED, MCT_OUTCOME_UNKNOWN);
    ends_as(calls[5], MCT_ERR_CANCELLED, MCT_OUTCOME_UNKNOWN);
    ends_wait(&failed, 1, true);
    ends_wait(&late, 1, true);
    ends_wait(&cancelled, 1, true);
    ends_wait(&freed, 1, true);
    ends_wait(&orphan, 1, true);
    mct_client_free(nobody);
    mct_client_free(api);
    server_stop(server);
}

static void user_is_freed_after_the_last_call(void)
{
    static struct ends ends = ENDS;
    struct server *server = server_start(BE_SILENT, NULL);
    mct_client *client = patient_client(server_url(server), 8, 0, A_LONG_TIME);
    mct_call_options *options = ends_options(&ends);
    mct_call *calls[8];
    for (int i = 0; i < 8; i++)
        calls[i] = start_delete(client, options);
    mct_call_options_free(options);
    for (unsigned i = 0; i < 7; i++) {
        mct_call_free(calls[i]);
        ends_wait(&ends, i + 1, false);
    }
    mct_call_free(calls[7]);
    ends_wait(&ends, 8, true);
    mct_client_free(client);
    server_stop(server);
}

static void a_callback_can_be_replaced(void)
{
    static struct ends first = ENDS, second = ENDS, third = ENDS;
    struct server *server = server_start(BE_SILENT, NULL);
    mct_client *client = patient_client(server_url(server), 8, 0, A_LONG_TIME);
    mct_call_options *options = ends_options(&first), *others = ends_options(&third);
    mct_call_options_free(ends_options(&second));
    ends_wait(&second, 0, true);
    mct_call_options_free(others);
    mct_call *of_first = start_delete(client, options);
    second.freed = third.freed = 0;
    OK(mct_call_options_set_done(options, ends_count_done, &second, ends_count_freed, &failure));
    ends_wait(&first, 0, false); /* its call goes on */
    OK(mct_call_options_set_done(options, ends_count_done, &third, ends_count_freed, &failure));
    ends_wait(&second, 0, true); /* no call knows it */
    mct_call *of_third = start_delete(client, options);
    mct_call_cancel(of_first);
    ends_wait(&first, 1, true);
    ends_wait(&third, 0, false);
    /* One that is not to be freed is set like any other. */
    OK(mct_call_options_set_done(options, ends_count_done, &first, NULL, &failure));
    first.freed = 0;
    mct_call_cancel(of_third);
    ends_wait(&third, 1, true);
    mct_call_options_free(options);
    ends_wait(&first, 1, false);
    mct_call_free(of_first);
    mct_call_free(of_third);
    mct_client_free(client);
    server_stop(server);
}

static void options_are_used_again(void)
{
    static struct ends ends = ENDS;
    mct_client *client = api_client(NULL, NULL);
    mct_call_options *options = ends_options(&ends);
    for (unsigned i = 1; i <= 10; i++) {
        mct_call *call = NULL;
        OK(mct_cluster_list_start(client, options, &call, &failure));
        ends_wait(&ends, i, false);
        CHECK(mct_call_is_done(call));
        mct_call_free(call);
    }
    mct_call_options_free(options);
    ends_wait(&ends, 10, true);
    mct_client_free(client);
}

/* What a callback finds and does. Its call is there when the lock is free. */
struct job {
    struct ends ends;
    pthread_mutex_t lock;
    mct_call *call;
    mct_client *client;
    struct server *silent;
    pthread_t thread;
    sigset_t blocked;
    char name[32];
    int inside, most_inside;
    bool may_go;
    pthread_cond_t goes;
};

#define JOB {.ends = ENDS, .lock = PTHREAD_MUTEX_INITIALIZER, .goes = PTHREAD_COND_INITIALIZER}

/* Starts it with this callback and waits until that is over and `user` freed. */
static void run_job(struct job *job, void (*done)(void *))
{
    mct_call_options *options = NULL;
    OK(mct_call_options_new(&options, &failure));
    job->ends.done = job->ends.freed = 0;
    OK(mct_call_options_set_done(options, done, job, ends_count_freed, &failure));
    pthread_mutex_lock(&job->lock);
    OK(mct_cluster_list_start(job->client, options, &job->call, &failure));
    pthread_mutex_unlock(&job->lock);
    mct_call_options_free(options);
    ends_wait(&job->ends, 1, true);
}

static void look_around(void *user)
{
    struct job *job = user;
    FILE *file = fopen("/proc/thread-self/comm", "r");
    job->thread = pthread_self();
    pthread_sigmask(SIG_SETMASK, NULL, &job->blocked);
    if (file == NULL || fgets(job->name, sizeof job->name, file) == NULL)
        job->name[0] = '\0';
    if (file != NULL)
        fclose(file);
    ends_count_done(&job->ends);
}

static void callbacks_have_a_thread_of_the_librarys(void)
{
    static struct job job = JOB;
    job.client = api_client(NULL, NULL);
    run_job(&job, look_around);
    CHECK(!pthread_equal(job.thread, pthread_self()));
    for (int number = 1; number < 32; number++)
        if (number != SIGKILL && number != SIGSTOP)
            CHECK_NUMBER(sigismember(&job.blocked, number), 1);
    for (int number = SIGRTMIN; number <= SIGRTMAX; number++)
        CHECK_NUMBER(sigismember(&job.blocked, number), 1);
    CHECK(strncmp(job.name, "mct-", 4) == 0 || access("/proc/thread-self/comm", R_OK) != 0);
    mct_call_free(job.call);
    mct_client_free(job.client);
}

static void call_the_library(void *user)
{
    struct job *job = user;
    mct_publish_token *token = NULL;
    mct_clusters *clusters = NULL;
    mct_call *another = NULL;
    CHECK_STATUS(mct_publish_token_read(job->client, 4242424242, &token, NULL), MCT_ERR_NOT_FOUND);
    CHECK_STATUS(mct_cluster_list(job->client, &clusters, NULL), MCT_OK);
    mct_clusters_free(clusters);
    CHECK_STATUS(mct_cluster_list_start(job->client, NULL, &another, NULL), MCT_OK);
    CHECK_STATUS(mct_call_wait(another, UINT32_MAX, NULL), MCT_OK);
    CHECK_STATUS(mct_call_take_clusters(another, &clusters, NULL), MCT_OK);
    CHECK(mct_clusters_count(clusters) > 0);
    mct_clusters_free(clusters);
    mct_call_free(another);
    ends_count_done(&job->ends);
}

static void take_its_own(void *user)
{
    struct job *job = user;
    mct_clusters *clusters = NULL;
    pthread_mutex_lock(&job->lock);
    CHECK(mct_call_is_done(job->call));
    CHECK_STATUS(mct_call_wait(job->call, UINT32_MAX, NULL), MCT_OK);
    CHECK(mct_call_fd(job->call) >= 0);
    CHECK_STATUS(mct_call_take_clusters(job->call, &clusters, NULL), MCT_OK);
    CHECK(mct_clusters_count(clusters) > 0);
    pthread_mutex_unlock(&job->lock);
    mct_clusters_free(clusters);
    ends_count_done(&job->ends);
}

static void free_its_own(void *user)
{
    struct job *job = user;
    pthread_mutex_lock(&job->lock);
    mct_call_cancel(job->call);
    mct_call_free(job->call);
    job->call = NULL;
    pthread_mutex_unlock(&job->lock);
    ends_count_done(&job->ends);
}

/* Another call of the client's is under way: it ends by this. */
static void free_the_client(void *user)
{
    struct job *job = user;
    mct_call *another = NULL;
    pthread_mutex_lock(&job->lock);
    CHECK_STATUS(mct_cluster_list_start(job->client, NULL, &another, NULL), MCT_OK);
    mct_client_free(job->client);
    job->client = NULL;
    CHECK_STATUS(mct_call_wait(another, UINT32_MAX, NULL), MCT_OK);
    mct_call_free(another);
    pthread_mutex_unlock(&job->lock);
    ends_count_done(&job->ends);
}

static void callbacks_may_do_anything(void)
{
    void (*const things[])(void *) = {call_the_library, take_its_own, free_its_own, free_the_client};
    static struct job job = JOB;
    for (size_t i = 0; i < sizeof things / sizeof *things; i++) {
        job.client = api_client(NULL, NULL);
        run_job(&job, things[i]);
        mct_call_free(job.call);
        mct_client_free(job.client);
    }
}

static void stay(void *user)
{
    struct job *job = user;
    pthread_mutex_lock(&job->lock);
    job->inside++;
    if (job->inside > job->most_inside)
        job->most_inside = job->inside;
    pthread_cond_broadcast(&job->goes);
    while (!job->may_go)
        pthread_cond_wait(&job->goes, &job->lock);
    job->inside--;
    pthread_mutex_unlock(&job->lock);
    ends_count_done(&job->ends);
}

static bool is_readable(int fd)
{
    struct pollfd polled = {fd, POLLIN, 0};
    return poll(&polled, 1, 0) == 1 && polled.revents == POLLIN;
}

static void a_slow_callback_keeps_no_call_from_ending(void)
{
    static struct job job = JOB;
    mct_call_options *options = NULL;
    mct_client *client = api_client(NULL, NULL);
    mct_call *calls[4] = {NULL};
    OK(mct_call_options_new(&options, &failure));
    OK(mct_call_options_set_done(options, stay, &job, ends_count_freed, &failure));
    OK(mct_cluster_list_start(client, options, &calls[0], &failure));
    pthread_mutex_lock(&job.lock);
    while (job.inside == 0)
        pthread_cond_wait(&job.goes, &job.lock);
    pthread_mutex_unlock(&job.lock);
    for (int i = 1; i < 4; i++) {
        mct_clusters *clusters = NULL;
        OK(mct_cluster_list_start(client, i == 1 ? NULL : options, &calls[i], &failure));
        int fd = mct_call_fd(calls[i]);
        OK(mct_call_wait(calls[i], UINT32_MAX, &failure));
        CHECK(is_readable(fd));
        OK(mct_call_take_clusters(calls[i], &clusters, &failure));
        mct_clusters_free(clusters);
    }
    CHECK_NUMBER(ends_so_far(&job.ends), 0);
    pthread_mutex_lock(&job.lock);
    CHECK_NUMBER(job.inside, 1);
    job.may_go = true;
    pthread_cond_broadcast(&job.goes);
    pthread_mutex_unlock(&job.lock);
    mct_call_options_free(options);
    ends_wait(&job.ends, 3, true);
    CHECK_NUMBER(job.most_inside, 1);
    for (int i = 0; i < 4; i++)
        mct_call_free(calls[i]);
    mct_client_free(client);
}

static void a_wait_is_as_long_as_asked_for(void)
{
    struct server *server = server_start(BE_SILENT, NULL);
    mct_client *client = patient_client(server_url(server), 8, 0, A_LONG_TIME);
    mct_call *call = start_delete(client, NULL);
    long long before = clock_ms();
    REFUSES(MCT_ERR_NOT_READY, NULL, mct_call_wait, call, 0);
    CHECK(clock_ms() - before <= at_once_ms());
    before = clock_ms();
    FAILS(mct_call_wait(call, 50, &failure), MCT_ERR_NOT_READY, NULL);
    CHECK(clock_ms() - before >= 50);
    CHECK(clock_ms() - before <= 50 + at_once_ms());
    CHECK(!mct_call_is_done(call));
    CHECK(server_wait(server, 1)); /* it went on */
    FAILS(mct_call_take_nothing(call, &failure), MCT_ERR_NOT_READY, NULL);
    mct_call_cancel(call);
    OK(mct_call_wait(call, A_LONG_TIME, &failure));
    OK(mct_call_wait(call, 0, &failure));
    OK(mct_call_wait(call, UINT32_MAX, &failure));
    OK(mct_call_wait(call, UINT32_MAX - 1, &failure));
    mct_call_free(call);
    mct_client_free(client);
    server_stop(server);
}

static void *wait_for_it(void *call)
{
    CHECK_STATUS(mct_call_wait(call, UINT32_MAX, NULL), MCT_OK);
    CHECK(mct_call_is_done(call));
    CHECK_STATUS(mct_call_take_nothing(call, NULL), MCT_ERR_CANCELLED);
    return NULL;
}

static void *wait_a_while(void *call)
{
    mct_status status = mct_call_wait(call, A_LONG_TIME, NULL);
    CHECK_STATUS(status, MCT_OK);
    return NULL;
}

static void several_threads_wait_for_one_call(void)
{
    struct server *server = server_start(BE_SILENT, NULL);
    mct_client *client = patient_client(server_url(server), 8, 0, A_LONG_TIME);
    mct_call *call = start_delete(client, NULL);
    pthread_t threads[12];
    for (int i = 0; i < 12; i++)
        CHECK_NUMBER(pthread_create(&threads[i], NULL, i % 2 == 0 ? wait_for_it : wait_a_while, call), 0);
    CHECK(server_wait(server, 1));
    FAILS(mct_call_wait(call, 1, &failure), MCT_ERR_NOT_READY, NULL);
    mct_call_cancel(call);
    for (int i = 0; i < 12; i++)
        pthread_join(threads[i], NULL);
    mct_call_free(call);
    mct_client_free(client);
    server_stop(server);
}

static void one_call_is_cancelled_alone(void)
{
    struct server *server = server_start(BE_SILENT, NULL);
    mct_client *client = patient_client(server_url(server), 8, 0, A_LONG_TIME);
    mct_call *calls[5];
    for (int i = 0; i < 5; i++)
        calls[i] = start_delete(client, NULL);
    CHECK(server_wait(server, 5));
    mct_call_cancel(calls[2]);
    ends_as(calls[2], MCT_ERR_CANCELLED, MCT_OUTCOME_UNKNOWN);
    for (int i = 0; i < 5; i++)
        if (i != 2)
            CHECK(!mct_call_is_done(calls[i]));
    FAILS(mct_call_wait(calls[4], 30, &failure), MCT_ERR_NOT_READY, NULL);
    /* And calls can be made. */
    calls[2] = start_delete(client, NULL);
    CHECK(server_wait(server, 6));
    for (int i = 0; i < 5; i++)
        mct_call_free(calls[i]);
    mct_client_free(client);
    server_stop(server);
}

static mct_call *start_create(mct_client *client)
{
    mct_subscribe_token_spec *spec = NULL;
    mct_call *call = NULL;
    OK(mct_subscribe_token_spec_new("c-call", &spec, &failure));
    OK(mct_subscribe_token_spec_add_stream(spec, "camera", false, &failure));
    OK(mct_subscribe_token_create_start(client, spec, NULL, &call, &failure));
    mct_subscribe_token_spec_free(spec);
    return call;
}

static void check_cancels_at_once(mct_call *call, mct_outcome outcome)
{
    long long before = clock_ms();
    CHECK(!mct_call_is_done(call));
    mct_call_cancel(call);
    OK(mct_call_wait(call, UINT32_MAX, &failure));
    CHECK(clock_ms() - before <= at_once_ms());
    ends_as(call, MCT_ERR_CANCELLED, outcome);
}

static void a_cancel_ends_a_call_that_waits_for_an_answer(void)
{
    struct server *server = server_start(BE_SILENT, NULL);
    mct_client *client = patient_client(server_url(server), 8, 3, A_LONG_TIME);
    mct_call *reads = start_delete(client, NULL), *creates = start_create(client);
    CHECK(server_wait(server, 2));
    check_cancels_at_once(reads, MCT_OUTCOME_UNKNOWN);
    check_cancels_at_once(creates, MCT_OUTCOME_UNKNOWN);
    mct_client_free(client);
    server_stop(server);
}

static void a_cancel_ends_a_call_in_line(void)
{
    struct server *server = server_start(BE_SILENT, NULL);
    mct_client *client = patient_client(server_url(server), 1, 3, A_LONG_TIME);
    mct_call *first = start_delete(client, NULL);
    CHECK(server_wait(server, 1));
    mct_call *second = start_create(client), *third = start_delete(client, NULL);
    FAILS(mct_call_wait(third, 20, &failure), MCT_ERR_NOT_READY, NULL);
    check_cancels_at_once(second, MCT_OUTCOME_NOT_SENT);
    check_cancels_at_once(third, MCT_OUTCOME_NOT_SENT);
    /* The place in line is not lost, and comes to who is next. */
    mct_call *fourth = start_delete(client, NULL);
    check_cancels_at_once(first, MCT_OUTCOME_UNKNOWN);
    CHECK(server_wait(server, 2));
    check_cancels_at_once(fourth, MCT_OUTCOME_UNKNOWN);
    mct_client_free(client);
    server_stop(server);
}

/* A listener whose queue is full: who connects to it waits. Answers its address; `fds` are to be closed. */
static void full_port(char *url, size_t size, int fds[8])
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t length = sizeof address;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    for (int i = 0; i < 8; i++)
        fds[i] = socket(AF_INET, SOCK_STREAM, 0);
    CHECK_NUMBER(bind(fds[0], (struct sockaddr *)&address, length), 0);
    CHECK_NUMBER(listen(fds[0], 0), 0);
    CHECK_NUMBER(getsockname(fds[0], (struct sockaddr *)&address, &length), 0);
    for (int i = 1; i < 8; i++) {
        fcntl(fds[i], F_SETFL, O_NONBLOCK);
        (void)!connect(fds[i], (struct sockaddr *)&address, length);
    }
    snprintf(url, size, "http://127.0.0.1:%d", ntohs(address.sin_port));
}

static void a_cancel_ends_a_call_that_connects(void)
{
    char url[64];
    int fds[8];
    mct_client_config *config;
    mct_client *client = NULL;
    full_port(url, sizeof url, fds);
    config = api_config(url, NULL);
    OK(mct_client_config_set_connect_timeout_ms(config, A_LONG_TIME, &failure));
    OK(mct_client_config_set_timeout_ms(config, A_LONG_TIME, &failure));
    OK(mct_client_new(config, &client, &failure));
    mct_call *call = start_create(client);
    FAILS(mct_call_wait(call, 50, &failure), MCT_ERR_NOT_READY, NULL);
    check_cancels_at_once(call, MCT_OUTCOME_NOT_SENT);
    mct_client_free(client);
    mct_client_config_free(config);
    for (int i = 0; i < 8; i++)
        close(fds[i]);
}

/* Counts the lines that tell of a pause. */
static void note_pause(void *user, mct_log_level level, const char *message)
{
    (void)level;
    if (strncmp(message, "retry in ", strlen("retry in ")) == 0)
        ends_count_done(user);
}

static void a_cancel_ends_a_call_between_two_tries(void)
{
    static struct ends pauses = ENDS;
    struct server *server = server_start(BE_ANSWERING, "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 30\r\n"
                                                       "Content-Length: 0\r\n\r\n");
    mct_client_config *config = api_config(server_url(server), NULL);
    mct_client *client = NULL;
    mct_call_options_free(ends_options(&pauses));
    pauses.freed = 0;
    OK(mct_client_config_set_log(config, MCT_LOG_WARN, note_pause, &pauses, ends_count_freed, &failure));
    OK(mct_client_config_set_timeout_ms(config, A_LONG_TIME, &failure));
    OK(mct_client_new(config, &client, &failure));
    mct_client_config_free(config);
    mct_call *call = start_delete(client, NULL);
    ends_wait(&pauses, 1, false);
    check_cancels_at_once(call, MCT_OUTCOME_UNKNOWN);
    mct_client_free(client);
    ends_wait(&pauses, 1, true);
    server_stop(server);
}

static void a_cancel_of_the_client_ends_all(void)
{
    static struct ends ends = ENDS;
    struct server *server = server_start(BE_SILENT, NULL);
    mct_client *client = patient_client(server_url(server), 4, 0, A_LONG_TIME);
    mct_call_options *options = ends_options(&ends);
    mct_call *calls[12];
    for (int i = 0; i < 12; i++)
        calls[i] = start_delete(client, options);
    CHECK(server_wait(server, 4));
    long long before = clock_ms();
    mct_client_cancel(client);
    for (int i = 0; i < 12; i++)
        OK(mct_call_wait(calls[i], UINT32_MAX, &failure));
    CHECK(clock_ms() - before <= at_once_ms());
    int known = 0;
    for (int i = 0; i < 12; i++) {
        mct_error *error = ends_error(calls[i]);
        CHECK_STATUS(mct_error_status(error), MCT_ERR_CANCELLED);
        known += mct_error_outcome(error) == MCT_OUTCOME_NOT_SENT;
        mct_error_free(error);
        mct_call_free(calls[i]);
    }
    CHECK_NUMBER(known, 8); /* those in line */
    /* Those to come too, until it is taken back. */
    ends_as(start_delete(client, options), MCT_ERR_CANCELLED, MCT_OUTCOME_NOT_SENT);
    mct_client_resume(client);
    mct_call *call = start_delete(client, options);
    CHECK(server_wait(server, 5));
    CHECK(!mct_call_is_done(call));
    /* A cancel that is taken back at once ends what was under way. */
    mct_client_cancel(client);
    mct_client_resume(client);
    ends_as(call, MCT_ERR_CANCELLED, MCT_OUTCOME_UNKNOWN);
    mct_call_options_free(options);
    ends_wait(&ends, 14, true);
    mct_client_free(client);
    server_stop(server);
}

/* The call ends by its deadline: of three none too early, and one without the delays of a machine that is busy. */
static void check_too_late(mct_client *client, const mct_call_options *options, long long wanted)
{
    long long least = A_LONG_TIME;
    for (int i = 0; i < 3; i++) {
        long long before = clock_ms();
        mct_call *call = start_delete(client, options);
        OK(mct_call_wait(call, UINT32_MAX, &failure));
        long long took = clock_ms() - before;
        FAILS(mct_call_take_nothing(call, &failure), MCT_ERR_TIMEOUT, ANY_FIELD);
        mct_call_free(call);
        CHECK(took >= wanted);
        least = took < least ? took : least;
    }
    CHECK(least <= wanted + at_once_ms());
}

static void a_call_has_a_deadline_of_its_own(void)
{
    struct server *server = server_start(BE_SILENT, NULL), *busy = server_start(BE_SILENT, NULL);
    mct_client *client = patient_client(server_url(server), 1, 0, A_LONG_TIME);
    mct_client *taken = patient_client(server_url(busy), 1, 0, A_LONG_TIME);
    mct_call_options *options = NULL;
    mct_call *first = start_delete(taken, NULL);
    OK(mct_call_options_new(&options, &failure));
    OK(mct_call_options_set_timeout_ms(options, (uint32_t)at_once_ms(), &failure));
    check_too_late(client, options, at_once_ms());
    CHECK(server_wait(busy, 1));
    check_too_late(taken, options, at_once_ms()); /* in line */
    CHECK(!mct_call_is_done(first));
    mct_call_free(first);
    mct_call_options_free(options);
    mct_client_free(taken);
    mct_client_free(client);
    server_stop(busy);
    server_stop(server);
}

static void a_call_has_its_clients_deadline_otherwise(void)
{
    struct server *server = server_start(BE_SILENT, NULL);
    mct_client *client = patient_client(server_url(server), 8, 0, (uint32_t)at_once_ms());
    mct_call_options *options = NULL;
    OK(mct_call_options_new(&options, &failure));
    check_too_late(client, NULL, at_once_ms());
    check_too_late(client, options, at_once_ms());
    OK(mct_call_options_set_timeout_ms(options, 2 * (uint32_t)at_once_ms(), &failure)); /* later than the client's */
    check_too_late(client, options, 2 * at_once_ms());
    mct_call_options_free(options);
    mct_client_free(client);
    server_stop(server);
}

static void calls_outlive_their_client(void)
{
    static struct ends ends = ENDS;
    struct server *server = server_start(BE_SILENT, NULL);
    mct_client *client = patient_client(server_url(server), 2, 0, A_LONG_TIME), *api = api_client(NULL, NULL);
    mct_call_options *options = ends_options(&ends);
    mct_call *calls[4], *done = NULL;
    mct_clusters *clusters = NULL;
    OK(mct_cluster_list_start(api, NULL, &done, &failure));
    OK(mct_call_wait(done, UINT32_MAX, &failure));
    mct_client_free(api);
    for (int i = 0; i < 4; i++)
        calls[i] = start_delete(client, options);
    mct_call_options_free(options);
    CHECK(server_wait(server, 2));
    int fd = mct_call_fd(calls[0]);
    long long before = clock_ms();
    mct_client_free(client);
    CHECK(clock_ms() - before <= at_once_ms());
    int not_sent = 0;
    for (int i = 0; i < 4; i++) {
        OK(mct_call_wait(calls[i], UINT32_MAX, &failure));
        mct_error *error = ends_error(calls[i]);
        CHECK_STATUS(mct_error_status(error), MCT_ERR_CANCELLED);
        not_sent += mct_error_outcome(error) == MCT_OUTCOME_NOT_SENT;
        mct_error_free(error);
    }
    CHECK_NUMBER(not_sent, 2);
    CHECK(is_readable(fd) && fd == mct_call_fd(calls[0]));
    for (int i = 0; i < 4; i++)
        mct_call_free(calls[i]);
    ends_wait(&ends, 4, true);
    OK(mct_call_take_clusters(done, &clusters, &failure));
    CHECK(mct_clusters_count(clusters) > 0);
    mct_clusters_free(clusters);
    mct_call_free(done);
    server_stop(server);
}

const struct test call_end_tests[] = {
    {"done is called once at each end: success, failure, deadline, cancel, free, and the client's free",
     done_is_called_once_for_each_end},
    {"the user of a callback is freed once, after the last call that was started with it",
     user_is_freed_after_the_last_call},
    {"a callback that is replaced is kept for the calls that were started with it, and no longer",
     a_callback_can_be_replaced},
    {"the options of calls are used for any number of them", options_are_used_again},
    {"callbacks run on a named thread that has every signal blocked", callbacks_have_a_thread_of_the_librarys},
    {"a callback may make calls, start some and wait, take, free its own, and free the client",
     callbacks_may_do_anything},
    {"a slow callback keeps no call from ending, and callbacks come one after the other",
     a_slow_callback_keeps_no_call_from_ending},
    {"a wait for a call is as long as asked for, and the call goes on", a_wait_is_as_long_as_asked_for},
    {"several threads wait for one call", several_threads_wait_for_one_call},
    {"a cancel of one call leaves the others of its client alone", one_call_is_cancelled_alone},
    {"a cancel ends a call that waits for an answer, at once, and its outcome is not known",
     a_cancel_ends_a_call_that_waits_for_an_answer},
    {"a cancel ends a call that waits in line, at once, and nothing was sent", a_cancel_ends_a_call_in_line},
    {"a cancel ends a call that connects, at once, and nothing was sent", a_cancel_ends_a_call_that_connects},
    {"a cancel ends a call that pauses between two tries, at once", a_cancel_ends_a_call_between_two_tries},
    {"a cancel of the client ends every call that was started, and those to come until it is taken back",
     a_cancel_of_the_client_ends_all},
    {"a call that is started has a deadline of its own, in line too", a_call_has_a_deadline_of_its_own},
    {"a call that is started without one has its client's deadline", a_call_has_its_clients_deadline_otherwise},
    {"calls outlive their client and are CANCELLED, and what was done before stays", calls_outlive_their_client},
    {NULL, NULL},
};

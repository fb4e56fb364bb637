/* The host's signals. */

#include <signal.h>
#include <unistd.h>

#include "families.h"

#define MOST_SIGNALS 64

struct host_signals {
    struct sigaction actions[MOST_SIGNALS + 1];
    sigset_t mask, pending;
};

static void note_signals(struct host_signals *host)
{
    memset(host, 0, sizeof *host);
    for (int number = 1; number <= MOST_SIGNALS; number++)
        sigaction(number, NULL, &host->actions[number]);
    pthread_sigmask(SIG_SETMASK, NULL, &host->mask);
    sigpending(&host->pending);
}

static void check_same_signals(const struct host_signals *before)
{
    struct host_signals now;
    note_signals(&now);
    for (int number = 1; number <= MOST_SIGNALS; number++) {
        CHECK(before->actions[number].sa_handler == now.actions[number].sa_handler);
        CHECK_NUMBER(now.actions[number].sa_flags, before->actions[number].sa_flags);
        CHECK_NUMBER(sigismember(&now.mask, number), sigismember(&before->mask, number));
        CHECK_NUMBER(sigismember(&now.pending, number), sigismember(&before->pending, number));
    }
}

static void calls_leave_signals_alone(void)
{
    struct host_signals before;
    char url[64], by_name[64];
    signal(SIGPIPE, SIG_DFL);
    note_signals(&before);
    mct_client *client = api_client(NULL, NULL);
    mct_subscribe_token *token = api_subscribe_token(client, "camera");
    OK(mct_subscribe_token_delete(client, mct_subscribe_token_id(token), &failure));
    /* A name has to be looked up, which takes a thread. */
    closed_port_url(url, sizeof url);
    snprintf(by_name, sizeof by_name, "http://localhost%s", strrchr(url, ':'));
    mct_client *nobody = api_client(by_name, NULL);
    FAILS(mct_subscribe_token_delete(nobody, 1, &failure), MCT_ERR_CONNECT, ANY_FIELD);
    mct_client_free(nobody);
    mct_subscribe_token_free(token);
    mct_client_free(client);
    check_same_signals(&before);
    CHECK(before.actions[SIGPIPE].sa_handler == SIG_DFL);
}

static void a_reset_is_an_error_and_no_sigpipe(void)
{
    struct host_signals before;
    struct server *server = server_start(BE_RESETTING, NULL);
    mct_client *client = api_client(server_url(server), NULL);
    mct_subscribe_token_spec *spec = api_large_spec();
    signal(SIGPIPE, SIG_DFL);
    note_signals(&before);
    for (int i = 0; i < 10; i++) {
        mct_subscribe_token *token = NULL;
        mct_error *error = NULL;
        CHECK_STATUS(mct_subscribe_token_create(client, spec, &token, &error), MCT_ERR_CONNECT);
        CHECK(token == NULL);
        CHECK_NUMBER(mct_error_outcome(error), MCT_OUTCOME_UNKNOWN);
        mct_error_free(error);
    }
    check_same_signals(&before);
    mct_subscribe_token_spec_free(spec);
    mct_client_free(client);
    server_stop(server);
}

static void a_reset_of_a_used_connection_is_an_error(void)
{
    struct host_signals before;
    struct server *server = server_start(BE_RESETTING_REUSED,
                                         "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
                                         "Content-Length: 32\r\n\r\n"
                                         "{\"data\":true,\"status\":\"success\"}");
    mct_client *client = api_client(server_url(server), NULL);
    signal(SIGPIPE, SIG_DFL);
    note_signals(&before);
    for (int i = 0; i < 10; i++) {
        OK(mct_subscribe_token_delete(client, 1, &failure));
        FAILS(mct_subscribe_token_delete(client, 1, &failure), MCT_ERR_CONNECT, ANY_FIELD);
    }
    check_same_signals(&before);
    mct_client_free(client);
    server_stop(server);
}

static void a_pending_sigpipe_stays_the_hosts(void)
{
    struct host_signals before;
    struct server *server = server_start(BE_RESETTING, NULL);
    mct_client *client = api_client(server_url(server), NULL);
    mct_subscribe_token_spec *spec = api_large_spec();
    mct_subscribe_token *token = NULL;
    sigset_t pipe_alone, mask;
    int taken = 0;
    sigemptyset(&pipe_alone);
    sigaddset(&pipe_alone, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &pipe_alone, &mask);
    pthread_kill(pthread_self(), SIGPIPE);
    note_signals(&before);
    FAILS(mct_subscribe_token_create(client, spec, &token, &failure), MCT_ERR_CONNECT, ANY_FIELD);
    check_same_signals(&before);
    sigwait(&pipe_alone, &taken);
    CHECK_NUMBER(taken, SIGPIPE);
    pthread_sigmask(SIG_SETMASK, &mask, NULL);
    mct_subscribe_token_spec_free(spec);
    mct_client_free(client);
    server_stop(server);
}

const struct test signal_tests[] = {
    {"calls leave the host's handlers, mask and pending signals alone", calls_leave_signals_alone},
    {"a server that resets during a large request is an error and no SIGPIPE", a_reset_is_an_error_and_no_sigpipe},
    {"a reset of a connection that was used before is an error and no SIGPIPE",
     a_reset_of_a_used_connection_is_an_error},
    {"a SIGPIPE that was pending before a call stays the host's", a_pending_sigpipe_stays_the_hosts},
    {NULL, NULL},
};

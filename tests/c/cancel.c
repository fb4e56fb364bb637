/* Cancelling, from wherever it may be done, while a server stays silent. */

#include <signal.h>
#include <unistd.h>

#include "families.h"

#define CALLERS 12 /* more than go out at once by default: the last ones wait in line */

struct caller {
    pthread_t thread;
    mct_client *client;
    mct_status status;
    mct_outcome outcome;
};

static void *call(void *argument)
{
    struct caller *caller = argument;
    mct_error *error = NULL;
    caller->status = mct_subscribe_token_delete(caller->client, 1, &error);
    caller->outcome = mct_error_outcome(error);
    mct_error_free(error);
    return NULL;
}

static void start(struct caller *caller, mct_client *client)
{
    caller->client = client;
    CHECK_NUMBER(pthread_create(&caller->thread, NULL, call, caller), 0);
}

static void another_thread_cancels(void)
{
    struct server *server = server_start(BE_SILENT, NULL);
    mct_client *client = api_client(server_url(server), NULL);
    struct caller callers[CALLERS];
    for (int i = 0; i < CALLERS; i++)
        start(&callers[i], client);
    CHECK(server_wait(server, 8));
    mct_client_cancel(client);
    for (int i = 0; i < CALLERS; i++) {
        pthread_join(callers[i].thread, NULL);
        CHECK_STATUS(callers[i].status, MCT_ERR_CANCELLED);
    }
    mct_client_free(client);
    server_stop(server);
}

static void what_was_sent_is_not_known(void)
{
    struct server *server = server_start(BE_SILENT, NULL);
    mct_client *client = api_client(server_url(server), NULL);
    struct caller caller;
    start(&caller, client);
    CHECK(server_wait(server, 1));
    mct_client_cancel(client);
    pthread_join(caller.thread, NULL);
    CHECK_STATUS(caller.status, MCT_ERR_CANCELLED);
    CHECK_NUMBER(caller.outcome, MCT_OUTCOME_UNKNOWN);
    mct_client_free(client);
    server_stop(server);
}

static void cancelled_until_resumed(void)
{
    mct_client *client = api_client(NULL, NULL);
    mct_subscribe_token_list *list = NULL;
    mct_error *error = NULL;
    mct_client_cancel(client);
    mct_client_cancel(client);
    for (int i = 0; i < 3; i++) {
        CHECK_STATUS(mct_subscribe_token_list_page(client, NULL, &list, &error), MCT_ERR_CANCELLED);
        CHECK(list == NULL);
        CHECK_NUMBER(mct_error_outcome(error), MCT_OUTCOME_NOT_SENT);
        mct_error_free(error);
    }
    mct_client_resume(client);
    OK(mct_subscribe_token_list_page(client, NULL, &list, &failure));
    mct_subscribe_token_list_free(list);
    mct_client_free(client);
}

static mct_client *volatile client_of_the_handler;

static void cancel_in_handler(int number)
{
    (void)number;
    mct_client_cancel(client_of_the_handler);
}

/* Sends the signal to the thread that makes the call, once the call is under way. */
struct sender {
    struct server *server;
    pthread_t target;
};

static void *send_signal(void *argument)
{
    struct sender *sender = argument;
    server_wait(sender->server, 1);
    pthread_kill(sender->target, SIGUSR1);
    return NULL;
}

static void a_signal_handler_cancels(void)
{
    struct server *server = server_start(BE_SILENT, NULL);
    struct sender sender = {server, pthread_self()};
    struct sigaction action, before;
    pthread_t thread;
    client_of_the_handler = api_client(server_url(server), NULL);
    memset(&action, 0, sizeof action);
    action.sa_handler = cancel_in_handler;
    sigaction(SIGUSR1, &action, &before);
    CHECK_NUMBER(pthread_create(&thread, NULL, send_signal, &sender), 0);
    FAILS(mct_subscribe_token_delete(client_of_the_handler, 1, &failure), MCT_ERR_CANCELLED, ANY_FIELD);
    pthread_join(thread, NULL);
    sigaction(SIGUSR1, &before, NULL);
    mct_client_free(client_of_the_handler);
    server_stop(server);
}

static void do_nothing(int number)
{
    (void)number;
}

/* A signal without a cancel: the call goes on until the answer, or here the deadline. */
static void a_signal_by_itself_does_not_end_a_call(void)
{
    struct server *server = server_start(BE_SILENT, NULL);
    struct sender sender = {server, pthread_self()};
    struct sigaction action, before;
    pthread_t thread;
    mct_client_config *config = api_config(server_url(server), NULL);
    mct_client *client = NULL;
    OK(mct_client_config_set_timeout_ms(config, 300, &failure));
    OK(mct_client_new(config, &client, &failure));
    memset(&action, 0, sizeof action);
    action.sa_handler = do_nothing;
    sigaction(SIGUSR1, &action, &before);
    CHECK_NUMBER(pthread_create(&thread, NULL, send_signal, &sender), 0);
    FAILS(mct_subscribe_token_delete(client, 1, &failure), MCT_ERR_TIMEOUT, ANY_FIELD);
    pthread_join(thread, NULL);
    sigaction(SIGUSR1, &before, NULL);
    mct_client_free(client);
    mct_client_config_free(config);
    server_stop(server);
}

static void freeing_ends_calls(void)
{
    struct server *server = server_start(BE_SILENT, NULL);
    mct_client *client = api_client(server_url(server), NULL);
    struct caller callers[4];
    for (int i = 0; i < 4; i++)
        start(&callers[i], client);
    CHECK(server_wait(server, 4));
    mct_client_free(client);
    for (int i = 0; i < 4; i++) {
        pthread_join(callers[i].thread, NULL);
        CHECK_STATUS(callers[i].status, MCT_ERR_CANCELLED);
    }
    server_stop(server);
}

/* At the first answer. */
static void cancel_and_resume(void *user, mct_log_level level, const char *message)
{
    mct_client **client = user;
    (void)level;
    if (*client == NULL || strncmp(message, "answer: ", 8) != 0)
        return;
    mct_client_cancel(*client);
    mct_client_resume(*client);
    *client = NULL;
}

/* A list of everything is one call and several requests. */
static void a_cancel_between_two_requests_ends_the_call(void)
{
    mct_client *others = api_client(NULL, NULL), *client = NULL, *to_cancel = NULL;
    mct_client_config *config = api_config(NULL, NULL);
    mct_list_options *options = NULL;
    mct_subscribe_token_list *list = NULL;
    mct_subscribe_token *tokens[3];
    for (int i = 0; i < 3; i++)
        tokens[i] = api_subscribe_token(others, "camera");
    OK(mct_client_config_set_log(config, MCT_LOG_TRACE, cancel_and_resume, &to_cancel, NULL, &failure));
    OK(mct_client_new(config, &client, &failure));
    OK(mct_list_options_new(&options, &failure));
    OK(mct_list_options_set_items_on_page(options, 1, &failure));
    to_cancel = client;
    FAILS(mct_subscribe_token_list_all(client, options, &list, &failure), MCT_ERR_CANCELLED, ANY_FIELD);
    CHECK(to_cancel == NULL && list == NULL);
    mct_subscribe_token_list_free(list);
    OK(mct_subscribe_token_list_all(client, options, &list, &failure));
    mct_subscribe_token_list_free(list);
    for (int i = 0; i < 3; i++) {
        OK(mct_subscribe_token_delete(others, mct_subscribe_token_id(tokens[i]), &failure));
        mct_subscribe_token_free(tokens[i]);
    }
    mct_list_options_free(options);
    mct_client_free(client);
    mct_client_config_free(config);
    mct_client_free(others);
}

const struct test cancel_tests[] = {
    {"a cancel from another thread ends every call, those that wait in line too", another_thread_cancels},
    {"the outcome of a call that was cancelled under way is not known", what_was_sent_is_not_known},
    {"a client stays cancelled until it is resumed", cancelled_until_resumed},
    {"a signal handler may cancel", a_signal_handler_cancels},
    {"a signal by itself does not end a call", a_signal_by_itself_does_not_end_a_call},
    {"a cancel between two requests of one call ends it, even if it is taken back at once",
     a_cancel_between_two_requests_ends_the_call},
    {"freeing a client ends the calls that other threads are in", freeing_ends_calls},
    {NULL, NULL},
};

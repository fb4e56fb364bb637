/*
 * Cancelling and freeing, in each phase of a call. What the call waits for there would take 30 seconds, but for the
 * pause, which takes 5, and for its turn, which comes within one.
 */

#include <signal.h>
#include <unistd.h>

#include "families.h"
#include "peer.h"

#define WITHIN_MS 100
#define MOST_PEERS 4

static const char empty_page[] = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 30\r\n\r\n"
                                 "{\"status\":\"success\",\"data\":[]}";

struct caller {
    pthread_t thread;
    pthread_barrier_t start;
    long number;
    mct_client *client;
    const mct_subscribe_token_spec *spec; /* what it creates; NULL: it asks for a list */
    mct_status status;
    mct_outcome outcome;
    long long ended;
};

struct scene {
    unsigned port;
    int listener, peers[MOST_PEERS];
    size_t peer_count;
    mct_client *client;
    mct_subscribe_token_spec *spec;
    struct caller caller, other; /* `other` is there when it has a thread */
    bool has_other, has_drip;
    pthread_t drip;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool is_pausing;
};

struct phase {
    const char *scheme, *host;
    int backlog;
    bool has_large_body, has_one_connection, is_spread;
    void (*reach)(struct scene *);
    mct_outcome outcome;
    bool goes_on; /* the same listener can take another call, right after */
};

static void *call(void *argument)
{
    struct caller *caller = argument;
    mct_subscribe_token *token = NULL;
    mct_subscribe_token_list *list = NULL;
    mct_error *error = NULL;
    caller->number = thread_number();
    pthread_barrier_wait(&caller->start);
    if (caller->spec == NULL)
        caller->status = mct_subscribe_token_list_page(caller->client, NULL, &list, &error);
    else
        caller->status = mct_subscribe_token_create(caller->client, caller->spec, &token, &error);
    caller->ended = now_ms();
    caller->outcome = mct_error_outcome(error);
    CHECK(token == NULL);
    mct_subscribe_token_list_free(list);
    mct_error_free(error);
    return NULL;
}

static void start(struct caller *caller, mct_client *client, const mct_subscribe_token_spec *spec)
{
    caller->client = client;
    caller->spec = spec;
    pthread_barrier_init(&caller->start, NULL, 2);
    CHECK_NUMBER(pthread_create(&caller->thread, NULL, call, caller), 0);
    pthread_barrier_wait(&caller->start);
}

static void finish(struct caller *caller)
{
    pthread_join(caller->thread, NULL);
    pthread_barrier_destroy(&caller->start);
}

static int next_peer(struct scene *scene)
{
    return scene->peers[scene->peer_count++] = peer_accept(scene->listener);
}

static void waiting_in_line(struct scene *scene)
{
    start(&scene->other, scene->client, scene->spec);
    scene->has_other = true;
    CHECK(peer_read_head(next_peer(scene)));
    start(&scene->caller, scene->client, scene->spec);
    thread_wait_asleep(scene->caller.number);
}

static void name_look_up(struct scene *scene)
{
    start(&scene->caller, scene->client, scene->spec);
    names_wait(1);
}

static void connecting(struct scene *scene)
{
    scene->peers[scene->peer_count++] = peer_fill(scene->port);
    start(&scene->caller, scene->client, scene->spec);
    thread_wait_asleep(scene->caller.number);
}

/* The header of the record that the client greets with. */
static void tls_handshake(struct scene *scene)
{
    start(&scene->caller, scene->client, scene->spec);
    CHECK(peer_read(next_peer(scene), 5));
}

static void sending_a_large_body(struct scene *scene)
{
    start(&scene->caller, scene->client, scene->spec);
    CHECK(peer_read_head(next_peer(scene)));
    thread_wait_asleep(scene->caller.number);
}

static void waiting_for_the_answer(struct scene *scene)
{
    start(&scene->caller, scene->client, scene->spec);
    CHECK(peer_read_head(next_peer(scene)));
    thread_wait_asleep(scene->caller.number);
}

static void *drip(void *argument)
{
    peer_drip(*(int *)argument);
    return NULL;
}

static void reading_a_dripping_answer(struct scene *scene)
{
    waiting_for_the_answer(scene);
    CHECK(peer_send(scene->peers[0],
                    "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 999999\r\n\r\n"));
    CHECK_NUMBER(pthread_create(&scene->drip, NULL, drip, &scene->peers[0]), 0);
    scene->has_drip = true;
}

/* A create is not sent again after this, a list is. */
static void pausing_between_tries(struct scene *scene)
{
    start(&scene->caller, scene->client, NULL);
    CHECK(peer_read_head(next_peer(scene)));
    CHECK(peer_send(scene->peers[0],
                    "HTTP/1.1 503 Later\r\nRetry-After: 5\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"));
    pthread_mutex_lock(&scene->lock);
    while (!scene->is_pausing)
        pthread_cond_wait(&scene->changed, &scene->lock);
    pthread_mutex_unlock(&scene->lock);
    thread_wait_asleep(scene->caller.number);
}

static void waiting_for_its_turn(struct scene *scene)
{
    start(&scene->other, scene->client, NULL);
    CHECK(peer_read_head(next_peer(scene)));
    CHECK(peer_send(scene->peers[0], empty_page));
    finish(&scene->other);
    CHECK_STATUS(scene->other.status, MCT_OK);
    start(&scene->caller, scene->client, scene->spec);
    thread_wait_asleep(scene->caller.number);
}

static void write_line(void *user, mct_log_level level, const char *message)
{
    struct scene *scene = user;
    if (level != MCT_LOG_WARN || strncmp(message, "retry in ", 9) != 0)
        return;
    pthread_mutex_lock(&scene->lock);
    scene->is_pausing = true;
    pthread_cond_broadcast(&scene->changed);
    pthread_mutex_unlock(&scene->lock);
}

static void scene_begin(struct scene *scene, const struct phase *phase)
{
    char url[80];
    memset(scene, 0, sizeof *scene);
    pthread_mutex_init(&scene->lock, NULL);
    pthread_cond_init(&scene->changed, NULL);
    names_hold();
    scene->listener = peer_listen(phase->backlog, &scene->port);
    snprintf(url, sizeof url, "%s://%s:%u", phase->scheme, phase->host, scene->port);
    mct_client_config *config = api_config(url, NULL);
    OK(mct_client_config_set_allow_insecure_http(config, true, &failure));
    OK(mct_client_config_set_log(config, MCT_LOG_WARN, write_line, scene, NULL, &failure));
    if (phase->has_one_connection)
        OK(mct_client_config_set_max_connections(config, 1, &failure));
    if (phase->is_spread)
        OK(mct_client_config_set_requests_per_second(config, 1, &failure));
    OK(mct_client_new(config, &scene->client, &failure));
    mct_client_config_free(config);
    scene->spec = phase->has_large_body ? api_large_spec() : api_spec("camera");
}

static void scene_end(struct scene *scene)
{
    mct_client_free(scene->client);
    if (scene->has_drip)
        pthread_join(scene->drip, NULL);
    names_release();
    for (size_t i = 0; i < scene->peer_count; i++)
        close(scene->peers[i]);
    close(scene->listener);
    mct_subscribe_token_spec_free(scene->spec);
    pthread_cond_destroy(&scene->changed);
    pthread_mutex_destroy(&scene->lock);
}

static mct_client *volatile client_of_the_handler;

static void cancel_in_handler(int number)
{
    (void)number;
    mct_client_cancel(client_of_the_handler);
}

static void by_this_thread(struct scene *scene)
{
    mct_client_cancel(scene->client);
}

static void by_a_handler_on_this_thread(struct scene *scene)
{
    client_of_the_handler = scene->client;
    raise(SIGUSR1);
}

static void by_a_handler_on_the_calls_thread(struct scene *scene)
{
    client_of_the_handler = scene->client;
    pthread_kill(scene->caller.thread, SIGUSR1);
}

static void by_freeing(struct scene *scene)
{
    mct_client_free(scene->client);
    scene->client = NULL;
}

/* Taken back at once: what has begun before ends all the same, and what begins after does not. */
static void by_a_cancel_that_is_taken_back(struct scene *scene)
{
    mct_client_cancel(scene->client);
    mct_client_resume(scene->client);
}

/* Nothing of the call that was ended may come into this one. */
static void make_another_call(struct scene *scene)
{
    struct caller later;
    mct_client_resume(scene->client);
    start(&later, scene->client, NULL);
    int peer = next_peer(scene);
    CHECK(peer_read_head(peer) && peer_send(peer, empty_page));
    finish(&later);
    CHECK_STATUS(later.status, MCT_OK);
}

static void end_in(const struct phase *phase, void (*end)(struct scene *))
{
    struct scene scene;
    scene_begin(&scene, phase);
    phase->reach(&scene);
    long long began = now_ms();
    end(&scene);
    finish(&scene.caller);
    CHECK_STATUS(scene.caller.status, MCT_ERR_CANCELLED);
    CHECK_NUMBER(scene.caller.outcome, phase->outcome);
    CHECK(scene.caller.ended - began <= WITHIN_MS * harness_slowness());
    if (phase->has_one_connection) {
        finish(&scene.other);
        CHECK_STATUS(scene.other.status, MCT_ERR_CANCELLED);
        CHECK(scene.other.ended - began <= WITHIN_MS * harness_slowness());
    }
    if (phase->goes_on && scene.client != NULL)
        make_another_call(&scene);
    scene_end(&scene);
}

static void end_in_each_way(const struct phase *phase)
{
    struct sigaction action, before;
    memset(&action, 0, sizeof action);
    action.sa_handler = cancel_in_handler;
    sigaction(SIGUSR1, &action, &before);
    end_in(phase, by_this_thread);
    end_in(phase, by_a_handler_on_this_thread);
    end_in(phase, by_a_handler_on_the_calls_thread);
    end_in(phase, by_a_cancel_that_is_taken_back);
    end_in(phase, by_freeing);
    sigaction(SIGUSR1, &before, NULL);
}

#define LOOPBACK "127.0.0.1"

/* A test that ends calls in one phase. */
#define PHASE(function, phase_reach, phase_outcome, ...)                                                               \
    static void function(void)                                                                                         \
    {                                                                                                                  \
        const struct phase phase = {.reach = phase_reach, .outcome = phase_outcome, __VA_ARGS__};                      \
        end_in_each_way(&phase);                                                                                       \
    }

PHASE(in_line, waiting_in_line, MCT_OUTCOME_NOT_SENT, .scheme = "http", .host = LOOPBACK, .backlog = 8,
      .has_one_connection = true, .goes_on = true)
PHASE(in_look_up, name_look_up, MCT_OUTCOME_NOT_SENT, .scheme = "http", .host = HELD_NAME, .backlog = 8)
PHASE(in_connecting, connecting, MCT_OUTCOME_NOT_SENT, .scheme = "http", .host = LOOPBACK, .backlog = 0)
PHASE(in_handshake, tls_handshake, MCT_OUTCOME_NOT_SENT, .scheme = "https", .host = LOOPBACK, .backlog = 8)
PHASE(in_sending, sending_a_large_body, MCT_OUTCOME_UNKNOWN, .scheme = "http", .host = LOOPBACK, .backlog = 8,
      .has_large_body = true, .goes_on = true)
PHASE(in_waiting, waiting_for_the_answer, MCT_OUTCOME_UNKNOWN, .scheme = "http", .host = LOOPBACK, .backlog = 8,
      .goes_on = true)
PHASE(in_reading, reading_a_dripping_answer, MCT_OUTCOME_UNKNOWN, .scheme = "http", .host = LOOPBACK, .backlog = 8,
      .goes_on = true)
PHASE(in_pause, pausing_between_tries, MCT_OUTCOME_UNKNOWN, .scheme = "http", .host = LOOPBACK, .backlog = 8,
      .goes_on = true)
PHASE(in_turn, waiting_for_its_turn, MCT_OUTCOME_NOT_SENT, .scheme = "http", .host = LOOPBACK, .backlog = 8,
      .is_spread = true)

/* No thread can be made to give up a look-up: the call comes back without it. */
static void deadline_in_look_up(void)
{
    const uint32_t timeout_ms = 300;
    mct_client_config *config = api_config("http://" HELD_NAME ":1", NULL);
    mct_client *client = NULL;
    OK(mct_client_config_set_allow_insecure_http(config, true, &failure));
    OK(mct_client_config_set_timeout_ms(config, timeout_ms, &failure));
    OK(mct_client_new(config, &client, &failure));
    names_hold();
    long long began = now_ms();
    FAILS(mct_subscribe_token_delete(client, 1, &failure), MCT_ERR_TIMEOUT, NULL);
    long long took = now_ms() - began;
    CHECK(took >= timeout_ms - 1 && took <= timeout_ms + WITHIN_MS * harness_slowness());
    names_wait(1);
    names_release();
    mct_client_free(client);
    mct_client_config_free(config);
}

const struct test phase_tests[] = {
    {"a cancel or a free ends a call that waits in line for a connection", in_line},
    {"a cancel or a free ends a call during the look-up of a name", in_look_up},
    {"a look-up that does not end costs a call its deadline and no more", deadline_in_look_up},
    {"a cancel or a free ends a call that connects", in_connecting},
    {"a cancel or a free ends a call in the TLS handshake", in_handshake},
    {"a cancel or a free ends a call that sends a large body", in_sending},
    {"a cancel or a free ends a call that waits for the answer", in_waiting},
    {"a cancel or a free ends a call that reads an answer which drips in", in_reading},
    {"a cancel or a free ends a call that pauses between two tries", in_pause},
    {"a cancel or a free ends a call that waits for its turn", in_turn},
    {NULL, NULL},
};

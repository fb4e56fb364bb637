/* Many threads, one client, one signer. */

#include "families.h"

#define THREADS 16
#define ROUNDS 20

struct shared {
    mct_client *client;
    const mct_signer *signer;
    const mct_subscribe_token *token; /* read by all of them */
    pthread_barrier_t start;
};

/* Specs and claims belong to one thread; each has its own. `failure` is the main thread's. */
static void make_and_sign(struct shared *shared)
{
    mct_subscribe_token_spec *spec = NULL;
    mct_subscribe_token *token = NULL, *again = NULL;
    mct_claims *claims = NULL;
    mct_error *error = NULL;
    char *jwt = NULL;
    CHECK_STATUS(mct_subscribe_token_spec_new("c-thread", &spec, NULL), MCT_OK);
    CHECK_STATUS(mct_subscribe_token_spec_add_stream(spec, "camera", false, NULL), MCT_OK);
    CHECK_STATUS(mct_subscribe_token_create(shared->client, spec, &token, NULL), MCT_OK);
    uint64_t id = mct_subscribe_token_id(token);
    CHECK_STATUS(mct_subscribe_token_read(shared->client, id, &again, NULL), MCT_OK);
    CHECK_NUMBER(mct_subscribe_token_id(again), id);
    CHECK_TEXT(mct_subscribe_token_value(again), mct_subscribe_token_value(token));
    CHECK_STATUS(mct_subscribe_token_delete(shared->client, id, NULL), MCT_OK);
    CHECK_STATUS(mct_subscribe_token_delete(shared->client, id, &error), MCT_ERR_NOT_FOUND);
    CHECK_STATUS(mct_claims_new("camera", 60, &claims, NULL), MCT_OK);
    CHECK_STATUS(mct_signer_sign(shared->signer, claims, &jwt, NULL, NULL), MCT_OK);
    CHECK_STATUS(mct_signer_verify(shared->signer, jwt, NULL, NULL, NULL), MCT_OK);
    CHECK_TEXT(mct_subscribe_token_label(shared->token), "shared");
    mct_string_free(jwt);
    mct_claims_free(claims);
    mct_error_free(error);
    mct_subscribe_token_free(again);
    mct_subscribe_token_free(token);
    mct_subscribe_token_spec_free(spec);
}

static void *run(void *argument)
{
    struct shared *shared = argument;
    pthread_barrier_wait(&shared->start);
    for (int i = 0; i < ROUNDS; i++)
        make_and_sign(shared);
    return NULL;
}

static void threads_share_a_client_and_a_signer(void)
{
    struct shared shared = {0};
    pthread_t threads[THREADS];
    mct_signer *signer = api_signer();
    mct_subscribe_token *token = NULL;
    OK(mct_subscribe_token_from_json("{\"id\":1,\"label\":\"shared\"}", &token, &failure));
    shared.client = api_client(NULL, NULL);
    shared.signer = signer;
    shared.token = token;
    pthread_barrier_init(&shared.start, NULL, THREADS);
    for (int i = 0; i < THREADS; i++)
        CHECK_NUMBER(pthread_create(&threads[i], NULL, run, &shared), 0);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    pthread_barrier_destroy(&shared.start);
    mct_client_free(shared.client);
    mct_subscribe_token_free(token);
    mct_signer_free(signer);
}

/* What threads share that share no client is the library's own, of which there is little. */
static void *run_apart(void *argument)
{
    struct shared *shared = argument, own = *shared;
    mct_client_config *config = NULL;
    pthread_barrier_wait(&shared->start);
    for (int i = 0; i < 3; i++) {
        CHECK_STATUS(mct_client_config_new(api_secret(), &config, NULL), MCT_OK);
        CHECK_STATUS(mct_client_config_set_base_url(config, api_url(), NULL), MCT_OK);
        CHECK_STATUS(mct_client_new(config, &own.client, NULL), MCT_OK);
        mct_client_config_free(config);
        make_and_sign(&own);
        mct_client_free(own.client);
    }
    return NULL;
}

static void threads_have_a_client_each(void)
{
    struct shared shared = {0};
    pthread_t threads[THREADS];
    mct_signer *signer = api_signer();
    mct_subscribe_token *token = NULL;
    OK(mct_subscribe_token_from_json("{\"id\":1,\"label\":\"shared\"}", &token, &failure));
    shared.signer = signer;
    shared.token = token;
    pthread_barrier_init(&shared.start, NULL, THREADS);
    for (int i = 0; i < THREADS; i++)
        CHECK_NUMBER(pthread_create(&threads[i], NULL, run_apart, &shared), 0);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    pthread_barrier_destroy(&shared.start);
    mct_subscribe_token_free(token);
    mct_signer_free(signer);
}

const struct test thread_tests[] = {
    {"16 threads make calls with one client and sign with one signer", threads_share_a_client_and_a_signer},
    {"16 threads make clients of their own and sign with one signer", threads_have_a_client_each},
    {NULL, NULL},
};

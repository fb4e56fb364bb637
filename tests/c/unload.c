/*
 * Loads the library, calls it and unloads it: in a thread that ends right after, 1,000 times, and while another thread
 * is in a call. This program is not linked with the library; its path is the argument.
 */

#include <dirent.h>
#include <dlfcn.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "millicast_tokens.h"
#include "peer.h"

#define TIMES 1000
#define SETTLED 100 /* from here on nothing may grow */
#define CALL_EACH 10

/* X(result, name, parameters) */
#define USED(X)                                                                                                        \
    X(mct_status, mct_client_config_new, (const char *, mct_client_config **, mct_error **))                           \
    X(mct_status, mct_client_config_set_base_url, (mct_client_config *, const char *, mct_error **))                   \
    X(mct_status, mct_client_config_set_timeout_ms, (mct_client_config *, uint32_t, mct_error **))                     \
    X(void, mct_client_config_free, (mct_client_config *))                                                             \
    X(mct_status, mct_client_new, (const mct_client_config *, mct_client **, mct_error **))                            \
    X(void, mct_client_cancel, (mct_client *))                                                                         \
    X(void, mct_client_free, (mct_client *))                                                                           \
    X(mct_status, mct_subscribe_token_list_page,                                                                       \
      (mct_client *, const mct_list_options *, mct_subscribe_token_list **, mct_error **))                             \
    X(void, mct_subscribe_token_list_free, (mct_subscribe_token_list *))                                               \
    X(mct_status, mct_signer_new, (uint64_t, const char *, mct_algorithm, mct_signer **, mct_error **))                \
    X(void, mct_signer_free, (mct_signer *))                                                                           \
    X(mct_status, mct_claims_new, (const char *, uint32_t, mct_claims **, mct_error **))                               \
    X(void, mct_claims_free, (mct_claims *))                                                                           \
    X(mct_status, mct_signer_sign, (const mct_signer *, const mct_claims *, char **, int64_t *, mct_error **))         \
    X(void, mct_string_free, (char *))

struct library {
#define POINTER(result, name, parameters) result(*name) parameters;
    USED(POINTER)
};

/* ISO C can't turn what dlsym() gives into a pointer to a function; copying it is what POSIX means. */
static bool find(void *loaded, const char *name, void *place)
{
    void *symbol = dlsym(loaded, name);
    memcpy(place, &symbol, sizeof symbol);
    return symbol != NULL;
}

static bool sign(const struct library *library)
{
    mct_signer *signer = NULL;
    mct_claims *claims = NULL;
    char *jwt = NULL;
    bool done = library->mct_signer_new(1, "key", MCT_HS256, &signer, NULL) == MCT_OK
        && library->mct_claims_new("camera", 60, &claims, NULL) == MCT_OK
        && library->mct_signer_sign(signer, claims, &jwt, NULL, NULL) == MCT_OK;
    library->mct_string_free(jwt);
    library->mct_claims_free(claims);
    library->mct_signer_free(signer);
    return done;
}

static mct_client *make_client(const struct library *library, const char *url, uint32_t timeout_ms)
{
    mct_client_config *config = NULL;
    mct_client *client = NULL;
    if (library->mct_client_config_new(getenv("MILLICAST_API_SECRET"), &config, NULL) != MCT_OK
        || library->mct_client_config_set_base_url(config, url, NULL) != MCT_OK
        || library->mct_client_config_set_timeout_ms(config, timeout_ms, NULL) != MCT_OK
        || library->mct_client_new(config, &client, NULL) != MCT_OK)
        puts("    no client");
    library->mct_client_config_free(config);
    return client;
}

static mct_status list(const struct library *library, mct_client *client)
{
    mct_subscribe_token_list *tokens = NULL;
    mct_status status = library->mct_subscribe_token_list_page(client, NULL, &tokens, NULL);
    library->mct_subscribe_token_list_free(tokens);
    return status;
}

static bool make_a_call(const struct library *library)
{
    mct_client *client = make_client(library, getenv("MILLICAST_API_URL"), 30000);
    bool done = list(library, client) == MCT_OK;
    library->mct_client_free(client);
    return done;
}

static const char *path;

/* NULL: it did not work. */
static void *load(struct library *library)
{
    void *loaded = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (loaded == NULL) {
        puts(dlerror());
        return NULL;
    }
    bool done = true;
#define LOOK_UP(result, name, parameters) done = find(loaded, #name, &library->name) && done;
    USED(LOOK_UP)
    return done ? loaded : NULL;
}

struct turn {
    bool with_call, is_done;
};

static void *load_and_use(void *argument)
{
    struct turn *turn = argument;
    struct library library;
    void *loaded = load(&library);
    if (loaded != NULL) {
        bool done = sign(&library) && (!turn->with_call || make_a_call(&library));
        turn->is_done = dlclose(loaded) == 0 && done;
    }
    return NULL;
}

static unsigned entries_of(const char *folder)
{
    DIR *entries = opendir(folder);
    unsigned count = 0;
    for (struct dirent *entry; entries != NULL && (entry = readdir(entries)) != NULL;)
        count += entry->d_name[0] != '.' ? 1 : 0;
    if (entries != NULL)
        closedir(entries);
    return count;
}

static unsigned mappings(void)
{
    FILE *file = fopen("/proc/self/maps", "r");
    unsigned count = 0;
    for (int byte; file != NULL && (byte = getc(file)) != EOF;)
        count += byte == '\n' ? 1 : 0;
    if (file != NULL)
        fclose(file);
    return count;
}

struct possessions {
    unsigned descriptors, threads, mappings;
};

static struct possessions possessions(void)
{
    return (struct possessions){entries_of("/proc/self/fd"), entries_of("/proc/self/task"), mappings()};
}

static bool is_no_more(struct possessions now, struct possessions before)
{
    if (now.descriptors <= before.descriptors && now.threads <= before.threads && now.mappings <= before.mappings)
        return true;
    printf("    %u descriptors, %u threads, %u mappings, from %u, %u, %u\n", now.descriptors, now.threads, now.mappings,
           before.descriptors, before.threads, before.mappings);
    return false;
}

/* A thread that was joined is listed until the kernel has put it away. */
static void wait_until_alone(void)
{
    while (entries_of("/proc/self/task") > 1)
        sched_yield();
}

static bool comes_and_goes(void)
{
    struct possessions settled = {0, 0, 0};
    unsigned done = 0;
    for (int i = 0; i < TIMES; i++) {
        pthread_t thread;
        struct turn turn = {.with_call = i % CALL_EACH == 0};
        if (pthread_create(&thread, NULL, load_and_use, &turn) == 0 && pthread_join(thread, NULL) == 0 && turn.is_done)
            done++;
        wait_until_alone();
        if (i == SETTLED)
            settled = possessions();
    }
    return is_no_more(possessions(), settled) && done == TIMES;
}

struct in_flight {
    pthread_t thread;
    struct library library;
    mct_client *client;
    mct_status status;
};

static void *stay_in_call(void *argument)
{
    struct in_flight *call = argument;
    call->status = list(&call->library, call->client);
    return NULL;
}

/* The call ends by its deadline or, where `cancels`, by what the library that is loaded again does. */
static bool goes_during_a_call(bool cancels)
{
    struct in_flight call;
    struct library again;
    char url[64];
    unsigned port;
    int listener = peer_listen(8, &port);
    void *loaded = load(&call.library), *loaded_again = NULL;
    snprintf(url, sizeof url, "http://127.0.0.1:%u", port);
    if (loaded == NULL || (call.client = make_client(&call.library, url, cancels ? 600000 : 200)) == NULL
        || pthread_create(&call.thread, NULL, stay_in_call, &call) != 0)
        return false;
    int peer = peer_accept(listener);
    bool done = peer_read_head(peer) && dlclose(loaded) == 0;
    if (cancels) {
        loaded_again = load(&again);
        done = loaded_again != NULL && done;
        again.mct_client_cancel(call.client);
    }
    pthread_join(call.thread, NULL);
    done = done && call.status == (cancels ? MCT_ERR_CANCELLED : MCT_ERR_TIMEOUT);
    if (loaded_again == NULL)
        loaded_again = load(&again);
    again.mct_client_free(call.client);
    close(peer);
    close(listener);
    return dlclose(loaded_again) == 0 && done;
}

static bool goes_during_calls(void)
{
    bool times_out = goes_during_a_call(false), is_cancelled = goes_during_a_call(true);
    return times_out && is_cancelled;
}

int main(int argc, char **argv)
{
    if (argc < 2)
        return EXIT_FAILURE;
    path = argv[1];
    bool first = comes_and_goes(), second = goes_during_calls();
    printf("%s a thread loads the library, calls it, unloads it and ends, %d times, and nothing grows\n",
           first ? "ok  " : "FAIL", TIMES);
    printf("%s the library is unloaded while a call is in flight\n", second ? "ok  " : "FAIL");
    printf("%d passed, %d failed\n", first + second, !first + !second);
    return first && second ? EXIT_SUCCESS : EXIT_FAILURE;
}

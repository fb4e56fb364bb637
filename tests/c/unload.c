/*
 * Loads the library, calls it and unloads it, in a thread that ends right after: 100 times. This program is not linked
 * with the library; its path is the argument.
 */

#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "millicast_tokens.h"

#define TIMES 100

/* X(result, name, parameters) */
#define USED(X)                                                                                                        \
    X(mct_status, mct_client_config_new, (const char *, mct_client_config **, mct_error **))                           \
    X(mct_status, mct_client_config_set_base_url, (mct_client_config *, const char *, mct_error **))                   \
    X(void, mct_client_config_free, (mct_client_config *))                                                             \
    X(mct_status, mct_client_new, (const mct_client_config *, mct_client **, mct_error **))                            \
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

static bool list(const struct library *library)
{
    const char *url = getenv("MILLICAST_API_URL"), *secret = getenv("MILLICAST_API_SECRET");
    mct_client_config *config = NULL;
    mct_client *client = NULL;
    mct_subscribe_token_list *tokens = NULL;
    bool done = library->mct_client_config_new(secret, &config, NULL) == MCT_OK
        && library->mct_client_config_set_base_url(config, url, NULL) == MCT_OK
        && library->mct_client_new(config, &client, NULL) == MCT_OK
        && library->mct_subscribe_token_list_page(client, NULL, &tokens, NULL) == MCT_OK;
    library->mct_subscribe_token_list_free(tokens);
    library->mct_client_free(client);
    library->mct_client_config_free(config);
    return done;
}

/* NULL: it did not work. */
static void *load_and_use(void *path)
{
    struct library library;
    void *loaded = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (loaded == NULL) {
        puts(dlerror());
        return NULL;
    }
    bool done = true;
#define LOOK_UP(result, name, parameters) done = find(loaded, #name, &library.name) && done;
    USED(LOOK_UP)
    done = done && sign(&library) && list(&library);
    return dlclose(loaded) == 0 && done ? path : NULL;
}

int main(int argc, char **argv)
{
    unsigned done = 0;
    for (int i = 0; argc > 1 && i < TIMES; i++) {
        pthread_t thread;
        void *result = NULL;
        if (pthread_create(&thread, NULL, load_and_use, argv[1]) == 0 && pthread_join(thread, &result) == 0
            && result != NULL)
            done++;
    }
    bool passed = done == TIMES;
    printf("%s a thread loads the library, calls it, unloads it and ends, %d times\n", passed ? "ok  " : "FAIL", TIMES);
    printf("%d passed, %d failed\n", passed, !passed);
    return passed ? EXIT_SUCCESS : EXIT_FAILURE;
}

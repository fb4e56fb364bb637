/*
 * What each of these programs does with a library that it linked or loaded: it signs, and it calls the emulator over TLS.
 * The emulator's address, secret and root are in the environment: MILLICAST_API_URL, MILLICAST_API_SECRET, MILLICAST_CA.
 */

#ifndef USE_H
#define USE_H

#include <dlfcn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "millicast_tokens.h"

/* X(result, name, parameters) */
#define USED(X)                                                                                                        \
    X(uint32_t, mct_version_number, (void))                                                                            \
    X(const char *, mct_error_message, (const mct_error *))                                                            \
    X(void, mct_error_free, (mct_error *))                                                                             \
    X(void, mct_string_free, (char *))                                                                                 \
    X(mct_status, mct_signer_new, (uint64_t, const char *, mct_algorithm, mct_signer **, mct_error **))                \
    X(void, mct_signer_free, (mct_signer *))                                                                           \
    X(mct_status, mct_claims_new, (const char *, uint32_t, mct_claims **, mct_error **))                               \
    X(void, mct_claims_free, (mct_claims *))                                                                           \
    X(mct_status, mct_signer_sign, (const mct_signer *, const mct_claims *, char **, int64_t *, mct_error **))         \
    X(mct_status, mct_client_config_new, (const char *, mct_client_config **, mct_error **))                           \
    X(mct_status, mct_client_config_set_base_url, (mct_client_config *, const char *, mct_error **))                   \
    X(mct_status, mct_client_config_add_ca_pem, (mct_client_config *, const char *, mct_error **))                     \
    X(void, mct_client_config_free, (mct_client_config *))                                                             \
    X(mct_status, mct_client_new, (const mct_client_config *, mct_client **, mct_error **))                            \
    X(void, mct_client_free, (mct_client *))                                                                           \
    X(mct_status, mct_subscribe_token_list_page,                                                                       \
      (mct_client *, const mct_list_options *, mct_subscribe_token_list **, mct_error **))                             \
    X(void, mct_subscribe_token_list_free, (mct_subscribe_token_list *))

struct library {
#define POINTER(result, name, parameters) result(*name) parameters;
    USED(POINTER)
};

/* ISO C can't turn what dlsym() gives into a pointer to a function; copying it is what POSIX means. */
static inline bool find(void *loaded, const char *name, void *place)
{
    void *symbol = dlsym(loaded, name);
    memcpy(place, &symbol, sizeof symbol);
    return symbol != NULL;
}

static inline bool find_all(void *loaded, struct library *library)
{
    bool found = loaded != NULL;
#define LOOK_UP(result, name, parameters) found = found && find(loaded, #name, &library->name);
    USED(LOOK_UP)
    return found;
}

static inline bool signs(const struct library *library)
{
    mct_signer *signer = NULL;
    mct_claims *claims = NULL;
    char *jwt = NULL;
    bool done = library->mct_signer_new(1, "key", MCT_HS256, &signer, NULL) == MCT_OK
        && library->mct_claims_new("camera", 60, &claims, NULL) == MCT_OK
        && library->mct_signer_sign(signer, claims, &jwt, NULL, NULL) == MCT_OK && strncmp(jwt, "eyJ", 3) == 0;
    library->mct_string_free(jwt);
    library->mct_claims_free(claims);
    library->mct_signer_free(signer);
    return done;
}

static inline bool calls(const struct library *library)
{
    mct_client_config *config = NULL;
    mct_client *client = NULL;
    mct_subscribe_token_list *tokens = NULL;
    mct_error *error = NULL;
    char root[8192] = "";
    FILE *file = fopen(getenv("MILLICAST_CA"), "r");
    if (file == NULL)
        return false;
    root[fread(root, 1, sizeof root - 1, file)] = '\0';
    fclose(file);
    bool done = library->mct_client_config_new(getenv("MILLICAST_API_SECRET"), &config, &error) == MCT_OK
        && library->mct_client_config_set_base_url(config, getenv("MILLICAST_API_URL"), &error) == MCT_OK
        && library->mct_client_config_add_ca_pem(config, root, &error) == MCT_OK
        && library->mct_client_new(config, &client, &error) == MCT_OK
        && library->mct_subscribe_token_list_page(client, NULL, &tokens, &error) == MCT_OK;
    if (!done)
        printf("    %s\n", library->mct_error_message(error));
    library->mct_subscribe_token_list_free(tokens);
    library->mct_client_free(client);
    library->mct_client_config_free(config);
    library->mct_error_free(error);
    return done;
}

static inline bool works(const struct library *library)
{
    return signs(library) && calls(library);
}

#ifndef NOT_LINKED
/* The one that the program is linked with. */
static inline struct library linked(void)
{
#define LINKED(result, name, parameters) .name = name,
    return (struct library){USED(LINKED)};
}
#endif

static inline int ended(const char *what, bool done)
{
    if (!done)
        printf("    %s did not work\n", what);
    return done ? EXIT_SUCCESS : EXIT_FAILURE;
}

#endif

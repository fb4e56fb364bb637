/* How long it takes from a library that is not loaded to its first signature, in nanoseconds. */
#include "millicast_tokens.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define DEMAND(what)                                                                                                   \
    do {                                                                                                               \
        if (!(what)) {                                                                                                 \
            fprintf(stderr, "%s failed\n", #what);                                                                     \
            exit(1);                                                                                                   \
        }                                                                                                              \
    } while (0)
#define FUNCTION(name) __typeof__(&name) p_##name = (__typeof__(&name))dlsym(library, #name)

static double now_ns(void) {
    struct timespec now;
    DEMAND(clock_gettime(CLOCK_MONOTONIC, &now) == 0);
    return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

int main(int count, char **arguments) {
    char token[1024];
    size_t length;
    mct_signer *signer;
    mct_claims *claims;
    DEMAND(count == 2);
    double started = now_ns();
    void *library = dlopen(arguments[1], RTLD_NOW);
    DEMAND(library != NULL);
    FUNCTION(mct_signer_new);
    FUNCTION(mct_claims_new);
    FUNCTION(mct_signer_sign_into);
    DEMAND(p_mct_signer_new(1, "a key", MCT_HS256, &signer, NULL) == MCT_OK);
    DEMAND(p_mct_claims_new("stream", 60, &claims, NULL) == MCT_OK);
    DEMAND(p_mct_signer_sign_into(signer, claims, token, sizeof token, &length, NULL, NULL) == MCT_OK);
    printf("first %.1f\n", now_ns() - started);
    return 0;
}

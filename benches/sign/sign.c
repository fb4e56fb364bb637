/*
 * How long signing and verifying take, for this library, for libjwt and for HMAC alone (OpenSSL).
 *
 * One round: each contestant in turn, for a fixed number of tokens. Prints a line for each: its name and the nanoseconds
 * that a token took. The same claims for all.
 */
#include "millicast_tokens.h"

#ifndef WITHOUT_LIBJWT
#include <jwt.h>
#endif
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define KEY "9b1a3d0c5e7f2468ace013579bdf02468ace13579bdf02468ace13579bdf0246"
#define TOKEN_ID UINT64_C(1234567)
#define STREAM "evening-show"
#define TRACKING_ID "premium"
#define VIEWER "viewer-0000000001"
#define LIFETIME 60
#define SIGNS 20000
#define PACKED 100000
#define PACKS 3

static void demand(int good, const char *what) {
    if (!good) {
        fprintf(stderr, "%s failed\n", what);
        exit(1);
    }
}

static double now_ns(void) {
    struct timespec now;
    demand(clock_gettime(CLOCK_MONOTONIC, &now) == 0, "the clock");
    return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

static void report(const char *name, double started, size_t count) {
    printf("%s %.1f\n", name, (now_ns() - started) / (double)count);
}

struct contest {
    mct_algorithm algorithm;
    const char *digest;
    const char *suffix;
    mct_signer *signer;
    mct_claims *claims;
    char token[1024];
    size_t length;
};

static void name_of(char *name, size_t size, const char *what, const struct contest *contest) {
    snprintf(name, size, "%s%s", what, contest->suffix);
}

static void single(struct contest *contest) {
    char name[64];
    double started = now_ns();
    for (int i = 0; i < SIGNS; i++) {
        demand(mct_signer_sign_into(contest->signer, contest->claims, contest->token, sizeof contest->token,
                                    &contest->length, NULL, NULL) == MCT_OK, "sign_into");
    }
    name_of(name, sizeof name, "single", contest);
    report(name, started, SIGNS);
}

static void hmac_alone(struct contest *contest) {
    char name[64];
    unsigned char signature[64];
    size_t length;
    size_t message = (size_t)(strrchr(contest->token, '.') - contest->token);
    OSSL_PARAM params[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, (char *)(uintptr_t)contest->digest, 0), OSSL_PARAM_construct_end()};
    EVP_MAC *mac = EVP_MAC_fetch(NULL, "HMAC", NULL);
    EVP_MAC_CTX *ready = EVP_MAC_CTX_new(mac);
    demand(ready && EVP_MAC_init(ready, (const unsigned char *)KEY, strlen(KEY), params), "HMAC's key");
    double started = now_ns();
    for (int i = 0; i < SIGNS; i++) {
        demand(EVP_MAC_init(ready, NULL, 0, NULL) && EVP_MAC_update(ready, (const unsigned char *)contest->token, message) &&
               EVP_MAC_final(ready, signature, &length, sizeof signature), "HMAC");
    }
    name_of(name, sizeof name, "hmac", contest);
    report(name, started, SIGNS);
    EVP_MAC_CTX_free(ready);
    EVP_MAC_free(mac);
}

static void packed(struct contest *contest, uint32_t threads) {
    static char data[PACKED * 17];
    static int64_t offsets[PACKED + 1], out_offsets[PACKED + 1];
    static char *out;
    static size_t capacity;
    size_t needed;
    for (int i = 0; i < PACKED; i++) {
        char viewer[32];
        snprintf(viewer, sizeof viewer, "viewer-%010d", i);
        memcpy(data + 17 * i, viewer, 17);
        offsets[i + 1] = 17 * (i + 1);
    }
    if (!out) {
        demand(mct_signer_sign_packed(contest->signer, contest->claims, data, offsets, PACKED, 1, NULL, 0, NULL, &needed,
                                      NULL) == MCT_OK, "the size");
        capacity = needed;
        out = malloc(capacity);
        demand(out != NULL, "memory");
        /* Not with zeros: that would leave the system to make the memory while signing is measured. */
        memset(out, 'x', capacity);
    }
    double started = now_ns();
    for (int i = 0; i < PACKS; i++) {
        demand(mct_signer_sign_packed(contest->signer, contest->claims, data, offsets, PACKED, threads, out, capacity,
                                      out_offsets, &needed, NULL) == MCT_OK, "sign_packed");
    }
    report(threads == 1 ? "packed1" : "packed2", started, (size_t)PACKS * PACKED);
}

static void verify(struct contest *contest) {
    double started = now_ns();
    for (int i = 0; i < SIGNS; i++) {
        mct_jwt *jwt;
        demand(mct_signer_verify(contest->signer, contest->token, NULL, &jwt, NULL) == MCT_OK, "verify");
        mct_jwt_free(jwt);
    }
    report("verify", started, SIGNS);
}

#ifndef WITHOUT_LIBJWT
static void libjwt_encode(void) {
    double started = now_ns();
    for (int i = 0; i < SIGNS; i++) {
        char streaming[512];
        jwt_t *jwt;
        long issued_at = (long)time(NULL);
        demand(jwt_new(&jwt) == 0, "jwt_new");
        demand(jwt_set_alg(jwt, JWT_ALG_HS256, (const unsigned char *)KEY, (int)strlen(KEY)) == 0, "jwt_set_alg");
        snprintf(streaming, sizeof streaming,
                 "{\"streaming\":{\"tokenType\":\"Subscribe\",\"streamName\":\"%s\",\"tracking\":{\"trackingId\":\"%s\"},"
                 "\"customViewerData\":\"%s\",\"tokenId\":%llu}}",
                 STREAM, TRACKING_ID, VIEWER, (unsigned long long)TOKEN_ID);
        demand(jwt_add_grants_json(jwt, streaming) == 0, "jwt_add_grants_json");
        demand(jwt_add_grant_int(jwt, "iat", issued_at) == 0 && jwt_add_grant_int(jwt, "exp", issued_at + LIFETIME) == 0,
               "jwt_add_grant_int");
        char *token = jwt_encode_str(jwt);
        demand(token != NULL, "jwt_encode_str");
        free(token);
        jwt_free(jwt);
    }
    report("libjwt_encode", started, SIGNS);
}

static void libjwt_decode(struct contest *contest) {
    double started = now_ns();
    for (int i = 0; i < SIGNS; i++) {
        jwt_t *jwt;
        demand(jwt_decode(&jwt, contest->token, (const unsigned char *)KEY, (int)strlen(KEY)) == 0, "jwt_decode");
        jwt_free(jwt);
    }
    report("libjwt_decode", started, SIGNS);
}
#endif

static void round_of(struct contest *contest) {
    demand(mct_signer_new(TOKEN_ID, KEY, contest->algorithm, &contest->signer, NULL) == MCT_OK, "mct_signer_new");
    demand(mct_claims_new(STREAM, LIFETIME, &contest->claims, NULL) == MCT_OK, "mct_claims_new");
    demand(mct_claims_set_tracking_id(contest->claims, TRACKING_ID, NULL) == MCT_OK, "the tracking id");
    demand(mct_claims_set_custom_viewer_data(contest->claims, VIEWER, NULL) == MCT_OK, "the viewer data");
    single(contest);
    hmac_alone(contest);
    if (contest->algorithm == MCT_HS256) {
        packed(contest, 1);
        packed(contest, 2);
        verify(contest);
#ifndef WITHOUT_LIBJWT
        libjwt_encode();
        libjwt_decode(contest);
#endif
    }
    mct_claims_free(contest->claims);
    mct_signer_free(contest->signer);
}

int main(void) {
    struct contest contests[] = {{MCT_HS256, "SHA256", "", NULL, NULL, "", 0},
                                 {MCT_HS384, "SHA384", "_384", NULL, NULL, "", 0},
                                 {MCT_HS512, "SHA512", "_512", NULL, NULL, "", 0}};
    for (size_t i = 0; i < sizeof contests / sizeof *contests; i++) {
        round_of(&contests[i]);
    }
    return 0;
}

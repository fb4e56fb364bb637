/*
 * What a host does that signs only, with a library made for that. This program's own pthread_create() takes the place
 * of the C library's, and tells whether a thread was asked for.
 */

#ifndef MCT_NO_CLIENT
#define MCT_NO_CLIENT
#endif

#include <dirent.h>
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>

#include "harness.h"
#include "packing.h"

/* In the year 2100: who knows the parent signs nothing that is over. */
#define NOON INT64_C(4102488000)
#define MANY 600

static unsigned threads_asked_for;

int pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*run)(void *), void *argument)
{
    (void)thread;
    (void)attributes;
    (void)run;
    (void)argument;
    threads_asked_for++;
    return EAGAIN;
}

static unsigned threads_there_are(void)
{
    DIR *tasks = opendir("/proc/self/task");
    unsigned count = 0;
    if (tasks == NULL)
        abort();
    for (struct dirent *entry = readdir(tasks); entry != NULL; entry = readdir(tasks))
        count += entry->d_name[0] != '.' ? 1 : 0;
    closedir(tasks);
    return count;
}

static mct_signer *signer_of_json(void)
{
    mct_subscribe_token *parent = NULL;
    mct_signer *signer = NULL;
    OK(mct_subscribe_token_from_json("{\"id\":7,\"token\":\"key\",\"label\":\"Evening show\",\"isActive\":true,"
                                     "\"streams\":[{\"streamName\":\"room-[0-9]+\",\"isRegex\":true}]}",
                                     &parent, &failure));
    CHECK_TEXT(mct_subscribe_token_label(parent), "Evening show");
    OK(mct_signer_from_token(parent, MCT_HS256, &signer, &failure));
    mct_subscribe_token_free(parent);
    return signer;
}

static mct_claims *claims_of(const char *stream)
{
    mct_claims *claims = NULL;
    OK(mct_claims_new(stream, 60, &claims, &failure));
    OK(mct_claims_set_issued_at(claims, NOON, &failure));
    return claims;
}

static void a_token_is_signed_and_verified(void)
{
    mct_signer *signer = signer_of_json();
    mct_claims *claims = claims_of("room-12"), *other = claims_of("stage");
    mct_verify_options *options = NULL;
    mct_jwt *read = NULL;
    char *jwt = NULL, buffer[512];
    size_t length = 0;
    OK(mct_signer_sign(signer, claims, &jwt, NULL, &failure));
    OK(mct_signer_sign_into(signer, claims, buffer, sizeof buffer, &length, NULL, &failure));
    CHECK_TEXT(buffer, jwt);
    OK(mct_verify_options_new(&options, &failure));
    OK(mct_verify_options_set_now(options, NOON, &failure));
    OK(mct_signer_verify(signer, jwt, options, &read, &failure));
    CHECK_TEXT(mct_jwt_stream_name(read), "room-12");
    OK(mct_verify_options_set_now(options, NOON + 60, &failure));
    FAILS(mct_signer_verify(signer, jwt, options, NULL, &failure), MCT_ERR_TOKEN_INVALID, "exp");
    mct_string_free(jwt);
    FAILS(mct_signer_sign(signer, other, &jwt, NULL, &failure), MCT_ERR_TOKEN_INVALID, "streamName");
    mct_jwt_free(read);
    mct_verify_options_free(options);
    mct_claims_free(other);
    mct_claims_free(claims);
    mct_signer_free(signer);
}

static void tokens_for_many_are_signed_by_the_caller_alone(void)
{
    mct_signer *signer = signer_of_json();
    mct_claims *claims = claims_of("room-12");
    struct column *data = column_made(viewer_data_at, MANY), *addresses = column_made(address_at, MANY);
    struct viewers viewers = {.n = MANY, .viewer_data = data, .addresses = addresses, .threads = 1};
    struct room *packed = packed_for(signer, claims, &viewers), *bound = signed_for(signer, claims, &viewers);
    for (uint32_t threads = 0; threads < 1000; threads += 333) {
        viewers.threads = threads;
        struct room *same = packed_for(signer, claims, &viewers), *same_bound = signed_for(signer, claims, &viewers);
        CHECK(same_tokens(same, packed) && same_tokens(same_bound, bound));
        room_free(same_bound);
        room_free(same);
    }
    for (size_t i = 0; i < MANY; i++) {
        char text[64], address[64];
        mct_jwt *one = token_at(packed, i, signer, NOON), *other = token_at(bound, i, signer, NOON);
        viewer_data_at(text, sizeof text, i);
        address_at(address, sizeof address, i);
        CHECK_TEXT(mct_jwt_custom_viewer_data(one), text[0] == '\0' ? NULL : text);
        CHECK_TEXT(mct_jwt_allowed_ip_address(one, 0), NULL);
        CHECK_TEXT(mct_jwt_allowed_ip_address(other, 0), address);
        mct_jwt_free(other);
        mct_jwt_free(one);
    }
    room_free(bound);
    room_free(packed);
    column_free(addresses);
    column_free(data);
    mct_claims_free(claims);
    mct_signer_free(signer);
}

static void the_viewer_at_fault_is_named(void)
{
    mct_signer *signer = signer_of_json();
    mct_claims *claims = claims_of("room-12");
    struct column *addresses = column_made(address_at, MANY);
    const struct viewers viewers = {.n = MANY, .addresses = addresses, .threads = 0};
    mct_error *error = NULL;
    size_t needed = 0;
    column_replace(addresses, 500, "");
    column_replace(addresses, 300, "");
    CHECK_STATUS(sign_for(signer, claims, &viewers, NULL, &needed, &error), MCT_ERR_INVALID_ARGUMENT);
    CHECK_TEXT(mct_error_field(error), "allowedIpAddresses");
    CHECK_NUMBER(mct_error_index(error), 300);
    mct_error_free(error);
    column_free(addresses);
    mct_claims_free(claims);
    mct_signer_free(signer);
}

/* The last one: what was done before it counts. */
static void no_thread_was_started(void)
{
    CHECK_NUMBER(threads_asked_for, 0);
    CHECK_NUMBER(threads_there_are(), 1);
}

int main(void)
{
    const struct test tests[] = {
        {"without the client a token is signed for a parent that is JSON, and verified",
         a_token_is_signed_and_verified},
        {"without the client tokens for many viewers are signed, whatever threads are asked for",
         tokens_for_many_are_signed_by_the_caller_alone},
        {"without the client the viewer at fault is named", the_viewer_at_fault_is_named},
        {"without the client no thread is started", no_thread_was_started},
        {NULL, NULL},
    };
    harness_run(tests, NULL);
    return harness_end();
}

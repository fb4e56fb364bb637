/* Signing, and the texts that it gives. */

#include <time.h>

#include "families.h"

/* The vendor's published sample. */
#define SAMPLE_KEY "d2e166fdda89824a6c493d8a2af7a0754199eff9e38c579cba8783767a44039c"
#define SAMPLE_PAYLOAD                                                                                                 \
    "{\"streaming\":{\"tokenId\":12345,\"tokenType\":\"Subscribe\",\"streamName\":\"myStreamName\","                     \
    "\"tracking\":{\"trackingId\":\"groupAbc\"},\"customViewerData\":\"user=user123;appVersion=x.y.x\"},"               \
    "\"iat\":1750813271,\"exp\":1750813871}"
/* The same claims, in this library's order: what differs from token to token comes last. */
#define SIGNED_PAYLOAD                                                                                                 \
    "{\"streaming\":{\"tokenType\":\"Subscribe\",\"streamName\":\"myStreamName\","                                    \
    "\"tracking\":{\"trackingId\":\"groupAbc\"},\"customViewerData\":\"user=user123;appVersion=x.y.x\","               \
    "\"tokenId\":12345},\"iat\":1750813271,\"exp\":1750813871}"
static const char sample[] =
    "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdHJlYW1pbmciOnsidG9rZW5JZCI6MTIzNDUsInRva2VuVHlwZSI6IlN1YnNjcmliZSIsInN0c"
    "mVhbU5hbWUiOiJteVN0cmVhbU5hbWUiLCJ0cmFja2luZyI6eyJ0cmFja2luZ0lkIjoiZ3JvdXBBYmMifSwiY3VzdG9tVmlld2VyRGF0YSI6InVzZXI"
    "9dXNlcjEyMzthcHBWZXJzaW9uPXgueS54In0sImlhdCI6MTc1MDgxMzI3MSwiZXhwIjoxNzUwODEzODcxfQ.pP5Kg6fCJfTaCc_OaV1FV5votZjy8x"
    "1gfJ2F7tQXj7c";

static mct_signer *sample_signer(void)
{
    mct_signer *signer = NULL;
    OK(mct_signer_new(12345, SAMPLE_KEY, MCT_HS256, &signer, &failure));
    return signer;
}

static void sample_verifies_at_its_time(void)
{
    mct_signer *signer = sample_signer();
    mct_verify_options *options = NULL;
    mct_jwt *read = NULL;
    OK(mct_verify_options_new(&options, &failure));
    OK(mct_verify_options_set_now(options, 1750813271, &failure));
    OK(mct_signer_verify(signer, sample, options, &read, &failure));
    CHECK_TEXT(mct_jwt_json(read), SAMPLE_PAYLOAD);
    OK(mct_signer_verify(signer, sample, options, NULL, &failure));
    mct_jwt_free(read);
    mct_verify_options_free(options);
    mct_signer_free(signer);
}

static void sample_is_signed_again(void)
{
    mct_signer *signer = sample_signer();
    mct_claims *claims = NULL;
    mct_jwt *read = NULL;
    char *jwt = NULL;
    int64_t expires_at = 0;
    OK(mct_claims_new("myStreamName", 600, &claims, &failure));
    OK(mct_claims_set_issued_at(claims, 1750813271, &failure));
    OK(mct_claims_set_tracking_id(claims, "groupAbc", &failure));
    OK(mct_claims_set_custom_viewer_data(claims, "user=user123;appVersion=x.y.x", &failure));
    OK(mct_signer_sign(signer, claims, &jwt, &expires_at, &failure));
    CHECK_NUMBER(expires_at, 1750813871);
    OK(mct_jwt_parse(jwt, &read, &failure));
    CHECK_TEXT(mct_jwt_json(read), SIGNED_PAYLOAD);
    CHECK(strstr(mct_jwt_header_json(read), "\"alg\":\"HS256\"") != NULL);
    CHECK(strstr(mct_jwt_header_json(read), "\"typ\":\"JWT\"") != NULL);
    CHECK_NUMBER(strlen(mct_jwt_header_json(read)), strlen("{\"alg\":\"HS256\",\"typ\":\"JWT\"}"));
    mct_jwt_free(read);
    mct_string_free(jwt);
    mct_claims_free(claims);
    mct_signer_free(signer);
}

static void every_algorithm_verifies_its_own_alone(void)
{
    const mct_algorithm algorithms[] = {MCT_HS256, MCT_HS384, MCT_HS512};
    mct_signer *signers[3] = {NULL};
    mct_claims *claims = NULL;
    OK(mct_claims_new("camera", 60, &claims, &failure));
    for (size_t i = 0; i < 3; i++)
        OK(mct_signer_new(7, SAMPLE_KEY, algorithms[i], &signers[i], &failure));
    for (size_t i = 0; i < 3; i++) {
        mct_jwt *read = NULL;
        char *jwt = NULL;
        OK(mct_signer_sign(signers[i], claims, &jwt, NULL, &failure));
        OK(mct_signer_verify(signers[i], jwt, NULL, &read, &failure));
        CHECK_NUMBER(mct_jwt_algorithm(read), algorithms[i]);
        FAILS(mct_signer_verify(signers[(i + 1) % 3], jwt, NULL, NULL, &failure), MCT_ERR_TOKEN_INVALID, ANY_FIELD);
        mct_jwt_free(read);
        mct_string_free(jwt);
    }
    for (size_t i = 0; i < 3; i++)
        mct_signer_free(signers[i]);
    mct_claims_free(claims);
}

/* time() may be one tick of the kernel behind the clock that the library reads: a second too early, at its end. */
static int64_t seconds_now(void)
{
    struct timespec now = {0};
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec;
}

static void signing_again_gives_new_times(void)
{
    mct_signer *signer = api_signer();
    mct_claims *claims = NULL;
    mct_jwt *read = NULL;
    char *jwt = NULL;
    int64_t expires_at = 0, issued_at = 0, before = seconds_now();
    OK(mct_claims_new("camera", 60, &claims, &failure));
    OK(mct_signer_sign(signer, claims, &jwt, &expires_at, &failure));
    OK(mct_jwt_parse(jwt, &read, &failure));
    CHECK(mct_jwt_issued_at(read, &issued_at) && issued_at >= before && issued_at <= seconds_now());
    CHECK_NUMBER(expires_at, issued_at + 60);
    mct_jwt_free(read);
    mct_string_free(jwt);
    OK(mct_claims_set_issued_at(claims, 1000, &failure));
    OK(mct_signer_sign(signer, claims, &jwt, &expires_at, &failure));
    CHECK_NUMBER(expires_at, 1060);
    mct_string_free(jwt);
    mct_claims_free(claims);
    mct_signer_free(signer);
}

static bool is_untouched(const char *buffer, size_t size)
{
    while (size > 0 && buffer[size - 1] == '#')
        size--;
    return size == 0;
}

static void buffer_is_filled_or_untouched(void)
{
    mct_signer *signer = api_signer();
    mct_claims *claims = NULL;
    char *jwt = NULL, buffer[1024];
    size_t length = 0, needed;
    int64_t expires_at = 0;
    OK(mct_claims_new("camera", 60, &claims, &failure));
    OK(mct_claims_set_issued_at(claims, 1000, &failure));
    OK(mct_signer_sign(signer, claims, &jwt, NULL, &failure));
    needed = strlen(jwt);

    memset(buffer, '#', sizeof buffer);
    OK(mct_signer_sign_into(signer, claims, buffer, needed + 1, &length, &expires_at, &failure));
    CHECK_NUMBER(length, needed);
    CHECK_NUMBER(expires_at, 1060);
    CHECK_TEXT(buffer, jwt);
    CHECK_NUMBER(buffer[needed + 1], '#');

    for (size_t capacity = 0; capacity <= needed; capacity += capacity == 0 ? needed - 1 : 1) {
        memset(buffer, '#', sizeof buffer);
        length = 0;
        REFUSES(MCT_ERR_BUFFER_TOO_SMALL, ANY_FIELD, mct_signer_sign_into, signer, claims, buffer, capacity, &length,
                NULL);
        CHECK_NUMBER(length, needed);
        CHECK(is_untouched(buffer, sizeof buffer));
    }
    length = 0;
    REFUSES(MCT_ERR_BUFFER_TOO_SMALL, ANY_FIELD, mct_signer_sign_into, signer, claims, NULL, 0, &length, NULL);
    CHECK_NUMBER(length, needed);
    mct_string_free(jwt);
    mct_claims_free(claims);
    mct_signer_free(signer);
}

/* That nothing beyond the text is touched, valgrind sees; that it is wiped, wiped.c. */
static void freed_text_is_wiped_whatever_was_written(void)
{
    mct_signer *signer = api_signer();
    mct_claims *claims = NULL;
    OK(mct_claims_new("camera", 60, &claims, &failure));
    for (int i = 0; i < 3; i++) {
        char *jwt = NULL;
        OK(mct_signer_sign(signer, claims, &jwt, NULL, &failure));
        size_t length = strlen(jwt);
        memset(jwt, 0, i == 0 ? 1 : i == 1 ? length / 2 : length);
        mct_string_free(jwt);
    }
    mct_claims_free(claims);
    mct_signer_free(signer);
}

static void all_claims_are_carried(void)
{
    mct_signer *signer = api_signer();
    mct_claims *claims = NULL;
    mct_jwt *read = NULL;
    char *jwt = NULL;
    OK(mct_claims_new("Zo\xc3\xab \"camera\"", 60, &claims, &failure));
    OK(mct_claims_set_tracking_id(claims, "group", &failure));
    OK(mct_claims_set_custom_viewer_data(claims, "\xe6\x9d\xb1\xe4\xba\xac \\ \xf0\x9f\x8e\xa5", &failure));
    OK(mct_claims_set_origin_cluster(claims, "auto", &failure));
    OK(mct_claims_add_allowed_origin(claims, "*.example.com", &failure));
    OK(mct_claims_add_allowed_origin(claims, "example.org:8443", &failure));
    OK(mct_claims_add_allowed_ip_address(claims, "192.0.2.0/24", &failure));
    OK(mct_claims_add_allowed_ip_address(claims, "2001:db8::1", &failure));
    OK(mct_signer_sign(signer, claims, &jwt, NULL, &failure));
    OK(mct_signer_verify(signer, jwt, NULL, &read, &failure));
    CHECK_TEXT(mct_jwt_stream_name(read), "Zo\xc3\xab \"camera\"");
    CHECK_TEXT(mct_jwt_tracking_id(read), "group");
    CHECK_TEXT(mct_jwt_custom_viewer_data(read), "\xe6\x9d\xb1\xe4\xba\xac \\ \xf0\x9f\x8e\xa5");
    CHECK_TEXT(mct_jwt_origin_cluster(read), "auto");
    CHECK_NUMBER(mct_jwt_allowed_origin_count(read), 2);
    CHECK_TEXT(mct_jwt_allowed_origin(read, 0), "*.example.com");
    CHECK_TEXT(mct_jwt_allowed_origin(read, 1), "example.org:8443");
    CHECK_NUMBER(mct_jwt_allowed_ip_address_count(read), 2);
    CHECK_TEXT(mct_jwt_allowed_ip_address(read, 0), "192.0.2.0/24");
    CHECK_TEXT(mct_jwt_allowed_ip_address(read, 1), "2001:db8::1");
    mct_jwt_free(read);
    mct_string_free(jwt);
    mct_claims_free(claims);
    mct_signer_free(signer);
}

const struct test signing_tests[] = {
    {"the vendor's published sample verifies at its time", sample_verifies_at_its_time},
    {"signing the sample's claims gives its header and its claims", sample_is_signed_again},
    {"HS256, HS384 and HS512 sign, and each verifies its own alone", every_algorithm_verifies_its_own_alone},
    {"each token gets its own times and its end is told", signing_again_gives_new_times},
    {"a buffer is filled when it is large enough and untouched when it is not", buffer_is_filled_or_untouched},
    {"a signed text can be overwritten by its owner before it is freed", freed_text_is_wiped_whatever_was_written},
    {"every claim that was set is in the token", all_claims_are_carried},
    {NULL, NULL},
};

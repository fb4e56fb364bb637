/* Verifying and reading, and the rules of a parent. */

#include "families.h"

#define PARENT                                                                                                         \
    "\"id\":7,\"token\":\"key\",\"isActive\":true,\"streams\":[{\"streamName\":\"camera\"},"                            \
    "{\"streamName\":\"room-[0-9]+\",\"isRegex\":true}]"

/* Which reason signing gives for a stream, a tracking id and a cluster (NULL: none). */
static mct_reason reason_to_refuse(const char *parent, const char *stream, const char *tracking_id, const char *cluster)
{
    mct_signer *signer = api_signer_of(parent);
    mct_claims *claims = NULL;
    mct_error *error = NULL;
    char *jwt = NULL;
    OK(mct_claims_new(stream, 60, &claims, &failure));
    if (tracking_id != NULL)
        OK(mct_claims_set_tracking_id(claims, tracking_id, &failure));
    if (cluster != NULL)
        OK(mct_claims_set_origin_cluster(claims, cluster, &failure));
    mct_status status = mct_signer_sign(signer, claims, &jwt, NULL, &error);
    mct_reason reason = mct_error_reason(error);
    CHECK_STATUS(status, reason == MCT_REASON_NONE ? MCT_OK : MCT_ERR_TOKEN_INVALID);
    CHECK((jwt == NULL) == (status != MCT_OK));
    mct_string_free(jwt);
    mct_error_free(error);
    mct_claims_free(claims);
    mct_signer_free(signer);
    return reason;
}

static void parent_rules_are_kept(void)
{
    const char *tracked = "{" PARENT ",\"tracking\":{\"trackingId\":\"group\"}}";
    CHECK_NUMBER(reason_to_refuse("{" PARENT "}", "camera", NULL, NULL), MCT_REASON_NONE);
    CHECK_NUMBER(reason_to_refuse("{" PARENT "}", "room-12", NULL, NULL), MCT_REASON_NONE);
    CHECK_NUMBER(reason_to_refuse("{" PARENT "}", "room-12b", NULL, NULL), MCT_REASON_PARENT_STREAM);
    CHECK_NUMBER(reason_to_refuse("{" PARENT "}", "Camera", NULL, NULL), MCT_REASON_PARENT_STREAM);
    CHECK_NUMBER(reason_to_refuse(tracked, "camera", "group", NULL), MCT_REASON_NONE);
    CHECK_NUMBER(reason_to_refuse(tracked, "camera", NULL, NULL), MCT_REASON_PARENT_TRACKING_ID);
    CHECK_NUMBER(reason_to_refuse(tracked, "camera", "other", NULL), MCT_REASON_PARENT_TRACKING_ID);
    CHECK_NUMBER(reason_to_refuse("{" PARENT ",\"originCluster\":\"ams-1\"}", "camera", NULL, "phx-1"),
                 MCT_REASON_PARENT_ORIGIN_CLUSTER);
    CHECK_NUMBER(reason_to_refuse("{" PARENT ",\"originCluster\":\"auto\"}", "camera", NULL, "phx-1"), MCT_REASON_NONE);
    CHECK_NUMBER(reason_to_refuse("{\"id\":7,\"token\":\"key\",\"isActive\":false,\"streams\":[{\"streamName\":\".*\"}]}",
                                  "camera", NULL, NULL),
                 MCT_REASON_PARENT_INACTIVE);
    CHECK_NUMBER(reason_to_refuse("{" PARENT ",\"expiresOn\":\"1970-01-01T00:10:00Z\"}", "camera", NULL, NULL),
                 MCT_REASON_PARENT_EXPIRED);
}

static void signing_can_be_cut_to_the_parent(void)
{
    mct_signer *signer = api_signer_of("{" PARENT ",\"expiresOn\":\"2100-01-01T00:00:20Z\"}");
    const int64_t year_2100 = 4102444800;
    mct_claims *claims = NULL;
    mct_error *error = NULL;
    char *jwt = NULL;
    int64_t expires_at = 0;
    OK(mct_claims_new("camera", 60, &claims, &failure));
    OK(mct_claims_set_issued_at(claims, year_2100, &failure));
    CHECK_STATUS(mct_signer_sign(signer, claims, &jwt, &expires_at, &error), MCT_ERR_TOKEN_INVALID);
    CHECK_NUMBER(mct_error_reason(error), MCT_REASON_PARENT_LIFETIME);
    CHECK_NUMBER(expires_at, 0);
    OK(mct_claims_set_cut_to_parent(claims, true, &failure));
    OK(mct_signer_sign(signer, claims, &jwt, &expires_at, &failure));
    CHECK_NUMBER(expires_at, year_2100 + 20);
    mct_error_free(error);
    mct_string_free(jwt);
    mct_claims_free(claims);
    mct_signer_free(signer);
}

/* One that knows the parent's rules; without them the caller answers for the times. */
static void what_is_over_is_not_signed(void)
{
    mct_signer *knowing = api_signer_of("{" PARENT "}"), *blind = NULL;
    mct_claims *claims = NULL;
    mct_error *error = NULL;
    char *jwt = NULL;
    OK(mct_claims_new("camera", 60, &claims, &failure));
    OK(mct_claims_set_issued_at(claims, 1000, &failure));
    CHECK_STATUS(mct_signer_sign(knowing, claims, &jwt, NULL, &error), MCT_ERR_TOKEN_INVALID);
    CHECK_NUMBER(mct_error_reason(error), MCT_REASON_EXPIRED);
    CHECK_TEXT(mct_error_field(error), "exp");
    mct_error_free(error);
    OK(mct_signer_new(7, "key", MCT_HS256, &blind, &failure));
    OK(mct_signer_sign(blind, claims, &jwt, NULL, &failure));
    mct_string_free(jwt);
    mct_claims_free(claims);
    mct_signer_free(blind);
    mct_signer_free(knowing);
}

static void unknown_pattern_needs_consent(void)
{
    const char *parent = "{\"id\":7,\"token\":\"key\",\"isActive\":true,"
                         "\"streams\":[{\"streamName\":\"(?=c)camera\",\"isRegex\":true}]}";
    mct_signer *signer = api_signer_of(parent);
    mct_claims *claims = NULL;
    char *jwt = NULL;
    CHECK_NUMBER(reason_to_refuse(parent, "camera", NULL, NULL), MCT_REASON_PARENT_PATTERN);
    OK(mct_claims_new("camera", 60, &claims, &failure));
    OK(mct_claims_set_unchecked_stream(claims, true, &failure));
    OK(mct_signer_sign(signer, claims, &jwt, NULL, &failure));
    mct_string_free(jwt);
    mct_claims_free(claims);
    mct_signer_free(signer);
}

static mct_reason verdict(const mct_signer *signer, const char *jwt, const mct_verify_options *options)
{
    mct_error *error = NULL;
    mct_jwt *read = harness_poison();
    mct_status status = mct_signer_verify(signer, jwt, options, &read, &error);
    mct_reason reason = mct_error_reason(error);
    CHECK_STATUS(status, reason == MCT_REASON_NONE ? MCT_OK : MCT_ERR_TOKEN_INVALID);
    CHECK((read == NULL) == (status != MCT_OK));
    mct_jwt_free(read);
    mct_error_free(error);
    return reason;
}

static void times_are_kept(void)
{
    mct_signer *signer = api_signer();
    mct_claims *claims = NULL;
    mct_verify_options *options = NULL;
    char *jwt = NULL;
    OK(mct_claims_new("camera", 60, &claims, &failure));
    OK(mct_claims_set_issued_at(claims, 1000, &failure));
    OK(mct_signer_sign(signer, claims, &jwt, NULL, &failure));
    OK(mct_verify_options_new(&options, &failure));
    CHECK_NUMBER(verdict(signer, jwt, NULL), MCT_REASON_EXPIRED);
    CHECK_NUMBER(verdict(signer, jwt, options), MCT_REASON_EXPIRED);
    OK(mct_verify_options_set_now(options, 1059, &failure));
    CHECK_NUMBER(verdict(signer, jwt, options), MCT_REASON_NONE);
    OK(mct_verify_options_set_now(options, 1060, &failure));
    CHECK_NUMBER(verdict(signer, jwt, options), MCT_REASON_EXPIRED);
    OK(mct_verify_options_set_leeway(options, 1, &failure));
    CHECK_NUMBER(verdict(signer, jwt, options), MCT_REASON_NONE);
    mct_string_free(jwt);
    mct_verify_options_free(options);
    mct_claims_free(claims);
    mct_signer_free(signer);
}

static void every_changed_byte_is_found(void)
{
    mct_signer *signer = api_signer(), *other = NULL;
    mct_claims *claims = NULL;
    char *jwt = NULL;
    OK(mct_claims_new("camera", 60, &claims, &failure));
    OK(mct_signer_sign(signer, claims, &jwt, NULL, &failure));
    for (char *byte = jwt; *byte != '\0'; byte++) {
        char kept = *byte;
        *byte = kept == 'A' ? 'B' : 'A';
        if (!CHECK(verdict(signer, jwt, NULL) != MCT_REASON_NONE))
            printf("    at byte %td\n", byte - jwt);
        *byte = kept;
    }
    OK(mct_signer_new(7, "another key", MCT_HS256, &other, &failure));
    CHECK_NUMBER(verdict(signer, jwt, NULL), MCT_REASON_NONE);
    CHECK_NUMBER(verdict(other, jwt, NULL), MCT_REASON_SIGNATURE);
    mct_signer_free(other);
    OK(mct_signer_new(8, "d2e166fdda89824a6c493d8a2af7a075", MCT_HS256, &other, &failure));
    CHECK_NUMBER(verdict(other, jwt, NULL), MCT_REASON_PARENT_TOKEN_ID);
    mct_signer_free(other);
    mct_string_free(jwt);
    mct_claims_free(claims);
    mct_signer_free(signer);
}

static void what_is_no_token_is_malformed(void)
{
    const char *const texts[] = {"", ".", "..", "a.b", "a.b.c", "a.b.c.d", "e30.e30.e30", "e30=.e30.AAAA", " e30.e30."};
    mct_signer *signer = api_signer();
    mct_jwt *read = NULL;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        mct_error *error = NULL;
        CHECK(verdict(signer, texts[i], NULL) != MCT_REASON_NONE);
        CHECK_STATUS(mct_jwt_parse(texts[i], &read, &error), MCT_ERR_TOKEN_INVALID);
        CHECK(read == NULL && mct_error_reason(error) != MCT_REASON_NONE);
        mct_error_free(error);
    }
    mct_signer_free(signer);
}

static void every_claim_can_be_read(void)
{
    /* {"alg":"HS512","typ":"JWT"}, every claim with two entries in its lists, and a signature of no worth */
    const char *jwt =
        "eyJhbGciOiJIUzUxMiIsInR5cCI6IkpXVCJ9."
        "eyJzdHJlYW1pbmciOnsidG9rZW5JZCI6NDI5NDk2NzMwMSwidG9rZW5UeXBlIjoiU3Vic2NyaWJlIiwic3RyZWFtTmFtZSI6ImNhbWVyYSIsImFs"
        "bG93ZWRPcmlnaW5zIjpbImEuZXhhbXBsZSIsImIuZXhhbXBsZSJdLCJhbGxvd2VkSXBBZGRyZXNzZXMiOlsiMTkyLjAuMi4xIl0sInRyYWNraW5n"
        "Ijp7InRyYWNraW5nSWQiOiJncm91cCJ9LCJjdXN0b21WaWV3ZXJEYXRhIjoidmlld2VyIiwib3JpZ2luQ2x1c3RlciI6ImF1dG8ifSwiaWF0Ijox"
        "MDAwLCJuYmYiOjEwMDEsImV4cCI6MTA2MCwidG9tb3Jyb3ciOnRydWV9."
        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    mct_jwt *read = NULL;
    uint64_t id = 0;
    int64_t at = 0;
    OK(mct_jwt_parse(jwt, &read, &failure));
    CHECK_NUMBER(mct_jwt_algorithm(read), MCT_HS512);
    CHECK(mct_jwt_token_id(read, &id) && id == UINT64_C(4294967301));
    CHECK_TEXT(mct_jwt_token_type(read), "Subscribe");
    CHECK_TEXT(mct_jwt_stream_name(read), "camera");
    CHECK_NUMBER(mct_jwt_allowed_origin_count(read), 2);
    CHECK_TEXT(mct_jwt_allowed_origin(read, 1), "b.example");
    CHECK_TEXT(mct_jwt_allowed_origin(read, 2), NULL);
    CHECK_NUMBER(mct_jwt_allowed_ip_address_count(read), 1);
    CHECK_TEXT(mct_jwt_allowed_ip_address(read, 0), "192.0.2.1");
    CHECK_TEXT(mct_jwt_allowed_ip_address(read, SIZE_MAX), NULL);
    CHECK_TEXT(mct_jwt_tracking_id(read), "group");
    CHECK_TEXT(mct_jwt_custom_viewer_data(read), "viewer");
    CHECK_TEXT(mct_jwt_origin_cluster(read), "auto");
    CHECK(mct_jwt_issued_at(read, &at) && at == 1000);
    CHECK(mct_jwt_not_before(read, &at) && at == 1001);
    CHECK(mct_jwt_expires_at(read, &at) && at == 1060);
    CHECK_TEXT(mct_jwt_header_json(read), "{\"alg\":\"HS512\",\"typ\":\"JWT\"}");
    CHECK(strstr(mct_jwt_json(read), "tomorrow") != NULL);
    mct_jwt_free(read);
}

static void getters_take_null(void)
{
    uint64_t id = 5;
    int64_t at = 5;
    CHECK_NUMBER(mct_jwt_algorithm(NULL), 0);
    CHECK(!mct_jwt_token_id(NULL, &id));
    CHECK_TEXT(mct_jwt_token_type(NULL), NULL);
    CHECK_TEXT(mct_jwt_stream_name(NULL), NULL);
    CHECK_NUMBER(mct_jwt_allowed_origin_count(NULL), 0);
    CHECK_TEXT(mct_jwt_allowed_origin(NULL, 0), NULL);
    CHECK_NUMBER(mct_jwt_allowed_ip_address_count(NULL), 0);
    CHECK_TEXT(mct_jwt_allowed_ip_address(NULL, 0), NULL);
    CHECK_TEXT(mct_jwt_tracking_id(NULL), NULL);
    CHECK_TEXT(mct_jwt_custom_viewer_data(NULL), NULL);
    CHECK_TEXT(mct_jwt_origin_cluster(NULL), NULL);
    CHECK(!mct_jwt_issued_at(NULL, &at));
    CHECK(!mct_jwt_not_before(NULL, &at));
    CHECK(!mct_jwt_expires_at(NULL, &at));
    CHECK_TEXT(mct_jwt_header_json(NULL), NULL);
    CHECK_TEXT(mct_jwt_json(NULL), NULL);
    CHECK(id == 5 && at == 5);
}

static void unknown_pattern_is_verified_when_asked(void)
{
    mct_signer *signer = api_signer_of("{\"id\":7,\"token\":\"key\",\"isActive\":true,"
                                       "\"streams\":[{\"streamName\":\"(?=c)camera\",\"isRegex\":true}]}");
    mct_claims *claims = NULL;
    mct_verify_options *options = NULL;
    char *jwt = NULL;
    OK(mct_claims_new("camera", 60, &claims, &failure));
    OK(mct_claims_set_unchecked_stream(claims, true, &failure));
    OK(mct_signer_sign(signer, claims, &jwt, NULL, &failure));
    OK(mct_verify_options_new(&options, &failure));
    CHECK_NUMBER(verdict(signer, jwt, NULL), MCT_REASON_PARENT_PATTERN);
    CHECK_NUMBER(verdict(signer, jwt, options), MCT_REASON_PARENT_PATTERN);
    OK(mct_verify_options_set_unchecked_stream(options, true, &failure));
    CHECK_NUMBER(verdict(signer, jwt, options), MCT_REASON_NONE);
    OK(mct_verify_options_set_now(options, INT64_MAX, &failure));
    CHECK_NUMBER(verdict(signer, jwt, options), MCT_REASON_EXPIRED);
    mct_string_free(jwt);
    mct_verify_options_free(options);
    mct_claims_free(claims);
    mct_signer_free(signer);
}

static void unchecked_stream_leaves_the_other_rules(void)
{
    mct_signer *signer = api_signer_of("{" PARENT ",\"tracking\":{\"trackingId\":\"group\"}}"), *plain = NULL;
    mct_claims *claims = NULL;
    mct_verify_options *options = NULL;
    char *jwt = NULL;
    OK(mct_signer_new(7, "key", MCT_HS256, &plain, &failure));
    OK(mct_claims_new("elsewhere", 60, &claims, &failure));
    OK(mct_signer_sign(plain, claims, &jwt, NULL, &failure));
    OK(mct_verify_options_new(&options, &failure));
    CHECK_NUMBER(verdict(signer, jwt, options), MCT_REASON_PARENT_STREAM);
    OK(mct_verify_options_set_unchecked_stream(options, true, &failure));
    CHECK_NUMBER(verdict(signer, jwt, options), MCT_REASON_PARENT_TRACKING_ID);
    OK(mct_verify_options_set_unchecked_stream(options, false, &failure));
    CHECK_NUMBER(verdict(signer, jwt, options), MCT_REASON_PARENT_STREAM);
    mct_string_free(jwt);
    mct_verify_options_free(options);
    mct_claims_free(claims);
    mct_signer_free(plain);
    mct_signer_free(signer);
}

static void token_without_its_string_can_not_sign(void)
{
    mct_subscribe_token *parent = NULL;
    mct_signer *signer = NULL;
    OK(mct_subscribe_token_from_json("{\"id\":7}", &parent, &failure));
    REFUSES_OUT(signer, MCT_ERR_INVALID_ARGUMENT, ANY_FIELD, mct_signer_from_token, parent, MCT_HS256, &signer);
    mct_subscribe_token_free(parent);
}

const struct test verifying_tests[] = {
    {"a signer of a token signs none that is over", what_is_over_is_not_signed},
    {"a signer of a token keeps the parent's rules", parent_rules_are_kept},
    {"a token that would outlive its parent is refused, or cut when asked", signing_can_be_cut_to_the_parent},
    {"a pattern that can't be checked needs the caller's consent", unknown_pattern_needs_consent},
    {"a token is valid until its end, and for the leeway after it", times_are_kept},
    {"a stream outside of what can be checked verifies only when that is asked for",
     unknown_pattern_is_verified_when_asked},
    {"verifying without comparing the stream keeps the parent's other rules", unchecked_stream_leaves_the_other_rules},
    {"every changed byte of a token is found", every_changed_byte_is_found},
    {"what is no token at all is refused with a reason", what_is_no_token_is_malformed},
    {"every claim of a token can be read", every_claim_can_be_read},
    {"the getters of a read token take NULL", getters_take_null},
    {"a subscribe token that came without its string makes no signer", token_without_its_string_can_not_sign},
    {NULL, NULL},
};

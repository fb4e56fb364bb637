/* Numbers and enums that are handed in. */

#include "families.h"
#include "setters.h"

static void limits_are_kept(void)
{
    struct handles handles;
    handles_make(&handles);
#define LIMITS(handle, function, field, least, most)                                                                   \
    OK(function(handles.handle, least, &failure));                                                                     \
    OK(function(handles.handle, most, &failure));
    NUMBER_SETTERS(LIMITS)
    handles_free(&handles);
}

static void beyond_the_limits_is_refused(void)
{
    struct handles handles;
    mct_claims *claims = NULL;
    handles_make(&handles);
    /* Where the type itself is the limit there is no value beyond. */
#define BEYOND(handle, function, field, least, most)                                                                   \
    if ((least) > 0)                                                                                                   \
        REFUSES(MCT_ERR_INVALID_ARGUMENT, field, function, handles.handle, 0);                                         \
    if ((int64_t)(most) < UINT32_MAX)                                                                                  \
        if ((int64_t)(least) >= 0)                                                                                     \
            REFUSES(MCT_ERR_INVALID_ARGUMENT, field, function, handles.handle, (uint32_t)(most) + 1);
    NUMBER_SETTERS(BEYOND)
    REFUSES(MCT_ERR_INVALID_ARGUMENT, ANY_FIELD, mct_claims_set_issued_at, handles.claims, -1);
    REFUSES(MCT_ERR_INVALID_ARGUMENT, ANY_FIELD, mct_claims_set_issued_at, handles.claims, INT64_C(253402300800));
    REFUSES(MCT_ERR_INVALID_ARGUMENT, ANY_FIELD, mct_claims_set_issued_at, handles.claims, INT64_MAX);
    REFUSES(MCT_ERR_INVALID_ARGUMENT, ANY_FIELD, mct_verify_options_set_now, handles.verify, -1);
    REFUSES_OUT(claims, MCT_ERR_INVALID_ARGUMENT, ANY_FIELD, mct_claims_new, "camera", 0, &claims);
    handles_free(&handles);
}

static void unknown_enums_are_refused(void)
{
    const int32_t unknown[] = {0, -1, 6, 255, 257, INT32_MAX, INT32_MIN};
    struct handles handles;
    mct_subscribe_token *parent = NULL;
    mct_signer *signer = NULL;
    handles_make(&handles);
    OK(mct_subscribe_token_from_json("{\"id\":1,\"token\":\"key\"}", &parent, &failure));
    for (size_t i = 0; i < sizeof unknown / sizeof *unknown; i++) {
        REFUSES_OUT(signer, MCT_ERR_INVALID_ARGUMENT, "algorithm", mct_signer_new, 7, "key", unknown[i], &signer);
        REFUSES_OUT(signer, MCT_ERR_INVALID_ARGUMENT, "algorithm", mct_signer_from_token, parent, unknown[i], &signer);
        REFUSES(MCT_ERR_INVALID_ARGUMENT, "sortBy", mct_list_options_set_sort_by, handles.options, unknown[i]);
        REFUSES(MCT_ERR_INVALID_ARGUMENT, "filterBy", mct_list_options_set_name, handles.options, "name", unknown[i]);
        REFUSES(MCT_ERR_INVALID_ARGUMENT, "resolution", mct_bandwidth_query_set_resolution, handles.query, unknown[i]);
    }
    mct_subscribe_token_free(parent);
    handles_free(&handles);
}

static void an_end_past_the_year_9999_is_refused(void)
{
    mct_signer *signer = api_signer();
    mct_claims *claims = NULL;
    char *jwt = NULL, buffer[1024];
    size_t length = 1;
    OK(mct_claims_new("camera", UINT32_MAX, &claims, &failure));
    OK(mct_claims_set_issued_at(claims, INT64_C(253402300799), &failure));
    REFUSES_OUT(jwt, MCT_ERR_INVALID_ARGUMENT, ANY_FIELD, mct_signer_sign, signer, claims, &jwt, NULL);
    REFUSES(MCT_ERR_INVALID_ARGUMENT, ANY_FIELD, mct_signer_sign_into, signer, claims, buffer, sizeof buffer, &length,
            NULL);
    CHECK_NUMBER(length, 0);
    mct_claims_free(claims);
    mct_signer_free(signer);
}

static void rules_between_fields_are_checked_before_sending(void)
{
    struct handles handles;
    mct_client *client = api_client("http://127.0.0.1:1", "secret");
    mct_publish_token *publish = NULL;
    mct_subscribe_token *subscribe = NULL;
    mct_bandwidth_report *report = NULL;
    handles_make(&handles);
    REFUSES_OUT(publish, MCT_ERR_INVALID_ARGUMENT, "streams", mct_publish_token_create, client, handles.publish,
                &publish);
    OK(mct_publish_token_spec_add_stream(handles.publish, "camera", false, &failure));
    OK(mct_publish_token_spec_set_record(handles.publish, true, &failure));
    OK(mct_publish_token_spec_set_clip(handles.publish, true, &failure));
    REFUSES_OUT(publish, MCT_ERR_INVALID_ARGUMENT, ANY_FIELD, mct_publish_token_create, client, handles.publish,
                &publish);
    OK(mct_subscribe_token_spec_add_stream(handles.subscribe, "camera", false, &failure));
    OK(mct_subscribe_token_spec_add_allowed_country(handles.subscribe, "PL", &failure));
    OK(mct_subscribe_token_spec_add_denied_country(handles.subscribe, "ZA", &failure));
    REFUSES_OUT(subscribe, MCT_ERR_INVALID_ARGUMENT, ANY_FIELD, mct_subscribe_token_create, client, handles.subscribe,
                &subscribe);
    REFUSES_OUT(report, MCT_ERR_INVALID_ARGUMENT, "trackingIds", mct_analytics_tracking_total, client, handles.query,
                &report);
    handles_free(&handles);
    mct_client_free(client);
}

static void the_secret_is_not_sent_in_the_clear_by_default(void)
{
    mct_client_config *config = api_config("http://192.0.2.1", "secret");
    mct_client *client = NULL;
    REFUSES_OUT(client, MCT_ERR_INVALID_ARGUMENT, ANY_FIELD, mct_client_new, config, &client);
    OK(mct_client_config_set_allow_insecure_http(config, true, &failure));
    OK(mct_client_new(config, &client, &failure));
    mct_client_free(client);
    mct_client_config_free(config);
}

const struct test number_tests[] = {
    {"every number is taken up to its limits", limits_are_kept},
    {"every number beyond its limits is refused and its field named", beyond_the_limits_is_refused},
    {"an enum that the library does not know is refused", unknown_enums_are_refused},
    {"a token that would end past the year 9999 is refused", an_end_past_the_year_9999_is_refused},
    {"rules between fields are checked before anything is sent", rules_between_fields_are_checked_before_sending},
    {"http to another host than loopback has to be asked for", the_secret_is_not_sent_in_the_clear_by_default},
    {NULL, NULL},
};

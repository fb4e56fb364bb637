/* Texts that are handed in: UTF-8, limits, and what a setter leaves alone when it fails. */

#include "families.h"
#include "setters.h"

#define NO_UTF8(field, function, ...) REFUSES(MCT_ERR_INVALID_UTF8, field, function, __VA_ARGS__)
#define NO_UTF8_OUT(out, field, function, ...) REFUSES_OUT(out, MCT_ERR_INVALID_UTF8, field, function, __VA_ARGS__)
#define INVALID(field, function, ...) REFUSES(MCT_ERR_INVALID_ARGUMENT, field, function, __VA_ARGS__)
#define INVALID_OUT(out, field, function, ...) REFUSES_OUT(out, MCT_ERR_INVALID_ARGUMENT, field, function, __VA_ARGS__)

static void setters_want_utf8(void)
{
    struct handles handles;
    const char *clusters[] = {"one", NOT_UTF8};
    const char *url = "rtmp://example.com/live";
    handles_make(&handles);
#define TEXT(handle, function, field, value) NO_UTF8(field, function, handles.handle, NOT_UTF8);
    TEXT_SETTERS(TEXT)
    NO_UTF8("ca_pem", mct_client_config_add_ca_pem, handles.config, NOT_UTF8);
    NO_UTF8("streamName", mct_publish_token_spec_add_stream, handles.publish, NOT_UTF8, true);
    NO_UTF8("streamName", mct_subscribe_token_spec_add_stream, handles.subscribe, NOT_UTF8, false);
    NO_UTF8("geoCascade.clusters", mct_publish_token_spec_set_geo_cascade, handles.publish, true, clusters, 2);
    NO_UTF8("restream.url", mct_publish_token_spec_add_restream, handles.publish, NOT_UTF8, "secret", "label", true);
    NO_UTF8("restream.key", mct_publish_token_spec_add_restream, handles.publish, url, NOT_UTF8, "label", true);
    NO_UTF8("restream.label", mct_publish_token_spec_add_restream, handles.publish, url, "secret", NOT_UTF8, true);
    handles_free(&handles);
}

static void makers_want_utf8(void)
{
    struct handles none = {0};
    mct_publish_token *publish = NULL;
    mct_subscribe_token *subscribe = NULL;
    NO_UTF8_OUT(none.config, "api_secret", mct_client_config_new, NOT_UTF8, &none.config);
    NO_UTF8_OUT(none.publish, "label", mct_publish_token_spec_new, NOT_UTF8, &none.publish);
    NO_UTF8_OUT(none.subscribe, "label", mct_subscribe_token_spec_new, NOT_UTF8, &none.subscribe);
    NO_UTF8_OUT(none.claims, "streamName", mct_claims_new, NOT_UTF8, 60, &none.claims);
    NO_UTF8_OUT(none.query, "startDate", mct_bandwidth_query_new, NOT_UTF8, "2026-02-01", &none.query);
    NO_UTF8_OUT(none.query, "stopDate", mct_bandwidth_query_new, "2026-01-01", NOT_UTF8, &none.query);
    NO_UTF8_OUT(publish, "json", mct_publish_token_from_json, NOT_UTF8, &publish);
    NO_UTF8_OUT(subscribe, "json", mct_subscribe_token_from_json, NOT_UTF8, &subscribe);
}

static void signing_wants_utf8(void)
{
    mct_signer *made = NULL, *signer = api_signer();
    mct_jwt *read = NULL;
    NO_UTF8_OUT(made, "token", mct_signer_new, 7, NOT_UTF8, MCT_HS256, &made);
    NO_UTF8_OUT(read, "jwt", mct_signer_verify, signer, NOT_UTF8, NULL, &read);
    NO_UTF8_OUT(read, "jwt", mct_jwt_parse, NOT_UTF8, &read);
    mct_signer_free(signer);
}

/* A text of `length` letters, or of letters that are two UTF-16 units each. */
static const char *letters(size_t length, bool outside_plane_0)
{
    static char text[8192];
    size_t filled = 0;
    for (size_t i = 0; i < length; i++) {
        const char *letter = outside_plane_0 ? "\xf0\x9f\x8e\xa5" : "x";
        memcpy(text + filled, letter, strlen(letter));
        filled += strlen(letter);
    }
    text[filled] = '\0';
    return text;
}

static void lengths_are_counted_in_utf16(void)
{
    struct handles handles;
    mct_claims *claims = NULL;
    handles_make(&handles);
    OK(mct_claims_set_tracking_id(handles.claims, letters(128, false), &failure));
    INVALID("trackingId", mct_claims_set_tracking_id, handles.claims, letters(129, false));
    OK(mct_claims_set_tracking_id(handles.claims, letters(64, true), &failure));
    INVALID("trackingId", mct_claims_set_tracking_id, handles.claims, letters(65, true));
    OK(mct_claims_set_custom_viewer_data(handles.claims, letters(1024, false), &failure));
    INVALID("customViewerData", mct_claims_set_custom_viewer_data, handles.claims, letters(1025, false));
    OK(mct_subscribe_token_spec_set_tracking_id(handles.subscribe, letters(128, false), &failure));
    INVALID("trackingId", mct_subscribe_token_spec_set_tracking_id, handles.subscribe, letters(129, false));
    INVALID("trackingIds", mct_bandwidth_query_add_tracking_id, handles.query, letters(129, false));
    INVALID("streamName", mct_publish_token_spec_add_stream, handles.publish, letters(129, false), false);
    INVALID_OUT(claims, "streamName", mct_claims_new, letters(65, true), 60, &claims);
    handles_free(&handles);
}

static void empty_texts_are_refused(void)
{
    struct handles handles, none = {0};
    mct_signer *signer = NULL;
    handles_make(&handles);
#define EMPTY(handle, function, field, value)                                                                          \
    if (strcmp(field, "customViewerData") != 0)                                                                        \
        INVALID(field, function, handles.handle, "");
    TEXT_SETTERS(EMPTY)
    OK(mct_claims_set_custom_viewer_data(handles.claims, "", &failure));
    INVALID("ca_pem", mct_client_config_add_ca_pem, handles.config, "");
    INVALID("streamName", mct_publish_token_spec_add_stream, handles.publish, "", false);
    INVALID("streamName", mct_subscribe_token_spec_add_stream, handles.subscribe, "", true);
    INVALID_OUT(none.config, "api_secret", mct_client_config_new, "", &none.config);
    INVALID_OUT(none.publish, "label", mct_publish_token_spec_new, "", &none.publish);
    INVALID_OUT(none.subscribe, "label", mct_subscribe_token_spec_new, "", &none.subscribe);
    INVALID_OUT(none.claims, "streamName", mct_claims_new, "", 60, &none.claims);
    INVALID_OUT(none.query, "startDate", mct_bandwidth_query_new, "", "2026-02-01", &none.query);
    INVALID_OUT(none.query, "stopDate", mct_bandwidth_query_new, "2026-01-01", "", &none.query);
    INVALID_OUT(signer, "token", mct_signer_new, 7, "", MCT_HS256, &signer);
    handles_free(&handles);
}

static void values_are_checked_at_once(void)
{
    struct handles handles, none = {0};
    handles_make(&handles);
    INVALID("allowedOrigins", mct_claims_add_allowed_origin, handles.claims, "https://example.com");
    INVALID("allowedOrigins", mct_publish_token_spec_add_allowed_origin, handles.publish, "example.com/path");
    INVALID("allowedIpAddresses", mct_claims_add_allowed_ip_address, handles.claims, "192.0.2.*");
    INVALID("allowedIpAddresses", mct_subscribe_token_spec_add_allowed_ip_address, handles.subscribe, "2001:db8::/32");
    INVALID("allowedCountries", mct_publish_token_spec_add_allowed_country, handles.publish, "pl");
    INVALID("deniedCountries", mct_subscribe_token_spec_add_denied_country, handles.subscribe, "POL");
    INVALID("json", mct_publish_token_spec_merge_json, handles.publish, "[]");
    INVALID(ANY_FIELD, mct_publish_token_spec_merge_json, handles.publish, "{\"label\":\"other\"}");
    INVALID(ANY_FIELD, mct_subscribe_token_spec_merge_json, handles.subscribe, "{\"a\":1,\"a\":2}");
    INVALID("ca_pem", mct_client_config_add_ca_pem, handles.config, "no certificate");
    INVALID("base_url", mct_client_config_set_base_url, handles.config, "ftp://example.com");
    INVALID("proxy", mct_client_config_set_proxy, handles.config, "socks5://example.com:1080");
    INVALID("user_agent_suffix", mct_client_config_set_user_agent_suffix, handles.config, "two\nlines");
    INVALID_OUT(none.config, "api_secret", mct_client_config_new, "two words", &none.config);
    INVALID_OUT(none.query, "startDate", mct_bandwidth_query_new, "2026-02-30", "2026-03-01", &none.query);
    INVALID_OUT(none.query, ANY_FIELD, mct_bandwidth_query_new, "2026-02-01", "2026-02-01", &none.query);
    handles_free(&handles);
}

static void failed_setters_change_nothing(void)
{
    mct_signer *signer = api_signer();
    mct_claims *claims = NULL;
    mct_jwt *read = NULL;
    char *jwt = NULL;
    OK(mct_claims_new("camera", 60, &claims, &failure));
    OK(mct_claims_set_tracking_id(claims, "group", &failure));
    OK(mct_claims_add_allowed_origin(claims, "example.com", &failure));
    INVALID("trackingId", mct_claims_set_tracking_id, claims, "");
    NO_UTF8("trackingId", mct_claims_set_tracking_id, claims, NOT_UTF8);
    INVALID("allowedOrigins", mct_claims_add_allowed_origin, claims, "https://example.com");
    OK(mct_signer_sign(signer, claims, &jwt, NULL, &failure));
    OK(mct_jwt_parse(jwt, &read, &failure));
    CHECK_TEXT(mct_jwt_tracking_id(read), "group");
    CHECK_NUMBER(mct_jwt_allowed_origin_count(read), 1);
    mct_jwt_free(read);
    mct_string_free(jwt);
    mct_claims_free(claims);
    mct_signer_free(signer);
}

const struct test text_tests[] = {
    {"every setter of a text refuses what is not UTF-8 and names the field", setters_want_utf8},
    {"what makes a handle refuses text that is not UTF-8", makers_want_utf8},
    {"signing and reading refuse text that is not UTF-8", signing_wants_utf8},
    {"lengths are counted in UTF-16 units", lengths_are_counted_in_utf16},
    {"an empty text is refused where there must be one", empty_texts_are_refused},
    {"a value that breaks the contract is refused at once and its field named", values_are_checked_at_once},
    {"a setter that fails changes nothing", failed_setters_change_nothing},
    {NULL, NULL},
};

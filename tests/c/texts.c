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
    NO_UTF8("streamName", mct_publish_token_update_add_stream, handles.publish_update, NOT_UTF8, true);
    NO_UTF8("streamName", mct_subscribe_token_update_add_stream, handles.subscribe_update, NOT_UTF8, false);
    NO_UTF8("geoCascade.clusters", mct_publish_token_update_set_geo_cascade, handles.publish_update, true, clusters, 2);
    NO_UTF8("name", mct_list_options_set_name, handles.options, NOT_UTF8, MCT_FILTER_BY_TOKEN_NAME);
    handles_free(&handles);
}

static void lists_name_the_entry_at_fault(void)
{
    struct handles handles;
    handles_make(&handles);
#define LIST(handle, function, field, value, wrong)                                                                    \
    do {                                                                                                               \
        const char *const no_utf8[] = {value, NOT_UTF8}, *const invalid[] = {value, wrong};                            \
        FAULT_AT_1(MCT_ERR_INVALID_UTF8, field, function, handles.handle, no_utf8, 2);                                 \
        FAULT_AT_1(MCT_ERR_INVALID_ARGUMENT, field, function, handles.handle, invalid, 2);                             \
    } while (0);
    LIST_SETTERS(LIST)
    handles_free(&handles);
}

static void endpoints_name_the_entry_at_fault(void)
{
    const char *const good[] = {"rtmp://example.com/live", "secret"}, *const no_utf8[] = {"secret", NOT_UTF8};
    const char *const empty[] = {"secret", ""}, *const many[11] = {"a-key", "a-key", "a-key", "a-key", "a-key", "a-key",
                                                                   "a-key", "a-key", "a-key", "a-key", "a-key"};
    struct handles handles;
    handles_make(&handles);
    mct_publish_token_update *update = handles.publish_update;
#define ENDPOINTS(status, at_fault, urls, keys, labels)                                                                \
    FAULT_AT_1(status, at_fault, mct_publish_token_update_set_restream, update, urls, keys, labels, NULL, 2)
    ENDPOINTS(MCT_ERR_INVALID_UTF8, "restream.url", no_utf8, good, NULL);
    ENDPOINTS(MCT_ERR_INVALID_UTF8, "restream.key", good, no_utf8, NULL);
    ENDPOINTS(MCT_ERR_INVALID_UTF8, "restream.label", good, good, no_utf8);
    ENDPOINTS(MCT_ERR_INVALID_ARGUMENT, "restream.url", empty, good, NULL);
    ENDPOINTS(MCT_ERR_INVALID_ARGUMENT, "restream.key", good, empty, NULL);
    OK(mct_publish_token_update_set_restream(update, many, many, NULL, NULL, 10, &failure));
    INVALID("restream", mct_publish_token_update_set_restream, update, many, many, NULL, NULL, 11);
    handles_free(&handles);
}

static void makers_want_utf8(void)
{
    struct handles none = {0};
    mct_publish_token *publish = NULL;
    mct_subscribe_token *subscribe = NULL;
    mct_id_list *ids = NULL;
    mct_client *client = api_client("http://127.0.0.1:1", "secret");
    NO_UTF8_OUT(ids, "streamId", mct_publish_token_active_ids, client, NOT_UTF8, &ids);
    mct_client_free(client);
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
    OK(mct_bandwidth_query_add_stream_name(handles.query, letters(64, true), &failure));
    INVALID("streamNames", mct_bandwidth_query_add_stream_name, handles.query, letters(65, true));
    OK(mct_publish_token_update_set_label(handles.publish_update, letters(64, true), &failure));
    INVALID("label", mct_publish_token_update_set_label, handles.publish_update, letters(65, true));
    INVALID("label", mct_subscribe_token_update_set_label, handles.subscribe_update, letters(129, false));
    INVALID("streamName", mct_subscribe_token_update_add_stream, handles.subscribe_update, letters(129, false), false);
    INVALID("streamName", mct_publish_token_update_remove_stream, handles.publish_update, letters(129, false));
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
    if (strcmp(field, "customViewerData") != 0 && strcmp(value, "another label") != 0)                                 \
        INVALID(field, function, handles.handle, "");
    TEXT_SETTERS(EMPTY)
    OK(mct_claims_set_custom_viewer_data(handles.claims, "", &failure));
    OK(mct_publish_token_update_set_label(handles.publish_update, "", &failure));
    OK(mct_subscribe_token_update_set_label(handles.subscribe_update, "", &failure));
    INVALID("ca_pem", mct_client_config_add_ca_pem, handles.config, "");
    INVALID("streamName", mct_publish_token_spec_add_stream, handles.publish, "", false);
    INVALID("streamName", mct_subscribe_token_spec_add_stream, handles.subscribe, "", true);
    INVALID("streamName", mct_publish_token_update_add_stream, handles.publish_update, "", false);
    INVALID("streamName", mct_subscribe_token_update_add_stream, handles.subscribe_update, "", true);
    INVALID("name", mct_list_options_set_name, handles.options, "", MCT_FILTER_BY_STREAM_NAME);
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
    INVALID("label", mct_publish_token_update_merge_json, handles.publish_update, "{\"label\":\"other\"}");
    INVALID("json", mct_subscribe_token_update_merge_json, handles.subscribe_update, "[]");
    INVALID("ca_pem", mct_client_config_add_ca_pem, handles.config, "no certificate");
    INVALID("base_url", mct_client_config_set_base_url, handles.config, "ftp://example.com");
    INVALID("proxy", mct_client_config_set_proxy, handles.config, "socks5://example.com:1080");
    INVALID("user_agent_suffix", mct_client_config_set_user_agent_suffix, handles.config, "two\nlines");
    INVALID_OUT(none.config, "api_secret", mct_client_config_new, "two words", &none.config);
    handles_free(&handles);
}

static void dates_are_real_and_in_order(void)
{
    const char *const wrong[] = {"2026-02-29", "2026-13-01",           "2026-00-10", "2026-1-2",    "01-01-2026",
                                 "today",      "2026-01-01T00:00:00Z", "2026-01-01 ", " 2026-01-01"};
    mct_bandwidth_query *query = NULL;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        INVALID_OUT(query, "startDate", mct_bandwidth_query_new, wrong[i], "2026-03-01", &query);
        INVALID_OUT(query, "stopDate", mct_bandwidth_query_new, "2025-01-01", wrong[i], &query);
    }
    INVALID_OUT(query, "stopDate", mct_bandwidth_query_new, "2026-02-01", "2026-02-01", &query);
    INVALID_OUT(query, "stopDate", mct_bandwidth_query_new, "2026-02-01", "2026-01-31", &query);
    OK(mct_bandwidth_query_new("2024-02-29", "2024-03-01", &query, &failure));
    mct_bandwidth_query_free(query);
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
    {"a list with an entry that is no UTF-8 or breaks the contract is refused and the entry named",
     lists_name_the_entry_at_fault},
    {"endpoints of which one breaks the contract are refused and that one named", endpoints_name_the_entry_at_fault},
    {"what makes a handle refuses text that is not UTF-8", makers_want_utf8},
    {"signing and reading refuse text that is not UTF-8", signing_wants_utf8},
    {"lengths are counted in UTF-16 units", lengths_are_counted_in_utf16},
    {"an empty text is refused where there must be one", empty_texts_are_refused},
    {"a value that breaks the contract is refused at once and its field named", values_are_checked_at_once},
    {"a query is refused when a date is none, or the stop is not after the start", dates_are_real_and_in_order},
    {"a setter that fails changes nothing", failed_setters_change_nothing},
    {NULL, NULL},
};

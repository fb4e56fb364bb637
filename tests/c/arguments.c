/* NULL, wherever a pointer is taken. */

#include "setters.h"

#include "families.h"

#define NULLS(function, ...) REFUSES(MCT_ERR_NULL_ARGUMENT, ANY_FIELD, function, __VA_ARGS__)
#define NULLS_OUT(out, function, ...) REFUSES_OUT(out, MCT_ERR_NULL_ARGUMENT, ANY_FIELD, function, __VA_ARGS__)

void handles_make(struct handles *handles)
{
    memset(handles, 0, sizeof *handles);
    OK(mct_client_config_new("secret", &handles->config, &failure));
    OK(mct_publish_token_spec_new("label", &handles->publish, &failure));
    OK(mct_subscribe_token_spec_new("label", &handles->subscribe, &failure));
    OK(mct_claims_new("camera", 60, &handles->claims, &failure));
    OK(mct_list_options_new(&handles->options, &failure));
    OK(mct_verify_options_new(&handles->verify, &failure));
    OK(mct_bandwidth_query_new("2026-01-01", "2026-02-01", &handles->query, &failure));
    OK(mct_publish_token_update_new(&handles->publish_update, &failure));
    OK(mct_subscribe_token_update_new(&handles->subscribe_update, &failure));
}

void handles_free(struct handles *handles)
{
    mct_client_config_free(handles->config);
    mct_publish_token_spec_free(handles->publish);
    mct_subscribe_token_spec_free(handles->subscribe);
    mct_claims_free(handles->claims);
    mct_list_options_free(handles->options);
    mct_verify_options_free(handles->verify);
    mct_bandwidth_query_free(handles->query);
    mct_publish_token_update_free(handles->publish_update);
    mct_subscribe_token_update_free(handles->subscribe_update);
}

static void setters_take_no_null(void)
{
    struct handles handles;
    handles_make(&handles);
#define TEXT(handle, function, field, value)                                                                           \
    REFUSES(MCT_ERR_NULL_ARGUMENT, field, function, handles.handle, NULL);                                             \
    NULLS(function, NULL, value);                                                                                      \
    CHECK_STATUS(function(handles.handle, value, NULL), MCT_OK);
    TEXT_SETTERS(TEXT)
#define NUMBER(handle, function, field, least, most) NULLS(function, NULL, least);
    NUMBER_SETTERS(NUMBER)
#define BOOL(handle, function)                                                                                         \
    NULLS(function, NULL, true);                                                                                       \
    OK(function(handles.handle, true, &failure));                                                                      \
    CHECK_STATUS(function(handles.handle, false, NULL), MCT_OK);
    BOOL_SETTERS(BOOL)
#define PLAIN(handle, function)                                                                                        \
    REFUSES(MCT_ERR_NULL_ARGUMENT, ANY_FIELD, function, NULL);                                                         \
    OK(function(handles.handle, &failure));                                                                            \
    CHECK_STATUS(function(handles.handle, NULL), MCT_OK);
    PLAIN_SETTERS(PLAIN)
    handles_free(&handles);
}

static void setters_of_lists_take_no_null(void)
{
    struct handles handles;
    handles_make(&handles);
#define LIST(handle, function, field, value, wrong)                                                                    \
    do {                                                                                                               \
        const char *const with_null[] = {value, NULL};                                                                 \
        NULLS(function, NULL, with_null, 1);                                                                           \
        REFUSES(MCT_ERR_NULL_ARGUMENT, field, function, handles.handle, NULL, 1);                                      \
        FAULT_AT_1(MCT_ERR_NULL_ARGUMENT, field, function, handles.handle, with_null, 2);                              \
        CHECK_STATUS(function(handles.handle, with_null, 1, NULL), MCT_OK);                                            \
        OK(function(handles.handle, NULL, 0, &failure));                                                               \
    } while (0);
    LIST_SETTERS(LIST)
    handles_free(&handles);
}

static void endpoints_take_no_null(void)
{
    const char *const urls[] = {"rtmp://example.com/live", NULL}, *const keys[] = {"secret", NULL};
    const char *const two[] = {"rtmp://example.com/live", "srt://example.com"}, *const none[] = {NULL, NULL};
    struct handles handles;
    handles_make(&handles);
    mct_publish_token_update *update = handles.publish_update;
    NULLS(mct_publish_token_update_set_restream, NULL, urls, keys, NULL, NULL, 1);
    NULLS(mct_publish_token_update_set_restream, update, NULL, keys, NULL, NULL, 1);
    NULLS(mct_publish_token_update_set_restream, update, urls, NULL, NULL, NULL, 1);
    FAULT_AT_1(MCT_ERR_NULL_ARGUMENT, "restream.url", mct_publish_token_update_set_restream, update, urls, two, NULL,
               NULL, 2);
    FAULT_AT_1(MCT_ERR_NULL_ARGUMENT, "restream.key", mct_publish_token_update_set_restream, update, two, keys, NULL,
               NULL, 2);
    OK(mct_publish_token_update_set_restream(update, two, two, none, NULL, 2, &failure));
    OK(mct_publish_token_update_set_restream(update, NULL, NULL, NULL, NULL, 0, &failure));
    handles_free(&handles);
}

static void no_line(void *user, mct_log_level level, const char *message)
{
    (void)user;
    (void)level;
    (void)message;
}

static void other_setters_take_no_null(void)
{
    struct handles handles;
    const char *clusters[] = {"one", NULL};
    handles_make(&handles);
    NULLS(mct_client_config_add_ca_pem, NULL, "");
    REFUSES(MCT_ERR_NULL_ARGUMENT, "ca_pem", mct_client_config_add_ca_pem, handles.config, NULL);
    NULLS(mct_client_config_set_log, NULL, MCT_LOG_INFO, no_line, NULL, NULL);
    NULLS(mct_client_config_set_log, handles.config, MCT_LOG_INFO, NULL, NULL, NULL);
    NULLS(mct_publish_token_spec_add_stream, NULL, "camera", false);
    NULLS(mct_publish_token_spec_add_stream, handles.publish, NULL, false);
    NULLS(mct_subscribe_token_spec_add_stream, NULL, "camera", false);
    NULLS(mct_subscribe_token_spec_add_stream, handles.subscribe, NULL, false);
    NULLS(mct_publish_token_spec_set_geo_cascade, NULL, true, NULL, 0);
    NULLS(mct_publish_token_spec_set_geo_cascade, handles.publish, true, NULL, 1);
    NULLS(mct_publish_token_spec_set_geo_cascade, handles.publish, true, clusters, 2);
    OK(mct_publish_token_spec_set_geo_cascade(handles.publish, true, NULL, 0, &failure));
    NULLS(mct_publish_token_spec_add_restream, NULL, "rtmp://example.com/live", "secret", NULL, true);
    NULLS(mct_publish_token_spec_add_restream, handles.publish, NULL, "secret", NULL, true);
    NULLS(mct_publish_token_spec_add_restream, handles.publish, "rtmp://example.com/live", NULL, NULL, true);
    OK(mct_publish_token_spec_add_restream(handles.publish, "rtmp://example.com/live", "secret", NULL, true, &failure));
    NULLS(mct_publish_token_update_add_stream, NULL, "camera", false);
    NULLS(mct_publish_token_update_add_stream, handles.publish_update, NULL, false);
    NULLS(mct_subscribe_token_update_add_stream, NULL, "camera", false);
    NULLS(mct_subscribe_token_update_add_stream, handles.subscribe_update, NULL, false);
    NULLS(mct_publish_token_update_set_geo_cascade, NULL, true, NULL, 0);
    NULLS(mct_publish_token_update_set_geo_cascade, handles.publish_update, true, NULL, 1);
    NULLS(mct_publish_token_update_set_geo_cascade, handles.publish_update, true, clusters, 2);
    OK(mct_publish_token_update_set_geo_cascade(handles.publish_update, true, NULL, 0, &failure));
    NULLS(mct_list_options_set_name, NULL, "name", MCT_FILTER_BY_TOKEN_NAME);
    REFUSES(MCT_ERR_NULL_ARGUMENT, "name", mct_list_options_set_name, handles.options, NULL, MCT_FILTER_BY_TOKEN_NAME);
    handles_free(&handles);
}

static void makers_take_no_null(void)
{
    struct handles none = {0};
    NULLS_OUT(none.config, mct_client_config_new, NULL, &none.config);
    NULLS(mct_client_config_new, "secret", NULL);
    NULLS_OUT(none.publish, mct_publish_token_spec_new, NULL, &none.publish);
    NULLS(mct_publish_token_spec_new, "label", NULL);
    NULLS_OUT(none.subscribe, mct_subscribe_token_spec_new, NULL, &none.subscribe);
    NULLS(mct_subscribe_token_spec_new, "label", NULL);
    NULLS_OUT(none.claims, mct_claims_new, NULL, 60, &none.claims);
    NULLS(mct_claims_new, "camera", 60, NULL);
    NULLS_OUT(none.query, mct_bandwidth_query_new, NULL, "2026-02-01", &none.query);
    NULLS_OUT(none.query, mct_bandwidth_query_new, "2026-01-01", NULL, &none.query);
    NULLS(mct_bandwidth_query_new, "2026-01-01", "2026-02-01", NULL);
    REFUSES(MCT_ERR_NULL_ARGUMENT, ANY_FIELD, mct_list_options_new, NULL);
    REFUSES(MCT_ERR_NULL_ARGUMENT, ANY_FIELD, mct_verify_options_new, NULL);
    REFUSES(MCT_ERR_NULL_ARGUMENT, ANY_FIELD, mct_publish_token_update_new, NULL);
    REFUSES(MCT_ERR_NULL_ARGUMENT, ANY_FIELD, mct_subscribe_token_update_new, NULL);
}

static void token_makers_take_no_null(void)
{
    mct_publish_token *publish = NULL;
    mct_subscribe_token *subscribe = NULL;
    OK(mct_publish_token_from_json("{\"id\":1}", &publish, &failure));
    OK(mct_subscribe_token_from_json("{\"id\":1}", &subscribe, &failure));
    NULLS(mct_publish_token_copy, publish, NULL);
    NULLS(mct_subscribe_token_copy, subscribe, NULL);
    mct_publish_token_free(publish);
    mct_subscribe_token_free(subscribe);
    NULLS_OUT(publish, mct_publish_token_from_json, NULL, &publish);
    NULLS(mct_publish_token_from_json, "{\"id\":1}", NULL);
    NULLS_OUT(publish, mct_publish_token_copy, NULL, &publish);
    NULLS_OUT(subscribe, mct_subscribe_token_from_json, NULL, &subscribe);
    NULLS(mct_subscribe_token_from_json, "{\"id\":1}", NULL);
    NULLS_OUT(subscribe, mct_subscribe_token_copy, NULL, &subscribe);
}

static void signing_takes_no_null(void)
{
    mct_signer *made = NULL, *signer = api_signer();
    mct_claims *claims = NULL;
    mct_jwt *read = NULL;
    char *jwt = NULL, buffer[512] = "untouched";
    size_t length = 1;
    OK(mct_claims_new("camera", 60, &claims, &failure));
    NULLS_OUT(made, mct_signer_new, 7, NULL, MCT_HS256, &made);
    NULLS(mct_signer_new, 7, "key", MCT_HS256, NULL);
    NULLS_OUT(made, mct_signer_from_token, NULL, MCT_HS256, &made);
    NULLS_OUT(jwt, mct_signer_sign, NULL, claims, &jwt, NULL);
    NULLS_OUT(jwt, mct_signer_sign, signer, NULL, &jwt, NULL);
    NULLS(mct_signer_sign, signer, claims, NULL, NULL);
    NULLS(mct_signer_sign_into, NULL, claims, buffer, sizeof buffer, &length, NULL);
    CHECK_NUMBER(length, 0);
    length = 1;
    NULLS(mct_signer_sign_into, signer, NULL, buffer, sizeof buffer, &length, NULL);
    CHECK_NUMBER(length, 0);
    length = 1;
    NULLS(mct_signer_sign_into, signer, claims, NULL, sizeof buffer, &length, NULL);
    CHECK_NUMBER(length, 0);
    NULLS(mct_signer_sign_into, signer, claims, buffer, sizeof buffer, NULL, NULL);
    CHECK_TEXT(buffer, "untouched");
    NULLS_OUT(read, mct_signer_verify, NULL, "a.b.c", NULL, &read);
    NULLS_OUT(read, mct_signer_verify, signer, NULL, NULL, &read);
    NULLS_OUT(read, mct_jwt_parse, NULL, &read);
    NULLS(mct_jwt_parse, "a.b.c", NULL);
    mct_claims_free(claims);
    mct_signer_free(signer);
}

static void packed_signing_takes_no_null(void)
{
    const int64_t offsets[] = {0, 1};
    mct_signer *signer = api_signer();
    mct_claims *claims = NULL;
    char out[512] = "untouched";
    int64_t out_offsets[] = {-5, -5};
    size_t needed = 1;
    OK(mct_claims_new("camera", 60, &claims, &failure));
#define PACKED(signer, claims, bytes, offsets, out, out_offsets, needed)                                               \
    NULLS(mct_signer_sign_packed, signer, claims, bytes, offsets, 1, 1, out, sizeof out, out_offsets, needed)
    PACKED(NULL, claims, "a", offsets, out, out_offsets, &needed);
    CHECK_NUMBER(needed, 0);
    PACKED(signer, NULL, "a", offsets, out, out_offsets, &needed);
    PACKED(signer, claims, NULL, offsets, out, out_offsets, &needed);
    PACKED(signer, claims, "a", NULL, out, out_offsets, &needed);
    PACKED(signer, claims, "a", offsets, NULL, out_offsets, &needed);
    PACKED(signer, claims, "a", offsets, out, NULL, &needed);
    CHECK_NUMBER(needed, 0);
    PACKED(signer, claims, "a", offsets, out, out_offsets, NULL);
    /* Without room only the needed bytes are told. */
    NULLS(mct_signer_sign_packed, signer, claims, "a", offsets, 1, 1, NULL, 0, NULL, NULL);
    OK(mct_signer_sign_packed(signer, claims, "a", offsets, 1, 1, NULL, 0, NULL, &needed, &failure));
    CHECK(needed > 0);
    CHECK_TEXT(out, "untouched");
    CHECK(out_offsets[0] == -5 && out_offsets[1] == -5);
    mct_claims_free(claims);
    mct_signer_free(signer);
}

static void viewers_take_no_null(void)
{
    const int64_t offsets[] = {0, 1};
    const uint32_t lifetimes[] = {60};
    mct_signer *signer = api_signer();
    mct_claims *claims = NULL;
    mct_viewers *viewers = NULL;
    char out[512] = "untouched";
    int64_t out_offsets[] = {-5, -5};
    size_t needed = 1;
    OK(mct_claims_new("camera", 60, &claims, &failure));
    REFUSES(MCT_ERR_NULL_ARGUMENT, ANY_FIELD, mct_viewers_new, 1, NULL);
    OK(mct_viewers_new(1, &viewers, &failure));
#define COLUMN(function, name)                                                                                         \
    NULLS(function, NULL, "a", offsets);                                                                               \
    REFUSES(MCT_ERR_NULL_ARGUMENT, name, function, viewers, NULL, offsets);                                            \
    REFUSES(MCT_ERR_NULL_ARGUMENT, name, function, viewers, "a", NULL);                                                \
    REFUSES(MCT_ERR_NULL_ARGUMENT, name, function, viewers, NULL, NULL);
    COLUMN(mct_viewers_lend_custom_viewer_data, "customViewerData")
    COLUMN(mct_viewers_lend_allowed_ip_address, "allowedIpAddresses")
    NULLS(mct_viewers_lend_lifetimes, NULL, lifetimes);
    NULLS(mct_viewers_lend_lifetimes, viewers, NULL);
#define VIEWERS(signer, claims, viewers, out, out_offsets, needed)                                                     \
    NULLS(mct_signer_sign_viewers, signer, claims, viewers, 1, out, sizeof out, out_offsets, needed)
    VIEWERS(NULL, claims, viewers, out, out_offsets, &needed);
    CHECK_NUMBER(needed, 0);
    VIEWERS(signer, NULL, viewers, out, out_offsets, &needed);
    VIEWERS(signer, claims, NULL, out, out_offsets, &needed);
    VIEWERS(signer, claims, viewers, NULL, out_offsets, &needed);
    VIEWERS(signer, claims, viewers, out, NULL, &needed);
    CHECK_NUMBER(needed, 0);
    VIEWERS(signer, claims, viewers, out, out_offsets, NULL);
    CHECK_TEXT(out, "untouched");
    CHECK(out_offsets[0] == -5 && out_offsets[1] == -5);
    mct_viewers_free(viewers);
    mct_claims_free(claims);
    mct_signer_free(signer);
}

static void signer_from_token_needs_out(void)
{
    mct_subscribe_token *parent = NULL;
    OK(mct_subscribe_token_from_json("{\"id\":1,\"token\":\"key\"}", &parent, &failure));
    NULLS(mct_signer_from_token, parent, MCT_HS256, NULL);
    mct_subscribe_token_free(parent);
}

/* Nothing listens at this client's address: what is refused is refused before anything is sent. */
static void calls_take_no_null(void)
{
    struct handles handles;
    mct_client *client = api_client("http://127.0.0.1:1", "secret"), *made = NULL;
    mct_publish_token *publish = NULL;
    mct_subscribe_token *subscribe = NULL;
    mct_publish_token_list *publishes = NULL;
    mct_subscribe_token_list *subscribes = NULL;
    handles_make(&handles);
    NULLS_OUT(made, mct_client_new, NULL, &made);
    NULLS(mct_client_new, handles.config, NULL);
    NULLS_OUT(publish, mct_publish_token_create, NULL, handles.publish, &publish);
    NULLS_OUT(publish, mct_publish_token_create, client, NULL, &publish);
    NULLS(mct_publish_token_create, client, handles.publish, NULL);
    NULLS_OUT(publish, mct_publish_token_read, NULL, 1, &publish);
    NULLS(mct_publish_token_read, client, 1, NULL);
    NULLS_OUT(publishes, mct_publish_token_list_page, NULL, NULL, &publishes);
    NULLS(mct_publish_token_list_page, client, NULL, NULL);
    NULLS(mct_publish_token_delete, NULL, 1);
    NULLS_OUT(subscribe, mct_subscribe_token_create, NULL, handles.subscribe, &subscribe);
    NULLS_OUT(subscribe, mct_subscribe_token_create, client, NULL, &subscribe);
    NULLS(mct_subscribe_token_create, client, handles.subscribe, NULL);
    NULLS_OUT(subscribe, mct_subscribe_token_read, NULL, 1, &subscribe);
    NULLS(mct_subscribe_token_read, client, 1, NULL);
    NULLS_OUT(subscribes, mct_subscribe_token_list_page, NULL, NULL, &subscribes);
    NULLS(mct_subscribe_token_list_page, client, NULL, NULL);
    NULLS(mct_subscribe_token_delete, NULL, 1);
    handles_free(&handles);
    mct_client_free(client);
}

/* Also for the calls that both kinds of token have. */
#define CALLS_OF_KIND(kind)                                                                                            \
    do {                                                                                                               \
        mct_##kind##_token *token = NULL;                                                                              \
        mct_##kind##_token_list *list = NULL;                                                                          \
        mct_##kind##_token_iter *iter = NULL;                                                                          \
        NULLS_OUT(token, mct_##kind##_token_update_apply, NULL, 1, handles.kind##_update, &token);                     \
        NULLS_OUT(token, mct_##kind##_token_update_apply, client, 1, NULL, &token);                                    \
        NULLS(mct_##kind##_token_update_apply, client, 1, handles.kind##_update, NULL);                                \
        NULLS_OUT(list, mct_##kind##_token_list_all, NULL, NULL, &list);                                               \
        NULLS(mct_##kind##_token_list_all, client, NULL, NULL);                                                        \
        NULLS_OUT(iter, mct_##kind##_token_iter_new, NULL, NULL, &iter);                                               \
        NULLS(mct_##kind##_token_iter_new, client, NULL, NULL);                                                        \
        NULLS_OUT(token, mct_##kind##_token_iter_next, NULL, &token);                                                  \
        OK(mct_##kind##_token_iter_new(client, NULL, &iter, &failure));                                                \
        NULLS(mct_##kind##_token_iter_next, iter, NULL);                                                               \
        mct_##kind##_token_iter_free(iter);                                                                            \
    } while (0)

static void calls_of_both_kinds_take_no_null(void)
{
    struct handles handles;
    mct_client *client = api_client("http://127.0.0.1:1", "secret");
    handles_make(&handles);
    CALLS_OF_KIND(publish);
    CALLS_OF_KIND(subscribe);
    handles_free(&handles);
    mct_client_free(client);
}

static void calls_about_the_account_take_no_null(void)
{
    const uint64_t ids[] = {1};
    struct handles handles;
    mct_client *client = api_client("http://127.0.0.1:1", "secret");
    mct_disable_result *result = NULL;
    mct_id_list *list = NULL;
    mct_clusters *clusters = NULL;
    mct_bandwidth_report *report = NULL;
    handles_make(&handles);
    NULLS_OUT(result, mct_publish_token_disable, NULL, ids, 1, &result);
    REFUSES_OUT(result, MCT_ERR_NULL_ARGUMENT, "tokenIds", mct_publish_token_disable, client, NULL, 1, &result);
    NULLS(mct_publish_token_disable, client, ids, 1, NULL);
    NULLS_OUT(list, mct_publish_token_active_ids, NULL, "account/camera", &list);
    NULLS(mct_publish_token_active_ids, client, "account/camera", NULL);
    NULLS(mct_publish_token_sync_restream, NULL, 1);
    NULLS_OUT(clusters, mct_cluster_list, NULL, &clusters);
    NULLS(mct_cluster_list, client, NULL);
#define ANALYTICS(function)                                                                                            \
    NULLS_OUT(report, function, NULL, handles.query, &report);                                                         \
    NULLS_OUT(report, function, client, NULL, &report);                                                                \
    NULLS(function, client, handles.query, NULL);
    ANALYTICS(mct_analytics_tracking_total)
    ANALYTICS(mct_analytics_tracking_series)
    ANALYTICS(mct_analytics_tracking_streams_total)
    ANALYTICS(mct_analytics_tracking_streams_series)
    handles_free(&handles);
    mct_client_free(client);
}

static void frees_take_null(void)
{
    struct handles none = {0};
    handles_free(&none);
    mct_string_free(NULL);
    mct_error_free(NULL);
    mct_signer_free(NULL);
    mct_viewers_free(NULL);
    mct_jwt_free(NULL);
    mct_client_free(NULL);
    mct_client_cancel(NULL);
    mct_client_resume(NULL);
    mct_publish_token_free(NULL);
    mct_publish_token_list_free(NULL);
    mct_subscribe_token_free(NULL);
    mct_subscribe_token_list_free(NULL);
    mct_bandwidth_report_free(NULL);
    mct_publish_token_iter_free(NULL);
    mct_subscribe_token_iter_free(NULL);
    mct_disable_result_free(NULL);
    mct_id_list_free(NULL);
    mct_clusters_free(NULL);
}

static void lists_and_reports_take_null(void)
{
    int64_t number = 5;
    CHECK_NUMBER(mct_publish_token_list_len(NULL), 0);
    CHECK(mct_publish_token_list_get(NULL, 0) == NULL);
    CHECK_NUMBER(mct_subscribe_token_list_len(NULL), 0);
    CHECK(mct_subscribe_token_list_get(NULL, 0) == NULL);
    CHECK_NUMBER(mct_bandwidth_report_row_count(NULL), 0);
    CHECK_TEXT(mct_bandwidth_report_tracking_id(NULL, 0), NULL);
    CHECK_TEXT(mct_bandwidth_report_stream_name(NULL, 0), NULL);
    CHECK(!mct_bandwidth_report_time(NULL, 0, &number));
    CHECK_NUMBER(mct_bandwidth_report_traffic(NULL, 0), 0);
    CHECK_NUMBER(mct_bandwidth_report_bytes_in(NULL, 0), 0);
    CHECK_NUMBER(mct_bandwidth_report_bytes_out(NULL, 0), 0);
    CHECK(!mct_bandwidth_report_duration(NULL, 0, &number));
    CHECK_TEXT(mct_bandwidth_report_json(NULL), NULL);
    CHECK_NUMBER(number, 5);
}

static void results_about_the_account_take_null(void)
{
    CHECK_TEXT(mct_disable_result_json(NULL), NULL);
    CHECK_TEXT(mct_id_list_json(NULL), NULL);
    CHECK_TEXT(mct_clusters_json(NULL), NULL);
    bool value = true;
    CHECK_NUMBER(mct_disable_result_success_count(NULL), 0);
    CHECK_NUMBER(mct_disable_result_success_id(NULL, 0), 0);
    CHECK_NUMBER(mct_disable_result_failure_count(NULL), 0);
    CHECK_NUMBER(mct_disable_result_failure_id(NULL, 0), 0);
    CHECK_TEXT(mct_disable_result_failure_message(NULL, 0), NULL);
    CHECK_NUMBER(mct_id_list_len(NULL), 0);
    CHECK_NUMBER(mct_id_list_get(NULL, 0), 0);
    CHECK_NUMBER(mct_clusters_count(NULL), 0);
    CHECK_TEXT(mct_clusters_default_id(NULL), NULL);
    CHECK_TEXT(mct_clusters_id(NULL, 0), NULL);
    CHECK_TEXT(mct_clusters_name(NULL, 0), NULL);
    CHECK_TEXT(mct_clusters_rtmp(NULL, 0), NULL);
    CHECK_TEXT(mct_clusters_srt(NULL, 0), NULL);
    CHECK_TEXT(mct_clusters_location_city(NULL, 0), NULL);
    CHECK_TEXT(mct_clusters_location_region(NULL, 0), NULL);
    CHECK_TEXT(mct_clusters_location_country(NULL, 0), NULL);
    CHECK(!mct_clusters_features_transcoding(NULL, 0, &value) && value);
}

const struct test argument_tests[] = {
    {"every setter of a text, a number, a truth value or nothing refuses NULL", setters_take_no_null},
    {"every setter of a list refuses NULL as the list and in it, and takes it for an empty one",
     setters_of_lists_take_no_null},
    {"endpoints are refused without an address or a key, and need no labels", endpoints_take_no_null},
    {"the other setters refuse NULL", other_setters_take_no_null},
    {"what makes a handle refuses NULL and hands out NULL", makers_take_no_null},
    {"what makes a token of JSON or of a token refuses NULL", token_makers_take_no_null},
    {"signing, verifying and reading refuse NULL", signing_takes_no_null},
    {"signing for many viewers refuses NULL, and writes nothing", packed_signing_takes_no_null},
    {"a description of viewers refuses NULL, and so does signing for it", viewers_take_no_null},
    {"a signer of a token needs a place to go to", signer_from_token_needs_out},
    {"creating, reading, listing and deleting refuse NULL before anything is sent", calls_take_no_null},
    {"updates, whole lists and iterators refuse NULL before anything is sent", calls_of_both_kinds_take_no_null},
    {"calls about the account and its bandwidth refuse NULL before anything is sent",
     calls_about_the_account_take_no_null},
    {"every free takes NULL", frees_take_null},
    {"the getters of lists and reports take NULL", lists_and_reports_take_null},
    {"the getters of results, ids and clusters take NULL", results_about_the_account_take_null},
    {NULL, NULL},
};

/* Calls that work, against the emulator. */

#include <time.h>
#include <unistd.h>

#include "families.h"

static mct_publish_token_spec *large_publish_spec(void)
{
    const char *clusters[] = {"lon-1", "sgp-1"};
    mct_publish_token_spec *spec = NULL;
    OK(mct_publish_token_spec_new("c-test Zo\xc3\xab", &spec, &failure));
    OK(mct_publish_token_spec_add_stream(spec, "camera", false, &failure));
    OK(mct_publish_token_spec_add_stream(spec, "room-.*", true, &failure));
    OK(mct_publish_token_spec_set_expires(spec, 3600, &failure));
    OK(mct_publish_token_spec_add_allowed_origin(spec, "example.com", &failure));
    OK(mct_publish_token_spec_add_allowed_ip_address(spec, "192.0.2.0/24", &failure));
    OK(mct_publish_token_spec_set_origin_cluster(spec, "auto", &failure));
    OK(mct_publish_token_spec_add_allowed_country(spec, "PL", &failure));
    OK(mct_publish_token_spec_set_subscribe_requires_auth(spec, true, &failure));
    OK(mct_publish_token_spec_set_clip(spec, true, &failure));
    OK(mct_publish_token_spec_set_multisource(spec, true, &failure));
    OK(mct_publish_token_spec_set_low_latency_rtmp(spec, false, &failure));
    OK(mct_publish_token_spec_set_priority(spec, 7, &failure));
    OK(mct_publish_token_spec_set_geo_cascade(spec, true, clusters, 2, &failure));
    OK(mct_publish_token_spec_add_restream(spec, "rtmp://example.com/live", "stream-key", "label", true, &failure));
    return spec;
}

static void check_large_publish(const mct_publish_token *token)
{
    bool value = false;
    int32_t priority = 0;
    CHECK_TEXT(mct_publish_token_label(token), "c-test Zo\xc3\xab");
    CHECK_NUMBER(mct_publish_token_stream_count(token), 2);
    CHECK_TEXT(mct_publish_token_stream_name(token, 1), "room-.*");
    CHECK(mct_publish_token_stream_is_regex(token, 1));
    CHECK_TEXT(mct_publish_token_allowed_origin(token, 0), "example.com");
    CHECK_TEXT(mct_publish_token_allowed_ip_address(token, 0), "192.0.2.0/24");
    CHECK_TEXT(mct_publish_token_allowed_country(token, 0), "PL");
    CHECK(mct_publish_token_subscribe_requires_auth(token, &value) && value);
    CHECK(mct_publish_token_clip(token, &value) && value);
    CHECK(mct_publish_token_multisource(token, &value) && value);
    CHECK(mct_publish_token_low_latency_rtmp(token, &value) && !value);
    CHECK(mct_publish_token_priority(token, &priority) && priority == 7);
    CHECK_NUMBER(mct_publish_token_geo_cascade_cluster_count(token), 2);
    CHECK_TEXT(mct_publish_token_geo_cascade_cluster(token, 1), "sgp-1");
    CHECK_TEXT(mct_publish_token_restream_key(token, 0), "stream-key");
    CHECK_TEXT(mct_publish_token_restream_label(token, 0), "label");
}

static void publish_token_lives_and_dies(void)
{
    mct_client *client = api_client(NULL, NULL);
    mct_publish_token_spec *spec = large_publish_spec();
    mct_publish_token *made = NULL, *read = NULL;
    int64_t added_on = 0, expires_on = 0;
    OK(mct_publish_token_create(client, spec, &made, &failure));
    mct_publish_token_spec_free(spec);
    uint64_t id = mct_publish_token_id(made);
    CHECK(id > 0);
    CHECK(mct_publish_token_value(made) != NULL);
    CHECK(mct_publish_token_added_on(made, &added_on) && mct_publish_token_expires_on(made, &expires_on));
    CHECK(expires_on - added_on >= 3599 && expires_on - added_on <= 3601);
    check_large_publish(made);
    OK(mct_publish_token_read(client, id, &read, &failure));
    check_large_publish(read);
    CHECK_TEXT(mct_publish_token_value(read), mct_publish_token_value(made));
    OK(mct_publish_token_delete(client, id, &failure));
    mct_publish_token_free(read);
    REFUSES_OUT(read, MCT_ERR_NOT_FOUND, ANY_FIELD, mct_publish_token_read, client, id, &read);
    FAILS(mct_publish_token_delete(client, id, &failure), MCT_ERR_NOT_FOUND, ANY_FIELD);
    mct_publish_token_free(made);
    mct_client_free(client);
}

static void subscribe_token_lives_and_dies(void)
{
    mct_client *client = api_client(NULL, NULL);
    mct_subscribe_token_spec *spec = NULL;
    mct_subscribe_token *made = NULL, *read = NULL;
    bool is_active = false;
    OK(mct_subscribe_token_spec_new("c-test", &spec, &failure));
    OK(mct_subscribe_token_spec_add_stream(spec, ".*", true, &failure));
    OK(mct_subscribe_token_spec_set_tracking_id(spec, "group", &failure));
    OK(mct_subscribe_token_spec_add_denied_country(spec, "ZA", &failure));
    OK(mct_subscribe_token_spec_set_bind_ips_on_usage(spec, 2, &failure));
    OK(mct_subscribe_token_create(client, spec, &made, &failure));
    mct_subscribe_token_spec_free(spec);
    uint64_t id = mct_subscribe_token_id(made);
    OK(mct_subscribe_token_read(client, id, &read, &failure));
    CHECK_NUMBER(mct_subscribe_token_id(read), id);
    CHECK_TEXT(mct_subscribe_token_label(read), "c-test");
    CHECK_TEXT(mct_subscribe_token_tracking_id(read), "group");
    CHECK_TEXT(mct_subscribe_token_denied_country(read, 0), "ZA");
    CHECK_TEXT(mct_subscribe_token_value(read), mct_subscribe_token_value(made));
    CHECK(mct_subscribe_token_stream_is_regex(read, 0));
    CHECK(mct_subscribe_token_is_active(read, &is_active) && is_active);
    OK(mct_subscribe_token_delete(client, id, &failure));
    mct_subscribe_token_free(read);
    REFUSES_OUT(read, MCT_ERR_NOT_FOUND, ANY_FIELD, mct_subscribe_token_read, client, id, &read);
    mct_subscribe_token_free(made);
    mct_client_free(client);
}

static void tokens_open_their_stream(void)
{
    mct_client *client = api_client(NULL, NULL);
    mct_subscribe_token *token = api_subscribe_token(client, "camera");
    mct_signer *signer = NULL;
    mct_claims *claims = NULL;
    char *jwt = NULL;
    OK(mct_signer_from_token(token, MCT_HS256, &signer, &failure));
    OK(mct_claims_new("camera", 60, &claims, &failure));
    OK(mct_claims_set_custom_viewer_data(claims, "viewer", &failure));
    OK(mct_signer_sign(signer, claims, &jwt, NULL, &failure));
    CHECK_NUMBER(api_watch(mct_subscribe_token_value(token), "camera"), 200);
    CHECK_NUMBER(api_watch(jwt, "camera"), 200);
    CHECK(api_watch(jwt, "another") >= 400);
    OK(mct_subscribe_token_delete(client, mct_subscribe_token_id(token), &failure));
    CHECK(api_watch(mct_subscribe_token_value(token), "camera") >= 400);
    CHECK(api_watch(jwt, "camera") >= 400);
    mct_string_free(jwt);
    mct_claims_free(claims);
    mct_signer_free(signer);
    mct_subscribe_token_free(token);
    mct_client_free(client);
}

static void list_is_paged_and_sorted(void)
{
    mct_client *client = api_client(NULL, NULL);
    mct_list_options *options = NULL;
    mct_subscribe_token_list *list = NULL;
    mct_subscribe_token *token, *copy = NULL;
    uint64_t ids[3];
    for (int i = 0; i < 3; i++) {
        token = api_subscribe_token(client, "camera");
        ids[i] = mct_subscribe_token_id(token);
        mct_subscribe_token_free(token);
    }
    OK(mct_list_options_new(&options, &failure));
    OK(mct_list_options_set_sort_by(options, MCT_SORT_BY_ADDED_ON, &failure));
    OK(mct_list_options_set_descending(options, true, &failure));
    OK(mct_list_options_set_items_on_page(options, 2, &failure));
    OK(mct_subscribe_token_list_page(client, options, &list, &failure));
    CHECK_NUMBER(mct_subscribe_token_list_len(list), 2);
    CHECK_NUMBER(mct_subscribe_token_id(mct_subscribe_token_list_get(list, 0)), ids[2]);
    CHECK_NUMBER(mct_subscribe_token_id(mct_subscribe_token_list_get(list, 1)), ids[1]);
    CHECK(mct_subscribe_token_list_get(list, 2) == NULL);
    OK(mct_subscribe_token_copy(mct_subscribe_token_list_get(list, 0), &copy, &failure));
    mct_subscribe_token_list_free(list);
    CHECK_NUMBER(mct_subscribe_token_id(copy), ids[2]);
    mct_subscribe_token_free(copy);
    OK(mct_list_options_set_page(options, 2, &failure));
    OK(mct_subscribe_token_list_page(client, options, &list, &failure));
    CHECK_NUMBER(mct_subscribe_token_id(mct_subscribe_token_list_get(list, 0)), ids[0]);
    mct_subscribe_token_list_free(list);
    OK(mct_list_options_set_page(options, 1000, &failure));
    OK(mct_subscribe_token_list_page(client, options, &list, &failure));
    CHECK_NUMBER(mct_subscribe_token_list_len(list), 0);
    mct_subscribe_token_list_free(list);
    for (int i = 0; i < 3; i++)
        OK(mct_subscribe_token_delete(client, ids[i], &failure));
    mct_list_options_free(options);
    mct_client_free(client);
}

static void list_needs_no_options(void)
{
    mct_client *client = api_client(NULL, NULL);
    mct_publish_token_spec *spec = large_publish_spec();
    mct_publish_token *made = NULL;
    mct_publish_token_list *list = NULL;
    bool found = false;
    OK(mct_publish_token_create(client, spec, &made, &failure));
    OK(mct_publish_token_list_page(client, NULL, &list, &failure));
    for (size_t i = 0; i < mct_publish_token_list_len(list); i++)
        if (mct_publish_token_id(mct_publish_token_list_get(list, i)) == mct_publish_token_id(made)) {
            found = true;
            check_large_publish(mct_publish_token_list_get(list, i));
        }
    CHECK(found);
    CHECK(mct_publish_token_list_get(list, mct_publish_token_list_len(list)) == NULL);
    OK(mct_publish_token_delete(client, mct_publish_token_id(made), &failure));
    mct_publish_token_list_free(list);
    mct_publish_token_free(made);
    mct_publish_token_spec_free(spec);
    mct_client_free(client);
}

static void day_of(char day[11], int days_from_now)
{
    time_t seconds = time(NULL) + days_from_now * 86400;
    strftime(day, 11, "%Y-%m-%d", gmtime(&seconds));
}

static void check_bandwidth(const mct_bandwidth_report *report, const char *tracking_id)
{
    int64_t number = 5;
    size_t rows = mct_bandwidth_report_row_count(report), totals = 0;
    for (size_t i = 0; i < rows; i++) {
        CHECK_TEXT(mct_bandwidth_report_tracking_id(report, i), tracking_id);
        CHECK(!mct_bandwidth_report_time(report, i, &number) && number == 5);
        if (mct_bandwidth_report_traffic(report, i) != MCT_TRAFFIC_ALL)
            continue;
        totals++;
        CHECK_TEXT(mct_bandwidth_report_stream_name(report, i), "camera");
        CHECK_NUMBER(mct_bandwidth_report_bytes_in(report, i), 5);
        CHECK_NUMBER(mct_bandwidth_report_bytes_out(report, i), INT64_C(6000000000));
        CHECK(!mct_bandwidth_report_duration(report, i, &number) && number == 5);
    }
    CHECK_NUMBER(totals, 1);
    CHECK(strstr(mct_bandwidth_report_json(report), tracking_id) != NULL);
    CHECK_TEXT(mct_bandwidth_report_tracking_id(report, rows), NULL);
    CHECK_TEXT(mct_bandwidth_report_stream_name(report, SIZE_MAX), NULL);
    CHECK_NUMBER(mct_bandwidth_report_traffic(report, rows), 0);
    CHECK_NUMBER(mct_bandwidth_report_bytes_in(report, rows), 0);
    CHECK_NUMBER(mct_bandwidth_report_bytes_out(report, rows), 0);
}

static void bandwidth_of_a_tracking_id(void)
{
    char start[11], stop[11], tracking_id[32], other[32], usage[160];
    mct_client *client = api_client(NULL, NULL);
    mct_bandwidth_query *query = NULL;
    mct_bandwidth_report *report = NULL;
    /* What an earlier run used is still counted, so each run has its own. */
    snprintf(tracking_id, sizeof tracking_id, "c-test-%ld", (long)getpid());
    snprintf(usage, sizeof usage,
             "{\"streamName\":\"camera\",\"trackingId\":\"%s\",\"bytesIn\":5,\"bytesOut\":6000000000}", tracking_id);
    CHECK_NUMBER(http_post(api_url(), "/_emulator/usage", NULL, usage), 200);
    day_of(start, -2);
    day_of(stop, 2);
    OK(mct_bandwidth_query_new(start, stop, &query, &failure));
    OK(mct_bandwidth_query_add_tracking_id(query, tracking_id, &failure));
    OK(mct_bandwidth_query_add_tracking_id(query, tracking_id, &failure));
    for (int i = 0; i < 12; i++) { /* more than one request can ask for */
        snprintf(other, sizeof other, "unused-%d", i);
        OK(mct_bandwidth_query_add_tracking_id(query, other, &failure));
    }
    OK(mct_analytics_tracking_total(client, query, &report, &failure));
    check_bandwidth(report, tracking_id);
    mct_bandwidth_report_free(report);
    mct_bandwidth_query_free(query);
    mct_client_free(client);
}

const struct test call_tests[] = {
    {"a publish token is made as asked, read, deleted, and then not found", publish_token_lives_and_dies},
    {"a subscribe token is made as asked, read, deleted, and then not found", subscribe_token_lives_and_dies},
    {"a token and what it signed open their stream until it is deleted", tokens_open_their_stream},
    {"a list is sorted and paged, and empty past its end", list_is_paged_and_sorted},
    {"a list needs no options", list_needs_no_options},
    {"the bandwidth of a tracking id is one row of totals for each stream", bandwidth_of_a_tracking_id},
    {NULL, NULL},
};

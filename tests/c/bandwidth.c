/* Bandwidth: totals and series, by tracking id and by stream. */

#include "families.h"

#define NOON INT64_C(1767268800) /* of 2026-01-01 */
#define HOUR 3600
#define DAY 86400

typedef mct_status analytics(mct_client *, const mct_bandwidth_query *, mct_bandwidth_report **, mct_error **);

/* Traffic of a stream; `more` is further fields of the JSON. */
static void use(const char *stream, const char *tracking_id, int64_t time, int in, int out, const char *more)
{
    char json[400];
    snprintf(json, sizeof json,
             "{\"streamName\":\"%s\",\"trackingId\":\"%s\",\"time\":%lld,\"bytesIn\":%d,\"bytesOut\":%d%s}", stream,
             tracking_id, (long long)time, in, out, more);
    CHECK(api_control("usage", json));
}

/* The first two days of 2026. */
static mct_bandwidth_query *query_by(const char *tracking_id, const char *stream_name, mct_resolution resolution)
{
    mct_bandwidth_query *query = NULL;
    OK(mct_bandwidth_query_new("2026-01-01", "2026-01-03", &query, &failure));
    if (tracking_id != NULL)
        OK(mct_bandwidth_query_add_tracking_id(query, tracking_id, &failure));
    if (stream_name != NULL)
        OK(mct_bandwidth_query_add_stream_name(query, stream_name, &failure));
    if (resolution != 0)
        OK(mct_bandwidth_query_set_resolution(query, resolution, &failure));
    return query;
}

/* The report, for which the query is freed. */
static mct_bandwidth_report *ask(analytics call, mct_bandwidth_query *query)
{
    mct_client *client = api_client(NULL, NULL);
    mct_bandwidth_report *report = NULL;
    OK(call(client, query, &report, &failure));
    mct_bandwidth_query_free(query);
    mct_client_free(client);
    return report;
}

/* The rows of a kind of traffic: how many there are, and place `place` of them, or the end of the table. */
static size_t row_of(const mct_bandwidth_report *report, mct_traffic traffic, size_t place, size_t *count)
{
    size_t found = mct_bandwidth_report_row_count(report);
    *count = 0;
    for (size_t i = 0; i < mct_bandwidth_report_row_count(report); i++)
        if (mct_bandwidth_report_traffic(report, i) == traffic && (*count)++ == place)
            found = i;
    return found;
}

static size_t count_of(const mct_bandwidth_report *report, mct_traffic traffic)
{
    size_t count;
    row_of(report, traffic, 0, &count);
    return count;
}

static void check_bytes(const mct_bandwidth_report *report, mct_traffic traffic, size_t place, int64_t in, int64_t out)
{
    size_t count, row = row_of(report, traffic, place, &count);
    CHECK(place < count);
    CHECK_NUMBER(mct_bandwidth_report_bytes_in(report, row), in);
    CHECK_NUMBER(mct_bandwidth_report_bytes_out(report, row), out);
}

/* Of the rows of all traffic. */
static void check_step(const mct_bandwidth_report *report, size_t place, int64_t time, int64_t in)
{
    size_t count, row = row_of(report, MCT_TRAFFIC_ALL, place, &count);
    int64_t began = 0;
    CHECK(mct_bandwidth_report_time(report, row, &began));
    CHECK(!mct_bandwidth_report_time(report, row, NULL));
    CHECK_NUMBER(began, time);
    CHECK_NUMBER(mct_bandwidth_report_bytes_in(report, row), in);
}

static void check_parts(const mct_bandwidth_report *report)
{
    size_t count, row = row_of(report, MCT_TRAFFIC_RESTREAM, 0, &count);
    int64_t duration = 0;
    check_bytes(report, MCT_TRAFFIC_RESTREAM, 0, 300, 4000);
    check_bytes(report, MCT_TRAFFIC_GEO_CASCADE, 0, 50000, 600000);
    CHECK(mct_bandwidth_report_duration(report, row, &duration));
    CHECK(!mct_bandwidth_report_duration(report, row, NULL));
    CHECK_NUMBER(duration, 60);
}

/* For each form of the answer the same of all traffic, and the parts where it has them. */
static void check_forms(analytics call, const char *tracking_id, const char *stream_name)
{
    const char *const forms[] = {"{\"form\":\"totals\"}", "{\"form\":\"breakdown\"}", "{\"form\":\"both\"}"};
    for (size_t i = 0; i < 3; i++) {
        int64_t time = 5;
        CHECK(api_control("analytics", forms[i]));
        mct_bandwidth_report *report = ask(call, query_by(tracking_id, stream_name, 0));
        CHECK_NUMBER(count_of(report, MCT_TRAFFIC_ALL), 1);
        check_bytes(report, MCT_TRAFFIC_ALL, 0, 50301, 604020);
        CHECK(!mct_bandwidth_report_time(report, 0, &time) && time == 5);
        if (i == 0)
            CHECK_NUMBER(mct_bandwidth_report_row_count(report), 1);
        else
            check_parts(report);
        if (i == 1)
            check_bytes(report, MCT_TRAFFIC_STANDARD_STREAM, 0, 1, 20);
        mct_bandwidth_report_free(report);
    }
}

static void every_form_of_a_total_is_read(void)
{
    struct unique id = api_unique("group"), stream = api_unique("stream");
    use(stream.text, id.text, NOON, 1, 20, "");
    use(stream.text, id.text, NOON + 60, 300, 4000, ",\"kind\":\"restream\",\"duration\":60");
    use(stream.text, id.text, NOON + HOUR, 50000, 600000, ",\"kind\":\"geoCascade\"");
    use(stream.text, id.text, NOON + 2 * DAY, 9, 9, ""); /* on the day that is not asked for any more */
    check_forms(mct_analytics_tracking_total, id.text, NULL);
    check_forms(mct_analytics_tracking_streams_total, NULL, stream.text);
}

static void check_series(analytics call, const char *tracking_id, const char *stream_name)
{
    mct_bandwidth_report *hours = ask(call, query_by(tracking_id, stream_name, MCT_RESOLUTION_HOUR));
    mct_bandwidth_report *days = ask(call, query_by(tracking_id, stream_name, MCT_RESOLUTION_DAY));
    CHECK_NUMBER(count_of(hours, MCT_TRAFFIC_ALL), 3);
    check_step(hours, 0, NOON, 3);
    check_step(hours, 1, NOON + 2 * HOUR, 4);
    check_step(hours, 2, NOON + DAY, 8);
    CHECK_NUMBER(count_of(days, MCT_TRAFFIC_ALL), 2);
    check_step(days, 0, NOON - 12 * HOUR, 7);
    check_step(days, 1, NOON + 12 * HOUR, 8);
    mct_bandwidth_report_free(hours);
    mct_bandwidth_report_free(days);
}

static void a_series_has_each_step_with_traffic(void)
{
    struct unique id = api_unique("group"), stream = api_unique("stream");
    use(stream.text, id.text, NOON, 1, 0, "");
    use(stream.text, id.text, NOON + 60, 2, 0, "");
    use(stream.text, id.text, NOON + 2 * HOUR, 4, 0, "");
    use(stream.text, id.text, NOON + DAY, 8, 0, "");
    check_series(mct_analytics_tracking_series, id.text, NULL);
    check_series(mct_analytics_tracking_streams_series, NULL, stream.text);
}

/* Both of them counted for one stream: one for nobody, one for `tracking_id`. */
static void check_nobody(const mct_bandwidth_report *report, const char *stream, const char *tracking_id)
{
    CHECK_NUMBER(count_of(report, MCT_TRAFFIC_ALL), 2);
    for (size_t i = 0; i < 2; i++) {
        const char *counted_for = mct_bandwidth_report_tracking_id(report, i);
        CHECK_TEXT(mct_bandwidth_report_stream_name(report, i), stream);
        CHECK_NUMBER(mct_bandwidth_report_bytes_in(report, i), counted_for == NULL ? 5 : 7);
        if (counted_for != NULL)
            CHECK_TEXT(counted_for, tracking_id);
    }
    CHECK((mct_bandwidth_report_bytes_in(report, 0) == 5) != (mct_bandwidth_report_bytes_in(report, 1) == 5));
}

static void traffic_of_nobody_has_no_tracking_id(void)
{
    struct unique id = api_unique("group"), stream = api_unique("stream");
    use(stream.text, "", NOON, 5, 0, "");
    use(stream.text, id.text, NOON, 7, 0, "");
    mct_bandwidth_report *total = ask(mct_analytics_tracking_streams_total, query_by(NULL, stream.text, 0));
    mct_bandwidth_report *days = ask(mct_analytics_tracking_streams_series,
                                     query_by(NULL, stream.text, MCT_RESOLUTION_DAY));
    check_nobody(total, stream.text, id.text);
    check_nobody(days, stream.text, id.text);
    mct_bandwidth_report_free(total);
    mct_bandwidth_report_free(days);
}

#define MANY 25

/* Each of them used its number of bytes; a name is its own tracking id. */
static void check_many(const mct_bandwidth_report *report, const struct unique *names)
{
    CHECK_NUMBER(count_of(report, MCT_TRAFFIC_ALL), MANY);
    for (int i = 0; i < MANY; i++) {
        size_t count, row = row_of(report, MCT_TRAFFIC_ALL, (size_t)i, &count);
        CHECK_TEXT(mct_bandwidth_report_tracking_id(report, row), names[i].text);
        CHECK_TEXT(mct_bandwidth_report_stream_name(report, row), names[i].text);
        CHECK_NUMBER(mct_bandwidth_report_bytes_out(report, row), 1000 + i);
        CHECK(strstr(mct_bandwidth_report_json(report), names[i].text) != NULL);
    }
}

static void more_than_one_call_takes_are_joined_in_order(void)
{
    struct unique names[MANY];
    analytics *const by_id[] = {mct_analytics_tracking_total, mct_analytics_tracking_series};
    analytics *const by_stream[] = {mct_analytics_tracking_streams_total, mct_analytics_tracking_streams_series};
    for (int i = 0; i < MANY; i++) {
        names[i] = api_unique("many");
        use(names[i].text, names[i].text, NOON, 1, 1000 + i, "");
    }
    for (int series = 0; series < 2; series++) {
        mct_bandwidth_query *ids = query_by(NULL, NULL, series == 1 ? MCT_RESOLUTION_DAY : 0);
        mct_bandwidth_query *streams = query_by(NULL, NULL, series == 1 ? MCT_RESOLUTION_DAY : 0);
        for (int i = 0; i < 2 * MANY; i++) { /* the second time says nothing new */
            OK(mct_bandwidth_query_add_tracking_id(ids, names[i % MANY].text, &failure));
            OK(mct_bandwidth_query_add_stream_name(streams, names[i % MANY].text, &failure));
        }
        mct_bandwidth_report *report = ask(by_id[series], ids);
        check_many(report, names);
        mct_bandwidth_report_free(report);
        report = ask(by_stream[series], streams);
        check_many(report, names);
        mct_bandwidth_report_free(report);
    }
}

static void what_was_not_used_has_no_row(void)
{
    struct unique id = api_unique("unused");
    mct_bandwidth_report *report = ask(mct_analytics_tracking_total, query_by(id.text, NULL, 0));
    CHECK_NUMBER(mct_bandwidth_report_row_count(report), 0);
    CHECK_NUMBER(mct_bandwidth_report_traffic(report, 0), 0);
    CHECK_TEXT(mct_bandwidth_report_tracking_id(report, SIZE_MAX), NULL);
    mct_bandwidth_report_free(report);
}

static void a_query_suits_its_call(void)
{
    const struct {
        analytics *call;
        const char *tracking_id, *stream_name;
        mct_resolution resolution;
        const char *field;
    } wrong[] = {
        {mct_analytics_tracking_total, NULL, NULL, 0, "trackingIds"},
        {mct_analytics_tracking_total, "id", "stream", 0, "streamNames"},
        {mct_analytics_tracking_total, "id", NULL, MCT_RESOLUTION_DAY, "resolution"},
        {mct_analytics_tracking_series, NULL, "stream", MCT_RESOLUTION_DAY, "trackingIds"},
        {mct_analytics_tracking_series, "id", "stream", MCT_RESOLUTION_DAY, "streamNames"},
        {mct_analytics_tracking_series, "id", NULL, 0, "resolution"},
        {mct_analytics_tracking_streams_total, "id", NULL, 0, "streamNames"},
        {mct_analytics_tracking_streams_total, "id", "stream", 0, "trackingIds"},
        {mct_analytics_tracking_streams_total, NULL, "stream", MCT_RESOLUTION_HOUR, "resolution"},
        {mct_analytics_tracking_streams_series, NULL, NULL, MCT_RESOLUTION_HOUR, "streamNames"},
        {mct_analytics_tracking_streams_series, "id", "stream", MCT_RESOLUTION_HOUR, "trackingIds"},
        {mct_analytics_tracking_streams_series, NULL, "stream", 0, "resolution"},
    };
    mct_client *client = api_client("http://127.0.0.1:1", "secret"); /* where nothing listens */
    mct_bandwidth_report *report = NULL;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        mct_bandwidth_query *query = query_by(wrong[i].tracking_id, wrong[i].stream_name, wrong[i].resolution);
        REFUSES_OUT(report, MCT_ERR_INVALID_ARGUMENT, wrong[i].field, wrong[i].call, client, query, &report);
        mct_bandwidth_query_free(query);
    }
    mct_client_free(client);
}

const struct test bandwidth_tests[] = {
    {"a total has one row of all traffic, whatever form the answer has, and its parts", every_form_of_a_total_is_read},
    {"a series has the beginning of each hour or day that has traffic", a_series_has_each_step_with_traffic},
    {"traffic that counts for nobody has no tracking id", traffic_of_nobody_has_no_tracking_id},
    {"more ids or streams than one call takes are asked for in several and joined in order",
     more_than_one_call_takes_are_joined_in_order},
    {"what was not used has no row", what_was_not_used_has_no_row},
    {"a query that does not suit its call is refused before anything is sent", a_query_suits_its_call},
    {NULL, NULL},
};

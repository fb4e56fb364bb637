/* Every call that can be started without blocking, beside its blocking twin. */

#include <ctype.h>
#include <time.h>

#include "ends.h"
#include "families.h"

/* What all of them are given, made for one use. */
struct arguments {
    uint64_t publish_id, subscribe_id, *ids;
    size_t id_count;
    char *stream_id;
    int64_t since;
    mct_publish_token_spec *publish_spec, *publish_found;
    mct_subscribe_token_spec *subscribe_spec, *subscribe_found;
    mct_publish_token_update *publish_update;
    mct_subscribe_token_update *subscribe_update;
    mct_list_options *list;
    mct_publish_token_iter *publish_iter;
    mct_subscribe_token_iter *subscribe_iter;
    mct_bandwidth_query *total, *series, *streams_total, *streams_series;
};

/* Name, what it gives, whether twice the same, and the arguments before those that all of them have. */
#define EACH_CALL(X)                                                                                                   \
    X(publish_token_create, publish_token, false, (client, a->publish_spec))                                           \
    X(publish_token_find_created, publish_token_list, true, (client, a->publish_found, a->since))                      \
    X(publish_token_read, publish_token, false, (client, a->publish_id))                                               \
    X(publish_token_list_page, publish_token_list, true, (client, a->list))                                            \
    X(publish_token_list_all, publish_token_list, true, (client, a->list))                                             \
    X(publish_token_update_apply, publish_token, false, (client, a->publish_id, a->publish_update))                    \
    X(publish_token_delete, nothing, true, (client, a->publish_id))                                                    \
    X(subscribe_token_create, subscribe_token, false, (client, a->subscribe_spec))                                     \
    X(subscribe_token_find_created, subscribe_token_list, true, (client, a->subscribe_found, a->since))                \
    X(subscribe_token_read, subscribe_token, false, (client, a->subscribe_id))                                         \
    X(subscribe_token_list_page, subscribe_token_list, true, (client, a->list))                                        \
    X(subscribe_token_list_all, subscribe_token_list, true, (client, a->list))                                         \
    X(subscribe_token_update_apply, subscribe_token, false, (client, a->subscribe_id, a->subscribe_update))            \
    X(subscribe_token_delete, nothing, true, (client, a->subscribe_id))                                                \
    X(publish_token_disable, disable_result, false, (client, a->ids, a->id_count))                                     \
    X(publish_token_active_ids, id_list, true, (client, a->stream_id))                                                 \
    X(publish_token_sync_restream, nothing, true, (client, a->publish_id))                                             \
    X(cluster_list, clusters, true, (client))                                                                          \
    X(analytics_tracking_total, bandwidth_report, true, (client, a->total))                                            \
    X(analytics_tracking_series, bandwidth_report, true, (client, a->series))                                          \
    X(analytics_tracking_streams_total, bandwidth_report, true, (client, a->streams_total))                            \
    X(analytics_tracking_streams_series, bandwidth_report, true, (client, a->streams_series))                          \
    X(publish_token_iter_next, publish_token, true, (a->publish_iter))                                                 \
    X(subscribe_token_iter_next, subscribe_token, true, (a->subscribe_iter))

/* The text of a result, for comparing. Each frees the result; the caller frees the text. */
static char *text_of(const char *json, char *text)
{
    size_t before = text == NULL ? 0 : strlen(text), more = json == NULL ? 0 : strlen(json);
    char *longer = realloc(text, before + more + 2);
    if (longer == NULL)
        abort();
    memcpy(longer + before, json == NULL ? "" : json, more);
    memcpy(longer + before + more, "\n", 2);
    return longer;
}

#define DEFINE_TEXT_OF(type)                                                                                           \
    static char *text_of_##type(mct_##type *result)                                                                    \
    {                                                                                                                  \
        char *text = text_of(mct_##type##_json(result), NULL);                                                         \
        mct_##type##_free(result);                                                                                     \
        return text;                                                                                                   \
    }

#define DEFINE_TEXT_OF_LIST(kind)                                                                                      \
    static char *text_of_##kind##_token_list(mct_##kind##_token_list *list)                                            \
    {                                                                                                                  \
        char *text = text_of("list", NULL);                                                                            \
        for (size_t i = 0; i < mct_##kind##_token_list_len(list); i++)                                                 \
            text = text_of(mct_##kind##_token_json(mct_##kind##_token_list_get(list, i)), text);                       \
        mct_##kind##_token_list_free(list);                                                                            \
        return text;                                                                                                   \
    }

DEFINE_TEXT_OF(publish_token)
DEFINE_TEXT_OF(subscribe_token)
DEFINE_TEXT_OF(disable_result)
DEFINE_TEXT_OF(id_list)
DEFINE_TEXT_OF(clusters)
DEFINE_TEXT_OF(bandwidth_report)
DEFINE_TEXT_OF_LIST(publish)
DEFINE_TEXT_OF_LIST(subscribe)

/* What a twin does that gives this: into the text, or the error. */
#define ARGUMENTS(...) __VA_ARGS__

#define GIVES(type, text, function, ...)                                                                               \
    do {                                                                                                               \
        mct_##type *result = harness_poison();                                                                         \
        mct_status status = function(__VA_ARGS__, &result, error);                                                     \
        CHECK(status == MCT_OK || result == NULL);                                                                     \
        *(text) = status == MCT_OK ? text_of_##type(result) : NULL;                                                    \
        return status;                                                                                                 \
    } while (0)

#define GIVES_NOTHING(text, function, ...)                                                                             \
    do {                                                                                                               \
        mct_status status = function(__VA_ARGS__, error);                                                              \
        *(text) = status == MCT_OK ? text_of("nothing", NULL) : NULL;                                                  \
        return status;                                                                                                 \
    } while (0)

#define GIVES_publish_token(...) GIVES(publish_token, __VA_ARGS__)
#define GIVES_subscribe_token(...) GIVES(subscribe_token, __VA_ARGS__)
#define GIVES_publish_token_list(...) GIVES(publish_token_list, __VA_ARGS__)
#define GIVES_subscribe_token_list(...) GIVES(subscribe_token_list, __VA_ARGS__)
#define GIVES_disable_result(...) GIVES(disable_result, __VA_ARGS__)
#define GIVES_id_list(...) GIVES(id_list, __VA_ARGS__)
#define GIVES_clusters(...) GIVES(clusters, __VA_ARGS__)
#define GIVES_bandwidth_report(...) GIVES(bandwidth_report, __VA_ARGS__)
#define GIVES_nothing(...) GIVES_NOTHING(__VA_ARGS__)

#define DEFINE_TWIN(name, type, same, before)                                                                          \
    static mct_status name##_now(mct_client *client, const struct arguments *a, char **text, mct_error **error)        \
    {                                                                                                                  \
        (void)client, (void)a;                                                                                         \
        GIVES_##type(text, mct_##name, ARGUMENTS before);                                                              \
    }                                                                                                                  \
    static mct_status name##_start(mct_client *client, const struct arguments *a, const mct_call_options *options,     \
                                   mct_call **out, mct_error **error)                                                  \
    {                                                                                                                  \
        (void)client, (void)a;                                                                                         \
        return mct_##name##_start(ARGUMENTS before, options, out, error);                                              \
    }                                                                                                                  \
    static mct_status name##_take(mct_call *call, char **text, mct_error **error)                                      \
    {                                                                                                                  \
        GIVES_##type(text, mct_call_take_##type, call);                                                                \
    }

EACH_CALL(DEFINE_TWIN)

static const struct twin {
    const char *name, *gives;
    bool is_same; /* when it is called twice */
    mct_status (*now)(mct_client *, const struct arguments *, char **, mct_error **);
    mct_status (*start)(mct_client *, const struct arguments *, const mct_call_options *, mct_call **, mct_error **);
    mct_status (*take)(mct_call *, char **, mct_error **);
} twins[] = {
#define ROW(name, type, same, before) {#name, #type, same, name##_now, name##_start, name##_take},
    EACH_CALL(ROW)
#undef ROW
};

#define FOR_EACH_TWIN(twin) for (const struct twin *twin = twins; twin < twins + sizeof twins / sizeof *twins; twin++)

static const struct twin *twin_named(const char *name)
{
    FOR_EACH_TWIN(twin)
        if (strcmp(twin->name, name) == 0)
            return twin;
    abort();
}

/* The label, the stream and the tracking id that a test uses, and what it began with. */
struct names {
    struct unique label, stream;
    int64_t since;
};

static mct_bandwidth_query *query_of(const char *tracking_id, const char *stream, mct_resolution resolution)
{
    mct_bandwidth_query *query = NULL;
    OK(mct_bandwidth_query_new("2026-01-01", "2026-01-03", &query, &failure));
    if (tracking_id != NULL)
        OK(mct_bandwidth_query_add_tracking_id(query, tracking_id, &failure));
    if (stream != NULL)
        OK(mct_bandwidth_query_add_stream_name(query, stream, &failure));
    if (resolution != 0)
        OK(mct_bandwidth_query_set_resolution(query, resolution, &failure));
    return query;
}

#define MAKE_SPEC(kind, spec, label, stream)                                                                           \
    do {                                                                                                               \
        OK(mct_##kind##_token_spec_new(label, &spec, &failure));                                                       \
        OK(mct_##kind##_token_spec_add_stream(spec, stream, false, &failure));                                         \
    } while (0)

/* `api`: where the tokens that are read, changed and deleted are made; NULL: nowhere, for a server that has none. */
static struct arguments *arguments_make(mct_client *client, mct_client *api, const struct names *names)
{
    struct arguments *a = calloc(1, sizeof *a);
    if (a == NULL || (a->ids = malloc(2 * sizeof *a->ids)) == NULL || (a->stream_id = malloc(128)) == NULL)
        abort();
    a->publish_id = a->subscribe_id = 1;
    if (api != NULL) {
        mct_publish_token *publish = api_publish_token(api, "c-call", "camera");
        mct_subscribe_token *subscribe = api_subscribe_token(api, "camera");
        a->publish_id = mct_publish_token_id(publish);
        a->subscribe_id = mct_subscribe_token_id(subscribe);
        mct_publish_token_free(publish);
        mct_subscribe_token_free(subscribe);
    }
    a->ids[0] = a->publish_id;
    a->ids[1] = 1;
    a->id_count = 2;
    a->since = names->since;
    snprintf(a->stream_id, 128, "emulator/%s", names->stream.text);
    MAKE_SPEC(publish, a->publish_spec, "c-call", "camera");
    MAKE_SPEC(subscribe, a->subscribe_spec, "c-call", "camera");
    MAKE_SPEC(publish, a->publish_found, names->label.text, names->stream.text);
    MAKE_SPEC(subscribe, a->subscribe_found, names->label.text, names->stream.text);
    OK(mct_publish_token_update_new(&a->publish_update, &failure));
    OK(mct_publish_token_update_set_label(a->publish_update, "c-changed", &failure));
    OK(mct_subscribe_token_update_new(&a->subscribe_update, &failure));
    OK(mct_subscribe_token_update_set_label(a->subscribe_update, "c-changed", &failure));
    OK(mct_list_options_new(&a->list, &failure));
    OK(mct_list_options_set_name(a->list, names->label.text, MCT_FILTER_BY_TOKEN_NAME, &failure));
    OK(mct_list_options_set_items_on_page(a->list, 2, &failure));
    OK(mct_publish_token_iter_new(client, a->list, &a->publish_iter, &failure));
    OK(mct_subscribe_token_iter_new(client, a->list, &a->subscribe_iter, &failure));
    a->total = query_of(names->label.text, NULL, 0);
    a->series = query_of(names->label.text, NULL, MCT_RESOLUTION_DAY);
    a->streams_total = query_of(NULL, names->stream.text, 0);
    a->streams_series = query_of(NULL, names->stream.text, MCT_RESOLUTION_HOUR);
    return a;
}

/* What was copied is overwritten too. */
static void arguments_free(struct arguments *a)
{
    memset(a->ids, 0xee, 2 * sizeof *a->ids);
    memset(a->stream_id, 'x', 127);
    free(a->ids);
    free(a->stream_id);
    mct_publish_token_spec_free(a->publish_spec);
    mct_subscribe_token_spec_free(a->subscribe_spec);
    mct_publish_token_spec_free(a->publish_found);
    mct_subscribe_token_spec_free(a->subscribe_found);
    mct_publish_token_update_free(a->publish_update);
    mct_subscribe_token_update_free(a->subscribe_update);
    mct_list_options_free(a->list);
    mct_publish_token_iter_free(a->publish_iter);
    mct_subscribe_token_iter_free(a->subscribe_iter);
    mct_bandwidth_query_free(a->total);
    mct_bandwidth_query_free(a->series);
    mct_bandwidth_query_free(a->streams_total);
    mct_bandwidth_query_free(a->streams_series);
    free(a);
}

static struct names names_of_now(void)
{
    return (struct names){api_unique("call"), api_unique("stream"), (int64_t)time(NULL) - 1};
}

/* Three tokens of each kind with these names, one of which is live, and traffic. */
static void fill(mct_client *client, const struct names *names)
{
    char json[400];
    uint64_t id = 0;
    for (int i = 0; i < 3; i++) {
        mct_subscribe_token_spec *spec = NULL;
        mct_subscribe_token *subscribe = NULL;
        mct_publish_token *publish = api_publish_token(client, names->label.text, names->stream.text);
        MAKE_SPEC(subscribe, spec, names->label.text, names->stream.text);
        OK(mct_subscribe_token_create(client, spec, &subscribe, &failure));
        id = mct_publish_token_id(publish);
        mct_publish_token_free(publish);
        mct_subscribe_token_free(subscribe);
        mct_subscribe_token_spec_free(spec);
    }
    snprintf(json, sizeof json, "{\"tokenId\":%llu,\"streamName\":\"%s\",\"isLive\":true}", (unsigned long long)id,
             names->stream.text);
    CHECK(api_control("publish", json));
    snprintf(json, sizeof json,
             "{\"streamName\":\"%s\",\"trackingId\":\"%s\",\"time\":1767268800,\"bytesIn\":5,\"bytesOut\":7}",
             names->stream.text, names->label.text);
    CHECK(api_control("usage", json));
}

/* Takes out each word that has a digit: the ids, strings and times by which two tokens differ. */
static void drop_numbers(char *text)
{
    char *to = text;
    while (*text != '\0') {
        size_t length = 0;
        bool has_digit = false;
        for (; isalnum((unsigned char)text[length]); length++)
            has_digit = has_digit || isdigit((unsigned char)text[length]);
        length += length == 0;
        if (!has_digit || !isalnum((unsigned char)*text)) {
            memmove(to, text, length);
            to += length;
        }
        text += length;
    }
    *to = '\0';
}

static void check_same_error(const mct_error *got, const mct_error *want)
{
    CHECK_STATUS(mct_error_status(got), mct_error_status(want));
    CHECK_TEXT(mct_error_message(got), mct_error_message(want));
    CHECK_TEXT(mct_error_field(got), mct_error_field(want));
    CHECK_TEXT(mct_error_details(got), mct_error_details(want));
    CHECK_NUMBER(mct_error_http_status(got), mct_error_http_status(want));
    CHECK_NUMBER(mct_error_outcome(got), mct_error_outcome(want));
    CHECK_NUMBER(mct_error_retry_after_ms(got), mct_error_retry_after_ms(want));
    CHECK_NUMBER(mct_error_reason(got), mct_error_reason(want));
    CHECK_NUMBER(mct_error_index(got), mct_error_index(want));
}

static void each_gives_what_its_twin_gives(void)
{
    mct_client *client = api_client(NULL, NULL);
    struct names names = names_of_now();
    fill(client, &names);
    FOR_EACH_TWIN(twin) {
        char *want = NULL, *got = NULL;
        mct_call *call = NULL;
        struct arguments *a = arguments_make(client, client, &names);
        OK(twin->now(client, a, &want, &failure));
        arguments_free(a);
        a = arguments_make(client, client, &names);
        OK(twin->start(client, a, NULL, &call, &failure));
        arguments_free(a);
        OK(mct_call_wait(call, UINT32_MAX, &failure));
        OK(twin->take(call, &got, &failure));
        if (!twin->is_same && CHECK(want != NULL && got != NULL)) {
            drop_numbers(want);
            drop_numbers(got);
        }
        if (!CHECK_TEXT(got, want))
            puts(twin->name);
        CHECK(got != NULL && got[1] != '\n');
        free(want);
        free(got);
        FAILS(twin->take(call, &got, &failure), MCT_ERR_INVALID_ARGUMENT, "call");
        mct_call_free(call);
    }
    mct_client_free(client);
}

/* The first failure of the twin, and that of the call: started, taken twice. */
static void check_fails_alike(const struct twin *twin, mct_client *client, const struct names *names)
{
    static struct ends ends = ENDS;
    char *text = NULL;
    mct_error *want = NULL, *got = NULL;
    mct_call *call = NULL;
    mct_call_options *options = ends_options(&ends);
    struct arguments *a = arguments_make(client, NULL, names);
    mct_status status = twin->now(client, a, &text, &want);
    arguments_free(a);
    a = arguments_make(client, NULL, names);
    OK(twin->start(client, a, options, &call, &failure));
    arguments_free(a);
    OK(mct_call_wait(call, UINT32_MAX, &failure));
    for (int i = 0; i < 3; i++) {
        if (!CHECK(status != MCT_OK) || !CHECK_STATUS(twin->take(call, &text, &got), status))
            puts(twin->name);
        check_same_error(got, want);
        mct_error_free(got);
        got = NULL;
    }
    mct_call_free(call);
    mct_call_options_free(options);
    ends_wait(&ends, 1, true);
    mct_error_free(want);
    free(text);
}

#define ANSWER(status, type, length, body)                                                                             \
    "HTTP/1.1 " status "\r\nContent-Type: " type "\r\nContent-Length: " length "\r\n\r\n" body

static void each_fails_as_its_twin_fails(void)
{
    const char *const answers[] = {
        ANSWER("401 Unauthorized", "application/json", "49",
               "{\"status\":\"fail\",\"data\":{\"message\":\"bad secret\"}}"),
        ANSWER("400 Bad Request", "application/json", "48",
               "{\"status\":\"fail\",\"data\":{\"label\":\"is too long\"}}"),
        ANSWER("429 Too Many Requests", "text/html", "1\r\nRetry-After: 7", "x"),
        ANSWER("503 Service Unavailable", "text/html", "13", "<p>sorry</p>\n"),
        ANSWER("200 OK", "text/html", "21", "<html>sign in</html>\n"),
        ANSWER("404 Not Found", "application/json", "2", "{}"),
    };
    struct names names = names_of_now();
    char url[64];
    for (size_t i = 0; i < sizeof answers / sizeof *answers; i++) {
        struct server *server = server_start(BE_ANSWERING, answers[i]);
        mct_client *client = api_client(server_url(server), NULL);
        FOR_EACH_TWIN(twin)
            check_fails_alike(twin, client, &names);
        mct_client_free(client);
        server_stop(server);
    }
    closed_port_url(url, sizeof url);
    mct_client *nobody = api_client(url, NULL), *wrong = api_client(NULL, "wrong-secret");
    FOR_EACH_TWIN(twin) {
        check_fails_alike(twin, nobody, &names);
        check_fails_alike(twin, wrong, &names);
    }
    mct_client_free(wrong);
    mct_client_free(nobody);
}

static void calls_time_out_as_their_twins_do(void)
{
    struct server *server = server_start(BE_SILENT, NULL);
    mct_client_config *config = api_config(server_url(server), NULL);
    mct_client *client = NULL;
    struct names names = names_of_now();
    OK(mct_client_config_set_timeout_ms(config, 3 * (uint32_t)at_once_ms(), &failure)); /* all is sent by then */
    OK(mct_client_new(config, &client, &failure));
    check_fails_alike(twin_named("publish_token_create"), client, &names);
    check_fails_alike(twin_named("publish_token_iter_next"), client, &names);
    mct_client_free(client);
    mct_client_config_free(config);
    server_stop(server);
}

static void what_is_not_there_is_not_found(void)
{
    mct_client *client = api_client(NULL, NULL);
    struct names names = names_of_now();
    const char *const about_one[] = {"publish_token_read", "publish_token_update_apply", "publish_token_delete",
                                     "subscribe_token_read", "subscribe_token_update_apply", "subscribe_token_delete",
                                     "publish_token_sync_restream"};
    for (size_t i = 0; i < sizeof about_one / sizeof *about_one; i++)
        check_fails_alike(twin_named(about_one[i]), client, &names);
    mct_client_free(client);
}

/* Refuses these arguments as the twin does, and `done` is not called: `user` is freed without that. */
static void check_refuses(const struct twin *twin, mct_client *client, const struct arguments *a)
{
    static struct ends ends = ENDS;
    mct_error *want = NULL, *got = NULL;
    char *text = NULL;
    mct_call *call = harness_poison();
    mct_call_options *options = ends_options(&ends);
    mct_status status = twin->now(client, a, &text, &want);
    if (!CHECK(status == MCT_ERR_NULL_ARGUMENT || status == MCT_ERR_INVALID_UTF8 || status == MCT_ERR_INVALID_ARGUMENT))
        puts(twin->name);
    CHECK_STATUS(twin->start(client, a, options, &call, &got), status);
    CHECK(call == NULL);
    check_same_error(got, want);
    call = harness_poison();
    CHECK_STATUS(twin->start(client, a, NULL, &call, NULL), status);
    CHECK(call == NULL);
    mct_call_options_free(options);
    ends_wait(&ends, 0, true);
    mct_error_free(want);
    mct_error_free(got);
    free(text);
}

/* Nothing listens at these clients' address. */
static void null_is_refused_by_the_start(void)
{
    mct_client *client = api_client("http://127.0.0.1:1", "secret");
    struct names names = names_of_now();
    struct arguments *a = arguments_make(client, NULL, &names), none = {0};
    none.id_count = 1;
    FOR_EACH_TWIN(twin) {
        bool is_iter = strstr(twin->name, "_iter_") != NULL;
        mct_call *call = harness_poison();
        if (!is_iter) {
            check_refuses(twin, NULL, a);
            REFUSES_OUT(call, MCT_ERR_NULL_ARGUMENT, NULL, twin->start, NULL, a, NULL, &call);
        }
        REFUSES(MCT_ERR_NULL_ARGUMENT, NULL, twin->start, client, a, NULL, NULL);
    }
    const char *const with_an_argument[] = {
        "publish_token_create", "publish_token_find_created", "publish_token_update_apply", "publish_token_iter_next",
        "subscribe_token_create", "subscribe_token_find_created", "subscribe_token_update_apply",
        "subscribe_token_iter_next", "publish_token_disable", "analytics_tracking_total", "analytics_tracking_series",
        "analytics_tracking_streams_total", "analytics_tracking_streams_series"};
    for (size_t i = 0; i < sizeof with_an_argument / sizeof *with_an_argument; i++)
        check_refuses(twin_named(with_an_argument[i]), client, &none);
    arguments_free(a);
    mct_client_free(client);
}

static void what_is_invalid_is_refused_by_the_start(void)
{
    mct_client *client = api_client("http://127.0.0.1:1", "secret");
    struct names names = names_of_now();
    struct arguments *a = arguments_make(client, NULL, &names), wrong = *a;
    char not_utf8[] = "account/" NOT_UTF8, no_stream[] = "camera";
    OK(mct_publish_token_spec_new("c-call", &wrong.publish_spec, &failure)); /* of no stream */
    OK(mct_subscribe_token_spec_new("c-call", &wrong.subscribe_spec, &failure));
    OK(mct_publish_token_update_new(&wrong.publish_update, &failure)); /* of nothing */
    OK(mct_subscribe_token_update_new(&wrong.subscribe_update, &failure));
    OK(mct_list_options_new(&wrong.list, &failure));
    OK(mct_list_options_set_cluster(wrong.list, "auto", &failure));
    OK(mct_list_options_set_name(wrong.list, "name", MCT_FILTER_BY_TOKEN_NAME, &failure));
    wrong.id_count = 0;
    wrong.stream_id = not_utf8;
    wrong.total = a->streams_series;
    wrong.series = a->streams_total;
    wrong.streams_total = a->series;
    wrong.streams_series = a->total;
    const char *const wrongs[] = {
        "publish_token_create", "publish_token_list_page", "publish_token_list_all", "publish_token_update_apply",
        "subscribe_token_create", "subscribe_token_list_page", "subscribe_token_list_all",
        "subscribe_token_update_apply", "publish_token_disable", "publish_token_active_ids",
        "analytics_tracking_total", "analytics_tracking_series", "analytics_tracking_streams_total",
        "analytics_tracking_streams_series"};
    for (size_t i = 0; i < sizeof wrongs / sizeof *wrongs; i++)
        check_refuses(twin_named(wrongs[i]), client, &wrong);
    wrong.stream_id = no_stream;
    check_refuses(twin_named("publish_token_active_ids"), client, &wrong);
    mct_publish_token_spec_free(wrong.publish_spec);
    mct_subscribe_token_spec_free(wrong.subscribe_spec);
    mct_publish_token_update_free(wrong.publish_update);
    mct_subscribe_token_update_free(wrong.subscribe_update);
    mct_list_options_free(wrong.list);
    arguments_free(a);
    mct_client_free(client);
}

/* The other types than the call gives, before and after its end. */
static void check_wrong_takes(const struct twin *of, mct_call *call)
{
    FOR_EACH_TWIN(twin) {
        mct_error *error = NULL;
        char *text = NULL;
        if (strcmp(twin->gives, of->gives) == 0)
            continue;
        CHECK_STATUS(twin->take(call, &text, &error), MCT_ERR_INVALID_ARGUMENT);
        CHECK_TEXT(mct_error_field(error), "call");
        mct_error_free(error);
        free(text);
    }
}

static void each_is_taken_by_its_own_type_after_its_end(void)
{
    struct server *server = server_start(BE_SILENT, NULL);
    mct_client_config *config = api_config(server_url(server), NULL);
    mct_client *client = NULL;
    struct names names = names_of_now();
    OK(mct_client_config_set_timeout_ms(config, 600000, &failure));
    OK(mct_client_new(config, &client, &failure));
    FOR_EACH_TWIN(twin) {
        struct arguments *a = arguments_make(client, NULL, &names);
        mct_call *call = NULL;
        char *text = NULL;
        OK(twin->start(client, a, NULL, &call, &failure));
        FAILS(twin->take(call, &text, &failure), MCT_ERR_NOT_READY, ANY_FIELD);
        check_wrong_takes(twin, call);
        FAILS(twin->take(call, &text, &failure), MCT_ERR_NOT_READY, ANY_FIELD);
        mct_call_cancel(call);
        OK(mct_call_wait(call, UINT32_MAX, &failure));
        check_wrong_takes(twin, call);
        FAILS(twin->take(call, &text, &failure), MCT_ERR_CANCELLED, ANY_FIELD);
        FAILS(twin->take(call, &text, &failure), MCT_ERR_CANCELLED, ANY_FIELD);
        FAILS(twin->take(NULL, &text, &failure), MCT_ERR_NULL_ARGUMENT, NULL);
        mct_call_free(call);
        arguments_free(a);
    }
    mct_client_free(client);
    mct_client_config_free(config);
    server_stop(server);
}

/* A mistaken take does not use the result up. */
static void a_result_waits_for_the_right_take(void)
{
    mct_client *client = api_client(NULL, NULL);
    mct_call *call = NULL;
    mct_clusters *clusters = NULL;
    mct_id_list *ids = NULL;
    OK(mct_cluster_list_start(client, NULL, &call, &failure));
    OK(mct_call_wait(call, UINT32_MAX, &failure));
    REFUSES_OUT(ids, MCT_ERR_INVALID_ARGUMENT, "call", mct_call_take_id_list, call, &ids);
    REFUSES(MCT_ERR_INVALID_ARGUMENT, "call", mct_call_take_nothing, call);
    REFUSES(MCT_ERR_NULL_ARGUMENT, NULL, mct_call_take_clusters, call, NULL);
    OK(mct_call_take_clusters(call, &clusters, &failure));
    CHECK(mct_clusters_count(clusters) > 0);
    mct_clusters_free(clusters);
    REFUSES_OUT(clusters, MCT_ERR_INVALID_ARGUMENT, "call", mct_call_take_clusters, call, &clusters);
    OK(mct_call_wait(call, 0, &failure));
    CHECK(mct_call_is_done(call));
    mct_call_free(call);
    mct_client_free(client);
}

/* The result that nobody takes goes with its call: a leak checker sees to it. */
static void a_result_need_not_be_taken(void)
{
    mct_client *client = api_client(NULL, NULL);
    struct names names = names_of_now();
    FOR_EACH_TWIN(twin) {
        struct arguments *a = arguments_make(client, client, &names);
        mct_call *call = NULL;
        OK(twin->start(client, a, NULL, &call, &failure));
        arguments_free(a);
        OK(mct_call_wait(call, UINT32_MAX, &failure));
        mct_call_free(call);
    }
    mct_client_free(client);
}

static void null_and_nothing_are_refused_by_the_options(void)
{
    static struct ends ends = ENDS;
    mct_call_options *options = ends_options(&ends);
    REFUSES(MCT_ERR_NULL_ARGUMENT, NULL, mct_call_options_new, NULL);
    REFUSES(MCT_ERR_NULL_ARGUMENT, NULL, mct_call_options_set_timeout_ms, NULL, 1);
    REFUSES(MCT_ERR_INVALID_ARGUMENT, "timeout_ms", mct_call_options_set_timeout_ms, options, 0);
    OK(mct_call_options_set_timeout_ms(options, 1, &failure));
    OK(mct_call_options_set_timeout_ms(options, UINT32_MAX, &failure));
    /* `user` stays the caller's: it is freed once only, as that of the one that was set. */
    REFUSES(MCT_ERR_NULL_ARGUMENT, NULL, mct_call_options_set_done, NULL, ends_count_done, &ends,
            ends_count_freed);
    REFUSES(MCT_ERR_NULL_ARGUMENT, NULL, mct_call_options_set_done, options, NULL, &ends, ends_count_freed);
    ends_wait(&ends, 0, false);
    mct_call_options_free(options);
    ends_wait(&ends, 0, true);
    mct_call_options_free(NULL);
    mct_call_free(NULL);
    mct_call_cancel(NULL);
    CHECK(!mct_call_is_done(NULL));
    CHECK_NUMBER(mct_call_fd(NULL), -1);
    REFUSES(MCT_ERR_NULL_ARGUMENT, NULL, mct_call_wait, NULL, 0);
    REFUSES(MCT_ERR_NULL_ARGUMENT, NULL, mct_call_wait, NULL, UINT32_MAX);
}

#define EMPTY(kind)                                                                                                    \
    for (size_t left = 1; left > 0;) {                                                                                 \
        mct_##kind##_token_list *page = NULL;                                                                          \
        OK(mct_##kind##_token_list_page(client, NULL, &page, &failure));                                               \
        left = mct_##kind##_token_list_len(page);                                                                      \
        for (size_t i = 0; i < left; i++)                                                                              \
            OK(mct_##kind##_token_delete(client, mct_##kind##_token_id(mct_##kind##_token_list_get(page, i)),          \
                                         &failure));                                                                   \
        mct_##kind##_token_list_free(page);                                                                            \
    }

/* The families after this one find an account as they expect it. */
static void everything_can_be_deleted(void)
{
    mct_client *client = api_client(NULL, NULL);
    EMPTY(publish)
    EMPTY(subscribe)
    mct_client_free(client);
}

const struct test call_start_tests[] = {
    {"each call that is started gives what its blocking twin gives, its arguments gone since the start",
     each_gives_what_its_twin_gives},
    {"each call that is started fails as its blocking twin does, as often as it is asked",
     each_fails_as_its_twin_fails},
    {"a call that is started times out as its blocking twin does", calls_time_out_as_their_twins_do},
    {"a call that is started about a token that is not there is NOT_FOUND like its twin",
     what_is_not_there_is_not_found},
    {"NULL is refused by the function that starts a call, as by its twin, and done is not called",
     null_is_refused_by_the_start},
    {"what is invalid is refused by the function that starts a call, as by its twin, and done is not called",
     what_is_invalid_is_refused_by_the_start},
    {"each call is taken by the function for its type alone, and after its end",
     each_is_taken_by_its_own_type_after_its_end},
    {"a result is taken once, and a mistaken take leaves it", a_result_waits_for_the_right_take},
    {"a result need not be taken", a_result_need_not_be_taken},
    {"the options of calls refuse NULL, and NULL is no call", null_and_nothing_are_refused_by_the_options},
    {"everything is deleted by reading page 1 until it is empty", everything_can_be_deleted},
    {NULL, NULL},
};

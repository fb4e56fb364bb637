/*
 * Answers with odd shapes, which the bindings read as well: CONTRACT in the environment is the folder that has them,
 * and what each getter has to say of each. A file is named after the handle, and a report's after the call too.
 */

#include <dirent.h>

#include <json-c/json.h>

#include "families.h"

#define PATH_SIZE 1024

/* What expected.json calls a value: "stream_name[1]" is (token, 1), "label" has no index. */
struct key {
    char getter[64];
    size_t index;
    bool is_indexed;
};

static bool is(const struct key *key, const char *getter, bool is_indexed)
{
    return key->is_indexed == is_indexed && strcmp(key->getter, getter) == 0;
}

static json_object *of_text(const char *text)
{
    return text == NULL ? NULL : json_object_new_string(text);
}

/* Each of these ends the function that it stands in when the key is its own. */
#define NONE
#define AT , key->index
#define GOT(name, is_indexed, value)                                                                                   \
    if (is(key, name, is_indexed)) {                                                                                   \
        *got = (value);                                                                                                \
        return true;                                                                                                   \
    }
#define TEXT(family, name) GOT(#name, false, of_text(family##_##name(handle)))
#define TEXT_AT(family, name) GOT(#name, true, of_text(family##_##name(handle, key->index)))
#define NUMBER(family, name) GOT(#name, false, json_object_new_uint64(family##_##name(handle)))
#define NUMBER_AT(family, name) GOT(#name, true, json_object_new_uint64(family##_##name(handle, key->index)))
#define SIGNED_AT(family, name) GOT(#name, true, json_object_new_int64(family##_##name(handle, key->index)))
#define BOOL_AT(family, name) GOT(#name, true, json_object_new_boolean(family##_##name(handle, key->index)))
#define MAYBE(family, name, is_indexed, index, type, make)                                                             \
    if (is(key, #name, is_indexed)) {                                                                                  \
        type value;                                                                                                    \
        *got = family##_##name(handle index, &value) ? make(value) : NULL;                                             \
        return true;                                                                                                   \
    }
#define MAYBE_BOOL(family, name) MAYBE(family, name, false, NONE, bool, json_object_new_boolean)
#define MAYBE_BOOL_AT(family, name) MAYBE(family, name, true, AT, bool, json_object_new_boolean)
#define MAYBE_NUMBER(family, name, type) MAYBE(family, name, false, NONE, type, json_object_new_int64)
#define MAYBE_NUMBER_AT(family, name, type) MAYBE(family, name, true, AT, type, json_object_new_int64)
#define LIST(family, name) NUMBER(family, name##_count) TEXT_AT(family, name)

#define COMMON_GETTERS(family)                                                                                         \
    NUMBER(family, id)                                                                                                 \
    TEXT(family, label)                                                                                                \
    TEXT(family, name)                                                                                                 \
    TEXT(family, value)                                                                                                \
    MAYBE_BOOL(family, is_active)                                                                                      \
    MAYBE_NUMBER(family, added_on, int64_t)                                                                            \
    MAYBE_NUMBER(family, expires_on, int64_t)                                                                          \
    NUMBER(family, stream_count)                                                                                       \
    TEXT_AT(family, stream_name)                                                                                       \
    BOOL_AT(family, stream_is_regex)                                                                                   \
    LIST(family, allowed_origin)                                                                                       \
    LIST(family, allowed_ip_address)                                                                                   \
    MAYBE_NUMBER(family, bind_ips_on_usage, uint32_t)                                                                  \
    TEXT(family, origin_cluster)                                                                                       \
    LIST(family, allowed_country)                                                                                      \
    LIST(family, denied_country)                                                                                       \
    TEXT(family, effective_origin_cluster)                                                                             \
    LIST(family, effective_allowed_country)                                                                            \
    LIST(family, effective_denied_country)                                                                             \
    MAYBE_BOOL(family, effective_geo_cascade_is_enabled)                                                               \
    LIST(family, effective_geo_cascade_cluster)                                                                        \
    MAYBE_BOOL(family, effective_enable_utc_insertion)

/* What the getter says that the key names. False: there is no such getter. */
static bool publish_token_says(const void *handle, const struct key *key, json_object **got)
{
    COMMON_GETTERS(mct_publish_token)
    MAYBE_BOOL(mct_publish_token, subscribe_requires_auth)
    MAYBE_BOOL(mct_publish_token, record)
    MAYBE_BOOL(mct_publish_token, clip)
    MAYBE_BOOL(mct_publish_token, multisource)
    MAYBE_BOOL(mct_publish_token, enable_thumbnails)
    MAYBE_BOOL(mct_publish_token, low_latency_rtmp)
    MAYBE_BOOL(mct_publish_token, display_srt_passphrase)
    MAYBE_BOOL(mct_publish_token, drm)
    MAYBE_BOOL(mct_publish_token, enable_utc_insertion)
    TEXT(mct_publish_token, integration_id)
    TEXT(mct_publish_token, srt_passphrase)
    MAYBE_NUMBER(mct_publish_token, priority, int32_t)
    TEXT(mct_publish_token, encoder_profile_id)
    MAYBE_BOOL(mct_publish_token, geo_cascade_is_enabled)
    LIST(mct_publish_token, geo_cascade_cluster)
    NUMBER(mct_publish_token, restream_count)
    TEXT_AT(mct_publish_token, restream_url)
    TEXT_AT(mct_publish_token, restream_key)
    TEXT_AT(mct_publish_token, restream_label)
    MAYBE_BOOL_AT(mct_publish_token, restream_enabled)
    return false;
}

static bool subscribe_token_says(const void *handle, const struct key *key, json_object **got)
{
    COMMON_GETTERS(mct_subscribe_token)
    TEXT(mct_subscribe_token, tracking_id)
    return false;
}

static bool clusters_say(const void *handle, const struct key *key, json_object **got)
{
    TEXT(mct_clusters, default_id)
    NUMBER(mct_clusters, count)
    TEXT_AT(mct_clusters, id)
    TEXT_AT(mct_clusters, name)
    TEXT_AT(mct_clusters, rtmp)
    TEXT_AT(mct_clusters, srt)
    TEXT_AT(mct_clusters, location_city)
    TEXT_AT(mct_clusters, location_region)
    TEXT_AT(mct_clusters, location_country)
    MAYBE_BOOL_AT(mct_clusters, features_transcoding)
    return false;
}

static bool disable_result_says(const void *handle, const struct key *key, json_object **got)
{
    NUMBER(mct_disable_result, success_count)
    NUMBER_AT(mct_disable_result, success_id)
    NUMBER(mct_disable_result, failure_count)
    NUMBER_AT(mct_disable_result, failure_id)
    TEXT_AT(mct_disable_result, failure_message)
    return false;
}

static bool id_list_says(const void *handle, const struct key *key, json_object **got)
{
    NUMBER(mct_id_list, len)
    NUMBER_AT(mct_id_list, get)
    return false;
}

static bool bandwidth_report_says(const void *handle, const struct key *key, json_object **got)
{
    NUMBER(mct_bandwidth_report, row_count)
    TEXT_AT(mct_bandwidth_report, tracking_id)
    TEXT_AT(mct_bandwidth_report, stream_name)
    MAYBE_NUMBER_AT(mct_bandwidth_report, time, int64_t)
    SIGNED_AT(mct_bandwidth_report, traffic)
    SIGNED_AT(mct_bandwidth_report, bytes_in)
    SIGNED_AT(mct_bandwidth_report, bytes_out)
    MAYBE_NUMBER_AT(mct_bandwidth_report, duration, int64_t)
    return false;
}

/* What is asked for, what is lent as JSON, what is read from that again, and how a handle is freed. */
#define TOKEN(kind)                                                                                                    \
    static void *kind##_ask(mct_client *client)                                                                        \
    {                                                                                                                  \
        mct_##kind *token = NULL;                                                                                      \
        OK(mct_##kind##_read(client, 1, &token, &failure));                                                            \
        return token;                                                                                                  \
    }                                                                                                                  \
    static void *kind##_read_again(const char *json)                                                                   \
    {                                                                                                                  \
        mct_##kind *token = NULL;                                                                                      \
        OK(mct_##kind##_from_json(json, &token, &failure));                                                            \
        return token;                                                                                                  \
    }                                                                                                                  \
    JSON_AND_FREE(kind)
#define JSON_AND_FREE(kind)                                                                                            \
    static const char *kind##_json(const void *handle)                                                                 \
    {                                                                                                                  \
        return mct_##kind##_json(handle);                                                                              \
    }                                                                                                                  \
    FREE(kind)
#define FREE(kind)                                                                                                     \
    static void kind##_free(void *handle)                                                                              \
    {                                                                                                                  \
        mct_##kind##_free(handle);                                                                                     \
    }
#define OTHER(kind, name, call)                                                                                        \
    static void *name##_ask(mct_client *client)                                                                        \
    {                                                                                                                  \
        mct_##kind *handle = NULL;                                                                                     \
        OK(call);                                                                                                      \
        return handle;                                                                                                 \
    }

static const uint64_t asked_id = 1;

TOKEN(publish_token)
TOKEN(subscribe_token)
OTHER(clusters, clusters, mct_cluster_list(client, &handle, &failure))
JSON_AND_FREE(clusters)
OTHER(disable_result, disable_result, mct_publish_token_disable(client, &asked_id, 1, &handle, &failure))
JSON_AND_FREE(disable_result)
OTHER(id_list, id_list, mct_publish_token_active_ids(client, NULL, &handle, &failure))
JSON_AND_FREE(id_list)
JSON_AND_FREE(bandwidth_report)

#define REPORT(operation, by, resolution)                                                                              \
    static void *operation##_ask(mct_client *client)                                                                   \
    {                                                                                                                  \
        mct_bandwidth_query *query = NULL;                                                                             \
        mct_bandwidth_report *report = NULL;                                                                           \
        OK(mct_bandwidth_query_new("2024-01-01", "2024-01-02", &query, &failure));                                     \
        OK(mct_bandwidth_query_add_##by(query, "asked-for", &failure));                                                \
        if ((resolution) != 0)                                                                                         \
            OK(mct_bandwidth_query_set_resolution(query, resolution, &failure));                                       \
        OK(mct_analytics_##operation(client, query, &report, &failure));                                               \
        mct_bandwidth_query_free(query);                                                                               \
        return report;                                                                                                 \
    }

REPORT(tracking_total, tracking_id, 0)
REPORT(tracking_series, tracking_id, MCT_RESOLUTION_DAY)
REPORT(tracking_streams_total, stream_name, 0)
REPORT(tracking_streams_series, stream_name, MCT_RESOLUTION_DAY)

/* `prefix` is what the file's name begins with. What a family does not have is NULL. */
static const struct family {
    const char *prefix;
    void *(*ask)(mct_client *client);
    bool (*says)(const void *handle, const struct key *key, json_object **got);
    void (*free)(void *handle);
    const char *(*json)(const void *handle);
    void *(*read_again)(const char *json);
} families[] = {
    {"publish_token.", publish_token_ask, publish_token_says, publish_token_free, publish_token_json,
     publish_token_read_again},
    {"subscribe_token.", subscribe_token_ask, subscribe_token_says, subscribe_token_free, subscribe_token_json,
     subscribe_token_read_again},
    {"clusters.", clusters_ask, clusters_say, clusters_free, clusters_json, NULL},
    {"disable_result.", disable_result_ask, disable_result_says, disable_result_free, disable_result_json, NULL},
    {"id_list.", id_list_ask, id_list_says, id_list_free, id_list_json, NULL},
#define REPORT_FAMILY(operation)                                                                                       \
    {"bandwidth_report." #operation ".", operation##_ask, bandwidth_report_says, bandwidth_report_free,                \
     bandwidth_report_json, NULL}
    REPORT_FAMILY(tracking_total),
    REPORT_FAMILY(tracking_series),
    REPORT_FAMILY(tracking_streams_total),
    REPORT_FAMILY(tracking_streams_series),
};

static const struct family *family_of(const char *file)
{
    for (size_t i = 0; i < sizeof families / sizeof *families; i++)
        if (strncmp(file, families[i].prefix, strlen(families[i].prefix)) == 0)
            return &families[i];
    return NULL;
}

static void path_of(char path[PATH_SIZE], const char *name)
{
    const char *folder = getenv("CONTRACT");
    snprintf(path, PATH_SIZE, "%s/%s", folder == NULL ? "CONTRACT-is-not-set" : folder, name);
}

/* The caller puts it. NULL is a failed check. */
static json_object *read_expected(void)
{
    char path[PATH_SIZE];
    path_of(path, "expected.json");
    json_object *expected = json_object_from_file(path);
    CHECK(json_object_is_type(expected, json_type_object) && json_object_object_length(expected) > 0);
    return expected;
}

/* A recorded answer as a server gives it. The caller frees it. NULL: there is no such file. */
static char *read_answer(const char *file)
{
    char path[PATH_SIZE], name[300];
    snprintf(name, sizeof name, "answers/%s", file);
    path_of(path, name);
    FILE *stream = fopen(path, "rb");
    if (stream == NULL)
        return NULL;
    fseek(stream, 0, SEEK_END);
    size_t length = (size_t)ftell(stream);
    rewind(stream);
    char *answer = calloc(1, length + 128);
    if (answer == NULL)
        abort();
    int head = sprintf(answer, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %zu\r\n\r\n",
                       length);
    CHECK_NUMBER(fread(answer + head, 1, length, stream), length);
    fclose(stream);
    return answer;
}

/* The handle that a call makes of the answer. */
static void *ask(const struct family *family, const char *answer)
{
    struct server *server = server_start(BE_ANSWERING, answer);
    mct_client *client = api_client(server_url(server), "secret");
    void *handle = family->ask(client);
    mct_client_free(client);
    server_stop(server);
    return handle;
}

static bool parse_key(const char *written, struct key *key)
{
    int name = 0, whole = 0;
    memset(key, 0, sizeof *key);
    sscanf(written, "%63[a-z_]%n[%zu]%n", key->getter, &name, &key->index, &whole);
    key->is_indexed = whole > 0;
    return name > 0 && written[key->is_indexed ? whole : name] == '\0';
}

static void check_getters(const char *file, const struct family *family, const void *handle, json_object *expected)
{
    json_object_object_foreach(expected, written, wanted)
    {
        struct key key;
        json_object *got = NULL;
        if (!CHECK(parse_key(written, &key)) || !CHECK(family->says(handle, &key, &got)))
            printf("    %s: %s is no getter that is known here\n", file, written);
        else if (!CHECK(json_object_equal(got, wanted)))
            printf("    %s: %s is %s, not %s\n", file, written, json_object_to_json_string(got),
                   json_object_to_json_string(wanted));
        json_object_put(got);
    }
}

/* What the getters say of one file, and of what is read again from the JSON that they lend. */
static void check_answer(const char *file, json_object *expected)
{
    const struct family *family = family_of(file);
    char *answer = read_answer(file);
    if (!CHECK(family != NULL && answer != NULL && json_object_is_type(expected, json_type_object)
               && json_object_object_length(expected) > 0)) {
        printf("    %s is no answer that is known here\n", file);
        free(answer);
        return;
    }
    void *handle = ask(family, answer);
    check_getters(file, family, handle, expected);
    if (family->read_again != NULL) {
        void *again = family->read_again(family->json(handle));
        check_getters(file, family, again, expected);
        CHECK_TEXT(family->json(again), family->json(handle));
        family->free(again);
    }
    family->free(handle);
    free(answer);
}

static void getters_say_what_is_expected(void)
{
    json_object *expected = read_expected();
    if (expected != NULL) {
        json_object_object_foreach(expected, file, values)
            check_answer(file, values);
    }
    json_object_put(expected);
}

static void every_answer_is_expected(void)
{
    char path[PATH_SIZE];
    json_object *expected = read_expected();
    path_of(path, "answers");
    DIR *folder = opendir(path);
    CHECK(folder != NULL);
    for (struct dirent *entry = NULL; folder != NULL && (entry = readdir(folder)) != NULL;)
        if (entry->d_name[0] != '.' && !CHECK(json_object_object_get_ex(expected, entry->d_name, NULL)))
            printf("    nothing is expected of %s\n", entry->d_name);
    if (folder != NULL)
        closedir(folder);
    json_object_put(expected);
}

/* Unknown fields, numbers of 64 bits and texts with U+0000 included. */
static bool check_json(const char *file)
{
    const struct family *family = family_of(file);
    char *answer = read_answer(file);
    bool has_json = family != NULL && answer != NULL;
    if (has_json) {
        void *handle = ask(family, answer);
        json_object *sent = json_tokener_parse(strstr(answer, "\r\n\r\n"));
        json_object *lent = json_tokener_parse(family->json(handle));
        if (!CHECK(lent != NULL && json_object_equal(lent, json_object_object_get(sent, "data"))))
            printf("    of %s\n", file);
        json_object_put(sent);
        json_object_put(lent);
        family->free(handle);
    }
    free(answer);
    return has_json;
}

static void json_has_all_that_was_sent(void)
{
    json_object *expected = read_expected();
    size_t checked = 0;
    if (expected != NULL) {
        json_object_object_foreach(expected, file, values)
        {
            (void)values;
            checked += check_json(file);
        }
    }
    CHECK(checked > 0);
    json_object_put(expected);
}

const struct test answer_tests[] = {
    {"every getter says of each recorded answer what is expected", getters_say_what_is_expected},
    {"of every recorded answer something is expected", every_answer_is_expected},
    {"the JSON of an answer has all that was sent", json_has_all_that_was_sent},
    {NULL, NULL},
};

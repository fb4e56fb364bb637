/* Updates: what they change, what they leave alone, and what is refused before it is sent. */

#include <json-c/json.h>

#include "families.h"

#define ONE_ENDPOINT "{\"url\":\"rtmp://example.com/live\",\"key\":\"key-one\",\"label\":\"first\",\"enabled\":true}"
#define ANOTHER_ENDPOINT "{\"url\":\"srt://example.com:9000\",\"key\":\"key-two\",\"label\":null,\"enabled\":false}"

/* All that both kinds can have at once; the platform allows one only of fields that exclude each other. */
#define SET_COMMON(kind, spec, field)                                                                                  \
    do {                                                                                                               \
        OK(mct_##kind##_token_spec_new("label", &spec, &failure));                                                     \
        OK(mct_##kind##_token_spec_add_stream(spec, "camera", false, &failure));                                       \
        OK(mct_##kind##_token_spec_add_stream(spec, "stage", false, &failure));                                        \
        OK(mct_##kind##_token_spec_set_expires(spec, 3600, &failure));                                                 \
        OK(mct_##kind##_token_spec_add_allowed_origin(spec, "example.com", &failure));                                 \
        OK(mct_##kind##_token_spec_set_origin_cluster(spec, "phx-1", &failure));                                       \
        if (strcmp(field, "bindIpsOnUsage") == 0)                                                                      \
            OK(mct_##kind##_token_spec_set_bind_ips_on_usage(spec, 3, &failure));                                      \
        else                                                                                                           \
            OK(mct_##kind##_token_spec_add_allowed_ip_address(spec, "192.0.2.1", &failure));                           \
        if (strcmp(field, "deniedCountries") == 0)                                                                     \
            OK(mct_##kind##_token_spec_add_denied_country(spec, "DE", &failure));                                      \
        else                                                                                                           \
            OK(mct_##kind##_token_spec_add_allowed_country(spec, "PL", &failure));                                     \
    } while (0)

/* Tokens that have something in every field, ready for an update of this one. */
static mct_subscribe_token *subscribe_to_update(mct_client *client, const char *field)
{
    mct_subscribe_token_spec *spec = NULL;
    mct_subscribe_token *token = NULL;
    SET_COMMON(subscribe, spec, field);
    OK(mct_subscribe_token_spec_set_tracking_id(spec, "group", &failure));
    OK(mct_subscribe_token_create(client, spec, &token, &failure));
    mct_subscribe_token_spec_free(spec);
    return token;
}

static mct_publish_token *publish_to_update(mct_client *client, const char *field)
{
    const char *const clusters[] = {"phx-1"};
    mct_publish_token_spec *spec = NULL;
    mct_publish_token *token = NULL;
    SET_COMMON(publish, spec, field);
    OK(mct_publish_token_spec_set_record(spec, strcmp(field, "clip") != 0, &failure));
    OK(mct_publish_token_spec_set_subscribe_requires_auth(spec, false, &failure));
    OK(mct_publish_token_spec_set_multisource(spec, true, &failure));
    OK(mct_publish_token_spec_set_enable_thumbnails(spec, false, &failure));
    OK(mct_publish_token_spec_set_display_srt_passphrase(spec, true, &failure));
    OK(mct_publish_token_spec_set_low_latency_rtmp(spec, true, &failure));
    OK(mct_publish_token_spec_set_enable_utc_insertion(spec, true, &failure));
    OK(mct_publish_token_spec_set_drm(spec, false, &failure));
    OK(mct_publish_token_spec_set_priority(spec, 7, &failure));
    OK(mct_publish_token_spec_set_encoder_profile_id(spec, "profile", &failure));
    OK(mct_publish_token_spec_set_geo_cascade(spec, true, clusters, 1, &failure));
    OK(mct_publish_token_spec_add_restream(spec, "rtmp://example.com/live", "key-one", "first", true, &failure));
    OK(mct_publish_token_create(client, spec, &token, &failure));
    mct_publish_token_spec_free(spec);
    return token;
}

static void check_value(json_object *token, const char *field, json_object *wanted)
{
    json_object *value = json_object_object_get(token, field);
    if (!CHECK(json_object_equal(value, wanted)))
        printf("    %s is %s\n", field, json_object_to_json_string(value));
}

/* Without what the field has to change with it: `name` is the label too, and the passphrase is shown or not. */
static void forget(json_object *token, const char *field)
{
    json_object_object_del(token, field);
    json_object_object_del(token, "effectiveSettings");
    if (strcmp(field, "label") == 0)
        json_object_object_del(token, "name");
    if (strcmp(field, "displaySrtPassphrase") == 0)
        json_object_object_del(token, "srtPassphrase");
}

/* `wanted` is the field's new value, which was another before; everything else is as it was. */
static void check_changed(const char *before, const char *answer, const char *after, const char *field,
                          const char *wanted)
{
    json_object *old = json_tokener_parse(before), *told = json_tokener_parse(answer), *new = json_tokener_parse(after);
    json_object *value = json_tokener_parse(wanted);
    CHECK(old != NULL && told != NULL && new != NULL && (value != NULL || strcmp(wanted, "null") == 0));
    CHECK(!json_object_equal(json_object_object_get(old, field), value));
    check_value(told, field, value);
    check_value(new, field, value);
    forget(old, field);
    forget(new, field);
    if (!CHECK(json_object_equal(old, new)))
        printf("    with an update of %s\n", field);
    json_object_put(old);
    json_object_put(told);
    json_object_put(new);
    json_object_put(value);
}

/* One field, to this value (as JSON), by this setter and its arguments. */
#define CHANGES(kind, field, wanted, setter)                                                                           \
    do {                                                                                                               \
        mct_##kind##_token_update *update = NULL;                                                                      \
        mct_##kind##_token *before = kind##_to_update(client, field), *answer = NULL, *after = NULL;                   \
        uint64_t id = mct_##kind##_token_id(before);                                                                   \
        OK(mct_##kind##_token_update_new(&update, &failure));                                                          \
        OK(mct_##kind##_token_update_##setter);                                                                        \
        OK(mct_##kind##_token_update_apply(client, id, update, &answer, &failure));                                    \
        OK(mct_##kind##_token_read(client, id, &after, &failure));                                                     \
        CHECK_NUMBER(mct_##kind##_token_id(answer), id);                                                               \
        check_changed(mct_##kind##_token_json(before), mct_##kind##_token_json(answer),                                \
                      mct_##kind##_token_json(after), field, wanted);                                                  \
        OK(mct_##kind##_token_delete(client, id, &failure));                                                           \
        mct_##kind##_token_free(before);                                                                               \
        mct_##kind##_token_free(answer);                                                                               \
        mct_##kind##_token_free(after);                                                                                \
        mct_##kind##_token_update_free(update);                                                                        \
    } while (0)

#define CHANGES_OF_BOTH_KINDS(kind)                                                                                    \
    do {                                                                                                               \
        const char *const origins[] = {"*.example.org", "localhost:8080"}, *const countries[] = {"ZA", "FR"};          \
        const char *const addresses[] = {"198.51.100.0/24", "2001:db8::1"};                                            \
        CHANGES(kind, "label", "\"another\"", set_label(update, "another", &failure));                                 \
        CHANGES(kind, "isActive", "false", set_is_active(update, false, &failure));                                    \
        CHANGES(kind, "streams",                                                                                       \
                "[{\"streamName\":\"camera\",\"isRegex\":false},{\"streamName\":\"stage\",\"isRegex\":false},"         \
                "{\"streamName\":\"room-.*\",\"isRegex\":true}]",                                                      \
                add_stream(update, "room-.*", true, &failure));                                                        \
        CHANGES(kind, "streams", "[{\"streamName\":\"stage\",\"isRegex\":false}]",                                     \
                remove_stream(update, "camera", &failure));                                                            \
        CHANGES(kind, "allowedOrigins", "[\"*.example.org\",\"localhost:8080\"]",                                      \
                set_allowed_origins(update, origins, 2, &failure));                                                    \
        CHANGES(kind, "allowedOrigins", "[]", set_allowed_origins(update, NULL, 0, &failure));                         \
        CHANGES(kind, "allowedIpAddresses", "[\"198.51.100.0/24\",\"2001:db8::1\"]",                                   \
                set_allowed_ip_addresses(update, addresses, 2, &failure));                                             \
        CHANGES(kind, "allowedIpAddresses", "[]", set_allowed_ip_addresses(update, NULL, 0, &failure));                \
        CHANGES(kind, "bindIpsOnUsage", "5", set_bind_ips_on_usage(update, 5, &failure));                              \
        CHANGES(kind, "bindIpsOnUsage", "null", set_bind_ips_on_usage(update, 0, &failure));                           \
        CHANGES(kind, "originCluster", "\"ams-1\"", set_origin_cluster(update, "ams-1", &failure));                    \
        CHANGES(kind, "allowedCountries", "[\"ZA\",\"FR\"]", set_allowed_countries(update, countries, 2, &failure));   \
        CHANGES(kind, "allowedCountries", "[]", set_allowed_countries(update, NULL, 0, &failure));                     \
        CHANGES(kind, "deniedCountries", "[\"ZA\",\"FR\"]", set_denied_countries(update, countries, 2, &failure));     \
        CHANGES(kind, "deniedCountries", "[]", set_denied_countries(update, NULL, 0, &failure));                       \
    } while (0)

static void each_field_of_both_kinds_changes_alone(void)
{
    mct_client *client = api_client(NULL, NULL);
    CHANGES_OF_BOTH_KINDS(publish);
    CHANGES_OF_BOTH_KINDS(subscribe);
    mct_client_free(client);
}

static void each_flag_changes_alone(void)
{
    mct_client *client = api_client(NULL, NULL);
    CHANGES(publish, "subscribeRequiresAuth", "true", set_subscribe_requires_auth(update, true, &failure));
    CHANGES(publish, "record", "false", set_record(update, false, &failure));
    CHANGES(publish, "clip", "true", set_clip(update, true, &failure));
    CHANGES(publish, "multisource", "false", set_multisource(update, false, &failure));
    CHANGES(publish, "enableThumbnails", "true", set_enable_thumbnails(update, true, &failure));
    CHANGES(publish, "displaySrtPassphrase", "false", set_display_srt_passphrase(update, false, &failure));
    CHANGES(publish, "lowLatencyRtmp", "false", set_low_latency_rtmp(update, false, &failure));
    CHANGES(publish, "enableUTCInsertion", "false", set_enable_utc_insertion(update, false, &failure));
    CHANGES(publish, "enableUTCInsertion", "null", clear_enable_utc_insertion(update, &failure));
    CHANGES(publish, "drm", "true", set_drm(update, true, &failure));
    mct_client_free(client);
}

static void each_other_field_of_a_publish_token_changes_alone(void)
{
    const char *const clusters[] = {"ams-1", "lon-1"};
    const char *const urls[] = {"rtmp://example.com/live", "srt://example.com:9000"};
    const char *const keys[] = {"key-one", "key-two"}, *const labels[] = {"first", NULL};
    const bool enabled[] = {true, false};
    mct_client *client = api_client(NULL, NULL);
    CHANGES(publish, "priority", "-5", set_priority(update, -5, &failure));
    CHANGES(publish, "priority", "null", clear_priority(update, &failure));
    CHANGES(publish, "encoderProfileId", "\"another\"", set_encoder_profile_id(update, "another", &failure));
    CHANGES(publish, "encoderProfileId", "null", clear_encoder_profile_id(update, &failure));
    CHANGES(publish, "geoCascade", "{\"isEnabled\":false,\"clusters\":[\"ams-1\",\"lon-1\"]}",
            set_geo_cascade(update, false, clusters, 2, &failure));
    CHANGES(publish, "restream", "[" ONE_ENDPOINT "," ANOTHER_ENDPOINT "]",
            set_restream(update, urls, keys, labels, enabled, 2, &failure));
    CHANGES(publish, "restream", "[]", set_restream(update, NULL, NULL, NULL, NULL, 0, &failure));
    mct_client_free(client);
}

static void getters_tell_what_an_update_changed(void)
{
    const char *const clusters[] = {"ams-1"}, *const urls[] = {"srt://example.com"}, *const keys[] = {"another-key"};
    mct_client *client = api_client(NULL, NULL);
    mct_publish_token *made = publish_to_update(client, "label"), *changed = NULL;
    mct_publish_token_update *update = NULL;
    bool value = true;
    int32_t priority = 0;
    OK(mct_publish_token_update_new(&update, &failure));
    OK(mct_publish_token_update_set_label(update, "another", &failure));
    OK(mct_publish_token_update_set_is_active(update, false, &failure));
    OK(mct_publish_token_update_clear_priority(update, &failure));
    OK(mct_publish_token_update_set_geo_cascade(update, false, clusters, 1, &failure));
    OK(mct_publish_token_update_set_restream(update, urls, keys, NULL, NULL, 1, &failure));
    OK(mct_publish_token_update_apply(client, mct_publish_token_id(made), update, &changed, &failure));
    CHECK_TEXT(mct_publish_token_label(changed), "another");
    CHECK(mct_publish_token_is_active(changed, &value) && !value);
    CHECK(!mct_publish_token_priority(changed, &priority));
    CHECK(mct_publish_token_geo_cascade_is_enabled(changed, &value) && !value);
    CHECK_NUMBER(mct_publish_token_geo_cascade_cluster_count(changed), 1);
    CHECK_TEXT(mct_publish_token_geo_cascade_cluster(changed, 0), "ams-1");
    CHECK_NUMBER(mct_publish_token_restream_count(changed), 1);
    CHECK_TEXT(mct_publish_token_restream_key(changed, 0), "another-key");
    CHECK(mct_publish_token_restream_enabled(changed, 0, &value) && value);
    CHECK_TEXT(mct_publish_token_value(changed), mct_publish_token_value(made));
    CHECK_TEXT(mct_publish_token_encoder_profile_id(changed), "profile");
    OK(mct_publish_token_delete(client, mct_publish_token_id(made), &failure));
    mct_publish_token_update_free(update);
    mct_publish_token_free(changed);
    mct_publish_token_free(made);
    mct_client_free(client);
}

/* The string, which no check prints. */
#define DIFFERS(kind, one, other) (strcmp(mct_##kind##_token_value(one), mct_##kind##_token_value(other)) != 0)

#define CHECK_REFRESHED(kind)                                                                                          \
    do {                                                                                                               \
        mct_##kind##_token *made = kind##_to_update(client, "token"), *first = NULL, *second = NULL;                   \
        mct_##kind##_token_update *update = NULL;                                                                      \
        uint64_t id = mct_##kind##_token_id(made);                                                                     \
        OK(mct_##kind##_token_update_new(&update, &failure));                                                          \
        OK(mct_##kind##_token_update_refresh_token(update, &failure));                                                 \
        OK(mct_##kind##_token_update_apply(client, id, update, &first, &failure));                                     \
        OK(mct_##kind##_token_update_apply(client, id, update, &second, &failure));                                    \
        CHECK(DIFFERS(kind, made, first) && DIFFERS(kind, first, second) && DIFFERS(kind, made, second));              \
        CHECK_TEXT(mct_##kind##_token_label(second), "label");                                                         \
        CHECK_NUMBER(mct_##kind##_token_stream_count(second), 2);                                                      \
        OK(mct_##kind##_token_delete(client, id, &failure));                                                           \
        mct_##kind##_token_update_free(update);                                                                        \
        mct_##kind##_token_free(second);                                                                               \
        mct_##kind##_token_free(first);                                                                                \
        mct_##kind##_token_free(made);                                                                                 \
    } while (0)

static void a_refresh_makes_a_new_string_each_time(void)
{
    mct_client *client = api_client(NULL, NULL);
    CHECK_REFRESHED(publish);
    CHECK_REFRESHED(subscribe);
    mct_client_free(client);
}

static void a_refresh_ends_what_was_signed(void)
{
    mct_client *client = api_client(NULL, NULL);
    mct_subscribe_token *made = api_subscribe_token(client, "camera"), *refreshed = NULL;
    mct_subscribe_token_update *update = NULL;
    mct_signer *signer = NULL;
    mct_claims *claims = NULL;
    char *jwt = NULL;
    OK(mct_signer_from_token(made, MCT_HS256, &signer, &failure));
    OK(mct_claims_new("camera", 60, &claims, &failure));
    OK(mct_signer_sign(signer, claims, &jwt, NULL, &failure));
    CHECK_NUMBER(api_watch(jwt, "camera"), 200);
    OK(mct_subscribe_token_update_new(&update, &failure));
    OK(mct_subscribe_token_update_refresh_token(update, &failure));
    OK(mct_subscribe_token_update_apply(client, mct_subscribe_token_id(made), update, &refreshed, &failure));
    CHECK(api_watch(jwt, "camera") >= 400);
    CHECK(api_watch(mct_subscribe_token_value(made), "camera") >= 400);
    CHECK_NUMBER(api_watch(mct_subscribe_token_value(refreshed), "camera"), 200);
    OK(mct_subscribe_token_delete(client, mct_subscribe_token_id(made), &failure));
    mct_string_free(jwt);
    mct_claims_free(claims);
    mct_signer_free(signer);
    mct_subscribe_token_update_free(update);
    mct_subscribe_token_free(refreshed);
    mct_subscribe_token_free(made);
    mct_client_free(client);
}

static void what_breaks_a_rule_of_the_token_is_rejected(void)
{
    mct_client *client = api_client(NULL, NULL);
    mct_publish_token *made = publish_to_update(client, "label"), *changed = NULL;
    mct_publish_token_update *update = NULL;
    uint64_t id = mct_publish_token_id(made);
    OK(mct_publish_token_update_new(&update, &failure));
    OK(mct_publish_token_update_set_clip(update, true, &failure));
    REFUSES_OUT(changed, MCT_ERR_REJECTED, "clip", mct_publish_token_update_apply, client, id, update, &changed);
    OK(mct_publish_token_update_set_record(update, false, &failure));
    OK(mct_publish_token_update_apply(client, id, update, &changed, &failure));
    OK(mct_publish_token_delete(client, id, &failure));
    mct_publish_token_free(changed);
    REFUSES_OUT(changed, MCT_ERR_NOT_FOUND, ANY_FIELD, mct_publish_token_update_apply, client, id, update, &changed);
    mct_publish_token_update_free(update);
    mct_publish_token_free(made);
    mct_client_free(client);
}

/* A server that takes updates of token 1. */
static struct server *taking(void)
{
    return server_start(BE_ANSWERING, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 38\r\n\r\n"
                                      "{\"status\":\"success\",\"data\":{\"id\":\"1\"}}");
}

#define REFUSED(kind, at_fault, update)                                                                                \
    do {                                                                                                               \
        mct_##kind##_token *token = NULL;                                                                              \
        REFUSES_OUT(token, MCT_ERR_INVALID_ARGUMENT, at_fault, mct_##kind##_token_update_apply, client, 1, update,     \
                    &token);                                                                                           \
    } while (0)

#define REFUSED_OF_BOTH_KINDS(kind)                                                                                    \
    do {                                                                                                               \
        const char *const country[] = {"PL"}, *const address[] = {"192.0.2.1"};                                        \
        mct_##kind##_token_update *nothing = NULL, *countries = NULL, *addresses = NULL;                               \
        OK(mct_##kind##_token_update_new(&nothing, &failure));                                                         \
        REFUSED(kind, "update", nothing);                                                                              \
        OK(mct_##kind##_token_update_merge_json(nothing, "{}", &failure));                                             \
        REFUSED(kind, "update", nothing);                                                                              \
        OK(mct_##kind##_token_update_new(&countries, &failure));                                                       \
        OK(mct_##kind##_token_update_set_allowed_countries(countries, country, 1, &failure));                          \
        OK(mct_##kind##_token_update_set_denied_countries(countries, country, 1, &failure));                           \
        REFUSED(kind, "deniedCountries", countries);                                                                   \
        OK(mct_##kind##_token_update_new(&addresses, &failure));                                                       \
        OK(mct_##kind##_token_update_set_allowed_ip_addresses(addresses, address, 1, &failure));                       \
        OK(mct_##kind##_token_update_set_bind_ips_on_usage(addresses, 1, &failure));                                   \
        REFUSED(kind, "bindIpsOnUsage", addresses);                                                                    \
        mct_##kind##_token_update_free(nothing);                                                                       \
        mct_##kind##_token_update_free(countries);                                                                     \
        mct_##kind##_token_update_free(addresses);                                                                     \
    } while (0)

static void what_cannot_be_meant_is_refused_before_sending(void)
{
    struct server *server = taking();
    mct_client *client = api_client(server_url(server), NULL);
    mct_publish_token_update *both = NULL;
    REFUSED_OF_BOTH_KINDS(publish);
    REFUSED_OF_BOTH_KINDS(subscribe);
    OK(mct_publish_token_update_new(&both, &failure));
    OK(mct_publish_token_update_set_record(both, true, &failure));
    OK(mct_publish_token_update_set_clip(both, true, &failure));
    REFUSED(publish, "clip", both);
    char *received = server_received(server);
    CHECK_TEXT(received, "");
    free(received);
    mct_publish_token_update_free(both);
    mct_client_free(client);
    server_stop(server);
}

#define SENDS(kind, update, body)                                                                                      \
    do {                                                                                                               \
        mct_##kind##_token *token = NULL;                                                                              \
        OK(mct_##kind##_token_update_apply(client, 1, update, &token, &failure));                                      \
        CHECK(server_wait_for(server, "PUT /api/v2/" #kind "_token/1 "));                                              \
        CHECK(server_wait_for(server, "\r\n\r\n" body));                                                               \
        mct_##kind##_token_free(token);                                                                                \
    } while (0)

static void only_what_was_set_is_sent(void)
{
    const char *const origins[] = {"example.com", "https://example.com"};
    struct server *server = taking();
    mct_client *client = api_client(server_url(server), NULL);
    mct_publish_token_update *flag = NULL, *cleared = NULL;
    mct_subscribe_token_update *list = NULL, *unknown = NULL;
    OK(mct_publish_token_update_new(&flag, &failure));
    OK(mct_publish_token_update_set_drm(flag, false, &failure));
    FAILS(mct_publish_token_update_set_encoder_profile_id(flag, "", &failure), MCT_ERR_INVALID_ARGUMENT,
          "encoderProfileId");
    FAILS(mct_publish_token_update_set_allowed_origins(flag, origins, 2, &failure), MCT_ERR_INVALID_ARGUMENT,
          "allowedOrigins");
    SENDS(publish, flag, "{\"drm\":false}");
    OK(mct_publish_token_update_new(&cleared, &failure));
    OK(mct_publish_token_update_clear_priority(cleared, &failure));
    SENDS(publish, cleared, "{\"priority\":null}");
    OK(mct_subscribe_token_update_new(&list, &failure));
    OK(mct_subscribe_token_update_set_allowed_origins(list, origins, 1, &failure));
    FAILS(mct_subscribe_token_update_set_allowed_origins(list, origins, 2, &failure), MCT_ERR_INVALID_ARGUMENT,
          "allowedOrigins");
    SENDS(subscribe, list, "{\"allowedOrigins\":[\"example.com\"]}");
    OK(mct_subscribe_token_update_new(&unknown, &failure));
    OK(mct_subscribe_token_update_merge_json(unknown, "{\"tomorrow\":{\"deep\":[null]}}", &failure));
    SENDS(subscribe, unknown, "{\"tomorrow\":{\"deep\":[null]}}");
    mct_publish_token_update_free(flag);
    mct_publish_token_update_free(cleared);
    mct_subscribe_token_update_free(list);
    mct_subscribe_token_update_free(unknown);
    mct_client_free(client);
    server_stop(server);
}

/* How often an update is sent to a gateway that fails each time. */
static int sent(const mct_publish_token_update *update)
{
    struct server *server = server_start(BE_ANSWERING, "HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n");
    mct_client_config *config = api_config(server_url(server), NULL);
    mct_client *client = NULL;
    mct_publish_token *token = NULL;
    int times = 0;
    OK(mct_client_config_set_max_retries(config, 1, &failure));
    OK(mct_client_new(config, &client, &failure));
    FAILS(mct_publish_token_update_apply(client, 1, update, &token, &failure), MCT_ERR_SERVER, NULL);
    char *received = server_received(server);
    for (const char *at = received; (at = strstr(at, "PUT ")) != NULL; at++)
        times++;
    free(received);
    mct_client_free(client);
    mct_client_config_free(config);
    server_stop(server);
    return times;
}

static void what_may_do_more_when_it_is_sent_twice_is_sent_once(void)
{
    mct_publish_token_update *updates[5] = {NULL};
    for (size_t i = 0; i < 5; i++) {
        OK(mct_publish_token_update_new(&updates[i], &failure));
        OK(mct_publish_token_update_set_label(updates[i], "another", &failure));
    }
    OK(mct_publish_token_update_refresh_token(updates[1], &failure));
    OK(mct_publish_token_update_add_stream(updates[2], "camera", false, &failure));
    OK(mct_publish_token_update_remove_stream(updates[3], "camera", &failure));
    OK(mct_publish_token_update_merge_json(updates[4], "{\"tomorrow\":1}", &failure));
    CHECK_NUMBER(sent(updates[0]), 2);
    for (size_t i = 1; i < 5; i++)
        CHECK_NUMBER(sent(updates[i]), 1);
    for (size_t i = 0; i < 5; i++)
        mct_publish_token_update_free(updates[i]);
}

const struct test update_tests[] = {
    {"an update of one field of either kind of token changes it and nothing else",
     each_field_of_both_kinds_changes_alone},
    {"an update of one flag of a publish token changes it and nothing else", each_flag_changes_alone},
    {"an update of a priority, a profile, a cascade or endpoints changes those and nothing else",
     each_other_field_of_a_publish_token_changes_alone},
    {"the getters of an update's answer tell what was changed, and what was not", getters_tell_what_an_update_changed},
    {"a refresh makes a new string each time, and leaves the rest alone", a_refresh_makes_a_new_string_each_time},
    {"a refresh ends what was signed with the string before", a_refresh_ends_what_was_signed},
    {"an update that breaks a rule with what the token has is REJECTED", what_breaks_a_rule_of_the_token_is_rejected},
    {"an update of nothing, or of what excludes each other, is refused before it is sent",
     what_cannot_be_meant_is_refused_before_sending},
    {"only what was set is sent, and a setter that fails sets nothing", only_what_was_set_is_sent},
    {"an update that may do more when it is sent twice is sent once, another again",
     what_may_do_more_when_it_is_sent_twice_is_sent_once},
    {NULL, NULL},
};

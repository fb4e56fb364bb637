/* What both kinds of tokens answer, so that it is checked for both. */

#ifndef TOKEN_GETTERS_H
#define TOKEN_GETTERS_H

#define COMMON_JSON                                                                                                    \
    "\"id\":4294967301,\"label\":\"Zo\\u00eb \\ud83c\\udfa5\",\"name\":\"a\\u0000b\",\"token\":\"secret-string\","      \
    "\"isActive\":true,\"addedOn\":\"2026-01-02T03:04:05.1234567Z\",\"expiresOn\":\"2026-02-03T04:05:06Z\","           \
    "\"streams\":[{\"streamName\":\"one\",\"isRegex\":false},{\"streamName\":\"tw.\",\"isRegex\":true},"               \
    "{\"streamName\":\".*\"}],\"allowedOrigins\":[\"example.com\",\"*.example.org\"],"                                 \
    "\"allowedIpAddresses\":[\"192.0.2.1\"],\"bindIpsOnUsage\":3,\"originCluster\":\"ams-1\","                         \
    "\"allowedCountries\":[\"PL\",\"ZA\"],\"deniedCountries\":[\"DE\"],\"effectiveSettings\":{"                        \
    "\"originCluster\":\"phx-1\",\"allowedCountries\":[\"FR\"],\"deniedCountries\":[\"GB\",\"US\"],"                   \
    "\"geoCascade\":{\"isEnabled\":true,\"clusters\":[\"lon-1\",\"sgp-1\"]},\"enableUTCInsertion\":false},"            \
    "\"fieldOfTomorrow\":{\"x\":1}"

/* A list of texts: its length, its entries, and NULL beyond. */
#define CHECK_LIST(prefix, token, ...)                                                                                 \
    do {                                                                                                               \
        const char *const wanted[] = {__VA_ARGS__};                                                                    \
        const size_t length = sizeof wanted / sizeof *wanted;                                                          \
        CHECK_NUMBER(prefix##_count(token), length);                                                                   \
        for (size_t place = 0; place < length; place++)                                                                \
            CHECK_TEXT(prefix(token, place), wanted[place]);                                                           \
        CHECK_TEXT(prefix(token, length), NULL);                                                                       \
        CHECK_TEXT(prefix(token, SIZE_MAX), NULL);                                                                     \
    } while (0)

#define CHECK_NO_LIST(prefix, token)                                                                                   \
    do {                                                                                                               \
        CHECK_NUMBER(prefix##_count(token), 0);                                                                        \
        CHECK_TEXT(prefix(token, 0), NULL);                                                                            \
    } while (0)

/* A value that was sent; and that a place to put it is not needed. */
#define CHECK_SENT(getter, token, type, want)                                                                          \
    do {                                                                                                               \
        type value = 0;                                                                                                \
        CHECK(getter(token, &value));                                                                                  \
        CHECK_NUMBER(value, want);                                                                                     \
        CHECK(!getter(token, NULL));                                                                                   \
    } while (0)

/* One that was not: what the caller had is still there. */
#define CHECK_NOT_SENT(getter, token, type)                                                                            \
    do {                                                                                                               \
        type value = 1;                                                                                                \
        CHECK(!getter(token, &value));                                                                                 \
        CHECK_NUMBER(value, 1);                                                                                        \
    } while (0)

#define CHECK_COMMON(kind, token)                                                                                      \
    do {                                                                                                               \
        CHECK_NUMBER(mct_##kind##_id(token), INT64_C(4294967301));                                                     \
        CHECK_TEXT(mct_##kind##_label(token), "Zo\xc3\xab \xf0\x9f\x8e\xa5");                                          \
        CHECK_TEXT(mct_##kind##_name(token), "a\xef\xbf\xbd" "b");                                                     \
        CHECK_TEXT(mct_##kind##_value(token), "secret-string");                                                        \
        CHECK_SENT(mct_##kind##_is_active, token, bool, true);                                                         \
        CHECK_SENT(mct_##kind##_added_on, token, int64_t, 1767323045);                                                 \
        CHECK_SENT(mct_##kind##_expires_on, token, int64_t, 1770091506);                                               \
        CHECK_LIST(mct_##kind##_stream_name, token, "one", "tw.", ".*");                                               \
        CHECK(!mct_##kind##_stream_is_regex(token, 0));                                                                \
        CHECK(mct_##kind##_stream_is_regex(token, 1));                                                                 \
        CHECK(mct_##kind##_stream_is_regex(token, 2));                                                                 \
        CHECK(!mct_##kind##_stream_is_regex(token, 3));                                                                \
        CHECK_LIST(mct_##kind##_allowed_origin, token, "example.com", "*.example.org");                                \
        CHECK_LIST(mct_##kind##_allowed_ip_address, token, "192.0.2.1");                                               \
        CHECK_SENT(mct_##kind##_bind_ips_on_usage, token, uint32_t, 3);                                                \
        CHECK_TEXT(mct_##kind##_origin_cluster(token), "ams-1");                                                       \
        CHECK_LIST(mct_##kind##_allowed_country, token, "PL", "ZA");                                                   \
        CHECK_LIST(mct_##kind##_denied_country, token, "DE");                                                          \
        CHECK_TEXT(mct_##kind##_effective_origin_cluster(token), "phx-1");                                             \
        CHECK_LIST(mct_##kind##_effective_allowed_country, token, "FR");                                               \
        CHECK_LIST(mct_##kind##_effective_denied_country, token, "GB", "US");                                          \
        CHECK_SENT(mct_##kind##_effective_geo_cascade_is_enabled, token, bool, true);                                  \
        CHECK_LIST(mct_##kind##_effective_geo_cascade_cluster, token, "lon-1", "sgp-1");                               \
        CHECK_SENT(mct_##kind##_effective_enable_utc_insertion, token, bool, false);                                   \
        CHECK(strstr(mct_##kind##_json(token), "fieldOfTomorrow") != NULL);                                            \
        CHECK(strstr(mct_##kind##_json(token), "a\\u0000b") != NULL);                                                  \
    } while (0)

/* For NULL and for a token of which only the id was sent. */
#define CHECK_COMMON_NOT_SENT(kind, token)                                                                             \
    do {                                                                                                               \
        CHECK_TEXT(mct_##kind##_label(token), NULL);                                                                   \
        CHECK_TEXT(mct_##kind##_name(token), NULL);                                                                    \
        CHECK_TEXT(mct_##kind##_value(token), NULL);                                                                   \
        CHECK_NOT_SENT(mct_##kind##_is_active, token, bool);                                                           \
        CHECK_NOT_SENT(mct_##kind##_added_on, token, int64_t);                                                         \
        CHECK_NOT_SENT(mct_##kind##_expires_on, token, int64_t);                                                       \
        CHECK_NO_LIST(mct_##kind##_stream_name, token);                                                                \
        CHECK(!mct_##kind##_stream_is_regex(token, 0));                                                                \
        CHECK_NO_LIST(mct_##kind##_allowed_origin, token);                                                             \
        CHECK_NO_LIST(mct_##kind##_allowed_ip_address, token);                                                         \
        CHECK_NOT_SENT(mct_##kind##_bind_ips_on_usage, token, uint32_t);                                               \
        CHECK_TEXT(mct_##kind##_origin_cluster(token), NULL);                                                          \
        CHECK_NO_LIST(mct_##kind##_allowed_country, token);                                                            \
        CHECK_NO_LIST(mct_##kind##_denied_country, token);                                                             \
        CHECK_TEXT(mct_##kind##_effective_origin_cluster(token), NULL);                                                \
        CHECK_NO_LIST(mct_##kind##_effective_allowed_country, token);                                                  \
        CHECK_NO_LIST(mct_##kind##_effective_denied_country, token);                                                   \
        CHECK_NOT_SENT(mct_##kind##_effective_geo_cascade_is_enabled, token, bool);                                    \
        CHECK_NO_LIST(mct_##kind##_effective_geo_cascade_cluster, token);                                              \
        CHECK_NOT_SENT(mct_##kind##_effective_enable_utc_insertion, token, bool);                                      \
    } while (0)

/* The getters that take an index call their count after the thing, not after its name. */
#define mct_publish_token_stream_name_count mct_publish_token_stream_count
#define mct_subscribe_token_stream_name_count mct_subscribe_token_stream_count

/* JSON that is no token. */
#define NOT_A_TOKEN                                                                                                    \
    "", "null", "[]", "{}", "{\"id\":-1}", "{\"id\":1.5}", "{\"id\":\"x\"}", "{\"id\":1,\"id\":2}", "{\"id\":1",         \
        "{\"id\":1,\"label\":5}", "{\"id\":1,\"streams\":{}}", "{\"id\":1,\"x\":1,\"x\":2}",                            \
        "{\"id\":1,\"x\":{\"y\":1,\"y\":2}}", "{\"id\":18446744073709551616}"

#endif

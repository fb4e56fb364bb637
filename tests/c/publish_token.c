/* What a publish token answers. */

#include "families.h"
#include "token_getters.h"

static const char whole_json[] =
    "{" COMMON_JSON ",\"subscribeRequiresAuth\":true,\"record\":false,\"clip\":true,\"multisource\":true,"
    "\"enableThumbnails\":false,\"lowLatencyRtmp\":true,\"displaySrtPassphrase\":true,\"drm\":false,"
    "\"enableUTCInsertion\":true,\"integrationId\":\"Maestro\",\"srtPassphrase\":\"passphrase\",\"priority\":-5,"
    "\"encoderProfileId\":\"profile\",\"geoCascade\":{\"isEnabled\":false,\"clusters\":[\"fra-1\"]},\"restream\":["
    "{\"url\":\"rtmp://example.com/live\",\"key\":\"key-1\",\"label\":\"first\",\"enabled\":true},"
    "{\"url\":\"srt://example.com:9000\",\"key\":\"key-2\"}]}";

static void check_own(const mct_publish_token *token)
{
    CHECK_SENT(mct_publish_token_subscribe_requires_auth, token, bool, true);
    CHECK_SENT(mct_publish_token_record, token, bool, false);
    CHECK_SENT(mct_publish_token_clip, token, bool, true);
    CHECK_SENT(mct_publish_token_multisource, token, bool, true);
    CHECK_SENT(mct_publish_token_enable_thumbnails, token, bool, false);
    CHECK_SENT(mct_publish_token_low_latency_rtmp, token, bool, true);
    CHECK_SENT(mct_publish_token_display_srt_passphrase, token, bool, true);
    CHECK_SENT(mct_publish_token_drm, token, bool, false);
    CHECK_SENT(mct_publish_token_enable_utc_insertion, token, bool, true);
    CHECK_TEXT(mct_publish_token_integration_id(token), "Maestro");
    CHECK_TEXT(mct_publish_token_srt_passphrase(token), "passphrase");
    CHECK_SENT(mct_publish_token_priority, token, int32_t, -5);
    CHECK_TEXT(mct_publish_token_encoder_profile_id(token), "profile");
    CHECK_SENT(mct_publish_token_geo_cascade_is_enabled, token, bool, false);
    CHECK_LIST(mct_publish_token_geo_cascade_cluster, token, "fra-1");
}

static void check_restream(const mct_publish_token *token)
{
    bool enabled = false;
    CHECK_NUMBER(mct_publish_token_restream_count(token), 2);
    CHECK_TEXT(mct_publish_token_restream_url(token, 0), "rtmp://example.com/live");
    CHECK_TEXT(mct_publish_token_restream_key(token, 0), "key-1");
    CHECK_TEXT(mct_publish_token_restream_label(token, 0), "first");
    CHECK(mct_publish_token_restream_enabled(token, 0, &enabled) && enabled);
    CHECK_TEXT(mct_publish_token_restream_url(token, 1), "srt://example.com:9000");
    CHECK_TEXT(mct_publish_token_restream_key(token, 1), "key-2");
    CHECK_TEXT(mct_publish_token_restream_label(token, 1), NULL);
    CHECK(!mct_publish_token_restream_enabled(token, 1, &enabled) && enabled);
    CHECK_TEXT(mct_publish_token_restream_url(token, 2), NULL);
    CHECK_TEXT(mct_publish_token_restream_key(token, 2), NULL);
    CHECK_TEXT(mct_publish_token_restream_label(token, 2), NULL);
    CHECK(!mct_publish_token_restream_enabled(token, 2, &enabled));
}

static void check_nothing_sent(const mct_publish_token *token)
{
    bool enabled = true;
    CHECK_COMMON_NOT_SENT(publish_token, token);
    CHECK_NOT_SENT(mct_publish_token_subscribe_requires_auth, token, bool);
    CHECK_NOT_SENT(mct_publish_token_record, token, bool);
    CHECK_NOT_SENT(mct_publish_token_clip, token, bool);
    CHECK_NOT_SENT(mct_publish_token_multisource, token, bool);
    CHECK_NOT_SENT(mct_publish_token_enable_thumbnails, token, bool);
    CHECK_NOT_SENT(mct_publish_token_low_latency_rtmp, token, bool);
    CHECK_NOT_SENT(mct_publish_token_display_srt_passphrase, token, bool);
    CHECK_NOT_SENT(mct_publish_token_drm, token, bool);
    CHECK_NOT_SENT(mct_publish_token_enable_utc_insertion, token, bool);
    CHECK_TEXT(mct_publish_token_integration_id(token), NULL);
    CHECK_TEXT(mct_publish_token_srt_passphrase(token), NULL);
    CHECK_NOT_SENT(mct_publish_token_priority, token, int32_t);
    CHECK_TEXT(mct_publish_token_encoder_profile_id(token), NULL);
    CHECK_NOT_SENT(mct_publish_token_geo_cascade_is_enabled, token, bool);
    CHECK_NO_LIST(mct_publish_token_geo_cascade_cluster, token);
    CHECK_NUMBER(mct_publish_token_restream_count(token), 0);
    CHECK_TEXT(mct_publish_token_restream_url(token, 0), NULL);
    CHECK_TEXT(mct_publish_token_restream_key(token, 0), NULL);
    CHECK_TEXT(mct_publish_token_restream_label(token, 0), NULL);
    CHECK(!mct_publish_token_restream_enabled(token, 0, &enabled) && enabled);
}

static void every_field_can_be_read(void)
{
    mct_publish_token *token = NULL;
    OK(mct_publish_token_from_json(whole_json, &token, &failure));
    CHECK_COMMON(publish_token, token);
    check_own(token);
    check_restream(token);
    mct_publish_token_free(token);
}

static void nothing_sent_is_nothing(void)
{
    mct_publish_token *token = NULL;
    OK(mct_publish_token_from_json("{\"id\":\"5\",\"label\":null,\"restream\":null}", &token, &failure));
    CHECK_NUMBER(mct_publish_token_id(token), 5);
    check_nothing_sent(token);
    mct_publish_token_free(token);
}

static void null_answers_like_nothing(void)
{
    CHECK_NUMBER(mct_publish_token_id(NULL), 0);
    check_nothing_sent(NULL);
    CHECK_TEXT(mct_publish_token_json(NULL), NULL);
}

static void copy_outlives_the_original(void)
{
    mct_publish_token *token = NULL, *copy = NULL;
    OK(mct_publish_token_from_json(whole_json, &token, &failure));
    OK(mct_publish_token_copy(token, &copy, &failure));
    mct_publish_token_free(token);
    CHECK_COMMON(publish_token, copy);
    check_own(copy);
    check_restream(copy);
    mct_publish_token_free(copy);
}

static void what_is_no_token_is_refused(void)
{
    const char *const texts[] = {NOT_A_TOKEN};
    mct_publish_token *token = NULL;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        if (!CHECK_STATUS(mct_publish_token_from_json(texts[i], &token, NULL), MCT_ERR_INVALID_ARGUMENT))
            printf("    with %s\n", texts[i]);
        mct_publish_token_free(token);
    }
    REFUSES_OUT(token, MCT_ERR_INVALID_ARGUMENT, "json", mct_publish_token_from_json, "{}", &token);
}

const struct test publish_token_tests[] = {
    {"every field of a publish token can be read", every_field_can_be_read},
    {"a field that was not sent for a publish token is none", nothing_sent_is_nothing},
    {"the getters of a publish token take NULL", null_answers_like_nothing},
    {"the copy of a publish token lives by itself", copy_outlives_the_original},
    {"JSON that is no publish token is refused", what_is_no_token_is_refused},
    {NULL, NULL},
};

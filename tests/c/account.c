/* Bulk disable, active ids, restream sync and clusters. */

#include "families.h"

static uint64_t id_of_new_token(mct_client *client, const char *stream)
{
    mct_publish_token *token = api_publish_token(client, "c-test", stream);
    uint64_t id = mct_publish_token_id(token);
    mct_publish_token_free(token);
    return id;
}

static bool is_active(mct_client *client, uint64_t id)
{
    mct_publish_token *token = NULL;
    bool value = false;
    OK(mct_publish_token_read(client, id, &token, &failure));
    CHECK(mct_publish_token_is_active(token, &value));
    mct_publish_token_free(token);
    return value;
}

static void a_disable_tells_of_each_token(void)
{
    mct_client *client = api_client(NULL, NULL);
    mct_disable_result *result = NULL;
    uint64_t other = id_of_new_token(client, "camera");
    const uint64_t ids[] = {id_of_new_token(client, "camera"), 1, id_of_new_token(client, "camera"), 2};
    OK(mct_publish_token_disable(client, ids, 4, &result, &failure));
    CHECK_NUMBER(mct_disable_result_success_count(result), 2);
    CHECK_NUMBER(mct_disable_result_success_id(result, 0), ids[0]);
    CHECK_NUMBER(mct_disable_result_success_id(result, 1), ids[2]);
    CHECK_NUMBER(mct_disable_result_failure_count(result), 2);
    CHECK_NUMBER(mct_disable_result_failure_id(result, 0), 1);
    CHECK_NUMBER(mct_disable_result_failure_id(result, 1), 2);
    for (size_t i = 0; i < 2; i++)
        CHECK(mct_disable_result_failure_message(result, i) != NULL
              && mct_disable_result_failure_message(result, i)[0] != '\0');
    for (size_t beyond = 2; beyond != 1; beyond = beyond == 2 ? SIZE_MAX : 1) {
        CHECK_NUMBER(mct_disable_result_success_id(result, beyond), 0);
        CHECK_NUMBER(mct_disable_result_failure_id(result, beyond), 0);
        CHECK_TEXT(mct_disable_result_failure_message(result, beyond), NULL);
    }
    CHECK(!is_active(client, ids[0]) && !is_active(client, ids[2]) && is_active(client, other));
    OK(mct_publish_token_delete(client, ids[0], &failure));
    OK(mct_publish_token_delete(client, ids[2], &failure));
    OK(mct_publish_token_delete(client, other, &failure));
    mct_disable_result_free(result);
    mct_client_free(client);
}

/* Nothing listens at this client's address. */
static void what_is_no_request_is_refused_before_sending(void)
{
    const uint64_t ids[] = {1};
    const char *const no_streams[] = {"", "camera", "/camera", "account/"};
    mct_client *client = api_client("http://127.0.0.1:1", "secret");
    mct_disable_result *result = NULL;
    mct_id_list *list = NULL;
    REFUSES_OUT(result, MCT_ERR_INVALID_ARGUMENT, "tokenIds", mct_publish_token_disable, client, ids, 0, &result);
    REFUSES_OUT(result, MCT_ERR_INVALID_ARGUMENT, "tokenIds", mct_publish_token_disable, client, NULL, 0, &result);
    for (size_t i = 0; i < sizeof no_streams / sizeof *no_streams; i++)
        REFUSES_OUT(list, MCT_ERR_INVALID_ARGUMENT, "streamId", mct_publish_token_active_ids, client, no_streams[i],
                    &list);
    mct_client_free(client);
}

/* How many live tokens a stream has, NULL for any stream, and whether this is one of them. */
static size_t live(mct_client *client, const char *stream_id, uint64_t id, bool *found)
{
    mct_id_list *list = NULL;
    OK(mct_publish_token_active_ids(client, stream_id, &list, &failure));
    size_t count = mct_id_list_len(list);
    *found = false;
    for (size_t i = 0; i < count; i++)
        *found = *found || mct_id_list_get(list, i) == id;
    CHECK_NUMBER(mct_id_list_get(list, count), 0);
    CHECK_NUMBER(mct_id_list_get(list, SIZE_MAX), 0);
    mct_id_list_free(list);
    return count;
}

static void active_ids_are_those_of_live_streams(void)
{
    char stream_id[80], json[160];
    bool found;
    mct_client *client = api_client(NULL, NULL);
    struct unique stream = api_unique("live/stage");
    uint64_t id = id_of_new_token(client, stream.text);
    snprintf(stream_id, sizeof stream_id, "emulator/%s", stream.text);
    snprintf(json, sizeof json, "{\"tokenId\":%llu,\"streamName\":\"%s\",\"isLive\":true}", (unsigned long long)id,
             stream.text);
    CHECK_NUMBER(live(client, stream_id, id, &found), 0);
    CHECK(api_control("publish", json));
    CHECK_NUMBER(live(client, stream_id, id, &found), 1);
    CHECK(found);
    CHECK(live(client, NULL, id, &found) >= 1);
    CHECK(found);
    OK(mct_publish_token_delete(client, id, &failure));
    CHECK_NUMBER(live(client, stream_id, id, &found), 0);
    live(client, NULL, id, &found);
    CHECK(!found);
    mct_client_free(client);
}

static void a_restream_is_synchronised(void)
{
    mct_client *client = api_client(NULL, NULL);
    uint64_t id = id_of_new_token(client, "camera");
    OK(mct_publish_token_sync_restream(client, id, &failure));
    OK(mct_publish_token_delete(client, id, &failure));
    REFUSES(MCT_ERR_NOT_FOUND, "tokenId", mct_publish_token_sync_restream, client, id);
    mct_client_free(client);
}

static size_t cluster_of(const mct_clusters *clusters, const char *id)
{
    size_t index = 0;
    while (index < mct_clusters_count(clusters) && strcmp(mct_clusters_id(clusters, index), id) != 0)
        index++;
    CHECK(index < mct_clusters_count(clusters));
    return index;
}

/* Of a cluster that the API tells nothing more of, and of one that is not there. */
static void check_nowhere(const mct_clusters *clusters, size_t index)
{
    bool value = true;
    CHECK_TEXT(mct_clusters_location_city(clusters, index), NULL);
    CHECK_TEXT(mct_clusters_location_region(clusters, index), NULL);
    CHECK_TEXT(mct_clusters_location_country(clusters, index), NULL);
    CHECK(!mct_clusters_features_transcoding(clusters, index, &value) && value);
}

static void check_not_there(const mct_clusters *clusters, size_t index)
{
    CHECK_TEXT(mct_clusters_id(clusters, index), NULL);
    CHECK_TEXT(mct_clusters_name(clusters, index), NULL);
    CHECK_TEXT(mct_clusters_rtmp(clusters, index), NULL);
    CHECK_TEXT(mct_clusters_srt(clusters, index), NULL);
    check_nowhere(clusters, index);
}

static void clusters_are_told(void)
{
    mct_client *client = api_client(NULL, NULL);
    mct_clusters *clusters = NULL;
    bool transcoding = false;
    OK(mct_cluster_list(client, &clusters, &failure));
    mct_client_free(client);
    size_t oslo = cluster_of(clusters, "osl-1"), lima = cluster_of(clusters, "lim-1");
    CHECK_TEXT(mct_clusters_default_id(clusters), "auto");
    CHECK_TEXT(mct_clusters_name(clusters, oslo), "Oslo");
    CHECK_TEXT(mct_clusters_rtmp(clusters, oslo), "rtmp-osl-1.millicast.invalid");
    CHECK_TEXT(mct_clusters_srt(clusters, oslo), "srt-osl-1.millicast.invalid");
    CHECK_TEXT(mct_clusters_location_city(clusters, oslo), "Oslo");
    CHECK_TEXT(mct_clusters_location_region(clusters, oslo), "\xc3\x98stlandet");
    CHECK_TEXT(mct_clusters_location_country(clusters, oslo), "Norway");
    CHECK(mct_clusters_features_transcoding(clusters, oslo, &transcoding) && transcoding);
    CHECK(mct_clusters_features_transcoding(clusters, lima, &transcoding) && !transcoding);
    CHECK(!mct_clusters_features_transcoding(clusters, oslo, NULL));
    check_nowhere(clusters, cluster_of(clusters, "auto"));
    check_not_there(clusters, mct_clusters_count(clusters));
    check_not_there(clusters, SIZE_MAX);
    mct_clusters_free(clusters);
}

const struct test account_tests[] = {
    {"a bulk disable tells of each token whether it was disabled, and leaves others alone",
     a_disable_tells_of_each_token},
    {"a disable of nothing and what is no stream id are refused before anything is sent",
     what_is_no_request_is_refused_before_sending},
    {"the ids of live streams' tokens are told, of one stream and of all", active_ids_are_those_of_live_streams},
    {"a restream is synchronised, and one of no token is NOT_FOUND", a_restream_is_synchronised},
    {"clusters are told, and what one does not tell is nothing", clusters_are_told},
    {NULL, NULL},
};

/*
 * Walks through the Token API once, in the order of its user guide: publish tokens, subscribe tokens, the bandwidth of
 * a tracking id, and a token that is signed here instead of being asked for.
 *
 *     guide [--base-url URL] [--api-secret-file FILE]
 *
 * Without the options, MILLICAST_API_URL and MILLICAST_API_SECRET say where and as whom. Every token that this program
 * creates it deletes again, also when a step fails.
 */

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "millicast_tokens.h"

#include "options.h"

#define LABEL "DevTestToken"
#define TRACKING_ID "Tracking_ID_1"
#define THIRTY_DAYS 2592000u
#define ONE_MONTH 2628000u /* a twelfth of a year */
#define MOST_TOKENS 8

struct ids {
    uint64_t id[MOST_TOKENS];
    size_t count;
};

struct guide {
    mct_client *client;
    mct_error *why;              /* what the failed step ran into */
    struct ids publish;          /* what is to be deleted in the end */
    struct ids subscribe;
    mct_subscribe_token *newest; /* the last one made, which tokens are signed from */
};

static bool connect_client(struct guide *guide, const struct options *options)
{
    mct_client_config *config = NULL;
    bool done = mct_client_config_new(options->secret, &config, &guide->why) == MCT_OK
        && (options->base_url == NULL
            || mct_client_config_set_base_url(config, options->base_url, &guide->why) == MCT_OK)
        && mct_client_config_set_user_agent_suffix(config, "guide/1", &guide->why) == MCT_OK
        && mct_client_new(config, &guide->client, &guide->why) == MCT_OK;
    mct_client_config_free(config);
    return done;
}

/* Printing. Of a secret, six characters are enough to tell it from another. */

static void print_date(const char *before, int64_t unix_seconds)
{
    char text[32];
    time_t seconds = (time_t)unix_seconds;
    const struct tm *utc = gmtime(&seconds);
    if (utc != NULL && strftime(text, sizeof text, "%Y-%m-%d %H:%M", utc) > 0)
        printf("%s%s UTC", before, text);
}

static void print_end(bool expires, int64_t expires_on, const char *secret)
{
    if (expires)
        print_date(", until ", expires_on);
    if (secret != NULL)
        printf(", token %.6s...", secret);
    putchar('\n');
}

static void print_publish(const mct_publish_token *token)
{
    int64_t expires_on = 0;
    bool expires = mct_publish_token_expires_on(token, &expires_on);
    printf("  %" PRIu64 " \"%s\"", mct_publish_token_id(token), mct_publish_token_label(token));
    for (size_t i = 0; i < mct_publish_token_stream_count(token); i++)
        printf("%s %s%s", i == 0 ? " for" : ",", mct_publish_token_stream_name(token, i),
               mct_publish_token_stream_is_regex(token, i) ? " (pattern)" : "");
    for (size_t i = 0; i < mct_publish_token_allowed_country_count(token); i++)
        printf("%s%s", i == 0 ? ", viewers in " : " ", mct_publish_token_allowed_country(token, i));
    print_end(expires, expires_on, mct_publish_token_value(token));
}

static void print_subscribe(const mct_subscribe_token *token)
{
    int64_t expires_on = 0;
    bool expires = mct_subscribe_token_expires_on(token, &expires_on);
    uint32_t addresses = 0;
    printf("  %" PRIu64 " \"%s\"", mct_subscribe_token_id(token), mct_subscribe_token_label(token));
    for (size_t i = 0; i < mct_subscribe_token_stream_count(token); i++)
        printf("%s %s%s", i == 0 ? " for" : ",", mct_subscribe_token_stream_name(token, i),
               mct_subscribe_token_stream_is_regex(token, i) ? " (pattern)" : "");
    if (mct_subscribe_token_bind_ips_on_usage(token, &addresses) && addresses > 0)
        printf(", bound to %" PRIu32 " address(es)", addresses);
    if (mct_subscribe_token_tracking_id(token) != NULL)
        printf(", tracked as %s", mct_subscribe_token_tracking_id(token));
    print_end(expires, expires_on, mct_subscribe_token_value(token));
}

/* Publish tokens */

static bool create_publish(struct guide *guide, const mct_publish_token_spec *spec)
{
    mct_publish_token *token = NULL;
    if (mct_publish_token_create(guide->client, spec, &token, &guide->why) != MCT_OK)
        return false;
    guide->publish.id[guide->publish.count++] = mct_publish_token_id(token);
    print_publish(token);
    mct_publish_token_free(token);
    return true;
}

static bool publish_three_streams(struct guide *guide)
{
    mct_publish_token_spec *spec = NULL;
    puts("A publish token for three cameras:");
    bool done = mct_publish_token_spec_new(LABEL, &spec, &guide->why) == MCT_OK
        && mct_publish_token_spec_add_stream(spec, "MainCam", false, &guide->why) == MCT_OK
        && mct_publish_token_spec_add_stream(spec, "BackupCam", false, &guide->why) == MCT_OK
        && mct_publish_token_spec_add_stream(spec, "StageCam", false, &guide->why) == MCT_OK
        && mct_publish_token_spec_set_expires(spec, THIRTY_DAYS, &guide->why) == MCT_OK
        && create_publish(guide, spec);
    mct_publish_token_spec_free(spec);
    return done;
}

static bool publish_any_stream(struct guide *guide)
{
    mct_publish_token_spec *spec = NULL;
    puts("A publish token for any stream name, with viewers in two countries:");
    bool done = mct_publish_token_spec_new(LABEL, &spec, &guide->why) == MCT_OK
        && mct_publish_token_spec_add_stream(spec, ".*", true, &guide->why) == MCT_OK
        && mct_publish_token_spec_add_allowed_country(spec, "PL", &guide->why) == MCT_OK
        && mct_publish_token_spec_add_allowed_country(spec, "ZA", &guide->why) == MCT_OK
        && mct_publish_token_spec_set_expires(spec, ONE_MONTH, &guide->why) == MCT_OK
        && create_publish(guide, spec);
    mct_publish_token_spec_free(spec);
    return done;
}

static bool newest_thirty(struct guide *guide, mct_list_options **options)
{
    return mct_list_options_new(options, &guide->why) == MCT_OK
        && mct_list_options_set_sort_by(*options, MCT_SORT_BY_ADDED_ON, &guide->why) == MCT_OK
        && mct_list_options_set_descending(*options, true, &guide->why) == MCT_OK
        && mct_list_options_set_page(*options, 1, &guide->why) == MCT_OK
        && mct_list_options_set_items_on_page(*options, 30, &guide->why) == MCT_OK;
}

static bool list_publish(struct guide *guide)
{
    mct_list_options *options = NULL;
    mct_publish_token_list *list = NULL;
    bool done = newest_thirty(guide, &options)
        && mct_publish_token_list_page(guide->client, options, &list, &guide->why) == MCT_OK;
    if (done)
        printf("The newest publish tokens, at most 30; there are %zu:\n", mct_publish_token_list_len(list));
    for (size_t i = 0; i < mct_publish_token_list_len(list); i++)
        print_publish(mct_publish_token_list_get(list, i));
    mct_publish_token_list_free(list);
    mct_list_options_free(options);
    return done;
}

static bool read_publish(struct guide *guide)
{
    mct_publish_token *token = NULL;
    puts("Read again by its id:");
    if (mct_publish_token_read(guide->client, guide->publish.id[0], &token, &guide->why) != MCT_OK)
        return false;
    print_publish(token);
    mct_publish_token_free(token);
    return true;
}

static bool delete_publish(struct guide *guide)
{
    while (guide->publish.count > 0) {
        uint64_t id = guide->publish.id[guide->publish.count - 1];
        if (mct_publish_token_delete(guide->client, id, &guide->why) != MCT_OK)
            return false;
        guide->publish.count--;
        printf("Deleted publish token %" PRIu64 "\n", id);
    }
    return true;
}

/* Subscribe tokens */

static bool create_subscribe(struct guide *guide, const mct_subscribe_token_spec *spec)
{
    mct_subscribe_token_free(guide->newest);
    if (mct_subscribe_token_create(guide->client, spec, &guide->newest, &guide->why) != MCT_OK)
        return false;
    guide->subscribe.id[guide->subscribe.count++] = mct_subscribe_token_id(guide->newest);
    print_subscribe(guide->newest);
    return true;
}

static bool subscribe_one_stream(struct guide *guide)
{
    mct_subscribe_token_spec *spec = NULL;
    puts("A subscribe token for one stream:");
    bool done = mct_subscribe_token_spec_new(LABEL, &spec, &guide->why) == MCT_OK
        && mct_subscribe_token_spec_add_stream(spec, "StageCamera", false, &guide->why) == MCT_OK
        && mct_subscribe_token_spec_set_expires(spec, ONE_MONTH, &guide->why) == MCT_OK
        && create_subscribe(guide, spec);
    mct_subscribe_token_spec_free(spec);
    return done;
}

static bool subscribe_bound_to_address(struct guide *guide)
{
    mct_subscribe_token_spec *spec = NULL;
    puts("A subscribe token for any stream name, for the first address that uses it:");
    bool done = mct_subscribe_token_spec_new(LABEL, &spec, &guide->why) == MCT_OK
        && mct_subscribe_token_spec_add_stream(spec, ".*", true, &guide->why) == MCT_OK
        && mct_subscribe_token_spec_set_bind_ips_on_usage(spec, 1, &guide->why) == MCT_OK
        && mct_subscribe_token_spec_set_expires(spec, ONE_MONTH, &guide->why) == MCT_OK
        && create_subscribe(guide, spec);
    mct_subscribe_token_spec_free(spec);
    return done;
}

static bool subscribe_tracked(struct guide *guide)
{
    mct_subscribe_token_spec *spec = NULL;
    puts("A subscribe token whose usage is counted:");
    bool done = mct_subscribe_token_spec_new(LABEL, &spec, &guide->why) == MCT_OK
        && mct_subscribe_token_spec_add_stream(spec, "StageCam", false, &guide->why) == MCT_OK
        && mct_subscribe_token_spec_set_tracking_id(spec, TRACKING_ID, &guide->why) == MCT_OK
        && create_subscribe(guide, spec);
    mct_subscribe_token_spec_free(spec);
    return done;
}

static void print_bandwidth(const mct_bandwidth_report *report)
{
    size_t rows = mct_bandwidth_report_row_count(report);
    puts(rows == 0 ? "No traffic was counted in the last thirty days." : "Traffic of the last thirty days:");
    for (size_t i = 0; i < rows; i++) {
        const char *tracking_id = mct_bandwidth_report_tracking_id(report, i);
        const char *stream = mct_bandwidth_report_stream_name(report, i);
        if (mct_bandwidth_report_traffic(report, i) != MCT_TRAFFIC_ALL)
            continue;
        printf("  %s, stream %s: %" PRId64 " bytes in, %" PRId64 " bytes out\n",
               tracking_id == NULL ? "-" : tracking_id, stream == NULL ? "-" : stream,
               mct_bandwidth_report_bytes_in(report, i), mct_bandwidth_report_bytes_out(report, i));
    }
}

/* The text of the day that is so many seconds from now, as YYYY-MM-DD. */
static void day_of(char day[11], long seconds_from_now)
{
    time_t seconds = time(NULL) + seconds_from_now;
    const struct tm *utc = gmtime(&seconds);
    if (utc == NULL || strftime(day, 11, "%Y-%m-%d", utc) == 0)
        day[0] = '\0';
}

static bool show_bandwidth(struct guide *guide)
{
    mct_bandwidth_query *query = NULL;
    mct_bandwidth_report *report = NULL;
    char start[11], stop[11];
    day_of(start, -(long)THIRTY_DAYS);
    day_of(stop, 86400); /* the stop is exclusive: tomorrow, for today to be counted */
    bool done = mct_bandwidth_query_new(start, stop, &query, &guide->why) == MCT_OK
        && mct_bandwidth_query_add_tracking_id(query, TRACKING_ID, &guide->why) == MCT_OK
        && mct_analytics_tracking_total(guide->client, query, &report, &guide->why) == MCT_OK;
    if (done)
        print_bandwidth(report);
    mct_bandwidth_report_free(report);
    mct_bandwidth_query_free(query);
    return done;
}

/* Signing: no request is made, and the token is good for one stream and one minute. */

static void print_signed(const mct_jwt *read)
{
    uint64_t parent_id;
    int64_t expires_at;
    printf("  for %s, viewer %s, tracked as %s", mct_jwt_stream_name(read), mct_jwt_custom_viewer_data(read),
           mct_jwt_tracking_id(read));
    if (mct_jwt_token_id(read, &parent_id))
        printf(", signed with token %" PRIu64, parent_id);
    if (mct_jwt_expires_at(read, &expires_at))
        print_date(", until ", expires_at);
    putchar('\n');
}

static bool sign_for_viewer(struct guide *guide)
{
    mct_signer *signer = NULL;
    mct_claims *claims = NULL;
    mct_jwt *read = NULL;
    char *jwt = NULL;
    bool done = mct_signer_from_token(guide->newest, MCT_HS256, &signer, &guide->why) == MCT_OK
        && mct_claims_new("StageCam", 60, &claims, &guide->why) == MCT_OK
        && mct_claims_set_tracking_id(claims, TRACKING_ID, &guide->why) == MCT_OK
        && mct_claims_set_custom_viewer_data(claims, "viewer-1", &guide->why) == MCT_OK
        && mct_signer_sign(signer, claims, &jwt, NULL, &guide->why) == MCT_OK
        && mct_signer_verify(signer, jwt, NULL, &read, &guide->why) == MCT_OK;
    if (done) {
        printf("Signed here, and verified: %zu characters, %.6s...\n", strlen(jwt), jwt);
        print_signed(read);
    }
    mct_jwt_free(read);
    mct_string_free(jwt);
    mct_claims_free(claims);
    mct_signer_free(signer);
    return done;
}

static bool list_subscribe(struct guide *guide)
{
    mct_list_options *options = NULL;
    mct_subscribe_token_list *list = NULL;
    bool done = newest_thirty(guide, &options)
        && mct_subscribe_token_list_page(guide->client, options, &list, &guide->why) == MCT_OK;
    if (done)
        printf("The newest subscribe tokens, at most 30; there are %zu:\n", mct_subscribe_token_list_len(list));
    for (size_t i = 0; i < mct_subscribe_token_list_len(list); i++)
        print_subscribe(mct_subscribe_token_list_get(list, i));
    mct_subscribe_token_list_free(list);
    mct_list_options_free(options);
    return done;
}

static bool delete_subscribe(struct guide *guide)
{
    while (guide->subscribe.count > 0) {
        uint64_t id = guide->subscribe.id[guide->subscribe.count - 1];
        if (mct_subscribe_token_delete(guide->client, id, &guide->why) != MCT_OK)
            return false;
        guide->subscribe.count--;
        printf("Deleted subscribe token %" PRIu64 "\n", id);
    }
    return true;
}

/* A step that failed leaves its tokens behind. What can't be deleted now is named, for the user to do it. */
static void clean_up(struct guide *guide)
{
    for (size_t i = 0; i < guide->publish.count; i++)
        if (mct_publish_token_delete(guide->client, guide->publish.id[i], NULL) != MCT_OK)
            fprintf(stderr, "guide: publish token %" PRIu64 " was left behind\n", guide->publish.id[i]);
    for (size_t i = 0; i < guide->subscribe.count; i++)
        if (mct_subscribe_token_delete(guide->client, guide->subscribe.id[i], NULL) != MCT_OK)
            fprintf(stderr, "guide: subscribe token %" PRIu64 " was left behind\n", guide->subscribe.id[i]);
}

static bool walk_through(struct guide *guide)
{
    return publish_three_streams(guide) && publish_any_stream(guide) && list_publish(guide) && read_publish(guide)
        && delete_publish(guide) && subscribe_one_stream(guide) && subscribe_bound_to_address(guide)
        && subscribe_tracked(guide) && show_bandwidth(guide) && sign_for_viewer(guide) && list_subscribe(guide)
        && delete_subscribe(guide);
}

int main(int argc, char **argv)
{
    struct options options = {0};
    struct guide guide = {0};
    if (!options_read(&options, argc, argv))
        return EXIT_FAILURE;
    bool done = connect_client(&guide, &options);
    options_wipe(&options);
    done = done && walk_through(&guide);
    fflush(stdout);
    if (!done)
        fprintf(stderr, "guide: %s: %s\n", mct_status_name(mct_error_status(guide.why)), mct_error_message(guide.why));
    clean_up(&guide);
    mct_error_free(guide.why);
    mct_subscribe_token_free(guide.newest);
    mct_client_free(guide.client);
    return done ? EXIT_SUCCESS : EXIT_FAILURE;
}

/* Secrets show up nowhere but where they belong. */

#include "families.h"

#define API_SECRET "c4n-y0u-see-this-secret"
#define PROXY_WORD "pr0xy-password"

/* Every line of a log, one after the other. */
struct lines {
    char text[65536];
    size_t filled;
};

static void add_line(void *user, mct_log_level level, const char *message)
{
    struct lines *lines = user;
    char *end = lines->text + lines->filled;
    int more = snprintf(end, sizeof lines->text - lines->filled, "%d %s\n", (int)level, message);
    lines->filled += more > 0 ? (size_t)more : 0;
    CHECK(lines->filled < sizeof lines->text);
}

static void add_error(struct lines *lines, mct_error *error)
{
    add_line(lines, 0, mct_error_message(error));
    add_line(lines, 0, mct_error_details(error) == NULL ? "" : mct_error_details(error));
    add_line(lines, 0, mct_error_field(error) == NULL ? "" : mct_error_field(error));
    mct_error_free(error);
}

static mct_client *logging_client(const char *url, const char *secret, const char *proxy, struct lines *lines)
{
    mct_client_config *config = api_config(url, secret);
    mct_client *client = NULL;
    OK(mct_client_config_set_log(config, MCT_LOG_TRACE, add_line, lines, NULL, &failure));
    OK(mct_client_config_set_timeout_ms(config, 5000, &failure));
    OK(mct_client_config_set_max_retries(config, 1, &failure));
    if (proxy != NULL)
        OK(mct_client_config_set_proxy(config, proxy, &failure));
    OK(mct_client_new(config, &client, &failure));
    mct_client_config_free(config);
    return client;
}

static void make_calls(mct_client *client, struct lines *lines)
{
    mct_publish_token_spec *spec = NULL;
    mct_publish_token *publish = NULL;
    mct_publish_token_update *update = NULL;
    mct_publish_token_list *all = NULL;
    mct_subscribe_token_list *list = NULL;
    mct_clusters *clusters = NULL;
    mct_error *error = NULL;
    const char *const url = "rtmp://example.com/live", *const key = "restream-key";
    OK(mct_publish_token_spec_new("c-test", &spec, &failure));
    OK(mct_publish_token_spec_add_stream(spec, "camera", false, &failure));
    OK(mct_publish_token_spec_add_restream(spec, url, key, NULL, true, &failure));
    OK(mct_publish_token_update_new(&update, &failure));
    OK(mct_publish_token_update_set_restream(update, &url, &key, NULL, NULL, 1, &failure));
    mct_publish_token_create(client, spec, &publish, &error);
    add_error(lines, error);
    mct_publish_token_free(publish);
    mct_publish_token_read(client, 5, &publish, &error);
    add_error(lines, error);
    mct_publish_token_free(publish);
    mct_subscribe_token_list_page(client, NULL, &list, &error);
    add_error(lines, error);
    mct_subscribe_token_list_free(list);
    mct_subscribe_token_delete(client, 5, &error);
    add_error(lines, error);
    mct_publish_token_update_apply(client, 5, update, &publish, &error);
    add_error(lines, error);
    mct_publish_token_free(publish);
    mct_publish_token_list_all(client, NULL, &all, &error);
    add_error(lines, error);
    mct_publish_token_list_free(all);
    mct_cluster_list(client, &clusters, &error);
    add_error(lines, error);
    mct_clusters_free(clusters);
    mct_publish_token_update_free(update);
    mct_publish_token_spec_free(spec);
}

#define CHECK_ABSENT(lines, secret)                                                                                    \
    do {                                                                                                               \
        if (!CHECK(strstr((lines).text, secret) == NULL))                                                              \
            puts((lines).text);                                                                                        \
    } while (0)

/* Answers that repeat what was sent, which is what a debugging proxy does. */
static void api_secret_is_in_no_message(void)
{
    const char *const answers[] = {
        "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 37\r\n\r\n<p>Bearer " API_SECRET "</p>",
        "HTTP/1.1 400 Bad Request\r\nContent-Type: application/json\r\nContent-Length: 69\r\n\r\n"
        "{\"status\":\"fail\",\"data\":{\"message\":\"Bearer " API_SECRET "\"}}",
        "HTTP/1.1 500 Oops\r\nContent-Type: application/json\r\nContent-Length: 63\r\n\r\n"
        "{\"status\":\"error\",\"message\":\"" API_SECRET "\",\"code\":5}",
        "HTTP/1.1 302 Found\r\nLocation: https://example.com/?secret=" API_SECRET "\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 401 " API_SECRET "\r\nContent-Length: 0\r\n\r\n",
        API_SECRET "\r\n\r\n",
    };
    for (size_t i = 0; i < sizeof answers / sizeof *answers; i++) {
        struct lines lines = {"", 0};
        struct server *server = server_start(BE_ANSWERING, answers[i]);
        mct_client *client = logging_client(server_url(server), API_SECRET, NULL, &lines);
        make_calls(client, &lines);
        mct_client_free(client);
        char *received = server_received(server);
        CHECK(strstr(received, "Bearer " API_SECRET) != NULL);
        CHECK(lines.filled > 0);
        CHECK_ABSENT(lines, API_SECRET);
        CHECK_ABSENT(lines, "restream-key");
        free(received);
        server_stop(server);
    }
}

static void token_strings_are_in_no_line(void)
{
    struct lines lines = {"", 0};
    mct_client *client = logging_client(NULL, NULL, NULL, &lines);
    mct_subscribe_token *token = api_subscribe_token(client, "camera"), *again = NULL;
    mct_subscribe_token_list *list = NULL;
    mct_subscribe_token_update *update = NULL;
    mct_subscribe_token *refreshed = NULL;
    OK(mct_subscribe_token_update_new(&update, &failure));
    OK(mct_subscribe_token_update_refresh_token(update, &failure));
    OK(mct_subscribe_token_update_apply(client, mct_subscribe_token_id(token), update, &refreshed, &failure));
    OK(mct_subscribe_token_read(client, mct_subscribe_token_id(token), &again, &failure));
    OK(mct_subscribe_token_list_page(client, NULL, &list, &failure));
    OK(mct_subscribe_token_delete(client, mct_subscribe_token_id(token), &failure));
    CHECK(lines.filled > 0);
    CHECK_ABSENT(lines, mct_subscribe_token_value(token));
    CHECK_ABSENT(lines, mct_subscribe_token_value(refreshed));
    CHECK_ABSENT(lines, api_secret());
    mct_subscribe_token_list_free(list);
    mct_subscribe_token_update_free(update);
    mct_subscribe_token_free(refreshed);
    mct_subscribe_token_free(again);
    mct_subscribe_token_free(token);
    mct_client_free(client);
}

static void the_proxys_password_is_in_no_message(void)
{
    char url[64], proxy[128];
    struct lines lines = {"", 0};
    closed_port_url(url, sizeof url);
    snprintf(proxy, sizeof proxy, "http://user:" PROXY_WORD "@%s", url + strlen("http://"));
    mct_client *client = logging_client("https://api.example.com", API_SECRET, proxy, &lines);
    make_calls(client, &lines);
    mct_client_free(client);
    CHECK(lines.filled > 0);
    CHECK_ABSENT(lines, PROXY_WORD);
    CHECK_ABSENT(lines, API_SECRET);
}

static void refused_arguments_are_not_repeated(void)
{
    struct lines lines = {"", 0};
    mct_client_config *config = NULL;
    mct_subscribe_token *token = NULL;
    mct_jwt *read = NULL;
    mct_signer *signer = api_signer();
    mct_error *error = NULL;
    mct_client_config_new(API_SECRET " with a blank", &config, &error);
    add_error(&lines, error);
    mct_subscribe_token_from_json("{\"id\":\"" API_SECRET "\",\"token\":\"" API_SECRET "\"}", &token, &error);
    add_error(&lines, error);
    mct_subscribe_token_from_json("{\"token\":\"" API_SECRET "\",\"id\":{}}", &token, &error);
    add_error(&lines, error);
    mct_jwt_parse("eyJ." API_SECRET ".x", &read, &error);
    add_error(&lines, error);
    mct_signer_verify(signer, "eyJ." API_SECRET ".x", NULL, &read, &error);
    add_error(&lines, error);
    config = api_config(NULL, NULL);
    mct_client_config_set_proxy(config, "http://user:" API_SECRET "@:port", &error);
    add_error(&lines, error);
    mct_client_config_set_base_url(config, "https://user:" API_SECRET "@example.com", &error);
    add_error(&lines, error);
    CHECK_ABSENT(lines, API_SECRET);
    mct_client_config_free(config);
    mct_signer_free(signer);
}

const struct test secrecy_tests[] = {
    {"the API secret is in no message and no line, whatever the server answers", api_secret_is_in_no_message},
    {"a token string is in no line at the most detailed level", token_strings_are_in_no_line},
    {"the proxy's password is in no message and no line", the_proxys_password_is_in_no_message},
    {"a secret in an argument that is refused is not repeated", refused_arguments_are_not_repeated},
    {NULL, NULL},
};

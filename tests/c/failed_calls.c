/* Calls that fail, each in its way. */

#include "families.h"

static void wrong_secret_is_unauthorized(void)
{
    mct_client *client = api_client(NULL, "wrong-secret");
    mct_publish_token *token = NULL;
    mct_error *error = NULL;
    CHECK_STATUS(mct_publish_token_read(client, 1, &token, &error), MCT_ERR_UNAUTHORIZED);
    CHECK(token == NULL);
    CHECK_NUMBER(mct_error_http_status(error), 401);
    CHECK_NUMBER(mct_error_outcome(error), MCT_OUTCOME_REJECTED);
    CHECK(mct_error_details(error) != NULL);
    CHECK(strstr(mct_error_message(error), "wrong-secret") == NULL);
    mct_error_free(error);
    mct_client_free(client);
}

static void unknown_id_is_not_found(void)
{
    mct_client *client = api_client(NULL, NULL);
    mct_publish_token *publish = NULL;
    mct_subscribe_token *subscribe = NULL;
    mct_error *error = NULL;
    REFUSES_OUT(publish, MCT_ERR_NOT_FOUND, ANY_FIELD, mct_publish_token_read, client, 4242424242, &publish);
    REFUSES_OUT(subscribe, MCT_ERR_NOT_FOUND, ANY_FIELD, mct_subscribe_token_read, client, 4242424242, &subscribe);
    REFUSES(MCT_ERR_NOT_FOUND, ANY_FIELD, mct_publish_token_delete, client, 4242424242);
    CHECK_STATUS(mct_subscribe_token_delete(client, 4242424242, &error), MCT_ERR_NOT_FOUND);
    CHECK(mct_error_http_status(error) == 400 || mct_error_http_status(error) == 404);
    CHECK_NUMBER(mct_error_outcome(error), MCT_OUTCOME_REJECTED);
    mct_error_free(error);
    mct_client_free(client);
}

static void nobody_there_is_connect(void)
{
    char url[64];
    closed_port_url(url, sizeof url);
    mct_client *client = api_client(url, NULL);
    mct_subscribe_token_spec *spec = NULL;
    mct_subscribe_token *token = harness_poison();
    mct_error *error = NULL;
    OK(mct_subscribe_token_spec_new("c-test", &spec, &failure));
    OK(mct_subscribe_token_spec_add_stream(spec, "camera", false, &failure));
    CHECK_STATUS(mct_subscribe_token_create(client, spec, &token, &error), MCT_ERR_CONNECT);
    CHECK(token == NULL);
    CHECK_NUMBER(mct_error_outcome(error), MCT_OUTCOME_NOT_SENT);
    CHECK_NUMBER(mct_error_http_status(error), 0);
    mct_error_free(error);
    mct_subscribe_token_spec_free(spec);
    mct_client_free(client);
}

/* What reading token 1 answers when a server gives this answer. */
static mct_status status_of(const char *answer, mct_error **error)
{
    struct server *server = server_start(BE_ANSWERING, answer);
    mct_client *client = api_client(server_url(server), NULL);
    mct_publish_token *token = harness_poison();
    mct_status status = mct_publish_token_read(client, 1, &token, error);
    CHECK((token == NULL) == (status != MCT_OK));
    mct_publish_token_free(token);
    mct_client_free(client);
    server_stop(server);
    return status;
}

#define ANSWER(status, type, length, body)                                                                             \
    "HTTP/1.1 " status "\r\nContent-Type: " type "\r\nContent-Length: " length "\r\n\r\n" body

static void a_proxys_page_is_protocol(void)
{
    const char *const answers[] = {
        ANSWER("200 OK", "text/html", "21", "<html>sign in</html>\n"),
        ANSWER("200 OK", "application/json", "5", "{\"a\":"),
        ANSWER("200 OK", "application/json", "2", "{}"),
        ANSWER("200 OK", "application/json", "0", ""),
        "HTTP/1.1 302 Found\r\nLocation: https://sign-in.example.com/\r\nContent-Length: 0\r\n\r\n",
    };
    for (size_t i = 0; i < sizeof answers / sizeof *answers; i++) {
        mct_error *error = NULL;
        if (!CHECK_STATUS(status_of(answers[i], &error), MCT_ERR_PROTOCOL))
            puts(answers[i]);
        mct_error_free(error);
    }
}

static void a_servers_own_failure_is_server(void)
{
    mct_error *error = NULL;
    CHECK_STATUS(status_of(ANSWER("503 Service Unavailable", "text/html", "13", "<p>sorry</p>\n"), &error),
                 MCT_ERR_SERVER);
    CHECK_NUMBER(mct_error_http_status(error), 503);
    mct_error_free(error);
    CHECK_STATUS(status_of(ANSWER("500 Oops", "application/json", "52",
                                  "{\"status\":\"error\",\"message\":\"broken\",\"code\":5000000}"),
                           &error),
                 MCT_ERR_SERVER);
    CHECK(mct_error_details(error) != NULL);
    mct_error_free(error);
}

static void too_many_requests_says_when(void)
{
    mct_error *error = NULL;
    CHECK_STATUS(status_of("HTTP/1.1 429 Too Many Requests\r\nRetry-After: 7\r\nContent-Length: 0\r\n\r\n", &error),
                 MCT_ERR_RATE_LIMITED);
    CHECK_NUMBER(mct_error_retry_after_ms(error), 7000);
    mct_error_free(error);
}

static void refusal_names_the_field(void)
{
    mct_error *error = NULL;
    CHECK_STATUS(status_of(ANSWER("400 Bad Request", "application/json", "48",
                                  "{\"status\":\"fail\",\"data\":{\"label\":\"is too long\"}}"),
                           &error),
                 MCT_ERR_REJECTED);
    CHECK_TEXT(mct_error_field(error), "label");
    CHECK(mct_error_details(error) != NULL && strstr(mct_error_details(error), "is too long") != NULL);
    CHECK_NUMBER(mct_error_outcome(error), MCT_OUTCOME_REJECTED);
    mct_error_free(error);
}

static void silence_is_timeout(void)
{
    struct server *server = server_start(BE_SILENT, NULL);
    mct_client_config *config = api_config(server_url(server), NULL);
    mct_client *client = NULL;
    mct_error *error = NULL;
    OK(mct_client_config_set_timeout_ms(config, 50, &failure));
    OK(mct_client_new(config, &client, &failure));
    CHECK_STATUS(mct_subscribe_token_delete(client, 1, &error), MCT_ERR_TIMEOUT);
    CHECK_NUMBER(mct_error_outcome(error), MCT_OUTCOME_UNKNOWN);
    mct_error_free(error);
    mct_client_free(client);
    mct_client_config_free(config);
    server_stop(server);
}

static void wrong_greeting_is_tls(void)
{
    struct server *server = server_start(BE_RESETTING, NULL);
    char url[64];
    snprintf(url, sizeof url, "https%s", server_url(server) + strlen("http"));
    mct_client *client = api_client(url, NULL);
    mct_publish_token *token = NULL;
    mct_status status = mct_publish_token_read(client, 1, &token, NULL);
    CHECK(status == MCT_ERR_TLS || status == MCT_ERR_CONNECT);
    mct_client_free(client);
    server_stop(server);
}

const struct test failed_call_tests[] = {
    {"a wrong secret is UNAUTHORIZED", wrong_secret_is_unauthorized},
    {"an id that no token has is NOT_FOUND", unknown_id_is_not_found},
    {"a port where nobody listens is CONNECT, and nothing was sent", nobody_there_is_connect},
    {"a proxy's page, broken JSON and a redirect are PROTOCOL", a_proxys_page_is_protocol},
    {"a failure of the server is SERVER", a_servers_own_failure_is_server},
    {"too many requests is RATE_LIMITED and says how long to wait", too_many_requests_says_when},
    {"a refusal of the API is REJECTED and names the field", refusal_names_the_field},
    {"a server that stays silent is TIMEOUT, and the outcome is not known", silence_is_timeout},
    {"a connection that is lost in the TLS handshake is an error", wrong_greeting_is_tls},
    {NULL, NULL},
};

/*
 * Looks into every block of memory that is freed: no secret may be left in it. This program's own free() takes the place
 * of the C library's, for the library under test too, and so it needs glibc and a run outside of valgrind.
 */

#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>

#include "harness.h"
#include "net.h"

#define SECRET "0123456789abcdef-n3edle-fedcba9876543210"

extern void __libc_free(void *block);

static const char *needle; /* NULL: nothing is looked for */
static unsigned left_behind;

static void look_into(const char *block, size_t size)
{
    size_t length = strlen(needle);
    for (size_t i = 0; i + length <= size; i++)
        if (block[i] == needle[0] && memcmp(block + i, needle, length) == 0) {
            left_behind++;
            return;
        }
}

void free(void *block)
{
    if (needle != NULL && block != NULL)
        look_into(block, malloc_usable_size(block));
    __libc_free(block);
}

/* Growing moves a block and leaves the old one behind. */
void *realloc(void *block, size_t size)
{
    size_t old = block == NULL ? 0 : malloc_usable_size(block);
    void *moved = malloc(size);
    if (moved == NULL)
        return NULL;
    if (block != NULL)
        memcpy(moved, block, old < size ? old : size);
    free(block);
    return moved;
}

#define NOTHING_LEFT()                                                                                                 \
    do {                                                                                                               \
        needle = NULL;                                                                                                 \
        CHECK_NUMBER(left_behind, 0);                                                                                  \
        left_behind = 0;                                                                                               \
    } while (0)

static void config_and_client_wipe_the_api_secret(void)
{
    mct_client_config *config = NULL;
    mct_client *client = NULL;
    needle = SECRET;
    OK(mct_client_config_new(SECRET, &config, &failure));
    OK(mct_client_new(config, &client, &failure));
    mct_client_config_free(config);
    mct_client_free(client);
    NOTHING_LEFT();
}

static void signer_wipes_its_key(void)
{
    mct_signer *signer = NULL;
    needle = SECRET;
    OK(mct_signer_new(1, SECRET, MCT_HS256, &signer, &failure));
    mct_signer_free(signer);
    NOTHING_LEFT();
}

static void subscribe_token_wipes_its_string(void)
{
    mct_subscribe_token *token = NULL, *copy = NULL;
    mct_signer *signer = NULL;
    needle = SECRET;
    OK(mct_subscribe_token_from_json("{\"id\":1,\"token\":\"" SECRET "\"}", &token, &failure));
    OK(mct_subscribe_token_copy(token, &copy, &failure));
    OK(mct_signer_from_token(token, MCT_HS256, &signer, &failure));
    mct_subscribe_token_free(token);
    mct_subscribe_token_free(copy);
    mct_signer_free(signer);
    NOTHING_LEFT();
}

static void publish_token_wipes_its_secrets(void)
{
    static const char *const members[] = {
        "\"token\":\"" SECRET "\"",
        "\"token\":\"\\u0041" SECRET "\"", /* not to be taken from the JSON as it stands */
        "\"srtPassphrase\":\"" SECRET "\"",
        "\"restream\":[{\"url\":\"rtmp://example.com\",\"key\":\"" SECRET "\"}]",
    };
    for (size_t i = 0; i < sizeof members / sizeof *members; i++) {
        char json[256];
        mct_publish_token *token = NULL, *copy = NULL;
        snprintf(json, sizeof json, "{\"id\":1,%s}", members[i]);
        needle = SECRET;
        OK(mct_publish_token_from_json(json, &token, &failure));
        OK(mct_publish_token_copy(token, &copy, &failure));
        mct_publish_token_free(token);
        mct_publish_token_free(copy);
        NOTHING_LEFT();
    }
}

/* Where nobody listens a request is written, and not sent. */
static mct_client *client_of(const char *url)
{
    mct_client_config *config = NULL;
    mct_client *client = NULL;
    OK(mct_client_config_new("another-secret", &config, &failure));
    OK(mct_client_config_set_base_url(config, url, &failure));
    OK(mct_client_config_set_max_retries(config, 0, &failure));
    OK(mct_client_new(config, &client, &failure));
    mct_client_config_free(config);
    return client;
}

static void spec_wipes_its_restream_keys(void)
{
    mct_publish_token_spec *spec = NULL;
    OK(mct_publish_token_spec_new("label", &spec, &failure));
    OK(mct_publish_token_spec_add_stream(spec, "camera", false, &failure));
    needle = SECRET;
    for (int i = 0; i < 10; i++)
        OK(mct_publish_token_spec_add_restream(spec, "rtmp://example.com", SECRET, NULL, true, &failure));
    mct_client *client = client_of("http://127.0.0.1:1");
    mct_publish_token *token = NULL;
    CHECK_NUMBER(mct_publish_token_create(client, spec, &token, NULL), MCT_ERR_CONNECT);
    mct_client_free(client);
    mct_publish_token_spec_free(spec);
    NOTHING_LEFT();
}

static void update_wipes_its_restream_keys(void)
{
    const char *const urls[] = {"rtmp://a.example", "rtmp://b.example", "rtmp://c.example"};
    const char *const keys[] = {SECRET, SECRET, SECRET}, *const a_key_too_few[] = {SECRET, SECRET, NULL};
    mct_publish_token_update *update = NULL;
    mct_publish_token *token = NULL;
    needle = SECRET;
    OK(mct_publish_token_update_new(&update, &failure));
    for (size_t count = 1; count <= 3; count++) /* each time in place of those before */
        OK(mct_publish_token_update_set_restream(update, urls, keys, NULL, NULL, count, &failure));
    CHECK_NUMBER(mct_publish_token_update_set_restream(update, urls, a_key_too_few, NULL, NULL, 3, NULL),
                 MCT_ERR_NULL_ARGUMENT);
    mct_client *client = client_of("http://127.0.0.1:1");
    CHECK_NUMBER(mct_publish_token_update_apply(client, 1, update, &token, NULL), MCT_ERR_CONNECT);
    mct_client_free(client);
    mct_publish_token_update_free(update);
    NOTHING_LEFT();
}

#define ANSWER(length, data)                                                                                           \
    "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: " length "\r\n\r\n"                          \
    "{\"status\":\"success\",\"data\":" data "}"

/*
 * The HTTP library reads each answer into a buffer of its own, which nobody wipes, and has one more ready, where an
 * answer that was freed before may still stand. Nothing else may be left of an answer.
 */
#define ONLY_BUFFERS_LEFT(answers)                                                                                     \
    do {                                                                                                               \
        needle = NULL;                                                                                                 \
        CHECK(left_behind <= (answers) + 1);                                                                           \
        left_behind = 0;                                                                                               \
    } while (0)

static void answers_are_wiped(void)
{
    struct server *server = server_start(BE_ANSWERING, ANSWER("87", "{\"id\":1,\"token\":\"" SECRET "\"}"));
    mct_publish_token_update *update = NULL;
    mct_publish_token *read = NULL, *updated = NULL;
    OK(mct_publish_token_update_new(&update, &failure));
    OK(mct_publish_token_update_refresh_token(update, &failure));
    needle = SECRET;
    mct_client *client = client_of(server_url(server));
    OK(mct_publish_token_read(client, 1, &read, &failure));
    OK(mct_publish_token_update_apply(client, 1, update, &updated, &failure));
    mct_publish_token_free(read);
    mct_publish_token_free(updated);
    mct_client_free(client);
    ONLY_BUFFERS_LEFT(2);
    mct_publish_token_update_free(update);
    server_stop(server);
}

static unsigned requests(struct server *server)
{
    unsigned count = 0;
    char *received = server_received(server);
    for (const char *at = received; (at = strstr(at, "GET ")) != NULL; at++)
        count++;
    free(received);
    return count;
}

static void lists_and_walks_are_wiped(void)
{
    struct server *server = server_start(BE_ANSWERING,
                                         ANSWER("98", "[{\"id\":1,\"token\":\"" SECRET "\"},{\"id\":2}]"));
    mct_subscribe_token_list *page = NULL, *all = NULL;
    mct_subscribe_token_iter *left = NULL, *walked = NULL;
    mct_subscribe_token *token = NULL;
    needle = SECRET;
    mct_client *client = client_of(server_url(server));
    OK(mct_subscribe_token_list_page(client, NULL, &page, &failure));
    OK(mct_subscribe_token_list_all(client, NULL, &all, &failure));
    CHECK_NUMBER(mct_subscribe_token_list_len(all), 2);
    OK(mct_subscribe_token_iter_new(client, NULL, &walked, &failure));
    while (OK(mct_subscribe_token_iter_next(walked, &token, &failure)) && token != NULL)
        mct_subscribe_token_free(token);
    OK(mct_subscribe_token_iter_new(client, NULL, &left, &failure));
    OK(mct_subscribe_token_iter_next(left, &token, &failure));
    mct_subscribe_token_free(token);
    mct_subscribe_token_iter_free(left);
    mct_subscribe_token_iter_free(walked);
    mct_subscribe_token_list_free(all);
    mct_subscribe_token_list_free(page);
    mct_client_free(client);
    ONLY_BUFFERS_LEFT(requests(server));
    server_stop(server);
}

static void text_is_wiped_whatever_was_written(void)
{
    mct_signer *signer = NULL;
    mct_claims *claims = NULL;
    OK(mct_signer_new(1, SECRET, MCT_HS256, &signer, &failure));
    OK(mct_claims_new("camera", 60, &claims, &failure));
    for (int i = 0; i < 2; i++) {
        char *jwt = NULL, end[40];
        OK(mct_signer_sign(signer, claims, &jwt, NULL, &failure));
        /* The signature's end, for a NUL of the caller's before it must not hide it. */
        strcpy(end, jwt + strlen(jwt) - 32);
        if (i == 1)
            memset(jwt, 0, 8);
        needle = end;
        mct_string_free(jwt);
        NOTHING_LEFT();
    }
    mct_claims_free(claims);
    mct_signer_free(signer);
}

/* The last one: the block may be handed out again, with the secret still in it. */
static void the_looking_works(void)
{
    char *block = malloc(100);
    if (block == NULL)
        abort();
    strcpy(block + 30, SECRET);
    needle = SECRET;
    free(block);
    needle = NULL;
    CHECK_NUMBER(left_behind, 1);
    left_behind = 0;
}

static const struct test tests[] = {
    {"a configuration and a client wipe the API secret", config_and_client_wipe_the_api_secret},
    {"a signer wipes its key", signer_wipes_its_key},
    {"a subscribe token wipes its string", subscribe_token_wipes_its_string},
    {"a publish token wipes its secrets", publish_token_wipes_its_secrets},
    {"a spec wipes its restream keys", spec_wipes_its_restream_keys},
    {"an update wipes its restream keys", update_wipes_its_restream_keys},
    {"the answers to a read and an update are wiped but for the HTTP library's buffers", answers_are_wiped},
    {"lists and walks are wiped but for the HTTP library's buffers", lists_and_walks_are_wiped},
    {"a signed text is wiped whatever its owner wrote into it", text_is_wiped_whatever_was_written},
    {"what is left in freed memory is found", the_looking_works},
    {NULL, NULL},
};

int main(void)
{
    harness_run(tests, NULL);
    return harness_end();
}

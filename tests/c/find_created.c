/* Finding what a create left whose answer was lost. */

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "ends.h"
#include "families.h"

/* Stands in front of the emulator, hands on one request, and closes when the answer comes: it is lost. */
struct thief {
    int listener;
    char url[64];
    pthread_t thread;
};

/* Reads a request whole: its head, and as much as that says. */
static size_t read_request(int fd, char *bytes, size_t size)
{
    size_t filled = 0, wanted = size;
    ssize_t length;
    bytes[0] = '\0';
    while (filled < wanted && (length = read(fd, bytes + filled, size - 1 - filled)) > 0) {
        filled += (size_t)length;
        bytes[filled] = '\0';
        const char *body = strstr(bytes, "\r\n\r\n"), *content = strstr(bytes, "\r\ncontent-length:");
        content = content == NULL ? strstr(bytes, "\r\nContent-Length:") : content;
        if (body != NULL && content != NULL)
            wanted = (size_t)(body + 4 - bytes) + (size_t)atoi(content + strlen("\r\ncontent-length:"));
    }
    return filled;
}

static void *steal(void *argument)
{
    struct thief *thief = argument;
    struct sockaddr_in address = {.sin_family = AF_INET};
    char bytes[8192];
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons((uint16_t)atoi(strrchr(api_url(), ':') + 1));
    int from = accept(thief->listener, NULL, NULL), to = socket(AF_INET, SOCK_STREAM, 0);
    size_t length = read_request(from, bytes, sizeof bytes);
    CHECK(length > 0 && connect(to, (struct sockaddr *)&address, sizeof address) == 0);
    CHECK_NUMBER(send(to, bytes, length, MSG_NOSIGNAL), length);
    CHECK(read(to, bytes, sizeof bytes - 1) > 0);
    CHECK(strncmp(bytes, "HTTP/1.1 200", 12) == 0 || strncmp(bytes, "HTTP/1.1 201", 12) == 0);
    close(to);
    close(from);
    return NULL;
}

static void thief_start(struct thief *thief)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t size = sizeof address;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    thief->listener = socket(AF_INET, SOCK_STREAM, 0);
    if (bind(thief->listener, (struct sockaddr *)&address, size) != 0 || listen(thief->listener, 8) != 0
        || getsockname(thief->listener, (struct sockaddr *)&address, &size) != 0
        || pthread_create(&thief->thread, NULL, steal, thief) != 0)
        abort();
    snprintf(thief->url, sizeof thief->url, "http://127.0.0.1:%d", ntohs(address.sin_port));
}

static void thief_stop(struct thief *thief)
{
    pthread_join(thief->thread, NULL);
    close(thief->listener);
}

#define MOST 16

/* Ids, in an order. */
struct found {
    uint64_t id[MOST];
    size_t count;
};

static void check_found(struct found got, const uint64_t *wanted, size_t count)
{
    CHECK_NUMBER(got.count, count);
    for (size_t i = 0; i < got.count && i < count; i++)
        CHECK_NUMBER(got.id[i], wanted[i]);
}

/* Streams are told by their names, each with '~' in front where it is a pattern; NULL ends them. */
struct kind {
    uint64_t (*create)(mct_client *client, const char *label, const char *const *streams);
    void (*delete)(mct_client *client, uint64_t id);
    mct_outcome (*lose)(mct_client *client, const char *label, const char *const *streams);
    /* By the blocking call and by the started one, which have to agree. */
    struct found (*find)(mct_client *client, const char *label, const char *const *streams, int64_t since);
    int64_t (*added_on)(mct_client *client, uint64_t id);
};

#define DEFINE_KIND(kind)                                                                                              \
    static mct_##kind##_token_spec *kind##_spec(const char *label, const char *const *streams)                         \
    {                                                                                                                  \
        mct_##kind##_token_spec *spec = NULL;                                                                          \
        OK(mct_##kind##_token_spec_new(label, &spec, &failure));                                                       \
        for (; *streams != NULL; streams++)                                                                            \
            OK(mct_##kind##_token_spec_add_stream(spec, *streams + (**streams == '~'), **streams == '~', &failure));   \
        return spec;                                                                                                   \
    }                                                                                                                  \
    static uint64_t kind##_create(mct_client *client, const char *label, const char *const *streams)                   \
    {                                                                                                                  \
        mct_##kind##_token_spec *spec = kind##_spec(label, streams);                                                   \
        mct_##kind##_token *token = NULL;                                                                              \
        OK(mct_##kind##_token_create(client, spec, &token, &failure));                                                 \
        uint64_t id = mct_##kind##_token_id(token);                                                                    \
        mct_##kind##_token_free(token);                                                                                \
        mct_##kind##_token_spec_free(spec);                                                                            \
        return id;                                                                                                     \
    }                                                                                                                  \
    static void kind##_delete(mct_client *client, uint64_t id)                                                         \
    {                                                                                                                  \
        OK(mct_##kind##_token_delete(client, id, &failure));                                                           \
    }                                                                                                                  \
    static mct_outcome kind##_lose(mct_client *client, const char *label, const char *const *streams)                  \
    {                                                                                                                  \
        mct_##kind##_token_spec *spec = kind##_spec(label, streams);                                                   \
        mct_##kind##_token *token = harness_poison();                                                                  \
        mct_error *error = NULL;                                                                                       \
        CHECK_STATUS(mct_##kind##_token_create(client, spec, &token, &error), MCT_ERR_CONNECT);                        \
        CHECK(token == NULL);                                                                                          \
        mct_outcome outcome = mct_error_outcome(error);                                                                \
        mct_error_free(error);                                                                                         \
        mct_##kind##_token_spec_free(spec);                                                                            \
        return outcome;                                                                                                \
    }                                                                                                                  \
    static struct found kind##_take_list(mct_##kind##_token_list *list)                                                \
    {                                                                                                                  \
        struct found found = {{0}, 0};                                                                                 \
        CHECK(mct_##kind##_token_list_len(list) <= MOST);                                                              \
        for (size_t i = 0; i < mct_##kind##_token_list_len(list) && i < MOST; i++)                                     \
            found.id[found.count++] = mct_##kind##_token_id(mct_##kind##_token_list_get(list, i));                     \
        mct_##kind##_token_list_free(list);                                                                            \
        return found;                                                                                                  \
    }                                                                                                                  \
    static struct found kind##_find(mct_client *client, const char *label, const char *const *streams, int64_t since)  \
    {                                                                                                                  \
        mct_##kind##_token_spec *spec = kind##_spec(label, streams);                                                   \
        mct_##kind##_token_list *list = NULL;                                                                          \
        mct_call *call = NULL;                                                                                         \
        OK(mct_##kind##_token_find_created(client, spec, since, &list, &failure));                                     \
        struct found found = kind##_take_list(list);                                                                   \
        OK(mct_##kind##_token_find_created_start(client, spec, since, NULL, &call, &failure));                         \
        mct_##kind##_token_spec_free(spec);                                                                            \
        OK(mct_call_wait(call, UINT32_MAX, &failure));                                                                 \
        OK(mct_call_take_##kind##_token_list(call, &list, &failure));                                                  \
        struct found again = kind##_take_list(list);                                                                   \
        check_found(again, found.id, found.count);                                                                     \
        mct_call_free(call);                                                                                           \
        return found;                                                                                                  \
    }                                                                                                                  \
    static int64_t kind##_added_on(mct_client *client, uint64_t id)                                                    \
    {                                                                                                                  \
        mct_##kind##_token *token = NULL;                                                                              \
        int64_t added_on = 0;                                                                                          \
        OK(mct_##kind##_token_read(client, id, &token, &failure));                                                     \
        CHECK(mct_##kind##_token_added_on(token, &added_on));                                                          \
        mct_##kind##_token_free(token);                                                                                \
        return added_on;                                                                                               \
    }

DEFINE_KIND(publish)
DEFINE_KIND(subscribe)

static const struct kind kinds[] = {
    {publish_create, publish_delete, publish_lose, publish_find, publish_added_on},
    {subscribe_create, subscribe_delete, subscribe_lose, subscribe_find, subscribe_added_on},
};

#define FOR_BOTH_KINDS(kind) for (const struct kind *kind = kinds; kind < kinds + 2; kind++)
#define STREAMS(...) ((const char *const[]){__VA_ARGS__, NULL})

static int64_t a_moment_ago(void)
{
    return (int64_t)time(NULL) - 1;
}

static void what_a_lost_create_left_is_found(void)
{
    const char *const *const all_streams[] = {STREAMS("camera"), STREAMS("~room-.*"), STREAMS("~.*"),
                                              STREAMS("camera", "~room-[0-9]+")};
    mct_client *client = api_client(NULL, NULL);
    FOR_BOTH_KINDS(kind)
        for (size_t i = 0; i < sizeof all_streams / sizeof *all_streams; i++) {
            struct thief thief;
            struct unique label = api_unique("lost");
            thief_start(&thief);
            mct_client *robbed = api_client(thief.url, NULL);
            int64_t since = a_moment_ago();
            CHECK_NUMBER(kind->find(client, label.text, all_streams[i], since).count, 0);
            CHECK_NUMBER(kind->lose(robbed, label.text, all_streams[i]), MCT_OUTCOME_UNKNOWN);
            thief_stop(&thief);
            mct_client_free(robbed);
            struct found found = kind->find(client, label.text, all_streams[i], since);
            CHECK_NUMBER(found.count, 1);
            kind->delete(client, found.id[0]);
            CHECK_NUMBER(kind->find(client, label.text, all_streams[i], since).count, 0);
        }
    mct_client_free(client);
}

static void others_are_not_found(void)
{
    mct_client *client = api_client(NULL, NULL);
    FOR_BOTH_KINDS(kind) {
        struct unique label = api_unique("lost"), longer = api_unique(label.text);
        int64_t since = a_moment_ago();
        const uint64_t ids[] = {
            kind->create(client, label.text, STREAMS("camera", "stage")),
            kind->create(client, label.text, STREAMS("camera")),
            kind->create(client, label.text, STREAMS("camera", "stage", "third")),
            kind->create(client, label.text, STREAMS("camera", "~stage")),
            kind->create(client, label.text, STREAMS("camera", "Stage")),
            kind->create(client, label.text, STREAMS("~.*")),
            kind->create(client, longer.text, STREAMS("camera", "stage")),
            kind->create(client, "c-call", STREAMS("camera", "stage")),
        };
        check_found(kind->find(client, label.text, STREAMS("camera", "stage"), since), &ids[0], 1);
        check_found(kind->find(client, label.text, STREAMS("camera"), since), &ids[1], 1);
        check_found(kind->find(client, label.text, STREAMS("~stage", "camera"), since), &ids[3], 1);
        check_found(kind->find(client, label.text, STREAMS("~.*"), since), &ids[5], 1);
        check_found(kind->find(client, longer.text, STREAMS("camera", "stage"), since), &ids[6], 1);
        check_found(kind->find(client, label.text, STREAMS("stage"), since), NULL, 0);
        check_found(kind->find(client, label.text, STREAMS("~camera"), since), NULL, 0);
        for (size_t i = 0; i < sizeof ids / sizeof *ids; i++)
            kind->delete(client, ids[i]);
    }
    mct_client_free(client);
}

static void stop_clock(int64_t now)
{
    char json[64];
    snprintf(json, sizeof json, "{\"now\":%lld}", (long long)now);
    CHECK(api_control("clock", json));
}

/* By the API's clock, which is stopped here; in between others are made. */
static void the_newest_is_first_and_the_oldest_is_left_out(void)
{
    mct_client *client = api_client(NULL, NULL);
    const int64_t now = (int64_t)time(NULL);
    FOR_BOTH_KINDS(kind) {
        struct unique label = api_unique("lost");
        uint64_t newest_first[5], others[5];
        for (int i = 4; i >= 0; i--) {
            stop_clock(now - 100 * i);
            newest_first[i] = kind->create(client, label.text, STREAMS("camera"));
            others[i] = kind->create(client, label.text, STREAMS("another"));
            CHECK_NUMBER(kind->added_on(client, newest_first[i]), now - 100 * i);
        }
        check_found(kind->find(client, label.text, STREAMS("camera"), 0), newest_first, 5);
        check_found(kind->find(client, label.text, STREAMS("camera"), INT64_MIN), newest_first, 5);
        check_found(kind->find(client, label.text, STREAMS("camera"), now - 200), newest_first, 3);
        check_found(kind->find(client, label.text, STREAMS("camera"), now - 199), newest_first, 2);
        check_found(kind->find(client, label.text, STREAMS("camera"), now), newest_first, 1);
        check_found(kind->find(client, label.text, STREAMS("camera"), now + 1), NULL, 0);
        check_found(kind->find(client, label.text, STREAMS("camera"), INT64_MAX), NULL, 0);
        for (int i = 0; i < 5; i++) {
            kind->delete(client, newest_first[i]);
            kind->delete(client, others[i]);
        }
    }
    CHECK(api_control("clock", "{\"now\":null}"));
    mct_client_free(client);
}

/* A request for each page that has what is new enough, and none behind it. */
static void no_more_is_read_than_is_needed(void)
{
    const char *answer = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 96\r\n\r\n"
                         "{\"status\":\"success\",\"data\":[{\"id\":1,\"label\":\"a\","
                         "\"addedOn\":\"2026-01-01T00:00:00Z\",\"streams\":[]}]}";
    struct server *server = server_start(BE_ANSWERING, answer);
    mct_client *client = api_client(server_url(server), NULL);
    mct_publish_token_spec *spec = publish_spec("a", STREAMS("camera"));
    mct_publish_token_list *list = NULL;
    OK(mct_publish_token_find_created(client, spec, INT64_C(1767268800), &list, &failure));
    CHECK_NUMBER(mct_publish_token_list_len(list), 0);
    char *received = server_received(server), *first = strstr(received, "GET ");
    CHECK(first != NULL && strstr(first + 1, "GET ") == NULL);
    CHECK(strstr(received, "POST ") == NULL);
    free(received);
    mct_publish_token_list_free(list);
    mct_publish_token_spec_free(spec);
    mct_client_free(client);
    server_stop(server);
}

static void null_is_refused(void)
{
    mct_client *client = api_client("http://127.0.0.1:1", "secret");
    mct_publish_token_spec *publish = publish_spec("label", STREAMS("camera"));
    mct_subscribe_token_spec *subscribe = subscribe_spec("label", STREAMS("camera"));
    mct_publish_token_list *publish_list = NULL;
    mct_subscribe_token_list *subscribe_list = NULL;
    REFUSES_OUT(publish_list, MCT_ERR_NULL_ARGUMENT, NULL, mct_publish_token_find_created, NULL, publish, 0,
                &publish_list);
    REFUSES_OUT(publish_list, MCT_ERR_NULL_ARGUMENT, NULL, mct_publish_token_find_created, client, NULL, 0,
                &publish_list);
    REFUSES(MCT_ERR_NULL_ARGUMENT, NULL, mct_publish_token_find_created, client, publish, 0, NULL);
    REFUSES_OUT(subscribe_list, MCT_ERR_NULL_ARGUMENT, NULL, mct_subscribe_token_find_created, NULL, subscribe, 0,
                &subscribe_list);
    REFUSES_OUT(subscribe_list, MCT_ERR_NULL_ARGUMENT, NULL, mct_subscribe_token_find_created, client, NULL, 0,
                &subscribe_list);
    REFUSES(MCT_ERR_NULL_ARGUMENT, NULL, mct_subscribe_token_find_created, client, subscribe, 0, NULL);
    REFUSES_OUT(publish_list, MCT_ERR_CONNECT, NULL, mct_publish_token_find_created, client, publish, 0,
                &publish_list);
    mct_publish_token_spec_free(publish);
    mct_subscribe_token_spec_free(subscribe);
    mct_client_free(client);
}

const struct test find_created_tests[] = {
    {"what a create left whose answer was lost is found by its label and streams, patterns too",
     what_a_lost_create_left_is_found},
    {"what has another label or other streams is not found in the place of a lost create", others_are_not_found},
    {"of what a create may have left the newest is first, and what is older than asked for is left out",
     the_newest_is_first_and_the_oldest_is_left_out},
    {"looking for a lost create reads no further back than asked for", no_more_is_read_than_is_needed},
    {"looking for a lost create refuses NULL", null_is_refused},
    {NULL, NULL},
};

/* Lists by pages, as a whole and walked, of both kinds of token. */

#include "families.h"

#define MOST 32

struct ids {
    uint64_t id[MOST];
    size_t count;
};

static void add(struct ids *ids, uint64_t id)
{
    if (CHECK(ids->count < MOST))
        ids->id[ids->count++] = id;
}

static void check_ids(struct ids got, const uint64_t *wanted, size_t count)
{
    CHECK_NUMBER(got.count, count);
    for (size_t i = 0; i < got.count && i < count; i++)
        CHECK_NUMBER(got.id[i], wanted[i]);
}

/* The calls of a kind of token, so that a test holds for both. */
struct kind {
    uint64_t (*create)(mct_client *client, const char *label, const char *stream);
    void (*delete)(mct_client *client, uint64_t id);
    struct ids (*page)(mct_client *client, const mct_list_options *options);
    struct ids (*all)(mct_client *client, const mct_list_options *options);
    struct ids (*walk)(mct_client *client, const mct_list_options *options);
    struct ids (*walk_and_move)(mct_client *client, const mct_list_options *options, const char *label);
    void (*refuse)(mct_client *client, const mct_list_options *options, const char *field);
    void (*refuse_too_many_pages)(mct_client *client, const mct_list_options *options);
};

#define LIST_TO_IDS(kind, call)                                                                                        \
    do {                                                                                                               \
        mct_##kind##_token_list *list = NULL;                                                                          \
        OK(mct_##kind##_token_##call(client, options, &list, &failure));                                               \
        for (size_t i = 0; i < mct_##kind##_token_list_len(list); i++)                                                 \
            add(&ids, mct_##kind##_token_id(mct_##kind##_token_list_get(list, i)));                                    \
        CHECK(mct_##kind##_token_list_get(list, mct_##kind##_token_list_len(list)) == NULL);                           \
        CHECK(mct_##kind##_token_list_get(list, SIZE_MAX) == NULL);                                                    \
        mct_##kind##_token_list_free(list);                                                                            \
    } while (0)

/* The end is the end, also when it is asked for again. */
#define CHECK_OVER(kind, iter)                                                                                         \
    do {                                                                                                               \
        mct_##kind##_token *none = harness_poison();                                                                   \
        OK(mct_##kind##_token_iter_next(iter, &none, &failure));                                                       \
        CHECK(none == NULL);                                                                                           \
    } while (0)

#define DEFINE_KIND(kind)                                                                                              \
    static uint64_t kind##_create(mct_client *client, const char *label, const char *stream)                           \
    {                                                                                                                  \
        mct_##kind##_token_spec *spec = NULL;                                                                          \
        mct_##kind##_token *token = NULL;                                                                              \
        OK(mct_##kind##_token_spec_new(label, &spec, &failure));                                                       \
        OK(mct_##kind##_token_spec_add_stream(spec, stream, false, &failure));                                         \
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
    static struct ids kind##_page(mct_client *client, const mct_list_options *options)                                 \
    {                                                                                                                  \
        struct ids ids = {{0}, 0};                                                                                     \
        LIST_TO_IDS(kind, list_page);                                                                                  \
        return ids;                                                                                                    \
    }                                                                                                                  \
    static struct ids kind##_all(mct_client *client, const mct_list_options *options)                                  \
    {                                                                                                                  \
        struct ids ids = {{0}, 0};                                                                                     \
        LIST_TO_IDS(kind, list_all);                                                                                   \
        return ids;                                                                                                    \
    }                                                                                                                  \
    /* With a label one of that label is made at each step, and every third token that is met is deleted. */           \
    static struct ids kind##_walk_and_move(mct_client *client, const mct_list_options *options, const char *label)     \
    {                                                                                                                  \
        struct ids ids = {{0}, 0};                                                                                     \
        mct_##kind##_token_iter *iter = NULL;                                                                          \
        mct_##kind##_token *token = NULL;                                                                              \
        OK(mct_##kind##_token_iter_new(client, options, &iter, &failure));                                             \
        while (OK(mct_##kind##_token_iter_next(iter, &token, &failure)) && token != NULL) {                            \
            add(&ids, mct_##kind##_token_id(token));                                                                   \
            if (label != NULL)                                                                                         \
                kind##_create(client, label, "camera");                                                                \
            if (label != NULL && ids.count % 3 == 1)                                                                   \
                kind##_delete(client, mct_##kind##_token_id(token));                                                   \
            mct_##kind##_token_free(token);                                                                            \
        }                                                                                                              \
        CHECK_OVER(kind, iter);                                                                                        \
        mct_##kind##_token_iter_free(iter);                                                                            \
        return ids;                                                                                                    \
    }                                                                                                                  \
    static struct ids kind##_walk(mct_client *client, const mct_list_options *options)                                 \
    {                                                                                                                  \
        return kind##_walk_and_move(client, options, NULL);                                                            \
    }                                                                                                                  \
    static void kind##_refuse(mct_client *client, const mct_list_options *options, const char *field)                  \
    {                                                                                                                  \
        mct_##kind##_token_list *list = NULL;                                                                          \
        mct_##kind##_token_iter *iter = NULL;                                                                          \
        REFUSES_OUT(list, MCT_ERR_INVALID_ARGUMENT, field, mct_##kind##_token_list_page, client, options, &list);      \
        REFUSES_OUT(list, MCT_ERR_INVALID_ARGUMENT, field, mct_##kind##_token_list_all, client, options, &list);       \
        REFUSES_OUT(iter, MCT_ERR_INVALID_ARGUMENT, field, mct_##kind##_token_iter_new, client, options, &iter);       \
    }                                                                                                                  \
    static void kind##_refuse_too_many_pages(mct_client *client, const mct_list_options *options)                      \
    {                                                                                                                  \
        mct_##kind##_token_list *list = NULL;                                                                          \
        mct_##kind##_token_iter *iter = NULL;                                                                          \
        mct_##kind##_token *token = NULL;                                                                              \
        mct_status status;                                                                                             \
        REFUSES_OUT(list, MCT_ERR_PROTOCOL, ANY_FIELD, mct_##kind##_token_list_all, client, options, &list);           \
        OK(mct_##kind##_token_iter_new(client, options, &iter, &failure));                                             \
        while ((status = mct_##kind##_token_iter_next(iter, &token, NULL)) == MCT_OK && token != NULL)                 \
            mct_##kind##_token_free(token);                                                                            \
        CHECK_STATUS(status, MCT_ERR_PROTOCOL);                                                                        \
        CHECK(token == NULL);                                                                                          \
        mct_##kind##_token_iter_free(iter);                                                                            \
    }

#define KIND(kind)                                                                                                     \
    {kind##_create, kind##_delete, kind##_page, kind##_all, kind##_walk, kind##_walk_and_move, kind##_refuse,          \
     kind##_refuse_too_many_pages}

DEFINE_KIND(publish)
DEFINE_KIND(subscribe)

static const struct kind kinds[] = {KIND(publish), KIND(subscribe)};

#define FOR_BOTH_KINDS(kind) for (const struct kind *kind = kinds; kind < kinds + 2; kind++)

/* Some tokens, in the order of their labels, and options for those alone. */
struct shelf {
    mct_client *client;
    const struct kind *kind;
    mct_list_options *options;
    struct unique prefix;
    struct ids ids;
};

static void shelf_fill(struct shelf *shelf, const struct kind *kind, int count)
{
    char label[80];
    memset(shelf, 0, sizeof *shelf);
    shelf->client = api_client(NULL, NULL);
    shelf->kind = kind;
    shelf->prefix = api_unique("shelf");
    OK(mct_list_options_new(&shelf->options, &failure));
    OK(mct_list_options_set_name(shelf->options, shelf->prefix.text, MCT_FILTER_BY_TOKEN_NAME, &failure));
    for (int i = 0; i < count; i++) {
        snprintf(label, sizeof label, "%s/%d", shelf->prefix.text, i);
        add(&shelf->ids, kind->create(shelf->client, label, "camera"));
    }
}

static void shelf_clear(struct shelf *shelf)
{
    OK(mct_list_options_set_page(shelf->options, 1, &failure));
    OK(mct_list_options_set_items_on_page(shelf->options, 100, &failure));
    struct ids left = shelf->kind->page(shelf->client, shelf->options);
    for (size_t i = 0; i < left.count; i++)
        shelf->kind->delete(shelf->client, left.id[i]);
    mct_list_options_free(shelf->options);
    mct_client_free(shelf->client);
}

static void whole_lists_have_every_page_in_order(void)
{
    const uint32_t sizes[] = {1, 3, 7, 100};
    FOR_BOTH_KINDS(kind) {
        struct shelf shelf;
        shelf_fill(&shelf, kind, 7);
        for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
            OK(mct_list_options_set_items_on_page(shelf.options, sizes[i], &failure));
            check_ids(kind->all(shelf.client, shelf.options), shelf.ids.id, 7);
            check_ids(kind->walk(shelf.client, shelf.options), shelf.ids.id, 7);
        }
        shelf_clear(&shelf);
    }
}

static void whole_lists_begin_with_the_page_of_the_options(void)
{
    FOR_BOTH_KINDS(kind) {
        struct shelf shelf;
        shelf_fill(&shelf, kind, 7);
        OK(mct_list_options_set_items_on_page(shelf.options, 3, &failure));
        OK(mct_list_options_set_page(shelf.options, 2, &failure));
        check_ids(kind->page(shelf.client, shelf.options), shelf.ids.id + 3, 3);
        check_ids(kind->all(shelf.client, shelf.options), shelf.ids.id + 3, 4);
        check_ids(kind->walk(shelf.client, shelf.options), shelf.ids.id + 3, 4);
        OK(mct_list_options_set_page(shelf.options, 9, &failure));
        check_ids(kind->page(shelf.client, shelf.options), NULL, 0);
        check_ids(kind->all(shelf.client, shelf.options), NULL, 0);
        check_ids(kind->walk(shelf.client, shelf.options), NULL, 0);
        shelf_clear(&shelf);
    }
}

static void whole_lists_are_sorted_as_the_options_say(void)
{
    FOR_BOTH_KINDS(kind) {
        struct shelf shelf;
        uint64_t newest_first[5];
        shelf_fill(&shelf, kind, 5);
        for (size_t i = 0; i < 5; i++)
            newest_first[i] = shelf.ids.id[4 - i];
        OK(mct_list_options_set_items_on_page(shelf.options, 2, &failure));
        OK(mct_list_options_set_sort_by(shelf.options, MCT_SORT_BY_ADDED_ON, &failure));
        OK(mct_list_options_set_descending(shelf.options, true, &failure));
        check_ids(kind->all(shelf.client, shelf.options), newest_first, 5);
        check_ids(kind->walk(shelf.client, shelf.options), newest_first, 5);
        shelf_clear(&shelf);
    }
}

static void pages_are_limited(void)
{
    FOR_BOTH_KINDS(kind) {
        struct shelf shelf;
        shelf_fill(&shelf, kind, 7);
        OK(mct_list_options_set_items_on_page(shelf.options, 2, &failure));
        OK(mct_list_options_set_max_pages(shelf.options, 2, &failure));
        kind->refuse_too_many_pages(shelf.client, shelf.options);
        OK(mct_list_options_set_items_on_page(shelf.options, 100, &failure));
        check_ids(kind->all(shelf.client, shelf.options), shelf.ids.id, 7);
        shelf_clear(&shelf);
    }
}

/* What is made stands in front of what was read, what is deleted too: both move the pages that follow. */
static void walks_meet_each_token_once(void)
{
    FOR_BOTH_KINDS(kind) {
        struct shelf shelf;
        char label[80];
        shelf_fill(&shelf, kind, 9);
        snprintf(label, sizeof label, "%s-in-front", shelf.prefix.text);
        OK(mct_list_options_set_items_on_page(shelf.options, 2, &failure));
        check_ids(kind->walk_and_move(shelf.client, shelf.options, label), shelf.ids.id, 9);
        CHECK_NUMBER(kind->all(shelf.client, shelf.options).count, 9 + 9 - 3);
        shelf_clear(&shelf);
    }
}

static void names_are_looked_for_where_the_options_say(void)
{
    FOR_BOTH_KINDS(kind) {
        mct_client *client = api_client(NULL, NULL);
        mct_list_options *options = NULL;
        struct unique mark = api_unique("mark");
        uint64_t both[2];
        both[0] = kind->create(client, mark.text, "another");
        both[1] = kind->create(client, "z-another", mark.text);
        OK(mct_list_options_new(&options, &failure));
        OK(mct_list_options_set_name(options, mark.text, MCT_FILTER_BY_TOKEN_NAME, &failure));
        check_ids(kind->all(client, options), both, 1);
        OK(mct_list_options_set_name(options, mark.text, MCT_FILTER_BY_STREAM_NAME, &failure));
        check_ids(kind->all(client, options), both + 1, 1);
        OK(mct_list_options_set_name(options, mark.text, MCT_FILTER_BY_TOKEN_OR_STREAM_NAME, &failure));
        check_ids(kind->page(client, options), both, 2);
        check_ids(kind->walk(client, options), both, 2);
        kind->delete(client, both[0]);
        kind->delete(client, both[1]);
        mct_list_options_free(options);
        mct_client_free(client);
    }
}

static void publish_tokens_are_listed_by_cluster(void)
{
    mct_client *client = api_client(NULL, NULL);
    mct_publish_token_spec *spec = NULL;
    mct_publish_token *token = NULL;
    mct_list_options *options = NULL;
    struct unique cluster = api_unique("cluster");
    OK(mct_publish_token_spec_new("c-test", &spec, &failure));
    OK(mct_publish_token_spec_add_stream(spec, "camera", false, &failure));
    OK(mct_publish_token_spec_set_origin_cluster(spec, cluster.text, &failure));
    OK(mct_publish_token_create(client, spec, &token, &failure));
    uint64_t id = mct_publish_token_id(token);
    OK(mct_list_options_new(&options, &failure));
    OK(mct_list_options_set_cluster(options, cluster.text, &failure));
    check_ids(publish_page(client, options), &id, 1);
    check_ids(publish_all(client, options), &id, 1);
    check_ids(publish_walk(client, options), &id, 1);
    subscribe_refuse(client, options, "cluster");
    publish_delete(client, id);
    mct_list_options_free(options);
    mct_publish_token_free(token);
    mct_publish_token_spec_free(spec);
    mct_client_free(client);
}

static void a_name_and_a_cluster_exclude_each_other(void)
{
    struct server *server = server_start(BE_SILENT, NULL);
    mct_client *client = api_client(server_url(server), NULL);
    mct_list_options *options = NULL;
    OK(mct_list_options_new(&options, &failure));
    OK(mct_list_options_set_cluster(options, "auto", &failure));
    OK(mct_list_options_set_name(options, "name", MCT_FILTER_BY_TOKEN_NAME, &failure));
    FOR_BOTH_KINDS(kind)
        kind->refuse(client, options, "cluster");
    char *received = server_received(server);
    CHECK_TEXT(received, "");
    free(received);
    mct_list_options_free(options);
    mct_client_free(client);
    server_stop(server);
}

/* Token `wanted` is the next one; 0: there is none. */
#define CHECK_NEXT(iter, wanted)                                                                                       \
    do {                                                                                                               \
        mct_publish_token *token = NULL;                                                                               \
        OK(mct_publish_token_iter_next(iter, &token, &failure));                                                       \
        CHECK_NUMBER(mct_publish_token_id(token), wanted);                                                             \
        mct_publish_token_free(token);                                                                                 \
    } while (0)

static void walks_read_a_page_when_it_is_needed(void)
{
    struct server *server = server_start(BE_ANSWERING, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
                                                       "Content-Length: 47\r\n\r\n"
                                                       "{\"status\":\"success\",\"data\":[{\"id\":1},{\"id\":2}]}");
    mct_client *client = api_client(server_url(server), NULL);
    mct_publish_token_iter *iter = NULL;
    OK(mct_publish_token_iter_new(client, NULL, &iter, &failure));
    char *received = server_received(server);
    CHECK_TEXT(received, "");
    free(received);
    CHECK_NEXT(iter, 1);
    CHECK(server_wait(server, 1));
    /* Nobody answers any more: what comes was read already, and whether there is more can't be told. */
    server_stop(server);
    CHECK_NEXT(iter, 2);
    mct_publish_token *token = NULL;
    REFUSES_OUT(token, MCT_ERR_CONNECT, NULL, mct_publish_token_iter_next, iter, &token);
    mct_publish_token_iter_free(iter);
    mct_client_free(client);
}

static void walks_go_on_after_an_error(void)
{
    struct shelf shelf;
    mct_publish_token_iter *iter = NULL;
    mct_publish_token *token = NULL;
    shelf_fill(&shelf, &kinds[0], 3);
    OK(mct_list_options_set_items_on_page(shelf.options, 1, &failure));
    OK(mct_publish_token_iter_new(shelf.client, shelf.options, &iter, &failure));
    /* It has a copy. */
    OK(mct_list_options_set_name(shelf.options, "another", MCT_FILTER_BY_STREAM_NAME, &failure));
    CHECK_NEXT(iter, shelf.ids.id[0]);
    mct_client_cancel(shelf.client);
    REFUSES_OUT(token, MCT_ERR_CANCELLED, NULL, mct_publish_token_iter_next, iter, &token);
    mct_client_resume(shelf.client);
    CHECK_NEXT(iter, shelf.ids.id[1]);
    CHECK_NEXT(iter, shelf.ids.id[2]);
    CHECK_NEXT(iter, 0);
    mct_publish_token_iter_free(iter);
    OK(mct_list_options_set_name(shelf.options, shelf.prefix.text, MCT_FILTER_BY_TOKEN_NAME, &failure));
    shelf_clear(&shelf);
}

static void walks_outlive_their_client(void)
{
    struct shelf shelf;
    mct_client *client = api_client(NULL, NULL);
    mct_publish_token_iter *iter = NULL;
    mct_publish_token *token = NULL;
    shelf_fill(&shelf, &kinds[0], 2);
    OK(mct_list_options_set_items_on_page(shelf.options, 1, &failure));
    OK(mct_publish_token_iter_new(client, shelf.options, &iter, &failure));
    CHECK_NEXT(iter, shelf.ids.id[0]);
    mct_client_free(client);
    REFUSES_OUT(token, MCT_ERR_CANCELLED, NULL, mct_publish_token_iter_next, iter, &token);
    mct_publish_token_iter_free(iter);
    shelf_clear(&shelf);
}

static void whole_lists_need_no_options(void)
{
    mct_client *client = api_client(NULL, NULL);
    mct_publish_token *token = api_publish_token(client, "c-test", "camera");
    mct_publish_token_list *list = NULL;
    bool found = false;
    OK(mct_publish_token_list_all(client, NULL, &list, &failure));
    for (size_t i = 0; i < mct_publish_token_list_len(list); i++)
        found = found || mct_publish_token_id(mct_publish_token_list_get(list, i)) == mct_publish_token_id(token);
    CHECK(found);
    publish_delete(client, mct_publish_token_id(token));
    mct_publish_token_list_free(list);
    mct_publish_token_free(token);
    mct_client_free(client);
}

const struct test list_tests[] = {
    {"a list that is read whole or walked has the tokens of every page in order", whole_lists_have_every_page_in_order},
    {"a list that is read whole or walked begins with the options' page",
     whole_lists_begin_with_the_page_of_the_options},
    {"a list that is read whole or walked is sorted as the options say", whole_lists_are_sorted_as_the_options_say},
    {"a list of more pages than its options allow is PROTOCOL", pages_are_limited},
    {"a walk meets each token once while tokens come and go", walks_meet_each_token_once},
    {"a name is looked for in labels, in streams or in both", names_are_looked_for_where_the_options_say},
    {"publish tokens are listed by their cluster, and subscribe tokens can't be", publish_tokens_are_listed_by_cluster},
    {"a name and a cluster together are refused before anything is sent", a_name_and_a_cluster_exclude_each_other},
    {"a walk sends nothing before its first step, and reads a page when it is needed",
     walks_read_a_page_when_it_is_needed},
    {"a walk keeps its options, and goes on after an error where it was", walks_go_on_after_an_error},
    {"a walk outlives its client and is CANCELLED then", walks_outlive_their_client},
    {"a whole list needs no options", whole_lists_need_no_options},
    {NULL, NULL},
};

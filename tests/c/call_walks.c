/* Walks of lists by calls without blocking, of both kinds of token. */

#include "ends.h"
#include "families.h"

#define TOKENS 7

#define CHECK_CALL_GIVES(kind, call, wanted)                                                                           \
    do {                                                                                                               \
        mct_##kind##_token *token_of_call = harness_poison();                                                          \
        OK(mct_call_wait(call, UINT32_MAX, &failure));                                                                 \
        OK(mct_call_take_##kind##_token(call, &token_of_call, &failure));                                              \
        CHECK_NUMBER(mct_##kind##_token_id(token_of_call), wanted);                                                    \
        CHECK((token_of_call == NULL) == ((wanted) == 0));                                                             \
        mct_##kind##_token_free(token_of_call);                                                                        \
        mct_call_free(call);                                                                                           \
    } while (0)

static mct_list_options *options_for(const char *label, uint32_t items)
{
    mct_list_options *options = NULL;
    OK(mct_list_options_new(&options, &failure));
    OK(mct_list_options_set_name(options, label, MCT_FILTER_BY_TOKEN_NAME, &failure));
    OK(mct_list_options_set_items_on_page(options, items, &failure));
    return options;
}

/* The tests of a kind of token. `make` fills `ids` with tokens of this label, in the order of a list. */
#define DEFINE_KIND(kind)                                                                                              \
    static void kind##_make(mct_client *client, const char *label, uint64_t ids[TOKENS])                               \
    {                                                                                                                  \
        for (int i = 0; i < TOKENS; i++) {                                                                             \
            mct_##kind##_token_spec *spec = NULL;                                                                      \
            mct_##kind##_token *token = NULL;                                                                          \
            char whole[80];                                                                                            \
            snprintf(whole, sizeof whole, "%s/%d", label, i);                                                          \
            OK(mct_##kind##_token_spec_new(whole, &spec, &failure));                                                   \
            OK(mct_##kind##_token_spec_add_stream(spec, "camera", false, &failure));                                   \
            OK(mct_##kind##_token_create(client, spec, &token, &failure));                                             \
            ids[i] = mct_##kind##_token_id(token);                                                                     \
            mct_##kind##_token_free(token);                                                                            \
            mct_##kind##_token_spec_free(spec);                                                                        \
        }                                                                                                              \
    }                                                                                                                  \
    static void kind##_delete_all(mct_client *client, const uint64_t ids[TOKENS])                                      \
    {                                                                                                                  \
        for (int i = 0; i < TOKENS; i++)                                                                               \
            OK(mct_##kind##_token_delete(client, ids[i], &failure));                                                   \
    }                                                                                                                  \
    /* Started and blocking steps by turns, or (`mixed` false) started ones alone. */                                  \
    static void kind##_walk(mct_client *client, const mct_list_options *list, const uint64_t ids[TOKENS], bool mixed)  \
    {                                                                                                                  \
        mct_##kind##_token_iter *iter = NULL, *blocking = NULL;                                                        \
        OK(mct_##kind##_token_iter_new(client, list, &iter, &failure));                                                \
        OK(mct_##kind##_token_iter_new(client, list, &blocking, &failure));                                            \
        for (int i = 0; i <= TOKENS + 1; i++) { /* the end is the end, also when it is asked for again */              \
            uint64_t wanted = i < TOKENS ? ids[i] : 0;                                                                 \
            mct_##kind##_token *token = harness_poison();                                                              \
            mct_call *call = NULL;                                                                                     \
            OK(mct_##kind##_token_iter_next(blocking, &token, &failure));                                              \
            CHECK_NUMBER(mct_##kind##_token_id(token), wanted);                                                        \
            mct_##kind##_token_free(token);                                                                            \
            if (mixed && i % 2 == 1) {                                                                                 \
                OK(mct_##kind##_token_iter_next(iter, &token, &failure));                                              \
                CHECK_NUMBER(mct_##kind##_token_id(token), wanted);                                                    \
                mct_##kind##_token_free(token);                                                                        \
            } else {                                                                                                   \
                OK(mct_##kind##_token_iter_next_start(iter, NULL, &call, &failure));                                   \
                CHECK_CALL_GIVES(kind, call, wanted);                                                                  \
            }                                                                                                          \
        }                                                                                                              \
        mct_##kind##_token_iter_free(blocking);                                                                        \
        mct_##kind##_token_iter_free(iter);                                                                            \
    }                                                                                                                  \
    static void kind##_walks_alike(void)                                                                               \
    {                                                                                                                  \
        mct_client *client = api_client(NULL, NULL);                                                                   \
        struct unique label = api_unique("walk");                                                                      \
        uint64_t ids[TOKENS];                                                                                          \
        kind##_make(client, label.text, ids);                                                                          \
        for (uint32_t items = 1; items <= 10; items += 3) {                                                            \
            mct_list_options *list = options_for(label.text, items);                                                   \
            kind##_walk(client, list, ids, false);                                                                     \
            kind##_walk(client, list, ids, true);                                                                      \
            mct_list_options_free(list);                                                                               \
        }                                                                                                              \
        kind##_delete_all(client, ids);                                                                                \
        mct_client_free(client);                                                                                       \
    }                                                                                                                  \
    static void kind##_is_in_use(void)                                                                                 \
    {                                                                                                                  \
        struct server *server = server_start(BE_SILENT, NULL);                                                         \
        mct_client *client = api_client(server_url(server), NULL);                                                     \
        mct_##kind##_token_iter *iter = NULL;                                                                          \
        mct_##kind##_token *token = NULL;                                                                              \
        mct_call *call = NULL, *second = NULL;                                                                         \
        OK(mct_##kind##_token_iter_new(client, NULL, &iter, &failure));                                                \
        for (int i = 0; i < 2; i++) { /* after its end it can be used again */                                         \
            OK(mct_##kind##_token_iter_next_start(iter, NULL, &call, &failure));                                       \
            REFUSES_OUT(second, MCT_ERR_INVALID_ARGUMENT, "iter", mct_##kind##_token_iter_next_start, iter, NULL,      \
                        &second);                                                                                      \
            REFUSES_OUT(token, MCT_ERR_INVALID_ARGUMENT, "iter", mct_##kind##_token_iter_next, iter, &token);          \
            CHECK(server_wait(server, (unsigned)i + 1));                                                               \
            REFUSES_OUT(second, MCT_ERR_INVALID_ARGUMENT, "iter", mct_##kind##_token_iter_next_start, iter, NULL,      \
                        &second);                                                                                      \
            CHECK(!mct_call_is_done(call));                                                                            \
            mct_call_cancel(call);                                                                                     \
            ends_as(call, MCT_ERR_CANCELLED, MCT_OUTCOME_UNKNOWN);                                                     \
        }                                                                                                              \
        mct_##kind##_token_iter_free(iter);                                                                            \
        mct_client_free(client);                                                                                       \
        server_stop(server);                                                                                           \
    }                                                                                                                  \
    static void kind##_is_freed_meanwhile(void)                                                                        \
    {                                                                                                                  \
        mct_client *client = api_client(NULL, NULL);                                                                   \
        struct unique label = api_unique("walk");                                                                      \
        mct_list_options *list = options_for(label.text, 2);                                                           \
        uint64_t ids[TOKENS];                                                                                          \
        kind##_make(client, label.text, ids);                                                                          \
        for (int i = 0; i < 20; i++) {                                                                                 \
            mct_##kind##_token_iter *iter = NULL;                                                                      \
            mct_call *call = NULL;                                                                                     \
            OK(mct_##kind##_token_iter_new(client, list, &iter, &failure));                                            \
            OK(mct_##kind##_token_iter_next_start(iter, NULL, &call, &failure));                                       \
            mct_##kind##_token_iter_free(iter);                                                                        \
            CHECK_CALL_GIVES(kind, call, ids[0]);                                                                      \
        }                                                                                                              \
        kind##_delete_all(client, ids);                                                                                \
        mct_list_options_free(list);                                                                                   \
        mct_client_free(client);                                                                                       \
    }                                                                                                                  \
    /* One more error than wanted is a walk that never goes on. */                                                     \
    static void kind##_is_cancelled_in_between(void)                                                                   \
    {                                                                                                                  \
        mct_client *client = api_client(NULL, NULL);                                                                   \
        struct unique label = api_unique("walk");                                                                      \
        mct_list_options *list = options_for(label.text, 100);                                                         \
        mct_##kind##_token_iter *iter = NULL;                                                                          \
        mct_##kind##_token *token = NULL;                                                                              \
        mct_call *call = NULL;                                                                                         \
        uint64_t ids[TOKENS];                                                                                          \
        kind##_make(client, label.text, ids);                                                                          \
        OK(mct_##kind##_token_iter_new(client, list, &iter, &failure));                                                \
        for (int i = 0; i < 3; i++) { /* before the first one too, and with tokens that were read already */           \
            mct_client_cancel(client);                                                                                 \
            mct_client_resume(client);                                                                                 \
            OK(mct_##kind##_token_iter_next_start(iter, NULL, &call, &failure));                                       \
            ends_as(call, MCT_ERR_CANCELLED, MCT_OUTCOME_NOT_SENT);                                                    \
            OK(mct_##kind##_token_iter_next_start(iter, NULL, &call, &failure));                                       \
            CHECK_CALL_GIVES(kind, call, ids[i]);                                                                      \
        }                                                                                                              \
        mct_client_cancel(client);                                                                                     \
        mct_client_resume(client);                                                                                     \
        FAILS(mct_##kind##_token_iter_next(iter, &token, &failure), MCT_ERR_CANCELLED, NULL);                          \
        OK(mct_##kind##_token_iter_next_start(iter, NULL, &call, &failure));                                           \
        CHECK_CALL_GIVES(kind, call, ids[3]);                                                                          \
        mct_##kind##_token_iter_free(iter);                                                                            \
        kind##_delete_all(client, ids);                                                                                \
        mct_list_options_free(list);                                                                                   \
        mct_client_free(client);                                                                                       \
    }                                                                                                                  \
    static void kind##_outlives_its_client(void)                                                                       \
    {                                                                                                                  \
        struct server *server = server_start(BE_SILENT, NULL);                                                         \
        mct_client *client = api_client(server_url(server), NULL);                                                     \
        mct_##kind##_token_iter *iter = NULL;                                                                          \
        mct_##kind##_token *token = NULL;                                                                              \
        mct_call *call = NULL;                                                                                         \
        OK(mct_##kind##_token_iter_new(client, NULL, &iter, &failure));                                                \
        OK(mct_##kind##_token_iter_next_start(iter, NULL, &call, &failure));                                           \
        CHECK(server_wait(server, 1));                                                                                 \
        mct_client_free(client);                                                                                       \
        ends_as(call, MCT_ERR_CANCELLED, MCT_OUTCOME_UNKNOWN);                                                         \
        for (int i = 0; i < 2; i++) {                                                                                  \
            OK(mct_##kind##_token_iter_next_start(iter, NULL, &call, &failure));                                       \
            ends_as(call, MCT_ERR_CANCELLED, MCT_OUTCOME_NOT_SENT);                                                    \
            REFUSES_OUT(token, MCT_ERR_CANCELLED, NULL, mct_##kind##_token_iter_next, iter, &token);                   \
        }                                                                                                              \
        mct_##kind##_token_iter_free(iter);                                                                            \
        server_stop(server);                                                                                           \
    }                                                                                                                  \
    /* A step that is refused takes nothing out of the walk. */                                                        \
    static void kind##_loses_nothing(void)                                                                             \
    {                                                                                                                  \
        mct_client *client = api_client(NULL, NULL);                                                                   \
        struct unique label = api_unique("walk");                                                                      \
        mct_list_options *list = options_for(label.text, 100);                                                         \
        mct_##kind##_token_iter *iter = NULL;                                                                          \
        mct_call *call = NULL;                                                                                         \
        uint64_t ids[TOKENS];                                                                                          \
        kind##_make(client, label.text, ids);                                                                          \
        OK(mct_##kind##_token_iter_new(client, list, &iter, &failure));                                                \
        for (int i = 0; i < TOKENS; i++) {                                                                             \
            REFUSES(MCT_ERR_NULL_ARGUMENT, NULL, mct_##kind##_token_iter_next, iter, NULL);                            \
            REFUSES(MCT_ERR_NULL_ARGUMENT, NULL, mct_##kind##_token_iter_next_start, iter, NULL, NULL);                \
            OK(mct_##kind##_token_iter_next_start(iter, NULL, &call, &failure));                                       \
            CHECK_CALL_GIVES(kind, call, ids[i]);                                                                      \
        }                                                                                                              \
        mct_##kind##_token_iter_free(iter);                                                                            \
        kind##_delete_all(client, ids);                                                                                \
        mct_list_options_free(list);                                                                                   \
        mct_client_free(client);                                                                                       \
    }

DEFINE_KIND(publish)
DEFINE_KIND(subscribe)

#define DEFINE_TEST(name)                                                                                              \
    static void name(void)                                                                                             \
    {                                                                                                                  \
        publish_##name();                                                                                              \
        subscribe_##name();                                                                                            \
    }

DEFINE_TEST(walks_alike)
DEFINE_TEST(is_in_use)
DEFINE_TEST(is_freed_meanwhile)
DEFINE_TEST(is_cancelled_in_between)
DEFINE_TEST(outlives_its_client)
DEFINE_TEST(loses_nothing)

const struct test call_walk_tests[] = {
    {"a walk by calls without blocking meets the tokens of a blocking one, also when both take turns", walks_alike},
    {"a walk can't be used while a call of it is under way, and can afterwards", is_in_use},
    {"a walk may be freed while a call of it is under way, which goes on", is_freed_meanwhile},
    {"a cancel between two calls of a walk ends the next one, once, also when it was taken back",
     is_cancelled_in_between},
    {"a walk by calls without blocking outlives its client and is CANCELLED then", outlives_its_client},
    {"a step of a walk that is refused takes nothing out of it", loses_nothing},
    {NULL, NULL},
};

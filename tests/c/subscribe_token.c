/* What a subscribe token answers. */

#include "families.h"
#include "token_getters.h"

static const char whole_json[] = "{" COMMON_JSON ",\"tracking\":{\"trackingId\":\"group\"}}";

static void every_field_can_be_read(void)
{
    mct_subscribe_token *token = NULL;
    OK(mct_subscribe_token_from_json(whole_json, &token, &failure));
    CHECK_COMMON(subscribe_token, token);
    CHECK_TEXT(mct_subscribe_token_tracking_id(token), "group");
    mct_subscribe_token_free(token);
}

static void nothing_sent_is_nothing(void)
{
    mct_subscribe_token *token = NULL;
    OK(mct_subscribe_token_from_json("{\"id\":5,\"tracking\":null}", &token, &failure));
    CHECK_NUMBER(mct_subscribe_token_id(token), 5);
    CHECK_COMMON_NOT_SENT(subscribe_token, token);
    CHECK_TEXT(mct_subscribe_token_tracking_id(token), NULL);
    mct_subscribe_token_free(token);
}

static void null_answers_like_nothing(void)
{
    CHECK_NUMBER(mct_subscribe_token_id(NULL), 0);
    CHECK_COMMON_NOT_SENT(subscribe_token, NULL);
    CHECK_TEXT(mct_subscribe_token_tracking_id(NULL), NULL);
    CHECK_TEXT(mct_subscribe_token_json(NULL), NULL);
}

static void copy_outlives_the_original(void)
{
    mct_subscribe_token *token = NULL, *copy = NULL;
    OK(mct_subscribe_token_from_json(whole_json, &token, &failure));
    OK(mct_subscribe_token_copy(token, &copy, &failure));
    mct_subscribe_token_free(token);
    CHECK_COMMON(subscribe_token, copy);
    CHECK_TEXT(mct_subscribe_token_tracking_id(copy), "group");
    mct_subscribe_token_free(copy);
}

static void json_makes_the_same_token(void)
{
    mct_subscribe_token *token = NULL, *again = NULL;
    OK(mct_subscribe_token_from_json(whole_json, &token, &failure));
    OK(mct_subscribe_token_from_json(mct_subscribe_token_json(token), &again, &failure));
    mct_subscribe_token_free(token);
    CHECK_COMMON(subscribe_token, again);
    mct_subscribe_token_free(again);
}

static void what_is_no_token_is_refused(void)
{
    const char *const texts[] = {NOT_A_TOKEN};
    mct_subscribe_token *token = NULL;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        if (!CHECK_STATUS(mct_subscribe_token_from_json(texts[i], &token, NULL), MCT_ERR_INVALID_ARGUMENT))
            printf("    with %s\n", texts[i]);
        mct_subscribe_token_free(token);
    }
    REFUSES_OUT(token, MCT_ERR_INVALID_ARGUMENT, "json", mct_subscribe_token_from_json, "{}", &token);
}

const struct test subscribe_token_tests[] = {
    {"every field of a subscribe token can be read", every_field_can_be_read},
    {"a field that was not sent for a subscribe token is none", nothing_sent_is_nothing},
    {"the getters of a subscribe token take NULL", null_answers_like_nothing},
    {"the copy of a subscribe token lives by itself", copy_outlives_the_original},
    {"the JSON of a subscribe token makes the same token again", json_makes_the_same_token},
    {"JSON that is no subscribe token is refused", what_is_no_token_is_refused},
    {NULL, NULL},
};

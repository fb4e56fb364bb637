/* Versions, the names of statuses, and errors as such. */

#include "families.h"

static void version_agrees(void)
{
    char text[32];
    CHECK_NUMBER(mct_version_number(), MCT_VERSION_NUMBER);
    snprintf(text, sizeof text, "%d.%d.%d", MCT_VERSION_MAJOR, MCT_VERSION_MINOR, MCT_VERSION_PATCH);
    CHECK_TEXT(mct_version_string(), text);
}

#define NAMED(status) CHECK_TEXT(mct_status_name(status), #status)

static void statuses_have_names(void)
{
    NAMED(MCT_OK);
    NAMED(MCT_ERR_NULL_ARGUMENT);
    NAMED(MCT_ERR_INVALID_UTF8);
    NAMED(MCT_ERR_INVALID_ARGUMENT);
    NAMED(MCT_ERR_UNAUTHORIZED);
    NAMED(MCT_ERR_NOT_FOUND);
    NAMED(MCT_ERR_REJECTED);
    NAMED(MCT_ERR_RATE_LIMITED);
    NAMED(MCT_ERR_SERVER);
    NAMED(MCT_ERR_TIMEOUT);
    NAMED(MCT_ERR_CONNECT);
    NAMED(MCT_ERR_TLS);
    NAMED(MCT_ERR_PROTOCOL);
    NAMED(MCT_ERR_CANCELLED);
    NAMED(MCT_ERR_FORKED);
    NAMED(MCT_ERR_TOKEN_INVALID);
    NAMED(MCT_ERR_BUFFER_TOO_SMALL);
    NAMED(MCT_ERR_PANIC);
    NAMED(MCT_ERR_NOT_READY);
    NAMED(MCT_ERR_SYSTEM);
}

static void unknown_statuses_are_named_so(void)
{
    const mct_status unknown[] = {-1, 20, INT32_MAX, INT32_MIN};
    for (size_t i = 0; i < sizeof unknown / sizeof *unknown; i++)
        CHECK_TEXT(mct_status_name(unknown[i]), "MCT_STATUS_UNKNOWN");
}

static void null_error_answers(void)
{
    CHECK_NUMBER(mct_error_status(NULL), MCT_OK);
    CHECK_TEXT(mct_error_message(NULL), NULL);
    CHECK_TEXT(mct_error_field(NULL), NULL);
    CHECK_NUMBER(mct_error_http_status(NULL), 0);
    CHECK_TEXT(mct_error_details(NULL), NULL);
    CHECK_NUMBER(mct_error_retry_after_ms(NULL), -1);
    CHECK_NUMBER(mct_error_outcome(NULL), MCT_OUTCOME_UNKNOWN);
    CHECK_NUMBER(mct_error_reason(NULL), MCT_REASON_NONE);
    CHECK_NUMBER(mct_error_index(NULL), -1);
}

static void local_error_says_nothing_of_http(void)
{
    mct_claims *claims = NULL;
    mct_error *error = NULL;
    CHECK_STATUS(mct_claims_new("", 60, &claims, &error), MCT_ERR_INVALID_ARGUMENT);
    CHECK_TEXT(mct_error_field(error), "streamName");
    CHECK_NUMBER(mct_error_http_status(error), 0);
    CHECK_TEXT(mct_error_details(error), NULL);
    CHECK_NUMBER(mct_error_retry_after_ms(error), -1);
    CHECK_NUMBER(mct_error_outcome(error), MCT_OUTCOME_NOT_SENT);
    CHECK_NUMBER(mct_error_reason(error), MCT_REASON_NONE);
    CHECK_NUMBER(mct_error_index(error), -1);
    mct_error_free(error);
}

static void success_sets_error_to_null(void)
{
    mct_claims *claims = NULL;
    mct_error *error = harness_poison();
    CHECK_STATUS(mct_claims_new("camera", 60, &claims, &error), MCT_OK);
    CHECK(error == NULL);
    mct_claims_free(claims);
}

const struct test version_and_error_tests[] = {
    {"the library that runs has the version of the header", version_agrees},
    {"every status has the spelling of its constant", statuses_have_names},
    {"a number that is no status is named MCT_STATUS_UNKNOWN", unknown_statuses_are_named_so},
    {"every getter of an error takes NULL", null_error_answers},
    {"an error that was found before sending says so and nothing of HTTP", local_error_says_nothing_of_http},
    {"success sets the caller's error to NULL", success_sets_error_to_null},
    {NULL, NULL},
};

/* The host's log. */

#include "families.h"

struct journal {
    pthread_mutex_t lock;
    mct_client *client;  /* what a callback calls */
    unsigned lines, frees, nested;
    mct_log_level most_detailed;
    bool line_after_free;
};

static void journal_start(struct journal *journal)
{
    memset(journal, 0, sizeof *journal);
    pthread_mutex_init(&journal->lock, NULL);
}

static void write_line(void *user, mct_log_level level, const char *message)
{
    struct journal *journal = user;
    pthread_mutex_lock(&journal->lock);
    journal->lines++;
    if (level > journal->most_detailed)
        journal->most_detailed = level;
    if (journal->frees > 0 || message == NULL || message[0] == '\0')
        journal->line_after_free = true;
    pthread_mutex_unlock(&journal->lock);
}

static void free_journal(void *user)
{
    struct journal *journal = user;
    pthread_mutex_lock(&journal->lock);
    journal->frees++;
    pthread_mutex_unlock(&journal->lock);
}

static void user_is_freed_once_after_the_last_line(void)
{
    struct journal journal;
    mct_client_config *config = api_config(NULL, NULL);
    mct_client *first = NULL, *second = NULL;
    mct_subscribe_token_list *list = NULL;
    journal_start(&journal);
    OK(mct_client_config_set_log(config, MCT_LOG_TRACE, write_line, &journal, free_journal, &failure));
    OK(mct_client_new(config, &first, &failure));
    OK(mct_client_new(config, &second, &failure));
    mct_client_config_free(config);
    CHECK_NUMBER(journal.frees, 0);
    OK(mct_subscribe_token_list_page(first, NULL, &list, &failure));
    mct_subscribe_token_list_free(list);
    CHECK(journal.lines > 0);
    CHECK(journal.most_detailed >= MCT_LOG_INFO);
    mct_client_free(first);
    CHECK_NUMBER(journal.frees, 0);
    OK(mct_subscribe_token_list_page(second, NULL, &list, &failure));
    mct_subscribe_token_list_free(list);
    mct_client_free(second);
    CHECK_NUMBER(journal.frees, 1);
    CHECK(!journal.line_after_free);
}

static void a_second_log_replaces_the_first(void)
{
    struct journal first, second;
    mct_client_config *config = api_config(NULL, NULL);
    journal_start(&first);
    journal_start(&second);
    OK(mct_client_config_set_log(config, MCT_LOG_INFO, write_line, &first, free_journal, &failure));
    OK(mct_client_config_set_log(config, MCT_LOG_INFO, write_line, &second, free_journal, &failure));
    CHECK_NUMBER(first.frees, 1);
    CHECK_NUMBER(second.frees, 0);
    mct_client_config_free(config);
    CHECK_NUMBER(first.frees, 1);
    CHECK_NUMBER(second.frees, 1);
}

static void user_stays_the_callers_when_the_setter_fails(void)
{
    const mct_log_level unknown[] = {0, 6, -1, INT32_MAX};
    struct journal journal;
    mct_client_config *config = api_config(NULL, NULL);
    journal_start(&journal);
    for (size_t i = 0; i < sizeof unknown / sizeof *unknown; i++)
        REFUSES(MCT_ERR_INVALID_ARGUMENT, ANY_FIELD, mct_client_config_set_log, config, unknown[i], write_line,
                &journal, free_journal);
    REFUSES(MCT_ERR_NULL_ARGUMENT, ANY_FIELD, mct_client_config_set_log, config, MCT_LOG_INFO, NULL, &journal,
            free_journal);
    REFUSES(MCT_ERR_NULL_ARGUMENT, ANY_FIELD, mct_client_config_set_log, NULL, MCT_LOG_INFO, write_line, &journal,
            free_journal);
    mct_client_config_free(config);
    CHECK_NUMBER(journal.frees, 0);
}

static void free_user_may_be_null(void)
{
    struct journal journal;
    mct_client_config *config = api_config(NULL, NULL);
    mct_client *client = NULL;
    journal_start(&journal);
    OK(mct_client_config_set_log(config, MCT_LOG_WARN, write_line, &journal, NULL, &failure));
    OK(mct_client_new(config, &client, &failure));
    mct_client_config_free(config);
    mct_client_free(client);
    CHECK_NUMBER(journal.frees, 0);
}

/* How many lines a call to a port where nobody listens gives, and the most detailed of them. */
static unsigned lines_of_a_failed_call(mct_log_level level, mct_log_level *most_detailed)
{
    char url[64];
    struct journal journal;
    mct_client *client = NULL;
    closed_port_url(url, sizeof url);
    mct_client_config *config = api_config(url, NULL);
    journal_start(&journal);
    OK(mct_client_config_set_max_retries(config, 0, &failure));
    OK(mct_client_config_set_log(config, level, write_line, &journal, free_journal, &failure));
    OK(mct_client_new(config, &client, &failure));
    FAILS(mct_subscribe_token_delete(client, 1, &failure), MCT_ERR_CONNECT, NULL);
    mct_client_free(client);
    mct_client_config_free(config);
    CHECK_NUMBER(journal.frees, 1);
    *most_detailed = journal.most_detailed;
    return journal.lines;
}

static void no_line_is_more_detailed_than_asked(void)
{
    mct_log_level most_detailed = 0;
    for (mct_log_level level = MCT_LOG_ERROR; level <= MCT_LOG_TRACE; level++) {
        lines_of_a_failed_call(level, &most_detailed);
        CHECK(most_detailed <= level);
    }
}

static void failed_call_is_an_error_line(void)
{
    mct_log_level most_detailed = 0;
    CHECK(lines_of_a_failed_call(MCT_LOG_ERROR, &most_detailed) > 0);
    CHECK_NUMBER(most_detailed, MCT_LOG_ERROR);
}

/* Calls the API and signs, out of a line; the lines of that call are not followed further. */
static void call_back(void *user, mct_log_level level, const char *message)
{
    struct journal *journal = user;
    mct_subscribe_token_list *list = NULL;
    mct_signer *signer = NULL;
    mct_claims *claims = NULL;
    char *jwt = NULL;
    write_line(user, level, message);
    if (journal->nested > 0)
        return;
    journal->nested++;
    OK(mct_subscribe_token_list_page(journal->client, NULL, &list, &failure));
    mct_subscribe_token_list_free(list);
    OK(mct_signer_new(1, "key", MCT_HS256, &signer, &failure));
    OK(mct_claims_new("camera", 60, &claims, &failure));
    OK(mct_signer_sign(signer, claims, &jwt, NULL, &failure));
    mct_string_free(jwt);
    mct_claims_free(claims);
    mct_signer_free(signer);
}

static void callback_may_call_the_library(void)
{
    struct journal journal;
    mct_client_config *config = api_config(NULL, NULL);
    mct_subscribe_token_list *list = NULL;
    journal_start(&journal);
    /* One place for calls, which the outer call holds. */
    OK(mct_client_config_set_max_connections(config, 1, &failure));
    OK(mct_client_config_set_log(config, MCT_LOG_TRACE, call_back, &journal, free_journal, &failure));
    OK(mct_client_new(config, &journal.client, &failure));
    mct_client_config_free(config);
    OK(mct_subscribe_token_list_page(journal.client, NULL, &list, &failure));
    CHECK_NUMBER(journal.nested, 1);
    mct_subscribe_token_list_free(list);
    mct_client_free(journal.client);
    CHECK_NUMBER(journal.frees, 1);
}

const struct test log_tests[] = {
    {"the log's user is freed once, after the last line of the last client", user_is_freed_once_after_the_last_line},
    {"a second log takes the place of the first and frees its user", a_second_log_replaces_the_first},
    {"the log's user stays the caller's when the setter fails", user_stays_the_callers_when_the_setter_fails},
    {"a log needs no function that frees its user", free_user_may_be_null},
    {"no line is more detailed than was asked for", no_line_is_more_detailed_than_asked},
    {"a call that failed is a line at the level ERROR", failed_call_is_an_error_line},
    {"a log callback may call the library", callback_may_call_the_library},
    {NULL, NULL},
};

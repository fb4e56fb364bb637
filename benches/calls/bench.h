/* What the programs of this folder share. */
#ifndef BENCH_H
#define BENCH_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What the server answers, and what the contestants have to have got. */
#define BODY_LENGTH 600
#define TOKEN_ID 1234567
#define LABEL "Evening show"

#define SECRET "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static inline void demand(int good, const char *what) {
    if (!good) {
        fprintf(stderr, "%s failed\n", what);
        exit(1);
    }
}

#ifdef MILLICAST_TOKENS_H
static inline mct_client *client_of(const char *base_url) {
    mct_client_config *config;
    mct_client *client;
    demand(mct_client_config_new(SECRET, &config, NULL) == MCT_OK, "mct_client_config_new");
    demand(mct_client_config_set_base_url(config, base_url, NULL) == MCT_OK, "the base URL");
    /* A server that is not there is found out once. */
    demand(mct_client_config_set_max_retries(config, 0, NULL) == MCT_OK, "no retries");
    demand(mct_client_new(config, &client, NULL) == MCT_OK, "mct_client_new");
    mct_client_config_free(config);
    return client;
}

static inline void read_token(mct_client *client) {
    mct_publish_token *token;
    mct_error *error = NULL;
    if (mct_publish_token_read(client, TOKEN_ID, &token, &error) != MCT_OK) {
        fprintf(stderr, "mct_publish_token_read: %s\n", mct_error_message(error));
        exit(1);
    }
    demand(mct_publish_token_id(token) == TOKEN_ID && strcmp(mct_publish_token_label(token), LABEL) == 0, "the token");
    mct_publish_token_free(token);
}
#endif

#endif

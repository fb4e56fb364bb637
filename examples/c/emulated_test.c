/*
 * A test of one's own program, against an emulator that it starts: a viewer's token lets the viewer in, and no longer
 * when its time is over.
 *
 *     emulated_test
 *
 * MILLICAST_EMULATOR names the program millicast-emulator where it is not on PATH. Its exit status is 0 when the test
 * passes.
 */

#include "millicast_emulator.h" /* before the others, which -std=c99 makes hide what it needs */

#include <stdio.h>
#include <string.h>

#include "millicast_tokens.h"

/* What stands for the program under test: makes a token for a stream that is good for a minute. */
static mct_subscribe_token *let_viewers_in(const char *url, const char *secret, const char *stream)
{
    mct_client_config *config = NULL;
    mct_client *client = NULL;
    mct_subscribe_token_spec *spec = NULL;
    mct_subscribe_token *token = NULL;
    mct_error *error = NULL;

    if (mct_client_config_new(secret, &config, &error) != MCT_OK
        || mct_client_config_set_base_url(config, url, &error) != MCT_OK
        || mct_client_new(config, &client, &error) != MCT_OK
        || mct_subscribe_token_spec_new("Evening show", &spec, &error) != MCT_OK
        || mct_subscribe_token_spec_add_stream(spec, stream, false, &error) != MCT_OK
        || mct_subscribe_token_spec_set_expires(spec, 60, &error) != MCT_OK
        || mct_subscribe_token_create(client, spec, &token, &error) != MCT_OK)
        fprintf(stderr, "%s: %s\n", mct_status_name(mct_error_status(error)), mct_error_message(error));
    mct_subscribe_token_spec_free(spec);
    mct_client_free(client);
    mct_client_config_free(config);
    mct_error_free(error);
    return token;
}

/* Does the director say this? What it says instead is printed. */
static bool director_says(const millicast_emulator *emulator, const char *wanted, const char *stream, const char *token)
{
    char verdict[256];
    if (millicast_emulator_verdict(emulator, stream, token, verdict, sizeof verdict) == 0
        && strcmp(verdict, wanted) == 0)
        return true;
    fprintf(stderr, "the director says \"%s\" to a viewer of %s, not \"%s\"\n", verdict, stream, wanted);
    return false;
}

/* The emulator's clock is moved, and nothing has to be waited for. */
static bool clock_says(const millicast_emulator *emulator, long long now)
{
    char json[64], answer[256];
    snprintf(json, sizeof json, "{\"now\": %lld}", now);
    if (millicast_emulator_post(emulator, "/_emulator/clock", json, answer, sizeof answer) == 200)
        return true;
    fprintf(stderr, "the emulator's clock can't be set: %s\n", answer);
    return false;
}

static bool viewers_are_let_in_until_their_time_is_over(const millicast_emulator *emulator)
{
    mct_subscribe_token *token = let_viewers_in(emulator->url, emulator->secret, "StageCam");
    const char *text = mct_subscribe_token_value(token);
    int64_t expires_on = 0;
    bool passes = text != NULL && mct_subscribe_token_expires_on(token, &expires_on)
        && director_says(emulator, "admitted", "StageCam", text) && director_says(emulator, "stream", "MainCam", text)
        && clock_says(emulator, expires_on - 1) && director_says(emulator, "admitted", "StageCam", text)
        && clock_says(emulator, expires_on + 1) && director_says(emulator, "token-expired", "StageCam", text);
    mct_subscribe_token_free(token);
    return passes;
}

int main(void)
{
    millicast_emulator emulator;
    char why[512];
    bool passes;

    if (millicast_emulator_start(NULL, &emulator, why, sizeof why) != 0) {
        fprintf(stderr, "%s\n", why);
        return 1;
    }
    passes = viewers_are_let_in_until_their_time_is_over(&emulator);
    millicast_emulator_stop(&emulator);
    puts(passes ? "passed: viewers are let in until their time is over" : "failed");
    return passes ? 0 : 1;
}

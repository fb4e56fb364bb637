#include "api.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "harness.h"
#include "net.h"

const char *api_url(void)
{
    const char *url = getenv("MILLICAST_API_URL");
    return url == NULL ? "http://127.0.0.1:1" : url;
}

const char *api_secret(void)
{
    const char *secret = getenv("MILLICAST_API_SECRET");
    return secret == NULL ? "no-secret" : secret;
}

mct_client_config *api_config(const char *base_url, const char *secret)
{
    mct_client_config *config = NULL;
    OK(mct_client_config_new(secret == NULL ? api_secret() : secret, &config, &failure));
    OK(mct_client_config_set_base_url(config, base_url == NULL ? api_url() : base_url, &failure));
    return config;
}

mct_client *api_client(const char *base_url, const char *secret)
{
    mct_client *client = NULL;
    mct_client_config *config = api_config(base_url, secret);
    OK(mct_client_config_set_max_retries(config, 0, &failure));
    OK(mct_client_new(config, &client, &failure));
    mct_client_config_free(config);
    return client;
}

mct_subscribe_token_spec *api_spec(const char *stream)
{
    mct_subscribe_token_spec *spec = NULL;
    OK(mct_subscribe_token_spec_new("c-test", &spec, &failure));
    OK(mct_subscribe_token_spec_add_stream(spec, stream, false, &failure));
    return spec;
}

mct_subscribe_token_spec *api_large_spec(void)
{
    const size_t size = 8u << 20;
    const char head[] = "{\"ballast\":\"";
    mct_subscribe_token_spec *spec = api_spec("camera");
    char *json = malloc(size + 64);
    if (json == NULL)
        abort();
    memcpy(json, head, strlen(head));
    memset(json + strlen(head), 'x', size);
    memcpy(json + strlen(head) + size, "\"}", 3);
    OK(mct_subscribe_token_spec_merge_json(spec, json, &failure));
    free(json);
    return spec;
}

mct_subscribe_token *api_subscribe_token(mct_client *client, const char *stream)
{
    mct_subscribe_token_spec *spec = api_spec(stream);
    mct_subscribe_token *token = NULL;
    OK(mct_subscribe_token_create(client, spec, &token, &failure));
    mct_subscribe_token_spec_free(spec);
    return token;
}

mct_publish_token *api_publish_token(mct_client *client, const char *label, const char *stream)
{
    mct_publish_token_spec *spec = NULL;
    mct_publish_token *token = NULL;
    OK(mct_publish_token_spec_new(label, &spec, &failure));
    OK(mct_publish_token_spec_add_stream(spec, stream, false, &failure));
    OK(mct_publish_token_create(client, spec, &token, &failure));
    mct_publish_token_spec_free(spec);
    return token;
}

struct unique api_unique(const char *label)
{
    static unsigned count;
    struct unique unique;
    snprintf(unique.text, sizeof unique.text, "%s-%ld-%u", label, (long)getpid(), count++);
    return unique;
}

bool api_control(const char *path, const char *json)
{
    char whole[64];
    snprintf(whole, sizeof whole, "/_emulator/%s", path);
    return http_post(api_url(), whole, NULL, json) == 200;
}

int api_watch(const char *bearer, const char *stream)
{
    char json[256];
    snprintf(json, sizeof json, "{\"streamName\":\"%s\"}", stream);
    return http_post(api_url(), "/api/director/subscribe", bearer, json);
}

mct_signer *api_signer(void)
{
    mct_signer *signer = NULL;
    OK(mct_signer_new(7, "d2e166fdda89824a6c493d8a2af7a075", MCT_HS256, &signer, &failure));
    return signer;
}

mct_signer *api_signer_of(const char *json)
{
    mct_subscribe_token *parent = NULL;
    mct_signer *signer = NULL;
    OK(mct_subscribe_token_from_json(json, &parent, &failure));
    OK(mct_signer_from_token(parent, MCT_HS256, &signer, &failure));
    mct_subscribe_token_free(parent);
    return signer;
}

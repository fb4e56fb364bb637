/*
 * Signs one subscribe token for a viewer, without the network, and prints it.
 *
 *     sign --stream NAME [--lifetime SECONDS] [--token-json FILE]
 *
 * The parent is the subscribe token in FILE, as the API answered it (mct_subscribe_token_json() gives that text), whose
 * rules are then kept to; or, without FILE, MILLICAST_SUBSCRIBE_TOKEN_ID and MILLICAST_SUBSCRIBE_TOKEN in the
 * environment. What is printed lets its holder watch: hand it to the viewer, and to nobody else.
 */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "millicast_tokens.h"

struct request {
    const char *stream;
    const char *token_json;
    uint32_t lifetime;
};

static bool complain(const char *what, const char *about)
{
    fprintf(stderr, "sign: %s%s\n", what, about);
    return false;
}

/* Digits alone, up to `most`. */
static bool read_number(const char *text, unsigned long long most, unsigned long long *number)
{
    errno = 0;
    *number = strtoull(text, NULL, 10);
    return text[0] != '\0' && text[strspn(text, "0123456789")] == '\0' && errno == 0 && *number <= most;
}

static bool read_request(struct request *request, int argc, char **argv)
{
    unsigned long long seconds = 60;
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--stream") == 0 && i + 1 < argc)
            request->stream = argv[++i];
        else if (strcmp(argv[i], "--token-json") == 0 && i + 1 < argc)
            request->token_json = argv[++i];
        else if (strcmp(argv[i], "--lifetime") != 0 || i + 1 >= argc)
            return complain("usage: sign --stream NAME [--lifetime SECONDS] [--token-json FILE]", "");
        else if (!read_number(argv[++i], UINT32_MAX, &seconds))
            return complain("not a number of seconds: ", argv[i]);
    }
    request->lifetime = (uint32_t)seconds;
    return request->stream != NULL || complain("which stream? Give --stream NAME", "");
}

static void wipe(char *bytes, size_t size)
{
    volatile char *byte = bytes; /* volatile, or the compiler leaves the writes out */
    for (size_t i = 0; i < size; i++)
        byte[i] = 0;
}

static mct_status signer_from_file(const char *path, mct_signer **signer, mct_error **why)
{
    static char json[1 << 20];
    mct_subscribe_token *parent = NULL;
    FILE *file = fopen(path, "r");
    if (file == NULL) {
        complain("the token can't be opened: ", strerror(errno));
        return MCT_ERR_SYSTEM;
    }
    setvbuf(file, NULL, _IONBF, 0); /* no copy of the secret in a buffer that nobody wipes */
    json[fread(json, 1, sizeof json - 1, file)] = '\0';
    fclose(file);
    mct_status status = mct_subscribe_token_from_json(json, &parent, why);
    wipe(json, sizeof json);
    if (status == MCT_OK)
        status = mct_signer_from_token(parent, MCT_HS256, signer, why);
    mct_subscribe_token_free(parent);
    return status;
}

static mct_status signer_from_environment(mct_signer **signer, mct_error **why)
{
    unsigned long long id = 0;
    const char *text = getenv("MILLICAST_SUBSCRIBE_TOKEN_ID");
    const char *secret = getenv("MILLICAST_SUBSCRIBE_TOKEN");
    if (text == NULL || secret == NULL || !read_number(text, UINT64_MAX, &id)) {
        complain("set MILLICAST_SUBSCRIBE_TOKEN_ID, a number, and MILLICAST_SUBSCRIBE_TOKEN, or give --token-json", "");
        return MCT_ERR_INVALID_ARGUMENT;
    }
    return mct_signer_new(id, secret, MCT_HS256, signer, why);
}

static mct_status make_signer(const char *token_json, mct_signer **signer, mct_error **why)
{
    return token_json != NULL ? signer_from_file(token_json, signer, why) : signer_from_environment(signer, why);
}

int main(int argc, char **argv)
{
    struct request request = {0};
    mct_error *why = NULL; /* stays NULL when the reason was printed already */
    mct_signer *signer = NULL;
    mct_claims *claims = NULL;
    char *jwt = NULL;
    if (!read_request(&request, argc, argv))
        return EXIT_FAILURE;
    bool done = make_signer(request.token_json, &signer, &why) == MCT_OK
        && mct_claims_new(request.stream, request.lifetime, &claims, &why) == MCT_OK
        && mct_signer_sign(signer, claims, &jwt, NULL, &why) == MCT_OK;
    if (done && (puts(jwt) == EOF || fflush(stdout) == EOF))
        done = complain("the token can't be written: ", strerror(errno));
    if (why != NULL)
        complain("", mct_error_message(why));
    mct_string_free(jwt);
    mct_claims_free(claims);
    mct_signer_free(signer);
    mct_error_free(why);
    return done ? EXIT_SUCCESS : EXIT_FAILURE;
}

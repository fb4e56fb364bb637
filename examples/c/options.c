#include "options.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool complain(const char *what, const char *about)
{
    fprintf(stderr, "guide: %s%s\n", what, about);
    return false;
}

static bool read_file(struct options *options, const char *path)
{
    FILE *file = fopen(path, "r");
    if (file == NULL)
        return complain("the file with the API secret can't be opened: ", strerror(errno));
    setvbuf(file, NULL, _IONBF, 0); /* no copy of the secret in a buffer that nobody wipes */
    size_t length = fread(options->secret, 1, sizeof options->secret - 1, file);
    bool is_read = !ferror(file);
    fclose(file);
    options->secret[length] = '\0';
    options->secret[strcspn(options->secret, "\r\n")] = '\0';
    return is_read || complain("the file with the API secret can't be read", "");
}

static bool read_environment(struct options *options)
{
    const char *secret = getenv("MILLICAST_API_SECRET");
    if (secret == NULL || strlen(secret) >= sizeof options->secret)
        return complain("no API secret: give --api-secret-file or set MILLICAST_API_SECRET", "");
    strcpy(options->secret, secret);
    return true;
}

bool options_read(struct options *options, int argc, char **argv)
{
    const char *secret_file = NULL;
    options->base_url = getenv("MILLICAST_API_URL");
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--base-url") == 0 && i + 1 < argc)
            options->base_url = argv[++i];
        else if (strcmp(argv[i], "--api-secret-file") == 0 && i + 1 < argc)
            secret_file = argv[++i];
        else if (strcmp(argv[i], "--api-secret") == 0 || strncmp(argv[i], "--api-secret=", 13) == 0)
            return complain("every user of the machine sees a secret on the command line; use ",
                            "--api-secret-file or MILLICAST_API_SECRET");
        else
            return complain("usage: guide [--base-url URL] [--api-secret-file FILE]", "");
    }
    return secret_file == NULL ? read_environment(options) : read_file(options, secret_file);
}

void options_wipe(struct options *options)
{
    volatile char *byte = options->secret; /* volatile, or the compiler leaves the writes out */
    for (size_t i = 0; i < sizeof options->secret; i++)
        byte[i] = 0;
}

/* Where the API is and who asks, from the command line and the environment. */

#ifndef OPTIONS_H
#define OPTIONS_H

#include <stdbool.h>

struct options {
    const char *base_url; /* NULL: the platform's own */
    char secret[1024];    /* to be wiped as soon as the client has it */
};

/* Reads --base-url and --api-secret-file, else MILLICAST_API_URL and MILLICAST_API_SECRET. False: it said why. */
bool options_read(struct options *options, int argc, char **argv);

void options_wipe(struct options *options);

#endif

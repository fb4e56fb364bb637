/* Clients for the tests. The emulator's address and secret are in the environment, where run.sh has put them. */

#ifndef API_H
#define API_H

#include "millicast_tokens.h"

const char *api_url(void);
const char *api_secret(void);

/* A configuration for this address, with this secret; NULL takes the emulator's. */
mct_client_config *api_config(const char *base_url, const char *secret);

/* A client of such a configuration that never tries twice. */
mct_client *api_client(const char *base_url, const char *secret);

/* What a subscribe token for `stream` shall be. */
mct_subscribe_token_spec *api_spec(const char *stream);

/* The same with a request of 8 MB: more than the buffers between the two ends hold. */
mct_subscribe_token_spec *api_large_spec(void);

/* Makes one subscribe token for `stream`. NULL when that failed, which is a failed check. */
mct_subscribe_token *api_subscribe_token(mct_client *client, const char *stream);

/* Makes one publish token for `stream`, as the above. */
mct_publish_token *api_publish_token(mct_client *client, const char *label, const char *stream);

/* A text of this label that no other test uses, and no other run of them. */
struct unique {
    char text[64];
};
struct unique api_unique(const char *label);

/* Has the emulator do what only a test may ask for. True when it did. */
bool api_control(const char *path, const char *json);

/* The HTTP status that the director answers a viewer of `stream`. */
int api_watch(const char *bearer, const char *stream);

/* A parent that no server knows, for signing: id 7, stream "camera". */
mct_signer *api_signer(void);

/* Of a parent that is this JSON. */
mct_signer *api_signer_of(const char *json);

#endif

#include <millicast_tokens.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>

static int fail(mct_error *error)
{
    puts(mct_error_message(error));
    mct_error_free(error);
    return 1;
}

static int run(mct_client *client)
{
    mct_error *error = NULL;
    /* BLOCK */
    return 0;
}

int main(void)
{
    mct_client_config *config = NULL;
    mct_client *client = NULL;
    int result = 1;
    if (mct_client_config_new(getenv("MILLICAST_API_SECRET"), &config, NULL) == MCT_OK
        && mct_client_config_set_base_url(config, getenv("MILLICAST_API_URL"), NULL) == MCT_OK
        && mct_client_new(config, &client, NULL) == MCT_OK)
        result = run(client);
    mct_client_free(client);
    mct_client_config_free(config);
    return result;
}

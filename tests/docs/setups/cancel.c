#include <millicast_tokens.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

/* BLOCK */

int main(void)
{
    mct_client_config *config = NULL;
    mct_publish_token_list *page = NULL;
    mct_error *error = NULL;
    mct_status status;
    if (mct_client_config_new(getenv("MILLICAST_API_SECRET"), &config, NULL) != MCT_OK
        || mct_client_config_set_base_url(config, getenv("MILLICAST_API_URL"), NULL) != MCT_OK
        || mct_client_new(config, &client, NULL) != MCT_OK)
        return 1;
    signal(SIGINT, on_interrupt);
    raise(SIGINT);
    status = mct_publish_token_list_page(client, NULL, &page, &error);
    puts(mct_status_name(status));
    mct_error_free(error);
    mct_client_free(client);
    mct_client_config_free(config);
    return 0;
}

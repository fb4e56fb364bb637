/* Ends the process while another thread is in a call. That it ends at all is what run.sh sees to. */

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "millicast_tokens.h"
#include "net.h"

static mct_client *client;

static void *call(void *argument)
{
    mct_subscribe_token_delete(client, 1, NULL);
    return argument;
}

static void report(void)
{
    puts("ok   a process ends while a call is in flight\n1 passed, 0 failed");
    fflush(stdout);
}

static int give_up(const char *why)
{
    printf("FAIL a process ends while a call is in flight: %s\n0 passed, 1 failed\n", why);
    return EXIT_FAILURE;
}

int main(void)
{
    struct server *server = server_start(BE_SILENT, NULL);
    mct_client_config *config = NULL;
    pthread_t thread;
    if (mct_client_config_new("secret", &config, NULL) != MCT_OK
        || mct_client_config_set_base_url(config, server_url(server), NULL) != MCT_OK
        || mct_client_config_set_timeout_ms(config, 600000, NULL) != MCT_OK
        || mct_client_new(config, &client, NULL) != MCT_OK)
        return give_up("no client");
    mct_client_config_free(config);
    if (pthread_create(&thread, NULL, call, NULL) != 0 || !server_wait(server, 1))
        return give_up("no call");
    atexit(report);
    exit(EXIT_SUCCESS);
}

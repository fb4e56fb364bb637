/* Becomes another program, and then ends, while calls without blocking are under way. That it does not hang is what
 * run.sh sees to. */

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "millicast_tokens.h"
#include "net.h"

#define MOST_DESCRIPTORS 256

static void count_nothing(void *user)
{
    (void)user;
}

static void report(void)
{
    puts("ok   a process ends while calls that were started are under way\n2 passed, 0 failed");
    fflush(stdout);
}

static int give_up(const char *why)
{
    printf("FAIL a process with calls under way becomes another, and ends: %s\n0 passed, 1 failed\n", why);
    return EXIT_FAILURE;
}

/* A character for each descriptor: is it open? */
static void note_descriptors(char open[MOST_DESCRIPTORS + 1])
{
    for (int fd = 0; fd < MOST_DESCRIPTORS; fd++)
        open[fd] = fcntl(fd, F_GETFD) < 0 ? '-' : 'o';
    open[MOST_DESCRIPTORS] = '\0';
}

static bool start_calls(struct server *server)
{
    mct_client_config *config = NULL;
    mct_call_options *options = NULL;
    mct_client *client = NULL;
    if (mct_client_config_new("secret", &config, NULL) != MCT_OK
        || mct_client_config_set_base_url(config, server_url(server), NULL) != MCT_OK
        || mct_client_config_set_timeout_ms(config, 600000, NULL) != MCT_OK
        || mct_client_config_set_max_connections(config, 4, NULL) != MCT_OK
        || mct_client_new(config, &client, NULL) != MCT_OK || mct_call_options_new(&options, NULL) != MCT_OK
        || mct_call_options_set_done(options, count_nothing, NULL, NULL, NULL) != MCT_OK)
        return false;
    for (int i = 0; i < 8; i++) { /* more than go out at once */
        mct_call *call = NULL;
        if (mct_subscribe_token_delete_start(client, 1, options, &call, NULL) != MCT_OK || mct_call_fd(call) < 0)
            return false;
    }
    mct_call_options_free(options);
    mct_client_config_free(config);
    return server_wait(server, 4);
}

int main(int argc, char **argv)
{
    char before[MOST_DESCRIPTORS + 1], now[MOST_DESCRIPTORS + 1];
    note_descriptors(now);
    if (argc > 1 && strcmp(argv[1], now) != 0)
        return give_up("a descriptor was inherited");
    if (argc > 1) {
        puts("ok   a process with calls under way becomes another, which inherits nothing of theirs");
        fflush(stdout);
    }
    struct server *server = server_start(BE_SILENT, NULL);
    note_descriptors(before);
    if (!start_calls(server))
        return give_up("no calls");
    if (argc == 1) {
        char *const arguments[] = {argv[0], before, NULL};
        execv(argv[0], arguments);
        return give_up("no other program");
    }
    atexit(report);
    exit(EXIT_SUCCESS);
}

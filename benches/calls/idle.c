/*
 * What clients take while nobody calls: threads of the process, memory and descriptors.
 *
 *     idle BASE_URL
 *
 * Prints a line for each: a name and a number. Linux tells all of it in /proc.
 */
#define _GNU_SOURCE

#include "millicast_tokens.h"

#include "bench.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#define CLIENTS 100

static long number_in(const char *path, const char *name) {
    char line[256];
    long number = -1;
    FILE *file = fopen(path, "r");
    demand(file != NULL, path);
    while (number < 0 && fgets(line, sizeof line, file)) {
        if (strncmp(line, name, strlen(name)) == 0) {
            number = strtol(line + strlen(name), NULL, 10);
        }
    }
    fclose(file);
    demand(number >= 0, name);
    return number;
}

static long threads(void) {
    return number_in("/proc/self/status", "Threads:");
}

/* Not what /proc/self/status says, which lags behind by what each processor has not yet added. */
static long resident_kib(void) {
    return number_in("/proc/self/smaps_rollup", "Rss:");
}

static long descriptors(void) {
    long count = 0;
    DIR *directory = opendir("/proc/self/fd");
    demand(directory != NULL, "/proc/self/fd");
    while (readdir(directory) != NULL) {
        count++;
    }
    closedir(directory);
    return count;
}

static void read_nothing(mct_client *client) {
    mct_publish_token *token;
    demand(mct_publish_token_read(client, TOKEN_ID, &token, NULL) == MCT_ERR_CONNECT, "finding nobody");
}

/* The first client of all is made before: what a process has once is no other client's. */
static void report(const char *name, const char *base_url, void (*call)(mct_client *)) {
    static mct_client *clients[CLIENTS];
    mct_client *first = client_of(base_url);
    call(first);
    long memory = resident_kib(), open = descriptors();
    for (int i = 0; i < CLIENTS; i++) {
        clients[i] = client_of(base_url);
        call(clients[i]);
    }
    printf("%s_kib %.1f\n", name, (double)(resident_kib() - memory) / CLIENTS);
    printf("%s_descriptors %.2f\n", name, (double)(descriptors() - open) / CLIENTS);
    printf("%s_threads %ld\n", name, threads());
    for (int i = 0; i < CLIENTS; i++) {
        mct_client_free(clients[i]);
    }
    mct_client_free(first);
}

/* An address at which nobody listens, for as long as the socket is open that has taken it. */
static int taken(char *base_url, size_t size) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    int holder = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    demand(holder >= 0 && bind(holder, (struct sockaddr *)&address, length) == 0 &&
           getsockname(holder, (struct sockaddr *)&address, &length) == 0, "taking a port");
    snprintf(base_url, size, "https://127.0.0.1:%d", ntohs(address.sin_port));
    return holder;
}

int main(int count, char **arguments) {
    char nobody[64];
    demand(count == 2, "reading the arguments (BASE_URL)");
    report("idle", arguments[1], read_token);
    /* With https:// a client has the system's roots as well. No server here has TLS, so it has no connection. */
    int holder = taken(nobody, sizeof nobody);
    report("idle_https", nobody, read_nothing);
    close(holder);
    return 0;
}

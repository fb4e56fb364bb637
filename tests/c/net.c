#include "net.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define MOST_CONNECTIONS 64
#define TOO_LONG_SECONDS 60

struct connection {
    int fd;
    unsigned answered;
    size_t matched; /* how much of the blank line after the head has come */
};

struct server {
    enum behaviour behaviour;
    const char *answer;
    char url[64];
    int listener, wake[2];
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t came;
    unsigned requests;
    char *received;
    size_t received_length;
    struct connection connections[MOST_CONNECTIONS];
    size_t count, most;
};

static int listen_on_loopback(struct sockaddr_in *address)
{
    socklen_t size = sizeof *address;
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    memset(address, 0, sizeof *address);
    address->sin_family = AF_INET;
    address->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (fd < 0 || bind(fd, (struct sockaddr *)address, sizeof *address) != 0 || listen(fd, 128) != 0
        || getsockname(fd, (struct sockaddr *)address, &size) != 0) {
        perror("no port on loopback");
        abort();
    }
    return fd;
}

static void drop(struct server *server, size_t index, bool reset)
{
    const struct linger at_once = {1, 0};
    if (reset)
        setsockopt(server->connections[index].fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    close(server->connections[index].fd);
    server->connections[index] = server->connections[--server->count];
}

static void keep(struct server *server, const char *bytes, size_t length)
{
    char *larger = realloc(server->received, server->received_length + length + 1);
    if (larger == NULL)
        abort();
    memcpy(larger + server->received_length, bytes, length);
    server->received = larger;
    server->received_length += length;
    larger[server->received_length] = '\0';
}

/* How many heads end within these bytes. A body in which a blank line stands is not sent by these tests. */
static unsigned heads_ended(struct connection *connection, const char *bytes, size_t length)
{
    static const char end[] = "\r\n\r\n";
    unsigned heads = 0;
    for (size_t i = 0; i < length; i++) {
        connection->matched = bytes[i] == end[connection->matched] ? connection->matched + 1 : bytes[i] == '\r';
        if (connection->matched == 4) {
            connection->matched = 0;
            heads++;
        }
    }
    return heads;
}

static void note(struct server *server, const char *bytes, size_t length, unsigned heads)
{
    pthread_mutex_lock(&server->lock);
    keep(server, bytes, length);
    server->requests += heads;
    pthread_cond_broadcast(&server->came);
    pthread_mutex_unlock(&server->lock);
}

static void serve(struct server *server, size_t index)
{
    char bytes[16384];
    struct connection *connection = &server->connections[index];
    ssize_t length = read(connection->fd, bytes, sizeof bytes);
    if (length <= 0) {
        drop(server, index, false);
        return;
    }
    unsigned heads = heads_ended(connection, bytes, (size_t)length);
    note(server, bytes, (size_t)length, heads); /* first: who has an answer can read what was asked */
    bool reset = server->behaviour == BE_RESETTING
        || (server->behaviour == BE_RESETTING_REUSED && connection->answered > 0);
    if (!reset && server->behaviour != BE_SILENT)
        for (unsigned i = 0; i < heads; i++, connection->answered++)
            (void)!send(connection->fd, server->answer, strlen(server->answer), MSG_NOSIGNAL);
    if (reset)
        drop(server, index, true);
}

static void note_most(struct server *server)
{
    pthread_mutex_lock(&server->lock);
    if (server->count > server->most)
        server->most = server->count;
    pthread_mutex_unlock(&server->lock);
}

static void *run(void *argument)
{
    struct server *server = argument;
    struct pollfd polled[MOST_CONNECTIONS + 2];
    for (;;) {
        size_t count = server->count;
        polled[0] = (struct pollfd){server->wake[0], POLLIN, 0};
        polled[1] = (struct pollfd){server->listener, count < MOST_CONNECTIONS ? POLLIN : 0, 0};
        for (size_t i = 0; i < count; i++)
            polled[i + 2] = (struct pollfd){server->connections[i].fd, POLLIN, 0};
        poll(polled, count + 2, -1);
        if (polled[0].revents != 0)
            return NULL;
        for (size_t i = count; i-- > 0;) /* backwards: drop() moves the last one into the gap */
            if (polled[i + 2].revents != 0)
                serve(server, i);
        if (polled[1].revents != 0) {
            int fd = accept(server->listener, NULL, NULL);
            fcntl(fd, F_SETFD, FD_CLOEXEC);
            server->connections[server->count++] = (struct connection){fd, 0, 0};
            note_most(server);
        }
    }
}

struct server *server_start(enum behaviour behaviour, const char *answer)
{
    struct sockaddr_in address;
    sigset_t all, before;
    struct server *server = calloc(1, sizeof *server);
    if (server == NULL || pipe(server->wake) != 0)
        abort();
    server->behaviour = behaviour;
    server->answer = answer;
    server->listener = listen_on_loopback(&address);
    snprintf(server->url, sizeof server->url, "http://127.0.0.1:%d", ntohs(address.sin_port));
    pthread_mutex_init(&server->lock, NULL);
    pthread_cond_init(&server->came, NULL);
    /* The tests' signals are for the tests' threads. */
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    if (pthread_create(&server->thread, NULL, run, server) != 0)
        abort();
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return server;
}

const char *server_url(const struct server *server)
{
    return server->url;
}

static bool has_come(const struct server *server, unsigned requests, const char *text)
{
    return server->requests >= requests
        && (text == NULL || (server->received != NULL && strstr(server->received, text) != NULL));
}

static bool wait_until(struct server *server, unsigned requests, const char *text)
{
    struct timespec end;
    int waited = 0;
    clock_gettime(CLOCK_REALTIME, &end);
    end.tv_sec += TOO_LONG_SECONDS;
    pthread_mutex_lock(&server->lock);
    while (!has_come(server, requests, text) && waited == 0)
        waited = pthread_cond_timedwait(&server->came, &server->lock, &end);
    pthread_mutex_unlock(&server->lock);
    return waited == 0;
}

bool server_wait(struct server *server, unsigned requests)
{
    return wait_until(server, requests, NULL);
}

bool server_wait_for(struct server *server, const char *text)
{
    return wait_until(server, 0, text);
}

char *server_received(struct server *server)
{
    pthread_mutex_lock(&server->lock);
    char *copy = calloc(1, server->received_length + 1);
    if (copy == NULL)
        abort();
    if (server->received_length > 0)
        memcpy(copy, server->received, server->received_length);
    pthread_mutex_unlock(&server->lock);
    return copy;
}

size_t server_most_connections(struct server *server)
{
    pthread_mutex_lock(&server->lock);
    size_t most = server->most;
    pthread_mutex_unlock(&server->lock);
    return most;
}

void server_stop(struct server *server)
{
    if (server == NULL)
        return;
    (void)!write(server->wake[1], "", 1);
    pthread_join(server->thread, NULL);
    while (server->count > 0)
        drop(server, 0, false);
    close(server->listener);
    close(server->wake[0]);
    close(server->wake[1]);
    pthread_mutex_destroy(&server->lock);
    pthread_cond_destroy(&server->came);
    free(server->received);
    free(server);
}

void closed_port_url(char *url, size_t size)
{
    struct sockaddr_in address;
    close(listen_on_loopback(&address));
    snprintf(url, size, "http://127.0.0.1:%d", ntohs(address.sin_port));
}

int http_post(const char *base_url, const char *path, const char *bearer, const char *json)
{
    char request[4096], answer[64] = "";
    struct sockaddr_in address = {.sin_family = AF_INET};
    size_t filled = 0;
    ssize_t length = 1;
    int status = 0, fd = socket(AF_INET, SOCK_STREAM, 0);
    const char *port = strrchr(base_url, ':');
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons((uint16_t)(port == NULL ? 0 : atoi(port + 1)));
    snprintf(request, sizeof request,
             "POST %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n%s%s%sContent-Type: application/json\r\n"
             "Content-Length: %zu\r\n\r\n%s",
             path, bearer == NULL ? "" : "Authorization: Bearer ", bearer == NULL ? "" : bearer,
             bearer == NULL ? "" : "\r\n", strlen(json), json);
    if (connect(fd, (struct sockaddr *)&address, sizeof address) == 0
        && send(fd, request, strlen(request), MSG_NOSIGNAL) == (ssize_t)strlen(request)) {
        while (length > 0 && filled < sizeof answer - 1) {
            length = read(fd, answer + filled, sizeof answer - 1 - filled);
            filled += length > 0 ? (size_t)length : 0;
        }
        if (sscanf(answer, "HTTP/1.1 %d", &status) != 1)
            status = 0;
    }
    close(fd);
    return status;
}

#define _GNU_SOURCE /* RTLD_NEXT, syscall() */

#include "peer.h"

#include <arpa/inet.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static int closed_on_exec(int fd, const char *what)
{
    if (fd < 0 || fcntl(fd, F_SETFD, FD_CLOEXEC) != 0) {
        perror(what);
        abort();
    }
    return fd;
}

int peer_listen(int backlog, unsigned *port)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t size = sizeof address;
    int fd = closed_on_exec(socket(AF_INET, SOCK_STREAM, 0), "socket");
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (bind(fd, (struct sockaddr *)&address, sizeof address) != 0 || listen(fd, backlog) != 0
        || getsockname(fd, (struct sockaddr *)&address, &size) != 0) {
        perror("no port on loopback");
        abort();
    }
    *port = ntohs(address.sin_port);
    return fd;
}

int peer_fill(unsigned port)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    int fd = closed_on_exec(socket(AF_INET, SOCK_STREAM, 0), "socket");
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons((uint16_t)port);
    if (connect(fd, (struct sockaddr *)&address, sizeof address) != 0) {
        perror("connect");
        abort();
    }
    return fd;
}

int peer_accept(int listener)
{
    return closed_on_exec(accept(listener, NULL, NULL), "accept");
}

bool peer_read_head(int fd)
{
    static const char end[] = "\r\n\r\n";
    size_t matched = 0;
    char byte;
    while (matched < 4) {
        if (read(fd, &byte, 1) != 1)
            return false;
        matched = byte == end[matched] ? matched + 1 : byte == '\r';
    }
    return true;
}

bool peer_read(int fd, size_t count)
{
    char byte;
    for (; count > 0; count--)
        if (read(fd, &byte, 1) != 1)
            return false;
    return true;
}

bool peer_send(int fd, const char *text)
{
    return send(fd, text, strlen(text), MSG_NOSIGNAL) == (ssize_t)strlen(text);
}

void peer_drip(int fd)
{
    struct pollfd closing = {fd, POLLIN, 0};
    while (peer_send(fd, " ") && poll(&closing, 1, 1) == 0)
        ;
}

typedef int resolver(const char *, const char *, const struct addrinfo *, struct addrinfo **);

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static bool is_holding;
static unsigned held;

/* Takes the place of the C library's, for the library under test too. */
int getaddrinfo(const char *name, const char *service, const struct addrinfo *hints, struct addrinfo **addresses)
{
    static resolver *real;
    bool is_held = name != NULL && strcmp(name, HELD_NAME) == 0;
    pthread_mutex_lock(&lock);
    if (real == NULL)
        *(void **)&real = dlsym(RTLD_NEXT, "getaddrinfo");
    if (is_held) {
        held++;
        pthread_cond_broadcast(&changed);
        while (is_holding)
            pthread_cond_wait(&changed, &lock);
        held--;
        pthread_cond_broadcast(&changed);
    }
    pthread_mutex_unlock(&lock);
    if (real == NULL)
        abort();
    return real(is_held ? "127.0.0.1" : name, service, hints, addresses);
}

void names_hold(void)
{
    pthread_mutex_lock(&lock);
    is_holding = true;
    pthread_mutex_unlock(&lock);
}

void names_wait(unsigned count)
{
    pthread_mutex_lock(&lock);
    while (held < count)
        pthread_cond_wait(&changed, &lock);
    pthread_mutex_unlock(&lock);
}

void names_release(void)
{
    pthread_mutex_lock(&lock);
    is_holding = false;
    pthread_cond_broadcast(&changed);
    while (held > 0)
        pthread_cond_wait(&changed, &lock);
    pthread_mutex_unlock(&lock);
}

long long now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (long long)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void child_end(int status)
{
    char text[32];
    snprintf(text, sizeof text, "exit %d", status);
    execl("/bin/sh", "sh", "-c", text, (char *)NULL);
    _exit(127);
}

long thread_number(void)
{
    return syscall(SYS_gettid);
}

static bool is_asleep(long number)
{
    char path[64], line[512] = "";
    snprintf(path, sizeof path, "/proc/self/task/%ld/stat", number);
    FILE *file = fopen(path, "r");
    if (file == NULL)
        return true;
    if (fgets(line, sizeof line, file) == NULL)
        line[0] = '\0';
    fclose(file);
    const char *name_end = strrchr(line, ')');
    return name_end != NULL && strncmp(name_end, ") S", 3) == 0;
}

void thread_wait_asleep(long number)
{
    while (!is_asleep(number))
        sched_yield();
}

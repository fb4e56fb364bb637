/*
 * The server that every contestant calls: HTTP/1.1 with keep-alive, the same 600 bytes of JSON for any request.
 *
 * It prints its port on loopback, and ends when its standard input does. A request ends with its headers: no contestant
 * sends a body. One thread that does no more than it has to, so that what is measured is the contestants' time.
 */
#define _GNU_SOURCE

#include "bench.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define MOST_DESCRIPTORS 4096
#define EVENTS 64

static const char BODY[] =
    "{\"status\":\"success\",\"data\":{\"id\":1234567,\"label\":\"Evening show\",\"name\":\"Evening show\","
    "\"token\":\"9b1a3d0c5e7f2468ace013579bdf02468ace13579bdf02468ace13579bdf0246\","
    "\"addedOn\":\"2024-02-29T23:59:59.1234567Z\",\"expiresOn\":null,\"isActive\":true,"
    "\"streams\":[{\"streamName\":\"MainCam\",\"isRegex\":false},{\"streamName\":\"Cam[0-9]+\",\"isRegex\":true}],"
    "\"allowedOrigins\":[\"*.example.com\"],\"allowedIpAddresses\":[\"192.0.2.10\"],\"bindIpsOnUsage\":null,"
    "\"originCluster\":\"phx-1\",\"subscribeRequiresAuth\":true,\"record\":false,\"clip\":true,\"multisource\":false,"
    "\"lowLatencyRtmp\":false,\"enableThumbnails\":true,\"displaySrtPassphrase\":false}}";

static char answer[1024];
static size_t answer_length;
/* By descriptor: how much of the end of a request's headers was the last that came. */
static unsigned char matched[MOST_DESCRIPTORS];

static void write_answer(void) {
    demand(sizeof BODY - 1 == BODY_LENGTH, "the length of the answer");
    int length = snprintf(answer, sizeof answer,
                          "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %zu\r\n\r\n%s",
                          sizeof BODY - 1, BODY);
    demand(length > 0 && (size_t)length < sizeof answer, "the answer");
    answer_length = (size_t)length;
}

static int listening(void) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    demand(listener >= 0 && bind(listener, (struct sockaddr *)&address, length) == 0 && listen(listener, 1024) == 0 &&
           getsockname(listener, (struct sockaddr *)&address, &length) == 0, "listening");
    printf("%d\n", ntohs(address.sin_port));
    demand(fflush(stdout) == 0, "telling the port");
    return listener;
}

static void watch(int poller, int descriptor) {
    struct epoll_event event = {.events = EPOLLIN, .data.fd = descriptor};
    demand(epoll_ctl(poller, EPOLL_CTL_ADD, descriptor, &event) == 0, "epoll_ctl");
}

static void accept_one(int poller, int listener) {
    int on = 1;
    int connection = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
    if (connection < 0) {
        demand(errno == ECONNABORTED || errno == EINTR, "accept");
        return;
    }
    demand(connection < MOST_DESCRIPTORS, "room for a connection");
    demand(setsockopt(connection, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) == 0, "TCP_NODELAY");
    matched[connection] = 0;
    watch(poller, connection);
}

static int requests_in(int connection, const char *bytes, size_t length) {
    static const char END[] = "\r\n\r\n";
    int requests = 0;
    unsigned char so_far = matched[connection];
    for (size_t i = 0; i < length; i++) {
        so_far = bytes[i] == END[so_far] ? so_far + 1 : bytes[i] == '\r';
        if (so_far == sizeof END - 1) {
            requests++;
            so_far = 0;
        }
    }
    matched[connection] = so_far;
    return requests;
}

static void serve(int connection) {
    char bytes[4096];
    ssize_t length = recv(connection, bytes, sizeof bytes, 0);
    int requests = length > 0 ? requests_in(connection, bytes, (size_t)length) : 0;
    for (int i = 0; i < requests && length > 0; i++) {
        length = send(connection, answer, answer_length, MSG_NOSIGNAL);
    }
    if (length <= 0) {
        close(connection);
    }
}

int main(void) {
    struct epoll_event events[EVENTS];
    write_answer();
    int listener = listening();
    int poller = epoll_create1(EPOLL_CLOEXEC);
    demand(poller >= 0, "epoll_create1");
    watch(poller, listener);
    watch(poller, STDIN_FILENO);
    for (;;) {
        int count = epoll_wait(poller, events, EVENTS, -1);
        demand(count >= 0 || errno == EINTR, "epoll_wait");
        for (int i = 0; i < count; i++) {
            if (events[i].data.fd == STDIN_FILENO) {
                return 0;
            } else if (events[i].data.fd == listener) {
                accept_one(poller, listener);
            } else {
                serve(events[i].data.fd);
            }
        }
    }
}

/*
 * How long a call takes from C, for this library, for libcurl and for a socket alone.
 *
 *     calls BASE_URL
 *
 * One round: the contestants in turn, several times, for a fixed number of calls on a connection that is kept. Prints a
 * line each time: a name and the nanoseconds that a call took. The same request for all. This library parses the
 * answer and frees what it made of it; libcurl collects the body and parses nothing; the socket alone shows what the
 * system and the server take.
 */
#define _GNU_SOURCE

#include "millicast_tokens.h"

#include "bench.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define TURNS 10
#define CALLS 250
#define WARM_UP 50

static const char AUTHORIZATION[] = "Authorization: Bearer " SECRET;
static const char ACCEPT[] = "Accept: application/json";

struct contest {
    const char *base_url;
    char url[256];
    mct_client *client;
    CURL *curl;
    struct curl_slist *headers;
    char *body;
    size_t length;
    size_t capacity;
    int connection;
    char request[512];
    size_t request_length;
};

static double now_ns(void) {
    struct timespec now;
    demand(clock_gettime(CLOCK_MONOTONIC, &now) == 0, "the clock");
    return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

static void call_ours(struct contest *contest) {
    read_token(contest->client);
}

static size_t collect(char *bytes, size_t size, size_t count, void *user_data) {
    struct contest *contest = user_data;
    size_t more = size * count;
    if (contest->capacity - contest->length < more) {
        contest->capacity = 2 * (contest->length + more);
        contest->body = realloc(contest->body, contest->capacity);
        demand(contest->body != NULL, "memory");
    }
    memcpy(contest->body + contest->length, bytes, more);
    contest->length += more;
    return more;
}

static void call_libcurl(struct contest *contest) {
    long status = 0;
    contest->length = 0;
    demand(curl_easy_perform(contest->curl) == CURLE_OK, "curl_easy_perform");
    demand(curl_easy_getinfo(contest->curl, CURLINFO_RESPONSE_CODE, &status) == CURLE_OK && status == 200,
           "the status");
    demand(contest->length == BODY_LENGTH, "libcurl's body");
}

static void call_socket(struct contest *contest) {
    char answer[4096];
    size_t length = 0;
    const char *body = NULL;
    demand(send(contest->connection, contest->request, contest->request_length, MSG_NOSIGNAL) ==
           (ssize_t)contest->request_length, "send");
    while (body == NULL || length < (size_t)(body - answer) + BODY_LENGTH) {
        ssize_t more = recv(contest->connection, answer + length, sizeof answer - 1 - length, 0);
        demand(more > 0, "recv");
        length += (size_t)more;
        answer[length] = '\0';
        body = strstr(answer, "\r\n\r\n");
        body = body == NULL ? NULL : body + 4;
    }
}

static void set_up_libcurl(struct contest *contest) {
    contest->headers = curl_slist_append(curl_slist_append(NULL, AUTHORIZATION), ACCEPT);
    contest->curl = curl_easy_init();
    demand(contest->headers != NULL && contest->curl != NULL, "curl_easy_init");
    /* A deadline as this library has one, and no signals: what a program with threads has to set. */
    demand(curl_easy_setopt(contest->curl, CURLOPT_URL, contest->url) == CURLE_OK &&
           curl_easy_setopt(contest->curl, CURLOPT_HTTPHEADER, contest->headers) == CURLE_OK &&
           curl_easy_setopt(contest->curl, CURLOPT_USERAGENT, "calls") == CURLE_OK &&
           curl_easy_setopt(contest->curl, CURLOPT_PROXY, "") == CURLE_OK &&
           curl_easy_setopt(contest->curl, CURLOPT_NOSIGNAL, 1L) == CURLE_OK &&
           curl_easy_setopt(contest->curl, CURLOPT_TIMEOUT_MS, 30000L) == CURLE_OK &&
           curl_easy_setopt(contest->curl, CURLOPT_WRITEFUNCTION, collect) == CURLE_OK &&
           curl_easy_setopt(contest->curl, CURLOPT_WRITEDATA, contest) == CURLE_OK, "curl_easy_setopt");
}

static void set_up_socket(struct contest *contest) {
    int on = 1, port = 0;
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    demand(sscanf(contest->base_url, "http://127.0.0.1:%d", &port) == 1, "the base URL");
    address.sin_port = htons((unsigned short)port);
    contest->connection = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    demand(contest->connection >= 0 &&
           connect(contest->connection, (struct sockaddr *)&address, sizeof address) == 0 &&
           setsockopt(contest->connection, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) == 0, "connect");
    int length = snprintf(contest->request, sizeof contest->request,
                          "GET /api/publish_token/%d HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n"
                          "User-Agent: calls\r\n%s\r\n%s\r\n\r\n",
                          TOKEN_ID, port, AUTHORIZATION, ACCEPT);
    demand(length > 0 && (size_t)length < sizeof contest->request, "the request");
    contest->request_length = (size_t)length;
}

static void turn_of(struct contest *contest, const char *name, void (*call)(struct contest *)) {
    double started = now_ns();
    for (int i = 0; i < CALLS; i++) {
        call(contest);
    }
    printf("%s %.1f\n", name, (now_ns() - started) / CALLS);
}

int main(int count, char **arguments) {
    struct contest contest;
    demand(count == 2, "reading the arguments (BASE_URL)");
    memset(&contest, 0, sizeof contest);
    contest.base_url = arguments[1];
    int length = snprintf(contest.url, sizeof contest.url, "%s/api/publish_token/%d", arguments[1], TOKEN_ID);
    demand(length > 0 && (size_t)length < sizeof contest.url, "the URL");
    contest.client = client_of(contest.base_url);
    set_up_libcurl(&contest);
    set_up_socket(&contest);
    for (int i = 0; i < WARM_UP; i++) {
        call_ours(&contest);
        call_libcurl(&contest);
        call_socket(&contest);
    }
    for (int turn = 0; turn < TURNS; turn++) {
        turn_of(&contest, "c_ours", call_ours);
        turn_of(&contest, "c_libcurl", call_libcurl);
        turn_of(&contest, "c_socket", call_socket);
    }
    close(contest.connection);
    curl_easy_cleanup(contest.curl);
    curl_slist_free_all(contest.headers);
    mct_client_free(contest.client);
    free(contest.body);
    return 0;
}

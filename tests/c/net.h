/* Servers on loopback that do what the real one should not, and an HTTP client for what the library does not do. */

#ifndef NET_H
#define NET_H

#include <stdbool.h>
#include <stddef.h>

/* What a server does with a connection. */
enum behaviour {
    BE_SILENT,           /* takes a request and never answers */
    BE_ANSWERING,        /* gives the same answer to each request */
    BE_RESETTING,        /* resets the connection as soon as a byte has come */
    BE_RESETTING_REUSED, /* answers, then resets a connection that is used again */
};

struct server;

/* `answer`: the whole HTTP answer, for the behaviours that give one; lent. NULL when there is no socket to be had. */
struct server *server_start(enum behaviour behaviour, const char *answer);

/* "http://127.0.0.1:PORT" */
const char *server_url(const struct server *server);

/* Waits until so many requests have come, counted from the start. False when that takes too long. */
bool server_wait(struct server *server, unsigned requests);

/* The same for this text. */
bool server_wait_for(struct server *server, const char *text);

/* Everything that came so far, of all connections. The caller frees it. */
char *server_received(struct server *server);

/* How many connections there were at most at once. Asked for when nothing is under way. */
size_t server_most_connections(struct server *server);

/* Closes every connection and waits for the thread. NULL is a no-op. */
void server_stop(struct server *server);

/* The address of a port that was bound and closed again, so that nobody listens there. */
void closed_port_url(char *url, size_t size);

/* POSTs JSON and answers the HTTP status, or 0 when nothing came of it. `bearer` may be NULL. */
int http_post(const char *base_url, const char *path, const char *bearer, const char *json);

#endif

/* The other end of single connections, driven by the test's own thread: where that is, there the call has come. */

#ifndef PEER_H
#define PEER_H

#include <stdbool.h>
#include <stddef.h>

/* Listens on loopback with a backlog, and tells its port. Every descriptor here is close-on-exec. */
int peer_listen(int backlog, unsigned *port);

/* Takes up the only place of a listener with a backlog of 0: who comes next waits. Answers the descriptor. */
int peer_fill(unsigned port);

/* Waits for a connection. */
int peer_accept(int listener);

/* Waits until the end of the head of a request has come, and leaves what is after it. False: the other end closed. */
bool peer_read_head(int fd);

/* Waits for so many bytes. */
bool peer_read(int fd, size_t count);

/* False: the other end closed. */
bool peer_send(int fd, const char *text);

/* Sends a byte each millisecond until the other end closes. */
void peer_drip(int fd);

/* Look-ups of this name wait while they are held. It is that of this machine. */
#define HELD_NAME "held.test"

void names_hold(void);

/* Waits until so many look-ups are held. */
void names_wait(unsigned count);

/* Lets them go, and waits until they have gone. */
void names_release(void);

/* Of the monotonic clock. */
long long now_ms(void);

/*
 * Ends a forked child with this status. It is a copy of threads that are not there, with all that they hold, which is
 * no leak; so it becomes a shell, in which nobody looks for leaks and which passes on what it is given.
 */
void child_end(int status);

/* The number of the calling thread, and waiting until a thread of this process sleeps in the kernel. */
long thread_number(void);
void thread_wait_asleep(long number);

#endif

/* Callbacks of calls without blocking that are counted, and how long a thing may take. */

#ifndef ENDS_H
#define ENDS_H

#include <pthread.h>
#include <stdbool.h>

#include "millicast_tokens.h"

/* One that is told of too much after its test says so in the test that runs then: these are static. */
struct ends {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    unsigned done, freed;
};

#define ENDS {PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, 0, 0}

/* Options whose calls' ends are counted here, for one test; from nought on. */
mct_call_options *ends_options(struct ends *ends);

/* A `done` and a `free_user` that count. */
void ends_count_done(void *ends);
void ends_count_freed(void *ends);

/* Waits until there are so many ends, and, if asked for, until `user` was freed. False when that takes too long. */
bool ends_wait(struct ends *ends, unsigned done, bool freed);

/* How often `done` was called so far. */
unsigned ends_so_far(struct ends *ends);

/* Waits for the end of the call, which has to be this one. Frees the call. */
void ends_as(mct_call *call, mct_status status, mct_outcome outcome);

/* The error of a call, whatever it gives, which the caller frees. NULL: it has none. */
mct_error *ends_error(mct_call *call);

/* Milliseconds of a clock that only goes forward. */
long long clock_ms(void);

/*
 * Waits until no thread is the library's any more. Those of a client end a moment after it, which nothing tells of; what
 * they still hold then looks like a leak.
 */
void await_end_of_library_threads(void);

/* What is done at once is done within as many milliseconds: 100, but more where run.sh says that all is slower. */
long long at_once_ms(void);

/* Starts a call that a server has to answer. Its result is nothing. */
mct_call *start_delete(mct_client *client, const mct_call_options *options);

#endif

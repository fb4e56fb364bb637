/*
 * Uses the library and another one that is written in Rust, both linked in. Each has Rust's runtime for itself, so that
 * each catches its own panics, and neither's hook hears of the other's.
 */

#include <pthread.h>

#include "use.h"

void mct_panic_next_call(void); /* of the tests' own build of the library */
void other_counts_panics(void);
int other_panics(void), other_catches_a_panic(void), other_works(void);

#define TIMES 50

static bool a_panic_of_ours_is_caught(const struct library *library)
{
    mct_signer *signer = NULL;
    mct_panic_next_call();
    mct_status status = library->mct_signer_new(1, "key", MCT_HS256, &signer, NULL);
    return status == MCT_ERR_PANIC && signer == NULL && signs(library);
}

static void *panics_of_the_other(void *unused)
{
    (void)unused;
    intptr_t caught = 0;
    for (int i = 0; i < TIMES; i++)
        caught += other_catches_a_panic() == 7 ? 1 : 0;
    return (void *)caught;
}

/* While the other library panics on another thread. */
static bool panics_on_two_threads(const struct library *library)
{
    pthread_t thread;
    void *caught = NULL;
    bool done = pthread_create(&thread, NULL, panics_of_the_other, NULL) == 0;
    for (int i = 0; i < TIMES; i++)
        done = a_panic_of_ours_is_caught(library) && done;
    return pthread_join(thread, &caught) == 0 && (intptr_t)caught == TIMES && done;
}

int main(void)
{
    struct library library = linked();
    other_counts_panics();
    return ended("the library first", works(&library)) || ended("the other", other_works() == 499500)
        || ended("a panic of the other", other_catches_a_panic() == 7)
        || ended("a panic of the library", a_panic_of_ours_is_caught(&library))
        || ended("panics at once", panics_on_two_threads(&library))
        || ended("the other's hook", other_panics() == 1 + TIMES) || ended("the library again", works(&library));
}

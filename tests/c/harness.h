/*
 * What the tests stand on. A test is a function and a sentence that says what holds; a check that fails is printed and
 * the test goes on, which the library's handling of NULL makes safe.
 */

#ifndef HARNESS_H
#define HARNESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "millicast_tokens.h"

struct test {
    const char *sentence;
    void (*run)(void);
};

/* Runs a family of tests, which ends with an entry of NULLs; with `only`, those whose sentence holds that. */
void harness_run(const struct test *family, const char *only);

/* Prints "N passed, N failed". What main() returns. */
int harness_end(void);

/* The error of the last call that was made through the macros below. They free it. */
extern mct_error *failure;

bool harness_check(bool holds, const char *what, const char *file, int line);
bool harness_text(const char *got, const char *want, const char *what, const char *file, int line);
bool harness_number(long long got, long long want, const char *what, const char *file, int line);
bool harness_ok(mct_status status, const char *what, const char *file, int line);
bool harness_fails(mct_status got, mct_status want, const char *field, const char *what, const char *file, int line);
bool harness_status(mct_status got, mct_status want, const char *what, const char *file, int line);

/* True when the check holds. Any thread may check; only the test's own may use the macros with `failure`. */
#define CHECK(condition) harness_check((condition), #condition, __FILE__, __LINE__)
#define CHECK_TEXT(got, want) harness_text((got), (want), #got, __FILE__, __LINE__)
#define CHECK_NUMBER(got, want) harness_number((long long)(got), (long long)(want), #got, __FILE__, __LINE__)
#define CHECK_STATUS(got, want) harness_status((got), (want), #got, __FILE__, __LINE__)

/* A call that has to work; its last argument is `&failure`. */
#define OK(call) harness_ok((call), #call, __FILE__, __LINE__)

/* A call that has to fail in this way and to say so in `failure`, about this field (NULL: about none). */
#define FAILS(call, status, field) harness_fails((call), (status), (field), #call, __FILE__, __LINE__)

/* The same for a function and its arguments but the error: tried with an error and, where nobody asks, without. */
#define REFUSES(status, field, function, ...)                                                                          \
    (harness_fails(function(__VA_ARGS__, &failure), (status), (field), #function "(" #__VA_ARGS__ ")", __FILE__,       \
                   __LINE__),                                                                                          \
     harness_status(function(__VA_ARGS__, NULL), (status), #function "(" #__VA_ARGS__ ", NULL)", __FILE__, __LINE__))

/* And for one that hands something out, which has to be NULL afterwards. */
#define REFUSES_OUT(out, status, field, function, ...)                                                                 \
    do {                                                                                                               \
        (out) = harness_poison();                                                                                      \
        REFUSES(status, field, function, __VA_ARGS__);                                                                 \
        harness_check((out) == NULL, #out " is NULL after " #function, __FILE__, __LINE__);                            \
        (out) = NULL;                                                                                                  \
    } while (0)

/* How many times longer than on the bare machine things may take: 1, or what TESTS_SLOWNESS says. */
int harness_slowness(void);

/* What is no handle, and must be overwritten. */
void *harness_poison(void);

/* What a check means that does not look at the field. */
#define ANY_FIELD "*"

/* Two bytes that are never UTF-8. */
#define NOT_UTF8 "a\xff"

#endif

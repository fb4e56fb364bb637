#include "harness.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

mct_error *failure;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static unsigned failed_checks, passed, failed;

void *harness_poison(void)
{
    static char poison;
    return &poison;
}

int harness_slowness(void)
{
    const char *text = getenv("TESTS_SLOWNESS");
    return text == NULL ? 1 : atoi(text);
}

bool harness_check(bool holds, const char *what, const char *file, int line)
{
    if (!holds) {
        pthread_mutex_lock(&lock);
        failed_checks++;
        printf("    %s:%d: does not hold: %s\n", file, line, what);
        pthread_mutex_unlock(&lock);
    }
    return holds;
}

bool harness_text(const char *got, const char *want, const char *what, const char *file, int line)
{
    char text[1024];
    if (got == want || (got != NULL && want != NULL && strcmp(got, want) == 0))
        return true;
    snprintf(text, sizeof text, "%s is \"%s\", not \"%s\"", what, got == NULL ? "(NULL)" : got,
             want == NULL ? "(NULL)" : want);
    return harness_check(false, text, file, line);
}

bool harness_number(long long got, long long want, const char *what, const char *file, int line)
{
    char text[512];
    if (got == want)
        return true;
    snprintf(text, sizeof text, "%s is %lld, not %lld", what, got, want);
    return harness_check(false, text, file, line);
}

bool harness_status(mct_status got, mct_status want, const char *what, const char *file, int line)
{
    char text[1024];
    if (got == want)
        return true;
    snprintf(text, sizeof text, "%s is %s, not %s", what, mct_status_name(got), mct_status_name(want));
    return harness_check(false, text, file, line);
}

bool harness_ok(mct_status status, const char *what, const char *file, int line)
{
    char text[1024];
    bool is_ok = status == MCT_OK && failure == NULL;
    if (!is_ok) {
        snprintf(text, sizeof text, "%s: %s: %s", what, mct_status_name(status),
                 failure == NULL ? "(no error)" : mct_error_message(failure));
        harness_check(false, text, file, line);
    }
    mct_error_free(failure);
    failure = NULL;
    return is_ok;
}

bool harness_fails(mct_status got, mct_status want, const char *field, const char *what, const char *file, int line)
{
    bool holds = harness_status(got, want, what, file, line) && harness_check(failure != NULL, what, file, line)
        && harness_status(mct_error_status(failure), want, what, file, line)
        && harness_check(mct_error_message(failure)[0] != '\0', what, file, line);
    if (holds && (field == NULL || strcmp(field, ANY_FIELD) != 0))
        holds = harness_text(mct_error_field(failure), field, what, file, line);
    mct_error_free(failure);
    failure = NULL;
    return holds;
}

void harness_run(const struct test *family, const char *only)
{
    for (; family->sentence != NULL; family++) {
        if (only != NULL && strstr(family->sentence, only) == NULL)
            continue;
        failed_checks = 0;
        family->run();
        printf("%s %s\n", failed_checks == 0 ? "ok  " : "FAIL", family->sentence);
        fflush(stdout);
        if (failed_checks == 0)
            passed++;
        else
            failed++;
    }
}

int harness_end(void)
{
    printf("%u passed, %u failed\n", passed, failed);
    return failed == 0 && passed > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

#include "ends.h"

#include <dirent.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "harness.h"

#define TOO_LONG_SECONDS 60

void ends_count_done(void *user)
{
    struct ends *ends = user;
    pthread_mutex_lock(&ends->lock);
    CHECK_NUMBER(ends->freed, 0);
    ends->done++;
    pthread_cond_broadcast(&ends->changed);
    pthread_mutex_unlock(&ends->lock);
}

void ends_count_freed(void *user)
{
    struct ends *ends = user;
    pthread_mutex_lock(&ends->lock);
    CHECK_NUMBER(ends->freed, 0);
    ends->freed++;
    pthread_cond_broadcast(&ends->changed);
    pthread_mutex_unlock(&ends->lock);
}

mct_call_options *ends_options(struct ends *ends)
{
    mct_call_options *options = NULL;
    pthread_mutex_lock(&ends->lock);
    ends->done = ends->freed = 0;
    pthread_mutex_unlock(&ends->lock);
    OK(mct_call_options_new(&options, &failure));
    OK(mct_call_options_set_done(options, ends_count_done, ends, ends_count_freed, &failure));
    return options;
}

bool ends_wait(struct ends *ends, unsigned done, bool freed)
{
    struct timespec end;
    int waited = 0;
    clock_gettime(CLOCK_REALTIME, &end);
    end.tv_sec += TOO_LONG_SECONDS;
    pthread_mutex_lock(&ends->lock);
    while ((ends->done < done || (freed && ends->freed == 0)) && waited == 0)
        waited = pthread_cond_timedwait(&ends->changed, &ends->lock, &end);
    CHECK_NUMBER(ends->done, done);
    CHECK_NUMBER(ends->freed, freed ? 1 : 0);
    pthread_mutex_unlock(&ends->lock);
    return waited == 0;
}

unsigned ends_so_far(struct ends *ends)
{
    pthread_mutex_lock(&ends->lock);
    unsigned done = ends->done;
    pthread_mutex_unlock(&ends->lock);
    return done;
}

/* The one that takes what the call gives is the one that does not refuse to. */
mct_error *ends_error(mct_call *call)
{
    mct_error *error = NULL;
    mct_publish_token *publish = NULL;
    mct_subscribe_token *subscribe = NULL;
    mct_publish_token_list *publish_list = NULL;
    mct_subscribe_token_list *subscribe_list = NULL;
    mct_disable_result *disabled = NULL;
    mct_id_list *ids = NULL;
    mct_clusters *clusters = NULL;
    mct_bandwidth_report *report = NULL;
    for (int kind = 0; kind < 9; kind++) {
        mct_error_free(error);
        mct_status status = kind == 0 ? mct_call_take_nothing(call, &error)
            : kind == 1               ? mct_call_take_publish_token(call, &publish, &error)
            : kind == 2               ? mct_call_take_subscribe_token(call, &subscribe, &error)
            : kind == 3               ? mct_call_take_publish_token_list(call, &publish_list, &error)
            : kind == 4               ? mct_call_take_subscribe_token_list(call, &subscribe_list, &error)
            : kind == 5               ? mct_call_take_disable_result(call, &disabled, &error)
            : kind == 6               ? mct_call_take_id_list(call, &ids, &error)
            : kind == 7               ? mct_call_take_clusters(call, &clusters, &error)
                                      : mct_call_take_bandwidth_report(call, &report, &error);
        if (status != MCT_ERR_INVALID_ARGUMENT)
            break;
    }
    mct_publish_token_free(publish);
    mct_subscribe_token_free(subscribe);
    mct_publish_token_list_free(publish_list);
    mct_subscribe_token_list_free(subscribe_list);
    mct_disable_result_free(disabled);
    mct_id_list_free(ids);
    mct_clusters_free(clusters);
    mct_bandwidth_report_free(report);
    return error;
}

void ends_as(mct_call *call, mct_status status, mct_outcome outcome)
{
    OK(mct_call_wait(call, UINT32_MAX, &failure));
    CHECK(mct_call_is_done(call));
    mct_error *error = ends_error(call);
    CHECK_STATUS(mct_error_status(error), status);
    CHECK_NUMBER(mct_error_outcome(error), outcome);
    mct_error_free(error);
    mct_call_free(call);
}

long long clock_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (long long)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

long long at_once_ms(void)
{
    return 100 * harness_slowness();
}

mct_call *start_delete(mct_client *client, const mct_call_options *options)
{
    mct_call *call = NULL;
    OK(mct_subscribe_token_delete_start(client, 1, options, &call, &failure));
    return call;
}

/* How many of this process' threads are the library's. */
static int threads_of_the_library(void)
{
    DIR *tasks = opendir("/proc/self/task");
    int count = 0;
    if (tasks == NULL)
        return 0;
    for (struct dirent *task = readdir(tasks); task != NULL; task = readdir(tasks)) {
        char path[320], name[32] = "";
        snprintf(path, sizeof path, "/proc/self/task/%s/comm", task->d_name);
        FILE *file = fopen(path, "r");
        if (file != NULL && fgets(name, sizeof name, file) != NULL)
            count += strncmp(name, "mct-", 4) == 0;
        if (file != NULL)
            fclose(file);
    }
    closedir(tasks);
    return count;
}

void await_end_of_library_threads(void)
{
    for (long long end = clock_ms() + 1000LL * TOO_LONG_SECONDS; threads_of_the_library() > 0 && clock_ms() < end;)
        poll(NULL, 0, 1);
    CHECK_NUMBER(threads_of_the_library(), 0);
}

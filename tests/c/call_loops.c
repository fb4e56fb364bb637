/* The descriptors of calls without blocking, in the loops that hosts have. */

#include <fcntl.h>
#include <poll.h>
#include <sys/select.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/epoll.h>
#endif

#include "ends.h"
#include "families.h"

#define CALLS 100
#define TOO_LONG_MS 60000

static bool is_readable(int fd, int milliseconds)
{
    struct pollfd polled = {fd, POLLIN, 0};
    return poll(&polled, 1, milliseconds) == 1 && polled.revents == POLLIN;
}

/* What a read of a token that is not there gives, which all of these calls are. */
static void check_and_free(mct_call *call)
{
    mct_publish_token *token = NULL;
    CHECK(mct_call_is_done(call));
    REFUSES_OUT(token, MCT_ERR_NOT_FOUND, ANY_FIELD, mct_call_take_publish_token, call, &token);
    mct_call_free(call);
}

static mct_call *start_read(mct_client *client)
{
    mct_call *call = NULL;
    OK(mct_publish_token_read_start(client, 4242424242, NULL, &call, &failure));
    return call;
}

static void a_descriptor_stays_readable_after_the_end(void)
{
    struct server *server = server_start(BE_SILENT, NULL);
    mct_client *client = api_client(server_url(server), NULL);
    mct_call *before = start_delete(client, NULL), *after = start_delete(client, NULL);
    int fd = mct_call_fd(before);
    CHECK(fd > 2);
    CHECK(fcntl(fd, F_GETFD) == FD_CLOEXEC);
    CHECK(server_wait(server, 2));
    CHECK(!is_readable(fd, 20));
    CHECK_NUMBER(mct_call_fd(before), fd);
    mct_call_cancel(before);
    mct_call_cancel(after);
    CHECK(is_readable(fd, TOO_LONG_MS));
    CHECK(mct_call_is_done(before));
    OK(mct_call_wait(after, UINT32_MAX, &failure));
    int late = mct_call_fd(after);
    CHECK(late > 2 && late != fd);
    CHECK(is_readable(late, 0));
    CHECK(fcntl(late, F_GETFD) == FD_CLOEXEC);
    for (int i = 0; i < 3; i++) {
        FAILS(mct_call_take_nothing(before, &failure), MCT_ERR_CANCELLED, ANY_FIELD);
        CHECK(is_readable(fd, 0) && is_readable(late, 0));
        CHECK(mct_call_fd(before) == fd && mct_call_fd(after) == late);
    }
    mct_client_free(client);
    CHECK(is_readable(fd, 0) && is_readable(late, 0));
    mct_call_free(before);
    mct_call_free(after);
    server_stop(server);
}

/* At once: a loop that still has it would tell of a call that is not there. */
static void a_descriptor_is_gone_with_its_call(void)
{
    struct server *server = server_start(BE_SILENT, NULL);
    mct_client *client = api_client(NULL, NULL), *silent = api_client(server_url(server), NULL);
    int left_done = 0, left_under_way = 0;
    for (int i = 0; i < CALLS; i++) {
        mct_call *done = start_read(client), *under_way = start_delete(silent, NULL);
        int fd_done = mct_call_fd(done), fd_under_way = mct_call_fd(under_way);
        CHECK(is_readable(fd_done, TOO_LONG_MS));
        /* Connected by now: what the other call still had to open could get the number that is given back here. */
        CHECK(server_wait(server, (unsigned)i + 1));
        mct_call_free(done);
        left_done += fcntl(fd_done, F_GETFD) >= 0;
        mct_call_free(under_way);
        left_under_way += fcntl(fd_under_way, F_GETFD) >= 0;
    }
    CHECK_NUMBER(left_done, 0);
    CHECK_NUMBER(left_under_way, 0);
    mct_client_free(silent);
    mct_client_free(client);
    server_stop(server);
}

/* Also once the result was taken. */
static void a_descriptor_is_made_when_it_is_asked_for(void)
{
    mct_client *client = api_client(NULL, NULL);
    mct_call *call = NULL;
    mct_clusters *clusters = NULL;
    OK(mct_cluster_list_start(client, NULL, &call, &failure));
    OK(mct_call_wait(call, UINT32_MAX, &failure));
    OK(mct_call_take_clusters(call, &clusters, &failure));
    int free_one = dup(0);
    close(free_one);
    int fd = mct_call_fd(call);
    CHECK(fd >= free_one);
    CHECK(is_readable(fd, 0));
    mct_call_free(call);
    mct_clusters_free(clusters);
    mct_client_free(client);
}

static void many_calls_end_in_poll(void)
{
    mct_client *client = api_client(NULL, NULL);
    struct pollfd polled[CALLS];
    mct_call *calls[CALLS];
    for (int i = 0; i < CALLS; i++) {
        calls[i] = start_read(client);
        polled[i] = (struct pollfd){mct_call_fd(calls[i]), POLLIN, 0};
    }
    for (int left = CALLS; left > 0;) {
        if (!CHECK(poll(polled, CALLS, TOO_LONG_MS) > 0))
            break;
        for (int i = 0; i < CALLS; i++)
            if (polled[i].revents != 0) {
                CHECK_NUMBER(polled[i].revents, POLLIN);
                check_and_free(calls[i]);
                polled[i].fd = -1;
                left--;
            }
    }
    mct_client_free(client);
}

static void calls_end_in_select(void)
{
    mct_client *client = api_client(NULL, NULL);
    mct_call *calls[20];
    int fds[20];
    for (int i = 0; i < 20; i++) {
        calls[i] = start_read(client);
        fds[i] = mct_call_fd(calls[i]);
        CHECK(fds[i] < FD_SETSIZE);
    }
    for (int left = 20; left > 0;) {
        struct timeval patience = {TOO_LONG_MS / 1000, 0};
        fd_set readable;
        int highest = -1;
        FD_ZERO(&readable);
        for (int i = 0; i < 20; i++)
            if (calls[i] != NULL) {
                FD_SET(fds[i], &readable);
                highest = fds[i] > highest ? fds[i] : highest;
            }
        if (!CHECK(select(highest + 1, &readable, NULL, NULL, &patience) > 0))
            break;
        for (int i = 0; i < 20; i++)
            if (calls[i] != NULL && FD_ISSET(fds[i], &readable)) {
                check_and_free(calls[i]);
                calls[i] = NULL;
                left--;
            }
    }
    mct_client_free(client);
}

#ifdef __linux__
/* All in one set, and each told as this says; half of them are asked for their descriptor after their end. */
static void check_epoll(uint32_t how)
{
    mct_client *client = api_client(NULL, NULL);
    mct_call *calls[CALLS];
    struct epoll_event event = {0}, events[16];
    int set = epoll_create1(EPOLL_CLOEXEC);
    for (int i = 0; i < CALLS; i++)
        calls[i] = start_read(client);
    for (int i = 0; i < CALLS; i++) {
        if (i % 2 == 0)
            OK(mct_call_wait(calls[i], UINT32_MAX, &failure));
        event.events = EPOLLIN | how;
        event.data.u32 = (uint32_t)i;
        CHECK_NUMBER(epoll_ctl(set, EPOLL_CTL_ADD, mct_call_fd(calls[i]), &event), 0);
    }
    for (int left = CALLS; left > 0;) {
        int count = epoll_wait(set, events, 16, TOO_LONG_MS);
        if (!CHECK(count > 0))
            break;
        for (int i = 0; i < count; i++) {
            mct_call *call = calls[events[i].data.u32];
            CHECK_NUMBER(events[i].events, EPOLLIN);
            if (!CHECK(call != NULL)) /* whose free takes it out of the set */
                continue;
            check_and_free(call);
            calls[events[i].data.u32] = NULL;
            left--;
        }
    }
    CHECK_NUMBER(epoll_wait(set, events, 16, 0), 0);
    close(set);
    mct_client_free(client);
}

static void many_calls_end_in_epoll(void)
{
    check_epoll(0);
    check_epoll(EPOLLET);
    check_epoll(EPOLLONESHOT);
}

/* An edge is told once, and a level until the call is freed. */
static void an_end_is_one_edge(void)
{
    mct_client *client = api_client(NULL, NULL);
    mct_call *calls[2] = {start_read(client), start_read(client)};
    struct epoll_event event = {0}, events[4];
    int edges = epoll_create1(EPOLL_CLOEXEC), levels = epoll_create1(EPOLL_CLOEXEC);
    for (int i = 0; i < 2; i++) {
        event.events = EPOLLIN;
        CHECK_NUMBER(epoll_ctl(levels, EPOLL_CTL_ADD, mct_call_fd(calls[i]), &event), 0);
        event.events |= EPOLLET;
        CHECK_NUMBER(epoll_ctl(edges, EPOLL_CTL_ADD, mct_call_fd(calls[i]), &event), 0);
        OK(mct_call_wait(calls[i], UINT32_MAX, &failure));
    }
    CHECK_NUMBER(epoll_wait(edges, events, 4, TOO_LONG_MS), 2);
    CHECK_NUMBER(epoll_wait(edges, events, 4, 0), 0);
    mct_call_cancel(calls[0]); /* is no second end */
    CHECK_NUMBER(epoll_wait(edges, events, 4, 0), 0);
    for (int i = 0; i < 3; i++)
        CHECK_NUMBER(epoll_wait(levels, events, 4, 0), 2);
    check_and_free(calls[0]);
    CHECK_NUMBER(epoll_wait(levels, events, 4, 0), 1);
    check_and_free(calls[1]);
    CHECK_NUMBER(epoll_wait(levels, events, 4, 0), 0);
    close(edges);
    close(levels);
    mct_client_free(client);
}
#endif

const struct test call_loop_tests[] = {
    {"a call's descriptor is readable from its end on, and close-on-exec",
     a_descriptor_stays_readable_after_the_end},
    {"a call's descriptor is gone when the call is freed", a_descriptor_is_gone_with_its_call},
    {"a call's descriptor is made when it is asked for, after its result was taken too",
     a_descriptor_is_made_when_it_is_asked_for},
    {"many calls end in poll()", many_calls_end_in_poll},
    {"calls end in select()", calls_end_in_select},
#ifdef __linux__
    {"many calls end in one epoll set, by level, by edge and once", many_calls_end_in_epoll},
    {"the end of a call is one edge, and a level that stays", an_end_is_one_edge},
#endif
    {NULL, NULL},
};

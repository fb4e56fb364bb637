/* Calls without blocking in GLib's main loop, whose thread does nothing but turn. */

#include <glib-unix.h>
#include <stdio.h>

#include "api.h"
#include "ends.h"
#include "harness.h"
#include "net.h"

#define CALLS 50

struct turn {
    GMainLoop *loop;
    mct_call *calls[CALLS];
    int left;
    bool is_late;
};

struct watched {
    struct turn *turn;
    int index;
};

static gboolean on_end(gint fd, GIOCondition condition, gpointer data)
{
    struct watched *watched = data;
    mct_call *call = watched->turn->calls[watched->index];
    mct_publish_token *token = NULL;
    CHECK_NUMBER(fd, mct_call_fd(call));
    CHECK_NUMBER(condition, G_IO_IN);
    CHECK(mct_call_is_done(call));
    CHECK_STATUS(mct_call_take_publish_token(call, &token, NULL),
                 watched->index % 10 == 0 ? MCT_ERR_CANCELLED : MCT_ERR_NOT_FOUND);
    watched->turn->left--;
    if (watched->turn->left == 0)
        g_main_loop_quit(watched->turn->loop);
    return G_SOURCE_REMOVE;
}

static gboolean on_too_late(gpointer data)
{
    struct turn *turn = data;
    turn->is_late = true;
    g_main_loop_quit(turn->loop);
    return G_SOURCE_REMOVE;
}

/* Each tenth call is to a server that stays silent, and is cancelled from the loop. */
static void calls_end_in_the_loop(void)
{
    struct turn turn = {g_main_loop_new(NULL, FALSE), {NULL}, CALLS, false};
    struct watched watched[CALLS];
    struct server *server = server_start(BE_SILENT, NULL);
    mct_client *client = api_client(NULL, NULL), *silent = api_client(server_url(server), NULL);
    guint late = g_timeout_add_seconds(60, on_too_late, &turn);
    for (int i = 0; i < CALLS; i++) {
        OK(mct_publish_token_read_start(i % 10 == 0 ? silent : client, 4242424242, NULL, &turn.calls[i], &failure));
        watched[i] = (struct watched){&turn, i};
        g_unix_fd_add(mct_call_fd(turn.calls[i]), G_IO_IN, on_end, &watched[i]);
    }
    CHECK(server_wait(server, CALLS / 10));
    for (int i = 0; i < CALLS; i += 10)
        mct_call_cancel(turn.calls[i]);
    g_main_loop_run(turn.loop);
    CHECK(!turn.is_late);
    CHECK_NUMBER(turn.left, 0);
    if (!turn.is_late)
        g_source_remove(late);
    for (int i = 0; i < CALLS; i++)
        mct_call_free(turn.calls[i]);
    mct_client_free(silent);
    mct_client_free(client);
    server_stop(server);
    g_main_loop_unref(turn.loop);
}

/* `done` comes on a thread of the library's: from there the end is handed to the loop's. */
struct handed {
    GMainLoop *loop;
    GThread *thread;
    mct_call *call;
    bool was_there, is_late;
};

static gboolean take(gpointer data)
{
    struct handed *handed = data;
    mct_clusters *clusters = NULL;
    handed->was_there = handed->thread == g_thread_self();
    OK(mct_call_take_clusters(handed->call, &clusters, &failure));
    CHECK(mct_clusters_count(clusters) > 0);
    mct_clusters_free(clusters);
    g_main_loop_quit(handed->loop);
    return G_SOURCE_REMOVE;
}

static void hand_over(void *user)
{
    struct handed *handed = user;
    CHECK(handed->thread != g_thread_self());
    g_idle_add(take, handed);
}

static gboolean on_no_end(gpointer data)
{
    struct handed *handed = data;
    handed->is_late = true;
    g_main_loop_quit(handed->loop);
    return G_SOURCE_REMOVE;
}

static void a_callback_hands_over_to_the_loop(void)
{
    struct handed handed = {g_main_loop_new(NULL, FALSE), g_thread_self(), NULL, false, false};
    mct_client *client = api_client(NULL, NULL);
    mct_call_options *options = NULL;
    guint late = g_timeout_add_seconds(60, on_no_end, &handed);
    OK(mct_call_options_new(&options, &failure));
    OK(mct_call_options_set_done(options, hand_over, &handed, NULL, &failure));
    OK(mct_cluster_list_start(client, options, &handed.call, &failure));
    mct_call_options_free(options);
    g_main_loop_run(handed.loop);
    CHECK(handed.was_there && !handed.is_late);
    if (!handed.is_late)
        g_source_remove(late);
    mct_call_free(handed.call);
    mct_client_free(client);
    g_main_loop_unref(handed.loop);
}

int main(void)
{
    const struct test tests[] = {
        {"calls end in GLib's main loop", calls_end_in_the_loop},
        {"a callback hands the end over to GLib's main loop", a_callback_hands_over_to_the_loop},
        {NULL, NULL},
    };
    harness_run(tests, NULL);
    await_end_of_library_threads();
    return harness_end();
}

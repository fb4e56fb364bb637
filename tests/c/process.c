/* What a library does to the process that it is in: as little as can be. */

#include <fcntl.h>
#include <locale.h>
#include <sys/wait.h>
#include <unistd.h>

#include "families.h"

extern char **environ;

static bool sign_once(void)
{
    mct_signer *signer = NULL;
    mct_claims *claims = NULL;
    char *jwt = NULL;
    bool done = mct_signer_new(1, "key", MCT_HS256, &signer, NULL) == MCT_OK
        && mct_claims_new("camera", 60, &claims, NULL) == MCT_OK
        && mct_signer_sign(signer, claims, &jwt, NULL, NULL) == MCT_OK;
    mct_string_free(jwt);
    mct_claims_free(claims);
    mct_signer_free(signer);
    return done;
}

static bool list_once(mct_client *client)
{
    mct_subscribe_token_list *list = NULL;
    bool done = mct_subscribe_token_list_page(client, NULL, &list, NULL) == MCT_OK;
    mct_subscribe_token_list_free(list);
    return done;
}

/* What the child did not manage, as its exit status; 0 is all of it. */
static int live_as_child(mct_client *parents, mct_subscribe_token_iter *walk)
{
    mct_subscribe_token_list *list = NULL;
    mct_subscribe_token *token = NULL;
    if (mct_subscribe_token_list_page(parents, NULL, &list, NULL) != MCT_ERR_FORKED || list != NULL)
        return 1;
    if (mct_subscribe_token_iter_next(walk, &token, NULL) != MCT_ERR_FORKED || token != NULL)
        return 4;
    mct_subscribe_token_iter_free(walk);
    mct_client_cancel(parents);
    mct_client_resume(parents);
    mct_client_free(parents);
    mct_client *own = api_client(NULL, NULL);
    if (!list_once(own))
        return 2;
    mct_client_free(own);
    return sign_once() ? 0 : 3;
}

/* Of what is allocated in here, the child forgets a part when it frees the client: see valgrind.supp. */
static mct_client *client_to_be_shared(mct_subscribe_token **made)
{
    mct_client *client = api_client(NULL, NULL);
    *made = api_subscribe_token(client, "camera");
    CHECK(list_once(client) && list_once(client)); /* there is a connection, and it was used again */
    return client;
}

static void a_fork_leaves_the_client_to_the_parent(void)
{
    mct_subscribe_token *first = NULL, *token = NULL;
    mct_client *client = client_to_be_shared(&first);
    mct_subscribe_token_iter *walk = NULL;
    OK(mct_subscribe_token_iter_new(client, NULL, &walk, &failure));
    int status = -1;
    fflush(NULL);
    pid_t child = fork();
    if (child == 0)
        _exit(live_as_child(client, walk));
    for (int i = 0; i < 20; i++)
        CHECK(list_once(client));
    CHECK(waitpid(child, &status, 0) == child && WIFEXITED(status));
    CHECK_NUMBER(WEXITSTATUS(status), 0);
    CHECK(list_once(client));
    CHECK(sign_once());
    OK(mct_subscribe_token_iter_next(walk, &token, &failure));
    CHECK(token != NULL);
    OK(mct_subscribe_token_delete(client, mct_subscribe_token_id(first), &failure));
    mct_subscribe_token_free(token);
    mct_subscribe_token_free(first);
    mct_subscribe_token_iter_free(walk);
    mct_client_free(client);
}

/* Everything that a host does in a day, and what goes wrong. */
static void use_everything(void)
{
    char url[64];
    mct_client *client = api_client(NULL, NULL), *wrong = api_client(NULL, "wrong"), *nobody;
    mct_subscribe_token *token = api_subscribe_token(client, "camera");
    mct_publish_token *none = NULL;
    closed_port_url(url, sizeof url);
    nobody = api_client(url, NULL);
    CHECK_STATUS(mct_publish_token_read(wrong, 1, &none, NULL), MCT_ERR_UNAUTHORIZED);
    CHECK_STATUS(mct_publish_token_read(nobody, 1, &none, NULL), MCT_ERR_CONNECT);
    CHECK_STATUS(mct_publish_token_read(NULL, 1, &none, NULL), MCT_ERR_NULL_ARGUMENT);
    CHECK_STATUS(mct_subscribe_token_delete(client, mct_subscribe_token_id(token), NULL), MCT_OK);
    CHECK(sign_once());
    mct_subscribe_token_free(token);
    mct_client_free(nobody);
    mct_client_free(wrong);
    mct_client_free(client);
}

/* Runs with both outputs going to a file, and answers how long that became. */
static long printed_by(void (*run)(void))
{
    FILE *file = tmpfile();
    if (file == NULL)
        abort();
    fflush(NULL);
    int kept_out = dup(STDOUT_FILENO), kept_err = dup(STDERR_FILENO);
    dup2(fileno(file), STDOUT_FILENO);
    dup2(fileno(file), STDERR_FILENO);
    run();
    fflush(NULL);
    dup2(kept_out, STDOUT_FILENO);
    dup2(kept_err, STDERR_FILENO);
    close(kept_out);
    close(kept_err);
    long size = (long)lseek(fileno(file), 0, SEEK_END);
    fclose(file);
    return size;
}

static void nothing_is_printed(void)
{
    CHECK_NUMBER(printed_by(use_everything), 0);
}

static char *copy_environment(void)
{
    size_t size = 1;
    for (char **entry = environ; *entry != NULL; entry++)
        size += strlen(*entry) + 1;
    char *copy = calloc(1, size);
    if (copy == NULL)
        abort();
    for (char **entry = environ; *entry != NULL; entry++)
        strcat(strcat(copy, *entry), "\n");
    return copy;
}

static void environment_and_locale_stay(void)
{
    char locale[256];
    setlocale(LC_ALL, "C.UTF-8");
    snprintf(locale, sizeof locale, "%s", setlocale(LC_ALL, NULL));
    char *before = copy_environment();
    use_everything();
    char *after = copy_environment();
    CHECK_TEXT(after, before);
    CHECK_TEXT(setlocale(LC_ALL, NULL), locale);
    free(before);
    free(after);
    setlocale(LC_ALL, "C");
}

#define MOST_DESCRIPTORS 256

/* For each descriptor -1 when it is closed, otherwise its flags. */
static void note_descriptors(int flags[MOST_DESCRIPTORS])
{
    for (int fd = 0; fd < MOST_DESCRIPTORS; fd++)
        flags[fd] = fcntl(fd, F_GETFD);
}

static void descriptors_are_closed_and_not_inherited(void)
{
    int before[MOST_DESCRIPTORS], during[MOST_DESCRIPTORS], after[MOST_DESCRIPTORS], made = 0;
    use_everything(); /* what is opened once and kept is open now */
    note_descriptors(before);
    mct_client *client = api_client(NULL, NULL);
    CHECK(list_once(client));
    note_descriptors(during);
    mct_client_free(client);
    note_descriptors(after);
    for (int fd = 0; fd < MOST_DESCRIPTORS; fd++) {
        CHECK_NUMBER(after[fd], before[fd]);
        if (before[fd] < 0 && during[fd] >= 0) {
            made++;
            CHECK(during[fd] & FD_CLOEXEC);
        }
    }
    CHECK(made > 0);
}

const struct test process_tests[] = {
    {"after a fork the child makes its own client, and the parent goes on with the old one and its walks",
     a_fork_leaves_the_client_to_the_parent},
    {"the library prints nothing", nothing_is_printed},
    {"the host's environment and locale stay as they are", environment_and_locale_stay},
    {"descriptors are close-on-exec, and gone with the client", descriptors_are_closed_and_not_inherited},
    {NULL, NULL},
};

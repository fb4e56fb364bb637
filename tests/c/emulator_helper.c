/*
 * The helper of include/millicast_emulator.h: how it starts, asks and ends the emulator, what it says when it can't, and
 * that it leaves neither a process nor a descriptor.
 *
 *     emulator_helper EMULATOR FOLDER
 *
 * The folder is where programs go that stand in for the emulator.
 */

#include "millicast_emulator.h"

#include <dirent.h>
#include <pthread.h>
#include <sys/stat.h>

#include "harness.h"

static const char *program;
static const char *folder;
static char why[512];

static int start(millicast_emulator *emulator, const millicast_emulator_options *options)
{
    memset(why, 0, sizeof why);
    return millicast_emulator_start(options, emulator, why, sizeof why);
}

static bool runs(millicast_emulator *emulator)
{
    return CHECK_NUMBER(start(emulator, NULL), 0) && CHECK_TEXT(why, "");
}

static int count_descriptors(void)
{
    int count = 0;
    DIR *open_now = opendir("/proc/self/fd");
    while (open_now != NULL && readdir(open_now) != NULL)
        count++;
    if (open_now != NULL)
        closedir(open_now);
    return count;
}

/* No child is left, as a zombie or otherwise. */
static bool has_no_child(void)
{
    return waitpid(-1, NULL, WNOHANG) == -1 && errno == ECHILD;
}

/* A shell script in place of the emulator. */
static const char *stand_in(const char *script)
{
    static char path[512];
    FILE *file;
    snprintf(path, sizeof path, "%s/stand_in", folder);
    file = fopen(path, "w");
    if (CHECK(file != NULL)) {
        fprintf(file, "#!/bin/sh\n%s\n", script);
        fclose(file);
        CHECK_NUMBER(chmod(path, 0755), 0);
    }
    return path;
}

static bool holds(const char *text, const char *part)
{
    bool does = strstr(text, part) != NULL;
    if (!does)
        printf("    \"%s\" does not hold \"%s\"\n", text, part);
    return does;
}

/* It does not start, says so, and leaves nothing. */
static void refuses_to_start(const millicast_emulator_options *options, const char *part)
{
    millicast_emulator emulator;
    int before = count_descriptors();
    CHECK_NUMBER(start(&emulator, options), -1);
    CHECK(holds(why, part));
    CHECK_TEXT(emulator.secret, "");
    CHECK_NUMBER(millicast_emulator_stop(&emulator), 0);
    CHECK_NUMBER(count_descriptors(), before);
    CHECK(has_no_child());
}

static void start_of(const char *script, int timeout_ms, const char *part)
{
    millicast_emulator_options options = {0};
    options.program = stand_in(script);
    options.start_timeout_ms = timeout_ms;
    refuses_to_start(&options, part);
}

static void starts_asks_and_stops(void)
{
    millicast_emulator emulator;
    char answer[1024];
    if (!runs(&emulator))
        return;
    CHECK(holds(emulator.url, "http://127.0.0.1:"));
    CHECK_NUMBER(strlen(emulator.secret), 48);
    CHECK_NUMBER(millicast_emulator_post(&emulator, "/_emulator/clock", "{\"now\": 5}", answer, sizeof answer), 200);
    CHECK(holds(answer, "\"now\":5"));
    CHECK_NUMBER(millicast_emulator_post(&emulator, "/_emulator/clock", "{\"now\": 6}", NULL, 0), 200);
    CHECK_NUMBER(millicast_emulator_get(&emulator, "/_emulator/clock", answer, sizeof answer), 200);
    CHECK(holds(answer, "\"now\":6"));
    CHECK_NUMBER(millicast_emulator_post(&emulator, "/_emulator/clock", "nonsense", answer, sizeof answer), 400);
    CHECK(holds(answer, "\"status\":\"fail\""));
    CHECK_NUMBER(millicast_emulator_stop(&emulator), 0);
    CHECK_NUMBER(millicast_emulator_stop(&emulator), 0);
    CHECK(has_no_child());
}

static void takes_secrets_and_arguments(void)
{
    const char *const arguments[] = {"--first-id", "77", NULL};
    millicast_emulator_options options = {0};
    millicast_emulator emulator;
    char path[64], line[4096];
    FILE *file;
    options.secret = "my-own-secret";
    options.arguments = arguments;
    if (!CHECK_NUMBER(start(&emulator, &options), 0))
        return;
    CHECK_TEXT(emulator.secret, "my-own-secret");
    snprintf(path, sizeof path, "/proc/%ld/cmdline", (long)emulator.process);
    file = fopen(path, "r");
    if (CHECK(file != NULL)) {
        size_t length = fread(line, 1, sizeof line - 1, file);
        fclose(file);
        for (size_t i = 0; i < length; i++)
            line[i] = line[i] == '\0' ? ' ' : line[i];
        line[length] = '\0';
        CHECK(holds(line, "--first-id 77 --until-eof"));
        CHECK(strstr(line, "my-own-secret") == NULL);
    }
    CHECK_NUMBER(millicast_emulator_stop(&emulator), 0);
}

static void refuses_secrets_that_are_none(void)
{
    millicast_emulator_options options = {0};
    char secret[200];
    options.secret = "";
    refuses_to_start(&options, "the secret has no character");
    memset(secret, 'x', sizeof secret - 1);
    secret[sizeof secret - 1] = '\0';
    options.secret = secret;
    refuses_to_start(&options, "more than 127");
}

static void tells_the_director_s_verdict(void)
{
    millicast_emulator emulator;
    char verdict[512], stream[400];
    if (!runs(&emulator))
        return;
    CHECK_NUMBER(millicast_emulator_verdict(&emulator, "show", "no-such-token", verdict, sizeof verdict), 0);
    CHECK_TEXT(verdict, "token-unknown");
    CHECK_NUMBER(millicast_emulator_verdict(&emulator, "a \"quoted\\ name", "none", verdict, sizeof verdict), 0);
    CHECK_TEXT(verdict, "token-unknown");
    memset(stream, 'x', sizeof stream - 1);
    stream[sizeof stream - 1] = '\0';
    CHECK_NUMBER(millicast_emulator_verdict(&emulator, stream, "none", verdict, sizeof verdict), -1);
    CHECK(holds(verdict, "300 bytes"));
    CHECK_NUMBER(millicast_emulator_stop(&emulator), 0);
    CHECK_NUMBER(millicast_emulator_verdict(&emulator, "show", "none", verdict, sizeof verdict), -1);
    CHECK_TEXT(verdict, "the emulator does not run");
}

/* Tokens that are there from the start, in a file whose name lives as long as the next one's. */
static const char *seed(void)
{
    static char path[512];
    FILE *file;
    snprintf(path, sizeof path, "%s/seed.json", folder);
    file = fopen(path, "w");
    if (CHECK(file != NULL)) {
        fputs("{\"publishTokens\": ["
              "{\"label\": \"open\", \"streams\": [{\"streamName\": \"open\"}], \"token\": \"of-open\","
              " \"allowedOrigins\": [\"studio.example.com\"]},"
              "{\"label\": \"closed\", \"streams\": [{\"streamName\": \"closed\"}], \"token\": \"of-closed\","
              " \"subscribeRequiresAuth\": true}],"
              "\"subscribeTokens\": [{\"label\": \"page\", \"streams\": [{\"streamName\": \"closed\"}],"
              " \"token\": \"of-page\", \"allowedOrigins\": [\"example.com\"]}]}",
              file);
        fclose(file);
    }
    return path;
}

/* Starts an emulator of the account "mine" with those tokens. */
static bool runs_with_tokens(millicast_emulator *emulator)
{
    const char *arguments[] = {"--account-id", "mine", "--seed", NULL, NULL};
    millicast_emulator_options options = {0};
    arguments[3] = seed();
    options.arguments = arguments;
    return CHECK_NUMBER(start(emulator, &options), 0) && CHECK_TEXT(why, "");
}

static void judges_viewers_by_origin_and_account(void)
{
    static const struct {
        const char *stream, *token, *origin, *account_id, *verdict;
    } cases[] = {
        {"closed", "of-page", "https://example.com", NULL, "admitted"},
        {"closed", "of-page", "https://example.com", "mine", "admitted"},
        {"closed", "of-page", "https://example.org", NULL, "origin"},
        {"closed", "of-page", NULL, NULL, "origin"},
        {"open", "of-page", "https://example.com", NULL, "stream"},
        {"open", NULL, NULL, "mine", "admitted"},
        {"open", NULL, "https://example.org", "mine", "admitted"},
        {"open", NULL, NULL, NULL, "no-token"},
        {"open", NULL, NULL, "a \"quoted\\ one", "account"},
        {"closed", NULL, NULL, "mine", "subscribe-requires-auth"},
        {"unheard of", NULL, NULL, "mine", "no-token"},
    };
    millicast_emulator emulator;
    char verdict[512];
    if (!runs_with_tokens(&emulator))
        return;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        CHECK_NUMBER(millicast_emulator_view(&emulator, cases[i].stream, cases[i].token, cases[i].origin,
                                             cases[i].account_id, verdict, sizeof verdict),
                     0);
        CHECK_TEXT(verdict, cases[i].verdict);
    }
    CHECK_NUMBER(millicast_emulator_verdict(&emulator, "open", NULL, verdict, sizeof verdict), 0);
    CHECK_TEXT(verdict, "no-token");
    CHECK_NUMBER(millicast_emulator_stop(&emulator), 0);
}

static void judges_broadcasters(void)
{
    static const struct {
        const char *stream, *token, *origin, *verdict;
    } cases[] = {
        {"closed", "of-closed", NULL, "admitted"},
        {"closed", "of-closed", "https://example.com", "admitted"},
        {"open", "of-closed", NULL, "stream"},
        {"open", "of-open", "https://studio.example.com", "admitted"},
        {"open", "of-open", "https://example.com", "origin"},
        {"open", "of-open", NULL, "origin"},
        {"closed", "of-page", NULL, "token-unknown"},
        {"closed", NULL, NULL, "no-token"},
    };
    millicast_emulator emulator;
    char verdict[512];
    if (!runs_with_tokens(&emulator))
        return;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        CHECK_NUMBER(millicast_emulator_publish(&emulator, cases[i].stream, cases[i].token, cases[i].origin, verdict,
                                                sizeof verdict),
                     0);
        CHECK_TEXT(verdict, cases[i].verdict);
    }
    CHECK_NUMBER(millicast_emulator_stop(&emulator), 0);
    CHECK_NUMBER(millicast_emulator_publish(&emulator, "open", NULL, NULL, verdict, sizeof verdict), -1);
    CHECK_TEXT(verdict, "the emulator does not run");
}

static void refuses_what_no_request_can_hold(void)
{
    static const struct {
        const char *stream, *token, *origin, *account_id, *said;
    } cases[] = {
        {"sh\now", NULL, NULL, NULL, "the stream's name has a control character"},
        {"show", "hidden\r\nX: y", NULL, NULL, "the token has a control character"},
        {"show", "hidden\x7f", NULL, NULL, "the token has a control character"},
        {"show", "none", "https://hidden\n", NULL, "the origin has a control character"},
        {"show", "none", NULL, "hidden\t", "the account's id has a control character"},
    };
    millicast_emulator emulator;
    char verdict[512], account_id[400];
    if (!runs(&emulator))
        return;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        CHECK_NUMBER(millicast_emulator_view(&emulator, cases[i].stream, cases[i].token, cases[i].origin,
                                             cases[i].account_id, verdict, sizeof verdict),
                     -1);
        CHECK_TEXT(verdict, cases[i].said);
    }
    CHECK_NUMBER(millicast_emulator_publish(&emulator, "show", "hidden\n", NULL, verdict, sizeof verdict), -1);
    CHECK_TEXT(verdict, "the token has a control character");
    memset(account_id, '"', sizeof account_id);
    account_id[301] = '\0';
    CHECK_NUMBER(millicast_emulator_view(&emulator, "show", NULL, NULL, account_id, verdict, sizeof verdict), -1);
    CHECK_TEXT(verdict, "the account's id has more than 300 bytes");
    account_id[300] = '\0';
    CHECK_NUMBER(millicast_emulator_view(&emulator, account_id, NULL, NULL, account_id, verdict, sizeof verdict), 0);
    CHECK_TEXT(verdict, "request");
    CHECK_NUMBER(millicast_emulator_stop(&emulator), 0);
}

static void says_that_an_answer_has_no_room(void)
{
    millicast_emulator emulator;
    char answer[16];
    if (!runs(&emulator))
        return;
    CHECK_NUMBER(millicast_emulator_post(&emulator, "/_emulator/clock", "{\"now\": 5}", answer, sizeof answer), -1);
    CHECK_TEXT(answer, "the answer has "); /* as far as there is room for that */
    CHECK_NUMBER(millicast_emulator_stop(&emulator), 0);
}

static void says_that_it_cannot_ask_by_tls(void)
{
    millicast_emulator_options options = {0};
    millicast_emulator emulator;
    char answer[512];
    options.program = stand_in("echo listening on https://127.0.0.1:1\nexec cat");
    if (!CHECK_NUMBER(start(&emulator, &options), 0))
        return;
    CHECK_TEXT(emulator.url, "https://127.0.0.1:1");
    CHECK_NUMBER(millicast_emulator_post(&emulator, "/_emulator/clock", "{}", answer, sizeof answer), -1);
    CHECK(holds(answer, "http:// only"));
    CHECK_NUMBER(millicast_emulator_view(&emulator, "show", "none", NULL, NULL, answer, sizeof answer), -1);
    CHECK(holds(answer, "http:// only"));
    CHECK_NUMBER(millicast_emulator_stop(&emulator), 128 + SIGTERM);
}

static void says_that_nobody_listens(void)
{
    millicast_emulator emulator;
    char answer[512];
    if (!runs(&emulator))
        return;
    CHECK_NUMBER(kill(emulator.process, SIGKILL), 0);
    millicast_emulator_own_drain(emulator.channel, millicast_emulator_own_now_ms() + 10000);
    CHECK_NUMBER(millicast_emulator_post(&emulator, "/_emulator/clock", "{}", answer, sizeof answer), -1);
    CHECK_TEXT(answer, "the emulator can't be reached");
    CHECK_NUMBER(millicast_emulator_stop(&emulator), 128 + SIGKILL);
}

static void says_that_the_program_is_missing(void)
{
    millicast_emulator_options options = {0};
    char path[1024];
    snprintf(path, sizeof path, "%s", getenv("PATH"));
    options.program = "/nowhere/millicast-emulator";
    refuses_to_start(&options, "there is no such program as the emulator: /nowhere/millicast-emulator");
    setenv("MILLICAST_EMULATOR", "millicast-emulator-in-this-folder", 1);
    refuses_to_start(NULL, "millicast-emulator-in-this-folder");
    unsetenv("MILLICAST_EMULATOR");
    setenv("PATH", "/nowhere", 1);
    refuses_to_start(NULL, "millicast-emulator is not on PATH, and MILLICAST_EMULATOR does not name it");
    setenv("PATH", path, 1);
    setenv("MILLICAST_EMULATOR", program, 1);
}

static void finds_the_program_on_the_path(void)
{
    millicast_emulator emulator;
    char before[1024], path[2048], link[1024];
    snprintf(before, sizeof before, "%s", getenv("PATH"));
    snprintf(path, sizeof path, "%s:%s", folder, before);
    snprintf(link, sizeof link, "%s/millicast-emulator", folder);
    unlink(link);
    CHECK_NUMBER(symlink(program, link), 0);
    setenv("PATH", path, 1);
    setenv("MILLICAST_EMULATOR", "", 1);
    if (runs(&emulator))
        CHECK_NUMBER(millicast_emulator_stop(&emulator), 0);
    setenv("PATH", before, 1);
    setenv("MILLICAST_EMULATOR", program, 1);
    unlink(link);
}

static void says_that_the_program_says_nothing(void)
{
    start_of("exec sleep 60", 100, "did not say in time where it listens");
    start_of("trap '' TERM\nexec sleep 60", 100, "did not say in time where it listens");
    start_of("printf 'listening on'\nexec sleep 60", 100, "did not say where it listens, but: listening on");
}

static void says_that_the_program_died(void)
{
    start_of("exit 3", 0, "ended with status 3");
    start_of("kill -KILL $$", 0, "ended with status 137");
    start_of("exec >&- <&-\nexec sleep 60", 0, "ended with status 137");
}

static void says_what_the_program_said_instead(void)
{
    start_of("echo good morning\nexec sleep 60", 0, "but: good morning");
    start_of("head -c 100000 /dev/zero | tr '\\0' x\nexec sleep 60", 0, "but: xxxx");
}

static void cuts_an_error_to_its_room(void)
{
    millicast_emulator_options options = {0};
    millicast_emulator emulator;
    char small[8];
    options.program = "/nowhere";
    CHECK_NUMBER(millicast_emulator_start(&options, &emulator, small, sizeof small), -1);
    CHECK_NUMBER(strlen(small), 7);
    CHECK_NUMBER(millicast_emulator_start(&options, &emulator, NULL, 0), -1);
}

static void kills_what_does_not_end(void)
{
    millicast_emulator_options options = {0};
    millicast_emulator emulator;
    options.program = stand_in("trap '' TERM\necho listening on http://127.0.0.1:1\nexec >&- <&-\nexec sleep 60");
    if (CHECK_NUMBER(start(&emulator, &options), 0))
        CHECK_NUMBER(millicast_emulator_stop(&emulator), 128 + SIGKILL);
    CHECK(has_no_child());
}

static void leaves_neither_process_nor_descriptor(void)
{
    int before = count_descriptors();
    for (int i = 0; i < (harness_slowness() > 1 ? 3 : 20); i++) {
        millicast_emulator emulator;
        if (!runs(&emulator))
            return;
        CHECK_NUMBER(millicast_emulator_post(&emulator, "/_emulator/clock", "{\"now\": 5}", NULL, 0), 200);
        CHECK_NUMBER(millicast_emulator_stop(&emulator), 0);
    }
    CHECK_NUMBER(count_descriptors(), before);
    CHECK(has_no_child());
}

static void works_where_sigchld_is_ignored(void)
{
    struct sigaction ignored, before;
    millicast_emulator emulator;
    memset(&ignored, 0, sizeof ignored);
    ignored.sa_handler = SIG_IGN;
    sigaction(SIGCHLD, &ignored, &before);
    if (runs(&emulator)) {
        CHECK_NUMBER(millicast_emulator_post(&emulator, "/_emulator/clock", "{\"now\": 5}", NULL, 0), 200);
        CHECK_NUMBER(millicast_emulator_stop(&emulator), 0);
    }
    start_of("exec sleep 60", 100, "did not say in time");
    CHECK(has_no_child());
    sigaction(SIGCHLD, &before, NULL);
}

static void take_all_ends(int signal_number)
{
    int error = errno;
    (void)signal_number;
    while (waitpid(-1, NULL, WNOHANG) > 0)
        ;
    errno = error;
}

static void works_where_the_host_takes_the_ends_of_its_children(void)
{
    struct sigaction taking, before;
    millicast_emulator emulator;
    memset(&taking, 0, sizeof taking);
    taking.sa_handler = take_all_ends;
    sigaction(SIGCHLD, &taking, &before);
    if (runs(&emulator))
        CHECK_NUMBER(millicast_emulator_stop(&emulator), 0);
    CHECK(has_no_child());
    sigaction(SIGCHLD, &before, NULL);
}

static void works_where_every_signal_is_blocked(void)
{
    sigset_t all, before;
    millicast_emulator emulator;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    if (runs(&emulator))
        CHECK_NUMBER(millicast_emulator_stop(&emulator), 0);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
}

static void works_where_the_standard_streams_are_closed(void)
{
    millicast_emulator emulator;
    int result, status, kept[2];
    fflush(stdout);
    for (int i = 0; i < 2; i++) {
        kept[i] = fcntl(i, F_DUPFD, 10);
        close(i);
    }
    result = start(&emulator, NULL);
    status = result == 0 ? millicast_emulator_stop(&emulator) : -1;
    for (int i = 0; i < 2; i++) {
        if (kept[i] >= 0) {
            dup2(kept[i], i);
            close(kept[i]);
        }
    }
    CHECK_TEXT(why, "");
    CHECK_NUMBER(result, 0);
    CHECK_NUMBER(status, 0);
}

static void ends_with_the_process_that_started_it(void)
{
    int alive[2];
    char ignored;
    pid_t child;
    fflush(stdout);
    CHECK_NUMBER(pipe(alive), 0); /* both the child and its emulator inherit it */
    child = fork();
    if (child == 0) {
        millicast_emulator emulator;
        close(alive[0]);
        if (millicast_emulator_start(NULL, &emulator, NULL, 0) != 0 || write(alive[1], "x", 1) != 1)
            _exit(1);
        raise(SIGKILL);
    }
    close(alive[1]);
    CHECK_NUMBER(read(alive[0], &ignored, 1), 1);
    CHECK_NUMBER(millicast_emulator_own_ended(child, 0), 128 + SIGKILL);
    CHECK(millicast_emulator_own_wait(alive[0], POLLIN, millicast_emulator_own_now_ms() + 20000));
    CHECK_NUMBER(read(alive[0], &ignored, 1), 0);
    close(alive[0]);
}

static void a_forked_child_leaves_it_running(void)
{
    millicast_emulator emulator;
    pid_t child;
    if (!runs(&emulator))
        return;
    fflush(stdout);
    child = fork();
    if (child == 0) {
        bool asked = millicast_emulator_post(&emulator, "/_emulator/clock", "{\"now\": 5}", NULL, 0) == 200;
        _exit(millicast_emulator_stop(&emulator) == 0 && asked ? 0 : 1);
    }
    CHECK_NUMBER(millicast_emulator_own_ended(child, 0), 0);
    CHECK_NUMBER(millicast_emulator_post(&emulator, "/_emulator/clock", "{\"now\": 5}", NULL, 0), 200);
    CHECK_NUMBER(millicast_emulator_stop(&emulator), 0);
}

static void a_program_that_the_host_starts_inherits_nothing(void)
{
    millicast_emulator emulator;
    if (!runs(&emulator))
        return;
    CHECK((fcntl(emulator.channel, F_GETFD) & FD_CLOEXEC) != 0);
    CHECK_NUMBER(millicast_emulator_stop(&emulator), 0);
}

struct asking {
    const millicast_emulator *emulator;
    int answered;
};

static void *ask_often(void *given)
{
    struct asking *asking = (struct asking *)given;
    for (int i = 0; i < 20; i++) {
        char verdict[64];
        if (millicast_emulator_verdict(asking->emulator, "show", "none", verdict, sizeof verdict) == 0)
            asking->answered++;
    }
    return NULL;
}

static void is_asked_on_several_threads(void)
{
    millicast_emulator emulator;
    pthread_t threads[4];
    struct asking askings[4];
    if (!runs(&emulator))
        return;
    for (int i = 0; i < 4; i++) {
        askings[i].emulator = &emulator;
        askings[i].answered = 0;
        CHECK_NUMBER(pthread_create(&threads[i], NULL, ask_often, &askings[i]), 0);
    }
    for (int i = 0; i < 4; i++) {
        pthread_join(threads[i], NULL);
        CHECK_NUMBER(askings[i].answered, 20);
    }
    CHECK_NUMBER(millicast_emulator_stop(&emulator), 0);
}

static const struct test tests[] = {
    {"it starts, answers and stops, and stopping it again is no matter", starts_asks_and_stops},
    {"it takes a secret, which is on no command line, and arguments", takes_secrets_and_arguments},
    {"a secret that is empty or too long is refused", refuses_secrets_that_are_none},
    {"it tells the director's verdict", tells_the_director_s_verdict},
    {"it judges a viewer by the page and by the account", judges_viewers_by_origin_and_account},
    {"it judges a broadcaster", judges_broadcasters},
    {"a text that no request can hold is refused and not repeated", refuses_what_no_request_can_hold},
    {"an answer that has no room is an error", says_that_an_answer_has_no_room},
    {"an emulator that listens with TLS is not asked", says_that_it_cannot_ask_by_tls},
    {"an emulator that was killed is an error when it is asked", says_that_nobody_listens},
    {"a program that is missing is told, by where it was looked for", says_that_the_program_is_missing},
    {"the program is found on PATH", finds_the_program_on_the_path},
    {"a program that says nothing is ended in time", says_that_the_program_says_nothing},
    {"a program that dies at once is told with its status", says_that_the_program_died},
    {"a program that says something else is told with what it said", says_what_the_program_said_instead},
    {"an error is cut to its room", cuts_an_error_to_its_room},
    {"an emulator that does not end is killed", kills_what_does_not_end},
    {"twenty emulators leave neither a process nor a descriptor", leaves_neither_process_nor_descriptor},
    {"it works where SIGCHLD is ignored", works_where_sigchld_is_ignored},
    {"it works where the host takes the ends of its children", works_where_the_host_takes_the_ends_of_its_children},
    {"it works where every signal is blocked", works_where_every_signal_is_blocked},
    {"it works where the standard streams are closed", works_where_the_standard_streams_are_closed},
    {"it ends with the process that started it, even if that is killed", ends_with_the_process_that_started_it},
    {"a forked child asks it and leaves it running", a_forked_child_leaves_it_running},
    {"a program that the host starts inherits nothing of it", a_program_that_the_host_starts_inherits_nothing},
    {"it is asked on several threads at once", is_asked_on_several_threads},
    {NULL, NULL},
};

int main(int argc, char **argv)
{
    if (argc < 3) {
        fprintf(stderr, "usage: emulator_helper EMULATOR FOLDER\n");
        return 2;
    }
    program = argv[1];
    folder = argv[2];
    setenv("MILLICAST_EMULATOR", program, 1);
    harness_run(tests, argc > 3 ? argv[3] : NULL);
    return harness_end();
}

/*
 * The platform on your own machine, for the tests of your own program in C and C++.
 *
 *     millicast_emulator emulator;
 *     char why[512];
 *     if (millicast_emulator_start(NULL, &emulator, why, sizeof why) != 0)
 *         return fail(why);
 *     ... a client of emulator.secret and emulator.url ...
 *     millicast_emulator_stop(&emulator);
 *
 * This starts the program millicast-emulator, which answers as the Token API and the director of Dolby Millicast do, on
 * loopback and in memory, and ends it. All of it is in this header, for C99 and C++17, on POSIX: a compiler needs no
 * more than -I with the header's folder, and a linker no library but that of C: neither millicast_tokens.h nor its
 * library.
 *
 * - Include it before every other header, or define _POSIX_C_SOURCE as 200809L for the whole file: -std=c99 hides what
 *   it needs. With -std=gnu99 and in C++ nothing has to be done.
 * - The emulator ends at the latest with the process that started it, in whatever way that ends, killed included, but
 *   not before the children that this process forked while it ran: each holds it until the child ends, runs another
 *   program or calls millicast_emulator_stop().
 * - Who makes a millicast_emulator owns it, and stops it. It may be moved in memory, and must not be used by two
 *   copies.
 * - Threads: one millicast_emulator may be asked (post, get, view, publish, verdict) on any number of threads at once.
 *   It is started and stopped by one thread while no other one uses it. Several emulators have nothing to do with each
 *   other.
 * - Every function blocks its thread, for a bounded time. None prints, exits, touches signal handlers or raises
 *   SIGPIPE. They work where SIGCHLD is ignored, where the host takes the ends of all its children, and where SIGTERM
 *   is blocked.
 * - Descriptors are close-on-exec. A child that is forked may ask the emulator; stopping it there leaves it running.
 *   (Where the system has no SOCK_CLOEXEC, no other thread may start a program while an emulator starts.)
 * - Errors are sentences in English. They hold no secret and no token.
 */

#ifndef MILLICAST_EMULATOR_H
#define MILLICAST_EMULATOR_H

#if !defined(__unix__) && !defined(__APPLE__)
#error "millicast_emulator.h needs a POSIX system: it starts the emulator by posix_spawn() and asks it by sockets."
#endif

#if defined(__STRICT_ANSI__) && !defined(_POSIX_C_SOURCE) && !defined(_XOPEN_SOURCE) && !defined(_GNU_SOURCE)     \
    && !defined(_DEFAULT_SOURCE) && !defined(__APPLE__)
#define _POSIX_C_SOURCE 200809L
#endif

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#if defined(__GLIBC__) && !defined(__USE_XOPEN2K8)
#error "Include millicast_emulator.h before every other header, or define _POSIX_C_SOURCE as 200809L."
#endif

#ifdef __cplusplus
extern "C" {
#endif

/**
 * How an emulator is started. Make it all zero ({0}; in C++ {}) and set what shall differ; nothing of it is kept.
 */
typedef struct millicast_emulator_options {
    /**
     * The program. NULL: the file that the environment variable MILLICAST_EMULATOR names, else millicast-emulator on
     * PATH.
     */
    const char *program;
    /** The API secret, 1 to 127 characters. NULL: a random one. The program gets it by its environment. */
    const char *secret;
    /**
     * Further options of the program, with a NULL at the end, such as {"--account-id", "mine", "--seed",
     * "tokens.json", NULL}. Other users of the machine can read them: a secret does not belong here. NULL: none.
     *
     * What "--clock" sets is the time of the emulator alone; the library goes by the system's clock, and does not sign
     * for a parent that is over by it. millicast_emulator_post() says how a token is signed for the emulator's time.
     */
    const char *const *arguments;
    /** How many milliseconds it may take to start. 0: 10000. */
    int start_timeout_ms;
} millicast_emulator_options;

/** An emulator that runs. Read `url` and `secret`; the rest is this header's own. */
typedef struct millicast_emulator {
    /** Where it listens, such as "http://127.0.0.1:40123": the base URL of a client. */
    char url[128];
    /** The API secret. */
    char secret[128];
    /** Its process; 0 when it does not run. */
    pid_t process;
    /** The process that started it. */
    pid_t owner;
    /** Its standard input and output, in one: it ends when this is closed, and this ends when it does. */
    int channel;
} millicast_emulator;

/**
 * Starts an emulator and waits until it answers.
 *
 * `options` may be NULL. Answers 0; else -1, why[0..size] says why not (cut where it is too long; NULL with 0 if nobody
 * asks), nothing is left running, and millicast_emulator_stop() has nothing to do. What the program itself says goes to
 * this process's standard error.
 */
static inline int millicast_emulator_start(const millicast_emulator_options *options, millicast_emulator *emulator,
                                           char *why, size_t size);

/**
 * Ends an emulator and waits for that, 10 seconds at the most; then it is killed. Again, or after a failed start, is
 * a no-op.
 *
 * Answers 0 when it ended as it should, or when nobody can tell because the host takes the ends of its children; else
 * its exit status, or 128 and the signal that killed it. What it kept is gone, and emulator->secret is wiped.
 */
static inline int millicast_emulator_stop(millicast_emulator *emulator);

/**
 * Posts JSON to the emulator, for its endpoints "/_emulator/...", such as
 *
 *     millicast_emulator_post(&emulator, "/_emulator/clock", "{\"advance\": 60}", answer, sizeof answer)
 *
 * By this clock the emulator judges tokens, while the library goes by the system's. For the emulator's time a token is
 * signed by mct_signer_new(id, value, ...), which does not know when the parent ends, with claims that
 * mct_claims_set_issued_at() gave the "now" of the emulator's answer.
 *
 * Answers the HTTP status, and answer[0..size] is the JSON that it says, NUL-terminated. -1: there is no answer, or
 * it has no room, and answer[0..size] says why. `answer` may be NULL with size 0 when nobody asks what it said. It
 * takes 40 seconds at the most, and plain http:// only: with --tls this answers -1, and so does all that asks below.
 */
static inline int millicast_emulator_post(const millicast_emulator *emulator, const char *path, const char *json,
                                          char *answer, size_t size);

/**
 * The same by GET, such as for "/_emulator/journal?after=0".
 *
 * A journal that outgrows a buffer is read in parts: `after` is the number ("seq", or "last" of an answer) of the entry
 * after which the answer begins.
 */
static inline int millicast_emulator_get(const millicast_emulator *emulator, const char *path, char *answer,
                                         size_t size);

/**
 * What the director says to a viewer who wants a stream.
 *
 * - `token`: a subscribe token's string, or a self-signed token. NULL: the viewer has none, and gets only streams that
 *   a publish token covers and none of those requires a token for, of the account that `account_id` names.
 * - `origin`: the page that the viewer is on, such as "https://www.example.com". NULL: none, as from a program that is
 *   no browser; a token that is for some origins alone is refused then.
 * - `account_id`: the account that the viewer names. NULL: none, which will do with a token.
 *
 * Answers 0, and verdict[0..size] is "admitted", or the name of the rule that is broken, such as "token-expired"; else
 * -1, and it says why there is none. No text may have a control character. `stream` and `account_id` have 300 bytes at
 * the most.
 */
static inline int millicast_emulator_view(const millicast_emulator *emulator, const char *stream, const char *token,
                                          const char *origin, const char *account_id, char *verdict, size_t size);

/**
 * The same for a broadcaster with a publish token's string. `token` may be NULL: the broadcaster has none, and is
 * refused. `origin` may be NULL: none.
 */
static inline int millicast_emulator_publish(const millicast_emulator *emulator, const char *stream, const char *token,
                                             const char *origin, char *verdict, size_t size);

/**
 * The short form of millicast_emulator_view(), with neither an origin nor an account. `token` may be NULL, and the
 * verdict is "no-token" then, unless another rule is broken before.
 */
static inline int millicast_emulator_verdict(const millicast_emulator *emulator, const char *stream, const char *token,
                                             char *verdict, size_t size);

/* What follows is how it is done. */

#ifdef MSG_NOSIGNAL
#define MILLICAST_EMULATOR_OWN_FLAGS MSG_NOSIGNAL
#else
#define MILLICAST_EMULATOR_OWN_FLAGS 0
#endif

extern char **environ;

/* Two texts in a row, as far as there is room for them. */
static inline void millicast_emulator_own_tell(char *buffer, size_t size, const char *what, const char *about)
{
    while (size > 1 && (*what != '\0' || *about != '\0')) {
        *buffer++ = *what != '\0' ? *what++ : *about++;
        size--;
    }
    if (size > 0)
        *buffer = '\0';
}

static inline int millicast_emulator_own_failure(char *why, size_t size, const char *what, const char *about)
{
    millicast_emulator_own_tell(why, size, what, about);
    return -1;
}

static inline long long millicast_emulator_own_now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (long long)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Can something be done with a descriptor before the deadline? */
static inline int millicast_emulator_own_wait(int descriptor, short events, long long deadline)
{
    struct pollfd watched;
    watched.fd = descriptor;
    watched.events = events;
    for (;;) {
        long long left = deadline - millicast_emulator_own_now_ms();
        int ready = poll(&watched, 1, left > 0 ? (int)left : 0);
        if (ready >= 0 || errno != EINTR)
            return ready > 0;
    }
}

/* Overwrites by a way that the compiler does not leave out. */
static inline void millicast_emulator_own_wipe(char *text, size_t size)
{
    volatile char *byte = text;
    while (size-- > 0)
        *byte++ = 0;
}

/* A descriptor that is none of the first three, which the program gets others for; the one given is closed. */
static inline int millicast_emulator_own_moved(int descriptor)
{
    int moved = fcntl(descriptor, F_DUPFD_CLOEXEC, 3);
    close(descriptor);
    return moved;
}

/* Two connected sockets, both close-on-exec, in place of two pipes: the system makes them so in one step. */
static inline int millicast_emulator_own_pair(int *ours, int *its)
{
    int pair[2];
#ifdef SOCK_CLOEXEC
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
        return -1;
#else
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) != 0)
        return -1;
#endif
    *ours = millicast_emulator_own_moved(pair[0]);
    *its = millicast_emulator_own_moved(pair[1]);
    if (*ours >= 0 && *its >= 0)
        return 0;
    if (*ours >= 0)
        close(*ours);
    if (*its >= 0)
        close(*its);
    return -1;
}

static inline int millicast_emulator_own_random(char *text, size_t digits)
{
    unsigned char bytes[64];
    size_t count = digits / 2, got;
    FILE *file = fopen("/dev/urandom", "rb");
    if (file == NULL)
        return -1;
    setvbuf(file, NULL, _IONBF, 0);
    got = fread(bytes, 1, count, file);
    fclose(file);
    for (size_t i = 0; i < got; i++)
        snprintf(text + 2 * i, 3, "%02x", (unsigned)bytes[i]);
    return got == count ? 0 : -1;
}

/* The environment of this process with the secret in it; the names and texts but for the secret's are lent. */
static inline char **millicast_emulator_own_environment(char *secret)
{
    const char *name = "MILLICAST_EMULATOR_API_SECRET=";
    size_t count = 0, kept = 0;
    char **variables;
    while (environ[count] != NULL)
        count++;
    variables = (char **)malloc((count + 2) * sizeof *variables);
    if (variables == NULL)
        return NULL;
    for (size_t i = 0; i < count; i++)
        if (strncmp(environ[i], name, strlen(name)) != 0)
            variables[kept++] = environ[i];
    variables[kept++] = secret;
    variables[kept] = NULL;
    return variables;
}

/* Its command line. The texts are lent: posix_spawn() takes them without const, and leaves them as they are. */
static inline char **millicast_emulator_own_command(const char *program, const char *const *arguments)
{
    size_t count = 0;
    const char **command;
    while (arguments != NULL && arguments[count] != NULL)
        count++;
    command = (const char **)malloc((count + 3) * sizeof *command);
    if (command == NULL)
        return NULL;
    command[0] = program;
    for (size_t i = 0; i < count; i++)
        command[1 + i] = arguments[i];
    command[1 + count] = "--until-eof";
    command[2 + count] = NULL;
    return (char **)command;
}

/* The signals as a program expects them, whatever this process does with its own; Ctrl-C is for this process alone. */
static inline int millicast_emulator_own_attributes(posix_spawnattr_t *attributes)
{
    sigset_t none, usual;
    sigemptyset(&none);
    sigemptyset(&usual);
    sigaddset(&usual, SIGTERM);
    sigaddset(&usual, SIGINT);
    sigaddset(&usual, SIGPIPE);
    sigaddset(&usual, SIGCHLD);
    posix_spawnattr_setsigmask(attributes, &none);
    posix_spawnattr_setsigdefault(attributes, &usual);
    posix_spawnattr_setpgroup(attributes, 0);
    return posix_spawnattr_setflags(attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
}

/* An errno, or 0. `on_path`: the program is a name that PATH is searched for. */
static inline int millicast_emulator_own_spawn(pid_t *process, const char *program, int on_path, int channel,
                                               char **command, char **environment)
{
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    int problem = posix_spawn_file_actions_init(&actions);
    if (problem != 0)
        return problem;
    problem = posix_spawnattr_init(&attributes);
    if (problem == 0) {
        problem = posix_spawn_file_actions_adddup2(&actions, channel, 0);
        if (problem == 0)
            problem = posix_spawn_file_actions_adddup2(&actions, channel, 1);
        if (problem == 0)
            problem = millicast_emulator_own_attributes(&attributes);
        if (problem == 0)
            problem = on_path ? posix_spawnp(process, program, &actions, &attributes, command, environment)
                              : posix_spawn(process, program, &actions, &attributes, command, environment);
        posix_spawnattr_destroy(&attributes);
    }
    posix_spawn_file_actions_destroy(&actions);
    return problem;
}

/* Its status in the shell's manner when it has ended, 0 as well when nobody can tell; -1: it goes on. */
static inline int millicast_emulator_own_ended(pid_t process, int options)
{
    int status = 0;
    pid_t ended;
    do
        ended = waitpid(process, &status, options);
    while (ended < 0 && errno == EINTR);
    if (ended == 0)
        return -1;
    if (ended < 0)
        return 0;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* Reads until it has ended, which closes the other end, or until the deadline. */
static inline void millicast_emulator_own_drain(int channel, long long deadline)
{
    char ignored[256];
    while (millicast_emulator_own_wait(channel, POLLIN, deadline))
        if (recv(channel, ignored, sizeof ignored, 0) <= 0)
            return;
}

static inline void millicast_emulator_own_forget(millicast_emulator *emulator)
{
    close(emulator->channel);
    millicast_emulator_own_wipe(emulator->secret, sizeof emulator->secret);
    memset(emulator, 0, sizeof *emulator);
}

static inline int millicast_emulator_stop(millicast_emulator *emulator)
{
    int status = 0;
    if (emulator->process == 0)
        return 0;
    if (emulator->owner == getpid()) {
        status = millicast_emulator_own_ended(emulator->process, WNOHANG);
        if (status < 0) {
            kill(emulator->process, SIGTERM);
            millicast_emulator_own_drain(emulator->channel, millicast_emulator_own_now_ms() + 10000);
            status = millicast_emulator_own_ended(emulator->process, WNOHANG);
        }
        if (status < 0) {
            /* What is on its way out by itself has its status already, and this does not change it. */
            kill(emulator->process, SIGKILL);
            status = millicast_emulator_own_ended(emulator->process, 0);
        }
    }
    millicast_emulator_own_forget(emulator);
    return status;
}

static inline int millicast_emulator_own_missing(char *why, size_t size, const char *program, int on_path)
{
    if (on_path)
        return millicast_emulator_own_failure(
            why, size, "millicast-emulator is not on PATH, and MILLICAST_EMULATOR does not name it: ",
            "install it, or let that variable name its file");
    return millicast_emulator_own_failure(why, size, "there is no such program as the emulator: ", program);
}

/* Ends what did not print where it listens but `line`, which may be cut. `is_over`: it prints nothing any more. */
static inline int millicast_emulator_own_not_ready(millicast_emulator *emulator, const char *program, int on_path,
                                                   const char *line, int is_over, char *why, size_t size)
{
    char status_text[64];
    int status = is_over ? millicast_emulator_own_ended(emulator->process, WNOHANG) : -1;
    if (status < 0)
        kill(emulator->process, SIGKILL); /* what is on its way out has its status already */
    if (status < 0)
        status = millicast_emulator_own_ended(emulator->process, 0);
    millicast_emulator_own_forget(emulator);
    if (line[0] != '\0')
        return millicast_emulator_own_failure(why, size, "the emulator did not say where it listens, but: ", line);
    if (!is_over)
        return millicast_emulator_own_failure(why, size, "the emulator did not say in time where it listens", "");
    if (status == 127) /* Not every system tells that a program is missing before it tries to start it. */
        return millicast_emulator_own_missing(why, size, program, on_path);
    snprintf(status_text, sizeof status_text, "%d; standard error says why", status);
    return millicast_emulator_own_failure(why, size, "the emulator ended with status ", status_text);
}

/* Reads the line in which it says where it listens. */
static inline int millicast_emulator_own_await(millicast_emulator *emulator, const char *program, int on_path,
                                               long long deadline, char *why, size_t size)
{
    const char *ready = "listening on ";
    char line[256];
    size_t length = 0, skipped = strlen(ready);
    int is_over = 0;
    while (length < sizeof line - 1 && (length == 0 || line[length - 1] != '\n')
           && millicast_emulator_own_wait(emulator->channel, POLLIN, deadline)) {
        ssize_t got = recv(emulator->channel, line + length, sizeof line - 1 - length, 0);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0) {
            is_over = 1;
            break;
        }
        length += (size_t)got;
    }
    line[length] = '\0';
    if (length > 0 && line[length - 1] == '\n' && strncmp(line, ready, skipped) == 0
        && length - skipped < sizeof emulator->url) {
        line[length - 1] = '\0';
        memcpy(emulator->url, line + skipped, length - skipped);
        return 0;
    }
    line[strcspn(line, "\r\n")] = '\0';
    return millicast_emulator_own_not_ready(emulator, program, on_path, line, is_over, why, size);
}

/* Starts the program with a secret, a command line and an environment that are all there. */
static inline int millicast_emulator_own_run(millicast_emulator *emulator, const char *program, int on_path,
                                             char **command,
                                             char **environment, long long deadline, char *why, size_t size)
{
    int its, problem;
    if (millicast_emulator_own_pair(&emulator->channel, &its) != 0)
        return millicast_emulator_own_failure(why, size, "no sockets for the emulator: ", strerror(errno));
    problem = millicast_emulator_own_spawn(&emulator->process, program, on_path, its, command, environment);
    close(its);
    if (problem == 0) {
        emulator->owner = getpid();
        return millicast_emulator_own_await(emulator, program, on_path, deadline, why, size);
    }
    close(emulator->channel);
    emulator->process = 0;
    if (problem == ENOENT)
        return millicast_emulator_own_missing(why, size, program, on_path);
    return millicast_emulator_own_failure(why, size, "the emulator can't be started: ", strerror(problem));
}

static inline int millicast_emulator_start(const millicast_emulator_options *options, millicast_emulator *emulator,
                                           char *why, size_t size)
{
    static const millicast_emulator_options usual = {NULL, NULL, NULL, 0};
    const millicast_emulator_options *wanted = options == NULL ? &usual : options;
    const char *named = wanted->program != NULL ? wanted->program : getenv("MILLICAST_EMULATOR");
    int on_path = named == NULL || named[0] == '\0';
    const char *program = on_path ? "millicast-emulator" : named;
    long long deadline = millicast_emulator_own_now_ms()
        + (wanted->start_timeout_ms > 0 ? wanted->start_timeout_ms : 10000);
    char variable[160];
    char **command, **environment;
    int result;

    memset(emulator, 0, sizeof *emulator);
    if (wanted->secret == NULL) {
        if (millicast_emulator_own_random(emulator->secret, 48) != 0)
            return millicast_emulator_own_failure(why, size, "there is no /dev/urandom for a secret", "");
    } else if (wanted->secret[0] == '\0' || strlen(wanted->secret) >= sizeof emulator->secret) {
        return millicast_emulator_own_failure(why, size, "the secret has no character, or more than 127", "");
    } else {
        strcpy(emulator->secret, wanted->secret);
    }
    snprintf(variable, sizeof variable, "MILLICAST_EMULATOR_API_SECRET=%s", emulator->secret);
    command = millicast_emulator_own_command(program, wanted->arguments);
    environment = millicast_emulator_own_environment(variable);
    if (command != NULL && environment != NULL)
        result = millicast_emulator_own_run(emulator, program, on_path, command, environment, deadline, why, size);
    else
        result = millicast_emulator_own_failure(why, size, "out of memory", "");
    free(command);
    free(environment);
    millicast_emulator_own_wipe(variable, sizeof variable);
    if (result != 0)
        millicast_emulator_own_wipe(emulator->secret, sizeof emulator->secret);
    return result;
}

/* A socket that is connected to the emulator, -1 if there is none. It does not block. */
static inline int millicast_emulator_own_connect(const char *host, const char *port, long long deadline)
{
    struct addrinfo hints, *found = NULL;
    int made, problem = 0;
    socklen_t size = sizeof problem;
    memset(&hints, 0, sizeof hints);
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV;
    if (getaddrinfo(host, port, &hints, &found) != 0)
        return -1;
#ifdef SOCK_CLOEXEC
    made = socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
#else
    made = socket(found->ai_family, SOCK_STREAM, 0);
#endif
    if (made >= 0) {
        fcntl(made, F_SETFD, FD_CLOEXEC);
        fcntl(made, F_SETFL, O_NONBLOCK);
#ifdef SO_NOSIGPIPE
        problem = 1;
        setsockopt(made, SOL_SOCKET, SO_NOSIGPIPE, &problem, sizeof problem);
#endif
        if (connect(made, found->ai_addr, found->ai_addrlen) != 0
            && (errno != EINPROGRESS || !millicast_emulator_own_wait(made, POLLOUT, deadline)
                || getsockopt(made, SOL_SOCKET, SO_ERROR, &problem, &size) != 0 || problem != 0)) {
            close(made);
            made = -1;
        }
    }
    freeaddrinfo(found);
    return made;
}

static inline int millicast_emulator_own_send(int connection, const char *text, long long deadline)
{
    size_t length = strlen(text);
    while (length > 0) {
        ssize_t sent;
        if (!millicast_emulator_own_wait(connection, POLLOUT, deadline))
            return -1;
        sent = send(connection, text, length, MILLICAST_EMULATOR_OWN_FLAGS);
        if (sent < 0 && errno != EINTR && errno != EAGAIN)
            return -1;
        if (sent > 0) {
            text += sent;
            length -= (size_t)sent;
        }
    }
    return 0;
}

/* What is said until the connection ends, to be freed; NULL: it does not end in time, or there is no memory for it. */
static inline char *millicast_emulator_own_receive(int connection, long long deadline)
{
    size_t length = 0, room = 4096;
    char *text = (char *)malloc(room);
    while (text != NULL) {
        ssize_t got = -1;
        if (millicast_emulator_own_wait(connection, POLLIN, deadline))
            got = recv(connection, text + length, room - length - 1, 0);
        else
            errno = ETIMEDOUT;
        if (got == 0) {
            text[length] = '\0';
            return text;
        }
        if (got < 0 && errno != EINTR && errno != EAGAIN)
            break;
        if (got > 0)
            length += (size_t)got;
        if (length + 1 == room) {
            char *more = (char *)realloc(text, room * 2);
            if (more == NULL)
                break;
            text = more;
            room *= 2;
        }
    }
    free(text);
    return NULL;
}

/* Takes an HTTP answer apart: its status, and its body copied to where it belongs. */
static inline int millicast_emulator_own_answer(const char *text, char *answer, size_t size)
{
    int status = 0;
    const char *body = strstr(text, "\r\n\r\n");
    if (body == NULL || sscanf(text, "HTTP/%*d.%*d %d", &status) != 1)
        return millicast_emulator_own_failure(answer, size, "the emulator's answer is not HTTP", "");
    body += 4;
    if (size > 0 && strlen(body) >= size)
        return millicast_emulator_own_failure(answer, size, "the answer has no room in the buffer", "");
    if (size > 0)
        strcpy(answer, body);
    return status;
}

static inline int millicast_emulator_own_exchange(const char *address, const char *head, const char *body, char *answer,
                                                  size_t size)
{
    char host[128];
    char *port, *text = NULL;
    long long deadline = millicast_emulator_own_now_ms() + 40000;
    int connection, status;
    snprintf(host, sizeof host, "%s", address[0] == '[' ? address + 1 : address);
    port = strrchr(host, ':');
    if (port == NULL)
        return millicast_emulator_own_failure(answer, size, "the emulator's address has no port", "");
    *port++ = '\0';
    host[strcspn(host, "]")] = '\0';
    connection = millicast_emulator_own_connect(host, port, deadline);
    if (connection < 0)
        return millicast_emulator_own_failure(answer, size, "the emulator can't be reached", "");
    if (millicast_emulator_own_send(connection, head, deadline) == 0
        && millicast_emulator_own_send(connection, body, deadline) == 0)
        text = millicast_emulator_own_receive(connection, deadline);
    close(connection);
    if (text == NULL)
        return millicast_emulator_own_failure(answer, size, "the emulator did not answer", "");
    status = millicast_emulator_own_answer(text, answer, size);
    free(text);
    return status;
}

/* HTTP/1.0, whose answers end with their connection. `token`: a bearer, or NULL. `origin`: a page, or NULL. */
static inline int millicast_emulator_own_ask(const millicast_emulator *emulator, const char *method, const char *path,
                                             const char *token, const char *origin, const char *body, char *answer,
                                             size_t size)
{
    const char *scheme = "http://";
    const char *address = emulator->url + strlen(scheme);
    size_t room = 256 + sizeof emulator->url + strlen(path) + (token == NULL ? 0 : strlen(token))
        + (origin == NULL ? 0 : strlen(origin));
    char *head;
    int status;
    if (emulator->process == 0)
        return millicast_emulator_own_failure(answer, size, "the emulator does not run", "");
    if (strncmp(emulator->url, scheme, strlen(scheme)) != 0)
        return millicast_emulator_own_failure(answer, size, "this asks by http:// only, and the emulator listens on ",
                                              emulator->url);
    head = (char *)malloc(room);
    if (head == NULL)
        return millicast_emulator_own_failure(answer, size, "out of memory", "");
    snprintf(head, room,
             "%s %s HTTP/1.0\r\nHost: %s\r\nContent-Type: application/json\r\nContent-Length: %lu%s%s%s%s\r\n\r\n",
             method, path, address, (unsigned long)strlen(body), token == NULL ? "" : "\r\nAuthorization: Bearer ",
             token == NULL ? "" : token, origin == NULL ? "" : "\r\nOrigin: ", origin == NULL ? "" : origin);
    status = millicast_emulator_own_exchange(address, head, body, answer, size);
    millicast_emulator_own_wipe(head, strlen(head));
    free(head);
    return status;
}

static inline int millicast_emulator_post(const millicast_emulator *emulator, const char *path, const char *json,
                                          char *answer, size_t size)
{
    return millicast_emulator_own_ask(emulator, "POST", path, NULL, NULL, json, answer, size);
}

static inline int millicast_emulator_get(const millicast_emulator *emulator, const char *path, char *answer,
                                         size_t size)
{
    return millicast_emulator_own_ask(emulator, "GET", path, NULL, NULL, "", answer, size);
}

static inline int millicast_emulator_own_has_controls(const char *text)
{
    while (*text != '\0' && (unsigned char)*text >= 0x20 && *text != 0x7f)
        text++;
    return *text != '\0';
}

/* Adds a text to JSON that has room for it, behind what begins its member. Where the JSON ends then. */
static inline char *millicast_emulator_own_member(char *json, const char *beginning, const char *text)
{
    strcpy(json, beginning);
    json += strlen(beginning);
    *json++ = '"';
    for (; *text != '\0'; text++) {
        if (*text == '"' || *text == '\\')
            *json++ = '\\';
        *json++ = *text;
    }
    *json++ = '"';
    *json = '\0';
    return json;
}

/* The director's verdict at a path. What it refuses to send it does not repeat: that may be a token. */
static inline int millicast_emulator_own_judge(const millicast_emulator *emulator, const char *path, const char *stream,
                                               const char *token, const char *origin, const char *account_id,
                                               char *verdict, size_t size)
{
    static const char *const names[] = {"the stream's name", "the account's id", "the token", "the origin"};
    const char *const texts[] = {stream, account_id, token, origin};
    const char *before = "\"rule\":\"";
    char body[2048], answer[4096];
    char *end = body, *rule;
    int status;
    for (size_t i = 0; i < 4; i++) {
        if (texts[i] != NULL && i < 2 && strlen(texts[i]) > 300)
            return millicast_emulator_own_failure(verdict, size, names[i], " has more than 300 bytes");
        if (texts[i] != NULL && millicast_emulator_own_has_controls(texts[i]))
            return millicast_emulator_own_failure(verdict, size, names[i], " has a control character");
    }
    end = millicast_emulator_own_member(end, "{\"streamName\":", stream);
    if (account_id != NULL)
        end = millicast_emulator_own_member(end, ",\"streamAccountId\":", account_id);
    strcpy(end, "}");
    status = millicast_emulator_own_ask(emulator, "POST", path, token, origin, body, answer, sizeof answer);
    if (status < 0)
        return millicast_emulator_own_failure(verdict, size, answer, "");
    rule = strstr(answer, before);
    if (status != 200 && rule == NULL)
        return millicast_emulator_own_failure(verdict, size, "the director named no rule, but said: ", answer);
    if (rule != NULL) {
        rule += strlen(before);
        rule[strcspn(rule, "\"")] = '\0';
    }
    millicast_emulator_own_tell(verdict, size, status == 200 ? "admitted" : rule, "");
    return 0;
}

static inline int millicast_emulator_view(const millicast_emulator *emulator, const char *stream, const char *token,
                                          const char *origin, const char *account_id, char *verdict, size_t size)
{
    return millicast_emulator_own_judge(emulator, "/api/director/subscribe", stream, token, origin, account_id, verdict,
                                        size);
}

static inline int millicast_emulator_publish(const millicast_emulator *emulator, const char *stream, const char *token,
                                             const char *origin, char *verdict, size_t size)
{
    return millicast_emulator_own_judge(emulator, "/api/director/publish", stream, token, origin, NULL, verdict, size);
}

static inline int millicast_emulator_verdict(const millicast_emulator *emulator, const char *stream, const char *token,
                                             char *verdict, size_t size)
{
    return millicast_emulator_view(emulator, stream, token, NULL, NULL, verdict, size);
}

#ifdef __cplusplus
} /* extern "C" */
#endif

#endif /* MILLICAST_EMULATOR_H */

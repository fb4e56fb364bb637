/*
 * Uses the library beside OpenSSL and libcurl, each with a call of its own over TLS, in both orders: the argument says
 * who is first, "ours" or "theirs". What the process has and how it behaves is the same before and after ours.
 */

#include <curl/curl.h>
#include <dirent.h>
#include <fenv.h>
#include <locale.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "use.h"

#define SIGNALS 64
#define ROOM 65536

extern char **environ;

/* Made of zeros before it is filled, and compared as a whole. */
struct state {
    struct {
        void (*handler)(int);
        int flags;
        sigset_t mask;
    } signals[SIGNALS + 1];
    sigset_t blocked;
    struct rlimit limits[RLIM_NLIMITS];
    char environment[ROOM], descriptors[4096], folder[4096], locale[1024];
    mode_t mask;
    int rounding, float_exceptions;
    unsigned float_control, threads, ignored_errors;
};

static void append(char *text, size_t size, const char *line)
{
    snprintf(text + strlen(text), size - strlen(text), "%s\n", line);
}

/* Each open descriptor and what it is; or so many threads. */
static unsigned entries(const char *folder, char *text, size_t size)
{
    unsigned count = 0;
    char link[512], target[512], line[2048];
    DIR *listing = opendir(folder);
    for (struct dirent *entry; (entry = readdir(listing)) != NULL;) {
        if (entry->d_name[0] == '.' || (text != NULL && atoi(entry->d_name) == dirfd(listing)))
            continue;
        count++;
        snprintf(link, sizeof link, "%s/%s", folder, entry->d_name);
        ssize_t length = readlink(link, target, sizeof target - 1);
        if (text != NULL && length >= 0) {
            target[length] = '\0';
            snprintf(line, sizeof line, "%s %s", entry->d_name, target);
            append(text, size, line);
        }
    }
    closedir(listing);
    return count;
}

/* What a program sets; not the flags that arithmetic leaves. */
static unsigned float_control(void)
{
    fenv_t environment;
    fegetenv(&environment);
#if defined(__x86_64__)
    return environment.__control_word | (unsigned)(environment.__mxcsr & 0xffc0) << 16;
#elif defined(__aarch64__)
    return environment.__fpcr;
#else
    return 0;
#endif
}

static void take(struct state *state)
{
    struct sigaction action;
    memset(state, 0, sizeof *state);
    for (int number = 1; number <= SIGNALS; number++)
        if (sigaction(number, NULL, &action) == 0) {
            state->signals[number].handler = action.sa_handler;
            state->signals[number].flags = action.sa_flags;
            memcpy(&state->signals[number].mask, &action.sa_mask, SIGNALS / 8);
        }
    sigset_t blocked;
    pthread_sigmask(SIG_SETMASK, NULL, &blocked);
    memcpy(&state->blocked, &blocked, SIGNALS / 8);
    for (int limit = 0; limit < (int)RLIM_NLIMITS; limit++)
        getrlimit(limit, &state->limits[limit]);
    for (char **variable = environ; *variable != NULL; variable++)
        append(state->environment, sizeof state->environment, *variable);
    entries("/proc/self/fd", state->descriptors, sizeof state->descriptors);
    if (getcwd(state->folder, sizeof state->folder) == NULL)
        abort();
    snprintf(state->locale, sizeof state->locale, "%s", setlocale(LC_ALL, NULL));
    umask(state->mask = umask(0));
    state->rounding = fegetround();
    state->float_exceptions = fegetexcept();
    state->float_control = float_control();
    /* A thread that ended is listed until the kernel has put it away. */
    for (int i = 0; (state->threads = entries("/proc/self/task", NULL, 0)) > 1 && i < 1000; i++)
        sched_yield();
    state->ignored_errors = (unsigned)ERR_peek_error();
}

#define SAME(part)                                                                                                     \
    (memcmp(&before.part, &after.part, sizeof before.part) == 0 || (printf("    changed: %s\n", #part), false))

static struct state before, after;

static bool ours_changes_nothing(const struct library *library)
{
    take(&before);
    bool done = works(library);
    take(&after);
    bool same = SAME(signals) & SAME(blocked) & SAME(limits) & SAME(environment) & SAME(descriptors) & SAME(folder)
        & SAME(locale) & SAME(mask) & SAME(rounding) & SAME(float_exceptions) & SAME(float_control) & SAME(threads)
        & SAME(ignored_errors);
    return done && same;
}

static size_t forget(char *data, size_t size, size_t count, void *unused)
{
    (void)data, (void)unused;
    return size * count;
}

static bool theirs_works(void)
{
    char url[256];
    long status = 0;
    CURL *curl = curl_easy_init();
    SSL_CTX *context = SSL_CTX_new(TLS_client_method());
    snprintf(url, sizeof url, "%s/_emulator/journal?after=0", getenv("MILLICAST_API_URL"));
    curl_easy_setopt(curl, CURLOPT_URL, url);
    curl_easy_setopt(curl, CURLOPT_CAINFO, getenv("MILLICAST_CA"));
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, forget);
    CURLcode code = curl_easy_perform(curl);
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    bool done = code == CURLE_OK && status == 200 && context != NULL
        && SSL_CTX_load_verify_locations(context, getenv("MILLICAST_CA"), NULL) == 1;
    if (!done)
        printf("    libcurl: %s, %ld\n", curl_easy_strerror(code), status);
    SSL_CTX_free(context);
    curl_easy_cleanup(curl);
    return done;
}

/* Is a function where the program expects it? */
static bool is_of(void *function, const char *file)
{
    Dl_info info;
    return dladdr(function, &info) != 0 && strstr(info.dli_fname, file) != NULL;
}

static bool nothing_is_taken_over(void)
{
    return is_of(dlsym(RTLD_DEFAULT, "SSL_new"), "libssl") && is_of(dlsym(RTLD_DEFAULT, "SHA256_Init"), "libcrypto")
        && is_of(dlsym(RTLD_DEFAULT, "curl_easy_init"), "libcurl") && is_of(dlsym(RTLD_DEFAULT, "malloc"), "libc.so")
        && is_of(dlsym(RTLD_DEFAULT, "memcpy"), "libc.so");
}

/* What a host may have set, other than what a process begins with. */
static void be_unusual(void)
{
    sigset_t blocked;
    sigemptyset(&blocked);
    sigaddset(&blocked, SIGUSR1);
    pthread_sigmask(SIG_BLOCK, &blocked, NULL);
    signal(SIGUSR2, SIG_IGN);
    signal(SIGPIPE, SIG_DFL);
    setlocale(LC_ALL, "C.UTF-8");
    fesetround(FE_UPWARD);
    umask(027);
}

int main(int argc, char **argv)
{
    struct library library = linked();
    bool ours_first = argc > 1 && strcmp(argv[1], "ours") == 0;
    be_unusual();
    if (ours_first && !ours_changes_nothing(&library))
        return ended("ours, first", false);
    curl_global_init(CURL_GLOBAL_ALL);
    bool done = theirs_works() && ours_changes_nothing(&library) && theirs_works() && ours_changes_nothing(&library);
    done = nothing_is_taken_over() && done;
    curl_global_cleanup();
    return ended("ours beside theirs", done && ours_changes_nothing(&library));
}

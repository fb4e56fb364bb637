/*
 * Uses several copies of the library in one process: those that the arguments name are loaded, in their order, the
 * second, fourth, ... for everyone to see (RTLD_GLOBAL); with -DWITH_LINKED there is that of the program too.
 */

#include "use.h"

#define MOST 8

/* Every function is of the file that it was looked for in. */
static bool is_its_own(const struct library *library, const char *path)
{
    bool own = true;
    Dl_info info;
    void *place;
#define OWN(result, name, parameters)                                                                                  \
    memcpy(&place, &library->name, sizeof place);                                                                      \
    own = own && dladdr(place, &info) != 0 && strcmp(info.dli_fname, path) == 0;
    USED(OWN)
    return own;
}

int main(int argc, char **argv)
{
    struct library libraries[MOST + 1];
    int count = 0;
#ifdef WITH_LINKED
    libraries[count++] = linked();
#endif
    for (int i = 1; i < argc && i <= MOST; i++) {
        void *loaded = dlopen(argv[i], RTLD_NOW | (i % 2 == 0 ? RTLD_GLOBAL : RTLD_LOCAL));
        if (!find_all(loaded, &libraries[count]))
            return puts(dlerror()), EXIT_FAILURE;
        if (!is_its_own(&libraries[count++], argv[i]))
            return ended("a function of its own", false);
    }
    for (int i = 0; i < 2 * count; i++)
        if (!works(&libraries[i < count ? i : 2 * count - 1 - i]))
            return ended(i < count ? "a copy" : "a copy, backwards", false);
    return EXIT_SUCCESS;
}

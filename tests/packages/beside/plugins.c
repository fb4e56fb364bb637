/* Loads the plugins that the arguments name, for everyone to see, and uses each. */

#define NOT_LINKED
#include "use.h"

int main(int argc, char **argv)
{
    int (*plugin_works)(void);
    for (int i = 1; i < 2 * argc - 1; i++) {
        void *loaded = dlopen(argv[1 + (i - 1) % (argc - 1)], RTLD_NOW | RTLD_GLOBAL);
        if (loaded == NULL || !find(loaded, "plugin_works", &plugin_works) || !plugin_works())
            return ended("a plugin", false);
    }
    return EXIT_SUCCESS;
}

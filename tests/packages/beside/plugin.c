/* A plugin with a copy of the library inside. Two of them, with a number each, are loaded by plugins.c. */

#include "use.h"

int plugin_works(void);

int plugin_works(void)
{
    struct library library = linked();
    return works(&library);
}

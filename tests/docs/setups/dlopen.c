#include <dlfcn.h>
#include <stdio.h>

static int fail(const char *why)
{
    puts(why);
    return 1;
}

int main(void)
{
    /* BLOCK */
    return 0;
}

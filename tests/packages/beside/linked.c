/* Uses the library that it is linked with. */

#include "use.h"

int main(void)
{
    struct library library = linked();
    return ended("the library", works(&library));
}

/* The header by itself, twice. */
#include "millicast_tokens.h"

#include "millicast_tokens.h"

int main(void)
{
    return mct_version_number() == MCT_VERSION_NUMBER ? 0 : 1;
}

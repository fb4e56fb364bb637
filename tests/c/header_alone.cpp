// The header by itself, as C++; run.sh compiles it as C99 too.
#include "millicast_tokens.h"

#include "millicast_tokens.h"

int main() { return mct_version_number() == MCT_VERSION_NUMBER ? 0 : 1; }

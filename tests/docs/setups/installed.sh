export PKG_CONFIG_PATH="$HOME/millicast/lib/pkgconfig"
cat > mine.c <<'END'
#include <millicast_tokens.h>

int main(void)
{
    return mct_version_number() == MCT_VERSION_NUMBER ? 0 : 1;
}
END
# BLOCK

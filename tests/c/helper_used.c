/* Everything of include/millicast_emulator.h, for compilers alone: it is in C99 and in C++17 at once. */

#include "millicast_emulator.h"

int use_all(millicast_emulator *emulator);

int use_all(millicast_emulator *emulator)
{
    const millicast_emulator_options options = {NULL, NULL, NULL, 0};
    char text[64];
    int result = millicast_emulator_start(&options, emulator, text, sizeof text);
    result += millicast_emulator_post(emulator, "/_emulator/clock", "{}", text, sizeof text);
    result += millicast_emulator_get(emulator, "/_emulator/clock", text, sizeof text);
    result += millicast_emulator_view(emulator, "show", "token", NULL, "account", text, sizeof text);
    result += millicast_emulator_publish(emulator, "show", "token", "https://example.com", text, sizeof text);
    result += millicast_emulator_verdict(emulator, "show", "token", text, sizeof text);
    return result + millicast_emulator_stop(emulator);
}

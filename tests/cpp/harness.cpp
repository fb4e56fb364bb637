#include "harness.hpp"

#include <cstdlib>
#include <iostream>
#include <mutex>
#include <vector>

namespace harness {

namespace {

struct test {
    const char *sentence;
    void (*run)();
};

std::vector<test> &tests() {
    static std::vector<test> all;
    return all;
}

std::mutex lock;
unsigned failed_checks = 0;

void run(const test &test) {
#if MILLICAST_EXCEPTIONS
    try {
        test.run();
    } catch (const millicast::error &error) {
        check(false, shown(error.status()) + ": " + error.what(), "thrown", 0);
    } catch (const std::exception &error) {
        check(false, error.what(), "thrown", 0);
    }
#else
    test.run();
#endif
}

} // namespace

registration::registration(const char *sentence, void (*run)()) {
    tests().push_back({sentence, run});
}

bool check(bool holds, std::string_view what, const char *file, int line) {
    if (!holds) {
        const std::lock_guard<std::mutex> guard(lock);
        failed_checks++;
        std::cout << "    " << file << ':' << line << ": does not hold: " << what << '\n';
    }
    return holds;
}

} // namespace harness

/// Runs every test, or with an argument those whose sentence holds it.
int main(int argc, char **argv) {
    unsigned passed = 0, failed = 0;
    for (const auto &test : harness::tests()) {
        if (argc > 1 && std::string_view(test.sentence).find(argv[1]) == std::string_view::npos)
            continue;
        harness::failed_checks = 0;
        harness::run(test);
        const bool holds = harness::failed_checks == 0;
        std::cout << (holds ? "ok   " : "FAIL ") << test.sentence << std::endl;
        (holds ? passed : failed)++;
    }
    std::cout << passed << " passed, " << failed << " failed" << std::endl;
    return failed == 0 && passed > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

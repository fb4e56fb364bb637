/* All tests, or with an argument those whose sentence holds it. */

#include "families.h"

int main(int argc, char **argv)
{
    const struct test *const families[] = {
        version_and_error_tests, argument_tests, text_tests, number_tests, publish_token_tests, subscribe_token_tests,
        signing_tests, viewers_tests, viewers_at_fault_tests, verifying_tests, log_tests, call_tests,
        failed_call_tests, list_tests, update_tests, account_tests, bandwidth_tests, answer_tests, secrecy_tests,
        thread_tests, signal_tests, storm_tests, cancel_tests, phase_tests, process_tests, fork_tests, call_start_tests,
        call_end_tests, call_loop_tests, call_walk_tests, call_crowd_tests, find_created_tests,
    };
    for (size_t i = 0; i < sizeof families / sizeof *families; i++)
        harness_run(families[i], argc > 1 ? argv[1] : NULL);
    return harness_end();
}

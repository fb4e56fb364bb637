/* The families of tests, and what every one of them includes. */

#ifndef FAMILIES_H
#define FAMILIES_H

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "api.h"
#include "harness.h"
#include "net.h"

extern const struct test version_and_error_tests[];
extern const struct test argument_tests[];
extern const struct test text_tests[];
extern const struct test number_tests[];
extern const struct test publish_token_tests[];
extern const struct test subscribe_token_tests[];
extern const struct test signing_tests[];
extern const struct test viewers_tests[];
extern const struct test viewers_at_fault_tests[];
extern const struct test verifying_tests[];
extern const struct test log_tests[];
extern const struct test call_tests[];
extern const struct test failed_call_tests[];
extern const struct test list_tests[];
extern const struct test update_tests[];
extern const struct test account_tests[];
extern const struct test bandwidth_tests[];
extern const struct test answer_tests[];
extern const struct test secrecy_tests[];
extern const struct test thread_tests[];
extern const struct test signal_tests[];
extern const struct test cancel_tests[];
extern const struct test phase_tests[];
extern const struct test storm_tests[];
extern const struct test process_tests[];
extern const struct test fork_tests[];
extern const struct test call_start_tests[];
extern const struct test call_end_tests[];
extern const struct test call_loop_tests[];
extern const struct test call_walk_tests[];
extern const struct test call_crowd_tests[];
extern const struct test find_created_tests[];

#endif

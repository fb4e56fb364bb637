/* Signing for many viewers: what comes out. */

#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "families.h"
#include "packing.h"

#define NOON INT64_C(1767268800)
#define MANY 1100 /* enough for five threads */
#define THREADS 8

static mct_claims *claims_at_noon(void)
{
    mct_claims *claims = NULL;
    OK(mct_claims_new("camera", 60, &claims, &failure));
    OK(mct_claims_set_issued_at(claims, NOON, &failure));
    return claims;
}

/* A token of a batch, as of noon: what it says, NULL and 0 for what it leaves out. */
static void check_token(const struct room *room, size_t index, const mct_signer *signer, const char *viewer_data,
                        const char *address, int64_t lifetime)
{
    mct_jwt *read = token_at(room, index, signer, NOON);
    int64_t issued_at = 0, expires_at = 0;
    CHECK_TEXT(mct_jwt_stream_name(read), "camera");
    CHECK_TEXT(mct_jwt_custom_viewer_data(read), viewer_data);
    CHECK_NUMBER(mct_jwt_allowed_ip_address_count(read), address == NULL ? 0 : 1);
    CHECK_TEXT(mct_jwt_allowed_ip_address(read, 0), address);
    CHECK(mct_jwt_issued_at(read, &issued_at) && issued_at == NOON);
    CHECK(mct_jwt_expires_at(read, &expires_at));
    CHECK_NUMBER(expires_at - issued_at, lifetime);
    mct_jwt_free(read);
}

static void each_viewer_has_its_own_token(void)
{
    const char *const texts[] = {"viewer-1", "", "Zo\xc3\xab \"the\\camera\"\n\x01", "\xe6\x9d\xb1\xe4\xba\xac",
                                 "\xf0\x9f\x8e\xa5", "viewer-1", "0"};
    const size_t count = sizeof texts / sizeof *texts;
    mct_signer *signer = api_signer();
    mct_claims *claims = claims_at_noon();
    struct column *column = column_of(texts, count);
    const struct viewers viewers = {.n = count, .viewer_data = column, .threads = 1};
    OK(mct_claims_set_custom_viewer_data(claims, "of the claims", &failure));
    struct room *packed = packed_for(signer, claims, &viewers), *by_viewers = signed_for(signer, claims, &viewers);
    for (size_t i = 0; i < count; i++)
        check_token(packed, i, signer, texts[i][0] == '\0' ? NULL : texts[i], NULL, 60);
    CHECK(same_tokens(packed, by_viewers));
    room_free(by_viewers);
    room_free(packed);
    column_free(column);
    mct_claims_free(claims);
    mct_signer_free(signer);
}

static void everything_can_differ(void)
{
    const char *const texts[] = {"viewer-1", "", "viewer-3", "viewer-4"};
    const char *const addresses[] = {"192.0.2.1", "2001:db8::1", "192.0.2.0/24", "192.0.2.1"};
    const uint32_t lifetimes[] = {1, 60, 86400, 59};
    mct_signer *signer = api_signer();
    mct_claims *claims = claims_at_noon();
    struct column *data = column_of(texts, 4), *bound = column_of(addresses, 4);
    const struct viewers viewers = {
        .n = 4, .viewer_data = data, .addresses = bound, .lifetimes = lifetimes, .threads = 1};
    OK(mct_claims_set_custom_viewer_data(claims, "of the claims", &failure));
    OK(mct_claims_add_allowed_ip_address(claims, "198.51.100.1", &failure));
    struct room *room = signed_for(signer, claims, &viewers);
    for (size_t i = 0; i < 4; i++)
        check_token(room, i, signer, texts[i][0] == '\0' ? NULL : texts[i], addresses[i], lifetimes[i]);
    room_free(room);
    column_free(bound);
    column_free(data);
    mct_claims_free(claims);
    mct_signer_free(signer);
}

/* Each column by itself leaves the others to the claims. */
static void what_does_not_differ_is_as_the_claims_say(void)
{
    const char *const addresses[] = {"192.0.2.1", "192.0.2.2"}, *const texts[] = {"", "viewer"};
    const uint32_t lifetimes[] = {7, 8};
    mct_signer *signer = api_signer();
    mct_claims *claims = claims_at_noon();
    struct column *data = column_of(texts, 2), *bound = column_of(addresses, 2);
    const struct viewers none = {.n = 2, .threads = 1}, viewer_data = {.n = 2, .viewer_data = data, .threads = 1},
                         by_address = {.n = 2, .addresses = bound, .threads = 1},
                         by_lifetime = {.n = 2, .lifetimes = lifetimes, .threads = 1};
    OK(mct_claims_set_custom_viewer_data(claims, "of the claims", &failure));
    OK(mct_claims_add_allowed_ip_address(claims, "198.51.100.1", &failure));
    struct room *rooms[] = {packed_for(signer, claims, &none), signed_for(signer, claims, &none),
                            packed_for(signer, claims, &viewer_data), signed_for(signer, claims, &by_address),
                            signed_for(signer, claims, &by_lifetime)};
    for (size_t i = 0; i < 2; i++) {
        check_token(rooms[0], i, signer, "of the claims", "198.51.100.1", 60);
        check_token(rooms[2], i, signer, i == 0 ? NULL : "viewer", "198.51.100.1", 60);
        check_token(rooms[3], i, signer, "of the claims", addresses[i], 60);
        check_token(rooms[4], i, signer, "of the claims", "198.51.100.1", lifetimes[i]);
    }
    CHECK(same_tokens(rooms[0], rooms[1]));
    for (size_t i = 0; i < sizeof rooms / sizeof *rooms; i++)
        room_free(rooms[i]);
    column_free(bound);
    column_free(data);
    mct_claims_free(claims);
    mct_signer_free(signer);
}

static void other_claims_are_in_every_token(void)
{
    mct_signer *signer = api_signer();
    mct_claims *claims = claims_at_noon();
    struct column *column = column_made(viewer_data_at, 3);
    const struct viewers viewers = {.n = 3, .viewer_data = column, .threads = 1};
    uint64_t id = 0;
    OK(mct_claims_set_tracking_id(claims, "group", &failure));
    OK(mct_claims_set_origin_cluster(claims, "auto", &failure));
    OK(mct_claims_add_allowed_origin(claims, "*.example.com", &failure));
    struct room *room = packed_for(signer, claims, &viewers);
    for (size_t i = 0; i < 3; i++) {
        mct_jwt *read = token_at(room, i, signer, NOON);
        CHECK_TEXT(mct_jwt_tracking_id(read), "group");
        CHECK_TEXT(mct_jwt_origin_cluster(read), "auto");
        CHECK_TEXT(mct_jwt_allowed_origin(read, 0), "*.example.com");
        CHECK_TEXT(mct_jwt_token_type(read), "Subscribe");
        CHECK(mct_jwt_token_id(read, &id) && id == 7);
        mct_jwt_free(read);
    }
    room_free(room);
    column_free(column);
    mct_claims_free(claims);
    mct_signer_free(signer);
}

/* Where the part that is encoded once ends falls differently into base64's groups. */
static void grow_by_one(char *text, size_t size, size_t index)
{
    snprintf(text, size, "%.*s", (int)index, "0123456789012345678901234567890123456789");
}

static void every_length_and_algorithm_verifies(void)
{
    const mct_algorithm algorithms[] = {MCT_HS256, MCT_HS384, MCT_HS512};
    const char *const streams[] = {"a", "ab", "abc"};
    struct column *column = column_made(grow_by_one, 40);
    const struct viewers viewers = {.n = 40, .viewer_data = column, .threads = 1};
    for (size_t i = 0; i < 9; i++) {
        mct_signer *signer = NULL;
        mct_claims *claims = NULL;
        OK(mct_signer_new(7, "key", algorithms[i / 3], &signer, &failure));
        OK(mct_claims_new(streams[i % 3], 60, &claims, &failure));
        OK(mct_claims_set_issued_at(claims, NOON, &failure));
        struct room *room = packed_for(signer, claims, &viewers);
        for (size_t viewer = 0; viewer < 40; viewer++) {
            mct_jwt *read = token_at(room, viewer, signer, NOON);
            const char *text = mct_jwt_custom_viewer_data(read);
            CHECK_NUMBER(text == NULL ? 0 : strlen(text), viewer);
            CHECK_TEXT(mct_jwt_stream_name(read), streams[i % 3]);
            mct_jwt_free(read);
        }
        room_free(room);
        mct_claims_free(claims);
        mct_signer_free(signer);
    }
    column_free(column);
}

static void texts_up_to_their_limit_are_taken(void)
{
    char ascii[1025], cameras[2049];
    memset(ascii, 'x', 1024);
    ascii[1024] = '\0';
    for (size_t i = 0; i < 512; i++) /* two UTF-16 units each */
        memcpy(cameras + 4 * i, "\xf0\x9f\x8e\xa5", 5);
    const char *const texts[] = {ascii, cameras};
    mct_signer *signer = api_signer();
    mct_claims *claims = claims_at_noon();
    struct column *column = column_of(texts, 2);
    const struct viewers viewers = {.n = 2, .viewer_data = column, .threads = 1};
    struct room *room = packed_for(signer, claims, &viewers);
    check_token(room, 0, signer, ascii, NULL, 60);
    check_token(room, 1, signer, cameras, NULL, 60);
    room_free(room);
    column_free(column);
    mct_claims_free(claims);
    mct_signer_free(signer);
}

static void no_viewers_have_no_tokens(void)
{
    const int64_t start[] = {0}, slice[] = {5};
    mct_signer *signer = api_signer();
    mct_claims *claims = claims_at_noon();
    mct_viewers *viewers = NULL;
    size_t needed = 1;
    struct {
        const char *bytes;
        const int64_t *offsets;
    } const none[] = {{NULL, NULL}, {NULL, start}, {"", start}, {NULL, slice}, {"viewer", slice}};
    OK(mct_viewers_new(0, &viewers, &failure));
    for (size_t i = 0; i < 2 * sizeof none / sizeof *none; i++) {
        const char *bytes = none[i / 2].bytes;
        const int64_t *offsets = none[i / 2].offsets;
        const uint32_t threads = i % 2;
        struct room *packed = room_new(i, 0), *by_viewers = room_new(i, 0);
        OK(mct_signer_sign_packed(signer, claims, bytes, offsets, 0, threads, packed->out, packed->capacity,
                                  packed->offsets, &needed, &failure));
        CHECK(needed == 0 && packed->offsets[0] == 0 && room_is_kept(packed, 0));
        if (offsets != NULL) {
            OK(mct_viewers_lend_custom_viewer_data(viewers, bytes, offsets, &failure));
            OK(mct_viewers_lend_allowed_ip_address(viewers, bytes, offsets, &failure));
            OK(mct_viewers_lend_lifetimes(viewers, NULL, &failure));
        }
        OK(mct_signer_sign_viewers(signer, claims, viewers, threads, by_viewers->out, by_viewers->capacity,
                                   by_viewers->offsets, &needed, &failure));
        CHECK(needed == 0 && by_viewers->offsets[0] == 0 && room_is_kept(by_viewers, 0));
        room_free(by_viewers);
        room_free(packed);
    }
    mct_viewers_free(viewers);
    mct_claims_free(claims);
    mct_signer_free(signer);
}

/* A slice shares the bytes of the whole and begins in the middle of its offsets. */
static void a_slice_is_a_column(void)
{
    mct_signer *signer = api_signer();
    mct_claims *claims = claims_at_noon();
    struct column *whole = column_made(viewer_data_at, 10), *addresses = column_made(address_at, 10);
    struct column data_slice = {4, whole->bytes, whole->offsets + 5};
    struct column address_slice = {4, addresses->bytes, addresses->offsets + 5};
    const struct viewers all = {.n = 10, .viewer_data = whole, .addresses = addresses, .threads = 1},
                         sliced = {.n = 4, .viewer_data = &data_slice, .addresses = &address_slice, .threads = 1};
    struct room *tokens = signed_for(signer, claims, &all), *some = signed_for(signer, claims, &sliced);
    const int64_t *first = tokens->offsets + 5;
    CHECK(memcmp(tokens->out + first[0], some->out, some->capacity) == 0);
    for (size_t i = 0; i <= 4; i++)
        CHECK_NUMBER(some->offsets[i], first[i] - first[0]);
    struct room *packed = packed_for(signer, claims, &sliced);
    check_token(packed, 0, signer, "viewer-5", NULL, 60);
    check_token(packed, 1, signer, NULL, NULL, 60); /* each seventh is empty */
    check_token(packed, 3, signer, "viewer-8", NULL, 60);
    room_free(packed);
    room_free(some);
    room_free(tokens);
    column_free(addresses);
    column_free(whole);
    mct_claims_free(claims);
    mct_signer_free(signer);
}

static void a_column_of_empty_texts_needs_no_bytes(void)
{
    int64_t offsets[2][3] = {{0, 0, 0}, {9, 9, 9}};
    mct_signer *signer = api_signer();
    mct_claims *claims = claims_at_noon();
    OK(mct_claims_set_custom_viewer_data(claims, "of the claims", &failure));
    for (size_t i = 0; i < 2; i++) {
        const struct column column = {2, NULL, offsets[i]};
        const struct viewers viewers = {.n = 2, .viewer_data = &column, .threads = 1};
        struct room *packed = packed_for(signer, claims, &viewers), *by_viewers = signed_for(signer, claims, &viewers);
        check_token(packed, 0, signer, NULL, NULL, 60);
        check_token(packed, 1, signer, NULL, NULL, 60);
        CHECK(same_tokens(packed, by_viewers));
        room_free(by_viewers);
        room_free(packed);
    }
    mct_claims_free(claims);
    mct_signer_free(signer);
}

static void lending_again_replaces(void)
{
    const int64_t offsets[] = {0, 5}, falling[] = {5, 0};
    const uint32_t lifetimes[] = {7, 8};
    mct_signer *signer = api_signer();
    mct_claims *claims = claims_at_noon();
    mct_viewers *viewers = NULL;
    struct room *room = room_new(1024, 1);
    size_t needed = 0;
    OK(mct_viewers_new(1, &viewers, &failure));
    OK(mct_viewers_lend_custom_viewer_data(viewers, "first", offsets, &failure));
    OK(mct_viewers_lend_custom_viewer_data(viewers, "other", offsets, &failure));
    FAILS(mct_viewers_lend_custom_viewer_data(viewers, "wrong", falling, &failure), MCT_ERR_INVALID_ARGUMENT,
          "customViewerData");
    OK(mct_viewers_lend_lifetimes(viewers, lifetimes, &failure));
    OK(mct_viewers_lend_lifetimes(viewers, lifetimes + 1, &failure));
    FAILS(mct_viewers_lend_lifetimes(viewers, NULL, &failure), MCT_ERR_NULL_ARGUMENT, "lifetimes");
    OK(mct_signer_sign_viewers(signer, claims, viewers, 1, room->out, room->capacity, room->offsets, &needed,
                               &failure));
    check_token(room, 0, signer, "other", NULL, 8);
    room_free(room);
    mct_viewers_free(viewers);
    mct_claims_free(claims);
    mct_signer_free(signer);
}

static void a_batch_has_one_time_and_the_next_another(void)
{
    mct_signer *signer = api_signer();
    mct_claims *claims = NULL;
    const struct viewers viewers = {.n = MANY, .threads = 0};
    int64_t first = 0, other = 0;
    OK(mct_claims_new("camera", 60, &claims, &failure));
    struct room *room = packed_for(signer, claims, &viewers);
    mct_jwt *read = token_at(room, 0, signer, 0);
    CHECK(mct_jwt_issued_at(read, &first));
    mct_jwt_free(read);
    for (size_t i = 1; i < MANY; i++)
        CHECK(memcmp(room->out, room->out + room->offsets[i], (size_t)room->offsets[1]) == 0);
    room_free(room);
    OK(mct_claims_set_issued_at(claims, first + 1, &failure));
    room = packed_for(signer, claims, &viewers);
    read = token_at(room, 0, signer, 0);
    CHECK(mct_jwt_issued_at(read, &other) && other == first + 1);
    mct_jwt_free(read);
    room_free(room);
    mct_claims_free(claims);
    mct_signer_free(signer);
}

static void only_the_exact_size_or_more_is_written_to(void)
{
    mct_signer *signer = api_signer();
    mct_claims *claims = claims_at_noon();
    struct column *data = column_made(viewer_data_at, MANY), *addresses = column_made(address_at, MANY);
    struct viewers viewers = {.n = MANY, .viewer_data = data, .threads = 1};
    struct viewers bound = {.n = MANY, .addresses = addresses, .threads = 1};
    size_t exact = 0, exact_bound = 0;
    OK(pack_for(signer, claims, &viewers, NULL, &exact, &failure));
    OK(sign_for(signer, claims, &bound, NULL, &exact_bound, &failure));
    for (uint32_t threads = 0; threads < 5; threads++) {
        const size_t sizes[] = {0, 1, exact - 1}, bound_sizes[] = {0, 1, exact_bound - 1};
        size_t needed = 1;
        viewers.threads = bound.threads = threads;
        for (size_t i = 0; i < 3; i++) {
            struct room *small = room_new(sizes[i], MANY), *small_bound = room_new(bound_sizes[i], MANY);
            FAILS(pack_for(signer, claims, &viewers, small, &needed, &failure), MCT_ERR_BUFFER_TOO_SMALL, NULL);
            CHECK_NUMBER(needed, exact);
            FAILS(sign_for(signer, claims, &bound, small_bound, &needed, &failure), MCT_ERR_BUFFER_TOO_SMALL, NULL);
            CHECK_NUMBER(needed, exact_bound);
            CHECK(room_is_untouched(small) && room_is_untouched(small_bound));
            room_free(small_bound);
            room_free(small);
        }
        struct room *ample = room_new(exact + 100, MANY);
        OK(pack_for(signer, claims, &viewers, ample, &needed, &failure));
        CHECK(needed == exact && room_is_kept(ample, exact));
        room_free(ample);
    }
    column_free(addresses);
    column_free(data);
    mct_claims_free(claims);
    mct_signer_free(signer);
}

static void many_threads_sign_what_one_does(void)
{
    const uint32_t threads[] = {2, 3, 4, 5, 0, 256, 257, 1000, UINT32_MAX};
    uint32_t lifetimes[MANY];
    mct_signer *signer = api_signer();
    mct_claims *claims = claims_at_noon();
    struct column *data = column_made(viewer_data_at, MANY), *addresses = column_made(address_at, MANY);
    for (size_t i = 0; i < MANY; i++)
        lifetimes[i] = (uint32_t)i + 1;
    struct viewers viewers = {
        .n = MANY, .viewer_data = data, .addresses = addresses, .lifetimes = lifetimes, .threads = 1};
    struct room *alone = signed_for(signer, claims, &viewers), *packed_alone = packed_for(signer, claims, &viewers);
    for (size_t i = 0; i < MANY; i += 37) {
        char address[64], text[64];
        address_at(address, sizeof address, i);
        viewer_data_at(text, sizeof text, i);
        check_token(alone, i, signer, text[0] == '\0' ? NULL : text, address, (int64_t)i + 1);
        check_token(packed_alone, i, signer, text[0] == '\0' ? NULL : text, NULL, 60);
    }
    for (size_t i = 0; i < sizeof threads / sizeof *threads; i++) {
        viewers.threads = threads[i];
        struct room *room = signed_for(signer, claims, &viewers), *packed = packed_for(signer, claims, &viewers);
        CHECK(same_tokens(room, alone));
        CHECK(same_tokens(packed, packed_alone));
        room_free(packed);
        room_free(room);
    }
    room_free(packed_alone);
    room_free(alone);
    column_free(addresses);
    column_free(data);
    mct_claims_free(claims);
    mct_signer_free(signer);
}

struct shared {
    const mct_signer *signer;
    const mct_claims *claims;
    const mct_viewers *lent;
    const struct viewers *viewers;
    const struct room *expected;
    pthread_barrier_t start;
};

/* `failure` is the main thread's. */
static void *sign_with_shared(void *argument)
{
    struct shared *shared = argument;
    pthread_barrier_wait(&shared->start);
    for (int i = 0; i < 4; i++) {
        struct room *packed = packed_for(shared->signer, shared->claims, shared->viewers);
        struct room *room = room_new(shared->expected->capacity, MANY);
        size_t needed = 0;
        CHECK_STATUS(mct_signer_sign_viewers(shared->signer, shared->claims, shared->lent, 2, room->out, room->capacity,
                                             room->offsets, &needed, NULL),
                     MCT_OK);
        CHECK(same_tokens(packed, shared->expected) && same_tokens(room, shared->expected));
        room_free(room);
        room_free(packed);
    }
    return NULL;
}

static void threads_share_a_signer_claims_and_viewers(void)
{
    mct_signer *signer = api_signer();
    mct_claims *claims = claims_at_noon();
    mct_viewers *lent = NULL;
    struct column *column = column_made(viewer_data_at, MANY);
    const struct viewers viewers = {.n = MANY, .viewer_data = column, .threads = 3};
    struct room *expected = packed_for(signer, claims, &viewers);
    struct shared shared = {signer, claims, NULL, &viewers, expected, {{0}}};
    pthread_t threads[THREADS];
    OK(mct_viewers_new(MANY, &lent, &failure));
    OK(mct_viewers_lend_custom_viewer_data(lent, column->bytes, column->offsets, &failure));
    shared.lent = lent;
    pthread_barrier_init(&shared.start, NULL, THREADS);
    for (int i = 0; i < THREADS; i++)
        CHECK_NUMBER(pthread_create(&threads[i], NULL, sign_with_shared, &shared), 0);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    pthread_barrier_destroy(&shared.start);
    mct_viewers_free(lent);
    room_free(expected);
    column_free(column);
    mct_claims_free(claims);
    mct_signer_free(signer);
}

static void a_forked_child_signs_for_many(void)
{
    mct_signer *signer = api_signer_of("{\"id\":7,\"token\":\"key\",\"isActive\":true,"
                                       "\"streams\":[{\"streamName\":\"cam.*\",\"isRegex\":true}]}");
    mct_claims *claims = claims_at_noon();
    /* Who knows the parent signs nothing that is over. */
    OK(mct_claims_set_issued_at(claims, (int64_t)time(NULL), &failure));
    struct column *column = column_made(viewer_data_at, MANY);
    const struct viewers viewers = {.n = MANY, .viewer_data = column, .threads = 4};
    struct room *expected = packed_for(signer, claims, &viewers);
    int status = -1;
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        struct room *room = packed_for(signer, claims, &viewers);
        bool is_same = same_tokens(room, expected);
        room_free(room);
        _exit(is_same ? 0 : 1);
    }
    struct room *meanwhile = packed_for(signer, claims, &viewers);
    CHECK(same_tokens(meanwhile, expected));
    CHECK(waitpid(child, &status, 0) == child && WIFEXITED(status));
    CHECK_NUMBER(WEXITSTATUS(status), 0);
    room_free(meanwhile);
    room_free(expected);
    column_free(column);
    mct_claims_free(claims);
    mct_signer_free(signer);
}

const struct test viewers_tests[] = {
    {"each viewer gets a token with its own data, and an empty one leaves the claim out",
     each_viewer_has_its_own_token},
    {"each viewer gets its own data, address and lifetime in the place of the claims'", everything_can_differ},
    {"what does not differ from viewer to viewer is as the claims say", what_does_not_differ_is_as_the_claims_say},
    {"every other claim that was set is in the tokens of all viewers", other_claims_are_in_every_token},
    {"tokens of many viewers verify at every length, with every algorithm", every_length_and_algorithm_verifies},
    {"viewer data up to 1024 UTF-16 units is taken for each viewer", texts_up_to_their_limit_are_taken},
    {"no viewers have no tokens and one offset, which is 0", no_viewers_have_no_tokens},
    {"offsets may begin above 0, as those of a slice do", a_slice_is_a_column},
    {"a column of empty texts needs no bytes", a_column_of_empty_texts_needs_no_bytes},
    {"a column that is lent again takes the place of the former, unless it is refused", lending_again_replaces},
    {"all tokens of a call have one time, and those of the next their own", a_batch_has_one_time_and_the_next_another},
    {"tokens of many viewers take the size that was told, and less is not written to",
     only_the_exact_size_or_more_is_written_to},
    {"any number of threads signs byte for byte what one does", many_threads_sign_what_one_does},
    {"8 threads sign for many viewers at once with one signer, claims and viewers",
     threads_share_a_signer_claims_and_viewers},
    {"a forked child signs for many viewers, as its parent does at once", a_forked_child_signs_for_many},
    {NULL, NULL},
};

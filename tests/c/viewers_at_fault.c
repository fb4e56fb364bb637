/* Signing for many viewers: what is refused, which viewer is named, and that nothing is written then. */

#include "families.h"
#include "packing.h"

#define NOON INT64_C(1767268800)
#define PARENTS_END INT64_C(4102444800) /* the year 2100 */
#define MANY 1100

enum fault_in { IN_VIEWER_DATA, IN_ADDRESSES, IN_LIFETIMES };

/* What is wrong with a viewer, and how that is told. */
struct fault {
    enum fault_in where;
    const char *text;
    uint32_t lifetime;
    mct_status status;
    const char *field;
    mct_reason reason;
};

/* Everything of MANY viewers without a fault. */
struct crowd {
    struct column *viewer_data, *addresses;
    uint32_t lifetimes[MANY];
};

static struct crowd *crowd_new(void)
{
    struct crowd *crowd = malloc(sizeof *crowd);
    if (crowd == NULL)
        abort();
    crowd->viewer_data = column_made(viewer_data_at, MANY);
    crowd->addresses = column_made(address_at, MANY);
    for (size_t i = 0; i < MANY; i++)
        crowd->lifetimes[i] = 60;
    return crowd;
}

static void crowd_free(struct crowd *crowd)
{
    column_free(crowd->viewer_data);
    column_free(crowd->addresses);
    free(crowd);
}

static void put_fault(struct crowd *crowd, size_t index, const struct fault *fault)
{
    if (fault->where == IN_VIEWER_DATA)
        column_replace(crowd->viewer_data, index, fault->text);
    else if (fault->where == IN_ADDRESSES)
        column_replace(crowd->addresses, index, fault->text);
    else
        crowd->lifetimes[index] = fault->lifetime;
}

static void check_fault(mct_status status, mct_error *error, const struct fault *fault, size_t index)
{
    char start[64];
    snprintf(start, sizeof start, "%s[%zu]: ", fault->field, index);
    CHECK_STATUS(status, fault->status);
    CHECK_STATUS(mct_error_status(error), fault->status);
    CHECK_TEXT(mct_error_field(error), fault->field);
    CHECK_NUMBER(mct_error_index(error), index);
    CHECK_NUMBER(mct_error_reason(error), fault->reason);
    if (error != NULL && !CHECK(strncmp(mct_error_message(error), start, strlen(start)) == 0))
        printf("    %s\n", mct_error_message(error));
    mct_error_free(error);
}

/* Parent and claims that take what a crowd without faults is, but no lifetime of more than 100 seconds. */
struct rules {
    mct_signer *signer;
    mct_claims *claims;
};

static struct rules rules_new(void)
{
    struct rules rules = {NULL, NULL};
    rules.signer = api_signer_of("{\"id\":7,\"token\":\"key\",\"isActive\":true,\"expiresOn\":\"2100-01-01T00:00:00Z\","
                                 "\"streams\":[{\"streamName\":\"camera\"}]}");
    OK(mct_claims_new("camera", 60, &rules.claims, &failure));
    OK(mct_claims_set_issued_at(rules.claims, PARENTS_END - 100, &failure));
    return rules;
}

static void rules_free(struct rules *rules)
{
    mct_claims_free(rules->claims);
    mct_signer_free(rules->signer);
}

static const uint32_t thread_counts[] = {1, 2, 0, 4, 1000};

#define THREAD_COUNTS (sizeof thread_counts / sizeof *thread_counts)

/* The fault is told for each number of threads, with room and without, and the room stays as it is. */
static void crowd_is_refused(const struct rules *rules, const struct crowd *crowd, const struct fault *fault,
                             size_t index)
{
    const struct viewers all = {
        .n = MANY, .viewer_data = crowd->viewer_data, .addresses = crowd->addresses, .lifetimes = crowd->lifetimes};
    struct room *room = room_new(1u << 20, MANY);
    for (size_t i = 0; i < 2 * THREAD_COUNTS; i++) {
        struct viewers viewers = all;
        struct room *given = i < THREAD_COUNTS ? room : NULL;
        mct_error *error = NULL;
        size_t needed = 1;
        viewers.threads = thread_counts[i % THREAD_COUNTS];
        mct_status status = sign_for(rules->signer, rules->claims, &viewers, given, &needed, &error);
        check_fault(status, error, fault, index);
        CHECK_NUMBER(needed, 0);
        if (fault->where != IN_VIEWER_DATA)
            continue;
        needed = 1;
        error = NULL;
        status = pack_for(rules->signer, rules->claims, &viewers, given, &needed, &error);
        check_fault(status, error, fault, index);
        CHECK_NUMBER(needed, 0);
    }
    CHECK(room_is_untouched(room));
    room_free(room);
}

static const char *too_long(void)
{
    static char text[1026];
    memset(text, 'x', 1025);
    return text;
}

static const char *too_long_in_utf16(void)
{
    static char text[4 * 513 + 1];
    for (size_t i = 0; i < 513; i++)
        memcpy(text + 4 * i, "\xf0\x9f\x8e\xa5", 4);
    return text;
}

static void the_lowest_viewer_at_fault_is_named(void)
{
    const mct_status invalid = MCT_ERR_INVALID_ARGUMENT, no_utf8 = MCT_ERR_INVALID_UTF8;
    const struct fault faults[] = {
        {IN_VIEWER_DATA, too_long(), 0, invalid, "customViewerData", 0},
        {IN_VIEWER_DATA, too_long_in_utf16(), 0, invalid, "customViewerData", 0},
        {IN_VIEWER_DATA, NOT_UTF8, 0, no_utf8, "customViewerData", 0},
        {IN_VIEWER_DATA, "\xed\xa0\x80", 0, no_utf8, "customViewerData", 0},
        {IN_ADDRESSES, "", 0, invalid, "allowedIpAddresses", 0},
        {IN_ADDRESSES, "192.0.2", 0, invalid, "allowedIpAddresses", 0},
        {IN_ADDRESSES, " 192.0.2.1", 0, invalid, "allowedIpAddresses", 0},
        {IN_ADDRESSES, "192.0.2.*", 0, invalid, "allowedIpAddresses", 0},
        {IN_ADDRESSES, "192.0.2.1/24", 0, invalid, "allowedIpAddresses", 0},
        {IN_ADDRESSES, "2001:db8::/32", 0, invalid, "allowedIpAddresses", 0},
        {IN_ADDRESSES, "192.0.2.1\",\"0.0.0.0/0", 0, invalid, "allowedIpAddresses", 0},
        {IN_ADDRESSES, NOT_UTF8, 0, no_utf8, "allowedIpAddresses", 0},
        {IN_LIFETIMES, NULL, 0, invalid, "lifetime_seconds", 0},
        {IN_LIFETIMES, NULL, 101, MCT_ERR_TOKEN_INVALID, "exp", MCT_REASON_PARENT_LIFETIME},
    };
    const size_t count = sizeof faults / sizeof *faults;
    struct rules rules = rules_new();
    for (size_t i = 0; i < count; i++) {
        /* In the first part of a thread, in a later one, and the last viewer of all. */
        const size_t places[] = {0, 300, MANY - 1};
        for (size_t place = 0; place < 3; place++) {
            struct crowd *crowd = crowd_new();
            put_fault(crowd, places[place], &faults[i]);
            if (places[place] < 700)
                put_fault(crowd, 700, &faults[(i + 5) % count]);
            crowd_is_refused(&rules, crowd, &faults[i], places[place]);
            crowd_free(crowd);
        }
    }
    rules_free(&rules);
}

static void the_end_of_the_parent_is_kept(void)
{
    const uint32_t lifetimes[] = {99, 100};
    struct rules rules = rules_new();
    struct viewers viewers = {.n = 2, .lifetimes = lifetimes, .threads = 1};
    room_free(signed_for(rules.signer, rules.claims, &viewers));

    const uint32_t longer[] = {60, 101, UINT32_MAX};
    viewers.n = 3;
    viewers.lifetimes = longer;
    OK(mct_claims_set_cut_to_parent(rules.claims, true, &failure));
    struct room *room = signed_for(rules.signer, rules.claims, &viewers);
    for (size_t i = 0; i < 3; i++) {
        mct_jwt *read = token_at(room, i, rules.signer, PARENTS_END - 100);
        int64_t end = 0;
        CHECK(mct_jwt_expires_at(read, &end));
        CHECK_NUMBER(end, i == 0 ? PARENTS_END - 40 : PARENTS_END);
        mct_jwt_free(read);
    }
    room_free(room);
    rules_free(&rules);
}

static void the_year_9999_is_the_end_for_each(void)
{
    const uint32_t lifetimes[] = {1, 100, 101};
    const struct fault fault = {IN_LIFETIMES, NULL, 101, MCT_ERR_INVALID_ARGUMENT, "exp", 0};
    mct_signer *signer = api_signer();
    mct_claims *claims = NULL;
    mct_error *error = NULL;
    struct viewers viewers = {.n = 2, .lifetimes = lifetimes, .threads = 1};
    size_t needed = 0;
    OK(mct_claims_new("camera", 60, &claims, &failure));
    OK(mct_claims_set_issued_at(claims, INT64_C(253402300799) - 100, &failure));
    room_free(signed_for(signer, claims, &viewers));
    viewers.n = 3;
    mct_status status = sign_for(signer, claims, &viewers, NULL, &needed, &error);
    check_fault(status, error, &fault, 2);
    mct_claims_free(claims);
    mct_signer_free(signer);
}

/* What is wrong for all viewers is nobody's. */
static void a_fault_of_the_claims_names_no_viewer(void)
{
    struct rules rules = rules_new();
    mct_claims *other = NULL;
    mct_error *error = NULL;
    struct crowd *crowd = crowd_new();
    const struct viewers viewers = {.n = MANY, .viewer_data = crowd->viewer_data, .threads = 4};
    struct room *room = room_new(1u << 20, MANY);
    size_t needed = 1;
    OK(mct_claims_new("elsewhere", 60, &other, &failure));
    CHECK_STATUS(pack_for(rules.signer, other, &viewers, room, &needed, &error), MCT_ERR_TOKEN_INVALID);
    CHECK_NUMBER(mct_error_reason(error), MCT_REASON_PARENT_STREAM);
    CHECK_NUMBER(mct_error_index(error), -1);
    CHECK_NUMBER(needed, 0);
    mct_error_free(error);
    OK(mct_claims_set_issued_at(rules.claims, PARENTS_END - 30, &failure));
    CHECK_STATUS(pack_for(rules.signer, rules.claims, &viewers, room, &needed, &error), MCT_ERR_TOKEN_INVALID);
    CHECK_NUMBER(mct_error_reason(error), MCT_REASON_PARENT_LIFETIME);
    CHECK_NUMBER(mct_error_index(error), -1);
    CHECK(room_is_untouched(room));
    mct_error_free(error);
    room_free(room);
    crowd_free(crowd);
    mct_claims_free(other);
    rules_free(&rules);
}

static void offsets_neither_fall_nor_begin_below_zero(void)
{
    const struct {
        int64_t offsets[4];
        int64_t index;
    } wrong[] = {
        {{-1, 0, 1, 2}, -1}, {{INT64_MIN, 0, 1, 2}, -1}, {{-3, -2, -1, 0}, -1},     {{0, 2, 1, 3}, 1},
        {{3, 2, 1, 0}, 0},   {{0, 1, 2, -1}, 2},         {{2, 3, 3, INT64_MIN}, 2}, {{0, INT64_MAX, 2, 3}, 1},
    };
    mct_signer *signer = api_signer();
    mct_claims *claims = NULL;
    mct_viewers *viewers = NULL;
    struct room *room = room_new(4096, 3);
    OK(mct_claims_new("camera", 60, &claims, &failure));
    OK(mct_viewers_new(3, &viewers, &failure));
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        mct_error *errors[3] = {NULL};
        size_t needed = 1;
        CHECK_STATUS(mct_signer_sign_packed(signer, claims, "abc", wrong[i].offsets, 3, 1, room->out, room->capacity,
                                            room->offsets, &needed, &errors[0]),
                     MCT_ERR_INVALID_ARGUMENT);
        CHECK_NUMBER(needed, 0);
        CHECK_STATUS(mct_viewers_lend_custom_viewer_data(viewers, "abc", wrong[i].offsets, &errors[1]),
                     MCT_ERR_INVALID_ARGUMENT);
        CHECK_STATUS(mct_viewers_lend_allowed_ip_address(viewers, "abc", wrong[i].offsets, &errors[2]),
                     MCT_ERR_INVALID_ARGUMENT);
        for (size_t call = 0; call < 3; call++) {
            CHECK_TEXT(mct_error_field(errors[call]), call == 2 ? "allowedIpAddresses" : "customViewerData");
            CHECK_NUMBER(mct_error_index(errors[call]), wrong[i].index);
            mct_error_free(errors[call]);
        }
    }
    CHECK(room_is_untouched(room));
    room_free(room);
    mct_viewers_free(viewers);
    mct_claims_free(claims);
    mct_signer_free(signer);
}

/* No column can have so many texts: none of it is read. */
static void more_viewers_than_can_be_are_refused(void)
{
    const int64_t offsets[] = {0, 1};
    const uint32_t lifetimes[] = {60};
    const size_t counts[] = {SIZE_MAX, SIZE_MAX / 2, SIZE_MAX / 8};
    mct_signer *signer = api_signer();
    mct_claims *claims = NULL;
    struct room *room = room_new(1024, 1);
    size_t needed = 1;
    OK(mct_claims_new("camera", 60, &claims, &failure));
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        mct_viewers *viewers = NULL;
        REFUSES(MCT_ERR_INVALID_ARGUMENT, "customViewerData", mct_signer_sign_packed, signer, claims, "a", offsets,
                counts[i], 1, room->out, room->capacity, room->offsets, &needed);
        REFUSES(MCT_ERR_INVALID_ARGUMENT, "out_offsets", mct_signer_sign_packed, signer, claims, NULL, NULL, counts[i],
                0, room->out, room->capacity, room->offsets, &needed);
        OK(mct_viewers_new(counts[i], &viewers, &failure));
        REFUSES(MCT_ERR_INVALID_ARGUMENT, "customViewerData", mct_viewers_lend_custom_viewer_data, viewers, "a",
                offsets);
        REFUSES(MCT_ERR_INVALID_ARGUMENT, "allowedIpAddresses", mct_viewers_lend_allowed_ip_address, viewers, "a",
                offsets);
        if (counts[i] > SIZE_MAX / 8)
            REFUSES(MCT_ERR_INVALID_ARGUMENT, "lifetimes", mct_viewers_lend_lifetimes, viewers, lifetimes);
        REFUSES(MCT_ERR_INVALID_ARGUMENT, "out_offsets", mct_signer_sign_viewers, signer, claims, viewers, 0, room->out,
                room->capacity, room->offsets, &needed);
        mct_viewers_free(viewers);
    }
    CHECK(room_is_untouched(room));
    room_free(room);
    mct_claims_free(claims);
    mct_signer_free(signer);
}

const struct test viewers_at_fault_tests[] = {
    {"the lowest viewer at fault is named by index and field, whatever the threads, and nothing is written",
     the_lowest_viewer_at_fault_is_named},
    {"a lifetime of each viewer ends with the parent, or is cut to it when asked", the_end_of_the_parent_is_kept},
    {"a lifetime of each viewer ends before the year 10000", the_year_9999_is_the_end_for_each},
    {"a fault of the claims names no viewer, and nothing is written", a_fault_of_the_claims_names_no_viewer},
    {"offsets that fall or begin below 0 are refused with the text that they fall behind",
     offsets_neither_fall_nor_begin_below_zero},
    {"more viewers than memory can hold are refused", more_viewers_than_can_be_are_refused},
    {NULL, NULL},
};

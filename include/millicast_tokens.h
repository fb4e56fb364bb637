/*
 * millicast-tokens: publish and subscribe tokens of Dolby Millicast (OptiView Real-time Streaming).
 *
 * This header is the manual. It is generated; do not edit it. What holds everywhere:
 *
 * - Handles are opaque. Every mct_X_free(NULL) is a no-op. Who gets a handle from a function frees it; what is lent
 *   (`const`) stays its owner's and is valid until that is freed.
 * - A function that can fail returns an mct_status and takes `mct_error **error` last, which may be NULL. On failure an
 *   out handle is NULL. Besides the statuses that stand at a function, each may answer MCT_ERR_PANIC.
 * - A NULL that can't be taken is MCT_ERR_NULL_ARGUMENT. Getters take NULL and any index: they answer 0, false or NULL,
 *   but for mct_call_fd(), mct_error_retry_after_ms() and mct_error_index(), which answer -1.
 * - Texts are NUL-terminated UTF-8. Those handed in are copied; one that is not UTF-8 is MCT_ERR_INVALID_UTF8. Texts
 *   handed out as `const char *` are lent, those handed out as `char **` are freed with mct_string_free(). A text of
 *   the API that holds U+0000 shows U+FFFD in its place; the JSON keeps it.
 * - A handle must be one that the function's family made and that was not freed.
 * - Times are Unix seconds (int64_t), ids are uint64_t. A list may be NULL when its count is 0.
 * - An enum is a number with named constants; one that the library does not know is MCT_ERR_INVALID_ARGUMENT.
 * - Nothing here unwinds, aborts (running out of memory excepted), exits, prints, touches signal handlers or the
 *   locale, or reads the environment, but for SSL_CERT_FILE and SSL_CERT_DIR in mct_client_new(). No write raises
 *   SIGPIPE, and descriptors are close-on-exec. The shared library stays loaded after dlclose().
 * - Define MCT_NO_CLIENT before including this header to build against a library made for signing only.
 */

#ifndef MILLICAST_TOKENS_H
#define MILLICAST_TOKENS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MCT_VERSION_MAJOR 0
#define MCT_VERSION_MINOR 1
#define MCT_VERSION_PATCH 0
/** major * 10000 + minor * 100 + patch */
#define MCT_VERSION_NUMBER (MCT_VERSION_MAJOR * 10000 + MCT_VERSION_MINOR * 100 + MCT_VERSION_PATCH)

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Version
 *
 * MCT_VERSION_NUMBER is what a program was compiled with, mct_version_number() what it runs with. Within one SONAME
 * a newer library runs every program that was compiled with an older header.
 */

/**
 * The version of the library that runs: major * 10000 + minor * 100 + patch.
 */
uint32_t mct_version_number(void);

/**
 * The same as text, such as "0.1.0". Static, not to be freed.
 */
const char *mct_version_string(void);

/*
 * Statuses, outcomes and reasons
 *
 * Numbers never change and are never reused; new ones may be added.
 */

/**
 * What a fallible function answers: MCT_OK or one of the MCT_ERR_ values. Numbers never change and are never reused.
 */
typedef int32_t mct_status;

/**
 * May the server have carried out a call that failed? One of the MCT_OUTCOME_ values.
 */
typedef int32_t mct_outcome;

/**
 * Why a self-signed token was refused, by mct_signer_verify() or before signing. One of the MCT_REASON_ values.
 */
typedef int32_t mct_reason;

/**
 * The call did what it says.
 */
#define MCT_OK 0

/**
 * A pointer that must not be NULL was NULL.
 */
#define MCT_ERR_NULL_ARGUMENT 1

/**
 * A text that was handed in is not UTF-8.
 */
#define MCT_ERR_INVALID_UTF8 2

/**
 * A value breaks the platform's contract; found here, before anything was sent or signed.
 */
#define MCT_ERR_INVALID_ARGUMENT 3

/**
 * HTTP 401 or 403: the API secret is missing, wrong or not allowed to do this.
 */
#define MCT_ERR_UNAUTHORIZED 4

/**
 * There is no such token (the API's 400 "No ... token with id", or HTTP 404).
 */
#define MCT_ERR_NOT_FOUND 5

/**
 * The API refused the request (its `fail` envelope).
 */
#define MCT_ERR_REJECTED 6

/**
 * HTTP 429: too many requests; mct_error_retry_after_ms() tells how long to wait, if the server said so.
 */
#define MCT_ERR_RATE_LIMITED 7

/**
 * HTTP 5xx, or the API's `error` envelope.
 */
#define MCT_ERR_SERVER 8

/**
 * The call's deadline passed.
 */
#define MCT_ERR_TIMEOUT 9

/**
 * The server could not be reached, or the connection to it was lost.
 */
#define MCT_ERR_CONNECT 10

/**
 * The TLS handshake failed; the message says why.
 */
#define MCT_ERR_TLS 11

/**
 * The answer is not the API's: HTML of a proxy, broken JSON, a redirect, an answer over the limit.
 */
#define MCT_ERR_PROTOCOL 12

/**
 * mct_client_cancel() or mct_call_cancel() ended the call, or the client was freed during it.
 */
#define MCT_ERR_CANCELLED 13

/**
 * The client was made before a fork() and is used in the child. Make a new one there.
 */
#define MCT_ERR_FORKED 14

/**
 * A self-signed token does not verify, or breaks a rule of its parent; mct_error_reason() tells which.
 */
#define MCT_ERR_TOKEN_INVALID 15

/**
 * The buffer is too small; nothing was written to it.
 */
#define MCT_ERR_BUFFER_TOO_SMALL 16

/**
 * A fault of this library was caught. The objects in the call should be freed and not used again.
 */
#define MCT_ERR_PANIC 17

/**
 * A call without blocking is not done yet.
 */
#define MCT_ERR_NOT_READY 18

/**
 * The operating system refused a descriptor, a thread or the like.
 */
#define MCT_ERR_SYSTEM 19

/**
 * It may have: the request, or a part of it, was on its way when the call ended. Also what a NULL error answers.
 */
#define MCT_OUTCOME_UNKNOWN 0

/**
 * It has not: the request was not sent whole.
 */
#define MCT_OUTCOME_NOT_SENT 1

/**
 * It has not: the server answered that it refuses.
 */
#define MCT_OUTCOME_REJECTED 2

/**
 * The error is about something else.
 */
#define MCT_REASON_NONE 0

/**
 * Not three parts of canonical, unpadded base64url, or not JSON as it must be (a name that appears twice included).
 */
#define MCT_REASON_MALFORMED 1

/**
 * `alg` is not the signer's own, or none that the platform takes.
 */
#define MCT_REASON_ALGORITHM 2

/**
 * The signature does not match.
 */
#define MCT_REASON_SIGNATURE 3

/**
 * `exp` has passed.
 */
#define MCT_REASON_EXPIRED 4

/**
 * `nbf` is in the future.
 */
#define MCT_REASON_NOT_YET_VALID 5

/**
 * A claim is missing or outside its limits; mct_error_field() names it.
 */
#define MCT_REASON_CLAIM 6

/**
 * `tokenType` is not `Subscribe`.
 */
#define MCT_REASON_TOKEN_TYPE 7

/**
 * `tokenId` is not the parent's id.
 */
#define MCT_REASON_PARENT_TOKEN_ID 8

/**
 * The parent is disabled.
 */
#define MCT_REASON_PARENT_INACTIVE 9

/**
 * The parent has expired.
 */
#define MCT_REASON_PARENT_EXPIRED 10

/**
 * The token would outlive its parent.
 */
#define MCT_REASON_PARENT_LIFETIME 11

/**
 * The stream is none of the parent's.
 */
#define MCT_REASON_PARENT_STREAM 12

/**
 * One of the parent's patterns is outside the dialect that can be checked here, and nothing else matched.
 */
#define MCT_REASON_PARENT_PATTERN 13

/**
 * The parent has a tracking id, and the token does not carry the same.
 */
#define MCT_REASON_PARENT_TRACKING_ID 14

/**
 * The origin cluster is neither the parent's nor is the parent's `auto`.
 */
#define MCT_REASON_PARENT_ORIGIN_CLUSTER 15

/*
 * Texts of the library's
 */

/**
 * Wipes and frees a text that a function of this library gave by `char **`. NULL is a no-op.
 *
 * The whole text is wiped, whatever the caller wrote into its bytes. A text that came as `const char *` is lent and
 * must not be freed.
 */
void mct_string_free(char *text);

/*
 * Errors
 *
 * A function that can fail answers an mct_status and takes `mct_error **error` as its last argument. `error` may be
 * NULL. On success `*error` is set to NULL; on failure it gets a new error, which the caller frees with
 * mct_error_free(). Either way what it held before is overwritten, so free an error before the next call (one `error`
 * down a chain of && is fine: only the last call can have set it). An error never holds the API secret or a token
 * string: a log may have it. Errors are immutable and may be read from any thread.
 */

/**
 * Why a call failed.
 */
typedef struct mct_error mct_error;

/**
 * The spelling of a status' constant, such as "MCT_ERR_TIMEOUT".
 *
 * Static, never NULL, not to be freed; "MCT_STATUS_UNKNOWN" for a number that this version does not know.
 */
const char *mct_status_name(mct_status status);

/**
 * The status that the failed function returned. MCT_OK for NULL.
 */
mct_status mct_error_status(const mct_error *error);

/**
 * What went wrong, in English, for a person: the field, the limit and what was given where that applies.
 *
 * Lent: valid until the error is freed. NULL for NULL, which printf() must not be given.
 */
const char *mct_error_message(const mct_error *error);

/**
 * The field at fault, by the contract's own name (`streams`, `streamName`, `restream.key`), or by the argument's name
 * where the contract has none. NULL: none. Lent.
 */
const char *mct_error_field(const mct_error *error);

/**
 * The HTTP status of the answer. 0: no answer came.
 */
int mct_error_http_status(const mct_error *error);

/**
 * The API's own JSON, as it refused. NULL: there is none. Lent.
 */
const char *mct_error_details(const mct_error *error);

/**
 * How long the server asked to wait before the next try, in milliseconds. -1: it did not say.
 */
int64_t mct_error_retry_after_ms(const mct_error *error);

/**
 * May the server have carried the call out? MCT_OUTCOME_UNKNOWN for NULL.
 *
 * After a create with MCT_OUTCOME_UNKNOWN have mct_publish_token_find_created() or mct_subscribe_token_find_created()
 * look for the token before creating it again: a create that is sent twice makes two tokens, which is why this library
 * never does so by itself.
 */
mct_outcome mct_error_outcome(const mct_error *error);

/**
 * Which rule a self-signed token breaks. MCT_REASON_NONE for other errors and for NULL.
 */
mct_reason mct_error_reason(const mct_error *error);

/**
 * The element at fault, counted from 0, of a list or a batch that was handed in whole. -1: none, as after setters
 * that take one element.
 */
int64_t mct_error_index(const mct_error *error);

/**
 * Frees an error. NULL is a no-op.
 */
void mct_error_free(mct_error *error);

/*
 * Subscribe token
 *
 * What the API answers for a subscribe token: immutable, and readable from any thread. Texts are lent and valid until
 * the subscribe token is freed. A field that the API did not send is NULL, or false for a getter with `out`, which
 * then is not written to; a list that was not sent is empty. Every getter takes NULL, and an index out of range, and
 * answers the same.
 *
 * This family needs no client: a token that was kept as JSON can sign without the network.
 */

/**
 * A subscribe token, as the API answered.
 */
typedef struct mct_subscribe_token mct_subscribe_token;

/**
 * Reads a subscribe token from JSON, such as one that was kept from mct_subscribe_token_json(). Unknown fields are
 * kept.
 *
 * Answers MCT_OK, MCT_ERR_NULL_ARGUMENT, MCT_ERR_INVALID_UTF8, MCT_ERR_INVALID_ARGUMENT (no such JSON: not an object
 * with an `id`, a field of a wrong type, a name that appears twice).
 */
mct_status mct_subscribe_token_from_json(const char *json, mct_subscribe_token **out, mct_error **error);

/**
 * Makes a copy that lives by itself, for instance of an entry of a list. Answers MCT_OK, MCT_ERR_NULL_ARGUMENT.
 */
mct_status mct_subscribe_token_copy(const mct_subscribe_token *token, mct_subscribe_token **out, mct_error **error);

/**
 * The id, by which the API knows the subscribe token. 0 for NULL.
 */
uint64_t mct_subscribe_token_id(const mct_subscribe_token *token);

/**
 * The label, as the dashboard shows it.
 */
const char *mct_subscribe_token_label(const mct_subscribe_token *token);

/**
 * The same as the label; the platform has deprecated it.
 */
const char *mct_subscribe_token_name(const mct_subscribe_token *token);

/**
 * The secret token string that a viewer subscribes with, and the key of self-signed tokens. It is wiped when the
 * token is freed.
 */
const char *mct_subscribe_token_value(const mct_subscribe_token *token);

/**
 * Is the token enabled?
 */
bool mct_subscribe_token_is_active(const mct_subscribe_token *token, bool *out);

/**
 * When the token was created, in Unix seconds.
 */
bool mct_subscribe_token_added_on(const mct_subscribe_token *token, int64_t *out);

/**
 * When the token expires, in Unix seconds. False: never, or (see the JSON) at a date that can't be read.
 */
bool mct_subscribe_token_expires_on(const mct_subscribe_token *token, int64_t *out);

/**
 * How many streams the token is for.
 */
size_t mct_subscribe_token_stream_count(const mct_subscribe_token *token);

/**
 * The name or the pattern of stream `index`. Lent; NULL out of range.
 */
const char *mct_subscribe_token_stream_name(const mct_subscribe_token *token, size_t index);

/**
 * Is stream `index` a pattern (a regular expression)? ".*" always is: some answers do not say so.
 */
bool mct_subscribe_token_stream_is_regex(const mct_subscribe_token *token, size_t index);

/**
 * The number of domains that may use the token; none means all.
 */
size_t mct_subscribe_token_allowed_origin_count(const mct_subscribe_token *token);

/**
 * Entry `index` of the domains that may use the token; none means all. Lent; NULL out of range.
 */
const char *mct_subscribe_token_allowed_origin(const mct_subscribe_token *token, size_t index);

/**
 * The number of addresses and blocks that may use the token; none means all.
 */
size_t mct_subscribe_token_allowed_ip_address_count(const mct_subscribe_token *token);

/**
 * Entry `index` of the addresses and blocks that may use the token; none means all. Lent; NULL out of range.
 */
const char *mct_subscribe_token_allowed_ip_address(const mct_subscribe_token *token, size_t index);

/**
 * The number of addresses that the token binds itself to when they first use it.
 */
bool mct_subscribe_token_bind_ips_on_usage(const mct_subscribe_token *token, uint32_t *out);

/**
 * The cluster that streams are routed to. The API sends "" or nothing where none was set.
 */
const char *mct_subscribe_token_origin_cluster(const mct_subscribe_token *token);

/**
 * The number of countries (ISO 3166-1) that viewers may be in; none means all.
 */
size_t mct_subscribe_token_allowed_country_count(const mct_subscribe_token *token);

/**
 * Entry `index` of the countries (ISO 3166-1) that viewers may be in; none means all. Lent; NULL out of range.
 */
const char *mct_subscribe_token_allowed_country(const mct_subscribe_token *token, size_t index);

/**
 * The number of countries (ISO 3166-1) that viewers may not be in.
 */
size_t mct_subscribe_token_denied_country_count(const mct_subscribe_token *token);

/**
 * Entry `index` of the countries (ISO 3166-1) that viewers may not be in. Lent; NULL out of range.
 */
const char *mct_subscribe_token_denied_country(const mct_subscribe_token *token, size_t index);

/**
 * The origin cluster that applies, the account's settings included.
 */
const char *mct_subscribe_token_effective_origin_cluster(const mct_subscribe_token *token);

/**
 * The number of allowed countries that apply, the account's settings included.
 */
size_t mct_subscribe_token_effective_allowed_country_count(const mct_subscribe_token *token);

/**
 * Entry `index` of the allowed countries that apply, the account's settings included. Lent; NULL out of range.
 */
const char *mct_subscribe_token_effective_allowed_country(const mct_subscribe_token *token, size_t index);

/**
 * The number of denied countries that apply, the account's settings included.
 */
size_t mct_subscribe_token_effective_denied_country_count(const mct_subscribe_token *token);

/**
 * Entry `index` of the denied countries that apply, the account's settings included. Lent; NULL out of range.
 */
const char *mct_subscribe_token_effective_denied_country(const mct_subscribe_token *token, size_t index);

/**
 * Is geo cascading on, the account's settings included?
 */
bool mct_subscribe_token_effective_geo_cascade_is_enabled(const mct_subscribe_token *token, bool *out);

/**
 * The number of clusters that streams are cascaded to, the account's settings included.
 */
size_t mct_subscribe_token_effective_geo_cascade_cluster_count(const mct_subscribe_token *token);

/**
 * Entry `index` of the clusters that streams are cascaded to, the account's settings included. Lent; NULL out of
 * range.
 */
const char *mct_subscribe_token_effective_geo_cascade_cluster(const mct_subscribe_token *token, size_t index);

/**
 * Are UTC timestamps inserted, the account's settings included?
 */
bool mct_subscribe_token_effective_enable_utc_insertion(const mct_subscribe_token *token, bool *out);

/**
 * The id that usage is counted under.
 */
const char *mct_subscribe_token_tracking_id(const mct_subscribe_token *token);

/**
 * The whole answer as JSON, the fields that this library does not know included. It holds the token string: keep it
 * as you keep that.
 */
const char *mct_subscribe_token_json(const mct_subscribe_token *token);

/**
 * Frees a subscribe token and wipes its secrets. NULL is a no-op. One that a list lent belongs to the list.
 */
void mct_subscribe_token_free(mct_subscribe_token *token);

/*
 * Claims
 *
 * What a self-signed subscribe token shall say. Claims belong to one thread at a time while they are set; after that
 * any number of tokens can be signed from them, by several threads at once: each gets its own times. Lists only grow:
 * make new claims for a viewer with other addresses, or sign with mct_signer_sign_viewers(). What is not set is left
 * out of the token. Lengths are counted in UTF-16 units; lists have no limit but that the claims are at most 40960
 * bytes as JSON, so that a token has at most 65536. A setter that fails changes nothing.
 *
 * Where no others stand, setters answer MCT_OK, MCT_ERR_NULL_ARGUMENT, MCT_ERR_INVALID_UTF8 and
 * MCT_ERR_INVALID_ARGUMENT.
 */

/**
 * What a self-signed token shall say.
 */
typedef struct mct_claims mct_claims;

/**
 * Makes claims for one stream and a lifetime.
 *
 * `stream_name`: one complete name, case-sensitive, 1 to 128 characters, no wildcard. `lifetime_seconds`: at least 1,
 * counted from the moment of signing (or from mct_claims_set_issued_at()); the end must be before the year 10000. The
 * platform takes no token without an end. The vendor's samples use 60 seconds.
 *
 * Answers MCT_OK, MCT_ERR_NULL_ARGUMENT, MCT_ERR_INVALID_UTF8, MCT_ERR_INVALID_ARGUMENT.
 */
mct_status mct_claims_new(const char *stream_name, uint32_t lifetime_seconds, mct_claims **out, mct_error **error);

/**
 * The id that usage is counted under, 1 to 128 characters: for groups of viewers, not one for each. A parent that has
 * one asks for the same here.
 */
mct_status mct_claims_set_tracking_id(mct_claims *claims, const char *tracking_id, mct_error **error);

/**
 * An identifier of the viewer, at most 1024 characters; empty leaves it out. The platform enables it by account.
 */
mct_status mct_claims_set_custom_viewer_data(mct_claims *claims, const char *viewer, mct_error **error);

/**
 * A cluster id, not empty; the parent's must be "auto" or the same.
 */
mct_status mct_claims_set_origin_cluster(mct_claims *claims, const char *cluster, mct_error **error);

/**
 * Adds a domain that may use the token: "example.com", "*.example.com", with ":port" or without; no scheme, no path.
 * The parent's own domains stay required as well.
 */
mct_status mct_claims_add_allowed_origin(mct_claims *claims, const char *origin, mct_error **error);

/**
 * Adds an address that may use the token: an IPv4 or IPv6 address or an IPv4 block. Ranges, wildcards and IPv6 blocks
 * are refused. The parent's own addresses stay required as well.
 */
mct_status mct_claims_add_allowed_ip_address(mct_claims *claims, const char *address, mct_error **error);

/**
 * The moment that the lifetime counts from, in Unix seconds: 0 to the end of the year 9999. Not set: the clock, when
 * a token is signed. A signer that knows its parent judges by the clock all the same whether the parent, or the token
 * itself, is over.
 *
 * Answers MCT_OK, MCT_ERR_NULL_ARGUMENT, MCT_ERR_INVALID_ARGUMENT.
 */
mct_status mct_claims_set_issued_at(mct_claims *claims, int64_t unix_seconds, mct_error **error);

/**
 * With a parent that ends before the token would: true shortens the token to the parent's end, false (the default)
 * refuses to sign. Answers MCT_OK, MCT_ERR_NULL_ARGUMENT.
 */
mct_status mct_claims_set_cut_to_parent(mct_claims *claims, bool cut, mct_error **error);

/**
 * Signs without comparing the stream with the parent's names: for a parent whose pattern can't be checked here
 * (MCT_REASON_PARENT_PATTERN). A signer that knows the parent verifies such a token with
 * mct_verify_options_set_unchecked_stream(). Default false. Answers MCT_OK, MCT_ERR_NULL_ARGUMENT.
 */
mct_status mct_claims_set_unchecked_stream(mct_claims *claims, bool unchecked, mct_error **error);

/**
 * Frees claims. NULL is a no-op.
 */
void mct_claims_free(mct_claims *claims);

/*
 * Signer
 *
 * Signs subscribe tokens locally, without a client and without the network: JWTs that the platform checks against
 * their parent, a subscribe token of the account. A signer may be used from any number of threads at once, and after
 * a fork() in both processes.
 *
 * A signer of mct_signer_from_token() knows its parent and refuses what the platform would refuse: the parent must
 * be enabled and not expired, the stream one of its names or matched in full by one of its patterns, the tracking id
 * its own (where it has one), the origin cluster its own, unless its own is "auto" (where it has none, that of its
 * effective settings counts), and the token not over already. The dialect of the platform's patterns is not
 * documented beyond ".*". The dialect that is checked here is that of the Rust crate regex-lite: linear in time,
 * ASCII classes, no look-around, no back references. A pattern outside it, too large, or of which dialects think
 * differently beyond ASCII (classes such as \w, cases, and what counts as one character) can't be checked:
 * MCT_REASON_PARENT_PATTERN, and mct_claims_set_unchecked_stream() signs without that check.
 */

/**
 * Signs tokens with the key of one parent.
 */
typedef struct mct_signer mct_signer;

/**
 * How tokens are signed. One of MCT_HS256, MCT_HS384, MCT_HS512.
 */
typedef int32_t mct_algorithm;

/**
 * HMAC with SHA-256. What the platform's own samples use.
 */
#define MCT_HS256 256

/**
 * HMAC with SHA-384.
 */
#define MCT_HS384 384

/**
 * HMAC with SHA-512.
 */
#define MCT_HS512 512

/**
 * Makes a signer from a subscribe token's id and its secret string, without knowing more of it: what depends on the
 * parent is then not checked here.
 *
 * `token`: the string as the API gave it, not empty. It is the key as it stands; it looks like hex, and is not
 * decoded.
 *
 * Answers MCT_OK, MCT_ERR_NULL_ARGUMENT, MCT_ERR_INVALID_UTF8, MCT_ERR_INVALID_ARGUMENT.
 */
mct_status mct_signer_new(uint64_t token_id,
                          const char *token,
                          mct_algorithm algorithm,
                          mct_signer **out,
                          mct_error **error);

/**
 * Makes a signer from a subscribe token, whose rules it checks before it signs. The token is copied.
 *
 * Answers MCT_OK, MCT_ERR_NULL_ARGUMENT, MCT_ERR_INVALID_ARGUMENT (also when the token came without its string).
 */
mct_status mct_signer_from_token(const mct_subscribe_token *token,
                                 mct_algorithm algorithm,
                                 mct_signer **out,
                                 mct_error **error);

/**
 * Signs a token. `*jwt` gets it and is freed with mct_string_free(); `*expires_at` (may be NULL) gets its end in Unix
 * seconds. A viewer that reconnects after that needs a new token.
 *
 * Answers MCT_OK, MCT_ERR_NULL_ARGUMENT, MCT_ERR_INVALID_ARGUMENT (the end would be past the year 9999),
 * MCT_ERR_TOKEN_INVALID (a rule of the parent; see mct_error_reason()), MCT_ERR_SYSTEM (the clock).
 */
mct_status mct_signer_sign(const mct_signer *signer,
                           const mct_claims *claims,
                           char **jwt,
                           int64_t *expires_at,
                           mct_error **error);

/**
 * Signs a token into the caller's memory of `capacity` bytes, with a terminating NUL that `*length` does not count.
 *
 * Too small a buffer is MCT_ERR_BUFFER_TOO_SMALL: nothing is written to it, and `*length` is what the token has
 * without its NUL, so that the buffer needs `*length` + 1. `buffer` may be NULL when `capacity` is 0, and
 * `expires_at` always; `length` may not. `*length` is 0 after any other failure. Nothing is allocated, but when a
 * parent's pattern is compared with the stream of claims for the first time. Short names and one address make about
 * 400 bytes, for which 1024 is ample; texts at their limits make 10 KB, and lists of origins or addresses more.
 *
 * Answers what mct_signer_sign() does, and MCT_ERR_BUFFER_TOO_SMALL.
 */
mct_status mct_signer_sign_into(const mct_signer *signer,
                                const mct_claims *claims,
                                char *buffer,
                                size_t capacity,
                                size_t *length,
                                int64_t *expires_at,
                                mct_error **error);

/**
 * Frees a signer and wipes its key. NULL is a no-op.
 */
void mct_signer_free(mct_signer *signer);

/*
 * Signing for many viewers
 *
 * Tokens for any number of viewers in one call, back to back in memory that the caller lends: what differs goes in and
 * the tokens come out in the layout of an Arrow large string column, bytes and int64_t offsets. Text i is
 * `bytes[offsets[i]]` up to, but without, `bytes[offsets[i + 1]]`, so that n texts have n + 1 offsets. Offsets neither
 * fall nor begin below 0; they may begin above 0, as those of a slice do. They are aligned as int64_t are. No NUL
 * stands between the texts; one within a text is signed as the character U+0000.
 *
 * What is given for each viewer takes the place of what the claims say of it. All tokens of a call have the same
 * `iat`. Every viewer is checked before anything is written: an error names the first wrong one by mct_error_index(),
 * and leaves the memory as it was. Nothing is allocated for a single token.
 *
 * `threads`: 1 signs on the caller's thread alone; 0 takes one thread for each processor; more take so many, at most
 * 256. A thread gets at least 256 viewers, so that few need none. Threads are started for the call and have ended when
 * it returns. A library for signing only (MCT_NO_CLIENT) has no threads: the caller's does all.
 *
 * To learn how much memory is needed, sign with `out` NULL and `capacity` 0: MCT_OK and `*needed`. The size is exact.
 * The memory handed in and out must not overlap, nor be written by others meanwhile.
 */

/**
 * What differs from viewer to viewer: columns that are the caller's.
 */
typedef struct mct_viewers mct_viewers;

/**
 * Signs a token for each of `n` viewers, who differ by their viewer data alone.
 *
 * `viewer_data` and `viewer_offsets`: a column of `n` texts, each UTF-8 of at most 1024 characters (UTF-16 units); an
 * empty one leaves the claim out. `viewer_offsets` NULL (and `viewer_data` with it): all tokens are as the claims say.
 *
 * `out` gets the tokens, `out_offsets` (`n` + 1 of them) where each begins and the last ends, from 0 on; `*needed`,
 * never NULL, the bytes of all. Too small an `out` is MCT_ERR_BUFFER_TOO_SMALL: nothing is written but `*needed`.
 * `out` NULL with `capacity` 0 asks for `*needed` alone; `out_offsets` may be NULL then.
 *
 * Answers what mct_signer_sign() does, MCT_ERR_BUFFER_TOO_SMALL and MCT_ERR_INVALID_UTF8.
 */
mct_status mct_signer_sign_packed(const mct_signer *signer,
                                  const mct_claims *claims,
                                  const char *viewer_data,
                                  const int64_t *viewer_offsets,
                                  size_t n,
                                  uint32_t threads,
                                  char *out,
                                  size_t capacity,
                                  int64_t *out_offsets,
                                  size_t *needed,
                                  mct_error **error);

/**
 * Makes a description of `n` viewers, who do not differ yet.
 *
 * It belongs to one thread at a time while columns are lent to it; after that any number of calls can sign for it, at
 * once too. What is lent stays the caller's, and must live and stay as it is until mct_viewers_free().
 *
 * Answers MCT_OK, MCT_ERR_NULL_ARGUMENT.
 */
mct_status mct_viewers_new(size_t n, mct_viewers **out, mct_error **error);

/**
 * Lends an identifier for each viewer: a column of texts of at most 1024 characters (UTF-16 units). An empty one
 * leaves the claim out. The texts are checked when they are signed, the offsets now too.
 *
 * Answers MCT_OK, MCT_ERR_NULL_ARGUMENT, MCT_ERR_INVALID_ARGUMENT.
 */
mct_status mct_viewers_lend_custom_viewer_data(mct_viewers *viewers,
                                               const char *bytes,
                                               const int64_t *offsets,
                                               mct_error **error);

/**
 * Lends the address that each viewer's token is bound to: a column of texts, each an IPv4 or IPv6 address or an IPv4
 * block. It takes the place of the claims' addresses. An empty one is refused: it would be a token that is not bound.
 * The texts are checked when they are signed, the offsets now too.
 *
 * Answers MCT_OK, MCT_ERR_NULL_ARGUMENT, MCT_ERR_INVALID_ARGUMENT.
 */
mct_status mct_viewers_lend_allowed_ip_address(mct_viewers *viewers,
                                               const char *bytes,
                                               const int64_t *offsets,
                                               mct_error **error);

/**
 * Lends a lifetime for each viewer, in seconds, at least 1: `n` of them. They take the place of the claims' lifetime,
 * and are checked when they are signed.
 *
 * Answers MCT_OK, MCT_ERR_NULL_ARGUMENT.
 */
mct_status mct_viewers_lend_lifetimes(mct_viewers *viewers, const uint32_t *seconds, mct_error **error);

/**
 * Signs a token for each viewer. As mct_signer_sign_packed(), for all that can differ.
 *
 * Answers what mct_signer_sign_packed() does.
 */
mct_status mct_signer_sign_viewers(const mct_signer *signer,
                                   const mct_claims *claims,
                                   const mct_viewers *viewers,
                                   uint32_t threads,
                                   char *out,
                                   size_t capacity,
                                   int64_t *out_offsets,
                                   size_t *needed,
                                   mct_error **error);

/**
 * Frees a description of viewers; what was lent stays. NULL is a no-op.
 */
void mct_viewers_free(mct_viewers *viewers);

/*
 * Reading and verifying self-signed tokens
 *
 * A mct_jwt is a token that was read: immutable, and readable from any thread. Texts are lent and valid until it is
 * freed. A claim that the token does not have is NULL, or false for a getter with `out`.
 *
 * A token must be what every reader reads in the same way: three parts of canonical, unpadded base64url, at most
 * 65536 bytes; JSON in which no name appears twice at any depth; `alg` HS256, HS384 or HS512 and `typ` JWT; whole
 * numbers where numbers belong. Anything else is MCT_ERR_TOKEN_INVALID, and mct_error_reason() tells why.
 */

/**
 * A self-signed token that was read.
 */
typedef struct mct_jwt mct_jwt;

/**
 * How a token is verified.
 */
typedef struct mct_verify_options mct_verify_options;

/**
 * Makes options: the clock, no leeway. Answers MCT_OK, MCT_ERR_NULL_ARGUMENT.
 */
mct_status mct_verify_options_new(mct_verify_options **out, mct_error **error);

/**
 * Verifies as of this moment, in Unix seconds and not negative, instead of the clock's.
 *
 * Answers MCT_OK, MCT_ERR_NULL_ARGUMENT, MCT_ERR_INVALID_ARGUMENT.
 */
mct_status mct_verify_options_set_now(mct_verify_options *options, int64_t unix_seconds, mct_error **error);

/**
 * Takes a token for so many seconds before its `nbf` and after its `exp`. Default 0. Answers MCT_OK,
 * MCT_ERR_NULL_ARGUMENT.
 */
mct_status mct_verify_options_set_leeway(mct_verify_options *options, uint32_t seconds, mct_error **error);

/**
 * Verifies without comparing the stream with the parent's names, as mct_claims_set_unchecked_stream() signs. Default
 * false. Answers MCT_OK, MCT_ERR_NULL_ARGUMENT.
 */
mct_status mct_verify_options_set_unchecked_stream(mct_verify_options *options, bool unchecked, mct_error **error);

/**
 * Frees options. NULL is a no-op.
 */
void mct_verify_options_free(mct_verify_options *options);

/**
 * Verifies a token: its shape, its algorithm (the signer's own), its signature (compared in constant time), its
 * claims, its times and, with a signer that knows its parent, the parent's rules. `options` may be NULL: the clock,
 * no leeway. `out` may be NULL when only the verdict matters; otherwise it gets the token, which the caller frees.
 *
 * What only the platform sees (the viewer's address, origin and country) is not checked.
 *
 * Answers MCT_OK, MCT_ERR_NULL_ARGUMENT, MCT_ERR_INVALID_UTF8, MCT_ERR_TOKEN_INVALID (see mct_error_reason()),
 * MCT_ERR_SYSTEM (the clock).
 */
mct_status mct_signer_verify(const mct_signer *signer,
                             const char *jwt,
                             const mct_verify_options *options,
                             mct_jwt **out,
                             mct_error **error);

/**
 * Reads a token and verifies nothing: anybody can have written what it says. The caller frees it.
 *
 * Answers MCT_OK, MCT_ERR_NULL_ARGUMENT, MCT_ERR_INVALID_UTF8, MCT_ERR_TOKEN_INVALID (see mct_error_reason()).
 */
mct_status mct_jwt_parse(const char *jwt, mct_jwt **out, mct_error **error);

/**
 * The token's algorithm. 0 for NULL.
 */
mct_algorithm mct_jwt_algorithm(const mct_jwt *jwt);

/**
 * The id of the parent: `streaming.tokenId`.
 */
bool mct_jwt_token_id(const mct_jwt *jwt, uint64_t *out);

/**
 * `streaming.tokenType`; the platform takes "Subscribe" only.
 */
const char *mct_jwt_token_type(const mct_jwt *jwt);

/**
 * The stream: `streaming.streamName`.
 */
const char *mct_jwt_stream_name(const mct_jwt *jwt);

/**
 * The number of domains that may use the token: `streaming.allowedOrigins`.
 */
size_t mct_jwt_allowed_origin_count(const mct_jwt *jwt);

/**
 * Entry `index` of the domains that may use the token: `streaming.allowedOrigins`. Lent; NULL out of range.
 */
const char *mct_jwt_allowed_origin(const mct_jwt *jwt, size_t index);

/**
 * The number of addresses and blocks that may use the token: `streaming.allowedIpAddresses`.
 */
size_t mct_jwt_allowed_ip_address_count(const mct_jwt *jwt);

/**
 * Entry `index` of the addresses and blocks that may use the token: `streaming.allowedIpAddresses`. Lent; NULL out of
 * range.
 */
const char *mct_jwt_allowed_ip_address(const mct_jwt *jwt, size_t index);

/**
 * The id that usage is counted under: `streaming.tracking.trackingId`.
 */
const char *mct_jwt_tracking_id(const mct_jwt *jwt);

/**
 * The viewer: `streaming.customViewerData`.
 */
const char *mct_jwt_custom_viewer_data(const mct_jwt *jwt);

/**
 * The cluster: `streaming.originCluster`.
 */
const char *mct_jwt_origin_cluster(const mct_jwt *jwt);

/**
 * `iat`, in Unix seconds.
 */
bool mct_jwt_issued_at(const mct_jwt *jwt, int64_t *out);

/**
 * `nbf`, in Unix seconds.
 */
bool mct_jwt_not_before(const mct_jwt *jwt, int64_t *out);

/**
 * `exp`, in Unix seconds.
 */
bool mct_jwt_expires_at(const mct_jwt *jwt, int64_t *out);

/**
 * The header as JSON, decoded.
 */
const char *mct_jwt_header_json(const mct_jwt *jwt);

/**
 * The payload as JSON, decoded, claims that this library does not know included.
 */
const char *mct_jwt_json(const mct_jwt *jwt);

/**
 * Frees a token that was read. NULL is a no-op.
 */
void mct_jwt_free(mct_jwt *jwt);

#ifndef MCT_NO_CLIENT

/*
 * Client configuration
 *
 * A configuration is made, set and handed to mct_client_new(), which copies it; it can be freed at once after that.
 * It belongs to one thread at a time. A setter that fails changes nothing.
 */

/**
 * How a client reaches the API.
 */
typedef struct mct_client_config mct_client_config;

/**
 * How detailed a log line is. One of the MCT_LOG_ values.
 */
typedef int32_t mct_log_level;

/**
 * A call ended without what was asked for.
 */
#define MCT_LOG_ERROR 1

/**
 * Something failed and is tried again, or is worth a look.
 */
#define MCT_LOG_WARN 2

/**
 * Each answer: method, path, HTTP status, milliseconds, bytes.
 */
#define MCT_LOG_INFO 3

/**
 * Each request: method, path, attempt.
 */
#define MCT_LOG_DEBUG 4

/**
 * Everything.
 */
#define MCT_LOG_TRACE 5

/**
 * Makes a configuration with the defaults that stand at the setters.
 *
 * `api_secret`: the account's API secret, printable ASCII without blanks. It is copied, wiped when freed, and
 * appears in no error, log line or debug output.
 *
 * Answers MCT_OK, MCT_ERR_NULL_ARGUMENT, MCT_ERR_INVALID_UTF8, MCT_ERR_INVALID_ARGUMENT.
 */
mct_status mct_client_config_new(const char *api_secret, mct_client_config **out, mct_error **error);

/**
 * The API's address without its "/api", such as the default "https://api.millicast.com".
 *
 * http:// is taken by mct_client_new() for loopback only, unless mct_client_config_set_allow_insecure_http() says
 * otherwise. Answers MCT_OK, MCT_ERR_NULL_ARGUMENT, MCT_ERR_INVALID_UTF8, MCT_ERR_INVALID_ARGUMENT.
 */
mct_status mct_client_config_set_base_url(mct_client_config *config, const char *base_url, mct_error **error);

/**
 * A proxy that knows HTTP CONNECT, as http://[user:password@]host:port. Default: none; the environment is not read.
 *
 * For an https:// address; with http:// mct_client_new() takes a proxy only on loopback, or with
 * mct_client_config_set_allow_insecure_http(). The credentials appear nowhere. Answers MCT_OK, MCT_ERR_NULL_ARGUMENT,
 * MCT_ERR_INVALID_UTF8, MCT_ERR_INVALID_ARGUMENT.
 */
mct_status mct_client_config_set_proxy(mct_client_config *config, const char *proxy, mct_error **error);

/**
 * Trusts one or more root certificates, as PEM text, beside the system's. May be called several times.
 *
 * Answers MCT_OK, MCT_ERR_NULL_ARGUMENT, MCT_ERR_INVALID_UTF8, MCT_ERR_INVALID_ARGUMENT.
 */
mct_status mct_client_config_add_ca_pem(mct_client_config *config, const char *ca_pem, mct_error **error);

/**
 * Appended to the User-Agent "millicast-tokens/VERSION": the host's name and version. Printable ASCII, 1 to 256
 * characters.
 *
 * Answers MCT_OK, MCT_ERR_NULL_ARGUMENT, MCT_ERR_INVALID_UTF8, MCT_ERR_INVALID_ARGUMENT.
 */
mct_status mct_client_config_set_user_agent_suffix(mct_client_config *config, const char *suffix, mct_error **error);

/**
 * Milliseconds for a connection to come about, TLS included. 1 to 4294967295, default 5000.
 *
 * Answers MCT_OK, MCT_ERR_NULL_ARGUMENT, MCT_ERR_INVALID_ARGUMENT.
 */
mct_status mct_client_config_set_connect_timeout_ms(mct_client_config *config,
                                                    uint32_t milliseconds,
                                                    mct_error **error);

/**
 * Milliseconds after which a connection that was not used is used no more. 1 to 4294967295, default 4000: it has to be
 * less than what servers and balancers on the way close idle connections after, which is 5 seconds and more.
 *
 * Answers MCT_OK, MCT_ERR_NULL_ARGUMENT, MCT_ERR_INVALID_ARGUMENT.
 */
mct_status mct_client_config_set_idle_timeout_ms(mct_client_config *config, uint32_t milliseconds, mct_error **error);

/**
 * The deadline of a call in milliseconds: waiting in line, look-up, connecting, sending, reading, retries and pauses
 * together. 1 to 4294967295, default 30000.
 *
 * Answers MCT_OK, MCT_ERR_NULL_ARGUMENT, MCT_ERR_INVALID_ARGUMENT.
 */
mct_status mct_client_config_set_timeout_ms(mct_client_config *config, uint32_t milliseconds, mct_error **error);

/**
 * How often a request that failed is sent again, at most. 0 to 100, default 3.
 *
 * Reads, lists and deletes are repeated when the connection failed or was lost, or at HTTP 429, 502, 503 and 504.
 * A create only when it is certain that the server did not process it: nothing was sent whole, or HTTP 429. Pauses
 * double from 100 ms to 5 s, partly at random; `Retry-After` is kept to. No pause begins that would end after the
 * deadline.
 *
 * Answers MCT_OK, MCT_ERR_NULL_ARGUMENT, MCT_ERR_INVALID_ARGUMENT.
 */
mct_status mct_client_config_set_max_retries(mct_client_config *config, uint32_t retries, mct_error **error);

/**
 * How many calls of this client go out at once; further ones wait in line, within their deadline. 1 to 1024,
 * default 8.
 *
 * Answers MCT_OK, MCT_ERR_NULL_ARGUMENT, MCT_ERR_INVALID_ARGUMENT.
 */
mct_status mct_client_config_set_max_connections(mct_client_config *config, uint32_t connections, mct_error **error);

/**
 * The largest answer that is read, in bytes; a larger one is MCT_ERR_PROTOCOL. 1 to 4294967295, default 33554432.
 *
 * Answers MCT_OK, MCT_ERR_NULL_ARGUMENT, MCT_ERR_INVALID_ARGUMENT.
 */
mct_status mct_client_config_set_max_answer_bytes(mct_client_config *config, uint32_t bytes, mct_error **error);

/**
 * Spreads the requests of this client so that no more than this many go out in a second. 0 to 1000000; 0, the
 * default, sets no limit.
 *
 * Answers MCT_OK, MCT_ERR_NULL_ARGUMENT, MCT_ERR_INVALID_ARGUMENT.
 */
mct_status mct_client_config_set_requests_per_second(mct_client_config *config, uint32_t requests, mct_error **error);

/**
 * Lets http:// be used for hosts other than loopback. The API secret is then readable on the way. Default false.
 *
 * Answers MCT_OK, MCT_ERR_NULL_ARGUMENT.
 */
mct_status mct_client_config_set_allow_insecure_http(mct_client_config *config, bool allow, mct_error **error);

/**
 * Has `log` called with each line up to the level `most_detailed`. Default: no log.
 *
 * `log` is called on the thread that makes the call, or (calls without blocking) on a thread of the library's, perhaps
 * on several threads at once, so `user` must bear that. It may call functions of this library; `message` is valid
 * during the call of `log` only. It must not unwind, longjmp or end its thread, and may not be NULL. Lines may come
 * after mct_client_free() as long as calls are in flight. No line holds the API secret, a token string or a body. A
 * child that it forks, and that comes back from it, gets MCT_ERR_FORKED from the call. `free_user` (may be NULL) is
 * called once with `user`, after the last line, when the last configuration and client that know it are gone; when this
 * function fails it is not called and `user` stays the caller's.
 *
 * Answers MCT_OK, MCT_ERR_NULL_ARGUMENT, MCT_ERR_INVALID_ARGUMENT.
 */
mct_status mct_client_config_set_log(mct_client_config *config,
                                     mct_log_level most_detailed,
                                     void (*log)(void *user, mct_log_level level, const char *message),
                                     void *user,
                                     void (*free_user)(void *user),
                                     mct_error **error);

/**
 * Frees a configuration and wipes its secret. NULL is a no-op.
 */
void mct_client_config_free(mct_client_config *config);

/*
 * Client
 *
 * A client makes calls to the Token API. It may be used from any number of threads at once. A call blocks the thread
 * that makes it, until the answer is there or the deadline has passed; it starts no thread but a passing one for name
 * look-up, which has every signal blocked. (For calls that do not block see "Calls without blocking".) A client has no
 * thread at all between calls. Until it is freed it keeps four descriptors, and about five more for each call that was
 * in flight at the same time as others, up to max_connections; a connection that was idle for a while
 * (mct_client_config_set_idle_timeout_ms()) is not used again.
 *
 * Deadline: a call comes back within mct_client_config_set_timeout_ms() and 100 ms, whatever the server, the proxy or
 * the resolver do. One exception is known: a server that floods, as fast as can be, with what the HTTP library passes
 * over in one go (informational answers, HTTP 1xx, or the digits of a chunk's size) holds the call up for about a
 * second more, and calls without blocking that the same client has under way.
 *
 * Retries: a request is sent again, up to mct_client_config_set_max_retries() times, when that can do no harm. Reads,
 * lists, deletes, restream syncs and updates that only set fields: when the connection failed or was lost, and at HTTP
 * 429, 502, 503, 504. Creates, disables and other updates: only when it is certain that the server did not process the
 * first, that is when no connection came about, nothing of it was written, or at HTTP 429; they go over a connection of
 * their own, so that they never meet one that the server is just closing. Otherwise the call ends, and
 * mct_error_outcome() tells whether the server may have done it; mct_publish_token_find_created() and its twin look for
 * what a create left.
 * TLS failures and other answers are not tried again.
 *
 * Cancel: mct_client_cancel() ends calls within 100 ms, whatever they wait for.
 *
 * TLS 1.2 and 1.3, with the system's roots and those of mct_client_config_add_ca_pem(); nothing turns verification off.
 * http:// is for loopback, unless the explicit setter says otherwise. Proxies by the setter only. Redirects are never
 * followed: the secret goes to the address that was configured and to no other.
 *
 * Limits: an answer larger than mct_client_config_set_max_answer_bytes(), more than 100 header fields, or JSON deeper
 * than 128 is MCT_ERR_PROTOCOL. Compression is not offered.
 *
 * "The call statuses", at functions that send, are: MCT_ERR_UNAUTHORIZED, MCT_ERR_NOT_FOUND, MCT_ERR_REJECTED,
 * MCT_ERR_RATE_LIMITED, MCT_ERR_SERVER, MCT_ERR_TIMEOUT, MCT_ERR_CONNECT, MCT_ERR_TLS, MCT_ERR_PROTOCOL,
 * MCT_ERR_CANCELLED, MCT_ERR_FORKED, MCT_ERR_SYSTEM.
 *
 * After fork() the child can't use a client that the parent made: each call answers MCT_ERR_FORKED at once. It can
 * free it there, and make a new one; the parent's goes on. What such a free can't touch without harm to the parent
 * (its connections) stays allocated in the child, which a leak checker may report.
 */

/**
 * Makes calls to the Token API.
 */
typedef struct mct_client mct_client;

/**
 * Makes a client. Nothing is sent.
 *
 * For an https:// address the system's root certificates are read here; the environment variables SSL_CERT_FILE and
 * SSL_CERT_DIR, where set, say where from. A system without any is no error until a call needs one.
 *
 * Answers MCT_OK, MCT_ERR_NULL_ARGUMENT, MCT_ERR_INVALID_ARGUMENT (an http:// address that is not loopback),
 * MCT_ERR_TLS, MCT_ERR_SYSTEM.
 */
mct_status mct_client_new(const mct_client_config *config, mct_client **out, mct_error **error);

/**
 * Ends every call of this client with MCT_ERR_CANCELLED, those in flight and those to come, until
 * mct_client_resume(). NULL is a no-op.
 *
 * May be called from any thread and, on POSIX, from a signal handler.
 */
void mct_client_cancel(mct_client *client);

/**
 * Lets calls be made again after mct_client_cancel(). NULL is a no-op.
 */
void mct_client_resume(mct_client *client);

/**
 * Frees a client. NULL is a no-op.
 *
 * Calls that other threads are in end with MCT_ERR_CANCELLED and stay safe; a call must not begin after this has.
 */
void mct_client_free(mct_client *client);

/*
 * List options
 *
 * What a list asks for. Options belong to one thread at a time and can be used for any number of lists.
 */

/**
 * What a list asks for.
 */
typedef struct mct_list_options mct_list_options;

/**
 * What a list is sorted by. One of the MCT_SORT_BY_ values.
 */
typedef int32_t mct_sort_by;

/**
 * What mct_list_options_set_name() looks at. One of the MCT_FILTER_BY_ values.
 */
typedef int32_t mct_filter_by;

/**
 * The token's label. The API's default.
 */
#define MCT_SORT_BY_NAME 1

/**
 * When the token was created. What the order is within one moment is not documented by the platform.
 */
#define MCT_SORT_BY_ADDED_ON 2

/**
 * The token's label.
 */
#define MCT_FILTER_BY_TOKEN_NAME 1

/**
 * The names of its streams.
 */
#define MCT_FILTER_BY_STREAM_NAME 2

/**
 * Either of them.
 */
#define MCT_FILTER_BY_TOKEN_OR_STREAM_NAME 3

/**
 * Makes options: page 1, 100 items on it, the API's own sorting (by name, ascending).
 *
 * Answers MCT_OK, MCT_ERR_NULL_ARGUMENT.
 */
mct_status mct_list_options_new(mct_list_options **out, mct_error **error);

/**
 * What the list is sorted by. Not set: the API's own sorting, by name.
 *
 * Answers MCT_OK, MCT_ERR_NULL_ARGUMENT, MCT_ERR_INVALID_ARGUMENT (none of the MCT_SORT_BY_ values).
 */
mct_status mct_list_options_set_sort_by(mct_list_options *options, mct_sort_by sort_by, mct_error **error);

/**
 * The page, counted from 1 to 2147483647. Default 1. Past the end of the list a page is empty.
 *
 * Answers MCT_OK, MCT_ERR_NULL_ARGUMENT, MCT_ERR_INVALID_ARGUMENT.
 */
mct_status mct_list_options_set_page(mct_list_options *options, uint32_t page, mct_error **error);

/**
 * How many tokens a page has, 1 to 100. Default 100.
 *
 * Answers MCT_OK, MCT_ERR_NULL_ARGUMENT, MCT_ERR_INVALID_ARGUMENT.
 */
mct_status mct_list_options_set_items_on_page(mct_list_options *options, uint32_t items, mct_error **error);

/**
 * Lists tokens by a name, not empty, that is looked for in what `filter_by` says. The platform leaves out tokens
 * whose stream is a pattern. Excludes a cluster.
 *
 * Answers MCT_OK, MCT_ERR_NULL_ARGUMENT, MCT_ERR_INVALID_UTF8, MCT_ERR_INVALID_ARGUMENT.
 */
mct_status mct_list_options_set_name(mct_list_options *options,
                                     const char *name,
                                     mct_filter_by filter_by,
                                     mct_error **error);

/**
 * Lists publish tokens by the id of their cluster, not empty. Excludes a name; subscribe tokens can't be listed so.
 *
 * Answers MCT_OK, MCT_ERR_NULL_ARGUMENT, MCT_ERR_INVALID_UTF8, MCT_ERR_INVALID_ARGUMENT.
 */
mct_status mct_list_options_set_cluster(mct_list_options *options, const char *cluster, mct_error **error);

/**
 * How many pages a list of everything reads at the most, 1 to 2147483647: a guard against a server whose list never
 * ends. Default 10000, which is enough for 800,000 tokens with 100 on a page, and for fewer with smaller ones.
 *
 * Answers MCT_OK, MCT_ERR_NULL_ARGUMENT, MCT_ERR_INVALID_ARGUMENT.
 */
mct_status mct_list_options_set_max_pages(mct_list_options *options, uint32_t pages, mct_error **error);

/**
 * True sorts descending: with MCT_SORT_BY_ADDED_ON, newest first. Answers MCT_OK, MCT_ERR_NULL_ARGUMENT.
 */
mct_status mct_list_options_set_descending(mct_list_options *options, bool descending, mct_error **error);

/**
 * Frees options. NULL is a no-op.
 */
void mct_list_options_free(mct_list_options *options);

/*
 * Publish token
 *
 * What the API answers for a publish token: immutable, and readable from any thread. Texts are lent and valid until
 * the publish token is freed. A field that the API did not send is NULL, or false for a getter with `out`, which then
 * is not written to; a list that was not sent is empty. Every getter takes NULL, and an index out of range, and
 * answers the same. Everything that needs the network is with the calls.
 */

/**
 * A publish token, as the API answered.
 */
typedef struct mct_publish_token mct_publish_token;

/**
 * Reads a publish token from JSON, such as one that was kept from mct_publish_token_json(). Unknown fields are kept.
 *
 * Answers MCT_OK, MCT_ERR_NULL_ARGUMENT, MCT_ERR_INVALID_UTF8, MCT_ERR_INVALID_ARGUMENT (no such JSON: not an object
 * with an `id`, a field of a wrong type, a name that appears twice).
 */
mct_status mct_publish_token_from_json(const char *json, mct_publish_token **out, mct_error **error);

/**
 * Makes a copy that lives by itself, for instance of an entry of a list. Answers MCT_OK, MCT_ERR_NULL_ARGUMENT.
 */
mct_status mct_publish_token_copy(const mct_publish_token *token, mct_publish_token **out, mct_error **error);

/**
 * The id, by which the API knows the publish token. 0 for NULL.
 */
uint64_t mct_publish_token_id(const mct_publish_token *token);

/**
 * The label, as the dashboard shows it.
 */
const char *mct_publish_token_label(const mct_publish_token *token);

/**
 * The same as the label; the platform has deprecated it.
 */
const char *mct_publish_token_name(const mct_publish_token *token);

/**
 * The secret token string that an encoder publishes with. It is wiped when the token is freed.
 */
const char *mct_publish_token_value(const mct_publish_token *token);

/**
 * Is the token enabled?
 */
bool mct_publish_token_is_active(const mct_publish_token *token, bool *out);

/**
 * When the token was created, in Unix seconds.
 */
bool mct_publish_token_added_on(const mct_publish_token *token, int64_t *out);

/**
 * When the token expires, in Unix seconds. False: never, or (see the JSON) at a date that can't be read.
 */
bool mct_publish_token_expires_on(const mct_publish_token *token, int64_t *out);

/**
 * How many streams the token is for.
 */
size_t mct_publish_token_stream_count(const mct_publish_token *token);

/**
 * The name or the pattern of stream `index`. Lent; NULL out of range.
 */
const char *mct_publish_token_stream_name(const mct_publish_token *token, size_t index);

/**
 * Is stream `index` a pattern (a regular expression)? ".*" always is: some answers do not say so.
 */
bool mct_publish_token_stream_is_regex(const mct_publish_token *token, size_t index);

/**
 * The number of domains that may use the token; none means all.
 */
size_t mct_publish_token_allowed_origin_count(const mct_publish_token *token);

/**
 * Entry `index` of the domains that may use the token; none means all. Lent; NULL out of range.
 */
const char *mct_publish_token_allowed_origin(const mct_publish_token *token, size_t index);

/**
 * The number of addresses and blocks that may use the token; none means all.
 */
size_t mct_publish_token_allowed_ip_address_count(const mct_publish_token *token);

/**
 * Entry `index` of the addresses and blocks that may use the token; none means all. Lent; NULL out of range.
 */
const char *mct_publish_token_allowed_ip_address(const mct_publish_token *token, size_t index);

/**
 * The number of addresses that the token binds itself to when they first use it.
 */
bool mct_publish_token_bind_ips_on_usage(const mct_publish_token *token, uint32_t *out);

/**
 * The cluster that streams are routed to. The API sends "" or nothing where none was set.
 */
const char *mct_publish_token_origin_cluster(const mct_publish_token *token);

/**
 * The number of countries (ISO 3166-1) that viewers may be in; none means all.
 */
size_t mct_publish_token_allowed_country_count(const mct_publish_token *token);

/**
 * Entry `index` of the countries (ISO 3166-1) that viewers may be in; none means all. Lent; NULL out of range.
 */
const char *mct_publish_token_allowed_country(const mct_publish_token *token, size_t index);

/**
 * The number of countries (ISO 3166-1) that viewers may not be in.
 */
size_t mct_publish_token_denied_country_count(const mct_publish_token *token);

/**
 * Entry `index` of the countries (ISO 3166-1) that viewers may not be in. Lent; NULL out of range.
 */
const char *mct_publish_token_denied_country(const mct_publish_token *token, size_t index);

/**
 * The origin cluster that applies, the account's settings included.
 */
const char *mct_publish_token_effective_origin_cluster(const mct_publish_token *token);

/**
 * The number of allowed countries that apply, the account's settings included.
 */
size_t mct_publish_token_effective_allowed_country_count(const mct_publish_token *token);

/**
 * Entry `index` of the allowed countries that apply, the account's settings included. Lent; NULL out of range.
 */
const char *mct_publish_token_effective_allowed_country(const mct_publish_token *token, size_t index);

/**
 * The number of denied countries that apply, the account's settings included.
 */
size_t mct_publish_token_effective_denied_country_count(const mct_publish_token *token);

/**
 * Entry `index` of the denied countries that apply, the account's settings included. Lent; NULL out of range.
 */
const char *mct_publish_token_effective_denied_country(const mct_publish_token *token, size_t index);

/**
 * Is geo cascading on, the account's settings included?
 */
bool mct_publish_token_effective_geo_cascade_is_enabled(const mct_publish_token *token, bool *out);

/**
 * The number of clusters that streams are cascaded to, the account's settings included.
 */
size_t mct_publish_token_effective_geo_cascade_cluster_count(const mct_publish_token *token);

/**
 * Entry `index` of the clusters that streams are cascaded to, the account's settings included. Lent; NULL out of
 * range.
 */
const char *mct_publish_token_effective_geo_cascade_cluster(const mct_publish_token *token, size_t index);

/**
 * Are UTC timestamps inserted, the account's settings included?
 */
bool mct_publish_token_effective_enable_utc_insertion(const mct_publish_token *token, bool *out);

/**
 * Do viewers need a subscribe token?
 */
bool mct_publish_token_subscribe_requires_auth(const mct_publish_token *token, bool *out);

/**
 * May streams be recorded?
 */
bool mct_publish_token_record(const mct_publish_token *token, bool *out);

/**
 * Is live clipping on?
 */
bool mct_publish_token_clip(const mct_publish_token *token, bool *out);

/**
 * May a stream have several sources?
 */
bool mct_publish_token_multisource(const mct_publish_token *token, bool *out);

/**
 * Are webhooks sent for thumbnails?
 */
bool mct_publish_token_enable_thumbnails(const mct_publish_token *token, bool *out);

/**
 * Is RTMP taken with low latency?
 */
bool mct_publish_token_low_latency_rtmp(const mct_publish_token *token, bool *out);

/**
 * Is the SRT passphrase shown and answered?
 */
bool mct_publish_token_display_srt_passphrase(const mct_publish_token *token, bool *out);

/**
 * Are the streams DRM streams?
 */
bool mct_publish_token_drm(const mct_publish_token *token, bool *out);

/**
 * Are UTC timestamps inserted into the stream?
 */
bool mct_publish_token_enable_utc_insertion(const mct_publish_token *token, bool *out);

/**
 * The integration that the token belongs to: "None", "Maestro", "Passthru", "Internal", or one unknown today.
 */
const char *mct_publish_token_integration_id(const mct_publish_token *token);

/**
 * The SRT passphrase, a secret; wiped when the token is freed.
 */
const char *mct_publish_token_srt_passphrase(const mct_publish_token *token);

/**
 * The default priority of streams; the highest wins.
 */
bool mct_publish_token_priority(const mct_publish_token *token, int32_t *out);

/**
 * The id of the encoder profile.
 */
const char *mct_publish_token_encoder_profile_id(const mct_publish_token *token);

/**
 * Is geo cascading on for this token?
 */
bool mct_publish_token_geo_cascade_is_enabled(const mct_publish_token *token, bool *out);

/**
 * The number of clusters that streams of this token are cascaded to.
 */
size_t mct_publish_token_geo_cascade_cluster_count(const mct_publish_token *token);

/**
 * Entry `index` of the clusters that streams of this token are cascaded to. Lent; NULL out of range.
 */
const char *mct_publish_token_geo_cascade_cluster(const mct_publish_token *token, size_t index);

/**
 * How many endpoints streams are sent on to.
 */
size_t mct_publish_token_restream_count(const mct_publish_token *token);

/**
 * The address of endpoint `index`. Lent; NULL out of range, or without one.
 */
const char *mct_publish_token_restream_url(const mct_publish_token *token, size_t index);

/**
 * The secret key of endpoint `index` (for SRT the stream id). Lent; NULL out of range, or without one.
 */
const char *mct_publish_token_restream_key(const mct_publish_token *token, size_t index);

/**
 * The label of endpoint `index`. Lent; NULL out of range, or without one.
 */
const char *mct_publish_token_restream_label(const mct_publish_token *token, size_t index);

/**
 * Is sending on to endpoint `index` enabled?
 */
bool mct_publish_token_restream_enabled(const mct_publish_token *token, size_t index, bool *out);

/**
 * The whole answer as JSON, the fields that this library does not know included. It holds the token string: keep it
 * as you keep that.
 */
const char *mct_publish_token_json(const mct_publish_token *token);

/**
 * Frees a publish token and wipes its secrets. NULL is a no-op. One that a list lent belongs to the list.
 */
void mct_publish_token_free(mct_publish_token *token);

/*
 * Publish token spec
 *
 * What a new publish token shall be. A spec belongs to one thread at a time while it is set; after that any number of
 * creates can use it, at once too. What is not set is not sent, so that the platform's defaults apply. Each setter
 * checks its value at once; a setter that fails changes nothing. Rules between fields are checked by
 * mct_publish_token_create(), before anything is sent. Lengths are counted in UTF-16 units, as the platform counts
 * them. Fields that exclude each other: allowed IP addresses and binding on usage (above 0), allowed and denied
 * countries, record and clip.
 *
 * Where no others stand, setters answer MCT_OK, MCT_ERR_NULL_ARGUMENT, MCT_ERR_INVALID_UTF8 and
 * MCT_ERR_INVALID_ARGUMENT.
 */

/**
 * What a new publish token shall be.
 */
typedef struct mct_publish_token_spec mct_publish_token_spec;

/**
 * Makes a spec. `label`: 1 to 128 characters; it names the token in the dashboard and need not be unique.
 *
 * Answers MCT_OK, MCT_ERR_NULL_ARGUMENT, MCT_ERR_INVALID_UTF8, MCT_ERR_INVALID_ARGUMENT.
 */
mct_status mct_publish_token_spec_new(const char *label, mct_publish_token_spec **out, mct_error **error);

/**
 * Adds a stream: a name or, with `is_regex`, a pattern (".*" is any name). 1 to 128 characters. At least one stream
 * is needed. The dialect of patterns is the platform's and not checked here; without `is_regex` a pattern is a plain
 * name.
 */
mct_status mct_publish_token_spec_add_stream(mct_publish_token_spec *spec,
                                             const char *name,
                                             bool is_regex,
                                             mct_error **error);

/**
 * Seconds until the token expires, 1 to 2147483647. Not set: never.
 *
 * Answers MCT_OK, MCT_ERR_NULL_ARGUMENT, MCT_ERR_INVALID_ARGUMENT.
 */
mct_status mct_publish_token_spec_set_expires(mct_publish_token_spec *spec, uint32_t seconds, mct_error **error);

/**
 * Adds a domain that may use the token: "example.com", "*.example.com", with ":port" or without; no scheme, no path.
 */
mct_status mct_publish_token_spec_add_allowed_origin(mct_publish_token_spec *spec,
                                                     const char *origin,
                                                     mct_error **error);

/**
 * Adds an address that may use the token: an IPv4 or IPv6 address or an IPv4 block such as "192.0.2.0/24". Ranges,
 * wildcards and IPv6 blocks are not documented by the platform and refused. Not supported by the platform with RTMP.
 */
mct_status mct_publish_token_spec_add_allowed_ip_address(mct_publish_token_spec *spec,
                                                         const char *address,
                                                         mct_error **error);

/**
 * Binds the token to the first so many addresses that use it. Not supported by the platform with RTMP.
 *
 * Answers MCT_OK, MCT_ERR_NULL_ARGUMENT.
 */
mct_status mct_publish_token_spec_set_bind_ips_on_usage(mct_publish_token_spec *spec,
                                                        uint32_t addresses,
                                                        mct_error **error);

/**
 * The id of the cluster that streams are routed to, not empty. Not set: the account's default.
 */
mct_status mct_publish_token_spec_set_origin_cluster(mct_publish_token_spec *spec,
                                                     const char *cluster,
                                                     mct_error **error);

/**
 * Adds a country that viewers may be in, as an ISO 3166-1 code of two capital letters. Excludes denied countries.
 */
mct_status mct_publish_token_spec_add_allowed_country(mct_publish_token_spec *spec,
                                                      const char *country,
                                                      mct_error **error);

/**
 * Adds a country that viewers may not be in, as an ISO 3166-1 code of two capital letters. Excludes allowed
 * countries.
 */
mct_status mct_publish_token_spec_add_denied_country(mct_publish_token_spec *spec,
                                                     const char *country,
                                                     mct_error **error);

/**
 * Do viewers need a subscribe token? Answers MCT_OK, MCT_ERR_NULL_ARGUMENT.
 */
mct_status mct_publish_token_spec_set_subscribe_requires_auth(mct_publish_token_spec *spec,
                                                              bool value,
                                                              mct_error **error);

/**
 * May streams be recorded? Excludes clip. Answers MCT_OK, MCT_ERR_NULL_ARGUMENT.
 */
mct_status mct_publish_token_spec_set_record(mct_publish_token_spec *spec, bool value, mct_error **error);

/**
 * Is live clipping on? Excludes record. Answers MCT_OK, MCT_ERR_NULL_ARGUMENT.
 */
mct_status mct_publish_token_spec_set_clip(mct_publish_token_spec *spec, bool value, mct_error **error);

/**
 * May a stream have several sources? Answers MCT_OK, MCT_ERR_NULL_ARGUMENT.
 */
mct_status mct_publish_token_spec_set_multisource(mct_publish_token_spec *spec, bool value, mct_error **error);

/**
 * Are webhooks sent for thumbnails? Answers MCT_OK, MCT_ERR_NULL_ARGUMENT.
 */
mct_status mct_publish_token_spec_set_enable_thumbnails(mct_publish_token_spec *spec, bool value, mct_error **error);

/**
 * Shall the SRT passphrase be shown in the dashboard and answered by the API? Answers MCT_OK, MCT_ERR_NULL_ARGUMENT.
 */
mct_status mct_publish_token_spec_set_display_srt_passphrase(mct_publish_token_spec *spec,
                                                             bool value,
                                                             mct_error **error);

/**
 * Is RTMP taken with low latency? Answers MCT_OK, MCT_ERR_NULL_ARGUMENT.
 */
mct_status mct_publish_token_spec_set_low_latency_rtmp(mct_publish_token_spec *spec, bool value, mct_error **error);

/**
 * Are UTC timestamps inserted into the stream? Not set: the account's setting. Answers MCT_OK, MCT_ERR_NULL_ARGUMENT.
 */
mct_status mct_publish_token_spec_set_enable_utc_insertion(mct_publish_token_spec *spec, bool value, mct_error **error);

/**
 * Are the streams DRM streams? Answers MCT_OK, MCT_ERR_NULL_ARGUMENT.
 */
mct_status mct_publish_token_spec_set_drm(mct_publish_token_spec *spec, bool value, mct_error **error);

/**
 * The default priority of streams; the highest wins, and one that is not set is the lowest.
 *
 * Answers MCT_OK, MCT_ERR_NULL_ARGUMENT.
 */
mct_status mct_publish_token_spec_set_priority(mct_publish_token_spec *spec, int32_t priority, mct_error **error);

/**
 * The id of an encoder profile, not empty.
 */
mct_status mct_publish_token_spec_set_encoder_profile_id(mct_publish_token_spec *spec,
                                                         const char *id,
                                                         mct_error **error);

/**
 * Cascades streams to other clusters. `clusters`: `count` ids, none of them empty; NULL and 0 send no list, and the
 * platform then takes all clusters. Not set at all: the account's setting.
 */
mct_status mct_publish_token_spec_set_geo_cascade(mct_publish_token_spec *spec,
                                                  bool is_enabled,
                                                  const char *const *clusters,
                                                  size_t count,
                                                  mct_error **error);

/**
 * Adds an endpoint that streams are sent on to, 10 at most. `url`: 1 to 2048 characters, not checked further; `key`:
 * its secret, 5 to 512 (for SRT the stream id); `label`: at most 2048, or NULL.
 */
mct_status mct_publish_token_spec_add_restream(mct_publish_token_spec *spec,
                                               const char *url,
                                               const char *key,
                                               const char *label,
                                               bool enabled,
                                               mct_error **error);

/**
 * Adds the fields of a JSON object to the request: fields that the platform has and this library does not know yet.
 * One that has a setter here is refused, as is a name that appears twice. A later call replaces a field of an earlier
 * one.
 */
mct_status mct_publish_token_spec_merge_json(mct_publish_token_spec *spec, const char *json, mct_error **error);

/**
 * Frees a spec. NULL is a no-op.
 */
void mct_publish_token_spec_free(mct_publish_token_spec *spec);

/*
 * Publish token update
 *
 * What shall change in a publish token. An update belongs to one thread at a time while it is set; after that it can
 * be applied any number of times, by several threads at once too. What is not set stays as it is and is not sent. A
 * list that is set replaces the whole list, and a count of 0 clears it. Each setter checks its value at once; a
 * setter that fails changes nothing. Rules between the fields of the update are checked by
 * mct_publish_token_update_apply(), before anything is sent; those with fields that only the platform knows are
 * checked there. Lengths are counted in UTF-16 units.
 *
 * Where no others stand, setters answer MCT_OK, MCT_ERR_NULL_ARGUMENT, MCT_ERR_INVALID_UTF8 and
 * MCT_ERR_INVALID_ARGUMENT.
 */

/**
 * What shall change in a publish token.
 */
typedef struct mct_publish_token_update mct_publish_token_update;

/**
 * Makes an update that changes nothing yet. Answers MCT_OK, MCT_ERR_NULL_ARGUMENT.
 */
mct_status mct_publish_token_update_new(mct_publish_token_update **out, mct_error **error);

/**
 * The label, at most 128 characters.
 */
mct_status mct_publish_token_update_set_label(mct_publish_token_update *update, const char *label, mct_error **error);

/**
 * Enables or disables the token. Answers MCT_OK, MCT_ERR_NULL_ARGUMENT.
 */
mct_status mct_publish_token_update_set_is_active(mct_publish_token_update *update, bool is_active, mct_error **error);

/**
 * Adds a stream: a name or, with `is_regex`, a pattern. 1 to 128 characters.
 */
mct_status mct_publish_token_update_add_stream(mct_publish_token_update *update,
                                               const char *name,
                                               bool is_regex,
                                               mct_error **error);

/**
 * Removes the stream of this name or pattern. 1 to 128 characters.
 */
mct_status mct_publish_token_update_remove_stream(mct_publish_token_update *update,
                                                  const char *name,
                                                  mct_error **error);

/**
 * The domains that may use the token, as in a spec; `count` of them, 0 for all.
 */
mct_status mct_publish_token_update_set_allowed_origins(mct_publish_token_update *update,
                                                        const char *const *allowed_origins,
                                                        size_t count,
                                                        mct_error **error);

/**
 * The addresses and IPv4 blocks that may use the token, as in a spec; `count` of them, 0 for all.
 */
mct_status mct_publish_token_update_set_allowed_ip_addresses(mct_publish_token_update *update,
                                                             const char *const *allowed_ip_addresses,
                                                             size_t count,
                                                             mct_error **error);

/**
 * Binds the token to the first so many addresses that use it; 0 ends that. Answers MCT_OK, MCT_ERR_NULL_ARGUMENT.
 */
mct_status mct_publish_token_update_set_bind_ips_on_usage(mct_publish_token_update *update,
                                                          uint32_t addresses,
                                                          mct_error **error);

/**
 * The id of the cluster that streams are routed to, not empty.
 */
mct_status mct_publish_token_update_set_origin_cluster(mct_publish_token_update *update,
                                                       const char *cluster,
                                                       mct_error **error);

/**
 * The countries (ISO 3166-1, capitals) that viewers may be in; `count` of them, 0 for all.
 */
mct_status mct_publish_token_update_set_allowed_countries(mct_publish_token_update *update,
                                                          const char *const *allowed_countries,
                                                          size_t count,
                                                          mct_error **error);

/**
 * The countries (ISO 3166-1, capitals) that viewers may not be in; `count` of them, 0 for none.
 */
mct_status mct_publish_token_update_set_denied_countries(mct_publish_token_update *update,
                                                         const char *const *denied_countries,
                                                         size_t count,
                                                         mct_error **error);

/**
 * Gives the token a new secret string, each time the update is applied; the one before stops working, and with it
 * what was self-signed. Answers MCT_OK, MCT_ERR_NULL_ARGUMENT.
 */
mct_status mct_publish_token_update_refresh_token(mct_publish_token_update *update, mct_error **error);

/**
 * Do viewers need a subscribe token? Answers MCT_OK, MCT_ERR_NULL_ARGUMENT.
 */
mct_status mct_publish_token_update_set_subscribe_requires_auth(mct_publish_token_update *update,
                                                                bool value,
                                                                mct_error **error);

/**
 * May streams be recorded? Excludes clip. Answers MCT_OK, MCT_ERR_NULL_ARGUMENT.
 */
mct_status mct_publish_token_update_set_record(mct_publish_token_update *update, bool value, mct_error **error);

/**
 * Is live clipping on? Excludes record. Answers MCT_OK, MCT_ERR_NULL_ARGUMENT.
 */
mct_status mct_publish_token_update_set_clip(mct_publish_token_update *update, bool value, mct_error **error);

/**
 * May a stream have several sources? Answers MCT_OK, MCT_ERR_NULL_ARGUMENT.
 */
mct_status mct_publish_token_update_set_multisource(mct_publish_token_update *update, bool value, mct_error **error);

/**
 * Are webhooks sent for thumbnails? Answers MCT_OK, MCT_ERR_NULL_ARGUMENT.
 */
mct_status mct_publish_token_update_set_enable_thumbnails(mct_publish_token_update *update,
                                                          bool value,
                                                          mct_error **error);

/**
 * Shall the SRT passphrase be shown in the dashboard and answered by the API? Answers MCT_OK, MCT_ERR_NULL_ARGUMENT.
 */
mct_status mct_publish_token_update_set_display_srt_passphrase(mct_publish_token_update *update,
                                                               bool value,
                                                               mct_error **error);

/**
 * Is RTMP taken with low latency? Answers MCT_OK, MCT_ERR_NULL_ARGUMENT.
 */
mct_status mct_publish_token_update_set_low_latency_rtmp(mct_publish_token_update *update,
                                                         bool value,
                                                         mct_error **error);

/**
 * Are UTC timestamps inserted into the stream? Answers MCT_OK, MCT_ERR_NULL_ARGUMENT.
 */
mct_status mct_publish_token_update_set_enable_utc_insertion(mct_publish_token_update *update,
                                                             bool value,
                                                             mct_error **error);

/**
 * Are the streams DRM streams? Answers MCT_OK, MCT_ERR_NULL_ARGUMENT.
 */
mct_status mct_publish_token_update_set_drm(mct_publish_token_update *update, bool value, mct_error **error);

/**
 * The default priority of streams; the highest wins. Answers MCT_OK, MCT_ERR_NULL_ARGUMENT.
 */
mct_status mct_publish_token_update_set_priority(mct_publish_token_update *update, int32_t priority, mct_error **error);

/**
 * The id of an encoder profile, not empty.
 */
mct_status mct_publish_token_update_set_encoder_profile_id(mct_publish_token_update *update,
                                                           const char *id,
                                                           mct_error **error);

/**
 * Cascades streams to other clusters. `clusters`: `count` ids, none of them empty. NULL and 0 send no list: the
 * platform takes no empty one of a cascade that is enabled, and ignores the list of one that is not.
 */
mct_status mct_publish_token_update_set_geo_cascade(mct_publish_token_update *update,
                                                    bool is_enabled,
                                                    const char *const *clusters,
                                                    size_t count,
                                                    mct_error **error);

/**
 * Streams have no default priority any more: sends `null`. Answers MCT_OK, MCT_ERR_NULL_ARGUMENT.
 */
mct_status mct_publish_token_update_clear_priority(mct_publish_token_update *update, mct_error **error);

/**
 * There is no encoder profile any more: sends `null`. Answers MCT_OK, MCT_ERR_NULL_ARGUMENT.
 */
mct_status mct_publish_token_update_clear_encoder_profile_id(mct_publish_token_update *update, mct_error **error);

/**
 * The account's setting for UTC timestamps applies again: sends `null`. Answers MCT_OK, MCT_ERR_NULL_ARGUMENT.
 */
mct_status mct_publish_token_update_clear_enable_utc_insertion(mct_publish_token_update *update, mct_error **error);

/**
 * The endpoints that streams are sent on to, `count` of them, 10 at most; 0 clears the list. Entry i of each list is
 * endpoint i: `urls` 1 to 2048 characters, `keys` 5 to 512, `labels` at most 2048, an entry of it may be NULL;
 * `labels` and `enabled` may be NULL as a whole.
 */
mct_status mct_publish_token_update_set_restream(mct_publish_token_update *update,
                                                 const char *const *urls,
                                                 const char *const *keys,
                                                 const char *const *labels,
                                                 const bool *enabled,
                                                 size_t count,
                                                 mct_error **error);

/**
 * Adds the fields of a JSON object to the request: fields that the platform has and this library does not know yet.
 * One that has a setter here is refused, as is a name that appears twice. A later call replaces a field of an earlier
 * one.
 */
mct_status mct_publish_token_update_merge_json(mct_publish_token_update *update, const char *json, mct_error **error);

/**
 * Frees an update. NULL is a no-op.
 */
void mct_publish_token_update_free(mct_publish_token_update *update);

/*
 * Publish token calls
 *
 * Each blocks until the API has answered or the client's deadline has passed. Any thread may make them.
 */

/**
 * Walks a list of publish tokens, page by page. It holds one page of tokens, and 24 bytes or so of each that came, by
 * which it knows one that comes again: 100,000 tokens take 3 MB. It belongs to one thread at a time.
 */
typedef struct mct_publish_token_iter mct_publish_token_iter;

/**
 * Publish tokens in the order of the API's answer: immutable, and readable from any thread.
 */
typedef struct mct_publish_token_list mct_publish_token_list;

/**
 * Creates a publish token. `out` gets it, its secret string included; the caller frees it.
 *
 * Creating is not idempotent: a create is sent again only when it is certain that the server did not process it, and
 * otherwise mct_error_outcome() tells whether a token may have come about. It goes over a connection of its own, so
 * that it never meets one that the server is just closing.
 *
 * Answers MCT_OK, MCT_ERR_NULL_ARGUMENT, MCT_ERR_INVALID_ARGUMENT (rules between fields; nothing was sent) and the
 * call statuses but MCT_ERR_NOT_FOUND.
 */
mct_status mct_publish_token_create(mct_client *client,
                                    const mct_publish_token_spec *spec,
                                    mct_publish_token **out,
                                    mct_error **error);

/**
 * Looks for what a create with an unknown outcome left: the publish tokens with the label and the streams of `spec`
 * that were added at `since` (Unix seconds) or later, newest first. The caller frees the list; empty: there is none.
 *
 * `since` is compared with the API's clock: take the time before the create, and a minute less where this machine's
 * clock may be ahead. Tokens that somebody else created with the same label and streams are found too. A create that
 * was only just lost may still be carried out, so that an empty list is sure only some seconds later. The list is read
 * by time, and no further back than `since`; all pages share one deadline.
 *
 * Answers MCT_OK, MCT_ERR_NULL_ARGUMENT and the call statuses but MCT_ERR_NOT_FOUND.
 */
mct_status mct_publish_token_find_created(mct_client *client,
                                          const mct_publish_token_spec *spec,
                                          int64_t since,
                                          mct_publish_token_list **out,
                                          mct_error **error);

/**
 * Reads the publish token with this id. The caller frees it.
 *
 * Answers MCT_OK, MCT_ERR_NULL_ARGUMENT and the call statuses; MCT_ERR_NOT_FOUND when there is none.
 */
mct_status mct_publish_token_read(mct_client *client, uint64_t id, mct_publish_token **out, mct_error **error);

/**
 * Reads one page of the account's publish tokens. `options` NULL: page 1, 100 items, the API's sorting. The caller
 * frees the list; past the end it is empty. To delete everything, read page 1 until it is empty: what is deleted
 * moves the pages behind it.
 *
 * Answers MCT_OK, MCT_ERR_NULL_ARGUMENT, MCT_ERR_INVALID_ARGUMENT (options that exclude each other) and the
 * call statuses but MCT_ERR_NOT_FOUND.
 */
mct_status mct_publish_token_list_page(mct_client *client,
                                       const mct_list_options *options,
                                       mct_publish_token_list **out,
                                       mct_error **error);

/**
 * Reads the whole list: every page from the options' first one on, in order, each token once, even when tokens are
 * created and deleted meanwhile. A list that does not end within mct_list_options_set_max_pages() pages is
 * MCT_ERR_PROTOCOL. All pages share one deadline; for a large account take the iterator.
 *
 * Answers what mct_publish_token_list_page() does.
 */
mct_status mct_publish_token_list_all(mct_client *client,
                                      const mct_list_options *options,
                                      mct_publish_token_list **out,
                                      mct_error **error);

/**
 * Makes an iterator. Nothing is sent yet. The options are copied. It may outlive mct_client_free(), and then answers
 * MCT_ERR_CANCELLED.
 *
 * Answers MCT_OK, MCT_ERR_NULL_ARGUMENT, MCT_ERR_INVALID_ARGUMENT (as mct_publish_token_list_page()).
 */
mct_status mct_publish_token_iter_new(mct_client *client,
                                      const mct_list_options *options,
                                      mct_publish_token_iter **out,
                                      mct_error **error);

/**
 * The next token, which the caller frees. MCT_OK and NULL: the end.
 *
 * The tokens come in the list's order, each once, even when tokens are created, deleted and renamed meanwhile: one that
 * is there all the time and keeps its place comes; one that is created in a place that was passed, or renamed into it,
 * may not. When nothing is left of what was met, the walk goes back to its first page. Pages after the first one are
 * asked for in other sizes, so that they overlap. The end is a page with nothing new that is not full, or the same page
 * wherever it is asked for. Each page that has to be read has a deadline of its own. After an error the next call tries
 * again.
 *
 * A cancel since the last call of the iterator is not lost: it ends the next one, even if it was taken back.
 *
 * Answers MCT_OK, MCT_ERR_NULL_ARGUMENT, MCT_ERR_INVALID_ARGUMENT (a call that was started without blocking is under
 * way with it) and the call statuses but MCT_ERR_NOT_FOUND.
 */
mct_status mct_publish_token_iter_next(mct_publish_token_iter *iter, mct_publish_token **out, mct_error **error);

/**
 * Frees an iterator. NULL is a no-op.
 */
void mct_publish_token_iter_free(mct_publish_token_iter *iter);

/**
 * Changes the publish token with this id, and answers it as it is then. The caller frees it.
 *
 * An update that refreshes the token, adds or removes streams, or holds fields that are unknown here is sent again
 * only when it is certain that the server did not process it; mct_error_outcome() tells.
 *
 * Answers MCT_OK, MCT_ERR_NULL_ARGUMENT, MCT_ERR_INVALID_ARGUMENT (an update that changes nothing, or rules between
 * fields; nothing was sent) and the call statuses; MCT_ERR_NOT_FOUND when there is none.
 */
mct_status mct_publish_token_update_apply(mct_client *client,
                                          uint64_t id,
                                          const mct_publish_token_update *update,
                                          mct_publish_token **out,
                                          mct_error **error);

/**
 * Deletes the publish token with this id. Its live streams end at once.
 *
 * A delete that had to be sent again and then finds nothing is a success: the first one did it.
 *
 * Answers MCT_OK, MCT_ERR_NULL_ARGUMENT and the call statuses; MCT_ERR_NOT_FOUND when there is none.
 */
mct_status mct_publish_token_delete(mct_client *client, uint64_t id, mct_error **error);

/**
 * How many tokens a list holds. 0 for NULL.
 */
size_t mct_publish_token_list_len(const mct_publish_token_list *list);

/**
 * Token `index` of a list, lent until the list is freed (mct_publish_token_copy() makes one that lives longer). NULL
 * out of range.
 */
const mct_publish_token *mct_publish_token_list_get(const mct_publish_token_list *list, size_t index);

/**
 * Frees a list with the tokens in it. NULL is a no-op.
 */
void mct_publish_token_list_free(mct_publish_token_list *list);

/*
 * Subscribe token spec
 *
 * What a new subscribe token shall be. A spec belongs to one thread at a time while it is set; after that any number
 * of creates can use it, at once too. What is not set is not sent, so that the platform's defaults apply. Each setter
 * checks its value at once; a setter that fails changes nothing. Rules between fields are checked by
 * mct_subscribe_token_create(), before anything is sent. Lengths are counted in UTF-16 units, as the platform counts
 * them. Fields that exclude each other: allowed IP addresses and binding on usage (above 0), allowed and denied
 * countries.
 *
 * Where no others stand, setters answer MCT_OK, MCT_ERR_NULL_ARGUMENT, MCT_ERR_INVALID_UTF8 and
 * MCT_ERR_INVALID_ARGUMENT.
 */

/**
 * What a new subscribe token shall be.
 */
typedef struct mct_subscribe_token_spec mct_subscribe_token_spec;

/**
 * Makes a spec. `label`: 1 to 128 characters; it names the token in the dashboard and need not be unique.
 *
 * Answers MCT_OK, MCT_ERR_NULL_ARGUMENT, MCT_ERR_INVALID_UTF8, MCT_ERR_INVALID_ARGUMENT.
 */
mct_status mct_subscribe_token_spec_new(const char *label, mct_subscribe_token_spec **out, mct_error **error);

/**
 * Adds a stream: a name or, with `is_regex`, a pattern (".*" is any name). 1 to 128 characters. At least one stream
 * is needed. The dialect of patterns is the platform's and not checked here; without `is_regex` a pattern is a plain
 * name.
 */
mct_status mct_subscribe_token_spec_add_stream(mct_subscribe_token_spec *spec,
                                               const char *name,
                                               bool is_regex,
                                               mct_error **error);

/**
 * Seconds until the token expires, 1 to 2147483647. Not set: never.
 *
 * Answers MCT_OK, MCT_ERR_NULL_ARGUMENT, MCT_ERR_INVALID_ARGUMENT.
 */
mct_status mct_subscribe_token_spec_set_expires(mct_subscribe_token_spec *spec, uint32_t seconds, mct_error **error);

/**
 * Adds a domain that may use the token: "example.com", "*.example.com", with ":port" or without; no scheme, no path.
 */
mct_status mct_subscribe_token_spec_add_allowed_origin(mct_subscribe_token_spec *spec,
                                                       const char *origin,
                                                       mct_error **error);

/**
 * Adds an address that may use the token: an IPv4 or IPv6 address or an IPv4 block such as "192.0.2.0/24". Ranges,
 * wildcards and IPv6 blocks are not documented by the platform and refused. Not supported by the platform with RTMP.
 */
mct_status mct_subscribe_token_spec_add_allowed_ip_address(mct_subscribe_token_spec *spec,
                                                           const char *address,
                                                           mct_error **error);

/**
 * Binds the token to the first so many addresses that use it. Not supported by the platform with RTMP.
 *
 * Answers MCT_OK, MCT_ERR_NULL_ARGUMENT.
 */
mct_status mct_subscribe_token_spec_set_bind_ips_on_usage(mct_subscribe_token_spec *spec,
                                                          uint32_t addresses,
                                                          mct_error **error);

/**
 * The id of the cluster that streams are routed to, not empty. Not set: the account's default.
 */
mct_status mct_subscribe_token_spec_set_origin_cluster(mct_subscribe_token_spec *spec,
                                                       const char *cluster,
                                                       mct_error **error);

/**
 * Adds a country that viewers may be in, as an ISO 3166-1 code of two capital letters. Excludes denied countries.
 */
mct_status mct_subscribe_token_spec_add_allowed_country(mct_subscribe_token_spec *spec,
                                                        const char *country,
                                                        mct_error **error);

/**
 * Adds a country that viewers may not be in, as an ISO 3166-1 code of two capital letters. Excludes allowed
 * countries.
 */
mct_status mct_subscribe_token_spec_add_denied_country(mct_subscribe_token_spec *spec,
                                                       const char *country,
                                                       mct_error **error);

/**
 * The id that usage is counted under, 1 to 128 characters. Self-signed tokens of this one must carry the same.
 */
mct_status mct_subscribe_token_spec_set_tracking_id(mct_subscribe_token_spec *spec,
                                                    const char *tracking_id,
                                                    mct_error **error);

/**
 * Adds the fields of a JSON object to the request: fields that the platform has and this library does not know yet.
 * One that has a setter here is refused, as is a name that appears twice. A later call replaces a field of an earlier
 * one.
 */
mct_status mct_subscribe_token_spec_merge_json(mct_subscribe_token_spec *spec, const char *json, mct_error **error);

/**
 * Frees a spec. NULL is a no-op.
 */
void mct_subscribe_token_spec_free(mct_subscribe_token_spec *spec);

/*
 * Subscribe token update
 *
 * What shall change in a subscribe token. An update belongs to one thread at a time while it is set; after that it
 * can be applied any number of times, by several threads at once too. What is not set stays as it is and is not sent.
 * A list that is set replaces the whole list, and a count of 0 clears it. Each setter checks its value at once; a
 * setter that fails changes nothing. Rules between the fields of the update are checked by
 * mct_subscribe_token_update_apply(), before anything is sent; those with fields that only the platform knows are
 * checked there. Lengths are counted in UTF-16 units.
 *
 * Where no others stand, setters answer MCT_OK, MCT_ERR_NULL_ARGUMENT, MCT_ERR_INVALID_UTF8 and
 * MCT_ERR_INVALID_ARGUMENT.
 */

/**
 * What shall change in a subscribe token.
 */
typedef struct mct_subscribe_token_update mct_subscribe_token_update;

/**
 * Makes an update that changes nothing yet. Answers MCT_OK, MCT_ERR_NULL_ARGUMENT.
 */
mct_status mct_subscribe_token_update_new(mct_subscribe_token_update **out, mct_error **error);

/**
 * The label, at most 128 characters.
 */
mct_status mct_subscribe_token_update_set_label(mct_subscribe_token_update *update,
                                                const char *label,
                                                mct_error **error);

/**
 * Enables or disables the token. Answers MCT_OK, MCT_ERR_NULL_ARGUMENT.
 */
mct_status mct_subscribe_token_update_set_is_active(mct_subscribe_token_update *update,
                                                    bool is_active,
                                                    mct_error **error);

/**
 * Adds a stream: a name or, with `is_regex`, a pattern. 1 to 128 characters.
 */
mct_status mct_subscribe_token_update_add_stream(mct_subscribe_token_update *update,
                                                 const char *name,
                                                 bool is_regex,
                                                 mct_error **error);

/**
 * Removes the stream of this name or pattern. 1 to 128 characters.
 */
mct_status mct_subscribe_token_update_remove_stream(mct_subscribe_token_update *update,
                                                    const char *name,
                                                    mct_error **error);

/**
 * The domains that may use the token, as in a spec; `count` of them, 0 for all.
 */
mct_status mct_subscribe_token_update_set_allowed_origins(mct_subscribe_token_update *update,
                                                          const char *const *allowed_origins,
                                                          size_t count,
                                                          mct_error **error);

/**
 * The addresses and IPv4 blocks that may use the token, as in a spec; `count` of them, 0 for all.
 */
mct_status mct_subscribe_token_update_set_allowed_ip_addresses(mct_subscribe_token_update *update,
                                                               const char *const *allowed_ip_addresses,
                                                               size_t count,
                                                               mct_error **error);

/**
 * Binds the token to the first so many addresses that use it; 0 ends that. Answers MCT_OK, MCT_ERR_NULL_ARGUMENT.
 */
mct_status mct_subscribe_token_update_set_bind_ips_on_usage(mct_subscribe_token_update *update,
                                                            uint32_t addresses,
                                                            mct_error **error);

/**
 * The id of the cluster that streams are routed to, not empty.
 */
mct_status mct_subscribe_token_update_set_origin_cluster(mct_subscribe_token_update *update,
                                                         const char *cluster,
                                                         mct_error **error);

/**
 * The countries (ISO 3166-1, capitals) that viewers may be in; `count` of them, 0 for all.
 */
mct_status mct_subscribe_token_update_set_allowed_countries(mct_subscribe_token_update *update,
                                                            const char *const *allowed_countries,
                                                            size_t count,
                                                            mct_error **error);

/**
 * The countries (ISO 3166-1, capitals) that viewers may not be in; `count` of them, 0 for none.
 */
mct_status mct_subscribe_token_update_set_denied_countries(mct_subscribe_token_update *update,
                                                           const char *const *denied_countries,
                                                           size_t count,
                                                           mct_error **error);

/**
 * Gives the token a new secret string, each time the update is applied; the one before stops working, and with it
 * what was self-signed. Answers MCT_OK, MCT_ERR_NULL_ARGUMENT.
 */
mct_status mct_subscribe_token_update_refresh_token(mct_subscribe_token_update *update, mct_error **error);

/**
 * Adds the fields of a JSON object to the request: fields that the platform has and this library does not know yet.
 * One that has a setter here is refused, as is a name that appears twice. A later call replaces a field of an earlier
 * one.
 */
mct_status mct_subscribe_token_update_merge_json(mct_subscribe_token_update *update,
                                                 const char *json,
                                                 mct_error **error);

/**
 * Frees an update. NULL is a no-op.
 */
void mct_subscribe_token_update_free(mct_subscribe_token_update *update);

/*
 * Subscribe token calls
 *
 * Each blocks until the API has answered or the client's deadline has passed. Any thread may make them.
 */

/**
 * Walks a list of subscribe tokens, page by page. It holds one page of tokens, and 24 bytes or so of each that came, by
 * which it knows one that comes again: 100,000 tokens take 3 MB. It belongs to one thread at a time.
 */
typedef struct mct_subscribe_token_iter mct_subscribe_token_iter;

/**
 * Subscribe tokens in the order of the API's answer: immutable, and readable from any thread.
 */
typedef struct mct_subscribe_token_list mct_subscribe_token_list;

/**
 * Creates a subscribe token. `out` gets it, its secret string included; the caller frees it.
 *
 * Creating is not idempotent: a create is sent again only when it is certain that the server did not process it, and
 * otherwise mct_error_outcome() tells whether a token may have come about. It goes over a connection of its own, so
 * that it never meets one that the server is just closing.
 *
 * Answers MCT_OK, MCT_ERR_NULL_ARGUMENT, MCT_ERR_INVALID_ARGUMENT (rules between fields; nothing was sent) and the
 * call statuses but MCT_ERR_NOT_FOUND.
 */
mct_status mct_subscribe_token_create(mct_client *client,
                                      const mct_subscribe_token_spec *spec,
                                      mct_subscribe_token **out,
                                      mct_error **error);

/**
 * Looks for what a create with an unknown outcome left: the subscribe tokens with the label and the streams of `spec`
 * that were added at `since` (Unix seconds) or later, newest first. The caller frees the list; empty: there is none.
 *
 * `since` is compared with the API's clock: take the time before the create, and a minute less where this machine's
 * clock may be ahead. Tokens that somebody else created with the same label and streams are found too. A create that
 * was only just lost may still be carried out, so that an empty list is sure only some seconds later. The list is read
 * by time, and no further back than `since`; all pages share one deadline.
 *
 * Answers MCT_OK, MCT_ERR_NULL_ARGUMENT and the call statuses but MCT_ERR_NOT_FOUND.
 */
mct_status mct_subscribe_token_find_created(mct_client *client,
                                            const mct_subscribe_token_spec *spec,
                                            int64_t since,
                                            mct_subscribe_token_list **out,
                                            mct_error **error);

/**
 * Reads the subscribe token with this id. The caller frees it.
 *
 * Answers MCT_OK, MCT_ERR_NULL_ARGUMENT and the call statuses; MCT_ERR_NOT_FOUND when there is none.
 */
mct_status mct_subscribe_token_read(mct_client *client, uint64_t id, mct_subscribe_token **out, mct_error **error);

/**
 * Reads one page of the account's subscribe tokens. `options` NULL: page 1, 100 items, the API's sorting. The caller
 * frees the list; past the end it is empty. To delete everything, read page 1 until it is empty: what is deleted
 * moves the pages behind it.
 *
 * Answers MCT_OK, MCT_ERR_NULL_ARGUMENT, MCT_ERR_INVALID_ARGUMENT (options that exclude each other, or a cluster) and
 * the call statuses but MCT_ERR_NOT_FOUND.
 */
mct_status mct_subscribe_token_list_page(mct_client *client,
                                         const mct_list_options *options,
                                         mct_subscribe_token_list **out,
                                         mct_error **error);

/**
 * Reads the whole list: every page from the options' first one on, in order, each token once, even when tokens are
 * created and deleted meanwhile. A list that does not end within mct_list_options_set_max_pages() pages is
 * MCT_ERR_PROTOCOL. All pages share one deadline; for a large account take the iterator.
 *
 * Answers what mct_subscribe_token_list_page() does.
 */
mct_status mct_subscribe_token_list_all(mct_client *client,
                                        const mct_list_options *options,
                                        mct_subscribe_token_list **out,
                                        mct_error **error);

/**
 * Makes an iterator. Nothing is sent yet. The options are copied. It may outlive mct_client_free(), and then answers
 * MCT_ERR_CANCELLED.
 *
 * Answers MCT_OK, MCT_ERR_NULL_ARGUMENT, MCT_ERR_INVALID_ARGUMENT (as mct_subscribe_token_list_page()).
 */
mct_status mct_subscribe_token_iter_new(mct_client *client,
                                        const mct_list_options *options,
                                        mct_subscribe_token_iter **out,
                                        mct_error **error);

/**
 * The next token, which the caller frees. MCT_OK and NULL: the end.
 *
 * The tokens come in the list's order, each once, even when tokens are created, deleted and renamed meanwhile: one that
 * is there all the time and keeps its place comes; one that is created in a place that was passed, or renamed into it,
 * may not. When nothing is left of what was met, the walk goes back to its first page. Pages after the first one are
 * asked for in other sizes, so that they overlap. The end is a page with nothing new that is not full, or the same page
 * wherever it is asked for. Each page that has to be read has a deadline of its own. After an error the next call tries
 * again.
 *
 * A cancel since the last call of the iterator is not lost: it ends the next one, even if it was taken back.
 *
 * Answers MCT_OK, MCT_ERR_NULL_ARGUMENT, MCT_ERR_INVALID_ARGUMENT (a call that was started without blocking is under
 * way with it) and the call statuses but MCT_ERR_NOT_FOUND.
 */
mct_status mct_subscribe_token_iter_next(mct_subscribe_token_iter *iter, mct_subscribe_token **out, mct_error **error);

/**
 * Frees an iterator. NULL is a no-op.
 */
void mct_subscribe_token_iter_free(mct_subscribe_token_iter *iter);

/**
 * Changes the subscribe token with this id, and answers it as it is then. The caller frees it.
 *
 * An update that refreshes the token, adds or removes streams, or holds fields that are unknown here is sent again
 * only when it is certain that the server did not process it; mct_error_outcome() tells.
 *
 * Answers MCT_OK, MCT_ERR_NULL_ARGUMENT, MCT_ERR_INVALID_ARGUMENT (an update that changes nothing, or rules between
 * fields; nothing was sent) and the call statuses; MCT_ERR_NOT_FOUND when there is none.
 */
mct_status mct_subscribe_token_update_apply(mct_client *client,
                                            uint64_t id,
                                            const mct_subscribe_token_update *update,
                                            mct_subscribe_token **out,
                                            mct_error **error);

/**
 * Deletes the subscribe token with this id.
 *
 * A delete that had to be sent again and then finds nothing is a success: the first one did it.
 *
 * Answers MCT_OK, MCT_ERR_NULL_ARGUMENT and the call statuses; MCT_ERR_NOT_FOUND when there is none.
 */
mct_status mct_subscribe_token_delete(mct_client *client, uint64_t id, mct_error **error);

/**
 * How many tokens a list holds. 0 for NULL.
 */
size_t mct_subscribe_token_list_len(const mct_subscribe_token_list *list);

/**
 * Token `index` of a list, lent until the list is freed (mct_subscribe_token_copy() makes one that lives longer).
 * NULL out of range.
 */
const mct_subscribe_token *mct_subscribe_token_list_get(const mct_subscribe_token_list *list, size_t index);

/**
 * Frees a list with the tokens in it. NULL is a no-op.
 */
void mct_subscribe_token_list_free(mct_subscribe_token_list *list);

/*
 * Account
 *
 * Calls about the account and about several publish tokens at once. Each blocks until the API has answered or the
 * client's deadline has passed. What they answer is immutable and may be read from any thread.
 */

/**
 * The clusters that the account can use.
 */
typedef struct mct_clusters mct_clusters;

/**
 * What a bulk disable did, token by token.
 */
typedef struct mct_disable_result mct_disable_result;

/**
 * Ids of tokens.
 */
typedef struct mct_id_list mct_id_list;

/**
 * Disables publish tokens: `count` ids, at least 1. Running streams go on. `out` tells of each token whether it was
 * disabled; MCT_OK says only that the API answered. The caller frees it.
 *
 * It is sent again only when it is certain that the server did not process it; mct_error_outcome() tells.
 *
 * Answers MCT_OK, MCT_ERR_NULL_ARGUMENT, MCT_ERR_INVALID_ARGUMENT (no id) and the call statuses.
 */
mct_status mct_publish_token_disable(mct_client *client,
                                     const uint64_t *ids,
                                     size_t count,
                                     mct_disable_result **out,
                                     mct_error **error);

/**
 * How many tokens were disabled. 0 for NULL.
 */
size_t mct_disable_result_success_count(const mct_disable_result *result);

/**
 * The id of disabled token `index`. 0 out of range.
 */
uint64_t mct_disable_result_success_id(const mct_disable_result *result, size_t index);

/**
 * How many tokens were not disabled. 0 for NULL.
 */
size_t mct_disable_result_failure_count(const mct_disable_result *result);

/**
 * The id of token `index` among those that were not disabled. 0 out of range, and when the API left it out.
 */
uint64_t mct_disable_result_failure_id(const mct_disable_result *result, size_t index);

/**
 * Why token `index` among them was not disabled, in the API's words. Lent; NULL when it sent none, and out of range.
 */
const char *mct_disable_result_failure_message(const mct_disable_result *result, size_t index);

/**
 * The API's answer as JSON, with the fields that have no getter. Lent; NULL for NULL.
 */
const char *mct_disable_result_json(const mct_disable_result *result);

/**
 * Frees a result. NULL is a no-op.
 */
void mct_disable_result_free(mct_disable_result *result);

/**
 * The ids of the publish tokens whose streams are live: that of one stream, as "account id/stream name" (which ends
 * at the first slash; a name may hold more), or with NULL those of the whole account. The account's id stands in the
 * platform's dashboard. The caller frees the list.
 *
 * Answers MCT_OK, MCT_ERR_NULL_ARGUMENT, MCT_ERR_INVALID_UTF8, MCT_ERR_INVALID_ARGUMENT (not such a stream id) and
 * the call statuses.
 */
mct_status mct_publish_token_active_ids(mct_client *client,
                                        const char *stream_id,
                                        mct_id_list **out,
                                        mct_error **error);

/**
 * How many ids there are. 0 for NULL.
 */
size_t mct_id_list_len(const mct_id_list *ids);

/**
 * Id `index`. 0 out of range.
 */
uint64_t mct_id_list_get(const mct_id_list *ids, size_t index);

/**
 * The API's answer as JSON, with the fields that have no getter. Lent; NULL for NULL.
 */
const char *mct_id_list_json(const mct_id_list *ids);

/**
 * Frees ids. NULL is a no-op.
 */
void mct_id_list_free(mct_id_list *ids);

/**
 * Applies the restream configuration of a publish token to its running streams at once.
 *
 * Answers MCT_OK, MCT_ERR_NULL_ARGUMENT and the call statuses; MCT_ERR_NOT_FOUND when there is no such token.
 */
mct_status mct_publish_token_sync_restream(mct_client *client, uint64_t id, mct_error **error);

/**
 * The clusters that the account can use, and its default. The caller frees them.
 *
 * Answers MCT_OK, MCT_ERR_NULL_ARGUMENT and the call statuses.
 */
mct_status mct_cluster_list(mct_client *client, mct_clusters **out, mct_error **error);

/**
 * The id of the cluster that is used when none is set. Lent; NULL when the API sent none.
 */
const char *mct_clusters_default_id(const mct_clusters *clusters);

/**
 * How many clusters there are. 0 for NULL.
 */
size_t mct_clusters_count(const mct_clusters *clusters);

/**
 * The id of cluster `index`, as specs and claims take it. Lent; NULL when the API sent none, and out of range.
 */
const char *mct_clusters_id(const mct_clusters *clusters, size_t index);

/**
 * The name of cluster `index` for people. Lent; NULL when the API sent none, and out of range.
 */
const char *mct_clusters_name(const mct_clusters *clusters, size_t index);

/**
 * The domain that cluster `index` takes RTMP at. Lent; NULL when the API sent none, and out of range.
 */
const char *mct_clusters_rtmp(const mct_clusters *clusters, size_t index);

/**
 * The domain that cluster `index` takes SRT at. Lent; NULL when the API sent none, and out of range.
 */
const char *mct_clusters_srt(const mct_clusters *clusters, size_t index);

/**
 * The city of cluster `index`. Lent; NULL when the API sent none, and out of range.
 */
const char *mct_clusters_location_city(const mct_clusters *clusters, size_t index);

/**
 * The region of cluster `index`. Lent; NULL when the API sent none, and out of range.
 */
const char *mct_clusters_location_region(const mct_clusters *clusters, size_t index);

/**
 * The country of cluster `index`. Lent; NULL when the API sent none, and out of range.
 */
const char *mct_clusters_location_country(const mct_clusters *clusters, size_t index);

/**
 * Can cluster `index` transcode?
 */
bool mct_clusters_features_transcoding(const mct_clusters *clusters, size_t index, bool *out);

/**
 * The API's answer as JSON, with the fields that have no getter. Lent; NULL for NULL.
 */
const char *mct_clusters_json(const mct_clusters *clusters);

/**
 * Frees clusters. NULL is a no-op.
 */
void mct_clusters_free(mct_clusters *clusters);

/*
 * Analytics
 *
 * Bandwidth by tracking id, as one flat table that suits a loop, a CSV or a data frame: a row is a tracking id, a
 * stream, a time or none, and a kind of traffic. The platform updates its figures about every 15 minutes.
 */

/**
 * What bandwidth is asked for.
 */
typedef struct mct_bandwidth_query mct_bandwidth_query;

/**
 * Bandwidth, as a flat table: immutable, and readable from any thread.
 */
typedef struct mct_bandwidth_report mct_bandwidth_report;

/**
 * The length of a series' steps. One of the MCT_RESOLUTION_ values.
 */
typedef int32_t mct_resolution;

/**
 * The kind of traffic of a row. One of the MCT_TRAFFIC_ values; 0 for a row that is not there.
 */
typedef int32_t mct_traffic;

/**
 * All traffic of the group. Each group (tracking id, stream, time) has exactly one such row: the API's totals, or the
 * sum of the parts where it sent none.
 */
#define MCT_TRAFFIC_ALL 1

/**
 * The part of plain streaming.
 */
#define MCT_TRAFFIC_STANDARD_STREAM 2

/**
 * The part that was sent on to other endpoints.
 */
#define MCT_TRAFFIC_RESTREAM 3

/**
 * The part between clusters.
 */
#define MCT_TRAFFIC_GEO_CASCADE 4

/**
 * Hours; the platform keeps them for 7 days.
 */
#define MCT_RESOLUTION_HOUR 1

/**
 * Days; the platform keeps them for 365 days.
 */
#define MCT_RESOLUTION_DAY 2

/**
 * Makes a query for the days from `start_date` up to but without `stop_date_exclusive`, as YYYY-MM-DD. They are real
 * dates, and the start is before the stop.
 *
 * Answers MCT_OK, MCT_ERR_NULL_ARGUMENT, MCT_ERR_INVALID_UTF8, MCT_ERR_INVALID_ARGUMENT.
 */
mct_status mct_bandwidth_query_new(const char *start_date,
                                   const char *stop_date_exclusive,
                                   mct_bandwidth_query **out,
                                   mct_error **error);

/**
 * Adds a tracking id, 1 to 128 characters; one that is there already is not asked for twice. The API takes 10 in one
 * call; more are asked for in several calls, within one deadline, and joined.
 *
 * Answers MCT_OK, MCT_ERR_NULL_ARGUMENT, MCT_ERR_INVALID_UTF8, MCT_ERR_INVALID_ARGUMENT.
 */
mct_status mct_bandwidth_query_add_tracking_id(mct_bandwidth_query *query, const char *tracking_id, mct_error **error);

/**
 * Adds the name of a stream, 1 to 128 characters, as mct_bandwidth_query_add_tracking_id() adds ids.
 *
 * Answers MCT_OK, MCT_ERR_NULL_ARGUMENT, MCT_ERR_INVALID_UTF8, MCT_ERR_INVALID_ARGUMENT.
 */
mct_status mct_bandwidth_query_add_stream_name(mct_bandwidth_query *query, const char *stream_name, mct_error **error);

/**
 * The length of a series' steps. A series needs it, a total takes none.
 *
 * Answers MCT_OK, MCT_ERR_NULL_ARGUMENT, MCT_ERR_INVALID_ARGUMENT (none of the MCT_RESOLUTION_ values).
 */
mct_status mct_bandwidth_query_set_resolution(mct_bandwidth_query *query, mct_resolution resolution, mct_error **error);

/**
 * Frees a query. NULL is a no-op.
 */
void mct_bandwidth_query_free(mct_bandwidth_query *query);

/**
 * The total bandwidth of each tracking id, by stream. The query needs tracking ids and takes nothing else.
 *
 * The caller frees the report. Answers MCT_OK, MCT_ERR_NULL_ARGUMENT, MCT_ERR_INVALID_ARGUMENT (the query; nothing
 * was sent) and the call statuses but MCT_ERR_NOT_FOUND.
 */
mct_status mct_analytics_tracking_total(mct_client *client,
                                        const mct_bandwidth_query *query,
                                        mct_bandwidth_report **out,
                                        mct_error **error);

/**
 * The bandwidth of each tracking id over time, by stream. The query needs tracking ids and a resolution and takes
 * nothing else. Hours are kept for 7 days, days for 365.
 *
 * The caller frees the report. Answers MCT_OK, MCT_ERR_NULL_ARGUMENT, MCT_ERR_INVALID_ARGUMENT (the query; nothing
 * was sent) and the call statuses but MCT_ERR_NOT_FOUND.
 */
mct_status mct_analytics_tracking_series(mct_client *client,
                                         const mct_bandwidth_query *query,
                                         mct_bandwidth_report **out,
                                         mct_error **error);

/**
 * The total bandwidth of each stream, by tracking id. The query needs stream names and takes nothing else.
 *
 * The caller frees the report. Answers MCT_OK, MCT_ERR_NULL_ARGUMENT, MCT_ERR_INVALID_ARGUMENT (the query; nothing
 * was sent) and the call statuses but MCT_ERR_NOT_FOUND.
 */
mct_status mct_analytics_tracking_streams_total(mct_client *client,
                                                const mct_bandwidth_query *query,
                                                mct_bandwidth_report **out,
                                                mct_error **error);

/**
 * The bandwidth of each stream over time, by tracking id. The query needs stream names and a resolution and takes
 * nothing else. Hours are kept for 7 days, days for 365.
 *
 * The caller frees the report. Answers MCT_OK, MCT_ERR_NULL_ARGUMENT, MCT_ERR_INVALID_ARGUMENT (the query; nothing
 * was sent) and the call statuses but MCT_ERR_NOT_FOUND.
 */
mct_status mct_analytics_tracking_streams_series(mct_client *client,
                                                 const mct_bandwidth_query *query,
                                                 mct_bandwidth_report **out,
                                                 mct_error **error);

/**
 * How many rows the table has. 0 for NULL.
 */
size_t mct_bandwidth_report_row_count(const mct_bandwidth_report *report);

/**
 * The tracking id of row `index`. Lent; NULL for traffic without one, and out of range.
 */
const char *mct_bandwidth_report_tracking_id(const mct_bandwidth_report *report, size_t index);

/**
 * The stream of row `index`. Lent; NULL when the API sent none, and out of range.
 */
const char *mct_bandwidth_report_stream_name(const mct_bandwidth_report *report, size_t index);

/**
 * The beginning of row `index`'s hour or day, in Unix seconds. False for totals, which have none.
 */
bool mct_bandwidth_report_time(const mct_bandwidth_report *report, size_t index, int64_t *out);

/**
 * The kind of traffic of row `index`. 0 out of range.
 */
mct_traffic mct_bandwidth_report_traffic(const mct_bandwidth_report *report, size_t index);

/**
 * The bytes that came in, of row `index`. 0 out of range.
 */
int64_t mct_bandwidth_report_bytes_in(const mct_bandwidth_report *report, size_t index);

/**
 * The bytes that went out, of row `index`. 0 out of range.
 */
int64_t mct_bandwidth_report_bytes_out(const mct_bandwidth_report *report, size_t index);

/**
 * The duration of row `index`, as the API sends it for what was sent on to other endpoints. False when it sent none.
 */
bool mct_bandwidth_report_duration(const mct_bandwidth_report *report, size_t index, int64_t *out);

/**
 * The API's answer as JSON, the answers of several calls joined. Lent.
 */
const char *mct_bandwidth_report_json(const mct_bandwidth_report *report);

/**
 * Frees a report. NULL is a no-op.
 */
void mct_bandwidth_report_free(mct_bandwidth_report *report);

/*
 * Calls without blocking
 *
 * For hosts with an event loop. Each function that sends has a twin, mct_..._start(), that starts the same call and
 * comes back at once. It checks and copies its arguments like the other, so that they can be freed right away. Wait for
 * the end in any way: a descriptor that becomes readable (mct_call_fd(): poll, epoll, GLib, Qt, asyncio), a callback
 * (mct_call_options_set_done()), mct_call_wait() or mct_call_is_done(). Then take the result, once, by the function
 * that is named after its type; it gives the same handle or the same error as the blocking call.
 *
 * All of them are driven by one thread of the library's, which starts with the client's first such call and ends a
 * moment after mct_client_free() (and the free of its last iterator). A second one runs callbacks, and writes
 * the log of these calls, if there are any; it is gone when the log's `free_user` was called. Both have every signal
 * blocked. Such a call takes one of the client's connections (mct_client_config_set_max_connections()) or waits in line
 * for one. Idle connections are not shared with blocking calls: a client that does both may keep twice as many.
 *
 * A call may outlive its client: mct_client_free() ends it with MCT_ERR_CANCELLED. Functions on one call may be used
 * from any thread, but for mct_call_free(), after which it must not be used. In a child after fork() a call of the
 * parent's answers MCT_ERR_FORKED, and can be freed.
 */

/**
 * A call that was started and does not block.
 */
typedef struct mct_call mct_call;

/**
 * How calls are started. Belongs to one thread at a time, and can be used for any number of calls.
 */
typedef struct mct_call_options mct_call_options;

/**
 * Makes options: the client's timeout, no callback.
 *
 * Answers MCT_OK, MCT_ERR_NULL_ARGUMENT.
 */
mct_status mct_call_options_new(mct_call_options **out, mct_error **error);

/**
 * The deadline of the call in milliseconds, from its start on, in place of the client's. 1 to 4294967295.
 *
 * Answers MCT_OK, MCT_ERR_NULL_ARGUMENT, MCT_ERR_INVALID_ARGUMENT.
 */
mct_status mct_call_options_set_timeout_ms(mct_call_options *options, uint32_t milliseconds, mct_error **error);

/**
 * Has `done` called with `user` at the end of each call that is started with these options: once for each, however it
 * ended, cancelled and freed ones too, perhaps before the function that starts it has returned. A call that could not
 * be started has no end.
 *
 * It is called on a thread of the client's, one call after the other; options that are used with several clients are
 * called by each of them. It is not told which call ended, and the function that starts it may not have set `*out` yet:
 * let it wake the loop, and take the result there.
 * It may call functions of this library, blocking ones and those on calls too; further callbacks then wait, calls do
 * not. It must not unwind, longjmp or end its thread, and may not be NULL. `user` is in use until `free_user` (may be
 * NULL) is called with it, once, on any thread, when these options and every call that was started with them are gone
 * or another callback was set; the end of a wait or a readable descriptor may come before `done` was called. When this
 * function fails, `user` stays the caller's.
 *
 * Answers MCT_OK, MCT_ERR_NULL_ARGUMENT.
 */
mct_status mct_call_options_set_done(mct_call_options *options,
                                     void (*done)(void *user),
                                     void *user,
                                     void (*free_user)(void *user),
                                     mct_error **error);

/**
 * Frees options. NULL is a no-op. Calls that were started with them go on.
 */
void mct_call_options_free(mct_call_options *options);

/**
 * POSIX: a descriptor that becomes readable when the call is done, and stays so. It belongs to the call: it must not be
 * read from or closed, and is gone with mct_call_free(). Made when it is first asked for, which takes two descriptors.
 * -1 for NULL, when the system gives none (the call goes on: look with mct_call_is_done() from time to time), and in a
 * child after fork().
 */
int32_t mct_call_fd(const mct_call *call);

/**
 * Is the call done, however it ended? False for NULL.
 */
bool mct_call_is_done(const mct_call *call);

/**
 * Waits until the call is done. `timeout_ms` UINT32_MAX: for ever; 0: not at all.
 *
 * Answers MCT_OK (done, however it ended), MCT_ERR_NULL_ARGUMENT, MCT_ERR_NOT_READY (not yet; it goes on),
 * MCT_ERR_FORKED.
 */
mct_status mct_call_wait(mct_call *call, uint32_t timeout_ms, mct_error **error);

/**
 * Ends this call alone, with MCT_ERR_CANCELLED, unless it is done. The end is told as any other. It may have been
 * carried out all the same: mct_error_outcome() tells. NULL is a no-op.
 *
 * May be called from any thread, but not from a signal handler.
 */
void mct_call_cancel(mct_call *call);

/**
 * Frees a call, with a result that was not taken, and closes its descriptor: take it out of an event loop before. One
 * that is not done is cancelled, and may end a moment later; an iterator whose step it was is in use until then. To go
 * on with the iterator: mct_call_cancel(), mct_call_wait(), take, and then free. NULL is a no-op.
 */
void mct_call_free(mct_call *call);

/*
 * Starting calls without blocking
 *
 * Each starts what its twin without `_start` does, and copies what it needs of its arguments. `options` NULL: the
 * client's timeout, no callback. `out` gets the call, which the caller frees with mct_call_free(), before or after it
 * is done.
 *
 * Each answers MCT_OK (it is started), what its twin answers before anything is sent (MCT_ERR_NULL_ARGUMENT,
 * MCT_ERR_INVALID_UTF8, MCT_ERR_INVALID_ARGUMENT), MCT_ERR_FORKED and MCT_ERR_SYSTEM (no thread or descriptor). All
 * else is told by the function that takes the result.
 */

/**
 * Starts mct_publish_token_create(). Its result: mct_call_take_publish_token().
 */
mct_status mct_publish_token_create_start(mct_client *client,
                                          const mct_publish_token_spec *spec,
                                          const mct_call_options *options,
                                          mct_call **out,
                                          mct_error **error);

/**
 * Starts mct_publish_token_find_created(). Its result: mct_call_take_publish_token_list().
 */
mct_status mct_publish_token_find_created_start(mct_client *client,
                                                const mct_publish_token_spec *spec,
                                                int64_t since,
                                                const mct_call_options *options,
                                                mct_call **out,
                                                mct_error **error);

/**
 * Starts mct_publish_token_read(). Its result: mct_call_take_publish_token().
 */
mct_status mct_publish_token_read_start(mct_client *client,
                                        uint64_t id,
                                        const mct_call_options *options,
                                        mct_call **out,
                                        mct_error **error);

/**
 * Starts mct_publish_token_list_page(). Its result: mct_call_take_publish_token_list().
 */
mct_status mct_publish_token_list_page_start(mct_client *client,
                                             const mct_list_options *list,
                                             const mct_call_options *options,
                                             mct_call **out,
                                             mct_error **error);

/**
 * Starts mct_publish_token_list_all(). Its result: mct_call_take_publish_token_list().
 */
mct_status mct_publish_token_list_all_start(mct_client *client,
                                            const mct_list_options *list,
                                            const mct_call_options *options,
                                            mct_call **out,
                                            mct_error **error);

/**
 * Starts mct_publish_token_iter_next(). Its result: mct_call_take_publish_token(); MCT_OK and NULL: the end.
 * A token that was read ahead comes from a call that is done at once. Before the end the iterator is in use
 * (MCT_ERR_INVALID_ARGUMENT); it may be freed, which does not end the call. A call that was cancelled may have got a
 * token all the same: take it before freeing the call, or it is lost.
 */
mct_status mct_publish_token_iter_next_start(mct_publish_token_iter *iter,
                                             const mct_call_options *options,
                                             mct_call **out,
                                             mct_error **error);

/**
 * Starts mct_publish_token_update_apply(). Its result: mct_call_take_publish_token().
 */
mct_status mct_publish_token_update_apply_start(mct_client *client,
                                                uint64_t id,
                                                const mct_publish_token_update *update,
                                                const mct_call_options *options,
                                                mct_call **out,
                                                mct_error **error);

/**
 * Starts mct_publish_token_delete(). Its result: mct_call_take_nothing().
 */
mct_status mct_publish_token_delete_start(mct_client *client,
                                          uint64_t id,
                                          const mct_call_options *options,
                                          mct_call **out,
                                          mct_error **error);

/**
 * Starts mct_subscribe_token_create(). Its result: mct_call_take_subscribe_token().
 */
mct_status mct_subscribe_token_create_start(mct_client *client,
                                            const mct_subscribe_token_spec *spec,
                                            const mct_call_options *options,
                                            mct_call **out,
                                            mct_error **error);

/**
 * Starts mct_subscribe_token_find_created(). Its result: mct_call_take_subscribe_token_list().
 */
mct_status mct_subscribe_token_find_created_start(mct_client *client,
                                                  const mct_subscribe_token_spec *spec,
                                                  int64_t since,
                                                  const mct_call_options *options,
                                                  mct_call **out,
                                                  mct_error **error);

/**
 * Starts mct_subscribe_token_read(). Its result: mct_call_take_subscribe_token().
 */
mct_status mct_subscribe_token_read_start(mct_client *client,
                                          uint64_t id,
                                          const mct_call_options *options,
                                          mct_call **out,
                                          mct_error **error);

/**
 * Starts mct_subscribe_token_list_page(). Its result: mct_call_take_subscribe_token_list().
 */
mct_status mct_subscribe_token_list_page_start(mct_client *client,
                                               const mct_list_options *list,
                                               const mct_call_options *options,
                                               mct_call **out,
                                               mct_error **error);

/**
 * Starts mct_subscribe_token_list_all(). Its result: mct_call_take_subscribe_token_list().
 */
mct_status mct_subscribe_token_list_all_start(mct_client *client,
                                              const mct_list_options *list,
                                              const mct_call_options *options,
                                              mct_call **out,
                                              mct_error **error);

/**
 * Starts mct_subscribe_token_iter_next(). Its result: mct_call_take_subscribe_token(); MCT_OK and NULL: the end.
 * A token that was read ahead comes from a call that is done at once. Before the end the iterator is in use
 * (MCT_ERR_INVALID_ARGUMENT); it may be freed, which does not end the call. A call that was cancelled may have got a
 * token all the same: take it before freeing the call, or it is lost.
 */
mct_status mct_subscribe_token_iter_next_start(mct_subscribe_token_iter *iter,
                                               const mct_call_options *options,
                                               mct_call **out,
                                               mct_error **error);

/**
 * Starts mct_subscribe_token_update_apply(). Its result: mct_call_take_subscribe_token().
 */
mct_status mct_subscribe_token_update_apply_start(mct_client *client,
                                                  uint64_t id,
                                                  const mct_subscribe_token_update *update,
                                                  const mct_call_options *options,
                                                  mct_call **out,
                                                  mct_error **error);

/**
 * Starts mct_subscribe_token_delete(). Its result: mct_call_take_nothing().
 */
mct_status mct_subscribe_token_delete_start(mct_client *client,
                                            uint64_t id,
                                            const mct_call_options *options,
                                            mct_call **out,
                                            mct_error **error);

/**
 * Starts mct_publish_token_disable(). Its result: mct_call_take_disable_result().
 */
mct_status mct_publish_token_disable_start(mct_client *client,
                                           const uint64_t *ids,
                                           size_t count,
                                           const mct_call_options *options,
                                           mct_call **out,
                                           mct_error **error);

/**
 * Starts mct_publish_token_active_ids(). Its result: mct_call_take_id_list().
 */
mct_status mct_publish_token_active_ids_start(mct_client *client,
                                              const char *stream_id,
                                              const mct_call_options *options,
                                              mct_call **out,
                                              mct_error **error);

/**
 * Starts mct_publish_token_sync_restream(). Its result: mct_call_take_nothing().
 */
mct_status mct_publish_token_sync_restream_start(mct_client *client,
                                                 uint64_t id,
                                                 const mct_call_options *options,
                                                 mct_call **out,
                                                 mct_error **error);

/**
 * Starts mct_cluster_list(). Its result: mct_call_take_clusters().
 */
mct_status mct_cluster_list_start(mct_client *client,
                                  const mct_call_options *options,
                                  mct_call **out,
                                  mct_error **error);

/**
 * Starts mct_analytics_tracking_total(). Its result: mct_call_take_bandwidth_report().
 */
mct_status mct_analytics_tracking_total_start(mct_client *client,
                                              const mct_bandwidth_query *query,
                                              const mct_call_options *options,
                                              mct_call **out,
                                              mct_error **error);

/**
 * Starts mct_analytics_tracking_series(). Its result: mct_call_take_bandwidth_report().
 */
mct_status mct_analytics_tracking_series_start(mct_client *client,
                                               const mct_bandwidth_query *query,
                                               const mct_call_options *options,
                                               mct_call **out,
                                               mct_error **error);

/**
 * Starts mct_analytics_tracking_streams_total(). Its result: mct_call_take_bandwidth_report().
 */
mct_status mct_analytics_tracking_streams_total_start(mct_client *client,
                                                      const mct_bandwidth_query *query,
                                                      const mct_call_options *options,
                                                      mct_call **out,
                                                      mct_error **error);

/**
 * Starts mct_analytics_tracking_streams_series(). Its result: mct_call_take_bandwidth_report().
 */
mct_status mct_analytics_tracking_streams_series_start(mct_client *client,
                                                       const mct_bandwidth_query *query,
                                                       const mct_call_options *options,
                                                       mct_call **out,
                                                       mct_error **error);

/*
 * Taking the results of calls without blocking
 *
 * Each gives what the blocking call would have given: its handle, which the caller frees, or its error. A result can be
 * taken once; an error is told as often as it is asked for. Before the end they answer MCT_ERR_NOT_READY. A function
 * for another type than the call gives, and a result that was taken before, are MCT_ERR_INVALID_ARGUMENT. These errors
 * are about the taking and not about the call; their outcome is MCT_OUTCOME_UNKNOWN, which says nothing here.
 */

/**
 * Takes a publish token (create, read, update; the next one of an iterator: MCT_OK and NULL is its end).
 *
 * Answers MCT_OK, MCT_ERR_NULL_ARGUMENT, MCT_ERR_NOT_READY, MCT_ERR_INVALID_ARGUMENT and what the call itself answers.
 */
mct_status mct_call_take_publish_token(mct_call *call, mct_publish_token **out, mct_error **error);

/**
 * Takes a subscribe token (create, read, update; the next one of an iterator: MCT_OK and NULL is its end).
 *
 * Answers MCT_OK, MCT_ERR_NULL_ARGUMENT, MCT_ERR_NOT_READY, MCT_ERR_INVALID_ARGUMENT and what the call itself answers.
 */
mct_status mct_call_take_subscribe_token(mct_call *call, mct_subscribe_token **out, mct_error **error);

/**
 * Takes publish tokens (lists, find_created).
 *
 * Answers MCT_OK, MCT_ERR_NULL_ARGUMENT, MCT_ERR_NOT_READY, MCT_ERR_INVALID_ARGUMENT and what the call itself answers.
 */
mct_status mct_call_take_publish_token_list(mct_call *call, mct_publish_token_list **out, mct_error **error);

/**
 * Takes subscribe tokens (lists, find_created).
 *
 * Answers MCT_OK, MCT_ERR_NULL_ARGUMENT, MCT_ERR_NOT_READY, MCT_ERR_INVALID_ARGUMENT and what the call itself answers.
 */
mct_status mct_call_take_subscribe_token_list(mct_call *call, mct_subscribe_token_list **out, mct_error **error);

/**
 * Takes what a bulk disable did.
 *
 * Answers MCT_OK, MCT_ERR_NULL_ARGUMENT, MCT_ERR_NOT_READY, MCT_ERR_INVALID_ARGUMENT and what the call itself answers.
 */
mct_status mct_call_take_disable_result(mct_call *call, mct_disable_result **out, mct_error **error);

/**
 * Takes ids of tokens.
 *
 * Answers MCT_OK, MCT_ERR_NULL_ARGUMENT, MCT_ERR_NOT_READY, MCT_ERR_INVALID_ARGUMENT and what the call itself answers.
 */
mct_status mct_call_take_id_list(mct_call *call, mct_id_list **out, mct_error **error);

/**
 * Takes clusters.
 *
 * Answers MCT_OK, MCT_ERR_NULL_ARGUMENT, MCT_ERR_NOT_READY, MCT_ERR_INVALID_ARGUMENT and what the call itself answers.
 */
mct_status mct_call_take_clusters(mct_call *call, mct_clusters **out, mct_error **error);

/**
 * Takes a bandwidth report.
 *
 * Answers MCT_OK, MCT_ERR_NULL_ARGUMENT, MCT_ERR_NOT_READY, MCT_ERR_INVALID_ARGUMENT and what the call itself answers.
 */
mct_status mct_call_take_bandwidth_report(mct_call *call, mct_bandwidth_report **out, mct_error **error);

/**
 * Takes the end of a call that gives nothing: a delete, or a restream sync.
 *
 * Answers MCT_OK, MCT_ERR_NULL_ARGUMENT, MCT_ERR_NOT_READY, MCT_ERR_INVALID_ARGUMENT and what the call itself answers.
 */
mct_status mct_call_take_nothing(mct_call *call, mct_error **error);

#endif /* MCT_NO_CLIENT */

#ifdef __cplusplus
} /* extern "C" */
#endif

#endif /* MILLICAST_TOKENS_H */

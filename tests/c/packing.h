/* What packed signing takes and gives: columns of texts, and memory between guards. */

#ifndef PACKING_H
#define PACKING_H

#include "harness.h"

/* Texts back to back, as a large string column has them. */
struct column {
    size_t count;
    char *bytes;
    int64_t *offsets;
};

/* Writes text `index` of a column into a buffer. */
typedef void write_text(char *text, size_t size, size_t index);

struct column *column_of(const char *const *texts, size_t count);
struct column *column_made(write_text *write, size_t count);
/* Puts another text in the place of one. */
void column_replace(struct column *column, size_t index, const char *text);
void column_free(struct column *column);

/* "viewer-INDEX", but every seventh is empty. */
write_text viewer_data_at;
/* An address of its own for each index below 65536. */
write_text address_at;

/* Who to sign for. What is NULL is the same for all. */
struct viewers {
    size_t n;
    const struct column *viewer_data, *addresses;
    const uint32_t *lifetimes;
    uint32_t threads;
};

/* Memory for tokens and their offsets, with guards before and behind. */
struct room {
    size_t capacity, offset_count;
    char *guarded, *out;
    int64_t *guarded_offsets, *offsets;
};

struct room *room_new(size_t capacity, size_t n);
void room_free(struct room *room);
/* What is outside of it, and from `used` bytes on inside, is as it was. */
bool room_is_kept(const struct room *room, size_t used);
/* Nothing was written at all. */
bool room_is_untouched(const struct room *room);

/* mct_signer_sign_viewers() with everything, made and freed around it. NULL as the room asks for `*needed`. */
mct_status sign_for(const mct_signer *signer, const mct_claims *claims, const struct viewers *viewers,
                    struct room *room, size_t *needed, mct_error **error);
/* The same by mct_signer_sign_packed(), which takes the viewer data alone. */
mct_status pack_for(const mct_signer *signer, const mct_claims *claims, const struct viewers *viewers,
                    struct room *room, size_t *needed, mct_error **error);

/* Tokens that have to come out, in a room of just their size. */
struct room *signed_for(const mct_signer *signer, const mct_claims *claims, const struct viewers *viewers);
struct room *packed_for(const mct_signer *signer, const mct_claims *claims, const struct viewers *viewers);
/* Has each room the same tokens? */
bool same_tokens(const struct room *one, const struct room *other);

/* Token `index`, verified as of `now`; NULL when it does not verify. */
mct_jwt *token_at(const struct room *room, size_t index, const mct_signer *signer, int64_t now);

#endif

#include "packing.h"

#include <stdio.h>
#include <stdlib.h>

#define LONGEST_TEXT 4096
#define GUARD 64

static void *allocate(size_t count, size_t size)
{
    void *block = calloc(count == 0 ? 1 : count, size);
    if (block == NULL)
        abort();
    return block;
}

static struct column *column_new(size_t count)
{
    struct column *column = allocate(1, sizeof *column);
    column->count = count;
    column->offsets = allocate(count + 1, sizeof *column->offsets);
    return column;
}

/* Of just its size each time, so that valgrind sees what reads beyond it. */
static void column_push(struct column *column, size_t index, const char *text)
{
    size_t start = (size_t)column->offsets[index], length = strlen(text);
    char *bytes = allocate(start + length, 1);
    if (start > 0)
        memcpy(bytes, column->bytes, start);
    memcpy(bytes + start, text, length);
    free(column->bytes);
    column->bytes = bytes;
    column->offsets[index + 1] = (int64_t)(start + length);
}

struct column *column_of(const char *const *texts, size_t count)
{
    struct column *column = column_new(count);
    for (size_t i = 0; i < count; i++)
        column_push(column, i, texts[i]);
    return column;
}

struct column *column_made(write_text *write, size_t count)
{
    struct column *column = column_new(count);
    char text[LONGEST_TEXT];
    for (size_t i = 0; i < count; i++) {
        write(text, sizeof text, i);
        column_push(column, i, text);
    }
    return column;
}

void column_replace(struct column *column, size_t index, const char *text)
{
    size_t start = (size_t)column->offsets[index], end = (size_t)column->offsets[index + 1];
    size_t length = strlen(text), rest = (size_t)column->offsets[column->count] - end;
    char *bytes = allocate(start + length + rest, 1);
    memcpy(bytes, column->bytes, start);
    memcpy(bytes + start, text, length);
    memcpy(bytes + start + length, column->bytes + end, rest);
    free(column->bytes);
    column->bytes = bytes;
    for (size_t i = index + 1; i <= column->count; i++)
        column->offsets[i] += (int64_t)(start + length) - (int64_t)end;
}

void column_free(struct column *column)
{
    if (column == NULL)
        return;
    free(column->bytes);
    free(column->offsets);
    free(column);
}

void viewer_data_at(char *text, size_t size, size_t index)
{
    snprintf(text, size, "viewer-%zu", index);
    if (index % 7 == 6)
        text[0] = '\0';
}

void address_at(char *text, size_t size, size_t index)
{
    snprintf(text, size, index % 2 == 0 ? "10.0.%zu.%zu" : "2001:db8::%zx:%zx", index / 256, index % 256);
}

struct room *room_new(size_t capacity, size_t n)
{
    struct room *room = allocate(1, sizeof *room);
    room->capacity = capacity;
    room->offset_count = n + 1;
    room->guarded = allocate(capacity + 2 * GUARD, 1);
    memset(room->guarded, '#', capacity + 2 * GUARD);
    room->out = room->guarded + GUARD;
    room->guarded_offsets = allocate(n + 3, sizeof *room->guarded_offsets);
    memset(room->guarded_offsets, '#', (n + 3) * sizeof *room->guarded_offsets);
    room->offsets = room->guarded_offsets + 1;
    return room;
}

void room_free(struct room *room)
{
    if (room == NULL)
        return;
    free(room->guarded);
    free(room->guarded_offsets);
    free(room);
}

static bool is_guard(const void *memory, size_t size)
{
    const char *bytes = memory;
    while (size > 0 && bytes[size - 1] == '#')
        size--;
    return size == 0;
}

bool room_is_kept(const struct room *room, size_t used)
{
    return is_guard(room->guarded, GUARD) && is_guard(room->out + used, room->capacity - used + GUARD)
        && is_guard(room->guarded_offsets, sizeof *room->offsets)
        && is_guard(room->offsets + room->offset_count, sizeof *room->offsets);
}

bool room_is_untouched(const struct room *room)
{
    return room_is_kept(room, 0) && is_guard(room->offsets, room->offset_count * sizeof *room->offsets);
}

mct_status pack_for(const mct_signer *signer, const mct_claims *claims, const struct viewers *viewers,
                    struct room *room, size_t *needed, mct_error **error)
{
    const struct column *column = viewers->viewer_data;
    return mct_signer_sign_packed(signer, claims, column == NULL ? NULL : column->bytes,
                                  column == NULL ? NULL : column->offsets, viewers->n, viewers->threads,
                                  room == NULL ? NULL : room->out, room == NULL ? 0 : room->capacity,
                                  room == NULL ? NULL : room->offsets, needed, error);
}

mct_status sign_for(const mct_signer *signer, const mct_claims *claims, const struct viewers *viewers,
                    struct room *room, size_t *needed, mct_error **error)
{
    const struct column *data = viewers->viewer_data, *addresses = viewers->addresses;
    mct_viewers *lent = NULL;
    mct_status status = mct_viewers_new(viewers->n, &lent, error);
    if (status == MCT_OK && data != NULL)
        status = mct_viewers_lend_custom_viewer_data(lent, data->bytes, data->offsets, error);
    if (status == MCT_OK && addresses != NULL)
        status = mct_viewers_lend_allowed_ip_address(lent, addresses->bytes, addresses->offsets, error);
    if (status == MCT_OK && viewers->lifetimes != NULL)
        status = mct_viewers_lend_lifetimes(lent, viewers->lifetimes, error);
    if (status == MCT_OK)
        status = mct_signer_sign_viewers(signer, claims, lent, viewers->threads, room == NULL ? NULL : room->out,
                                         room == NULL ? 0 : room->capacity, room == NULL ? NULL : room->offsets,
                                         needed, error);
    mct_viewers_free(lent);
    return status;
}

/* Any thread may have tokens signed, so that `failure` is not used here. */
typedef mct_status sign(const mct_signer *, const mct_claims *, const struct viewers *, struct room *, size_t *,
                        mct_error **);

static struct room *tokens_of(sign *sign, const mct_signer *signer, const mct_claims *claims,
                              const struct viewers *viewers)
{
    size_t needed = 0, written = 0;
    CHECK_STATUS(sign(signer, claims, viewers, NULL, &needed, NULL), MCT_OK);
    struct room *room = room_new(needed, viewers->n);
    CHECK_STATUS(sign(signer, claims, viewers, room, &written, NULL), MCT_OK);
    CHECK_NUMBER(written, needed);
    CHECK_NUMBER(room->offsets[0], 0);
    CHECK_NUMBER(room->offsets[viewers->n], needed);
    CHECK(room_is_kept(room, needed));
    CHECK(needed == 0 || (memchr(room->out, '\0', needed) == NULL && memchr(room->out, '#', needed) == NULL));
    return room;
}

struct room *signed_for(const mct_signer *signer, const mct_claims *claims, const struct viewers *viewers)
{
    return tokens_of(sign_for, signer, claims, viewers);
}

struct room *packed_for(const mct_signer *signer, const mct_claims *claims, const struct viewers *viewers)
{
    return tokens_of(pack_for, signer, claims, viewers);
}

bool same_tokens(const struct room *one, const struct room *other)
{
    return one->capacity == other->capacity && memcmp(one->out, other->out, one->capacity) == 0
        && one->offset_count == other->offset_count
        && memcmp(one->offsets, other->offsets, one->offset_count * sizeof *one->offsets) == 0;
}

mct_jwt *token_at(const struct room *room, size_t index, const mct_signer *signer, int64_t now)
{
    const int64_t start = room->offsets[index], end = room->offsets[index + 1];
    mct_verify_options *options = NULL;
    mct_jwt *read = NULL;
    if (!CHECK(start >= 0 && start < end && end <= (int64_t)room->capacity))
        return NULL;
    char *text = allocate((size_t)(end - start) + 1, 1);
    memcpy(text, room->out + start, (size_t)(end - start));
    CHECK_STATUS(mct_verify_options_new(&options, NULL), MCT_OK);
    CHECK_STATUS(mct_verify_options_set_now(options, now, NULL), MCT_OK);
    CHECK_STATUS(mct_signer_verify(signer, text, options, &read, NULL), MCT_OK);
    mct_verify_options_free(options);
    free(text);
    return read;
}

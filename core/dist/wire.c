/* SPDX-License-Identifier: MIT */
#include "dist/wire.h"

#include "base/check.h"

#include <stdlib.h>
#include <string.h>

static void put_le(unsigned char *to, uint64_t x, size_t n)
{
    for (size_t i = 0; i < n; i++)
        to[i] = (unsigned char)(x >> (8 * i));
}

static uint64_t get_le(const unsigned char *from, size_t n)
{
    uint64_t x = 0;

    for (size_t i = 0; i < n; i++)
        x |= (uint64_t)from[i] << (8 * i);
    return x;
}

void acri_wire_put_head(unsigned char to[ACRI_WIRE_HEAD_BYTES], const struct acri_wire_head *h)
{
    to[0] = h->version;
    to[1] = h->kind;
    put_le(to + 2, h->flags, 2);
    put_le(to + 4, h->session, 8);
    put_le(to + 12, h->counter, 8);
}

bool acri_wire_get_head(const void *frame, size_t n_bytes, struct acri_wire_head *ret_head)
{
    const unsigned char *from = frame;

    if (n_bytes < ACRI_WIRE_HEAD_BYTES)
        return false;
    *ret_head = (struct acri_wire_head){
        .version = from[0],
        .kind = from[1],
        .flags = (uint16_t)get_le(from + 2, 2),
        .session = get_le(from + 4, 8),
        .counter = get_le(from + 12, 8),
    };
    return true;
}

/* The length of a body has a fixed place of three bytes, so that it can be filled in afterwards. */
enum { LENGTH_BYTES = 3 };

size_t acri_wire_begin(struct acri_buf *b, enum acri_wire_record type)
{
    static const unsigned char none[LENGTH_BYTES];

    acri_pack_u64(b, type);
    acri_buf_append(b, none, sizeof(none));
    return b->length;
}

void acri_wire_end(struct acri_buf *b, size_t begin)
{
    /* What is put is bounded by its callers; a frame that is cut would say something else. */
    ACRI_ASSERT(!b->is_cut);
    put_le((unsigned char *)b->data + begin - LENGTH_BYTES, b->length - begin, LENGTH_BYTES);
}

bool acri_wire_next(struct acri_unpack *frame, uint64_t *ret_type, struct acri_unpack *ret_body)
{
    size_t left, n;

    if (frame->at == frame->end)
        return false;
    *ret_type = acri_unpack_u64(frame);
    left = (size_t)(frame->end - frame->at);
    if (left < LENGTH_BYTES || get_le(frame->at, LENGTH_BYTES) > left - LENGTH_BYTES) {
        frame->is_bad = true;
        frame->at = frame->end;
        return false;
    }
    n = (size_t)get_le(frame->at, LENGTH_BYTES);
    acri_unpack_init(ret_body, frame->at + LENGTH_BYTES, n);
    frame->at += LENGTH_BYTES + n;
    return true;
}

void acri_wire_put_answer(struct acri_buf *b, const struct acri_wire_answer *a)
{
    size_t begin = acri_wire_begin(b, ACRI_WIRE_ANSWER);

    acri_pack_u64(b, a->index);
    acri_pack_u64(b, a->sent_ns);
    acri_pack_u64(b, a->received_ns);
    acri_pack_u64(b, a->replied_ns);
    acri_pack_u64(b, a->have);
    acri_pack_u64(b, a->durable);
    acri_wire_end(b, begin);
}

bool acri_wire_get_answer(struct acri_unpack *u, struct acri_wire_answer *ret_answer)
{
    ret_answer->index = (uint32_t)acri_unpack_most(u, UINT32_MAX);
    ret_answer->sent_ns = acri_unpack_u64(u);
    ret_answer->received_ns = acri_unpack_u64(u);
    ret_answer->replied_ns = acri_unpack_u64(u);
    ret_answer->have = acri_unpack_u64(u);
    ret_answer->durable = acri_unpack_u64(u);
    return !u->is_bad;
}

void acri_wire_put_report(struct acri_buf *b, const struct acri_wire_report *r)
{
    size_t begin = acri_wire_begin(b, ACRI_WIRE_REPORT);

    acri_pack_u64(b, r->seq);
    acri_pack_u64(b, r->run_id);
    acri_pack_u64(b, r->epoch);
    acri_pack_bytes(b, r->bytes, r->n_bytes);
    acri_wire_end(b, begin);
}

bool acri_wire_get_report(struct acri_unpack *u, struct acri_wire_report *ret_report)
{
    ret_report->seq = acri_unpack_u64(u);
    ret_report->run_id = acri_unpack_u64(u);
    ret_report->epoch = acri_unpack_u64(u);
    ret_report->bytes = acri_unpack_bytes(u, &ret_report->n_bytes);
    return !u->is_bad;
}

void acri_wire_put_piece(struct acri_buf *b, const struct acri_wire_piece *p)
{
    size_t begin = acri_wire_begin(b, ACRI_WIRE_PIECE);

    acri_pack_u64(b, p->number);
    acri_pack_u64(b, (p->is_first ? 1u : 0u) | (p->is_last ? 2u : 0u));
    if (p->is_first) {
        acri_pack_text(b, p->type);
        acri_pack_u64(b, p->total);
    }
    acri_pack_bytes(b, p->bytes, p->n_bytes);
    acri_wire_end(b, begin);
}

bool acri_wire_get_piece(struct acri_unpack *u, struct acri_wire_piece *ret_piece)
{
    uint64_t flags;

    ret_piece->number = acri_unpack_u64(u);
    flags = acri_unpack_u64(u);
    ret_piece->is_first = (flags & 1) != 0;
    ret_piece->is_last = (flags & 2) != 0;
    ret_piece->type[0] = '\0';
    ret_piece->total = 0;
    if (ret_piece->is_first) {
        acri_unpack_text(u, ret_piece->type, sizeof(ret_piece->type));
        ret_piece->total = acri_unpack_u64(u);
    }
    ret_piece->bytes = acri_unpack_bytes(u, &ret_piece->n_bytes);
    return !u->is_bad;
}

void acri_wire_put_pieces(struct acri_buf *b, uint64_t have)
{
    size_t begin = acri_wire_begin(b, ACRI_WIRE_PIECES);

    acri_pack_u64(b, have);
    acri_wire_end(b, begin);
}

bool acri_wire_get_pieces(struct acri_unpack *u, uint64_t *ret_have)
{
    *ret_have = acri_unpack_u64(u);
    return !u->is_bad;
}

void acri_wire_put_bye(struct acri_buf *b)
{
    acri_wire_end(b, acri_wire_begin(b, ACRI_WIRE_BYE));
}

void acri_wire_out_init(struct acri_wire_out *w)
{
    *w = (struct acri_wire_out){ 0 };
    acri_buf_init(&w->plain, ACRI_WIRE_PLAIN_MAX);
}

void acri_wire_out_done(struct acri_wire_out *w)
{
    acri_buf_done(&w->plain);
    free(w->frame);
    w->frame = NULL;
    w->capacity = 0;
}

static void *grown(void *memory, size_t *capacity, size_t n)
{
    if (memory != NULL && *capacity >= n)
        return memory;
    *capacity = n + n / 2;
    free(memory);
    return acri_alloc(*capacity);
}

size_t acri_wire_seal_data(struct acri_wire_out *w, struct acri_seal_way *way, uint64_t session)
{
    size_t n = ACRI_WIRE_HEAD_BYTES + w->plain.length + ACRI_SEAL_TAG_BYTES;

    w->frame = grown(w->frame, &w->capacity, n);
    acri_wire_put_head(w->frame, &(struct acri_wire_head){ .version = ACRI_WIRE_VERSION,
                                                           .kind = ACRI_WIRE_DATA,
                                                           .session = session,
                                                           .counter = way->counter + 1 });
    acri_seal_frame(way, w->frame, ACRI_WIRE_HEAD_BYTES, acri_buf_text(&w->plain), w->plain.length,
                    w->frame + ACRI_WIRE_HEAD_BYTES);
    return n;
}

size_t acri_wire_seal_hello(struct acri_wire_out *w, const unsigned char *psk,
                            const struct acri_wire_head *head)
{
    size_t n = ACRI_WIRE_HEAD_BYTES + ACRI_SEAL_NONCE_BYTES + w->plain.length + ACRI_SEAL_TAG_BYTES;

    w->frame = grown(w->frame, &w->capacity, n);
    acri_wire_put_head(w->frame, head);
    acri_seal_hello(psk, w->frame, ACRI_WIRE_HEAD_BYTES, acri_buf_text(&w->plain), w->plain.length,
                    w->frame + ACRI_WIRE_HEAD_BYTES);
    return n;
}

size_t acri_wire_reset(unsigned char to[ACRI_WIRE_HEAD_BYTES], uint64_t session)
{
    acri_wire_put_head(to, &(struct acri_wire_head){ .version = ACRI_WIRE_VERSION,
                                                     .kind = ACRI_WIRE_RESET,
                                                     .session = session });
    return ACRI_WIRE_HEAD_BYTES;
}

void acri_wire_in_done(struct acri_wire_in *w)
{
    free(w->plain);
    *w = (struct acri_wire_in){ 0 };
}

/* What a frame may hold; SIZE_MAX when its size is wrong. */
static size_t plain_bytes(size_t n_bytes, size_t overhead)
{
    if (n_bytes < overhead || n_bytes > ACRI_LINK_FRAME_MAX)
        return SIZE_MAX;
    return n_bytes - overhead;
}

bool acri_wire_open_data(struct acri_wire_in *w, struct acri_seal_way *way, const void *frame,
                         size_t n_bytes, struct acri_unpack *ret_body)
{
    const unsigned char *from = frame;
    size_t n = plain_bytes(n_bytes, ACRI_WIRE_HEAD_BYTES + ACRI_SEAL_TAG_BYTES);

    if (n == SIZE_MAX)
        return false;
    w->plain = grown(w->plain, &w->capacity, n + 1);
    if (!acri_seal_open_frame(way, get_le(from + 12, 8), from, ACRI_WIRE_HEAD_BYTES,
                              from + ACRI_WIRE_HEAD_BYTES, n_bytes - ACRI_WIRE_HEAD_BYTES,
                              w->plain))
        return false;
    acri_unpack_init(ret_body, w->plain, n);
    return true;
}

bool acri_wire_open_hello(struct acri_wire_in *w, const unsigned char *psk, const void *frame,
                          size_t n_bytes, struct acri_unpack *ret_body)
{
    const unsigned char *from = frame;
    size_t n =
        plain_bytes(n_bytes, ACRI_WIRE_HEAD_BYTES + ACRI_SEAL_NONCE_BYTES + ACRI_SEAL_TAG_BYTES);

    if (n == SIZE_MAX)
        return false;
    w->plain = grown(w->plain, &w->capacity, n + 1);
    if (!acri_seal_open_hello(psk, from, ACRI_WIRE_HEAD_BYTES, from + ACRI_WIRE_HEAD_BYTES,
                              n_bytes - ACRI_WIRE_HEAD_BYTES, w->plain))
        return false;
    acri_unpack_init(ret_body, w->plain, n);
    return true;
}

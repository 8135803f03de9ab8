/* SPDX-License-Identifier: MIT */
#include "dist/mail.h"

#include "base/check.h"
#include "dist/worker.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* nanomsg drops silently what a connection's buffers do not take: so little is on the way at once.
 */
#define WINDOW_BYTES ((size_t)3 * ACRI_MAIL_PIECE_BYTES)

struct acri_mail_parcel {
    uint32_t n_references;
    size_t n_bytes;
    char type[256];
    unsigned char bytes[];
};

struct acri_mail_item {
    struct acri_mail_item *next;
    struct acri_mail_parcel *parcel;
    uint64_t first_piece;
    uint64_t last_piece;
};

struct acri_mail_parcel *acri_mail_parcel_new(const char *type, const void *bytes, size_t n_bytes)
{
    size_t length = strlen(type);
    struct acri_mail_parcel *p;

    if (length == 0 || length >= sizeof(p->type) || n_bytes > ACRI_CLUSTER_MESSAGE_MAX)
        return NULL;
    p = acri_alloc(sizeof(*p) + n_bytes);
    p->n_references = 1;
    p->n_bytes = n_bytes;
    memcpy(p->type, type, length + 1);
    if (n_bytes > 0)
        memcpy(p->bytes, bytes, n_bytes);
    return p;
}

void acri_mail_parcel_drop(struct acri_mail_parcel *p)
{
    if (p != NULL && --p->n_references == 0)
        free(p);
}

void acri_mail_init(struct acri_mail *m)
{
    *m = (struct acri_mail){ 0 };
    acri_flight_init(&m->flight, WINDOW_BYTES);
}

static void drop_first(struct acri_mail *m)
{
    struct acri_mail_item *i = m->first;

    m->first = i->next;
    if (m->first == NULL)
        m->last = NULL;
    m->n_messages--;
    m->n_bytes -= i->parcel->n_bytes;
    acri_mail_parcel_drop(i->parcel);
    free(i);
}

static void forget_coming(struct acri_mail *m)
{
    free(m->bytes);
    m->bytes = NULL;
    m->n_come = 0;
    m->capacity = 0;
    m->is_coming = false;
}

void acri_mail_done(struct acri_mail *m)
{
    while (m->first != NULL)
        drop_first(m);
    forget_coming(m);
}

static void number(struct acri_mail *m, struct acri_mail_item *i)
{
    uint64_t n = (i->parcel->n_bytes + ACRI_MAIL_PIECE_BYTES - 1) / ACRI_MAIL_PIECE_BYTES;

    i->first_piece = m->last_piece + 1;
    i->last_piece = m->last_piece + (n > 0 ? n : 1);
    m->last_piece = i->last_piece;
}

void acri_mail_restart(struct acri_mail *m)
{
    m->last_piece = 0;
    for (struct acri_mail_item *i = m->first; i != NULL; i = i->next)
        number(m, i);
    acri_flight_restart(&m->flight, 0);
    m->have = 0;
    m->is_to_tell = false;
    forget_coming(m);
}

bool acri_mail_has_room(const struct acri_mail *m, size_t n_bytes)
{
    return m->n_messages < ACRI_MAIL_MESSAGES && m->n_bytes + n_bytes <= ACRI_MAIL_BYTES;
}

int acri_mail_put(struct acri_mail *m, struct acri_mail_parcel *p)
{
    struct acri_mail_item *i;

    if (!acri_mail_has_room(m, p->n_bytes))
        return -ENOBUFS;
    i = acri_alloc(sizeof(*i));
    p->n_references++;
    i->parcel = p;
    number(m, i);
    if (m->last != NULL)
        m->last->next = i;
    else
        m->first = i;
    m->last = i;
    m->n_messages++;
    m->n_bytes += p->n_bytes;
    return 0;
}

bool acri_mail_is_empty(const struct acri_mail *m)
{
    return m->first == NULL;
}

static size_t piece_bytes(const struct acri_mail_item *i, uint64_t piece)
{
    size_t from = (size_t)(piece - i->first_piece) * ACRI_MAIL_PIECE_BYTES;
    size_t left = i->parcel->n_bytes - from;

    return left < ACRI_MAIL_PIECE_BYTES ? left : ACRI_MAIL_PIECE_BYTES;
}

static void put_piece(struct acri_buf *frame, const struct acri_mail_item *i, uint64_t piece)
{
    struct acri_wire_piece p = {
        .number = piece,
        .is_first = piece == i->first_piece,
        .is_last = piece == i->last_piece,
        .total = i->parcel->n_bytes,
        .bytes = i->parcel->bytes + (size_t)(piece - i->first_piece) * ACRI_MAIL_PIECE_BYTES,
        .n_bytes = piece_bytes(i, piece),
    };

    memcpy(p.type, i->parcel->type, sizeof(p.type));
    acri_wire_put_piece(frame, &p);
}

/* What a piece costs besides its bytes; so empty messages do not come free. */
enum { PIECE_OVERHEAD = 64 };

uint64_t acri_mail_fill(const struct acri_mail *m, struct acri_buf *frame)
{
    uint64_t piece = m->flight.sent + 1;
    uint64_t last = 0;
    size_t n_bytes = 0;
    const struct acri_mail_item *i = m->first;

    while (i != NULL && i->last_piece < piece)
        i = i->next;
    while (i != NULL) {
        size_t n = piece_bytes(i, piece) + PIECE_OVERHEAD + strlen(i->parcel->type);

        if ((last != 0 && n_bytes + n > ACRI_MAIL_PIECE_BYTES) ||
            !acri_flight_may(&m->flight, n_bytes + n))
            break;
        put_piece(frame, i, piece);
        n_bytes += n;
        last = piece;
        if (piece++ == i->last_piece)
            i = i->next;
    }
    return last;
}

void acri_mail_sent(struct acri_mail *m, uint64_t now_ns, uint64_t last)
{
    size_t n_bytes = 0;
    const struct acri_mail_item *i = m->first;

    for (uint64_t piece = m->flight.sent + 1; piece <= last; piece++) {
        while (i->last_piece < piece)
            i = i->next;
        n_bytes += piece_bytes(i, piece) + PIECE_OVERHEAD;
    }
    acri_flight_sent(&m->flight, now_ns, last, n_bytes);
}

void acri_mail_heard(struct acri_mail *m, uint64_t now_ns, uint64_t have)
{
    /* Nobody has what was never given. */
    if (have > m->last_piece || !acri_flight_heard(&m->flight, now_ns, have))
        return;
    while (m->first != NULL && m->first->last_piece <= have)
        drop_first(m);
}

/* Memory follows what has come, not what is announced. */
static void append(struct acri_mail *m, const void *bytes, size_t n)
{
    if (m->n_come + n + 1 > m->capacity) {
        m->capacity = 2 * (m->n_come + n) + 1;
        if (m->capacity > m->total + 1)
            m->capacity = (size_t)m->total + 1;
        m->bytes = acri_realloc(m->bytes, m->capacity);
    }
    if (n > 0)
        memcpy(m->bytes + m->n_come, bytes, n);
    m->n_come += n;
    m->bytes[m->n_come] = '\0';
}

int acri_mail_take(struct acri_mail *m, const struct acri_wire_piece *p,
                   struct acri_mail_message *ret_message)
{
    m->is_to_tell = true;
    if (p->number != m->have + 1)
        return 0;
    m->have++;
    if (p->is_first) {
        forget_coming(m);
        memcpy(m->type, p->type, sizeof(m->type));
        m->total = p->total;
        m->is_coming = true;
    }
    if (!m->is_coming || m->total > ACRI_CLUSTER_MESSAGE_MAX || m->type[0] == '\0' ||
        p->n_bytes > m->total - m->n_come || (p->is_last && p->n_bytes != m->total - m->n_come)) {
        forget_coming(m);
        return -EBADMSG;
    }
    append(m, p->bytes, p->n_bytes);
    if (!p->is_last)
        return 0;
    *ret_message =
        (struct acri_mail_message){ .type = m->type, .bytes = m->bytes, .n_bytes = m->n_come };
    m->bytes = NULL;
    forget_coming(m);
    return 1;
}

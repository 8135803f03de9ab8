/* SPDX-License-Identifier: MIT */
#include "dist/master_greet.h"

#include "base/check.h"
#include "base/clock.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define PENDING_MAX 4096u
#define PENDING_NS (10 * ACRI_NS_PER_S)
#define PER_SECOND 2000.0
#define A_WORKER "a worker"

static bool take_one(struct acri_master_parts_bucket *b, uint64_t now_ns)
{
    double seconds = (double)(now_ns - b->filled_ns) / (double)ACRI_NS_PER_S;

    b->n += seconds * PER_SECOND;
    if (b->filled_ns == 0 || b->n > PER_SECOND)
        b->n = PER_SECOND;
    b->filled_ns = now_ns;
    if (b->n < 1)
        return false;
    b->n -= 1;
    return true;
}

static void reject(struct acri_master_session *s, uint32_t pipe, const unsigned char *nonce,
                   uint32_t code)
{
    struct acri_wire_reject r = { .version = ACRI_WIRE_VERSION, .code = code };
    size_t n_bytes;

    memcpy(r.nonce, nonce, sizeof(r.nonce));
    acri_buf_clear(&s->out.plain);
    acri_wire_put_reject(&s->out.plain, &r);
    n_bytes = acri_wire_seal_hello(
        &s->out, s->o.key,
        &(struct acri_wire_head){ .version = ACRI_WIRE_VERSION, .kind = ACRI_WIRE_REJECT });
    s->link.send(s->link.arg, pipe, s->out.frame, n_bytes);
}

static void reject_version(struct acri_master_session *s, uint64_t now_ns, uint32_t pipe,
                           const struct acri_wire_hello *h)
{
    uint64_t n_left_out;

    s->drops.n[ACRI_DROPS_VERSION]++;
    if (acri_log_may(&s->rejects, now_ns, 10 * ACRI_NS_PER_S, &n_left_out))
        acri_log_warning("refused a worker that speaks version %" PRIu32
                         " of the cluster protocol, this master speaks version %u: install the "
                         "same acrida on both",
                         h->version, ACRI_WIRE_VERSION);
    reject(s, pipe, h->nonce, ACRI_WIRE_REJECT_VERSION);
}

/* Another process with the uuid of a worker: its reports have numbers of their own. */
static bool is_duplicate(const struct acri_master_session *s, const struct acri_wire_hello *h)
{
    const struct acri_master_peer *p = acri_master_peers_by_uuid(&s->table, h->uuid);

    return p != NULL && !h->is_deceased && p->incarnation != 0 && p->incarnation != h->incarnation;
}

/* Returns: false: its key is a weak one, or there are too many. */
static bool make_line(struct acri_master_session *s, uint64_t now_ns,
                      const struct acri_wire_hello *h, struct acri_master_line **ret_line)
{
    const struct acri_master_peer *p = acri_master_peers_by_uuid(&s->table, h->uuid);
    struct acri_wire_welcome w = { .instance = s->instance, .have = p != NULL ? p->have : 0 };
    unsigned char context[ACRI_WIRE_CONTEXT_BYTES];
    struct acri_seal_pair pair;
    struct acri_master_line *line = acri_master_peers_line_new(&s->table, now_ns);

    if (line == NULL)
        return false;
    line->hello = acri_alloc(sizeof(*line->hello));
    *line->hello = *h;
    acri_seal_pair_new(&pair);
    memcpy(w.nonce, h->nonce, sizeof(w.nonce));
    acri_seal_random(w.own_nonce, sizeof(w.own_nonce));
    memcpy(w.open, pair.open, sizeof(w.open));
    w.session = line->session;
    memcpy(w.version, s->o.version, strnlen(s->o.version, sizeof(w.version) - 1));
    acri_wire_context(context, w.nonce, w.own_nonce, w.session, h->uuid);
    if (!acri_seal_session(&line->keys, s->o.key, &pair, h->open, context, sizeof(context))) {
        acri_master_peers_line_drop(&s->table, line);
        return false;
    }
    acri_buf_clear(&s->out.plain);
    acri_wire_put_welcome(&s->out.plain, &w);
    line->n_welcome = acri_wire_seal_hello(
        &s->out, s->o.key,
        &(struct acri_wire_head){ .version = ACRI_WIRE_VERSION, .kind = ACRI_WIRE_WELCOME });
    line->welcome = acri_alloc(line->n_welcome);
    memcpy(line->welcome, s->out.frame, line->n_welcome);
    *ret_line = line;
    return true;
}

void acri_master_greet_hello(struct acri_master_session *s, uint64_t now_ns, uint32_t pipe,
                             const void *frame, size_t n_bytes)
{
    struct acri_wire_hello h;
    struct acri_unpack body;
    struct acri_master_line *line;

    if (!acri_wire_open_hello(&s->in, s->o.key, frame, n_bytes, &body)) {
        acri_drops_count(&s->drops, now_ns, ACRI_DROPS_FORGED, A_WORKER);
        return;
    }
    if (!acri_wire_get_hello(&body, &h)) {
        acri_drops_count(&s->drops, now_ns, ACRI_DROPS_MALFORMED, A_WORKER);
        return;
    }
    if (h.version != ACRI_WIRE_VERSION) {
        reject_version(s, now_ns, pipe, &h);
        return;
    }
    if (is_duplicate(s, &h)) {
        reject(s, pipe, h.nonce, ACRI_WIRE_REJECT_DUPLICATE);
        return;
    }
    if (acri_master_peers_by_uuid(&s->table, h.uuid) == NULL &&
        s->table.n_peers >= ACRI_MASTER_PEERS_MAX) {
        reject(s, pipe, h.nonce, ACRI_WIRE_REJECT_FULL);
        return;
    }
    /* Said again because the answer was lost or is late: the same answer. */
    line = acri_master_peers_pending(&s->table, h.nonce);
    if (line == NULL && (s->table.n_pending >= PENDING_MAX || !take_one(&s->handshakes, now_ns) ||
                         !make_line(s, now_ns, &h, &line))) {
        acri_drops_count(&s->drops, now_ns, ACRI_DROPS_FLOOD, A_WORKER);
        return;
    }
    s->link.send(s->link.arg, pipe, line->welcome, line->n_welcome);
}

void acri_master_greet_hint(struct acri_master_session *s, uint64_t now_ns, uint32_t pipe,
                            uint64_t session)
{
    uint32_t at = pipe % ACRI_MASTER_PARTS_PIPES;
    unsigned char frame[ACRI_WIRE_HEAD_BYTES];

    if (s->hinted[at].pipe == pipe && now_ns < s->hinted[at].next_ns)
        return;
    if (!take_one(&s->hints, now_ns))
        return;
    s->hinted[at].pipe = pipe;
    s->hinted[at].next_ns = now_ns + ACRI_NS_PER_S;
    s->link.send(s->link.arg, pipe, frame, acri_wire_reset(frame, session));
}

void acri_master_greet_expire(struct acri_master_session *s, uint64_t now_ns)
{
    while (s->table.first != NULL && now_ns >= s->table.first->born_ns + PENDING_NS)
        acri_master_peers_line_drop(&s->table, s->table.first);
}

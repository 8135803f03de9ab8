/* SPDX-License-Identifier: MIT */
#include "dist/worker_greet.h"

#include "base/check.h"
#include "base/clock.h"
#include "base/log.h"

#include <string.h>

/* A handshake of its own nonce and pair; while one is under way that one goes on. */
void acri_worker_greet_begin(struct acri_worker_session *s, uint64_t now_ns)
{
    if (!s->is_greeting) {
        acri_seal_random(s->nonce, sizeof(s->nonce));
        acri_seal_pair_new(&s->pair);
        s->is_greeting = true;
        s->n_hellos = 0;
    }
    s->hello_ns = now_ns;
}

void acri_worker_greet_hello(struct acri_worker_session *s, uint64_t now_ns)
{
    struct acri_wire_hello h = {
        .version = ACRI_WIRE_VERSION,
        .incarnation = s->incarnation,
        .first_kept = acri_outbox_first_kept(&s->outbox),
        .is_deceased = s->o.is_deceased,
        .info = s->o.info,
    };
    size_t n_bytes;

    memcpy(h.nonce, s->nonce, sizeof(h.nonce));
    memcpy(h.open, s->pair.open, sizeof(h.open));
    memcpy(h.uuid, s->o.uuid, sizeof(h.uuid));
    acri_buf_clear(&s->out.plain);
    acri_wire_put_hello(&s->out.plain, &h);
    n_bytes = acri_wire_seal_hello(
        &s->out, s->o.key,
        &(struct acri_wire_head){ .version = ACRI_WIRE_VERSION, .kind = ACRI_WIRE_HELLO });
    if (acri_worker_parts_send(s, now_ns, n_bytes) < 0) {
        s->hello_ns = s->retry_ns;
        return;
    }
    s->hello_ns = now_ns + acri_worker_parts_between(s, ACRI_NS_PER_S, 3 * ACRI_NS_PER_S / 2);
    s->n_hellos++;
}

/* The process with this uuid that the master knows is another one. */
static void be_another(struct acri_worker_session *s, uint64_t now_ns)
{
    acri_log_warning("another worker has joined with this one's identity (a copy of the machine?): "
                     "joining with a new one");
    acri_seal_random(s->o.uuid, sizeof(s->o.uuid));
    acri_seal_random(&s->incarnation, sizeof(s->incarnation));
    /* To the master a new worker: messages begin anew, too. */
    s->has_session = false;
    s->instance = 0;
    s->is_greeting = false;
    acri_worker_greet_begin(s, now_ns + acri_worker_parts_between(s, 0, 200 * ACRI_NS_PER_MS));
}

static void refuse(struct acri_worker_session *s, uint32_t version)
{
    struct acri_worker_event *e = acri_worker_parts_event(ACRI_WORKER_REFUSED);

    e->type = acri_printf("this worker speaks version %u of the cluster protocol, the master "
                          "version %u: install the same acrida on both",
                          ACRI_WIRE_VERSION, version);
    acri_log_error("refused by the master: %s", e->type);
    s->is_refused = true;
    s->tell(s->arg, e);
}

void acri_worker_greet_reject(struct acri_worker_session *s, uint64_t now_ns, const void *frame,
                              size_t n_bytes)
{
    struct acri_wire_reject r;
    struct acri_unpack body;

    if (!acri_wire_open_hello(&s->in, s->o.key, frame, n_bytes, &body)) {
        acri_drops_count(&s->drops, now_ns, ACRI_DROPS_FORGED, ACRI_WORKER_PARTS_MASTER);
        return;
    }
    if (!acri_wire_get_reject(&body, &r)) {
        acri_drops_count(&s->drops, now_ns, ACRI_DROPS_MALFORMED, ACRI_WORKER_PARTS_MASTER);
        return;
    }
    if (!s->is_greeting || memcmp(r.nonce, s->nonce, sizeof(r.nonce)) != 0) {
        acri_drops_count(&s->drops, now_ns, ACRI_DROPS_STALE, ACRI_WORKER_PARTS_MASTER);
        return;
    }
    acri_worker_parts_heard(s, now_ns);
    if (r.code == ACRI_WIRE_REJECT_VERSION) {
        refuse(s, r.version);
    } else if (r.code == ACRI_WIRE_REJECT_DUPLICATE && !s->o.is_deceased) {
        be_another(s, now_ns);
    } else {
        acri_log_warning("the master takes no more workers (code %u); trying again in 10 s",
                         r.code);
        s->hello_ns = now_ns + 10 * ACRI_NS_PER_S;
    }
}

bool acri_worker_greet_welcome(struct acri_worker_session *s, uint64_t now_ns, const void *frame,
                               size_t n_bytes)
{
    unsigned char context[ACRI_WIRE_CONTEXT_BYTES];
    struct acri_wire_welcome w;
    struct acri_unpack body;

    if (!acri_wire_open_hello(&s->in, s->o.key, frame, n_bytes, &body)) {
        acri_drops_count(&s->drops, now_ns, ACRI_DROPS_FORGED, ACRI_WORKER_PARTS_MASTER);
        return false;
    }
    if (!acri_wire_get_welcome(&body, &w)) {
        acri_drops_count(&s->drops, now_ns, ACRI_DROPS_MALFORMED, ACRI_WORKER_PARTS_MASTER);
        return false;
    }
    if (!s->is_greeting || memcmp(w.nonce, s->nonce, sizeof(w.nonce)) != 0) {
        acri_drops_count(&s->drops, now_ns, ACRI_DROPS_STALE, ACRI_WORKER_PARTS_MASTER);
        return false;
    }
    /* The pair is used up by this, whatever comes of it. */
    s->is_greeting = false;
    acri_wire_context(context, w.nonce, w.own_nonce, w.session, s->o.uuid);
    if (!acri_seal_session(&s->keys, s->o.key, &s->pair, w.open, context, sizeof(context))) {
        acri_drops_count(&s->drops, now_ns, ACRI_DROPS_FORGED, ACRI_WORKER_PARTS_MASTER);
        s->has_session = false;
        acri_worker_greet_begin(s, now_ns + ACRI_NS_PER_S);
        return false;
    }
    s->has_session = true;
    s->is_joined = false;
    s->session = w.session;
    s->offset = (struct acri_clock_offset){ 0 };
    if (w.instance != s->instance) {
        acri_mail_restart(&s->mail);
        s->generation = 0;
    }
    s->instance = w.instance;
    acri_outbox_restart(&s->outbox, w.have);
    acri_worker_parts_heard(s, now_ns);
    s->heartbeat_ns = now_ns;
    s->retry_ns = now_ns;
    return true;
}

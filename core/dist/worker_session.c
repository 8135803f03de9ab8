/* SPDX-License-Identifier: MIT */
#include "dist/worker_session.h"

#include "base/check.h"
#include "base/clock.h"
#include "base/log.h"
#include "dist/wire_state.h"
#include "dist/worker_greet.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define HEARTBEAT_NS ACRI_NS_PER_S
#define LEAVE_NS (500 * ACRI_NS_PER_MS)
#define WARN_NS (3 * ACRI_NS_PER_S)
#define LAG_NS ACRI_NS_PER_S /* a step that is later than this was held up */

struct acri_worker_session *acri_worker_session_new(const struct acri_worker_session_options *o,
                                                    struct acri_link link,
                                                    acri_worker_event_fn tell, void *arg,
                                                    uint64_t now_ns)
{
    struct acri_worker_session *s = acri_alloc(sizeof(*s));

    s->o = *o;
    s->link = link;
    s->tell = tell;
    s->arg = arg;
    if (!(s->o.orphan_s > 0))
        s->o.orphan_s = 30;
    if (!(s->o.master_gone_s > 0))
        s->o.master_gone_s = 600;
    acri_rng_init(&s->rng, o->random, 0);
    acri_seal_random(&s->incarnation, sizeof(s->incarnation));
    acri_outbox_init(&s->outbox);
    acri_mail_init(&s->mail);
    acri_wire_out_init(&s->out);
    acri_worker_parts_heard(s, now_ns);
    acri_worker_greet_begin(s, now_ns);
    s->step_ns = now_ns;
    return s;
}

void acri_worker_session_free(struct acri_worker_session *s)
{
    if (s == NULL)
        return;
    acri_outbox_done(&s->outbox);
    acri_mail_done(&s->mail);
    acri_wire_out_done(&s->out);
    acri_wire_in_done(&s->in);
    explicit_bzero(s, sizeof(*s));
    free(s);
}

static bool is_over(const struct acri_worker_session *s)
{
    return s->is_refused || s->has_left;
}

static uint64_t round_trip(const struct acri_worker_session *s)
{
    int64_t offset_ns;
    uint64_t round_trip_ns;

    return acri_clock_offset_best(&s->offset, &offset_ns, &round_trip_ns) ? round_trip_ns : 0;
}

static bool is_all_said(const struct acri_worker_session *s)
{
    return acri_outbox_first_kept(&s->outbox) > s->outbox.last_seq && acri_mail_is_empty(&s->mail);
}

static void put_heartbeat(struct acri_worker_session *s, uint64_t now_ns)
{
    struct acri_wire_heartbeat h = {
        .sent_ns = now_ns,
        .wall_ns = acri_clock_real_ns(),
        .round_trip_ns = round_trip(s),
        .generation = s->generation,
        .observed = s->observed,
    };

    acri_wire_put_heartbeat(&s->out.plain, &h);
}

static void put_leave(struct acri_worker_session *s)
{
    struct acri_wire_leave l = { .last_seq = s->outbox.last_seq, .observed = s->observed };

    memcpy(l.reason, s->reason, sizeof(l.reason));
    acri_wire_put_leave(&s->out.plain, &l);
}

/* One frame with what is due. Returns: whether something went out. */
static bool send_due(struct acri_worker_session *s, uint64_t now_ns)
{
    bool beats = now_ns >= s->heartbeat_ns;
    bool leaves = s->is_leaving && now_ns >= s->leave_ns && is_all_said(s);
    uint64_t last_seq, last_piece;

    acri_buf_clear(&s->out.plain);
    if (beats)
        put_heartbeat(s, now_ns);
    if (leaves)
        put_leave(s);
    if (s->mail.is_to_tell)
        acri_wire_put_pieces(&s->out.plain, s->mail.have);
    last_seq = acri_outbox_fill(&s->outbox, &s->out.plain);
    last_piece = acri_mail_fill(&s->mail, &s->out.plain);
    if (s->out.plain.length == 0 ||
        acri_worker_parts_send(s, now_ns,
                               acri_wire_seal_data(&s->out, &s->keys.to_master, s->session)) < 0)
        return false;
    if (beats)
        s->heartbeat_ns = now_ns + HEARTBEAT_NS;
    if (leaves)
        s->leave_ns = now_ns + LEAVE_NS;
    s->mail.is_to_tell = false;
    if (last_seq != 0)
        acri_outbox_sent(&s->outbox, now_ns, last_seq);
    if (last_piece != 0)
        acri_mail_sent(&s->mail, now_ns, last_piece);
    return true;
}

static void flush(struct acri_worker_session *s, uint64_t now_ns)
{
    if (!s->has_session || is_over(s) || now_ns < s->retry_ns)
        return;
    while (send_due(s, now_ns))
        continue;
}

static void take_answer(struct acri_worker_session *s, uint64_t now_ns,
                        const struct acri_wire_answer *a)
{
    if (a->sent_ns != 0)
        acri_clock_offset_add(&s->offset, a->sent_ns, a->received_ns, a->replied_ns, now_ns);
    acri_outbox_heard(&s->outbox, now_ns, a->have, a->durable);
    if (!s->is_joined) {
        struct acri_worker_event *e = acri_worker_parts_event(ACRI_WORKER_JOINED);

        e->index = a->index;
        s->is_joined = true;
        s->was_joined = true;
        s->tell(s->arg, e);
    }
}

/* From the master's clock to ours; 0 stays 0. Returns: false: its clock is not known yet. */
static bool convert_start(const struct acri_worker_session *s, struct acri_desired *d)
{
    int64_t offset_ns;
    uint64_t round_trip_ns;

    if (d->start_at_ns == 0)
        return true;
    if (!acri_clock_offset_best(&s->offset, &offset_ns, &round_trip_ns))
        return false;
    if (offset_ns > 0 && d->start_at_ns <= (uint64_t)offset_ns)
        d->start_at_ns = 1;
    else
        d->start_at_ns -= (uint64_t)offset_ns;
    return true;
}

static void take_state(struct acri_worker_session *s, struct acri_desired *d)
{
    struct acri_worker_event *e;

    /* Without the clock it is left for the next time it is told. */
    if (d->generation <= s->generation || !convert_start(s, d))
        return;
    s->generation = d->generation;
    e = acri_worker_parts_event(ACRI_WORKER_DESIRED);
    e->desired = *d;
    s->tell(s->arg, e);
}

static bool take_piece(struct acri_worker_session *s, struct acri_unpack *body)
{
    struct acri_wire_piece piece;
    struct acri_mail_message message;
    int r;

    if (!acri_wire_get_piece(body, &piece))
        return false;
    r = acri_mail_take(&s->mail, &piece, &message);
    if (r > 0) {
        struct acri_worker_event *e = acri_worker_parts_event(ACRI_WORKER_MESSAGE);

        e->type = acri_strdup(message.type);
        e->bytes = message.bytes;
        e->n_bytes = message.n_bytes;
        s->tell(s->arg, e);
    }
    return r >= 0;
}

/* Returns: false: malformed. */
static bool take_record(struct acri_worker_session *s, uint64_t now_ns, uint64_t type,
                        struct acri_unpack *body)
{
    struct acri_wire_answer answer;
    struct acri_desired desired;
    uint64_t have;

    switch (type) {
    case ACRI_WIRE_ANSWER:
        if (!acri_wire_get_answer(body, &answer))
            return false;
        take_answer(s, now_ns, &answer);
        return true;
    case ACRI_WIRE_STATE:
        if (!acri_wire_get_state(body, &desired))
            return false;
        take_state(s, &desired);
        return true;
    case ACRI_WIRE_PIECE:
        return take_piece(s, body);
    case ACRI_WIRE_PIECES:
        if (!acri_wire_get_pieces(body, &have))
            return false;
        acri_mail_heard(&s->mail, now_ns, have);
        return true;
    case ACRI_WIRE_BYE:
        s->has_left = s->has_left || (s->is_leaving && is_all_said(s));
        return true;
    default: /* of a later version */
        return true;
    }
}

static void take_data(struct acri_worker_session *s, uint64_t now_ns,
                      const struct acri_wire_head *head, const void *frame, size_t n_bytes)
{
    struct acri_unpack records, body;
    uint64_t type;
    bool is_sound = true;

    if (!s->has_session || head->session != s->session) {
        acri_drops_count(&s->drops, now_ns, ACRI_DROPS_STALE, ACRI_WORKER_PARTS_MASTER);
        return;
    }
    if (head->counter <= s->keys.to_worker.counter) {
        acri_drops_count(&s->drops, now_ns, ACRI_DROPS_REPEATED, ACRI_WORKER_PARTS_MASTER);
        return;
    }
    if (!acri_wire_open_data(&s->in, &s->keys.to_worker, frame, n_bytes, &records)) {
        acri_drops_count(&s->drops, now_ns, ACRI_DROPS_FORGED, ACRI_WORKER_PARTS_MASTER);
        return;
    }
    acri_worker_parts_heard(s, now_ns);
    /* The session lives: what was begun in doubt is not needed. */
    s->is_greeting = false;
    if (s->is_orphaned) {
        s->is_orphaned = false;
        s->is_joined = false;
    }
    while (is_sound && acri_wire_next(&records, &type, &body))
        is_sound = take_record(s, now_ns, type, &body);
    if (!is_sound || records.is_bad)
        acri_drops_count(&s->drops, now_ns, ACRI_DROPS_MALFORMED, ACRI_WORKER_PARTS_MASTER);
    flush(s, now_ns);
}

void acri_worker_session_frame(struct acri_worker_session *s, uint64_t now_ns, const void *frame,
                               size_t n_bytes)
{
    struct acri_wire_head head;

    if (is_over(s))
        return;
    if (!acri_wire_get_head(frame, n_bytes, &head) || n_bytes > ACRI_LINK_FRAME_MAX) {
        acri_drops_count(&s->drops, now_ns, ACRI_DROPS_FOREIGN, ACRI_WORKER_PARTS_MASTER);
    } else if (head.kind == ACRI_WIRE_REJECT) {
        acri_worker_greet_reject(s, now_ns, frame, n_bytes);
    } else if (head.version != ACRI_WIRE_VERSION) {
        acri_drops_count(&s->drops, now_ns, ACRI_DROPS_VERSION, ACRI_WORKER_PARTS_MASTER);
    } else if (head.kind == ACRI_WIRE_DATA) {
        take_data(s, now_ns, &head, frame, n_bytes);
    } else if (head.kind == ACRI_WIRE_WELCOME) {
        if (acri_worker_greet_welcome(s, now_ns, frame, n_bytes))
            flush(s, now_ns);
    } else if (head.kind == ACRI_WIRE_RESET) {
        /* Anybody may say so: the session stays until a new one is there. */
        if (s->has_session && head.session == s->session && !s->is_greeting)
            acri_worker_greet_begin(s, now_ns);
    } else {
        acri_drops_count(&s->drops, now_ns, ACRI_DROPS_FOREIGN, ACRI_WORKER_PARTS_MASTER);
    }
    if (s->is_greeting && now_ns >= s->hello_ns && !is_over(s))
        acri_worker_greet_hello(s, now_ns);
}

/* Who was held up has not listened: what was said meanwhile is still to come. */
static void mind_lag(struct acri_worker_session *s, uint64_t now_ns)
{
    uint64_t late_ns = now_ns > s->step_ns ? now_ns - s->step_ns : 0;

    if (late_ns <= LAG_NS)
        return;
    s->heard_ns += late_ns;
    s->heard_ns = s->heard_ns < now_ns ? s->heard_ns : now_ns;
    s->redial_ns += late_ns;
}

static void mind_silence(struct acri_worker_session *s, uint64_t now_ns)
{
    uint64_t silent_ns = now_ns - s->heard_ns;

    if (s->was_joined && !s->is_orphaned && silent_ns >= acri_clock_ns_of(s->o.orphan_s)) {
        s->is_orphaned = true;
        /* Whoever stops its users now wants to hear again what is wanted. */
        s->generation = 0;
        s->tell(s->arg, acri_worker_parts_event(ACRI_WORKER_ORPHANED));
    }
    if (!s->has_warned && s->is_greeting && silent_ns >= WARN_NS) {
        s->has_warned = true;
        acri_log_warning(s->n_hellos > 0
                             ? "the master does not answer; going on trying (is it there, and has "
                               "it the same --cluster-key-file?)"
                             : "no connection to the master yet; going on trying");
    }
    if (!s->is_gone && silent_ns >= acri_clock_ns_of(s->o.master_gone_s)) {
        s->is_gone = true;
        s->tell(s->arg, acri_worker_parts_event(ACRI_WORKER_GONE));
    }
    if (now_ns >= s->redial_ns) {
        s->redial_ns = now_ns + acri_worker_parts_between(s, 3 * ACRI_NS_PER_S, 6 * ACRI_NS_PER_S);
        s->link.redial(s->link.arg);
        s->retry_ns = now_ns;
        /* Either will do: the session as it is, or a new one. */
        s->heartbeat_ns = now_ns;
        acri_worker_greet_begin(s, now_ns);
    }
}

static uint64_t earlier(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

static uint64_t next_step(const struct acri_worker_session *s, uint64_t now_ns)
{
    uint64_t next_ns = s->redial_ns;

    if (s->was_joined && !s->is_orphaned)
        next_ns = earlier(next_ns, s->heard_ns + acri_clock_ns_of(s->o.orphan_s));
    if (!s->is_gone)
        next_ns = earlier(next_ns, s->heard_ns + acri_clock_ns_of(s->o.master_gone_s));
    if (s->is_greeting)
        next_ns = earlier(next_ns, s->hello_ns);
    if (s->has_session) {
        uint64_t due_ns = s->heartbeat_ns;

        due_ns = earlier(due_ns, acri_flight_due(&s->outbox.flight, round_trip(s)));
        due_ns = earlier(due_ns, acri_flight_due(&s->mail.flight, round_trip(s)));
        if (s->is_leaving && is_all_said(s))
            due_ns = earlier(due_ns, s->leave_ns);
        /* Whatever is due waits for the link; and what was not sent is not known to be due. */
        next_ns = earlier(next_ns, s->retry_ns > now_ns ? s->retry_ns : due_ns);
    }
    return next_ns > now_ns ? next_ns : now_ns + ACRI_NS_PER_MS;
}

uint64_t acri_worker_session_step(struct acri_worker_session *s, uint64_t now_ns)
{
    if (is_over(s))
        return UINT64_MAX;
    mind_lag(s, now_ns);
    mind_silence(s, now_ns);
    if (s->is_greeting && now_ns >= s->hello_ns)
        acri_worker_greet_hello(s, now_ns);
    acri_outbox_expire(&s->outbox, now_ns, round_trip(s));
    acri_flight_expire(&s->mail.flight, now_ns, round_trip(s));
    flush(s, now_ns);
    s->step_ns = next_step(s, now_ns);
    return s->step_ns;
}

void acri_worker_session_observe(struct acri_worker_session *s, uint64_t now_ns,
                                 const struct acri_observed *o)
{
    bool is_news = o->state != s->observed.state || o->run_id != s->observed.run_id ||
                   o->generation != s->observed.generation ||
                   (o->iterations_wanted != 0) != (s->observed.iterations_wanted != 0) ||
                   o->iterations_returned != s->observed.iterations_returned;

    s->observed = *o;
    if (is_news) {
        s->heartbeat_ns = now_ns;
        flush(s, now_ns);
    }
}

void acri_worker_session_report(struct acri_worker_session *s, uint64_t now_ns, uint64_t seq,
                                uint64_t run_id, uint64_t epoch, const void *bytes, size_t n_bytes)
{
    ACRI_ASSERT(n_bytes <= ACRI_WORKER_REPORT_MAX);
    acri_outbox_add(&s->outbox, seq, run_id, epoch, bytes, n_bytes);
    flush(s, now_ns);
}

int acri_worker_session_send(struct acri_worker_session *s, uint64_t now_ns, const char *type,
                             const void *bytes, size_t n_bytes)
{
    struct acri_mail_parcel *p = acri_mail_parcel_new(type, bytes, n_bytes);
    int r;

    if (p == NULL)
        return n_bytes > ACRI_CLUSTER_MESSAGE_MAX ? -EMSGSIZE : -EINVAL;
    r = acri_mail_put(&s->mail, p);
    acri_mail_parcel_drop(p);
    if (r == 0)
        flush(s, now_ns);
    return r;
}

void acri_worker_session_leave(struct acri_worker_session *s, uint64_t now_ns, const char *reason)
{
    size_t n = strlen(reason);

    n = n < sizeof(s->reason) ? n : sizeof(s->reason) - 1;
    memcpy(s->reason, reason, n);
    s->reason[n] = '\0';
    s->is_leaving = true;
    s->leave_ns = now_ns;
    flush(s, now_ns);
}

bool acri_worker_session_has_left(const struct acri_worker_session *s)
{
    return s->has_left;
}

uint64_t acri_worker_session_acknowledged(const struct acri_worker_session *s)
{
    return s->outbox.durable;
}

const unsigned char *acri_worker_session_uuid(const struct acri_worker_session *s)
{
    return s->o.uuid;
}

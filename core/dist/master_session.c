/* SPDX-License-Identifier: MIT */
#include "dist/master_session.h"

#include "base/check.h"
#include "base/clock.h"
#include "dist/master_greet.h"
#include "dist/master_parts.h"
#include "dist/wire_state.h"
#include "dist/worker.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define SCAN_NS (250 * ACRI_NS_PER_MS)
#define LAG_NS ACRI_NS_PER_S /* a step that is later than this was held up */
#define STATE_NS (500 * ACRI_NS_PER_MS)
#define FAREWELL_NS (60 * ACRI_NS_PER_S)
#define UNTOLD_BYTES ((size_t)64 * 1024) /* of reports, then the worker hears at once */
#define A_WORKER "a worker"

struct acri_master_session *acri_master_session_new(const struct acri_master_session_options *o,
                                                    struct acri_link link,
                                                    acri_master_event_fn tell, void *arg,
                                                    uint64_t now_ns)
{
    struct acri_master_session *s = acri_alloc(sizeof(*s));

    s->o = *o;
    s->link = link;
    s->tell = tell;
    s->arg = arg;
    if (!(s->o.missing_s > 0))
        s->o.missing_s = 3;
    acri_seal_random(&s->instance, sizeof(s->instance));
    s->instance |= 1;
    acri_wire_out_init(&s->out);
    s->scan_ns = now_ns + SCAN_NS;
    return s;
}

void acri_master_session_free(struct acri_master_session *s)
{
    if (s == NULL)
        return;
    acri_master_peers_done(&s->table);
    acri_wire_out_done(&s->out);
    acri_wire_in_done(&s->in);
    explicit_bzero(s, sizeof(*s));
    free(s);
}

void acri_master_session_restore(struct acri_master_session *s, const unsigned char uuid[16],
                                 uint32_t worker, const struct acri_worker_info *info,
                                 uint64_t have_seq)
{
    struct acri_master_peer *p = acri_master_peers_add(&s->table, uuid, worker);

    if (p == NULL) {
        acri_log_warning("the journal names worker %" PRIu32 " twice: the second is left out",
                         worker);
        return;
    }
    p->info = *info;
    p->have = have_seq;
    p->durable = have_seq;
    p->told = have_seq;
}

const unsigned char *acri_master_session_uuid(const struct acri_master_session *s, uint32_t worker)
{
    const struct acri_master_peer *p = acri_master_peers_at(&s->table, worker);

    return p != NULL ? p->uuid : NULL;
}

static struct acri_master_event *event_new(enum acri_master_event_kind kind,
                                           const struct acri_master_peer *p)
{
    struct acri_master_event *e = acri_alloc(sizeof(*e));

    e->kind = kind;
    e->worker = p->index;
    return e;
}

static void tell_change(struct acri_master_session *s, struct acri_master_peer *p,
                        enum acri_master_event_kind kind, enum acri_master_peer_state state,
                        uint64_t n_missing)
{
    struct acri_master_event *e = event_new(kind, p);

    if (p->state == ACRI_MASTER_PEER_HERE)
        s->table.n_here--;
    if (state == ACRI_MASTER_PEER_HERE)
        s->table.n_here++;
    p->state = state;
    e->info = p->info;
    e->seq = n_missing;
    s->tell(s->arg, e);
}

/* Send what is in the plain buffer, if anything. What gets lost is told again by its own rules. */
static bool send_plain(struct acri_master_session *s, struct acri_master_peer *p)
{
    size_t n_bytes;

    if (s->out.plain.length == 0 || p->line == NULL)
        return false;
    n_bytes = acri_wire_seal_data(&s->out, &p->line->keys.to_worker, p->line->session);
    return s->link.send(s->link.arg, p->pipe, s->out.frame, n_bytes) == 0;
}

static void put_answer(struct acri_master_session *s, struct acri_master_peer *p, uint64_t now_ns,
                       uint64_t sent_ns)
{
    acri_wire_put_answer(&s->out.plain, &(struct acri_wire_answer){ .index = p->index,
                                                                    .sent_ns = sent_ns,
                                                                    .received_ns = now_ns,
                                                                    .replied_ns = now_ns,
                                                                    .have = p->have,
                                                                    .durable = p->durable });
    p->told = p->have;
    p->n_untold = 0;
}

static void put_state(struct acri_master_session *s, struct acri_master_peer *p, uint64_t now_ns)
{
    acri_wire_put_state(&s->out.plain, p->desired);
    p->state_ns = now_ns;
}

/* What is in the plain buffer, then messages as far as they may be sent now. */
static void flush(struct acri_master_session *s, struct acri_master_peer *p, uint64_t now_ns)
{
    uint64_t last;

    do {
        if (p->mail.is_to_tell)
            acri_wire_put_pieces(&s->out.plain, p->mail.have);
        p->mail.is_to_tell = false;
        last = p->state == ACRI_MASTER_PEER_HERE ? acri_mail_fill(&p->mail, &s->out.plain) : 0;
        if (send_plain(s, p) && last != 0)
            acri_mail_sent(&p->mail, now_ns, last);
        else
            last = 0;
        acri_buf_clear(&s->out.plain);
    } while (last != 0);
}

/* Reports that an earlier master has said to be on disk, and that are not in this one's journal. */
static uint64_t accept_gap(struct acri_master_peer *p, uint64_t first_kept)
{
    uint64_t from = p->have + 1;

    if (first_kept <= from)
        return 0;
    acri_log_warning("worker %s: its reports %" PRIu64 " to %" PRIu64
                     " were acknowledged by an earlier master, and this one does not have them: "
                     "what they counted is missing",
                     p->info.name, from, first_kept - 1);
    p->have = first_kept - 1;
    p->durable = p->have;
    return first_kept - from;
}

/* The first authentic frame of a line. Returns: its worker, or NULL: it may not be one. */
static struct acri_master_peer *confirm(struct acri_master_session *s,
                                        struct acri_master_line *line)
{
    const struct acri_wire_hello h = *line->hello;
    struct acri_master_peer *p = acri_master_peers_by_uuid(&s->table, h.uuid);
    bool is_new = p == NULL;
    uint64_t n_missing;

    if (is_new)
        p = acri_master_peers_add(&s->table, h.uuid, UINT32_MAX);
    if (p == NULL || (p->incarnation != 0 && p->incarnation != h.incarnation && !h.is_deceased)) {
        acri_master_peers_line_drop(&s->table, line);
        return NULL;
    }
    p->info = h.info;
    p->incarnation = h.incarnation;
    p->generation = 0;
    acri_master_peers_settle(&s->table, line, p);
    n_missing = accept_gap(p, h.first_kept);
    if (is_new)
        tell_change(s, p, ACRI_MASTER_JOINED, ACRI_MASTER_PEER_HERE, n_missing);
    if (h.is_deceased) {
        p->is_deceased = true;
        if (p->state == ACRI_MASTER_PEER_HERE)
            tell_change(s, p, ACRI_MASTER_LOST, ACRI_MASTER_PEER_LOST, 0);
    } else if (p->state == ACRI_MASTER_PEER_LOST) {
        tell_change(s, p, ACRI_MASTER_RETURNED, ACRI_MASTER_PEER_HERE, n_missing);
    }
    return p;
}

static void take_heartbeat(struct acri_master_session *s, struct acri_master_peer *p,
                           uint64_t now_ns, const struct acri_wire_heartbeat *h)
{
    struct acri_master_event *e;

    p->generation = h->generation;
    p->round_trip_ns = h->round_trip_ns;
    p->wall_offset_ns = (int64_t)(h->wall_ns + h->round_trip_ns / 2 - acri_clock_real_ns());
    put_answer(s, p, now_ns, h->sent_ns);
    if (p->state != ACRI_MASTER_PEER_HERE)
        return;
    if (p->desired != NULL && p->generation != p->desired->generation &&
        now_ns >= p->state_ns + STATE_NS)
        put_state(s, p, now_ns);
    e = event_new(ACRI_MASTER_OBSERVED, p);
    e->observed = h->observed;
    s->tell(s->arg, e);
}

/* Returns: whether the worker should hear at once how far its reports have come. */
static bool take_report(struct acri_master_session *s, struct acri_master_peer *p,
                        const struct acri_wire_report *r)
{
    struct acri_master_event *e;

    if (r->seq != p->have + 1)
        return true;
    p->have++;
    p->n_reports++;
    p->n_untold += r->n_bytes;
    e = event_new(ACRI_MASTER_REPORT, p);
    e->seq = r->seq;
    e->run_id = r->run_id;
    e->epoch = r->epoch;
    e->n_bytes = r->n_bytes;
    e->bytes = acri_alloc(r->n_bytes + 1);
    memcpy(e->bytes, r->bytes, r->n_bytes);
    s->tell(s->arg, e);
    return p->n_untold > UNTOLD_BYTES;
}

static bool take_piece(struct acri_master_session *s, struct acri_master_peer *p,
                       struct acri_unpack *body)
{
    struct acri_wire_piece piece;
    struct acri_mail_message message;
    int r;

    if (!acri_wire_get_piece(body, &piece))
        return false;
    r = acri_mail_take(&p->mail, &piece, &message);
    if (r > 0) {
        struct acri_master_event *e = event_new(ACRI_MASTER_MESSAGE, p);

        e->type = acri_strdup(message.type);
        e->bytes = message.bytes;
        e->n_bytes = message.n_bytes;
        s->tell(s->arg, e);
    }
    return r >= 0;
}

static void take_leave(struct acri_master_session *s, struct acri_master_peer *p,
                       const struct acri_wire_leave *l)
{
    struct acri_master_event *e;

    /* It says so after the last acknowledgement; before that, it has more to say. */
    if (l->last_seq > p->have)
        return;
    /* Who delivers what a dead worker left removes it at that word, and says so again until then.
     */
    if (!p->is_deceased || p->is_buried)
        acri_wire_put_bye(&s->out.plain);
    if (p->state == ACRI_MASTER_PEER_DECEASED ||
        (p->state == ACRI_MASTER_PEER_LEFT && !p->is_deceased))
        return;
    acri_mail_done(&p->mail);
    acri_mail_init(&p->mail);
    if (p->state == ACRI_MASTER_PEER_HERE)
        s->table.n_here--;
    p->state = p->is_deceased ? ACRI_MASTER_PEER_DECEASED : ACRI_MASTER_PEER_LEFT;
    e = event_new(p->is_deceased ? ACRI_MASTER_DECEASED : ACRI_MASTER_LEFT, p);
    e->info = p->info;
    e->type = acri_strdup(l->reason);
    e->observed = l->observed;
    s->tell(s->arg, e);
}

void acri_master_session_bury(struct acri_master_session *s, uint32_t worker)
{
    if (worker < s->table.n_peers)
        s->table.peers[worker]->is_buried = true;
}

/* Returns: 1: the worker should hear at once how far its reports have come; 0; -EBADMSG. */
static int take_record(struct acri_master_session *s, struct acri_master_peer *p, uint64_t now_ns,
                       uint64_t type, struct acri_unpack *body)
{
    struct acri_wire_heartbeat heartbeat;
    struct acri_wire_report report;
    struct acri_wire_leave leave;
    uint64_t have;

    switch (type) {
    case ACRI_WIRE_HEARTBEAT:
        if (!acri_wire_get_heartbeat(body, &heartbeat))
            return -EBADMSG;
        take_heartbeat(s, p, now_ns, &heartbeat);
        return 0;
    case ACRI_WIRE_REPORT:
        if (!acri_wire_get_report(body, &report))
            return -EBADMSG;
        return take_report(s, p, &report) ? 1 : 0;
    case ACRI_WIRE_PIECE:
        return take_piece(s, p, body) ? 0 : -EBADMSG;
    case ACRI_WIRE_PIECES:
        if (!acri_wire_get_pieces(body, &have))
            return -EBADMSG;
        acri_mail_heard(&p->mail, now_ns, have);
        return 0;
    case ACRI_WIRE_LEAVE:
        if (!acri_wire_get_leave(body, &leave))
            return -EBADMSG;
        take_leave(s, p, &leave);
        return 0;
    default: /* of a later version */
        return 0;
    }
}

static void take_records(struct acri_master_session *s, struct acri_master_peer *p, uint64_t now_ns,
                         struct acri_unpack *records)
{
    struct acri_unpack body;
    uint64_t type;
    bool is_due = false;
    int r = 0;

    acri_buf_clear(&s->out.plain);
    while (r >= 0 && acri_wire_next(records, &type, &body)) {
        r = take_record(s, p, now_ns, type, &body);
        is_due = is_due || r > 0;
        /* Answers are short, but a frame can ask for thousands. */
        if (s->out.plain.length > ACRI_WIRE_PLAIN_MAX / 4) {
            send_plain(s, p);
            acri_buf_clear(&s->out.plain);
        }
    }
    if (r < 0 || records->is_bad)
        acri_drops_count(&s->drops, now_ns, ACRI_DROPS_MALFORMED, A_WORKER);
    if (is_due)
        put_answer(s, p, now_ns, 0);
    flush(s, p, now_ns);
}

static void take_data(struct acri_master_session *s, uint64_t now_ns, uint32_t pipe,
                      const struct acri_wire_head *head, const void *frame, size_t n_bytes)
{
    struct acri_master_line *line = acri_master_peers_line(&s->table, head->session);
    struct acri_master_peer *p;
    struct acri_unpack records;

    if (line == NULL) {
        acri_drops_count(&s->drops, now_ns, ACRI_DROPS_STALE, A_WORKER);
        acri_master_greet_hint(s, now_ns, pipe, head->session);
        return;
    }
    if (head->counter <= line->keys.to_master.counter) {
        acri_drops_count(&s->drops, now_ns, ACRI_DROPS_REPEATED, A_WORKER);
        return;
    }
    if (!acri_wire_open_data(&s->in, &line->keys.to_master, frame, n_bytes, &records)) {
        acri_drops_count(&s->drops, now_ns, ACRI_DROPS_FORGED, A_WORKER);
        return;
    }
    p = line->peer != NULL ? line->peer : confirm(s, line);
    if (p == NULL) {
        acri_drops_count(&s->drops, now_ns, ACRI_DROPS_STALE, A_WORKER);
        acri_master_greet_hint(s, now_ns, pipe, head->session);
        return;
    }
    p->pipe = pipe;
    p->heard_ns = now_ns;
    if (p->state == ACRI_MASTER_PEER_LOST && !p->is_deceased)
        tell_change(s, p, ACRI_MASTER_RETURNED, ACRI_MASTER_PEER_HERE, 0);
    take_records(s, p, now_ns, &records);
}

void acri_master_session_frame(struct acri_master_session *s, uint64_t now_ns, uint32_t pipe,
                               const void *frame, size_t n_bytes)
{
    struct acri_wire_head head;

    if (!acri_wire_get_head(frame, n_bytes, &head) || n_bytes > ACRI_LINK_FRAME_MAX)
        acri_drops_count(&s->drops, now_ns, ACRI_DROPS_FOREIGN, A_WORKER);
    else if (head.kind == ACRI_WIRE_HELLO)
        acri_master_greet_hello(s, now_ns, pipe, frame, n_bytes);
    else if (head.version != ACRI_WIRE_VERSION)
        acri_drops_count(&s->drops, now_ns, ACRI_DROPS_VERSION, A_WORKER);
    else if (head.kind == ACRI_WIRE_DATA)
        take_data(s, now_ns, pipe, &head, frame, n_bytes);
    else
        acri_drops_count(&s->drops, now_ns, ACRI_DROPS_FOREIGN, A_WORKER);
}

static void look_at(struct acri_master_session *s, struct acri_master_peer *p, uint64_t now_ns)
{
    /* Its repeated farewells have been answered by now. */
    if (p->state >= ACRI_MASTER_PEER_LEFT && p->line != NULL && now_ns >= p->heard_ns + FAREWELL_NS)
        acri_master_peers_line_drop(&s->table, p->line);
    if (p->state != ACRI_MASTER_PEER_HERE)
        return;
    if (now_ns >= p->heard_ns + acri_clock_ns_of(s->o.missing_s)) {
        tell_change(s, p, ACRI_MASTER_LOST, ACRI_MASTER_PEER_LOST, 0);
        return;
    }
    if (acri_flight_expire(&p->mail.flight, now_ns, p->round_trip_ns)) {
        acri_buf_clear(&s->out.plain);
        flush(s, p, now_ns);
    }
}

uint64_t acri_master_session_step(struct acri_master_session *s, uint64_t now_ns)
{
    uint64_t late_ns = now_ns > s->scan_ns ? now_ns - s->scan_ns : 0;

    if (now_ns < s->scan_ns)
        return s->scan_ns;
    for (uint32_t i = 0; i < s->table.n_peers; i++) {
        struct acri_master_peer *p = s->table.peers[i];

        if (p == NULL)
            continue;
        /* Who was silent while nobody listened may have spoken. */
        if (late_ns > LAG_NS) {
            p->heard_ns += late_ns;
            p->heard_ns = p->heard_ns < now_ns ? p->heard_ns : now_ns;
        }
        look_at(s, p, now_ns);
    }
    acri_master_greet_expire(s, now_ns);
    s->scan_ns = now_ns + SCAN_NS;
    return s->scan_ns;
}

void acri_master_session_durable(struct acri_master_session *s, uint64_t now_ns, uint32_t worker,
                                 uint64_t seq)
{
    struct acri_master_peer *p = acri_master_peers_at(&s->table, worker);

    if (p == NULL || seq <= p->durable)
        return;
    p->durable = seq < p->have ? seq : p->have;
    acri_buf_clear(&s->out.plain);
    put_answer(s, p, now_ns, 0);
    flush(s, p, now_ns);
}

void acri_master_session_want(struct acri_master_session *s, uint64_t now_ns, uint32_t worker,
                              const struct acri_desired *d)
{
    struct acri_master_peer *p = acri_master_peers_at(&s->table, worker);

    if (p == NULL)
        return;
    if (p->desired == NULL)
        p->desired = acri_alloc(sizeof(*p->desired));
    *p->desired = *d;
    p->desired->generation = (s->o.epoch << 32) | ++s->n_wanted;
    if (p->state != ACRI_MASTER_PEER_HERE)
        return;
    acri_buf_clear(&s->out.plain);
    put_state(s, p, now_ns);
    flush(s, p, now_ns);
}

static int send_to(struct acri_master_session *s, struct acri_master_peer *p, uint64_t now_ns,
                   struct acri_mail_parcel *parcel)
{
    int r = acri_mail_put(&p->mail, parcel);

    if (r < 0)
        return r;
    acri_buf_clear(&s->out.plain);
    flush(s, p, now_ns);
    return 0;
}

bool acri_master_session_has_room(const struct acri_master_session *s, uint32_t worker,
                                  size_t n_bytes)
{
    for (uint32_t i = 0; i < s->table.n_peers; i++) {
        const struct acri_master_peer *p = s->table.peers[i];

        if (p != NULL && (worker == UINT32_MAX || worker == i) &&
            p->state == ACRI_MASTER_PEER_HERE && !acri_mail_has_room(&p->mail, n_bytes))
            return false;
    }
    return true;
}

int acri_master_session_send(struct acri_master_session *s, uint64_t now_ns, uint32_t worker,
                             const char *type, const void *bytes, size_t n_bytes)
{
    struct acri_mail_parcel *parcel = acri_mail_parcel_new(type, bytes, n_bytes);
    int r = 0;

    if (parcel == NULL)
        return n_bytes > ACRI_CLUSTER_MESSAGE_MAX ? -EMSGSIZE : -EINVAL;
    if (worker != UINT32_MAX) {
        struct acri_master_peer *p = acri_master_peers_at(&s->table, worker);
        bool is_here = p != NULL && p->state == ACRI_MASTER_PEER_HERE;

        r = is_here ? send_to(s, p, now_ns, parcel) : -ENOENT;
    } else {
        for (uint32_t i = 0; i < s->table.n_peers; i++) {
            struct acri_master_peer *p = s->table.peers[i];

            if (p != NULL && p->state == ACRI_MASTER_PEER_HERE && send_to(s, p, now_ns, parcel) < 0)
                r = -ENOBUFS;
        }
    }
    acri_mail_parcel_drop(parcel);
    return r;
}

bool acri_master_session_health(const struct acri_master_session *s, uint64_t now_ns,
                                uint32_t worker, struct acri_master_health *ret_health)
{
    const struct acri_master_peer *p = acri_master_peers_at(&s->table, worker);

    if (p == NULL)
        return false;
    *ret_health = (struct acri_master_health){
        .is_here = p->state == ACRI_MASTER_PEER_HERE,
        .silent_s = (double)(now_ns - p->heard_ns) / (double)ACRI_NS_PER_S,
        .clock_offset_ms = (double)p->wall_offset_ns / (double)ACRI_NS_PER_MS,
        .round_trip_ms = (double)p->round_trip_ns / (double)ACRI_NS_PER_MS,
        .n_reports = p->n_reports,
        .have_seq = p->have,
    };
    return true;
}

uint64_t acri_master_session_dropped(const struct acri_master_session *s)
{
    return acri_drops_all(&s->drops);
}

uint64_t acri_master_session_n_here(const struct acri_master_session *s)
{
    return s->table.n_here;
}

/* SPDX-License-Identifier: MIT */
/*
 * A master's session and those of its workers over a network that exists in a test only: frames are
 * delayed, lost, repeated; connections break; hosts are cut off; the master is started again with
 * what was durable. Time is the test's; each process has a clock of its own. What is told is
 * checked against what was said as it comes.
 */
#ifndef ACRIDA_TESTS_CLUSTER_H
#define ACRIDA_TESTS_CLUSTER_H

#include "support/unit.h"

#include "base/check.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/rng.h"
#include "dist/master_session.h"
#include "dist/seal.h"
#include "dist/worker_session.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MS ACRI_NS_PER_MS
#define SECOND ACRI_NS_PER_S
#define CLUSTER_WORKERS 64
#define CLUSTER_PEERS 256 /* identities that a master gets to know */
#define CLUSTER_TICK (5 * MS)

struct cluster_frame {
    struct cluster_frame *next;
    uint64_t due_ns;
    uint32_t pipe;
    int to; /* worker, or -1: the master */
    size_t n_bytes;
    unsigned char bytes[];
};

struct cluster_worker {
    struct acri_worker_session *session; /* NULL: not there */
    int id;
    bool is_link_busy; /* takes nothing: -EAGAIN */
    bool is_stalled;   /* the process does not run */
    uint32_t pipe;
    uint64_t cut_until_ns;
    uint64_t offset_ns; /* of its clock */
    int64_t wall_skew_ns;
    uint64_t next_ns;
    uint64_t to_master_ns, to_worker_ns; /* no frame of this pipe arrives before */
    unsigned char first_uuid[16];

    uint64_t given; /* reports */
    uint64_t sum;
    uint64_t n_joined, n_desired, n_orphaned, n_gone, n_refused, n_redials;
    uint64_t orphaned_at_ns, gone_at_ns, joined_at_ns;
    uint32_t index;
    struct acri_desired desired;
    struct acri_observed observed;
    char refusal[256];
    uint64_t sent_messages;
    uint64_t got_life, got_message;
    uint64_t got_bytes;
};

/* What a master knows of a worker, by uuid: reports in memory, and those of them on disk. */
struct cluster_peer {
    unsigned char uuid[16];
    struct acri_worker_info info;
    uint32_t index; /* in this life of the master */
    bool is_known;  /* in this life */
    uint64_t seq, sum;
    uint64_t durable_seq, durable_sum;
    uint64_t durable_at_ns; /* when what is in memory will be on disk; 0: nothing to do */
    uint64_t writing_seq, writing_sum;
    uint64_t n_joined, n_lost, n_returned, n_left, n_deceased, n_observed;
    uint64_t lost_at_ns, returned_at_ns;
    uint64_t missing; /* reports, as told by JOINED or RETURNED */
    uint64_t got_message;
    uint64_t sent_messages; /* in this life */
    uint64_t wanted;        /* iterations */
    struct acri_observed observed;
};

struct cluster {
    uint64_t now_ns;
    struct acri_rng rng;
    unsigned char key[32];
    struct acri_master_session *master; /* NULL: not there */
    uint64_t life;                      /* of the master */
    uint64_t master_offset_ns;
    uint64_t master_next_ns;
    bool is_master_stalled;
    double loss, repeats;
    uint64_t least_delay_ns, most_delay_ns;
    uint64_t durable_delay_ns;
    uint32_t next_pipe;
    struct cluster_frame *frames; /* by time */
    struct cluster_worker workers[CLUSTER_WORKERS];
    struct cluster_peer peers[CLUSTER_PEERS];
    int n_peers;
    uint64_t n_frames, n_lost_frames, n_restarts;
    void (*tap)(int to, const void *frame, size_t n_bytes); /* sees each frame; NULL: none */
};

static struct cluster c;

static inline uint64_t cluster_below(uint64_t n)
{
    return acri_rng_below(&c.rng, n);
}

static inline bool cluster_chance(double p)
{
    return acri_rng_unit(&c.rng) < p;
}

static inline uint64_t worker_now(const struct cluster_worker *w)
{
    acri_clock_fake((uint64_t)((int64_t)c.now_ns + w->wall_skew_ns));
    return c.now_ns + w->offset_ns;
}

static inline uint64_t master_now(void)
{
    acri_clock_fake(c.now_ns);
    return c.now_ns + c.master_offset_ns;
}

/* What a report counts: something that only this one has. */
static inline uint64_t cluster_value(int worker, uint64_t seq)
{
    return ((uint64_t)worker + 1) * 1000003 + seq * seq;
}

static void cluster_queue(uint64_t due_ns, uint32_t pipe, int to, const void *bytes, size_t n)
{
    struct cluster_frame *f = malloc(sizeof(*f) + n);
    struct cluster_frame **at = &c.frames;

    assert_non_null(f);
    *f = (struct cluster_frame){ .due_ns = due_ns, .pipe = pipe, .to = to, .n_bytes = n };
    memcpy(f->bytes, bytes, n);
    while (*at != NULL && (*at)->due_ns <= due_ns)
        at = &(*at)->next;
    f->next = *at;
    *at = f;
    c.n_frames++;
}

static void cluster_carry(struct cluster_worker *w, uint64_t *in_order_ns, int to,
                          const void *frame, size_t n)
{
    uint64_t due_ns =
        c.now_ns + c.least_delay_ns + cluster_below(c.most_delay_ns - c.least_delay_ns + 1);

    assert_true(n <= ACRI_LINK_FRAME_MAX);
    if (c.tap != NULL)
        c.tap(to, frame, n);
    if (c.now_ns < w->cut_until_ns || cluster_chance(c.loss)) {
        c.n_lost_frames++;
        return;
    }
    if (due_ns < *in_order_ns)
        due_ns = *in_order_ns;
    *in_order_ns = due_ns;
    cluster_queue(due_ns, w->pipe, to, frame, n);
    if (cluster_chance(c.repeats))
        cluster_queue(due_ns + cluster_below(50 * MS), w->pipe, to, frame, n);
}

static int worker_send(void *arg, uint32_t pipe, const void *frame, size_t n)
{
    struct cluster_worker *w = arg;

    assert_int_equal(pipe, 0);
    if (w->is_link_busy)
        return -EAGAIN;
    cluster_carry(w, &w->to_master_ns, -1, frame, n);
    return 0;
}

/* A new connection. What was on its way in the old one may be gone, or come late. */
static void cluster_break(struct cluster_worker *w)
{
    struct cluster_frame **at = &c.frames;

    while (*at != NULL) {
        struct cluster_frame *f = *at;

        if (f->pipe == w->pipe && (f->to >= 0 || cluster_chance(0.5))) {
            *at = f->next;
            free(f);
        } else {
            at = &f->next;
        }
    }
    w->pipe = ++c.next_pipe;
    w->to_master_ns = 0;
    w->to_worker_ns = 0;
}

static void worker_redial(void *arg)
{
    struct cluster_worker *w = arg;

    w->n_redials++;
    cluster_break(w);
}

static int master_send(void *arg, uint32_t pipe, const void *frame, size_t n)
{
    (void)arg;
    for (int i = 0; i < CLUSTER_WORKERS; i++) {
        struct cluster_worker *w = &c.workers[i];

        if (w->session != NULL && w->pipe == pipe) {
            cluster_carry(w, &w->to_worker_ns, i, frame, n);
            break;
        }
    }
    return 0;
}

/* Messages say who sent them, in which life, their number, and are filled up. */
struct cluster_letter {
    uint64_t life;
    uint64_t number;
    uint64_t n_bytes;
};

static void check_letter(const void *bytes, size_t n, struct cluster_letter *ret_letter)
{
    const unsigned char *from = bytes;

    assert_true(n >= sizeof(*ret_letter));
    memcpy(ret_letter, bytes, sizeof(*ret_letter));
    assert_int_equal(ret_letter->n_bytes, n);
    for (size_t i = sizeof(*ret_letter); i < n; i += 997)
        assert_int_equal(from[i], (unsigned char)(ret_letter->number + i));
}

static void *new_letter(uint64_t life, uint64_t number, size_t n)
{
    struct cluster_letter letter = { .life = life, .number = number, .n_bytes = n };
    unsigned char *bytes = malloc(n);

    assert_non_null(bytes);
    for (size_t i = 0; i < n; i++)
        bytes[i] = (unsigned char)(number + i);
    memcpy(bytes, &letter, sizeof(letter));
    return bytes;
}

static void worker_told(void *arg, struct acri_worker_event *e)
{
    struct cluster_worker *w = arg;
    struct cluster_letter letter;

    switch ((enum acri_worker_event_kind)e->kind) {
    case ACRI_WORKER_JOINED:
        w->n_joined++;
        w->index = e->index;
        w->joined_at_ns = c.now_ns;
        break;
    case ACRI_WORKER_DESIRED:
        w->n_desired++;
        w->desired = e->desired;
        break;
    case ACRI_WORKER_MESSAGE:
        assert_string_equal(e->type, "down");
        check_letter(e->bytes, e->n_bytes, &letter);
        if (letter.life != w->got_life)
            w->got_message = 0;
        assert_int_equal(letter.number, w->got_message + 1);
        w->got_life = letter.life;
        w->got_message = letter.number;
        w->got_bytes += e->n_bytes;
        break;
    case ACRI_WORKER_ORPHANED:
        w->n_orphaned++;
        w->orphaned_at_ns = c.now_ns;
        break;
    case ACRI_WORKER_GONE:
        w->n_gone++;
        w->gone_at_ns = c.now_ns;
        break;
    case ACRI_WORKER_REFUSED:
        w->n_refused++;
        snprintf(w->refusal, sizeof(w->refusal), "%s", e->type);
        break;
    }
    acri_worker_event_free(e);
}

static struct cluster_peer *peer_of(const unsigned char *uuid)
{
    struct cluster_peer *p;

    for (int i = 0; i < c.n_peers; i++)
        if (memcmp(c.peers[i].uuid, uuid, 16) == 0)
            return &c.peers[i];
    assert_true(c.n_peers < CLUSTER_PEERS);
    p = &c.peers[c.n_peers++];
    memcpy(p->uuid, uuid, 16);
    return p;
}

static void report_told(struct cluster_peer *p, const struct acri_master_event *e)
{
    uint64_t head[2];

    assert_int_equal(e->seq, p->seq + 1);
    assert_int_equal(e->run_id, 7);
    assert_int_equal(e->epoch, e->seq / 10);
    assert_true(e->n_bytes >= sizeof(head));
    memcpy(head, e->bytes, sizeof(head));
    assert_int_equal(head[1], cluster_value((int)head[0], e->seq));
    p->seq = e->seq;
    p->sum += head[1];
    if (p->durable_at_ns == 0) {
        p->writing_seq = p->seq;
        p->writing_sum = p->sum;
        p->durable_at_ns = c.now_ns + 1 + cluster_below(c.durable_delay_ns + 1);
    }
}

static void message_told(struct cluster_peer *p, const struct acri_master_event *e)
{
    struct cluster_letter letter;

    assert_string_equal(e->type, "up");
    check_letter(e->bytes, e->n_bytes, &letter);
    /* Another master may get again what the one before it had not acknowledged. */
    if (p->got_message != UINT64_MAX)
        assert_int_equal(letter.number, p->got_message + 1);
    p->got_message = letter.number;
}

static void master_told(void *arg, struct acri_master_event *e)
{
    struct cluster_peer *p = peer_of(acri_master_session_uuid(c.master, e->worker));

    (void)arg;
    p->is_known = true;
    p->index = e->worker;
    switch ((enum acri_master_event_kind)e->kind) {
    case ACRI_MASTER_JOINED:
        p->n_joined++;
        p->info = e->info;
        p->missing += e->seq;
        p->seq += e->seq;
        break;
    case ACRI_MASTER_RETURNED:
        p->n_returned++;
        p->returned_at_ns = c.now_ns;
        p->missing += e->seq;
        p->seq += e->seq;
        break;
    case ACRI_MASTER_LOST:
        p->n_lost++;
        p->lost_at_ns = c.now_ns;
        break;
    case ACRI_MASTER_LEFT:
        p->n_left++;
        break;
    case ACRI_MASTER_OBSERVED:
        p->n_observed++;
        p->observed = e->observed;
        break;
    case ACRI_MASTER_REPORT:
        report_told(p, e);
        break;
    case ACRI_MASTER_MESSAGE:
        message_told(p, e);
        break;
    case ACRI_MASTER_DECEASED:
        p->n_deceased++;
        p->observed = e->observed;
        acri_master_session_bury(c.master, e->worker);
        break;
    }
    acri_master_event_free(e);
}

static void master_start(void)
{
    struct acri_master_session_options o = { .epoch = ++c.life, .missing_s = 3, .version = "1" };
    struct acri_link link = { .send = master_send };

    memcpy(o.key, c.key, sizeof(o.key));
    c.master_offset_ns = (1 + cluster_below(1000)) * SECOND;
    c.master = acri_master_session_new(&o, link, master_told, NULL, master_now());
    c.master_next_ns = c.now_ns;
    for (int i = 0; i < c.n_peers; i++) {
        struct cluster_peer *p = &c.peers[i];

        if (p->is_known && p->n_left == 0)
            acri_master_session_restore(c.master, p->uuid, p->index, &p->info, p->durable_seq);
        p->is_known = p->is_known && p->n_left == 0;
        p->wanted = 0;
        p->sent_messages = 0;
        p->got_message = UINT64_MAX;
    }
}

/* kill -9: what was not on disk never happened; connections break. */
static void master_kill(void)
{
    acri_master_session_free(c.master);
    c.master = NULL;
    for (int i = 0; i < c.n_peers; i++) {
        c.peers[i].seq = c.peers[i].durable_seq;
        c.peers[i].sum = c.peers[i].durable_sum;
        c.peers[i].durable_at_ns = 0;
        /* Some that have nothing on disk are not known there at all. */
        if (c.peers[i].durable_seq == 0 && cluster_chance(0.5))
            c.peers[i].is_known = false;
    }
    for (int i = 0; i < CLUSTER_WORKERS; i++)
        cluster_break(&c.workers[i]);
    c.n_restarts++;
}

static void worker_options(int i, struct acri_worker_session_options *o)
{
    *o = (struct acri_worker_session_options){ .orphan_s = 30,
                                               .master_gone_s = 600,
                                               .random = cluster_below(UINT64_MAX) };
    memcpy(o->key, c.key, sizeof(o->key));
    for (size_t j = 0; j < sizeof(o->uuid); j++)
        o->uuid[j] = (unsigned char)cluster_below(256);
    snprintf(o->info.name, sizeof(o->info.name), "worker %d", i);
    snprintf(o->info.host, sizeof(o->info.host), "host %d", i % 4);
    o->info.n_cpus = 2;
}

static struct cluster_worker *worker_start(int i, const struct acri_worker_session_options *o)
{
    struct cluster_worker *w = &c.workers[i];
    struct acri_link link = { .arg = w, .send = worker_send, .redial = worker_redial };

    *w = (struct cluster_worker){ .id = i, .pipe = ++c.next_pipe };
    w->offset_ns = (1 + cluster_below(100000)) * SECOND;
    w->wall_skew_ns = (int64_t)cluster_below(20 * 3600) * (int64_t)SECOND;
    memcpy(w->first_uuid, o->uuid, 16);
    w->session = acri_worker_session_new(o, link, worker_told, w, worker_now(w));
    w->next_ns = c.now_ns;
    return w;
}

static struct cluster_worker *worker_add(int i)
{
    struct acri_worker_session_options o;

    worker_options(i, &o);
    return worker_start(i, &o);
}

static void worker_end(struct cluster_worker *w)
{
    acri_worker_session_free(w->session);
    w->session = NULL;
}

static void worker_report(struct cluster_worker *w, size_t n_bytes)
{
    unsigned char *bytes = calloc(1, n_bytes + 16);
    uint64_t head[2] = { (uint64_t)w->id, cluster_value(w->id, ++w->given) };

    assert_non_null(bytes);
    memcpy(bytes, head, sizeof(head));
    w->sum += head[1];
    acri_worker_session_report(w->session, worker_now(w), w->given, 7, w->given / 10, bytes,
                               n_bytes < 16 ? 16 : n_bytes);
    free(bytes);
}

static void worker_write(struct cluster_worker *w, size_t n_bytes)
{
    void *letter = new_letter(0, w->sent_messages + 1, n_bytes + sizeof(struct cluster_letter));

    if (acri_worker_session_send(w->session, worker_now(w), "up", letter,
                                 n_bytes + sizeof(struct cluster_letter)) == 0)
        w->sent_messages++;
    free(letter);
}

static void master_write(struct cluster_peer *p, size_t n_bytes)
{
    void *letter =
        new_letter(c.life, p->sent_messages + 1, n_bytes + sizeof(struct cluster_letter));

    if (acri_master_session_send(c.master, master_now(), p->index, "down", letter,
                                 n_bytes + sizeof(struct cluster_letter)) == 0)
        p->sent_messages++;
    free(letter);
}

static void master_want(struct cluster_peer *p, uint64_t mark)
{
    struct acri_desired d = { .phase = ACRI_PHASE_RUN, .iterations = mark, .n_types = 3 };

    p->wanted = mark;
    d.users[2] = mark;
    acri_master_session_want(c.master, master_now(), p->index, &d);
}

static struct cluster_peer *peer_of_worker(const struct cluster_worker *w)
{
    return peer_of(acri_worker_session_uuid(w->session));
}

/* A frame whose turn it is; those to processes that do not run wait. */
static struct cluster_frame *cluster_next(void)
{
    for (struct cluster_frame **at = &c.frames; *at != NULL && (*at)->due_ns <= c.now_ns;
         at = &(*at)->next) {
        struct cluster_frame *f = *at;

        if (f->to < 0 ? !c.is_master_stalled : !c.workers[f->to].is_stalled) {
            *at = f->next;
            return f;
        }
    }
    return NULL;
}

static void cluster_deliver(void)
{
    struct cluster_frame *f;

    while ((f = cluster_next()) != NULL) {
        struct cluster_worker *w = f->to >= 0 ? &c.workers[f->to] : NULL;

        if (w == NULL && c.master != NULL)
            acri_master_session_frame(c.master, master_now(), f->pipe, f->bytes, f->n_bytes);
        else if (w != NULL && w->session != NULL && w->pipe == f->pipe)
            acri_worker_session_frame(w->session, worker_now(w), f->bytes, f->n_bytes);
        free(f);
    }
}

static void cluster_commit(void)
{
    for (int i = 0; i < c.n_peers && c.master != NULL; i++) {
        struct cluster_peer *p = &c.peers[i];

        if (p->durable_at_ns == 0 || c.now_ns < p->durable_at_ns)
            continue;
        p->durable_seq = p->writing_seq;
        p->durable_sum = p->writing_sum;
        p->durable_at_ns = 0;
        acri_master_session_durable(c.master, master_now(), p->index, p->durable_seq);
        if (p->durable_seq < p->seq) {
            p->writing_seq = p->seq;
            p->writing_sum = p->sum;
            p->durable_at_ns = c.now_ns + 1 + cluster_below(c.durable_delay_ns + 1);
        }
    }
}

static void cluster_tick(void)
{
    c.now_ns += CLUSTER_TICK;
    cluster_deliver();
    if (!c.is_master_stalled)
        cluster_commit();
    if (c.master != NULL && !c.is_master_stalled && c.now_ns >= c.master_next_ns)
        c.master_next_ns = acri_master_session_step(c.master, master_now()) - c.master_offset_ns;
    for (int i = 0; i < CLUSTER_WORKERS; i++) {
        struct cluster_worker *w = &c.workers[i];

        if (w->session == NULL || w->is_stalled || c.now_ns < w->next_ns)
            continue;
        w->next_ns = acri_worker_session_step(w->session, worker_now(w));
        w->next_ns = w->next_ns == UINT64_MAX ? UINT64_MAX : w->next_ns - w->offset_ns;
        /* Calls and frames between may have brought something nearer; so a thread asks again. */
        if (w->next_ns > c.now_ns + 50 * MS)
            w->next_ns = c.now_ns + 50 * MS;
    }
}

static void cluster_run(uint64_t for_ns)
{
    for (uint64_t end_ns = c.now_ns + for_ns; c.now_ns < end_ns;)
        cluster_tick();
}

static void cluster_begin(uint64_t seed)
{
    memset(&c, 0, sizeof(c));
    acri_log_set_level(getenv("CLUSTER_LOG") != NULL ? ACRI_LOG_DEBUG : ACRI_LOG_ERROR + 1);
    c.now_ns = 5000 * SECOND;
    /* CLUSTER_SEED=n: other troubles than usual. */
    acri_rng_init(&c.rng, seed,
                  getenv("CLUSTER_SEED") ? strtoull(getenv("CLUSTER_SEED"), NULL, 10) : 0);
    assert_int_equal(acri_seal_setup(), 0);
    for (size_t i = 0; i < sizeof(c.key); i++)
        c.key[i] = (unsigned char)cluster_below(256);
    c.least_delay_ns = 100 * ACRI_NS_PER_US;
    c.most_delay_ns = 2 * MS;
    c.durable_delay_ns = 300 * MS;
}

static void cluster_end(void)
{
    for (int i = 0; i < CLUSTER_WORKERS; i++)
        worker_end(&c.workers[i]);
    if (c.master != NULL)
        acri_master_session_free(c.master);
    while (c.frames != NULL) {
        struct cluster_frame *f = c.frames;

        c.frames = f->next;
        free(f);
    }
    acri_clock_fake(0);
    acri_log_set_level(ACRI_LOG_INFO);
}

#endif

/* SPDX-License-Identifier: MIT */
#include "dist/master.h"

#include "base/clock.h"
#include "base/log.h"
#include "dist/board.h"
#include "dist/journal.h"
#include "dist/master_past.h"
#include "dist/master_session.h"
#include "dist/queue.h"
#include "dist/seal.h"
#include "dist/transport.h"
#include "dist/unsure.h"
#include "dist/worker.h"
#include "sched/thread.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#define PUBLISH_NS (200 * ACRI_NS_PER_MS)
#define FINISH_NS (5 * ACRI_NS_PER_S)
#define STRANGERS_MAX 1000u
#define RECYCLE_NS (10 * ACRI_NS_PER_S) /* between two times */
#define MESSAGES_MAX 65536u
#define MESSAGE_BYTES_MAX ((size_t)256 * 1024 * 1024)

enum command_kind { WANT, SEND, BURY, STOP };

struct command {
    struct command *next; /* among messages that wait for a session */
    enum command_kind kind;
    uint32_t worker;
    uint64_t number; /* of the record that has to be on disk before; 0 = none */
    struct acri_desired desired;
    char *type;
    void *bytes;
    size_t n_bytes;
};

/* The thread's own about a worker. */
struct peer {
    bool is_written; /* the journal knows it */
};

struct acri_master {
    struct acri_thread thread;
    struct acri_queue events;     /* for main */
    struct acri_queue commands;   /* for the thread */
    struct acri_journal *journal; /* NULL: none */
    uint64_t taken;               /* main's own: the record of the last report that it took */
    uint64_t noted;               /* main's own: that of its last note */

    struct acri_board board; /* what main may know of workers without asking */

    pthread_mutex_t lock;
    /* With the lock: messages that the sessions have not taken yet. */
    uint64_t n_messages;
    size_t n_message_bytes;

    /* The thread's own: */
    struct acri_transport *transport;
    struct acri_master_session *session;
    struct peer *peers;
    size_t n_peers;
    struct acri_unsure unsure;
    struct command *first_message; /* the session has no room for */
    struct command *last_message;
    struct command *unwritten; /* that wait for the disk, the last one first */
    uint64_t durable;          /* records up to this one are on disk */
    uint64_t now_ns;
    uint64_t publish_ns;
    uint64_t recycle_ns;
    bool is_stopping;
};

/* --- reports until they are on disk -------------------------------------------------------------
 */

static struct peer *peer_of(struct acri_master *m, uint32_t worker)
{
    m->peers = acri_grow(m->peers, &m->n_peers, (size_t)worker + 1, sizeof(*m->peers));
    return &m->peers[worker];
}

static void tell_durable(void *arg, uint32_t worker, uint64_t seq)
{
    struct acri_master *m = arg;

    acri_master_session_durable(m->session, m->now_ns, worker, seq);
}

static void follow(struct acri_master *m, struct command *c);

/* In their order. */
static void follow_written(struct acri_master *m)
{
    struct command *c = m->unwritten;
    struct command *written = NULL;

    m->unwritten = NULL;
    for (struct command *next; c != NULL; c = next) {
        next = c->next;
        c->next = written;
        written = c;
    }
    for (struct command *next; written != NULL; written = next) {
        next = written->next;
        follow(m, written);
    }
}

static void acknowledge(struct acri_master *m)
{
    m->durable = m->journal != NULL ? acri_journal_durable(m->journal) : UINT64_MAX;
    acri_unsure_settle(&m->unsure, m->durable, tell_durable, m);
    follow_written(m);
}

/* Before the first report of a worker the journal says who it is. */
static void introduce(struct acri_master *m, const struct acri_master_event *e)
{
    struct peer *p = peer_of(m, e->worker);
    struct acri_journal_record r = { .kind = ACRI_JOURNAL_WORKER,
                                     .worker = e->worker,
                                     .info = &e->info };
    const unsigned char *uuid = acri_master_session_uuid(m->session, e->worker);

    if (p->is_written || uuid == NULL)
        return;
    memcpy(r.uuid, uuid, sizeof(r.uuid));
    acri_journal_add(m->journal, &r);
    p->is_written = true;
}

static uint64_t write_report(struct acri_master *m, const struct acri_master_event *e)
{
    return acri_journal_add(m->journal, &(struct acri_journal_record){ .kind = ACRI_JOURNAL_REPORT,
                                                                       .worker = e->worker,
                                                                       .seq = e->seq,
                                                                       .run_id = e->run_id,
                                                                       .epoch = e->epoch,
                                                                       .bytes = e->bytes,
                                                                       .n_bytes = e->n_bytes });
}

/* --- events -------------------------------------------------------------------------------------
 */

static void publish(struct acri_master *m, uint32_t worker)
{
    struct acri_master_health health;

    if (acri_master_session_health(m->session, m->now_ns, worker, &health))
        acri_board_put(&m->board, m->now_ns, worker, &health);
}

static void free_event(void *item)
{
    acri_master_event_free(item);
}

static void tell(void *arg, struct acri_master_event *e)
{
    struct acri_master *m = arg;
    uint64_t number = 0;

    if (m->journal != NULL && e->kind == ACRI_MASTER_JOINED)
        introduce(m, e);
    if (e->kind == ACRI_MASTER_REPORT) {
        if (m->journal != NULL)
            number = write_report(m, e);
        acri_unsure_put(&m->unsure, number, e->worker, e->seq);
    } else if (e->kind != ACRI_MASTER_OBSERVED && e->kind != ACRI_MASTER_MESSAGE) {
        publish(m, e->worker);
    }
    /* Of what a worker does only the latest is of interest, but behind the reports before it. */
    acri_master_event_free(
        acri_queue_put(&m->events, e->kind == ACRI_MASTER_OBSERVED ? e->worker + 1 : 0, number, e));
}

int acri_master_fd(const struct acri_master *m)
{
    return m->events.fd;
}

struct acri_master_event *acri_master_next(struct acri_master *m)
{
    uint64_t number = 0;
    struct acri_master_event *e = acri_queue_take(&m->events, &number);

    if (e != NULL && number > m->taken)
        m->taken = number;
    return e;
}

/* --- the thread ---------------------------------------------------------------------------------
 */

static void free_command(void *item)
{
    struct command *c = item;

    if (c == NULL)
        return;
    free(c->type);
    free(c->bytes);
    free(c);
}

/* In their order: who has no room for one lets all wait, until it has or is lost. */
static void give_messages(struct acri_master *m)
{
    while (m->first_message != NULL) {
        struct command *c = m->first_message;

        if (!acri_master_session_has_room(m->session, c->worker, c->n_bytes))
            return;
        m->first_message = c->next;
        /* A worker that has gone meanwhile gets none. */
        acri_master_session_send(m->session, m->now_ns, c->worker, c->type, c->bytes, c->n_bytes);
        pthread_mutex_lock(&m->lock);
        m->n_messages--;
        m->n_message_bytes -= c->n_bytes;
        pthread_mutex_unlock(&m->lock);
        free_command(c);
    }
}

/* Owner of the command: the function. */
static void follow(struct acri_master *m, struct command *c)
{
    if (c->number > m->durable) {
        c->next = m->unwritten;
        m->unwritten = c;
        return;
    }
    if (c->kind == SEND) {
        c->next = NULL;
        if (m->first_message == NULL)
            m->first_message = c;
        else
            m->last_message->next = c;
        m->last_message = c;
        give_messages(m);
        return;
    }
    if (c->kind == BURY)
        acri_master_session_bury(m->session, c->worker);
    else if (c->kind == WANT)
        acri_master_session_want(m->session, m->now_ns, c->worker, &c->desired);
    else
        m->is_stopping = true;
    free_command(c);
}

static void take_frame(void *arg, uint32_t pipe, const void *frame, size_t n_bytes)
{
    struct acri_master *m = arg;

    acri_master_session_frame(m->session, m->now_ns, pipe, frame, n_bytes);
}

/* Connections that say nothing valid hold descriptors, and nobody can close just them. */
static void mind_strangers(struct acri_master *m)
{
    const uint64_t n = acri_transport_connections(m->transport);
    const uint64_t n_here = acri_master_session_n_here(m->session);
    struct acri_error error = { "" };

    if (n <= n_here + STRANGERS_MAX || m->now_ns < m->recycle_ns)
        return;
    m->recycle_ns = m->now_ns + RECYCLE_NS;
    acri_log_warning("%" PRIu64 " connections to the master's port are of no worker: closing all; "
                     "workers come back",
                     n - n_here);
    if (acri_transport_recycle(m->transport, &error) < 0)
        acri_log_error("cannot open the master's port again: %s; going on trying", error.text);
}

static void publish_all(struct acri_master *m)
{
    const size_t n = acri_board_size(&m->board);

    m->publish_ns = m->now_ns + PUBLISH_NS;
    acri_board_put_dropped(&m->board, acri_master_session_dropped(m->session));
    for (size_t i = 0; i < n; i++)
        publish(m, (uint32_t)i);
}

/* Workers hear what has got to the disk: else they would keep it for the next master. */
static void finish(struct acri_master *m)
{
    const uint64_t until_ns = m->now_ns + FINISH_NS;

    while (!acri_unsure_is_empty(&m->unsure) && m->journal != NULL && m->now_ns < until_ns) {
        struct pollfd p = { .fd = acri_journal_fd(m->journal), .events = POLLIN };

        poll(&p, 1, acri_clock_timeout_ms(m->now_ns, until_ns));
        m->now_ns = acri_clock_now_ns();
        acknowledge(m);
    }
}

static void run(void *arg)
{
    struct acri_master *m = arg;
    uint64_t next_ns = 0;

    while (!m->is_stopping) {
        struct pollfd fds[] = {
            { .fd = m->commands.fd, .events = POLLIN },
            { .fd = acri_transport_fd(m->transport), .events = POLLIN },
            { .fd = m->journal != NULL ? acri_journal_fd(m->journal) : -1, .events = POLLIN },
        };
        struct command *c;

        poll(fds, sizeof(fds) / sizeof(fds[0]), acri_clock_timeout_ms(m->now_ns, next_ns));
        m->now_ns = acri_clock_now_ns();
        acri_transport_receive(m->transport, take_frame, m);
        while ((c = acri_queue_take(&m->commands, NULL)) != NULL)
            follow(m, c);
        give_messages(m);
        acknowledge(m);
        next_ns = acri_master_session_step(m->session, m->now_ns);
        if (m->now_ns >= m->publish_ns) {
            publish_all(m);
            mind_strangers(m);
        }
        next_ns = next_ns < m->publish_ns ? next_ns : m->publish_ns;
    }
    finish(m);
}

/* --- starting -----------------------------------------------------------------------------------
 */

static int send_frame(void *arg, uint32_t pipe, const void *frame, size_t n_bytes)
{
    struct acri_master *m = arg;

    return acri_transport_send(m->transport, pipe, frame, n_bytes);
}

static void set_up(struct acri_master *m, const struct acri_master_options *o,
                   const struct acri_master_past *past)
{
    const uint64_t real_s = acri_clock_real_ns() / ACRI_NS_PER_S;
    struct acri_master_session_options options = { .missing_s = o->missing_s,
                                                   .version = o->version };

    /* Above that of each start before: also of those without the journal, by the clock. */
    options.epoch = (past->epoch + 1 > real_s ? past->epoch + 1 : real_s) & UINT32_MAX;
    if (o->key != NULL)
        memcpy(options.key, o->key, sizeof(options.key));
    m->now_ns = acri_clock_now_ns();
    m->session = acri_master_session_new(
        &options, (struct acri_link){ .arg = m, .send = send_frame }, tell, m, m->now_ns);
    explicit_bzero(options.key, sizeof(options.key));
    for (uint32_t i = 0; i < past->n; i++) {
        const struct acri_master_past_worker *w = &past->workers[i];

        if (!w->is_known)
            continue;
        acri_master_session_restore(m->session, w->uuid, i, &w->info, w->have);
        peer_of(m, i)->is_written = true;
        publish(m, i);
    }
    if (m->journal != NULL)
        acri_journal_add(m->journal, &(struct acri_journal_record){ .kind = ACRI_JOURNAL_START,
                                                                    .epoch = options.epoch });
}

static void free_master(struct acri_master *m)
{
    m->durable = UINT64_MAX;
    follow_written(m);
    acri_journal_close(m->journal);
    acri_master_session_free(m->session);
    if (m->transport != NULL)
        acri_transport_free(m->transport);
    while (m->first_message != NULL) {
        struct command *c = m->first_message;

        m->first_message = c->next;
        free_command(c);
    }
    acri_queue_done(&m->commands, free_command);
    acri_queue_done(&m->events, free_event);
    pthread_mutex_destroy(&m->lock);
    acri_board_done(&m->board);
    free(m->peers);
    acri_unsure_done(&m->unsure);
    free(m);
}

static int open_all(struct acri_master *m, const struct acri_master_options *o,
                    struct acri_master_past *past, struct acri_error *reterr)
{
    int r = acri_queue_init(&m->events);

    if (r == 0)
        r = acri_queue_init(&m->commands);
    if (r < 0)
        return acri_fail(reterr, r, "cannot start the master: %s", strerror(-r));
    if (o->journal != NULL)
        r = acri_journal_open(o->journal, acri_master_past_take, past, &m->journal, reterr);
    if (m->journal != NULL)
        m->taken = acri_journal_durable(m->journal); /* main has replayed what was there */
    /* Made here, so that a port in use is said at once; from here on it is the thread's. */
    if (r == 0)
        r = acri_transport_bind(o->bind_host, o->bind_port, &m->transport, reterr);
    if (r < 0)
        return r;
    set_up(m, o, past);
    r = acri_thread_start(&m->thread, "cluster", run, m);
    return r < 0 ? acri_fail(reterr, r, "cannot start the cluster thread: %s", strerror(-r)) : 0;
}

int acri_master_start(const struct acri_master_options *o, struct acri_master **ret_master,
                      struct acri_error *reterr)
{
    struct acri_master_past past = { .n = 0 };
    struct acri_master *m;
    int r = acri_seal_setup();

    if (r < 0)
        return acri_fail(reterr, r, "the system gives no random numbers: %s", strerror(-r));
    if (o->key == NULL && !acri_transport_is_loopback(o->bind_host))
        return acri_fail(reterr, -EACCES,
                         "without a key a master listens to its own machine only, and %s is more: "
                         "make a key with acrida keygen and give it to master and workers "
                         "(--cluster-key-file), or bind to 127.0.0.1",
                         o->bind_host);
    m = acri_alloc(sizeof(*m));
    m->events.fd = -1;
    m->commands.fd = -1;
    ACRI_ASSERT(pthread_mutex_init(&m->lock, NULL) == 0);
    acri_board_init(&m->board);
    r = open_all(m, o, &past, reterr);
    acri_master_past_done(&past);
    if (r < 0) {
        free_master(m);
        return r;
    }
    *ret_master = m;
    return 0;
}

/* --- calls of main ------------------------------------------------------------------------------
 */

static struct command *new_command(enum command_kind kind, uint32_t worker)
{
    struct command *c = acri_alloc(sizeof(*c));

    c->kind = kind;
    c->worker = worker;
    return c;
}

void acri_master_stop(struct acri_master *m)
{
    acri_queue_put(&m->commands, 0, 0, new_command(STOP, 0));
    acri_thread_join(&m->thread);
    free_master(m);
}

void acri_master_want(struct acri_master *m, uint32_t worker, const struct acri_desired *d)
{
    struct command *c = new_command(WANT, worker);

    c->desired = *d;
    free_command(acri_queue_put(&m->commands, worker + 1, 0, c));
}

/* number: of the record that has to be on disk before. */
static int send(struct acri_master *m, uint32_t worker, const char *type, const void *bytes,
                size_t n_bytes, uint64_t number, bool has_room)
{
    struct command *c;
    int r = 0;

    if (type[0] == '\0' || strlen(type) > 255)
        return -EINVAL;
    if (n_bytes > ACRI_CLUSTER_MESSAGE_MAX)
        return -EMSGSIZE;
    if (worker != UINT32_MAX && !acri_board_is_here(&m->board, worker))
        return -ENOENT;
    pthread_mutex_lock(&m->lock);
    if (!has_room &&
        (m->n_messages >= MESSAGES_MAX || m->n_message_bytes + n_bytes > MESSAGE_BYTES_MAX))
        r = -ENOBUFS;
    if (r == 0) {
        m->n_messages++;
        m->n_message_bytes += n_bytes;
    }
    pthread_mutex_unlock(&m->lock);
    if (r < 0)
        return r;
    c = new_command(SEND, worker);
    c->type = acri_strdup(type);
    c->bytes = acri_alloc(n_bytes);
    if (n_bytes > 0)
        memcpy(c->bytes, bytes, n_bytes);
    c->n_bytes = n_bytes;
    c->number = number;
    acri_queue_put(&m->commands, 0, 0, c);
    return 0;
}

int acri_master_send(struct acri_master *m, uint32_t worker, const char *type, const void *bytes,
                     size_t n_bytes)
{
    return send(m, worker, type, bytes, n_bytes, 0, false);
}

int acri_master_answer(struct acri_master *m, uint32_t worker, const char *type, const void *bytes,
                       size_t n_bytes, bool is_noted)
{
    if (is_noted && m->journal != NULL)
        acri_journal_hurry(m->journal);
    return send(m, worker, type, bytes, n_bytes, is_noted ? m->noted : 0, true);
}

bool acri_master_health(struct acri_master *m, uint32_t worker,
                        struct acri_master_health *ret_health)
{
    return acri_board_get(&m->board, acri_clock_now_ns(), worker, ret_health);
}

uint64_t acri_master_dropped(struct acri_master *m)
{
    return acri_board_dropped(&m->board);
}

void acri_master_note(struct acri_master *m, const void *bytes, size_t n_bytes)
{
    if (m->journal != NULL)
        m->noted = acri_journal_add(
            m->journal, &(struct acri_journal_record){
                            .kind = ACRI_JOURNAL_NOTE, .bytes = bytes, .n_bytes = n_bytes });
}

void acri_master_bury(struct acri_master *m, uint32_t worker)
{
    struct command *c = new_command(BURY, worker);

    c->number = m->noted;
    acri_queue_put(&m->commands, 0, 0, c);
}

uint64_t acri_master_journal_bytes(struct acri_master *m)
{
    return m->journal != NULL ? acri_journal_bytes(m->journal) : 0;
}

void acri_master_checkpoint(struct acri_master *m, const void *bytes, size_t n_bytes)
{
    if (m->journal != NULL)
        acri_journal_checkpoint(m->journal, m->taken, bytes, n_bytes);
}

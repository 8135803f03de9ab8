/* SPDX-License-Identifier: MIT */
#include "dist/worker.h"

#include "base/clock.h"
#include "base/log.h"
#include "dist/heir.h"
#include "dist/journal_file.h"
#include "dist/ledger_file.h"
#include "dist/queue.h"
#include "dist/seal.h"
#include "dist/self.h"
#include "dist/uplink.h"
#include "dist/worker_session.h"
#include "sched/thread.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { KEY_DESIRED = 1, KEY_OBSERVE = 1 }; /* of the queues: only the latest is kept */
#define MESSAGES_MAX 1024u
#define MESSAGE_BYTES_MAX ((size_t)64 * 1024 * 1024)

/* A report that the ledger file has not, because it is full or there is none. */
struct kept {
    struct kept *next;
    struct acri_ledger_file_report report; /* its bytes are here: */
    unsigned char bytes[];
};

enum command_kind { OBSERVE, REPORT, SEND, LEAVE };

struct command {
    struct command *next; /* among messages that wait for the session */
    enum command_kind kind;
    struct acri_observed observed;
    struct acri_ledger_file_report report; /* its bytes are here: */
    char *type;
    void *bytes;
    size_t n_bytes;
    uint64_t until_ns; /* of LEAVE */
};

struct acri_worker {
    struct acri_thread thread;
    struct acri_queue events;   /* for main */
    struct acri_queue commands; /* for the thread */
    struct acri_worker_session_options options;
    struct acri_worker_info info;

    pthread_mutex_t lock;
    /* With the lock: */
    struct acri_ledger_file *file; /* NULL: reports are in memory only */
    struct kept *first_kept;
    struct kept *last_kept;
    unsigned char uuid[16];
    uint64_t last_seq;
    uint64_t acknowledged;
    uint64_t n_messages; /* given, and not taken by the session yet */
    size_t n_message_bytes;
    uint64_t saved; /* reports up to here are in a file for `acrida merge` */
    bool is_full;   /* said so */

    /* Main's own: counters when there is no file. */
    uint64_t live_run;
    struct acri_tally live[ACRI_WORKER_LOOPS];

    /* The thread's own: */
    struct acri_uplink *uplink;
    struct acri_worker_session *session;
    struct acri_heir *heir;
    uint64_t now_ns;
    struct command *first_message; /* the session has no room for */
    struct command *last_message;
    bool is_joined;
    bool is_refused;
    bool is_leaving;
    bool has_said_leave;
    uint64_t until_ns;
};

/* --- events -------------------------------------------------------------------------------------
 */

static void free_event(void *item)
{
    acri_worker_event_free(item);
}

static void tell(void *arg, struct acri_worker_event *e)
{
    struct acri_worker *w = arg;

    if (e->kind == ACRI_WORKER_JOINED)
        w->is_joined = true;
    if (e->kind == ACRI_WORKER_REFUSED)
        w->is_refused = true;
    acri_worker_event_free(
        acri_queue_put(&w->events, e->kind == ACRI_WORKER_DESIRED ? KEY_DESIRED : 0, 0, e));
}

static void mind_refusal(struct acri_worker *w)
{
    const char *refusal = acri_uplink_refusal(w->uplink);
    struct acri_worker_event *e;

    if (refusal == NULL || w->is_refused)
        return;
    e = acri_alloc(sizeof(*e));
    e->kind = ACRI_WORKER_REFUSED;
    e->type = acri_strdup(refusal);
    tell(w, e);
}

int acri_worker_fd(const struct acri_worker *w)
{
    return w->events.fd;
}

struct acri_worker_event *acri_worker_next(struct acri_worker *w)
{
    return acri_queue_take(&w->events, NULL);
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

/* Returns: false: the session has no room for it now. */
static bool give_message(struct acri_worker *w, struct command *c)
{
    int r = acri_worker_session_send(w->session, w->now_ns, c->type, c->bytes, c->n_bytes);

    if (r == -ENOBUFS)
        return false;
    pthread_mutex_lock(&w->lock);
    w->n_messages--;
    w->n_message_bytes -= c->n_bytes;
    pthread_mutex_unlock(&w->lock);
    if (r < 0)
        acri_log_error("a message of type \"%s\" cannot be sent: %s", c->type, strerror(-r));
    free_command(c);
    return true;
}

static void give_messages(struct acri_worker *w)
{
    while (w->first_message != NULL) {
        struct command *next = w->first_message->next;

        if (!give_message(w, w->first_message))
            return;
        w->first_message = next;
    }
}

/* Owner of the command: the function. */
static void follow(struct acri_worker *w, struct command *c)
{
    switch (c->kind) {
    case OBSERVE:
        acri_worker_session_observe(w->session, w->now_ns, &c->observed);
        break;
    case REPORT:
        acri_worker_session_report(w->session, w->now_ns, c->report.seq, c->report.run_id,
                                   c->report.epoch, c->bytes, c->n_bytes);
        break;
    case SEND:
        c->next = NULL;
        if (w->first_message == NULL)
            w->first_message = c;
        else
            w->last_message->next = c;
        w->last_message = c;
        give_messages(w);
        return;
    case LEAVE:
        w->is_leaving = true;
        w->until_ns = c->until_ns;
        break;
    }
    free_command(c);
}

static void take_frame(void *arg, uint32_t pipe, const void *frame, size_t n_bytes)
{
    struct acri_worker *w = arg;

    (void)pipe;
    acri_worker_session_frame(w->session, w->now_ns, frame, n_bytes);
}

/* What the master has need not be kept; and the session may have taken another identity. */
static void settle(struct acri_worker *w)
{
    const uint64_t seq = acri_worker_session_acknowledged(w->session);
    const unsigned char *uuid = acri_worker_session_uuid(w->session);

    pthread_mutex_lock(&w->lock);
    if (memcmp(uuid, w->uuid, sizeof(w->uuid)) != 0) {
        memcpy(w->uuid, uuid, sizeof(w->uuid));
        if (w->file != NULL)
            acri_ledger_file_rename(w->file, uuid);
    }
    if (seq > w->acknowledged) {
        w->acknowledged = seq;
        if (w->file != NULL)
            acri_ledger_file_acknowledge(w->file, seq);
        while (w->first_kept != NULL && w->first_kept->report.seq <= seq) {
            struct kept *k = w->first_kept;

            w->first_kept = k->next;
            free(k);
        }
    }
    pthread_mutex_unlock(&w->lock);
}

/* Returns: whether the thread is done: all is said, or there is nobody to say it to, or it takes
 * too long. */
static bool mind_leaving(struct acri_worker *w)
{
    bool is_all_given;

    if (!w->is_leaving)
        return false;
    if (w->first_message == NULL && !w->has_said_leave) {
        acri_worker_session_leave(w->session, w->now_ns, "the worker ends");
        w->has_said_leave = true;
    }
    pthread_mutex_lock(&w->lock);
    is_all_given = w->acknowledged == w->last_seq;
    pthread_mutex_unlock(&w->lock);
    return w->is_refused || w->now_ns >= w->until_ns ||
           (acri_worker_session_has_left(w->session) && !acri_heir_is_busy(w->heir)) ||
           (!w->is_joined && is_all_given && w->first_message == NULL);
}

static uint64_t earlier(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

/* Returns: when to go on at the latest. */
static uint64_t step(struct acri_worker *w)
{
    uint64_t next_ns;

    give_messages(w);
    next_ns = acri_worker_session_step(w->session, w->now_ns);
    next_ns = earlier(next_ns, acri_uplink_step(w->uplink, w->now_ns));
    mind_refusal(w);
    /* First our own: there is a master, then. */
    if (w->is_joined)
        next_ns = earlier(next_ns, acri_heir_step(w->heir, w->now_ns, w->is_leaving));
    if (w->is_leaving)
        next_ns = earlier(next_ns, w->until_ns);
    return next_ns;
}

static void run(void *arg)
{
    struct acri_worker *w = arg;
    uint64_t next_ns = 0;

    w->now_ns = acri_clock_now_ns();
    while (!mind_leaving(w)) {
        struct pollfd fds[] = { { .fd = w->commands.fd, .events = POLLIN },
                                { .fd = acri_uplink_fd(w->uplink), .events = POLLIN },
                                { .fd = acri_heir_fd(w->heir), .events = POLLIN } };
        struct command *c;

        poll(fds, sizeof(fds) / sizeof(fds[0]), acri_clock_timeout_ms(w->now_ns, next_ns));
        w->now_ns = acri_clock_now_ns();
        acri_uplink_receive(w->uplink, take_frame, w);
        settle(w);
        while ((c = acri_queue_take(&w->commands, NULL)) != NULL)
            follow(w, c);
        next_ns = step(w);
        settle(w);
    }
}

/* --- starting -----------------------------------------------------------------------------------
 */

/* Without a file reports are in memory only; a run is possible, and its loss with the process is
 * said beforehand. */
static void open_file(struct acri_worker *w, const struct acri_worker_options *o,
                      const char *folder)
{
    struct acri_ledger_file_owner owner = { .info = w->info };
    struct acri_error error = { "" };

    memcpy(owner.uuid, w->uuid, sizeof(owner.uuid));
    if (acri_ledger_file_create(folder, o->master_host, o->master_port, &owner, &w->file, &error) <
        0)
        acri_log_warning("%s; what is not yet reported is lost if this worker is killed",
                         error.text);
}

static void free_worker(struct acri_worker *w)
{
    acri_heir_free(w->heir);
    acri_worker_session_free(w->session);
    acri_uplink_free(w->uplink);
    while (w->first_message != NULL) {
        struct command *c = w->first_message;

        w->first_message = c->next;
        free_command(c);
    }
    while (w->first_kept != NULL) {
        struct kept *k = w->first_kept;

        w->first_kept = k->next;
        free(k);
    }
    acri_queue_done(&w->commands, free_command);
    acri_queue_done(&w->events, free_event);
    pthread_mutex_destroy(&w->lock);
    explicit_bzero(&w->options, sizeof(w->options));
    free(w);
}

static void set_up(struct acri_worker *w, const struct acri_worker_options *o)
{
    const char *folder = o->folder != NULL ? o->folder : acri_ledger_file_folder();
    struct acri_heir_options heir = { .folder = folder,
                                      .master_host = o->master_host,
                                      .master_port = o->master_port,
                                      .needs_loopback = o->key == NULL };

    acri_seal_random(w->uuid, sizeof(w->uuid));
    acri_self_describe(&w->info, o);
    memcpy(w->options.uuid, w->uuid, sizeof(w->uuid));
    if (o->key != NULL)
        memcpy(w->options.key, o->key, sizeof(w->options.key));
    memcpy(heir.key, w->options.key, sizeof(heir.key));
    w->options.info = w->info;
    w->options.orphan_s = o->orphan_s > 0 ? o->orphan_s : 30;
    w->options.master_gone_s = o->master_gone_s > 0 ? o->master_gone_s : 600;
    acri_seal_random(&w->options.random, sizeof(w->options.random));
    open_file(w, o, folder);
    w->uplink = acri_uplink_new(o->master_host, o->master_port, o->key == NULL);
    w->session = acri_worker_session_new(&w->options, acri_uplink_link(w->uplink), tell, w,
                                         acri_clock_now_ns());
    w->heir = acri_heir_new(&heir);
    explicit_bzero(&heir, sizeof(heir));
}

int acri_worker_start(const struct acri_worker_options *o, struct acri_worker **ret_worker,
                      struct acri_error *reterr)
{
    struct acri_worker *w;
    int r = acri_seal_setup();

    if (r < 0)
        return acri_fail(reterr, r, "the system gives no random numbers: %s", strerror(-r));
    w = acri_alloc(sizeof(*w));
    ACRI_ASSERT(pthread_mutex_init(&w->lock, NULL) == 0);
    w->commands.fd = -1;
    r = acri_queue_init(&w->events);
    if (r == 0)
        r = acri_queue_init(&w->commands);
    if (r == 0) {
        set_up(w, o);
        r = acri_thread_start(&w->thread, "cluster", run, w);
    }
    if (r < 0) {
        acri_ledger_file_close(w->file, true);
        free_worker(w);
        return acri_fail(reterr, r, "cannot start the cluster thread: %s", strerror(-r));
    }
    *ret_worker = w;
    return 0;
}

/* --- calls of main ------------------------------------------------------------------------------
 */

static struct command *new_command(enum command_kind kind, const void *bytes, size_t n_bytes)
{
    struct command *c = acri_alloc(sizeof(*c));

    c->kind = kind;
    c->bytes = acri_alloc(n_bytes);
    if (n_bytes > 0)
        memcpy(c->bytes, bytes, n_bytes);
    c->n_bytes = n_bytes;
    return c;
}

uint64_t acri_worker_stop(struct acri_worker *w, double patience_s)
{
    struct command *c = new_command(LEAVE, NULL, 0);
    uint64_t n_left;

    c->until_ns = acri_clock_now_ns() + acri_clock_ns_of(patience_s);
    acri_queue_put(&w->commands, 0, 0, c);
    acri_thread_join(&w->thread);
    n_left = w->last_seq - w->acknowledged;
    if (n_left > 0 && w->saved < w->last_seq && w->file != NULL)
        acri_log_warning("%" PRIu64 " reports that the master has not got are left in %s: the next "
                         "worker on this machine delivers them",
                         n_left, acri_ledger_file_path(w->file));
    /* Saved ones are for `acrida merge`: delivered as well, they would count twice. */
    acri_ledger_file_close(w->file, n_left == 0 || w->saved == w->last_seq);
    free_worker(w);
    return n_left;
}

void acri_worker_observe(struct acri_worker *w, const struct acri_observed *o)
{
    struct command *c = new_command(OBSERVE, NULL, 0);

    c->observed = *o;
    free_command(acri_queue_put(&w->commands, KEY_OBSERVE, 0, c));
}

static void keep_in_memory(struct acri_worker *w, const struct acri_ledger_file_report *r)
{
    struct kept *k = acri_alloc(sizeof(*k) + r->n_bytes);

    k->report = *r;
    if (r->n_bytes > 0)
        memcpy(k->bytes, r->bytes, r->n_bytes);
    k->report.bytes = k->bytes;
    if (w->first_kept == NULL)
        w->first_kept = k;
    else
        w->last_kept->next = k;
    w->last_kept = k;
}

void acri_worker_report(struct acri_worker *w, uint64_t run_id, uint64_t epoch, const void *bytes,
                        size_t n_bytes)
{
    struct command *c = new_command(REPORT, bytes, n_bytes);
    int r = -ENOSPC;

    ACRI_ASSERT(n_bytes <= ACRI_WORKER_REPORT_MAX);
    c->report = (struct acri_ledger_file_report){
        .run_id = run_id, .epoch = epoch, .bytes = c->bytes, .n_bytes = n_bytes
    };
    pthread_mutex_lock(&w->lock);
    c->report.seq = ++w->last_seq;
    /* In the file before anything else: from here on it survives this process. */
    if (w->file != NULL)
        r = acri_ledger_file_add(w->file, &c->report);
    if (r < 0)
        keep_in_memory(w, &c->report);
    if (r == -ENOSPC && w->file != NULL && !w->is_full) {
        w->is_full = true;
        acri_log_warning("%s is full: what is reported from now on, until the master has taken "
                         "what waits, is lost if this worker is killed",
                         acri_ledger_file_path(w->file));
    } else if (r == 0) {
        w->is_full = false;
    }
    pthread_mutex_unlock(&w->lock);
    acri_queue_put(&w->commands, 0, 0, c);
}

uint64_t acri_worker_unacknowledged(struct acri_worker *w)
{
    uint64_t n;

    pthread_mutex_lock(&w->lock);
    n = w->last_seq - w->acknowledged;
    pthread_mutex_unlock(&w->lock);
    return n;
}

static int send(struct acri_worker *w, const char *type, const void *bytes, size_t n_bytes,
                bool has_room)
{
    struct command *c;

    if (type[0] == '\0' || strlen(type) > 255)
        return -EINVAL;
    if (n_bytes > ACRI_CLUSTER_MESSAGE_MAX)
        return -EMSGSIZE;
    pthread_mutex_lock(&w->lock);
    has_room = has_room ||
               (w->n_messages < MESSAGES_MAX && w->n_message_bytes + n_bytes <= MESSAGE_BYTES_MAX);
    if (has_room) {
        w->n_messages++;
        w->n_message_bytes += n_bytes;
    }
    pthread_mutex_unlock(&w->lock);
    if (!has_room)
        return -ENOBUFS;
    c = new_command(SEND, bytes, n_bytes);
    c->type = acri_strdup(type);
    acri_queue_put(&w->commands, 0, 0, c);
    return 0;
}

int acri_worker_send(struct acri_worker *w, const char *type, const void *bytes, size_t n_bytes)
{
    return send(w, type, bytes, n_bytes, false);
}

int acri_worker_ask(struct acri_worker *w, const char *type, const void *bytes, size_t n_bytes)
{
    return send(w, type, bytes, n_bytes, true);
}

struct saving {
    struct acri_buf buf;
    uint64_t n;
};

static void save_report(void *arg, const struct acri_ledger_file_report *r)
{
    struct saving *s = arg;

    acri_journal_file_put(&s->buf, &(struct acri_journal_record){ .kind = ACRI_JOURNAL_REPORT,
                                                                  .number = ++s->n + 1,
                                                                  .seq = r->seq,
                                                                  .run_id = r->run_id,
                                                                  .epoch = r->epoch,
                                                                  .bytes = r->bytes,
                                                                  .n_bytes = r->n_bytes });
}

int64_t acri_worker_save(struct acri_worker *w, const char *path)
{
    struct acri_journal_record who = { .kind = ACRI_JOURNAL_WORKER, .number = 1, .info = &w->info };
    struct saving s = { .n = 0 };
    uint64_t last_seq;
    int r;

    acri_buf_init(&s.buf, SIZE_MAX / 2);
    acri_journal_file_put_begin(&s.buf);
    pthread_mutex_lock(&w->lock);
    memcpy(who.uuid, w->uuid, sizeof(who.uuid));
    acri_journal_file_put(&s.buf, &who);
    if (w->file != NULL)
        acri_ledger_file_each(w->file, save_report, &s);
    for (const struct kept *k = w->first_kept; k != NULL; k = k->next)
        save_report(&s, &k->report);
    last_seq = w->last_seq;
    pthread_mutex_unlock(&w->lock);
    r = acri_journal_file_save(path, &s.buf);
    acri_buf_done(&s.buf);
    if (r < 0)
        return r;
    pthread_mutex_lock(&w->lock);
    w->saved = last_seq;
    pthread_mutex_unlock(&w->lock);
    return (int64_t)s.n;
}

struct acri_tally *acri_worker_live_tally(struct acri_worker *w, uint64_t run_id, uint32_t loop)
{
    struct acri_tally *tally;

    if (w->file != NULL) {
        pthread_mutex_lock(&w->lock);
        tally = acri_ledger_file_tally(w->file, run_id, loop);
        pthread_mutex_unlock(&w->lock);
        return tally;
    }
    if (loop >= ACRI_WORKER_LOOPS)
        return NULL;
    if (w->live_run != run_id)
        memset(w->live, 0, sizeof(w->live));
    w->live_run = run_id;
    return &w->live[loop];
}

/* SPDX-License-Identifier: MIT */
/*
 * Workers that run nothing: real sessions over real connections, each with a report of 100 entries
 * a second for as long as its master wants users. Their processes share the workers (nanomsg has
 * 512 sockets in each). Prints how long reports took to be acknowledged, and what was given, as
 * JSON. See ../README.md.
 * usage: crowd PORT WORKERS PROCESSES REQUESTS_PER_ENTRY
 */
#include "base/clock.h"
#include "base/log.h"
#include "base/pack.h"
#include "dist/seal.h"
#include "dist/transport.h"
#include "dist/worker_session.h"
#include "stats/delta.h"
#include "support/stream.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/wait.h>
#include <unistd.h>

#define TYPES 16 /* different reports, dealt to the workers in turn */
#define PROCESSES_MAX 64
#define KIND_STATS 1u /* engine/cluster_report.c */
#define TURN_MS 20
#define PATIENCE_NS (3 * ACRI_NS_PER_S)
#define NOT_GIVEN UINT64_MAX

struct node {
    struct acri_transport *transport;
    struct acri_worker_session *session;
    int fd; /* that epoll watches */
    bool must_redial;
    uint64_t step_ns;
    uint64_t report_ns; /* when the next one is due; NOT_GIVEN: none is */
    struct acri_desired desired;
    struct acri_observed observed;
    uint64_t given;
    uint64_t seen; /* of its acknowledgements */
    uint64_t *given_ns;
    uint64_t told_ns; /* to quit, at that time; 0 = not yet */
};

/* What a process of workers tells. */
struct told {
    uint64_t n_reports;
    uint64_t n_acknowledged;
    uint64_t n_requests;
    uint64_t n_bytes; /* of one report, on average */
    uint64_t n_left;  /* that have heard the master's good-bye */
    uint64_t n_latencies;
};

static struct acri_buf reports[TYPES];
static struct node *nodes;
static uint32_t n_nodes;
static uint16_t port;
static uint64_t n_requests; /* in a report */
static uint64_t now_ns;
static uint32_t *latencies_us;
static uint64_t n_latencies, n_latencies_max;
static struct told told;

static void die(const char *what)
{
    perror(what);
    exit(1);
}

static void keep(void *arg, const void *bytes, size_t n)
{
    acri_buf_append(arg, bytes, n);
}

static void make_report(struct stream *x, struct acri_buf *to, unsigned n_per_entry)
{
    struct acri_stats *s = acri_stats_new(STREAM_START_NS, STREAM_REAL_NS);
    struct acri_block *b = acri_block_new();

    for (unsigned i = 0; i < n_per_entry * STREAM_NAMES; i++) {
        const struct acri_record r = { .type = "GET",
                                       .name = x->names[i % STREAM_NAMES],
                                       .sent_ns = x->now_ns,
                                       .answered_ns =
                                           x->now_ns + (uint64_t)(5e6 * exp(0.5 * stream_gauss(x))),
                                       .bytes = 1000,
                                       .attempts = 1,
                                       .has_time = true };

        acri_block_started(b);
        acri_block_record(b, &r);
    }
    acri_stats_merge(s, b);
    acri_block_free(b);
    acri_buf_init(to, ACRI_WORKER_REPORT_MAX);
    acri_pack_u64(to, KIND_STATS);
    acri_delta_encode(s, STREAM_START_NS, (size_t)1 << 24, keep, to);
    acri_stats_free(s);
    told.n_bytes += to->length / TYPES;
}

/* --- a worker -----------------------------------------------------------------------------------
 */

static int send_frame(void *arg, uint32_t pipe, const void *frame, size_t n_bytes)
{
    const struct node *node = arg;

    return acri_transport_send(node->transport, pipe, frame, n_bytes);
}

static void redial(void *arg)
{
    struct node *node = arg;

    node->must_redial = true;
}

static uint64_t sum_of(const struct acri_desired *d)
{
    uint64_t n = 0;

    for (uint32_t i = 0; i < d->n_types; i++)
        n += d->users[i];
    return n;
}

/* Whatever the master wants has been done at once. */
static void obey(struct node *node, uint64_t offset_ns)
{
    const struct acri_desired *d = &node->desired;
    struct acri_observed *o = &node->observed;

    if (o->run_id != d->run_id)
        o->tally = (struct acri_tally){ 0 };
    o->generation = d->generation;
    o->run_id = d->run_id;
    o->n_threads = 1;
    o->n_users = d->phase == ACRI_PHASE_RUN ? sum_of(d) : 0;
    o->n_types = d->n_types;
    memcpy(o->users, d->users, sizeof(o->users));
    switch (d->phase) {
    case ACRI_PHASE_PREPARE:
        o->state = ACRI_WORKER_PREPARED;
        break;
    case ACRI_PHASE_RUN:
        o->state = ACRI_WORKER_RUNNING;
        if (node->report_ns == NOT_GIVEN)
            node->report_ns = now_ns + offset_ns;
        break;
    case ACRI_PHASE_IDLE:
        o->state = ACRI_WORKER_READY;
        break;
    default:
        o->state = ACRI_WORKER_STOPPED;
        node->report_ns = NOT_GIVEN;
        break;
    }
    if (d->phase == ACRI_PHASE_QUIT && node->told_ns == 0) {
        node->told_ns = now_ns;
        acri_worker_session_leave(node->session, now_ns, "");
    }
    acri_worker_session_observe(node->session, now_ns, o);
}

static void on_event(void *arg, struct acri_worker_event *e)
{
    struct node *node = arg;

    if (e->kind == ACRI_WORKER_DESIRED) {
        node->desired = e->desired;
        node->step_ns = 0;
    } else if (e->kind == ACRI_WORKER_REFUSED) {
        fprintf(stderr, "crowd: refused: %s\n", e->type != NULL ? e->type : "");
        exit(1);
    }
    acri_worker_event_free(e);
}

static void on_frame(void *arg, uint32_t pipe, const void *frame, size_t n_bytes)
{
    struct node *node = arg;

    (void)pipe;
    acri_worker_session_frame(node->session, now_ns, frame, n_bytes);
    node->step_ns = 0;
}

static void note_acknowledged(struct node *node)
{
    uint64_t seq = acri_worker_session_acknowledged(node->session);

    while (node->seen < seq) {
        uint64_t took_ns = now_ns - node->given_ns[node->seen++];

        if (n_latencies == n_latencies_max) {
            n_latencies_max = 2 * n_latencies_max + 4096;
            latencies_us = acri_realloc(latencies_us, n_latencies_max * sizeof(*latencies_us));
        }
        latencies_us[n_latencies++] = (uint32_t)(took_ns / 1000);
    }
}

static void give_report(struct node *node, uint64_t index)
{
    const struct acri_buf *b = &reports[index % TYPES];
    struct acri_tally *t = &node->observed.tally;

    node->report_ns += ACRI_NS_PER_S;
    if (node->given % 64 == 0)
        node->given_ns = acri_realloc(node->given_ns, (node->given + 64) * sizeof(*node->given_ns));
    node->given_ns[node->given++] = now_ns;
    t->started += n_requests;
    t->succeeded += n_requests;
    t->attempts += n_requests;
    acri_worker_session_report(node->session, now_ns, node->given, node->desired.run_id,
                               node->desired.epoch, b->data, b->length);
    acri_worker_session_observe(node->session, now_ns, &node->observed);
}

static void watch(int epoll, struct node *node)
{
    struct epoll_event e = { .events = EPOLLIN, .data = { .ptr = node } };
    int fd = acri_transport_fd(node->transport);

    if (fd == node->fd)
        return;
    node->fd = fd;
    if (epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &e) < 0)
        die("crowd: epoll_ctl");
}

static void begin_node(int epoll, struct node *node, uint64_t index)
{
    struct acri_worker_session_options o = { .orphan_s = 30,
                                             .master_gone_s = 600,
                                             .random = index };
    struct acri_error error = { "" };

    acri_seal_random(o.uuid, sizeof(o.uuid));
    snprintf(o.info.name, sizeof(o.info.name), "worker%" PRIu64, index);
    o.info.n_threads = 1;
    node->fd = -1;
    node->report_ns = NOT_GIVEN;
    if (acri_transport_connect("127.0.0.1", port, &node->transport, &error) < 0) {
        fprintf(stderr, "crowd: %s\n", error.text);
        exit(1);
    }
    node->session = acri_worker_session_new(
        &o, (struct acri_link){ .arg = node, .send = send_frame, .redial = redial }, on_event, node,
        now_ns);
    watch(epoll, node);
}

/* --- a process of them --------------------------------------------------------------------------
 */

static void turn(int epoll, struct node *node, uint64_t index, uint64_t offset_ns)
{
    if (node->desired.generation != node->observed.generation)
        obey(node, offset_ns);
    if (now_ns >= node->report_ns)
        give_report(node, index);
    if (now_ns >= node->step_ns)
        node->step_ns = acri_worker_session_step(node->session, now_ns);
    if (node->must_redial) {
        node->must_redial = false;
        epoll_ctl(epoll, EPOLL_CTL_DEL, node->fd, NULL);
        acri_transport_redial(node->transport, "127.0.0.1", port, NULL);
        node->fd = -1;
        watch(epoll, node);
    }
    note_acknowledged(node);
}

/* Or have said so a while ago, and all they had to tell before: their master has ended. */
static bool have_all_left(void)
{
    for (uint32_t i = 0; i < n_nodes; i++) {
        const struct node *node = &nodes[i];

        if (!acri_worker_session_has_left(node->session) &&
            (node->told_ns == 0 || now_ns - node->told_ns < PATIENCE_NS))
            return false;
    }
    return true;
}

static void serve(uint64_t first, uint64_t n_all)
{
    struct epoll_event events[64];
    int epoll = epoll_create1(EPOLL_CLOEXEC);
    uint64_t turn_ns = 0;

    now_ns = acri_clock_now_ns();
    nodes = acri_alloc(n_nodes * sizeof(*nodes));
    for (uint32_t i = 0; i < n_nodes; i++)
        begin_node(epoll, &nodes[i], first + i);
    while (!have_all_left()) {
        int n = epoll_wait(epoll, events, 64, TURN_MS);

        now_ns = acri_clock_now_ns();
        for (int i = 0; i < n; i++) {
            struct node *node = events[i].data.ptr;

            acri_transport_receive(node->transport, on_frame, node);
            note_acknowledged(node);
        }
        if (now_ns < turn_ns)
            continue;
        turn_ns = now_ns + TURN_MS * ACRI_NS_PER_MS / 4;
        for (uint32_t i = 0; i < n_nodes; i++)
            turn(epoll, &nodes[i], first + i, (first + i) * ACRI_NS_PER_S / n_all);
    }
}

static void write_all(int fd, const void *bytes, size_t n)
{
    const char *at = bytes;

    while (n > 0) {
        ssize_t r = write(fd, at, n);

        if (r < 0 && errno != EINTR)
            die("crowd: write");
        at += r > 0 ? r : 0;
        n -= r > 0 ? (size_t)r : 0;
    }
}

static bool read_all(int fd, void *bytes, size_t n)
{
    char *at = bytes;

    while (n > 0) {
        ssize_t r = read(fd, at, n);

        if (r <= 0 && !(r < 0 && errno == EINTR))
            return false;
        at += r > 0 ? r : 0;
        n -= r > 0 ? (size_t)r : 0;
    }
    return true;
}

static void be_process(uint64_t first, uint64_t n_all, unsigned n_per_entry, int to)
{
    struct stream stream;

    if (acri_seal_setup() < 0)
        exit(1);
    acri_log_set_level(ACRI_LOG_ERROR);
    stream_init(&stream, 1);
    for (size_t i = 0; i < TYPES; i++)
        make_report(&stream, &reports[i], n_per_entry);
    serve(first, n_all);
    for (uint32_t i = 0; i < n_nodes; i++) {
        told.n_reports += nodes[i].given;
        told.n_acknowledged += nodes[i].seen;
        told.n_requests += nodes[i].given * n_requests;
        told.n_left += acri_worker_session_has_left(nodes[i].session);
    }
    told.n_latencies = n_latencies;
    write_all(to, &told, sizeof(told));
    write_all(to, latencies_us, n_latencies * sizeof(*latencies_us));
    exit(0);
}

/* --- all of them --------------------------------------------------------------------------------
 */

static int compare(const void *a, const void *b)
{
    const uint32_t *x = a, *y = b;

    return *x < *y ? -1 : *x > *y;
}

static double quantile_ms(double q)
{
    return n_latencies == 0 ? 0 : latencies_us[(uint64_t)(q * (double)(n_latencies - 1))] / 1e3;
}

static bool gather(int from, struct told *sum)
{
    struct told one;

    if (!read_all(from, &one, sizeof(one)))
        return false;
    latencies_us =
        acri_realloc(latencies_us, (n_latencies + one.n_latencies + 1) * sizeof(*latencies_us));
    if (!read_all(from, latencies_us + n_latencies, one.n_latencies * sizeof(*latencies_us)))
        return false;
    n_latencies += one.n_latencies;
    sum->n_reports += one.n_reports;
    sum->n_acknowledged += one.n_acknowledged;
    sum->n_requests += one.n_requests;
    sum->n_left += one.n_left;
    sum->n_bytes = one.n_bytes;
    return true;
}

static uint64_t number(const char *text, uint64_t most)
{
    char *end = NULL;
    uint64_t x = strtoull(text, &end, 10);

    if (*end != '\0' || x == 0 || x > most) {
        fprintf(stderr, "crowd: '%s' is no number from 1 to %" PRIu64 "\n", text, most);
        exit(2);
    }
    return x;
}

int main(int argc, char **argv)
{
    int pipes[PROCESSES_MAX][2];
    struct told sum = { 0 };
    uint64_t n_all, n_processes, n_per_entry, first = 0;
    bool is_whole = true;

    if (argc != 5) {
        fprintf(stderr, "usage: crowd PORT WORKERS PROCESSES REQUESTS_PER_ENTRY\n");
        return 2;
    }
    port = (uint16_t)number(argv[1], UINT16_MAX);
    n_all = number(argv[2], 20000);
    n_processes = number(argv[3], PROCESSES_MAX);
    n_per_entry = number(argv[4], 10000);
    n_requests = n_per_entry * STREAM_NAMES;
    for (uint64_t i = 0; i < n_processes; i++) {
        n_nodes = (uint32_t)(n_all * (i + 1) / n_processes - first);
        if (pipe(pipes[i]) < 0)
            die("crowd: pipe");
        switch (fork()) {
        case -1:
            die("crowd: fork");
            break;
        case 0:
            be_process(first, n_all, (unsigned)n_per_entry, pipes[i][1]);
            break;
        default:
            close(pipes[i][1]);
            break;
        }
        first += n_nodes;
    }
    for (uint64_t i = 0; i < n_processes; i++)
        is_whole = gather(pipes[i][0], &sum) && is_whole;
    while (wait(NULL) > 0)
        continue;
    if (n_latencies > 0)
        qsort(latencies_us, n_latencies, sizeof(*latencies_us), compare);
    printf("{\"reports\": %" PRIu64 ", \"acknowledged\": %" PRIu64 ", \"requests\": %" PRIu64
           ", \"left\": %" PRIu64 ", \"report_bytes\": %" PRIu64
           ", \"p50_ms\": %.2f, \"p99_ms\": %.2f, \"max_ms\": "
           "%.2f}\n",
           sum.n_reports, sum.n_acknowledged, sum.n_requests, sum.n_left, sum.n_bytes,
           quantile_ms(0.5), quantile_ms(0.99), quantile_ms(1));
    return is_whole ? 0 : 1;
}

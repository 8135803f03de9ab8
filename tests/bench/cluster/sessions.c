/* SPDX-License-Identifier: MIT */
/*
 * What a master's session costs: so many workers' sessions in one process, joined by memory instead
 * of a network, each with a report a second. Seals, decoding and copies are the real ones; sockets,
 * the journal and merging are not in it. See ../README.md.
 * usage: sessions [WORKERS [BYTES [SECONDS]]]
 */
#include "base/check.h"
#include "base/clock.h"
#include "base/log.h"
#include "dist/master_session.h"
#include "dist/seal.h"
#include "dist/worker_session.h"

#include <errno.h>
#include <inttypes.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

/* Frames on their way, one behind the other: a head, then the bytes. Not of the heap, so that what
 * the sessions hold can be told apart. */
struct post {
    unsigned char *memory;
    size_t capacity;
    size_t length;
    uint64_t n_frames;
    uint64_t n_bytes;
};
struct post_head {
    uint32_t pipe;
    uint32_t n_bytes;
};

struct node {
    struct acri_worker_session *session;
    uint32_t pipe;
    uint64_t given;
};

static struct post to_master, to_workers;
static struct node *nodes;
static struct acri_master_session *master;
static uint64_t *last_seq; /* by the master's index of workers, told and not yet acknowledged */
static uint64_t now_ns = 1000 * ACRI_NS_PER_S;
static uint64_t n_told, n_observed;

static void post_new(struct post *p, size_t capacity)
{
    *p = (struct post){ .capacity = capacity };
    p->memory = mmap(NULL, capacity, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (p->memory == MAP_FAILED) {
        perror("mmap");
        exit(1);
    }
}

static int post_put(struct post *p, uint32_t pipe, const void *frame, size_t n_bytes)
{
    struct post_head head = { .pipe = pipe, .n_bytes = (uint32_t)n_bytes };

    if (p->length + sizeof(head) + n_bytes > p->capacity)
        return -EAGAIN;
    memcpy(p->memory + p->length, &head, sizeof(head));
    memcpy(p->memory + p->length + sizeof(head), frame, n_bytes);
    p->length += sizeof(head) + n_bytes;
    p->n_frames++;
    p->n_bytes += n_bytes;
    return 0;
}

static int worker_send(void *arg, uint32_t pipe, const void *frame, size_t n_bytes)
{
    const struct node *node = arg;

    (void)pipe;
    return post_put(&to_master, node->pipe, frame, n_bytes);
}

static int master_send(void *arg, uint32_t pipe, const void *frame, size_t n_bytes)
{
    (void)arg;
    return post_put(&to_workers, pipe, frame, n_bytes);
}

static void redial(void *arg)
{
    (void)arg;
}

static void worker_told(void *arg, struct acri_worker_event *e)
{
    (void)arg;
    acri_worker_event_free(e);
}

static void master_told(void *arg, struct acri_master_event *e)
{
    (void)arg;
    if (e->kind == ACRI_MASTER_REPORT) {
        last_seq[e->worker] = e->seq;
        n_told++;
    }
    n_observed += e->kind == ACRI_MASTER_OBSERVED;
    acri_master_event_free(e);
}

/* What the process has used, and what of its heap is in use. */
struct usage {
    double cpu_s;
    size_t heap;
};

static struct usage usage_now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (struct usage){ .cpu_s = (double)t.tv_sec + (double)t.tv_nsec / 1e9,
                           .heap = mallinfo2().uordblks };
}

static void usage_add(struct usage *sum, const struct usage *since)
{
    struct usage now = usage_now();

    sum->cpu_s += now.cpu_s - since->cpu_s;
    sum->heap += now.heap - since->heap;
}

static void master_turn(uint32_t n_workers, struct usage *sum)
{
    struct usage since = usage_now();

    for (size_t at = 0; at < to_master.length;) {
        struct post_head head;

        memcpy(&head, to_master.memory + at, sizeof(head));
        at += sizeof(head);
        acri_master_session_frame(master, now_ns, head.pipe, to_master.memory + at, head.n_bytes);
        at += head.n_bytes;
    }
    to_master.length = 0;
    for (uint32_t i = 0; i < n_workers; i++) {
        if (last_seq[i] == 0)
            continue;
        acri_master_session_durable(master, now_ns, i, last_seq[i]);
        last_seq[i] = 0;
    }
    acri_master_session_step(master, now_ns);
    usage_add(sum, &since);
}

static void workers_turn(uint32_t n_workers, struct usage *sum)
{
    struct usage since = usage_now();

    for (size_t at = 0; at < to_workers.length;) {
        struct post_head head;

        memcpy(&head, to_workers.memory + at, sizeof(head));
        at += sizeof(head);
        acri_worker_session_frame(nodes[head.pipe].session, now_ns, to_workers.memory + at,
                                  head.n_bytes);
        at += head.n_bytes;
    }
    to_workers.length = 0;
    for (uint32_t i = 0; i < n_workers; i++)
        acri_worker_session_step(nodes[i].session, now_ns);
    usage_add(sum, &since);
}

static void all_join(uint32_t n_workers, struct usage *of_master, struct usage *of_workers)
{
    struct acri_master_session_options m = { .epoch = 1, .missing_s = 3, .version = "0" };
    struct usage since = usage_now();

    master = acri_master_session_new(&m, (struct acri_link){ .send = master_send }, master_told,
                                     NULL, now_ns);
    usage_add(of_master, &since);
    since = usage_now();
    for (uint32_t i = 0; i < n_workers; i++) {
        struct acri_worker_session_options o = { .orphan_s = 30,
                                                 .master_gone_s = 600,
                                                 .random = i };

        acri_seal_random(o.uuid, sizeof(o.uuid));
        snprintf(o.info.name, sizeof(o.info.name), "worker %" PRIu32, i);
        nodes[i].pipe = i;
        nodes[i].session = acri_worker_session_new(
            &o, (struct acri_link){ .arg = &nodes[i], .send = worker_send, .redial = redial },
            worker_told, NULL, now_ns);
    }
    usage_add(of_workers, &since);
    while (acri_master_session_n_here(master) < n_workers) {
        workers_turn(n_workers, of_workers);
        master_turn(n_workers, of_master);
        now_ns += 100 * ACRI_NS_PER_MS;
    }
}

static void one_second(uint32_t n_workers, size_t n_bytes, struct usage *of_master,
                       struct usage *of_workers)
{
    static unsigned char bytes[ACRI_WORKER_REPORT_MAX];
    struct usage since = usage_now();

    for (uint32_t i = 0; i < n_workers; i++)
        acri_worker_session_report(nodes[i].session, now_ns, ++nodes[i].given, 1, 1, bytes,
                                   n_bytes);
    usage_add(of_workers, &since);
    for (int i = 0; i < 4; i++) {
        master_turn(n_workers, of_master);
        workers_turn(n_workers, of_workers);
        now_ns += 250 * ACRI_NS_PER_MS;
    }
}

static uint64_t argument(int argc, char **argv, int i, uint64_t otherwise, uint64_t most)
{
    char *end = NULL;
    uint64_t x = i < argc ? strtoull(argv[i], &end, 10) : otherwise;

    if ((end != NULL && *end != '\0') || x == 0 || x > most) {
        fprintf(stderr,
                "usage: sessions [WORKERS [BYTES [SECONDS]]]; argument %d is from 1 to %" PRIu64
                "\n",
                i, most);
        exit(2);
    }
    return x;
}

int main(int argc, char **argv)
{
    uint32_t n_workers = (uint32_t)argument(argc, argv, 1, 1000, 20000);
    size_t n_bytes = argument(argc, argv, 2, 10000, ACRI_WORKER_REPORT_MAX);
    uint64_t seconds = argument(argc, argv, 3, 30, 100000);
    struct usage of_master = { 0 }, of_workers = { 0 }, join_master, unused = { 0 };
    uint64_t n_missing = 0;
    double n_reports = (double)n_workers * (double)seconds;

    if (acri_seal_setup() < 0)
        return 1;
    acri_log_set_level(ACRI_LOG_ERROR); /* 10,000 at once wait for their turn */
    post_new(&to_master, (size_t)n_workers * (n_bytes + 2000) * 4);
    post_new(&to_workers, (size_t)n_workers * 20000);
    nodes = acri_alloc(n_workers * sizeof(*nodes));
    last_seq = acri_alloc(n_workers * sizeof(*last_seq));
    all_join(n_workers, &of_master, &of_workers);
    join_master = of_master;
    one_second(n_workers, n_bytes, &of_master, &of_workers);
    of_master.cpu_s = of_workers.cpu_s = 0;
    for (uint64_t i = 0; i < seconds; i++)
        one_second(n_workers, n_bytes, &of_master, &of_workers);
    for (uint32_t i = 0; i < n_workers; i++)
        n_missing += nodes[i].given - acri_worker_session_acknowledged(nodes[i].session);
    printf("%" PRIu32 " workers, a report of %zu bytes each per second, %" PRIu64 " seconds\n",
           n_workers, n_bytes, seconds);
    printf("join      %8.2f us of the master's CPU per worker\n",
           join_master.cpu_s / n_workers * 1e6);
    printf("master    %8.2f us of CPU per report, with heartbeat, answer and acknowledgement\n",
           of_master.cpu_s / n_reports * 1e6);
    printf("          %8.3f cores for a report per second and worker\n",
           of_master.cpu_s / (double)seconds);
    printf("worker    %8.2f us of CPU per report\n", of_workers.cpu_s / n_reports * 1e6);
    printf("memory    %8.1f KB per worker at the master, %.1f KB at a worker\n",
           (double)of_master.heap / n_workers / 1e3, (double)of_workers.heap / n_workers / 1e3);
    printf("frames    %8.2f to the master, %.2f to workers per report; %.0f bytes to the master\n",
           (double)to_master.n_frames / (n_reports + n_workers),
           (double)to_workers.n_frames / (n_reports + n_workers),
           (double)to_master.n_bytes / (n_reports + n_workers));
    workers_turn(n_workers, &unused);
    for (uint32_t i = 0; i < n_workers; i++)
        acri_worker_session_free(nodes[i].session);
    acri_master_session_free(master);
    if (n_missing != 0 || n_told != (seconds + 1) * n_workers) {
        printf("BROKEN: %" PRIu64 " of %" PRIu64 " reports told, %" PRIu64 " not acknowledged\n",
               n_told, (seconds + 1) * n_workers, n_missing);
        return 1;
    }
    return 0;
}

/* SPDX-License-Identifier: MIT */
/*
 * A master's and a worker's session, driven by the input: a list of steps, each a byte, a length of
 * two, and so many bytes. Frames are given as they are, or sealed first with the keys that the
 * other side would have, so that what is behind the seal is reached; others travel between the two;
 * time passes; calls are made. Nothing may crash, or grow without a bound.
 */
#include "fuzz.h"

#include "base/clock.h"
#include "base/log.h"
#include "dist/master_parts.h"
#include "dist/worker_parts.h"

#include <errno.h>

enum { LINK_FRAMES = 64 };

struct link {
    struct {
        unsigned char *bytes;
        size_t n_bytes;
    } frames[LINK_FRAMES];
    int n;
    bool is_busy;
};

static struct link to_master, to_worker;
static struct acri_master_session *master;
static struct acri_worker_session *worker;
static unsigned char key[32];
static uint64_t now_ns, epoch;
static size_t n_given;

static int put(struct link *l, const void *frame, size_t n)
{
    FUZZ_REQUIRE(n <= ACRI_LINK_FRAME_MAX);
    if (l->is_busy)
        return -EAGAIN;
    if (l->n == LINK_FRAMES)
        return 0;
    l->frames[l->n].bytes = malloc(n > 0 ? n : 1);
    memcpy(l->frames[l->n].bytes, frame, n);
    l->frames[l->n++].n_bytes = n;
    return 0;
}

static void empty(struct link *l)
{
    while (l->n > 0)
        free(l->frames[--l->n].bytes);
}

static int worker_send(void *arg, uint32_t pipe, const void *frame, size_t n)
{
    (void)arg;
    (void)pipe;
    return put(&to_master, frame, n);
}

static int master_send(void *arg, uint32_t pipe, const void *frame, size_t n)
{
    (void)arg;
    return pipe == 1 ? put(&to_worker, frame, n) : 0;
}

static void redial(void *arg)
{
    (void)arg;
    empty(&to_master);
    empty(&to_worker);
}

static void master_told(void *arg, struct acri_master_event *e)
{
    (void)arg;
    acri_master_event_free(e);
}

static void worker_told(void *arg, struct acri_worker_event *e)
{
    (void)arg;
    acri_worker_event_free(e);
}

static void start_master(void)
{
    struct acri_master_session_options o = { .epoch = ++epoch, .version = "1" };

    master = acri_master_session_new(&o, (struct acri_link){ .send = master_send }, master_told,
                                     NULL, now_ns);
}

static void start_worker(void)
{
    struct acri_worker_session_options o = { .orphan_s = 30, .master_gone_s = 600 };

    o.uuid[0] = 1;
    worker = acri_worker_session_new(
        &o, (struct acri_link){ .send = worker_send, .redial = redial }, worker_told, NULL, now_ns);
}

static void deliver(void)
{
    struct link m = to_master, w = to_worker;

    to_master.n = 0;
    to_worker.n = 0;
    for (int i = 0; i < m.n; i++)
        acri_master_session_frame(master, now_ns, 1, m.frames[i].bytes, m.frames[i].n_bytes);
    for (int i = 0; i < w.n; i++)
        acri_worker_session_frame(worker, now_ns, w.frames[i].bytes, w.frames[i].n_bytes);
    empty(&m);
    empty(&w);
}

/* Records as the other side would seal them. */
static void give_sealed(bool to_the_master, const uint8_t *bytes, size_t n)
{
    const struct acri_master_peer *p = acri_master_peers_at(&master->table, 0);
    struct acri_wire_out out;

    acri_wire_out_init(&out);
    acri_buf_append(&out.plain, bytes, n);
    if (to_the_master && worker->has_session) {
        n = acri_wire_seal_data(&out, &worker->keys.to_master, worker->session);
        acri_master_session_frame(master, now_ns, 1, out.frame, n);
    } else if (!to_the_master && p != NULL && p->line != NULL) {
        n = acri_wire_seal_data(&out, &p->line->keys.to_worker, p->line->session);
        acri_worker_session_frame(worker, now_ns, out.frame, n);
    }
    acri_wire_out_done(&out);
}

/* A frame of the handshake: version, kind, and what it says; an answer has the right nonce. */
static void give_handshake(const uint8_t *bytes, size_t n)
{
    struct acri_wire_head head = { 0 };
    struct acri_wire_out out;

    if (n < 2)
        return;
    head.version = bytes[0];
    head.kind = bytes[1] % 5;
    acri_wire_out_init(&out);
    if (head.kind != ACRI_WIRE_HELLO)
        acri_buf_append(&out.plain, worker->nonce, sizeof(worker->nonce));
    acri_buf_append(&out.plain, bytes + 2, n - 2);
    n = acri_wire_seal_hello(&out, key, &head);
    if (head.kind == ACRI_WIRE_HELLO)
        acri_master_session_frame(master, now_ns, 2, out.frame, n);
    else
        acri_worker_session_frame(worker, now_ns, out.frame, n);
    acri_wire_out_done(&out);
}

static void call(const uint8_t *bytes, size_t n)
{
    struct acri_observed observed = { .state = n % 8, .n_types = 3 };
    struct acri_desired desired = { .n_types = 2, .start_at_ns = n > 1 ? bytes[1] : 0 };
    struct acri_master_health health;

    switch (n > 0 ? bytes[0] % 8 : 0) {
    case 0:
        acri_worker_session_report(worker, now_ns, worker->outbox.last_seq + 1, 1, 1, bytes, n);
        break;
    case 1:
        acri_worker_session_send(worker, now_ns, "up", bytes, n);
        break;
    case 2:
        acri_worker_session_observe(worker, now_ns, &observed);
        break;
    case 3:
        acri_worker_session_leave(worker, now_ns, "fuzz");
        break;
    case 4:
        acri_master_session_want(master, now_ns, 0, &desired);
        break;
    case 5:
        acri_master_session_send(master, now_ns, UINT32_MAX, "down", bytes, n);
        break;
    case 6:
        acri_master_session_durable(master, now_ns, 0, n);
        break;
    default:
        acri_master_session_health(master, now_ns, 0, &health);
        break;
    }
}

static void step(uint8_t what, const uint8_t *bytes, size_t n)
{
    switch (what % 12) {
    case 0:
        acri_master_session_frame(master, now_ns, 3, bytes, n);
        break;
    case 1:
        acri_worker_session_frame(worker, now_ns, bytes, n);
        break;
    case 2:
        give_sealed(true, bytes, n);
        break;
    case 3:
        give_sealed(false, bytes, n);
        break;
    case 4:
        give_handshake(bytes, n);
        break;
    case 5:
        now_ns += (n > 0 ? bytes[0] : 1) * 100 * ACRI_NS_PER_MS;
        break;
    case 6:
        call(bytes, n);
        break;
    case 7:
        redial(NULL);
        break;
    case 8:
        to_master.is_busy = !to_master.is_busy;
        break;
    case 9:
        acri_master_session_free(master);
        start_master();
        break;
    default:
        deliver();
        break;
    }
    FUZZ_REQUIRE(acri_master_session_step(master, now_ns) > now_ns);
    FUZZ_REQUIRE(acri_worker_session_step(worker, now_ns) > now_ns);
}

/* What the input could make grow, against the input. */
static void check_bounds(void)
{
    size_t n_bytes = 0;

    for (uint32_t i = 0; i < master->table.n_peers; i++)
        n_bytes += master->table.peers[i]->mail.capacity;
    FUZZ_REQUIRE(n_bytes <= 2 * n_given + 1);
    FUZZ_REQUIRE(worker->mail.capacity <= 2 * n_given + 1);
    FUZZ_REQUIRE(master->table.n_pending <= 4096);
    FUZZ_REQUIRE(master->table.n_here <= master->table.n_peers);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    acri_log_set_level(ACRI_LOG_ERROR + 1);
    acri_seal_setup();
    now_ns = 1000 * ACRI_NS_PER_S;
    epoch = 0;
    n_given = bytes;
    to_master.is_busy = false;
    start_master();
    start_worker();
    step(5, NULL, 0);
    /* Past the handshake, unless the input begins with one of its own. */
    for (int i = 0; i < 3 && (bytes == 0 || data[0] != 'n'); i++)
        step(10, NULL, 0);
    for (size_t at = 0; at + 3 <= bytes;) {
        size_t n = data[at + 1] + 256u * data[at + 2];
        uint8_t what = data[at];
        uint8_t *copy;

        at += 3;
        n = n < bytes - at ? n : bytes - at;
        copy = malloc(n > 0 ? n : 1);
        memcpy(copy, data + at, n);
        step(what, copy, n);
        free(copy);
        at += n;
    }
    check_bounds();
    acri_master_session_free(master);
    acri_worker_session_free(worker);
    empty(&to_master);
    empty(&to_worker);
    return 0;
}

/* SPDX-License-Identifier: MIT */
/* Frames that are not what they seem: dropped, counted, and without effect. */
#include "support/cluster.h"

#include "dist/master_parts.h"
#include "dist/wire_hello.h"
#include "dist/worker_parts.h"

#define STRANGER 999999u /* a pipe of nobody */
enum { CAPTURED = 200, GARBAGE = UNIT_UNDER_SANITIZER ? 500 : 5000 };

static struct {
    int to;
    size_t n_bytes;
    unsigned char *bytes;
} captured[CAPTURED];
static int n_captured;
static uint64_t n_seen[5]; /* frames to workers, by kind */

static void capture(int to, const void *frame, size_t n_bytes)
{
    const unsigned char *from = frame;

    if (to >= 0 && from[1] < 5)
        n_seen[from[1]]++;
    if (n_captured == CAPTURED)
        return;
    captured[n_captured].to = to;
    captured[n_captured].n_bytes = n_bytes;
    captured[n_captured].bytes = malloc(n_bytes);
    memcpy(captured[n_captured++].bytes, frame, n_bytes);
}

static void forget(void)
{
    while (n_captured > 0)
        free(captured[--n_captured].bytes);
    memset(n_seen, 0, sizeof(n_seen));
}

static void give(struct cluster_worker *w, int to, uint32_t pipe, const void *bytes, size_t n)
{
    /* A copy of exactly this size, so that a sanitizer sees what is read behind it. */
    void *copy = malloc(n > 0 ? n : 1);

    memcpy(copy, bytes, n);
    if (to < 0)
        acri_master_session_frame(c.master, master_now(), pipe, copy, n);
    else
        acri_worker_session_frame(w->session, worker_now(w), copy, n);
    free(copy);
}

/* A worker that has done everything once, and what was said meanwhile. */
static struct cluster_worker *talk(uint64_t seed)
{
    struct cluster_worker *w;

    cluster_begin(seed);
    c.tap = capture;
    master_start();
    w = worker_add(0);
    cluster_run(SECOND);
    master_want(peer_of_worker(w), 3);
    worker_report(w, 500);
    worker_write(w, 500);
    master_write(peer_of_worker(w), 500);
    cluster_run(3 * SECOND);
    assert_true(n_captured > 10 && n_captured < CAPTURED);
    return w;
}

/* The session goes on as if nothing had been. */
static void goes_on(struct cluster_worker *w)
{
    struct cluster_peer *p = peer_of_worker(w);
    uint64_t mark = 100 + cluster_below(1000);

    worker_report(w, 500);
    worker_write(w, 500);
    master_write(p, 500);
    master_want(p, mark);
    cluster_run(SECOND);
    assert_int_equal(p->sum, w->sum);
    assert_int_equal(p->got_message, w->sent_messages);
    assert_int_equal(w->got_message, p->sent_messages);
    assert_int_equal(w->desired.iterations, mark);
    assert_int_equal(w->n_joined, 1);
    assert_int_equal(p->n_joined, 1);
    assert_int_equal(p->n_lost, 0);
    assert_int_equal(c.n_peers, 1);
    forget();
    cluster_end();
}

static void garbage_is_dropped(void **state)
{
    struct cluster_worker *w = talk(1);
    unsigned char *bytes = malloc(ACRI_LINK_FRAME_MAX + 1);
    uint64_t before = acri_master_session_dropped(c.master);

    (void)state;
    for (int i = 0; i < GARBAGE; i++) {
        size_t n = cluster_below(i % 50 == 0 ? ACRI_LINK_FRAME_MAX + 2 : 300);

        for (size_t j = 0; j < n; j++)
            bytes[j] = (unsigned char)acri_rng_next(&c.rng);
        if (n > 1 && i % 4 != 0) {
            bytes[0] = ACRI_WIRE_VERSION;
            bytes[1] = (unsigned char)cluster_below(6);
        }
        give(w, -1, STRANGER, bytes, n);
        give(w, 0, 0, bytes, n);
    }
    assert_int_equal(acri_master_session_dropped(c.master), before + GARBAGE);
    free(bytes);
    goes_on(w);
}

static void what_is_too_large_is_not_looked_at(void **state)
{
    struct cluster_worker *w = talk(2);
    unsigned char *bytes = calloc(1, ACRI_LINK_FRAME_MAX + 1);

    (void)state;
    for (unsigned char kind = 0; kind < 5; kind++) {
        bytes[0] = ACRI_WIRE_VERSION;
        bytes[1] = kind;
        give(w, -1, STRANGER, bytes, ACRI_LINK_FRAME_MAX + 1);
        give(w, 0, 0, bytes, ACRI_LINK_FRAME_MAX + 1);
    }
    assert_int_equal(c.master->drops.n[ACRI_DROPS_FOREIGN], 5);
    assert_int_equal(w->session->drops.n[ACRI_DROPS_FOREIGN], 5);
    free(bytes);
    goes_on(w);
}

static void frames_that_are_cut_or_changed_are_dropped(void **state)
{
    struct cluster_worker *w = talk(3);

    (void)state;
    c.tap = NULL;
    for (int i = 0; i < n_captured; i++) {
        size_t n = captured[i].n_bytes;
        unsigned char *bytes = malloc(n);
        uint64_t before;

        before = acri_master_session_dropped(c.master);
        for (size_t cut = 0; cut < n; cut += 1 + n / 100)
            give(w, captured[i].to, STRANGER, captured[i].bytes, cut);
        for (size_t at = 0; at < n; at += 1 + n / 100) {
            memcpy(bytes, captured[i].bytes, n);
            bytes[at] ^= (unsigned char)(1 + cluster_below(255));
            give(w, captured[i].to, STRANGER, bytes, n);
        }
        if (captured[i].to < 0)
            assert_true(acri_master_session_dropped(c.master) >= before + 40);
        free(bytes);
    }
    goes_on(w);
}

static void what_is_said_again_has_no_effect(void **state)
{
    struct cluster_worker *w = talk(4);
    struct cluster_peer *p = peer_of_worker(w);

    (void)state;
    c.tap = NULL;
    for (int i = 0; i < n_captured; i++) {
        give(w, captured[i].to, STRANGER, captured[i].bytes, captured[i].n_bytes);
        /* As a mirror would. */
        give(w, captured[i].to < 0 ? 0 : -1, STRANGER, captured[i].bytes, captured[i].n_bytes);
    }
    assert_int_equal(p->seq, 1);
    assert_int_equal(w->got_message, 1);
    assert_true(c.master->drops.n[ACRI_DROPS_REPEATED] > 0);
    assert_true(w->session->drops.n[ACRI_DROPS_REPEATED] > 0);
    assert_true(w->session->drops.n[ACRI_DROPS_STALE] > 0);
    goes_on(w);
}

static void another_session_s_frames_are_stale(void **state)
{
    struct cluster_worker *w = talk(5);

    (void)state;
    forget();
    worker_report(w, 100);
    cluster_run(SECOND);
    master_kill();
    master_start();
    c.tap = NULL;
    cluster_run(10 * SECOND);
    assert_int_equal(w->n_joined, 2);
    for (int i = 0; i < n_captured; i++)
        give(w, captured[i].to, STRANGER, captured[i].bytes, captured[i].n_bytes);
    assert_true(c.master->drops.n[ACRI_DROPS_STALE] > 0);
    assert_int_equal(peer_of_worker(w)->sum, w->sum);
    forget();
    cluster_end();
}

static void without_the_key_nobody_gets_in(void **state)
{
    struct acri_worker_session_options o;
    struct cluster_worker *w;

    (void)state;
    cluster_begin(6);
    c.tap = capture;
    master_start();
    worker_options(0, &o);
    o.key[31] ^= 1;
    w = worker_start(0, &o);
    worker_report(w, 100);
    cluster_run(30 * SECOND);
    assert_int_equal(w->n_joined, 0);
    assert_int_equal(c.n_peers, 0);
    assert_true(c.master->drops.n[ACRI_DROPS_FORGED] > 10);
    /* It is not even told that somebody is there. */
    for (int kind = 0; kind < 5; kind++)
        assert_int_equal(n_seen[kind], 0);
    forget();
    cluster_end();
}

/* A frame of the handshake by somebody who has the key. */
static void forge(int to, uint32_t pipe, uint8_t version, uint8_t kind, struct acri_buf *plain)
{
    struct acri_wire_out out;
    size_t n;

    acri_wire_out_init(&out);
    acri_buf_append(&out.plain, plain->data, plain->length);
    n = acri_wire_seal_hello(&out, c.key,
                             &(struct acri_wire_head){ .version = version, .kind = kind });
    give(&c.workers[0], to, pipe, out.frame, n);
    acri_wire_out_done(&out);
    acri_buf_done(plain);
}

static void forge_hello(uint32_t pipe, uint32_t version, uint64_t number)
{
    struct acri_wire_hello h = { .version = version, .incarnation = number };
    struct acri_buf plain;

    acri_seal_random(h.nonce, sizeof(h.nonce));
    acri_seal_random(h.open, sizeof(h.open));
    memcpy(h.uuid, &number, sizeof(number));
    acri_buf_init(&plain, ACRI_WIRE_PLAIN_MAX);
    acri_wire_put_hello(&plain, &h);
    forge(-1, pipe, (uint8_t)version, ACRI_WIRE_HELLO, &plain);
}

static void another_version_is_refused_by_the_master(void **state)
{
    struct cluster_worker *w = talk(7);

    (void)state;
    forge_hello(w->pipe, ACRI_WIRE_VERSION + 1, 1);
    assert_int_equal(c.master->drops.n[ACRI_DROPS_VERSION], 1);
    assert_int_equal(n_seen[ACRI_WIRE_REJECT], 1);
    assert_int_equal(c.master->table.n_pending, 0);
    /* It was not for this worker's handshake. */
    cluster_run(SECOND);
    assert_int_equal(w->n_refused, 0);
    goes_on(w);
}

static void a_worker_that_is_refused_says_why_and_is_silent(void **state)
{
    struct acri_wire_reject r = { .version = 77, .code = ACRI_WIRE_REJECT_VERSION };
    struct acri_buf plain;
    struct cluster_worker *w;

    (void)state;
    cluster_begin(8);
    c.tap = capture;
    w = worker_add(0);
    cluster_run(SECOND);
    memcpy(r.nonce, w->session->nonce, sizeof(r.nonce));
    r.nonce[0] ^= 1;
    acri_buf_init(&plain, ACRI_WIRE_PLAIN_MAX);
    acri_wire_put_reject(&plain, &r);
    forge(0, 0, 77, ACRI_WIRE_REJECT, &plain);
    assert_int_equal(w->n_refused, 0);
    r.nonce[0] ^= 1;
    acri_wire_put_reject(&plain, &r);
    forge(0, 0, 77, ACRI_WIRE_REJECT, &plain);
    assert_int_equal(w->n_refused, 1);
    assert_non_null(strstr(w->refusal, "version 3"));
    assert_non_null(strstr(w->refusal, "version 77"));
    forget();
    cluster_run(20 * SECOND);
    assert_int_equal(n_captured, 0);
    cluster_end();
}

static void handshakes_are_bounded_and_forgotten(void **state)
{
    struct cluster_worker *w = talk(9);

    (void)state;
    for (int second = 0; second < 5; second++) {
        for (uint64_t i = 0; i < 3000; i++)
            forge_hello(STRANGER, ACRI_WIRE_VERSION, 1 + i);
        cluster_run(SECOND);
        assert_true(c.master->table.n_pending <= 4096);
    }
    assert_int_equal(c.master->table.n_pending, 4096);
    assert_int_equal(c.master->drops.n[ACRI_DROPS_FLOOD], 15000 - 4096);
    assert_int_equal(c.master->table.n_peers, 1);
    cluster_run(11 * SECOND);
    assert_int_equal(c.master->table.n_pending, 0);
    goes_on(w);
}

static void hints_are_few(void **state)
{
    struct cluster_worker *w = talk(10);
    unsigned char frame[100] = { ACRI_WIRE_VERSION, ACRI_WIRE_DATA };

    (void)state;
    for (int i = 0; i < 1000; i++) {
        frame[5] = (unsigned char)i;
        give(w, -1, w->pipe, frame, sizeof(frame));
    }
    assert_int_equal(n_seen[ACRI_WIRE_RESET], 1);
    cluster_run(2 * SECOND);
    give(w, -1, w->pipe, frame, sizeof(frame));
    assert_int_equal(n_seen[ACRI_WIRE_RESET], 2);
    goes_on(w);
}

static void a_false_hint_costs_a_handshake_at_most(void **state)
{
    struct cluster_worker *w = talk(11);
    unsigned char frame[ACRI_WIRE_HEAD_BYTES];

    (void)state;
    for (int i = 0; i < 100; i++) {
        acri_wire_reset(frame, w->session->session);
        give(w, 0, 0, frame, sizeof(frame));
    }
    forget();
    cluster_run(SECOND);
    assert_true(n_seen[ACRI_WIRE_WELCOME] <= 1);
    w->n_joined = 1;
    goes_on(w);
}

/* Records by a worker that has the keys and means no good. */
static void records(struct cluster_worker *w, const struct acri_buf *plain)
{
    struct acri_wire_out out;
    size_t n;

    acri_wire_out_init(&out);
    acri_buf_append(&out.plain, plain->data, plain->length);
    n = acri_wire_seal_data(&out, &w->session->keys.to_master, w->session->session);
    give(w, -1, w->pipe, out.frame, n);
    acri_wire_out_done(&out);
}

static void records_that_cannot_be_are_dropped(void **state)
{
    struct cluster_worker *w = talk(12);
    struct acri_wire_piece piece = { .number = 2, .is_first = true, .type = "up" };
    struct acri_buf plain;

    (void)state;
    acri_buf_init(&plain, ACRI_WIRE_PLAIN_MAX);
    /* A length behind the end; a heartbeat of one byte; a message of all memory there is. */
    acri_buf_append(&plain, "\1\377\377\377", 4);
    records(w, &plain);
    acri_buf_clear(&plain);
    acri_buf_append(&plain, "\1\1\0\0\1", 5);
    records(w, &plain);
    acri_buf_clear(&plain);
    piece.total = UINT64_MAX;
    acri_wire_put_piece(&plain, &piece);
    records(w, &plain);
    assert_int_equal(c.master->drops.n[ACRI_DROPS_MALFORMED], 3);
    /* A record of a later version is no fault. */
    acri_buf_clear(&plain);
    acri_buf_append(&plain, "\177\2\0\0xx", 6);
    records(w, &plain);
    assert_int_equal(c.master->drops.n[ACRI_DROPS_MALFORMED], 3);
    acri_buf_done(&plain);
    /* The piece was one of this worker's own, as far as the master can know. */
    peer_of_worker(w)->got_message = UINT64_MAX;
    acri_mail_restart(&w->session->mail);
    acri_mail_restart(&c.master->table.peers[0]->mail);
    goes_on(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(garbage_is_dropped),
        cmocka_unit_test(what_is_too_large_is_not_looked_at),
        cmocka_unit_test(frames_that_are_cut_or_changed_are_dropped),
        cmocka_unit_test(what_is_said_again_has_no_effect),
        cmocka_unit_test(another_session_s_frames_are_stale),
        cmocka_unit_test(without_the_key_nobody_gets_in),
        cmocka_unit_test(another_version_is_refused_by_the_master),
        cmocka_unit_test(a_worker_that_is_refused_says_why_and_is_silent),
        cmocka_unit_test(handshakes_are_bounded_and_forgotten),
        cmocka_unit_test(hints_are_few),
        cmocka_unit_test(a_false_hint_costs_a_handshake_at_most),
        cmocka_unit_test(records_that_cannot_be_are_dropped),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

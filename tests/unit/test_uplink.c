/* SPDX-License-Identifier: MIT */
#include "support/unit.h"

#include "support/port.h"

#include "base/clock.h"
#include "dist/uplink.h"

#include <errno.h>
#include <poll.h>
#include <string.h>

static unsigned n_frames;
static uint32_t last_pipe;

static void take(void *arg, uint32_t pipe, const void *frame, size_t n_bytes)
{
    (void)arg;
    assert_int_equal(n_bytes, 5);
    assert_memory_equal(frame, "hello", 5);
    last_pipe = pipe;
    n_frames++;
}

/* Until a frame sent by the uplink is at the master. */
static void say_hello(struct acri_uplink *u, struct acri_transport *master)
{
    struct acri_link link = acri_uplink_link(u);
    struct pollfd p = { .events = POLLIN };
    int r;

    n_frames = 0;
    do {
        acri_uplink_step(u, acri_clock_now_ns());
        r = link.send(link.arg, 0, "hello", 5);
        assert_true(r == 0 || r == -EAGAIN);
        p.fd = acri_transport_fd(master);
        poll(&p, 1, 20);
        acri_transport_receive(master, take, NULL);
    } while (n_frames == 0);
}

/* "localhost" may be ::1 first, where nobody listens. */
static void a_name_is_dialled_where_somebody_answers(void **state)
{
    const uint16_t port = port_free();
    struct acri_transport *master = NULL;
    struct acri_uplink *u = acri_uplink_new("localhost", port, true);
    struct acri_link link = acri_uplink_link(u);
    struct pollfd p = { .events = POLLIN };

    (void)state;
    assert_int_equal(acri_uplink_fd(u), -1);
    assert_int_equal(link.send(link.arg, 0, "hello", 5), -EAGAIN);
    acri_uplink_receive(u, take, NULL);
    assert_int_equal(acri_transport_bind("127.0.0.1", port, &master, NULL), 0);
    say_hello(u, master);
    /* And back. */
    assert_true(acri_uplink_fd(u) >= 0);
    assert_int_equal(acri_transport_send(master, last_pipe, "hello", 5), 0);
    n_frames = 0;
    while (n_frames == 0) {
        p.fd = acri_uplink_fd(u);
        poll(&p, 1, 20);
        acri_uplink_receive(u, take, NULL);
    }
    /* Nothing is due until a new connection is asked for. */
    assert_true(acri_uplink_step(u, acri_clock_now_ns()) == UINT64_MAX);
    link.redial(link.arg);
    say_hello(u, master);
    assert_null(acri_uplink_refusal(u));
    acri_uplink_free(u);
    acri_transport_free(master);
}

static void what_cannot_be_dialled(void **state)
{
    struct acri_uplink *u = acri_uplink_new("192.0.2.1", 1, true);
    uint64_t now_ns = acri_clock_now_ns();

    (void)state;
    assert_true(acri_uplink_step(u, now_ns) == UINT64_MAX);
    assert_non_null(strstr(acri_uplink_refusal(u), "192.0.2.1 is another one"));
    assert_int_equal(acri_uplink_fd(u), -1);
    acri_uplink_free(u);
    /* A name that nobody knows may be known later. */
    u = acri_uplink_new("nowhere.invalid", 1, false);
    assert_true(acri_uplink_step(u, now_ns) > now_ns);
    assert_true(acri_uplink_step(u, now_ns) < now_ns + 60 * ACRI_NS_PER_S);
    assert_null(acri_uplink_refusal(u));
    acri_uplink_free(u);
    acri_uplink_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_name_is_dialled_where_somebody_answers),
        cmocka_unit_test(what_cannot_be_dialled),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: MIT */
/* How many idle connections a user keeps, and which. */
#include "support/unit.h"

#include "fast_connection.h"

#include <stdlib.h>

/* One that has no socket, which nobody looks at here. Told from others by the bytes of its origin.
 */
static struct http_fast_connection *made(struct http_fast_user *user, size_t number)
{
    struct http_fast_connection *c = calloc(1, sizeof *c);

    assert_non_null(c);
    c->user = user;
    c->closing = user->n_closings;
    c->origin_bytes = number;
    return c;
}

static void the_oldest_is_closed(void **state)
{
    struct http_fast_user user = { .profile = NULL };
    size_t n = 0;

    (void)state;
    for (size_t i = 0; i < HTTP_ENGINE_IDLE_MAX + 3; i++) {
        http_fast_connection_keep(made(&user, i));
    }
    for (const struct http_fast_connection *c = user.idle; c != NULL; c = c->next) {
        assert_int_equal(c->origin_bytes, HTTP_ENGINE_IDLE_MAX + 2 - n);
        n++;
    }
    assert_int_equal(n, HTTP_ENGINE_IDLE_MAX);
    assert_int_equal(user.n_idle, n);
    http_fast_connection_close_all(&user);
    assert_null(user.idle);
    assert_int_equal(user.n_idle, 0);
}

static void what_was_to_be_closed_is_not_kept(void **state)
{
    struct http_fast_user user = { .profile = NULL };
    struct http_fast_connection *in_use = made(&user, 1);

    (void)state;
    http_fast_connection_keep(made(&user, 2));
    http_fast_connection_close_all(&user);
    http_fast_connection_keep(in_use);
    assert_null(user.idle);
    http_fast_connection_keep(made(&user, 3));
    assert_int_equal(user.n_idle, 1);
    http_fast_connection_close_all(&user);
    assert_int_equal(user.n_idle, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_oldest_is_closed),
        cmocka_unit_test(what_was_to_be_closed_is_not_kept),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

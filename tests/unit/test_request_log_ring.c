/* SPDX-License-Identifier: MIT */
/* What a loop puts in, the writer takes out: whole, in order, or not at all. */
#include "support/unit.h"

#include "ring.h"

#include <acrida/events.h>

#include <pthread.h>
#include <stdio.h>
#include <string.h>

static void put(struct ring *r, uint64_t n, const char *error)
{
    char name[3000];
    struct acr_request_event e = { .type = "GET",
                                   .name = name,
                                   .context = "",
                                   .error = error,
                                   .bytes = n,
                                   .status = 200,
                                   .has_time = true,
                                   .start_unix_s = 1.5 };

    /* All lengths come, so that all places of the end of the ring do. */
    memset(name, 'a' + (int)(n % 26), sizeof(name));
    name[n % 997] = '\0';
    ring_put(r, &e, "user", n);
}

static void check(const struct ring_record *x, uint64_t n)
{
    assert_int_equal(x->user, n);
    assert_int_equal(x->response_bytes, n);
    assert_int_equal(x->time_us, 1500000);
    assert_int_equal(strlen(ring_text(x, RING_NAME)), n % 997);
    if (n % 997 > 0)
        assert_int_equal(ring_text(x, RING_NAME)[n % 997 - 1], 'a' + (int)(n % 26));
    assert_string_equal(ring_text(x, RING_USER_TYPE), "user");
}

static void what_does_not_fit_is_dropped_and_counted(void **state)
{
    struct ring *r = ring_new();
    uint64_t n_taken = 0;

    (void)state;
    assert_null(ring_first(r));
    for (uint64_t i = 0; i < 20000; i++)
        put(r, i, NULL);
    assert_true(ring_n_dropped(r) > 0);
    /* The first are there; what came later and was smaller may be, too. */
    for (const struct ring_record *x; (x = ring_first(r)) != NULL; n_taken++) {
        assert_true(x->user >= n_taken);
        check(x, x->user);
        ring_drop_first(r);
    }
    assert_int_equal(n_taken + ring_n_dropped(r), 20000);
    put(r, 7, "no");
    check(ring_first(r), 7);
    assert_true(ring_first(r)->has_error);
    assert_string_equal(ring_text(ring_first(r), RING_ERROR), "no");
    ring_free(r);
}

static void long_texts_are_cut(void **state)
{
    struct ring *r = ring_new();
    char name[5000];
    const struct acr_request_event e = { .type = "", .name = name, .context = "" };

    (void)state;
    memset(name, 'x', sizeof(name) - 1);
    name[sizeof(name) - 1] = '\0';
    ring_put(r, &e, "", 0);
    assert_int_equal(strlen(ring_text(ring_first(r), RING_NAME)), RING_TEXT_MAX);
    assert_false(ring_first(r)->has_time);
    ring_drop_first(r);
    /* Not within a character. */
    memcpy(name + RING_TEXT_MAX - 2, "\xf0\x9f\xa6\x97", 4);
    ring_put(r, &e, "", 0);
    assert_int_equal(strlen(ring_text(ring_first(r), RING_NAME)), RING_TEXT_MAX - 2);
    ring_drop_first(r);
    memset(name, 0x80, sizeof(name) - 1);
    ring_put(r, &e, "", 0);
    assert_int_equal(strlen(ring_text(ring_first(r), RING_NAME)), RING_TEXT_MAX - 3);
    ring_free(r);
}

#define MANY 200000

static void *fill(void *arg)
{
    for (uint64_t i = 0; i < MANY; i++)
        put(arg, i, NULL);
    return NULL;
}

static void two_threads_agree(void **state)
{
    struct ring *r = ring_new();
    uint64_t n_taken = 0;
    uint64_t next = 0;
    pthread_t loop;

    (void)state;
    assert_int_equal(pthread_create(&loop, NULL, fill, r), 0);
    while (n_taken + ring_n_dropped(r) < MANY) {
        const struct ring_record *x = ring_first(r);

        if (x == NULL)
            continue;
        assert_true(x->user >= next);
        check(x, x->user);
        next = x->user + 1;
        n_taken++;
        ring_drop_first(r);
    }
    pthread_join(loop, NULL);
    assert_null(ring_first(r));
    ring_free(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_does_not_fit_is_dropped_and_counted),
        cmocka_unit_test(long_texts_are_cut),
        cmocka_unit_test(two_threads_agree),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
